/**
 * 支給制限 (児童手当法10条) in the plain reading: months that are not granted, whole or for one child. What one child is worth is found by
 * counting heads twice: the family down to this child, and the family down to the one before.
 */
import type { Age, Regime } from "./ages.ts";
import type { Child, IncomeClass, RecipientKind } from "./case.ts";
import { countAges, monthTotal } from "./tables.ts";

/** Both months `YYYY-MM`; `until` is the first month that is granted again, null where it goes on. `child` null: the whole. */
export interface Withheld {
  readonly child: string | null;
  readonly from: string;
  readonly until: string | null;
}

/** Head counts only: they say nothing of months. */
export interface Family {
  readonly regime: Regime;
  readonly kind: RecipientKind;
  readonly income: IncomeClass;
  readonly ages: readonly Age[];
  readonly who: readonly Child[];
}

/** Yen of the month that stay, out of `total`. */
export function granted(family: Family, month: string, total: number, withheld: readonly Withheld[]): number {
  const here = withheld.filter((each) => each.from <= month && (each.until === null || month < each.until));
  if (here.some((each) => each.child === null)) return 0;
  const heads = family.who.map((child, index) => ({ child, age: family.ages[index] ?? "OUT" }));
  // The eldest first; of children born on one day the one that the claim names first.
  heads.sort(
    (a, b) => a.child.birthDate.localeCompare(b.child.birthDate) || (a.child.serial ?? 0) - (b.child.serial ?? 0),
  );
  let left = total;
  let before = 0;
  for (let down = 1; down <= heads.length; down += 1) {
    const ages = heads.slice(0, down).map((head) => head.age);
    const value = monthTotal(family.regime, family.kind, family.income, countAges(ages));
    if (here.some((each) => Number(each.child) === Number(heads[down - 1]?.child.id))) left -= value - before;
    before = value;
  }
  return left;
}
