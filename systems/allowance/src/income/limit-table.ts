/**
 * 所得制限限度額・所得上限限度額の表: what a city enters (the table of its notices and lists), compared line by line with the Act's. A limit
 * typed wrongly once left 20 families short for two years (I-14).
 */
import { parameters } from "@hagukumi/law/contract.ts";
import { z } from "zod";

/** Dependants that a table has to name: 0 … 5 (further ones follow by the same step). */
export const LIMIT_DEPENDANTS = [0, 1, 2, 3, 4, 5] as const;

const month = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/);
const yen = z.int().min(0).max(999_999_999);

export const limitTableShape = z.array(
  z.strictObject({
    firstBenefitMonth: month,
    lastBenefitMonth: month,
    /** Yen for 0, 1, 2 … dependants */
    limits: z.array(yen).length(LIMIT_DEPENDANTS.length),
    /** Null: no upper limit in force */
    upperLimits: z.array(yen).length(LIMIT_DEPENDANTS.length).nullable(),
  }),
);

export type LimitTable = z.infer<typeof limitTableShape>;

/** The Act's own table, from the dated parameters of the law. */
export function legalLimitTable(): LimitTable {
  const rows = parameters.find(({ name }) => name === "incomeLimits")?.rows ?? [];
  return rows.flatMap((row) =>
    "perDependant" in row
      ? [
          {
            firstBenefitMonth: row.firstBenefitMonth,
            lastBenefitMonth: row.lastBenefitMonth,
            limits: LIMIT_DEPENDANTS.map((n) => row.limit + n * row.perDependant),
            upperLimits:
              row.upperLimit === null
                ? null
                : LIMIT_DEPENDANTS.map((n) => (row.upperLimit ?? 0) + n * row.perDependant),
          },
        ]
      : [],
  );
}

const rising = (values: readonly number[]): number =>
  values.findIndex((value, index) => index > 0 && value <= (values[index - 1] ?? 0));

/** What is wrong with a table, Japanese; empty: it is the Act's. Each line names the period and the number of dependants. */
export function limitTableFaults(table: LimitTable): readonly string[] {
  const faults: string[] = [];
  const legal = legalLimitTable();
  for (const row of table) {
    const period = `${row.firstBenefitMonth}から${row.lastBenefitMonth}まで`;
    const of = legal.find(
      (each) => each.firstBenefitMonth === row.firstBenefitMonth && each.lastBenefitMonth === row.lastBenefitMonth,
    );
    const fallen = rising(row.limits);
    if (fallen > 0) faults.push(`${period}の限度額が、扶養親族等${fallen}人で増えていません`);
    const upperFallen = rising(row.upperLimits ?? []);
    if (upperFallen > 0) faults.push(`${period}の上限限度額が、扶養親族等${upperFallen}人で増えていません`);
    row.upperLimits?.forEach((upper, n) => {
      if (upper <= (row.limits[n] ?? 0)) faults.push(`${period}の上限限度額が、扶養親族等${n}人で限度額以下です`);
    });
    if (of === undefined) {
      faults.push(`${period}という期間は、法令の表にありません`);
      continue;
    }
    row.limits.forEach((limit, n) => {
      const right = of.limits[n] ?? 0;
      if (limit !== right)
        faults.push(`${period}の扶養親族等${n}人の限度額 ${limit}円が、施行令の ${right}円と違います`);
    });
    LIMIT_DEPENDANTS.forEach((n) => {
      const typed = row.upperLimits?.[n] ?? null;
      const right = of.upperLimits?.[n] ?? null;
      if (typed !== right) {
        faults.push(
          `${period}の扶養親族等${n}人の上限限度額 ${typed ?? "なし"} が、施行令の ${right ?? "なし"} と違います`,
        );
      }
    });
  }
  for (const { firstBenefitMonth, lastBenefitMonth } of legal) {
    if (
      !table.some((row) => row.firstBenefitMonth === firstBenefitMonth && row.lastBenefitMonth === lastBenefitMonth)
    ) {
      faults.push(`${firstBenefitMonth}から${lastBenefitMonth}までの表がありません`);
    }
  }
  return faults;
}

/** The shape of the setting: nothing but the Act's table passes, and the refusal names each line that differs. */
export const checkedLimitTable = limitTableShape.superRefine((table, context) => {
  for (const fault of limitTableFaults(table)) context.addIssue({ code: "custom", message: fault });
});

export type LimitClass = "normal" | "special" | "over";

/** The class that a table gives; undefined outside its months. */
export function classByTable(
  table: LimitTable,
  benefitMonth: string,
  income: { readonly judged: number; readonly dependants: number; readonly elderly: number },
): LimitClass | undefined {
  const row = table.find((each) => each.firstBenefitMonth <= benefitMonth && benefitMonth <= each.lastBenefitMonth);
  if (row === undefined) return undefined;
  const at = Math.min(income.dependants, LIMIT_DEPENDANTS.length - 1);
  const more = (income.dependants - at) * 380_000 + income.elderly * 60_000;
  if (income.judged < (row.limits[at] ?? 0) + more) return "normal";
  const upper = row.upperLimits?.[at];
  return upper !== undefined && income.judged >= upper + more ? "over" : "special";
}
