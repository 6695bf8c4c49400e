/** 統計: figures in totals for whoever may see them; the cases behind one only for whoever may open cases as well. */
import {
  casesOfFigure,
  knownText,
  listReports,
  momentText,
  reportLabels,
  tableCsv,
  tablesWorkbook,
  wardName,
} from "@hagukumi/allowance/contract.ts";
import { addMonths, monthOf } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { fileOperation, operation } from "./operation.ts";
import { shownOf } from "./shown-recipients.ts";
import { viewing, monthOfYear, yearText, knownAt, figureRef, answer, make, shown } from "./statistics-shapes.ts";

const readMonth = operation({
  id: "readMonthlyStatistics",
  method: "GET",
  path: "/statistics/months/{month}",
  summary: "月別の統計の照会",
  access: viewing,
  params: z.strictObject({ month: monthOfYear }),
  query: z.strictObject({ knownAt }),
  response: answer,
  handler: async ({ params: { month: at }, query }, desk) =>
    await desk.readTotals(
      async (client) => shown(await make(client, { kind: "month", at, ...query })),
      `statistics/${at}`,
    ),
});

const readYear = operation({
  id: "readYearlyStatistics",
  method: "GET",
  path: "/statistics/years/{year}/{kind}",
  summary: "年度の統計（交付金・事業年報）の照会",
  access: viewing,
  params: z.strictObject({ kind: z.enum(["grant", "annual"]), year: yearText }),
  query: z.strictObject({ knownAt }),
  response: answer,
  handler: async ({ params: { kind, year }, query }, desk) =>
    await desk.readTotals(
      async (client) => shown(await make(client, { kind, at: String(year), ...query })),
      `statistics/${kind}/${String(year)}`,
    ),
});

/** 処理事由 of looking at who is behind a figure. */
const casePurposes = {
  checkFigures: "数字を確かめる",
  checkClass: "被用者区分などの記載を確かめる",
  explain: "国・都道府県への説明",
  audit: "監査・会計検査への説明",
} as const;
const casePurpose = z.enum(["checkFigures", "checkClass", "explain", "audit"]);

const readOverview = operation({
  id: "readStatisticsOverview",
  method: "GET",
  path: "/statistics",
  summary: "統計の一覧と報告の控えの照会",
  access: viewing,
  response: z.object({
    /** Last benefit month whose payment month has come */
    month: z.string(),
    fiscalYear: z.int(),
    casePurposes: z.array(z.object({ code: casePurpose, name: z.string() })),
    reports: z.array(
      z.object({
        reportNo: z.int(),
        kind: z.enum(["grant", "annual"]),
        kindName: z.string(),
        fiscalYear: z.int(),
        note: z.string(),
        knownAt: z.string(),
        knownText: z.string(),
        figuresDigest: z.string(),
        madeBy: z.string(),
        madeAt: z.string(),
        approvedBy: z.string().nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const today = desk.options.today();
    const [year = 0, number = 0] = today.split("-").map(Number);
    const reports = await desk.readTotals(async (client) => [...(await listReports(client))], "statistics/reports");
    return {
      month: addMonths(monthOf(today), number % 2 === 0 ? -1 : -2),
      fiscalYear: number < 4 ? year - 1 : year,
      casePurposes: casePurpose.options.map((code) => ({ code, name: casePurposes[code] })),
      reports: reports.map(({ madeAt, ...report }) => ({
        ...report,
        kindName: reportLabels[report.kind],
        knownText: knownText(report.knownAt),
        madeAt: momentText(madeAt),
      })),
    };
  },
});

/** Cases are shown to whoever may open cases; totals alone need no such right. @throws Refusal `notPermitted` */
async function requireCaseRight(desk: Desk): Promise<void> {
  const { permissions } = await desk.staff();
  if (permissions.includes("case.search")) return;
  throw new Refusal(
    "notPermitted",
    "数字の内訳（受給者の認定番号）を見るには、受給者を探す権限が要ります。数字だけを使うか、権限のある人に頼んでください。",
  );
}

const CASES_SHOWN = 500;

const listCases = operation({
  id: "listFigureCases",
  method: "POST",
  path: "/statistics/cases",
  summary: "統計の数字の内訳の照会",
  access: viewing,
  body: z.strictObject({ ref: figureRef, purpose: casePurpose }),
  response: z.object({
    rows: z.array(z.object({ recipientId: z.int(), ward: z.string(), children: z.int(), amount: z.int() })),
    /** Recipients of the figure, all of them */
    recipients: z.int(),
    /** Of them outside the own wards or under 支援措置: counted, never listed */
    others: z.int(),
    more: z.boolean(),
    children: z.int(),
    amount: z.int(),
  }),
  handler: async ({ body: { ref, purpose } }, desk) => {
    await requireCaseRight(desk);
    return await desk.readAsSystem(async (client, now) => {
      const all = await casesOfFigure(client, ref);
      // Where a protected person lives is not told by a cell of a ward either.
      const open = all.filter((each) => !each.protected);
      const { shown: mine } = await shownOf(client, now, open);
      const rows = mine.slice(0, CASES_SHOWN).map(({ recipientId, ward, children, amount }) => ({
        recipientId,
        ward: wardName(ward),
        children,
        amount,
      }));
      const response = {
        rows,
        recipients: all.length,
        others: all.length - mine.length,
        more: mine.length > CASES_SHOWN,
        children: all.reduce((sum, { children }) => sum + children, 0),
        amount: all.reduce((sum, { amount }) => sum + amount, 0),
      };
      const log = {
        action: "list",
        rows: rows.length,
        columns: "recipientId, amount",
        caseRef: "statistics",
        purpose,
      } as const;
      return { response, log: [log] };
    });
  },
});

const takeFile = fileOperation({
  id: "takeStatistics",
  method: "GET",
  path: "/statistics/files/{kind}/{at}/{format}",
  summary: "統計のファイルの取出し",
  access: viewing,
  leaving: { how: "plain", reason: "人数と額の合計だけで、だれのことも言わない。" },
  params: z.strictObject({
    kind: z.enum(["month", "grant", "annual"]),
    at: z.string().regex(/^20\d{2}(-(0[1-9]|1[0-2]))?$/, "月分か年度を指定してください。"),
    format: z.string().regex(/^(xlsx|[a-zA-Z0-9-]{1,40}\.csv)$/, "xlsx か、表の名前と .csv を指定してください。"),
  }),
  query: z.strictObject({ knownAt }),
  handler: async ({ params: { kind, at, format }, query }, desk) => {
    const made = await desk.readAsSystem(async (client) => {
      const response = await make(client, { kind, at, ...query });
      const rows = response.tables.reduce((sum, { rows: lines }) => sum + lines.length, 0);
      const caseRef = `statistics/${kind}/${at}`;
      const file = `statistics-${kind}-${at}${format === "xlsx" ? "" : "-"}${format === "xlsx" ? ".xlsx" : format}`;
      return { response, log: [{ action: "export", rows, columns: "totals", caseRef, file }] };
    });
    if (format === "xlsx") {
      return {
        taken: "nobody",
        fileName: `statistics-${kind}-${at}.xlsx`,
        mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        content: tablesWorkbook(made, made.tables),
      };
    }
    const found = made.tables.find(({ key }) => `${key}.csv` === format);
    if (found === undefined) throw new Refusal("notFound", "この表はありません。統計の画面から選び直してください。");
    return {
      taken: "nobody",
      fileName: `statistics-${kind}-${at}-${found.key}.csv`,
      mediaType: "text/csv; charset=utf-8",
      content: tableCsv(found),
    };
  },
});

export const statisticsOperations = [readOverview, readMonth, readYear, listCases, takeFile];
