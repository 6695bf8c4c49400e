/**
 * 内払の見通し: what the next payments would be lessened by, before anybody proposes it. The months come from the decision in force and
 * the same plan of deductions that a payment run uses, so the preview says what the runs will do as long as nothing changes.
 */
import { addMonths, type Calendar, civilDate, lastDayOfMonth, type Month, month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { monthsOf, standingOf } from "../annual-review/year-picture.ts";
import { advanceOffsets } from "../deductions/advance-offset.ts";
import { type PayableMonth, plannedDeductions, type WantedDeduction } from "../deductions/planned.ts";
import { wantedDeductions } from "../deductions/register.ts";

/** At most five years of payments are looked ahead. */
const MOST_PAYMENTS = 30;

/** One payment to come; yen. `gross` = `offset` + `otherDeductions` + `net`. */
export type OffsetPreview = {
  readonly paymentMonth: Month;
  readonly gross: number;
  readonly offset: number;
  readonly otherDeductions: number;
  readonly net: number;
  /** What would still be owed after this payment */
  readonly left: number;
};

export type OffsetPreviews = {
  readonly payments: readonly OffsetPreview[];
  /** What the offset can't bring back: the right ends, or five years are not enough */
  readonly left: number;
};

/** The next payment month (even) not before `from`. */
const paymentFrom = (from: Month): Month => (Number(from.slice(5)) % 2 === 0 ? from : addMonths(from, 1));

/**
 * What plan `terms` would take for a claim of `owed` yen. Reads only. Offsets of other claims of the recipient that are in force are
 * taken first, as a run does. A payment month pays the two months before it (児童手当法8条4項).
 */
export async function previewOffset(
  connection: Queryable,
  calendar: Calendar,
  question: {
    readonly recipientId: number;
    readonly owed: number;
    readonly perPayment: number;
    readonly keep: number;
    readonly fromPayment: Month;
    readonly toPayment?: Month | undefined;
  },
): Promise<OffsetPreviews> {
  const { recipientId, owed, perPayment, keep, toPayment } = question;
  const start = paymentFrom(question.fromPayment);
  const end = addMonths(start, (MOST_PAYMENTS - 1) * 2);
  const [standing] = await standingOf(connection, [recipientId]);
  const pictures = standing === undefined ? [] : (monthsOf(standing, calendar, addMonths(start, -2), end) ?? []);
  const institutional = standing?.kind === "institution";
  const others = await advanceOffsets(connection, recipientId);
  const payments: OffsetPreview[] = [];
  let left = owed;
  for (let at = start; left > 0 && at <= (toPayment ?? end) && at <= end; at = addMonths(at, 2)) {
    const two = [addMonths(at, -2), addMonths(at, -1)];
    const months = pictures
      .filter((each) => two.includes(each.month))
      .flatMap((each) =>
        each.children.flatMap(({ id, amount }): PayableMonth[] =>
          amount === null || amount === 0
            ? []
            : [{ child: Number(id), month: month(each.month), amount, institutional }],
        ),
      );
    if (months.length === 0) break;
    const earlier = others
      .filter((plan) => plan.fromPayment <= at && (plan.toPayment === null || plan.toPayment >= at))
      .map((plan): WantedDeduction => ({
        kind: "advanceOffset",
        id: plan.offsetId,
        wanted: plan.perPayment,
        keep: plan.keep,
      }));
    const own: WantedDeduction = { kind: "advanceOffset", id: 0, wanted: Math.min(perPayment, left), keep };
    const further = await wantedDeductions(connection, recipientId, at, civilDate(lastDayOfMonth(at)));
    const plan = plannedDeductions(months, [...earlier, own, ...further]);
    const offset = plan.deductions.find(({ kind, id }) => kind === "advanceOffset" && id === 0)?.amount ?? 0;
    left -= offset;
    payments.push({
      paymentMonth: at,
      gross: plan.gross,
      offset,
      otherDeductions: plan.gross - plan.net - offset,
      net: plan.net,
      left,
    });
  }
  return { payments, left };
}
