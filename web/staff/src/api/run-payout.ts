/** 支払の相手と会計: the children of homes, transfers that come back after the closing, orders for the accounting system. */
import {
  approveBudgetOrder,
  getRun,
  homeList,
  homeListCells,
  makeBudgetOrder,
  readBudgetOrderFile,
  readHomeChildren,
  recordLateReturn,
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
const onLine = z.strictObject({ runNo: runNumber, lineNo: z.coerce.number().int().min(1).max(999_999) });

const takeHomeList = fileOperation({
  id: "takeHomeList",
  method: "GET",
  path: "/runs/{runNo}/homes",
  summary: "施設等の児童の内訳の取出し",
  access: { permission: "payment.create", stepUp: true, relation: "run" },
  leaving: { how: "container" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      await getRun(client, runNo);
      const basis = await requireApproved(client, "paymentRun", runNo);
      const children = await readHomeChildren(client, runNo);
      const rows = [homeList.header, ...homeListCells(children)];
      const fileName = `homes-${String(runNo).padStart(4, "0")}.csv`;
      return {
        response: {
          taken: { basis, rows: children.length },
          fileName,
          mediaType: "text/csv; charset=utf-8",
          content: Buffer.from(`\uFEFF${rows.map((cells) => csvLine([...cells], true)).join("")}`),
        },
        log: [
          {
            action: "export",
            rows: children.length,
            columns: "recipient, home, child, name, months, amount",
            caseRef: String(runNo),
            file: fileName,
          },
        ],
      };
    }),
});

const recordRunLateReturn = operation({
  id: "recordRunLateReturn",
  method: "POST",
  path: "/runs/{runNo}/lines/{lineNo}/late-return",
  summary: "締めたあとの返戻の登録",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onLine,
  body: z.strictObject({
    amount: z.int().min(1).max(9_999_999_999),
    reason: z.string().trim().min(1, "空です。").max(40, "40文字までです。"),
    returnedOn: dateText,
    evidence: reasonText,
  }),
  response: stepDone,
  handler: async ({ params: { runNo, lineNo }, body }, desk) => {
    const returnedOn = parseCivilDate(body.returnedOn);
    if (returnedOn === undefined) {
      throw new Refusal("invalidValue", "戻った日が存在しない日付です。直してから、もう一度送ってください。");
    }
    await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await recordLateReturn(context, { key, runNo, lineNo, ...body, returnedOn }),
    );
    return {
      message: `${body.amount.toLocaleString("ja-JP")}円 の返戻を登録しました。口座を確かめた案を入れ、ほかの人が認めると未払に戻ります。`,
    };
  },
});

const makeRunBudgetOrder = operation({
  id: "makeRunBudgetOrder",
  method: "POST",
  path: "/runs/{runNo}/budget-order",
  summary: "支出負担行為・支出命令のデータの作成",
  access: { permission: "payment.create", relation: "run" },
  command: true,
  params: onRun,
  response: stepDone,
  handler: async ({ params: { runNo } }, desk) => {
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await makeBudgetOrder(context, { key, runNo }),
    );
    return {
      message: `予算科目 ${String(response.items)}件、${response.net.toLocaleString("ja-JP")}円 の支出命令を作りました。ほかの人が承認すると取り出せます。`,
    };
  },
});

const approveRunBudgetOrder = operation({
  id: "approveRunBudgetOrder",
  method: "POST",
  path: "/runs/{runNo}/budget-order/approve",
  summary: "支出負担行為・支出命令のデータの承認",
  access: { permission: "payment.approve", stepUp: true, relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    await desk.command(
      { caseRef: String(runNo), approvalRef: body.sha256.slice(0, 16) },
      async (context, key) => await approveBudgetOrder(context, { key, runNo, ...body }),
    );
    return { message: "支出命令を承認しました。財務会計へ渡すファイルを取り出せます。" };
  },
});

const takeBudgetOrder = fileOperation({
  id: "takeBudgetOrder",
  method: "GET",
  path: "/runs/{runNo}/budget-order/file",
  summary: "支出負担行為・支出命令のファイルの取出し",
  access: { permission: "payment.create", stepUp: true, relation: "run" },
  leaving: { how: "plain", reason: "予算科目ごとの額だけで、財務会計へ渡す。" },
  params: onRun,
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      const { fileName, bytes } = await readBudgetOrderFile(client, runNo);
      return {
        response: { taken: "nobody", fileName, mediaType: "text/csv; charset=utf-8", content: bytes },
        log: [{ action: "export", rows: 0, columns: "budget item, amount", caseRef: String(runNo), file: fileName }],
      };
    }),
});

export const runPayoutOperations = [
  takeHomeList,
  recordRunLateReturn,
  makeRunBudgetOrder,
  approveRunBudgetOrder,
  takeBudgetOrder,
];
