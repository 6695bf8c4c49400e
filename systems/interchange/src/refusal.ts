/** The codes with which this system refuses, beside those of the platform, and what its constraints mean. */
import {
  type ConstraintMessages,
  Refusal,
  type RefusalDetails,
  refusing as refusingWith,
} from "@hagukumi/platform/database/problem.ts";

export type InterchangeRefusalCode =
  | "agreementInvalid"
  | "agreementMissing"
  | "contentChanged"
  | "dataUseInvalid"
  | "dataUseUnknown"
  | "deliveryBroken"
  | "deliveryDecided"
  | "deliveryUnknown"
  | "itemNotAgreed"
  | "outletInvalid"
  | "outletMissing"
  | "personNotAgreed"
  | "rejectsCleared"
  | "resendInvalid"
  | "samePerson"
  | "sequenceConflict"
  | "sourceRefused"
  | "sourceUnavailable"
  | "storeInvalid"
  | "transferAltered"
  | "transferInvalid"
  | "transferRefused"
  | "transferUnknown";

/** A refusal of this system; `message` says what was tried, what is wrong and what to do. */
export function refuse(code: InterchangeRefusalCode, message: string, details: RefusalDetails = {}): Refusal {
  return new Refusal(code, message, details);
}

const notCovered = (what: string): { readonly code: "transferRefused"; readonly message: string } => ({
  code: "transferRefused",
  message: `${what}何も渡していません。`,
});

export const CONSTRAINTS: ConstraintMessages<InterchangeRefusalCode> = {
  outlet_two_people: {
    code: "samePerson",
    message: "提供先・移転先は、入力した人とは別の職員が承認します。何も変えていません。",
  },
  data_use_two_people: {
    code: "samePerson",
    message: "データ使用承認願は、入力した人とは別の職員が決めます。何も変えていません。",
  },
  data_use_of_content: {
    code: "contentChanged",
    message: "表示された承認願と中身が違います。一覧を読み直してください。何も変えていません。",
  },
  data_use_decision_pkey: {
    code: "dataUseUnknown",
    message: "この承認願は、もう決まっています。一覧を読み直してください。何も変えていません。",
  },
  data_use_period: {
    code: "dataUseInvalid",
    message: "使用期間の終わりは、初めより後で、1年までです。直してください。何も変えていません。",
  },
  transfer_approval: notCovered("承認されたデータ使用承認願がありません。"),
  transfer_outlet: notCovered("相手が移転先の一覧にありません。"),
  transfer_purpose: notCovered(
    "承認された使用目的が、いまの一覧の用途にありません。承認願を出し直してもらってください。",
  ),
  transfer_period: notCovered("承認の使用期間が過ぎたか、始まっていません。承認願を出し直してもらってください。"),
  transfer_items: notCovered("承認された使用データにない項目があります。"),
  transfer_channel: notCovered("承認された方法ではありません。"),
  transfer_overdue: notCovered("この相手には、返却・消去の期限を過ぎた写しがあります。先に報告を受けてください。"),
  transfer_altered: {
    code: "transferAltered",
    message:
      "受け取ったもののハッシュが、渡したものと違います。途中で変わったおそれがあります。受領を記録していません。写しを使わないよう相手に伝え、渡し直してください。",
  },
  transfer_receipt_pkey: {
    code: "transferUnknown",
    message: "この移転の受領は、もう記録されています。一覧を読み直してください。何も変えていません。",
  },
  transfer_closure_pkey: {
    code: "transferUnknown",
    message: "この移転の返却・消去は、もう記録されています。一覧を読み直してください。何も変えていません。",
  },
  agreement_two_people: {
    code: "samePerson",
    message: "連携の合意は、入力した人とは別の職員が承認します。何も変えていません。",
  },
  agreement_period: {
    code: "agreementInvalid",
    message: "合意の終わりの日が、始まりの日より前です。日付を直してください。何も変えていません。",
  },
  delivery_once: { code: "deliveryDecided", message: "同じものが、もう記録されています。何も変えていません。" },
  outcome_pkey: {
    code: "deliveryDecided",
    message: "この配信は、ほかの処理がもう扱いました。一覧を読み直してください。何も変えていません。",
  },
  applied_pkey: {
    code: "sequenceConflict",
    message: "この連番は、もう取り込んであります。一覧を読み直してください。何も変えていません。",
  },
  applied_in_order: {
    code: "sequenceConflict",
    message: "この連番は、まだ順番ではありません。前の連番を先に取り込んでください。何も変えていません。",
  },
  applied_of_delivery: {
    code: "sequenceConflict",
    message: "連番と配信が合いません。一覧を読み直してください。何も変えていません。",
  },
  reject_clearance_pkey: {
    code: "rejectsCleared",
    message: "この配信の不受理は、もう始末しています。一覧を読み直してください。何も変えていません。",
  },
  resend_range: {
    code: "resendInvalid",
    message: "再送は、続いた千件までを一度に頼みます。範囲を直してください。何も頼んでいません。",
  },
};

/** Runs `work`, turning refusals of the database into refusals of this system. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  return await refusingWith(CONSTRAINTS, work);
}
