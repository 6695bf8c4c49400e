/** `hagukumi start`: sets up what is missing, runs the main job of the synthetic city, and serves the pages. */
import { runKindLabels, stateLabels } from "@hagukumi/allowance/contract.ts";
import { acquireInstanceLock } from "@hagukumi/platform/database/instance-lock.ts";
import type { Command } from "commander";

import { dataFolder, openContext, stepProgress } from "../context.ts";
import { refuseProduction, serveDemo, whole } from "../start/serve-demo.ts";
import { runMainJob, WORK_DAY } from "../start/main-job.ts";
import type { MainJobResult } from "../start/main-job.ts";

type StartOptions = {
  readonly population: number;
  readonly seed: string;
  readonly port: number;
  readonly serve: boolean;
  readonly json?: boolean;
};

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

async function start(options: StartOptions): Promise<void> {
  refuseProduction("start");
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
    await serveDemo({
      opened,
      dataDir,
      port: options.port,
      workDay: WORK_DAY,
      report: progress.report,
      onReady: progress.finish,
    });
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
