/**
 * Locks on a data folder that the kernel itself releases when the process ends, however it ends.
 *
 * A lock is a listening socket in Linux's abstract namespace, named by the folder. Lock files were the first design: a
 * killed process leaves one behind, and two successors that both find it stale can each delete the other's new lock.
 * Holds for one machine (one network namespace), which is all that an embedded database serves.
 */
import { createHash } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { Refusal } from "./problem.ts";

/** A lock that is held; `release` may be called more than once. */
export type Lock = { readonly release: () => Promise<void> };

async function lockName(dir: string, purpose: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const digest = createHash("sha256")
    .update(`${await realpath(dir)}\n${purpose}`)
    .digest("hex");
  return `\0hagukumi-${digest.slice(0, 40)}`;
}

async function tryListen(name: string): Promise<Server | undefined> {
  return await new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      server.unref(); // a held lock alone must not keep the process alive
      resolve(server);
    });
  });
}

function lockOf(server: Server): Lock {
  let released: Promise<void> | undefined;
  return {
    release: async () => {
      released ??= new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await released;
    },
  };
}

/**
 * The right to be the one program that works in `dir` (for instance `hagukumi start`). Never waits.
 *
 * @throws Refusal `alreadyRunning` when another process holds it
 */
export async function acquireInstanceLock(dir: string): Promise<Lock> {
  const server = await tryListen(await lockName(dir, "instance"));
  if (server !== undefined) return lockOf(server);
  throw new Refusal(
    "alreadyRunning",
    `データフォルダ ${dir} では、すでに はぐくみ が動いています。二重に起動することはできません。動いている方を使うか、そちらを終了してからもう一度起動してください。`,
    { dir },
  );
}

/** A lock of `dir` for one purpose, or undefined where another process holds it. Never waits. */
export async function tryLock(dir: string, purpose: string): Promise<Lock | undefined> {
  const server = await tryListen(await lockName(dir, purpose));
  return server === undefined ? undefined : lockOf(server);
}

/** Whether a process holds this lock now. Asks by calling its socket, so that the question never holds the lock itself. */
export async function isLocked(dir: string, purpose: string): Promise<boolean> {
  const path = await lockName(dir, purpose);
  return await new Promise((done) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

/** Runs `work` while no other process starts or stops the embedded database of `dir`; waits its turn, up to 120 s. */
export async function withStartLock<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const name = await lockName(dir, "start");
  for (const deadline = Date.now() + 120_000; ;) {
    const server = await tryListen(name);
    if (server !== undefined) {
      try {
        return await work();
      } finally {
        await lockOf(server).release();
      }
    }
    if (Date.now() > deadline) {
      throw new Refusal(
        "databaseStart",
        `データフォルダ ${dir} のデータベースを、別のプログラムが起動または停止している最中のまま終わりません。しばらく待ってからもう一度実行してください。`,
        { dir },
      );
    }
    await sleep(50);
  }
}
