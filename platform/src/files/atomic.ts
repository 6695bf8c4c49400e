/** Files that are either there whole or not at all, also when the power fails in the middle of writing. */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { Refusal } from "../database/problem.ts";

export type AtomicOptions = {
  /** Permissions of the file; default 0o600, because most of what is written here is personal data */
  readonly mode?: number;
  /** Refuse (`fileExists`) instead of replacing a file that is already there; default false */
  readonly exclusive?: boolean;
};

/** What was written: size in bytes and SHA-256 in lower-case hex. */
export type WrittenFile = { readonly bytes: number; readonly sha256: string };

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync(); // without it a power failure may forget the new name although the content is safe
  } finally {
    await folder.close();
  }
}

async function publish(temporary: string, path: string, exclusive: boolean): Promise<void> {
  if (!exclusive) return await rename(temporary, path);
  try {
    await link(temporary, path); // unlike rename, refuses an existing name, without a moment between look and act
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Refusal(
      "fileExists",
      `${path} はすでにあります。上書きしません。前のファイルを確認し、別の場所を指定してください。`,
      { path },
      { cause: error },
    );
  }
  await rm(temporary);
}

async function writeParts(file: FileHandle, parts: AsyncIterable<string | Uint8Array>): Promise<WrittenFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const part of parts) {
    const data = typeof part === "string" ? Buffer.from(part, "utf8") : part;
    hash.update(data);
    bytes += data.length;
    await file.writeFile(data); // continues where the last part ended
  }
  await file.sync();
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * Writes the parts, one after another, into `path`. Readers see the old file or the whole new one; when the source or the
 * disk fails nothing changes and nothing is left behind.
 *
 * @throws Refusal `fileExists` with `exclusive`; errors of the source and of the file system
 */
export async function writeStreamAtomic(
  path: string,
  parts: AsyncIterable<string | Uint8Array>,
  options: AtomicOptions = {},
): Promise<WrittenFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx", options.mode ?? 0o600);
    let written: WrittenFile;
    try {
      written = await writeParts(file, parts);
    } finally {
      await file.close();
    }
    await publish(temporary, path, options.exclusive === true);
    await syncFolder(dirname(path));
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function* single(bytes: string | Uint8Array): AsyncGenerator<string | Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** `writeStreamAtomic` for content that is at hand in one piece. */
export async function writeFileAtomic(
  path: string,
  bytes: string | Uint8Array,
  options: AtomicOptions = {},
): Promise<WrittenFile> {
  return await writeStreamAtomic(path, single(bytes), options);
}

/** Size and SHA-256 of a file, read in pieces: memory does not grow with the file. */
export async function sha256File(path: string): Promise<WrittenFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest("hex") };
}
