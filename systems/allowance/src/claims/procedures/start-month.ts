/** 支給開始年月 in words: from which day the claim counts, whether the 15 days were kept, when the money comes first. Pure. */
import {
  addDays,
  addMonths,
  benefitMonthsOf,
  type Calendar,
  type CivilDate,
  claimDeadline,
  type Month,
  monthOf,
  paymentMonthOf,
} from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import type { OfficeCalendar } from "../../filings/procedure.ts";
import { causeName } from "../../inquiry/labels.ts";
import { payDayByRule } from "../../payments/pay-day.ts";
import type { SettingValue } from "../../settings.ts";
import type { Inherited } from "./protected-date.ts";
import type { CauseDays } from "./unstored-claim.ts";

export type StartQuestion = {
  readonly cause: string;
  readonly receivedOn: CivilDate;
  readonly days: CauseDays;
  readonly inherited: Inherited | null;
  /** First month that the law gives */
  readonly start: Month;
  /** 認定 (8条) or 増額 (9条) */
  readonly kind: "certify" | "increase";
  readonly calendar: Calendar;
  readonly closedDays: readonly CivilDate[];
};

/** `2026年10月31日`, as the sentences of the law write a day */
export const dayText = (day: CivilDate): string =>
  `${day.slice(0, 4)}年${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;

/** `2026年10月` */
export const monthText = (month: Month): string => `${month.slice(0, 4)}年${Number(month.slice(5, 7))}月`;

/** The last day of the 15 days (24条, 民法140条; 自治法4条の2第4項 where it falls on a closed day), in words. */
function deadlineText(base: CivilDate, last: CivilDate): string {
  const fifteenth = addDays(base, 15);
  if (fifteenth === last) return `${dayText(base)}の翌日から数えて15日目は${dayText(last)}です。`;
  return `${dayText(base)}の翌日から数えて15日目の${dayText(fifteenth)}は閉庁日のため、期限は次の開庁日の${dayText(last)}です。`;
}

/** Why the payment starts with that month: Japanese sentences with the article. */
export function startReasons(question: StartQuestion): string[] {
  const { cause, receivedOn, days, inherited, start, kind, calendar, closedDays } = question;
  const articles =
    kind === "certify" ? ["児童手当法8条2項", "児童手当法8条3項"] : ["児童手当法9条1項", "児童手当法9条2項・8条3項"];
  const reasons: string[] = [];
  if (inherited !== null) {
    reasons.push(
      `同じ児童についての先の請求（受付番号 ${inherited.receptionNumber}、請求日は${dayText(inherited.receivedOn)}）が${dayText(inherited.refusedOn)}に却下されたため、その請求日を引き継ぎます。却下の日から15日の期限は${dayText(inherited.until)}です。`,
    );
  }
  const { causeOn, obstacleEndedOn } = days;
  const claimed = `請求日の${dayText(receivedOn)}の属する月の翌月の${monthText(start)}分から支給します（${articles[0] ?? ""}）。`;
  if (causeOn === null) return [...reasons, claimed];
  const base = obstacleEndedOn ?? causeOn;
  const last = claimDeadline({ on: causeOn, obstacleEndedOn }, calendar, closedDays);
  const event = `事由（${causeName(cause)}）の日は${dayText(causeOn)}です。`;
  const obstacle = obstacleEndedOn === null ? "" : `やむを得ない理由は${dayText(obstacleEndedOn)}にやみました。`;
  const fifteen = last.ok ? deadlineText(base, last.value) : "";
  if (start === addMonths(monthOf(causeOn), 1) && receivedOn >= causeOn) {
    const same = monthOf(receivedOn) === monthOf(causeOn);
    const why = same ? "請求日が事由の日と同じ月のため" : "請求日は期限内のため";
    return [
      ...reasons,
      `${event}${obstacle}${fifteen}請求日は${dayText(receivedOn)}で、${why}、事由の月の翌月の${monthText(start)}分から支給します（${same ? (articles[0] ?? "") : (articles[1] ?? "")}）。`,
    ];
  }
  if (start === addMonths(monthOf(receivedOn), 1)) {
    return [
      ...reasons,
      `${event}${obstacle}${fifteen}請求日の${dayText(receivedOn)}は期限を過ぎているため、${claimed}`,
    ];
  }
  return [
    ...reasons,
    `${event}${obstacle}${fifteen}請求日は${dayText(receivedOn)}で、${monthText(start)}分から支給します。`,
  ];
}

export type FirstPayment = {
  /** 支払期月 */
  readonly month: Month;
  readonly payOn: CivilDate;
  /** 月分 that are paid in it, at most: from the start to the last month of the period */
  readonly months: readonly Month[];
};

/** null in a year whose holidays nobody knows yet */
function payDayWithin(...question: Parameters<typeof payDayByRule>): CivilDate | null {
  try {
    return payDayByRule(...question);
  } catch (error) {
    if (error instanceof Refusal && error.code === "outsideCalendar") return null;
    throw error;
  }
}

/**
 * The first payment that can hold the start month if the decision falls on `judgedOn`: the payment month of the start, or,
 * where its day has passed, the next payment day to come.
 */
export function firstPayment(
  start: Month,
  judgedOn: CivilDate,
  rule: SettingValue<"payDay">,
  { calendar, closedDays }: OfficeCalendar,
): FirstPayment | null {
  let month = paymentMonthOf(start);
  const earliest = monthOf(judgedOn);
  if (month < earliest) month = earliest;
  for (let step = 0; step < 24; step += 1, month = addMonths(month, 1)) {
    const covered = benefitMonthsOf(month);
    if (covered.length === 0) continue;
    const payOn = payDayWithin(month, rule, closedDays, calendar);
    if (payOn === null) return null;
    if (payOn <= judgedOn) continue;
    const last = covered.at(-1) ?? month;
    const months: Month[] = [];
    for (let each = start; each <= last; each = addMonths(each, 1)) months.push(each);
    return { month, payOn, months };
  }
  return null;
}
