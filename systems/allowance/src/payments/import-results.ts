/** 結果反映: each returned transfer finds exactly one line; its money leaves "paid" and waits for a person's word. */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { createHash } from "node:crypto";

import type { Context } from "../context.ts";
import { openJournal } from "../ledger/journal.ts";
import { findSetting } from "../settings.ts";
import { bookAdvances } from "./counter/cash-book.ts";
import { parseBankResults } from "./bank-results.ts";
import type { BankResults, ReturnedTransfer } from "./bank-results.ts";
import { customerCodes } from "./freeze-run.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { readResults } from "./result-layouts.ts";
import type { StatedTotals } from "./result-layouts.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

export type ImportedResults = {
  readonly accepted: number;
  readonly returned: number;
  readonly returnedAmount: number;
  readonly unmatched: number;
};

type Line = {
  readonly line_no: number;
  readonly recipient_id: number;
  readonly to_child: boolean;
  readonly amount: number;
  readonly bank: string;
  readonly branch: string;
  readonly account_number: string;
};

/** The line a returned transfer belongs to: by both customer codes, and everything else must agree with it. */
function matchLine(row: ReturnedTransfer, lines: ReadonlyMap<string, Line>): Line | undefined {
  const line = lines.get(`${row.customer1}${row.customer2}`);
  if (line === undefined) return undefined;
  const same =
    line.amount === row.amount &&
    line.bank === row.bank &&
    line.branch === row.branch &&
    line.account_number === row.account.padStart(7, "0");
  return same ? line : undefined;
}

/** A row without customer codes: the one line of the run with its bank, branch, account and amount; two such lines are no line. */
function matchByAccount(row: ReturnedTransfer, lines: readonly Line[]): Line | undefined {
  const found = lines.filter(
    (line) =>
      line.amount === row.amount &&
      line.bank === row.bank &&
      line.branch === row.branch &&
      line.account_number === row.account.padStart(7, "0"),
  );
  return found.length === 1 ? found[0] : undefined;
}

export type ImportRequest = StageRequest & {
  readonly bytes: Uint8Array;
  /** The bank's own layout (name in the setting `resultLayouts`) and what its paper says of the whole file; absent: the generic CSV */
  readonly own?: { readonly layout: string } & StatedTotals;
};

async function readFile(context: Context, { bytes, own }: ImportRequest): Promise<BankResults> {
  if (own === undefined) return parseBankResults(bytes);
  const layouts = (await findSetting(context.pool, "resultLayouts", context.today)) ?? [];
  const layout = layouts.find(({ name }) => name === own.layout);
  if (layout === undefined) {
    throw new Refusal<PaymentRefusalCode>(
      "settingMissing",
      `振込結果の様式「${own.layout.slice(0, 40)}」は登録されていません。設定「resultLayouts」を二人で登録してください。何も取り込んでいません。`,
    );
  }
  const { acceptedCount, acceptedAmount } = own;
  return readResults(bytes, layout, { acceptedCount, acceptedAmount });
}

/**
 * Imports the bank's result file of a run. What the bank says it accepted must be what was sent, to the yen. A row that
 * fits no line is kept and stops the closing of the run until two people have dealt with it (M19).
 *
 * @throws Refusal `resultMismatch` (unreadable, other totals, the same file or line twice), `wrongState`
 */
export async function importResults(context: Context, request: ImportRequest): Promise<CommandResult<ImportedResults>> {
  const results = await readFile(context, request);
  const sha256 = createHash("sha256").update(request.bytes).digest("hex");
  const content = { key: request.key, runNo: request.runNo, sha256 };
  return await runStage(context, "settle", content, "settled", async (client, run) => {
    if (results.acceptedCount !== run.lineCount || results.acceptedAmount !== run.total) {
      throw new Refusal<PaymentRefusalCode>(
        "resultMismatch",
        `銀行が受け付けた ${results.acceptedCount}件 ${results.acceptedAmount}円 が、支払処理 ${run.runNo} の ${run.lineCount}件 ${run.total}円 と違います。別の支払処理の結果でないか確かめてください。何も取り込んでいません。`,
        { runNo: run.runNo },
      );
    }
    const { rows: lines } = await client.query<Line>(
      `SELECT line_no, recipient_id, payee_child IS NOT NULL AS to_child, amount, bank, branch, account_number FROM allowance.run_line WHERE run_no = $1 AND (recipient_id = ANY ($2) OR account_number = ANY ($3))`,
      [
        run.runNo,
        results.returned.map((row) => Number(row.customer1)),
        results.returned.filter(({ customer1 }) => customer1 === "").map(({ account }) => account.padStart(7, "0")),
      ],
    );
    const byCode = new Map(
      lines.map((line) => {
        const of = { recipientId: line.recipient_id, lineNo: line.line_no, toChild: line.to_child };
        const codes = customerCodes(of, run.runNo, run.paymentMonth);
        return [`${codes.customer1 ?? ""}${codes.customer2 ?? ""}`, line] as const;
      }),
    );
    const matched = results.returned.map((row) =>
      row.customer1 === "" ? matchByAccount(row, lines) : matchLine(row, byCode),
    );
    const unmatched = matched.filter((line) => line === undefined).length;
    const { rows } = await client.query<{ result_id: number }>(
      `INSERT INTO allowance.result_file (run_no, sha256, accepted_count, accepted_amount, returned_count, returned_amount, unmatched_count, imported_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING result_id`,
      [
        run.runNo,
        sha256,
        results.acceptedCount,
        results.acceptedAmount,
        results.returnedCount,
        results.returnedAmount,
        unmatched,
        context.operator,
      ],
    );
    crashPoint("payment.settle.file");
    for (const [index, row] of results.returned.entries()) {
      await client.query(
        `INSERT INTO allowance.result_row (result_id, row_no, run_no, line_no, amount, reason, raw) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          rows[0]?.result_id,
          index + 1,
          run.runNo,
          matched[index]?.line_no ?? null,
          row.amount,
          row.reason,
          JSON.stringify(row.raw),
        ],
      );
    }
    const back = matched.filter((line) => line !== undefined);
    if (back.length > 0) {
      const total = back.reduce((sum, line) => sum + line.amount, 0);
      const journal = await openJournal(client, {
        kind: "return",
        runNo: run.runNo,
        commandKey: request.key,
        occurredOn: context.today,
        count: back.length,
        total,
      });
      await client.query(
        `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, run_no, line_no, amount)
         SELECT $1, 'bank', 'returned', l.recipient_id, l.run_no, l.line_no, l.amount
         FROM allowance.run_line l JOIN allowance.result_row r USING (run_no, line_no) WHERE l.run_no = $2`,
        [journal, run.runNo],
      );
    }
    await bookAdvances(client, run.runNo, context.operator, run.payOn);
    crashPoint("payment.settle.returned");
    const result = {
      accepted: run.lineCount - back.length,
      returned: back.length,
      returnedAmount: results.returnedAmount,
      unmatched,
    };
    return { result, note: `返戻 ${results.returnedCount}件 ${results.returnedAmount}円` };
  });
}
