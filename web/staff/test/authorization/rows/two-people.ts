/** 二人で決めること: restrictions by who applies for rights and who approves them, records by auditor and by who approves parameters. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

// None of these rights opens a case, so none hangs on a section in charge of the allowance.
const by = (...roles: readonly Role[]): MatrixRow["allow"] => ({ ownWard: roles, otherSection: roles });
const reason = "架空の届出による";
const digest = "0".repeat(64);
const answer = (): { readonly path: { readonly proposalId: number }; readonly body: unknown } => ({
  path: { proposalId: 999_999 },
  body: { granted: false, digest },
});

export const twoPeopleRows: readonly MatrixRow[] = [
  { operation: "readRestrictions", allow: by("approver", "rightsApprover", "auditor") },
  {
    operation: "proposeDenial",
    allow: by("approver"),
    input: () => ({ body: { staffId: "dare.mo", addresseeNumber: "1", from: "2026-04-01", reason } }),
  },
  {
    operation: "proposeRelation",
    allow: by("approver"),
    input: () => ({ body: { addresseeNumber: "1", relation: "watched", from: "2026-04-01", reason } }),
  },
  {
    operation: "proposeRestrictionEnd",
    allow: by("approver"),
    input: () => ({ body: { kind: "endDenial", restrictionId: 999_999, to: "2026-04-01", reason } }),
  },
  { operation: "answerRestriction", allow: by("rightsApprover"), input: answer },
  { operation: "readRetention", allow: by("examiner", "approver", "auditor") },
  {
    operation: "proposeRetentionTerm",
    allow: by("examiner"),
    input: () => ({ body: { group: "accessLog", years: 7, from: "2026-04-01", reason } }),
  },
  { operation: "proposeRecordRemoval", allow: by("auditor"), input: () => ({ body: { group: "accessLog", reason } }) },
  { operation: "placeRetentionHold", allow: by("auditor"), input: () => ({ body: { group: "journal", reason } }) },
  {
    operation: "proposeHoldRelease",
    allow: by("auditor"),
    input: () => ({ path: { holdId: 999_999 }, body: { reason } }),
  },
  { operation: "answerRetention", allow: by("approver"), input: answer },
];
