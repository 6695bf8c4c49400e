/** `hagukumi demo year`: a whole fiscal year of the made-up city, to be browsed afterwards. */
import { addMonths, civilDate, lastDayOfMonth, month } from "@hagukumi/law/contract.ts";
import { acquireInstanceLock } from "@hagukumi/platform/database/instance-lock.ts";
import type { Command } from "commander";
import { join } from "node:path";

import { dataFolder, openContext, stepProgress } from "../context.ts";
import { refuseProduction, serveDemo, whole } from "../start/serve-demo.ts";
import { playYear } from "../year/play.ts";
import { checksLine, yearTable } from "../year/table.ts";

type YearOptions = {
  readonly population: number;
  readonly seed: string;
  readonly port: number;
  readonly serve: boolean;
  readonly json?: boolean;
};

/** 令和8年度: the year that the demonstration plays. */
const YEAR = 2026;

/** The year has a folder of its own beside the demonstration of `hagukumi start`, whose city lives in other days. */
const yearFolder = (): string =>
  process.env["HAGUKUMI_DATA"] === undefined ? join(dataFolder(), "year") : dataFolder();

async function demoYear(options: YearOptions): Promise<void> {
  refuseProduction("demo year");
  const begun = performance.now();
  const dataDir = yearFolder();
  const lock = await acquireInstanceLock(dataDir);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const progress = stepProgress(options.json === true);
  const start = month(`${YEAR}-04`);
  const lastDay = lastDayOfMonth(addMonths(start, 11));
  const actor = { operator: "demo.start", purpose: "年間の演習", today: civilDate(`${YEAR}-04-01`) };
  const opened = await openContext(actor, progress.report, abort.signal, dataDir);
  try {
    const { onProgress: _, ...quiet } = opened.context;
    let played = 0;
    const { changed, journal, checks } = await playYear({
      context: quiet,
      report: (step, index, total) => progress.report("年間の演習", index, total, `${step.on} ${step.title}`),
      reportCity: (done, total) => progress.report("架空の市を作る", done, total),
      dataDir,
      start,
      population: options.population,
      seed: options.seed,
      onStep: () => {
        played += 1;
      },
    });
    progress.finish();
    const seconds = (performance.now() - begun) / 1000;
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify({ changed, seconds, steps: journal.steps, checks })}\n`);
    } else {
      const news = changed
        ? `${YEAR}年度の${played}の段階を進め、年度末まで終えました（${seconds.toFixed(1)}秒）。`
        : "前回から変わったことはありません。何も変えていません。";
      process.stdout.write(`${news}\n${yearTable(journal)}\n${checksLine(checks)}\nデータ ${dataDir}\n`);
    }
    if (checks.some(({ violations }) => violations > 0)) process.exitCode = 1;
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
    if (!options.serve) return;
    const { report, finish } = progress;
    await serveDemo({ opened, dataDir, port: options.port, workDay: lastDay, report, onReady: finish });
    process.stderr.write("終了しました。データは残っています。\n");
  } finally {
    progress.finish();
    await opened.database.close();
    await lock.release();
  }
}

/** Adds `hagukumi demo`. */
export function registerDemo(program: Command): void {
  const demo = program.command("demo").description("架空の市のデモ / demonstrations on the synthetic city");
  demo
    .command("year")
    .description(
      `架空の市の${YEAR}年度（4月〜3月）を通して行い、画面を出す / play a fiscal year of the synthetic city and serve the pages`,
    )
    .option("--population <n>", "架空の市の人口 / residents", whole(100, 2_000_000), 5000)
    .option("--seed <text>", "市を作る種 / seed", "hagukumi")
    .option("--port <n>", "画面のポート / port", whole(1, 65_535), 8080)
    .option("--no-serve", "処理だけして終わる / do not serve")
    .action(async (_options: unknown, command: Command) => {
      await demoYear(command.optsWithGlobals<YearOptions>());
    });
}
