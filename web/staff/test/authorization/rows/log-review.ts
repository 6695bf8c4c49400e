/** アクセスログの点検: the auditor; what concerns protected people also 支援措置担当, to look at. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

// The right to see the log does not hang on a section in charge of the allowance; that of protection does.
const auditor = { ownWard: ["auditor"], otherSection: ["auditor"] } as const satisfies MatrixRow["allow"];
const both: MatrixRow["allow"] = {
  ownWard: ["auditor", "protectionOfficer"] as readonly Role[],
  otherSection: ["auditor"],
};
// Over, and without a row of the log.
const path = { month: "2020-01" };
const note = "架空の聞き取りをした";

export const logReviewRows: readonly MatrixRow[] = [
  { operation: "listLogReviews", allow: auditor },
  { operation: "readLogReview", allow: auditor, input: () => ({ path }) },
  { operation: "runLogReview", allow: auditor, input: () => ({ path }) },
  { operation: "drawLogSample", allow: auditor, input: () => ({ path }) },
  {
    operation: "recordSampleResult",
    allow: auditor,
    input: () => ({ path: { ...path, seq: 999_999 }, body: { outcome: "justified", note } }),
  },
  { operation: "signLogReview", allow: auditor, input: () => ({ path, body: { note } }) },
  { operation: "openLogFinding", allow: both, input: () => ({ path: { findingId: 999_999 } }) },
  {
    operation: "decideLogFinding",
    allow: auditor,
    input: () => ({ path: { findingId: 999_999 }, body: { outcome: "unclear", note } }),
  },
  { operation: "listProtectionAlerts", allow: both },
  { operation: "searchJournal", allow: auditor, input: () => ({ body: { kind: "setting" } }) },
];
