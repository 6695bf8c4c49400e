/** 支援措置の一時解除: 支援措置担当 alone, and only about people whom they have opened. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const few: readonly Role[] = ["protectionOfficer"];
const onPerson = ({ addresseeNumber }: Target) => ({ path: { addresseeNumber } });

export const protectionRows: readonly MatrixRow[] = [
  { operation: "listProtectionLifts", allow: { ownWard: few } },
  {
    operation: "requestProtectionLift",
    // Of the person in the own ward: allowed to ask, and told that there is nothing to lift.
    allow: { ownWard: few, protected: few },
    input: (target) => ({ ...onPerson(target), body: { reason: "架空の通知の送り先を確かめるため", minutes: 5 } }),
    opens: true,
  },
  {
    operation: "answerProtectionLift",
    allow: { ownWard: few },
    input: () => ({ path: { liftId: 999_999 }, body: { granted: true, digest: "0".repeat(64) } }),
  },
  { operation: "endProtectionLift", allow: { ownWard: few }, input: () => ({ path: { liftId: 999_999 } }) },
  { operation: "listProtections", allow: { ownWard: few } },
  {
    operation: "registerProtection",
    allow: { ownWard: ["clerk", "wardClerk", "examiner"] },
    // The term stands before the beginning: whoever may enter is told so, and nobody is marked.
    input: (target) => ({
      ...onPerson(target),
      body: { kind: "own", startsOn: "2026-11-02", termOn: "2026-11-01", basis: "架空の申出" },
    }),
    opens: true,
  },
  {
    operation: "requestProtectionRelease",
    allow: { ownWard: few, protected: few },
    input: (target) => ({ ...onPerson(target), body: { reason: "架空の支援措置が終わったことを確かめた" } }),
    opens: true,
  },
  {
    operation: "approveProtectionRelease",
    allow: { ownWard: few },
    input: () => ({ path: { releaseId: 999_999 }, body: { digest: "0".repeat(64) } }),
  },
  // Nobody has granted one in the matrix: past the authorization the answer is that a lift is needed.
  { operation: "showProtectedAddress", allow: { ownWard: few, protected: few }, input: onPerson, opens: true },
];
