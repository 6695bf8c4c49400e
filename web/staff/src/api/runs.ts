/** 支払処理: what it looks like, and each step of its way. Who makes, approves and sends are three people; the database sees to it. */
import {
  approveRun,
  cancelRun,
  closeRun,
  createRun,
  deductionLabels,
  exclusionLabels,
  findSetting,
  freezeRun,
  getRun,
  handOverRun,
  importResults,
  inspectRun,
  lineStatusLabels,
  listReturns,
  listRuns,
  readFrozenFile,
  readRunSummary,
  resolveHandOver,
  slipNameOf,
  transferFileName,
  writeTransferSlip,
  writePayeeList,
} from "@hagukumi/allowance/contract.ts";
import type { RunSummary } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

import { reviewShown } from "./run-review.ts";
import { runPayoutOperations } from "./run-payout.ts";
import { runSettlementOperations } from "./run-settlement.ts";
import { runReviewOperations } from "./run-review.ts";
import { listFiles } from "./run-files.ts";
import type { Desk } from "./desk.ts";
import { dateText, reasonText, runNumber } from "./inputs.ts";
import { requireApproved } from "./leaving-basis.ts";
import { fileOperation, operation } from "./operation.ts";
import { runHeading, runView, stepDone } from "./run-shapes.ts";

const onRun = z.strictObject({ runNo: runNumber });
const yenText = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

const listPaymentRuns = operation({
  id: "listPaymentRuns",
  method: "GET",
  path: "/runs",
  summary: "支払処理の一覧",
  access: { permission: "payment.view", relation: "none" },
  response: z.object({
    runs: z.array(runHeading),
    /** 振込不能 of the runs that have a result */
    returns: z.array(z.object({ runNo: z.int(), lines: z.int(), amount: z.int() })),
  }),
  handler: async (_input, desk) =>
    await desk.readTotals(async (client) => ({
      runs: [...(await listRuns(client))],
      returns: [...(await listReturns(client))],
    })),
});

async function filesOf(desk: Desk, { run, fileSha256 }: RunSummary): Promise<z.input<typeof runView>["files"]> {
  const names = await listFiles(desk.options.dataDir, run.runNo);
  const lists = names.map((name) => ({
    name,
    what: name.endsWith(".csv") ? "支払対象者一覧（CSV）" : "支払対象者一覧（PDF）",
    kind: "payeeList" as const,
  }));
  const transfer = {
    name: transferFileName(run.runNo, run.payOn),
    what: "振込ファイル（全銀）",
    kind: "transfer" as const,
  };
  return fileSha256 === null ? lists : [...lists, transfer];
}

const getPaymentRun = operation({
  id: "getPaymentRun",
  method: "GET",
  path: "/runs/{runNo}",
  summary: "支払処理の表示",
  access: { permission: "payment.view", relation: "run" },
  params: onRun,
  response: runView,
  handler: async ({ params }, desk) => {
    const today = desk.options.today();
    const { summary, layouts } = await desk.readTotals(
      async (client) => ({
        summary: await readRunSummary(client, params.runNo),
        layouts: (await findSetting(client, "resultLayouts", today)) ?? [],
      }),
      String(params.runNo),
    );
    const { byBank, byWard, byBand, byOrder, byClass, ...totals } = summary.totals;
    return {
      ...summary,
      steps: summary.steps.map((step) => ({ ...step, at: step.at.toISOString() })),
      totals: {
        ...totals,
        byBank: [...byBank],
        byWard: [...byWard],
        byBand: [...byBand],
        byOrder: [...byOrder],
        byClass: [...byClass],
      },
      exclusions: summary.exclusions.map((group) => ({
        ...group,
        label: exclusionLabels[group.reason],
        recipientIds: [...group.recipientIds],
      })),
      conflicts: [...summary.conflicts],
      uncomputed: [...summary.uncomputed],
      returned: [...summary.returned],
      review: reviewShown(summary.review),
      deductions: summary.deductions.map((each) => ({ ...each, label: deductionLabels[each.kind] })),
      homes: [...summary.homes],
      waitingAccounts: [...summary.waitingAccounts],
      banks: summary.banks.map((each) => ({ ...each, label: lineStatusLabels[each.status] })),
      byHand: summary.byHand === null ? null : { ...summary.byHand, givenAt: summary.byHand.givenAt.toISOString() },
      files: [...(await filesOf(desk, summary))],
      resultLayouts: layouts.map(({ name }) => name),
      bankConnected: desk.options.bank !== undefined,
    };
  },
});

const createPaymentRun = operation({
  id: "createPaymentRun",
  method: "POST",
  path: "/runs",
  summary: "支払処理の作成",
  access: { permission: "payment.create", relation: "none" },
  command: true,
  body: z.strictObject({
    /** 支払期月 `YYYY-MM` */
    paymentMonth: z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, "支払期月は YYYY-MM で指定してください。"),
    kind: z.enum(["regular", "occasional", "final", "released", "makeUp", "retransfer", "unpaid"]),
    /** Pay day of a run outside the payment months; of a regular run the day that was announced */
    payOn: dateText.optional(),
  }),
  response: z.object({ runNo: z.int(), message: z.string() }),
  handler: async ({ body }, desk) => {
    const { paymentMonth, kind } = body;
    const payOn = body.payOn === undefined ? undefined : parseCivilDate(body.payOn);
    if (body.payOn !== undefined && payOn === undefined) {
      throw new Refusal("invalidValue", "支払日が存在しない日付です。直してから、もう一度送ってください。");
    }
    const { response } = await desk.command({}, async (context, key) => {
      return await createRun(context, { key, paymentMonth, kind, ...(payOn === undefined ? {} : { payOn }) });
    });
    const { runNo, lines } = response;
    return {
      runNo,
      message: `支払処理 第${String(runNo)}号を作りました。${lines.lineCount.toLocaleString("ja-JP")}件 ${yenText(lines.total)}です。`,
    };
  },
});

const inspectPaymentRun = operation({
  id: "inspectPaymentRun",
  method: "POST",
  path: "/runs/{runNo}/inspect",
  summary: "支払処理の確認",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onRun,
  response: stepDone,
  handler: async ({ params: { runNo } }, desk) => {
    await desk.command({ caseRef: String(runNo) }, async (context, key) => await inspectRun(context, { key, runNo }));
    return { message: "合計を確かめたことを記録しました。" };
  },
});

const approvePaymentRun = operation({
  id: "approvePaymentRun",
  method: "POST",
  path: "/runs/{runNo}/approve",
  summary: "支払の確定の決裁",
  access: { permission: "payment.approve", stepUp: true, relation: "run" },
  command: true,
  params: onRun,
  /** Digest of the lines that the approver saw: another content is not approved by this */
  body: z.strictObject({ lineDigest: z.string().regex(/^[0-9a-f]{64}$/, "明細の要約の形が違います。") }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo), approvalRef: body.lineDigest.slice(0, 16) },
      async (context, key) => await approveRun(context, { key, runNo, lineDigest: body.lineDigest }),
    );
    return { message: "承認しました。" };
  },
});

const freezePaymentRun = operation({
  id: "freezePaymentRun",
  method: "POST",
  path: "/runs/{runNo}/freeze",
  summary: "振込ファイルの確定",
  access: { permission: "payment.approve", stepUp: true, relation: "run" },
  command: true,
  params: onRun,
  response: stepDone,
  handler: async ({ params: { runNo } }, desk) => {
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await freezeRun(context, { key, runNo }),
    );
    const { count, amount } = response;
    return { message: `振込ファイルを確定しました。${count.toLocaleString("ja-JP")}件 ${yenText(amount)}です。` };
  },
});

const handOverPaymentRun = operation({
  id: "handOverPaymentRun",
  method: "POST",
  path: "/runs/{runNo}/hand-over",
  summary: "振込データの送付",
  access: { permission: "payment.release", stepUp: true, relation: "run" },
  command: true,
  params: onRun,
  response: z.object({ state: z.enum(["handedOver", "unknown"]), message: z.string() }),
  handler: async ({ params: { runNo } }, desk) => {
    const { bank } = desk.options;
    if (bank === undefined) {
      throw new Refusal(
        "bankNotConnected",
        "この設置では、画面から銀行へ送れません。何も送っていません。送付の担当者が定められた手順で送ってください。",
      );
    }
    const { state, message } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await handOverRun(context, { key, runNo }, bank),
    );
    return { state, message };
  },
});

const resolvePaymentHandOver = operation({
  id: "resolvePaymentHandOver",
  method: "POST",
  path: "/runs/{runNo}/resolve",
  summary: "送付の結果不明の解消",
  access: { permission: "payment.release", stepUp: true, relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({ received: z.boolean(), evidence: reasonText }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await resolveHandOver(context, { key, runNo, ...body }),
    );
    return {
      message: body.received
        ? "銀行に届いていたことを記録しました。"
        : "銀行に届いていないことを記録し、この支払処理を取り消しました。お金は未払に戻っています。",
    };
  },
});

const importPaymentResults = operation({
  id: "importPaymentResults",
  method: "POST",
  path: "/runs/{runNo}/results",
  summary: "振込結果の取込み",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  bodyLimit: 16_777_216,
  params: onRun,
  /** The bank's file, base64 */
  body: z.strictObject({
    content: z.base64("結果ファイルを読めません。もう一度選んでください。"),
    /** The bank's own layout with the totals of its paper; absent: the generic CSV */
    own: z
      .strictObject({
        layout: z.string().min(1).max(40),
        acceptedCount: z.int().min(0).max(999_999),
        acceptedAmount: z.int().min(0).max(999_999_999_999),
      })
      .optional(),
  }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    const bytes = Buffer.from(body.content, "base64");
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) =>
        await importResults(context, { key, runNo, bytes, ...(body.own === undefined ? {} : { own: body.own }) }),
    );
    const { returned, returnedAmount, unmatched } = response;
    return {
      message: `結果を取り込みました。振込不能 ${String(returned)}件 ${yenText(returnedAmount)}、当たる明細のない行 ${String(unmatched)}件です。`,
    };
  },
});

const closePaymentRun = operation({
  id: "closePaymentRun",
  method: "POST",
  path: "/runs/{runNo}/close",
  summary: "支払処理の締め",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onRun,
  response: stepDone,
  handler: async ({ params: { runNo } }, desk) => {
    await desk.command({ caseRef: String(runNo) }, async (context, key) => await closeRun(context, { key, runNo }));
    return { message: "支払処理を締めました。" };
  },
});

const cancelPaymentRun = operation({
  id: "cancelPaymentRun",
  method: "POST",
  path: "/runs/{runNo}/cancel",
  summary: "支払処理の取消",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({ reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await cancelRun(context, { key, runNo, reason: body.reason }),
    );
    return { message: "支払処理を取り消しました。お金は未払に戻っています。" };
  },
});

/** What a file of a run holds; its making and taking are recorded as an export. */
const exported = (runNo: number, rows: number, file?: string) =>
  ({ action: "export", rows, columns: "name, account, amount", caseRef: String(runNo), file }) as const;

const makePayeeList = operation({
  id: "makePayeeList",
  method: "POST",
  path: "/runs/{runNo}/payee-list",
  summary: "支払対象者一覧の作成",
  access: { permission: "payment.create", stepUp: true, relation: "run" },
  params: onRun,
  response: stepDone,
  handler: async ({ params: { runNo } }, desk) => {
    await desk.readAsSystem(async (client) => {
      const { lineCount } = await getRun(client, runNo);
      return { response: undefined, log: [exported(runNo, lineCount)] };
    });
    const { pool, calendar, today, dataDir } = desk.options;
    await writePayeeList(
      {
        pool,
        calendar,
        operator: desk.session().staffId,
        purpose: "支払対象者一覧の作成",
        today: today(),
        reportsDir: join(dataDir, "reports"),
      },
      { runNo, outDir: join(dataDir, "files") },
    );
    return { message: "支払対象者一覧を作りました。" };
  },
});

const takeTransferFile = fileOperation({
  id: "takeTransferFile",
  method: "GET",
  path: "/runs/{runNo}/transfer",
  summary: "振込ファイルの取出し",
  access: { permission: "payment.release", stepUp: true, relation: "run" },
  leaving: { how: "container" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) => {
    return await desk.readAsSystem(async (client) => {
      const run = await getRun(client, runNo);
      const { bytes, count } = await readFrozenFile(client, runNo);
      const taken = { basis: await requireApproved(client, "paymentRun", runNo), rows: count };
      const fileName = transferFileName(runNo, run.payOn);
      return {
        response: { taken, fileName, mediaType: "application/octet-stream", content: bytes },
        log: [exported(runNo, count, fileName)],
      };
    });
  },
});

const takeTransferSlip = fileOperation({
  id: "takeTransferSlip",
  method: "GET",
  path: "/runs/{runNo}/transfer-slip",
  summary: "送付票（署名つき）の取出し",
  leaving: { how: "plain", reason: "ファイルのハッシュ・件数・合計と署名だけで、だれのことも言わない。" },
  access: { permission: "payment.release", stepUp: true, relation: "run" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) => {
    const key = await readSealKey(desk.options.dataDir, "transfer-seal-key.pem");
    return await desk.readAsSystem(async (client) => {
      const run = await getRun(client, runNo);
      const { bytes, count, amount } = await readFrozenFile(client, runNo);
      const fileName = transferFileName(runNo, run.payOn);
      const slip = writeTransferSlip({ fileName, runNo, payOn: run.payOn, count, amount, bytes }, key);
      return {
        response: {
          taken: "nobody",
          fileName: slipNameOf(fileName),
          mediaType: "application/json",
          content: Buffer.from(slip),
        },
        log: [exported(runNo, 1, slipNameOf(fileName))],
      };
    });
  },
});

const takePayeeList = fileOperation({
  id: "takePayeeList",
  method: "GET",
  path: "/runs/{runNo}/payee-list/{name}",
  summary: "支払対象者一覧の取出し",
  access: { permission: "payment.create", stepUp: true, relation: "run" },
  leaving: { how: "container" },
  params: z.strictObject({ runNo: runNumber, name: z.string().max(80) }),
  handler: async ({ params: { runNo, name } }, desk) => {
    // Compared with what is there, so that no name from outside ever becomes part of a path or of the log.
    const known = (await listFiles(desk.options.dataDir, runNo)).includes(name);
    const taken = await desk.readAsSystem(async (client) => {
      const { lineCount } = await getRun(client, runNo);
      const basis = await requireApproved(client, "paymentRun", runNo);
      if (!known) throw new Refusal("notFound", "このファイルはありません。支払処理の画面から選び直してください。");
      return { response: { basis, rows: lineCount }, log: [exported(runNo, lineCount, name)] };
    });
    return {
      taken,
      fileName: name,
      mediaType: name.endsWith(".csv") ? "text/csv; charset=utf-8" : "application/pdf",
      content: createReadStream(join(desk.options.dataDir, "files", name)),
    };
  },
});

export const runOperations = [
  listPaymentRuns,
  getPaymentRun,
  createPaymentRun,
  inspectPaymentRun,
  approvePaymentRun,
  freezePaymentRun,
  handOverPaymentRun,
  resolvePaymentHandOver,
  importPaymentResults,
  closePaymentRun,
  cancelPaymentRun,
  makePayeeList,
  takeTransferFile,
  takeTransferSlip,
  takePayeeList,
  ...runReviewOperations,
  ...runSettlementOperations,
  ...runPayoutOperations,
];
