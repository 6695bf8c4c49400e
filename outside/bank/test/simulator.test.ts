import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";

import { BankError, type BankFaults, createBankSimulator } from "../contract.ts";
import { transferFile } from "./support.ts";

const base = mkdtempSync(join(tmpdir(), "bank-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let used = 0;
const fresh = (): string => join(base, `b${used++}`);
// 2026-12-01 10:00 in Japan; 15 December 2026 is a Tuesday.
const now = (): number => Date.parse("2026-12-01T01:00:00Z");
const bank = (dir = fresh(), faults: BankFaults = {}) => createBankSimulator({ dir, faults, now });
const two = transferFile({ lines: [{ amount: 30_000 }, { amount: 20_000 }] });

/** The file with one byte changed. */
function spoiled(at: number, byte: number): Uint8Array {
  const copy = Uint8Array.from(two);
  copy[at] = byte;
  return copy;
}

describe("what the bank refuses", () => {
  it.each([
    ["nothing", new Uint8Array(), "lengthInvalid"],
    ["a byte too few", two.subarray(0, -1), "lengthInvalid"],
    ["no end record", two.subarray(0, -120), "recordOrderInvalid"],
    ["a file twice over", Uint8Array.from([...two, ...two]), "recordOrderInvalid"],
    ["a byte order mark", Uint8Array.from([0xef, 0xbb, 0xbf, ...two]), "lengthInvalid"],
    ["no transfers", transferFile({ lines: [] }), "fileEmpty"],
    ["another kind of file", transferFile({ lines: [{ amount: 1 }], kind: "91" }), "headerInvalid"],
    ["EBCDIC", spoiled(3, 0x31), "headerInvalid"],
    ["a day that does not exist", transferFile({ lines: [{ amount: 1 }], monthDay: "0229" }), "transferDateInvalid"],
    // 13 December 2026 is a Sunday.
    ["a Sunday", transferFile({ lines: [{ amount: 1 }], monthDay: "1213" }), "transferDateInvalid"],
    ["New Year's Eve", transferFile({ lines: [{ amount: 1 }], monthDay: "1231" }), "transferDateInvalid"],
    ["zero yen", transferFile({ lines: [{ amount: 0 }] }), "amountInvalid"],
    ["letters for yen", spoiled(120 + 85, 0x41), "recordInvalid"],
    ["an account of zeros", transferFile({ lines: [{ amount: 1, account: "0000000" }] }), "recordInvalid"],
    ["bank 0000", transferFile({ lines: [{ amount: 1, bank: "0000" }] }), "recordInvalid"],
    ["no payee", transferFile({ lines: [{ amount: 1, payee: "" }] }), "characterInvalid"],
    ["a small kana in the payee", spoiled(120 + 50, 0xa7), "characterInvalid"],
    ["a lower-case payee", transferFile({ lines: [{ amount: 1, payee: "kakuu" }] }), "characterInvalid"],
    ["a wrong count", transferFile({ lines: [{ amount: 1 }], count: 2 }), "trailerMismatch"],
    ["a wrong total", transferFile({ lines: [{ amount: 1 }], total: 2 }), "trailerMismatch"],
  ])("%s, and keeps nothing of it", async (_, bytes, code) => {
    const dir = fresh();
    await expect(bank(dir).submit("a.dat", bytes)).rejects.toMatchObject({ code });
    expect(readdirSync(join(dir, "inbox"))).toEqual([]);
    expect(readdirSync(join(dir, "receipts"))).toEqual([]);
  });

  it("a file name that could leave its folder", async () => {
    for (const name of ["../a.dat", "a/b", "", "あ.dat", "x".repeat(65)]) {
      await expect(bank().submit(name, two)).rejects.toMatchObject({ code: "fileNameInvalid" });
    }
  });

  it("any damage to a file with a BankError and never with a crash", async () => {
    const simulator = bank();
    const damage = fc.record({ at: fc.nat(two.length - 1), byte: fc.nat(255), cut: fc.nat(two.length) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, byte, cut }) => {
        const bytes = spoiled(at, byte).subarray(0, cut < two.length / 2 ? cut : two.length);
        const outcome = await simulator.submit("f.dat", bytes).catch((error: unknown) => error);
        // What is accepted adds up: two lines, and the trailer's 50,000 yen.
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(BankError);
        else expect(outcome).toMatchObject({ count: 2, amount: 50_000 });
      }),
      { numRuns: 400 },
    );
  });
});

describe("receipts", () => {
  it("answers with count, sum and digest of what arrived", async () => {
    const receipt = await bank().submit("run-1.dat", two);
    // 30,000 + 20,000
    expect(receipt).toMatchObject({
      count: 2,
      amount: 50_000,
      duplicate: false,
      receivedAt: "2026-12-01T10:00:00+09:00",
    });
    expect(receipt.sha256).toBe(createHash("sha256").update(two).digest("hex"));
  });

  it("takes CR LF after every record, and the same transfers so written are another file", async () => {
    const simulator = bank();
    const lines = [{ amount: 30_000 }, { amount: 20_000 }];
    const plain = await simulator.submit("a.dat", transferFile({ lines }));
    const crlf = await simulator.submit("a.dat", transferFile({ lines, crlf: true }));
    expect(crlf).toMatchObject({ count: 2, amount: 50_000, duplicate: false });
    expect(crlf.receiptNumber).not.toBe(plain.receiptNumber);
  });

  it("answers the same bytes again with the first receipt, marked as a duplicate, also after a restart", async () => {
    const dir = fresh();
    const first = await bank(dir).submit("a.dat", two);
    const again = await createBankSimulator({ dir, now: () => now() + 86_400_000 }).submit("other-name.dat", two);
    expect(again).toEqual({ ...first, duplicate: true });
    expect(readdirSync(join(dir, "inbox"))).toHaveLength(1);
  });

  it("counts one of twenty simultaneous sends as the first, across processes", async () => {
    const dir = fresh();
    const path = join(base, "same.dat");
    writeFileSync(path, two);
    const contract = new URL("../contract.ts", import.meta.url).href;
    const script = `import { readFileSync } from "node:fs"; import { createBankSimulator } from ${JSON.stringify(contract)};
      const bank = createBankSimulator({ dir: ${JSON.stringify(dir)}, now: () => ${now()} });
      const bytes = readFileSync(${JSON.stringify(path)});
      const receipts = await Promise.all(Array.from({ length: 10 }, () => bank.submit("a.dat", bytes)));
      console.log(JSON.stringify(receipts));`;
    const send = async (): Promise<unknown> => {
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
      return JSON.parse(stdout);
    };
    const receipts = (await Promise.all([send(), send()])).flat() as { duplicate: boolean; receiptNumber: string }[];
    expect(receipts).toHaveLength(20);
    expect(receipts.filter((receipt) => !receipt.duplicate)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => receipt.receiptNumber)).size).toBe(1);
  });
});

describe("a bad line", () => {
  it("down: surely not received", async () => {
    const dir = fresh();
    const faults: BankFaults = { down: true };
    const simulator = bank(dir, faults);
    await expect(simulator.submit("a.dat", two)).rejects.toMatchObject({ code: "bankUnreachable" });
    faults.down = false;
    const sha256 = createHash("sha256").update(two).digest("hex");
    expect(await simulator.findReceipt(sha256)).toBeUndefined();
  });

  it("a lost acknowledgement: received all the same, as an inquiry and a second send show", async () => {
    const faults: BankFaults = { loseAcknowledgement: true };
    const simulator = bank(fresh(), faults);
    await expect(simulator.submit("a.dat", two)).rejects.toMatchObject({ code: "acknowledgementLost" });
    faults.loseAcknowledgement = false;
    const sha256 = createHash("sha256").update(two).digest("hex");
    const found = await simulator.findReceipt(sha256);
    expect(found).toMatchObject({ count: 2, amount: 50_000, duplicate: false });
    expect(await simulator.submit("a.dat", two)).toEqual({ ...found, duplicate: true });
  });

  it("slow: the answer takes the time it was told to", async () => {
    const started = performance.now();
    await bank(fresh(), { delay: 120 }).submit("a.dat", two);
    expect(performance.now() - started).toBeGreaterThan(110);
  });
});

describe("results", () => {
  const lines = Array.from({ length: 50 }, (_, index) => ({ amount: 10_000 + index * 1000 }));

  it("refuses unknown receipts and more returns than there were transfers", async () => {
    const simulator = bank();
    const { receiptNumber } = await simulator.submit("a.dat", two);
    for (const number of ["", "20261201-0000000000000000", `${receiptNumber}0`, "../../etc"]) {
      await expect(simulator.results(number, { returns: 0, seed: "1" })).rejects.toMatchObject({
        code: "receiptUnknown",
      });
    }
    for (const returns of [-1, 3, 0.5]) {
      await expect(simulator.results(receiptNumber, { returns, seed: "1" })).rejects.toMatchObject({
        code: "returnsInvalid",
      });
    }
  });

  it("lists the returned transfers with a reason and closes with totals that add up", async () => {
    const simulator = bank();
    const { receiptNumber } = await simulator.submit("a.dat", transferFile({ lines }));
    const { csv } = await simulator.results(receiptNumber, { returns: 7, seed: "1" });
    const rows = new TextDecoder("utf-8", { fatal: true }).decode(csv).trimEnd().split("\r\n");
    expect(rows[0]).toBe("依頼日,振込指定日,銀行,支店,種目,口座,受取人名,金額,理由コード,顧客コード1,顧客コード2");
    const returned = rows.slice(1, -1).map((row) => row.split(","));
    expect(returned).toHaveLength(7);
    for (const cells of returned) {
      // The n-th line has account and 顧客コード1 n, and 9,000 + 1,000 × n yen.
      const n = Number(cells[9]);
      expect(cells.slice(0, 8)).toEqual([
        "2026-12-01",
        "2026-12-15",
        "0182",
        "101",
        "1",
        String(n).padStart(7, "0"),
        "KAKUU TAROU",
        String(9000 + 1000 * n),
      ]);
      expect(["該当口座なし", "受取人名相違", "解約済", "取引停止"]).toContain(cells[8]);
      expect(cells[10]).toBe("0000202612");
    }
    const sum = returned.reduce((total, cells) => total + Number(cells[7]), 0);
    // 50 × 10,000 + 1,000 × (0 + … + 49 = 1,225) = 1,725,000
    expect(rows.at(-1)).toBe(`#TOTAL,50,1725000,7,${sum}`);
  });

  it("echoes the file with a result code at byte 113 of each data record and nothing else changed", async () => {
    const simulator = bank();
    const bytes = transferFile({ lines, crlf: true });
    const { receiptNumber } = await simulator.submit("a.dat", bytes);
    const { echo } = await simulator.results(receiptNumber, { returns: 7, seed: "1" });
    const codes: string[] = [];
    const restored = Uint8Array.from(echo);
    // 122 bytes a record; data records are the 2nd to the 51st.
    for (let record = 1; record <= 50; record++) {
      codes.push(String.fromCharCode(echo[record * 122 + 113] ?? 0));
      restored[record * 122 + 113] = 0x20;
    }
    expect(Buffer.from(restored).equals(Buffer.from(bytes))).toBe(true);
    expect(codes.filter((code) => code === "0")).toHaveLength(43);
    expect(codes.filter((code) => "129".includes(code))).toHaveLength(7);
  });

  it("depends on the seed alone, also after a restart, and without returns says so", async () => {
    const dir = fresh();
    const { receiptNumber } = await bank(dir).submit("a.dat", transferFile({ lines }));
    const text = async (seed: string, returns = 7): Promise<string> =>
      new TextDecoder().decode((await bank(dir).results(receiptNumber, { returns, seed })).csv);
    expect(await text("1")).toBe(await text("1"));
    expect(await text("2")).not.toBe(await text("1"));
    expect((await text("1", 0)).split("\r\n")[1]).toBe("#TOTAL,50,1725000,0,0");
  });

  it("writes the payee's kana as text", async () => {
    const bytes = transferFile({ lines: [{ amount: 10_000, payee: "\u00b6\u00b8\u00b3 \u00c0\u00db\u00b3" }] });
    const simulator = bank();
    const { receiptNumber } = await simulator.submit("a.dat", bytes);
    const { csv } = await simulator.results(receiptNumber, { returns: 1, seed: "1" });
    // 0xB6 0xB8 0xB3 are ｶ ｸ ｳ; 0xC0 0xDB 0xB3 are ﾀ ﾛ ｳ.
    expect(new TextDecoder().decode(csv)).toContain(",ｶｸｳ ﾀﾛｳ,10000,");
  });
});
