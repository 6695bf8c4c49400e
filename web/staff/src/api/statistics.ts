/** 統計: figures in totals for whoever may see them; the cases behind one only for whoever may open cases as well. */
import {
  annualReturn,
  approveReport,
  approveShares,
  bearerLabels,
  casesOfFigure,
  enterShares,
  GRANT_PERIODS,
  grantAccount,
  grantTables,
  knownText,
  listReports,
  listShares,
  makeReport,
  momentText,
  monthlyCounts,
  monthlyTables,
  monthText,
  reportLabels,
  returnTables,
  SHARE_CELLS,
  sharesKnown,
  tableCsv,
  tablesWorkbook,
  wardName,
} from "@hagukumi/allowance/contract.ts";
import type { FigureTable } from "@hagukumi/allowance/contract.ts";
import { addMonths, monthOf } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { reasonText } from "./inputs.ts";
import { fileOperation, operation } from "./operation.ts";
import { shownOf } from "./shown-recipients.ts";

const viewing = { permission: "statistics.view", relation: "none" } as const;

const monthText7 = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/, "月分は YYYY-MM で指定してください。");
const yearText = z
  .string()
  .regex(/^20\d{2}$/, "年度は西暦4桁です。")
  .transform(Number);
/** The moment up to which records count: a day, or the moment that an answer named; absent: now */
const knownAt = z.string().max(40).optional();

const value = z.union([z.string(), z.int(), z.null()]);
const axisCode = z.enum(["ward", "recipientKind", "employeeClass", "band", "order", "rate", "fund"]);
const part = z.enum([
  "underThree",
  "threeAndOver",
  "specialBenefit",
  "elementaryFirstSecond",
  "elementaryThird",
  "juniorHigh",
  "parentlessInstitution",
]);

/** Which figure: given with each row, sent back to see its cases. */
const figureRef = z.discriminatedUnion("basis", [
  z.strictObject({
    basis: z.literal("due"),
    month: monthText7,
    knownAt,
    filter: z.partialRecord(axisCode, z.string().max(60)),
  }),
  z.strictObject({
    basis: z.literal("paid"),
    fiscalYear: z.int().min(2010).max(2049),
    knownAt,
    period: z.enum(GRANT_PERIODS),
    regime: z.string().max(4),
    part,
    employeeClass: z.string().max(20).nullable(),
  }),
]);

const table = z.object({
  key: z.string(),
  title: z.string(),
  note: z.string(),
  columns: z.array(z.object({ head: z.string(), unit: z.enum(["text", "人", "人月", "件", "円"]) })),
  rows: z.array(z.object({ cells: z.array(value), ref: figureRef.optional() })),
  total: z.array(value).nullable(),
  chart: z.int().nullable(),
});

/** Tables as the answer wants them: its own copies. */
const shownTables = (tables: readonly FigureTable[]) =>
  tables.map(({ columns, rows, total, ...rest }) => ({
    ...rest,
    columns: [...columns],
    rows: rows.map(({ cells, ref }) => ({ cells: [...cells], ...(ref === undefined ? {} : { ref }) })),
    total: total === null ? null : [...total],
  }));

const answer = z.object({
  title: z.string(),
  /** The moment, to be sent back for the same figures */
  knownAt: z.string(),
  knownText: z.string(),
  /** Things that whoever reads the figures must know first */
  notices: z.array(z.string()),
  tables: z.array(table),
});

type Statistic = z.input<typeof answer>;

async function month(client: Queryable, asked: { readonly month: string; readonly knownAt?: string | undefined }) {
  const counts = await monthlyCounts(client, asked);
  const { accrual } = counts;
  const notices =
    accrual.runNo === null
      ? [
          "この月分の定時の支払処理はまだありません。元帳に計上する前なので、資格の終わった人などの一部しか数えていません。支払処理を作ると、全員の月分が計上されます。",
        ]
      : accrual.closed
        ? []
        : [
            `この月分の支払処理 ${String(accrual.runNo)} は、まだ締めていません。人数と額は、決定による支給の予定です。`,
          ];
  return {
    title: `${monthText(counts.month)}分の人数と額`,
    knownAt: counts.knownAt,
    notices,
    tables: monthlyTables(counts),
  };
}

async function grant(client: Queryable, asked: { readonly fiscalYear: number; readonly knownAt?: string | undefined }) {
  const account = await grantAccount(client, asked);
  const open = account.openRuns.map((runNo) => `支払処理 ${String(runNo)}`).join("、");
  const missing = account.total.withoutShare.toLocaleString("ja-JP");
  return {
    title: `${String(account.fiscalYear)}年度の交付金の計算`,
    knownAt: account.knownAt,
    notices: [
      ...(account.openRuns.length === 0 ? [] : [`${open} は締めていないので、数字に入っていません。`]),
      ...(account.total.withoutShare === 0
        ? []
        : [
            `負担割合のない支払額が ${missing}円あります。交付金の計は出せません。下の「負担割合の入力」で、政令を確かめて二人で入れるか、区分の分からない受給者を確かめてください。`,
          ]),
    ],
    tables: grantTables(account),
  };
}

async function annual(
  client: Queryable,
  asked: { readonly fiscalYear: number; readonly knownAt?: string | undefined },
) {
  const figures = await annualReturn(client, asked);
  const [first, last] = figures.months;
  const { runNo, closed } = figures.february.accrual;
  const ready = runNo !== null && closed;
  return {
    title: `${String(figures.fiscalYear)}年度の事業年報（${monthText(first)}分から${monthText(last)}分）`,
    knownAt: figures.knownAt,
    notices: ready
      ? []
      : ["2月分の支払処理を締めるまで、年報の数字は途中のものです（受給者数は、計上した月分までしか出ません）。"],
    tables: returnTables(figures),
  };
}

type Made = Awaited<ReturnType<typeof month>>;
type Asked = {
  readonly kind: "month" | "grant" | "annual";
  readonly at: string;
  readonly knownAt?: string | undefined;
};

/** A statistic by its kind and month or year. @throws Refusal `statisticsInvalid` */
async function make(client: Queryable, { kind, at, knownAt: known }: Asked): Promise<Made> {
  if (kind === "month") return await month(client, { month: at, knownAt: known });
  const asked = { fiscalYear: Number(at), knownAt: known };
  return kind === "grant" ? await grant(client, asked) : await annual(client, asked);
}

const shown = ({ tables, ...made }: Made): Statistic => ({
  ...made,
  knownText: knownText(made.knownAt),
  tables: shownTables(tables),
});

const readMonth = operation({
  id: "readMonthlyStatistics",
  method: "GET",
  path: "/statistics/months/{month}",
  summary: "月別の統計の照会",
  access: viewing,
  params: z.strictObject({ month: monthText7 }),
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
      return { response, log: [{ action: "export", rows, columns: "totals", caseRef: `statistics/${kind}/${at}` }] };
    });
    if (format === "xlsx") {
      return {
        fileName: `statistics-${kind}-${at}.xlsx`,
        mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        content: tablesWorkbook(made, made.tables),
      };
    }
    const found = made.tables.find(({ key }) => `${key}.csv` === format);
    if (found === undefined) throw new Refusal("notFound", "この表はありません。統計の画面から選び直してください。");
    return {
      fileName: `statistics-${kind}-${at}-${found.key}.csv`,
      mediaType: "text/csv; charset=utf-8",
      content: tableCsv(found),
    };
  },
});

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

export const statisticsOperations = [
  readOverview,
  readMonth,
  readYear,
  listCases,
  takeFile,
  keep,
  approve,
  readShares,
  enter,
  approveEntered,
];
