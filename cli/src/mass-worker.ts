/**
 * 一括処理の作業者 beside the pages: a process of its own, so that mass work takes neither the memory nor the time of the web process.
 * It yields to everything else (nice 10), has six connections (three for mass work, three for letters), and is started again should it die.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

const CHILD = new URL("./mass-worker-child.ts", import.meta.url);
const AGAIN_AFTER_MS = 2000;

export type MassWorker = {
  /** Lets the worker finish its slice and end. May be called more than once. */
  readonly close: () => Promise<void>;
};

export type MassWorkerOptions = {
  /** Where the database is; handed over in the environment, never on a command line that others can read */
  readonly url: string;
  readonly reportsDir: string;
  /** The day of work in a demonstration, `YYYY-MM-DD`; without it the day in Japan */
  readonly today?: string | undefined;
  readonly onLine: (line: string) => void;
};

/** Starts the worker. */
export function startMassWorker(options: MassWorkerOptions): MassWorker {
  let child: ChildProcess | undefined;
  let closing = false;
  let again: NodeJS.Timeout | undefined;
  const begin = (): void => {
    const started = fork(CHILD, {
      env: {
        PATH: process.env["PATH"] ?? "",
        TZ: "Asia/Tokyo",
        HAGUKUMI_WORKER_URL: options.url,
        HAGUKUMI_WORKER_REPORTS: options.reportsDir,
        ...(options.today === undefined ? {} : { HAGUKUMI_TODAY: options.today }),
      },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child = started;
    started.on("exit", (code, signal) => {
      if (child === started) child = undefined;
      if (closing) return;
      options.onLine(`一括処理の作業者が終わりました（${String(signal ?? code)}）。もう一度始めます。`);
      again = setTimeout(begin, AGAIN_AFTER_MS);
    });
    started.on("error", (error) => options.onLine(`一括処理の作業者を始められません: ${error.message}`));
  };
  begin();
  return {
    close: async () => {
      closing = true;
      clearTimeout(again);
      const running = child;
      if (running === undefined) return;
      const ended = once(running, "exit");
      if (running.connected) running.disconnect();
      await ended;
    },
  };
}
