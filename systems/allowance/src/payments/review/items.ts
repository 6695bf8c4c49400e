/** 点検: what a person must look at before a run may be approved, one clearance per item, and the reading of both. */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { ROLE } from "../../context.ts";
import type { Context } from "../../context.ts";
import { paymentConstraints } from "../refusals.ts";
import type { PaymentRefusalCode } from "../refusals.ts";
import { getRun } from "../run-record.ts";

/** Kinds of item with their Japanese names. */
export const reviewLabels = {
  unexplained: "原因の分からない増減",
  recalculation: "検算と合わない",
  sameDateTotal: "同じ日・同じ合計",
  lateAccount: "締切後の口座",
  recentAccount: "直前の口座変更",
  sharedAccount: "別の人と同じ口座",
  manyMonths: "支払期より多い月数",
  zero: "額が0円",
  stopped: "止まった",
  new: "新規",
  lowered: "減った",
  raised: "増えた",
} as const;
export type ReviewKind = keyof typeof reviewLabels;

/** Why an amount differs from the run before; each difference has exactly one (M26). */
export const changeCauseLabels = {
  decision: "決定",
  age: "年齢の区分が変わった",
  siblings: "年上の子の年齢により順位が変わった",
  rules: "法令の改正",
  arrears: "過去の月分",
  arrearsBefore: "前回は過去の月分を含んでいた",
  returned: "振込不能で戻った額の再振込",
  heldBefore: "前回は支払っていなかった月分（差止・口座なしなど）",
  held: "差止または保留",
  recipientDead: "受給者が死亡",
  noAccount: "口座が未登録",
  branchClosed: "支払日に支店が存在しない",
  limitation: "時効（2年）",
  paidElsewhere: "別の支払処理で支払済み",
  otherRecipient: "別の受給者に決まっている",
  uncomputed: "計算できない",
  deduction: "差引（内払・徴収・寄附）",
  restriction: "支給制限（10条）、その終わりか取消し",
  unexplained: "原因が分からない",
} as const;
export type ChangeCause = keyof typeof changeCauseLabels;

export type ReviewChange = {
  readonly childNumber: number | null;
  /** `YYYY-MM` */
  readonly benefitMonth: string | null;
  readonly cause: ChangeCause;
  /** Yen, more or less than the run before */
  readonly amount: number;
};

export type ReviewItem = {
  readonly itemNo: number;
  readonly kind: ReviewKind;
  readonly recipientId: number | null;
  readonly lineNo: number | null;
  readonly amountBefore: number | null;
  readonly amountAfter: number | null;
  readonly detail: string;
  /** Who may not clear it */
  readonly barred: readonly string[];
  readonly changes: readonly ReviewChange[];
  readonly clearedBy: string | null;
  readonly clearedReason: string | null;
  readonly clearedAt: Date | null;
};

export type ReviewCount = {
  readonly kind: ReviewKind;
  readonly items: number;
  readonly open: number;
};

export type Comparison = {
  readonly previousRunNo: number;
  readonly thresholdYen: number;
  readonly recipientsBefore: number;
  readonly recipientsAfter: number;
  readonly totalBefore: number;
  readonly totalAfter: number;
  /** Sum of the differences by cause, yen; together totalAfter − totalBefore */
  readonly byCause: readonly { readonly cause: ChangeCause; readonly parts: number; readonly amount: number }[];
};

export type Review = {
  readonly comparison: Comparison | null;
  readonly recalculated: {
    readonly recipients: number;
    readonly months: number;
    readonly differing: number;
    readonly checkedBy: string;
    readonly at: Date;
  } | null;
  readonly counts: readonly ReviewCount[];
  readonly open: number;
};

async function readComparison(connection: Queryable, runNo: number): Promise<Comparison | null> {
  const { rows } = await connection.query<Omit<Comparison, "byCause">>(
    `SELECT previous_run_no AS "previousRunNo", threshold_yen AS "thresholdYen", recipients_before AS "recipientsBefore",
            recipients_after AS "recipientsAfter", total_before AS "totalBefore", total_after AS "totalAfter"
     FROM allowance.run_comparison WHERE run_no = $1`,
    [runNo],
  );
  const found = rows[0];
  if (found === undefined) return null;
  const causes = await connection.query<Comparison["byCause"][number]>(
    `SELECT cause, count(*)::int AS parts, sum(amount)::bigint AS amount FROM allowance.run_change WHERE run_no = $1
     GROUP BY cause ORDER BY abs(sum(amount)) DESC, cause`,
    [runNo],
  );
  return { ...found, byCause: causes.rows };
}

/** The state of the 点検 of a run. */
export async function readReview(connection: Queryable, runNo: number): Promise<Review> {
  const counts = await connection.query<ReviewCount>(
    `SELECT i.kind, count(*)::int AS items, count(*) FILTER (WHERE c.item_no IS NULL)::int AS open
     FROM allowance.run_review_item i LEFT JOIN allowance.run_review_clearance c USING (run_no, item_no) WHERE i.run_no = $1 GROUP BY i.kind`,
    [runNo],
  );
  const order = Object.keys(reviewLabels);
  const sorted = counts.rows.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  const recalculated = await connection.query<NonNullable<Review["recalculated"]>>(
    `SELECT recipients, months, differing, checked_by AS "checkedBy", recorded_at AS at FROM allowance.run_recalculation WHERE run_no = $1`,
    [runNo],
  );
  return {
    comparison: await readComparison(connection, runNo),
    recalculated: recalculated.rows[0] ?? null,
    counts: sorted,
    open: sorted.reduce((sum, { open }) => sum + open, 0),
  };
}

export type ReviewQuestion = {
  readonly runNo: number;
  readonly kind?: ReviewKind;
  /** Only what nobody has cleared yet */
  readonly openOnly?: boolean;
  /** Items after this number */
  readonly after?: number;
  /** At most so many, default 100, at most 500 */
  readonly limit?: number;
};

/** Items of a run in their order, each with the causes behind its difference. */
export async function listReviewItems(connection: Queryable, question: ReviewQuestion): Promise<readonly ReviewItem[]> {
  const { rows } = await connection.query<ReviewItem>(
    `SELECT i.item_no AS "itemNo", i.kind, i.recipient_id AS "recipientId", i.line_no AS "lineNo", i.amount_before AS "amountBefore",
            i.amount_after AS "amountAfter", i.detail, i.barred, c.cleared_by AS "clearedBy", c.reason AS "clearedReason", c.recorded_at AS "clearedAt",
            coalesce((SELECT json_agg(json_build_object('childNumber', x.child_number, 'benefitMonth', to_char(x.benefit_month, 'YYYY-MM'),
                        'cause', x.cause, 'amount', x.amount) ORDER BY x.change_no)
                      FROM allowance.run_change x WHERE x.recipient_id = i.recipient_id AND x.run_no = i.run_no), '[]') AS changes
     FROM allowance.run_review_item i LEFT JOIN allowance.run_review_clearance c USING (run_no, item_no)
     WHERE i.run_no = $1 AND ($2::text IS NULL OR i.kind = $2) AND (NOT $3 OR c.item_no IS NULL) AND i.item_no > $4
     ORDER BY i.item_no LIMIT $5`,
    [
      question.runNo,
      question.kind ?? null,
      question.openOnly ?? false,
      question.after ?? 0,
      Math.min(question.limit ?? 100, 500),
    ],
  );
  return rows;
}

export type ClearItems = {
  readonly key: string;
  readonly runNo: number;
  /** 1 to 500 items, each of which gets its own record */
  readonly itemNos: readonly number[];
  /** What was looked at, 1–400 characters */
  readonly reason: string;
};

function invalid(what: string): never {
  throw new Refusal<PaymentRefusalCode>("reviewInvalid", `点検の件を済みにできません。${what}何も変えていません。`);
}

/**
 * 点検の件を済みにする: each item by its own record of who, when and why.
 *
 * @throws Refusal `runMissing`, `reviewInvalid` (no such item, no reason), `reviewOtherPerson`, `reviewDone`, `runSealed`
 */
export async function clearReviewItems(
  context: Context,
  { key, ...request }: ClearItems,
): Promise<CommandResult<{ readonly cleared: number; readonly open: number }>> {
  const itemNos = [...new Set(request.itemNos)].toSorted((one, other) => one - other);
  const reason = request.reason.trim();
  if (itemNos.length === 0 || itemNos.length > 500) invalid("1件から500件までを選んでください。");
  if (reason === "" || reason.length > 400) invalid("確かめたことを1文字から400文字で書いてください。");
  const command = {
    role: ROLE,
    key,
    name: "payment.clearReview",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request,
    signal: context.signal,
  };
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, command, async (client) => {
      const run = await getRun(client, request.runNo);
      const { rows } = await client.query<{ item_no: number }>(
        "SELECT item_no FROM allowance.run_review_item WHERE run_no = $1 AND item_no = ANY ($2::int[])",
        [run.runNo, itemNos],
      );
      if (rows.length !== itemNos.length) invalid("選んだ番号の件がありません。画面を読み直してください。");
      await client.query(
        `INSERT INTO allowance.run_review_clearance (run_no, item_no, reason, cleared_by) SELECT $1, n, $3, $4 FROM unnest($2::int[]) n`,
        [run.runNo, itemNos, reason, context.operator],
      );
      const { open } = await readReview(client, run.runNo);
      const detail = { items: itemNos.length, open };
      return {
        response: { cleared: itemNos.length, open },
        audit: [{ action: "payment.clearReview", objectKind: "paymentRun", objectId: String(run.runNo), detail }],
      };
    }),
  );
}
