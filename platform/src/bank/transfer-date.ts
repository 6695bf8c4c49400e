import { checkTransferDay } from "./checks.ts";
import { accepted, bankProblem, type BankResult, refused } from "./problem.ts";

/**
 * 振込指定日 has month and day alone. The year is the one that makes it the first such day on or after the day on which
 * the file was made, within a year. 29 February is never moved to another day.
 */

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/**
 * Resolves `mmdd` against the civil date `createdOn` (`YYYY-MM-DD`, Japanese date).
 *
 * @returns the date as `YYYY-MM-DD`, or the problem `date`: no such day in any year, or the next one lies a year or more
 * ahead (0229 seen on 2027-01-15: the next is 2028-02-29).
 */
export function resolveTransferDate(mmdd: string, createdOn: string): BankResult<string> {
  const fault = checkTransferDay(mmdd);
  if (fault !== null) return refused(bankProblem(fault.code, fault.message, null, "client.date"));
  const day = `${mmdd.slice(0, 2)}-${mmdd.slice(2)}`;
  const created = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(createdOn);
  const madeOn = created === null ? null : `${created[2] ?? ""}${created[3] ?? ""}`;
  if (created === null || madeOn === null || checkTransferDay(madeOn) !== null) {
    const message = `作成日「${createdOn}」が日付ではありません。年-月-日(例 2026-11-25)で指定してください。`;
    return refused(bankProblem("date", message, null, "createdOn"));
  }
  const createdYear = Number(created[1]);
  // Text order is date order for YYYY-MM-DD: this year's day if it is still to come, else next year's.
  const year = `${created[1] ?? ""}-${day}` >= createdOn ? createdYear : createdYear + 1;
  if (day === "02-29" && !isLeapYear(year)) {
    const message = `振込指定日2月29日は、作成日${createdOn}から1年以内にありません。指定日を確認してください。`;
    return refused(bankProblem("date", message, null, "client.date"));
  }
  return accepted(`${String(year).padStart(4, "0")}-${day}`);
}
