/** What the constraints of this system's tables mean, in the words of a clerk. */
import { type ConstraintMessages, refusing as refusingWith } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "./refusal.ts";

const SAME_PERSON = "審査（入力）した人は、自分で決裁できません。別の職員が決裁してください。何も変えていません。";

export const CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  approval_two_people: { code: "samePerson", message: SAME_PERSON },
  decision_two_people: { code: "samePerson", message: SAME_PERSON },
  account_two_people: { code: "samePerson", message: SAME_PERSON },
  setting_two_people: {
    code: "samePerson",
    message: "設定は、入力した人と別の職員の承認が要ります。何も変えていません。",
  },
  decision_terminal: {
    code: "caseTerminal",
    message:
      "終わった受給者や、却下・取下げ済みの請求は、この処理では変えられません。変えるときは1件ずつ訂正の決定をしてください。何も変えていません。",
  },
  approval_pkey: {
    code: "claimDecided",
    message: "この請求は、もう決裁されています。二重に決裁することはできません。何も変えていません。",
  },
  claim_withdrawal_pkey: {
    code: "claimDecided",
    message: "この請求は、もう取り下げられています。何も変えていません。",
  },
  hold_release_pkey: { code: "holdReleased", message: "この差止・保留は、もう解除されています。何も変えていません。" },
};

/** Runs `work`, turning refusals of the database into refusals of this system. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  return await refusingWith(CONSTRAINTS, work);
}
