/**
 * 支払処理の合計表 (control totals): by bank, ward, age band and birth order, and employee class. Every table must add up to the
 * run's own total, or no list is made: figures that do not agree are not printed.
 */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { bandName, employeeClassName, wardName } from "../../inquiry/names.ts";
import type { PaymentRefusalCode } from "../refusals.ts";
import { getRun } from "../run-record.ts";

/** One row of a table. `lines`: 明細 (recipients); null where a recipient may stand in several rows. `amount` in yen. */
export type TotalRow = {
  readonly code: string;
  readonly label: string;
  readonly lines: number | null;
  readonly childMonths: number;
  readonly amount: number;
};

/** One side of the equation 対象 = 台帳 = 承認 = ファイル; null before the run has come so far. `amount` in yen. */
export type EquationSide = { readonly lines: number; readonly amount: number };

export type Equation = {
  /** 対象: the lines */
  readonly selected: EquationSide;
  /** 台帳: what the ledger reserved for the run, counted in recipients */
  readonly ledger: EquationSide;
  /** 承認 */
  readonly approved: EquationSide | null;
  /** ファイル: the trailer of the frozen bytes */
  readonly file: EquationSide | null;
  /** True when all sides that exist agree */
  readonly agrees: boolean;
};

export type ControlTotals = {
  readonly runNo: number;
  readonly lines: number;
  readonly childMonths: number;
  readonly amount: number;
  readonly byBank: readonly TotalRow[];
  readonly byWard: readonly TotalRow[];
  readonly byBand: readonly TotalRow[];
  /** 出生順位 */
  readonly byOrder: readonly TotalRow[];
  readonly byClass: readonly TotalRow[];
  readonly equation: Equation;
};

type Grouped = {
  readonly code: string | null;
  readonly name: string | null;
  readonly lines: number;
  readonly months: number;
  readonly amount: number;
};

const LINE_SUMS = "count(*)::int AS lines, sum(l.child_months)::int AS months, sum(l.amount)::bigint AS amount";

const BY_BANK = `
SELECT l.bank AS code, min(b.bank_name) AS name, ${LINE_SUMS}
FROM allowance.run_line l JOIN allowance.payment_run r USING (run_no)
LEFT JOIN allowance.branch_period b ON b.bank = l.bank AND b.branch = l.branch AND b.valid_from <= r.pay_on
  AND (b.last_day IS NULL OR b.last_day >= r.pay_on)
WHERE l.run_no = $1 GROUP BY l.bank ORDER BY l.bank`;

const BY_WARD = `SELECT l.ward_code AS code, NULL AS name, ${LINE_SUMS} FROM allowance.run_line l WHERE l.run_no = $1 GROUP BY 1 ORDER BY 1`;

const BY_CLASS = `SELECT l.employee_class AS code, NULL AS name, ${LINE_SUMS} FROM allowance.run_line l WHERE l.run_no = $1 GROUP BY 1 ORDER BY 1 NULLS LAST`;

/** The order of the bands is that of life, not of the alphabet. */
const BY_BAND = `
SELECT d.band || CASE WHEN d.birth_order IS NULL THEN '-' WHEN d.birth_order >= 3 THEN '3' ELSE '1' END AS code, NULL AS name,
       0 AS lines, count(*)::int AS months, sum(i.amount)::bigint AS amount
FROM allowance.run_item i JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
WHERE i.run_no = $1 GROUP BY 1, d.band ORDER BY array_position(ARRAY['U3', 'EL', 'JH', 'HS'], d.band), 1`;

const BY_ORDER = `
SELECT CASE WHEN d.birth_order IS NULL THEN '-' WHEN d.birth_order >= 3 THEN '3' ELSE d.birth_order::text END AS code, NULL AS name,
       0 AS lines, count(*)::int AS months, sum(i.amount)::bigint AS amount
FROM allowance.run_item i JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche)
WHERE i.run_no = $1 GROUP BY 1 ORDER BY 1`;

/** Payees of the ledger's own entries: recipients, and the children who are paid in place of one. */
const LEDGER = `
SELECT (count(DISTINCT e.recipient_id) FILTER (WHERE l.payee_child IS NULL)
         + count(DISTINCT (e.recipient_id, l.payee_child, l.unpaid_id)) FILTER (WHERE l.payee_child IS NOT NULL))::int AS lines,
       coalesce(sum(e.amount), 0)::bigint AS amount
FROM allowance.journal j JOIN allowance.ledger_entry e USING (journal_id)
LEFT JOIN allowance.run_line l ON l.run_no = e.run_no AND l.line_no = e.line_no WHERE j.run_no = $1 AND j.kind = 'reserve'`;

/** Read out of the bytes: the trailer's own count and amount, not the columns beside them. */
const FILE = `
SELECT convert_from(substring(bytes FROM (line_count + 1) * 120 + 2 FOR 18), 'SQL_ASCII') AS trailer
FROM allowance.transfer_file WHERE run_no = $1`;

function bandLabel(code: string): string {
  const order = { "1": "第1子・第2子", "3": "第3子以降" }[code.slice(-1)] ?? "順位なし";
  return `${bandName(code.slice(0, -1))} ${order}`;
}

const orderLabel = (code: string): string => ({ "1": "第1子", "2": "第2子", "3": "第3子以降" })[code] ?? "順位なし";

function checkSum(
  what: string,
  rows: readonly TotalRow[],
  of: { months: number; amount: number; runNo: number },
): void {
  const amount = rows.reduce((sum, row) => sum + row.amount, 0);
  const months = rows.reduce((sum, row) => sum + row.childMonths, 0);
  if (amount === of.amount && months === of.months) return;
  throw new Refusal<PaymentRefusalCode>(
    "totalsDiffer",
    `支払処理 ${of.runNo} の${what}の合計（${months}か月分 ${amount}円）が、見出し（${of.months}か月分 ${of.amount}円）と合いません。一覧は作りませんでした。支払を進めず、管理者に知らせてください。`,
    { runNo: of.runNo },
  );
}

async function readEquation(connection: Queryable, runNo: number, selected: EquationSide): Promise<Equation> {
  const ledger = (await connection.query<EquationSide>(LEDGER, [runNo])).rows[0] ?? { lines: 0, amount: 0 };
  const approval = await connection.query<EquationSide>(
    "SELECT line_count AS lines, total AS amount FROM allowance.run_approval WHERE run_no = $1",
    [runNo],
  );
  const approved = approval.rows[0] ?? null;
  const trailer = (await connection.query<{ trailer: string }>(FILE, [runNo])).rows[0]?.trailer;
  const file =
    trailer === undefined ? null : { lines: Number(trailer.slice(0, 6)), amount: Number(trailer.slice(6, 18)) };
  const agrees = [ledger, approved, file].every(
    (side) => side === null || (side.lines === selected.lines && side.amount === selected.amount),
  );
  return { selected, ledger, approved, file, agrees };
}

/**
 * The control totals of a run. Read them on one snapshot (an open transaction).
 *
 * @throws Refusal `runMissing`; `totalsDiffer` when a table does not add up to the run's total
 */
export async function readControlTotals(connection: Queryable, runNo: number): Promise<ControlTotals> {
  const run = await getRun(connection, runNo);
  const of = { months: run.itemCount, amount: run.total, runNo };
  const table = async (
    what: string,
    sql: string,
    label: (row: Grouped) => string,
    perLine: boolean,
  ): Promise<readonly TotalRow[]> => {
    const { rows } = await connection.query<Grouped>(sql, [runNo]);
    const totals = rows.map((row) => ({
      code: row.code ?? "",
      label: label(row),
      lines: perLine ? row.lines : null,
      childMonths: row.months,
      amount: row.amount,
    }));
    checkSum(what, totals, of);
    return totals;
  };
  const byBank = await table("金融機関別", BY_BANK, (row) => row.name ?? "名称不明", true);
  const byWard = await table("区別", BY_WARD, (row) => wardName(row.code ?? ""), true);
  const byBand = await table("年齢区分別", BY_BAND, (row) => bandLabel(row.code ?? ""), false);
  const byOrder = await table("出生順位別", BY_ORDER, (row) => orderLabel(row.code ?? ""), false);
  const byClass = await table("被用区分別", BY_CLASS, (row) => employeeClassName(row.code), true);
  const lines = byWard.reduce((sum, row) => sum + (row.lines ?? 0), 0);
  const equation = await readEquation(connection, runNo, { lines, amount: run.total });
  if (lines !== run.lineCount || !equation.agrees) {
    throw new Refusal<PaymentRefusalCode>(
      "totalsDiffer",
      `支払処理 ${runNo} の 対象・台帳・承認・ファイル の件数または金額が合いません。一覧は作りませんでした。支払を進めず、管理者に知らせてください。`,
      { runNo },
    );
  }
  return {
    runNo,
    lines,
    childMonths: run.itemCount,
    amount: run.total,
    byBank,
    byWard,
    byBand,
    byOrder,
    byClass,
    equation,
  };
}

/** Keeps the tables that the approver saw, in the approval's own transaction (A88). The database compares their sums with it. */
export async function storeControlTotals(connection: Queryable, totals: ControlTotals): Promise<void> {
  const { byBand, byOrder, byBank, byWard, byClass } = totals;
  const tables = { band: byBand, order: byOrder, bank: byBank, ward: byWard, class: byClass };
  const rows = Object.entries(tables).flatMap(([groupedBy, table]) => table.map((row) => ({ groupedBy, ...row })));
  await connection.query(
    `INSERT INTO allowance.run_control_total (run_no, grouped_by, code, label, line_count, child_months, amount)
     SELECT $1, r."groupedBy", r.code, r.label, r.lines, r."childMonths", r.amount
     FROM jsonb_to_recordset($2::jsonb) AS r("groupedBy" text, code text, label text, lines integer, "childMonths" integer, amount bigint)`,
    [totals.runNo, JSON.stringify(rows)],
  );
}
