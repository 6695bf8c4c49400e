/** 統計 as the API gives it: the statistic of a kind and time with what must be known first, its tables, and which figure is meant. */
import {
  annualReturn,
  GRANT_PERIODS,
  grantAccount,
  grantTables,
  knownText,
  monthlyCounts,
  monthlyTables,
  monthText,
  returnTables,
} from "@hagukumi/allowance/contract.ts";
import type { FigureTable } from "@hagukumi/allowance/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { z } from "zod";

export const viewing = { permission: "statistics.view", relation: "none" } as const;

export const monthOfYear = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/, "月分は YYYY-MM で指定してください。");
export const yearText = z
  .string()
  .regex(/^20\d{2}$/, "年度は西暦4桁です。")
  .transform(Number);
/** The moment up to which records count: a day, or the moment that an answer named; absent: now */
export const knownAt = z.string().max(40).optional();

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
export const figureRef = z.discriminatedUnion("basis", [
  z.strictObject({
    basis: z.literal("due"),
    month: monthOfYear,
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

export const answer = z.object({
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
export async function make(client: Queryable, { kind, at, knownAt: known }: Asked): Promise<Made> {
  if (kind === "month") return await month(client, { month: at, knownAt: known });
  const asked = { fiscalYear: Number(at), knownAt: known };
  return kind === "grant" ? await grant(client, asked) : await annual(client, asked);
}

export const shown = ({ tables, ...made }: Made): Statistic => ({
  ...made,
  knownText: knownText(made.knownAt),
  tables: shownTables(tables),
});
