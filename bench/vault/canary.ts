/**
 * 漏えいの走査. `npm run canary -- [numbers]`, default 10,000: a server of its own, every statement logged, a day with numbers; then every byte on the
 * disk is looked at in each of 17 forms. `npm run canary -- started [residents]`, default 100,000: `hagukumi start` with its month of daily life, and then
 * names, addresses, accounts and numbers, each in its forms, against the list of what each place may hold. `HAGUKUMI_DATA` names a folder that a start has left
 * and whose program has ended. Ends with status 1 where something lies where it may not.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { scanPaths } from "@hagukumi/vault/contract.ts";

import { liveThroughADay } from "../../systems/unified-addressee/test/support/canary-city.ts";
import { scanStarted } from "../../cli/test/support/started-scan.ts";

const SEED = "hagukumi";
const said = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([what, n]) => `${n.toLocaleString("en")} ${what}`)
    .join(", ");
const size = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;
const folder = mkdtempSync(join(tmpdir(), "hagukumi-canary-"));

async function numbers(count: number): Promise<void> {
  const city = await liveThroughADay(folder, count);
  try {
    const begun = performance.now();
    const { files, bytes, hits } = await scanPaths(city.numbers, [folder]);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    process.stdout.write(`${count} numbers, ${files} files, ${size(bytes)}, ${seconds} s: ${hits.length} found\n`);
    for (const { file, offset, form } of hits.slice(0, 20))
      process.stdout.write(`  ${file.slice(folder.length)} at ${offset} as ${form}\n`);
    if (hits.length > 0) process.exitCode = 1;
  } finally {
    await city.end();
  }
}

/** Lets a city start in a folder, and keeps what the program printed. */
function start(dataDir: string, residents: number): string {
  const main = resolve(import.meta.dirname, "../../cli/src/main.ts");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, "start", "--no-serve", "--seed", SEED, "--population", String(residents)],
    { env: { ...process.env, HAGUKUMI_DATA: dataDir }, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`hagukumi start ended with ${String(status)}: ${stderr.slice(-2_000)}`);
  const printed = join(folder, "printed.txt");
  writeFileSync(printed, stdout + stderr);
  return printed;
}

async function started(residents: number): Promise<void> {
  const given = process.env["HAGUKUMI_DATA"];
  const dataDir = given ?? join(folder, "data");
  const printed = given === undefined ? [start(dataDir, residents)] : [];
  const begun = performance.now();
  const { planted, files, bytes, tables, seen, leaks } = await scanStarted(dataDir, SEED, folder, { further: printed });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  process.stdout.write(
    `planted: ${said(planted)}\nseen where they may be: ${said(seen)}\n${files.toLocaleString("en")} files, ${tables} tables, ${size(bytes)}, ${seconds} s: ${leaks.length} found where they may not be\n`,
  );
  for (const { where, what, form, offset } of leaks.slice(0, 40))
    process.stdout.write(`  ${what} in ${where} at ${offset} as ${form}\n`);
  if (leaks.length > 0) process.exitCode = 1;
}

try {
  const [first = "10000", second = "100000"] = process.argv.slice(2);
  if (first === "started") await started(Number(second));
  else await numbers(Number(first));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
