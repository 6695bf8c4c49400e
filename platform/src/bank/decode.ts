import { createHash } from "node:crypto";
import { checkAccount, checkBankCode, checkBranchCode, checkTransferDay, codeFaults } from "./checks.ts";
import { accepted, type BankProblem, bankProblem, type BankResult, refused } from "./problem.ts";
import { frameRecords, type ReadLineEnd } from "./records.ts";
import { RecordReader } from "./record-reader.ts";
import type { TransferClient, TransferFile, TransferItem, TransferOptions, TransferTotals } from "./transfer.ts";
import { DATA_11, DATA_21, END, HEADER, TRAILER, TRANSFER_KINDS, type TransferKind } from "./zengin-fields.ts";

/**
 * Reads a 全銀 transfer file. All or nothing: one wrong byte anywhere and no line is returned.
 *
 * The format carries no checksum over names and account numbers. A kana that became another kana, or a digit of an
 * account number that became another digit, is a valid file of other content; only the trailer guards the amounts. A
 * caller that knows the digest of the file it expects passes it as `sha256`, and then every change is refused.
 */
export interface DecodeOptions extends TransferOptions {
  /** SHA-256 of the expected file in hexadecimal. */
  readonly sha256?: string;
}

/** A file that was read whole. Codes are padded as in the file; names are in half width. */
export interface DecodedTransferFile extends TransferFile {
  readonly trailer: TransferTotals;
  readonly lineEnd: ReadLineEnd;
}

const RETRY = "元のファイルを取り直してください。";

/** The kind of the file, or why it is not one that is handled here. Looks at the first four bytes of the header. */
function readKind(bytes: Buffer): BankResult<TransferKind> {
  const text = bytes.toString("latin1", 0, 4);
  if (!text.startsWith("1")) {
    return refused(bankProblem("record-order", `1レコード目がヘッダー(データ区分1)ではありません。${RETRY}`, 1));
  }
  if (text[3] === "1") {
    const message = "コード区分1(EBCDIC)のファイルは読み込めません。コード区分0(JIS)で作り直してください。";
    return refused(bankProblem("ebcdic", message, 1, "characterCode"));
  }
  if (text[3] !== "0") {
    return refused(bankProblem("record-kind", `コード区分が0(JIS)ではありません。${RETRY}`, 1, "characterCode"));
  }
  const kind = TRANSFER_KINDS.find((each) => each === text.slice(1, 3));
  if (kind === undefined) {
    const message = "種別コードが21(総合振込)でも11(給与振込)でもありません。振込ファイルを選び直してください。";
    return refused(bankProblem("record-kind", message, 1, "kind"));
  }
  return accepted(kind);
}

function readClient(reader: RecordReader, options: DecodeOptions): TransferClient {
  const client: TransferClient = {
    code: reader.digits(HEADER.code, "client.code"),
    name: reader.kana(HEADER.name, "name", "client.name"),
    date: reader.digits(HEADER.date, "client.date"),
    bank: reader.digits(HEADER.bank, "client.bank"),
    bankName: reader.kana(HEADER.bankName, "bank", "client.bankName"),
    branch: reader.digits(HEADER.branch, "client.branch"),
    branchName: reader.kana(HEADER.branchName, "bank", "client.branchName"),
    accountType: reader.digitsOrBlank(HEADER.accountType, "client.accountType"),
    account: reader.digitsOrBlank(HEADER.account, "client.account"),
  };
  reader.reserved(HEADER.reserved);
  if (reader.problem !== null) return client;
  if (client.name === "") reader.refuse("blank", "振込依頼人名がありません。", "client.name");
  if (!["1", "2", "9", ""].includes(client.accountType)) {
    reader.refuse("account-type", "振込依頼人の預金種目が1・2・9のどれでもありません。", "client.accountType");
  }
  const checks = [
    [checkTransferDay(client.date), "client.date"],
    [checkBankCode(client.bank, options), "client.bank"],
    [checkBranchCode(client.branch, options), "client.branch"],
    [client.account === "" ? null : checkAccount(client.account), "client.account"],
  ] as const;
  for (const [fault, field] of checks) if (fault !== null) reader.refuse(fault.code, fault.message, field);
  return client;
}

function readItem(reader: RecordReader, kind: TransferKind, options: DecodeOptions): TransferItem {
  const common = {
    bank: reader.digits(DATA_21.bank, "bank"),
    bankName: reader.kana(DATA_21.bankName, "bank", "bankName"),
    branch: reader.digits(DATA_21.branch, "branch"),
    branchName: reader.kana(DATA_21.branchName, "bank", "branchName"),
    accountType: reader.digits(DATA_21.accountType, "accountType"),
    account: reader.digits(DATA_21.account, "account"),
    holder: reader.kana(DATA_21.holder, "name", "holder"),
    amount: Number(reader.digits(DATA_21.amount, "amount")),
    newCode: reader.digitsOrBlank(DATA_21.newCode, "newCode"),
  };
  if (reader.digits(DATA_21.clearingHouse, "clearingHouse") !== "0000") {
    reader.refuse("reserved", `手形交換所番号が0000ではありません。${RETRY}`, "clearingHouse");
  }
  const item: TransferItem = { ...common, ...(kind === "21" ? readTail21(reader) : readTail11(reader)) };
  if (reader.problem !== null) return item;
  if (item.holder === "") reader.refuse("blank", "受取人名がありません。", "holder");
  const fault = codeFaults(item, kind, options)[0];
  if (fault !== undefined) reader.refuse(fault.code, fault.message, fault.field);
  return item;
}

function readTail21(reader: RecordReader): Partial<TransferItem> {
  const transferCode = reader.digits(DATA_21.transferCode, "transferCode");
  reader.reserved(DATA_21.reserved);
  const mark = reader.byte(DATA_21.ediMark);
  if (mark === "Y") return { edi: reader.kana(DATA_21.edi, "edi", "edi"), transferCode };
  if (mark !== " ") reader.refuse("reserved", `識別表示が空白でもYでもありません。${RETRY}`, "edi");
  return {
    customer1: reader.digits(DATA_21.customer1, "customer1"),
    customer2: reader.digits(DATA_21.customer2, "customer2"),
    transferCode,
  };
}

function readTail11(reader: RecordReader): Partial<TransferItem> {
  reader.reserved(DATA_11.reserved);
  return {
    customer1: reader.digits(DATA_11.customer1, "customer1"),
    customer2: reader.digits(DATA_11.customer2, "customer2"),
  };
}

/** Header first, then payment lines, one trailer and one end: the record types in the order in which they stand. */
function orderProblem(bytes: Buffer, count: number, stride: number): BankProblem | null {
  for (let record = 0; record < count; record += 1) {
    const expected = record === 0 ? "1" : record === count - 1 ? "9" : record === count - 2 ? "8" : "2";
    const found = String.fromCharCode(bytes[record * stride] ?? 0);
    if (found === expected) continue;
    const message = `${record + 1}レコード目のデータ区分が${expected}ではありません。レコードの欠け・重複・順序を確かめ、${RETRY}`;
    return bankProblem("record-order", message, record + 1, "recordType");
  }
  if (count < 3) return bankProblem("record-order", `ヘッダー・トレーラ・エンドがそろっていません。${RETRY}`, count);
  if (count === 3) return bankProblem("no-items", `支払明細が1件もありません。${RETRY}`, 2);
  return null;
}

function readTrailer(reader: RecordReader, sum: TransferTotals): TransferTotals {
  const trailer = {
    count: Number(reader.digits(TRAILER.count, "trailer.count")),
    amount: Number(reader.digits(TRAILER.amount, "trailer.amount")),
  };
  reader.reserved(TRAILER.reserved);
  if (reader.problem === null && trailer.count !== sum.count) {
    reader.refuse(
      "trailer-count",
      `合計件数${trailer.count}件が明細の${sum.count}件と一致しません。${RETRY}`,
      "trailer.count",
    );
  }
  if (reader.problem === null && trailer.amount !== sum.amount) {
    const message = `合計金額${trailer.amount}円が明細の合計${sum.amount}円と一致しません。${RETRY}`;
    reader.refuse("trailer-amount", message, "trailer.amount");
  }
  return trailer;
}

/**
 * Reads `bytes` whole: records without line ends or with CR LF, LF or CR after each, and a 0x1A at the end if there is
 * one. Several headers in one file are refused.
 *
 * @returns the file, or the first problem with its record and field; never part of a file, and nothing is thrown.
 */
export function decodeTransferFile(bytes: Uint8Array, options: DecodeOptions = {}): BankResult<DecodedTransferFile> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    options.sha256 !== undefined &&
    createHash("sha256").update(data).digest("hex") !== options.sha256.toLowerCase()
  ) {
    const message = `ファイルのSHA-256が記録と一致しません。作成後に内容が変わっています。使わずに、${RETRY}`;
    return refused(bankProblem("digest", message));
  }
  const frame = frameRecords(data);
  if (!frame.ok) return frame;
  const { count, stride, lineEnd } = frame.value;
  const kind = readKind(data);
  if (!kind.ok) return kind;
  const order = orderProblem(data, count, stride);
  if (order !== null) return refused(order);

  const reader = new RecordReader(data, kind.value, options);
  reader.open(0, 1);
  const client = readClient(reader, options);
  const items: TransferItem[] = [];
  let amount = 0;
  for (let record = 1; record < count - 2 && reader.problem === null; record += 1) {
    reader.open(record * stride, record + 1);
    const item = readItem(reader, kind.value, options);
    items.push(item);
    amount += item.amount;
  }
  reader.open((count - 2) * stride, count - 1);
  const trailer =
    reader.problem === null ? readTrailer(reader, { count: items.length, amount }) : { count: 0, amount: 0 };
  reader.open((count - 1) * stride, count);
  if (reader.problem === null) reader.reserved(END.reserved);
  if (reader.problem !== null) return refused(reader.problem);
  return accepted({ kind: kind.value, client, items, trailer, lineEnd });
}
