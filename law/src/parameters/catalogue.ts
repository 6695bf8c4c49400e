/** The list of dated parameters and the name of the rule set: what a decision has to remember of the law it was made by. */
import { AMOUNT_RULES, type AmountRule } from "./amounts.ts";
import { COST_SHARES, LAST_KNOWN_FISCAL_YEAR, type CostShareRow } from "./costShares.ts";
import { INCOME_LIMITS, type IncomeLimitRow } from "./incomeLimits.ts";
import {
  AGE_LIMITS,
  COUNT_LIMITS,
  INCOME_DEDUCTIONS,
  PAYMENT_CALENDAR,
  TERM_LIMITS,
  type LimitRow,
  type PaymentMonthsRow,
} from "./limits.ts";
import { LAST_MONTH, REGIMES, type Regime } from "./regimes.ts";

/**
 * One set of dated data. `lastValue` is the last day for which a value is known; `null` where the set is complete because the
 * rule itself has ended. `checkedOn`: when the sources were last read for changes.
 */
export interface Parameter {
  readonly name: string;
  readonly title: string;
  readonly lastValue: string | null;
  readonly checkedOn: string;
  readonly source: string;
  /** Values that are knowingly missing, refused by the engine, and how to fill them; `null` where there are none. */
  readonly acknowledgedGap: string | null;
  readonly rows:
    | readonly Regime[]
    | readonly AmountRule[]
    | readonly LimitRow[]
    | readonly PaymentMonthsRow[]
    | readonly IncomeLimitRow[]
    | readonly CostShareRow[];
}

/** 2026-11-22: the day to which the law was followed when these tables were written. */
const CHECKED_ON = "2026-11-22";

export const parameters: readonly Parameter[] = [
  {
    name: "regimes",
    title: "制度の期間",
    lastValue: `${LAST_MONTH}-31`,
    checkedOn: CHECKED_ON,
    source: "児童手当法、平22法19、平23法107、令3法50、令6法47",
    acknowledgedGap: null,
    rows: REGIMES,
  },
  {
    name: "amounts",
    title: "手当額",
    lastValue: `${LAST_MONTH}-31`,
    checkedOn: CHECKED_ON,
    source: "児童手当法6条・附則2条（改正前を含む）、平22法19 5条、平23法107 5条",
    acknowledgedGap: null,
    rows: AMOUNT_RULES,
  },
  {
    name: "ages",
    title: "年齢の限度",
    lastValue: `${LAST_MONTH}-31`,
    checkedOn: CHECKED_ON,
    source: "児童手当法3条1項・4条1項・6条2項（改正前を含む）",
    acknowledgedGap: null,
    rows: AGE_LIMITS,
  },
  {
    name: "places",
    title: "第三子以降の数え方",
    lastValue: `${LAST_MONTH}-31`,
    checkedOn: CHECKED_ON,
    source: "児童手当法6条1項1号（改正前を含む）",
    acknowledgedGap: null,
    rows: COUNT_LIMITS,
  },
  {
    name: "terms",
    title: "期間（15日の特例、海外留学）",
    lastValue: `${LAST_MONTH}-31`,
    checkedOn: CHECKED_ON,
    source: "児童手当法8条3項、施行規則1条・1条の3の2",
    acknowledgedGap: null,
    rows: TERM_LIMITS,
  },
  {
    name: "paymentMonths",
    title: "支払期月",
    lastValue: `${LAST_MONTH}-31`,
    checkedOn: CHECKED_ON,
    source: "児童手当法8条4項（改正前を含む）",
    acknowledgedGap: null,
    rows: PAYMENT_CALENDAR,
  },
  {
    name: "incomeDeductions",
    title: "所得から引く額（令和6年9月分で終了）",
    lastValue: null,
    checkedOn: CHECKED_ON,
    source: "児童手当法施行令3条（改正前）",
    acknowledgedGap: null,
    rows: INCOME_DEDUCTIONS,
  },
  {
    name: "incomeLimits",
    title: "所得制限限度額・所得上限限度額（令和6年9月分で終了）",
    lastValue: null,
    checkedOn: CHECKED_ON,
    source: "児童手当法施行令1条・7条（改正前）",
    acknowledgedGap: null,
    rows: INCOME_LIMITS,
  },
  {
    name: "costShares",
    title: "費用の負担割合（2026年度から2028年度は政令の割合が未登録）",
    lastValue: `${String(LAST_KNOWN_FISCAL_YEAR + 1)}-03-31`,
    checkedOn: CHECKED_ON,
    source: "児童手当法18条・附則2条、施行令附則2項",
    acknowledgedGap:
      "2026年度から2028年度の負担割合（三歳以上分の国庫負担を定める政令、支援納付金と特例公債の内訳）。政令を確かめて parameters/costShares.ts に行を加える。",
    rows: COST_SHARES,
  },
];

/**
 * Identifies the rule set: raised by hand whenever an answer changes, with a line in `law/CHANGES.md`. A test compares the
 * tables with the digest recorded beside it, so that a changed table without a new version is noticed.
 */
export const ruleVersion = "2026-11-23.2";

/**
 * One dated value of the rule set, as a city approves it: `set` and `id` name it for ever, `value` is its whole content
 * (plain JSON), `months` the benefit months for which it is asked.
 */
export interface ParameterEntry {
  readonly set: string;
  readonly id: string;
  readonly title: string;
  readonly months: readonly [first: string, last: string];
  readonly value: Readonly<Record<string, unknown>>;
  readonly source: string;
}

const ALL_MONTHS = [REGIMES[0]?.first ?? "2010-04", LAST_MONTH] as const;

function entryOf(set: Parameter, row: Parameter["rows"][number]): ParameterEntry {
  const value: Readonly<Record<string, unknown>> = { ...row };
  const common = { set: set.name, value, source: "source" in row ? row.source : row.article };
  if ("code" in row) return { ...common, id: row.code, title: row.law, months: [row.first, row.last] };
  if ("paymentMonths" in row)
    return { ...common, id: row.id, title: `${row.paymentMonths.join("・")}月`, months: row.months };
  if ("article" in row) return { ...common, id: row.id, title: row.label, months: row.months };
  if ("unit" in row) return { ...common, id: row.id, title: row.title, months: row.months };
  const months = [row.firstBenefitMonth, row.lastBenefitMonth] as const;
  if ("limit" in row) return { ...common, id: row.firstBenefitMonth, title: "所得制限限度額・所得上限限度額", months };
  const years = row.fiscalYears.map((year) => year ?? "").join("-");
  return { ...common, id: `${months[0]}/${row.part}/${row.employeeClass}/${years}`, title: "費用の負担割合", months };
}

/** Every dated value of the rule set and the version of the rules themselves, in a fixed order. */
export function parameterEntries(): readonly ParameterEntry[] {
  const version: ParameterEntry = {
    set: "rules",
    id: "ruleVersion",
    title: "法の規則の版",
    months: ALL_MONTHS,
    value: { ruleVersion },
    source: "law/CHANGES.md",
  };
  return [version, ...parameters.flatMap((set) => set.rows.map((row) => entryOf(set, row)))];
}
