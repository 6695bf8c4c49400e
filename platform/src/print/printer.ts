/** 帳票の印刷: PDFs made in a process of their own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";

import { Refusal } from "../database/problem.ts";
import type { PrintAnswer, PrintedFile, PrintJob } from "./jobs.ts";

/** `printEngineMissing`: no engine for this machine. `printFailed`: the engine gave up; nothing was written. */
export type PrintRefusalCode = "cancelled" | "printEngineMissing" | "printFailed";

export type PrintRequest = Omit<PrintJob, "id" | "data"> & { readonly data: unknown };

export type Printer = {
  /** One PDF, whole or not at all. @throws Refusal of {@link PrintRefusalCode} */
  readonly print: (request: PrintRequest) => Promise<PrintedFile>;
};

type Waiting = { readonly resolve: (file: PrintedFile) => void; readonly reject: (error: Error) => void };

function failure(answer: Extract<PrintAnswer, { ok: false }>): Refusal<PrintRefusalCode> {
  return answer.engineMissing
    ? new Refusal(
        "printEngineMissing",
        "このコンピュータ用の印刷エンジン（Typst）が入っていないため、PDFを作れませんでした。Linux x64 の環境で実行してください。",
        { problem: answer.problem },
      )
    : new Refusal(
        "printFailed",
        "PDFを作れませんでした。ファイルは残していません。ディスクの空きと書き込み先を確かめて、もう一度実行してください。",
        { problem: answer.problem },
      );
}

function startChild(): ChildProcess {
  return fork(new URL("./typst-child.ts", import.meta.url), {
    execArgv: ["--expose-gc"],
    serialization: "advanced",
    // Nothing of this process's environment (connection strings, keys) goes into the engine's.
    env: { PATH: process.env["PATH"] ?? "", TMPDIR: process.env["TMPDIR"] ?? "/tmp", TZ: "Asia/Tokyo" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/**
 * Runs `work` with a printer; its process ends with the work.
 *
 * @throws Refusal `cancelled` when the signal is aborted while a PDF is made
 */
export async function withPrinter<T>(
  work: (printer: Printer) => Promise<T>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const child = startChild();
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const died = (problem: string): void => end(failure({ id: 0, ok: false, engineMissing: false, problem }));
  child.on("message", (message) => {
    const answer = message as PrintAnswer;
    const waiter = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) waiter?.resolve(answer.file);
    else waiter?.reject(failure(answer));
  });
  child.on("error", (error) => died(error.message));
  child.on("exit", (code, signal) => died(`the print process ended (${String(signal ?? code)})`));
  const abort = (): void => {
    end(new Refusal<PrintRefusalCode>("cancelled", "印刷を中止しました。作りかけのファイルは残していません。"));
    child.kill("SIGKILL");
  };
  if (options.signal?.aborted === true) abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  const print = async (request: PrintRequest): Promise<PrintedFile> =>
    await new Promise<PrintedFile>((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = nextId;
      nextId += 1;
      waiting.set(id, { resolve, reject });
      child.send({ ...request, id, data: JSON.stringify(request.data) } satisfies PrintJob);
    });
  try {
    return await work({ print });
  } finally {
    options.signal?.removeEventListener("abort", abort);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
  }
}
