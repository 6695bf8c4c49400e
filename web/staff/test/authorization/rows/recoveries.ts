/** 債権: read by the desk, proposed by the examiner, decided by another; no such claim is answered the same to all who may ask. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const desk: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver"];
const view: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver", "treasurer", "paymentReleaser"];
const examiner: readonly Role[] = ["examiner"];
const approver: readonly Role[] = ["approver"];
const openers: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer"];
/** A protected person is there for the officer alone. */
const near = (roles: readonly Role[]) => ({
  ownWard: roles,
  protected: roles.filter((role) => role === "protectionOfficer"),
});
const none = ({ recipientId }: Target) => ({ path: { recipientId, recoveryId: 999_999 } });
const line = { path: { fileId: 999_999, lineNo: 2 } };

export const recoveryRows: readonly MatrixRow[] = [
  { operation: "listRecoveries", allow: { ownWard: desk } },
  { operation: "readRecoveryClaim", opens: true, allow: near(desk), input: none },
  {
    operation: "previewRecoveryOffset",
    opens: true,
    allow: near(examiner),
    input: (target) => ({ ...none(target), body: { perPayment: 5000, keep: 0, fromPayment: "2026-12" } }),
  },
  {
    operation: "proposeRecovery",
    opens: true,
    allow: near(examiner),
    input: (target) => ({ ...none(target), body: { proposal: { kind: "cause", cause: "city", basis: "架空の調査" } } }),
  },
  {
    operation: "answerRecovery",
    opens: true,
    allow: near(approver),
    input: ({ recipientId }) => ({
      path: { recipientId, recoveryId: 999_999, proposalId: 999_999 },
      body: { outcome: "approved", contentDigest: "0".repeat(64) },
    }),
  },
  {
    operation: "recordRepayment",
    opens: true,
    allow: near(examiner),
    input: (target) => ({ ...none(target), body: { reference: "R-1", paidOn: "2026-11-01", amount: 1000 } }),
  },
  // No layout and no claim: whoever may take it in is told so, and nothing is taken in.
  {
    operation: "importRepayments",
    allow: { ownWard: examiner },
    input: () => ({ body: { name: "架空.csv", content: "AAAA" } }),
  },
  { operation: "listUnknownReceipts", allow: { ownWard: desk } },
  {
    operation: "proposeUnknownReceipt",
    allow: { ownWard: examiner },
    input: () => ({ ...line, body: { recoveryId: null, reason: "架空の理由" } }),
  },
  { operation: "approveUnknownReceipt", allow: { ownWard: approver }, input: () => ({ ...line, body: { seq: 1 } }) },
  {
    operation: "readCaseDebts",
    opens: true,
    allow: near(openers),
    input: ({ recipientId }) => ({ path: { recipientId } }),
  },
  {
    operation: "listRunDebts",
    allow: { ownWard: view, otherSection: view },
    input: ({ runNo }) => ({ path: { runNo } }),
  },
  // A child whom nobody has, and holds that are not there: who may do it is told so, and nothing is changed.
  {
    operation: "readChildHolds",
    opens: true,
    allow: near(openers),
    input: ({ recipientId }) => ({ path: { recipientId } }),
  },
  {
    operation: "placeChildHold",
    opens: true,
    allow: { ownWard: ["clerk", "wardClerk", "examiner"] },
    input: ({ recipientId }) => ({
      path: { recipientId },
      body: { childNumber: 999_999_999_999_999, fromMonth: "2026-11", causeCode: "nashi", cause: "架空の理由" },
    }),
  },
  {
    operation: "releaseChildHold",
    opens: true,
    allow: { ownWard: ["approver"] },
    input: ({ recipientId }) => ({ path: { recipientId, childHoldId: 999_999 }, body: { cause: "架空の理由" } }),
  },
  {
    operation: "readBenefitRestrictions",
    opens: true,
    allow: near(openers),
    input: ({ recipientId }) => ({ path: { recipientId } }),
  },
  {
    operation: "listReportsToCheck",
    allow: { ownWard: ["reviewChecker"], otherSection: ["reviewChecker"] },
  },
  // A report that nobody waits for.
  {
    operation: "recordReviewCheck",
    allow: { ownWard: ["reviewChecker"], otherSection: ["reviewChecker"] },
    input: () => ({
      body: { barcode: "R0", verdict: "defect", defects: ["架空の書類"], checkedOn: "2027-01-05" },
    }),
  },
  // The order's day has not passed, and a restriction that is not there.
  {
    operation: "requestBenefitRestriction",
    opens: true,
    allow: { ownWard: examiner },
    input: ({ recipientId }) => ({
      path: { recipientId },
      body: {
        childNumber: null,
        fromMonth: "2027-01",
        causeCode: "orderDisobeyed",
        demandedOn: "2027-01-05",
        answerDueOn: "2099-01-05",
        demandDocument: "架空の命令書",
        reason: "架空の理由",
      },
    }),
  },
  {
    operation: "requestBenefitRestrictionEnd",
    opens: true,
    allow: { ownWard: examiner },
    input: ({ recipientId }) => ({
      path: { recipientId, restrictionId: 999_999 },
      body: { compliedOn: "2027-01-05", payableFrom: "2027-01", reason: "架空の理由" },
    }),
  },
  {
    operation: "requestBenefitRestrictionCancellation",
    opens: true,
    allow: { ownWard: examiner },
    input: ({ recipientId }) => ({
      path: { recipientId, restrictionId: 999_999 },
      body: { reason: "架空の理由" },
    }),
  },
  {
    operation: "listRequests",
    // Rights about payments hang on no section.
    allow: {
      ownWard: ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer", "treasurer"],
      otherSection: ["treasurer"],
    },
  },
  {
    operation: "answerRequest",
    allow: { ownWard: ["approver", "protectionOfficer", "treasurer"], otherSection: ["treasurer"] },
    input: () => ({ path: { requestId: 999_999 }, body: { outcome: "approved", contentDigest: "0".repeat(64) } }),
  },
  // The months in the wrong order.
  {
    operation: "requestLimitationEvent",
    allow: { ownWard: examiner },
    input: ({ recipientId }) => ({
      body: {
        recipientId,
        fromMonth: "2026-11",
        toMonth: "2026-10",
        event: "requestFiled",
        happenedOn: "2026-11-01",
        evidence: "架空の文書",
      },
    }),
  },
  {
    operation: "requestWithholding",
    allow: { ownWard: ["examiner", "protectionOfficer"] },
    input: () => ({ body: { form: "payment", sourceKey: "runLine:9999/9999", reason: "架空の理由" } }),
  },
  {
    operation: "requestTaxResolution",
    allow: { ownWard: examiner },
    input: ({ recipientId }) => ({
      body: { recipientId, year: 2025, historyNo: 99, revision: 99, outcome: "mainEarnerKept", reason: "架空の理由" },
    }),
  },
];
