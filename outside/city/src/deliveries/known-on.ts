/**
 * When an office learns what a row of the registers says. A city written by `writeCity` knows its whole story; a year that is played
 * month by month must not know tomorrow. All delays follow from the numbers in the rows, so the same city is told the same way.
 *
 * The columns read here all lie before the first quoted cell of their row, so a plain split is right.
 */
import { type Day, dayOf, findDay } from "../base/day.ts";

const day = (text: string | undefined): Day => {
  const found = findDay(text ?? "");
  if (found === undefined) throw new Error(`連携ファイルの日付を読めません: ${text ?? ""}`);
  return found;
};

/** The last digits of a number as a measure of how late somebody reports, 0 to `most` days. */
const spread = (number: string | undefined, most: number): number => Number((number ?? "0").slice(-4)) % (most + 1);

/** residents.csv: the day of the notification (異動届出年月日), never before an earlier row of the same person. */
export function residentKnownOn(cells: readonly string[], before: Day | undefined): Day {
  const reported = day(cells[9]);
  return before === undefined ? reported : Math.max(before, reported);
}

/** How late the office hears of a fact of status_periods.csv, at most, in days. An appointment to public service is told latest. */
const HEARD_WITHIN: Readonly<Record<string, number>> = {
  publicServant: 75,
  detained: 40,
  abroad: 20,
  institution: 6,
  careEnd: 9,
  supportEnd: 20,
};

/** status_periods.csv: when its beginning is heard of. */
export function statusKnownOn(cells: readonly string[]): Day {
  return day(cells[3]) + spread(cells[1], HEARD_WITHIN[cells[0] ?? ""] ?? 0);
}

/** The same row while its end is not known yet. */
export function withoutEnd(cells: readonly string[]): string {
  return cells.with(4, "").join(",");
}

/** When its end is heard of; undefined where it has none. */
export function statusEndKnownOn(cells: readonly string[]): Day | undefined {
  const end = cells[4] ?? "";
  return end === "" ? undefined : Math.max(statusKnownOn(cells), day(end) + 3);
}

/** incomes.csv: a correction on its notice, a year's income with the tax notices of May. */
export function incomeKnownOn(cells: readonly string[]): Day {
  const corrected = cells[9] ?? "";
  return corrected === "" ? dayOf(Number(cells[1]) + 1, 5, 20) : day(corrected);
}

/** Claims whose papers come at once; for the others the office first waits for what another register has to say. */
const AT_ONCE: ReadonlySet<string> = new Set([
  "birth",
  "moveIn",
  "moveInFromAbroad",
  "becameUniversityAge",
  "graduated",
]);
const WAITS = 14;

/** claims.csv: when the claim is complete enough to be handed on (its 受付年月日 stays what it is). */
export function claimKnownOn(cells: readonly string[]): Day {
  const received = day(cells[2]);
  return AT_ONCE.has(cells[6] ?? "") ? received : received + WAITS;
}
