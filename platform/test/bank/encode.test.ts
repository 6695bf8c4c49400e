import { describe, expect, it } from "vitest";
import { encodeTransferFile } from "../../src/bank/encode.ts";
import type { TransferFile, TransferItem } from "../../src/bank/transfer.ts";
import { codeOf, D1, D2, FILE, recordOf, sha256, TEST, valueOf } from "./support/fixtures.ts";

function withItem(change: Partial<TransferItem>): TransferFile {
  return { ...FILE, items: [D1, { ...D2, ...change }] };
}

/** One 給与振込 line with a change. */
function salary(change: Partial<TransferItem>): TransferFile {
  return { ...FILE, kind: "11", items: [{ ...D1, ...change }] };
}

function withClient(change: Partial<TransferFile["client"]>): TransferFile {
  return { ...FILE, client: { ...FILE.client, ...change } };
}

describe("a file with anything wrong in it is not written", () => {
  it.each([
    ["T33 amount 0", { amount: 0 }, "amount-zero", "amount"],
    ["T33 amount 10,000,000,000", { amount: 10_000_000_000 }, "amount", "amount"],
    ["T33 account 0000000", { account: "0000000" }, "account", "account"],
    ["negative amount", { amount: -1 }, "amount", "amount"],
    ["half a yen", { amount: 0.5 }, "amount", "amount"],
    ["no number", { amount: Number.NaN }, "amount", "amount"],
    ["infinite amount", { amount: Number.POSITIVE_INFINITY }, "amount", "amount"],
    ["account of 8 digits", { account: "12345678" }, "account", "account"],
    ["account with a letter", { account: "12345A7" }, "account", "account"],
    ["account in full width", { account: "１２３４５６７" }, "account", "account"],
    ["empty account", { account: "" }, "account", "account"],
    ["bank 0000", { bank: "0000" }, "bank-code", "bank"],
    ["bank of 3 digits", { bank: "182" }, "bank-code", "bank"],
    ["branch of 4 digits", { branch: "0101" }, "branch-code", "branch"],
    ["account type 3", { accountType: "3" }, "account-type", "accountType"],
    ["new code 3", { newCode: "3" }, "new-code", "newCode"],
    ["customer code of 11 digits", { customer1: "12345678901" }, "customer", "customer1"],
    ["customer code with a letter", { customer2: "2026A" }, "customer", "customer2"],
    ["EDI beside customer codes", { edi: "ア" }, "customer", "edi"],
    ["transfer code 9", { transferCode: "9" }, "transfer-code", "transferCode"],
    ["blank holder", { holder: "　" }, "blank", "holder"],
    ["kanji holder", { holder: "山田 太郎" }, "character", "holder"],
    ["comma in a bank name", { bankName: "ユウ,チヨ" }, "character", "bankName"],
    ["kanji branch name", { branchName: "本店" }, "character", "branchName"],
  ])("%s", (_name, change, code, field) => {
    expect(encodeTransferFile(withItem(change), TEST)).toMatchObject({
      ok: false,
      problem: { code, field, record: 3 },
    });
  });

  it.each([
    ["date 0230", { date: "0230" }, "date", "client.date"],
    ["date 1301", { date: "1301" }, "date", "client.date"],
    ["date 0000", { date: "0000" }, "date", "client.date"],
    ["client code with a letter", { code: "A" }, "client-code", "client.code"],
    ["blank client name", { name: "" }, "blank", "client.name"],
    ["client account type 4", { accountType: "4" }, "account-type", "client.accountType"],
    ["client account of zeros", { account: "0" }, "account", "client.account"],
  ])("header: %s", (_name, change, code, field) => {
    expect(encodeTransferFile(withClient(change), TEST)).toMatchObject({
      ok: false,
      problem: { code, field, record: 1 },
    });
  });

  it("T33 test banks and test branches in production", () => {
    const client = { bank: "0182", branch: "101" };
    expect(codeOf(encodeTransferFile(FILE))).toBe("test-bank");
    expect(codeOf(encodeTransferFile({ ...withClient(client), items: [{ ...D1, bank: "9999" }] }))).toBe("test-bank");
    expect(codeOf(encodeTransferFile({ ...withClient(client), items: [{ ...D1, branch: "999" }] }))).toBe("test-bank");
    expect(codeOf(encodeTransferFile({ ...withClient(client), items: [D1] }))).toBe("accepted");
  });

  it("種別 11 has no 貯蓄 account, no EDI and no letters in names", () => {
    expect(codeOf(encodeTransferFile(salary({ accountType: "4" }), TEST))).toBe("account-type");
    expect(codeOf(encodeTransferFile(salary({ holder: "ジョーンズ" }), TEST))).toBe("character");
    const { customer1: _1, customer2: _2, ...bare } = D1;
    expect(codeOf(encodeTransferFile({ ...FILE, kind: "11", items: [{ ...bare, edi: "ア" }] }, TEST))).toBe("customer");
    expect(codeOf(encodeTransferFile(salary({}), TEST))).toBe("accepted");
  });

  it("an empty list", () => {
    expect(codeOf(encodeTransferFile({ ...FILE, items: [] }, TEST))).toBe("no-items");
  });

  it("a total of 13 digits", () => {
    // 101 × 9,999,999,999 = 1,009,999,999,899 > 999,999,999,999
    const items = Array.from({ length: 101 }, () => ({ ...D1, amount: 9_999_999_999 }));
    expect(codeOf(encodeTransferFile({ ...FILE, items }, TEST))).toBe("total-limit");
    // 100 × 9,999,999,999 = 999,999,999,900
    const most = valueOf(encodeTransferFile({ ...FILE, items: items.slice(1) }, TEST));
    expect(most.amount).toBe(999_999_999_900);
  });

  it("T34 record 1,000,000 is refused; 999,999 records of the largest total are written", () => {
    const item = { ...D1, amount: 1_000_000 };
    const items = Array.from({ length: 1_000_000 }, () => item);
    expect(codeOf(encodeTransferFile({ ...FILE, items }, TEST))).toBe("count-limit");
    // 999,998 × 1,000,000 + 1,999,999 = 999,999,999,999
    items.pop();
    items[0] = { ...D1, amount: 1_999_999 };
    const written = valueOf(encodeTransferFile({ ...FILE, items }, TEST));
    const trailer = Buffer.from(recordOf(written.bytes, 1_000_000)).toString("latin1");
    expect(trailer.slice(0, 19)).toBe("8999999999999999999");
    expect(written.bytes.length).toBe(1_000_002 * 120);
  });
});

describe("the bytes of a good file", () => {
  const written = valueOf(encodeTransferFile(FILE, TEST));

  it.each([
    ["T19 header", 0, "99f1f59749ec1da9880f3ab2b24cca9889a83cbd74380a7bf708aec84449f652"],
    ["T20 D1", 1, "0e00055bd744631365da53d922fc4edd09d3d347ce9711481cdbedc76aac08c4"],
    ["T21 D2", 2, "c902e379221f94a1bb5d0663c72ec2a9c22238369b7b2765981dcad7f27b6969"],
    ["T22 D3", 3, "e1d94cc0dbd0437b136f656019a566d81290ba1bf93fae6d0505e8f748943836"],
    ["T23 trailer", 4, "c8a10764876cee71d4e977d3d7de1affc7e2823742c8600994911d4bed4622c5"],
    ["T24 end", 5, "b76735d13c457c01cf867e794d4d154169fe7860eea15bb8d2d006327b613a00"],
  ])("%s", (_id, index, digest) => {
    expect(sha256(recordOf(written.bytes, index))).toBe(digest);
  });

  it("T20 and T21 in full", () => {
    expect(Buffer.from(recordOf(written.bytes, 1)).toString("hex")).toBe(
      "3230313832cbbade202020202020202020202020313031ceddc3dd2020202020202020202020303030303130303030313233b8cfd3c420c0dbb32020202020202020202020202020202020202020202030303030303330303030313030303030303030303130303030323032363132372020202020202020",
    );
    expect(Buffer.from(recordOf(written.bytes, 2)).toString("hex")).toBe(
      "3239393030d5b3c1d62020202020202020202020303538bededbbadecac12020202020202020303030303131323334353637bcded62dddbdde20b6dec2b7d5b32020202020202020202020202020202031323334353637383930303030303030303030303230303030323032363132372020202020202020",
    );
  });

  it("T25 whole file without line ends", () => {
    expect(written.bytes.length).toBe(720);
    expect(sha256(written.bytes)).toBe("d7778310ca955f72b7c122d77fae9445c86e221f4680ec8c9a878f809fa104f0");
    // 30,000 + 1,234,567,890 + 1 = 1,234,597,891
    expect(written).toMatchObject({ count: 3, amount: 1_234_597_891, warnings: [] });
  });

  it("T26 whole file with CR LF after each record", () => {
    const crlf = valueOf(encodeTransferFile(FILE, { ...TEST, lineEnd: "crlf" }));
    expect(crlf.bytes.length).toBe(732);
    expect(sha256(crlf.bytes)).toBe("36bd420a76e29817f92d3523239c77abdcd9aa781c69060907ff875b83312cd6");
  });

  const single: TransferItem = {
    bank: "0009",
    bankName: "テストギンコウ",
    branch: "123",
    branchName: "テストシテン",
    accountType: "1",
    account: "7654321",
    holder: "ヤマダ タロウ",
    amount: 150_000,
    newCode: "0",
    customer1: "1",
    customer2: "2",
    transferCode: "7",
  };

  it("T27 customer codes", () => {
    const { bytes } = valueOf(encodeTransferFile({ ...FILE, items: [single] }, TEST));
    expect(sha256(recordOf(bytes, 1))).toBe("46e6849bdeb8f2be8ede4fe65c93d8c39e5db0787db8668395263de76218c87b");
  });

  it("T28 EDI instead of customer codes", () => {
    const { customer1: _1, customer2: _2, ...rest } = single;
    const { bytes } = valueOf(encodeTransferFile({ ...FILE, items: [{ ...rest, edi: "ジドウテアテ 2612" }] }, TEST));
    expect(sha256(recordOf(bytes, 1))).toBe("7cac731b045ebb533253110073646bd26a733ac48b6af4dd0f47beaddb5ea53a");
  });

  it("T29 種別 11", () => {
    const item = { ...single, bank: "9999", branch: "001", branchName: "テスト", amount: 30_000, customer2: "202612" };
    const { bytes } = valueOf(encodeTransferFile({ ...FILE, kind: "11", items: [item] }, TEST));
    expect(sha256(recordOf(bytes, 1))).toBe("41765717901f926bd702f7bac40087eafa01b0ece9153f59317c79ce28227ffd");
  });

  it("a name that had to be cut is written and reported with its record", () => {
    const cut = valueOf(encodeTransferFile(withItem({ holder: "ア".repeat(31) }), TEST));
    expect(cut.warnings).toMatchObject([{ code: "truncated", record: 3, field: "holder" }]);
  });
});
