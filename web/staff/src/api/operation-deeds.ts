/**
 * 操作の種類 of the operations (共通機能標準仕様 10.2): which add, delete, run as a batch or print. A command that is not named here
 * changes what is there; what only reads is told apart by the access log itself.
 */
import type { Deed } from "@hagukumi/platform/access/log.ts";

const named: Readonly<Record<Exclude<Deed, "change">, readonly string[]>> = {
  add: [
    "addCaseEntry",
    "placeHold",
    "placeChildHold",
    "recordAccountCheck",
    "saveDraft",
    "submitFiling",
    "requestDocuments",
    "handBackDocument",
    "correctFiling",
    "proposeLetterText",
    "requestCertificate",
    "reissueLetter",
    "requestResend",
    "runContractChecks",
    "resendReplica",
    "askReplicaCheck",
    "fileRegisterChange",
    "requestProtectionLift",
    "registerProtection",
    "requestProtectionRelease",
    "enterIndividualNumber",
    "proposeConsolidation",
    "registerNonResident",
    "takeOverResident",
    "addRelatedAddressee",
    "requestItemRight",
    "requestNumberErasures",
    "requestRight",
    "issueEnrolmentCode",
    "registerTerminal",
    "registerParameters",
    "proposeCharacters",
    "callForReviewReport",
    "receiveReviewReport",
    "proposeRecovery",
    "recordRepayment",
    "proposeUnknownReceipt",
    "proposeRunSettlement",
    "requestLimitationEvent",
    "recordReviewCheck",
    "requestBenefitRestriction",
    "requestBenefitRestrictionEnd",
    "requestBenefitRestrictionCancellation",
    "requestWithholding",
    "requestTaxResolution",
    "makeStatisticsReport",
    "enterCostShares",
    "proposeDenial",
    "proposeRelation",
    "proposeRetentionTerm",
    "proposeRecordRemoval",
    "placeRetentionHold",
    "drawLogSample",
    "proposeSignOn",
    "linkSubject",
  ],
  delete: [
    "cancelPaymentRun",
    "cancelMassRun",
    "endMassBooking",
    "withdrawCaseEntry",
    "withdrawFiling",
    "discardLetterRun",
    "rejectIndividualNumber",
    "endConsolidation",
    "endNonResident",
    "endRelatedAddressee",
    "eraseNumbers",
    "revokeRight",
    "revokeStaffCards",
    "revokeTerminal",
    "endSubjectLink",
  ],
  batch: [
    "createPaymentRun",
    "inspectPaymentRun",
    "freezePaymentRun",
    "handOverPaymentRun",
    "importPaymentResults",
    "makeRunBudgetOrder",
    "createMassRun",
    "startMassRun",
    "resumeMassRun",
    "stopMassRun",
    "undoMassRun",
    "bookMassRun",
    "orderLetters",
    "openReview",
    "requestIncomes",
    "importRepayments",
    "runLogReview",
  ],
  print: [
    "orderLetterPrinting",
    "printFromTray",
    "takeCaseLetter",
    "takeErasureCertificate",
    "takeConsignmentErasureCertificate",
  ],
};

const deeds: ReadonlyMap<string, Deed> = new Map(
  (["add", "delete", "batch", "print"] as const).flatMap((deed) => named[deed].map((id) => [id, deed] as const)),
);

/** Operations whose input or output is a 個人番号, or which decide whether one belongs to a person. */
const withNumber: ReadonlySet<string> = new Set([
  "enterIndividualNumber",
  "confirmIndividualNumber",
  "rejectIndividualNumber",
  "revealIndividualNumber",
]);

/** What the updates of an operation are. */
export function deedOf(operationId: string): Deed {
  return deeds.get(operationId) ?? "change";
}

export function touchesIndividualNumber(operationId: string): boolean {
  return withNumber.has(operationId);
}

/** Every operation that is named above, for the test that none is named in vain, and none twice. */
export const namedOperations: readonly string[] = [...named.add, ...named.delete, ...named.batch, ...named.print];
