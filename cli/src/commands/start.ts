/** `hagukumi start`: sets up what is missing, runs the main job of the synthetic city, and serves the pages. */
import { runKindLabels, stateLabels } from "@hagukumi/allowance/contract.ts";
import { acquireInstanceLock } from "@hagukumi/platform/database/instance-lock.ts";
import type { Command } from "commander";

import { dataFolder, openContext, stepProgress } from "../context.ts";
import { refuseProduction, serveDemo, whole } from "../start/serve-demo.ts";
import { storeFolder } from "../start/daily-life.ts";
import { LIFE_DAYS, runMainJob } from "../start/main-job.ts";
import type { MainJobResult } from "../start/main-job.ts";

type StartOptions = {
  readonly population: number;
  readonly seed: string;
  readonly days: number;
  readonly port: number;
  readonly serve: boolean;
  readonly dayEvery: number;
  readonly json?: boolean;
};

const count = (value: number): string => value.toLocaleString("ja-JP");

/** What the other offices sent after the payment period; nothing where they sent nothing. */
function lifeRows({ life }: MainJobResult): readonly (readonly [string, string])[] {
  const { until, deliveries, byRest, changes, open, reports, refused, gaps, numbers, differences } = life;
  if (deliveries === 0) return [];
  return [
    ["庁内連携", `${until} まで、配信 ${count(deliveries)}件（うち REST ${count(byRest)}件）`],
    ["変更の仕事", `${count(changes)}件（うち付記からの変更届 ${count(reports)}件、未処理 ${count(open)}件）`],
    ["不受理と欠番", `不受理 ${count(refused)}件、欠番 ${count(gaps)}件`],
    ["突合の違い", differences === null ? "まだ突き合わせていない" : `${count(differences)}件（説明のないもの）`],
    ["個人番号", `${count(numbers)}人（金庫の中だけ。架空の番号）`],
  ];
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
    ...lifeRows(result),
    ["時間", `${seconds.toFixed(1)}秒`],
  ];
  const files = result.files.map((file) => `  ${file}`).join("\n");
  return `${rows.map(([name, value]) => `${name.padEnd(7, "　")} ${value}`).join("\n")}\nファイル\n${files}`;
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
      databaseUrl: opened.database.url,
      dataDir,
      population: options.population,
      seed: options.seed,
      days: options.days,
    });
    progress.finish();
    const seconds = (performance.now() - begun) / 1000;
    const news = result.changed
      ? "支払の処理と、そのあとの庁内連携の取り込みを終えました。"
      : "前回から変わったことはありません。何も変えていません。";
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
      workDay: result.life.until,
      offices: { seed: options.seed, storeFolder: storeFolder(dataDir), dayEvery: options.dayEvery },
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
      "架空の市で支払期 2026-12 を処理し、12月の異動を取り込み、画面を出す / run the main job on the synthetic city, take in a month of daily life, and serve the pages",
    )
    .option("--population <n>", "架空の市の人口 / residents", whole(100, 2_000_000), 5000)
    .option("--seed <text>", "市を作る種 / seed", "hagukumi")
    .option(
      "--days <n>",
      "支払のあと、ほかの課が送る日数 / days of daily life after the payment",
      whole(0, LIFE_DAYS),
      LIFE_DAYS,
    )
    .option(
      "--day-every <seconds>",
      "画面を出しているあいだ、この秒数ごとに市が一日暮らす。0 なら hagukumi sources more で頼んだときだけ / the city lives a day every so many seconds",
      whole(0, 86_400),
      0,
    )
    .option("--port <n>", "画面のポート / port", whole(1, 65_535), 8080)
    .option("--no-serve", "処理だけして終わる / do not serve")
    .action(async (_options: unknown, command: Command) => {
      await start(command.optsWithGlobals<StartOptions>());
    });
}
