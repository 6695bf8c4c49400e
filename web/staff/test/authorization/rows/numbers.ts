/** 個人番号 and 宛名: entered at the counter, confirmed and joined by others; shown by examiners alone. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const enterers: readonly Role[] = ["clerk", "wardClerk", "examiner"];
const confirmers: readonly Role[] = ["examiner", "approver"];
const lookers: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver"];
const joiners: readonly Role[] = ["examiner"];
const approvers: readonly Role[] = ["approver"];
const onPerson = ({ addresseeNumber }: Target) => ({ path: { addresseeNumber } });
/** Wrong by its check digit: past the authorization the door refuses it, and no number stands here. */
const wrong = "123456789010";

export const numberRows: readonly MatrixRow[] = [
  { operation: "readNumberStatus", allow: { ownWard: lookers }, input: onPerson, opens: true },
  {
    operation: "enterIndividualNumber",
    allow: { ownWard: enterers },
    input: (target) => ({
      ...onPerson(target),
      body: {
        number: wrong,
        numberPaper: "individualNumberCard",
        identityPaper: "individualNumberCard",
        checkedOn: "2026-11-20",
        changed: false,
      },
    }),
    opens: true,
  },
  {
    operation: "confirmIndividualNumber",
    allow: { ownWard: confirmers },
    input: (target) => ({ ...onPerson(target), body: { entryId: 999_999, number: wrong } }),
    opens: true,
  },
  {
    operation: "rejectIndividualNumber",
    allow: { ownWard: confirmers },
    input: (target) => ({ ...onPerson(target), body: { entryId: 999_999, reason: "架空の書類と違う" } }),
    opens: true,
  },
  // Without a vault in the matrix: past the authorization the answer is that there is none.
  {
    operation: "revealIndividualNumber",
    allow: { ownWard: ["examiner"] },
    input: (target) => ({ ...onPerson(target), body: { purpose: "identityCheck" } }),
    opens: true,
  },
  { operation: "listNumberFindings", allow: { ownWard: confirmers } },
  {
    operation: "answerNumberFinding",
    allow: { ownWard: approvers },
    input: () => ({ path: { findingId: 999_999 }, body: { result: "noFault", note: "架空の調べ" } }),
  },
  { operation: "listConsolidations", allow: { ownWard: confirmers } },
  {
    operation: "proposeConsolidation",
    allow: { ownWard: joiners },
    input: (target) => ({ ...onPerson(target), body: { otherNumber: "77001", reason: "架空の同一人" } }),
    opens: true,
  },
  {
    operation: "approveConsolidation",
    allow: { ownWard: approvers },
    input: () => ({ path: { consolidationId: 999_999 } }),
  },
  {
    operation: "endConsolidation",
    allow: { ownWard: confirmers },
    input: () => ({ path: { consolidationId: 999_999 }, body: { reason: "架空の別人" } }),
  },
];
