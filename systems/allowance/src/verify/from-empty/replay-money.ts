/**
 * 空からの組み直し（計上・支払処理）: every run and every settlement is made once more, one after the other in the order of the ledger,
 * by the product's own code, on the world as it was known then and on a ledger that begins empty. What a run computes, accrues, reserves,
 * takes out and compares must come out as it is stored, byte by byte.
 *
 * Facts of the events, taken from what is stored: that a run was asked for (kind, payment month, its day where a person chooses it, maker,
 * the approved set), that a recipient was settled after a decision, and the numbers that sequences gave (they leave gaps where an
 * attempt was refused). Months given back (取消し, 組戻し), holds, restrictions, accounts and decisions are read as known at that moment.
 * Known at a moment is what was recorded by then; a transaction that began before the run and ended during it is the one case in which
 * this is not exact.
 */
import { type Calendar, civilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { makeRun, planOf } from "../../payments/create-run.ts";
import type { RunKind } from "../../payments/states.ts";
import { settleRecipient } from "../../unpaid/settle.ts";
import { RewoundWorld } from "./rewound-world.ts";

/** Tables that a run or a settlement writes (導かれる表). */
export const MONEY_TABLES = [
  "journal",
  "ledger_entry",
  "due_item",
  "due_reversal",
  "receivable",
  "payment_run",
  "run_line",
  "run_item",
  "run_deduction",
  "run_deduction_item",
  "run_offset_claim",
  "run_parameters",
  "run_comparison",
  "run_change",
  "run_review_item",
  "counter_window",
] as const;

/** Its first row comes from the creation, the others from people: those are copied as they were known. */
const WRITTEN = [...MONEY_TABLES, "run_event"];

type MoneyEvent = {
  readonly command_key: string;
  readonly at: string;
  readonly run_no: number | null;
  readonly kind: RunKind;
  readonly payment_month: string;
  readonly pay_on: string;
  readonly cut_off_on: string;
  readonly maker: string;
  readonly set_id: number;
  readonly occurred_on: string;
};

/** Settlements that moved nothing wrote nothing; one that says it moved something must have its journals. */
const EVENTS = `
SELECT r.command_key, min(j.recorded_at)::text AS at, r.run_no, r.kind, to_char(r.payment_month, 'YYYY-MM') AS payment_month, r.pay_on::text, r.cut_off_on::text,
       r.maker::text, p.set_id, min(j.occurred_on)::text AS occurred_on, min(j.journal_id) AS place
FROM allowance.payment_run r JOIN allowance.journal j USING (command_key) JOIN allowance.run_parameters p ON p.run_no = r.run_no
GROUP BY r.command_key, r.run_no, r.kind, r.payment_month, r.pay_on, r.cut_off_on, r.maker, p.set_id
UNION ALL
SELECT c.command_key, coalesce(min(j.recorded_at), min(c.recorded_at))::text, NULL, 'regular', '', '', '', c.actor, 0,
       coalesce(min(j.occurred_on), (min(c.recorded_at) AT TIME ZONE 'Asia/Tokyo')::date)::text, min(j.journal_id)
FROM audit.command c LEFT JOIN allowance.journal j USING (command_key)
WHERE c.name = 'ledger.settle' AND (j.journal_id IS NOT NULL
  OR (c.response->>'accrued')::bigint + (c.response->>'reversed')::bigint + (c.response->>'overpaid')::bigint > 0)
GROUP BY c.command_key, c.actor
ORDER BY place NULLS LAST, at`;

/** `settle/{what for}/{recipient}/{decision}[/standing]` */
const SETTLED = /^settle\/(.+)\/(\d+)\/(\d+)(\/standing)?$/;

/** Numbers that the replay draws until it knows the stored ones: above all of them. */
const DRAWN = 1_000_000_000_000;

/** The n-th journal of a command gets the number and time of the stored n-th; so does a claim for repayment by what it is. */
const NUMBERS = `
CREATE TEMP TABLE numbers ON COMMIT DROP AS
SELECT p.journal_id AS drawn, s.journal_id AS stored, s.recorded_at
FROM (SELECT journal_id, row_number() OVER (ORDER BY journal_id) AS nth FROM pg_temp.journal WHERE journal_id >= ${DRAWN} AND command_key = :key) p
JOIN (SELECT journal_id, recorded_at, row_number() OVER (ORDER BY journal_id) AS nth FROM allowance.journal WHERE command_key = :key) s USING (nth);
UPDATE pg_temp.journal t SET journal_id = n.stored, recorded_at = n.recorded_at FROM numbers n WHERE t.journal_id = n.drawn;
UPDATE pg_temp.ledger_entry t SET journal_id = n.stored FROM numbers n WHERE t.journal_id = n.drawn;
UPDATE pg_temp.due_item t SET journal_id = n.stored FROM numbers n WHERE t.journal_id = n.drawn;
UPDATE pg_temp.due_reversal t SET journal_id = n.stored FROM numbers n WHERE t.journal_id = n.drawn;
UPDATE pg_temp.receivable t SET journal_id = n.stored FROM numbers n WHERE t.journal_id = n.drawn;
UPDATE pg_temp.receivable t SET receivable_id = v.receivable_id, recorded_at = v.recorded_at FROM allowance.receivable v
WHERE t.receivable_id >= ${DRAWN} AND (v.journal_id, v.recipient_id, v.child_number, v.benefit_month) = (t.journal_id, t.recipient_id, t.child_number, t.benefit_month);
UPDATE pg_temp.payment_run t SET recorded_at = r.recorded_at FROM allowance.payment_run r WHERE r.command_key = :key AND t.command_key = :key`;

async function playRun(world: RewoundWorld, calendar: Calendar, event: MoneyEvent, runNo: number): Promise<void> {
  const { kind, payment_month: paymentMonth, command_key: key, set_id: setId, maker } = event;
  // A regular run has its day from the calendar; the day of any other was chosen, on the day that is its cut-off.
  const regular = kind === "regular";
  const today = civilDate(regular ? event.pay_on : event.cut_off_on);
  const request = { key, paymentMonth, kind, ...(regular ? {} : { payOn: civilDate(event.pay_on) }) };
  const context = { calendar, today, operator: maker };
  const plan = await planOf(world.client, context, request);
  await makeRun(world.client, context, request, { plan, runNo, setId });
}

async function playSettlement(
  world: RewoundWorld,
  calendar: Calendar,
  event: MoneyEvent,
  [, settledFor = "", recipientId, , standing]: RegExpExecArray,
): Promise<void> {
  const context = { calendar, today: civilDate(event.occurred_on) };
  const reach = standing === undefined ? "present" : "standing";
  await settleRecipient(world.client, context, settledFor, Number(recipientId), event.maker, reach);
}

/** What a command was refused for in the replay, though it was carried out then. */
type NotReplayed = { readonly key: string; readonly message: string };

export type MoneyReplay = {
  /** Runs and settlements that the records know */
  readonly events: number;
  /** Those that could not be carried out again: what they wrote then is missing in the rebuilt tables */
  readonly failed: readonly NotReplayed[];
};

/** Makes all runs and settlements again in the open transaction, which must be rolled back. */
export async function replayMoney(
  client: PoolClient,
  calendar: Calendar,
  onProgress?: (done: number, total: number) => void,
): Promise<MoneyReplay> {
  const world = await RewoundWorld.open(client, WRITTEN);
  for (const [table, column] of [
    ["journal", "journal_id"],
    ["receivable", "receivable_id"],
  ])
    await client.query(
      `ALTER TABLE pg_temp.${table} ALTER COLUMN ${column} SET GENERATED BY DEFAULT RESTART WITH ${DRAWN}`,
    );
  const { rows: events } = await client.query<MoneyEvent>(EVENTS);
  const failed: NotReplayed[] = [];
  let runNo = 0;
  for (const [done, event] of events.entries()) {
    const settled = SETTLED.exec(event.command_key);
    await world.moveTo({
      at: event.at,
      settled: settled === null ? undefined : { recipientId: Number(settled[2]), decisionId: Number(settled[3]) },
    });
    await client.query(
      `INSERT INTO pg_temp.run_event SELECT e.* FROM allowance.run_event e WHERE e.seq > 1 AND e.recorded_at <= $1
       AND NOT EXISTS (SELECT FROM pg_temp.run_event p WHERE (p.run_no, p.seq) = (e.run_no, e.seq))`,
      [event.at],
    );
    try {
      await world.attempt(async () => {
        if (event.run_no !== null) await playRun(world, calendar, event, (runNo += 1));
        else if (settled !== null) await playSettlement(world, calendar, event, settled);
      });
    } catch (error) {
      failed.push({ key: event.command_key, message: error instanceof Error ? error.message : String(error) });
    }
    await world.tidy();
    await client.query(NUMBERS.replaceAll(":key", client.escapeLiteral(event.command_key)));
    await client.query("DROP TABLE numbers");
    onProgress?.(done + 1, events.length);
  }
  return { events: events.length, failed };
}
