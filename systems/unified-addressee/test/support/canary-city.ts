/**
 * A server of its own in which made-up numbers go every way that a number can go: fed, entered, wrong, changed, confirmed, sent back,
 * displayed, searched, erased, rotated. Afterwards everything that lies on the disk is scanned for them.
 */
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { startEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { IndividualNumber } from "@hagukumi/vault/contract.ts";
import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { inspect } from "node:util";
import type { Pool } from "pg";

import { drawDigits, freshVaultOn, type TestVault } from "../../../../vault/test/support/vault.ts";
import { checkConsistency } from "../../src/consistency/check.ts";
import { findingsCsv, listFindings } from "../../src/consistency/list.ts";
import type { AddresseeContext } from "../../src/context.ts";
import { confirmEntry, rejectEntry } from "../../src/entries/confirm.ts";
import { changeNumber, enterNumber } from "../../src/entries/enter-number.ts";
import { takeInNumbers } from "../../src/entries/take-in.ts";
import { createMedium } from "../../src/medium/medium.ts";
import { evidence } from "./addressee.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");

export type CanaryCity = {
  /** Everything that lies on the disk: the server's folder, its log, dumps, exports, what was printed */
  readonly folder: string;
  readonly numbers: readonly string[];
  readonly pool: Pool;
  readonly end: () => Promise<void>;
};

/** Every table of a database as text, as a dump has it. */
export async function dump(pool: Pool, file: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')",
  );
  const parts: string[] = [];
  for (const { name } of rows) {
    const lines = await pool.query<{ line: string }>(`SELECT row_to_json(t)::text AS line FROM ${name} t`);
    parts.push(name, ...lines.rows.map(({ line }) => line));
  }
  await writeFile(file, parts.join("\n"));
}

/** Lets `count` numbers (at least 40) live through a day. */
export async function liveThroughADay(folder: string, count: number): Promise<CanaryCity> {
  const server = await startEmbedded({
    dir: join(folder, "postgres"),
    settings: { log_statement: "all", log_min_messages: "info" },
  });
  await migrate(server.url, await migrationFolders(ROOT));
  const pool = createPool(server.url, { applicationName: "canary" });
  const vaultName = new URL(server.url);
  await pool.query("CREATE DATABASE canary_vault");
  vaultName.pathname = "/canary_vault";
  const vault: TestVault = await freshVaultOn(vaultName.href);
  const printed: string[] = [];
  const numbers = Array.from({ length: count }, drawDigits);
  const as = (operator: string): AddresseeContext => ({
    pool,
    vault: vault.vault,
    signer: vault.signer,
    operator,
    purpose: "試験",
    today: "2026-11-23",
    now: () => vault.clock.now,
  });
  const attempt = async (work: Promise<unknown>): Promise<void> => {
    // What a program would print of a result or of an error, with everything inside it
    printed.push(
      await work.then(
        (value) => inspect(value, { depth: 9, showHidden: true }),
        (error: unknown) => inspect(error, { depth: 9, showHidden: true }),
      ),
    );
  };
  const [first, second, ...fed] = numbers.map((digits, place) => ({ digits, addresseeNumber: 10_000 + place }));
  if (first === undefined || second === undefined) throw new Error("too few numbers");
  const alone = fed.splice(0, 20);
  await attempt(
    takeInNumbers(as("clerk.one"), {
      key: "canary",
      systemCode: "residentRegister",
      rows: (async function* rows() {
        for (const { digits, addresseeNumber } of fed) yield await Promise.resolve({ addresseeNumber, number: digits });
        yield { addresseeNumber: 10_000 + count, number: `${first.digits.slice(0, 11)}x` };
        yield { addresseeNumber: fed[0]?.addresseeNumber ?? 0, number: second.digits };
      })(),
    }),
  );
  for (const [place, { digits, addresseeNumber }] of alone.entries()) {
    const number = (): IndividualNumber => IndividualNumber.read(digits);
    const request = { systemCode: "allowance", addresseeNumber, evidence };
    const entered = await enterNumber(as("clerk.one"), { ...request, key: `e${place}`, number: number() });
    printed.push(inspect(entered));
    const entryId = entered.entryId;
    await attempt(
      enterNumber(as("clerk.one"), { ...request, key: `d${place}`, number: IndividualNumber.read(second.digits) }),
    );
    await attempt(
      confirmEntry(as("clerk.two"), { key: `w${place}`, entryId, number: IndividualNumber.read(first.digits) }),
    );
    if (place < 5) await attempt(rejectEntry(as("clerk.two"), { key: `r${place}`, entryId, reason: "書類と違う番号" }));
    else await attempt(confirmEntry(as("clerk.two"), { key: `c${place}`, entryId, number: number() }));
  }
  const last = alone.at(-1);
  if (last === undefined) throw new Error("too few numbers");
  const request = { systemCode: "allowance", addresseeNumber: last.addresseeNumber, evidence };
  await attempt(
    changeNumber(as("clerk.one"), { ...request, key: "change", number: IndividualNumber.read(first.digits) }),
  );
  await attempt(
    changeNumber(as("clerk.one"), { ...request, key: "change2", number: IndividualNumber.read(last.digits) }),
  );
  await attempt(vault.ask("find", { number: IndividualNumber.read(last.digits) }));
  await attempt(vault.ask("erase", { requestId: 1 }, { actor: "clerk.one" }));
  await attempt(checkConsistency(as("clerk.one")));
  try {
    IndividualNumber.read(`${first.digits.slice(0, 10)}00`);
  } catch (error) {
    printed.push(inspect(error, { depth: 9, showHidden: true }));
    if (!(error instanceof Refusal)) throw error;
  }
  const exports = join(folder, "exports");
  await mkdir(exports, { recursive: true });
  await writeFile(join(exports, "findings.csv"), findingsCsv(await listFindings({ pool })));
  const receiver = generateKeyPairSync("x25519").publicKey;
  await attempt(createMedium(as("clerk.one"), { key: "medium", receiver, dir: exports }));
  await writeFile(join(folder, "printed.txt"), printed.join("\n"));
  await dump(pool, join(folder, "dump-main.txt"));
  await dump(vault.database.pool, join(folder, "dump-vault.txt"));
  await writeFile(join(folder, "envelope.json"), JSON.stringify(vault.envelope));
  await pool.query("CHECKPOINT");
  return {
    folder,
    numbers,
    pool,
    end: async () => {
      await vault.drop();
      await pool.end();
      await server.release();
    },
  };
}
