/** 年齢の限度・第三子以降の数え方・期間・所得から引く額・支払期月: numbers of the Act as dated data with their source. */

/** One number of the law. `months`: benefit months for which it is asked, both included. */
export interface LimitRow {
  readonly id: string;
  readonly title: string;
  readonly value: number;
  readonly unit: "歳" | "番目" | "年" | "日" | "円";
  readonly months: readonly [first: string, last: string];
  readonly source: string;
}

/** 支払期月 of the benefit months `months`: numbers of calendar months, ascending. */
export interface PaymentMonthsRow {
  readonly id: string;
  readonly months: readonly [first: string, last: string];
  readonly paymentMonths: readonly number[];
  readonly source: string;
}

const LAST = "2049-12";

/** The ages at whose end (of the month, or of the school year in which they are attained) something changes. */
export const AGE_LIMITS = [
  {
    id: "underThree",
    title: "三歳未満の額の終わり（誕生月まで）",
    value: 3,
    unit: "歳",
    months: ["2011-10", LAST],
    source: "児童手当法6条1項・2項（月の初日の特則）、9条3項",
  },
  {
    id: "elementary",
    title: "小学校修了（12歳年度末）",
    value: 12,
    unit: "歳",
    months: ["2011-10", "2024-09"],
    source: "旧児童手当法6条1項1号、平23法107 5条",
  },
  {
    id: "juniorHigh",
    title: "中学校修了（15歳年度末）: 令和6年9月分まで支給の終わり",
    value: 15,
    unit: "歳",
    months: ["2010-04", "2024-09"],
    source: "平22法19 3条、平23法107 4条、旧児童手当法4条",
  },
  {
    id: "highSchool",
    title: "18歳年度末: 令和6年9月分まで数える終わり、10月分から支給の終わり",
    value: 18,
    unit: "歳",
    months: ["2011-10", LAST],
    source: "児童手当法3条1項（令6法47）、旧3条1項",
  },
  {
    id: "universityAge",
    title: "22歳年度末: 第三子以降算定額算定対象者の終わり",
    value: 22,
    unit: "歳",
    months: ["2024-10", LAST],
    source: "児童手当法6条2項2号（令6法47）",
  },
] as const satisfies readonly LimitRow[];

/** 何番目の子から高い額になるか. */
export const COUNT_LIMITS = [
  {
    id: "thirdUntil202409",
    title: "第三子以降の額の始まり（小学校修了前）",
    value: 3,
    unit: "番目",
    months: ["2011-10", "2024-09"],
    source: "平23法107 5条、旧児童手当法6条1項1号",
  },
  {
    id: "thirdFrom202410",
    title: "第三子以降の額の始まり",
    value: 3,
    unit: "番目",
    months: ["2024-10", LAST],
    source: "児童手当法6条1項1号・3項（令6法47）",
  },
] as const satisfies readonly LimitRow[];

/** 期間. */
export const TERM_LIMITS = [
  {
    id: "claimDays",
    title: "請求の15日の特例",
    value: 15,
    unit: "日",
    months: ["2010-04", LAST],
    source: "児童手当法8条3項・24条（民法140条）",
  },
  {
    id: "studyAbroadChild",
    title: "海外留学の児童を数える年数",
    value: 3,
    unit: "年",
    months: ["2011-10", LAST],
    source: "児童手当法施行規則1条",
  },
  {
    id: "studyAbroadCounted",
    title: "海外留学の算定対象者を数える年数",
    value: 4,
    unit: "年",
    months: ["2024-10", LAST],
    source: "児童手当法施行規則1条の3の2第3項",
  },
  {
    id: "residenceBeforeStudy",
    title: "留学の前に日本に住所を要する年数（これを超えること）",
    value: 3,
    unit: "年",
    months: ["2011-10", LAST],
    source: "児童手当法施行規則1条",
  },
] as const satisfies readonly LimitRow[];

/** 所得から引く額 beside the recorded deductions; `fromIncomeYear`: the first income year, null where every year. */
export const INCOME_DEDUCTIONS = [
  {
    id: "flat",
    title: "社会保険料に相当する額（一律）",
    value: 80_000,
    unit: "円",
    months: ["2012-06", "2024-09"],
    fromIncomeYear: null,
    source: "児童手当法施行令3条1項（改正前）",
  },
  {
    id: "employmentPension",
    title: "給与所得・公的年金等の雑所得からの控除（令和2年分の所得から）",
    value: 100_000,
    unit: "円",
    months: ["2021-06", "2024-09"],
    fromIncomeYear: 2020,
    source: "令2政令381 附則9条",
  },
] as const satisfies readonly (LimitRow & { readonly fromIncomeYear: number | null })[];

/** 支払期月: a benefit month is paid in the first of these months after it. */
export const PAYMENT_CALENDAR = [
  {
    id: "until202409",
    months: ["2010-04", "2024-09"],
    paymentMonths: [2, 6, 10],
    source: "旧児童手当法8条4項、平22法19 7条4項、平23法107 7条4項",
  },
  {
    id: "from202410",
    months: ["2024-10", LAST],
    paymentMonths: [2, 4, 6, 8, 10, 12],
    source: "児童手当法8条4項（令6法47）",
  },
] as const satisfies readonly PaymentMonthsRow[];

const rowOf = <Id extends string>(rows: readonly (LimitRow & { readonly id: Id })[], id: Id): number => {
  const row = rows.find((each) => each.id === id);
  if (row === undefined) throw new RangeError(`no such limit: ${id}`);
  return row.value;
};

export const ageLimit = (id: (typeof AGE_LIMITS)[number]["id"]): number => rowOf(AGE_LIMITS, id);
export const countLimit = (id: (typeof COUNT_LIMITS)[number]["id"]): number => rowOf(COUNT_LIMITS, id);
export const termLimit = (id: (typeof TERM_LIMITS)[number]["id"]): number => rowOf(TERM_LIMITS, id);
