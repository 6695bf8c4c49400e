/** 月ごと: what each month is due, where its money stands, and why, out of the facts from which the amount was made. */
import { addMonths, assess, month, monthOf, monthsFrom, parseCase, paymentMonthOf } from "@hagukumi/law/contract.ts";
import type { Assessment, Calendar, CivilDate, Month, MonthAssessment, Reason } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { readSetting } from "../settings.ts";
import type { MoneyState } from "./labels.ts";

/** One amount of one child in one month. `amount` in yen. */
export type MoneyPart = {
  readonly childNumber: number;
  readonly amount: number;
  readonly state: MoneyState;
  readonly runNo: number | null;
  readonly payOn: string | null;
};

/** What the law says of one child in the month; `amount` null = not payable. */
export type ChildReason = {
  readonly childNumber: number;
  readonly band: string;
  readonly position: number | null;
  readonly amount: number | null;
  readonly because: readonly Reason[];
};

export type MonthView = {
  readonly month: Month;
  /** 対象額: what the ledger stands for, yen. The sum of `parts`. */
  readonly due: number;
  readonly parts: readonly MoneyPart[];
  /** 過払: what of `due` must be paid back, yen */
  readonly receivable: number;
  /** 回収: what of `receivable` has come back (内払), yen */
  readonly recovered: number;
  /** What the law gives from the facts named below; null when it could not be computed */
  readonly lawTotal: number | null;
  /** What it gives from the facts of the last decision, less what is not granted (支給制限); differs from `due - receivable` until a run has brought the ledger to it */
  readonly currentTotal: number | null;
  readonly children: readonly ChildReason[];
  /** Why it could not be computed; empty otherwise */
  readonly problem: string;
  readonly factsDigest: string;
  readonly ruleVersion: string;
  readonly decisionSeq: number | null;
  /** 稼働開始月より前: the system before this one paid it */
  readonly beforeOpening: boolean;
  /** 支払期月 of the month by law */
  readonly paymentMonth: Month;
};

/** Months shown at most, the newest ones. */
export const MONTHS_SHOWN = 36;

type DueRow = {
  readonly child_number: number;
  readonly benefit_month: string;
  readonly amount: number;
  readonly facts_digest: string;
  readonly rule_version: string;
  readonly decision_seq: number;
  readonly run_no: number | null;
  readonly run_state: string | null;
  readonly pay_on: string | null;
  readonly release: string | null;
  readonly returned: boolean;
  readonly held: boolean;
  readonly lapsed: boolean;
  readonly deducted_run: number | null;
  readonly deducted_on: string | null;
};

const DUE = `
SELECT d.child_number, d.benefit_month, d.amount, d.facts_digest, d.rule_version, k.seq AS decision_seq,
       i.run_no, s.state AS run_state, r.pay_on, g.cause AS release,
       w.row_no IS NOT NULL AS returned,
       EXISTS (SELECT 1 FROM allowance.hold h WHERE h.recipient_id = d.recipient_id AND h.from_month <= d.benefit_month
               AND NOT EXISTS (SELECT 1 FROM allowance.hold_release x WHERE x.hold_id = h.hold_id))
         OR EXISTS (SELECT 1 FROM allowance.child_hold_in_force h WHERE h.recipient_id = d.recipient_id AND h.child_number = d.child_number
                    AND h.from_month <= d.benefit_month) AS held,
       p.lapse_id IS NOT NULL AS lapsed, ded.run_no AS deducted_run,
       (SELECT z.pay_on FROM allowance.payment_run z WHERE z.run_no = ded.run_no) AS deducted_on
FROM allowance.due_item d
JOIN allowance.decision k USING (decision_id)
LEFT JOIN allowance.due_reversal v USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.lapse_standing p USING (child_number, benefit_month, generation, tranche)
LEFT JOIN allowance.deduction_standing ded USING (child_number, benefit_month, generation, tranche)
LEFT JOIN LATERAL (SELECT * FROM allowance.run_item x WHERE (x.child_number, x.benefit_month, x.generation, x.tranche)
                   = (d.child_number, d.benefit_month, d.generation, d.tranche) ORDER BY attempt DESC LIMIT 1) i ON true
LEFT JOIN allowance.item_release g ON (g.child_number, g.benefit_month, g.generation, g.tranche, g.attempt)
                   = (d.child_number, d.benefit_month, d.generation, d.tranche, i.attempt)
LEFT JOIN allowance.payment_run r ON r.run_no = i.run_no
LEFT JOIN allowance.run_state s ON s.run_no = i.run_no
LEFT JOIN allowance.result_row w ON w.run_no = i.run_no AND w.line_no = i.line_no
WHERE d.recipient_id = $1 AND v.tranche IS NULL
ORDER BY d.benefit_month, d.child_number, d.generation, d.tranche`;

function stateOf(row: DueRow, today: CivilDate): MoneyState {
  if (row.lapsed) return "lapsed";
  if (row.deducted_run !== null) return "deducted";
  if (row.run_no === null || row.release !== null) {
    if (row.held) return "held";
    return row.release === "returned" ? "reinstated" : "unpaid";
  }
  if (row.returned) return "returned";
  if (["handedOver", "settled", "closed"].includes(row.run_state ?? "")) {
    return row.pay_on !== null && row.pay_on > today ? "scheduled" : "paid";
  }
  return "reserved";
}

type Basis = { readonly digest: string; readonly ruleVersion: string; readonly seq: number | null };

export type MonthsQuestion = {
  readonly recipientId: number;
  readonly calendar: Calendar;
  readonly today: CivilDate;
  /** First month with entitlement, `YYYY-MM-01`; null before certification */
  readonly firstMonth: string | null;
  readonly endedFrom: string | null;
};

/** The months to show: from the start of entitlement (at most 36) to this month, or the last one that is due. */
function monthsShown(question: MonthsQuestion, due: readonly DueRow[]): readonly Month[] {
  if (question.firstMonth === null) return [];
  const first = month(question.firstMonth.slice(0, 7));
  const present = monthOf(question.today);
  const ended = question.endedFrom === null ? present : addMonths(month(question.endedFrom.slice(0, 7)), -1);
  const open = ended < present ? ended : present;
  const lastDue = due.at(-1)?.benefit_month.slice(0, 7);
  const last = lastDue !== undefined && lastDue > open ? month(lastDue) : open;
  const earliest = addMonths(last, 1 - MONTHS_SHOWN);
  const from = first > earliest ? first : earliest;
  return from > last ? [] : monthsFrom(from, last);
}

type Answer = { readonly assessment: Assessment } | { readonly problem: string };

async function assessAll(
  client: PoolClient,
  digests: readonly string[],
  months: readonly Month[],
  calendar: Calendar,
): Promise<ReadonlyMap<string, Answer>> {
  const { rows } = await client.query<{ facts_digest: string; facts: Record<string, unknown> }>(
    "SELECT facts_digest, facts FROM allowance.facts WHERE facts_digest = ANY ($1)",
    [digests],
  );
  return new Map(
    rows.map(({ facts_digest, facts }): [string, Answer] => {
      const parsed = parseCase({ ...facts, from: months[0], until: months.at(-1) });
      if (!parsed.ok) return [facts_digest, { problem: parsed.problem.message }];
      const assessed = assess(parsed.value, { calendar, explain: true });
      return [facts_digest, assessed.ok ? { assessment: assessed.value } : { problem: assessed.problem.message }];
    }),
  );
}

function monthIn(answer: Answer | undefined, of: Month): MonthAssessment | undefined {
  return answer !== undefined && "assessment" in answer
    ? answer.assessment.months.find((each) => each.month === of)
    : undefined;
}

type ViewOf = {
  readonly rows: readonly DueRow[];
  readonly basis: Basis;
  readonly answer: Answer | undefined;
  readonly current: Answer | undefined;
  readonly receivable: number;
  readonly recovered: number;
  readonly today: CivilDate;
  readonly opening: string;
  readonly restrictions: readonly RestrictedRange[];
};

/** 支給制限 in force; `child` null = the whole, `until` the first month that is granted again. */
type RestrictedRange = { readonly child: number | null; readonly from: string; readonly until: string | null };

/** What the law gives in the month and is not granted (10条): a part of 0 yen each, so that it is seen beside what is paid. */
function restrictedParts(of: Month, current: Answer | undefined, ranges: readonly RestrictedRange[]): MoneyPart[] {
  const here = ranges.filter(({ from, until }) => from <= of && (until === null || of < until));
  return (monthIn(current, of)?.children ?? [])
    .filter(({ id, amount }) => (amount ?? 0) > 0 && here.some(({ child }) => child === null || child === Number(id)))
    .map(({ id }) => ({ childNumber: Number(id), amount: 0, state: "restricted", runNo: null, payOn: null }));
}

/** What the last decision gives for the month, less what is not granted. */
function grantedIn(of: Month, current: Answer | undefined, restricted: readonly MoneyPart[]): number | null {
  const result = monthIn(current, of);
  if (result === undefined) return null;
  const without = result.children.filter(({ id }) => restricted.some(({ childNumber }) => childNumber === Number(id)));
  return without.reduce((sum, { amount }) => sum - (amount ?? 0), result.total);
}

function viewOf(
  of: Month,
  { rows, basis, answer, current, receivable, recovered, today, opening, restrictions }: ViewOf,
): MonthView {
  const restricted = restrictedParts(of, current, restrictions);
  const standing: MoneyPart[] = rows.map((row) => ({
    childNumber: row.child_number,
    amount: row.amount,
    state: stateOf(row, today),
    runNo: row.deducted_run ?? row.run_no,
    payOn: row.deducted_on ?? row.pay_on,
  }));
  const parts = [...standing, ...restricted];
  const result = monthIn(answer, of);
  return {
    month: of,
    due: parts.reduce((sum, part) => sum + part.amount, 0),
    parts,
    receivable,
    recovered,
    currentTotal: grantedIn(of, current, restricted),
    lawTotal: result === undefined ? null : result.total,
    children: (result?.children ?? []).map((child) => ({
      childNumber: Number(child.id),
      band: child.band,
      position: child.position,
      amount: child.amount,
      because: child.because ?? [],
    })),
    problem: answer !== undefined && "problem" in answer ? answer.problem : "",
    factsDigest: basis.digest,
    ruleVersion: basis.ruleVersion,
    decisionSeq: basis.seq,
    beforeOpening: of < opening,
    paymentMonth: paymentMonthOf(of),
  };
}

/** Newest first. Reads on the snapshot of the open transaction; the law is asked once per set of facts. */
export async function readMonths(client: PoolClient, question: MonthsQuestion): Promise<readonly MonthView[]> {
  const due = (await client.query<DueRow>(DUE, [question.recipientId])).rows;
  const months = monthsShown(question, due);
  if (months.length === 0) return [];
  const last = await client.query<{ facts_digest: string; rule_version: string; seq: number }>(
    `SELECT facts_digest, rule_version, seq FROM allowance.decision WHERE recipient_id = $1 AND kind <> 'refuse' ORDER BY seq DESC LIMIT 1`,
    [question.recipientId],
  );
  const latest = last.rows[0];
  const restrictions = (
    await client.query<RestrictedRange>(
      `SELECT child_number::bigint AS child, to_char(from_month, 'YYYY-MM') AS "from", to_char(payable_from, 'YYYY-MM') AS until
       FROM allowance.benefit_restriction_in_force WHERE recipient_id = $1`,
      [question.recipientId],
    )
  ).rows;
  const byMonth = Map.groupBy(due, (row) => row.benefit_month.slice(0, 7));
  const overpaid = await client.query<{ month: string; amount: number; recovered: number }>(
    "SELECT to_char(benefit_month, 'YYYY-MM') AS month, sum(amount)::bigint AS amount, sum(recovered)::bigint AS recovered FROM allowance.receivable_balance WHERE recipient_id = $1 GROUP BY 1",
    [question.recipientId],
  );
  const receivables = new Map(overpaid.rows.map((row) => [row.month, row.amount]));
  const recoveries = new Map(overpaid.rows.map((row) => [row.month, row.recovered]));
  // A month that was accrued is explained by the facts it was accrued from; another, or one that turned out too much, by
  // the last decision.
  const basisOf = (of: Month): Basis => {
    const row = receivables.has(of) ? undefined : byMonth.get(of)?.at(-1);
    if (row !== undefined) return { digest: row.facts_digest, ruleVersion: row.rule_version, seq: row.decision_seq };
    return { digest: latest?.facts_digest ?? "", ruleVersion: latest?.rule_version ?? "", seq: latest?.seq ?? null };
  };
  const opening = await readSetting(client, "openingMonth", question.today);
  const currentDigest = latest?.facts_digest ?? "";
  const digests = [...new Set([currentDigest, ...months.map((of) => basisOf(of).digest)])];
  const answers = await assessAll(client, digests, months, question.calendar);
  return months
    .map((of) => {
      const basis = basisOf(of);
      const rows = byMonth.get(of) ?? [];
      return viewOf(of, {
        rows,
        basis,
        answer: answers.get(basis.digest),
        current: answers.get(currentDigest),
        receivable: receivables.get(of) ?? 0,
        recovered: recoveries.get(of) ?? 0,
        today: question.today,
        opening,
        restrictions,
      });
    })
    .toReversed();
}
