import { describe, expect, it } from "vitest";
import { branchCodes, installedSnapshot } from "../../src/bank/bank-master.ts";
import { convertYucho, splitYuchoLine, YUCHO_BANK } from "../../src/bank/yucho.ts";
import { codeOf, valueOf } from "./support/fixtures.ts";

const branches = branchCodes(installedSnapshot().snapshot, YUCHO_BANK);

describe("記号番号 that are no account", () => {
  it.each([
    ["T45 the number does not end in 1", "17180", "12345672", "yucho-number"],
    ["T45 the symbol starts with 2", "27180", "11", "yucho-symbol"],
    ["T45 a symbol of 4 digits", "1718", "11", "yucho-symbol"],
    ["T45 a 振替 number of 7 digits", "01710", "1234567", "yucho-number"],
    ["T45 a number of 9 digits", "17180", "123456781", "yucho-number"],
    ["T46 the account would be 0000000", "17180", "1", "account"],
    ["T47 店番 308 is not in the master", "13020", "11", "unknown-branch"],
    ["no number", "17180", "", "yucho-number"],
    ["a letter", "1718O", "11", "yucho-symbol"],
    ["a 振替 number of zeros", "01710", "000000", "account"],
  ])("%s", (_name, symbol, number, code) => {
    expect(codeOf(convertYucho(symbol, number, branches))).toBe(code);
  });

  it("a 振替口座 is no savings account", () => {
    expect(codeOf(convertYucho("00530", "123456", branches, { savings: true }))).toBe("yucho-symbol");
  });

  it("a line that is not 記号 and 番号", () => {
    for (const line of ["", "10530", "1 2 3 4", "10530 22 12345671"])
      expect(codeOf(splitYuchoLine(line))).toBe("yucho-symbol");
  });
});

describe("記号番号 → 店番, 預金種目, 口座番号", () => {
  it.each([
    ["T38", "10530", "12345671", "058", "1", "1234567"],
    ["T39", "12345", "12345671", "238", "1", "1234567"],
    ["T40", "17180", "11", "718", "1", "0000001"],
    ["T41", "17120", "9876541", "718", "1", "0987654"],
    ["T42", "00530", "123456", "059", "2", "0123456"],
    ["T43", "01710", "7", "179", "2", "0000007"],
    ["T44", "１０５３０", "１２３４５６７１", "058", "1", "1234567"],
    ["T47", "11120", "11", "118", "1", "0000001"],
    ["T47", "11220", "11", "128", "1", "0000001"],
    ["re-issue digit", "10940-2", "12345671", "098", "1", "1234567"],
  ])("%s %s / %s", (_id, symbol, number, branch, accountType, account) => {
    expect(valueOf(convertYucho(symbol, number, branches))).toMatchObject({ branch, accountType, account });
  });

  it("通常貯蓄貯金 is 貯蓄; an unusual last digit of the 記号 is remarked on", () => {
    expect(valueOf(convertYucho("10530", "12345671", branches, { savings: true })).accountType).toBe("4");
    expect(valueOf(convertYucho("12345", "12345671", branches)).warnings).toHaveLength(1);
    expect(valueOf(convertYucho("10530", "12345671", branches)).warnings).toEqual([]);
  });

  it("reads the forms in which people write a line", () => {
    const expected = { symbol: "10530", number: "12345671" };
    for (const line of ["10530 12345671", "10530　12345671", "10530-12345671", "１０５３０－１２３４５６７１"]) {
      expect(valueOf(splitYuchoLine(line))).toEqual(expected);
    }
    expect(valueOf(splitYuchoLine("10940-2-12345671"))).toEqual({ symbol: "10940-2", number: "12345671" });
  });
});
