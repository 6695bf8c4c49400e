/** 統計の表: one form of the figures for screen, CSV, spreadsheet and command line, so that they can never differ. Pure. */
import { dayText, monthText } from "../inquiry/dates.ts";
import { wardName } from "../inquiry/names.ts";
import { type AnnualReturn, returnItemLabels } from "./annual-return.ts";
import type { FigureRef } from "./cases.ts";
import {
  AXES,
  type Axis,
  axisLabels,
  classLabels,
  fundName,
  fundOf,
  kindLabels,
  orderLabels,
  partLabels,
  type StatisticsCell,
  sumsBy,
  totalOf,
  valueName,
} from "./dimensions.ts";
import { bearerLabels, type GrantAccount, type GrantLine, periodLabels } from "./grant-account.ts";
import type { MonthlyCounts, RecipientCell } from "./monthly-counts.ts";

/** What a column holds: words, or a number with its unit (人, 人月, 件, 円). */
export type FigureColumn = { readonly head: string; readonly unit: "text" | "人" | "人月" | "件" | "円" };
export type FigureValue = string | number | null;

export type FigureRow = {
  readonly cells: readonly FigureValue[];
  /** The cases behind the row, where it has any */
  readonly ref?: FigureRef;
};

export type FigureTable = {
  /** ASCII, unique within a statistic: the name of its file */
  readonly key: string;
  readonly title: string;
  /** Said above the table */
  readonly note: string;
  readonly columns: readonly FigureColumn[];
  readonly rows: readonly FigureRow[];
  /** The foot; null where nothing is added up */
  readonly total: readonly FigureValue[] | null;
  /** The column that is drawn as a bar beside its figure */
  readonly chart: number | null;
};

const text = (head: string): FigureColumn => ({ head, unit: "text" });
const yen = (head: string): FigureColumn => ({ head, unit: "円" });

const sum = <Row>(rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

function axisTable(
  cells: readonly StatisticsCell[],
  axis: Axis,
  head: string,
  ref: ((value: string) => FigureRef) | undefined,
): FigureTable {
  const unit = head === "延児童数" ? ("人月" as const) : ("人" as const);
  const rows = sumsBy(cells, axis);
  const total = totalOf(cells);
  return {
    key: `by-${axis}`,
    title: `${axisLabels[axis]}ごとの${head}と額`,
    note: "",
    columns: [text(axisLabels[axis]), { head, unit }, yen("額")],
    rows: rows.map(({ value, name, children, amount }) => ({
      cells: [name, children, amount],
      ...(ref === undefined ? {} : { ref: ref(value) }),
    })),
    total: ["合計", total.children, total.amount],
    chart: 1,
  };
}

function detailTable(cells: readonly StatisticsCell[], month: string, knownAt: string): FigureTable {
  const total = totalOf(cells);
  return {
    key: "cells",
    title: "被用者区分・年齢区分・算定順位・財源の組合せ（区ごと）",
    note: "このほかの表は、すべてこの表を足したものです。",
    columns: [...AXES.map((axis) => text(axisLabels[axis])), { head: "児童数", unit: "人" }, yen("額")],
    rows: cells.map((cell) => ({
      cells: [
        wardName(cell.ward),
        kindLabels[cell.recipientKind],
        classLabels[cell.employeeClass],
        valueName("band", cell.band),
        orderLabels[cell.order],
        valueName("rate", String(cell.rate)),
        fundName(fundOf(cell)),
        cell.children,
        cell.amount,
      ],
      ref: {
        basis: "due",
        month,
        knownAt,
        filter: {
          ward: cell.ward,
          recipientKind: cell.recipientKind,
          employeeClass: cell.employeeClass,
          band: cell.band,
          order: cell.order,
          rate: String(cell.rate),
          fund: fundOf(cell),
        },
      },
    })),
    total: ["合計", "", "", "", "", "", "", total.children, total.amount],
    chart: null,
  };
}

const NUMBERS = [1, 2, 3, 4] as const;

/** Recipients of a ward, kind and class in one row, by the number of children who are paid for. */
function recipientTable(cells: readonly RecipientCell[], month: string): FigureTable {
  const groups = [
    ...Map.groupBy(cells, ({ ward, recipientKind, employeeClass }) => [ward, recipientKind, employeeClass].join("/")),
  ].map(([, group]) => group);
  const numbers = (group: readonly RecipientCell[]): number[] => [
    ...NUMBERS.map((n) =>
      sum(
        group.filter(({ payableChildren }) => payableChildren === n),
        ({ recipients }) => recipients,
      ),
    ),
    sum(group, ({ recipients }) => recipients),
    sum(group, ({ children }) => children),
    sum(group, ({ amount }) => amount),
  ];
  return {
    key: "recipients",
    title: "受給者数（支給の対象の児童の数ごと）",
    note: "一人の受給者は、一つの区・区分・児童の数にだけ数えます。",
    columns: [
      text("区"),
      text("受給者区分"),
      text("被用者区分"),
      ...NUMBERS.map((n) => ({ head: n === 4 ? "4人以上" : `${String(n)}人`, unit: "人" as const })),
      { head: "受給者の計", unit: "人" },
      { head: "児童数", unit: "人" },
      yen("額"),
    ],
    rows: groups.flatMap((group): FigureRow[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { ward, recipientKind, employeeClass } = first;
      return [
        {
          cells: [wardName(ward), kindLabels[recipientKind], classLabels[employeeClass], ...numbers(group)],
          ref: { basis: "due", month, filter: { ward, recipientKind, employeeClass } },
        },
      ];
    }),
    total: ["合計", "", "", ...numbers(cells)],
    chart: null,
  };
}

/** Tables of a month. Each row but the totals leads to its cases. */
export function monthlyTables(counts: MonthlyCounts): readonly FigureTable[] {
  const { month, knownAt, cells, recipientCells } = counts;
  const recipients = recipientTable(recipientCells, month);
  return [
    {
      ...recipients,
      rows: recipients.rows.map(({ ref, ...row }) => (ref === undefined ? row : { ...row, ref: { ...ref, knownAt } })),
    },
    ...AXES.map((axis) =>
      axisTable(cells, axis, "児童数", (value) => ({ basis: "due", month, knownAt, filter: { [axis]: value } })),
    ),
    detailTable(cells, month, knownAt),
  ];
}

const BEARERS = ["employerLevy", "treasury", "supportContribution", "specialBond", "grant", "prefecture"] as const;

/** What city and own share are called the same: 市町村. */
const own = ({ shares }: GrantLine): number | null =>
  shares === null ? null : (shares.municipality ?? 0) + (shares.ownShare ?? 0);

const REGIME_NAMES: Readonly<Record<string, string>> = {
  R1: "平成22年度子ども手当",
  R2: "平成23年度子ども手当",
  R3: "平成24年4月分から",
  R4: "平成24年6月分から",
  R5: "令和4年6月分から",
  R6: "令和6年10月分から",
};

const partName = ({ part, employeeClass }: GrantLine): string =>
  employeeClass === null ? partLabels[part] : `${partLabels[part]}（${classLabels[employeeClass]}）`;

/** Period, law and part of a line: what stands before its figures. */
const lineHead = (line: GrantLine): readonly string[] => [
  periodLabels[line.period],
  REGIME_NAMES[line.regime] ?? line.regime,
  partName(line),
];

/** Tables of a grant account; each line leads to its cases. Bearers that bear nothing in any line have no column. */
export function grantTables(account: GrantAccount): readonly FigureTable[] {
  const { lines, fiscalYear, knownAt, total } = account;
  const whole = total.withoutShare === 0;
  const shared = (of: (line: GrantLine) => number | null): number | null =>
    whole ? sum(lines, (line) => of(line) ?? 0) : null;
  const bearers = BEARERS.filter((bearer) => lines.some(({ shares }) => shares?.[bearer] !== undefined));
  return [
    {
      key: "grant",
      title: "費用負担の区分ごとの支払額と負担",
      note: whole
        ? "負担は、区分と期の合計に割合を掛けて、端数を一度だけ丸めています。足すと支払額になります。"
        : "負担割合のない区分は、支払額だけを出しています（理由は下の「負担割合の根拠」）。推測の割合では計算しません。",
      columns: [
        text("交付の期"),
        text("月分の法律"),
        text("費用負担の区分"),
        { head: "延児童数", unit: "人月" },
        yen("支払額"),
        ...bearers.map((bearer) => yen(bearerLabels[bearer])),
        yen("市町村"),
        yen("交付金の計"),
      ],
      rows: lines.map((line) => ({
        cells: [
          ...lineHead(line),
          line.childMonths,
          line.amount,
          ...bearers.map((bearer) => (line.shares === null ? null : (line.shares[bearer] ?? 0))),
          own(line),
          line.grant,
        ],
        ref: {
          basis: "paid",
          fiscalYear,
          knownAt,
          period: line.period,
          regime: line.regime,
          part: line.part,
          employeeClass: line.employeeClass,
        },
      })),
      total: [
        "合計",
        "",
        "",
        total.childMonths,
        total.amount,
        ...bearers.map((bearer) => shared((line) => line.shares?.[bearer] ?? 0)),
        shared(own),
        total.grant,
      ],
      chart: null,
    },
    {
      key: "sources",
      title: "負担割合の根拠",
      note: "",
      columns: [text("交付の期"), text("月分の法律"), text("費用負担の区分"), text("根拠、または足りないもの")],
      rows: lines.map((line) => ({ cells: [...lineHead(line), line.source] })),
      total: null,
      chart: null,
    },
    {
      key: "runs",
      title: "数字の元になった支払処理（締めたもの）",
      note: "振込不能で戻った明細を除き、差引（寄附・徴収・内払）を含む額です。",
      columns: [{ head: "支払処理", unit: "text" }, text("支払期月"), yen("額")],
      rows: account.runs.map(({ runNo, paymentMonth, amount }) => ({
        cells: [`支払処理 ${String(runNo)}`, monthText(paymentMonth), amount],
      })),
      total: ["合計", "", sum(account.runs, ({ amount }) => amount)],
      chart: 2,
    },
    {
      key: "repayments",
      title: "返納（支払額から差し引いていません）",
      note: "内払による調整と返納の収納です。過年度の月分は、国・都道府県と別に精算します。",
      columns: [text("期"), text("方法"), text("月分の年度"), yen("額")],
      rows: account.repayments.map(({ period, via, benefitFiscalYear, amount }) => ({
        cells: [
          periodLabels[period],
          via === "receipt" ? "返納の収納" : "内払",
          `${String(benefitFiscalYear)}年度`,
          amount,
        ],
      })),
      total: ["合計", "", "", sum(account.repayments, ({ amount }) => amount)],
      chart: null,
    },
  ];
}

/** Tables of an annual return. */
export function returnTables(figures: AnnualReturn): readonly FigureTable[] {
  const { february, cells, decisions, items } = figures;
  const ofFebruary = monthlyTables(february).filter(({ key }) => ["recipients", "by-band", "by-order"].includes(key));
  return [
    ...ofFebruary.map((table) => ({ ...table, key: `february-${table.key}`, title: `2月分の${table.title}` })),
    ...AXES.map((axis) => {
      const table = axisTable(cells, axis, "延児童数", undefined);
      return { ...table, title: `1年の${table.title}` };
    }),
    {
      key: "decisions",
      title: "決定の件数",
      note: "その年の3月1日から翌年2月末までに決定したもの。取り消されて決め直したものも、それぞれ1件です。",
      columns: [text("決定"), text("事由"), { head: "件数", unit: "件" }],
      rows: decisions.map(({ kindName, causeName, count }) => ({ cells: [kindName, causeName, count] })),
      total: ["合計", "", sum(decisions, ({ count }) => count)],
      chart: 2,
    },
    {
      key: "items",
      title: "差止・時効・返納・寄附・徴収・未支払",
      note: "3月1日から翌年2月末まで（差止は2月末）。",
      columns: [text("項目"), { head: "人数・件数", unit: "件" }, yen("額")],
      rows: items.map(({ item, count, amount }) => ({ cells: [returnItemLabels[item], count, amount] })),
      total: null,
      chart: null,
    },
  ];
}

/** The moment of a statistic in words, Japanese time. */
export function knownText(knownAt: string): string {
  const japan = new Date(Date.parse(knownAt) + 9 * 3_600_000).toISOString();
  return `${dayText(japan.slice(0, 10))} ${japan.slice(11, 19)} までに記録されたこと`;
}
