/** What the constraints of requests mean, in the words of a clerk. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../refusal.ts";

export const REQUEST_CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  decision_request_two_people: {
    code: "samePerson",
    message: "案を入れた人は、自分の案を決裁できません。別の職員が決裁してください。何も変えていません。",
  },
  decision_request_answer_once: {
    code: "requestInvalid",
    message: "この案は、もう決裁されています。一覧を読み直してください。何も変えていません。",
  },
  decision_request_content: {
    code: "requestInvalid",
    message: "案の内容が、見ていたものと違います。一覧を読み直してください。何も変えていません。",
  },
  decision_request_reason: { code: "requestInvalid", message: "差戻しの理由を書いてください。何も変えていません。" },
};
