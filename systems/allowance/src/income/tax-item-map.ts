/**
 * 税の項目の対応表: which item of the municipal tax data is what in the judgement of income (児童手当法施行令2条・3条 of the months up to
 * 2024-09; the comparison of two parents since). Dated by income year, with the source of each line, so that an item that a clerk or a
 * vendor once added by mistake – dividends taxed separately (I-15), a deduction forgotten (I-51, I-55) – can't be added by hand.
 */

/** Where an item goes. `count…` items are numbers of people: each is worth the fixed amount of yen. */
export type TaxItemUse =
  | { readonly kind: "employment" }
  | { readonly kind: "pension" }
  | { readonly kind: "other" }
  | { readonly kind: "deduction" }
  | { readonly kind: "deductionPerPerson"; readonly yen: number }
  | { readonly kind: "dependants" }
  | { readonly kind: "elderlyDependants" }
  | { readonly kind: "ignored" };

export type TaxItemRule = {
  readonly code: string;
  readonly name: string;
  /** First and last income year of the rule; `to` null: goes on */
  readonly from: number;
  readonly to: number | null;
  readonly use: TaxItemUse;
  readonly source: string;
};

const ALWAYS = { from: 2008, to: null } as const;
const other: TaxItemUse = { kind: "other" };
const ignored: TaxItemUse = { kind: "ignored" };
const deduction: TaxItemUse = { kind: "deduction" };
const perPerson = (yen: number): TaxItemUse => ({ kind: "deductionPerPerson", yen });
const TOTAL = "施行令3条1項（総所得金額）";
const NOT_LISTED = "施行令3条1項に列挙がない（合計しない）";
const NOT_DEDUCTED = "施行令3条2項に列挙がない（控除しない。社会保険料相当は一律8万円）";

export const taxItemRules: readonly TaxItemRule[] = [
  { code: "employment", name: "給与所得（所得金額調整控除後）", ...ALWAYS, use: { kind: "employment" }, source: TOTAL },
  { code: "publicPension", name: "公的年金等に係る雑所得", ...ALWAYS, use: { kind: "pension" }, source: TOTAL },
  { code: "business", name: "営業等所得", ...ALWAYS, use: other, source: TOTAL },
  { code: "farming", name: "農業所得", ...ALWAYS, use: other, source: TOTAL },
  { code: "realEstate", name: "不動産所得", ...ALWAYS, use: other, source: TOTAL },
  { code: "interest", name: "利子所得（総合課税）", ...ALWAYS, use: other, source: TOTAL },
  { code: "dividend", name: "配当所得（総合課税）", ...ALWAYS, use: other, source: TOTAL },
  { code: "miscellaneous", name: "その他の雑所得", ...ALWAYS, use: other, source: TOTAL },
  { code: "occasional", name: "一時所得（2分の1の後）", ...ALWAYS, use: other, source: TOTAL },
  { code: "transferAggregate", name: "総合課税の譲渡所得（長期は2分の1の後）", ...ALWAYS, use: other, source: TOTAL },
  { code: "retirement", name: "退職所得金額", ...ALWAYS, use: other, source: "施行令3条1項" },
  { code: "forestry", name: "山林所得金額", ...ALWAYS, use: other, source: "施行令3条1項" },
  { code: "landBusiness", name: "土地等に係る事業所得等", ...ALWAYS, use: other, source: "施行令3条1項" },
  {
    code: "longGainBeforeSpecial",
    name: "分離長期譲渡所得（特別控除前）",
    from: 2008,
    to: 2016,
    use: other,
    source: "施行令3条1項（平30政令176の前: 特別控除を引かない）",
  },
  {
    code: "longGainBeforeSpecial",
    name: "分離長期譲渡所得（特別控除前）",
    from: 2017,
    to: null,
    use: ignored,
    source: "平30政令176",
  },
  {
    code: "longGain",
    name: "分離長期譲渡所得（特別控除後）",
    from: 2008,
    to: 2016,
    use: ignored,
    source: "平30政令176の前",
  },
  {
    code: "longGain",
    name: "分離長期譲渡所得（特別控除後）",
    from: 2017,
    to: null,
    use: other,
    source: "施行令3条1項、平30政令176（2018年6月分から）",
  },
  {
    code: "shortGainBeforeSpecial",
    name: "分離短期譲渡所得（特別控除前）",
    from: 2008,
    to: 2016,
    use: other,
    source: "施行令3条1項（平30政令176の前）",
  },
  {
    code: "shortGainBeforeSpecial",
    name: "分離短期譲渡所得（特別控除前）",
    from: 2017,
    to: null,
    use: ignored,
    source: "平30政令176",
  },
  {
    code: "shortGain",
    name: "分離短期譲渡所得（特別控除後）",
    from: 2008,
    to: 2016,
    use: ignored,
    source: "平30政令176の前",
  },
  {
    code: "shortGain",
    name: "分離短期譲渡所得（特別控除後）",
    from: 2017,
    to: null,
    use: other,
    source: "施行令3条1項、平30政令176",
  },
  { code: "futures", name: "先物取引に係る雑所得等", ...ALWAYS, use: other, source: "施行令3条1項" },
  { code: "treatyInterest", name: "条約適用利子等", ...ALWAYS, use: other, source: "施行令3条1項" },
  { code: "treatyDividend", name: "条約適用配当等", ...ALWAYS, use: other, source: "施行令3条1項" },
  {
    code: "separateDividend",
    name: "上場株式等に係る配当所得等（申告分離）",
    ...ALWAYS,
    use: ignored,
    source: NOT_LISTED,
  },
  {
    code: "separateStockGain",
    name: "株式等に係る譲渡所得等（申告分離）",
    ...ALWAYS,
    use: ignored,
    source: NOT_LISTED,
  },
  {
    code: "withheldDividend",
    name: "申告しない配当・特定口座（源泉徴収）",
    ...ALWAYS,
    use: ignored,
    source: NOT_LISTED,
  },
  { code: "casualtyLoss", name: "雑損控除", ...ALWAYS, use: deduction, source: "施行令3条2項1号" },
  { code: "medical", name: "医療費控除", ...ALWAYS, use: deduction, source: "施行令3条2項1号" },
  {
    code: "smallBusinessMutualAid",
    name: "小規模企業共済等掛金控除",
    ...ALWAYS,
    use: deduction,
    source: "施行令3条2項1号",
  },
  { code: "disabledCount", name: "障害者控除（人数）", ...ALWAYS, use: perPerson(270_000), source: "施行令3条2項2号" },
  {
    code: "specialDisabledCount",
    name: "特別障害者控除（人数）",
    ...ALWAYS,
    use: perPerson(400_000),
    source: "施行令3条2項2号",
  },
  { code: "widowCount", name: "寡婦控除（寡夫を含む）", ...ALWAYS, use: perPerson(270_000), source: "施行令3条2項3号" },
  {
    code: "specialWidowCount",
    name: "特別寡婦控除",
    from: 2008,
    to: 2019,
    use: perPerson(350_000),
    source: "施行令3条2項3号（令和2年分の前）",
  },
  {
    code: "singleParentCount",
    name: "ひとり親控除",
    from: 2020,
    to: null,
    use: perPerson(350_000),
    source: "施行令3条2項3号（令和2年分から）",
  },
  { code: "workingStudentCount", name: "勤労学生控除", ...ALWAYS, use: perPerson(270_000), source: "施行令3条2項4号" },
  { code: "socialInsurance", name: "社会保険料控除", ...ALWAYS, use: ignored, source: NOT_DEDUCTED },
  { code: "lifeInsurance", name: "生命保険料控除", ...ALWAYS, use: ignored, source: NOT_DEDUCTED },
  { code: "spouseDeduction", name: "配偶者控除・配偶者特別控除", ...ALWAYS, use: ignored, source: NOT_DEDUCTED },
  { code: "dependantDeduction", name: "扶養控除", ...ALWAYS, use: ignored, source: NOT_DEDUCTED },
  { code: "basicDeduction", name: "基礎控除", ...ALWAYS, use: ignored, source: NOT_DEDUCTED },
  { code: "donation", name: "寄附金（税額控除）", ...ALWAYS, use: ignored, source: NOT_DEDUCTED },
  {
    code: "dependants",
    name: "扶養親族等の数（16歳未満を含む）",
    ...ALWAYS,
    use: { kind: "dependants" },
    source: "旧法5条1項",
  },
  {
    code: "elderlyDependants",
    name: "うち老人（70歳以上の同一生計配偶者・老人扶養親族）",
    ...ALWAYS,
    use: { kind: "elderlyDependants" },
    source: "施行令1条",
  },
];

/** Raised by hand whenever a line changes; a test compares the table with the digest beside it. */
export const taxItemMapVersion = "2026-11-23.1";

/** The rule of an item in an income year; undefined: the table does not know the item in that year. */
export const taxItemRuleOf = (code: string, year: number): TaxItemRule | undefined =>
  taxItemRules.find((rule) => rule.code === code && rule.from <= year && (rule.to === null || year <= rule.to));

export type TaxItem = { readonly code: string; readonly amount: number };

/** What `income_history` holds. Yen; dependants are people. */
export type FoldedIncome = {
  readonly employment: number;
  readonly pension: number;
  readonly other: number;
  readonly deductions: number;
  readonly dependants: number;
  readonly elderlyDependants: number;
};

/** @returns the sums, and the items that the table does not know: with one of them the sums count for nothing */
export function foldTaxItems(
  items: readonly TaxItem[],
  year: number,
): { readonly income: FoldedIncome; readonly unknown: readonly string[] } {
  const income = { employment: 0, pension: 0, other: 0, deductions: 0, dependants: 0, elderlyDependants: 0 };
  const unknown: string[] = [];
  for (const { code, amount } of items) {
    const use = taxItemRuleOf(code, year)?.use;
    switch (use?.kind) {
      case undefined:
        unknown.push(code);
        break;
      case "employment":
      case "pension":
      case "other":
      case "dependants":
      case "elderlyDependants":
        income[use.kind] += amount;
        break;
      case "deduction":
        income.deductions += amount;
        break;
      case "deductionPerPerson":
        income.deductions += amount * use.yen;
        break;
      case "ignored":
        break;
    }
  }
  return { income, unknown };
}
