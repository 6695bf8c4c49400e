/** 現況年度: 6月1日の状況 of the year; until May the year before is still at work. */
import type { OperationAnswer } from "../../api/call.ts";

export type Review = OperationAnswer<"readReview">;

/** @param today `YYYY-MM-DD` */
export const reviewYearOf = (today: string): number => Number(today.slice(0, 4)) - (today.slice(5, 7) >= "05" ? 0 : 1);

/** Years to choose from, newest first: those that were opened, the present one and the next. */
export function fiscalYears(today: string, opened: readonly number[]): readonly number[] {
  const now = reviewYearOf(today);
  return [...new Set([now + 1, now, ...opened])].filter((year) => year >= 2022).toSorted((left, right) => right - left);
}
