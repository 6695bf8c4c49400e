/** Reading and advancing one payment run: its heading, its state, its next event. */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { PaymentRefusalCode } from "./refusals.ts";
import { stateLabels, transitions } from "./states.ts";
import type { RunKind, RunState } from "./states.ts";

/** Heading of a run with its present state. Months as `YYYY-MM-01`, days as civil dates, money in yen. */
export type RunRecord = {
  readonly runNo: number;
  readonly paymentMonth: string;
  readonly kind: RunKind;
  readonly monthsFrom: string;
  readonly monthsTo: string;
  readonly payOn: string;
  readonly lineCount: number;
  readonly itemCount: number;
  readonly total: number;
  readonly lineDigest: string;
  readonly maker: string;
  readonly state: RunState;
  readonly seq: number;
};

const COLUMNS = `r.run_no AS "runNo", r.payment_month AS "paymentMonth", r.kind, r.months_from AS "monthsFrom",
  r.months_to AS "monthsTo", r.pay_on AS "payOn", r.line_count AS "lineCount", r.item_count AS "itemCount", r.total,
  r.line_digest AS "lineDigest", r.maker, s.state, s.seq`;

/** The run, or undefined. */
export async function findRun(connection: Queryable, runNo: number): Promise<RunRecord | undefined> {
  const { rows } = await connection.query<RunRecord>(
    `SELECT ${COLUMNS} FROM allowance.payment_run r JOIN allowance.run_state s USING (run_no) WHERE r.run_no = $1`,
    [runNo],
  );
  return rows[0];
}

/** The run. @throws Refusal `runMissing` */
export async function getRun(connection: Queryable, runNo: number): Promise<RunRecord> {
  const run = await findRun(connection, runNo);
  if (run !== undefined) return run;
  throw new Refusal<PaymentRefusalCode>(
    "runMissing",
    `支払処理 ${runNo} はありません。番号を「hagukumi payment list」で確かめてください。`,
    { runNo },
  );
}

/** All runs, newest first. */
export async function listRuns(connection: Queryable): Promise<readonly RunRecord[]> {
  const { rows } = await connection.query<RunRecord>(
    `SELECT ${COLUMNS} FROM allowance.payment_run r JOIN allowance.run_state s USING (run_no) ORDER BY r.run_no DESC`,
  );
  return rows;
}

/** What the bank sent back of each run that has a result, with its result or later: lines and yen. */
export type RunReturn = { readonly runNo: number; readonly lines: number; readonly amount: number };

/** Returns of all runs, for the list and its picture over time. */
export async function listReturns(connection: Queryable): Promise<readonly RunReturn[]> {
  const { rows } = await connection.query<RunReturn>(
    `SELECT f.run_no AS "runNo", f.returned_count + count(w.row_no)::int AS lines, f.returned_amount + coalesce(sum(w.amount), 0)::bigint AS amount
     FROM allowance.result_file f LEFT JOIN (allowance.late_result x JOIN allowance.result_row w USING (result_id, row_no)) ON x.result_id = f.result_id
     GROUP BY f.result_id ORDER BY f.run_no`,
  );
  return rows;
}

/** @throws Refusal `wrongState`: what was tried, the present state, and what is possible from it */
export function requireTransition(run: RunRecord, to: RunState): void {
  const possible: readonly RunState[] = transitions[run.state];
  if (possible.includes(to)) return;
  const next = possible.map((state) => `「${stateLabels[state]}」`).join("または") || "なし（終わっています）";
  throw new Refusal<PaymentRefusalCode>(
    "wrongState",
    `支払処理 ${run.runNo} を「${stateLabels[to]}」にしようとしましたが、いまは「${stateLabels[run.state]}」です。進めるのは${next}です。何も変えていません。`,
    { runNo: run.runNo, state: run.state, wanted: to, possible: [...possible] },
  );
}

/** Adds the next event. The database checks that it follows the last one and that its evidence is there. */
export async function recordEvent(
  connection: Queryable,
  run: Pick<RunRecord, "runNo" | "seq" | "state">,
  to: RunState,
  actor: string,
  note = "",
): Promise<RunRecord> {
  await connection.query(
    "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor, note) VALUES ($1, $2, $3, $4, $5, $6)",
    [run.runNo, run.seq + 1, run.state, to, actor, note],
  );
  return await getRun(connection, run.runNo);
}
