import { accepted, type BankProblemCode, bankProblem, type BankResult, refused } from "./problem.ts";
import type { DecodedTransferFile } from "./decode.ts";
import type { TransferClient, TransferFile, TransferItem, TransferTotals } from "./transfer.ts";
import { TRANSFER_KINDS } from "./zengin-fields.ts";

/**
 * `transfer.json` → {@link TransferFile}. Only the shape is checked here (which keys, texts or numbers); what the values
 * may be is the writer's business. An unknown key is refused: a misspelt `customer1` must not become ten zeros.
 */

type Json = Readonly<Record<string, unknown>>;

const CLIENT_KEYS = [
  "code",
  "name",
  "date",
  "bank",
  "bankName",
  "branch",
  "branchName",
  "accountType",
  "account",
] as const;
const ITEM_KEYS = ["bank", "bankName", "branch", "branchName", "accountType", "account", "holder", "newCode"] as const;
const OPTIONAL_ITEM_KEYS = ["customer1", "customer2", "edi", "transferCode"] as const;
/** 金融機関名・店舗名 may be blank in the format, so they may be left out. */
const MAY_BE_ABSENT: readonly string[] = ["bankName", "branchName"];

/** Internal: carries the first problem out of nested readers; never leaves this file. */
class ShapeError extends Error {
  readonly code: BankProblemCode;
  readonly record: number | null;
  readonly field: string;
  constructor(message: string, record: number | null, field: string, code: BankProblemCode = "shape") {
    super(message);
    this.code = code;
    this.record = record;
    this.field = field;
  }
}

function object(value: unknown, keys: readonly string[], record: number | null, field: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError(`${field}はオブジェクト({…})で書いてください。`, record, field);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new ShapeError(`「${unknown}」という項目はありません。項目名を確かめてください。`, record, unknown);
  }
  return value as Json;
}

function text(source: Json, key: string, record: number | null, prefix: string): string {
  const value = source[key];
  if (value === undefined && MAY_BE_ABSENT.includes(key)) return "";
  if (typeof value === "string") return value;
  const found = value === undefined ? "がありません" : "が文字列ではありません";
  throw new ShapeError(`項目「${prefix}${key}」${found}。引用符で囲んだ文字列で書いてください。`, record, prefix + key);
}

function amount(source: Json, key: string, record: number | null, prefix: string): number {
  const value = source[key];
  if (typeof value === "number") return value;
  const found = value === undefined ? "がありません" : "が数値ではありません";
  throw new ShapeError(
    `項目「${prefix}${key}」${found}。引用符のない整数で書いてください。`,
    record,
    prefix + key,
    "shape",
  );
}

function readClient(value: unknown): TransferClient {
  const source = object(value, CLIENT_KEYS, 1, "client");
  const entries = CLIENT_KEYS.map((key) => [key, text(source, key, 1, "client.")] as const);
  return Object.fromEntries(entries) as unknown as TransferClient;
}

function readItem(value: unknown, index: number): TransferItem {
  const record = index + 2;
  const source = object(value, [...ITEM_KEYS, ...OPTIONAL_ITEM_KEYS, "amount"], record, "items");
  const entries: [string, string | number][] = ITEM_KEYS.map((key) => [key, text(source, key, record, "")]);
  for (const key of OPTIONAL_ITEM_KEYS) {
    if (source[key] !== undefined) entries.push([key, text(source, key, record, "")]);
  }
  entries.push(["amount", amount(source, "amount", record, "")]);
  return Object.fromEntries(entries) as unknown as TransferItem;
}

function readTrailer(value: unknown): TransferTotals {
  const source = object(value, ["count", "amount"], null, "trailer");
  return { count: amount(source, "count", null, "trailer."), amount: amount(source, "amount", null, "trailer.") };
}

function checkTrailer(trailer: TransferTotals, items: readonly TransferItem[]): void {
  const sum = items.reduce((total, item) => total + item.amount, 0);
  if (trailer.count !== items.length) {
    const message = `trailerの件数${trailer.count}が明細の${items.length}件と一致しません。明細を確かめてください。`;
    throw new ShapeError(message, null, "trailer.count", "trailer-count");
  }
  if (trailer.amount !== sum) {
    const message = `trailerの金額${trailer.amount}円が明細の合計${sum}円と一致しません。明細を確かめてください。`;
    throw new ShapeError(message, null, "trailer.amount", "trailer-amount");
  }
}

/**
 * Reads the text of `transfer.json`. A `trailer`, as the reader writes it, may be there and must then be right.
 *
 * @returns the file, or `not-json`, `shape`, `trailer-count`, `trailer-amount`
 */
export function parseTransferJson(json: string): BankResult<TransferFile> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return refused(bankProblem("not-json", "入力がJSONとして読めません。transfer.jsonの形式を確かめてください。"));
  }
  try {
    const source = object(value, ["kind", "client", "items", "trailer"], null, "transfer");
    const kind = TRANSFER_KINDS.find((each) => each === source["kind"]);
    if (kind === undefined) throw new ShapeError('kindは"21"(総合振込)か"11"(給与振込)で書いてください。', 1, "kind");
    if (!Array.isArray(source["items"]))
      throw new ShapeError("itemsは明細の配列([…])で書いてください。", null, "items");
    const client = readClient(source["client"]);
    const items = source["items"].map((item: unknown, index) => readItem(item, index));
    if (source["trailer"] !== undefined) checkTrailer(readTrailer(source["trailer"]), items);
    return accepted({ kind, client, items });
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return refused(bankProblem(error.code, error.message, error.record, error.field));
  }
}

/** The text of `transfer.json` for a file that was read, with its `trailer`, ending in a line end. */
export function formatTransferJson(file: DecodedTransferFile): string {
  const { kind, client, items, trailer } = file;
  return `${JSON.stringify({ kind, client, items, trailer }, null, 2)}\n`;
}
