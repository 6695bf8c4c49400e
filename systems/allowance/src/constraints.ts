/** What the constraints of this system's tables mean, in the words of a clerk. */
import { type ConstraintMessages, refusing as refusingWith } from "@hagukumi/platform/database/problem.ts";

import { REVIEW_CONSTRAINTS } from "./annual-review/constraint-messages.ts";
import { CASE_FILE_CONSTRAINTS } from "./case-file/constraint-messages.ts";
import { RECOVERY_CONSTRAINTS } from "./recovery/constraint-messages.ts";
import { COUNTER_CONSTRAINTS } from "./payments/counter/constraint-messages.ts";
import { STATISTICS_CONSTRAINTS } from "./statistics/constraint-messages.ts";
import { TWO_PEOPLE_CONSTRAINTS } from "./two-people/constraint-messages.ts";
import { RESTRICTION_CONSTRAINTS } from "./restrictions/constraint-messages.ts";
import { REQUEST_CONSTRAINTS } from "./decision-requests/constraint-messages.ts";
import type { AllowanceRefusalCode } from "./refusal.ts";

const SAME_PERSON = "審査（入力）した人は、自分で決裁できません。別の職員が決裁してください。何も変えていません。";

const CHANGED =
  "ほかの職員が先にこの受付を変えました。画面を読み直して、変わったところを確かめてからやり直してください。何も変えていません。";

const MASS_MOVED =
  "ほかの職員か計算機が、先にこの一括処理を進めています。画面を読み直して状態を確かめてください。何も変えていません。";

export const CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  ...CASE_FILE_CONSTRAINTS,
  ...COUNTER_CONSTRAINTS,
  ...RESTRICTION_CONSTRAINTS,
  ...STATISTICS_CONSTRAINTS,
  ...TWO_PEOPLE_CONSTRAINTS,
  import_batch_source: {
    code: "originUnknown",
    message: "入手元の一覧にない相手からの取り込みです。何も取り込んでいません。連携の設定を確かめてください。",
  },
  import_batch_channel: {
    code: "originUnknown",
    message: "入手の方法の一覧にない方法での取り込みです。何も取り込んでいません。連携の設定を確かめてください。",
  },
  replica_items: {
    code: "replicaInvalid",
    message: "副本に載せられるのは、児童手当の支給に関する情報だけです。何も作っていません。",
  },
  replica_marked: {
    code: "replicaInvalid",
    message: "支援措置の人の副本には、自動応答不可フラグが要ります。何も作っていません。",
  },
  replica_of_recipient: {
    code: "replicaInvalid",
    message: "副本を作るのは、受給者（受給者だった人を含む）だけです。何も作っていません。",
  },
  replica_version: {
    code: "replicaInvalid",
    message: "同じ人の副本が同時に作られました。もう一度実行してください。何も作っていません。",
  },
  replica_result_reason: { code: "replicaInvalid", message: "断られた副本には、わけが要ります。何も残していません。" },
  data_source_pkey: {
    code: "originUnknown",
    message: "この入手元の符号は、もう一覧にあります。別の符号にしてください。何も変えていません。",
  },
  data_channel_pkey: {
    code: "originUnknown",
    message: "この方法の符号は、もう一覧にあります。別の符号にしてください。何も変えていません。",
  },
  data_source_two_people: {
    code: "samePerson",
    message: "入手元は、入力した人と別の人が確かめます。何も変えていません。",
  },
  data_channel_two_people: {
    code: "samePerson",
    message: "方法は、入力した人と別の人が確かめます。何も変えていません。",
  },
  interface_origin_two_people: {
    code: "samePerson",
    message: "連携の入手元と方法は、入力した人と別の人が確かめます。何も変えていません。",
  },
  interface_origin_pkey: {
    code: "originUnknown",
    message: "この連携には、その日からの行がもうあります。別の日からにしてください。何も変えていません。",
  },
  interface_origin_source_code_fkey: {
    code: "originUnknown",
    message: "入手元の一覧にない符号です。先に一覧に加えてください。何も変えていません。",
  },
  interface_origin_channel_code_fkey: {
    code: "originUnknown",
    message: "入手の方法の一覧にない符号です。先に一覧に加えてください。何も変えていません。",
  },
  origin_in_force: {
    code: "originUnknown",
    message: "この入手元・方法は、いまは使わないことになっています。何も取り込んでいません。一覧を確かめてください。",
  },
  approval_two_people: { code: "samePerson", message: SAME_PERSON },
  decision_two_people: { code: "samePerson", message: SAME_PERSON },
  account_two_people: { code: "samePerson", message: SAME_PERSON },
  child_account_two_people: {
    code: "samePerson",
    message: "児童の口座は、入力した人と別の人が確認します。何も変えていません。",
  },
  advance_offset_two_people: { code: "samePerson", message: SAME_PERSON },
  creditor_two_people: { code: "samePerson", message: SAME_PERSON },
  special_collection_two_people: { code: "samePerson", message: SAME_PERSON },
  special_collection_cancel_two_people: { code: "samePerson", message: SAME_PERSON },
  staff_relation_two_people: {
    code: "samePerson",
    message: "関係は、入力した人とは別の人が承認します。何も変えていません。",
  },
  finding_outcome_seen: {
    code: "findingUnseen",
    message: "指摘の根拠を開いて見てから、結果を書いてください。何も変えていません。",
  },
  finding_outcome_own: {
    code: "samePerson",
    message: "自分についての指摘や記録は、自分では点検できません。別の人が点検してください。何も変えていません。",
  },
  finding_outcome_pkey: {
    code: "findingDecided",
    message: "この指摘には、もう結果が書かれています。一覧を読み直してください。何も変えていません。",
  },
  sample_once: {
    code: "sampleDrawn",
    message: "この月の標本は、もう引いてあります。引き直すことはできません。何も変えていません。",
  },
  sample_result_pkey: {
    code: "findingDecided",
    message: "この行には、もう結果が書かれています。一覧を読み直してください。何も変えていません。",
  },
  month_review_over: { code: "monthOpen", message: "月が終わってから、点検を終えてください。何も変えていません。" },
  month_review_run: {
    code: "monthOpen",
    message: "月の全部を解析してから、点検を終えてください。何も変えていません。",
  },
  month_review_findings: {
    code: "monthOpen",
    message: "結果を書いていない指摘があります。すべてに結果を書いてから、点検を終えてください。何も変えていません。",
  },
  month_review_sample: {
    code: "monthOpen",
    message:
      "標本を引いていないか、結果を書いていない行があります。書いてから、点検を終えてください。何も変えていません。",
  },
  month_review_pkey: { code: "monthOpen", message: "この月の点検は、もう終えています。何も変えていません。" },
  protection_lift_two_people: {
    code: "samePerson",
    message: "一時解除は、申請した人とは別の人が承認します。何も変えていません。",
  },
  protection_lift_minutes: { code: "liftInvalid", message: "一時解除の時間は1〜15分です。何も変えていません。" },
  protection_lift_term: { code: "liftInvalid", message: "一時解除は、承認から15分までです。何も変えていません。" },
  protection_lift_content: {
    code: "contentChanged",
    message: "見ていた申請と、承認しようとした申請の内容が違います。一覧を読み直してください。何も変えていません。",
  },
  protection_lift_answer_pkey: {
    code: "liftAnswered",
    message: "この申請には、もう答えが出ています。一覧を読み直してください。何も変えていません。",
  },
  protection_lift_end_pkey: {
    code: "liftEnded",
    message: "この一時解除は、もう終えています。何も変えていません。",
  },
  unpaid_two_people: { code: "samePerson", message: SAME_PERSON },
  unpaid_item_once: {
    code: "factsChanged",
    message: "この月分の未払は、もう決定されています。もう一度審査してください。何も決めていません。",
  },
  unpaid_item_paid: {
    code: "factsChanged",
    message: "この月分は支払処理に入っています。支払処理が終わってから、もう一度審査してください。何も決めていません。",
  },
  unpaid_item_due: {
    code: "factsChanged",
    message: "未払の額が元帳の額と一致しません。もう一度審査してください。何も決めていません。",
  },
  account_check_method: {
    code: "accountCheckInvalid",
    message:
      "口座の確認を記録できません。この確認の種類では、その方法は使えません（金融機関マスタで分かるのは、振り込めるかどうかだけです）。何も変えていません。",
  },
  account_check_exception: {
    code: "accountCheckInvalid",
    message:
      "口座の確認を記録できません。例外として認めるのは名義の確認だけです。結果を選び直してください。何も変えていません。",
  },
  account_check_note: {
    code: "accountCheckInvalid",
    message: "口座の確認を記録できません。一致しなかったときは、説明を書いてください。何も変えていません。",
  },
  account_public_choice: {
    code: "accountInvalid",
    message: "受給者が公金受取口座を選んでいません。届け出た口座はそのままです。何も変えていません。",
  },
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
  alert_acknowledgement_pkey: {
    code: "alertAcknowledged",
    message: "この警告は、ほかの職員がもう確認しています。画面を読み直してください。何も変えていません。",
  },
  alert_acknowledgement_reason: {
    code: "filingInvalid",
    message: "警告の確認には、400文字までの理由が要ります。何も変えていません。",
  },
  edit_lock_held: {
    code: "personLocked",
    message:
      "ほかの職員がこの人を編集しています。画面の上の「編集中」で、だれがいつからかを確かめ、終わるのを待つか、理由を書いて引き継いでください。何も変えていません。",
  },
  edit_lock_one: {
    code: "personLocked",
    message: "同じ時に、ほかの職員がこの人の編集を始めました。画面を読み直してください。何も変えていません。",
  },
  edit_lock_takeover: {
    code: "lockReasonNeeded",
    message: "編集の引継ぎには、10文字以上の理由が要ります。何も変えていません。",
  },
  edit_lock_kept: {
    code: "personLocked",
    message: "この編集は、もう終わっています。画面を読み直してください。何も変えていません。",
  },
  filing_approval_two_people: { code: "samePerson", message: SAME_PERSON },
  filing_document_handed_back: {
    code: "filingInvalid",
    message: "返した書類には、書類の名・返し方・理由が要ります。何も記録していません。",
  },
  claim_cancellation_two_people: { code: "samePerson", message: SAME_PERSON },
  filing_cancellation_two_people: { code: "samePerson", message: SAME_PERSON },
  filing_cancellation_pkey: { code: "caseChanged", message: CHANGED },
  filing_cancellation_other: {
    code: "filingInvalid",
    message: "受付は、自分自身の代わりにはなりません。代わりの受付を作ってください。何も変えていません。",
  },
  filing_cancellation_order: {
    code: "filingInvalid",
    message: "取消の日が、取り消す決定の日より前です。日付を確かめてください。何も変えていません。",
  },
  parent_designation_end_once: {
    code: "factsChanged",
    message: "この父母指定は、もう終わっています。台帳を確かめて、もう一度審査してください。何も変えていません。",
  },
  filing_changed: { code: "caseChanged", message: CHANGED },
  filing_event_pkey: { code: "caseChanged", message: CHANGED },
  filing_content_pkey: { code: "caseChanged", message: CHANGED },
  filing_transition: {
    code: "filingState",
    message: "いまの状態では、この処理はできません。画面を読み直して状態を確かめてください。何も変えていません。",
  },
  filing_ended: {
    code: "filingEnded",
    message: "この受付は終わっています（決裁済み・取下げ・破棄・取消）。内容は変えられません。何も変えていません。",
  },
  filing_identity_needed: {
    code: "identityNeeded",
    message: "本人確認の記録がない受付は登録できません。確認した書類を記録してください。何も変えていません。",
  },
  filing_reception_number: {
    code: "receptionNumberReused",
    message: "この受付番号は、もう使われています。番号を確かめるか、システムに採らせてください。何も変えていません。",
  },
  mass_approval_two_people: {
    code: "samePerson",
    message: "一括処理を作った人は、自分で承認できません。別の職員が承認してください。何も変えていません。",
  },
  mass_approval_pkey: {
    code: "massRunState",
    message: "この一括処理は、もう承認されています。画面を読み直してください。何も変えていません。",
  },
  mass_schedule_two_people: {
    code: "samePerson",
    message: "一括処理の暦は、入力した人と別の職員の承認が要ります。何も変えていません。",
  },
  mass_order_two_people: {
    code: "samePerson",
    message: "処理の順番は、入力した人と別の職員の承認が要ります。何も変えていません。",
  },
  mass_exclusion_two_people: {
    code: "samePerson",
    message: "処理の排他は、入力した人と別の職員の承認が要ります。何も変えていません。",
  },
  mass_event_pkey: { code: "massRunState", message: MASS_MOVED },
  mass_event_mass_run_no_prev_seq_from_state_fkey: { code: "massRunState", message: MASS_MOVED },
  mass_event_lane: {
    code: "massLaneBusy",
    message: "同じ事案を扱う一括処理が実行中です。終わるか中断してから実行してください。何も変えていません。",
  },
  mass_result_once: {
    code: "massRunState",
    message: "この件は、もう処理しました。二重に書くことはできません。何も変えていません。",
  },
  mass_undo_of_ended: {
    code: "massUndoImpossible",
    message: "この一括処理は、終わっていないか、戻せない種類です。画面を読み直してください。何も変えていません。",
  },
  decision_undo_batch: {
    code: "massUndoImpossible",
    message:
      "この受給者には、一括処理のあとに別の決定があるので、まとめて戻せません。1件ずつ訂正の決定をしてください。何も変えていません。",
  },
  decision_undo_paid: {
    code: "massUndoImpossible",
    message:
      "この受給者の決定は、もう支払処理に使われているので、まとめて戻せません。1件ずつ訂正の決定をしてください。何も変えていません。",
  },
  ...REVIEW_CONSTRAINTS,
  ...RECOVERY_CONSTRAINTS,
  register_change_handling_pkey: {
    code: "changeUnknown",
    message: "この変更は、ほかの職員がもう扱いました。一覧を読み直してください。何も変えていません。",
  },
  register_change_handling_filing: {
    code: "filingInvalid",
    message: "受付にしたときだけ、その受付を書きます。何も変えていません。",
  },
  register_change_handling_reason: {
    code: "filingInvalid",
    message: "することがないときは、理由が要ります。理由を書いてください。何も変えていません。",
  },
  reconciliation_explanation_pkey: {
    code: "reconciliationExplained",
    message: "この違いは、もう説明されています。一覧を読み直してください。何も変えていません。",
  },
  ...REQUEST_CONSTRAINTS,
  report_omission_unseen: {
    code: "reportOmissionInvalid",
    message: "住民基本台帳に、この受給者のこの変更がありません。一覧を読み直してください。何も変えていません。",
  },
  refusal_reason_code: {
    code: "codeUnknown",
    message:
      "却下の事由が、決定の日に使えるコード（refusalCause）にありません。コード表を二人で直してから、もう一度決裁してください。何も決めていません。",
  },
  filing_refusal_code: {
    code: "codeUnknown",
    message:
      "却下にできません。理由コードが、その日に使える却下事由（refusalCause）にありません。一覧から選び直してください。何も変えていません。",
  },
  ex_officio_increase_two_people: {
    code: "samePerson",
    message: "職権で増額できる事由は、入力した人と別の職員の承認が要ります。何も変えていません。",
  },
  decision_ex_officio_increase: {
    code: "increaseNotListed",
    message:
      "請求のない増額は、職権で増額できる事由の一覧にあるものだけです。受給者に額改定認定請求書を出してもらうか、法令を確かめて一覧に二人で足してください。何も決めていません。",
  },
  parameter_approval_two_people: {
    code: "samePerson",
    message: "登録した人は承認できません。別の職員が承認してください。何も変えていません。",
  },
  parameter_approval_examples: {
    code: "parameterInvalid",
    message:
      "公表された計算例と答えの違うものがあるパラメータは承認できません。違う計算例を確かめ、プログラムの値を直してから登録し直してください。何も変えていません。",
  },
  parameter_approval_once: {
    code: "parameterInvalid",
    message: "この登録は、もう承認されています。何も変えていません。",
  },
  parameter_approval_of_content: {
    code: "contentChanged",
    message:
      "承認は、見た登録の中身に結びつきます。画面を読み直して、登録の中身を確かめてください。何も変えていません。",
  },
  parameter_approval_parallel: {
    code: "parameterInvalid",
    message: "この登録には、全件の並行計算がありません。登録し直してから承認してください。何も変えていません。",
  },
  parameter_approval_compared: {
    code: "contentChanged",
    message: "登録のあとで別の一式が承認されました。違いの一覧が古いので、登録し直してください。何も変えていません。",
  },
  character_set_two_people: {
    code: "samePerson",
    message: "文字の同定は、入力した人と別の職員が承認します。何も変えていません。",
  },
  protection_person: {
    code: "protectionInvalid",
    message: "住民の履歴のない宛名には、支援措置の印を立てられません。宛名番号を確かめてください。何も変えていません。",
  },
  protection_changed: {
    code: "contentChanged",
    message:
      "申請のあとで、住民の履歴か申出が変わりました。いまの状態を見て、申請し直してください。何も変えていません。",
  },
  protection_in_register: {
    code: "protectionInRegister",
    message:
      "住民基本台帳では、まだ支援措置の対象です。住民基本台帳の支援措置が終わってから、もう一度確かめてください。何も変えていません。",
  },
  protection_release_two_people: {
    code: "samePerson",
    message: "支援措置の終わりは、申請した人と別の人が確かめます。何も変えていません。",
  },
  protection_release_pkey: {
    code: "protectionUnknown",
    message: "この申請は、もう確かめられています。一覧を読み直してください。何も変えていません。",
  },
  protection_release_of_content: {
    code: "contentChanged",
    message: "表示された申請と中身が違います。一覧を読み直してください。何も変えていません。",
  },
  letter_text_two_people: {
    code: "samePerson",
    message: "文言は、入力した人と別の職員が承認します。何も変えていません。",
  },
  letter_run_two_people: {
    code: "samePerson",
    message: "印刷は、作成した人と別の職員が見本を見て承認します。何も変えていません。",
  },
  letter_withheld_two_people: {
    code: "samePerson",
    message: "送らないことは、入力した人と別の職員が確かめます。何も変えていません。",
  },
  letter_withheld_pkey: {
    code: "letterInvalid",
    message: "この通知書は、もう送らないと決められています。何も変えていません。",
  },
  letter_once: {
    code: "letterInvalid",
    message:
      "この通知書は、もう作られています。画面を読み直してください。もう一度要るときは再発行してください。何も作っていません。",
  },
  letter_document_day: {
    code: "letterInvalid",
    message: "文書の日付が、決定などの日より前です。日付を直してください。何も作っていません。",
  },
  letter_run_mail_day: {
    code: "letterInvalid",
    message: "発送日が、文書の日付より前です。日付を直してください。何も作っていません。",
  },
  letter_run_order_mail_day: {
    code: "letterInvalid",
    message: "発送日が、文書の日付より前です。日付を直してください。何も作っていません。",
  },
  letter_run_event_once: {
    code: "letterRunState",
    message: "ほかの職員が先に進めました。画面を読み直してください。何も変えていません。",
  },
  letter_count_in_out: {
    code: "letterCountDiffers",
    message: "印刷した数と、封入した数・抜いた数の和が合いません。数え直してください。何も変えていません。",
  },
  letter_request_months: {
    code: "letterInvalid",
    message: "受給証明書には、認定番号と証明する期間が要ります。何も変えていません。",
  },
  hold_release_pkey: { code: "holdReleased", message: "この差止・保留は、もう解除されています。何も変えていません。" },
};

/** Runs `work`, turning refusals of the database into refusals of this system. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  return await refusingWith(CONSTRAINTS, work);
}
