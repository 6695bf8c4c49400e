/** Everything that identity refuses with: stable codes and, for what the database itself refuses, the words. */
import type { ConstraintMessages, PlatformRefusalCode } from "../database/problem.ts";
import { Refusal, refusing } from "../database/problem.ts";

export type IdentityRefusalCode =
  | "alreadyLoggedIn"
  | "contractorWithoutConsent"
  | "demoNotPermitted"
  | "enrolmentRefused"
  | "logInRefused"
  | "logInThrottled"
  | "notPermittedHere"
  | "passwordDaysTooLong"
  | "passwordExpired"
  | "passwordRefused"
  | "pepperUnreadable"
  | "personnelFeedTooShort"
  | "productionSettings"
  | "rightNotApplicable"
  | "rightNotFound"
  | "samePerson"
  | "sessionRequired"
  | "signOnLinkMissing"
  | "signOnOff"
  | "signOnProposalMissing"
  | "signOnRefused"
  | "signOnSecretUnreadable"
  | "signOnSettingInvalid"
  | "signOnSubjectTaken"
  | "signOnUnavailable"
  | "staffNotFound"
  | "stepUpRequired"
  | "terminalUnknown"
  | "trainingExpired";

/** A refusal of identity. `details` never hold a name, a password or a token. */
export type IdentityRefusal = Refusal<IdentityRefusalCode | PlatformRefusalCode>;

/** Constraint → what it means to a person. */
export const constraintMessages: ConstraintMessages<IdentityRefusalCode> = {
  policy_password_days: {
    code: "passwordDaysTooLong",
    message: "パスワードの有効期間は1〜180日で設定してください（180日を超える設定はできません）。",
  },
  policy_users_band: {
    code: "rightNotApplicable",
    message: "宣言した利用者数は、0以上で、下限が上限を超えない整数にしてください。何も変えていません。",
  },
  staff_contractor_consent: {
    code: "contractorWithoutConsent",
    message: "受託者の利用者には、市の（再委託の）承諾番号が必要です。",
  },
  right_at_most_a_year: {
    code: "rightNotApplicable",
    message: "権限の期間は1年以内です。続ける場合は改めて申請してください。",
  },
  right_period: {
    code: "rightNotApplicable",
    message: "権限の終わりの日が初めの日より前です。日付を確認してください。",
  },
  right_other_person: {
    code: "samePerson",
    message: "権限の申請・承認・発行は別の人が行い、本人は承認も発行もできません。別の人が行ってください。",
  },
  right_not_approved: {
    code: "rightNotApplicable",
    message: "承認されていない権限は発行できません。先に承認を受けてください。",
  },
  right_contractor_tied: {
    code: "rightNotApplicable",
    message:
      "この受託者の利用者は、権限の期間に効く委託に結び付いていません。先に「委託」の画面で、委託と作業の期間に結び付けてください。",
  },
  right_contractor_core: {
    code: "rightNotApplicable",
    message: "この委託の利用者は、児童手当システムの権限を持てません（契約の範囲にありません）。",
  },
  right_bootstrap_once: {
    code: "notPermittedHere",
    message: "設置の後に、申請のない権限は作れません。権限の発行申請をしてください。",
  },
  sign_on_two_people: {
    code: "samePerson",
    message: "シングルサインオンの設定は、申請した人とは別の人が承認してください。何も変えていません。",
  },
  sign_on_same_content: {
    code: "signOnSettingInvalid",
    message: "見ていた内容と申請の内容が違います。開き直して、内容を確かめてから答えてください。何も変えていません。",
  },
  sign_on_superseded: {
    code: "signOnSettingInvalid",
    message:
      "この申請より後の設定が、すでに効いています。不承認にして、必要なら改めて申請してください。何も変えていません。",
  },
  sign_on_setting_answer_pkey: {
    code: "signOnSettingInvalid",
    message: "この申請には、すでに答えがあります。開き直してください。何も変えていません。",
  },
  sign_on_max_age: {
    code: "signOnSettingInvalid",
    message: "認証基盤の確認を使える時間は、5〜540分で指定してください。何も変えていません。",
  },
  sign_on_ended: {
    code: "signOnLinkMissing",
    message: "終わった結び付けは変えられません。もう一度使うときは、改めて結び付けてください。何も変えていません。",
  },
  sign_on_answered: {
    code: "signOnRefused",
    message: "この問いの答えは、すでに受け取っています。はじめからやり直してください。何も変えていません。",
  },
  sign_on_reason: { code: "signOnSettingInvalid", message: "理由を5文字以上で書いてください。何も変えていません。" },
  sign_on_not_own: {
    code: "samePerson",
    message: "自分の職員番号と認証基盤の利用者は結び付けられません。別の人が行ってください。何も変えていません。",
  },
  sign_on_subject_one_staff: {
    code: "signOnSubjectTaken",
    message:
      "認証基盤のこの利用者は、すでに職員と結び付いています。一覧で確かめ、先にその結び付けを終わらせてください。何も変えていません。",
  },
  sign_on_staff_one_subject: {
    code: "signOnSubjectTaken",
    message:
      "この職員は、すでに認証基盤の利用者と結び付いています。一覧で確かめ、先にその結び付けを終わらせてください。何も変えていません。",
  },
  clock_shift_production: { code: "productionSettings", message: "本番のデータベースの時計はずらせません。" },
};

/** @throws Refusal always: a helper that keeps call sites to one line */
export function refuse(
  code: IdentityRefusalCode,
  message: string,
  details: Readonly<Record<string, string | number | boolean | null | readonly string[]>> = {},
): never {
  throw new Refusal(code, message, details);
}

/** Runs `work`; errors of the database arrive as refusals in identity's words. */
export async function identityRefusing<T>(work: () => Promise<T>): Promise<T> {
  return await refusing(constraintMessages, work);
}
