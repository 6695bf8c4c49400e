/** What the constraints of the statistics mean, in the words of a clerk. */
import type { ConstraintMessages } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../refusal.ts";

export const STATISTICS_CONSTRAINTS: ConstraintMessages<AllowanceRefusalCode> = {
  cost_share_entry_whole: {
    code: "statisticsInvalid",
    message:
      "負担割合を足してちょうど1にならない区分があります。政令の分子と分母を確かめてください。何も登録していません。",
  },
  cost_share_approval_once: {
    code: "statisticsInvalid",
    message: "この負担割合は、もう承認されています。一覧を読み直してください。何も変えていません。",
  },
  cost_share_approval_of_content: {
    code: "contentChanged",
    message:
      "承認しようとした負担割合は、入力された内容と違います。画面を読み直して確かめてください。何も変えていません。",
  },
  cost_share_approval_two_people: {
    code: "samePerson",
    message: "負担割合は、入力した人とは別の人が承認します。何も変えていません。",
  },
  statistics_report_approval_once: {
    code: "statisticsInvalid",
    message: "この報告は、もう承認されています。一覧を読み直してください。何も変えていません。",
  },
  statistics_report_approval_of_figures: {
    code: "contentChanged",
    message: "承認しようとした報告は、作られた数字と違います。画面を読み直して確かめてください。何も変えていません。",
  },
  statistics_report_approval_two_people: {
    code: "samePerson",
    message: "報告は、作った人とは別の人が承認します。何も変えていません。",
  },
};
