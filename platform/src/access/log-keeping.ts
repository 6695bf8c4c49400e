/** 記録の番: what runs beside a server for its records – the seals of every stream, and the watch over clock and room. */
import type { Pool } from "pg";

import { serializable, withRole } from "../database/transaction.ts";
import { writeJournal } from "./journal.ts";
import { createLogWatch } from "./log-watch.ts";
import type { SealKey } from "./seal/block.ts";
import { type Sealer, startSealer } from "./seal/seal-log.ts";

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
 */
export async function startLogKeeping(
  pool: Pool,
  key: SealKey,
  dataDir: string,
  tell: (message: string) => void,
  everyMs = 1000,
): Promise<Sealer> {
  await note(pool, "server.start");
  const sealer = startSealer(pool, key, dataDir, tell, everyMs, createLogWatch(pool, dataDir, { tell }));
  return {
    close: async () => {
      await note(pool, "server.stop");
      await sealer.close();
    },
  };
}
