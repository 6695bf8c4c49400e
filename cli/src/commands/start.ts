/** `hagukumi start`: sets up what is missing, runs the main job of the synthetic city, and serves the pages. */
import { runKindLabels, stateLabels } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { startLogKeeping } from "@hagukumi/platform/access/log-keeping.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { acquireInstanceLock } from "@hagukumi/platform/database/instance-lock.ts";
import { createBankSimulator } from "@hagukumi/outside-bank/contract.ts";
import { isProduction, openIdentity, readSettings } from "@hagukumi/platform/identity/settings.ts";
import type { Command } from "commander";
import type { Demo } from "@hagukumi/web-staff/contract.ts";
import { InvalidArgumentError } from "commander";
import { join } from "node:path";

import { startMassWorker } from "../mass-worker.ts";
import { dataFolder, openContext, stepProgress } from "../context.ts";
import { runMainJob, WORK_DAY } from "../start/main-job.ts";
import type { MainJobResult } from "../start/main-job.ts";

type StartOptions = {
  readonly population: number;
  readonly seed: string;
  readonly port: number;
  readonly serve: boolean;
  readonly json?: boolean;
};

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`${least}〜${most} の整数を指定してください。`);
    return value;
  };
}

/** The short table at the end of the main job. */
function table(result: MainJobResult, seconds: number): string {
  const { run } = result;
  const broken = result.checks.filter((check) => check.violations > 0);
  const rows: readonly (readonly [string, string])[] = [
    [
      "支払処理",
      `${run.runNo}（${run.paymentMonth.slice(0, 7)} ${runKindLabels[run.kind]}、${run.monthsFrom.slice(0, 7)}〜${run.monthsTo.slice(0, 7)}月分、支払日 ${run.payOn}）`,
    ],
    ["状態", stateLabels[run.state]],
    ["受給者", `${result.recipients.toLocaleString("ja-JP")}人`],
    ["児童", `${result.children.toLocaleString("ja-JP")}人`],
    ["金額", `${run.total.toLocaleString("ja-JP")}円`],
    ["明細", `${run.lineCount.toLocaleString("ja-JP")}件`],
    ["振込不能", `${result.returned}件`],
    [
      "不変条件",
      broken.length === 0
        ? `${result.checks.length}項目すべて正常`
        : `${broken.length}項目に異常: ${broken.map((check) => check.id).join(" ")}`,
    ],
    ["時間", `${seconds.toFixed(1)}秒`],
  ];
  const files = result.files.map((file) => `  ${file}`).join("\n");
  return `${rows.map(([name, value]) => `${name.padEnd(6, "　")} ${value}`).join("\n")}\nファイル\n${files}`;
}

/** Who can log in, for the terminal: all of them are made up. */
function whoCanLogIn({ people }: Demo): string {
  const lines = people.map(({ staffId, name, what }) => `  ${staffId.padEnd(14)} ${name}　${what}`);
  return `ログインできるデモの職員（画面で選びます。職員証はソフトウェアの鍵、パスワードは画面に出ます）\n${lines.join("\n")}`;
}

async function untilStopped(): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(signal));
  });
}

/** @throws Refusal `demoNotPermitted`: made-up people and known passwords have no place in the real thing */
function refuseProduction(): void {
  if (!isProduction(process.env)) return;
  throw new Refusal(
    "demoNotPermitted",
    "「hagukumi start」は架空の市のデモです。本番の設定（HAGUKUMI_ENV=production）では起動しません。何も変えていません。",
  );
}

async function start(options: StartOptions): Promise<void> {
  refuseProduction();
  const begun = performance.now();
  const dataDir = dataFolder();
  const lock = await acquireInstanceLock(dataDir);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const progress = stepProgress(options.json === true);
  const opened = await openContext({ operator: "demo.start", purpose: "デモの起動" }, progress.report, abort.signal);
  try {
    const result = await runMainJob({
      context: opened.context,
      dataDir,
      population: options.population,
      seed: options.seed,
    });
    progress.finish();
    const seconds = (performance.now() - begun) / 1000;
    const news = result.changed ? "支払の処理を終えました。" : "前回から変わったことはありません。何も変えていません。";
    process.stdout.write(
      options.json === true ? `${JSON.stringify({ ...result, seconds })}\n` : `${news}\n${table(result, seconds)}\n`,
    );
    if (result.checks.some((check) => check.violations > 0)) process.exitCode = 1;
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
    if (!options.serve) return;
    // Loaded only here, so that a start without pages does not wait for them.
    const { startStaffServer } = await import("@hagukumi/web-staff/contract.ts");
    const { openDemoDesk } = await import("../start/demo-desk.ts");
    const stopped = untilStopped();
    const { context } = opened;
    const origin = `http://localhost:${options.port}`;
    const identity = await openIdentity(context.pool, dataDir, readSettings(process.env, { origin }));
    const key = await readSealKey(dataDir);
    const demo = await openDemoDesk(identity, dataDir, progress.report);
    progress.finish();
    const server = await startStaffServer({
      pool: context.pool,
      calendar: context.calendar,
      // The made-up city has worked up to this day; a counter that lags behind it would receive claims in its past.
      today: () => (context.today < WORK_DAY ? WORK_DAY : context.today),
      dataDir,
      installation: "demo",
      identity,
      demo,
      bank: createBankSimulator({ dir: join(dataDir, "outside-bank") }),
      port: options.port,
    });
    const logs = await startLogKeeping(context.pool, key, dataDir, (line) => process.stderr.write(`${line}\n`));
    const worker = startMassWorker({
      url: opened.database.url,
      reportsDir: context.reportsDir,
      today: context.today < WORK_DAY ? WORK_DAY : context.today,
      onLine: (line) => process.stderr.write(`${line}\n`),
    });
    process.stderr.write(`画面: ${server.url} （終了は Ctrl-C）\n${whoCanLogIn(demo)}\n`);
    await stopped;
    await server.close();
    await worker.close();
    await logs.close();
    process.stderr.write("終了しました。データは残っています。\n");
  } finally {
    progress.finish();
    await opened.database.close();
    await lock.release();
  }
}

/** Adds `hagukumi start`. */
export function registerStart(program: Command): void {
  program
    .command("start")
    .description(
      "架空の市で支払期 2026-12 を処理し、画面を出す / run the main job on the synthetic city and serve the pages",
    )
    .option("--population <n>", "架空の市の人口 / residents", whole(100, 2_000_000), 5000)
    .option("--seed <text>", "市を作る種 / seed", "hagukumi")
    .option("--port <n>", "画面のポート / port", whole(1, 65_535), 8080)
    .option("--no-serve", "処理だけして終わる / do not serve")
    .action(async (_options: unknown, command: Command) => {
      await start(command.optsWithGlobals<StartOptions>());
    });
}
