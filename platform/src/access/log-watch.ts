/**
 * What is looked at beside the sealing: whether the clock was moved, and whether there is room for the records. Both become rows of
 * the journal, once for each change.
 */
import { statfs } from "node:fs/promises";
import type { Pool } from "pg";

import { asSealer } from "./seal/seal-log.ts";
import { lastBlock } from "./seal/rows.ts";
import { writeJournal } from "./journal.ts";

/** A clock that runs as it should may be so much off within one round (correction by NTP, a busy machine). */
export const CLOCK_TOLERANCE_MS = 5_000;

/** Below this share of the volume, or this many bytes, the room is called short. */
const SHORT_SHARE = 0.05;
const SHORT_BYTES = 512 * 1024 * 1024;

/**
 * How far a wall clock moved against one that only runs forward, since the look before.
 *
 * @returns a function of both readings (ms); undefined while the clock runs as it should
 */
export function clockSteps(): (wall: number, monotonic: number) => number | undefined {
  let before: { readonly wall: number; readonly monotonic: number } | undefined;
  return (wall, monotonic) => {
    const moved = before === undefined ? 0 : wall - before.wall - (monotonic - before.monotonic);
    before = { wall, monotonic };
    return Math.abs(moved) > CLOCK_TOLERANCE_MS ? moved : undefined;
  };
}

/** Whether a volume is short of room. */
export function isShort({
  bsize,
  blocks,
  bavail,
}: {
  readonly bsize: number;
  readonly blocks: number;
  readonly bavail: number;
}): boolean {
  return bavail * bsize < SHORT_BYTES || bavail < blocks * SHORT_SHARE;
}

export type LogWatchOptions = {
  /** ms of a clock that only runs forward; default the process's own */
  readonly monotonic?: () => number;
  /** Told to whoever runs the server */
  readonly tell?: (message: string) => void;
  readonly space?: (
    dir: string,
  ) => Promise<{ readonly bsize: number; readonly blocks: number; readonly bavail: number }>;
};

/**
 * The watch of one server. Each call looks once: at the database's clock against the process's monotonic one (on the first look against
 * the time of the newest seal: a clock that was set back while nothing ran), and at the room on the volume of the data folder.
 *
 * @throws what the database throws
 */
export function createLogWatch(pool: Pool, dataDir: string, options: LogWatchOptions = {}): () => Promise<void> {
  const { monotonic = () => performance.now(), tell = () => {}, space = statfs } = options;
  const step = clockSteps();
  let first = true;
  let short = false;
  return async () => {
    const room = await space(dataDir);
    await asSealer(pool, async (client) => {
      const begun = monotonic();
      const { rows } = await client.query<{ now: Date }>("SELECT identity.clock() AS now");
      const wall = rows[0]?.now.getTime() ?? 0;
      const newest = first ? await lastBlock(client) : undefined;
      const behind = newest === undefined ? 0 : wall - Date.parse(newest.sealedAt);
      const moved = step(wall, begun) ?? (behind < -CLOCK_TOLERANCE_MS ? behind : undefined);
      first = false;
      if (moved !== undefined) {
        const seconds = Math.round(moved / 1000);
        tell(
          `時計が ${seconds} 秒動きました。サーバーの時刻の同期を確かめてください（記録の順は番号で保たれています）。`,
        );
        await writeJournal(client, { kind: "event", actor: "system", action: "clock.stepped", detail: { seconds } });
      }
      const now = isShort(room);
      if (now === short) return;
      short = now;
      const free = Math.round((room.bavail * room.bsize) / 1024 / 1024);
      if (short)
        tell(
          `記録を置くディスクの空きが少なくなりました（残り ${free} MiB）。足りなくなると、処理と照会は断られます。`,
        );
      await writeJournal(client, {
        kind: "event",
        actor: "system",
        action: short ? "storage.short" : "storage.enough",
        detail: { freeMebibytes: free },
      });
    });
  };
}
