/** 現況・差止・所得: lists of many people by number alone, and the work on them that opens nobody. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

const desk: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver"];
const year = { path: { year: "2026" } };

export const reviewRows: readonly MatrixRow[] = [
  { operation: "readReviewYears", allow: { ownWard: desk } },
  { operation: "readReview", allow: { ownWard: desk }, input: () => year },
  {
    operation: "openReview",
    allow: { ownWard: ["examiner"], otherSection: ["examiner"] },
    input: () => ({ body: { year: 2026 } }),
  },
  {
    operation: "listReviewLeftovers",
    allow: { ownWard: desk },
    input: () => ({ ...year, query: { state: "unjudged" } }),
  },
  {
    operation: "callForReviewReport",
    allow: { ownWard: ["examiner"] },
    input: ({ recipientId }) => ({
      ...year,
      body: { recipientId: String(recipientId), reason: "架空の理由を書いておく" },
    }),
  },
  // No such barcode: whoever may receive is told so, and nothing is registered.
  {
    operation: "receiveReviewReport",
    allow: { ownWard: ["clerk", "wardClerk", "examiner"] },
    input: () => ({
      body: { barcode: "R000000000000000", receivedOn: "2026-11-01", channel: "post", unchanged: true },
    }),
  },
  { operation: "listReviewReceptions", allow: { ownWard: desk }, input: () => year },
  { operation: "listReviewDifferences", allow: { ownWard: desk }, input: () => year },
  {
    operation: "clearReviewDifference",
    allow: { ownWard: ["examiner", "approver"] },
    input: () => ({ path: { differenceId: 999_999 }, body: { reason: "架空の理由を書いておく" } }),
  },
  { operation: "listWaitingHolds", allow: { ownWard: desk } },
  { operation: "listTaxCorrections", allow: { ownWard: desk } },
  { operation: "requestIncomes", allow: { ownWard: ["examiner"] }, input: () => ({ body: { year: 2025 } }) },
];
