/** The codes with which this system refuses, beside those of the platform and of the vault. */
import {
  type ConstraintMessages,
  Refusal,
  type RefusalDetails,
  refusing as refusingWith,
} from "@hagukumi/platform/database/problem.ts";

export type AddresseeRefusalCode =
  | "addresseeLinked"
  | "basisInvalid"
  | "basisMissing"
  | "cancelled"
  | "candidateNeeded"
  | "clientUnknown"
  | "consolidationUnknown"
  | "consolidationTwoNumbers"
  | "entryLost"
  | "entrySettled"
  | "entryUnknown"
  | "entryWaiting"
  | "duplicate"
  | "erasureUnknown"
  | "findingUnknown"
  | "itemRightUnknown"
  | "mediumUnknown"
  | "nonResidentInvalid"
  | "nonResidentUnknown"
  | "numberDiffers"
  | "numberElsewhere"
  | "numberMissing"
  | "purposeRefused"
  | "relatedInvalid"
  | "requestChanged"
  | "requestInvalid"
  | "samePerson"
  | "searchTooWide"
  | "statementExpired"
  | "statementInvalid"
  | "statementUsed"
  | "systemUnknown";

/** A refusal of this system; `message` says what was tried, what is wrong and what to do. */
export function refuse(code: AddresseeRefusalCode, message: string, details: RefusalDetails = {}): Refusal {
  return new Refusal(code, message, details);
}

/** What the constraints of this system's tables mean, in the words of a clerk. */
export const CONSTRAINTS: ConstraintMessages = {
  confirmation_two_people: {
    code: "samePerson",
    message: "個人番号を入力した人は、自分で確認できません。別の職員が書類から確かめてください。何も変えていません。",
  },
  confirmation_reason: { code: "invalidValue", message: "確認できないときは、わけを5文字以上で書いてください。" },
  confirmation_pkey: {
    code: "entrySettled",
    message: "この入力は、すでに確認されています。画面を読み直してください。",
  },
  entry_before_period: {
    code: "invalidValue",
    message:
      "個人番号を確かめた日が、この業務での利用と保有の開始日（早いほう）より前です。日付を確かめてください。何も変えていません。",
  },
  number_period_entries: {
    code: "invalidValue",
    message: "この日より前に確かめた個人番号が、すでに入力されています。開始日を確かめてください。何も変えていません。",
  },
  number_period_since_2016: {
    code: "invalidValue",
    message: "個人番号の利用は平成28年1月1日からです。それより前の開始日は登録できません。何も変えていません。",
  },
  number_period_two_people: {
    code: "samePerson",
    message: "開始日は、入力した人と別の人が確かめます。何も変えていません。",
  },
  number_period_reason_check: {
    code: "invalidValue",
    message: "わけを5文字以上500文字までで書いてください。何も変えていません。",
  },
  entry_since_2016: {
    code: "invalidValue",
    message: "個人番号の利用は平成28年1月1日からです。それより前の確認日では登録できません。",
  },
  link_one_of_addressee: {
    code: "addresseeLinked",
    message:
      "この宛名番号には、すでに個人番号が登録されています。画面を読み直してください。番号が変わったときは、番号の変更を行ってください。",
  },
  link_one_of_person: {
    code: "numberElsewhere",
    message: "同じ個人番号が、同じ業務の別の宛名番号に登録されています。書き誤りでなければ、名寄せをしてください。",
  },
  person_one_number: { code: "addresseeLinked", message: "1人に付ける団体内統合宛名番号は1つだけです。" },
  issued_after_search: {
    code: "candidateNeeded",
    message: "住登外者宛名番号は、候補者を検索してから付けます。先に検索してください。何も変えていません。",
  },
  juki_net_is_barred: {
    code: "nonResidentInvalid",
    message: "住基ネットから得た情報には、他業務参照不可フラグが要ります。何も変えていません。",
  },
  related_not_self: {
    code: "relatedInvalid",
    message: "本人を自分の代理人・送付先・後見人にはできません。何も変えていません。",
  },
  related_one_at_a_time: {
    code: "relatedInvalid",
    message: "同じ種類の宛名の期間が重なっています。前の期間を終えてから登録してください。何も変えていません。",
  },
  consolidation_two_people: {
    code: "samePerson",
    message: "名寄せを申し出た人とは別の人が承認します。何も変えていません。",
  },
  consolidation_two: { code: "invalidValue", message: "同じ宛名番号どうしの名寄せはできません。何も変えていません。" },
  consolidation_one: {
    code: "duplicate",
    message: "この宛名番号は、すでに名寄せされているか、名寄せの承認を待っています。何も変えていません。",
  },
  consolidation_no_chain: {
    code: "invalidValue",
    message:
      "主とする宛名番号が別の名寄せの従になっているか、従とする宛名番号が別の名寄せの主になっています。先にその名寄せを解除してください。何も変えていません。",
  },
  item_right_period: { code: "invalidValue", message: "項目の権限の期間は1年以内です。" },
  item_right_two_people: { code: "samePerson", message: "申請した人と本人は承認できません。何も変えていません。" },
  erasure_two_people: {
    code: "samePerson",
    message: "消去を申し出た人は、自分で消せません。別の職員が確かめて消します。何も消していません。",
  },
  copy_reason: { code: "invalidValue", message: "媒体を作り直すわけを、10文字以上で書いてください。" },
  basis_period: { code: "basisInvalid", message: "終わりの日は、始まりの日より後にしてください。何も変えていません。" },
  basis_two_people: {
    code: "samePerson",
    message: "根拠の行は、入力した人と別の人が確かめます。何も変えていません。",
  },
  basis_once: {
    code: "basisInvalid",
    message: "同じ相手・事務・情報の根拠の期間が重なっています。期間を確かめてください。何も変えていません。",
  },
  business_gets_no_number: {
    code: "purposeRefused",
    message: "業務システムには、団体内統合宛名番号への変換を許せません。何も変えていません。",
  },
};

/** Runs `work`; violated constraints come out in the words above. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  return await refusingWith(CONSTRAINTS, work);
}
