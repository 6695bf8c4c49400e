/** What the constraints of 台帳の記載 mean, in the words of a clerk. */
import type { ConstraintMessage } from "@hagukumi/platform/database/problem.ts";

import type { AllowanceRefusalCode } from "../refusal.ts";
import { ENTRY_KINDS, entrySpecs } from "./entry-kinds.ts";

type Messages = Readonly<Record<string, ConstraintMessage<AllowanceRefusalCode>>>;

const CHANGED = {
  code: "entryChanged",
  message: "この記載は、開いたあとでほかの職員が変えています。読み直してからやり直してください。何も変えていません。",
} as const;

const invalid = (text: string): ConstraintMessage<AllowanceRefusalCode> => ({
  code: "entryInvalid",
  message: `${text}項目を直してやり直してください。何も変えていません。`,
});

/** Two people who write the same next revision at once: the later one hears that it has changed. */
const sameRevision: Messages = Object.fromEntries(
  ENTRY_KINDS.map((kind) => [`${entrySpecs[kind].table}_pkey`, CHANGED] as const),
);
const periods: Messages = Object.fromEntries(
  ENTRY_KINDS.map((kind) => [
    `${entrySpecs[kind].table}_period`,
    invalid(`${entrySpecs[kind].label}の終わりの日が、始まりの日より前です。`),
  ]),
);

export const CASE_FILE_CONSTRAINTS: Messages = {
  ...sameRevision,
  ...periods,
  entry_revision_chain: CHANGED,
  entry_same_person: CHANGED,
  entry_withdrawn: {
    code: "entryWithdrawn",
    message: "この記載は取り消されています。新しく登録してください。何も変えていません。",
  },
  entry_two_people: {
    code: "samePerson",
    message: "入力した人は、自分の入力を確認できません。別の職員が確認してください。何も変えていません。",
  },
  entry_confirmation_pkey: {
    code: "entryConfirmed",
    message: "この記載は、もう確認されています。何も変えていません。",
  },
  entry_overlap: {
    code: "entryOverlaps",
    message: "同じ時期の記載がもうあります。前の記載を終えるか、期間を直してから登録してください。何も変えていません。",
  },
  yearly_review_once: {
    code: "entryOverlaps",
    message: "この年度の審査はもうあります。その記載を直してください。何も変えていません。",
  },
  annual_report_once: {
    code: "entryOverlaps",
    message: "この年度の現況届の記載はもうあります。その記載を直してください。何も変えていません。",
  },
  yearly_review_judged: invalid(
    "所得を判定したときは、判定に使った税の履歴（人・年・番号・版）をすべて書いてください。",
  ),
  yearly_review_income: invalid("判定に使った税の履歴がありません。"),
  annual_report_received: invalid("届出があったときだけ、現況受理年月日を書いてください。"),
  related_person_someone: invalid("関係者は、宛名番号か氏名のどちらかを書いてください。"),
  related_person_not_self: invalid("本人を本人の関係者にすることはできません。"),
  coverage_fallback: invalid("年金で被用区分を確かめたときは、保険で確かめられなかった理由を書いてください。"),
  coverage_insured_text: invalid("資格取得年月日は、日付か、分からないときの文字か、どちらかだけを書いてください。"),
  coverage_pension_text: invalid("年金加入年月日は、日付か、分からないときの文字か、どちらかだけを書いてください。"),
  child_circumstance_apart_reason: invalid("別居のときは別居理由を書き、同居のときは書かないでください。"),
  child_circumstance_not_self: invalid("本人を本人の児童にすることはできません。"),
  counted_sibling_graduation: invalid("学生のときは、卒業予定年月を書いてください。"),
  counted_sibling_ended: invalid("算定を終えるときは、終わりの日と事由を両方書いてください。"),
  counted_sibling_not_self: invalid("本人を本人の兄姉等にすることはできません。"),
  document_received: invalid("受け取った書類には受け取った日を書き、求めている書類には書かないでください。"),
  document_awaited: invalid("求めている書類には、求めた日を書いてください。"),
  document_returned: invalid("返した書類にだけ、返した日を書いてください。"),
  document_stored: invalid("保管する書類には、保管場所を書いてください。"),
  former_inquiry_answer: invalid(
    "回答は、回答の日・支給の有無・（支給があったとき）最後の月分をそろえて書いてください。",
  ),
  former_inquiry_due: invalid("期限や回答の日が、照会した日より前です。"),
  material_request_answer: invalid("回答は、回答の日と内容をそろえて書いてください。"),
  material_request_due: invalid("期限や回答の日が、求めた日より前です。"),
  code_one_meaning: {
    code: "codeInvalid",
    message:
      "同じ時期に、同じコードか同じ識別子が別の組で使われています。前のコードを終えてから登録してください。何も変えていません。",
  },
  code_two_people: {
    code: "samePerson",
    message: "コード表は、入力した人と別の職員の承認が要ります。何も変えていません。",
  },
  decision_former_municipality: {
    code: "formerMunicipalityPaid",
    message:
      "前住所地が、この支給開始年月かその後の月分まで支給したと回答しています。重ねて認定することはできません。支給開始年月か、前住所地の回答を確かめてください。何も変えていません。",
  },
};
