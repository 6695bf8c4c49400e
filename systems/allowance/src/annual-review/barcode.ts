/**
 * The barcode of a 現況届: one for each recipient and year, whichever copy of the form it stands on. `R`, four digits of the year, ten of
 * the 認定番号, one check digit (modulus 10, weights 2 and 1 from the right, ISO/IEC 7812-1 annex B): a mistyped digit or two
 * neighbours exchanged (but 09 and 90) is noticed before anybody's report is recorded.
 */

/** @returns the check digit of a text of digits */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (const [index, digit] of Array.from(digits).toReversed().entries()) {
    const weighed = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return (10 - (sum % 10)) % 10;
}

export type ReportKey = { readonly year: number; readonly recipientId: number };

/** @param key year 2000–2100, 認定番号 1–9,999,999,999 */
export function barcodeOf({ year, recipientId }: ReportKey): string {
  const digits = `${String(year).padStart(4, "0")}${String(recipientId).padStart(10, "0")}`;
  return `R${digits}${checkDigit(digits)}`;
}

/** Reads what a scanner or a hand typed: blanks, hyphens, small or full-width letters don't matter. Undefined: no such barcode. */
export function parseBarcode(typed: string): ReportKey | undefined {
  const text = typed
    .normalize("NFKC")
    .replaceAll(/[\s*-]/g, "")
    .toUpperCase();
  if (!/^R\d{15}$/.test(text)) return undefined;
  const digits = text.slice(1, 15);
  if (Number(text.slice(15)) !== checkDigit(digits)) return undefined;
  const key = { year: Number(digits.slice(0, 4)), recipientId: Number(digits.slice(4)) };
  return key.recipientId >= 1 ? key : undefined;
}
