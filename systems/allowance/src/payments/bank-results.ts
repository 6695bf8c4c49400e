/** Reading the bank's result notice (振込不能の通知): the generic CSV of `interfaces.md` 1.11 as plain rows. */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { parse } from "csv-parse/sync";

import type { PaymentRefusalCode } from "./refusals.ts";

/** One returned transfer (振込不能・組戻). */
export type ReturnedTransfer = {
  readonly customer1: string;
  readonly customer2: string;
  readonly bank: string;
  readonly branch: string;
  readonly account: string;
  readonly amount: number;
  readonly reason: string;
  /** The row as sent, for the record; without the holder's name */
  readonly raw: Readonly<Record<string, string>>;
};

export type BankResults = {
  readonly acceptedCount: number;
  readonly acceptedAmount: number;
  readonly returnedCount: number;
  readonly returnedAmount: number;
  readonly returned: readonly ReturnedTransfer[];
};

const HEADER = [
  "依頼日",
  "振込指定日",
  "銀行",
  "支店",
  "種目",
  "口座",
  "受取人名",
  "金額",
  "理由コード",
  "顧客コード1",
  "顧客コード2",
] as const;
const TOTAL = "#TOTAL";

function refuse(message: string, row?: number): never {
  throw new Refusal<PaymentRefusalCode>(
    "resultMismatch",
    `振込結果を取り込めません。${message}何も取り込んでいません。銀行から届いたファイルを確かめてください。`,
    row === undefined ? {} : { row },
  );
}

function yen(text: string | undefined, row: number): number {
  if (text === undefined || !/^\d{1,12}$/.test(text))
    refuse(`${row}行目の金額または件数「${(text ?? "").slice(0, 20)}」が数字ではありません。`, row);
  return Number(text);
}

function readRow(cells: readonly string[], row: number): ReturnedTransfer {
  if (cells.length !== HEADER.length)
    refuse(`${row}行目の項目が ${HEADER.length} 個ではなく ${cells.length} 個です。`, row);
  const raw: Record<string, string> = {};
  for (const [index, name] of HEADER.entries()) if (name !== "受取人名") raw[name] = (cells[index] ?? "").slice(0, 80);
  const [, , bank = "", branch = "", , account = "", , amount, reason = "", customer1 = "", customer2 = ""] = cells;
  if (!/^\d{10}$/.test(customer1) || !/^\d{10}$/.test(customer2))
    refuse(`${row}行目の顧客コードが10桁の数字ではありません。`, row);
  return { customer1, customer2, bank, branch, account, amount: yen(amount, row), reason, raw };
}

/**
 * Parses the CSV: heading, one row per returned transfer, and a last row `#TOTAL,受付件数,受付金額,返戻件数,返戻金額`. The
 * totals must agree with the rows; a truncated file has none and is refused.
 *
 * @throws Refusal `resultMismatch` with the row
 */
export function parseBankResults(bytes: Uint8Array): BankResults {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    refuse("文字コードが UTF-8 ではありません。");
  }
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch {
    refuse("CSV として読めません（引用符が閉じていない、など）。");
  }
  const heading = rows[0] ?? [];
  if (heading.join(",") !== HEADER.join(",")) refuse("1行目の項目名が決められたものと違います。", 1);
  const last = rows.at(-1) ?? [];
  if (last[0] !== TOTAL || last.length !== 5)
    refuse("最後の合計行（#TOTAL）がありません。ファイルが途中で切れている可能性があります。", rows.length);
  const [acceptedCount, acceptedAmount, returnedCount, returnedAmount] = last
    .slice(1)
    .map((cell) => yen(cell, rows.length));
  const returned = rows.slice(1, -1).map((cells, index) => readRow(cells, index + 2));
  const sum = returned.reduce((total, row) => total + row.amount, 0);
  if (returned.length !== returnedCount || sum !== returnedAmount) {
    refuse(
      `合計行の返戻 ${returnedCount}件 ${returnedAmount}円 が、明細 ${returned.length}件 ${sum}円 と合いません。`,
      rows.length,
    );
  }
  return {
    acceptedCount: acceptedCount ?? 0,
    acceptedAmount: acceptedAmount ?? 0,
    returnedCount,
    returnedAmount,
    returned,
  };
}
