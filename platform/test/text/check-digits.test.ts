import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  corporateNumberCheckDigit,
  individualNumberCheckDigit,
  isCorporateNumber,
  isIndividualNumber,
  isMunicipalityCode,
  isResidentCode,
  municipalityCodeCheckDigit,
} from "../../src/text/check-digits.ts";

/** 個人番号 are never spelt out here, not even invented ones: eleven digits and the check digit are put together at run time. */
function joined(body: string, check: number): string {
  return [body, String(check)].join("");
}

const BODY = "12345678901";

describe("個人番号", () => {
  it("T49, T53 another check digit, a transposition, one changed digit", () => {
    expect(isIndividualNumber(joined("98320567321", 0))).toBe(false);
    // 12345678901|8 with 0 and 1 exchanged, and with the last digit 7
    expect(isIndividualNumber(joined("12345678910", 8))).toBe(false);
    expect(isIndividualNumber(joined(BODY, 7))).toBe(false);
  });

  it("T52 all zeros satisfy the formula and are refused all the same", () => {
    expect(individualNumberCheckDigit("0".repeat(11))).toBe(0);
    expect(isIndividualNumber("0".repeat(12))).toBe(false);
  });

  it("other shapes", () => {
    for (const text of [
      "",
      BODY,
      joined(BODY, 88),
      `${BODY}X`,
      joined(BODY, 8).replace("1", "１"),
      `${joined(BODY, 8)}\n`,
    ]) {
      expect(isIndividualNumber(text)).toBe(false);
    }
    for (const text of ["", "1", "1234567890X", "123456789012"]) expect(individualNumberCheckDigit(text)).toBeNull();
  });

  it.each([
    // 1·6+2·5+3·4+4·3+5·2+6·7+7·6+8·5+9·4+0·3+1·2 = 212; 212 mod 11 = 3; 11 − 3 = 8
    ["T48", BODY, 8],
    ["T49", "98320567321", 4],
    // 2·6 = 12; 12 mod 11 = 1 → 0
    ["T50", "20000000000", 0],
    // 1·6 = 6; 11 − 6 = 5
    ["T50", "10000000000", 5],
    // Σ 34 and 44: remainders 1 and 0, both → 0
    ["T51", "12300000003", 0],
    ["T51", "12300000008", 0],
    // 6+5+4+3+2+7+6+5+4+3+2 = 47; 47 mod 11 = 3; 11 − 3 = 8
    ["T52", "11111111111", 8],
  ])("%s body %s has check digit %i", (_id, body, check) => {
    expect(individualNumberCheckDigit(body)).toBe(check);
    expect(isIndividualNumber(joined(body, check))).toBe(true);
  });

  it("every other check digit is refused", () => {
    const body = fc.string({ unit: fc.constantFrom(...Array.from("0123456789")), minLength: 11, maxLength: 11 });
    fc.assert(
      fc.property(body, fc.integer({ min: 0, max: 9 }), (digits, check) => {
        const isRight = check === individualNumberCheckDigit(digits) && !/^(.)\1*$/u.test(joined(digits, check));
        expect(isIndividualNumber(joined(digits, check))).toBe(isRight);
      }),
    );
  });
});

describe("法人番号", () => {
  it("T55 and other shapes are refused", () => {
    for (const text of ["9000020431002", "", "900002043100", "90000204310011", "900002043100X"]) {
      expect(isCorporateNumber(text)).toBe(false);
    }
    expect(corporateNumberCheckDigit("1")).toBeNull();
  });

  it.each(["4011001098993", "7123456789012", "8000020130001", "9000020431001"])("T54 %s", (number) => {
    expect(isCorporateNumber(number)).toBe(true);
  });

  it("is 1 to 9, never 0", () => {
    const base = fc.string({ unit: fc.constantFrom(...Array.from("0123456789")), minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(base, (digits) => {
        expect(corporateNumberCheckDigit(digits)).toBeGreaterThanOrEqual(1);
        expect(corporateNumberCheckDigit(digits)).toBeLessThanOrEqual(9);
      }),
    );
  });
});

describe("全国地方公共団体コード", () => {
  it("T57 and other shapes are refused", () => {
    for (const code of ["431002", "431011", "", "43100", "4310011", "43100X"])
      expect(isMunicipalityCode(code)).toBe(false);
    expect(municipalityCodeCheckDigit("431001")).toBeNull();
  });

  it.each(["431001", "431010", "431028", "431036", "431044", "431052", "430005", "131121", "011002", "011011"])(
    "T56 %s",
    (code) => {
      expect(isMunicipalityCode(code)).toBe(true);
    },
  );
});

it("住民票コード: shape alone unless the installation supplies the rule", () => {
  expect(isResidentCode("1234567890")).toBe(false);
  expect(isResidentCode("1234567890X")).toBe(false);
  expect(isResidentCode("12345678901", () => false)).toBe(false);
  expect(isResidentCode("12345678901")).toBe(true);
});
