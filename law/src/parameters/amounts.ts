/**
 * 手当額: every rule by which one child in one month gets an amount, as dated data with its citation.
 *
 * The evaluation picks a rule; the amount, the article and the sentence are all read from that rule. So the explanation is the
 * answer and cannot drift from it.
 */

/** `amount`, yen a month: `null` not payable, `0` payable child but nothing due. `months` are the benefit months it is for. */
export interface AmountRule {
  readonly id: string;
  readonly article: string;
  readonly label: string;
  readonly amount: number | null;
  readonly months: readonly [first: string, last: string];
}

const R1_MONTHS = ["2010-04", "2011-09"] as const;
const R2_TO_R5 = ["2011-10", "2024-09"] as const;
const R4_TO_R5 = ["2012-06", "2024-09"] as const;
const R5_MONTHS = ["2022-06", "2024-09"] as const;
const R6_MONTHS = ["2024-10", "2049-12"] as const;
const ALWAYS = ["2010-04", "2049-12"] as const;

export const AMOUNT_RULES = [
  { id: "notPart", article: "児童手当法4条", label: "支給要件に当たらない月", amount: null, months: ALWAYS },
  {
    id: "r1Flat",
    article: "平成22年度等における子ども手当の支給に関する法律5条",
    label: "子ども手当は一律",
    amount: 13_000,
    months: R1_MONTHS,
  },
  {
    id: "r1TooOld",
    article: "平成22年度等における子ども手当の支給に関する法律3条1項",
    label: "中学校修了後は対象外",
    amount: null,
    months: R1_MONTHS,
  },
  {
    id: "r1Institution",
    article: "平成22年度等における子ども手当の支給に関する法律4条",
    label: "この期間の法律に施設の受給者はない",
    amount: null,
    months: R1_MONTHS,
  },
  { id: "r2UnderThree", article: "旧児童手当法6条1項1号", label: "三歳未満", amount: 15_000, months: R2_TO_R5 },
  {
    id: "r2Elementary",
    article: "旧児童手当法6条1項1号",
    label: "三歳以上小学校修了前の第一子・第二子",
    amount: 10_000,
    months: R2_TO_R5,
  },
  {
    id: "r2ElementaryThird",
    article: "旧児童手当法6条1項1号",
    label: "三歳以上小学校修了前の第三子以降",
    amount: 15_000,
    months: R2_TO_R5,
  },
  {
    id: "r2JuniorHigh",
    article: "旧児童手当法6条1項1号",
    label: "小学校修了後中学校修了前",
    amount: 10_000,
    months: R2_TO_R5,
  },
  {
    id: "r2HighSchool",
    article: "旧児童手当法4条1項1号",
    label: "中学校修了後は数えるだけで支給しない",
    amount: null,
    months: R2_TO_R5,
  },
  { id: "r2TooOld", article: "旧児童手当法3条1項", label: "18歳年度末後は数えない", amount: null, months: R2_TO_R5 },
  {
    id: "r2FlatUnderThree",
    article: "旧児童手当法6条1項1号ハ・2号",
    label: "施設・法人は年齢だけで決まる（三歳未満）",
    amount: 15_000,
    months: R2_TO_R5,
  },
  {
    id: "r2FlatOlder",
    article: "旧児童手当法6条1項1号ハ・2号",
    label: "施設・法人は年齢だけで決まる（三歳以上）",
    amount: 10_000,
    months: R2_TO_R5,
  },
  {
    id: "r4Special",
    article: "旧児童手当法附則2条",
    label: "所得制限限度額以上のため特例給付",
    amount: 5_000,
    months: R4_TO_R5,
  },
  {
    id: "r5Over",
    article: "旧児童手当法附則2条1項",
    label: "所得上限限度額以上のため支給なし",
    amount: 0,
    months: R5_MONTHS,
  },
  {
    id: "r6UnderThree",
    article: "児童手当法6条1項1号",
    label: "三歳未満の第一子・第二子",
    amount: 15_000,
    months: R6_MONTHS,
  },
  {
    id: "r6Older",
    article: "児童手当法6条1項1号",
    label: "三歳以上の第一子・第二子",
    amount: 10_000,
    months: R6_MONTHS,
  },
  { id: "r6Third", article: "児童手当法6条1項1号・3項", label: "第三子以降", amount: 30_000, months: R6_MONTHS },
  {
    id: "r6CorporateUnderThree",
    article: "児童手当法6条1項2号",
    label: "法人受給者は年齢だけで決まる（三歳未満）",
    amount: 15_000,
    months: R6_MONTHS,
  },
  {
    id: "r6CorporateOlder",
    article: "児童手当法6条1項2号",
    label: "法人受給者は年齢だけで決まる（三歳以上）",
    amount: 10_000,
    months: R6_MONTHS,
  },
  {
    id: "r6InstitutionUnderThree",
    article: "児童手当法6条1項3号",
    label: "施設等受給者は年齢だけで決まる（三歳未満）",
    amount: 15_000,
    months: R6_MONTHS,
  },
  {
    id: "r6InstitutionOlder",
    article: "児童手当法6条1項3号",
    label: "施設等受給者は年齢だけで決まる（三歳以上）",
    amount: 10_000,
    months: R6_MONTHS,
  },
  {
    id: "r6Counted",
    article: "児童手当法6条2項2号",
    label: "算定対象者として数えるだけで支給しない",
    amount: null,
    months: R6_MONTHS,
  },
  {
    id: "r6TooOld",
    article: "児童手当法3条1項・6条2項2号",
    label: "18歳年度末後で、算定対象者でもない",
    amount: null,
    months: R6_MONTHS,
  },
] as const satisfies readonly AmountRule[];

export type AmountRuleId = (typeof AMOUNT_RULES)[number]["id"];

/** The number under which the evaluation writes a rule down. */
export const ruleCode = (id: AmountRuleId): number => AMOUNT_RULES.findIndex((rule) => rule.id === id);

/** Yen added to the total, by rule code; `null` amounts add nothing. A typed array, because it is read in the innermost loop. */
export const YEN_BY_RULE = Int32Array.from(AMOUNT_RULES, (rule) => rule.amount ?? 0);

export const ruleOf = (code: number): AmountRule => AMOUNT_RULES[code] ?? AMOUNT_RULES[0];
