/**
 * Secret sharing after Shamir (1979) over GF(2^8) with the polynomial of AES (x⁸+x⁴+x³+x+1): of n shares any k give the secret
 * back, and k − 1 of them tell nothing about it. Own code: it is forty lines and part of the product's core; the tests hold
 * the vectors of FIPS 197 and a second, plain implementation.
 */
import { createHash, randomBytes } from "node:crypto";

import { refusal } from "../refusal.ts";

/** One share of a set. `index` 1–255 is where the polynomials were evaluated. */
export type Share = {
  /** Eight hex digits that all shares of one set have in common */
  readonly setId: string;
  readonly threshold: number;
  readonly index: number;
  readonly bytes: Buffer;
};

/** Product in GF(2^8); the same steps for every input. */
export function multiply(a: number, b: number): number {
  let product = 0;
  let factor = a;
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= factor & -((b >> bit) & 1);
    factor = ((factor << 1) ^ (0x11b & -(factor >> 7))) & 0x1ff;
  }
  return product & 0xff;
}

/** Inverse in GF(2^8): a^254. Zero has none and gives zero. */
function inverse(a: number): number {
  let result = 1;
  let power = a;
  for (let bit = 1; bit < 8; bit += 1) {
    power = multiply(power, power);
    result = multiply(result, power);
  }
  return result;
}

/**
 * Splits `secret` into `count` shares of which `threshold` give it back.
 *
 * @throws RangeError unless 2 ≤ threshold ≤ count ≤ 255
 */
export function split(secret: Buffer, threshold: number, count: number): readonly Share[] {
  if (!(threshold >= 2 && threshold <= count && count <= 255)) throw new RangeError("2 ≤ threshold ≤ count ≤ 255");
  const setId = randomBytes(4).toString("hex").toUpperCase();
  // Row 0 is the secret, the others are random: the coefficients of one polynomial for each byte.
  const coefficients = [secret, ...Array.from({ length: threshold - 1 }, () => randomBytes(secret.length))];
  const shares = Array.from({ length: count }, (_, place) => {
    const index = place + 1;
    const bytes = Buffer.alloc(secret.length);
    for (const row of coefficients.toReversed()) {
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = multiply(bytes[at] ?? 0, index) ^ (row[at] ?? 0);
    }
    return { setId, threshold, index, bytes };
  });
  for (const row of coefficients.slice(1)) row.fill(0);
  return shares;
}

/**
 * The secret from `threshold` or more shares of one set (Lagrange at 0).
 *
 * @throws Refusal `sharesInvalid` for too few shares, shares of several sets or the same share twice
 */
export function combine(shares: readonly Share[]): Buffer {
  const [first] = shares;
  const alike = shares.every(
    (share) =>
      share.setId === first?.setId && share.threshold === first.threshold && share.bytes.length === first.bytes.length,
  );
  const indexes = new Set(shares.map(({ index }) => index));
  if (first === undefined || !alike || indexes.size !== shares.length || shares.length < first.threshold) {
    throw refusal("sharesInvalid");
  }
  const secret = Buffer.alloc(first.bytes.length);
  for (const share of shares) {
    let weight = 1;
    for (const other of shares) {
      if (other !== share) weight = multiply(weight, multiply(other.index, inverse(other.index ^ share.index)));
    }
    for (let at = 0; at < secret.length; at += 1)
      secret[at] = (secret[at] ?? 0) ^ multiply(share.bytes[at] ?? 0, weight);
  }
  return secret;
}

function checkOf(body: string): string {
  return createHash("sha256").update(`hagukumi-vault-share/1/${body}`).digest("hex").slice(0, 8).toUpperCase();
}

/** A share as text to print or write down: set, threshold, index, hex in groups of four, and a check of all of it. */
export function shareText({ setId, threshold, index, bytes }: Share): string {
  const hex = bytes.toString("hex").toUpperCase();
  const body = `${setId}-${threshold}-${index}-${hex}`;
  return `HGV1-${setId}-${threshold}-${index}-${(hex.match(/.{1,4}/g) ?? []).join(" ")}-${checkOf(body)}`;
}

/** @throws Refusal `sharesInvalid` where the text was copied wrongly */
export function readShare(text: string): Share {
  const found = /^HGV1-([0-9A-F]{8})-(\d{1,3})-(\d{1,3})-([0-9A-F ]+)-([0-9A-F]{8})$/.exec(text.trim().toUpperCase());
  if (found === null) throw refusal("sharesInvalid");
  const [, setId = "", threshold = "", index = "", spaced = "", check = ""] = found;
  const hex = spaced.replaceAll(" ", "");
  if (hex.length % 2 !== 0 || checkOf(`${setId}-${Number(threshold)}-${Number(index)}-${hex}`) !== check) {
    throw refusal("sharesInvalid");
  }
  return { setId, threshold: Number(threshold), index: Number(index), bytes: Buffer.from(hex, "hex") };
}
