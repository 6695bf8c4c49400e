/** `hagukumi sources`: the simulators of the other offices send a made-up city's daily life into the store, well or badly. Never in production. */
import { folderStore } from "@hagukumi/interchange/contract.ts";
import { createSender, type Fault, faults, type Life, openTown } from "@hagukumi/outside-sources/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { isProduction } from "@hagukumi/platform/identity/settings.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { join } from "node:path";

import { dataFolder } from "../context.ts";

type Options = {
  readonly asOf: string;
  readonly days: number;
  readonly seed: string;
  readonly store?: string;
  readonly fault?: Fault;
  readonly json?: boolean;
};

/** Most days; a town is held in memory, history included */
const MOST_DAYS = 370;
/** Every fifth difference goes wrong in the way that was asked for */
const FAULT_EVERY = 5;

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

/** What happens on a day: something of everything within a week. */
const lifeOf = (day: number): Life => ({
  births: 1,
  movesWithin: 1,
  deaths: day % 7 === 2 ? 1 : 0,
  movesOut: day % 7 === 3 ? 1 : 0,
  movesIn: day % 7 === 4 ? 1 : 0,
  marriages: day % 7 === 5 ? 1 : 0,
  separations: day % 7 === 6 ? 1 : 0,
  protections: day % 7 === 1 ? 1 : 0,
  taxCorrections: day % 7 === 0 ? 1 : 0,
  insurances: 1,
  publicServants: day % 7 === 0 ? 1 : 0,
});

export function registerSources(program: Command): void {
  program
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
    .option("--json", "JSON で出力する / JSON output")
    .action(async (city: string, options: Options) => {
      if (isProduction(process.env)) {
        throw new Refusal(
          "demoNotPermitted",
          "「hagukumi sources」は架空の市の模擬です。本番の設定（HAGUKUMI_ENV=production）では動きません。何も送っていません。",
        );
      }
      const dir = options.store ?? join(dataFolder(), "interchange");
      if ((await folderStore(dir).list("in")).length > 0) {
        throw new Refusal(
          "fileExists",
          `${dir} には、もう配信があります。連番が重なるので送りません。別の置き場所を --store で指定してください。`,
        );
      }
      const town = await openTown(city, { seed: options.seed, today: options.asOf });
      const sender = createSender(dir);
      const first = { kind: "full", asOf: options.asOf } as const;
      await sender.send("residents", town.residents(), first);
      await sender.send("healthInsurance", town.insurances(), first);
      let happened = 0;
      for (let day = 1; day <= options.days; day += 1) {
        const lived = town.live(lifeOf(day));
        happened += lived.happened.length;
        const wrong = options.fault === undefined || day % FAULT_EVERY !== 0 ? {} : { fault: options.fault };
        await sender.send("residents", lived.residents, { asOf: lived.date, ...wrong });
        await sender.send("endorsements", lived.endorsements, { asOf: lived.date });
        await sender.send("healthInsurance", lived.healthInsurance, { asOf: lived.date });
        if (lived.incomes.length > 0) await sender.send("incomes", lived.incomes, { asOf: lived.date });
      }
      await sender.send("residents", town.residents(), { kind: "reconciliation", asOf: town.today() });
      const result = { store: dir, until: town.today(), happened };
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(result)}\n`
          : `${options.asOf} の全件と、${town.today()} までの${options.days}日分（${happened}件の出来事）と照合用の全件を ${dir} に送りました。「hagukumi interchange run」で取り込みます。\n`,
      );
    });
}
