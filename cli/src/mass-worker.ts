/**
 * 一括処理の作業者 beside the pages: a process of its own, so that mass work takes neither the memory nor the time of the web process.
 * It yields to everything else (nice 10), has six connections (three for mass work, three for letters), and is started again should it die.
 */
import { type KeptProcess, keepProcess } from "./kept-process.ts";

const CHILD = new URL("./mass-worker-child.ts", import.meta.url);

export type MassWorker = KeptProcess;

export type MassWorkerOptions = {
  /** Where the database is */
  readonly url: string;
  readonly reportsDir: string;
  /** The day of work in a demonstration, `YYYY-MM-DD`; without it the day in Japan */
  readonly today?: string | undefined;
  readonly onLine: (line: string) => void;
  /** What is wrong with it, empty when it is there again: for the 運転状況 */
  readonly onState?: (problem: string) => void;
};

/** Starts the worker. */
export function startMassWorker(options: MassWorkerOptions): MassWorker {
  return keepProcess({
    module: CHILD,
    env: {
      PATH: process.env["PATH"] ?? "",
      TZ: "Asia/Tokyo",
      HAGUKUMI_WORKER_URL: options.url,
      HAGUKUMI_WORKER_REPORTS: options.reportsDir,
      ...(options.today === undefined ? {} : { HAGUKUMI_TODAY: options.today }),
    },
    onEnd: (how) => {
      options.onLine(`一括処理の作業者が${how}`);
      options.onState?.(`一括処理の作業者が${how}`);
    },
    onAgain: () => options.onState?.(""),
  });
}
