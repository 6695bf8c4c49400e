/**
 * The file server by SFTP, the second way of files that the standard has. What the object storage gives by nature has to be made here: an object is
 * written under a hidden name, read back, compared by its hash and only then renamed, so that nobody ever meets half of it; an object that
 * is replaced while it is read is refused; a line that breaks is gone on with where it broke.
 */
import { createHash, randomUUID } from "node:crypto";

import type { SFTPWrapper, Stats } from "ssh2";

import { refuse } from "../refusal.ts";
import { checkKey, isKey, type ObjectStore, type StoredObject, versionOfTime, taken } from "./object-store.ts";
import {
  LineBroken,
  refusedBySftp,
  type Sftp,
  SftpLine,
  type SftpOptions,
  type SftpPlace,
  SftpStatus,
  STATUS,
} from "./sftp-wire.ts";

export type SftpStore = ObjectStore & {
  /** Ends the connection; without it, it is given up after 15 s without work and keeps no program alive */
  readonly close: () => Promise<void>;
};

/** Bytes that are asked for at once, and how many such questions are on their way together: a server far away is not waited for piece by piece. */
const PIECE = 32_000;
const PIECES_AHEAD = 16;
const RESUMES = 8;
const MOST_FOLDERS = 10_000;

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

const isStatus = (error: unknown, status: number): boolean => error instanceof SftpStatus && error.status === status;

type Handle = Buffer;
type Version = Pick<Stats, "size" | "mtime">;

const openFile = async (sftp: Sftp, path: string, mode: "r" | "wx"): Promise<Handle> =>
  await sftp.ask<Handle>((wire, done) => wire.open(path, mode, done));
const closeFile = async (sftp: Sftp, handle: Handle): Promise<void> => {
  await sftp.ask<undefined>((wire, done) => wire.close(handle, done)).catch(() => undefined);
};
const statOf = async (sftp: Sftp, handle: Handle): Promise<Version> =>
  await sftp.ask<Stats>((wire, done) => wire.fstat(handle, done));

/** One piece, whole: a server may give less than it was asked for. */
async function pieceAt(sftp: Sftp, handle: Handle, from: number, length: number): Promise<Buffer> {
  const piece = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const at = filled;
    const got = await sftp
      .ask<number>((wire, done) =>
        wire.read(handle, piece, at, length - at, from + at, (error, bytes) => done(error, bytes)),
      )
      .catch((error: unknown) => {
        if (isStatus(error, STATUS.eof)) return 0;
        throw error;
      });
    if (got === 0) return piece.subarray(0, filled);
    filled += got;
  }
  return piece;
}

/** The bytes from `from` on, in their order, with some pieces always on their way. */
async function* pieces(sftp: Sftp, handle: Handle, from: number, size: number): AsyncGenerator<Buffer> {
  const ahead: { readonly length: number; readonly piece: Promise<Buffer> }[] = [];
  let asked = from;
  for (;;) {
    while (ahead.length < PIECES_AHEAD && asked < size) {
      const length = Math.min(PIECE, size - asked);
      const piece = pieceAt(sftp, handle, asked, length);
      // Where an earlier piece fails, the later ones have nobody who waits for them.
      piece.catch(() => undefined);
      ahead.push({ length, piece });
      asked += length;
    }
    const next = ahead.shift();
    if (next === undefined) return;
    const piece = await next.piece;
    yield piece;
    if (piece.length < next.length) return;
  }
}

async function* objectBytes(line: SftpLine, key: string, path: string): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let version: Version | undefined;
  for (let resumed = 0; resumed <= RESUMES; resumed += 1) {
    // The generator outlives `run`, so it keeps the way to ask; a line that breaks meanwhile is seen at the next question.
    const opened = await line
      .run(async (sftp) => {
        const handle = await openFile(sftp, path, "r");
        return { sftp, handle, now: await statOf(sftp, handle) };
      })
      .catch((error: unknown) => {
        throw isStatus(error, STATUS.noSuchFile) ? missing(key) : refusedBySftp(key, error);
      });
    const { sftp, handle, now } = opened;
    version ??= now;
    const release = line.hold();
    try {
      if (now.size !== version.size || now.mtime !== version.mtime)
        throw broken(key, "読んでいる間に置き換えられました");
      for await (const piece of pieces(sftp, handle, offset, version.size)) {
        offset += piece.length;
        yield piece;
      }
      const after = await statOf(sftp, handle);
      if (after.size !== version.size || after.mtime !== version.mtime)
        throw broken(key, "読んでいる間に書き換えられました");
      if (offset === version.size) return;
      throw broken(key, "言われた大きさより短い");
    } catch (error) {
      if (!(error instanceof LineBroken)) throw error instanceof SftpStatus ? refusedBySftp(key, error) : error;
    } finally {
      await closeFile(sftp, handle);
      release();
    }
  }
  throw broken(key, "何度頼んでも途中で切れます");
}

type Entry = { readonly filename: string; readonly attrs: Stats };

async function listAll(line: SftpLine, root: string, prefix: string): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  const waiting = [prefix];
  for (let folders = 0; waiting.length > 0; folders += 1) {
    const folder = waiting.pop() ?? "";
    if (folders > MOST_FOLDERS) {
      throw refuse(
        "storeInvalid",
        "置き場所の一覧が終わりません。何も読んでいません。古い物を片付けてから実行してください。",
      );
    }
    const path = folder === "" ? root : `${root}/${folder}`;
    const entries = await line
      .run(
        async (sftp) => await sftp.ask<readonly Entry[]>((wire, done) => wire.readdir(path === "" ? "/" : path, done)),
      )
      .catch((error: unknown): readonly Entry[] => {
        if (isStatus(error, STATUS.noSuchFile)) return [];
        throw refusedBySftp(folder, error);
      });
    for (const { filename, attrs } of entries) {
      const key = folder === "" ? filename : `${folder}/${filename}`;
      // Hidden names are what is still being written; links are not followed, and a name that is none of ours is not ours to read.
      if (filename.startsWith(".") || filename.includes("/") || !isKey(key)) continue;
      if (attrs.isDirectory()) waiting.push(key);
      else if (attrs.isFile())
        found.push({ key, bytes: attrs.size, version: versionOfTime(attrs.mtime * 1000, [attrs.size]) });
    }
  }
  return found.toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

async function makeFolders(sftp: Sftp, path: string): Promise<void> {
  const parts = path.split("/").filter((part) => part !== "");
  for (let depth = 1; depth < parts.length; depth += 1) {
    const folder = `/${parts.slice(0, depth).join("/")}`;
    await sftp
      .ask<undefined>((wire, done) => wire.mkdir(folder, done))
      .catch((error: unknown) => {
        // That it is there already, and that a folder above the store's own may not be made, both say "failure"; what follows will tell.
        if (!(error instanceof SftpStatus)) throw error;
      });
  }
}

/** In one step where the server can (`posix-rename@openssh.com`), else by taking the old one away first. */
async function rename(sftp: Sftp, from: string, to: string): Promise<void> {
  const atOnce = await sftp.ask<boolean>((wire: SFTPWrapper, done) => {
    try {
      wire.ext_openssh_rename(from, to, (error) => done(error, true));
    } catch {
      done(undefined, false);
    }
  });
  if (atOnce) return;
  const plain = async (): Promise<void> => {
    await sftp.ask<undefined>((wire, done) => wire.rename(from, to, done));
  };
  try {
    await plain();
  } catch (error) {
    if (!isStatus(error, STATUS.failure)) throw error;
    await sftp.ask<undefined>((wire, done) => wire.unlink(to, done));
    await plain();
  }
}

async function writeAside(sftp: Sftp, aside: string, body: Uint8Array): Promise<void> {
  const handle = await openFile(sftp, aside, "wx");
  try {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const writing: Promise<unknown>[] = [];
    for (let from = 0; from < bytes.length; from += PIECE) {
      const length = Math.min(PIECE, bytes.length - from);
      const piece = sftp.ask<undefined>((wire, done) => wire.write(handle, bytes, from, length, from, done));
      piece.catch(() => undefined);
      writing.push(piece);
      if (writing.length >= PIECES_AHEAD) await writing.shift();
    }
    await Promise.all(writing);
  } finally {
    await closeFile(sftp, handle);
  }
}

async function digestOf(sftp: Sftp, path: string, size: number): Promise<string> {
  const handle = await openFile(sftp, path, "r");
  const hash = createHash("sha256");
  try {
    for await (const piece of pieces(sftp, handle, 0, size + 1)) hash.update(piece);
  } finally {
    await closeFile(sftp, handle);
  }
  return hash.digest("hex");
}

async function putObject(line: SftpLine, key: string, path: string, body: Uint8Array): Promise<void> {
  const aside = `${path.slice(0, path.lastIndexOf("/") + 1)}.${randomUUID()}.part`;
  const wanted = createHash("sha256").update(body).digest("hex");
  const clear = async (sftp: Sftp): Promise<void> => {
    await sftp.ask<undefined>((wire, done) => wire.unlink(aside, done)).catch(() => undefined);
  };
  try {
    await line.run(async (sftp) => {
      await clear(sftp);
      await makeFolders(sftp, path);
      try {
        await writeAside(sftp, aside, body);
        if ((await digestOf(sftp, aside, body.length)) !== wanted)
          throw broken(key, "書いたものと違うものが置かれました");
        await rename(sftp, aside, path);
      } catch (error) {
        if (!(error instanceof LineBroken)) await clear(sftp);
        throw error;
      }
    });
  } catch (error) {
    throw error instanceof SftpStatus ? refusedBySftp(key, error) : error;
  }
}

/** A folder of a file server as object store. */
export function sftpStore(place: SftpPlace, options: SftpOptions = {}): SftpStore {
  const line = new SftpLine(place, options);
  const at = (key: string): string => `${place.folder}/${checkKey(key)}`;
  const sizeOf = async (key: string): Promise<number | undefined> => {
    const path = at(key);
    try {
      const stats = await line.run(async (sftp) => await sftp.ask<Stats>((wire, done) => wire.lstat(path, done)));
      return stats.isFile() ? stats.size : undefined;
    } catch (error) {
      if (isStatus(error, STATUS.noSuchFile)) return undefined;
      throw refusedBySftp(key, error);
    }
  };
  return {
    list: async (prefix) => {
      const name = prefix.replace(/\/$/, "");
      return await listAll(line, place.folder, name === "" ? "" : checkKey(name));
    },
    read: (key) => objectBytes(line, key, at(key)),
    size: sizeOf,
    put: async (key, content, keep = {}) => {
      // A file server promises nothing of itself: what is there is at least not written over.
      if (keep.once === true && (await sizeOf(key)) !== undefined) throw taken(key);
      const body = typeof content === "string" ? Buffer.from(content, "utf8") : content;
      await putObject(line, key, at(key), body);
    },
    remove: async (key) => {
      const path = at(key);
      try {
        await line.run(async (sftp) => await sftp.ask<undefined>((wire, done) => wire.unlink(path, done)));
      } catch (error) {
        if (!isStatus(error, STATUS.noSuchFile)) throw refusedBySftp(key, error);
      }
    },
    close: async () => await line.close(),
  };
}
