/**
 * 振込結果の様式 as data: a bank's own CSV or fixed-length file becomes the same plain rows as the generic CSV. There is no standard for
 * returns of 総合振込; every bank has its own list (portal CSV, 120-byte echo), so the city describes it (setting `resultLayouts`).
 */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { parse } from "csv-parse/sync";
import { z } from "zod";

import type { BankResults, ReturnedTransfer } from "./bank-results.ts";
import type { PaymentRefusalCode } from "./refusals.ts";

/** What a layout must place; the rest of a row is kept as it came, without the holder's name. */
const FIELDS = ["bank", "branch", "account", "amount", "reason", "customer1", "customer2"] as const;
type Field = (typeof FIELDS)[number];

const column = z.union([z.string().min(1).max(40), z.int().min(0).max(200)]);
const place = z.strictObject({ at: z.int().min(0).max(2000), length: z.int().min(1).max(200) });

const common = {
  name: z.string().min(1).max(40),
  encoding: z.enum(["utf-8", "shift_jis"]),
  /** Codes of the bank → words; a code that is not here is kept as it is */
  reasons: z.record(z.string().max(20), z.string().max(40)).optional(),
  /** Codes that mean "credited": such rows are no returns */
  creditedCodes: z.array(z.string().max(20)).optional(),
};

/** One layout. `csv`: columns by heading or by position (0 is the first). `fixed`: bytes of records of one length. */
export const resultLayout = z.discriminatedUnion("format", [
  z.strictObject({
    ...common,
    format: z.literal("csv"),
    delimiter: z.enum([",", "\t", ";"]),
    /** Lines before the first row, the last of them the heading where columns are named */
    headingLines: z.int().min(0).max(20),
    columns: z.strictObject({
      bank: column,
      branch: column,
      account: column,
      amount: column,
      reason: column,
      customer1: column.optional(),
      customer2: column.optional(),
    }),
  }),
  z.strictObject({
    ...common,
    format: z.literal("fixed"),
    recordLength: z.int().min(20).max(2000),
    /** First byte of the records that count (全銀: `2`) */
    dataMark: z.string().length(1),
    columns: z.strictObject({
      bank: place,
      branch: place,
      account: place,
      amount: place,
      reason: place,
      customer1: place.optional(),
      customer2: place.optional(),
    }),
  }),
]);
export type ResultLayout = z.infer<typeof resultLayout>;

/** What the bank's paper or screen says of the whole file: a bank's own layout carries no totals that could be trusted. */
export type StatedTotals = { readonly acceptedCount: number; readonly acceptedAmount: number };

function refuse(layout: ResultLayout, message: string, row?: number): never {
  throw new Refusal<PaymentRefusalCode>(
    "resultMismatch",
    `振込結果を様式「${layout.name}」で取り込めません。${message}何も取り込んでいません。ファイルか様式の設定を確かめてください。`,
    row === undefined ? {} : { row },
  );
}

type Cells = Readonly<Partial<Record<Field, string>>>;

function decode(bytes: Uint8Array, layout: ResultLayout): string {
  try {
    return new TextDecoder(layout.encoding, { fatal: true }).decode(bytes);
  } catch {
    return refuse(layout, `文字コードが ${layout.encoding} ではありません。`);
  }
}

function* csvCells(bytes: Uint8Array, layout: Extract<ResultLayout, { format: "csv" }>): Generator<Cells> {
  let rows: string[][];
  try {
    rows = parse(decode(bytes, layout), {
      bom: true,
      delimiter: layout.delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch {
    refuse(layout, "CSV として読めません（引用符が閉じていない、など）。");
  }
  const heading = layout.headingLines === 0 ? [] : (rows[layout.headingLines - 1] ?? []);
  const at = (wanted: string | number | undefined): number | undefined => {
    if (wanted === undefined || typeof wanted === "number") return wanted;
    const found = heading.findIndex((cell) => cell.trim() === wanted);
    return found < 0 ? refuse(layout, `項目「${wanted}」が見出しにありません。`) : found;
  };
  const places = FIELDS.map((field) => [field, at(layout.columns[field])] as const);
  for (const cells of rows.slice(layout.headingLines)) {
    yield Object.fromEntries(
      places.flatMap(([field, index]) => (index === undefined ? [] : [[field, (cells[index] ?? "").trim()]])),
    );
  }
}

function* fixedCells(bytes: Uint8Array, layout: Extract<ResultLayout, { format: "fixed" }>): Generator<Cells> {
  const buffer = Buffer.from(bytes.filter((byte) => byte !== 0x0d && byte !== 0x0a));
  if (buffer.length === 0 || buffer.length % layout.recordLength !== 0) {
    refuse(layout, `長さが ${layout.recordLength} バイトの倍数ではありません。途中で切れている可能性があります。`);
  }
  for (let start = 0; start < buffer.length; start += layout.recordLength) {
    const record = buffer.subarray(start, start + layout.recordLength);
    if (record.toString("latin1", 0, 1) !== layout.dataMark) continue;
    yield Object.fromEntries(
      FIELDS.flatMap((field) => {
        const where = layout.columns[field];
        if (where === undefined) return [];
        return [[field, decode(record.subarray(where.at, where.at + where.length), layout).trim()]];
      }),
    );
  }
}

function toReturn(cells: Cells, layout: ResultLayout, row: number): ReturnedTransfer | undefined {
  const code = cells.reason ?? "";
  if (layout.creditedCodes?.includes(code) === true) return undefined;
  const amount = (cells.amount ?? "").replaceAll(",", "");
  if (!/^\d{1,12}$/.test(amount))
    refuse(layout, `${row}件目の金額「${amount.slice(0, 20)}」が数字ではありません。`, row);
  if (!/^\d{4}$/.test(cells.bank ?? "") || !/^\d{3}$/.test(cells.branch ?? "")) {
    refuse(layout, `${row}件目の金融機関または支店の符号が数字ではありません。`, row);
  }
  if (!/^\d{1,7}$/.test(cells.account ?? "")) refuse(layout, `${row}件目の口座番号が数字ではありません。`, row);
  return {
    customer1: cells.customer1 ?? "",
    customer2: cells.customer2 ?? "",
    bank: cells.bank ?? "",
    branch: cells.branch ?? "",
    account: cells.account ?? "",
    amount: Number(amount),
    reason: layout.reasons?.[code] ?? code,
    raw: { ...cells },
  };
}

/**
 * Reads a file of a bank's own layout. Rows with a code of `creditedCodes` are no returns.
 *
 * @throws Refusal `resultMismatch` with the row
 */
export function readResults(bytes: Uint8Array, layout: ResultLayout, stated: StatedTotals): BankResults {
  const cells = layout.format === "csv" ? csvCells(bytes, layout) : fixedCells(bytes, layout);
  const returned: ReturnedTransfer[] = [];
  let row = 0;
  for (const each of cells) {
    row += 1;
    const found = toReturn(each, layout, row);
    if (found !== undefined) returned.push(found);
  }
  return {
    ...stated,
    returnedCount: returned.length,
    returnedAmount: returned.reduce((sum, { amount }) => sum + amount, 0),
    returned,
  };
}
