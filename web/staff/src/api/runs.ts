/** 支払処理: the list of runs. */
import { listRuns } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { operation } from "./operation.ts";

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
    kind: z.enum(["regular", "occasional", "retransfer"]),
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

const listPaymentRuns = operation({
  id: "listPaymentRuns",
  method: "GET",
  path: "/runs",
  summary: "支払処理の一覧",
  access: { permission: "payment.view", relation: "none" },
  response: z.object({ runs: z.array(runHeading) }),
  handler: async (_input, desk) => ({ runs: [...(await desk.readTotals(async (client) => await listRuns(client)))] }),
});

export const runOperations = [listPaymentRuns];
