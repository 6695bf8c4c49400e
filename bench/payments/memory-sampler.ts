/** The process behind `watchMemory`: adds up every fifth of a second, answers with the largest sum. Linux only. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Memory } from "./memory.ts";

const EVERY_MS = 200;

const [, , measured = "", dir = ""] = process.argv;

/** Proportional set size in KiB; 0 for a process that is gone. */
function pssOf(pid: string): number {
  try {
    const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return Number(found?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Parent of every process. */
function readParents(): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      // The name stands in parentheses and may hold anything; what follows the last one is plain.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      parents.set(pid, fields[1] ?? "");
    } catch {
      // gone meanwhile
    }
  }
  return parents;
}

function isUnder(parents: ReadonlyMap<string, string>, pid: string, top: string): boolean {
  for (let at: string | undefined = pid; at !== undefined; at = parents.get(at)) if (at === top) return true;
  return false;
}

function sample(): Memory {
  const postmaster = readFileSync(join(dir, "data", "postmaster.pid"), "utf8").split("\n")[0] ?? "";
  const parents = readParents();
  const sums = { node: 0, postgres: 0, print: 0 };
  for (const pid of parents.keys()) {
    if (pid === String(process.pid)) continue;
    if (isUnder(parents, pid, postmaster)) sums.postgres += pssOf(pid) / 1024;
    else if (pid === measured) sums.node += pssOf(pid) / 1024;
    else if (isUnder(parents, pid, measured)) sums.print += pssOf(pid) / 1024;
  }
  return { ...sums, whole: sums.node + sums.postgres + sums.print };
}

let largest: Memory = sample();
const timer = setInterval(() => {
  const now = sample();
  if (now.whole > largest.whole) largest = now;
}, EVERY_MS);
process.on("message", () => {
  clearInterval(timer);
  process.send?.(largest);
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
