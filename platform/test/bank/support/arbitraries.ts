import * as fc from "fast-check";
import type { TransferFile, TransferItem } from "../../../src/bank/transfer.ts";

/**
 * Transfer files in the form in which the reader returns them: codes padded, names in half width without outer or double
 * spaces, marks only where they fit. Writing such a file and reading it back must give it again.
 */

function digits(length: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...Array.from("0123456789")), minLength: length, maxLength: length });
}

function words(units: readonly string[], maxLength: number): fc.Arbitrary<string> {
  const word = fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 9 });
  return fc
    .array(word, { minLength: 1, maxLength: 3 })
    .map((list) => list.join(" "))
    .filter((text) => text.length <= maxLength);
}

const STRICT = [...Array.from("ｱｲｳｴｵｶｷｸﾀﾁﾂﾃﾄﾊﾋﾌﾔﾕﾖﾜﾝ0189"), "ｶﾞ", "ｳﾞ", "ﾊﾟ", "ﾎﾞ"];
const NAME = [...STRICT, ...Array.from("AZ()-.")];
const EDI = [...NAME, ...Array.from("ｦ｢｣/\\")];
const BANK = [...STRICT, ...Array.from("AZ-")];

const bankName = fc.oneof(
  fc.constant(""),
  fc.string({ unit: fc.constantFrom(...BANK), maxLength: 8 }).filter((text) => text.length <= 15),
);
const account = digits(7).filter((text) => text !== "0000000");
const bank = digits(4).filter((text) => text !== "0000");
const newCode = fc.constantFrom("0", "1", "2", "");
const amount = fc.oneof(fc.integer({ min: 1, max: 500_000 }), fc.integer({ min: 1, max: 9_999_999_999 }));

const common = { bank, bankName, branch: digits(3), branchName: bankName, account, amount, newCode };
const customers = { customer1: digits(10), customer2: digits(10) };

const item21: fc.Arbitrary<TransferItem> = fc.oneof(
  fc.record({
    ...common,
    ...customers,
    accountType: fc.constantFrom("1", "2", "4", "9"),
    holder: words(NAME, 30),
    transferCode: fc.constantFrom("7", "8"),
  }),
  fc.record({
    ...common,
    accountType: fc.constantFrom("1", "2", "4", "9"),
    holder: words(NAME, 30),
    edi: fc.oneof(fc.constant(""), words(EDI, 20)),
    transferCode: fc.constantFrom("7", "8"),
  }),
);

const item11: fc.Arbitrary<TransferItem> = fc.record({
  ...common,
  ...customers,
  accountType: fc.constantFrom("1", "2"),
  holder: words(STRICT, 30),
});

const date = fc
  .date({ min: new Date("2028-01-01"), max: new Date("2028-12-31"), noInvalidDate: true })
  .map((day) => day.toISOString().slice(5, 10).replace("-", ""));

function client(names: readonly string[]): fc.Arbitrary<TransferFile["client"]> {
  return fc.record({
    code: digits(10),
    name: words(names, 40),
    date,
    bank,
    bankName,
    branch: digits(3),
    branchName: bankName,
    accountType: fc.constantFrom("1", "2", "9", ""),
    account: fc.oneof(account, fc.constant("")),
  });
}

/** Any file of either kind with 1 to 8 lines. */
export const transferFile: fc.Arbitrary<TransferFile> = fc.oneof(
  fc.record({
    kind: fc.constant("21" as const),
    client: client(NAME),
    items: fc.array(item21, { minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant("11" as const),
    client: client(STRICT),
    items: fc.array(item11, { minLength: 1, maxLength: 8 }),
  }),
);
