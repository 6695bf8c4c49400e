/**
 * 置き場所: where an office puts its files and this system fetches them. The standard wants object storage (S3 API); what the rest of this
 * system needs of it are these four operations, so that a folder (or a mounted SFTP area) does as well.
 */
import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";

import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";

import { refuse } from "../refusal.ts";

export type StoredObject = {
  readonly key: string;
  readonly bytes: number;
  /** What changes with the content (an ETag; time, size and place of a file); undefined where it can't be trusted to */
  readonly version?: string | undefined;
};

/** A version out of the time of the last change: within two minutes of it another change could bear the same. */
export function versionOfTime(mtimeMs: number, parts: readonly (number | bigint)[]): string | undefined {
  return Date.now() - mtimeMs < 120_000 ? undefined : [Math.trunc(mtimeMs), ...parts].join("-");
}

export type ObjectStore = {
  /** Objects whose key begins with `prefix`, by key */
  readonly list: (prefix: string) => Promise<readonly StoredObject[]>;
  /** The object's bytes. @throws Refusal `storeInvalid` where it is not there */
  readonly read: (key: string) => AsyncIterable<Uint8Array>;
  /** Size, or undefined where it is not there */
  readonly size: (key: string) => Promise<number | undefined>;
  /** Writes the object whole or not at all. @throws Refusal `storeInvalid` with `once` where the name is taken */
  readonly put: (key: string, content: string | Uint8Array, keep?: KeepOptions) => Promise<void>;
  /** Deletes the object, its versions too; gone already is as good. @throws Refusal `storeInvalid` where the place keeps it, by a lock or because this key may not */
  readonly remove: (key: string) => Promise<void>;
};

export type KeepOptions = {
  /** Never in the place of another object */
  readonly once?: boolean;
  /** Nobody can delete it before this moment: promised by an object storage with locks alone */
  readonly until?: Date;
};

/** The name is taken. */
export const taken = (key: string): Error =>
  refuse("storeInvalid", `置き場所に ${key} がすでにあります。上書きしません。前のものはそのままです。`, { key });

const KEY = /^[\p{L}\p{N}_\-.]+(?:\/[\p{L}\p{N}_\-.]+)*$/u;

/** Whether a name is one of ours. */
export function isKey(key: string): boolean {
  const parts = key.split("/");
  return key.length <= 300 && KEY.test(key) && !parts.includes("..") && !parts.includes(".");
}

/** Keys are names, never ways out of the store. @throws Refusal `storeInvalid` */
export function checkKey(key: string): string {
  if (isKey(key)) return key;
  throw refuse(
    "storeInvalid",
    `置き場所の名前「${key.slice(0, 80)}」は使えません。文字・数字・_ - . と / だけにしてください。何も読んでいません。`,
  );
}

const fileMissing = (key: string): Error =>
  refuse("storeInvalid", `置き場所に ${key} がありません。連携元に、制御ファイルより先に置くよう確かめてください。`, {
    key,
  });

async function* filesUnder(root: string, prefix: string): AsyncGenerator<StoredObject> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true }).catch(() => []);
  for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    const key = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    // Links are not followed: a store that an office may write to must not open the rest of the machine.
    if (entry.isDirectory()) yield* filesUnder(root, key);
    else if (entry.isFile() && KEY.test(key)) {
      const { size, mtimeMs, ctimeMs, ino } = await stat(join(root, key));
      // Unlike the time of change, that of the inode can't be set back by who writes.
      yield { key, bytes: size, version: versionOfTime(Math.max(mtimeMs, ctimeMs), [mtimeMs, ino, size]) };
    }
  }
}

async function* fileBytes(path: string, key: string): AsyncGenerator<Uint8Array> {
  try {
    // A small object (every control file is one) is read into a buffer of its size: of thousands a round, 256 KiB each is most of the work.
    const { size } = await stat(path);
    const highWaterMark = Math.min(Math.max(size, 1), 1 << 18);
    for await (const chunk of createReadStream(path, { highWaterMark })) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw fileMissing(key);
    throw error;
  }
}

/** A folder as object store. */
export function folderStore(dir: string): ObjectStore {
  const root = resolve(dir);
  const pathOf = (key: string): string => {
    const path = resolve(root, checkKey(key));
    if (!path.startsWith(root + sep)) throw fileMissing(key);
    return path;
  };
  return {
    list: async (prefix) => {
      const found: StoredObject[] = [];
      for await (const object of filesUnder(root, prefix.replace(/\/$/, ""))) found.push(object);
      return found;
    },
    read: (key) => fileBytes(pathOf(key), key),
    size: async (key) => (await stat(pathOf(key)).catch(() => undefined))?.size,
    put: async (key, content, keep = {}) => {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      if (keep.once === true && (await stat(path).catch(() => undefined)) !== undefined) throw taken(key);
      await writeFileAtomic(path, content, keep.once === true ? { exclusive: true, mode: 0o400 } : {});
    },
    remove: async (key) => {
      await rm(pathOf(key), { force: true });
    },
  };
}

/** The whole of a small object as text, at most `limit` bytes. @throws Refusal `storeInvalid` */
export async function readSmall(store: ObjectStore, key: string, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of store.read(key)) {
    bytes += chunk.length;
    if (bytes > limit)
      throw refuse("storeInvalid", `${key} が大きすぎます（${limit} バイトまで）。読みませんでした。`, { key });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
