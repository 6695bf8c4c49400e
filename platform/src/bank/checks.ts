import { toZenginKana } from "./kana.ts";
import { type BankProblem, type BankProblemCode, bankProblem } from "./problem.ts";
import type { TransferItem, TransferOptions } from "./transfer.ts";
import { ACCOUNT_TYPES, MAX_AMOUNT, type TransferKind } from "./zengin-fields.ts";

/**
 * The input checks that a receiving bank applies, as pure functions, applied before a file leaves the house. The same
 * functions serve the screen where an account is typed, the writer and the reader of transfer files.
 * Whether a bank and branch exist on the day of the transfer is asked in `checks-on-day.ts`.
 */
export interface Fault {
  readonly code: BankProblemCode;
  readonly message: string;
}

/** A fault of one field of a payment line. */
export interface ItemFault extends Fault {
  readonly field: keyof TransferItem;
}

/** Unassigned numbers that fixtures use: bank 9999 (of 99xx only 9900 exists) and branch 999. */
export const TEST_BANK = "9999";
export const TEST_BRANCH = "999";

function fault(code: BankProblemCode, message: string): Fault {
  return { code, message };
}

/** Whether `text` is `min` to `max` ASCII digits. A loop, not a pattern: it runs eight times per payment line. */
export function isDigits(text: string, min: number, max: number): boolean {
  if (text.length < min || text.length > max) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function isZeros(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) !== 0x30) return false;
  return true;
}

/** 金融機関コード: 4 digits, not 0000; 9999 only where test banks are allowed. */
export function checkBankCode(code: string, options: TransferOptions): Fault | null {
  if (!isDigits(code, 4, 4) || code === "0000") {
    return fault("bank-code", `金融機関コード「${code}」は使えません。0000以外の4桁の数字で入力してください。`);
  }
  if (code === TEST_BANK && options.allowTestBanks !== true) {
    return fault("test-bank", "金融機関コード9999は試験用です。実在の金融機関コードに直してください。");
  }
  return null;
}

/** 店番: 3 digits; 999 only where test banks are allowed. 000 is a real branch of some banks: the master decides. */
export function checkBranchCode(code: string, options: TransferOptions): Fault | null {
  if (!isDigits(code, 3, 3)) {
    return fault("branch-code", `支店コード「${code}」は使えません。3桁の数字で入力してください。`);
  }
  if (code === TEST_BRANCH && options.allowTestBanks !== true) {
    return fault("test-bank", "支店コード999は試験用です。実在の支店コードに直してください。");
  }
  return null;
}

/** 預金種目: one of the list for the 種別. */
export function checkAccountType(accountType: string, kind: TransferKind): Fault | null {
  const known = ACCOUNT_TYPES[kind];
  if (known.includes(accountType)) return null;
  return fault(
    "account-type",
    `預金種目「${accountType}」は種別${kind}では使えません。${known.join("・")}から選んでください。`,
  );
}

/** 口座番号 without hyphens. */
export function plainAccount(account: string): string {
  return account.includes("-") ? account.replaceAll("-", "") : account;
}

/** 口座番号: 1 to 7 digits after removing hyphens, not all zeros. */
export function checkAccount(account: string): Fault | null {
  const plain = plainAccount(account);
  if (!isDigits(plain, 1, 7)) {
    return fault("account", `口座番号「${account}」は使えません。7桁以内の数字で入力してください。`);
  }
  if (isZeros(plain)) return fault("account", "口座番号がすべて0です。通帳の口座番号を確認してください。");
  return null;
}

/** 振込金額 in yen: a whole number, 1 to 9,999,999,999. */
export function checkAmount(amount: number): Fault | null {
  if (amount === 0) return fault("amount-zero", "振込金額が0円です。支払のない明細を外してください。");
  if (!Number.isSafeInteger(amount) || amount < 0) {
    return fault("amount", `振込金額「${amount}」は1円以上の整数ではありません。支払額を確認してください。`);
  }
  if (amount > MAX_AMOUNT) return fault("amount", "振込金額が10桁を超えます。明細を分けてください。");
  return null;
}

/** 新規コード: 1 first transfer, 2 changed, 0 other, or a space. */
export function checkNewCode(newCode: string): Fault | null {
  if (newCode === "0" || newCode === "1" || newCode === "2" || newCode === "" || newCode === " ") return null;
  return fault("new-code", `新規コード「${newCode}」は使えません。1(初回)・2(変更)・0(その他)から選んでください。`);
}

/** 顧客コード, 社員番号, 所属コード: up to 10 digits. */
export function checkCustomer(code: string): Fault | null {
  if (isDigits(code, 0, 10)) return null;
  return fault("customer", `顧客コード「${code}」は使えません。10桁以内の数字で入力してください。`);
}

/** 振込指定区分: 7 テレ振込, 8 文書振込. */
export function checkTransferCode(code: string): Fault | null {
  if (code === "7" || code === "8") return null;
  return fault("transfer-code", `振込指定区分「${code}」は使えません。7(テレ振込)か8(文書振込)を選んでください。`);
}

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** 振込指定日 `MMDD`: a day of some year; 0229 is one, 0230 is none. The year is found in `transfer-date.ts`. */
export function checkTransferDay(date: string): Fault | null {
  if (isDigits(date, 4, 4)) {
    const day = Number(date.slice(2));
    if (day >= 1 && day <= (DAYS_OF_MONTH[Number(date.slice(0, 2)) - 1] ?? 0)) return null;
  }
  return fault("date", `振込指定日「${date}」は暦にありません。月日4桁(例 1210)で入力してください。`);
}

const NONE: readonly ItemFault[] = [];

/**
 * Every check of one payment line except its kana, in the order of the fields. Empty for a good line; nothing is
 * allocated then.
 */
export function codeFaults(item: TransferItem, kind: TransferKind, options: TransferOptions): readonly ItemFault[] {
  let faults: ItemFault[] | null = null;
  const note = (found: Fault | null, field: keyof TransferItem): void => {
    if (found !== null) (faults ??= []).push({ ...found, field });
  };
  note(checkBankCode(item.bank, options), "bank");
  note(checkBranchCode(item.branch, options), "branch");
  note(checkAccountType(item.accountType, kind), "accountType");
  note(checkAccount(item.account), "account");
  note(checkAmount(item.amount), "amount");
  note(checkNewCode(item.newCode), "newCode");
  if (item.customer1 !== undefined) note(checkCustomer(item.customer1), "customer1");
  if (item.customer2 !== undefined) note(checkCustomer(item.customer2), "customer2");
  if (item.transferCode !== undefined) note(checkTransferCode(item.transferCode), "transferCode");
  if (item.edi !== undefined && (kind === "11" || item.customer1 !== undefined || item.customer2 !== undefined)) {
    const reason = kind === "11" ? "給与振込にEDI情報はありません。" : "EDI情報と顧客コードは同時に書けません。";
    note(fault("customer", `${reason}どちらか一方にしてください。`), "edi");
  }
  return faults ?? NONE;
}

/**
 * Every finding of one payment line, all at once, as a pre-check list shows them: codes, amount, and the kana of the
 * payee, the bank and the branch. `record` is the line's place in the file (header = 1).
 */
export function checkItem(
  item: TransferItem,
  kind: TransferKind,
  options: TransferOptions = {},
  record: number | null = null,
): readonly BankProblem[] {
  const found = codeFaults(item, kind, options).map((each) => bankProblem(each.code, each.message, record, each.field));
  const wo = options.wo ?? "reject";
  const texts = [
    ["holder", item.holder, "name"],
    ["bankName", item.bankName, "bank"],
    ["branchName", item.branchName, "bank"],
  ] as const;
  for (const [field, text, className] of texts) {
    const kana = toZenginKana(text, { kind, field: className, wo });
    if (!kana.ok) found.push(bankProblem(kana.problem.code, kana.problem.message, record, field));
  }
  if (item.edi !== undefined) {
    const kana = toZenginKana(item.edi, { kind, field: "edi" });
    if (!kana.ok) found.push(bankProblem(kana.problem.code, kana.problem.message, record, "edi"));
  }
  return found;
}
