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
  | "deliveryBroken"
  | "deliveryDecided"
  | "deliveryUnknown"
  | "itemNotAgreed"
  | "personNotAgreed"
  | "rejectsCleared"
  | "resendInvalid"
  | "samePerson"
  | "sequenceConflict"
  | "sourceRefused"
  | "sourceUnavailable"
  | "storeInvalid";

/** A refusal of this system; `message` says what was tried, what is wrong and what to do. */
export function refuse(code: InterchangeRefusalCode, message: string, details: RefusalDetails = {}): Refusal {
  return new Refusal(code, message, details);
}

export const CONSTRAINTS: ConstraintMessages<InterchangeRefusalCode> = {
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
