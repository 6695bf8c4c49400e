/**
 * 漏えいの走査 with many numbers: `npm run canary -- [numbers]`, default 10,000. A server of its own, every statement logged; then every byte on the
 * disk is looked at in each of 17 forms. Ends with status 1 where a number is found.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { scanPaths } from "@hagukumi/vault/contract.ts";

import { liveThroughADay } from "../../systems/unified-addressee/test/support/canary-city.ts";

const count = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), "hagukumi-canary-"));
try {
  const city = await liveThroughADay(folder, count);
  try {
    const begun = performance.now();
    const { files, bytes, hits } = await scanPaths(city.numbers, [folder]);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    process.stdout.write(
      `${count} numbers, ${files} files, ${(bytes / 1_048_576).toFixed(0)} MiB, ${seconds} s: ${hits.length} found\n`,
    );
    for (const { file, offset, form } of hits.slice(0, 20))
      process.stdout.write(`  ${file.slice(folder.length)} at ${offset} as ${form}\n`);
    if (hits.length > 0) process.exitCode = 1;
  } finally {
    await city.end();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
