/** The tar of a base backup (POSIX ustar as PostgreSQL writes it): cut into two by path, and unpacked again. */
import { mkdir, open, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";

import { Refusal } from "../database/problem.ts";

const BLOCK = 512;
const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

export type TarEntry = { readonly path: string; readonly size: number; readonly type: string };

const damaged = (): Refusal =>
  new Refusal(
    "backupDamaged",
    "控えの中身の並びが壊れています。復元は完了していません。別の控えを使い、この控えのことを管理者に知らせてください。",
  );

const textAt = (block: Buffer, from: number, length: number): string =>
  block.toString("latin1", from, from + length).replace(/\0.*$/s, "");

/** @throws Refusal `backupDamaged` where the sum of the header isn't right */
function readHeader(block: Buffer): TarEntry | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const said = Number.parseInt(textAt(block, 148, 8).trim(), 8);
  let sum = 0;
  for (const [place, byte] of block.entries()) sum += place >= 148 && place < 156 ? 32 : byte;
  if (sum !== said) throw damaged();
  const first = block[124] ?? 0;
  const size =
    (first & 0x80) === 0
      ? Number.parseInt(textAt(block, 124, 12).trim() || "0", 8)
      : Number(block.readBigUInt64BE(128));
  const prefix = textAt(block, 345, 155);
  const name = Buffer.from(textAt(block, 0, 100), "latin1").toString("utf8");
  return { path: prefix === "" ? name : `${prefix}/${name}`, size, type: String.fromCharCode(block[156] ?? 48) };
}

/** A header for a file of ours. */
export function tarHeader(path: string, size: number): Buffer {
  const name = Buffer.from(path, "utf8");
  if (name.length > 100) throw new TypeError("a path of more than 100 bytes");
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0);
  block.write("0000600\0", 100, "latin1");
  block.write("0000000\0", 108, "latin1");
  block.write("0000000\0", 116, "latin1");
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  block.write("00000000000\0", 136, "latin1");
  block.write("        ", 148, "latin1");
  block.write("0", 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** The end of an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** Reads a tar as it comes, entry by entry. */
export class TarReader {
  #held = Buffer.alloc(0);
  #left = 0;
  #padding = 0;
  readonly #onEntry: (entry: TarEntry, header: Buffer) => Promise<void>;
  readonly #onData: (data: Buffer) => Promise<void>;
  readonly #onEnd: () => Promise<void>;

  /** @param on.data of the entry that was told last, without and then with its padding (`padding`) */
  constructor(on: {
    readonly entry: (entry: TarEntry, header: Buffer) => Promise<void>;
    readonly data: (data: Buffer) => Promise<void>;
    readonly end: () => Promise<void>;
  }) {
    this.#onEntry = on.entry;
    this.#onData = on.data;
    this.#onEnd = on.end;
  }

  async take(chunk: Buffer): Promise<void> {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    for (;;) {
      if (this.#left > 0) {
        const part = bytes.subarray(0, this.#left);
        if (part.length === 0) return;
        await this.#onData(part);
        this.#left -= part.length;
        bytes = bytes.subarray(part.length);
        if (this.#left > 0) return;
        await this.#onEnd();
      }
      if (this.#padding > 0) {
        const skip = Math.min(this.#padding, bytes.length);
        this.#padding -= skip;
        bytes = bytes.subarray(skip);
        if (this.#padding > 0) return;
      }
      if (bytes.length < BLOCK) {
        this.#held = Buffer.from(bytes);
        return;
      }
      const header = bytes.subarray(0, BLOCK);
      bytes = bytes.subarray(BLOCK);
      const entry = readHeader(header);
      if (entry === undefined) continue; // the end, or what follows it
      this.#left = entry.size;
      this.#padding = padded(entry.size) - entry.size;
      await this.#onEntry(entry, header);
      if (entry.size === 0) await this.#onEnd();
    }
  }

  /** @throws Refusal `backupDamaged` where it ended in the middle of an entry */
  end(): void {
    if (this.#left > 0 || this.#padding > 0 || this.#held.length > 0) throw damaged();
  }
}

/** Sends each entry to one of several writers, whole, with its padding. */
export function tarSplitter(choose: (path: string) => (data: Buffer) => Promise<void>): TarReader {
  let write: ((data: Buffer) => Promise<void>) | undefined;
  let size = 0;
  return new TarReader({
    entry: async (entry, header) => {
      write = choose(entry.path);
      ({ size } = entry);
      await write(Buffer.from(header));
    },
    data: async (data) => await write?.(data),
    end: async () => {
      if (padded(size) > size) await write?.(Buffer.alloc(padded(size) - size));
    },
  });
}

/** Unpacks into a folder: files and folders alone, never out of it. @throws Refusal `backupDamaged` */
export function tarUnpacker(root: string): TarReader {
  let file: FileHandle | undefined;
  return new TarReader({
    entry: async ({ path, type }) => {
      const to = normalize(join(root, path));
      if (to !== root && !to.startsWith(`${root}/`)) throw damaged();
      if (type === "5") await mkdir(to, { recursive: true, mode: 0o700 });
      else if (type === "0" || type === "\0") {
        await mkdir(dirname(to), { recursive: true, mode: 0o700 });
        await writeFile(to, "", { mode: 0o600 });
        file = await open(to, "w", 0o600);
      } else throw damaged();
    },
    data: async (data) => {
      await file?.write(data);
    },
    end: async () => {
      await file?.close();
      file = undefined;
    },
  });
}
