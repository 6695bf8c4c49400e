/** 支払: who sees it, who makes, who approves, who sends. No right of it hangs on a ward or on a section in charge. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow, Target } from "../row.ts";

const view: readonly Role[] = ["clerk", "wardClerk", "examiner", "approver", "treasurer", "paymentReleaser"];
const treasurer: readonly Role[] = ["treasurer"];
const release: readonly Role[] = ["treasurer", "paymentReleaser"];
const anywhere = (roles: readonly Role[]) => ({ ownWard: roles, otherSection: roles });
const onRun = ({ runNo }: Target) => ({ path: { runNo } });

export const runRows: readonly MatrixRow[] = [
  { operation: "listPaymentRuns", allow: anywhere(view) },
  { operation: "getPaymentRun", allow: anywhere(view), input: onRun },
  {
    operation: "createPaymentRun",
    allow: anywhere(treasurer),
    // A month in which nothing is paid: whoever may create is told so, and nothing is made.
    input: () => ({ body: { paymentMonth: "2026-11", kind: "regular" } }),
  },
  { operation: "inspectPaymentRun", allow: anywhere(treasurer), input: onRun },
  {
    operation: "approvePaymentRun",
    allow: anywhere(treasurer),
    input: (target) => ({ ...onRun(target), body: { lineDigest: "0".repeat(64) } }),
  },
  { operation: "freezePaymentRun", allow: anywhere(treasurer), input: onRun },
  { operation: "handOverPaymentRun", allow: anywhere(release), input: onRun },
  {
    operation: "resolvePaymentHandOver",
    allow: anywhere(release),
    input: (target) => ({ ...onRun(target), body: { received: true, evidence: "架空の銀行に電話で確かめた" } }),
  },
  {
    operation: "importPaymentResults",
    allow: anywhere(treasurer),
    input: (target) => ({ ...onRun(target), body: { content: "AAAA" } }),
  },
  { operation: "closePaymentRun", allow: anywhere(treasurer), input: onRun },
  {
    operation: "cancelPaymentRun",
    allow: anywhere(treasurer),
    input: (target) => ({ path: { runNo: target.runNo + 1 }, body: { reason: "架空の取消" } }),
  },
  { operation: "makePayeeList", allow: anywhere(treasurer), input: (target) => ({ path: { runNo: target.runNo } }) },
  { operation: "takeTransferFile", allow: anywhere(release), input: onRun },
  { operation: "takeTransferSlip", allow: anywhere(release), input: onRun },
  {
    operation: "takePayeeList",
    allow: anywhere(treasurer),
    input: (target) => ({ path: { runNo: target.runNo, name: "payee-list-0001.csv" } }),
  },
  {
    operation: "listRunReview",
    allow: anywhere(view),
    input: (target) => ({ ...onRun(target), body: { openOnly: true, after: 0 } }),
  },
  {
    operation: "clearRunReview",
    allow: anywhere(treasurer),
    input: (target) => ({ ...onRun(target), body: { itemNos: [9_999_999], reason: "架空の確認" } }),
  },
  {
    operation: "giveRunByHand",
    allow: anywhere(release),
    input: (target) => ({ path: { runNo: target.runNo + 1 }, body: { receiver: "架空会計課", medium: "媒体1" } }),
  },
  {
    operation: "recordRunReceipt",
    allow: anywhere(release),
    input: (target) => ({ path: { runNo: target.runNo + 1 }, body: { receipt: "架空1", count: 1, amount: 1 } }),
  },
  {
    operation: "declareRunOutage",
    allow: anywhere(release),
    input: (target) => ({ ...onRun(target), body: { banks: ["0000"], reason: "架空の障害" } }),
  },
  {
    operation: "endRunOutage",
    allow: anywhere(release),
    input: (target) => ({
      ...onRun(target),
      body: { banks: ["0000"], creditedOn: "2026-12-16", evidence: "架空の確認" },
    }),
  },
  {
    operation: "proposeRunSettlement",
    allow: anywhere(treasurer),
    input: (target) => ({ path: { runNo: target.runNo, rowNo: 9_999_999 }, body: { resolution: "架空の始末" } }),
  },
  {
    operation: "approveRunSettlement",
    allow: anywhere(treasurer),
    input: (target) => ({ path: { runNo: target.runNo, rowNo: 9_999_999 }, body: { seq: 1 } }),
  },
  { operation: "takeRemittanceList", allow: anywhere(treasurer), input: onRun },
  { operation: "takeHomeList", allow: anywhere(treasurer), input: onRun },
  {
    operation: "makeRunBudgetOrder",
    allow: anywhere(treasurer),
    input: (target) => ({ path: { runNo: target.runNo + 1 } }),
  },
  {
    operation: "approveRunBudgetOrder",
    allow: anywhere(treasurer),
    input: (target) => ({ path: { runNo: target.runNo + 1 }, body: { sha256: "0".repeat(64) } }),
  },
  { operation: "takeBudgetOrder", allow: anywhere(treasurer), input: onRun },
  {
    operation: "recordRunLateReturn",
    allow: anywhere(treasurer),
    input: (target) => ({
      path: { runNo: target.runNo, lineNo: 999_999 },
      body: { amount: 1, reason: "架空", returnedOn: "2027-01-05", evidence: "架空の通知" },
    }),
  },
  { operation: "readRunCounter", allow: anywhere(view), input: onRun },
  { operation: "takeCounterList", allow: anywhere(treasurer), input: onRun },
  { operation: "takeCounterReceipts", allow: anywhere(treasurer), input: onRun },
  {
    operation: "requestCounterPayout",
    allow: anywhere(treasurer),
    input: (target) => ({
      path: { runNo: target.runNo, lineNo: 999_999 },
      body: {
        amount: 1,
        receiver: "self",
        agentName: null,
        identityPaper: "旅券",
        receiptNumber: "0001-999999",
        handedOutOn: "2026-12-16",
      },
    }),
  },
  {
    operation: "requestCounterReturn",
    allow: anywhere(treasurer),
    input: (target) => ({
      path: { runNo: target.runNo, lineNo: 999_999 },
      body: { amount: 1, returnedOn: "2027-01-05", evidence: "架空の戻入通知書" },
    }),
  },
  { operation: "readCounterFund", allow: anywhere(view) },
  {
    operation: "requestCounterFund",
    allow: anywhere(treasurer),
    input: () => ({
      body: {
        keeper: "架空 出納",
        bank: "0000",
        branch: "000",
        accountType: "1",
        accountNumber: "1",
        holder: "カクウシ",
        validFrom: "2026-12-01",
      },
    }),
  },
  {
    operation: "requestCounterCount",
    allow: anywhere(treasurer),
    input: () => ({
      body: { entryNo: 999_999, expected: 0, counted: 0, countedOn: "2026-11-20", explanation: null },
    }),
  },
  {
    operation: "readCounterChoice",
    opens: true,
    allow: {
      ownWard: ["clerk", "wardClerk", "examiner", "approver", "protectionOfficer"],
      protected: ["protectionOfficer"],
    },
    input: ({ recipientId }) => ({ path: { recipientId } }),
  },
  {
    operation: "requestCounterPayment",
    opens: true,
    allow: { ownWard: ["clerk", "wardClerk", "examiner"] },
    input: ({ recipientId }) => ({
      path: { recipientId },
      body: { atCounter: false, fromPayOn: "2027-12-15", reason: "架空の理由" },
    }),
  },
];
