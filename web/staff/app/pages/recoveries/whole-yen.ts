/** Digits of a figure typed by hand, with or without commas, full width or not; undefined where it is none, or 0. */
export function wholeYen(text: string): number | undefined {
  const plain = text.normalize("NFKC").trim();
  if (!/^\d{1,3}(?:,?\d{3})*$/.test(plain)) return undefined;
  const amount = Number(plain.replaceAll(",", ""));
  return amount > 0 ? amount : undefined;
}
