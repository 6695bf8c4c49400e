/**
 * 決定の内訳 (別添1 改定情報 内訳1–4): the month of a decision, child by child, in four slots. Pure.
 *
 * From 2024-10: 1 = under 3 (1st, 2nd child), 2 = 3 or older (1st, 2nd), 3 = third or later under 3, 4 = third or later from 3.
 * Before: 1 = under 3, 2 = 3 to primary school (1st, 2nd), 3 = the same (third or later), 4 = junior high school. 特例給付 goes by age.
 * 別添1 does not say what the four slots are; this is the reading written in the comment of the table.
 */
import type { ChildMonth, Month, MonthAssessment } from "@hagukumi/law/contract.ts";

/** Number of children and yen a month */
export type Slot = { readonly count: number; readonly amount: number };

export type ChildPart = {
  /** 宛名番号 */
  readonly child: number;
  readonly counted: boolean;
  readonly payable: boolean;
  readonly position: number | null;
  readonly band: ChildMonth["band"];
  /** Yen a month; 0 where not payable */
  readonly amount: number;
};

export type DecisionParts = {
  /** 算定基礎児童数: children with a right to an amount, zero included */
  readonly baseChildren: number;
  /** 算定対象の兄姉等: counted and not paid */
  readonly countedSiblings: number;
  readonly slots: readonly [Slot, Slot, Slot, Slot];
  readonly children: readonly ChildPart[];
  readonly incomeClass: "normal" | "special" | "over" | "notJudged";
  /** Yen a month */
  readonly total: number;
};

const REFORM = "2024-10";

function slotOf(month: Month, { band, amount }: ChildPart): 0 | 1 | 2 | 3 {
  if (month >= REFORM) {
    if (amount === 30_000) return band === "U3" ? 2 : 3;
    return band === "U3" ? 0 : 1;
  }
  if (band === "U3") return 0;
  if (band === "EL") return amount === 15_000 ? 2 : 1;
  return 3;
}

/** The parts of one month; their sum is the month's total. */
export function decisionParts({ month, entitled, total, incomeClass, children }: MonthAssessment): DecisionParts {
  const parts = children.map(({ id, band, counted, position, amount }): ChildPart => ({
    child: Number(id),
    counted,
    payable: entitled && amount !== null,
    position,
    band,
    amount: entitled ? (amount ?? 0) : 0,
  }));
  const slots: [Slot, Slot, Slot, Slot] = [
    { count: 0, amount: 0 },
    { count: 0, amount: 0 },
    { count: 0, amount: 0 },
    { count: 0, amount: 0 },
  ];
  for (const part of parts) {
    if (!part.payable) continue;
    const index = slotOf(month, part);
    const slot = slots[index];
    slots[index] = { count: slot.count + 1, amount: slot.amount + part.amount };
  }
  return {
    baseChildren: parts.filter(({ payable }) => payable).length,
    countedSiblings: entitled ? parts.filter(({ counted, payable }) => counted && !payable).length : 0,
    slots,
    children: parts,
    incomeClass: incomeClass ?? "notJudged",
    total: entitled ? total : 0,
  };
}
