/** 支払の相手ごとの仕事: the children of homes, and transfers that come back after the closing. */
import {
  getRun,
  HOME_LIST_COLUMNS,
  homeListCells,
  readHomeChildren,
  recordLateReturn,
} from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { dateText, reasonText, runNumber } from "./inputs.ts";
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
  params: onRun,
  handler: async ({ params: { runNo } }, desk) =>
    await desk.readAsSystem(async (client) => {
      await getRun(client, runNo);
      const children = await readHomeChildren(client, runNo);
      const rows = [HOME_LIST_COLUMNS, ...homeListCells(children)];
      return {
        response: {
          fileName: `homes-${String(runNo).padStart(4, "0")}.csv`,
          mediaType: "text/csv; charset=utf-8",
          content: Buffer.from(`\uFEFF${rows.map((cells) => csvLine([...cells], true)).join("")}`),
        },
        log: [
          {
            action: "export",
            rows: children.length,
            columns: "recipient, home, child, name, months, amount",
            caseRef: String(runNo),
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

export const runPayoutOperations = [takeHomeList, recordRunLateReturn];
