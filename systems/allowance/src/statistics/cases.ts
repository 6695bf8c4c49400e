/** 内訳: the recipients of whom a figure is made (A133), by number alone. Who may see which of them is for the caller to say. */
import type { CostPart } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { AXES, type Axis } from "./dimensions.ts";
import { fiscalYear, type GrantPeriod } from "./grant-account.ts";
import { knownMoment } from "./known.ts";
import { benefitMonth } from "./monthly-counts.ts";

/** Values of the axes that a figure is for; an axis that is not named is not narrowed. */
export type AxisFilter = Readonly<Partial<Record<Axis, string>>>;

/** Which figure: of a month by decision, or of a grant period by payment. */
export type FigureRef =
  | {
      readonly basis: "due";
      readonly month: string;
      readonly filter: AxisFilter;
      readonly payableChildren?: 1 | 2 | 3 | 4 | undefined;
      readonly knownAt?: string | undefined;
    }
  | {
      readonly basis: "paid";
      readonly fiscalYear: number;
      readonly period: GrantPeriod;
      readonly regime: string;
      readonly part: CostPart;
      readonly employeeClass: string | null;
      readonly knownAt?: string | undefined;
    };

/** One recipient of a figure: children (child-months of a payment) and yen that it has in the figure. */
export type FigureCase = {
  readonly recipientId: number;
  readonly ward: string;
  readonly children: number;
  readonly amount: number;
  /** 支援措置: never listed, only counted */
  readonly protected: boolean;
};

const EXPRESSIONS: Readonly<Record<Axis, string>> = {
  ward: "d.ward_code",
  recipientKind: "d.recipient_kind",
  employeeClass: "d.employee_class",
  band: "d.band",
  order: "CASE WHEN d.birth_order IS NULL THEN 'none' WHEN d.birth_order >= 3 THEN '3' ELSE d.birth_order::text END",
  rate: "d.rate::text",
  fund: "CASE WHEN d.part = 'underThree' THEN d.part || '/' || d.employee_class ELSE d.part END",
};

const HEAD =
  'x.recipient_id AS "recipientId", x.ward, x.children, x.amount, allowance.is_protected(r.addressee_number) AS protected';

async function dueCases(
  connection: Queryable,
  ref: Extract<FigureRef, { basis: "due" }>,
): Promise<readonly FigureCase[]> {
  const knownAt = await knownMoment(connection, ref.knownAt);
  const values: unknown[] = [`${benefitMonth(ref.month)}-01`, knownAt];
  const conditions = AXES.flatMap((axis) => {
    const value = ref.filter[axis];
    if (value === undefined) return [];
    values.push(value);
    return [`${EXPRESSIONS[axis]} = $${String(values.length)}`];
  });
  if (ref.payableChildren !== undefined) {
    values.push(ref.payableChildren);
    conditions.push(`d.payable = $${String(values.length)}`);
  }
  const { rows } = await connection.query<FigureCase>(
    `SELECT ${HEAD} FROM (
       SELECT d.recipient_id, min(d.ward_code) AS ward, count(*)::int AS children, sum(d.rate)::bigint AS amount
       FROM (SELECT s.*, least(count(*) OVER (PARTITION BY s.recipient_id), 4) AS payable FROM allowance.statistics_due($1, $1, $2) s) d
       ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`} GROUP BY 1) x
     JOIN allowance.recipient r USING (recipient_id) ORDER BY 1`,
    values,
  );
  return rows;
}

/** First and last benefit month of the regimes, as SQL wants them. */
const REGIME_MONTHS: Readonly<Record<string, readonly [string, string]>> = {
  R1: ["2010-04-01", "2011-09-01"],
  R2: ["2011-10-01", "2012-03-01"],
  R3: ["2012-04-01", "2012-05-01"],
  R4: ["2012-06-01", "2022-05-01"],
  R5: ["2022-06-01", "2024-09-01"],
  R6: ["2024-10-01", "2049-12-01"],
};

const PERIOD_MONTHS: Readonly<Record<GrantPeriod, (year: number) => readonly [string, string]>> = {
  april: (year) => [`${String(year)}-04-01`, `${String(year)}-07-01`],
  july: (year) => [`${String(year)}-08-01`, `${String(year)}-11-01`],
  november: (year) => [`${String(year)}-12-01`, `${String(year + 1)}-03-01`],
};

async function paidCases(
  connection: Queryable,
  ref: Extract<FigureRef, { basis: "paid" }>,
): Promise<readonly FigureCase[]> {
  const knownAt = await knownMoment(connection, ref.knownAt);
  const months = PERIOD_MONTHS[ref.period](fiscalYear(ref.fiscalYear));
  const benefit = REGIME_MONTHS[ref.regime] ?? ["9999-01-01", "9999-01-01"];
  const { rows } = await connection.query<FigureCase>(
    `SELECT ${HEAD} FROM (
       SELECT recipient_id, min(ward_code) AS ward, count(DISTINCT (child_number, benefit_month))::int AS children, sum(amount)::bigint AS amount
       FROM allowance.statistics_paid($1, $2, $3)
       WHERE benefit_month BETWEEN $4 AND $5 AND part = $6 AND ($7::text IS NULL OR employee_class = $7) GROUP BY 1) x
     JOIN allowance.recipient r USING (recipient_id) ORDER BY 1`,
    [...months, knownAt, ...benefit, ref.part, ref.employeeClass],
  );
  return rows;
}

/**
 * All recipients of a figure; their children and yen add up to it.
 *
 * @throws Refusal `statisticsInvalid`
 */
export async function casesOfFigure(connection: Queryable, ref: FigureRef): Promise<readonly FigureCase[]> {
  return ref.basis === "due" ? await dueCases(connection, ref) : await paidCases(connection, ref);
}
