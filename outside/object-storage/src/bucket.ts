/** A bucket with versions: nothing that was put is ever overwritten, a deletion is a mark on top. */
import { createHash, randomUUID } from "node:crypto";

export type StoredVersion = {
  readonly versionId: string;
  readonly bytes: Buffer;
  /** With its quotation marks */
  readonly etag: string;
  /** base64, of an object that was put in one piece and said so */
  readonly sha256: string | undefined;
  readonly deleted: boolean;
  /** Object lock (COMPLIANCE): before this moment, in ms, nobody deletes this version */
  readonly lockedUntil?: number | undefined;
};

type Upload = { readonly key: string; readonly parts: Map<number, Buffer> };

const md5 = (bytes: Buffer): Buffer => createHash("md5").update(bytes).digest();

export class Bucket {
  readonly #objects = new Map<string, StoredVersion[]>();
  readonly #uploads = new Map<string, Upload>();

  /** The newest version, unless it is a deletion. */
  find(key: string, versionId?: string): StoredVersion | undefined {
    const versions = this.#objects.get(key) ?? [];
    const found = versionId === undefined ? versions.at(-1) : versions.find((each) => each.versionId === versionId);
    return found?.deleted === true ? undefined : found;
  }

  versions(key: string): readonly StoredVersion[] {
    return this.#objects.get(key) ?? [];
  }

  #add(key: string, version: Omit<StoredVersion, "versionId">): StoredVersion {
    const made = { versionId: randomUUID(), ...version };
    this.#objects.set(key, [...this.versions(key), made]);
    return made;
  }

  put(key: string, bytes: Buffer, sha256?: string, lockedUntil?: number): StoredVersion {
    return this.#add(key, { bytes, etag: `"${md5(bytes).toString("hex")}"`, sha256, deleted: false, lockedUntil });
  }

  /** Deletes one version for good. @returns `locked` while its lock holds, `unknown` where there is no such version */
  removeVersion(key: string, versionId: string, now: number): "done" | "locked" | "unknown" {
    const found = this.versions(key).find((each) => each.versionId === versionId);
    if (found === undefined) return "unknown";
    if ((found.lockedUntil ?? 0) > now) return "locked";
    this.#objects.set(
      key,
      this.versions(key).filter((each) => each !== found),
    );
    return "done";
  }

  remove(key: string): StoredVersion {
    return this.#add(key, { bytes: Buffer.alloc(0), etag: "", sha256: undefined, deleted: true });
  }

  /** Keys in the order of their bytes, with their newest versions. */
  list(prefix: string): readonly (readonly [string, StoredVersion])[] {
    return [...this.#objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
      .flatMap((key) => {
        const found = this.find(key);
        return found === undefined ? [] : [[key, found] as const];
      });
  }

  begin(key: string): string {
    const uploadId = randomUUID();
    this.#uploads.set(uploadId, { key, parts: new Map() });
    return uploadId;
  }

  /** @returns the part's ETag, or undefined where the upload is not known */
  part(uploadId: string, key: string, number: number, bytes: Buffer): string | undefined {
    const upload = this.#uploads.get(uploadId);
    if (upload?.key !== key) return undefined;
    upload.parts.set(number, bytes);
    return `"${md5(bytes).toString("hex")}"`;
  }

  /** @param listed number and ETag of each part, as the caller has them. @returns undefined where they are not those that were put */
  complete(uploadId: string, key: string, listed: readonly (readonly [number, string])[]): StoredVersion | undefined {
    const upload = this.#uploads.get(uploadId);
    if (upload?.key !== key || listed.length === 0) return undefined;
    const parts = listed.map(([number, etag]) => {
      const bytes = upload.parts.get(number);
      return bytes !== undefined && `"${md5(bytes).toString("hex")}"` === etag ? bytes : undefined;
    });
    if (parts.includes(undefined) || listed.some(([number], index) => number !== index + 1)) return undefined;
    const whole = parts.map((part) => part ?? Buffer.alloc(0));
    this.#uploads.delete(uploadId);
    const etag = `"${md5(Buffer.concat(whole.map(md5))).toString("hex")}-${whole.length}"`;
    return this.#add(key, { bytes: Buffer.concat(whole), etag, sha256: undefined, deleted: false });
  }

  abort(uploadId: string): boolean {
    return this.#uploads.delete(uploadId);
  }

  /** How many uploads were begun and neither completed nor given up */
  get openUploads(): number {
    return this.#uploads.size;
  }
}
