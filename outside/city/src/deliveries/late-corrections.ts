/**
 * 更正通知 of the year that is played: the tax office may correct an income for five years, so the months up to 2024-09, which still
 * hang on incomes, are judged again long after. One income of 2022 or 2023 in so many gets another version.
 */
import { type Day, isoOf } from "../base/day.ts";

const ONE_IN = 120;
const YEARS: ReadonlySet<string> = new Set(["2022", "2023"]);
/** Yen: small ones change nothing, the last lifts an ordinary income over a limit. */
const STEPS = [60_000, -240_000, 480_000, -1_500_000, 5_500_000] as const;

export type LateCorrection = { readonly row: string; readonly knownOn: Day };

/** Corrections within the `days` days after `from`, out of the last version of each income. */
export function lateCorrections(
  rows: readonly (readonly string[])[],
  from: Day,
  days: number,
): readonly LateCorrection[] {
  const last = new Map(
    rows.filter((cells) => YEARS.has(cells[1] ?? "")).map((cells) => [`${cells[0] ?? ""}/${cells[1] ?? ""}`, cells]),
  );
  const found: LateCorrection[] = [];
  let index = 0;
  for (const cells of last.values()) {
    index += 1;
    if (index % ONE_IN !== ONE_IN - 1) continue;
    const step = STEPS[found.length % STEPS.length] ?? 0;
    const knownOn = from + 20 + ((found.length * 53) % Math.max(1, days - 40));
    const salary = Math.max(0, Number(cells[3]) + step);
    const next = cells
      .with(2, String(Number(cells[2]) + 1))
      .with(3, String(salary))
      .with(9, isoOf(knownOn));
    found.push({ row: next.join(","), knownOn });
  }
  return found;
}
