/** 統計の報告と負担割合: figures kept, and shares of the cost entered, by one person and approved by another. */
import {
  approveReport,
  approveShares,
  bearerLabels,
  enterShares,
  listShares,
  makeReport,
  momentText,
  SHARE_CELLS,
  sharesKnown,
} from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";
import { viewing, yearText, knownAt } from "./statistics-shapes.ts";

const keep = operation({
  id: "makeStatisticsReport",
  method: "POST",
  path: "/statistics/reports",
  summary: "統計の報告の控えの作成",
  access: { permission: "parameter.change", relation: "none" },
  command: true,
  body: z.strictObject({
    kind: z.enum(["grant", "annual"]),
    fiscalYear: z.int().min(2010).max(2049),
    note: reasonText,
    knownAt,
  }),
  response: z.object({ reportNo: z.int() }),
  handler: async ({ body }, desk) => {
    const { reportNo } = await desk.command(
      { caseRef: `statistics/${body.kind}/${String(body.fiscalYear)}` },
      async (context, key) => await makeReport(context, { ...body, note: body.note.slice(0, 400) }, key),
    );
    return { reportNo };
  },
});

const numberInPath = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "番号を指定してください。")
  .transform(Number);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const approve = operation({
  id: "approveStatisticsReport",
  method: "POST",
  path: "/statistics/reports/{reportNo}/approval",
  summary: "統計の報告の承認",
  access: { permission: "parameter.approve", stepUp: true, relation: "none" },
  command: true,
  params: z.strictObject({ reportNo: numberInPath }),
  body: z.strictObject({ figuresDigest: digest }),
  response: z.object({ message: z.string() }),
  handler: async ({ params: { reportNo }, body }, desk) => {
    await desk.command({ caseRef: `statistics/report/${String(reportNo)}` }, async (context, key) => {
      await approveReport(context, { reportNo, ...body }, key);
    });
    return { message: `報告 ${String(reportNo)} を承認しました。` };
  },
});

const fraction = z.strictObject({ numerator: z.int().min(1).max(1e12), denominator: z.int().min(1).max(1e12) });
const bearer = z.enum(["employerLevy", "treasury", "supportContribution", "specialBond", "prefecture", "municipality"]);
const shareLine = z.strictObject({
  part: z.enum(["underThree", "threeAndOver"]),
  employeeClass: z.enum(["employee", "nonEmployee"]).nullable(),
  shares: z.partialRecord(bearer, fraction),
});

const readShares = operation({
  id: "readCostShares",
  method: "GET",
  path: "/statistics/cost-shares/{year}",
  summary: "負担割合の入力の照会",
  access: viewing,
  params: z.strictObject({ year: yearText }),
  response: z.object({
    /** The program has the shares of that year itself */
    known: z.boolean(),
    cells: z.array(shareLine.omit({ shares: true })),
    bearers: z.array(z.object({ code: bearer, name: z.string() })),
    entries: z.array(
      z.object({
        entryId: z.int(),
        contentDigest: z.string(),
        source: z.string(),
        lines: z.array(shareLine),
        enteredBy: z.string(),
        enteredAt: z.string(),
        approvedBy: z.string().nullable(),
      }),
    ),
  }),
  handler: async ({ params: { year } }, desk) => {
    const entries = await desk.readTotals(
      async (client) => [...(await listShares(client, year))],
      `cost-shares/${String(year)}`,
    );
    return {
      known: sharesKnown(year),
      cells: [...SHARE_CELLS],
      bearers: bearer.options.map((code) => ({ code, name: bearerLabels[code] })),
      entries: entries.map((entry) => ({ ...entry, lines: [...entry.lines], enteredAt: momentText(entry.enteredAt) })),
    };
  },
});

const enter = operation({
  id: "enterCostShares",
  method: "POST",
  path: "/statistics/cost-shares/{year}",
  summary: "負担割合の入力",
  access: { permission: "parameter.change", relation: "none" },
  command: true,
  params: z.strictObject({ year: yearText }),
  body: z.strictObject({ lines: z.array(shareLine).max(10), source: reasonText }),
  response: z.object({ entryId: z.int() }),
  handler: async ({ params: { year }, body }, desk) => {
    const { entryId } = await desk.command(
      { caseRef: `cost-shares/${String(year)}` },
      async (context, key) => await enterShares(context, { fiscalYear: year, ...body }, key),
    );
    return { entryId };
  },
});

const approveEntered = operation({
  id: "approveCostShares",
  method: "POST",
  path: "/statistics/cost-shares/entries/{entryId}/approval",
  summary: "負担割合の承認",
  access: { permission: "parameter.approve", stepUp: true, relation: "none" },
  command: true,
  params: z.strictObject({ entryId: numberInPath }),
  body: z.strictObject({ contentDigest: digest }),
  response: z.object({ message: z.string() }),
  handler: async ({ params: { entryId }, body }, desk) => {
    await desk.command({ caseRef: `cost-shares/entry/${String(entryId)}` }, async (context, key) => {
      await approveShares(context, { entryId, ...body }, key);
    });
    return { message: "負担割合を承認しました。交付金の計算に使います。" };
  },
});

export const statisticsReportOperations = [keep, approve, readShares, enter, approveEntered];
