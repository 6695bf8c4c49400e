import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTransferJson } from "../../src/bank/transfer-json.ts";
import { codeOf, D1, FILE, valueOf } from "./support/fixtures.ts";

function parse(change: object): ReturnType<typeof parseTransferJson> {
  return parseTransferJson(JSON.stringify({ ...FILE, ...change }));
}

describe("transfer.json of another shape", () => {
  it.each(["", "{", "undefined", "[1,", "\u0000"])("%j is no JSON", (text) => {
    expect(codeOf(parseTransferJson(text))).toBe("not-json");
  });

  it.each([
    ["a list", []],
    ["null", null],
    ["a number", 1],
    ["an empty object", {}],
  ])("%s", (_name, value) => {
    expect(codeOf(parseTransferJson(JSON.stringify(value)))).toBe("shape");
  });

  it.each([
    ["kind 91", { kind: "91" }, "kind"],
    ["kind as a number", { kind: 21 }, "kind"],
    ["items that are no list", { items: {} }, "items"],
    ["a line that is no object", { items: ["x"] }, "items"],
    ["an unknown key", { note: "" }, "note"],
    ["a misspelt key in a line", { items: [{ ...D1, custmer1: "1" }] }, "custmer1"],
    ["an amount as text", { items: [{ ...D1, amount: "30000" }] }, "amount"],
    ["an account as a number", { items: [{ ...D1, account: 123 }] }, "account"],
    ["no account", { items: [{ ...D1, account: undefined }] }, "account"],
    ["null for a customer code", { items: [{ ...D1, customer1: null }] }, "customer1"],
    ["no client", { client: undefined }, "client"],
    ["a client without a date", { client: { ...FILE.client, date: undefined } }, "client.date"],
  ])("%s", (_name, change, field) => {
    expect(parse(change)).toMatchObject({ ok: false, problem: { code: "shape", field } });
  });

  it("a trailer that does not fit the lines", () => {
    expect(codeOf(parse({ trailer: { count: 2, amount: 1_234_597_891 } }))).toBe("trailer-count");
    expect(codeOf(parse({ trailer: { count: 3, amount: 1_234_597_890 } }))).toBe("trailer-amount");
    expect(codeOf(parse({ trailer: { count: 3, amount: 1_234_597_891 } }))).toBe("accepted");
  });

  it("any JSON at all: an answer, never an exception", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseTransferJson(text).ok).toBe(false);
      }),
    );
  });
});

it("bank and branch names may be left out, the rest is taken as it stands", () => {
  expect(valueOf(parse({}))).toEqual(FILE);
  const { bankName: _1, branchName: _2, ...item } = D1;
  expect(valueOf(parse({ items: [item] })).items).toEqual([{ ...D1, bankName: "", branchName: "" }]);
});
