/** 統合収滞納: claims go out counted and summed, receipts come back whole or not at all, and nothing counts twice. */
import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { importCollectionReceipts, makeCollectionFile } from "../../src/recovery/collection.ts";
import { getRecovery } from "../../src/recovery/record.ts";
import { billed, by, database, KACHO, KAKARI, overpaid, refusal, useRecoveries } from "../support/recoveries.ts";

useRecoveries();

const DAY = "2027-02-10";
const file = (...lines: readonly string[]): Uint8Array => Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
const HEAD = "納付者,収納番号,債権番号,納付日,納付額";
const take = async (bytes: Uint8Array, name = "収滞納.csv") =>
  await importCollectionReceipts(by(KAKARI, DAY), { name, bytes });

describe("the city's collection system", () => {
  it("nothing goes there before the debtor was told, and not by one person alone", async () => {
    await overpaid();
    await expect(makeCollectionFile(by(KAKARI, DAY), { approvedBy: KACHO })).rejects.toThrow(
      refusal("recoveryInvalid"),
    );
  });

  it("[A116] the claims go out with count, sum and digest; receipts come back for exactly these, checked by count and sum, once – a file that is cut, altered, of another hand-over or naming another claim changes nothing", async () => {
    const { recoveryId } = await billed();
    await expect(makeCollectionFile(by(KAKARI, DAY), { approvedBy: KAKARI })).rejects.toThrow(refusal("samePerson"));
    const out = await makeCollectionFile(by(KAKARI, DAY), { approvedBy: KACHO, key: "out" });
    // 30,000 × 2 months too much, nothing paid back
    expect(out).toMatchObject({ fileNo: 1, count: 1, total: 60_000 });
    expect(createHash("sha256").update(out.text).digest("hex")).toBe(out.sha256);
    const claim = String(recoveryId).padStart(10, "0");
    const [first, heading, line = "", last] = out.text.trimEnd().split("\r\n");
    expect([first, heading, last]).toEqual([
      `#引渡し,1,${DAY}`,
      "債権番号,認定番号,宛名番号,発生年月日,納期限,債権額,収納済額,残額,状態",
      "#合計,1,60000",
    ]);
    expect(line.split(",")).toEqual([
      claim,
      expect.any(String),
      expect.any(String),
      expect.any(String),
      expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      "60000",
      "0",
      "60000",
      "納入通知済",
    ]);
    // The same press twice gives the same file; nobody is named in it.
    expect(await makeCollectionFile(by(KAKARI, DAY), { approvedBy: KACHO, key: "out" })).toEqual(out);
    expect(out.text).not.toMatch(/架空/);

    const paid = [`架空花子,T-1,${claim},2027-02-03,20000`, `架空花子,T-2,${claim},2027-02-08,10000`];
    const whole = [`#引渡し,1`, HEAD, ...paid, "#合計,2,30000"];
    const wrong: readonly (readonly string[])[] = [
      whole.slice(0, -1),
      whole.slice(1),
      [`#引渡し,2`, ...whole.slice(1)],
      [...whole.slice(0, -1), "#合計,2,30001"],
      [...whole.slice(0, -1), "#合計,3,30000"],
      [`#引渡し,1`, HEAD, paid[0] ?? "", "#合計,2,30000"],
      [`#引渡し,1`, HEAD, ...paid, `架空花子,T-3,77,2027-02-08,500`, "#合計,3,30500"],
      [`#引渡し,1`, HEAD, "#合計,2,30000"],
    ];
    for (const lines of wrong)
      await expect(take(file(...lines)), lines.join("|")).rejects.toThrow(refusal("receiptFileInvalid"));
    await expect(take(Buffer.from([0xff, 0xfe, 0x00]))).rejects.toThrow(refusal("receiptFileInvalid"));
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ outstanding: 60_000 });

    expect(await take(file(...whole))).toMatchObject({
      lines: 2,
      applied: 2,
      appliedAmount: 30_000,
      unknown: 0,
      excess: 0,
    });
    await expect(take(file(...whole), "もう一度.csv")).rejects.toThrow(refusal("receiptRepeated"));
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ outstanding: 30_000 });
    const { rows } = await database.pool.query(
      `SELECT c.file_no AS "fileNo", c.line_count AS lines, c.total::int AS total, f.imported_by AS "by" FROM allowance.collection_receipt c JOIN allowance.receipt_file f ON f.file_id = c.receipt_file_id`,
    );
    expect(rows).toEqual([{ fileNo: 1, lines: 2, total: 30_000, by: KAKARI }]);
    // The next hand-over says what is left.
    expect(await makeCollectionFile(by(KAKARI, DAY), { approvedBy: KACHO })).toMatchObject({
      fileNo: 2,
      count: 1,
      total: 30_000,
    });
  });
});
