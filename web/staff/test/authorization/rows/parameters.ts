/** 法のパラメータ: who sees them, who registers, who approves. About no person. */
import type { MatrixRow } from "../row.ts";

const both = ["examiner", "approver"] as const;
const anywhere = <Role>(roles: readonly Role[]) => ({ ownWard: roles, otherSection: roles });

export const parameterRows: readonly MatrixRow[] = [
  { operation: "readParameters", allow: anywhere(both) },
  // The values are those in force: whoever may register is told so, and nothing is made.
  {
    operation: "registerParameters",
    allow: anywhere(["examiner"] as const),
    input: () => ({ body: { source: "架空の通知" } }),
  },
  {
    operation: "approveParameters",
    allow: anywhere(["approver"] as const),
    input: () => ({ path: { setId: 999_999 }, body: { contentDigest: "0".repeat(64) } }),
  },
];
