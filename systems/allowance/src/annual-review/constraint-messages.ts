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
  tax_correction_two_people: { code: "samePerson", message: SAME },
  tax_correction_pkey: { code: "reviewChanged", message: CHANGED },
  tax_inquiry_once: { code: "reviewChanged", message: CHANGED },
  tax_inquiry_answer_pkey: { code: "reviewChanged", message: CHANGED },
  lapse_cancellation_two_people: { code: "samePerson", message: SAME },
  lapse_cancellation_once: {
    code: "limitationInvalid",
    message: "この消滅の決定は、もう取り消されています。事案を読み直してください。何も変えていません。",
  },
  lapse_cancellation_by_law: {
    code: "limitationInvalid",
    message:
      "この決定の月分は、みな時効が完成しています。法律により消えた権利は、取消しでは戻りません。時効を止めた出来事（審査請求・市の承認）があれば、先に二人で記録してください。何も変えていません。",
  },
  lapse_two_people: { code: "samePerson", message: SAME },
  limitation_event_two_people: {
    code: "samePerson",
    message: "入力した人は、自分の入力を確認できません。別の職員が確認してください。何も変えていません。",
  },
  lapse_item_once: { code: "factsChanged", message: CHANGED },
  lapse_item_due: { code: "factsChanged", message: CHANGED },
  lapse_item_paid: { code: "factsChanged", message: CHANGED },
  lapse_item_early: {
    code: "limitationInvalid",
    message: "時効の日が来ていない月分を、消滅とすることはできません。何も変えていません。",
  },
  child_hold_release_pkey: {
    code: "holdReleased",
    message: "この差止は、もう解除されています。何も変えていません。",
  },
  review_outside_defects: {
    code: "reviewInvalid",
    message: "点検の結果が不備のときは内容を書き、そろっているときは書かないでください。何も変えていません。",
  },
  hold_ground_year: {
    code: "holdInvalid",
    message: "現況届の未提出による差止めには、現況年度が要ります。何も変えていません。",
  },
};
