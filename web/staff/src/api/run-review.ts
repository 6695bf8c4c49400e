/** 支払処理の点検: the items that must be looked at before the approval, and their clearing. */
import { changeCauseLabels, clearReviewItems, listReviewItems, reviewLabels } from "@hagukumi/allowance/contract.ts";
import type { Review } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { reasonText, runNumber } from "./inputs.ts";
import { operation } from "./operation.ts";
import { reviewItem, reviewKind, type runView, stepDone } from "./run-shapes.ts";

const onRun = z.strictObject({ runNo: runNumber });

/** The review as the API shows it, with every code in words. */
export function reviewShown({ comparison, recalculated, counts, open }: Review): z.input<typeof runView>["review"] {
  return {
    comparison:
      comparison === null
        ? null
        : {
            ...comparison,
            byCause: comparison.byCause.map((each) => ({ ...each, label: changeCauseLabels[each.cause] })),
          },
    recalculated: recalculated === null ? null : { ...recalculated, at: recalculated.at.toISOString() },
    counts: counts.map((each) => ({ ...each, label: reviewLabels[each.kind] })),
    open,
  };
}

/** Items on one page of the list. */
const PAGE = 100;

const listRunReview = operation({
  id: "listRunReview",
  method: "POST",
  path: "/runs/{runNo}/review",
  summary: "支払処理の点検の件",
  access: { permission: "payment.view", relation: "run" },
  params: onRun,
  body: z.strictObject({
    kind: reviewKind.optional(),
    openOnly: z.boolean(),
    /** Items after this number */
    after: z.int().min(0).max(10_000_000),
  }),
  response: z.object({ items: z.array(reviewItem), more: z.boolean() }),
  handler: async ({ params: { runNo }, body: { kind, openOnly, after } }, desk) => {
    const question = { runNo, openOnly, after, limit: PAGE + 1, ...(kind === undefined ? {} : { kind }) };
    const found = await desk.readTotals(async (client) => await listReviewItems(client, question), String(runNo));
    const items = found.slice(0, PAGE).map((item) => ({
      ...item,
      label: reviewLabels[item.kind],
      barred: [...item.barred],
      changes: item.changes.map((change) => ({ ...change, label: changeCauseLabels[change.cause] })),
      clearedAt: item.clearedAt?.toISOString() ?? null,
    }));
    return { items, more: found.length > PAGE };
  },
});

const clearRunReview = operation({
  id: "clearRunReview",
  method: "POST",
  path: "/runs/{runNo}/review/clear",
  summary: "点検の件を済みにする",
  access: { permission: ["payment.create", "payment.approve"], relation: "run" },
  command: true,
  params: onRun,
  body: z.strictObject({ itemNos: z.array(z.int().min(1).max(10_000_000)).min(1).max(PAGE), reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { runNo }, body }, desk) => {
    const { response } = await desk.command(
      { caseRef: String(runNo) },
      async (context, key) => await clearReviewItems(context, { key, runNo, ...body }),
    );
    const rest =
      response.open === 0 ? "点検はすべて済みました。" : `残りは${response.open.toLocaleString("ja-JP")}件です。`;
    return { message: `${response.cleared.toLocaleString("ja-JP")}件を済みにしました。${rest}` };
  },
});

export const runReviewOperations = [listRunReview, clearRunReview];
