/** 帳票の種類. F1–F22 are the outbound forms of the national standard; `other` letters follow from procedures of this house. */

export const FORM_CODES = [
  "certification",
  "claimRefused",
  "revision",
  "revisionRefused",
  "extinction",
  "payment",
  "annualReport",
  "annualReportReminder",
  "hold",
  "unpaidBenefit",
  "documents",
  "repayment",
  "advanceOffset",
  "donation",
  "feeCollection",
  "certificate",
  "inquiry",
  "milestoneGuide",
  "claimInvitation",
  "cancellation",
  "exOfficio",
  "cover",
  "caseReport",
] as const;

export type FormCode = (typeof FORM_CODES)[number];

/** 一般受給者用 (individuals and corporate guardians) or 施設等受給者用. */
export type FormVersion = "general" | "institution";
