/**
 * The amounts as the Acts write them: functions of head counts, class by class, without any ranking.
 * All results are yen a month.
 */
import type { Age, Regime } from "./ages.ts";
import type { IncomeClass, RecipientKind } from "./case.ts";

export interface Counts {
  readonly underThree: number;
  readonly elementary: number;
  readonly juniorHigh: number;
  readonly highSchool: number;
  /** 第三子以降算定額算定対象者: supported, past the school year of 18, to that of 22. */
  readonly counted: number;
}

export function countAges(ages: readonly Age[]): Counts {
  const of = (age: Age): number => ages.filter((each) => each === age).length;
  return {
    underThree: of("U3"),
    elementary: of("EL"),
    juniorHigh: of("JH"),
    highSchool: of("HS"),
    counted: of("UN"),
  };
}

/** 児童手当法6条1項1号 (2024-10 on): three counts, row by row of its table. */
export function table2024(counted: number, threeAndOver: number, underThree: number): number {
  const a = threeAndOver;
  const b = underThree;
  if (counted >= 2) return 30_000 * (a + b);
  if (counted === 1) {
    if (a === 0 && b === 0) return 0;
    if (a === 0) return 15_000 + 30_000 * (b - 1);
    return 10_000 + 30_000 * (a - 1) + 30_000 * b;
  }
  if (a >= 2) return 20_000 + 30_000 * (a - 2) + 30_000 * b;
  if (a === 1 && b === 0) return 10_000;
  if (a === 1) return 10_000 + 15_000 + 30_000 * (b - 1);
  if (b === 0) return 0;
  if (b === 1) return 15_000;
  return 30_000 + 30_000 * (b - 2);
}

/**
 * 児童手当法6条1項1号イ・ロ (2011-10 to 2024-09): イ where all are in elementary school or younger, ロ where someone is older.
 * Older ones always stand before the elementary pupils, so their number alone decides how many pupils are third or later.
 */
export function table2011(n: Counts): number {
  const older = n.juniorHigh + n.highSchool;
  const pupils = n.elementary;
  const fixed = 15_000 * n.underThree + 10_000 * n.juniorHigh;
  if (older === 0) return fixed + (pupils <= 2 ? 10_000 * pupils : 15_000 * pupils - 10_000);
  if (older === 1) return fixed + (pupils === 0 ? 0 : 15_000 * pupils - 5_000);
  return fixed + 15_000 * pupils;
}

/** The month's total for a family of these counts. */
export function monthTotal(regime: Regime, kind: RecipientKind, income: IncomeClass, n: Counts): number {
  const toJuniorHigh = n.underThree + n.elementary + n.juniorHigh;
  if (regime === "R1") return 13_000 * toJuniorHigh;
  if (regime === "R6") {
    const threeAndOver = n.elementary + n.juniorHigh + n.highSchool;
    if (kind !== "individual") return 15_000 * n.underThree + 10_000 * threeAndOver;
    return table2024(n.counted, threeAndOver, n.underThree);
  }
  if (kind !== "individual") return 15_000 * n.underThree + 10_000 * (n.elementary + n.juniorHigh);
  if (income === "over") return 0;
  if (income === "special") return 5_000 * toJuniorHigh;
  return table2011(n);
}
