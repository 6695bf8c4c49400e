/** 通知書: who makes, who approves, who reads what was sent. The rights belong to the sections in charge. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const print: readonly Role[] = ["examiner", "protectionOfficer"];
const approve: readonly Role[] = ["approver", "protectionOfficer"];
const either: readonly Role[] = ["examiner", "approver", "protectionOfficer"];
const readers: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer"];
const RUN = { path: { runNo: 999_999 } };
const inCase = ({ recipientId }: Target) => ({ path: { recipientId } });
const aLetter = ({ recipientId }: Target) => ({ path: { recipientId, letterId: 999_999_999 } });
/** A protected person is there for the officer alone. */
const near = (roles: readonly Role[]) => ({
  ownWard: roles,
  protected: roles.filter((role) => role === "protectionOfficer"),
});

export const letterRows: readonly MatrixRow[] = [
  { operation: "readLetters", allow: { ownWard: either } },
  // A day that does not exist: whoever may order is told so, and nothing is made.
  {
    operation: "orderLetters",
    allow: { ownWard: print },
    input: () => ({ body: { form: "payment", documentOn: "2026-02-30", mailOn: "2026-02-30" } }),
  },
  { operation: "readLetterRun", allow: { ownWard: either }, input: () => RUN },
  { operation: "readLetterSamples", allow: { ownWard: either }, input: () => RUN },
  {
    operation: "approveLetterRun",
    allow: { ownWard: approve },
    input: () => ({ ...RUN, body: { listDigest: "0".repeat(64) } }),
  },
  { operation: "orderLetterPrinting", allow: { ownWard: print }, input: () => RUN },
  {
    operation: "discardLetterRun",
    allow: { ownWard: print },
    input: () => ({ ...RUN, body: { reason: "架空の破棄" } }),
  },
  { operation: "readLateLetters", allow: { ownWard: print }, input: () => RUN },
  {
    operation: "takeOutLetter",
    allow: { ownWard: print },
    input: () => ({ ...RUN, body: { letterId: 999_999_999, kind: "takenOut", reason: "架空の抜取り" } }),
  },
  { operation: "mailLetterRun", allow: { ownWard: print }, input: () => ({ ...RUN, body: { inserted: 1 } }) },
  { operation: "takeLetterFile", allow: { ownWard: print }, input: () => ({ path: { runNo: 999_999, fileNo: 1 } }) },
  { operation: "takeInsertList", allow: { ownWard: print }, input: () => RUN },
  { operation: "readLetterTray", allow: { ownWard: print } },
  {
    operation: "readLetterProof",
    allow: { ownWard: print },
    input: () => ({ body: { form: "payment", sourceKey: "runLine:9999/1" } }),
  },
  {
    operation: "printFromTray",
    allow: { ownWard: print },
    input: () => ({
      body: {
        form: "payment",
        sourceKey: "runLine:9999/1",
        documentOn: "2026-12-01",
        mailOn: "2026-12-01",
        reason: "架空",
      },
    }),
  },
  { operation: "readCaseLetters", allow: near(readers), opens: true, input: inCase },
  { operation: "readCaseLetter", allow: near(readers), opens: true, input: aLetter },
  { operation: "takeCaseLetter", allow: near(readers), opens: true, input: aLetter },
  {
    operation: "reissueLetter",
    allow: near(print),
    opens: true,
    input: (target) => ({ ...aLetter(target), body: { reason: "架空の再発行" } }),
  },
  {
    operation: "requestCertificate",
    allow: near(print),
    opens: true,
    // The months stand the wrong way round: whoever may ask is told so, and nothing is made.
    input: (target) => ({ ...inCase(target), body: { fromMonth: "2026-11", toMonth: "2026-10" } }),
  },
  {
    operation: "readCharacters",
    allow: { ownWard: ["examiner", "approver"], otherSection: ["examiner", "approver"] },
  },
  {
    operation: "proposeCharacters",
    allow: { ownWard: ["examiner"], otherSection: ["examiner"] },
    input: () => ({ body: { source: "架空の道具", lines: [{ from: "U+E000", to: "MJ026190", basis: "架空" }] } }),
  },
  {
    operation: "approveCharacters",
    allow: { ownWard: ["approver"], otherSection: ["approver"] },
    input: () => ({ path: { setId: 999_999 }, body: { digest: "0".repeat(64) } }),
  },
  {
    operation: "readLetterTexts",
    allow: { ownWard: ["examiner", "approver"], otherSection: ["examiner", "approver"] },
  },
  {
    operation: "proposeLetterText",
    allow: { ownWard: ["examiner"], otherSection: ["examiner"] },
    input: () => ({ body: { kind: "contact", scope: "", validFrom: "2026-12-01", content: {} } }),
  },
  {
    operation: "approveLetterText",
    allow: { ownWard: ["approver"], otherSection: ["approver"] },
    input: () => ({ path: { textId: 999_999 }, body: { digest: "0".repeat(64) } }),
  },
];
