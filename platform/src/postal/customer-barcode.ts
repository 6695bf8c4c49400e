/**
 * カスタマバーコード: the four-state code that sorts letters (日本郵便「郵便番号・バーコードマニュアル」). Seven digits of the post code,
 * thirteen of 住所表示番号 taken out of the address, one check digit. Pure.
 */

/** One code: a digit, `-`, or a control code CC1…CC8. */
export type BarcodeCode = string;

/** `1` full bar, `2` upper half, `3` lower half, `4` timing bar. */
export type BarState = 1 | 2 | 3 | 4;

const CODES: readonly BarcodeCode[] = [
  ...Array.from("0123456789-"),
  "CC1",
  "CC2",
  "CC3",
  "CC4",
  "CC5",
  "CC6",
  "CC7",
  "CC8",
];

/** Bars of each code in the order of `CODES`. */
const BARS = "144 114 132 312 123 141 321 213 231 411 414 324 342 234 432 243 423 441 111".split(" ");
const START = "13";
const STOP = "31";
/** 住所表示番号 has so many codes; the rest is cut off, a shorter one is filled with CC4. */
const ADDRESS_CODES = 13;

const KANJI_DIGITS = "〇一二三四五六七八九";
const KANJI_UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };

/** 二十一 → 21, 一〇三 → 103 */
function kanjiNumber(text: string): number {
  let total = 0;
  let digits = 0;
  for (const character of text) {
    const unit = KANJI_UNITS[character];
    if (unit === undefined) digits = digits * 10 + KANJI_DIGITS.indexOf(character);
    else {
      total += (digits === 0 ? 1 : digits) * unit;
      digits = 0;
    }
  }
  return total + digits;
}

/** Half-width capitals and digits; every dash a hyphen. Kanji and kana stay what they are. */
function folded(text: string): string {
  return text
    .replaceAll(/[！-～]/gu, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))
    .replaceAll(/[‐‑‒–—―−]/gu, "-")
    .replaceAll(/(?<=[0-9])[ー─](?=[0-9])/gu, "-")
    .toUpperCase();
}

/**
 * 住所表示番号 of an address without its post code, as text: `3丁目30-8 郵便ビル403号` → `3-30-8-403`. A number of 番町 or 丁町 is part of
 * a town's name and stays out.
 */
export function addressNumber(address: string): string {
  return folded(address)
    .replaceAll(/[&/・.]/gu, "")
    .replaceAll(/[〇一二三四五六七八九十百千]+(?=丁目|丁(?!町)|番地|番(?!町)|号|地割|線(?!町)|の|ノ)/gu, (kanji) =>
      String(kanjiNumber(kanji)),
    )
    .replaceAll(/[A-Z]{2,}/gu, "-")
    .replaceAll(/(?<=[0-9])F/gu, "-")
    .replaceAll(/[^0-9A-Z-]+/gu, "-")
    .replaceAll(/-+/gu, "-")
    .replaceAll(/-?([A-Z])-?/gu, "$1")
    .replaceAll(/^-|-$/gu, "");
}

function codesOf(text: string): readonly BarcodeCode[] {
  return Array.from(text).flatMap((character) => {
    const letter = character.charCodeAt(0) - 65;
    return letter < 0 ? [character] : [`CC${1 + Math.trunc(letter / 10)}`, String(letter % 10)];
  });
}

/**
 * The 21 codes between start and stop: post code, address, check digit (the sum of all is a multiple of 19).
 *
 * @returns undefined where the post code has not seven digits: such a letter has no barcode
 */
export function customerBarcode(postalCode: string, address: string): readonly BarcodeCode[] | undefined {
  const post = folded(postalCode).replaceAll(/[^0-9]/gu, "");
  if (post.length !== 7) return undefined;
  const taken = codesOf(addressNumber(address)).slice(0, ADDRESS_CODES);
  const filled = [...Array.from(post), ...taken, ...Array.from({ length: ADDRESS_CODES - taken.length }, () => "CC4")];
  const sum = filled.reduce((total, code) => total + CODES.indexOf(code), 0);
  return [...filled, CODES[(19 - (sum % 19)) % 19] ?? "0"];
}

/** The 67 bars of the codes, start and stop included. */
export function barsOf(codes: readonly BarcodeCode[]): readonly BarState[] {
  const inner = codes.map((code) => BARS[CODES.indexOf(code)] ?? "").join("");
  return Array.from(`${START}${inner}${STOP}`, (bar) => Number(bar) as BarState);
}

/** Bars as cells: pitch 2 units, full bar 6, half bars 4, timing bar 2. At 10 points a unit is 0.6 mm, at 9 points 0.54 mm. */
export function barRuns(codes: readonly BarcodeCode[]): readonly (readonly [number, number, number, number])[] {
  return barsOf(codes).map((bar, index) => {
    const top = bar === 1 || bar === 2 ? 0 : 2;
    const bottom = bar === 1 || bar === 3 ? 6 : 4;
    return [index * 2, top, 1, bottom - top] as const;
  });
}
