/**
 * The main job of `hagukumi start`: a synthetic city pays its child allowance, through the same operations that people
 * use. Each step looks at what is already there, so that a second start, or one after a crash, does only what is missing.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import {
  approveAll,
  approveRun,
  clearReviewItems,
  countPendingCases,
  createRun,
  examineAll,
  findRun,
  freezeRun,
  getRun,
  handOverRun,
  importBankMaster,
  importFeeds,
  importResults,
  inspectRun,
  listReviewItems,
  readFrozenFile,
  recordDecisionParts,
  resolveHandOver,
  structureAddresses,
  seedDemoChildAccounts,
  seedDemoSettings,
  transferFileName,
  verifyMoney,
  writePayeeList,
} from "@hagukumi/allowance/contract.ts";
import type { CheckResult, Context, RunRecord } from "@hagukumi/allowance/contract.ts";
import { createBankSimulator } from "@hagukumi/outside-bank/contract.ts";
import type { BankSimulator } from "@hagukumi/outside-bank/contract.ts";
import { writeCity } from "@hagukumi/outside-city/contract.ts";
import { installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";

import { type LifeResult, liveMonth, WORK_DAY } from "./daily-life.ts";
import { fileDemoClaims } from "./demo-filings.ts";
import { sendDemoLetters } from "./demo-letters.ts";

/** People of the demonstration: who makes, approves and releases are different, as the law of the house wants. */
const people = {
  register: "demo.daicho",
  examiner: "demo.shinsa",
  decider: "demo.kessai",
  maker: "demo.shiharai",
  approver: "demo.kakaricho",
  releaser: "demo.suito",
} as const;

/** The demonstration's days: the registers' state, the payment month. */
const AS_OF = "2026-11-20";
const PAYMENT_MONTH = "2026-12";
const RETURNED_ITEMS = 2;
/** Days of daily life after the day of work: up to the last working day of the year, 2026-12-28. */
export const LIFE_DAYS = 27;

export type MainJobOptions = {
  readonly context: Context;
  /** Where the vault's database lies beside the one of the context */
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly population: number;
  readonly seed: string;
  /** Days of daily life that the other offices send, 0–27 */
  readonly days: number;
};

export type MainJobResult = {
  /** Whether anything had to be done */
  readonly changed: boolean;
  readonly recipients: number;
  readonly children: number;
  readonly run: RunRecord;
  readonly returned: number;
  readonly checks: readonly CheckResult[];
  readonly files: readonly string[];
  readonly life: LifeResult;
};

type Job = { readonly options: MainJobOptions; readonly as: (who: keyof typeof people) => Context; changed: boolean };

async function loadCity(job: Job): Promise<void> {
  const { context, dataDir, population, seed } = job.options;
  const { rowCount: loaded } = await context.pool.query(
    "SELECT 1 FROM allowance.import_batch WHERE file_name = 'claim_children.csv' LIMIT 1",
  );
  if (loaded === 0) {
    const directory = join(dataDir, "city");
    await writeCity({
      population,
      seed,
      asOf: AS_OF,
      directory,
      force: existsSync(directory),
      onProgress: (done, total) => context.onProgress?.("架空の市を作る", done, total),
    });
    await importFeeds(job.as("register"), directory);
    job.changed = true;
  }
}

/**
 * Examines and approves until nothing more can be decided: a case whose child belongs to another case of the same round is
 * left for the next one, where the register already knows that other case.
 */
async function decideClaims(job: Job): Promise<void> {
  while ((await countPendingCases(job.options.context.pool)) > 0) {
    await examineAll(job.as("examiner"));
    const { decisions, granted, refused } = await approveAll(job.as("decider"));
    if (decisions + granted + refused === 0) return;
    job.changed = true;
  }
}

/** The record items of 別添1 that follow from decisions and addresses. */
async function recordParts(job: Job): Promise<void> {
  const parts = await recordDecisionParts(job.as("examiner"));
  const addresses = await structureAddresses(job.as("register"));
  if (parts.recorded + addresses.structured > 0) job.changed = true;
}

/** A hand-over whose answer was lost: the bank is asked whether it has the file. Nothing is sent a second time. */
async function askBank(job: Job, runNo: number, bank: BankSimulator): Promise<void> {
  const { sha256 } = await readFrozenFile(job.options.context.pool, runNo);
  const receipt = await bank.findReceipt(sha256);
  const evidence = receipt === undefined ? "受付照会: 受け付けていない" : `受付照会: 受付番号 ${receipt.receiptNumber}`;
  await resolveHandOver(job.as("releaser"), {
    key: `start/resolve/${runNo}`,
    runNo,
    received: receipt !== undefined,
    evidence,
  });
}

async function settle(job: Job, run: RunRecord, bank: BankSimulator): Promise<void> {
  const { sha256 } = await readFrozenFile(job.options.context.pool, run.runNo);
  const receipt = await bank.findReceipt(sha256);
  if (receipt === undefined) {
    throw new Refusal(
      "resultMismatch",
      `銀行に支払処理 ${run.runNo} のファイルの受付がありません。銀行の受付を確かめてください。`,
      { runNo: run.runNo },
    );
  }
  const returns = Math.min(RETURNED_ITEMS, run.lineCount);
  const { csv } = await bank.results(receipt.receiptNumber, { returns, seed: job.options.seed });
  await writeFileAtomic(join(job.options.dataDir, "files", `results-${String(run.runNo).padStart(4, "0")}.csv`), csv);
  await importResults(job.as("maker"), { key: `start/settle/${run.runNo}`, runNo: run.runNo, bytes: csv });
}

/** 点検: every item that the comparison and the recalculation raised is cleared by the approver, as a person would on the screen. */
async function clearReview(job: Job, runNo: number): Promise<void> {
  for (;;) {
    const items = await listReviewItems(job.options.context.pool, { runNo, openOnly: true, limit: 500 });
    const first = items[0];
    if (first === undefined) return;
    await clearReviewItems(job.as("approver"), {
      key: `start/clear/${runNo}/${first.itemNo}`,
      runNo,
      itemNos: items.map(({ itemNo }) => itemNo),
      reason: "デモ: 決定と照らし合わせた",
    });
  }
}

/** One step of the run's way; false when the demonstration's run stands where the start leaves it (results imported). */
async function stepRun(job: Job, runNo: number, bank: BankSimulator): Promise<boolean> {
  const run = await findRun(job.options.context.pool, runNo);
  const key = (name: string): string => `start/${name}/${runNo}`;
  switch (run?.state) {
    case undefined:
      await createRun(job.as("maker"), { key: key("create"), paymentMonth: PAYMENT_MONTH, kind: "regular" });
      return true;
    case "created":
      await inspectRun(job.as("maker"), { key: key("inspect"), runNo });
      return true;
    case "inspected":
      await clearReview(job, runNo);
      await approveRun(job.as("approver"), { key: key("approve"), runNo, lineDigest: run.lineDigest });
      return true;
    case "approved":
      await freezeRun(job.as("approver"), { key: key("freeze"), runNo });
      return true;
    case "frozen":
      await handOverRun(job.as("releaser"), { key: key("handOver"), runNo }, bank);
      return true;
    case "handingOver":
    case "unknown":
      await askBank(job, runNo, bank);
      return true;
    case "handedOver":
      await settle(job, run, bank);
      return true;
    case "settled": // the rest (confirming the returned items, closing) is left to people
    case "closed":
    case "cancelled":
    case "voided":
      break;
  }
  return false;
}

/** The files of the run in the data folder; written again where one is missing. */
async function writeFiles(job: Job, run: RunRecord): Promise<readonly string[]> {
  const folder = join(job.options.dataDir, "files");
  const transfer = join(folder, transferFileName(run.runNo, run.payOn));
  if (!existsSync(transfer))
    await writeFileAtomic(transfer, (await readFrozenFile(job.options.context.pool, run.runNo)).bytes);
  // The print engine exists for x64 alone; elsewhere the demonstration goes on without the printed list.
  const list = await writePayeeList(job.as("maker"), { runNo: run.runNo, outDir: folder }).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === "printEngineMissing") return undefined;
    throw error;
  });
  return list === undefined ? [transfer] : [transfer, list.csv, ...list.pdf];
}

async function count(context: Context, sql: string, runNo: number): Promise<number> {
  const { rows } = await context.pool.query<{ n: number }>(sql, [runNo]);
  return rows[0]?.n ?? 0;
}

/** The run that the first start makes. */
const FIRST_RUN = 1;

/** Whether `start` may make, or go on with, the run of this number: none is there yet, or it is its own. */
async function isOurs(job: Job, runNo: number): Promise<boolean> {
  const run = await findRun(job.options.context.pool, runNo);
  return (
    run === undefined ||
    (run.maker === people.maker && run.kind === "regular" && run.paymentMonth === `${PAYMENT_MONTH}-01`)
  );
}

/**
 * Takes the run as far as `start` takes it. Where the bank never got the file (a crash between the intention and the
 * sending) that run is void, and another is made in its place, unless someone has gone on by hand since.
 *
 * @returns the number of the run that pays
 */
async function bringRunForward(job: Job, bank: BankSimulator): Promise<number> {
  for (let runNo = FIRST_RUN; ; runNo += 1) {
    while (await stepRun(job, runNo, bank)) job.changed = true;
    const { state, maker } = await getRun(job.options.context.pool, runNo);
    if (state !== "voided" || maker !== people.maker || !(await isOurs(job, runNo + 1))) return runNo;
  }
}

/**
 * Brings the demonstration to its end state. Safe to call at any time and after any crash.
 *
 * @throws Refusal of any step; what was done stays
 */
export async function runMainJob(options: MainJobOptions): Promise<MainJobResult> {
  const today = WORK_DAY;
  const job: Job = {
    options,
    as: (who) => ({ ...options.context, operator: people[who], purpose: "デモ: 支払期の処理", today }),
    changed: false,
  };
  await mkdir(join(options.dataDir, "files"), { recursive: true, mode: 0o700 });
  const seeded = await seedDemoSettings(options.context.pool, people.register, people.decider);
  const { loaded } = await importBankMaster(job.as("register"), installedSnapshot().snapshot, "zengin-code");
  if (seeded > 0 || loaded) job.changed = true;
  await loadCity(job);
  await decideClaims(job);
  await recordParts(job);
  if ((await seedDemoChildAccounts(options.context.pool, people.register, people.decider)) > 0) job.changed = true;
  const bank = createBankSimulator({ dir: join(options.dataDir, "outside-bank") });
  const run = await getRun(options.context.pool, await bringRunForward(job, bank));
  const letters = { enters: job.as("register"), approves: job.as("decider"), makes: job.as("examiner") };
  if ((await sendDemoLetters(letters, run.runNo)) > 0) job.changed = true;
  const { databaseUrl, dataDir, seed, days } = options;
  const about = { databaseUrl, dataDir, seed, days, approver: people.decider };
  const life = await liveMonth({ ...about, context: { ...job.as("register"), purpose: "デモ: 庁内連携" } });
  if (life.changed) await recordParts(job);
  // What waits at the counter was received in the days before the pages are opened.
  const filed = await fileDemoClaims({ ...job.as("register"), today: life.until });
  if (filed > 0 || life.changed) job.changed = true;
  return {
    changed: job.changed,
    recipients: await count(
      options.context,
      "SELECT count(DISTINCT recipient_id)::int AS n FROM allowance.run_line WHERE run_no = $1",
      run.runNo,
    ),
    children: await count(
      options.context,
      "SELECT count(DISTINCT child_number)::int AS n FROM allowance.run_item WHERE run_no = $1",
      run.runNo,
    ),
    run,
    returned: await count(
      options.context,
      "SELECT count(*)::int AS n FROM allowance.result_row WHERE run_no = $1",
      run.runNo,
    ),
    checks: await verifyMoney(job.as("maker")),
    files: await writeFiles(job, run),
    life,
  };
}
