/** 現況: the year in counts, receipt by barcode, what is left, differences of July and August to clear. */
import {
  callForReport,
  clearDifference,
  differenceKinds,
  findReviewYear,
  listLeftovers,
  listReceptions,
  listReviewYears,
  openReviewYear,
  outcomeLabels,
  parseBarcode,
  readDifferences,
  readReviewCounts,
  reasonLabel,
  receiveReport,
  receptionLabels,
  reviewStates,
  wardName,
} from "@hagukumi/allowance/contract.ts";
import type { ReviewOutcome } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { certificationNumber, dateText, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";
import { requireShown, shownOf } from "./shown-recipients.ts";

const reading = { permission: ["procedure.receive", "procedure.approve"], relation: "none" } as const;
const yearInPath = z.strictObject({
  year: z
    .string()
    .regex(/^20\d{2}$/, "年度は西暦4桁です。")
    .transform(Number),
});
const stateCode = z.enum([
  "unjudged",
  "unclear",
  "notFiled",
  "defect",
  "undecided",
  "difference",
  "unscheduled",
  "held",
  "scheduled",
]);

const named = z.object({ code: z.string(), name: z.string(), count: z.int() });

const readYears = operation({
  id: "readReviewYears",
  method: "GET",
  path: "/reviews",
  summary: "現況の年度の一覧",
  access: reading,
  response: z.object({ today: z.string(), years: z.array(z.int()) }),
  handler: async (_input, desk) => ({
    today: desk.options.today(),
    years: await desk.readTotals(async (client) => [...(await listReviewYears(client))]),
  }),
});

const readYear = operation({
  id: "readReview",
  method: "GET",
  path: "/reviews/{year}",
  summary: "現況の状況の表示",
  access: reading,
  params: yearInPath,
  response: z.object({
    opened: z.object({ baseOn: z.string(), dueOn: z.string(), holdFrom: z.string() }).nullable(),
    population: z.int(),
    leftovers: z.int(),
    states: z.array(named),
    reasons: z.array(named.extend({ outcome: z.string() })),
  }),
  handler: async ({ params: { year } }, desk) =>
    await desk.readTotals(async (client) => {
      const opened = await findReviewYear(client, year);
      if (opened === undefined) return { opened: null, population: 0, leftovers: 0, states: [], reasons: [] };
      const counts = await readReviewCounts(client, year);
      const { baseOn, dueOn, holdFrom } = opened;
      return {
        opened: { baseOn, dueOn, holdFrom },
        population: counts.population,
        leftovers: counts.leftovers,
        states: stateCode.options.map((code) => ({ code, name: reviewStates[code], count: counts.states[code] })),
        reasons: counts.reasons.map(({ outcome, reason, count }) => ({
          code: reason,
          name: reasonLabel(reason),
          count,
          outcome: outcome in outcomeLabels ? outcomeLabels[outcome as ReviewOutcome] : outcome,
        })),
      };
    }, String(year)),
});

const open = operation({
  id: "openReview",
  method: "POST",
  path: "/reviews",
  summary: "現況の年度の開始",
  access: { permission: "parameter.change", relation: "none" },
  command: true,
  body: z.strictObject({ year: z.int().min(2022).max(2100) }),
  response: z.object({ year: z.int() }),
  handler: async ({ body: { year } }, desk) => {
    await desk.command({ caseRef: `review/${year}` }, async (context, key) => await openReviewYear(context, year, key));
    return { year };
  },
});

const leftovers = operation({
  id: "listReviewLeftovers",
  method: "GET",
  path: "/reviews/{year}/leftovers",
  summary: "現況の残りの一覧",
  access: reading,
  params: yearInPath,
  query: z.strictObject({ state: stateCode }),
  response: z.object({
    others: z.int(),
    rows: z.array(
      z.object({
        recipientId: z.int(),
        ward: z.string(),
        reasons: z.array(z.string()),
        checkedOn: z.string().nullable(),
      }),
    ),
  }),
  handler: async ({ params: { year }, query: { state } }, desk) =>
    await desk.readAsSystem(async (client, now) => {
      const { shown, others } = await shownOf(client, now, await listLeftovers(client, { year, state, limit: 500 }));
      const rows = shown.map(({ recipientId, wardCode, reasons, checkedOn }) => ({
        recipientId,
        ward: wardName(wardCode),
        reasons: reasons.map(reasonLabel),
        checkedOn,
      }));
      return { response: { others, rows }, log: [{ action: "list", rows: rows.length, caseRef: `review/${year}` }] };
    }),
});

const call = operation({
  id: "callForReviewReport",
  method: "POST",
  path: "/reviews/{year}/calls",
  summary: "現況届の提出の個別の求め",
  access: { permission: "claim.examine", relation: "none" },
  command: true,
  params: yearInPath,
  body: z.strictObject({ recipientId: certificationNumber, reason: reasonText }),
  response: z.object({ message: z.string() }),
  handler: async ({ params: { year }, body: { recipientId, reason } }, desk) => {
    await requireShown(desk, recipientId);
    await desk.command({ caseRef: `review/${year}` }, async (context, key) => {
      await callForReport(context, { recipientId, year, reason: reason.slice(0, 200), key });
    });
    return { message: "現況届の提出を求めることにしました。次の判定で「現況届が要る」になります。" };
  },
});

const receive = operation({
  id: "receiveReviewReport",
  method: "POST",
  path: "/reviews/receipts",
  summary: "現況届のバーコードによる受付",
  access: { permission: "procedure.receive", relation: "none" },
  command: true,
  body: z.strictObject({
    barcode: z.string().max(40),
    receivedOn: dateText,
    channel: z.enum(["counter", "post"]),
    unchanged: z.boolean(),
  }),
  response: z.object({ filingId: z.int(), receptionNumber: z.string(), recipientId: z.int(), year: z.int() }),
  handler: async ({ body }, desk) => {
    const parsed = parseBarcode(body.barcode);
    if (parsed !== undefined) await requireShown(desk, parsed.recipientId);
    const { filingId, receptionNumber, recipientId, year } = await desk.command(
      { caseRef: "review/receipt" },
      async (context, key) => await receiveReport(context, { ...body, key }),
    );
    return { filingId, receptionNumber, recipientId, year };
  },
});

const receptions = operation({
  id: "listReviewReceptions",
  method: "GET",
  path: "/reviews/{year}/receptions",
  summary: "受け付けた現況届の一覧",
  access: reading,
  params: yearInPath,
  response: z.object({
    others: z.int(),
    rows: z.array(
      z.object({
        recipientId: z.int(),
        receptionNumber: z.string(),
        filingId: z.int(),
        receivedOn: z.string(),
        reception: z.string(),
        receptionName: z.string(),
        dueOn: z.string().nullable(),
        overdue: z.boolean(),
        outside: z.string(),
      }),
    ),
  }),
  handler: async ({ params: { year } }, desk) =>
    await desk.readAsSystem(async (client, now) => {
      const all = await listReceptions(client, { year, today: desk.options.today() });
      const { shown, others } = await shownOf(client, now, all);
      const rows = shown.slice(0, 500).map((row) => ({
        ...row,
        receptionName: receptionLabels[row.reception],
        outside:
          row.outside === null
            ? ""
            : row.outside.verdict === "complete"
              ? "そろっている"
              : `不備: ${row.outside.defects.join("、")}`,
      }));
      return { response: { others, rows }, log: [{ action: "list", rows: rows.length, caseRef: `review/${year}` }] };
    }),
});

const differences = operation({
  id: "listReviewDifferences",
  method: "GET",
  path: "/reviews/{year}/differences",
  summary: "7月分と8月分の違いの一覧",
  access: reading,
  params: yearInPath,
  response: z.object({
    others: z.int(),
    open: z.int(),
    rows: z.array(
      z.object({
        differenceId: z.int(),
        recipientId: z.int(),
        wardCode: z.string(),
        kinds: z.array(z.string()),
        july: z.int(),
        august: z.int(),
        decisions: z.array(z.string()),
        cleared: z.boolean(),
        clearedBy: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    ),
  }),
  handler: async ({ params: { year } }, desk) =>
    await desk.readAsSystem(async (client, now) => {
      const all = await readDifferences(client, year);
      const { shown, others } = await shownOf(client, now, all);
      const rows = shown.slice(0, 500).map((row) => ({
        ...row,
        kinds: row.kinds.map((kind) => differenceKinds[kind]),
        decisions: [...row.decisions],
      }));
      const response = { others, open: all.filter(({ cleared }) => !cleared).length, rows };
      return { response, log: [{ action: "list", rows: rows.length, caseRef: `review/${year}` }] };
    }),
});

const clear = operation({
  id: "clearReviewDifference",
  method: "POST",
  path: "/reviews/differences/{differenceId}/clearance",
  summary: "7月分と8月分の違いの確認",
  access: { permission: ["claim.examine", "claim.approve"], relation: "none" },
  command: true,
  params: z.strictObject({
    differenceId: z
      .string()
      .regex(/^[1-9]\d{0,14}$/)
      .transform(Number),
  }),
  body: z.strictObject({ reason: reasonText }),
  response: z.object({ message: z.string() }),
  handler: async ({ params: { differenceId }, body: { reason } }, desk) => {
    await desk.command({ caseRef: `review/difference/${differenceId}` }, async (context, key) => {
      await clearDifference(context, { differenceId, reason: reason.slice(0, 400), key });
    });
    return { message: "違いを確かめたことを記録しました。" };
  },
});

export const reviewOperations = [readYears, readYear, open, leftovers, call, receive, receptions, differences, clear];
