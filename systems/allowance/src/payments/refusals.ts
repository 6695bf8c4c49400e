/** What the payment room refuses with, and what each constraint of its tables means in words for people. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

/** Codes of the payment room (支払). Stable: machines may depend on them. */
export type PaymentRefusalCode =
  | "accountChanged"
  | "accountMissing"
  | "approvalNotBound"
  | "dueLowered"
  | "handOverTwice"
  | "handOverUnknown"
  | "ledgerUnbalanced"
  | "lineInvalid"
  | "monthAlreadyInRun"
  | "monthHeld"
  | "monthOutsideEntitlement"
  | "monthOtherRecipient"
  | "nothingToPay"
  | "notPayMonth"
  | "orderExists"
  | "payDayDiffers"
  | "paidNotReversible"
  | "parametersNotApproved"
  | "receiptInvalid"
  | "resultMismatch"
  | "resultUnmatched"
  | "reviewDone"
  | "reviewInvalid"
  | "reviewOpen"
  | "reviewOtherPerson"
  | "runMissing"
  | "runOpen"
  | "runSealed"
  | "samePerson"
  | "settingMissing"
  | "slipKeyInvalid"
  | "totalsDiffer"
  | "transferFileAltered"
  | "wrongState";

const samePerson = (what: string) =>
  ({
    code: "samePerson",
    message: `${what}。作成・承認・送付は、それぞれ別の人が行ってください。何も変えていません。`,
  }) as const;

/** Constraint of the database → refusal. */
export const paymentConstraints: ConstraintMessages<PaymentRefusalCode> = {
  payment_run_pkey: { code: "runOpen", message: "同じ番号の支払処理がすでにあります。一覧を読み直してください。" },
  payment_run_previous_run_no_fkey: {
    code: "runOpen",
    message:
      "前の支払処理が終わっていないため、新しい支払処理は作れません。前の支払処理を締めるか、送付前なら取り消してください。",
  },
  payment_run_previous_run_no_key: {
    code: "runOpen",
    message: "同じ支払処理に続く支払処理がすでにあります。一覧を読み直してください。",
  },
  due_item_once: {
    code: "monthAlreadyInRun",
    message: "この児童のこの月分は、すでに支払うべき額として登録されています。",
  },
  due_item_one_recipient: {
    code: "monthOtherRecipient",
    message: "この児童のこの月分は別の受給者に決まっています。前の受給者の支払と返納を確かめてください。",
  },
  due_item_window: {
    code: "monthOutsideEntitlement",
    message: "支給開始年月より前、または消滅した後の月分は支払えません。決定を確かめてください。",
  },
  due_item_decision: { code: "approvalNotBound", message: "支払うべき額の根拠が受給者の決定と一致しません。" },
  run_item_once: {
    code: "monthAlreadyInRun",
    message: "この月分は、すでに別の支払処理に入っています。二重に支払うことはできません。",
  },
  run_item_reserved: {
    code: "monthAlreadyInRun",
    message: "前の支払から未払に戻っていない月分は、もう一度支払えません。振込不能の確認を先にしてください。",
  },
  run_item_due: { code: "totalsDiffer", message: "支払う額が、支払うべき額と一致しません。" },
  run_item_hold: {
    code: "monthHeld",
    message: "差止または保留の月分が入っています。支払処理を取り消して作り直してください。",
  },
  run_item_window: {
    code: "monthOutsideEntitlement",
    message: "支払処理を作ったあとで、受給資格の消滅した月分が入っています。支払処理を取り消して作り直してください。",
  },
  run_line_amount: { code: "lineInvalid", message: "振込額は1円から9,999,999,999円までです。" },
  run_line_cap: {
    code: "lineInvalid",
    message: "振込額が法律上ありうる最大（児童×月数×30,000円）を超えています。",
  },
  run_line_account: {
    code: "accountChanged",
    message: "明細の口座が受給者の口座と一致しません。作り直してください。",
  },
  budget_order_pkey: {
    code: "orderExists",
    message: "この支払処理の支出命令は、もう作ってあります。同じ支払を二度は渡せません。何も変えていません。",
  },
  budget_order_approval_pkey: {
    code: "orderExists",
    message: "この支出命令は、もう承認されています。何も変えていません。",
  },
  budget_order_two_people: {
    code: "samePerson",
    message: "支出命令を作った人は、自分で承認できません。別の人が承認してください。何も変えていません。",
  },
  budget_order_total: {
    code: "totalsDiffer",
    message: "支出命令の差引支払額が、支払処理の合計と合いません。支払を進めず、管理者に知らせてください。",
  },
  budget_order_sum: {
    code: "totalsDiffer",
    message: "支出命令から控除を引いた額が、差引支払額と合いません。支払を進めず、管理者に知らせてください。",
  },
  budget_order_run: {
    code: "wrongState",
    message: "取り消した支払処理の支出命令は作れません。何も変えていません。",
  },
  late_result_once: {
    code: "resultMismatch",
    message: "この返戻は、もう登録されています。何も変えていません。",
  },
  late_result_evidence: {
    code: "runSealed",
    message: "締めた支払処理の結果は、証拠のある返戻としてだけ足せます。何も変えていません。",
  },
  late_result_state: {
    code: "wrongState",
    message: "締めたあとの返戻は、締めた支払処理の明細の、支払日からあとに戻ったものです。何も変えていません。",
  },
  run_line_payee: {
    code: "lineInvalid",
    message:
      "明細の振込先は、受給者の口座か、資金前渡の口座か、児童の口座か、未支払の決定の口座のどれかです。作り直してください。",
  },
  run_line_fund: {
    code: "lineInvalid",
    message:
      "窓口払の明細の口座が、支払日の資金前渡の口座ではないか、受取の場所と期間が決まっていません。作り直してください。",
  },
  run_line_counter: {
    code: "lineInvalid",
    message: "窓口払と決めた受給者には窓口で、ほかの受給者には本人の口座に払います。作り直してください。",
  },
  counter_back_booked: {
    code: "wrongState",
    message:
      "窓口払の明細です。受け取られなかった分は、支払処理の「窓口払」から戻し入れてください。何も変えていません。",
  },
  counter_advance_complete: {
    code: "totalsDiffer",
    message: "窓口払の前渡が、現金出納簿に載っていません。管理者に知らせてください。何も取り込んでいません。",
  },
  run_line_once: {
    code: "lineInvalid",
    message: "同じ相手への明細が、この支払処理に二つあります。支払処理は作っていません。",
  },
  run_line_public_institution: {
    code: "lineInvalid",
    message:
      "国・地方公共団体の設置する施設には、施設の口座でなく、児童ひとりずつの口座に払います（児童手当法22条の2）。作り直してください。",
  },
  run_line_unpaid_kind: {
    code: "lineInvalid",
    message: "未支払の決定による支払は、種別「未支払」の支払処理でだけ行います。作り直してください。",
  },
  run_item_payee: {
    code: "lineInvalid",
    message: "児童に払う明細に、その児童のものでない月分が入っています。作り直してください。",
  },
  return_confirmation_account: {
    code: "accountMissing",
    message: "振込不能を確かめるには、支払う相手の口座が要ります。先に口座を登録してください。何も変えていません。",
  },
  run_line_branch: {
    code: "lineInvalid",
    message: "支払日に存在しない支店の口座が入っています。口座を変更してから作り直してください。",
  },
  run_line_sealed: {
    code: "runSealed",
    message: "作成の終わった支払処理の明細は変えられません。変えるときは取り消して作り直します。",
  },
  run_digest: { code: "approvalNotBound", message: "明細が、確かめた時の明細と一致しません。" },
  run_control: {
    code: "totalsDiffer",
    message: "件数または合計が、明細・元帳・承認・ファイルの間で一致しません。何も変えていません。",
  },
  run_parameters_approved: {
    code: "parametersNotApproved",
    message: "承認済みのパラメータの記録がない支払処理は作れません。「パラメータ」の画面で承認を確かめてください。",
  },
  run_evidence_event: {
    code: "wrongState",
    message: "状態の記録がないまま、承認やファイルだけを残すことはできません。",
  },
  run_event_evidence: {
    code: "wrongState",
    message: "次の状態に進める裏づけ（承認・ファイル・送付・結果）がありません。",
  },
  run_unmatched_results: {
    code: "resultUnmatched",
    message: "明細に当たらない振込結果が残っています。始末を二人で登録してから締めてください。",
  },
  run_event_from_state_to_state_fkey: { code: "wrongState", message: "いまの状態からは、その処理に進めません。" },
  run_event_run_no_prev_seq_from_state_fkey: {
    code: "wrongState",
    message: "支払処理の状態が変わっています。読み直してください。",
  },
  run_event_pkey: { code: "wrongState", message: "支払処理の状態が変わっています。読み直してください。" },
  run_event_run_no_to_state_key: { code: "wrongState", message: "この処理はすでに済んでいます。読み直してください。" },
  run_approval_two_people: samePerson("作った人は承認できません"),
  hand_over_three_people: samePerson("作った人・承認した人は送付できません"),
  run_approval_run_no_line_digest_maker_fkey: {
    code: "approvalNotBound",
    message: "確かめた明細と、いまの明細が違います。承認できません。",
  },
  hand_over_pkey: {
    code: "handOverTwice",
    message: "このファイルはすでに送付しています。同じファイルを二度送ることはできません。",
  },
  hand_over_run_no_key: {
    code: "handOverTwice",
    message: "この支払処理はすでに送付しています。二度送ることはできません。",
  },
  transfer_file_sha256_key: {
    code: "handOverTwice",
    message: "同じ中身のファイルがすでにあります。二度目の送付はできません。",
  },
  result_file_run_no_key: { code: "resultMismatch", message: "この支払処理の結果はすでに取り込んでいます。" },
  result_row_one_line: {
    code: "resultMismatch",
    message: "同じ明細に当たる結果が二つあります。結果ファイルを確かめてください。何も取り込んでいません。",
  },
  item_release_evidence: {
    code: "wrongState",
    message: "取消しも振込不能の確認もない月分を、未払に戻すことはできません。",
  },
  return_confirmation_two_people: samePerson("振込不能の確認は二人で行います"),
  due_reversal_paid: {
    code: "paidNotReversible",
    message: "支払に入っている額は取り消せません。過払として返納の手続をしてください。",
  },
  title_release_balance: {
    code: "monthOtherRecipient",
    message: "前の受給者への支払または未払が残っている月分は手放せません。",
  },
  run_review_sealed: {
    code: "runSealed",
    message: "この支払処理の比較と点検は、もう変えられません（承認のあと、または作成のあと）。",
  },
  run_review_open: {
    code: "reviewOpen",
    message: "確かめていない点検の件が残っています。一件ずつ確かめて済みにしてから承認してください。",
  },
  run_recalculation_missing: { code: "reviewOpen", message: "検算がまだです。確認の処理からやり直してください。" },
  run_review_clearance_once: {
    code: "reviewDone",
    message: "この件は、もう確かめ済みです。画面を読み直してください。何も変えていません。",
  },
  run_review_other_person: {
    code: "reviewOtherPerson",
    message: "自分が作った、または入力したことに関わる件です。ほかの人が確かめてください。何も変えていません。",
  },
  run_change_sum: { code: "totalsDiffer", message: "増減の原因の合計が、前回との差と合いません。何も変えていません。" },
  run_control_total_sum: {
    code: "totalsDiffer",
    message: "合計表の合計が、承認する件数・金額と合いません。何も変えていません。",
  },
  result_proposal_once: {
    code: "wrongState",
    message: "ほかの人が先に案を入れました。画面を読み直してください。何も変えていません。",
  },
  line_delay_once: { code: "wrongState", message: "この遅れは、もう登録されています。何も変えていません。" },
  line_delay_end_once: { code: "wrongState", message: "この入金は、もう登録されています。何も変えていません。" },
  line_delay_state: {
    code: "wrongState",
    message: "入金の遅れは、銀行に渡したあと、締める前の支払処理にだけ登録できます。何も変えていません。",
  },
  line_delay_open: {
    code: "resultUnmatched",
    message: "入金か返戻か分からない明細が残っています。入金を確かめて登録するか、結果を取り込んでから締めてください。",
  },
  hand_over_receipt_differs: {
    code: "handOverUnknown",
    message: "受領書の件数または金額がファイルと違います。受領にはできません。",
  },
  result_resolution_two_people: samePerson("結果の始末は二人で行います"),
  run_deduction_sum: {
    code: "totalsDiffer",
    message: "差引の額が、月分・過払・元帳の間で一致しません。何も変えていません。",
  },
  journal_balance: { code: "ledgerUnbalanced", message: "仕訳の明細が見出しと合いません。何も記録していません。" },
  ledger_closed_journal: { code: "ledgerUnbalanced", message: "閉じた仕訳に明細を足すことはできません。" },
};
