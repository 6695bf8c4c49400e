/** 受付→審査→決裁: who may do what on a filing; all of it within the wards of the person and with the case open. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const receive: readonly Role[] = ["clerk", "wardClerk", "examiner"];
const open: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer"];
const onFiling = ({ filingId }: Target) => ({ path: { filingId } });
const reason = "架空の理由を書いておく";

const form = ({ addresseeNumber }: Target) => ({
  procedure: "certificationIndividual",
  receivedOn: "2026-11-20",
  channel: "counter",
  wardCode: "431010",
  identity: { kind: 1, documents: ["個人番号カード"] },
  content: {
    claimant: addresseeNumber,
    cause: "birth",
    causeOn: "2026-11-01",
    employeeClass: "employee",
    children: [],
  },
});

export const filingRows: readonly MatrixRow[] = [
  { operation: "listProcedures", allow: { ownWard: receive } },
  {
    operation: "previewFiling",
    allow: { ownWard: receive },
    input: (target) => ({ body: { form: form(target) } }),
    opens: true,
  },
  { operation: "readFiling", allow: { ownWard: open, protected: ["protectionOfficer"] }, input: onFiling, opens: true },
  {
    operation: "readWorkList",
    allow: { ownWard: open },
    input: () => ({ path: { kind: "toExamine" } }),
  },
  {
    operation: "saveDraft",
    allow: { ownWard: receive },
    input: (target) => ({ body: { form: form(target) } }),
    opens: true,
  },
  // Nobody is opened: whoever hands a draft over sees its number alone, and only within the own wards.
  {
    operation: "readDraftTakers",
    allow: { ownWard: ["approver"] },
    input: ({ receptionNumber = "9999999999" }) => ({ path: { receptionNumber } }),
  },
  {
    operation: "takeOverDraft",
    allow: { ownWard: [...receive, "approver"] },
    input: ({ receptionNumber = "9999999999" }) => ({ path: { receptionNumber }, body: { reason } }),
  },
  { operation: "readDraftHandOvers", allow: { ownWard: open } },
  {
    operation: "submitFiling",
    allow: { ownWard: receive },
    input: (target) => ({ body: { form: form(target) } }),
    opens: true,
  },
  {
    operation: "amendFiling",
    allow: { ownWard: receive },
    input: (target) => ({ ...onFiling(target), body: { form: form(target), reason } }),
    opens: true,
  },
  {
    operation: "requestDocuments",
    allow: { ownWard: receive },
    input: (target) => ({
      ...onFiling(target),
      body: { how: "held", documents: ["identity"], dueOn: "2026-12-10", reason },
    }),
    opens: true,
  },
  {
    operation: "receiveDocuments",
    allow: { ownWard: receive },
    input: (target) => ({ ...onFiling(target), body: { received: [{ code: "identity" }] } }),
    opens: true,
  },
  {
    operation: "handBackDocument",
    allow: { ownWard: receive },
    input: (target) => ({ ...onFiling(target), body: { paper: "架空の源泉徴収票", how: "counter", reason } }),
    opens: true,
  },
  {
    operation: "examineFiling",
    allow: { ownWard: ["examiner"] },
    input: (target) => ({ ...onFiling(target), body: {} }),
    opens: true,
  },
  {
    operation: "overrideProposal",
    allow: { ownWard: ["examiner"] },
    input: (target) => ({ ...onFiling(target), body: { outcome: "refuse", reasonCode: "other", reason } }),
    opens: true,
  },
  {
    operation: "approveFiling",
    allow: { ownWard: ["approver"] },
    input: (target) => ({ ...onFiling(target), body: { digest: "0".repeat(64) } }),
    opens: true,
  },
  { operation: "listOverrideReasons", allow: { ownWard: open } },
  {
    operation: "acknowledgeAlert",
    allow: { ownWard: ["examiner", "approver"] },
    input: (target) => ({ ...onFiling(target), body: { digest: "0".repeat(64), reason } }),
    opens: true,
  },
  {
    operation: "sendBackFiling",
    allow: { ownWard: ["approver"] },
    input: (target) => ({ ...onFiling(target), body: { reason } }),
    opens: true,
  },
  {
    operation: "correctFiling",
    allow: { ownWard: ["examiner"] },
    input: (target) => ({ ...onFiling(target), body: { form: form(target), reason } }),
    opens: true,
  },
  // Last on a filing: a draft that was withdrawn is no draft any more.
  {
    operation: "withdrawFiling",
    allow: { ownWard: receive },
    input: (target) => ({ ...onFiling(target), body: { reason } }),
    opens: true,
  },
];
