/** What the constraints of 現況 mean, in the words of a clerk. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../refusal.ts";

const SAME = "一覧を作った人は、自分で承認できません。別の職員が承認してください。何も変えていません。";
const CHANGED =
  "ほかの職員か処理が、先に同じものを記録しました。読み直して、いまの内容を確かめてからやり直してください。何も変えていません。";

export const REVIEW_CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  review_result_two_people: { code: "samePerson", message: SAME },
  review_schedule_two_people: { code: "samePerson", message: SAME },
  review_result_pkey: { code: "reviewChanged", message: CHANGED },
  review_schedule_pkey: { code: "reviewChanged", message: CHANGED },
  review_form_pkey: { code: "reviewChanged", message: CHANGED },
  review_clearance_pkey: { code: "reviewChanged", message: CHANGED },
  review_outside_defects: {
    code: "reviewInvalid",
    message: "点検の結果が不備のときは内容を書き、そろっているときは書かないでください。何も変えていません。",
  },
  hold_ground_year: {
    code: "holdInvalid",
    message: "現況届の未提出による差止めには、現況年度が要ります。何も変えていません。",
  },
};
