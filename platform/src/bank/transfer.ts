import type { TransferKind } from "./zengin-fields.ts";

/**
 * A transfer file (振込ファイル) as plain data: the shape of `transfer.json`. Numbers that are codes are strings, because
 * a leading zero belongs to them; money is a whole number of yen.
 */

/** 振込依頼人 (the municipality) and the account the money comes from. */
export interface TransferClient {
  /** 振込依頼人コード, up to 10 digits, given by the bank. */
  readonly code: string;
  /** 振込依頼人名: kana in any width; written in half width, at most 40 bytes. */
  readonly name: string;
  /** 振込指定日 `MMDD`; the format has no year (see `transfer-date.ts`). */
  readonly date: string;
  /** 仕向銀行番号, 4 digits. */
  readonly bank: string;
  /** 仕向銀行名, may be empty. */
  readonly bankName: string;
  /** 仕向支店番号, 3 digits. */
  readonly branch: string;
  /** 仕向支店名, may be empty. */
  readonly branchName: string;
  /** 預金種目: 1 普通, 2 当座, 9 その他, or empty. */
  readonly accountType: string;
  /** 口座番号, up to 7 digits, or empty. */
  readonly account: string;
}

/** One payment line (データレコード). */
export interface TransferItem {
  /** 被仕向銀行番号 (統一金融機関番号), 4 digits. */
  readonly bank: string;
  /** 被仕向銀行名 in kana, may be empty. */
  readonly bankName: string;
  /** 被仕向支店番号 (店番), 3 digits. */
  readonly branch: string;
  /** 被仕向支店名 in kana, may be empty. */
  readonly branchName: string;
  /** 預金種目: 1 普通, 2 当座, 4 貯蓄, 9 その他 (種別 11: 1 and 2 alone). */
  readonly accountType: string;
  /** 口座番号, up to 7 digits, hyphens allowed; never all zeros. */
  readonly account: string;
  /** 受取人名: kana in any width as registered with the bank; at most 30 bytes in half width. */
  readonly holder: string;
  /** 振込金額 in yen, 1 to 9,999,999,999. */
  readonly amount: number;
  /** 新規コード: 1 first transfer, 2 changed data, 0 other; a space is tolerated. */
  readonly newCode: string;
  /** 顧客コード1 (種別 11: 社員番号), up to 10 digits. Absent = zeros. */
  readonly customer1?: string;
  /** 顧客コード2 (種別 11: 所属コード), up to 10 digits. Absent = zeros. */
  readonly customer2?: string;
  /** EDI情報, at most 20 bytes; stands instead of the customer codes (種別 21 alone). */
  readonly edi?: string;
  /** 振込指定区分: 7 テレ振込, 8 文書振込. Absent = 7. 種別 11 has no such field and does not write it. */
  readonly transferCode?: string;
}

/** A whole file before it is written. */
export interface TransferFile {
  readonly kind: TransferKind;
  readonly client: TransferClient;
  readonly items: readonly TransferItem[];
}

/** 合計件数 and 合計金額 (yen) of the trailer record. */
export interface TransferTotals {
  readonly count: number;
  readonly amount: number;
}

/** Line end after every record: none (pure 120-byte blocks) or CR LF. Which of the two is the bank's wish. */
export type WrittenLineEnd = "none" | "crlf";

/** What a caller may allow beyond the defaults; the same for writing and reading. */
export interface TransferOptions {
  /** Let the unassigned test numbers 9999 (bank) and 999 (branch) through. Never in production. */
  readonly allowTestBanks?: boolean;
  /** What to do with ヲ in names; a contract with the bank may open it (see `kana.ts`). */
  readonly wo?: "reject" | "o" | "keep";
}
