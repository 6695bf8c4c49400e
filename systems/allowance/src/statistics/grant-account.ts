/**
 * 交付金の計算: what was paid in one fiscal year, by the cells of the law, and who bears how much of it (18条・19条・附則2条).
 * Made of closed runs alone (M30), by the class that is frozen for each month. A share that no published text gives, and that the
 * city has not entered by two people, is a gap: the sum stands, its shares do not.
 */
import { type Bearer, costShares, type CostPart, type Month, regimeOf, splitCost } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import { approvedShares, type EnteredShares } from "./city-shares.ts";
import type { StatisticsClass } from "./dimensions.ts";
import { classLabels } from "./dimensions.ts";
import { type KnownAt, knownMoment } from "./known.ts";

/** 交付の期 (施行令2条): the instalment of the grant and the payment months that it is for. */
export const GRANT_PERIODS = ["april", "july", "november"] as const;
export type GrantPeriod = (typeof GRANT_PERIODS)[number];

export const periodLabels = {
  april: "4月交付（4月・6月払）",
  july: "7月交付（8月・10月払）",
  november: "11月交付（12月・2月払）",
} as const satisfies Readonly<Record<GrantPeriod, string>>;

export const bearerLabels = {
  employerLevy: "拠出金",
  treasury: "国庫",
  supportContribution: "支援納付金",
  specialBond: "特例公債",
  grant: "交付金",
  prefecture: "都道府県",
  municipality: "市町村",
  ownShare: "市町村",
} as const satisfies Readonly<Record<Bearer, string>>;

/** Bearers whose part reaches the city as 交付金 of the state; prefecture and city bear the rest. */
const GRANTED: readonly Bearer[] = ["employerLevy", "treasury", "supportContribution", "specialBond", "grant"];

/** One line of the account: one part of one regime, of the part under three one class. */
export type GrantLine = {
  readonly period: GrantPeriod;
  /** R1 … R6: the law of the benefit months */
  readonly regime: string;
  readonly part: CostPart;
  /** Of the part under three; null where the class changes no share */
  readonly employeeClass: StatisticsClass | null;
  readonly childMonths: number;
  readonly amount: number;
  /** Yen of each bearer, adding up to `amount`; null while the share is missing */
  readonly shares: Partial<Readonly<Record<Bearer, number>>> | null;
  /** Of `shares` what comes to the city as grant, yen */
  readonly grant: number | null;
  /** Where the share is from, or what is missing and who enters it */
  readonly source: string;
};

/** Repayments of the year (内払 and 収納), yen. They are settled with the state apart and are in no line. */
export type GrantRepayment = {
  readonly period: GrantPeriod;
  readonly via: "advanceOffset" | "receipt";
  readonly benefitFiscalYear: number;
  readonly amount: number;
};

export type GrantAccount = {
  readonly fiscalYear: number;
  readonly knownAt: KnownAt;
  readonly lines: readonly GrantLine[];
  /** Closed runs that the figures are made of, and their sums, yen */
  readonly runs: readonly GrantRun[];
  /** Runs of the year that are not closed: nothing of them is in the figures */
  readonly openRuns: readonly number[];
  readonly repayments: readonly GrantRepayment[];
  readonly total: {
    readonly childMonths: number;
    readonly amount: number;
    /** null while any line has a gap */
    readonly grant: number | null;
    /** Sum of the lines without a share, yen */
    readonly withoutShare: number;
  };
};

export type GrantRun = { readonly runNo: number; readonly paymentMonth: string; readonly amount: number };

/** Sum of one cell before it is shared out. Yen. */
export type PaidSum = {
  readonly period: GrantPeriod;
  readonly regime: string;
  readonly part: CostPart;
  readonly employeeClass: StatisticsClass | null;
  readonly benefitMonth: Month;
  readonly childMonths: number;
  readonly amount: number;
};

const PERIOD = (month: string): string =>
  `CASE WHEN extract(month FROM ${month}) BETWEEN 4 AND 7 THEN 'april' WHEN extract(month FROM ${month}) BETWEEN 8 AND 11 THEN 'july' ELSE 'november' END`;

/** Sums by cell and sums by run out of one reading of the payments: the reading is what takes long. */
const PAID = `
  SELECT period, "benefitMonth", part, "employeeClass", run_no AS "runNo", "paymentMonth",
         count(DISTINCT (child_number, benefit_month))::int AS "childMonths", sum(amount)::bigint AS amount
  FROM (SELECT ${PERIOD("payment_month")} AS period, to_char(benefit_month, 'YYYY-MM') AS "benefitMonth", part,
               CASE WHEN part = 'underThree' THEN employee_class END AS "employeeClass", run_no, to_char(payment_month, 'YYYY-MM') AS "paymentMonth",
               child_number, benefit_month, amount
        FROM allowance.statistics_paid($1, $2, $3)) p
  GROUP BY GROUPING SETS ((period, "benefitMonth", part, "employeeClass"), (run_no, "paymentMonth")) ORDER BY 1, 2, 3, 4, 5`;

type PaidRow = Omit<PaidSum, "regime" | "period"> & { readonly period: GrantPeriod | null } & {
  readonly runNo: number | null;
  readonly paymentMonth: string | null;
};

const OPEN_RUNS = `
  SELECT r.run_no AS "runNo" FROM allowance.payment_run r LEFT JOIN allowance.run_end e ON e.run_no = r.run_no AND e.recorded_at <= $3
  WHERE r.payment_month BETWEEN $1 AND $2 AND r.recorded_at <= $3 AND e.run_no IS NULL ORDER BY 1`;

const fiscalYearOf = (day: string): string =>
  `(extract(year FROM ${day})::int - CASE WHEN extract(month FROM ${day}) < 4 THEN 1 ELSE 0 END)`;

const REPAYMENTS = `
  SELECT period, via, "benefitFiscalYear", sum(amount)::bigint AS amount FROM (
    SELECT ${PERIOD("p.payment_month")} AS period, 'advanceOffset' AS via, ${fiscalYearOf("v.benefit_month")} AS "benefitFiscalYear", c.amount
    FROM allowance.run_offset_claim c JOIN allowance.payment_run p USING (run_no) JOIN allowance.run_end e USING (run_no)
    JOIN allowance.receivable v USING (receivable_id)
    WHERE e.outcome = 'closed' AND e.recorded_at <= $3 AND p.payment_month BETWEEN $1 AND $2
    UNION ALL
    SELECT ${PERIOD("t.paid_on")}, 'receipt', ${fiscalYearOf("v.benefit_month")}, m.amount
    FROM allowance.recovery_movement m JOIN allowance.recovery_receipt t USING (receipt_id) JOIN allowance.receivable v USING (receivable_id)
    WHERE t.recorded_at <= $3 AND t.paid_on >= $1 AND t.paid_on < $2::date + interval '1 month') x
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

/** A fiscal year. @throws Refusal `statisticsInvalid` */
export function fiscalYear(year: number): number {
  if (Number.isInteger(year) && year >= 2010 && year <= 2049) return year;
  throw refuse(
    "statisticsInvalid",
    `年度「${String(year)}」は指定できません。2010 から 2049 までの西暦で指定してください。`,
  );
}

/** First and last payment month of a fiscal year, `YYYY-MM-01`. */
const monthsOf = (year: number): readonly [string, string] => [`${String(year)}-04-01`, `${String(year + 1)}-03-01`];

/** Puts sums of single benefit months together into the cells of the law: one regime, one part, one class of the part under three. */
export function cellsOf(sums: readonly Omit<PaidSum, "regime">[]): readonly PaidSum[] {
  const cells = new Map<string, PaidSum>();
  for (const sum of sums) {
    const regime = regimeOf(sum.benefitMonth);
    if (!regime.ok) throw new RangeError(regime.problem.message);
    const key = [sum.period, regime.value, sum.part, sum.employeeClass].join("/");
    const before = cells.get(key);
    cells.set(key, {
      ...sum,
      regime: regime.value,
      benefitMonth: before?.benefitMonth ?? sum.benefitMonth,
      childMonths: (before?.childMonths ?? 0) + sum.childMonths,
      amount: (before?.amount ?? 0) + sum.amount,
    });
  }
  return [...cells.values()];
}

/** Shares of a cell by the law, else as the city entered them by two people; or the words for what is missing. */
function sharesOf(sum: PaidSum, year: number, entered: readonly EnteredShares[]) {
  if (sum.employeeClass === "unknown") {
    const why = `被用者区分の分からない${String(sum.childMonths)}人月があります。内訳から受給者を開き、請求のときの区分か6月1日の保険・年金の記載を確かめてください。`;
    return { missing: why };
  }
  const { part, benefitMonth } = sum;
  const employeeClass = sum.employeeClass ?? "nonEmployee";
  const legal = costShares({ benefitMonth, fiscalYear: year, part, employeeClass });
  if (legal.ok) return legal.value;
  const city = entered.find((each) => each.part === part && each.employeeClass === sum.employeeClass);
  // What was entered fills the gap of the present law alone.
  return city === undefined || sum.regime !== "R6" ? { missing: legal.problem.message } : city;
}

/** One cell with its shares. Each share is rounded once, on the sum of the cell and period. Pure. */
export function grantLine(sum: PaidSum, year: number, entered: readonly EnteredShares[]): GrantLine {
  const { benefitMonth: _month, ...line } = sum;
  const found = sharesOf(sum, year, entered);
  if ("missing" in found) return { ...line, shares: null, grant: null, source: found.missing };
  const shares = splitCost(sum.amount, found);
  const grant = GRANTED.reduce((total, bearer) => total + (shares[bearer] ?? 0), 0);
  return { ...line, shares, grant, source: found.source };
}

/**
 * The account of a fiscal year: payments of the payment months April to March.
 *
 * @throws Refusal `statisticsInvalid`
 */
export async function grantAccount(
  connection: Queryable,
  request: { readonly fiscalYear: number; readonly knownAt?: string | undefined },
): Promise<GrantAccount> {
  const year = fiscalYear(request.fiscalYear);
  const knownAt = await knownMoment(connection, request.knownAt);
  const bounds = [...monthsOf(year), knownAt];
  const { rows: paid } = await connection.query<PaidRow>(PAID, bounds);
  const sums = paid.flatMap(({ runNo: _run, paymentMonth: _month, period, ...sum }) =>
    period === null ? [] : [{ ...sum, period }],
  );
  const runs = paid.flatMap(({ runNo, paymentMonth, amount }) =>
    runNo === null || paymentMonth === null ? [] : [{ runNo, paymentMonth, amount }],
  );
  const { rows: open } = await connection.query<{ runNo: number }>(OPEN_RUNS, bounds);
  const { rows: repayments } = await connection.query<GrantRepayment>(REPAYMENTS, bounds);
  const entered = await approvedShares(connection, year, knownAt);
  const lines = cellsOf(sums)
    .map((sum) => grantLine(sum, year, entered))
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const withoutShare = lines.reduce((sum, line) => sum + (line.shares === null ? line.amount : 0), 0);
  return {
    fiscalYear: year,
    knownAt,
    lines,
    runs,
    openRuns: open.map(({ runNo }) => runNo),
    repayments,
    total: {
      childMonths: lines.reduce((sum, line) => sum + line.childMonths, 0),
      amount: lines.reduce((sum, line) => sum + line.amount, 0),
      grant: withoutShare > 0 ? null : lines.reduce((sum, line) => sum + (line.grant ?? 0), 0),
      withoutShare,
    },
  };
}

function sortKey({ period, regime, part, employeeClass }: GrantLine): string {
  const place = employeeClass === null ? 0 : Object.keys(classLabels).indexOf(employeeClass);
  return [GRANT_PERIODS.indexOf(period), regime, part === "underThree" ? 0 : 1, part, place].join("/");
}
