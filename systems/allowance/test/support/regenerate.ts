/**
 * Child process: encodes the file of a run again and again from what is stored and prints how often each SHA-256 came out.
 *
 * Arguments: database URL, run number, how often.
 */
import { createHash } from "node:crypto";

import { encodeTransferFile } from "@hagukumi/platform/bank/encode.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";

import { readTransferFile } from "../../src/payments/freeze-run.ts";
import { getRun } from "../../src/payments/run-record.ts";

const [url = "", runNo = "1", times = "1"] = process.argv.slice(2);
const pool = createPool(url, { applicationName: "regenerate" });
const found: Record<string, number> = {};
for (let count = 0; count < Number(times); count += 1) {
  const { testBank, ...file } = await readTransferFile(pool, await getRun(pool, Number(runNo)));
  const encoded = encodeTransferFile(file, { allowTestBanks: testBank });
  if (!encoded.ok) throw new Error(encoded.problem.message);
  const sha256 = createHash("sha256").update(encoded.value.bytes).digest("hex");
  found[sha256] = (found[sha256] ?? 0) + 1;
}
await pool.end();
process.stdout.write(`${JSON.stringify(found)}\n`);
