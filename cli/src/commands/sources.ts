/** `hagukumi sources`: the simulators of the other offices send a made-up city's daily life into the store, well or badly. Never in production. */
import { folderStore } from "@hagukumi/interchange/contract.ts";
import {
  checkDelivery,
  checkFeed,
  createSender,
  type Fault,
  faults,
  type InterfaceName,
  layouts,
  openDailyLife,
  openTown,
} from "@hagukumi/outside-sources/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { isProduction } from "@hagukumi/platform/identity/settings.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { join } from "node:path";

import { dataFolder } from "../context.ts";
import { sendMoreDays } from "../start/living-on.ts";

type Options = {
  readonly asOf: string;
  readonly days: number;
  readonly seed: string;
  readonly store?: string;
  readonly fault?: Fault;
  readonly faultIn: InterfaceName;
  readonly json?: boolean;
};

/** Most days; a town is held in memory, history included */
const MOST_DAYS = 370;
/** Faults of one file that are printed; `--json` gives all of them */
const FAULTS_SHOWN = 20;

function days(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MOST_DAYS)
    throw new InvalidArgumentError(`1〜${MOST_DAYS} の日数を指定してください。`);
  return value;
}

function fault(text: string): Fault {
  if (Object.hasOwn(faults, text)) return text as Fault;
  throw new InvalidArgumentError(`${Object.keys(faults).join("・")} のどれかを指定してください。`);
}

function interfaceName(text: string): InterfaceName {
  if (Object.hasOwn(layouts, text)) return text as InterfaceName;
  throw new InvalidArgumentError(`${Object.keys(layouts).join("・")} のどれかを指定してください。`);
}

type MoreOptions = Pick<Options, "days" | "seed" | "fault" | "faultIn" | "json">;

/**
 * Options of a command whose group has options of the same names: what was typed goes to the group wherever it stands, but the group's defaults
 * (thirty days) are not this command's.
 */
function ownOptions(command: Command): MoreOptions {
  const { parent } = command;
  const typed = Object.entries(parent?.opts() ?? {}).filter(([name]) => parent?.getOptionValueSource(name) === "cli");
  return { ...command.opts<MoreOptions>(), ...Object.fromEntries(typed) };
}

/** @throws Refusal `demoNotPermitted` */
function refuseReal(): void {
  if (!isProduction(process.env)) return;
  throw new Refusal(
    "demoNotPermitted",
    "「hagukumi sources」は架空の市の模擬です。本番の設定（HAGUKUMI_ENV=production）では動きません。何も送っていません。",
  );
}

export function registerSources(program: Command): void {
  const sources = program
    .command("sources")
    .description("（模擬）ほかの課が、架空の市の毎日の異動を置き場所に送る / simulated offices send daily life")
    .argument("<city>", "架空の市のフォルダ（hagukumi city が作ったもの） / folder of a synthetic city")
    .option("--as-of <date>", "フォルダの基準日 / day of the folder", "2026-11-20")
    .option("--days <n>", "何日分 / days", days, 30)
    .option("--seed <text>", "シード / seed", "hagukumi")
    .option("--store <dir>", "置き場所のフォルダ（既定はデータフォルダの interchange）/ folder of the store")
    .option(
      "--fault <kind>",
      `5件に1件を壊す: ${Object.keys(faults).join("・")} / every fifth difference goes wrong`,
      fault,
    )
    .option("--fault-in <interface>", "壊す連携 / in which interface", interfaceName, "residents" as const)
    .option("--json", "JSON で出力する / JSON output")
    .action(async (city: string, options: Options) => {
      refuseReal();
      const dir = options.store ?? join(dataFolder(), "interchange");
      if ((await folderStore(dir).list("in")).length > 0) {
        throw new Refusal(
          "fileExists",
          `${dir} には、もう配信があります。連番が重なるので送りません。別の置き場所を --store で指定してください。`,
        );
      }
      const town = await openTown(city, { seed: options.seed, today: options.asOf });
      const files = createSender(dir);
      await files.send("residents", town.residents(), { kind: "full", asOf: options.asOf });
      const { fault: wrong, faultIn, seed } = options;
      const life = openDailyLife({
        town,
        seed,
        files,
        rest: files,
        ...(wrong === undefined ? {} : { wrong: { fault: wrong, interfaceName: faultIn } }),
      });
      await life.begin();
      let happened = 0;
      for (let day = 1; day <= options.days; day += 1) happened += (await life.nextDay()).happened;
      await life.closeNight();
      const result = { store: dir, until: town.today(), happened };
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(result)}\n`
          : `${options.asOf} の全件と、${town.today()} までの${options.days}日分（${happened}件の出来事）と照合用の全件を ${dir} に送りました。「hagukumi interchange run」で取り込みます。\n`,
      );
    });

  sources
    .command("check")
    .description(
      "連携ファイルの適合検査: 制御ファイル（.json）か、初めの移行のフォルダを、製品とは別に書いた仕様で調べる。誤りがあれば終了状態 1 / check files against the layouts",
    )
    .argument("<path...>", "制御ファイルかフォルダ / control files or folders")
    .option("--json", "JSON で出力する / JSON output")
    .action(async (paths: readonly string[], _options: unknown, command: Command) => {
      const checked = await Promise.all(
        paths.map(async (path) =>
          path.endsWith(".json") && !path.endsWith("manifest.json")
            ? [{ name: path, ...(await checkDelivery(path)) }]
            : await checkFeed(path.replace(/\/?manifest\.json$/u, "") || "."),
        ),
      );
      const files = checked.flat();
      if (files.some(({ faults: found }) => found.length > 0)) process.exitCode = 1;
      process.stdout.write(
        command.optsWithGlobals<{ json?: boolean }>().json === true
          ? `${JSON.stringify(files)}\n`
          : `${files
              .map(({ name, rows, faults: found }) =>
                [
                  `${found.length === 0 ? "○" : "×"} ${name} ${String(rows)}行 誤り ${String(found.length)}件`,
                  ...found.slice(0, FAULTS_SHOWN).map((each) => `    ${each}`),
                ].join("\n"),
              )
              .join("\n")}\n`,
      );
    });

  sources
    .command("more")
    .description(
      "（模擬）hagukumi start の市が、もう何日か暮らす。画面を出しているあいだに届く / more days of the demonstration",
    )
    .option("--days <n>", "何日分 / days", days, 1)
    .option("--seed <text>", "シード（start と同じもの） / seed", "hagukumi")
    .option(
      "--fault <kind>",
      "この日々の配信を壊す（種類は hagukumi sources と同じ） / these deliveries go wrong",
      fault,
    )
    .option("--fault-in <interface>", "壊す連携 / in which interface", interfaceName, "residents" as const)
    .option("--json", "JSON で出力する / JSON output")
    .action(async (_options: unknown, command: Command) => {
      refuseReal();
      const options = ownOptions(command);
      const sent = await sendMoreDays(dataFolder(), options);
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(sent)}\n`
          : `${sent.until} まで、${options.days}日分（${sent.happened}件の出来事）と照合用の全件を送りました。画面を出していれば、まもなく届きます。\n`,
      );
    });
}
