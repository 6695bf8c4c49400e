import {
  checkAccount,
  checkBankCode,
  checkBranchCode,
  checkTransferDay,
  codeFaults,
  type Fault,
  isDigits,
  plainAccount,
} from "./checks.ts";
import { CUT, cutWarning, kanaProblem, type KanaOptions, type KanaRules, kanaRules, writeKana } from "./kana.ts";
import { halfWidthText, SPACE } from "./kana-table.ts";
import { accepted, type BankProblem, bankProblem, type BankResult, refused } from "./problem.ts";
import type {
  TransferClient,
  TransferFile,
  TransferItem,
  TransferOptions,
  TransferTotals,
  WrittenLineEnd,
} from "./transfer.ts";
import {
  DATA_11,
  DATA_21,
  END,
  type FieldLayout,
  HEADER,
  MAX_ITEMS,
  MAX_TOTAL,
  RECORD_LENGTH,
  TRAILER,
  type TransferKind,
} from "./zengin-fields.ts";

/**
 * Writes a 全銀 transfer file. A pure function of its arguments: no clock, no time zone, no locale; the same input gives
 * the same bytes. One buffer of the exact size of the file is filled in place, so 240,000 lines need 29 MB and no more.
 */
export interface EncodeOptions extends TransferOptions {
  /** `none` by default. */
  readonly lineEnd?: WrittenLineEnd;
}

/** A name that was cut and must be looked at before the file is released. */
export interface EncodeWarning {
  readonly code: "truncated";
  readonly message: string;
  readonly record: number;
  readonly field: string;
}

/** The whole file with its control totals. */
export interface EncodedTransferFile extends TransferTotals {
  readonly bytes: Buffer;
  readonly warnings: readonly EncodeWarning[];
}

const ZERO = 0x30;

/** Everything one run of the writer carries along. */
interface Writer {
  readonly target: Buffer;
  readonly kind: TransferKind;
  readonly options: EncodeOptions;
  readonly name: KanaOptions;
  readonly nameRules: KanaRules;
  readonly bankRules: KanaRules;
  readonly ediRules: KanaRules;
  readonly warnings: EncodeWarning[];
}

function bankOptions(kind: TransferKind): KanaOptions {
  return { kind, field: "bank" };
}

function ediOptions(kind: TransferKind): KanaOptions {
  return { kind, field: "edi" };
}

/** Digits, right-aligned over zeros. The caller has checked that they are digits and fit. */
function putDigits(target: Buffer, record: number, layout: FieldLayout, digits: string): void {
  const from = record + layout.offset;
  const pad = layout.length - digits.length;
  for (let at = 0; at < pad; at += 1) target[from + at] = ZERO;
  for (let at = 0; at < digits.length; at += 1) target[from + pad + at] = digits.charCodeAt(at);
}

/** A whole number below 10^15, right-aligned over zeros. */
function putNumber(target: Buffer, record: number, layout: FieldLayout, value: number): void {
  let rest = value;
  for (let at = record + layout.offset + layout.length - 1; at >= record + layout.offset; at -= 1) {
    const next = Math.floor(rest / 10);
    target[at] = ZERO + (rest - next * 10);
    rest = next;
  }
}

/** Kana into a field; a problem stops the file, a cut name becomes a warning. `number` counts records from 1. */
function putKana(
  writer: Writer,
  record: number,
  layout: FieldLayout,
  text: string,
  rules: KanaRules,
  options: KanaOptions,
  number: number,
  field: string,
): BankProblem | null {
  const from = record + layout.offset;
  const written = writeKana(text, rules, writer.target, from, layout.length);
  if (written < 0) {
    const problem = kanaProblem(text, -written - 1, options);
    return bankProblem(problem.code, `${number}レコード目の${layout.item}: ${problem.message}`, number, field);
  }
  if ((written & CUT) !== 0) {
    const shown = halfWidthText(writer.target, from, from + (written & ~CUT));
    writer.warnings.push({ ...cutWarning(layout.length, shown), record: number, field });
  }
  return null;
}

/** The problem that a fault is, at its place in the file. */
function located(fault: Fault, record: number, field: string): BankProblem {
  return bankProblem(fault.code, `${record}レコード目: ${fault.message}`, record, field);
}

function putHeader(writer: Writer, client: TransferClient): BankProblem | null {
  const { target, options } = writer;
  const checks: readonly (readonly [Fault | null, string])[] = [
    [isDigits(client.code, 1, 10) ? null : CLIENT_CODE, "client.code"],
    [checkTransferDay(client.date), "client.date"],
    [checkBankCode(client.bank, options), "client.bank"],
    [checkBranchCode(client.branch, options), "client.branch"],
    [["1", "2", "9", "", " "].includes(client.accountType) ? null : CLIENT_ACCOUNT_TYPE, "client.accountType"],
    [client.account.trim() === "" ? null : checkAccount(client.account), "client.account"],
  ];
  for (const [fault, field] of checks) if (fault !== null) return located(fault, 1, field);
  if (client.name.trim() === "") return located(CLIENT_NAME, 1, "client.name");
  target[0] = 0x31;
  putDigits(target, 0, HEADER.kind, writer.kind);
  target[HEADER.characterCode.offset] = ZERO;
  putDigits(target, 0, HEADER.code, client.code);
  putDigits(target, 0, HEADER.date, client.date);
  putDigits(target, 0, HEADER.bank, client.bank);
  putDigits(target, 0, HEADER.branch, client.branch);
  if (client.accountType.trim() !== "") putDigits(target, 0, HEADER.accountType, client.accountType);
  if (client.account.trim() !== "") putDigits(target, 0, HEADER.account, plainAccount(client.account));
  const bank = bankOptions(writer.kind);
  return (
    putKana(writer, 0, HEADER.name, client.name, writer.nameRules, writer.name, 1, "client.name") ??
    putKana(writer, 0, HEADER.bankName, client.bankName, writer.bankRules, bank, 1, "client.bankName") ??
    putKana(writer, 0, HEADER.branchName, client.branchName, writer.bankRules, bank, 1, "client.branchName")
  );
}

const CLIENT_CODE: Fault = {
  code: "client-code",
  message: "振込依頼人コードは10桁以内の数字です。銀行から届いた番号を設定してください。",
};
const CLIENT_ACCOUNT_TYPE: Fault = { code: "account-type", message: "振込依頼人の預金種目は1・2・9のどれかです。" };
const CLIENT_NAME: Fault = { code: "blank", message: "振込依頼人名がありません。カナで設定してください。" };
const HOLDER: Fault = { code: "blank", message: "受取人名がありません。通帳の名義をカナで入力してください。" };

function putItem(writer: Writer, record: number, item: TransferItem, number: number): BankProblem | null {
  const { target, kind } = writer;
  const fault = codeFaults(item, kind, writer.options)[0];
  if (fault !== undefined) return located(fault, number, fault.field);
  target[record] = 0x32;
  putDigits(target, record, DATA_21.bank, item.bank);
  putDigits(target, record, DATA_21.branch, item.branch);
  putDigits(target, record, DATA_21.clearingHouse, "");
  putDigits(target, record, DATA_21.accountType, item.accountType);
  putDigits(target, record, DATA_21.account, plainAccount(item.account));
  putNumber(target, record, DATA_21.amount, item.amount);
  if (item.newCode !== "") target[record + DATA_21.newCode.offset] = item.newCode.charCodeAt(0);
  let problem: BankProblem | null = null;
  const bank = bankOptions;
  if (item.bankName !== "") {
    problem = putKana(
      writer,
      record,
      DATA_21.bankName,
      item.bankName,
      writer.bankRules,
      bank(kind),
      number,
      "bankName",
    );
  }
  if (item.branchName !== "") {
    problem ??= putKana(
      writer,
      record,
      DATA_21.branchName,
      item.branchName,
      writer.bankRules,
      bank(kind),
      number,
      "branchName",
    );
  }
  problem ??= putKana(writer, record, DATA_21.holder, item.holder, writer.nameRules, writer.name, number, "holder");
  if (problem !== null) return problem;
  if (target[record + DATA_21.holder.offset] === SPACE) return located(HOLDER, number, "holder");
  return kind === "21" ? putTail21(writer, record, item, number) : putTail11(writer, record, item);
}

function putTail21(writer: Writer, record: number, item: TransferItem, number: number): BankProblem | null {
  const { target } = writer;
  target[record + DATA_21.transferCode.offset] = (item.transferCode ?? "7").charCodeAt(0);
  if (item.edi !== undefined) {
    target[record + DATA_21.ediMark.offset] = 0x59;
    return putKana(writer, record, DATA_21.edi, item.edi, writer.ediRules, ediOptions("21"), number, "edi");
  }
  putDigits(target, record, DATA_21.customer1, item.customer1 ?? "");
  putDigits(target, record, DATA_21.customer2, item.customer2 ?? "");
  return null;
}

function putTail11(writer: Writer, record: number, item: TransferItem): null {
  putDigits(writer.target, record, DATA_11.customer1, item.customer1 ?? "");
  putDigits(writer.target, record, DATA_11.customer2, item.customer2 ?? "");
  return null;
}

/**
 * Writes the whole file: header, one record per item in the given order, trailer, end.
 *
 * @returns the bytes with 合計件数 and 合計金額 (yen) and the names that were cut, or the first problem and no bytes at
 * all. An empty list is refused: banks differ on what a file without payments means.
 */
export function encodeTransferFile(file: TransferFile, options: EncodeOptions = {}): BankResult<EncodedTransferFile> {
  const count = file.items.length;
  if (count === 0)
    return refused(bankProblem("no-items", "支払明細が1件もありません。明細を入れてから作成してください。"));
  if (count > MAX_ITEMS) {
    const message = `支払明細が${count}件あり、1ファイルの上限999,999件を超えます。ファイルを分けてください。`;
    return refused(bankProblem("count-limit", message, MAX_ITEMS + 2, "items"));
  }
  const crlf = options.lineEnd === "crlf";
  const stride = crlf ? RECORD_LENGTH + 2 : RECORD_LENGTH;
  const name: KanaOptions = { kind: file.kind, field: "name", wo: options.wo ?? "reject" };
  const writer: Writer = {
    target: Buffer.alloc((count + 3) * stride, SPACE),
    kind: file.kind,
    options,
    name,
    nameRules: kanaRules(name),
    bankRules: kanaRules(bankOptions(file.kind)),
    ediRules: kanaRules(ediOptions(file.kind)),
    warnings: [],
  };
  const headerProblem = putHeader(writer, file.client);
  if (headerProblem !== null) return refused(headerProblem);
  let amount = 0;
  let record = stride;
  let number = 2;
  for (const item of file.items) {
    const problem = putItem(writer, record, item, number);
    if (problem !== null) return refused(problem);
    amount += item.amount;
    record += stride;
    number += 1;
  }
  if (amount > MAX_TOTAL) {
    const message = `合計金額${amount}円が12桁を超えます。ファイルを分けてください。`;
    return refused(bankProblem("total-limit", message, number, "trailer.amount"));
  }
  const { target } = writer;
  target[record] = 0x38;
  putNumber(target, record, TRAILER.count, count);
  putNumber(target, record, TRAILER.amount, amount);
  target[record + stride + END.recordType.offset] = 0x39;
  if (crlf) {
    for (let at = RECORD_LENGTH; at < target.length; at += stride) {
      target[at] = 0x0d;
      target[at + 1] = 0x0a;
    }
  }
  return accepted({ bytes: target, count, amount, warnings: writer.warnings });
}
