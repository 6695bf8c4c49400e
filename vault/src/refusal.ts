/** The codes with which the vault refuses. No message ever holds a digit of a number. */
import { Refusal, type RefusalDetails } from "@hagukumi/platform/database/problem.ts";

export type VaultRefusalCode =
  | "clientUnknown"
  | "entryReused"
  | "erasureUnknown"
  | "keyMissing"
  | "keyServiceDenied"
  | "keyServiceUnavailable"
  | "masterMissing"
  | "masterUnreadable"
  | "numberInvalid"
  | "numberOfOther"
  | "personUnknown"
  | "purposeRefused"
  | "recordDamaged"
  | "revealLimit"
  | "rightMissing"
  | "rightUnknown"
  | "samePerson"
  | "sharesInvalid"
  | "statementExpired"
  | "statementInvalid"
  | "statementUsed"
  | "stepUpNeeded"
  | "vaultInput"
  | "vaultUnreachable";

const MESSAGES: Readonly<Record<VaultRefusalCode, string>> = {
  clientUnknown: "登録のない接続元、または期限の切れた接続元です。金庫は答えません。接続元の登録を確かめてください。",
  entryReused: "同じ入力の鍵で、別の個人番号が送られました。何も変えていません。新しい入力としてやり直してください。",
  erasureUnknown: "消去の申出が見つからないか、すでに消去しています。申出の一覧を読み直してください。",
  keyMissing: "個人番号を包んだ鍵の版が見つかりません。鍵の控えから戻すか、預けた鍵のかけらで復元してください。",
  keyServiceDenied:
    "鍵のサービスに断られました。親鍵の封筒は変えていません。鍵（有効か、この金庫に使う権利があるか）と、呼び出しの鍵・リージョン・時計を確かめてください。",
  keyServiceUnavailable:
    "鍵のサービスがいま使えません。親鍵の封筒は変えていません。しばらくしてからやり直してください。直らないときは、預けた鍵のかけらから復元できます。",
  masterMissing:
    "金庫には個人番号がありますが、親鍵の封筒がありません。作り直すと二度と読めなくなります。控えを戻すか、預けた鍵のかけらから復元してください（hagukumi vault rebuild）。",
  masterUnreadable:
    "親鍵の封筒を開けられません。合言葉が違うか、封筒が壊れています。合言葉を確かめるか、預けた鍵のかけらから復元してください。",
  numberInvalid:
    "個人番号として読めません。12桁の数字で、検査用数字が合うことを確かめて、書類のとおりに入力してください。何も変えていません。",
  numberOfOther:
    "この個人番号は、別の人のものとして登録されています。何も変えていません。書類を確かめ、確認リストから確かめてください。",
  personUnknown: "個人番号の登録がないか、消去されています。",
  purposeRefused: "その目的では、この操作はできません。何も変えていません。目的を確かめてください。",
  recordDamaged:
    "個人番号の記録が壊れているか、別の人の記録と入れ替わっています。表示していません。整合の確認を行い、情報政策課に知らせてください。",
  revealLimit:
    "1時間に表示できる件数に達しました。表示していません。必要なときは係長に相談し、時間をおいてやり直してください。",
  rightMissing: "金庫の権限がありません。何も変えていません。金庫の権限の申請を係長に相談してください。",
  rightUnknown: "金庫の権限の申請が見つからないか、すでに処理されています。一覧を読み直してください。",
  samePerson: "申し出た人とは別の人が確かめます。何も変えていません。ほかの担当者に頼んでください。",
  sharesInvalid:
    "鍵のかけらが足りないか、同じ組のものでないか、写し間違いがあります。何も変えていません。かけらを確かめてください。",
  statementExpired: "申立ての期限（60秒）を過ぎたか、時計が合っていません。もう一度行ってください。",
  statementInvalid: "申立ての署名または内容が正しくありません。金庫は答えません。",
  statementUsed: "この申立てはすでに使われています。金庫は答えません。もう一度行ってください。",
  stepUpNeeded: "個人番号の表示の前に、職員証とパスワードでもう一度本人であることを確かめてください。",
  vaultInput: "金庫への入力の形が正しくありません。何も変えていません。",
  vaultUnreachable: "金庫につながりません。何も変えていません。金庫が動いているか確かめてください。",
};

/** @returns whether `text` is a code of the vault */
export function isVaultRefusalCode(text: string): text is VaultRefusalCode {
  return Object.hasOwn(MESSAGES, text);
}

/** The refusal with this code. */
export function refusal(
  code: VaultRefusalCode,
  details: RefusalDetails = {},
  cause?: unknown,
): Refusal<VaultRefusalCode> {
  return new Refusal(code, MESSAGES[code], details, cause === undefined ? {} : { cause });
}
