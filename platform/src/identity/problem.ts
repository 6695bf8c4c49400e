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
  right_bootstrap_once: {
    code: "notPermittedHere",
    message: "設置の後に、申請のない権限は作れません。権限の発行申請をしてください。",
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
