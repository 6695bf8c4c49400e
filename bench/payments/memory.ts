/** Memory of the embedded PostgreSQL: proportional set size of the postmaster and its children, in MiB. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

function pssOf(pid: string): number {
  try {
    const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return Number(found?.[1] ?? 0);
  } catch {
    return 0; // gone meanwhile
  }
}

/** @param dir the server's folder (the one that holds `data/postmaster.pid`) */
export function postgresMemory(dir: string): number {
  const postmaster = readFileSync(join(dir, "data", "postmaster.pid"), "utf8").split("\n")[0] ?? "";
  const children = readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return pid === postmaster || fields[1] === postmaster;
    } catch {
      return false;
    }
  });
  return children.reduce((sum, pid) => sum + pssOf(pid), 0) / 1024;
}
