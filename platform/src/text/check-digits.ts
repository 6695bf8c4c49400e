/**
 * Check digits (検査用数字): 個人番号, 法人番号 and 全国地方公共団体コード. Pure functions of digits; any text may be passed in.
 *
 * The check digit of a 住民票コード is set by the Minister and not published in a form we could verify, so there is none
 * here: {@link isResidentCode} checks the shape, and a rule can be supplied.
 */

/** Sum of digit × weight over `digits`, left to right. */
function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) sum += Number(digits[index]) * (weights[index] ?? 0);
  return sum;
}

/** Left to right over the first 11 digits: Qn = n+1 for n ≤ 6 and n−5 for n ≥ 7, n counted from the right. */
const INDIVIDUAL_WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/**
 * The check digit of the first 11 digits of a 個人番号 (個人番号等省令 平成26年総務省令第85号 第5条): 11 − (Σ mod 11), and 0 when
 * the remainder is 0 or 1.
 *
 * @returns 0 to 9, or `null` unless `body` is 11 digits
 */
export function individualNumberCheckDigit(body: string): number | null {
  if (!/^[0-9]{11}$/u.test(body)) return null;
  const remainder = weightedSum(body, INDIVIDUAL_WEIGHTS) % 11;
  return remainder <= 1 ? 0 : 11 - remainder;
}

/** Whether `number` is a possible 個人番号: 12 digits, right check digit, not one digit twelve times (zeros would pass). */
export function isIndividualNumber(number: string): boolean {
  if (!/^[0-9]{12}$/u.test(number) || /^(.)\1*$/u.test(number)) return false;
  return individualNumberCheckDigit(number.slice(0, 11)) === Number(number.slice(11));
}

/** Left to right over the 12 base digits: 1 for odd and 2 for even places, counted from the right. */
const CORPORATE_WEIGHTS = [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1];

/**
 * The check digit, which stands first, of the 12 base digits of a 法人番号 (平成26年財務省令第70号 第2条): 9 − (Σ mod 9).
 *
 * @returns 1 to 9, or `null` unless `base` is 12 digits
 */
export function corporateNumberCheckDigit(base: string): number | null {
  if (!/^[0-9]{12}$/u.test(base)) return null;
  return 9 - (weightedSum(base, CORPORATE_WEIGHTS) % 9);
}

/** Whether `number` is a possible 法人番号: 13 digits, the first being the check digit of the others. */
export function isCorporateNumber(number: string): boolean {
  if (!/^[0-9]{13}$/u.test(number)) return false;
  return corporateNumberCheckDigit(number.slice(1)) === Number(number.slice(0, 1));
}

const MUNICIPALITY_WEIGHTS = [6, 5, 4, 3, 2];

/**
 * The check digit of the 5-digit 全国地方公共団体コード: (11 − Σ mod 11) mod 10.
 *
 * @returns 0 to 9, or `null` unless `body` is 5 digits
 */
export function municipalityCodeCheckDigit(body: string): number | null {
  if (!/^[0-9]{5}$/u.test(body)) return null;
  return (11 - (weightedSum(body, MUNICIPALITY_WEIGHTS) % 11)) % 10;
}

/** Whether `code` is a possible 6-digit 全国地方公共団体コード. */
export function isMunicipalityCode(code: string): boolean {
  if (!/^[0-9]{6}$/u.test(code)) return false;
  return municipalityCodeCheckDigit(code.slice(0, 5)) === Number(code.slice(5));
}

/** Whether `code` has the shape of a 住民票コード (11 digits); `isValid` adds the rule of an installation that knows it. */
export function isResidentCode(code: string, isValid: (code: string) => boolean = () => true): boolean {
  return /^[0-9]{11}$/u.test(code) && isValid(code);
}
