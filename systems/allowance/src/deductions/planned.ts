/**
 * 差引の計画: what is taken out of one payment, in the order 内払 → 特別徴収(22条) → 申出徴収・市(21条1項) → 申出徴収・市以外(21条2項)
 * → 寄附(20条), never below zero. The law fixes no order (law: 3.10); this one puts what the office must recover before what
 * the recipient asked for, and the gift last. Pure.
 */
import { type Month, parseMonth } from "@hagukumi/law/contract.ts";

export const DEDUCTION_ORDER = [
  "advanceOffset",
  "specialDeduction",
  "requestedDeduction",
  "requestedToThirdParty",
  "donation",
] as const;

/** 内払調整, 特別徴収, 申出徴収（市）, 申出徴収（市以外）, 寄附 */
export type DeductionKind = (typeof DEDUCTION_ORDER)[number];

export const deductionLabels: Readonly<Record<DeductionKind, string>> = {
  advanceOffset: "内払調整（13条）",
  specialDeduction: "特別徴収（22条）",
  requestedDeduction: "申出徴収（21条1項）",
  requestedToThirdParty: "申出徴収（21条2項）",
  donation: "寄附（20条）",
};

/** An amount that is to be paid in the period: one child, one benefit month, whole yen > 0. */
export type PayableMonth = {
  readonly child: number;
  readonly month: Month;
  readonly amount: number;
  /** 施設入所等児童 part: never donated (20条1項) */
  readonly institutional?: boolean;
};

/** Something to take. `wanted`: whole yen > 0, or `all` (a donation of everything that is left). */
export type WantedDeduction = {
  readonly kind: DeductionKind;
  /** Number in its own table, for the record */
  readonly id: number;
  readonly wanted: number | "all";
  /** Yen that must stay for the recipient after this entry (内払: the minimum pay rule) */
  readonly keep?: number;
  /** 費用の年度: only months that fall to this year may be used (令3条); only for 特別徴収 */
  readonly feeYear?: number;
};

/** What is taken for one entry; `short` is what could not be taken and stays owed (0 for "all"). */
export type PlannedDeduction = {
  readonly kind: DeductionKind;
  readonly id: number;
  readonly amount: number;
  readonly short: number;
  /** Where it is taken from */
  readonly parts: readonly { readonly child: number; readonly month: Month; readonly amount: number }[];
};

export type DeductionPlan = {
  /** Sum of the payable months, yen */
  readonly gross: number;
  readonly deductions: readonly PlannedDeduction[];
  /** What is transferred, yen; gross = net + Σ deductions */
  readonly net: number;
};

/**
 * 費用の年度 of a benefit month (児童手当法施行令3条): months April–January fall to the year of their payment month; February and
 * March, which are paid in April of the next fiscal year, to the year before it. Both are the fiscal year of the month itself.
 */
export function feeYearOf(month: Month): number {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number >= 4 ? year : year - 1;
}

const rank = (kind: DeductionKind): number => DEDUCTION_ORDER.indexOf(kind);

function checked(months: readonly PayableMonth[], wanted: readonly WantedDeduction[]): void {
  for (const { amount, month } of months) {
    if (!Number.isSafeInteger(amount) || amount <= 0) throw new RangeError(`amount ${amount}`);
    if (parseMonth(month) === undefined) throw new RangeError(`month ${month}`);
  }
  for (const each of wanted) {
    if (each.wanted !== "all" && (!Number.isSafeInteger(each.wanted) || each.wanted <= 0)) {
      throw new RangeError(`wanted ${each.wanted}`);
    }
  }
}

/**
 * Plans the deductions of one payment. Within one kind the order of `wanted` stands; months are used oldest first.
 *
 * @throws RangeError for amounts that are no whole yen above zero (a defect of the caller)
 */
export function plannedDeductions(months: readonly PayableMonth[], wanted: readonly WantedDeduction[]): DeductionPlan {
  checked(months, wanted);
  const left = months
    .map((each) => ({ ...each }))
    .toSorted((one, other) => (one.month < other.month ? -1 : one.month > other.month ? 1 : one.child - other.child));
  const gross = left.reduce((sum, { amount }) => sum + amount, 0);
  const deductions = wanted
    .toSorted((one, other) => rank(one.kind) - rank(other.kind))
    .map((each): PlannedDeduction => {
      const free = left.reduce((sum, { amount }) => sum + amount, 0) - (each.keep ?? 0);
      const asked = each.wanted === "all" ? Number.MAX_SAFE_INTEGER : each.wanted;
      let rest = Math.max(0, Math.min(asked, free));
      const parts: { child: number; month: Month; amount: number }[] = [];
      for (const source of left) {
        if (rest === 0) break;
        if (source.amount === 0) continue;
        if (each.feeYear !== undefined && feeYearOf(source.month) !== each.feeYear) continue;
        if (each.kind === "donation" && source.institutional === true) continue;
        const amount = Math.min(rest, source.amount);
        source.amount -= amount;
        rest -= amount;
        parts.push({ child: source.child, month: source.month, amount });
      }
      const amount = parts.reduce((sum, part) => sum + part.amount, 0);
      return { kind: each.kind, id: each.id, amount, short: each.wanted === "all" ? 0 : asked - amount, parts };
    });
  const taken = deductions.reduce((sum, { amount }) => sum + amount, 0);
  return { gross, deductions, net: gross - taken };
}
