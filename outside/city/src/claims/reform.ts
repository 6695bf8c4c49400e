import { type Day, dayOf, fiscalYearEndOf } from "../base/day.ts";

/** 令和6年法律第47号 took effect: no income test, payable to 18, counting to 22. */
export const REFORM: Day = dayOf(2024, 10, 1);

/** 令6法47附則13条5項・6項: a claim by this day reaches back to 2024-10. */
export const REFORM_DEADLINE: Day = dayOf(2025, 3, 31);

/**
 * The last day up to which a right certified for a child goes on without a new claim: the end of junior high for those
 * who reached it before the reform, the end of 高校生年代 for all others.
 */
export function rightLastsUntil(born: Day): Day {
  const junior = fiscalYearEndOf(born, 15);
  return junior < REFORM - 1 ? junior : fiscalYearEndOf(born, 18);
}
