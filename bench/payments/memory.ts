/**
 * Memory of everything that a run keeps busy: this process, the PostgreSQL server with all its processes, and the print
 * processes. Proportional set sizes are added, so that a page shared by several processes counts once. Measured by a process
 * of its own, because the measured one has no time for it while it computes.
 */
import { fork } from "node:child_process";
import { once } from "node:events";

/** MiB. Each part at the moment at which the whole was largest. */
export type Memory = {
  readonly whole: number;
  readonly node: number;
  readonly postgres: number;
  readonly print: number;
};

export type MemoryWatch = {
  /** Ends the watch. @returns the largest whole that was seen */
  readonly stop: () => Promise<Memory>;
};

/** @param dir the server's folder (the one that holds `data/postmaster.pid`) */
export async function watchMemory(dir: string): Promise<MemoryWatch> {
  const child = fork(new URL("./memory-sampler.ts", import.meta.url), [String(process.pid), dir]);
  await once(child, "message");
  return {
    stop: async () => {
      const answer = once(child, "message");
      child.send("stop");
      const [memory] = (await answer) as [Memory];
      child.disconnect();
      return memory;
    },
  };
}
