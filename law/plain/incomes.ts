/** The income test of the months 2012-06 … 2024-09 (所得制限, 所得上限), from tax items. Yen a year. */
import { regimeIn } from "./ages.ts";
import type { IncomeClass, Recipient } from "./case.ts";

export class Unknown extends Error {}

/** June to December look at the year before, January to May at the year before that. */
export function incomeYearOf(month: number): number {
  const year = Math.floor(month / 12);
  return month % 12 >= 5 ? year - 1 : year - 2;
}

/** The class of a recipient in one month; `normal` where no test exists. */
export function incomeClassIn(recipient: Recipient, month: number, knownOn: string | null): IncomeClass {
  const regime = regimeIn(month);
  if (recipient.kind !== "individual" || (regime !== "R4" && regime !== "R5")) return "normal";
  const upperExists = regime === "R5";
  if (recipient.incomeClass !== undefined) {
    return recipient.incomeClass === "over" && !upperExists ? "special" : recipient.incomeClass;
  }
  const year = incomeYearOf(month);
  const records = (recipient.incomes ?? [])
    .filter((each) => each.year === year)
    .filter((each) => knownOn === null || (each.knownOn ?? "") <= knownOn)
    .toSorted((a, b) => ((a.knownOn ?? "") < (b.knownOn ?? "") ? -1 : 1));
  const record = records.at(-1);
  if (record === undefined) throw new Unknown(`income of ${String(year)}`);
  const earned = (record.employment ?? 0) + (record.pension ?? 0);
  const relief = year >= 2020 ? 100_000 : 0;
  const sum = Math.max(0, earned - relief) + (record.other ?? 0);
  const judged = Math.max(0, sum - 80_000 - (record.deductions ?? 0));
  const extra = 380_000 * (record.dependants ?? 0) + 60_000 * (record.elderlyDependants ?? 0);
  if (judged < 6_220_000 + extra) return "normal";
  if (upperExists && judged >= 8_580_000 + extra) return "over";
  return "special";
}
