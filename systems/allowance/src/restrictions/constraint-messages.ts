/** What the constraints of 支給制限 mean, in the words of a clerk. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../refusal.ts";

const SAME = "案を入れた人は、自分の案を決裁できません。別の職員が決裁してください。何も変えていません。";
const CHANGED =
  "この支給制限は、ほかの職員が先に終わらせたか取り消しました。事案を読み直して、いまの状態を確かめてください。何も変えていません。";

export const RESTRICTION_CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  benefit_restriction_two_people: { code: "samePerson", message: SAME },
  benefit_restriction_end_two_people: { code: "samePerson", message: SAME },
  benefit_restriction_cancellation_two_people: { code: "samePerson", message: SAME },
  benefit_restriction_after_due: {
    code: "restrictionInvalid",
    message: "支給制限は、命令・質問の期限が過ぎるまで決められません。期限を確かめてください。何も変えていません。",
  },
  benefit_restriction_not_before_demand: {
    code: "restrictionInvalid",
    message: "命令・質問をした月より前の月分は制限できません。始まりの月を確かめてください。何も変えていません。",
  },
  benefit_restriction_overlap: {
    code: "restrictionInvalid",
    message:
      "この月分には、もう支給制限が効いています。先にそれを終わらせるか、取り消してください。何も変えていません。",
  },
  benefit_restriction_end_once: { code: "restrictionInvalid", message: CHANGED },
  benefit_restriction_end_later: {
    code: "restrictionInvalid",
    message:
      "終わりの月分は、効いている支給制限の始まりより後でなければなりません。初めから制限しないことにするなら、取消しにしてください。何も変えていません。",
  },
  benefit_restriction_end_no_arrears: {
    code: "restrictionInvalid",
    message:
      "命令に従った月より前の月分は、終わりの決定では支給できません（児童手当法10条）。制限が誤りなら、取消しにしてください。何も変えていません。",
  },
  benefit_restriction_cancellation_once: { code: "restrictionInvalid", message: CHANGED },
  benefit_restriction_standing: {
    code: "restrictionInvalid",
    message:
      "制限する月分に、支払った額か支払に入っている額があります。支払処理を取り消すか、始まりの月分を後にしてください。何も変えていません。",
  },
  due_item_restricted: {
    code: "restrictionInvalid",
    message:
      "支給制限（児童手当法10条）の月分を支払うことはできません。支給制限を確かめて、もう一度計算してください。何も変えていません。",
  },
};
