/** 所得制限限度額 and 所得上限限度額 as dated data, yen. */
import { readMonth, type MonthIndex } from "../dates/packed.ts";
import { INCOME_DEDUCTIONS } from "./limits.ts";

/** One dated set of limits. `perDependant` is added for each of n, `perElderly` once more for each elderly one. */
export interface IncomeLimitRow {
  readonly firstBenefitMonth: string;
  readonly lastBenefitMonth: string;
  readonly limit: number;
  readonly upperLimit: number | null;
  readonly perDependant: number;
  readonly perElderly: number;
  readonly source: string;
}

/** The income test ran from 2012-06 to 2024-09 and has no value outside those months, on purpose. */
export const INCOME_LIMITS: readonly IncomeLimitRow[] = [
  {
    firstBenefitMonth: "2012-06",
    lastBenefitMonth: "2022-05",
    limit: 6_220_000,
    upperLimit: null,
    perDependant: 380_000,
    perElderly: 60_000,
    source: "児童手当法施行令1条（令和4年5月分まで）",
  },
  {
    firstBenefitMonth: "2022-06",
    lastBenefitMonth: "2024-09",
    limit: 6_220_000,
    upperLimit: 8_580_000,
    perDependant: 380_000,
    perElderly: 60_000,
    source: "児童手当法施行令1条・7条（令3法50、令6政令184まで）",
  },
];

const [flat, employmentPension] = INCOME_DEDUCTIONS;

/** 8万円: flat deduction in place of social insurance (施行令3条1項). */
export const FLAT_DEDUCTION = flat.value;

/** 10万円: taken from employment and pension income, from income year 2020 on (令2政令381 附則9条). */
export const EMPLOYMENT_PENSION_DEDUCTION = employmentPension.value;
export const EMPLOYMENT_PENSION_DEDUCTION_FROM_YEAR = employmentPension.fromIncomeYear;

export function incomeLimitRowOf(benefit: MonthIndex): IncomeLimitRow | undefined {
  return INCOME_LIMITS.find(
    (row) => readMonth(row.firstBenefitMonth) <= benefit && benefit <= readMonth(row.lastBenefitMonth),
  );
}
