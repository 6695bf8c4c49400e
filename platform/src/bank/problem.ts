/**
 * What can be wrong with a bank file, a payee name or a ゆうちょ 記号番号: one closed set of codes for machines and one
 * Japanese sentence for people. Nothing in this folder throws for bad input; it answers with a {@link BankProblem}.
 */

/** The words a receiving bank uses for the same finding (エラー種別). `null` where the finding concerns the file, not a line. */
export type BankErrorFamily =
  | "規定外文字あり"
  | "カナ氏名異常"
  | "金融機関コード異常"
  | "店番数値異常"
  | "店番異常"
  | "店舗統廃合"
  | "科目異常"
  | "口座番号異常"
  | "金額異常"
  | "金額0円"
  | "新規コード異常";

/** Every code, with the receiving bank's family. The compiler checks that no code is without a line here. */
const FAMILY = {
  // The input as a whole
  "not-json": null,
  shape: null,
  "no-items": null,
  "count-limit": null,
  "total-limit": null,
  digest: null,
  // The file as bytes
  bom: null,
  ebcdic: null,
  length: null,
  "line-end": null,
  "record-order": null,
  "record-kind": null,
  reserved: null,
  "trailer-count": null,
  "trailer-amount": null,
  // Characters
  character: "規定外文字あり",
  mark: "規定外文字あり",
  spacing: "カナ氏名異常",
  blank: "カナ氏名異常",
  numeric: null,
  // Fields
  date: null,
  "client-code": null,
  "bank-code": "金融機関コード異常",
  "branch-code": "店番数値異常",
  "test-bank": "金融機関コード異常",
  "account-type": "科目異常",
  account: "口座番号異常",
  amount: "金額異常",
  "amount-zero": "金額0円",
  "new-code": "新規コード異常",
  customer: null,
  "transfer-code": null,
  // Master on the day
  "unknown-bank": "金融機関コード異常",
  "unknown-branch": "店番異常",
  "branch-closed": "店舗統廃合",
  // ゆうちょ 記号番号
  "yucho-symbol": null,
  "yucho-number": null,
} as const satisfies Record<string, BankErrorFamily | null>;

/** Closed set of machine codes. */
export type BankProblemCode = keyof typeof FAMILY;

/** One finding. `record` counts records of the file from 1 (header = 1, first payment line = 2); `null` = the whole file. */
export interface BankProblem {
  readonly code: BankProblemCode;
  /** Japanese: what was tried, what is wrong, what to do. */
  readonly message: string;
  readonly record: number | null;
  /** Name of the field as in `transfer.json` (`holder`, `client.date`, `trailer.count` …); `null` = no single field. */
  readonly field: string | null;
  readonly family: BankErrorFamily | null;
}

/** Either the whole answer or one problem, never half of an answer. */
export type BankResult<T, P extends BankProblem = BankProblem> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: P };

/** Builds a problem; the family follows from the code. */
export function bankProblem(
  code: BankProblemCode,
  message: string,
  record: number | null = null,
  field: string | null = null,
): BankProblem {
  return { code, message, record, field, family: FAMILY[code] };
}

/** A refused answer. */
export function refused<P extends BankProblem>(problem: P): { readonly ok: false; readonly problem: P } {
  return { ok: false, problem };
}

/** An accepted answer. */
export function accepted<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** All codes, for documents and for tests that go through the whole set. */
export const BANK_PROBLEM_CODES: readonly BankProblemCode[] = Object.keys(FAMILY) as BankProblemCode[];
