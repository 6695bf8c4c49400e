/** 支払処理の1枚: what the first page shows of a run. No personal data beyond certification numbers. */
import { civilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { waitingAccountChanges } from "../accounts/recent-changes.ts";
import type { WaitingAccountChange } from "../accounts/recent-changes.ts";
import { deductionTotals } from "../deductions/remittances.ts";
import type { DeductionTotal } from "../deductions/remittances.ts";
import { outageNotice, statusByBank } from "../payments/bank-outage.ts";
import type { BankStatus } from "../payments/bank-outage.ts";
import { findBudgetOrder } from "../payments/budget-order.ts";
import type { BudgetOrder } from "../payments/budget-order.ts";
import { readHomeTotals } from "../payments/payee-list/home-list.ts";
import type { HomeTotal } from "../payments/payee-list/home-list.ts";
import { readControlTotals } from "../payments/payee-list/totals.ts";
import type { ControlTotals } from "../payments/payee-list/totals.ts";
import { readReview } from "../payments/review/items.ts";
import type { Review } from "../payments/review/items.ts";
import { getRun } from "../payments/run-record.ts";
import type { RunRecord } from "../payments/run-record.ts";
import type { ExclusionReason } from "../payments/select-lines.ts";
import type { RunState } from "../payments/states.ts";

export type RunStep = {
  readonly state: RunState;
  readonly actor: string;
  readonly at: Date;
};

/** Recipients whose months stayed out of the run for one reason. `amount` in yen. */
export type ExclusionGroup = {
  readonly reason: ExclusionReason;
  readonly recipients: number;
  readonly childMonths: number;
  readonly amount: number;
  /** At most {@link SHOWN} certification numbers */
  readonly recipientIds: readonly number[];
};

export type ReturnedLine = {
  readonly rowNo: number;
  readonly lineNo: number | null;
  readonly recipientId: number | null;
  readonly amount: number;
  readonly reason: string;
  /** 口座を確かめ未払に戻した */
  readonly confirmed: boolean;
  /** 当たらない行の始末が済んだ */
  readonly resolved: boolean;
  /** Day on which it came back, where that was after the closing */
  readonly lateOn: string | null;
  /** What one person has found out and another has still to approve */
  readonly proposal: { readonly seq: number; readonly resolution: string; readonly proposedBy: string } | null;
};

/** 会計課への手渡し and its receipt. */
export type GivenByHand = {
  readonly receiver: string;
  readonly medium: string;
  readonly givenBy: string;
  readonly givenAt: Date;
  readonly sha256: string;
  readonly receipt: string | null;
  readonly receiptCount: number | null;
  readonly receiptAmount: number | null;
};

export type RunSummary = {
  readonly run: RunRecord;
  readonly steps: readonly RunStep[];
  readonly totals: ControlTotals;
  readonly fileSha256: string | null;
  readonly exclusions: readonly ExclusionGroup[];
  /** 受給者の重なり: child-months that another recipient already has */
  readonly conflicts: readonly {
    readonly recipientId: number;
    readonly otherRecipientId: number;
    readonly months: number;
  }[];
  /** Cases that the law could not assess, with its words */
  readonly uncomputed: readonly { readonly recipientId: number; readonly message: string }[];
  readonly returned: readonly ReturnedLine[];
  readonly review: Review;
  /** 次回からの口座: changes after the cut-off that this run does not use */
  readonly waitingAccounts: readonly WaitingAccountChange[];
  readonly banks: readonly BankStatus[];
  /** The text for people where lines are unclear; null otherwise */
  readonly outageNotice: string | null;
  readonly byHand: GivenByHand | null;
  /** 口座変更の締切日 */
  readonly cutOffOn: string;
  /** 差引, by kind and creditor */
  readonly deductions: readonly DeductionTotal[];
  /** 施設等: homes in the run, with the number of their children */
  readonly homes: readonly HomeTotal[];
  /** 支出命令 for the city's accounting system; null before it was made */
  readonly budgetOrder: BudgetOrder | null;
};

/** Longest list of single cases on the page; the counts beside it are always whole. */
export const SHOWN = 200;

/** The answer of `payment.create` as it was recorded. */
type Recorded = {
  readonly lines?: {
    readonly exclusions?: readonly {
      readonly recipientId: number;
      readonly reason: ExclusionReason;
      readonly items: number;
      readonly amount: number;
    }[];
  };
  readonly accrual?: {
    readonly conflicts?: readonly { readonly recipientId: number; readonly otherRecipientId: number }[];
  };
  readonly uncomputed?: readonly { readonly recipientId: number; readonly message: string }[];
};

function groupExclusions(recorded: Recorded): readonly ExclusionGroup[] {
  const groups = Map.groupBy(recorded.lines?.exclusions ?? [], ({ reason }) => reason);
  return [...groups].map(([reason, rows]) => ({
    reason,
    recipients: new Set(rows.map((row) => row.recipientId)).size,
    childMonths: rows.reduce((sum, row) => sum + row.items, 0),
    amount: rows.reduce((sum, row) => sum + row.amount, 0),
    recipientIds: [...new Set(rows.map((row) => row.recipientId))].slice(0, SHOWN),
  }));
}

function groupConflicts(recorded: Recorded): RunSummary["conflicts"] {
  const groups = Map.groupBy(
    recorded.accrual?.conflicts ?? [],
    ({ recipientId, otherRecipientId }) => `${recipientId}/${otherRecipientId}`,
  );
  return [...groups.values()].map((rows) => ({
    recipientId: rows[0]?.recipientId ?? 0,
    otherRecipientId: rows[0]?.otherRecipientId ?? 0,
    months: rows.length,
  }));
}

const RETURNED = `
SELECT w.row_no AS "rowNo", w.line_no AS "lineNo", l.recipient_id AS "recipientId", w.amount, w.reason, c.line_no IS NOT NULL AS confirmed,
       s.row_no IS NOT NULL AS resolved, (SELECT x.returned_on FROM allowance.late_result x WHERE (x.result_id, x.row_no) = (w.result_id, w.row_no)) AS "lateOn",
       (SELECT json_build_object('seq', p.seq, 'resolution', p.resolution, 'proposedBy', p.proposed_by)
         FROM allowance.result_proposal p WHERE (p.result_id, p.row_no) = (w.result_id, w.row_no) ORDER BY p.seq DESC LIMIT 1) AS proposal
FROM allowance.result_row w LEFT JOIN allowance.run_line l USING (run_no, line_no) LEFT JOIN allowance.return_confirmation c USING (run_no, line_no)
LEFT JOIN allowance.result_resolution s USING (result_id, row_no)
WHERE w.run_no = $1 ORDER BY w.row_no LIMIT 1000`;

const BY_HAND = `
SELECT b.receiver, b.medium, h.releaser AS "givenBy", h.recorded_at AS "givenAt", h.sha256, r.receipt, r.line_count AS "receiptCount", r.total AS "receiptAmount"
FROM allowance.hand_over_by_hand b JOIN allowance.hand_over h USING (run_no) LEFT JOIN allowance.hand_over_receipt r USING (run_no) WHERE b.run_no = $1`;

/**
 * Everything the page of a run shows, on the snapshot of the open transaction.
 *
 * @throws Refusal `runMissing`, `totalsDiffer`
 */
export async function readRunSummary(client: PoolClient, runNo: number): Promise<RunSummary> {
  const run = await getRun(client, runNo);
  const steps = await client.query<RunStep>(
    "SELECT to_state AS state, actor, recorded_at AS at FROM allowance.run_event WHERE run_no = $1 ORDER BY seq",
    [runNo],
  );
  const recorded = await client.query<{ response: Recorded; sha256: string | null; cut_off_on: string }>(
    `SELECT c.response, f.sha256, r.cut_off_on FROM allowance.payment_run r JOIN audit.command c USING (command_key)
     LEFT JOIN allowance.transfer_file f USING (run_no) WHERE r.run_no = $1`,
    [runNo],
  );
  const returned = await client.query<ReturnedLine>(RETURNED, [runNo]);
  const banks = await statusByBank(client, runNo);
  const response = recorded.rows[0]?.response ?? {};
  return {
    run,
    steps: steps.rows,
    totals: await readControlTotals(client, runNo),
    fileSha256: recorded.rows[0]?.sha256 ?? null,
    exclusions: groupExclusions(response),
    conflicts: groupConflicts(response),
    uncomputed: (response.uncomputed ?? []).slice(0, SHOWN),
    returned: returned.rows,
    review: await readReview(client, runNo),
    waitingAccounts: await waitingAccountChanges(client, runNo),
    banks,
    outageNotice: banks.some(({ status }) => status === "delayed") ? outageNotice(civilDate(run.payOn), banks) : null,
    byHand: (await client.query<GivenByHand>(BY_HAND, [runNo])).rows[0] ?? null,
    deductions: await deductionTotals(client, runNo),
    homes: await readHomeTotals(client, runNo),
    budgetOrder: (await findBudgetOrder(client, runNo)) ?? null,
    cutOffOn: recorded.rows[0]?.cut_off_on ?? run.payOn,
  };
}
