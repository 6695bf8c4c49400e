/** 現況届の書類の確認 (評価書 II-4-6): all that the contractor who compares papers can do. A finding is a proposal; the office decides. */
import { recordOutsideChecks, reportsToCheck } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { orderInHand } from "@hagukumi/interchange/contract.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { dateText } from "./inputs.ts";
import { operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

/** A contractor works under a consignment in force and an order of it, however the account was made. */
async function requireTied(desk: Desk, staffId: string): Promise<void> {
  const { tied, orderNumber } = await orderInHand(desk.options.pool, staffId);
  if (!tied || orderNumber !== null) return;
  throw new Refusal(
    "orderNeeded",
    "現況届の書類の確認は、効いている委託に結び付いた利用者が、作業指示のもとで行います。「作業指示」の画面で作業を始めてください。結び付いていないときは、市の担当者に知らせてください。",
  );
}

const list = operation({
  id: "listReportsToCheck",
  method: "GET",
  path: "/review-checks",
  summary: "書類の確認を待つ現況届",
  access: { permission: "review.check", relation: "none" },
  response: z.object({
    reports: z.array(
      z.object({
        barcode: z.string(),
        year: z.int(),
        receptionNumber: z.string(),
        receivedOn: z.string(),
        papers: z.array(z.string()),
        last: z
          .object({ verdict: z.enum(["complete", "defect"]), defects: z.array(z.string()), checkedOn: z.string() })
          .nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) =>
    await desk.readAsSystem(async (client, now) => {
      await requireTied(desk, now.staffId);
      const reports = (await reportsToCheck(client)).map((report) => ({
        ...report,
        papers: [...report.papers],
        last: report.last === null ? null : { ...report.last, defects: [...report.last.defects] },
      }));
      return { response: { reports }, log: [{ action: "list", rows: reports.length, columns: "reviewReport" }] };
    }),
});

const record = operation({
  id: "recordReviewCheck",
  method: "POST",
  path: "/review-checks",
  summary: "現況届の書類の確認の結果（案）",
  access: { permission: "review.check", relation: "none" },
  command: true,
  body: z.strictObject({
    barcode: z.string().trim().max(40, "バーコードは40文字までです。"),
    verdict: z.enum(["complete", "defect"]),
    defects: z.array(z.string().trim().min(1).max(60, "60文字までです。")).max(20, "20件までです。"),
    checkedOn: dateText,
  }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    const checkedBy = await desk.readAsSystem(async (client, now) => {
      await requireTied(desk, now.staffId);
      const asked = body.barcode
        .normalize("NFKC")
        .replaceAll(/[\s*-]/g, "")
        .toUpperCase();
      const waiting = (await reportsToCheck(client)).some(({ barcode }) => barcode === asked);
      if (!waiting) {
        throw new Refusal(
          "reviewInvalid",
          "このバーコードの現況届は、書類の確認を待っていません。バーコードを読み直し、違うときは市の担当者に渡してください。何も記録していません。",
        );
      }
      return { response: now.staffId, log: [{ action: "list", rows: 1, columns: "reviewReport" }] };
    });
    await desk.command({ caseRef: "review/check" }, async (context, key) => {
      await recordOutsideChecks(context, [{ ...body, checkedBy }], key);
    });
    return { message: "結果を案として記録しました。決めるのは市の職員です。" };
  },
});

export const reviewCheckOperations = [list, record];
