/** 支払処理 as the API shows it. Amounts in yen, months `YYYY-MM-01`, days `YYYY-MM-DD`, moments ISO. */
import { z } from "zod";

const runState = z.enum([
  "created",
  "inspected",
  "approved",
  "frozen",
  "handingOver",
  "unknown",
  "handedOver",
  "settled",
  "closed",
  "cancelled",
  "voided",
]);

export const runHeading = z
  .object({
    runNo: z.int(),
    paymentMonth: z.string(),
    kind: z.enum(["regular", "occasional", "final", "released", "makeUp", "retransfer", "unpaid"]),
    monthsFrom: z.string(),
    monthsTo: z.string(),
    payOn: z.string(),
    lineCount: z.int(),
    itemCount: z.int(),
    total: z.int(),
    lineDigest: z.string(),
    maker: z.string(),
    state: runState,
  })
  .meta({ id: "RunHeading", description: "支払処理の見出し。金額は円、月は YYYY-MM-01、日は YYYY-MM-DD。" });

const totalRow = z
  .object({
    code: z.string(),
    label: z.string(),
    /** 明細; null where a recipient may stand in several rows */
    lines: z.int().nullable(),
    childMonths: z.int(),
    amount: z.int(),
  })
  .meta({ id: "TotalRow", description: "合計表の1行" });

export const reviewKind = z.enum([
  "unexplained",
  "recalculation",
  "sameDateTotal",
  "lateAccount",
  "recentAccount",
  "sharedAccount",
  "manyMonths",
  "zero",
  "stopped",
  "new",
  "lowered",
  "raised",
]);

const lineStatus = z.enum(["notSent", "sent", "delayed", "creditedLate", "accepted", "returned", "reinstated"]);

/** 点検: comparison, recalculation, and how many items are open. */
const runReview = z
  .object({
    comparison: z
      .object({
        previousRunNo: z.int(),
        thresholdYen: z.int(),
        recipientsBefore: z.int(),
        recipientsAfter: z.int(),
        totalBefore: z.int(),
        totalAfter: z.int(),
        byCause: z.array(z.object({ cause: z.string(), label: z.string(), parts: z.int(), amount: z.int() })),
      })
      .nullable(),
    recalculated: z
      .object({ recipients: z.int(), months: z.int(), differing: z.int(), checkedBy: z.string(), at: z.string() })
      .nullable(),
    counts: z.array(z.object({ kind: reviewKind, label: z.string(), items: z.int(), open: z.int() })),
    open: z.int(),
  })
  .meta({ id: "RunReview", description: "支払処理の点検" });

export const reviewItem = z
  .object({
    itemNo: z.int(),
    kind: reviewKind,
    label: z.string(),
    recipientId: z.int().nullable(),
    lineNo: z.int().nullable(),
    amountBefore: z.int().nullable(),
    amountAfter: z.int().nullable(),
    detail: z.string(),
    barred: z.array(z.string()),
    changes: z.array(
      z.object({
        childNumber: z.int().nullable(),
        benefitMonth: z.string().nullable(),
        label: z.string(),
        amount: z.int(),
      }),
    ),
    clearedBy: z.string().nullable(),
    clearedReason: z.string().nullable(),
    clearedAt: z.string().nullable(),
  })
  .meta({ id: "ReviewItem", description: "点検の1件" });

const side = z.object({ lines: z.int(), amount: z.int() }).nullable();

export const runView = z
  .object({
    run: runHeading,
    steps: z.array(z.object({ state: runState, actor: z.string(), at: z.string() })),
    totals: z.object({
      lines: z.int(),
      childMonths: z.int(),
      amount: z.int(),
      byBank: z.array(totalRow),
      byWard: z.array(totalRow),
      byBand: z.array(totalRow),
      byOrder: z.array(totalRow),
      byClass: z.array(totalRow),
      equation: z.object({ selected: side, ledger: side, approved: side, file: side, agrees: z.boolean() }),
    }),
    fileSha256: z.string().nullable(),
    exclusions: z.array(
      z.object({
        reason: z.string(),
        /** The reason in words */
        label: z.string(),
        recipients: z.int(),
        childMonths: z.int(),
        amount: z.int(),
        recipientIds: z.array(z.int()),
      }),
    ),
    conflicts: z.array(z.object({ recipientId: z.int(), otherRecipientId: z.int(), months: z.int() })),
    uncomputed: z.array(z.object({ recipientId: z.int(), message: z.string() })),
    returned: z.array(
      z.object({
        rowNo: z.int(),
        lineNo: z.int().nullable(),
        recipientId: z.int().nullable(),
        amount: z.int(),
        reason: z.string(),
        confirmed: z.boolean(),
        resolved: z.boolean(),
        /** 締めたあとに戻った日 */
        lateOn: z.string().nullable(),
        proposal: z.object({ seq: z.int(), resolution: z.string(), proposedBy: z.string() }).nullable(),
      }),
    ),
    review: runReview,
    /** 次回からの口座 */
    waitingAccounts: z.array(
      z.object({
        recipientId: z.int(),
        changedOn: z.string(),
        enteredBy: z.string(),
        approvedBy: z.string(),
        afterPayOn: z.string(),
      }),
    ),
    banks: z.array(
      z.object({
        bank: z.string(),
        bankName: z.string(),
        status: lineStatus,
        /** The state in words */
        label: z.string(),
        lines: z.int(),
        amount: z.int(),
      }),
    ),
    outageNotice: z.string().nullable(),
    byHand: z
      .object({
        receiver: z.string(),
        medium: z.string(),
        givenBy: z.string(),
        givenAt: z.string(),
        sha256: z.string(),
        receipt: z.string().nullable(),
        receiptCount: z.int().nullable(),
        receiptAmount: z.int().nullable(),
      })
      .nullable(),
    cutOffOn: z.string(),
    /** 差引 */
    deductions: z.array(
      z.object({
        kind: z.string(),
        label: z.string(),
        creditorId: z.int().nullable(),
        creditorName: z.string().nullable(),
        recipients: z.int(),
        amount: z.int(),
        short: z.int(),
      }),
    ),
    /** 施設等: homes in the run, and whether the home or each child is paid */
    homes: z.array(
      z.object({
        recipientId: z.int(),
        home: z.string(),
        payee: z.enum(["home", "child"]),
        children: z.int(),
        lines: z.int(),
        amount: z.int(),
      }),
    ),
    /** 財務会計へ渡す支出命令 */
    budgetOrder: z
      .object({
        runNo: z.int(),
        layout: z.string(),
        sha256: z.string(),
        items: z.int(),
        gross: z.int(),
        withheld: z.int(),
        net: z.int(),
        madeBy: z.string(),
        approvedBy: z.string().nullable(),
      })
      .nullable(),
    files: z.array(z.object({ name: z.string(), what: z.string(), kind: z.enum(["transfer", "payeeList"]) })),
    /** 振込結果の様式: names of the banks' own layouts */
    resultLayouts: z.array(z.string()),
    /** Whether the server itself can send the file to the bank */
    bankConnected: z.boolean(),
  })
  .meta({ id: "RunView", description: "支払処理の1枚。個人の情報は認定番号だけ。" });

/** What a step of the run answered: enough to say what happened. */
export const stepDone = z.object({ message: z.string() }).meta({ id: "StepDone", description: "処理の結果を伝える文" });
