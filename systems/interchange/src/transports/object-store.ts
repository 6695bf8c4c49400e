/**
 * 置き場所: where an office puts its files and this system fetches them. The standard wants object storage (S3 API); what the rest of this
 * system needs of it are these four operations, so that a folder (or a mounted SFTP area) does as well.
 */
import { createReadStream } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";

import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";

import { refuse } from "../refusal.ts";

export type StoredObject = { readonly key: string; readonly bytes: number };

export type ObjectStore = {
  /** Objects whose key begins with `prefix`, by key */
  readonly list: (prefix: string) => Promise<readonly StoredObject[]>;
  /** The object's bytes. @throws Refusal `storeInvalid` where it is not there */
  readonly read: (key: string) => AsyncIterable<Uint8Array>;
  /** Size, or undefined where it is not there */
  readonly size: (key: string) => Promise<number | undefined>;
  /** Writes the object whole or not at all */
  readonly put: (key: string, content: string | Uint8Array) => Promise<void>;
};

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
    else if (entry.isFile() && KEY.test(key)) yield { key, bytes: (await stat(join(root, key))).size };
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
    put: async (key, content) => {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, content);
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
