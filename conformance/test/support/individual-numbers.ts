/** Finds what could be somebody's 個人番号 (My Number), which may stand nowhere in plain text. */

const WIDE_ZERO = 0xff10;

function digitValue(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code >= WIDE_ZERO ? code - WIDE_ZERO : Number(character);
}

/**
 * Whether twelve digits have the check digit of 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令
 * 8条 and 総務省令: the eleven others from the right weigh 2…7, 2…6; 11 less the rest of the sum by 11, and 0 for rests 0 and 1.
 */
function hasCheckDigit(digits: readonly number[]): boolean {
  const weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const rest = weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0) % 11;
  return digits[11] === (rest <= 1 ? 0 : 11 - rest);
}

/** All runs of exactly twelve digits (half or full width, whole or as 4-4-4) with a valid check digit. */
export function individualNumbersIn(text: string): string[] {
  const candidates = text.match(/(?<![0-9０-９])[0-9０-９]{4}([- ]?)[0-9０-９]{4}\1[0-9０-９]{4}(?![0-9０-９])/g) ?? [];
  return candidates.filter((found) => {
    const digits = Array.from(found.replaceAll(/[- ]/g, ""), digitValue);
    return digits.some((digit) => digit !== digits[0]) && hasCheckDigit(digits);
  });
}
