/**
 * 記録の番: what runs beside a server for its records – the seals of every stream, the watch over clock and room, the daily judgement of
 * what has outlived its term, and the removal of what two people approved.
 */
import type { Pool } from "pg";

import { serializable, withRole } from "../database/transaction.ts";
import { writeJournal } from "./journal.ts";
import { todayInJapan } from "../calendar/today.ts";
import { judgeToday } from "./retention/judge.ts";
import { carryOutRemovals } from "./retention/remove.ts";
import { createLogWatch } from "./log-watch.ts";
import type { SealKey } from "./seal/block.ts";
import { type Sealer, startSealer } from "./seal/seal-log.ts";

/** Rounds of the sealer between two looks for approved removals. */
const REMOVAL_ROUNDS = 30;

const GROUP_NAMES = { accessLog: "アクセスログ", journal: "システムの記録", vaultLog: "金庫の記録" } as const;

async function note(pool: Pool, action: "server.start" | "server.stop"): Promise<void> {
  await serializable(pool, async (client) => {
    await withRole(client, "hagukumi_allowance");
    await writeJournal(client, { kind: "event", actor: "system", action });
  });
}

/**
 * Starts it: the start of the server is a row of the journal, and so is its end.
 *
 * @param tell for whoever runs the server
 * @param daily what else is done once a day, and at the start (the analysis of the month that is over)
 */
export async function startLogKeeping(
  pool: Pool,
  key: SealKey,
  dataDir: string,
  tell: (message: string) => void,
  everyMs = 1000,
  daily?: () => Promise<void>,
): Promise<Sealer> {
  await note(pool, "server.start");
  const watch = createLogWatch(pool, dataDir, { tell });
  let judged = "";
  let round = 0;
  const each = async (): Promise<void> => {
    await watch();
    const today = todayInJapan();
    if (judged !== today) {
      // Sealed first by the rounds before it: only whole seals are judged.
      for (const { group, years } of await judgeToday(pool)) {
        if (years === null)
          tell(
            `${GROUP_NAMES[group]}の保存期間が決まっていません。消さずに残しています（画面「記録の保存」で、二人で決めます）。`,
          );
      }
      await daily?.();
      judged = today;
    }
    if (round % REMOVAL_ROUNDS === 0) await carryOutRemovals(pool, key);
    round += 1;
  };
  const sealer = startSealer(pool, key, dataDir, tell, everyMs, each);
  return {
    close: async () => {
      await note(pool, "server.stop");
      await sealer.close();
    },
  };
}
