/** 窓口払の一覧: who is to be paid at the counter in a run, with amounts, for the day at the counter; and the receipts to be signed. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { certificationNumberText } from "../../inquiry/names.ts";
import { declareList } from "../../outputs/declared-list.ts";
import { monthsText } from "../payee-list/lines.ts";
import { counterReceiptNumber, type CounterStage, counterStageLabels, readCounterLines } from "./read.ts";

/** One who is paid at the counter. Months as `YYYY-MM`, `amount` in yen. No address, for anybody: a list travels. */
export type CounterListLine = {
  readonly lineNo: number;
  readonly recipientId: number;
  /** 受給者氏名 as it was known when the run was made */
  readonly name: string;
  readonly months: readonly string[];
  readonly amount: number;
  readonly stage: CounterStage;
  readonly receiptNumber: string;
  readonly happenedOn: string | null;
  readonly protected: boolean;
};

export const counterList = declareList<CounterListLine>({
  code: "counterList",
  protectedOf: (line) => line.protected,
  columns: [
    { name: "明細", kind: "plain", cell: (line) => line.lineNo },
    { name: "認定番号", kind: "person", cell: (line) => certificationNumberText(line.recipientId) },
    { name: "受給者氏名", kind: "person", cell: (line) => line.name },
    { name: "月分", kind: "plain", cell: (line) => monthsText(line.months) },
    { name: "金額", kind: "amount", cell: (line) => line.amount },
    { name: "領収書の番号", kind: "plain", cell: (line) => line.receiptNumber },
    { name: "状態", kind: "plain", cell: (line) => counterStageLabels[line.stage] },
    { name: "渡した日・戻した日", kind: "plain", cell: (line) => line.happenedOn ?? "" },
  ],
});

type Named = {
  readonly lineNo: number;
  readonly name: string;
  readonly months: readonly string[];
  readonly protected: boolean;
};

/** All of a run, in the order of the file. Read it on one snapshot. */
export async function readCounterList(connection: Queryable, runNo: number): Promise<readonly CounterListLine[]> {
  const { rows } = await connection.query<Named>(
    `SELECT l.line_no AS "lineNo", coalesce(p.name, '') AS name, allowance.is_protected(c.addressee_number) AS protected,
            (SELECT array_agg(DISTINCT to_char(i.benefit_month, 'YYYY-MM')) FROM allowance.run_item i WHERE (i.run_no, i.line_no) = (l.run_no, l.line_no)) AS months
     FROM allowance.run_line l JOIN allowance.payment_run r USING (run_no) JOIN allowance.recipient c USING (recipient_id)
     LEFT JOIN LATERAL (SELECT name FROM allowance.person_history h WHERE h.addressee_number = c.addressee_number AND h.recorded_at <= r.recorded_at
                        ORDER BY history_no DESC, revision DESC LIMIT 1) p ON true
     WHERE l.run_no = $1 AND l.fund_id IS NOT NULL`,
    [runNo],
  );
  const named = new Map(rows.map((row) => [row.lineNo, row]));
  return (await readCounterLines(connection, runNo)).map(({ lineNo, recipientId, amount, stage, happenedOn }) => ({
    lineNo,
    recipientId,
    name: named.get(lineNo)?.name ?? "",
    months: named.get(lineNo)?.months ?? [],
    amount,
    stage,
    receiptNumber: counterReceiptNumber(runNo, lineNo),
    happenedOn,
    protected: named.get(lineNo)?.protected ?? true,
  }));
}
