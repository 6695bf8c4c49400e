/** 振込結果の様式 as data: a bank's portal CSV and a 120-byte echo, hostile files, and rows without the city's own codes. */
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { readFrozenFile } from "../../src/payments/freeze-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { readResults } from "../../src/payments/result-layouts.ts";
import type { ResultLayout } from "../../src/payments/result-layouts.ts";
import { addSetting } from "../../src/settings.ts";
import { contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create } from "../support/runs.ts";

const PORTAL: ResultLayout = {
  name: "架空銀行ポータル",
  format: "csv",
  encoding: "utf-8",
  delimiter: ",",
  headingLines: 2,
  columns: { bank: "銀行コード", branch: "支店コード", account: "口座番号", amount: "金額", reason: 5 },
  reasons: { "1": "該当口座なし", "2": "受取人名相違" },
  creditedCodes: ["0"],
};
/** The transfer file sent back with a code in the byte 113 (0-based) of each data record. */
const ECHO: ResultLayout = {
  name: "エコー",
  format: "fixed",
  encoding: "shift_jis",
  recordLength: 120,
  dataMark: "2",
  columns: {
    bank: { at: 1, length: 4 },
    branch: { at: 20, length: 3 },
    account: { at: 43, length: 7 },
    amount: { at: 80, length: 10 },
    customer1: { at: 91, length: 10 },
    customer2: { at: 101, length: 10 },
    reason: { at: 113, length: 1 },
  },
  reasons: { "1": "該当口座なし" },
  creditedCodes: ["0"],
};

let database: TestDatabase;

beforeEach(async () => {
  database = await freshDatabase();
  await seedCases(database.pool, threeFamilies);
  const value = [PORTAL, ECHO];
  await addSetting(database.pool, {
    name: "resultLayouts",
    validFrom: "2026-01-01",
    value,
    enteredBy: "a",
    approvedBy: "b",
  });
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
});
afterEach(async () => await database.drop());

const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const stated = { acceptedCount: 3, acceptedAmount: 150_000 };
const take = async (bytes: Uint8Array, layout: string, totals = stated) =>
  (
    await importResults(contextOf(database.pool, MAKER), {
      key: `${layout}/${bytes.length}/${totals.acceptedAmount}`,
      runNo: 1,
      bytes,
      own: { layout, ...totals },
    })
  ).response;
const portal = (...rows: readonly string[]): Buffer =>
  Buffer.from(["架空銀行 振込結果", "銀行コード,銀行名,支店コード,口座番号,金額,理由", ...rows].join("\r\n"));

describe("様式", () => {
  it("a layout that nobody has registered, and totals that are not those of the run, take in nothing", async () => {
    await expect(take(portal(), "よその銀行")).rejects.toEqual(refusal("settingMissing"));
    await expect(take(portal(), "架空銀行ポータル", { ...stated, acceptedAmount: 149_999 })).rejects.toEqual(
      refusal("resultMismatch"),
    );
    expect((await database.pool.query("SELECT 1 FROM allowance.result_file")).rowCount).toBe(0);
  });

  it("a portal's CSV without the city's codes: credited rows are no returns, a return finds its line by account and amount, a stranger stops the closing", async () => {
    const taken = await take(
      portal("0182,肥後,101,0000002,100000,0", '0182,肥後,101,1,"30,000",2', "0182,肥後,101,0000077,777,1"),
      "架空銀行ポータル",
    );
    expect(taken).toEqual({ accepted: 2, returned: 1, returnedAmount: 30_777, unmatched: 1 });
    const { rows } = await database.pool.query("SELECT line_no, reason FROM allowance.result_row ORDER BY row_no");
    expect(rows).toEqual([
      { line_no: 1, reason: "受取人名相違" },
      { line_no: null, reason: "該当口座なし" },
    ]);
    await expect(closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 })).rejects.toEqual(
      refusal("resultUnmatched"),
    );
  });

  it("a 120-byte echo of the file with a code in each record", async () => {
    const { bytes } = await readFrozenFile(database.pool, 1);
    const echo = Buffer.from(bytes);
    for (let record = 1; record <= 3; record += 1) echo.write(record === 3 ? "1" : "0", record * 120 + 113, "latin1");
    const taken = await take(echo, "エコー");
    expect(taken).toEqual({ accepted: 2, returned: 1, returnedAmount: 20_000, unmatched: 0 });
  });

  it("any bytes are refused with a code or read as rows: never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.constantFrom(PORTAL, ECHO), (bytes, layout) => {
        try {
          readResults(bytes, layout, stated);
        } catch (error) {
          expect(error).toEqual(refusal("resultMismatch"));
        }
      }),
      { numRuns: 500 },
    );
  });
});
