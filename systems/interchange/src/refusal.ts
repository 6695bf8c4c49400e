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
  | "consignmentInvalid"
  | "contentChanged"
  | "contractorAccountRefused"
  | "dataUseInvalid"
  | "dataUseUnknown"
  | "deliveryBroken"
  | "deliveryDecided"
  | "deliveryUnknown"
  | "extractionInvalid"
  | "extractionUnknown"
  | "extractionUsed"
  | "handOverUnknown"
  | "itemNotAgreed"
  | "leavingRefused"
  | "orderNotUsable"
  | "outletInvalid"
  | "outletMissing"
  | "personNotAgreed"
  | "proposalInvalid"
  | "proposalUnknown"
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

const notTied = (what: string): { readonly code: "contractorAccountRefused"; readonly message: string } => ({
  code: "contractorAccountRefused",
  message: `受託者の利用者を委託に結び付けられません。${what}何も変えていません。`,
});

const twoPeople = (what: string): { readonly code: "samePerson"; readonly message: string } => ({
  code: "samePerson",
  message: `${what}は、入力した人とは別の職員が承認します。何も変えていません。`,
});

const notLeft = (what: string): { readonly code: "leavingRefused"; readonly message: string } => ({
  code: "leavingRefused",
  message: `持出しが承認と合いません。${what}何も渡していません。`,
});

export const CONSTRAINTS: ConstraintMessages<InterchangeRefusalCode> = {
  leaving_route_listed: notLeft("この出し方は、持出しの道の一覧にありません。"),
  leaving_approval: notLeft("承認されたデータ使用承認願がないか、ほかの道のものです。承認願の番号を確かめてください。"),
  leaving_granted: notLeft("承認されたデータ使用承認願がありません。承認願の番号を確かめてください。"),
  leaving_basis: notLeft("承認された対象か、データ使用承認願の、どちらか一つが要ります。"),
  leaving_purpose: notLeft("目的が、この道の目的（審査・認定・支払）と違います。"),
  leaving_period: notLeft("承認の使用期間の外です。新しい承認願を出してください。"),
  leaving_rows: notLeft("行数が上限を超えます。範囲を狭めるか、新しい承認願を出してください。"),
  leaving_once: {
    code: "extractionUsed",
    message:
      "このデータ使用承認願は、もう使われています。一件の承認で出せるのは一度だけです。何も渡していません。新しい承認願を出してください。",
  },
  extraction_purpose: {
    code: "extractionInvalid",
    message: "使用目的は、審査・認定・支払のどれかです。何も変えていません。",
  },
  extraction_period: {
    code: "extractionInvalid",
    message: "使用期間は31日までで、終わりは始まりより前にできません。日付を直してください。何も変えていません。",
  },
  extraction_route_code_fkey: {
    code: "extractionInvalid",
    message: "この道は、持出しの道の一覧にありません。符号を確かめてください。何も変えていません。",
  },
  extraction_two_people: twoPeople("データ使用承認願（抽出）"),
  extraction_of_content: {
    code: "contentChanged",
    message: "表示された承認願と中身が違います。一覧を読み直してください。何も変えていません。",
  },
  extraction_decision_pkey: {
    code: "extractionUnknown",
    message: "この承認願には、もう決定があります。一覧を読み直してください。何も変えていません。",
  },
  proposal_two_people: twoPeople("申請"),
  proposal_of_content: {
    code: "contentChanged",
    message: "表示された申請と中身が違います。一覧を読み直してください。何も変えていません。",
  },
  proposal_answer_pkey: {
    code: "proposalUnknown",
    message: "この申請には、もう答えが出ています。一覧を読み直してください。何も変えていません。",
  },
  configuration_change_two_people: twoPeople("設定の変更"),
  assessment_two_people: twoPeople("評価の記録"),
  consignment_two_people: twoPeople("委託"),
  sub_consignment_two_people: twoPeople("再委託の承認"),
  contractor_account_two_people: twoPeople("受託者の利用者"),
  work_order_two_people: twoPeople("作業指示"),
  erasure_two_people: twoPeople("消去・廃棄"),
  consignment_period: {
    code: "consignmentInvalid",
    message: "委託の終わりの日が、始まりの日より前です。日付を直してください。何も変えていません。",
  },
  consignment_handlers: {
    code: "consignmentInvalid",
    message: "取り扱う人数の範囲が逆です。直してください。何も変えていません。",
  },
  sub_consignment_period: {
    code: "consignmentInvalid",
    message: "再委託の期間は、書面の申請の日より後に始まり、始まりより後に終わります。何も変えていません。",
  },
  sub_consignment_pkey: {
    code: "consignmentInvalid",
    message: "この承認番号は、もう使われています。文書番号を確かめてください。何も変えていません。",
  },
  contractor_account_period: notTied("期間の終わりが始まりより前です。"),
  contractor_account_kind: notTied("受託者の利用者として登録された人ではありません。"),
  contractor_account_consignment: notTied("委託がないか、契約の期間を外れています。"),
  contractor_account_sub_consignment: notTied("再委託の承認番号がないか、その期間を外れています。"),
  contractor_account_sub_consignment_number_fkey: notTied("再委託の承認番号がありません。"),
  contractor_account_once: notTied("その期間に、もう委託に結び付いています。"),
  contractor_account_core: notTied(
    "児童手当システムを使わない委託ですが、権限が残っています。先に失効させてください。",
  ),
  contractor_account_handlers: notTied("契約で決めた人数を超えます。"),
  contractor_account_end_pkey: notTied("もう終わっています。"),
  work_order_period: {
    code: "consignmentInvalid",
    message: "作業指示の期間は1年までです。日付を直してください。何も変えていません。",
  },
  order_use_of_own: {
    code: "orderNotUsable",
    message:
      "この作業指示は、あなたの委託のものではないか、期間を外れています。番号を確かめてください。何も変えていません。",
  },
  order_use_one: {
    code: "orderNotUsable",
    message: "ほかの作業を始めたままです。先に結果を書いて終えてください。何も変えていません。",
  },
  order_use_result: {
    code: "orderNotUsable",
    message: "作業の結果を書いてください。何も変えていません。",
  },
  hand_over_receipt: {
    code: "consignmentInvalid",
    message: "この預り証の番号は、もう記録されています。番号を確かめてください。何も変えていません。",
  },
  hand_over_return_pkey: {
    code: "consignmentInvalid",
    message: "この引渡しの返却は、もう記録されています。何も変えていません。",
  },
  erasure_report_pkey: {
    code: "consignmentInvalid",
    message: "この消去の報告は、もう記録されています。何も変えていません。",
  },
  erasure_witness: {
    code: "consignmentInvalid",
    message: "立会いを求めた消去です。立ち会った職員を書いてください。何も記録していません。",
  },
  erasure_after_approval: {
    code: "consignmentInvalid",
    message: "承認の前に消したことになるか、報告が消去より前です。日付を確かめてください。何も記録していません。",
  },
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
  data_use_term_two_people: twoPeople("承認願の保存期間"),
  data_use_removal_two_people: twoPeople("承認願の消去"),
  data_use_term_pkey: {
    code: "proposalInvalid",
    message: "その日からの保存期間は、もう決まっています。日を変えてください。何も変えていません。",
  },
  data_use_removal_same: {
    code: "contentChanged",
    message: "消去の候補が、申請の後に変わりました。候補を見直して申請し直してください。何も消していません。",
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
