/**
 * 計算: what each live case is entitled to, month by month, from the facts of its last decision.
 *
 * The amounts come from the law alone (`assess`); nothing here knows a rate or an age. The rows go to the temporary
 * table `computed` of the run's own transaction.
 */
import { assess, parseCase } from "@hagukumi/law/contract.ts";
import type { Assessment, AssessmentCase, Calendar, Month } from "@hagukumi/law/contract.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { leaveOutRestricted } from "../ledger/leave-out-restricted.ts";
import type { PaymentRefusalCode } from "./refusals.ts";

/** A case that the law could not assess: it is left out of the run and listed. */
export type UncomputedCase = { readonly recipientId: number; readonly code: string; readonly message: string };

export type ComputeOptions = {
  readonly calendar: Calendar;
  readonly from: Month;
  readonly until: Month;
  /** Only these recipients (認定番号). Absent: everyone */
  readonly only?: readonly number[] | undefined;
  /** Another program's law (並行計算); this program's where it is left out */
  readonly judge?: typeof assess | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

type CaseRow = {
  readonly recipient_id: number;
  readonly decision_id: number;
  readonly facts: Record<string, unknown>;
};

/** Cases read from the database at a time: large enough to keep both sides busy, small enough to stay in a few MB. */
const SLICE = 4000;

const COLUMNS = [
  "recipient_id",
  "child_number",
  "benefit_month",
  "amount",
  "band",
  "birth_order",
  "decision_id",
] as const;

/**
 * Cases whose entitlement touches the months, with their last decision that is not a refusal. Gathered once: asked again for
 * every slice, the windows of all recipients would be computed as often as there are slices.
 */
const liveCases = (only: boolean): string => `
  CREATE TEMP TABLE live_case ON COMMIT DROP AS
  SELECT d.* FROM (SELECT DISTINCT ON (recipient_id) recipient_id, decision_id, facts_digest FROM allowance.decision
        WHERE recipient_id IS NOT NULL AND kind <> 'refuse' ORDER BY recipient_id, seq DESC) d
  JOIN allowance.recipient_window w USING (recipient_id)
  WHERE ${only ? "d.recipient_id = ANY ($3::bigint[]) AND " : ""}w.first_month <= $2 AND (w.ended_from IS NULL OR w.ended_from > $1
     OR EXISTS (SELECT 1 FROM allowance.due_item i WHERE i.recipient_id = d.recipient_id AND i.benefit_month BETWEEN $1 AND $2))`;

function assessCase(
  facts: Record<string, unknown>,
  options: ComputeOptions,
): Assessment | { code: string; message: string } {
  const parsed = parseCase({ ...facts, from: options.from, until: options.until });
  if (!parsed.ok) return parsed.problem;
  const value: AssessmentCase = parsed.value;
  const assessed = (options.judge ?? assess)(value, { calendar: options.calendar, explain: false });
  return assessed.ok ? assessed.value : assessed.problem;
}

/** Payable child-months of one case as COPY rows. */
function* payableMonths(row: CaseRow, assessment: Assessment): Generator<readonly unknown[]> {
  for (const month of assessment.months) {
    if (!month.entitled) continue;
    for (const child of month.children) {
      if (child.amount === null || child.amount === 0) continue;
      yield [
        row.recipient_id,
        Number(child.id),
        `${month.month}-01`,
        child.amount,
        child.band,
        child.position,
        row.decision_id,
      ];
    }
  }
}

/**
 * Fills the temporary table `computed` (dropped at COMMIT) and `computed_case`, the cases that were computed. Months under a
 * restriction (支給制限, 10条) are left out.
 *
 * @throws Refusal `cancelled` when the signal was aborted between two slices
 */
export async function computeDue(client: PoolClient, options: ComputeOptions): Promise<readonly UncomputedCase[]> {
  // The types of the ledger's own columns: each value is checked once here, not again in every table it goes to.
  await client.query(`
    CREATE TEMP TABLE computed (recipient_id bigint, child_number allowance.addressee_number, benefit_month allowance.benefit_month,
      amount integer, band text, birth_order smallint, decision_id bigint) ON COMMIT DROP;
    CREATE TEMP TABLE computed_case (recipient_id bigint PRIMARY KEY) ON COMMIT DROP;`);
  const bounds = [`${options.from}-01`, `${options.until}-01`, ...(options.only === undefined ? [] : [options.only])];
  const total = (await client.query(liveCases(options.only !== undefined), bounds)).rowCount ?? 0;
  await client.query("CREATE UNIQUE INDEX ON live_case (recipient_id); ANALYZE live_case");
  const uncomputed: UncomputedCase[] = [];
  // Keyset paging: each slice is one indexed read of the same snapshot, and COPY may run in between.
  const read = async (after: number): Promise<readonly CaseRow[]> => {
    const found = await client.query<CaseRow>(
      `SELECT c.recipient_id, c.decision_id, f.facts
       FROM (SELECT * FROM live_case WHERE recipient_id > $1 ORDER BY recipient_id LIMIT ${SLICE}) c
       JOIN allowance.facts f USING (facts_digest) ORDER BY c.recipient_id`,
      [after],
    );
    return found.rows;
  };
  let rows = await read(0);
  for (let done = 0; ;) {
    if (options.signal?.aborted === true)
      throw new Refusal<PaymentRefusalCode | "cancelled">("cancelled", "計算を取り消しました。何も変えていません。");
    const last = rows.at(-1);
    if (last === undefined) {
      await leaveOutRestricted(client);
      return uncomputed;
    }
    // The database reads the next slice while the law works on this one.
    const next = read(last.recipient_id);
    next.catch(() => {}); // awaited below; until then a failure is not unhandled
    const slice: (readonly unknown[])[] = [];
    const cases: (readonly unknown[])[] = [];
    for (const row of rows) {
      const assessment = assessCase(row.facts, options);
      if ("code" in assessment) {
        uncomputed.push({ recipientId: row.recipient_id, code: assessment.code, message: assessment.message });
        continue;
      }
      cases.push([row.recipient_id]);
      for (const item of payableMonths(row, assessment)) slice.push(item);
    }
    const following = await next;
    await copyRows(client, "computed_case", ["recipient_id"], iterate(cases));
    await copyRows(client, "computed", COLUMNS, iterate(slice));
    done += rows.length;
    options.onProgress?.(done, total);
    rows = following;
  }
}

// eslint wants an await; a synchronous list simply becomes an asynchronous one here.
async function* iterate<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}
