/** 端末証明書の一覧: the fingerprints of the registered terminals' certificates, as a TLS endpoint asks for them at each connection. */
import type { Pool } from "pg";

import { asIdentity } from "./transaction.ts";

/** A revocation ends new connections within this time, in milliseconds; sessions it ends at once by itself. */
const EVERY_MS = 2_000;

export type TerminalList = {
  readonly isRegistered: (certificateSha256: string) => boolean;
  readonly close: () => Promise<void>;
};

/** Reads the list now and every two seconds. While it can't be read nobody new is let in. */
export async function watchTerminals(pool: Pool): Promise<TerminalList> {
  let known: ReadonlySet<string> = new Set();
  const read = async (): Promise<void> => {
    const { rows } = await asIdentity(
      pool,
      async (client) =>
        await client.query<{ certificate: string }>(
          `SELECT certificate_sha256 AS certificate FROM identity.terminal t
           WHERE certificate_sha256 IS NOT NULL AND NOT EXISTS (SELECT FROM identity.terminal_revocation v WHERE v.terminal_code = t.terminal_code)`,
        ),
    );
    known = new Set(rows.map(({ certificate }) => certificate));
  };
  await read();
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(read).catch(() => {
      known = new Set();
    });
  }, EVERY_MS);
  timer.unref();
  return {
    isRegistered: (certificateSha256) => known.has(certificateSha256),
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
