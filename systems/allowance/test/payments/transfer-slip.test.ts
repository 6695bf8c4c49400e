/** 送付票: the file on its way to 会計課. Whatever byte is changed, in the file or in the slip, nothing is received. */
import { generateKeyPairSync } from "node:crypto";

import { sealKeyOf } from "@hagukumi/platform/access/seal/block.ts";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { readFrozenFile } from "../../src/payments/freeze-run.ts";
import { transferFileName } from "../../src/payments/hand-over.ts";
import { handOverByHand, recordReceipt } from "../../src/payments/hand-over-by-hand.ts";
import { getRun } from "../../src/payments/run-record.ts";
import {
  checkTransferSlip,
  readSlipKey,
  readTransferReceipt,
  writeTransferReceipt,
  writeTransferSlip,
} from "../../src/payments/transfer-slip.ts";
import { contextOf, MAKER, RELEASER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create } from "../support/runs.ts";

const database = useDatabase();
const newKey = () =>
  sealKeyOf(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString());
const key = newKey();
const other = newKey();
const refused = expect.objectContaining({ name: "Refusal", code: "transferFileAltered" });
let bytes: Buffer = Buffer.alloc(0);
let slip: Buffer = Buffer.alloc(0);
let runNo = 0;

beforeAll(async () => {
  await seedCases(database.pool, threeFamilies);
  ({ runNo } = await create(database.pool));
  await advance(database.pool, runNo, "frozen");
  const { payOn } = await getRun(database.pool, runNo);
  const file = await readFrozenFile(database.pool, runNo);
  bytes = file.bytes;
  slip = Buffer.from(writeTransferSlip({ ...file, fileName: transferFileName(runNo, payOn), runNo, payOn }, key));
});

const check = (file: Uint8Array, paper: Uint8Array, by = key) => checkTransferSlip(file, paper, by.publicKey, true);

function flipped(of: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(of);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

describe("the file on its way to 会計課", () => {
  it("[THR84] every byte of the file and every byte of the slip, flipped one by one, is refused; untouched, count and sum are those of the run, and the receipt closes the hand-over", async () => {
    for (const [name, of] of [
      ["file", bytes],
      ["slip", slip],
    ] as const) {
      expect(of.length).toBeGreaterThan(300);
      for (let at = 0; at < of.length; at += 1) {
        const changed = flipped(of, at, at % 8);
        const tried = () => (name === "file" ? check(changed, slip) : check(bytes, changed));
        expect(tried, `${name} byte ${at}`).toThrow(refused);
      }
    }
    const run = await getRun(database.pool, runNo);
    const received = check(bytes, slip);
    expect(received).toMatchObject({ runNo, count: run.lineCount, amount: run.total, length: bytes.length });
    await handOverByHand(contextOf(database.pool, RELEASER), {
      key: "hand",
      runNo,
      receiver: "会計課 架空",
      medium: "USB",
    });
    const paper = Buffer.from(writeTransferReceipt(received, "会計課 架空"));
    expect(() => readTransferReceipt(paper, runNo + 1)).toThrow(expect.objectContaining({ code: "receiptInvalid" }));
    expect(() => writeTransferReceipt(received, " ")).toThrow(expect.objectContaining({ code: "receiptInvalid" }));
    const { count, amount, sha256 } = readTransferReceipt(paper, runNo);
    const { response } = await recordReceipt(contextOf(database.pool, RELEASER), {
      key: "receipt",
      runNo,
      receipt: "会計課 架空",
      count,
      amount,
      sha256,
    });
    expect(response.state).toBe("handedOver");
    expect((await getRun(database.pool, runNo)).state).toBe("handedOver");
  });

  it("cut, longer, with lines taken out, doubled or in another order, signed by another, or with another run's slip: refused", async () => {
    const bits = fc.record({ at: fc.nat(), bit: fc.nat(7) });
    fc.assert(
      fc.property(fc.constantFrom("file", "slip"), fc.array(bits, { minLength: 1, maxLength: 5 }), (name, flips) => {
        const of = name === "file" ? bytes : slip;
        let changed: Buffer = of;
        for (const { at, bit } of flips) changed = flipped(changed, at % of.length, bit);
        fc.pre(Buffer.compare(changed, of) !== 0);
        expect(() => (name === "file" ? check(changed, slip) : check(bytes, changed))).toThrow(refused);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 240 }), (at, more) => {
        expect(() => check(bytes.subarray(0, at), slip)).toThrow(refused);
        expect(() => check(Buffer.concat([bytes, more]), slip)).toThrow(refused);
        expect(() => check(Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]), slip)).toThrow(refused);
      }),
      { numRuns: 100 },
    );
    const records = Array.from({ length: bytes.length / 120 }, (_, index) =>
      bytes.subarray(index * 120, index * 120 + 120),
    );
    const [head = bytes, first = bytes, second = bytes, ...rest] = records;
    for (const lines of [
      [head, second, first, ...rest],
      [head, first, first, second, ...rest],
      [head, second, ...rest],
    ]) {
      expect(() => check(Buffer.concat(lines), slip)).toThrow(refused);
    }
    // Somebody who has no key of the installation signs a file of his own.
    const forged = Buffer.from(
      writeTransferSlip(
        { fileName: "hagukumi-0001-20261215.dat", runNo, payOn: "2026-12-15", count: 3, amount: 1, bytes },
        other,
      ),
    );
    expect(() => check(bytes, forged)).toThrow(refused);
    expect(() => check(bytes, slip, other)).toThrow(refused);
    expect(() => check(bytes, Buffer.from(" "))).toThrow(refused);
    // Signed by the right key, but the totals are not those of the lines.
    const wrong = Buffer.from(
      writeTransferSlip(
        { fileName: "hagukumi-0001-20261215.dat", runNo, payOn: "2026-12-15", count: 3, amount: 1, bytes },
        key,
      ),
    );
    expect(() => check(bytes, wrong)).toThrow(refused);
    expect(() => readSlipKey("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")).toThrow(
      expect.objectContaining({ code: "slipKeyInvalid" }),
    );
    const secret = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(() => readSlipKey(secret)).toThrow(expect.objectContaining({ code: "slipKeyInvalid" }));
    expect(readSlipKey(key.publicKey.export({ type: "spki", format: "pem" }).toString()).equals(key.publicKey)).toBe(
      true,
    );
    await expect(
      handOverByHand(contextOf(database.pool, MAKER), { key: "again", runNo, receiver: "会計課", medium: "USB" }),
    ).rejects.toThrow(expect.objectContaining({ name: "Refusal" }));
  });
});
