/** 月別の人数と額: who is entitled for one benefit month by what was decided, split along every axis (A131). */
import { parseMonth } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import type { StatisticsCell, StatisticsClass, StatisticsKind } from "./dimensions.ts";
import { totalOf } from "./dimensions.ts";
import { type KnownAt, knownMoment } from "./known.ts";

/** Recipients of one ward, kind and class by the number of children who are paid for (4 stands for four and more). */
export type RecipientCell = {
  readonly ward: string;
  readonly recipientKind: StatisticsKind;
  readonly employeeClass: StatisticsClass;
  readonly payableChildren: 1 | 2 | 3 | 4;
  readonly recipients: number;
  readonly children: number;
  readonly amount: number;
};

/** How far the ledger is for a month: it is accrued when its regular run is made. */
export type Accrual = {
  /** The regular run (定時) of the month's payment month; null while there is none */
  readonly runNo: number | null;
  readonly closed: boolean;
};

export type MonthlyCounts = {
  /** `YYYY-MM` */
  readonly month: string;
  readonly knownAt: KnownAt;
  readonly accrual: Accrual;
  readonly cells: readonly StatisticsCell[];
  readonly recipientCells: readonly RecipientCell[];
  /** Recipients, children and yen of the month */
  readonly total: { readonly recipients: number; readonly children: number; readonly amount: number };
};

export type StatisticsMonth = {
  /** 月分 `YYYY-MM` */
  readonly month: string;
  /** Only what was recorded up to then: a day (its end) or a moment; absent: now */
  readonly knownAt?: string | undefined;
};

/** Columns by which the detail is put together into cells. */
export const CELL_COLUMNS = `ward_code AS ward, recipient_kind AS "recipientKind", employee_class AS "employeeClass", band,
  CASE WHEN birth_order IS NULL THEN 'none' WHEN birth_order >= 3 THEN '3' ELSE birth_order::text END AS "order", rate::int AS rate, part`;

const CELLS = `
  SELECT ${CELL_COLUMNS}, count(*)::int AS children, sum(rate)::bigint AS amount
  FROM allowance.statistics_due($1, $2, $3) GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7`;

const RECIPIENTS = `
  SELECT ward, "recipientKind", "employeeClass", least(children, 4)::int AS "payableChildren", count(*)::int AS recipients, sum(children)::int AS children,
         sum(amount)::bigint AS amount
  FROM (SELECT recipient_id, ward_code AS ward, recipient_kind AS "recipientKind", employee_class AS "employeeClass", count(*) AS children, sum(rate) AS amount
        FROM allowance.statistics_due($1, $1, $2) GROUP BY 1, 2, 3, 4) r
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

/** Cells of the benefit months `first … last` (`YYYY-MM`), as known at a moment; children count once a month. */
export async function dueCells(
  connection: Queryable,
  first: string,
  last: string,
  knownAt: KnownAt,
): Promise<readonly StatisticsCell[]> {
  return (await connection.query<StatisticsCell>(CELLS, [`${first}-01`, `${last}-01`, knownAt])).rows;
}

async function accrualOf(connection: Queryable, month: string, knownAt: KnownAt): Promise<Accrual> {
  const { rows } = await connection.query<Accrual>(
    `SELECT r.run_no AS "runNo", coalesce(e.outcome = 'closed' AND e.recorded_at <= $2, false) AS closed
     FROM allowance.payment_run r LEFT JOIN allowance.run_end e USING (run_no)
     WHERE r.kind = 'regular' AND r.months_from <= $1 AND r.months_to >= $1 AND r.recorded_at <= $2
       AND NOT EXISTS (SELECT FROM allowance.run_end x WHERE x.run_no = r.run_no AND x.outcome <> 'closed' AND x.recorded_at <= $2)
     ORDER BY r.run_no LIMIT 1`,
    [`${month}-01`, knownAt],
  );
  return rows[0] ?? { runNo: null, closed: false };
}

/** A benefit month as text. @throws Refusal `statisticsInvalid` */
export function benefitMonth(text: string): string {
  const month = parseMonth(text);
  if (month !== undefined && month >= "2010-04" && month <= "2049-12") return month;
  throw refuse(
    "statisticsInvalid",
    `月分「${text.slice(0, 20)}」は指定できません。2010-04 から 2049-12 までの YYYY-MM で指定してください。`,
  );
}

/**
 * The month in figures, from what was decided and stands in the ledger: reversed and overpaid yen are not in it, months on hold are.
 *
 * @throws Refusal `statisticsInvalid` for a month or moment that cannot be
 */
export async function monthlyCounts(connection: Queryable, request: StatisticsMonth): Promise<MonthlyCounts> {
  const month = benefitMonth(request.month);
  const knownAt = await knownMoment(connection, request.knownAt);
  const cells = await dueCells(connection, month, month, knownAt);
  const { rows } = await connection.query<RecipientCell>(RECIPIENTS, [`${month}-01`, knownAt]);
  const recipients = rows.reduce((sum, cell) => sum + cell.recipients, 0);
  return {
    month,
    knownAt,
    accrual: await accrualOf(connection, month, knownAt),
    cells,
    recipientCells: rows,
    total: { recipients, ...totalOf(cells) },
  };
}
