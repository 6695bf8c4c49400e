/** Every kind of filing (手続) that the office receives or opens itself, as a closed list. */

/**
 * Codes of the forms 1–15 of 児童手当法施行規則 and of the local forms. Facts that the office learns without a filing (死亡,
 * 拘禁, 公務員, 措置, 転出 …) have codes of their own: they go through the same 受付→審査→決裁 with channel `exOfficio`.
 */
export const PROCEDURE_CODES = [
  "parentDesignation",
  "certificationIndividual",
  "certificationInstitution",
  "increase",
  "decrease",
  "institutionIncrease",
  "institutionDecrease",
  "annualReview",
  "institutionAnnualReview",
  "change",
  "institutionChange",
  "extinction",
  "institutionExtinction",
  "unpaid",
  "institutionUnpaid",
  "donation",
  "donationChange",
  "donationWithdrawal",
  "feeCollection",
  "feeCollectionChange",
  "feeCollectionWithdrawal",
  "supportConfirmation",
  "separateCare",
  "studyAbroad",
  "livingTogetherPriority",
  "guardian",
  "placement",
  "publicService",
  "death",
  "detention",
  "moveOut",
  "accountChange",
  "publicAccountChoice",
  "childAccount",
  "numberChange",
  "withdrawal",
] as const;

export type ProcedureCode = (typeof PROCEDURE_CODES)[number];
