/**
 * The pipe between the server and the process that keeps its words. The server itself holds a reading end: when the keeper is away the server's
 * words wait in the pipe, and once it is full whoever is recorded waits too. Nothing is said into the void.
 */
import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { lstat, open, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { isLocked } from "../instance-lock.ts";
import { Refusal } from "../problem.ts";
import { readStatementState } from "./keep.ts";

export const KEEPER_LOCK = "statement log";

/** How the process that keeps the words is started, and who is told when it or the place is away. */
export type StatementLog = {
  /** Program and arguments; started apart from this process, ends with the server */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly tell: (message: string) => void;
};

export const pipePath = (dir: string): string => join(dir, "statements.pipe");

/** Makes the pipe and opens both ends without waiting, so that the server can open it whoever comes first. */
export async function openPipe(dir: string): Promise<FileHandle> {
  const path = pipePath(dir);
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined && !found.isFIFO()) await rm(path, { recursive: true, force: true });
  if (found?.isFIFO() !== true) {
    const status = await new Promise<number | null>((done) => {
      const child = spawn("mkfifo", ["-m", "600", path], { stdio: "ignore" });
      child.once("error", () => done(null));
      child.once("close", done);
    });
    if (status !== 0)
      throw new Refusal(
        "databaseStart",
        `データベースの記録の管（${path}）を作れません。フォルダの権限と mkfifo があることを確かめてください。データベースは起動していません。`,
      );
  }
  return await open(path, constants.O_RDWR | constants.O_NONBLOCK);
}

/** Starts the keeper unless it is there. */
export async function startKeeper(dir: string, { command, environment }: StatementLog): Promise<boolean> {
  if (await isLocked(dir, KEEPER_LOCK)) return false;
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    stdio: "ignore",
    env: { ...environment, HAGUKUMI_STATEMENT_SERVER: dir },
  });
  child.on("error", () => {});
  child.unref();
  return true;
}

/** Waits until the keeper of a server that was stopped has sealed and brought everything, at most `ms`. */
export async function awaitKeeper(dir: string, ms = 10_000): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; await sleep(25))
    if (!(await isLocked(dir, KEEPER_LOCK))) return true;
  return false;
}

const LOOK_MS = 2_000;

/** Looks after the keeper while this process uses the server. @returns ends it */
export function watchKeeper(dir: string, log: StatementLog): () => void {
  let away: string | null = null;
  let missed = 0;
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      missed = (await isLocked(dir, KEEPER_LOCK)) ? 0 : missed + 1;
      // Twice in a row: one that has only just been started has not its lock yet.
      if (missed >= 2 && (await startKeeper(dir, log)))
        log.tell(
          "データベースの文の記録をとるプログラムが止まっていたので、始め直しました。その間の文は管の中に残っていて、いま記録しました。",
        );
      const { awaySince, number, shipped, awayWhy } = await readStatementState(dir);
      if (awaySince !== away && awaySince !== null)
        log.tell(
          `データベースの文の記録を、遠隔の保管場所に置けません（${awaySince} から。${number - shipped} 区切りが手元で待っています。${awayWhy}）。保管場所を確かめてください。`,
        );
      if (awaySince === null && away !== null)
        log.tell("データベースの文の記録を、遠隔の保管場所にまた置けるようになりました。");
      away = awaySince;
    } catch {
      // Looked at again in two seconds.
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
