/** Japanese for the codes of decisions, causes and states of money. Closed tables: the compiler asks for each new code. */
import type { ClaimCauseKind, DecisionKind, ExOfficioCause } from "@hagukumi/law/contract.ts";

const decisionKinds: Readonly<Record<DecisionKind | "correct", string>> = {
  certify: "認定",
  refuse: "却下",
  increase: "額改定（増額）",
  decrease: "額改定（減額）",
  extinguish: "支給事由の消滅",
  correct: "訂正",
};

const causes: Readonly<
  Record<ClaimCauseKind | ExOfficioCause | "otherRecipient" | "declined" | "factsChanged" | "decisionCancelled", string>
> = {
  birth: "出生",
  moveIn: "転入",
  moveInFromAbroad: "国外からの転入",
  recipientDeath: "受給者の死亡",
  leftPublicService: "公務員の退職",
  leftInstitution: "施設などの退所",
  enteredInstitution: "施設などへの入所・委託",
  livingTogetherPriority: "同居優先",
  guardianAppointed: "未成年後見人の選任",
  parentDesignation: "父母指定",
  incomeBelowUpperLimit: "所得が所得上限限度額未満になった",
  taxCorrection: "所得の更正",
  disaster: "災害",
  becameUniversityAge: "大学生年代になった",
  graduated: "卒業",
  other: "その他",
  turnedThree: "3歳到達",
  fiscalYearEnd12: "小学校修了",
  fiscalYearEnd15: "中学校修了",
  fiscalYearEnd18: "18歳年度末",
  fiscalYearEnd22: "22歳年度末",
  childDeath: "児童の死亡",
  careEnded: "監護・生計同一の終わり",
  otherRecipient: "ほかの人が受給者になった",
  declined: "受給の辞退",
  factsChanged: "事実の変更による訂正",
  decisionCancelled: "先の決定の取消",
  childAbroad: "児童の国外転出",
  studyAbroadLimit: "留学の期間の上限",
  supportEnded: "監護相当・生計費の負担の終わり",
  movedOut: "転出",
  becamePublicServant: "公務員になった",
  detained: "拘禁",
  income: "所得の判定の変更",
  reform: "法改正",
};

const named = (table: Readonly<Record<string, string>>, code: string): string =>
  Object.hasOwn(table, code) ? (table[code] ?? code) : code;

/** 決定の種類 */
export function decisionName(kind: string): string {
  return named(decisionKinds, kind);
}

/** 事由; a code that the table does not know is shown as it is. */
export function causeName(cause: string): string {
  return named(causes, cause);
}

/** Where the money of one child-month stands. */
export type MoneyState =
  | "unpaid"
  | "held"
  | "reserved"
  | "scheduled"
  | "paid"
  | "returned"
  | "reinstated"
  | "deducted"
  | "lapsed"
  | "restricted";

export const moneyStateLabels = {
  unpaid: "未払",
  held: "差止・保留",
  reserved: "支払処理中",
  scheduled: "支払予定",
  paid: "支払済",
  returned: "振込不能（確認待ち）",
  reinstated: "未払（振込不能で戻る）",
  deducted: "差引済（内払・徴収・寄附）",
  lapsed: "時効により消滅",
  restricted: "支給しない（支給制限）",
} as const satisfies Readonly<Record<MoneyState, string>>;
