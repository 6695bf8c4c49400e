/** What the constraints of the proposals and of the retention mean. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../refusal.ts";

const SAME_PERSON = "申請した人は、自分で承認できません。別の人が承認してください。何も変えていません。";

export const TWO_PEOPLE_CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  proposal_two_people: { code: "samePerson", message: SAME_PERSON },
  proposal_not_own: {
    code: "samePerson",
    message: "自分についての制限や関係は、自分では承認できません。別の人が承認してください。何も変えていません。",
  },
  proposal_same_content: {
    code: "contentChanged",
    message: "見ていた内容と申請の内容が違います。一覧を読み直して、確かめてから答えてください。何も変えていません。",
  },
  proposal_answer_pkey: {
    code: "proposalAnswered",
    message: "この申請には、もう答えがあります。一覧を読み直してください。何も変えていません。",
  },
  proposal_still_true: {
    code: "proposalMoot",
    message:
      "終わらせようとしたものは、もう終わっているか変わっています。一覧を読み直してください。何も変えていません。",
  },
  term_erasure_no_term: {
    code: "proposalInvalid",
    message: "保存期間を決めていないデータは消しません。「記録の保存」で期間を決めてください。何も消していません。",
  },
  retention_term_two_people: { code: "samePerson", message: SAME_PERSON },
  removal_order_two_people: { code: "samePerson", message: SAME_PERSON },
};
