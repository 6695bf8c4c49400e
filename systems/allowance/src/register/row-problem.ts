/** What can be wrong with one row of a feed: one closed set of codes for machines, one Japanese sentence for people. */
import { cutGraphemes } from "@hagukumi/platform/text/characters.ts";

/** Code → reason and what to do. The sentence stands behind the column and value in the list of refused rows. */
export const ROW_PROBLEMS = {
  accountIncomplete: "口座は、金融機関・支店・預金種目・口座番号・名義のすべてを書くか、すべて空けてください。",
  accountRequired: "認定請求には口座が必要です。口座の項目を入れてください。",
  addresseeKind: "この宛名番号は、住民と法人・施設のもう一方としてすでに登録されています。宛名番号を確認してください。",
  branchUnknown: "受付日に、この金融機関・支店が見つかりません。番号を確認してください。",
  cellTooLong: "項目の桁数を超えています。正しい値に直してください。",
  claimAlreadyDecided: "この受付番号は、もう決裁されています。児童を足すときは新しい請求として受け付けてください。",
  claimChildDiffers: "この請求のこの児童は、違う内容ですでに登録されています。登録済みの内容を確認してください。",
  claimUnknown: "この受付番号の請求が受付簿にありません。受付簿の行が不受理になっていないか確認してください。",
  claimantKind: "請求者の宛名と受給者区分が合いません（個人は住民、法人・施設は法人・施設の宛名）。",
  codeUnknown: "決められた値ではありません。連携ファイル仕様の値に直してください。",
  dateImpossible: "暦にない日付、または YYYY-MM-DD でない日付です。正しい日付に直してください。",
  duplicateKey: "同じファイルの中に、同じ鍵で内容の違う行があります。どちらが正しいか確かめ、1行だけにしてください。",
  holderInvalid: "口座名義カナに、銀行で使えない文字があります。通帳の表記どおりのカナに直してください。",
  lineUnreadable: "この行は CSV として読めません。区切り・引用符・文字コードを確認してください。",
  monthImpossible: "YYYY-MM の形の正しい年月ではありません。正しい年月に直してください。",
  numberInvalid: "数字ではないか、決められた範囲にありません。正しい数に直してください。",
  periodReversed: "終わりの日が始まりの日より前です。日付を直してください。",
  personNotAgreed:
    "この人は、この連携で受け取ると決めた対象者ではありません。値は読まずに捨てました。対象者の範囲を連携元と確かめてください。",
  personUnknown: "この宛名番号が登録されていません。先に住民または法人・施設のファイルを取り込んでください。",
  receptionNumberReused: "同じ受付番号で内容の違う請求が、すでに受付簿にあります。受付番号を確認してください。",
  required: "必須の項目が空です。値を入れてください。",
} as const satisfies Record<string, string>;

/** Why a row was refused (不受理の理由コード). */
export type RowProblemCode = keyof typeof ROW_PROBLEMS;

/** One finding in one row: which column (項目名), its value (cut to 80 characters), and why. */
export type RowProblem = {
  readonly column: string;
  readonly value: string;
  readonly code: RowProblemCode;
  readonly reason: string;
};

const SHOWN = 80;

/** Makes a finding; the value is cut to 80 characters so that a list stays readable and never holds a whole bad line. */
export function rowProblem(column: string, value: string, code: RowProblemCode): RowProblem {
  // A hostile cell can be megabytes long; the first 80 characters never reach beyond 8 code units each.
  const shown = value.length <= SHOWN ? value : cutGraphemes(value.slice(0, SHOWN * 8), SHOWN).text;
  return { column, value: shown, code, reason: ROW_PROBLEMS[code] };
}
