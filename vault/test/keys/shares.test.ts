import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { combine, multiply, readShare, type Share, shareText, split } from "../../src/keys/shares.ts";

/** The same field, the plain way: long multiplication of polynomials, then long division. */
function plainMultiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit += 1) if ((b >> bit) & 1) product ^= a << bit;
  for (let bit = 14; bit >= 8; bit -= 1) if ((product >> bit) & 1) product ^= 0x11b << (bit - 8);
  return product;
}

/** secret + a·x + b·x² */
function valueAt(secret: number, a: number, b: number, x: number): number {
  return secret ^ plainMultiply(a, x) ^ plainMultiply(b, plainMultiply(x, x));
}

/** The value at zero, found by trying all 2^16 polynomials of degree 2 through the first byte of three shares. */
function searchedSecret(shares: readonly Share[]): readonly number[] {
  const found: number[] = [];
  const [first, ...others] = shares;
  if (first === undefined) return found;
  for (let a = 0; a < 256; a += 1) {
    for (let b = 0; b < 256; b += 1) {
      const secret = (first.bytes[0] ?? 0) ^ valueAt(0, a, b, first.index);
      if (others.every(({ index, bytes }) => valueAt(secret, a, b, index) === bytes[0])) found.push(secret);
    }
  }
  return found;
}

describe("the field GF(2^8)", () => {
  it("multiplies as FIPS 197 section 4.2 says", () => {
    // {57}·{83} = {c1}; {57}·{13} = {fe}; {53}·{ca} = {01}
    expect([multiply(0x57, 0x83), multiply(0x57, 0x13), multiply(0x53, 0xca)]).toEqual([0xc1, 0xfe, 0x01]);
  });

  it("multiplies like the plain way for all 65,536 pairs", () => {
    let differing = 0;
    for (let a = 0; a < 256; a += 1)
      for (let b = 0; b < 256; b += 1) if (multiply(a, b) !== plainMultiply(a, b)) differing += 1;
    expect(differing).toBe(0);
  });
});

describe("shares of the master key", () => {
  it("of too small a number, of two sets or one twice are refused", () => {
    const shares = split(randomBytes(32), 3, 5);
    const others = split(randomBytes(32), 3, 5);
    const wrong = [
      [],
      shares.slice(0, 2),
      [...shares.slice(0, 2), ...others.slice(2, 3)],
      [...shares.slice(0, 2), ...shares.slice(0, 1)],
    ];
    for (const set of wrong)
      expect(() => combine(set)).toThrowError(expect.objectContaining({ code: "sharesInvalid" }));
    for (const [threshold, count] of [
      [1, 5],
      [6, 5],
      [2, 256],
    ] as const)
      expect(() => split(randomBytes(32), threshold, count)).toThrow(RangeError);
  });

  it("give the key back from any three of five, in any order", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 48 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 3 }),
        (bytes, chosen) => {
          const shares = split(Buffer.from(bytes), 3, 5);
          const back = combine(chosen.map((place) => shares[place]).filter((share) => share !== undefined));
          expect(back.equals(Buffer.from(bytes))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("agree with a search through all polynomials: three fix the secret, two leave every value as likely as any other", () => {
    const secret = randomBytes(1);
    const shares = split(secret, 3, 5);
    expect(searchedSecret(shares.slice(1, 4))).toEqual([secret[0]]);
    // 2^16 polynomials, two conditions of 2^8 each: 2^16 / 2^8 / 2^8 = 1 polynomial for each of the 256 secrets
    const open = searchedSecret(shares.slice(0, 2));
    expect(open).toHaveLength(256);
    expect(new Set(open).size).toBe(256);
  });

  it("come back from paper, and a share that was copied wrongly is refused", () => {
    const share = split(randomBytes(32), 3, 5)[0] ?? expect.unreachable();
    const text = shareText(share);
    expect(readShare(` ${text.toLowerCase()}\n`)).toEqual(share);
    const hex = text.lastIndexOf("-") - 2;
    for (let at = 5; at <= hex; at += 1) {
      const wrong = `${text.slice(0, at)}${text[at] === "7" ? "8" : "7"}${text.slice(at + 1)}`;
      expect(() => readShare(wrong), wrong).toThrowError(expect.objectContaining({ code: "sharesInvalid" }));
    }
  });
});
