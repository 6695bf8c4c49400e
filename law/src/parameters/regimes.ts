/** 制度の期間: which law a benefit month falls under. The key is the month (月分), never the day of payment (令6法47 附則13条1項). */
import { readMonth, writeMonth, type MonthIndex } from "../dates/packed.ts";
import type { Month } from "../dates/civil.ts";
import { defined } from "../defined.ts";
import { fail, ok, type Result } from "../result.ts";

export type RegimeCode = "R1" | "R2" | "R3" | "R4" | "R5" | "R6";

/** `first` and `last` are benefit months, both included. */
export interface Regime {
  readonly code: RegimeCode;
  readonly first: string;
  readonly last: string;
  readonly law: string;
  readonly source: string;
}

/**
 * The last month that is computed. The table of national holidays that pay days need ends with 2050; two payment months are
 * kept in hand. It says nothing about how long the law will stay as it is.
 */
export const LAST_MONTH = "2049-12";

export const REGIMES: readonly Regime[] = [
  {
    code: "R1",
    first: "2010-04",
    last: "2011-09",
    law: "平成22年度等における子ども手当の支給に関する法律",
    source: "平22法19 3条・5条・7条",
  },
  {
    code: "R2",
    first: "2011-10",
    last: "2012-03",
    law: "平成23年度における子ども手当の支給等に関する特別措置法",
    source: "平23法107 5条・7条",
  },
  {
    code: "R3",
    first: "2012-04",
    last: "2012-05",
    law: "児童手当法（平成24年法律第24号による改正後）",
    source: "平24法24 附則1条、児童手当法附則3条",
  },
  {
    code: "R4",
    first: "2012-06",
    last: "2022-05",
    law: "児童手当法（所得制限・特例給付）",
    source: "児童手当法5条・附則2条（平成24年6月分から）",
  },
  {
    code: "R5",
    first: "2022-06",
    last: "2024-09",
    law: "児童手当法（所得上限限度額）",
    source: "令3法50 附則1条・3条",
  },
  {
    code: "R6",
    first: "2024-10",
    last: LAST_MONTH,
    law: "児童手当法（令和6年法律第47号による改正後）",
    source: "令6法47 附則1条・13条",
  },
];

/** Indexes into `REGIMES`. */
export const R1 = 0;
export const R2 = 1;
export const R4 = 3;
export const R5 = 4;
export const R6 = 5;

const firstOf = (index: number): MonthIndex => readMonth(defined(REGIMES[index]).first);

export const FIRST_INDEX: MonthIndex = firstOf(R1);
export const LAST_INDEX: MonthIndex = readMonth(LAST_MONTH);
export const FIRST_R2: MonthIndex = firstOf(R2);
export const FIRST_R4: MonthIndex = firstOf(R4);
export const FIRST_R5: MonthIndex = firstOf(R5);
export const FIRST_R6: MonthIndex = firstOf(R6);
const FIRST_R3 = firstOf(2);

/** The index into `REGIMES` of a month known to lie in `FIRST_INDEX … LAST_INDEX`. */
export function regimeIndexOf(at: MonthIndex): number {
  if (at >= FIRST_R6) return R6;
  if (at >= FIRST_R5) return R5;
  if (at >= FIRST_R4) return R4;
  if (at >= FIRST_R3) return 2;
  return at >= FIRST_R2 ? R2 : R1;
}

/** The regime of a benefit month; a month outside every regime is refused with `outOfRange`. */
export function regimeOf(month: Month): Result<RegimeCode> {
  const at = readMonth(month);
  if (at < FIRST_INDEX || at > LAST_INDEX) return fail("outOfRange", "month", outOfRangeMessage(at));
  return ok(defined(REGIMES[regimeIndexOf(at)]).code);
}

export const outOfRangeMessage = (at: MonthIndex): string =>
  `${writeMonth(at)}分は計算できません。対象は${writeMonth(FIRST_INDEX)}分から${LAST_MONTH}分までです。月を確かめてください。`;
