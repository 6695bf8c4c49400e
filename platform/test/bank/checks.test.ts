import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkItem } from "../../src/bank/checks.ts";
import { isSameHolder, sharedAccounts } from "../../src/bank/checks-on-day.ts";
import { encodeTransferFile } from "../../src/bank/encode.ts";
import { BANK_PROBLEM_CODES, bankProblem } from "../../src/bank/problem.ts";
import { D1, D2, FILE, TEST } from "./support/fixtures.ts";

describe("the pre-check list of a line", () => {
  it("names every finding at once, with the family a bank would answer", () => {
    const line = {
      ...D1,
      bank: "0000",
      branch: "1",
      accountType: "5",
      account: "0",
      holder: "熊本",
      amount: 0,
      newCode: "9",
    };
    expect(checkItem(line, "21", {}, 7).map((each) => [each.field, each.code, each.family, each.record])).toEqual([
      ["bank", "bank-code", "金融機関コード異常", 7],
      ["branch", "branch-code", "店番数値異常", 7],
      ["accountType", "account-type", "科目異常", 7],
      ["account", "account", "口座番号異常", 7],
      ["amount", "amount-zero", "金額0円", 7],
      ["newCode", "new-code", "新規コード異常", 7],
      ["holder", "character", "規定外文字あり", 7],
    ]);
  });

  it("a blank name is カナ氏名異常; a bad EDI text is found", () => {
    expect(checkItem({ ...D1, holder: "" }, "21")).toMatchObject([{ code: "blank", family: "カナ氏名異常" }]);
    const { customer1: _1, customer2: _2, ...rest } = D1;
    expect(checkItem({ ...rest, edi: "ア,イ" }, "21")).toMatchObject([{ code: "character", field: "edi" }]);
  });

  it("a good line has no finding; hyphens in an account number are no fault", () => {
    expect(checkItem(D1, "21")).toEqual([]);
    expect(checkItem({ ...D1, account: "123-4567" }, "21")).toEqual([]);
  });

  it("finds something in exactly the lines that the writer refuses, and the writer's reason is among it", () => {
    const code = fc.oneof(fc.constantFrom("0182", "101", "0000", "999", "9999", "7", ""), fc.string({ maxLength: 8 }));
    const name = fc.oneof(
      fc.constantFrom("クマモト　タロウ", "ヒゴ", "", "　", "ア、", "ヲ"),
      fc.string({ maxLength: 20 }),
    );
    const line = fc.record(
      {
        bank: code,
        branch: code,
        bankName: name,
        branchName: name,
        accountType: fc.constantFrom("1", "2", "4", "9", "3", ""),
        account: fc.oneof(fc.constantFrom("123", "0", "12-3"), code),
        holder: name,
        amount: fc.oneof(fc.constantFrom(1, 0, -0, -1, 0.1, 1e10, Number.NaN), fc.double()),
        newCode: fc.constantFrom("0", "1", "2", "3", " ", ""),
        customer1: fc.oneof(fc.constantFrom("1", ""), code),
        transferCode: fc.constantFrom("7", "8", "9", ""),
      },
      { requiredKeys: [] },
    );
    let refusedLines = 0;
    fc.assert(
      fc.property(line, fc.constantFrom("21" as const, "11" as const), (change, kind) => {
        // One or two fields go wrong at a time often enough: the rest of the line is good.
        const item = { ...D1, ...change };
        const found = checkItem(item, kind, TEST, 2);
        const written = encodeTransferFile({ ...FILE, kind, items: [item] }, TEST);
        expect(written.ok).toBe(found.length === 0);
        if (written.ok) return;
        refusedLines += 1;
        expect(found.map((each) => `${each.field} ${each.code}`)).toContain(
          `${written.problem.field} ${written.problem.code}`,
        );
      }),
      { numRuns: 5000 },
    );
    // Otherwise the sweep would have shown nothing.
    expect(refusedLines).toBeGreaterThan(100);
    expect(refusedLines).toBeLessThan(5000);
  });

  it("every code can be told to a person and to a machine", () => {
    expect(new Set(BANK_PROBLEM_CODES).size).toBe(BANK_PROBLEM_CODES.length);
    for (const code of BANK_PROBLEM_CODES) expect(bankProblem(code, "文").code).toBe(code);
  });
});

describe("the holder is the recipient", () => {
  it.each([
    ["another name", "クマモト　タロウ", "クマモト　ジロウ"],
    ["a mark that differs", "ハヤシ", "バヤシ"],
    ["a long vowel that differs", "オオタ", "オータ"],
    ["ヲ for オ", "ヲガワ", "オガワ"],
    ["two names that no bank file can carry", "山田", "山田"],
    ["two blank names", "", ""],
  ])("not with %s", (_name, recipient, holder) => {
    expect(isSameHolder(recipient, holder)).toBe(false);
  });

  it.each([
    ["width", "クマモト　タロウ", "ｸﾏﾓﾄ ﾀﾛｳ"],
    ["hiragana", "くまもと　たろう", "クマモト　タロウ"],
    ["small kana", "キョウコ", "キヨウコ"],
    ["spaces", "クマモト　タロウ", "クマモトタロウ"],
  ])("in spite of %s", (_name, recipient, holder) => {
    expect(isSameHolder(recipient, holder)).toBe(true);
  });
});

describe("accounts of several recipients", () => {
  it("the same account in another spelling is found; one recipient twice is no alarm", () => {
    const lines = [
      { ...D1, account: "123", customer1: "1" },
      { ...D1, account: "000-0123", customer1: "2" },
      { ...D1, account: "123", accountType: "2", customer1: "3" },
      { ...D2, customer1: "4" },
      { ...D2, customer1: "4" },
    ];
    expect(sharedAccounts(lines, (line) => line.customer1)).toEqual([
      { account: "0182-101-1-0000123", recipients: ["1", "2"] },
    ]);
  });
});
