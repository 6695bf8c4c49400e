/** 送付から締めまで: the hand-over to the accounting section, lines delayed by an outage, returned transfers dealt with by two people. */
import {
  approveSettlement,
  declareOutage,
  endOutage,
  getRun,
  handOverByHand,
  proposeSettlement,
  readRemittances,
  remittanceList,
  recordReceipt,
} from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { dateText, reasonText, runNumber } from "./inputs.ts";
import { requireApproved } from "./leaving-basis.ts";
import { fileOperation, operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const onRun = z.strictObject({ runNo: runNumber });
const onRow = z.strictObject({ runNo: runNumber, rowNo: z.coerce.number().int().min(1).max(9_999_999) });
const shortText = z.string().trim().min(1, "空です。").max(100, "100文字までです。");
const banks = z
  .array(z.string().regex(/^\d{4}$/, "金融機関の符号は4桁です。"))
  .min(1)
  .max(1000);
const countText = (lines: number, amount: number): string =>
  `${lines.toLocaleString("ja-JP")}件 ${amount.toLocaleString("ja-JP")}円`;

const giveRunByHand = operation({
  id: "giveRunByHand",
  method: "POST",
  path: "/runs/{runNo}/give-by-hand",
  summary: "振込データの会計課への手渡し",
  access: { permission: "payment.release", stepUp: true, relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({ receiver: shortText, medium: shortText }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await handOverByHand(context, { key, runNo, ...body }),
    );
    return {
      message: `${countText(response.count, response.amount)} のファイルを渡したことを記録しました。受領書が届いたら登録してください。`,
    };
  },
});

const recordRunReceipt = operation({
  id: "recordRunReceipt",
  method: "POST",
  path: "/runs/{runNo}/receipt",
  summary: "受領書の登録",
  access: { permission: "payment.release", relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({
    receipt: shortText,
    count: z.int().min(0).max(999_999),
    amount: z.int().min(0).max(999_999_999_999),
  }),
  response: z.object({ state: z.enum(["handedOver", "unknown"]), message: z.string() }),
  handler: async ({ params: { runNo }, body }, desk) => {
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await recordReceipt(context, { key, runNo, ...body }),
    );
    return {
      state: response.state,
      message:
        response.state === "handedOver"
          ? "受領書の件数と金額は、ファイルと同じです。送付済みになりました。"
          : "受領書の件数または金額がファイルと違います。送付の結果は不明です。もう一度送らず、銀行に確かめてください。",
    };
  },
});

const declareRunOutage = operation({
  id: "declareRunOutage",
  method: "POST",
  path: "/runs/{runNo}/outage",
  summary: "入金の遅れの登録（銀行間網の障害）",
  access: { permission: ["payment.create", "payment.release"], relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({ banks, reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await declareOutage(context, { key, runNo, ...body }),
    );
    return {
      message: `${countText(response.lines, response.amount)} を「入金不明」にしました。送り直しはできません。`,
    };
  },
});

const endRunOutage = operation({
  id: "endRunOutage",
  method: "POST",
  path: "/runs/{runNo}/outage/end",
  summary: "遅れていた入金の確認",
  access: { permission: ["payment.create", "payment.release"], relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({ banks, creditedOn: dateText, evidence: reasonText }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    const creditedOn = parseCivilDate(body.creditedOn);
    if (creditedOn === undefined) {
      throw new Refusal("invalidValue", "入金日が存在しない日付です。直してから、もう一度送ってください。");
    }
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await endOutage(context, { key, runNo, ...body, creditedOn }),
    );
    return { message: `${countText(response.lines, response.amount)} の入金を記録しました。` };
  },
});

const proposeRunSettlement = operation({
  id: "proposeRunSettlement",
  method: "POST",
  path: "/runs/{runNo}/results/{rowNo}/propose",
  summary: "振込不能・当たらない結果の始末の案",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onRow,
  body: z.strictObject({ resolution: reasonText }),
  response: stepDone,
  handler: async ({ params: { runNo, rowNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await proposeSettlement(context, { key, runNo, rowNo, ...body }),
    );
    return { message: "案を記録しました。ほかの人が認めると効きます。" };
  },
});

const approveRunSettlement = operation({
  id: "approveRunSettlement",
  method: "POST",
  path: "/runs/{runNo}/results/{rowNo}/approve",
  summary: "振込不能・当たらない結果の始末の承認",
  access: { permission: "payment.approve", stepUp: true, relation: "run" },
  command: true,
  params: onRow,
  body: z.strictObject({ seq: z.int().min(1).max(1000) }),
  response: stepDone,
  handler: async ({ params: { runNo, rowNo }, body }, desk) => {
    const { response } = await desk.command(
      { caseRef: String(runNo), approvalRef: `${String(rowNo)}/${String(body.seq)}` },
      async (context, key) => await approveSettlement(context, { key, runNo, rowNo, ...body }),
    );
    return {
      message:
        response.amount === 0
          ? "始末を認めました。"
          : `${response.amount.toLocaleString("ja-JP")}円を未払に戻しました。再振込の支払処理で払えます。`,
    };
  },
});

const takeRemittanceList = fileOperation({
  id: "takeRemittanceList",
  method: "GET",
  path: "/runs/{runNo}/remittances",
  summary: "債権者ごとの納付・送金一覧の取出し",
  access: { permission: "payment.create", stepUp: true, relation: "run" },
  leaving: { how: "container" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      await getRun(client, runNo);
      const basis = await requireApproved(client, "paymentRun", runNo);
      const rows = await readRemittances(client, runNo);
      const fileName = `remittances-${String(runNo).padStart(4, "0")}.csv`;
      const content = Buffer.from(
        `\uFEFF${[remittanceList.header, ...rows.map(remittanceList.cells)].map((cells) => csvLine([...cells], true)).join("")}`,
      );
      return {
        response: {
          taken: { basis, rows: rows.length },
          fileName,
          mediaType: "text/csv; charset=utf-8",
          content,
        },
        log: [
          {
            action: "export",
            rows: rows.length,
            columns: "creditor, recipient, child, amount",
            caseRef: String(runNo),
            file: fileName,
          },
        ],
      };
    }),
});

export const runSettlementOperations = [
  takeRemittanceList,
  giveRunByHand,
  recordRunReceipt,
  declareRunOutage,
  endRunOutage,
  proposeRunSettlement,
  approveRunSettlement,
];
