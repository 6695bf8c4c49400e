/** 連携の設定・移転・委託: one kind of person asks, another grants, auditors look; contractors see their own order. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

/** What opens no personal number stays when the person moves to a section that is not in charge of the allowance. */
const both = (...people: readonly Role[]): Readonly<Record<"ownWard" | "otherSection", readonly Role[]>> => ({
  ownWard: people,
  otherSection: people,
});
const digest = "0".repeat(64);
const reason = "架空の契約による";
const answer = { path: { proposalId: 999_999 }, body: { granted: true, digest, note: "" } };
const day = "2026-11-24";
const moment = "2026-11-24T10:00:00+09:00";

export const officeRows: readonly MatrixRow[] = [
  {
    operation: "readInterchangeSettings",
    allow: both("examiner", "approver", "itOfficer", "auditor", "contractor"),
  },
  {
    operation: "proposeInterchangeSetting",
    allow: both("examiner"),
    // Incomplete for the system: past the authorization it refuses.
    input: () => ({ body: { kind: "outlet", content: {}, reason, timing: "before" } }),
  },
  { operation: "answerInterchangeSetting", allow: both("approver"), input: () => answer },
  {
    operation: "readContractEvidence",
    allow: both("examiner", "approver", "itOfficer", "auditor", "contractor"),
  },
  { operation: "runContractChecks", allow: both("examiner", "itOfficer") },

  {
    operation: "readTransfers",
    allow: {
      ownWard: ["examiner", "approver", "auditor", "transferOffice"],
      otherSection: ["auditor", "transferOffice"],
    },
  },
  {
    operation: "applyForDataUse",
    allow: { ownWard: ["examiner", "transferOffice"], otherSection: ["transferOffice"] },
    input: () => ({
      body: {
        outletCode: "nobody",
        applicant: "架空課",
        ground: "架空条例",
        purpose: "imaginary",
        conditions: "架空",
        validFrom: day,
        validTo: day,
        items: ["state"],
        channels: ["paper"],
        receiverKey: `age1${"q".repeat(58)}`,
        receivedOn: day,
      },
    }),
  },
  {
    operation: "decideDataUse",
    allow: { ownWard: ["approver"] },
    input: () => ({ path: { dataUseId: 999_999 }, body: { granted: true, digest, reason: "" } }),
  },
  {
    operation: "endDataUse",
    allow: { ownWard: ["approver"] },
    input: () => ({ path: { dataUseId: 999_999 }, body: { reason } }),
  },
  {
    operation: "makeTransfer",
    allow: { ownWard: ["examiner"] },
    input: () => ({
      path: { dataUseId: 999_999 },
      body: { channel: "paper", inquiryRef: "架空", items: ["state"], numbers: ["1"], changed: null, dueDays: 30 },
    }),
  },
  {
    operation: "recordTransferReceipt",
    allow: { ownWard: ["examiner", "transferOffice"], otherSection: ["transferOffice"] },
    input: () => ({
      path: { transferId: 999_999 },
      body: { receivedAt: moment, sha256: digest, receivedBy: "架空" },
    }),
  },
  {
    operation: "closeTransfer",
    allow: { ownWard: ["examiner", "transferOffice"], otherSection: ["transferOffice"] },
    input: () => ({
      path: { transferId: 999_999 },
      body: { how: "erased", medium: "紙", quantity: 1, method: "裁断", doneAt: moment, doneBy: "架空", witness: "" },
    }),
  },
  {
    operation: "traceTransferLine",
    allow: { ownWard: ["approver", "auditor"], otherSection: ["auditor"] },
    input: () => ({ body: { line: "0000000000000000" } }),
  },

  { operation: "readExtractions", allow: { ownWard: ["examiner", "approver", "auditor"], otherSection: ["auditor"] } },
  {
    operation: "applyForExtraction",
    allow: { ownWard: ["examiner"] },
    input: () => ({
      body: {
        route: "nothing",
        applicant: "架空課",
        ground: "架空規則",
        conditions: "架空",
        validFrom: day,
        validTo: day,
        data: "架空の2人",
        rowCap: 2,
      },
    }),
  },
  {
    operation: "decideExtraction",
    allow: { ownWard: ["approver"] },
    input: () => ({ path: { extractionId: 999_999 }, body: { granted: true, digest, reason: "" } }),
  },
  {
    operation: "takeExtraction",
    allow: { ownWard: ["examiner"] },
    input: () => ({ path: { extractionId: 999_999 }, body: { numbers: ["1"], changed: null } }),
  },

  { operation: "readConsignments", allow: both("examiner", "approver", "itOfficer", "auditor") },
  {
    operation: "takeConsignmentErasureCertificate",
    allow: both("examiner", "approver", "auditor"),
    input: () => ({ path: { erasureId: 999_999 } }),
  },
  {
    operation: "readContractorReport",
    allow: both("examiner", "approver", "itOfficer", "auditor"),
    input: () => ({ path: { consignmentCode: "nothing" }, body: { from: day, to: day } }),
  },
  {
    operation: "proposeConsignmentChange",
    allow: both("examiner", "itOfficer"),
    input: () => ({ body: { kind: "consignment", content: {}, reason, timing: "before" } }),
  },
  { operation: "answerConsignmentChange", allow: both("approver"), input: () => answer },
  {
    operation: "endContractorAccount",
    allow: both("examiner", "itOfficer"),
    input: () => ({ path: { tieId: 999_999 }, body: { reason } }),
  },
  {
    operation: "recordHandOver",
    allow: both("examiner", "itOfficer"),
    input: () => ({
      body: {
        orderNumber: "W-2026-9999",
        what: "架空",
        medium: "紙",
        quantity: 1,
        means: "手渡し",
        place: "架空",
        handedAt: moment,
        dueOn: "2026-12-24",
        receiptNumber: "架空-1",
        receivedBy: "架空",
      },
    }),
  },
  {
    operation: "recordHandOverReturn",
    allow: both("examiner", "itOfficer"),
    input: () => ({ path: { handOverId: 999_999 }, body: { returnedOn: day } }),
  },
  {
    operation: "reportErasure",
    allow: both("examiner", "itOfficer"),
    input: () => ({
      path: { erasureId: 999_999 },
      body: { doneAt: moment, doneBy: "架空", witness: "", content: "架空", reportedOn: day },
    }),
  },
  { operation: "readOwnOrder", allow: "signedIn" },
  { operation: "beginOrder", allow: "signedIn", input: () => ({ body: { orderNumber: "W-2026-9999" } }) },
  { operation: "endOrder", allow: "signedIn", input: () => ({ body: { result: "架空の結果" } }) },
];
