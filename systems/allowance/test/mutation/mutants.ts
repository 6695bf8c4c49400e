/** 変異: every changed program of the ledger and of the states of payment runs that the tests must tell from the right one. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Pool } from "pg";

import { changed, sourceChanges, spoken, sqlChanges } from "./mutators.ts";

type Named = { readonly kind: string; readonly name: string };
/** Done to the database, and `undo` where it can be taken back. */
export type SqlMutant = Named & { readonly sql: string; readonly undo?: string };
/** A source file read otherwise. */
export type SourceMutant = Named & { readonly file: string; readonly source: string };
export type Mutant = SqlMutant | SourceMutant;

const ROOT = resolve(import.meta.dirname, "../../../..");

const SOURCES = [
  "systems/allowance/src/ledger/accrue.ts",
  "systems/allowance/src/ledger/journal.ts",
  "systems/allowance/src/ledger/leave-out-restricted.ts",
  "systems/allowance/src/payments/cancel-run.ts",
  "systems/allowance/src/payments/run-record.ts",
  "systems/allowance/src/payments/stage.ts",
];

/** Tables of the ledger and of the states of a run. */
const TABLES = [
  "journal",
  "ledger_entry",
  "due_item",
  "due_reversal",
  "receivable",
  "title_release",
  "item_release",
  "payment_run",
  "run_item",
  "run_event",
  "run_end",
];

/** Their guards. What only looks at accounts, deductions, lapses or 未支払 is of other rooms. */
const GUARDS = [
  "ledger_entry_guard",
  "journal_balances",
  "due_item_guard",
  "due_item_restricted",
  "due_reversal_guard",
  "item_release_guard",
  "title_release_guard",
  "run_event_guard",
  "run_evidence_has_event",
  "run_end_control",
  "payment_run_control",
];

async function texts(pool: Pool, sql: string, values: readonly unknown[]): Promise<readonly (readonly string[])[]> {
  return (await pool.query<string[]>({ text: sql, values: [...values], rowMode: "array" })).rows;
}

function ofSources(): Mutant[] {
  return SOURCES.flatMap((path) => {
    const file = resolve(ROOT, path);
    const source = readFileSync(file, "utf8");
    return sourceChanges(source).map((change) => ({
      kind: "source",
      name: `${path} ${spoken(source, change)}`,
      file,
      source: changed(source, change),
    }));
  });
}

/** The transitions as the program has them, and every pair of states that it has not. */
async function ofTransitions(pool: Pool): Promise<Mutant[]> {
  const pairs = await texts(pool, "SELECT from_state, to_state FROM allowance.run_transition ORDER BY 1, 2", []);
  const there = new Set(pairs.map((pair) => pair.join(" → ")));
  const states = [...new Set(pairs.flat())];
  const missing = states.flatMap((from) =>
    states.filter((into) => into !== "none" && !there.has(`${from} → ${into}`)).map((into) => [from, into] as const),
  );
  return [
    ...pairs.map(([from = "", into = ""]) => ({
      kind: "transition",
      name: `without ${from} → ${into}`,
      sql: `DELETE FROM allowance.run_transition WHERE (from_state, to_state) = ('${from}', '${into}')`,
    })),
    ...missing.map(([from, into]) => ({
      kind: "transition",
      name: `with ${from} → ${into}`,
      sql: `INSERT INTO allowance.run_transition VALUES ('${from}', '${into}', 'x')`,
    })),
  ];
}

/** All mutants of the database that `pool` is connected to, and of the sources. */
export async function mutants(pool: Pool): Promise<readonly Mutant[]> {
  const tables = TABLES.map((table) => `allowance.${table}`);
  const constraints = await texts(
    pool,
    "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conrelid = ANY ($1::regclass[]) AND contype IN ('c', 'u', 'f', 'p') ORDER BY 1, 2",
    [tables],
  );
  const triggers = await texts(
    pool,
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_proc f ON f.oid = tgfoid WHERE NOT tgisinternal AND f.proname = ANY ($1) ORDER BY 1, 2",
    [GUARDS],
  );
  const guards = await texts(
    pool,
    "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'allowance'::regnamespace AND proname = ANY ($1) ORDER BY 1",
    [GUARDS],
  );
  return [
    ...ofSources(),
    ...guards.flatMap(([name = "", text = ""]) =>
      sqlChanges(text).map((change) => ({
        kind: "guard",
        name: `${name} ${spoken(text, change)}`,
        sql: changed(text, change),
        undo: text,
      })),
    ),
    ...constraints.map(([table = "", name = ""]) => ({
      kind: "constraint",
      name: `${table} without ${name}`,
      sql: `ALTER TABLE ${table} DROP CONSTRAINT "${name}" CASCADE`,
    })),
    ...triggers.map(([table = "", name = "", text = ""]) => ({
      kind: "trigger",
      name: `${table} without ${name}`,
      sql: `DROP TRIGGER ${name} ON ${table}`,
      undo: text,
    })),
    ...(await ofTransitions(pool)),
  ];
}
