/**
 * The record layouts of the 全銀協 fixed-length transfer file as data (総合振込 種別 21, 給与振込 種別 11).
 *
 * Offsets are 0-based bytes, lengths are bytes. `N` = digits, right-aligned, padded left with `0`;
 * `C` = characters of JIS X 0201, left-aligned, padded right with a space.
 * Source: 全銀協規定フォーマット (record tables 2.1–2.5 of the 総合振込 and 給与振込 formats).
 */

/** 種別コード: `21` 総合振込, `11` 給与振込. */
export type TransferKind = "21" | "11";

/** Both kinds, in the order in which they are offered. */
export const TRANSFER_KINDS: readonly TransferKind[] = ["21", "11"];

/** Length of every record in bytes, line end not counted. */
export const RECORD_LENGTH = 120;

/** 合計件数 has 6 digits: at most this many payment lines. */
export const MAX_ITEMS = 999_999;

/** 振込金額 has 10 digits: at most this many yen in one line. */
export const MAX_AMOUNT = 9_999_999_999;

/** 合計金額 has 12 digits: at most this many yen in one file. */
export const MAX_TOTAL = 999_999_999_999;

/** One field of a record. */
export interface FieldLayout {
  /** 項目名 of the format. */
  readonly item: string;
  readonly offset: number;
  readonly length: number;
  readonly type: "N" | "C";
}

function field(item: string, offset: number, length: number, type: "N" | "C"): FieldLayout {
  return { item, offset, length, type };
}

/** ヘッダーレコード (データ区分 1), the same for both kinds. */
export const HEADER = {
  recordType: field("データ区分", 0, 1, "N"),
  kind: field("種別コード", 1, 2, "N"),
  characterCode: field("コード区分", 3, 1, "N"),
  code: field("振込依頼人コード", 4, 10, "N"),
  name: field("振込依頼人名", 14, 40, "C"),
  date: field("振込指定日", 54, 4, "N"),
  bank: field("仕向銀行番号", 58, 4, "N"),
  bankName: field("仕向銀行名", 62, 15, "C"),
  branch: field("仕向支店番号", 77, 3, "N"),
  branchName: field("仕向支店名", 80, 15, "C"),
  accountType: field("預金種目(依頼人)", 95, 1, "N"),
  account: field("口座番号(依頼人)", 96, 7, "N"),
  reserved: field("ダミー", 103, 17, "C"),
} as const;

/** The first 91 bytes of a データレコード (データ区分 2), the same for both kinds. */
const DATA_COMMON = {
  recordType: field("データ区分", 0, 1, "N"),
  bank: field("被仕向銀行番号", 1, 4, "N"),
  bankName: field("被仕向銀行名", 5, 15, "C"),
  branch: field("被仕向支店番号", 20, 3, "N"),
  branchName: field("被仕向支店名", 23, 15, "C"),
  clearingHouse: field("手形交換所番号", 38, 4, "N"),
  accountType: field("預金種目", 42, 1, "N"),
  account: field("口座番号", 43, 7, "N"),
  holder: field("受取人名", 50, 30, "C"),
  amount: field("振込金額", 80, 10, "N"),
  newCode: field("新規コード", 90, 1, "N"),
} as const;

/** 総合振込 データレコード (種別 21). `edi` replaces `customer1` and `customer2` when 識別表示 is `Y`. */
export const DATA_21 = {
  ...DATA_COMMON,
  customer1: field("顧客コード1", 91, 10, "N"),
  customer2: field("顧客コード2", 101, 10, "N"),
  edi: field("EDI情報", 91, 20, "C"),
  transferCode: field("振込指定区分", 111, 1, "N"),
  ediMark: field("識別表示", 112, 1, "C"),
  reserved: field("ダミー", 113, 7, "C"),
} as const;

/** 給与振込 データレコード (種別 11). 社員番号 and 所属コード stand where 21 has the two customer codes. */
export const DATA_11 = {
  ...DATA_COMMON,
  customer1: field("社員番号", 91, 10, "N"),
  customer2: field("所属コード", 101, 10, "N"),
  reserved: field("ダミー", 111, 9, "C"),
} as const;

/** トレーラレコード (データ区分 8). */
export const TRAILER = {
  recordType: field("データ区分", 0, 1, "N"),
  count: field("合計件数", 1, 6, "N"),
  amount: field("合計金額", 7, 12, "N"),
  reserved: field("ダミー", 19, 101, "C"),
} as const;

/** エンドレコード (データ区分 9). */
export const END = {
  recordType: field("データ区分", 0, 1, "N"),
  reserved: field("ダミー", 1, 119, "C"),
} as const;

/** 預金種目 that a payment line may carry: 1 普通, 2 当座, 4 貯蓄, 9 その他; 給与振込 takes 1 and 2 alone. */
export const ACCOUNT_TYPES: Readonly<Record<TransferKind, readonly string[]>> = {
  "21": ["1", "2", "4", "9"],
  "11": ["1", "2"],
};
