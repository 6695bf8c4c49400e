/** Processor seconds, which other work on the machine does not stretch as it stretches the clock. Linux only. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Processor seconds used so far: of this process, and of the PostgreSQL server with all its processes, living and ended. */
export type Cpu = { readonly node: number; readonly postgres: number };

const TICKS = 100;

type Stat = { readonly parent: string; readonly own: number; readonly children: number };

function statOf(pid: string): Stat | undefined {
  try {
    // The name stands in parentheses and may hold anything; what follows the last one is plain.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const at = (place: number): number => Number(fields[place] ?? 0);
    return { parent: fields[1] ?? "", own: at(11) + at(12), children: at(13) + at(14) };
  } catch {
    return undefined; // gone meanwhile
  }
}

/** @param dir the server's folder (the one that holds `data/postmaster.pid`) */
export function cpuNow(dir: string): Cpu {
  const postmaster = readFileSync(join(dir, "data", "postmaster.pid"), "utf8").split("\n")[0] ?? "";
  let ticks = statOf(postmaster)?.children ?? 0;
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = statOf(pid);
    if (stat !== undefined && (pid === postmaster || stat.parent === postmaster)) ticks += stat.own;
  }
  const { user, system } = process.cpuUsage();
  return { node: (user + system) / 1_000_000, postgres: ticks / TICKS };
}

/** What was used since `before`, in words. */
export function cpuSince(before: Cpu, dir: string): string {
  const now = cpuNow(dir);
  return `processor ${(now.node - before.node).toFixed(1)} s Node + ${(now.postgres - before.postgres).toFixed(1)} s PostgreSQL`;
}
