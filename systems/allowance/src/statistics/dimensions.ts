/** 統計の軸: by what the figures are split, and how it is called. */
import type { CostPart } from "@hagukumi/law/contract.ts";

import { bandName, wardName } from "../inquiry/names.ts";
import { yenText } from "../inquiry/dates.ts";

/** 被用者区分 of cost sharing (18条). `unknown`: an individual whose class nothing tells; its cost is not shared out. */
export type StatisticsClass = "employee" | "nonEmployee" | "unknown";
export type StatisticsBand = "U3" | "EL" | "JH" | "HS";
/** 算定順位: first, second, third and later; `none` where there is no order (施設等受給者). */
export type StatisticsOrder = "1" | "2" | "3" | "none";
/** 受給者区分 */
export type StatisticsKind = "individual" | "institution" | "corporateGuardian";

/** One cell: what all children in it have in common. Yen and child-months; both may be added up along every axis. */
export type StatisticsCell = {
  /** 所管区 of the recipient, 全国地方公共団体コード */
  readonly ward: string;
  readonly recipientKind: StatisticsKind;
  readonly employeeClass: StatisticsClass;
  readonly band: StatisticsBand;
  readonly order: StatisticsOrder;
  /** 月額, yen: the line of the table of amounts (6条) */
  readonly rate: number;
  /** 費用負担の区分 (18条); with `employeeClass` the fund */
  readonly part: CostPart;
  /** 児童数 of one month, 延児童数 of several */
  readonly children: number;
  readonly amount: number;
};

/** The axes along which cells are added up. */
export const AXES = ["ward", "recipientKind", "employeeClass", "band", "order", "rate", "fund"] as const;
export type Axis = (typeof AXES)[number];

export const axisLabels = {
  ward: "区",
  recipientKind: "受給者区分",
  employeeClass: "被用者区分",
  band: "年齢区分",
  order: "算定順位",
  rate: "月額",
  fund: "財源",
} as const satisfies Readonly<Record<Axis, string>>;

export const classLabels = {
  employee: "被用者",
  nonEmployee: "非被用者",
  unknown: "区分なし",
} as const satisfies Readonly<Record<StatisticsClass, string>>;

export const orderLabels = {
  "1": "第1子",
  "2": "第2子",
  "3": "第3子以降",
  none: "順位なし（施設等）",
} as const satisfies Readonly<Record<StatisticsOrder, string>>;

export const kindLabels = {
  individual: "一般",
  institution: "施設等",
  corporateGuardian: "法人後見人",
} as const satisfies Readonly<Record<StatisticsKind, string>>;

export const partLabels = {
  underThree: "3歳未満分",
  threeAndOver: "3歳以上分",
  specialBenefit: "特例給付分",
  elementaryFirstSecond: "3歳以上小学校修了前 第1子・第2子分",
  elementaryThird: "3歳以上小学校修了前 第3子以降分",
  juniorHigh: "中学生分",
  parentlessInstitution: "施設入所等子ども分",
} as const satisfies Readonly<Record<CostPart, string>>;

/** 財源: the part, and of the part for children under three the class as well, because there it changes who bears the cost. */
export function fundOf({ part, employeeClass }: Pick<StatisticsCell, "part" | "employeeClass">): string {
  return part === "underThree" ? `${part}/${employeeClass}` : part;
}

/** A fund in words: 3歳未満分（被用者） */
export function fundName(fund: string): string {
  const [part = "", employeeClass] = fund.split("/");
  const label = named(partLabels, part);
  return employeeClass === undefined ? label : `${label}（${named(classLabels, employeeClass)}）`;
}

const named = (table: Readonly<Record<string, string>>, code: string): string =>
  Object.hasOwn(table, code) ? (table[code] ?? code) : code;

/** The value of a cell on an axis, as text that is also the key of its group. */
export function valueOn(cell: StatisticsCell, axis: Axis): string {
  return axis === "fund" ? fundOf(cell) : String(cell[axis]);
}

const NAMES: Readonly<Record<Axis, (value: string) => string>> = {
  ward: wardName,
  recipientKind: (value) => named(kindLabels, value),
  employeeClass: (value) => named(classLabels, value),
  band: bandName,
  order: (value) => named(orderLabels, value),
  rate: (value) => yenText(Number(value)),
  fund: fundName,
};

/** A value in words. */
export function valueName(axis: Axis, value: string): string {
  return NAMES[axis](value);
}

/** Values of an axis in the order in which people expect them. */
const ORDERED: Readonly<Partial<Record<Axis, readonly string[]>>> = {
  employeeClass: Object.keys(classLabels),
  band: ["U3", "EL", "JH", "HS"],
  order: ["1", "2", "3", "none"],
  recipientKind: Object.keys(kindLabels),
};

function rank(axis: Axis, value: string): string {
  const place = ORDERED[axis]?.indexOf(value) ?? -1;
  if (place >= 0) return String(place);
  if (axis === "rate") return value.padStart(9, "0");
  if (axis !== "fund") return value;
  const [part = "", employeeClass = ""] = value.split("/");
  return `${Object.keys(partLabels).indexOf(part)}${Object.keys(classLabels).indexOf(employeeClass)}`;
}

export type AxisSum = {
  readonly value: string;
  readonly name: string;
  readonly children: number;
  readonly amount: number;
};

/** Sums along one axis, in the order of its values. Pure. */
export function sumsBy(cells: readonly StatisticsCell[], axis: Axis): readonly AxisSum[] {
  return [...Map.groupBy(cells, (cell) => valueOn(cell, axis))]
    .map(([value, group]) => ({ value, name: valueName(axis, value), ...totalOf(group) }))
    .toSorted((a, b) => (rank(axis, a.value) < rank(axis, b.value) ? -1 : 1));
}

/** Children and yen of all cells. Pure. */
export function totalOf(cells: readonly Pick<StatisticsCell, "children" | "amount">[]): {
  readonly children: number;
  readonly amount: number;
} {
  let children = 0;
  let amount = 0;
  for (const cell of cells) {
    children += cell.children;
    amount += cell.amount;
  }
  return { children, amount };
}
