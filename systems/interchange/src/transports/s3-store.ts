/**
 * The object storage by the S3 API. What the folder gives by nature has to be made here: an object is read as one version of it (If-Match), a
 * body that ends early is gone on with where it broke, what arrives is compared with the store's own hashes, and a large object is put in parts
 * that appear together or not at all.
 */
import { createHash } from "node:crypto";

import type { Link } from "@hagukumi/platform/tls/link.ts";

import { refuse } from "../refusal.ts";
import { checkKey, isKey, type KeepOptions, type ObjectStore, type StoredObject, taken } from "./object-store.ts";
import {
  childOf,
  errorCodeOf,
  readListPage,
  readXml,
  refusedByStore,
  type S3Call,
  s3Calls,
  type S3Place,
} from "./s3-wire.ts";

export type S3Options = {
  /** Bytes of one part; S3 wants 5 MiB or more. Default 8 MiB */
  readonly partBytes?: number;
  /** For tests: waits this many milliseconds */
  readonly pause?: (ms: number) => Promise<unknown>;
};

const PART_BYTES = 8 * 1024 * 1024;
/** How often a body that ended early is gone on with. */
const RESUMES = 8;
const MOST_PAGES = 10_000;

const broken = (key: string, why: string): Error =>
  refuse(
    "storeInvalid",
    `置き場所の ${key} を読めません（${why}）。この物は使っていません。連携元に確かめ、もう一度実行してください。`,
    { key },
  );

const missing = (key: string): Error =>
  refuse("storeInvalid", `置き場所に ${key} がありません。連携元に、制御ファイルより先に置くよう確かめてください。`, {
    key,
  });

async function orRefuse(response: Response): Promise<Response> {
  if (response.status < 300) return response;
  throw refusedByStore(response.status, errorCodeOf(await response.text().catch(() => "")));
}

/** The hashes that the store itself gives of an object, and what of them arrived. */
class Arrival {
  readonly #md5 = createHash("md5");
  readonly #sha256 = createHash("sha256");
  readonly #expectedMd5: string | undefined;
  readonly #expectedSha256: string | undefined;

  constructor(headers: Headers) {
    // The ETag of an object that was put in one piece is its MD5, unless the store encrypts with keys of its own.
    const encrypted = (headers.get("x-amz-server-side-encryption") ?? "").startsWith("aws:kms");
    this.#expectedMd5 = encrypted ? undefined : /^"([0-9a-f]{32})"$/.exec(headers.get("etag") ?? "")?.[1];
    // Of an object in parts the checksum is one of checksums ("…-3"); it says nothing of the bytes.
    this.#expectedSha256 = /^[A-Za-z0-9+/]{43}=$/.exec(headers.get("x-amz-checksum-sha256") ?? "")?.[0];
  }

  take(chunk: Uint8Array): void {
    if (this.#expectedMd5 !== undefined) this.#md5.update(chunk);
    if (this.#expectedSha256 !== undefined) this.#sha256.update(chunk);
  }

  isRight(): boolean {
    return (
      (this.#expectedMd5 === undefined || this.#md5.digest("hex") === this.#expectedMd5) &&
      (this.#expectedSha256 === undefined || this.#sha256.digest("base64") === this.#expectedSha256)
    );
  }
}

async function* objectBytes(call: S3Call, key: string, objectKey: string): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let total: number | undefined;
  let version = "";
  let arrival: Arrival | undefined;
  for (let resumed = 0; resumed <= RESUMES; resumed += 1) {
    const headers: Record<string, string> =
      offset === 0 && version === ""
        ? { "x-amz-checksum-mode": "ENABLED" }
        : { range: `bytes=${offset}-`, "if-match": version };
    const response = await call({ method: "GET", key: objectKey, headers });
    if (response.status === 404) throw missing(key);
    if (response.status === 412) throw broken(key, "読んでいる間に置き換えられました");
    await orRefuse(response);
    if (arrival === undefined) {
      total = Number(response.headers.get("content-length") ?? "NaN");
      version = response.headers.get("etag") ?? "";
      if (!Number.isSafeInteger(total) || version === "") throw broken(key, "大きさまたは版（ETag）がありません");
      arrival = new Arrival(response.headers);
    } else if (
      response.status !== 206 ||
      !(response.headers.get("content-range") ?? "").startsWith(`bytes ${offset}-`)
    ) {
      throw broken(key, "続きを頼んだところから答えません");
    }
    try {
      for await (const chunk of response.body ?? []) {
        offset += chunk.length;
        arrival.take(chunk);
        yield chunk;
      }
    } catch {
      // The line broke: the rest is asked for below.
    }
    if (offset > (total ?? 0)) throw broken(key, "言われた大きさより長い");
    if (offset === total) {
      if (arrival.isRight()) return;
      throw broken(key, "中身のハッシュが置き場所の言うもの（ETag）と違います");
    }
  }
  throw broken(key, "何度頼んでも途中で切れます");
}

async function listAll(call: S3Call, folder: string, prefix: string): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const more: Record<string, string> = token === undefined ? {} : { "continuation-token": token };
    const query = { "list-type": "2", "encoding-type": "url", prefix: `${folder}${prefix}`, ...more };
    const response = await orRefuse(await call({ method: "GET", query }));
    const read = readListPage(await response.text());
    if (read === undefined || (read.next !== undefined && seen.has(read.next)))
      throw refuse("storeInvalid", "置き場所の一覧が読めません。何も読んでいません。もう一度実行してください。");
    for (const { key, bytes, version } of read.objects) {
      const name = key.slice(folder.length);
      // What lies outside, or under a name that is none of ours, is not ours to read.
      if (key.startsWith(`${folder}${prefix}`) && isKey(name)) found.push({ key: name, bytes, version });
    }
    if (read.next === undefined) return found.toSorted((left, right) => (left.key < right.key ? -1 : 1));
    seen.add(read.next);
    token = read.next;
  }
  throw refuse(
    "storeInvalid",
    "置き場所の一覧が終わりません。何も読んでいません。古い物を片付けてから実行してください。",
  );
}

function checkEtag(key: string, response: Response, part: Uint8Array): string {
  const etag = response.headers.get("etag") ?? "";
  const encrypted = (response.headers.get("x-amz-server-side-encryption") ?? "").startsWith("aws:kms");
  const plain = /^"([0-9a-f]{32})"$/.exec(etag)?.[1];
  if (etag === "" || (!encrypted && plain !== undefined && plain !== createHash("md5").update(part).digest("hex")))
    throw broken(key, "書いたものと違うものが置かれました");
  return etag;
}

async function putInParts(
  call: S3Call,
  key: string,
  objectKey: string,
  { body, partBytes }: { readonly body: Uint8Array; readonly partBytes: number },
): Promise<void> {
  const begun = await orRefuse(await call({ method: "POST", key: objectKey, query: { uploads: "" } }));
  const root = readXml(await begun.text())?.root;
  const uploadId = root === undefined || root === null ? undefined : childOf(root, "UploadId")?.text;
  if (uploadId === undefined || uploadId === "") throw broken(key, "分けて書く番号が得られません");
  try {
    const parts: string[] = [];
    for (let from = 0; from < body.length; from += partBytes) {
      const part = body.subarray(from, from + partBytes);
      const partNumber = String(parts.length + 1);
      const response = await call({ method: "PUT", key: objectKey, query: { partNumber, uploadId }, body: part });
      parts.push(checkEtag(key, await orRefuse(response), part));
    }
    const list = parts.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
    const whole = Buffer.from(`<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`);
    const done = await orRefuse(await call({ method: "POST", key: objectKey, query: { uploadId }, body: whole }));
    // A store may say 200 first and only then find that it failed.
    if (readXml(await done.text())?.root?.name !== "CompleteMultipartUploadResult")
      throw broken(key, "分けて書いたものが一つになりません");
  } catch (error) {
    await call({ method: "DELETE", key: objectKey, query: { uploadId } }).catch(() => {});
    throw error;
  }
}

/** Versions of one name that are deleted one by one before something is taken to be wrong. */
const MOST_VERSIONS = 20;

/** Locks in the mode in which nobody, the owner of the bucket among them, can take them back. */
function keepHeaders({ once, until }: KeepOptions): Readonly<Record<string, string>> {
  return {
    ...(once === true ? { "if-none-match": "*" } : {}),
    ...(until === undefined
      ? {}
      : { "x-amz-object-lock-mode": "COMPLIANCE", "x-amz-object-lock-retain-until-date": until.toISOString() }),
  };
}

/** An S3 bucket (or a folder of it) as object store. */
export function s3Store(link: Pick<Link, "fetch">, place: S3Place, options: S3Options = {}): ObjectStore {
  const call = s3Calls(link, place, options.pause);
  const folder = place.folder === "" ? "" : `${place.folder}/`;
  const partBytes = options.partBytes ?? PART_BYTES;
  const at = (key: string): string => `${folder}${checkKey(key)}`;
  return {
    list: async (prefix) => {
      const name = prefix.replace(/\/$/, "");
      return await listAll(call, folder, name === "" ? "" : `${checkKey(name)}/`);
    },
    read: (key) => objectBytes(call, key, at(key)),
    size: async (key) => {
      const response = await call({ method: "HEAD", key: at(key) });
      if (response.status === 404) return undefined;
      const size = Number((await orRefuse(response)).headers.get("content-length") ?? "NaN");
      return Number.isSafeInteger(size) ? size : undefined;
    },
    put: async (key, content, keep = {}) => {
      const body = typeof content === "string" ? Buffer.from(content, "utf8") : content;
      const objectKey = at(key);
      const locked = keepHeaders(keep);
      if (body.length > partBytes && Object.keys(locked).length === 0)
        return await putInParts(call, key, objectKey, { body, partBytes });
      const sum = createHash("sha256").update(body).digest("base64");
      const headers = { "x-amz-checksum-sha256": sum, "content-type": "application/octet-stream", ...locked };
      const response = await call({ method: "PUT", key: objectKey, headers, body });
      if (response.status === 412 && keep.once === true) throw taken(key);
      checkEtag(key, await orRefuse(response), body);
    },
    remove: async (key) => {
      const objectKey = at(key);
      // Each version by its number: a deletion without one only puts a mark over it, and its bytes stay.
      for (let round = 0; round < MOST_VERSIONS; round += 1) {
        const found = await call({ method: "HEAD", key: objectKey });
        if (found.status === 404) return;
        const versionId = (await orRefuse(found)).headers.get("x-amz-version-id");
        const query = versionId === null ? {} : { query: { versionId } };
        const gone = await call({ method: "DELETE", key: objectKey, ...query });
        if (gone.status === 403) throw broken(key, "消すことを、置き場所が断りました（消せない期間か、鍵の権限）");
        await orRefuse(gone);
      }
      throw broken(key, "消しても、まだあります");
    },
  };
}
