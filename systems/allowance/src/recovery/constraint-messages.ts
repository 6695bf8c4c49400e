/** What the constraints of 債権 mean, in the words of a clerk. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../refusal.ts";

const CHANGED =
  "ほかの職員か処理が、先にこの債権を変えました。読み直して、いまの残りと状態を確かめてからやり直してください。何も変えていません。";
const SAME = "案を入れた人は、自分の案を決裁できません。別の職員が決裁してください。何も変えていません。";
const REPEATED = "この収納は、もう登録されています。二度は登録しません。何も変えていません。";

export const RECOVERY_CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  recovery_answer_two_people: { code: "samePerson", message: SAME },
  receipt_line_answer_two_people: { code: "samePerson", message: SAME },
  recovery_answer_pkey: { code: "recoveryChanged", message: CHANGED },
  recovery_answer_content: { code: "recoveryChanged", message: CHANGED },
  recovery_event_order: { code: "recoveryChanged", message: CHANGED },
  recovery_balance: { code: "recoveryChanged", message: CHANGED },
  recovery_refund_pkey: { code: "recoveryChanged", message: CHANGED },
  receipt_line_proposal_once: { code: "recoveryChanged", message: CHANGED },
  receipt_line_answer_once: { code: "recoveryChanged", message: CHANGED },
  recovery_event_transition: {
    code: "recoveryState",
    message: "債権のいまの状態では、この処理はできません。読み直してください。何も変えていません。",
  },
  recovery_answer_reason: { code: "recoveryInvalid", message: "差戻しの理由を書いてください。何も変えていません。" },
  recovery_plan_pledge: {
    code: "recoveryInvalid",
    message: "分納には、分納誓約の日が要ります。何も変えていません。",
  },
  recovery_plan_offset: {
    code: "recoveryInvalid",
    message: "支払から差し引く計画を持てるのは、内払の計画だけです。何も変えていません。",
  },
  advance_offset_end_once: { code: "recoveryChanged", message: CHANGED },
  recovery_plan_sum: {
    code: "recoveryInvalid",
    message: "各回の額の合計が、残りと同じではありません。何も変えていません。",
  },
  recovery_receipt_once: { code: "receiptRepeated", message: REPEATED },
  recovery_receipt_line: { code: "receiptRepeated", message: REPEATED },
  receipt_line_reference: { code: "receiptRepeated", message: REPEATED },
  receipt_file_once: {
    code: "receiptRepeated",
    message: "同じ中身の収納データを、もう取り込んでいます。二度は取り込みません。何も変えていません。",
  },
  collection_file_two_people: {
    code: "samePerson",
    message: "統合収滞納への引渡しは、作った人と別の人が認めます。何も変えていません。",
  },
  collection_file_control: {
    code: "recoveryChanged",
    message: "引渡しの件数・合計が明細と合いません。もう一度作ってください。何も変えていません。",
  },
  collection_receipt_control: {
    code: "receiptFileInvalid",
    message: "収納データの件数・合計が、末尾の行と合いません。何も取り込んでいません。送り元に確かめてください。",
  },
};
