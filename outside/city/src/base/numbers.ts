import { pad } from "./day.ts";

const WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
const ZERO = 48;

/** Whether 12 digits starting at `start` carry the check digit of a 個人番号 (平成26年総務省令第85号5条). */
function hasCheckDigit(digits: string, start: number): boolean {
  let sum = 0;
  let same = true;
  for (let index = 0; index < 11; index++) {
    const digit = digits.charCodeAt(start + index) - ZERO;
    sum += digit * (WEIGHTS[index] ?? 0);
    same &&= digit === digits.charCodeAt(start) - ZERO;
  }
  const remainder = sum % 11;
  const check = digits.charCodeAt(start + 11) - ZERO;
  same &&= check === digits.charCodeAt(start) - ZERO;
  return !same && check === (remainder <= 1 ? 0 : 11 - remainder);
}

/** Whether any twelve consecutive digits of a run of digits could pass for a 個人番号. */
export function resemblesIndividualNumber(digits: string): boolean {
  for (let start = 0; start + 12 <= digits.length; start++) if (hasCheckDigit(digits, start)) return true;
  return false;
}

/**
 * Numbers of 15 digits in rising order from `first`. Those in which a scanner could see a 個人番号 are left out, so that
 * no file of a synthetic city ever sets off the alarm that looks for real ones.
 */
export function createNumbering(first: number): () => string {
  let next = first;
  return () => {
    for (;;) {
      const digits = pad(next, 15);
      next++;
      if (!resemblesIndividualNumber(digits)) return digits;
    }
  };
}
