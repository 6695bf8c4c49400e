/** CPU time, which other work on the machine changes far less than time on the clock. Linux only. */
import { readFile } from "node:fs/promises";
import type { Pool } from "pg";

const TICKS_PER_SECOND = 100;

async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The second field is the name in brackets; the 14th and 15th are user and system ticks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Milliseconds of CPU used so far by this process and by the database's connections. */
export async function cpuMilliseconds(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'",
  );
  let ticks = 0;
  for (const { pid } of rows) ticks += await ticksOf(pid);
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + (ticks * 1000) / TICKS_PER_SECOND;
}
