/** What the constraints of 窓口払 mean, in the words of a clerk. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../../refusal.ts";

const TWO = "は、入れた人と別の人が認めます。何も変えていません。";

export const COUNTER_CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  counter_fund_two_people: { code: "samePerson", message: `資金前渡の口座${TWO}` },
  counter_payee_two_people: { code: "samePerson", message: `窓口払${TWO}` },
  counter_entry_two_people: {
    code: "samePerson",
    message: "現金は、渡す人と立ち会う人の二人で渡します。別の人が立ち会ってください。何も変えていません。",
  },
  counter_count_two_people: { code: "samePerson", message: `数えた現金${TWO}` },
  counter_entry_once: {
    code: "counterState",
    message: "この明細は、もう現金出納簿に載っています。画面を読み直してください。何も変えていません。",
  },
  counter_entry_out: {
    code: "counterState",
    message:
      "この明細は、もう渡したか戻しています。二度渡すことはできません。画面を読み直してください。何も変えていません。",
  },
  counter_entry_pkey: {
    code: "counterState",
    message: "ほかの人が先に現金出納簿に記録しました。もう一度送ってください。何も変えていません。",
  },
  counter_entry_state: {
    code: "counterState",
    message:
      "窓口払の明細を渡せるのは、振込結果で資金への入金が分かってから、戻せるのは受取の期間が過ぎてからです。何も変えていません。",
  },
  counter_entry_balance: {
    code: "counterState",
    message: "現金出納簿の残高が合いません。現金を渡さず、管理者に知らせてください。何も変えていません。",
  },
  counter_entry_chain: {
    code: "counterState",
    message: "ほかの人が先に現金出納簿に記録しました。もう一度送ってください。何も変えていません。",
  },
  counter_entry_first: {
    code: "counterState",
    message: "現金出納簿は残高0円から始まります。管理者に知らせてください。何も変えていません。",
  },
  counter_entry_shape: {
    code: "counterInvalid",
    message:
      "渡した記録には受け取った人・確かめた書類・領収書の番号が、戻した記録には証拠が要ります。何も変えていません。",
  },
  counter_count_expected: {
    code: "counterState",
    message: "数えているあいだに出納簿が動きました。画面を読み直して、数え直してください。何も変えていません。",
  },
  counter_count_difference: {
    code: "counterInvalid",
    message: "数えた額が出納簿の残高と違います。差の説明を書いてください。何も変えていません。",
  },
  counter_back_booked: {
    code: "counterState",
    message:
      "窓口払の明細です。受け取られなかった分は、支払処理の「窓口払」から戻し入れてください。何も変えていません。",
  },
  counter_advance_complete: {
    code: "counterState",
    message: "窓口払の前渡が、現金出納簿に載っていません。管理者に知らせてください。何も取り込んでいません。",
  },
  counter_window_days: {
    code: "counterInvalid",
    message: "受け取る期間の終わりが、初めの日より前です。設定「counterPayment」を直してください。何も変えていません。",
  },
};
