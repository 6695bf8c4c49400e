/**
 * 物価高対応子育て応援手当: 20,000 yen a child, once (decided 2025-11-21). Not 児童手当, and no part of its amounts: it stands on its own
 * and only borrows who was paid for which month.
 */
import { bandOf } from "./dates/age.ts";
import { month, monthOf, type CivilDate, type Month } from "./dates/civil.ts";

/** Yen, once for each child. */
export const SUPPORT_BENEFIT_AMOUNT = 20_000;

const REFERENCE_MONTH = month("2025-09");
const REFERENCE_MONTH_NEWBORN = month("2025-10");
const FIRST_BIRTH = "2025-10-01";
const LAST_BIRTH = "2026-03-31";

/** `payable`: 児童手当 was payable for the child in the month named (asked only for the reference month). */
export interface SupportBenefitFacts {
  readonly birthDate: CivilDate;
  readonly payableFor: (benefitMonth: Month) => boolean;
}

/** `amount`, yen, 0 where none is due; `ground` says by which of the two groups, or why not, in Japanese. */
export interface SupportBenefit {
  readonly amount: number;
  readonly ground: string;
}

/**
 * Is the one-off benefit due for this child?
 *
 * 1. a child for whom 児童手当 for 2025-09 was payable (born in 2025-09: for 2025-10);
 * 2. a child born 2025-10-01 … 2026-03-31.
 */
export function supportBenefit({ birthDate, payableFor }: SupportBenefitFacts): SupportBenefit {
  if (birthDate > LAST_BIRTH) return none(`${LAST_BIRTH}より後に生まれた児童は対象ではありません。`);
  if (birthDate >= FIRST_BIRTH) return due(`${FIRST_BIRTH}から${LAST_BIRTH}までに生まれた児童です。`);
  const reference = monthOf(birthDate) === REFERENCE_MONTH ? REFERENCE_MONTH_NEWBORN : REFERENCE_MONTH;
  const band = bandOf(birthDate, reference);
  if (band === "UN" || band === "OUT") return none(`${reference}分では18歳年度末を過ぎています。`);
  return payableFor(reference)
    ? due(`${reference}分の児童手当の支給対象です。`)
    : none(`${reference}分の児童手当の支給対象ではありません。`);
}

const due = (ground: string): SupportBenefit => ({ amount: SUPPORT_BENEFIT_AMOUNT, ground });

const none = (ground: string): SupportBenefit => ({ amount: 0, ground });
