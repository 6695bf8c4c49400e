/**
 * How fast the law is: `node bench/law/main.ts [--lines 1000000]`.
 *
 * Three figures: amounts from facts in memory on one core; whole lines through the real `hagukumi assess` process; and the
 * floor, the same lines only parsed and written again in the same streaming frame. The processor time of each process is
 * printed beside the wall clock, because the machine may be busy with other things.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createMonthlyAmounts, month, monthNumber, parseCase, type MonthlyAmounts } from "@hagukumi/law/contract.ts";
import { familyLine } from "./families.ts";

const BATCH = 20_000;
const CLOCK_TICKS = 100;

const { values } = parseArgs({ options: { lines: { type: "string", default: "1000000" } } });
const lines = Number(values.lines);

const perSecond = (count: number, seconds: number): string => Math.round(count / seconds).toLocaleString("en-US");

function prepared(count: number): MonthlyAmounts[] {
  const families: MonthlyAmounts[] = [];
  for (let index = 0; index < count; index += 1) {
    const read = parseCase(JSON.parse(familyLine(index)));
    if (!read.ok) throw new Error(read.problem.message);
    families.push(createMonthlyAmounts(read.value));
  }
  return families;
}

/** Household-months a second on one core: 20,000 families, every month of ten years, best of five rounds. */
function measureAmounts(): void {
  const families = prepared(20_000);
  const from = monthNumber(month("2024-10"));
  const months = 120;
  let best = Number.POSITIVE_INFINITY;
  let yen = 0;
  for (let round = 0; round < 5; round += 1) {
    const started = process.cpuUsage();
    yen = 0;
    for (const family of families) for (let at = from; at < from + months; at += 1) yen += family(at);
    const used = process.cpuUsage(started);
    best = Math.min(best, (used.user + used.system) / 1e6);
  }
  const count = families.length * months;
  console.log(
    `amounts in memory, one core: ${perSecond(count, best)} household-months/s (checksum ${String(yen)} yen)`,
  );
}

interface Usage {
  readonly seconds: number;
  readonly peakKiB: number;
  readonly samples: readonly string[];
}

function residentKiB(pid: number, field: "VmRSS" | "VmHWM"): number {
  const found = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  return Number(found?.[1] ?? 0);
}

function cpuSeconds(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .split(") ")[1]
      ?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

/** Feeds `count` lines to a process and reads what it used from /proc just before its input ends. */
async function feed(title: string, command: string, args: readonly string[], count: number): Promise<void> {
  const batch: string[] = [];
  for (let index = 0; index < Math.min(BATCH, count); index += 1) batch.push(familyLine(index));
  const block = Buffer.from(`${batch.join("\n")}\n`);
  const sink = openSync("/dev/null", "w");
  const child = spawn(command, args, { stdio: ["pipe", sink, "inherit"] });
  const { pid, stdin } = child;
  if (pid === undefined || stdin === null) throw new Error(`could not start ${command}`);
  const exited = once(child, "exit");
  const usage = await feedBlocks(pid, stdin, block, Math.max(1, Math.round(count / batch.length)));
  const [status] = (await exited) as [number];
  closeSync(sink);
  if (status !== 0) throw new Error(`${title} ended with status ${String(status)}`);
  const fed = Math.max(1, Math.round(count / batch.length)) * batch.length;
  const wall = (performance.now() - usage.started) / 1000;
  console.log(
    `${title}: ${perSecond(fed, wall)} lines/s (${fed.toLocaleString("en-US")} lines in ${wall.toFixed(1)} s wall, ` +
      `${((usage.seconds / fed) * 1e6).toFixed(2)} µs of processor time a line), ` +
      `peak ${Math.round(usage.peakKiB / 1024).toLocaleString("en-US")} MiB; resident at quarters: ${usage.samples.join(", ")}`,
  );
}

async function feedBlocks(
  pid: number,
  input: NodeJS.WritableStream,
  block: Buffer,
  times: number,
): Promise<Usage & { readonly started: number }> {
  const samples: string[] = [];
  const started = performance.now();
  for (let sent = 1; sent <= times; sent += 1) {
    if (!input.write(block)) await once(input, "drain");
    if (sent % Math.max(1, Math.round(times / 4)) === 0) {
      samples.push(`${String(Math.round(residentKiB(pid, "VmRSS") / 1024))} MiB`);
    }
  }
  const usage = { seconds: cpuSeconds(pid), peakKiB: residentKiB(pid, "VmHWM"), samples, started };
  input.end();
  return usage;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const [cpu] = cpus();
console.log(
  `${cpu?.model ?? "unknown processor"} × ${String(availableParallelism())}, ${String(Math.round(totalmem() / 2 ** 30))} GiB, Node ${process.version}, load ${loadavg()[0]?.toFixed(1) ?? "?"}`,
);
measureAmounts();
await feed("floor (JSON.parse + JSON.stringify)", process.execPath, [path("floor.ts")], lines);
await feed("hagukumi assess, amountOnly", path("../../cli/bin/hagukumi"), ["assess"], lines);
