/** A process of its own beside the pages that is started again should it die. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

const AGAIN_AFTER_MS = 2000;

export type KeptProcess = {
  /** Lets it finish what it has in hand and end. May be called more than once. */
  readonly close: () => Promise<void>;
};

export type KeptProcessOptions = {
  readonly module: URL;
  /** Handed over in the environment, never on a command line that others can read */
  readonly env: NodeJS.ProcessEnv;
  /** It ended by itself; the text says how */
  readonly onEnd: (how: string) => void;
  /** It was started again after an end */
  readonly onAgain?: () => void;
  readonly onMessage?: (message: unknown) => void;
};

/** Starts it. It is to end when its line to this process is cut (`disconnect`). */
export function keepProcess({ module, env, onEnd, onAgain, onMessage }: KeptProcessOptions): KeptProcess {
  let child: ChildProcess | undefined;
  let closing = false;
  let again: NodeJS.Timeout | undefined;
  const begin = (): void => {
    const started = fork(module, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child = started;
    if (onMessage !== undefined) started.on("message", onMessage);
    started.on("exit", (code, signal) => {
      if (child === started) child = undefined;
      if (closing) return;
      onEnd(`終わりました（${String(signal ?? code)}）。もう一度始めます。`);
      again = setTimeout(() => {
        begin();
        onAgain?.();
      }, AGAIN_AFTER_MS);
    });
    started.on("error", (error) => onEnd(`始められません: ${error.message}`));
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
