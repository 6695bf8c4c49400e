import type { Day } from "../base/day.ts";
import { dayOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import type { Income, Unit } from "../people/unit.ts";
import type { Person } from "../people/person.ts";

/** How a claimant's income runs through the years; yen. */
export interface IncomeProfile {
  /** 給与所得 of 2018. */
  readonly base: number;
  /** Yearly change. */
  readonly step: number;
  /** A year of half the income, or 0. */
  readonly lowYear: number;
  readonly other: number;
  readonly deductions: number;
  readonly spouseDependent: boolean;
  readonly elderly: number;
  /** When set, the judged income sits this many yen from a limit each year. */
  readonly atLimit?: { readonly limit: "income" | "upper"; readonly distance: number };
}

const bands: readonly [
  { weight: number; item: readonly [number, number] },
  ...{ weight: number; item: readonly [number, number] }[],
] = [
  { weight: 150, item: [0, 1500] },
  { weight: 250, item: [1500, 3000] },
  { weight: 350, item: [3000, 5000] },
  { weight: 130, item: [5000, 6500] },
  { weight: 80, item: [6500, 8500] },
  { weight: 30, item: [8500, 11_000] },
  { weight: 10, item: [11_000, 25_000] },
];

export function makeProfile(random: Random, elderly: number): IncomeProfile {
  const [low, high] = random.weighted(bands);
  const base = random.between(low, high) * 1000;
  const profile = {
    base,
    step: Math.floor(base / 100_000) * random.between(-5, 25) * 100,
    lowYear: random.perMille(60) ? random.between(2015, 2023) : 0,
    other: random.perMille(100) ? random.between(1, 900) * 1000 : 0,
    deductions: random.perMille(150) ? random.between(1, 60) * 10_000 : 0,
    spouseDependent: random.perMille(400),
    elderly,
  };
  if (!random.perMille(25)) return profile;
  const limit = random.perMille(500) ? ("income" as const) : ("upper" as const);
  return { ...profile, lowYear: 0, other: 0, atLimit: { limit, distance: random.pick([-1000, -1, 0, 1, 1000]) } };
}

const FLAT_DEDUCTION = 80_000;
const SALARY_ADJUSTMENT_FROM = 2020;
const limits = { income: 6_220_000, upper: 8_580_000 } as const;

const limitOf = (limit: "income" | "upper", dependants: number, elderly: number): number =>
  limits[limit] + 380_000 * dependants + 60_000 * elderly;

/** The income row of a year for a claimant with these children: 扶養親族等 as of 31 December of that year. */
export function incomeIn(profile: IncomeProfile, person: string, children: readonly Person[], year: number): Income {
  const newYearsEve = dayOf(year, 12, 31);
  const young = children.filter((child) => child.born <= newYearsEve && newYearsEve - child.born < 22 * 365).length;
  const dependants = young + (profile.spouseDependent ? 1 : 0) + profile.elderly;
  const adjustment = year >= SALARY_ADJUSTMENT_FROM ? 100_000 : 0;
  let salary = Math.max(0, profile.base + profile.step * (year - 2018));
  if (year === profile.lowYear) salary = Math.floor(salary / 2000) * 1000;
  if (profile.atLimit !== undefined) {
    const wanted = limitOf(profile.atLimit.limit, dependants, profile.elderly) + profile.atLimit.distance;
    salary = wanted + FLAT_DEDUCTION + adjustment + profile.deductions;
  }
  const { other, deductions, elderly } = profile;
  return { person, year, history: 1, salary, pension: 0, other, deductions, dependants, elderly };
}

/** 所得上限限度額以上 (R5, 2022-06 … 2024-09): nothing is payable in the benefit year that looks at this income. */
export function isOverUpperLimit(income: Income): boolean {
  const adjustment = income.year >= SALARY_ADJUSTMENT_FROM ? Math.min(100_000, income.salary + income.pension) : 0;
  const judged = income.salary + income.pension + income.other - adjustment - FLAT_DEDUCTION - income.deductions;
  return judged >= limitOf("upper", income.dependants, income.elderly);
}

/** The year whose income decides a month: June–December look at last year, January–May at the year before. */
export function incomeYearOf(year: number, month: number): number {
  return month >= 6 ? year - 1 : year - 2;
}

/** Writes the years once per claimant; one in 300 was corrected later by a 更正通知. */
export function addIncomes(unit: Unit, random: Random, rows: readonly Income[], correctedBefore: Day): void {
  const known = new Set(unit.incomes.map((row) => `${row.person}/${row.year}`));
  for (const row of rows) {
    // A recipient with a second spell has the same years once.
    if (known.has(`${row.person}/${row.year}`)) continue;
    unit.incomes.push(row);
    if (!random.perMille(3)) continue;
    const corrected = random.between(dayOf(row.year + 1, 9, 1), dayOf(row.year + 2, 3, 1));
    if (corrected > correctedBefore) continue;
    unit.incomes.push({ ...row, history: 2, salary: row.salary + 50_000, corrected });
  }
}
