/** `hagukumi verify replay`: plays the events of the money from empty and compares what comes of it with what is stored. */
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import { createHash } from "node:crypto";
import type { PoolClient } from "pg";

import { type Context, ROLE } from "../../context.ts";
import { compareTable, EXAMPLES, type ReplayedTable } from "../compare-table.ts";
import { CASE_REBUILDINGS } from "../replay-cases.ts";
import { replayDecisions } from "./replay-decisions.ts";
import { MONEY_TABLES, type MoneyReplay, replayMoney } from "./replay-money.ts";

/** Journals that a run or a settlement writes; the others are rebuilt from their own events (`replay-ledger.ts`). */
const JOURNALS = "kind IN ('accrue', 'reverse', 'overpay', 'reserve', 'deduct')";

/** Journals of runs and settlements, and of the 点検 what the creation found: what the second calculation finds comes with its own step. */
const STORED_IF: Readonly<Record<string, string>> = {
  run_review_item: " WHERE kind <> 'recalculation'",
  journal: ` WHERE ${JOURNALS}`,
  ledger_entry: ` WHERE journal_id IN (SELECT journal_id FROM allowance.journal WHERE ${JOURNALS})`,
};

/** Clock and transaction of a row are facts of its event, not results; which approved set a run used is what was asked for. */
const NOT_COMPARED = ["recorded_at", "xact"];

/** The commands themselves as a table of the report: those that could not be carried out again are its differences. */
function commandsOf({ events, failed }: MoneyReplay): ReplayedTable {
  return {
    table: "audit.command",
    rows: events,
    rebuiltRows: events - failed.length,
    stored: digestOf(""),
    rebuilt: digestOf(failed.map(({ key }) => key).join("\n")),
    examples: failed.slice(0, EXAMPLES).map(({ key, message }) => `- ${key}: ${message}`),
  };
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

async function columnsOf(client: PoolClient, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL ($2::text[])`,
    [`allowance.${table}`, NOT_COMPARED],
  );
  return rows[0]?.columns ?? "";
}

/**
 * Makes every run and settlement again from empty, in a transaction that is rolled back.
 *
 * @returns one row for each table that they write, and one for the commands: some may not have been possible again
 */
export async function replayFromEmpty({
  pool,
  calendar,
  onProgress,
}: Pick<Context, "pool" | "calendar" | "onProgress">): Promise<readonly ReplayedTable[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await withRole(client, ROLE);
    const replay = await replayMoney(client, calendar, (done, total) => onProgress?.("組み直し", done, total));
    const tables = [commandsOf(replay)];
    for (const table of MONEY_TABLES) {
      if (table === "run_parameters") continue;
      const columns = await columnsOf(client, table);
      tables.push(
        await compareTable(
          client,
          `allowance.${table}`,
          `SELECT ${columns} FROM allowance.${table}${STORED_IF[table] ?? ""}`,
          `SELECT ${columns} FROM pg_temp.${table}`,
        ),
      );
    }
    for (const { table, stored, rebuilt } of CASE_REBUILDINGS)
      tables.push(await compareTable(client, table, stored, rebuilt));
    tables.push(...(await replayDecisions(client, calendar)));
    return tables;
  } finally {
    await client.query("ROLLBACK").catch((error: unknown) => {
      broken = error instanceof Error ? error : new Error(String(error));
    });
    client.release(broken);
  }
}
