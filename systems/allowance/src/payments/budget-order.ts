/**
 * 財務会計連携: 支出負担行為 and 支出命令 of a run as a file for the city's accounting system, by item of the budget (A100). What is ordered
 * less what is withheld is the run's total; one file a run, made by one person and approved by another.
 *
 * Layout `hagukumi-1`: UTF-8, CRLF, heading, one row each; 10 支出負担行為 and 20 支出命令 for each item, 30 控除 for each kind and creditor,
 * 90 the sums. No person is in it.
 */
import { createHash } from "node:crypto";

import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandRequest, CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { deductionLabels } from "../deductions/planned.ts";
import { deductionTotals } from "../deductions/remittances.ts";
import { readSetting } from "../settings.ts";
import { type Charge, type ChargedItem, chargeItems } from "./budget-items.ts";
import { paymentConstraints } from "./refusals.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { getRun } from "./run-record.ts";
import type { RunRecord } from "./run-record.ts";
import { stateLabels } from "./states.ts";

export const BUDGET_ORDER_LAYOUT = "hagukumi-1";

/** A file of orders as it was made. Yen. */
export type BudgetOrder = {
  readonly runNo: number;
  readonly layout: string;
  readonly sha256: string;
  readonly items: number;
  readonly gross: number;
  readonly withheld: number;
  readonly net: number;
  readonly madeBy: string;
  /** Null while it waits for another person */
  readonly approvedBy: string | null;
};

const HEADING = [
  "伝票区分",
  "伝票番号",
  "会計年度",
  "科目コード",
  "科目名",
  "支払処理番号",
  "支払予定日",
  "児童月数",
  "金額",
  "摘要",
];

/** What the months of a run cost by band and class: transferred, and withheld for somebody else. What was owed (内払) is no new expense. */
const CHARGES = `
SELECT d.band, x.employee_class AS "employeeClass", count(*)::int AS "childMonths", sum(x.amount)::bigint AS amount FROM (
  SELECT i.child_number, i.benefit_month, i.generation, i.tranche, i.amount, l.employee_class FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = $1
  UNION ALL
  SELECT i.child_number, i.benefit_month, i.generation, i.tranche, i.amount, k.employee_class FROM allowance.run_deduction_item i JOIN allowance.run_deduction n USING (run_no, deduction_no)
  JOIN allowance.recipient r USING (recipient_id) LEFT JOIN allowance.claim k ON k.claim_id = r.opened_by_claim WHERE i.run_no = $1 AND n.kind <> 'advanceOffset') x
JOIN allowance.due_item d USING (child_number, benefit_month, generation, tranche) GROUP BY 1, 2 ORDER BY 1, 2`;

const fiscalYear = (day: string): number => Number(day.slice(0, 4)) - (day.slice(5, 7) < "04" ? 1 : 0);

function refuse(code: PaymentRefusalCode, runNo: number, message: string): never {
  throw new Refusal<PaymentRefusalCode>(code, `支払処理 ${runNo} の支出命令: ${message}何も変えていません。`, {
    runNo,
  });
}

type Withheld = { readonly what: string; readonly amount: number };

type Draft = { readonly items: readonly ChargedItem[]; readonly withheld: readonly Withheld[] };

function bytesOf(run: RunRecord, { items, withheld }: Draft): Buffer {
  const number = (kind: string, index: number): string =>
    `${String(run.runNo).padStart(4, "0")}-${kind}-${String(index + 1).padStart(2, "0")}`;
  const common = [fiscalYear(run.payOn)] as const;
  const at = [run.runNo, run.payOn] as const;
  const what = `児童手当 ${run.paymentMonth.slice(0, 7)} 支払`;
  const rows = [
    ...["10", "20"].flatMap((kind) =>
      items.map((item, index) => [
        kind,
        number(kind, index),
        ...common,
        item.code,
        item.name,
        ...at,
        item.childMonths,
        item.amount,
        what,
      ]),
    ),
    ...withheld.map((each, index) => ["30", number("30", index), ...common, "", "", ...at, "", each.amount, each.what]),
    ["90", number("90", 0), ...common, "", "", ...at, "", run.total, `${what} 差引支払額 ${run.lineCount}件`],
  ];
  return Buffer.from([HEADING, ...rows].map((cells) => csvLine(cells, false)).join(""));
}

async function draftOf(connection: Queryable, run: RunRecord): Promise<Draft> {
  const setting = await readSetting(connection, "budgetItems", run.payOn);
  const { rows } = await connection.query<Charge>(CHARGES, [run.runNo]);
  const { charged, uncharged } = chargeItems(setting, rows);
  const [first] = uncharged;
  if (first !== undefined) {
    refuse(
      "settingMissing",
      run.runNo,
      `年齢区分 ${first.band}・被用区分 ${first.employeeClass ?? "なし"} の ${first.amount}円 に当たる予算科目がありません。設定「budgetItems」を二人で直してください。`,
    );
  }
  const withheld = (await deductionTotals(connection, run.runNo))
    .filter(({ kind }) => kind !== "advanceOffset")
    .map((each) => ({ what: `${deductionLabels[each.kind]} ${each.creditorName ?? "市"}`, amount: each.amount }));
  return { items: charged, withheld };
}

const sumOf = (rows: readonly { readonly amount: number }[]): number =>
  rows.reduce((sum, { amount }) => sum + amount, 0);

const commandOf = (context: Context, name: string, key: string, request: unknown): CommandRequest => ({
  role: ROLE,
  key,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
  signal: context.signal,
});

function requireOrdered(run: RunRecord): void {
  if (["frozen", "handingOver", "unknown", "handedOver", "settled", "closed"].includes(run.state)) return;
  refuse(
    "wrongState",
    run.runNo,
    `いまは「${stateLabels[run.state]}」です。ファイル確定のあと、取り消していない支払処理についてだけ作れます。`,
  );
}

/** The file of a run, without its bytes; undefined before it was made. */
export async function findBudgetOrder(connection: Queryable, runNo: number): Promise<BudgetOrder | undefined> {
  const { rows } = await connection.query<BudgetOrder>(
    `SELECT o.run_no AS "runNo", o.layout, o.sha256, o.items, o.gross, o.withheld, o.net, o.made_by AS "madeBy", a.approved_by AS "approvedBy"
     FROM allowance.budget_order o LEFT JOIN allowance.budget_order_approval a USING (run_no) WHERE o.run_no = $1`,
    [runNo],
  );
  return rows[0];
}

/**
 * Makes the file out of the frozen run. Made again it is the same file, and refused.
 *
 * @throws Refusal `runMissing`, `wrongState` (not frozen, cancelled), `settingMissing` (no item for an amount), `orderExists`
 */
export async function makeBudgetOrder(
  context: Context,
  request: { readonly key: string; readonly runNo: number },
): Promise<CommandResult<BudgetOrder>> {
  const { key, runNo } = request;
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.makeBudgetOrder", key, { runNo }), async (client) => {
      const run = await getRun(client, runNo);
      requireOrdered(run);
      if ((await findBudgetOrder(client, runNo)) !== undefined) {
        refuse("orderExists", runNo, "もう作ってあります。同じ支払を二度は渡せません。");
      }
      const draft = await draftOf(client, run);
      const bytes = bytesOf(run, draft);
      const [gross, withheld] = [sumOf(draft.items), sumOf(draft.withheld)];
      const order: BudgetOrder = {
        runNo,
        layout: BUDGET_ORDER_LAYOUT,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        items: draft.items.length,
        gross,
        withheld,
        net: gross - withheld,
        madeBy: context.operator,
        approvedBy: null,
      };
      await client.query(
        "INSERT INTO allowance.budget_order (run_no, layout, sha256, bytes, items, gross, withheld, net, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [runNo, order.layout, order.sha256, bytes, order.items, gross, withheld, order.net, order.madeBy],
      );
      crashPoint("payment.budgetOrder.made");
      const audit = { action: "payment.makeBudgetOrder", objectKind: "paymentRun", objectId: String(runNo) };
      return { response: order, audit: [{ ...audit, detail: { sha256: order.sha256 } }] };
    }),
  );
}

/**
 * Approves exactly the file that was seen, by another person than who made it.
 *
 * @throws Refusal `wrongState` (none made, or the run was cancelled), `approvalNotBound`, `samePerson`, `orderExists` (approved before)
 */
export async function approveBudgetOrder(
  context: Context,
  request: { readonly key: string; readonly runNo: number; readonly sha256: string },
): Promise<CommandResult<BudgetOrder>> {
  const { key, ...content } = request;
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, commandOf(context, "payment.approveBudgetOrder", key, content), async (client) => {
      requireOrdered(await getRun(client, request.runNo));
      const order = await findBudgetOrder(client, request.runNo);
      if (order === undefined) return refuse("wrongState", request.runNo, "まだ作っていません。");
      if (order.sha256 !== request.sha256) {
        refuse("approvalNotBound", request.runNo, "見て確かめたファイルと違います。画面を読み直してください。");
      }
      if (order.approvedBy !== null) refuse("orderExists", request.runNo, "もう承認されています。");
      await client.query(
        "INSERT INTO allowance.budget_order_approval (run_no, sha256, made_by, approved_by) VALUES ($1, $2, $3, $4)",
        [order.runNo, order.sha256, order.madeBy, context.operator],
      );
      const audit = { action: "payment.approveBudgetOrder", objectKind: "paymentRun", objectId: String(order.runNo) };
      return {
        response: { ...order, approvedBy: context.operator },
        audit: [{ ...audit, detail: { sha256: order.sha256 } }],
      };
    }),
  );
}

/** The approved bytes. @throws Refusal `wrongState` before the approval, and after the run was cancelled */
export async function readBudgetOrderFile(
  connection: Queryable,
  runNo: number,
): Promise<{ readonly fileName: string; readonly bytes: Buffer }> {
  requireOrdered(await getRun(connection, runNo));
  const { rows } = await connection.query<{ bytes: Buffer }>(
    "SELECT o.bytes FROM allowance.budget_order o JOIN allowance.budget_order_approval a USING (run_no) WHERE o.run_no = $1",
    [runNo],
  );
  const bytes = rows[0]?.bytes ?? refuse("wrongState", runNo, "承認されていません。承認のあとで取り出せます。");
  return { fileName: `budget-order-${String(runNo).padStart(4, "0")}.csv`, bytes };
}
