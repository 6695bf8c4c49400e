/** 施設等の児童の内訳: what each home (施設等受給者) is paid for which child, and to whose account. Goes with the payment to its founder. */
import type { CsvCell } from "@hagukumi/platform/csv/write.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { addresseeNumberText, certificationNumberText } from "../../inquiry/names.ts";
import { declareList } from "../../outputs/declared-list.ts";
import type { PaymentRefusalCode } from "../refusals.ts";
import { monthsText } from "./lines.ts";

/** A child of a home in a run. `amount` in yen, months as `YYYY-MM`. No address, for anybody: a list travels. */
export type HomeChild = {
  readonly recipientId: number;
  readonly home: string;
  /** 設置者: of the state or a local government each child is paid to an account of its own (22条の2) */
  readonly founder: "private" | "public";
  readonly lineNo: number;
  readonly childNumber: number;
  /** As known when the run was made */
  readonly childName: string;
  readonly months: readonly string[];
  readonly amount: number;
  readonly payee: "home" | "child";
  /** 支援措置 of the child */
  readonly protected: boolean;
};

/** One home in a run. */
export type HomeTotal = {
  readonly recipientId: number;
  readonly home: string;
  readonly payee: "home" | "child";
  readonly children: number;
  readonly lines: number;
  readonly amount: number;
};

const CHILDREN = `
SELECT l.recipient_id AS "recipientId", o.name AS home, o.founder, l.line_no AS "lineNo", i.child_number AS "childNumber", coalesce(k.name, '') AS "childName",
       array_agg(DISTINCT to_char(i.benefit_month, 'YYYY-MM')) AS months, sum(i.amount)::int AS amount,
       CASE WHEN l.payee_child IS NULL THEN 'home' ELSE 'child' END AS payee, l.amount AS "lineAmount",
       allowance.is_protected(i.child_number) AS protected
FROM allowance.run_line l JOIN allowance.payment_run r USING (run_no) JOIN allowance.recipient c USING (recipient_id)
JOIN allowance.run_item i USING (run_no, line_no)
JOIN LATERAL (SELECT name, founder FROM allowance.organization_history h WHERE h.addressee_number = c.addressee_number AND h.recorded_at <= r.recorded_at
              ORDER BY revision DESC LIMIT 1) o ON true
LEFT JOIN LATERAL (SELECT name FROM allowance.person_history h WHERE h.addressee_number = i.child_number AND h.recorded_at <= r.recorded_at
                   ORDER BY history_no DESC, revision DESC LIMIT 1) k ON true
WHERE l.run_no = $1 AND c.kind = 'institution'
GROUP BY l.recipient_id, o.name, o.founder, l.line_no, i.child_number, k.name, l.payee_child, l.amount ORDER BY l.recipient_id, i.child_number, l.line_no`;

/**
 * The children of every home in the run, home by home. Read it on one snapshot.
 *
 * @throws Refusal `totalsDiffer` where the children of a line do not add up to it
 */
export async function readHomeChildren(connection: Queryable, runNo: number): Promise<readonly HomeChild[]> {
  const { rows } = await connection.query<HomeChild & { readonly lineAmount: number }>(CHILDREN, [runNo]);
  for (const [lineNo, children] of Map.groupBy(rows, (row) => row.lineNo)) {
    const sum = children.reduce((total, { amount }) => total + amount, 0);
    if (sum === children[0]?.lineAmount) continue;
    throw new Refusal<PaymentRefusalCode>(
      "totalsDiffer",
      `支払処理 ${runNo} の明細 ${lineNo} の児童の内訳 ${sum}円 が、明細 ${children[0]?.lineAmount ?? 0}円 と合いません。一覧は作りませんでした。管理者に知らせてください。`,
      { runNo, lineNo },
    );
  }
  return rows.map(({ lineAmount: _lineAmount, ...row }) => row);
}

/** The homes of a run. */
export async function readHomeTotals(connection: Queryable, runNo: number): Promise<readonly HomeTotal[]> {
  const children = await readHomeChildren(connection, runNo);
  return [...Map.groupBy(children, ({ recipientId }) => recipientId)].map(([recipientId, rows]) => ({
    recipientId,
    home: rows[0]?.home ?? "",
    payee: rows[0]?.payee ?? "home",
    children: new Set(rows.map(({ childNumber }) => childNumber)).size,
    lines: new Set(rows.map(({ lineNo }) => lineNo)).size,
    amount: rows.reduce((sum, { amount }) => sum + amount, 0),
  }));
}

const founderText = ({ founder }: HomeChild): string => (founder === "public" ? "国・地方公共団体" : "その他");

/**
 * The list as a file. Its every line says in which home a child is: of a protected child the number and the name stay out, and with them
 * the home; months and amount remain, so that the sum of the home can be followed.
 */
export const homeList = declareList<HomeChild>({
  code: "homeList",
  protectedOf: (row) => row.protected,
  columns: [
    { name: "認定番号", kind: "plain", cell: (row) => certificationNumberText(row.recipientId) },
    { name: "施設の名称", kind: "whereabouts", cell: (row) => row.home },
    { name: "設置者", kind: "plain", cell: founderText },
    { name: "明細", kind: "plain", cell: (row) => row.lineNo },
    { name: "児童の宛名番号", kind: "whereabouts", cell: (row) => addresseeNumberText(row.childNumber) },
    { name: "児童の氏名", kind: "whereabouts", cell: (row) => row.childName },
    { name: "月分", kind: "plain", cell: (row) => monthsText(row.months) },
    { name: "額", kind: "amount", cell: (row) => row.amount },
    { name: "振込先", kind: "plain", cell: (row) => (row.payee === "child" ? "児童の口座" : "施設の口座") },
  ],
});

/** The children as cells of the file, and after the children of a home its sum, which is about no child. */
export function homeListCells(children: readonly HomeChild[]): readonly (readonly CsvCell[])[] {
  return [...Map.groupBy(children, ({ recipientId }) => recipientId)].flatMap(([recipientId, rows]) => {
    const sum = rows.reduce((total, { amount }) => total + amount, 0);
    const count = new Set(rows.map(({ childNumber }) => childNumber)).size;
    const [first] = rows;
    const founder = first === undefined ? "" : founderText(first);
    const head = [certificationNumberText(recipientId), first?.home ?? "", founder];
    return [...rows.map((row) => homeList.cells(row)), [...head, "", "", `計 ${count}人`, "", sum, ""]];
  });
}
