/** Driving a payment run in tests: each stage by the right person, and a bank that answers as told. */
import { createHash } from "node:crypto";
import type { Pool } from "pg";

import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import type { CreatedRun } from "../../src/payments/create-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { handOverRun } from "../../src/payments/hand-over.ts";
import type { BankChannel } from "../../src/payments/hand-over.ts";
import type { RunKind } from "../../src/payments/states.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { clearReviewItems, listReviewItems } from "../../src/payments/review/items.ts";
import { getRun } from "../../src/payments/run-record.ts";
import { APPROVER, contextOf, MAKER, RELEASER } from "./cases.ts";

/** Who looks at what the machine found, and is neither maker nor approver. */
export const CHECKER = "tenken.saburo";

/** A bank in memory: keeps every file it was sent, so that a test can count double sends. */
export function memoryBank(
  behaviour: "answers" | "losesAnswer" = "answers",
): BankChannel & { readonly received: Uint8Array[] } {
  const received: Uint8Array[] = [];
  return {
    name: "test bank",
    received,
    submit: async (_fileName, bytes) => {
      received.push(bytes);
      if (behaviour === "losesAnswer") throw new Error("connection reset");
      const trailer = Buffer.from(bytes.subarray(bytes.length - 240, bytes.length - 221)).toString("latin1");
      return {
        receiptNumber: `R${received.length}`,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        count: Number(trailer.slice(1, 7)),
        amount: Number(trailer.slice(7, 19)),
      };
    },
  };
}

export async function create(
  pool: Pool,
  paymentMonth = "2026-12",
  kind: RunKind = "regular",
  key = `create/${paymentMonth}/${kind}/${Math.random()}`,
): Promise<CreatedRun> {
  return (await createRun(contextOf(pool, MAKER), { key, paymentMonth, kind })).response;
}

const order = ["inspected", "approved", "frozen", "handedOver"] as const;
export type Stage = (typeof order)[number];

/** Clears every item of the 点検 that is open. @returns how many */
export async function clearAll(pool: Pool, runNo: number): Promise<number> {
  const items = await listReviewItems(pool, { runNo, openOnly: true, limit: 500 });
  if (items.length === 0) return 0;
  const itemNos = items.map(({ itemNo }) => itemNo);
  const key = `clear/${runNo}/${itemNos.join("/").slice(0, 150)}`;
  await clearReviewItems(contextOf(pool, CHECKER), { key, runNo, itemNos, reason: "決定書と照らし合わせた" });
  return items.length;
}

/** Takes a run that was made from where it is handed over to its closing, nothing returned. */
export async function settleAndClose(pool: Pool, runNo: number): Promise<void> {
  const run = await getRun(pool, runNo);
  const bytes = resultCsv({ count: run.lineCount, amount: run.total }, []);
  await importResults(contextOf(pool, MAKER), { key: `settle/${runNo}`, runNo, bytes });
  await closeRun(contextOf(pool, MAKER), { key: `close/${runNo}`, runNo });
}

/** Takes a created run forward to `stage`. */
export async function advance(
  pool: Pool,
  runNo: number,
  stage: Stage,
  bank: BankChannel = memoryBank(),
): Promise<void> {
  const upTo = order.indexOf(stage);
  const key = (name: string): string => `${name}/${runNo}`;
  const { response } = await inspectRun(contextOf(pool, MAKER), { key: key("inspect"), runNo });
  if (upTo >= 1) await clearAll(pool, runNo);
  if (upTo >= 1)
    await approveRun(contextOf(pool, APPROVER), { key: key("approve"), runNo, lineDigest: response.lineDigest });
  if (upTo >= 2) await freezeRun(contextOf(pool, APPROVER), { key: key("freeze"), runNo });
  if (upTo >= 3) await handOverRun(contextOf(pool, RELEASER), { key: key("handOver"), runNo }, bank);
}

/** The bank's result CSV: everything accepted, the given lines returned. */
export function resultCsv(
  accepted: { readonly count: number; readonly amount: number },
  returned: readonly {
    readonly customer1: string;
    readonly customer2: string;
    readonly amount: number;
    readonly bank?: string;
    readonly branch?: string;
    readonly account: string;
  }[],
): Buffer {
  const rows = returned.map((row) =>
    [
      "20261210",
      "20261215",
      row.bank ?? "0182",
      row.branch ?? "101",
      "1",
      row.account,
      "ｶｸｳ",
      row.amount,
      "1",
      row.customer1,
      row.customer2,
    ].join(","),
  );
  const sum = returned.reduce((total, row) => total + row.amount, 0);
  return Buffer.from(
    [
      "依頼日,振込指定日,銀行,支店,種目,口座,受取人名,金額,理由コード,顧客コード1,顧客コード2",
      ...rows,
      `#TOTAL,${accepted.count},${accepted.amount},${returned.length},${sum}`,
    ].join("\r\n"),
  );
}
