/** 庁内連携: whoever opens cases sees what came and what changed; who examines, or runs the batches, deals with deliveries. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

const reads: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer"];
const receives: readonly Role[] = ["clerk", "wardClerk", "examiner"];
/** And whose list holds the changes at protected people */
const takes: readonly Role[] = [...receives, "protectionOfficer"];
const reason = "連携元に確かめた";

export const interchangeRows: readonly MatrixRow[] = [
  { operation: "readInterchange", allow: { ownWard: [...reads, "contractor"], otherSection: ["contractor"] } },
  {
    operation: "requestResend",
    allow: { ownWard: ["examiner", "contractor"], otherSection: ["contractor"] },
    // An interface that nobody agreed on: refused after the authorization.
    input: () => ({ body: { interfaceCode: "nothing", from: 1, to: 2, reason } }),
  },
  {
    operation: "clearRejects",
    allow: { ownWard: ["examiner", "contractor"], otherSection: ["contractor"] },
    input: () => ({ path: { deliveryId: 999_999 }, body: { reason } }),
  },
  { operation: "readRegisterChanges", allow: { ownWard: reads } },
  { operation: "takeRegisterChange", allow: { ownWard: takes }, input: () => ({ path: { changeId: 999_999 } }) },
  {
    operation: "closeRegisterChange",
    allow: { ownWard: takes },
    input: () => ({ path: { changeId: 999_999 }, body: { reason } }),
  },
  {
    operation: "fileRegisterChange",
    allow: { ownWard: ["examiner"] },
    input: ({ recipientId }) => ({ path: { recipientId, changeId: 999_999 } }),
    opens: true,
  },
  {
    operation: "readReconciliation",
    allow: { ownWard: reads },
    input: () => ({ path: { reconciliationId: 999_999 } }),
  },
  {
    operation: "explainDifferences",
    allow: { ownWard: ["examiner"] },
    input: () => ({
      path: { reconciliationId: 999_999 },
      body: { differenceNos: [1], cause: "other", explanation: reason },
    }),
  },
  { operation: "readReplicas", allow: { ownWard: ["examiner", "approver"] } },
  {
    operation: "resendReplica",
    allow: { ownWard: ["examiner"] },
    input: ({ recipientId }) => ({ path: { recipientId }, body: { reason } }),
  },
  { operation: "askReplicaCheck", allow: { ownWard: ["examiner"] }, input: () => ({ body: { reason } }) },
  {
    operation: "readOperationStates",
    allow: {
      ownWard: ["approver", "itOfficer", "auditor", "contractor"],
      otherSection: ["itOfficer", "auditor", "contractor"],
    },
  },
  {
    operation: "runPartNow",
    allow: { ownWard: ["itOfficer", "contractor"], otherSection: ["itOfficer", "contractor"] },
    // No part of that name runs: refused after the authorization.
    input: () => ({ path: { partCode: "nothing" } }),
  },
];
