/**
 * A second reading of when an age changes an amount, written from the text of the law and sharing nothing with `law/` or the
 * product: whole numbers `year * 12 + month`, no date arithmetic beyond comparing day and month.
 */

/** A family as its claim names it; days `YYYY-MM-DD`, months `YYYY-MM`. */
export type PlainFamily = {
  readonly recipient: number;
  /** Birth dates of the children, oldest first */
  readonly children: readonly string[];
  /** People after the school year of 18 whose living is borne, oldest first; `graduates`: the expected month */
  readonly counted: readonly { readonly born: string; readonly graduates: string | null }[];
};

const split = (text: string): readonly [number, number, number] => {
  const [year = 0, month = 1, day = 1] = text.split("-").map(Number);
  return [year, month, day];
};

export const monthIndex = (text: string): number => {
  const [year, month] = split(text);
  return year * 12 + month - 1;
};

export const monthName = (index: number): string =>
  `${String(Math.trunc(index / 12))}-${String((index % 12) + 1).padStart(2, "0")}`;

/** 3歳未満: the month of the third birthday is the last one, whatever the day; 29 February counts as February. */
const underThree = (born: string, month: number): boolean => month <= monthIndex(born) + 36;

/**
 * The March of 「n歳に達する日以後の最初の三月三十一日」. Born from 2 April to 31 December: the March after the n-th birthday's year;
 * born from 1 January to 1 April: the March of the n-th birthday's year.
 */
function schoolYearEnd(born: string, age: number): number {
  const [year, month, day] = split(born);
  const early = month < 4 || (month === 4 && day === 1);
  return (year + age + (early ? 0 : 1)) * 12 + 2;
}

/** Yen of the family in one month from 2024-10 on (児童手当法6条): third and later count 30,000, first two 15,000 or 10,000. */
export function plainTotal(family: PlainFamily, month: number): number {
  let place = 0;
  let total = 0;
  for (const { born, graduates } of family.counted) {
    const lasts = month <= schoolYearEnd(born, 22) && (graduates === null || month <= monthIndex(graduates));
    if (month > schoolYearEnd(born, 18) && lasts) place += 1;
  }
  for (const born of family.children) {
    if (month <= monthIndex(born) || month > schoolYearEnd(born, 18)) continue;
    place += 1;
    total += place >= 3 ? 30_000 : underThree(born, month) ? 15_000 : 10_000;
  }
  return total;
}

/** What time alone does to the family at the end of a month, or undefined. */
export function plainChange(
  family: PlainFamily,
  month: number,
): { readonly kind: "decrease" | "extinguish"; readonly before: number; readonly after: number } | undefined {
  const before = plainTotal(family, month);
  const after = plainTotal(family, month + 1);
  if (after >= before) return undefined;
  return { kind: after === 0 ? "extinguish" : "decrease", before, after };
}
