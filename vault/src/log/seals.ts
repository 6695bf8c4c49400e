/**
 * 金庫の記録の封: the vault's log is sealed as the access log is, by a key of its own, in a chain of its own, whose newest head is kept outside its
 * database. The mechanism is the platform's; here is what is sealed.
 */
import type { SealKey } from "@hagukumi/platform/access/seal/block.ts";
import { extendHead, readHead, type SealHead } from "@hagukumi/platform/access/seal/head.ts";
import { blocksFrom, type LogStream, timeText } from "@hagukumi/platform/access/seal/rows.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import {
  asSealer,
  checkKept,
  headPath,
  type Sealer,
  sealLog,
  startSealer,
} from "@hagukumi/platform/access/seal/seal-log.ts";
import { type LogCheck, verifyLog } from "@hagukumi/platform/access/seal/verify-log.ts";
import type { Pool } from "pg";

/** 金庫の記録 */
export const VAULT_LOG: LogStream = {
  name: "vaultLog",
  label: "金庫の記録",
  table: "vault.log",
  seals: "vault.log_seal",
  leafTexts: new Map([
    [
      1,
      `jsonb_build_array(l.seq, ${timeText("processed_at")}, l.client_id, l.actor, l.purpose, l.operation, l.subject, l.person_ref, l.rows,
  l.refusal_code, l.statement_id)::text`,
    ],
  ]),
  format: 1,
  at: "processed_at",
  domain: "hagukumi vault log block\n",
  headFile: "vault-log-head.json",
  lock: 7_400_281_120,
  role: "hagukumi_vault_sealer",
  removable: false,
};

/** The key of these seals, in the data folder of the vault's machine. @throws Refusal `sealKeyUnreadable` */
export async function vaultSealKey(dataDir: string): Promise<SealKey> {
  return await readSealKey(dataDir, "vault-seal-key.pem");
}

/** Seals what is committed now. @throws Refusal `historyForked` */
export async function sealVaultLog(
  pool: Pool,
  dataDir: string,
): Promise<{ readonly rows: number; readonly blocks: number }> {
  return await sealLog(pool, await vaultSealKey(dataDir), dataDir, undefined, VAULT_LOG);
}

/** Seals every second, and once more when it is closed. */
export async function startVaultSealer(pool: Pool, dataDir: string, tell: (line: string) => void): Promise<Sealer> {
  return startSealer(pool, await vaultSealKey(dataDir), dataDir, tell, undefined, undefined, [VAULT_LOG]);
}

/** Checks the whole log against its seals and the head in the data folder. @param kept heads that were kept elsewhere */
export async function verifyVaultLog(pool: Pool, dataDir: string, kept: readonly SealHead[] = []): Promise<LogCheck> {
  const own = await readHead(headPath(dataDir, VAULT_LOG));
  const heads = own === undefined ? kept : [own, ...kept];
  return await verifyLog(pool, await vaultSealKey(dataDir), heads, undefined, VAULT_LOG);
}

const BLOCKS_AT_ONCE = 2_000;

/**
 * 立会い: from a head that was kept elsewhere along the chain to the newest.
 *
 * @throws Refusal `historyForked` where the chain does not contain it
 */
export async function witnessVaultLog(
  pool: Pool,
  dataDir: string,
  kept: SealHead | undefined,
): Promise<SealHead | undefined> {
  const key = await vaultSealKey(dataDir);
  let known = kept;
  await asSealer(
    pool,
    async (client) => {
      await checkKept(client, VAULT_LOG, kept);
      for (;;) {
        const links = await blocksFrom(client, (known?.blockNo ?? 0) + 1, BLOCKS_AT_ONCE, VAULT_LOG);
        if (links.length === 0) return;
        known = extendHead(known, links, key.publicKey, VAULT_LOG);
      }
    },
    VAULT_LOG,
  );
  return known;
}
