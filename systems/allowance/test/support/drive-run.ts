/**
 * Child process of the crash sweep: takes the December run of the seeded city from wherever it stands to its closing, as a
 * careful operator would, with fixed keys. Ends with status 0 when the run is closed.
 *
 * Arguments: database URL, folder of the bank (one file per submission).
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { createPool } from "@hagukumi/platform/database/pool.ts";

import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { closeRun, confirmReturn } from "../../src/payments/close-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { handOverRun, resolveHandOver } from "../../src/payments/hand-over.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { findRun } from "../../src/payments/run-record.ts";
import { APPROVER, contextOf, MAKER, RELEASER } from "./cases.ts";
import { memoryBank, resultCsv } from "./runs.ts";

const [url = "", bankDir = ""] = process.argv.slice(2);
const pool = createPool(url, { applicationName: "crash sweep" });
const inbox = join(bankDir, "inbox.txt");

/** Writes down what it received before it answers, as a bank does. */
const bank = {
  ...memoryBank(),
  submit: async (fileName: string, bytes: Uint8Array) => {
    const receipt = await memoryBank().submit(fileName, bytes);
    appendFileSync(inbox, `${receipt.sha256}\n`);
    return receipt;
  },
};

async function confirmReturned(): Promise<void> {
  const { rows } = await pool.query<{ line_no: number }>(
    "SELECT line_no FROM allowance.result_row WHERE run_no = 1 AND line_no IS NOT NULL ORDER BY 1",
  );
  for (const row of rows) {
    await confirmReturn(contextOf(pool, MAKER), {
      key: `confirm/${row.line_no}`,
      runNo: 1,
      lineNo: row.line_no,
      approvedBy: APPROVER,
    });
  }
}

async function settle(): Promise<void> {
  const { rows } = await pool.query<{
    recipient_id: number;
    amount: number;
    account_number: string;
    n: number;
    total: number;
  }>(
    `SELECT l.recipient_id, l.amount, l.account_number, r.line_count AS n, r.total FROM allowance.run_line l JOIN allowance.payment_run r USING (run_no)
     WHERE run_no = 1 ORDER BY line_no LIMIT 1`,
  );
  const line = rows[0];
  if (line === undefined) throw new Error("no line");
  const returned = [
    {
      customer1: String(line.recipient_id).padStart(10, "0"),
      customer2: "0001202612",
      amount: line.amount,
      account: line.account_number,
    },
  ];
  await importResults(contextOf(pool, MAKER), {
    key: "settle",
    runNo: 1,
    bytes: resultCsv({ count: line.n, amount: line.total }, returned),
  });
}

/** One step forward from the present state; false when there is nothing left to do. */
async function step(): Promise<boolean> {
  const run = await findRun(pool, 1);
  const seen = { runNo: 1, lineDigest: run?.lineDigest ?? "" };
  switch (run?.state) {
    case undefined:
      await createRun(contextOf(pool, MAKER), { key: "create", paymentMonth: "2026-12", kind: "regular" });
      return true;
    case "created":
      await inspectRun(contextOf(pool, MAKER), { key: "inspect", runNo: 1 });
      return true;
    case "inspected":
      await approveRun(contextOf(pool, APPROVER), { key: "approve", ...seen });
      return true;
    case "approved":
      await freezeRun(contextOf(pool, APPROVER), { key: "freeze", runNo: 1 });
      return true;
    case "frozen":
      await handOverRun(contextOf(pool, RELEASER), { key: "handOver", runNo: 1 }, bank);
      return true;
    case "handingOver":
    case "unknown":
      // The operator asks the bank whether it has the file.
      await resolveHandOver(contextOf(pool, RELEASER), {
        key: "resolve",
        runNo: 1,
        received: existsSync(inbox) && readFileSync(inbox, "utf8") !== "",
        evidence: "銀行に電話で確認",
      });
      return true;
    case "handedOver":
      await settle();
      return true;
    case "settled":
      await confirmReturned();
      await closeRun(contextOf(pool, MAKER), { key: "close", runNo: 1 });
      return true;
    case "closed":
    case "cancelled":
    case "voided":
      break;
  }
  return false;
}

while (await step());
const end = await findRun(pool, 1);
await pool.end();
process.exitCode = end?.state === "closed" || end?.state === "voided" ? 0 : 1;
