import { type CityManifest, type CityOptions, writeCity } from "@hagukumi/outside-city/contract.ts";
import { createProgress } from "@hagukumi/platform/progress/progress.ts";
import { type Command, InvalidArgumentError } from "commander";

/**
 * `hagukumi city`: a synthetic city as the folder of feeds that a real one would send, ready for `hagukumi import`.
 * The same population, seed and day give the same bytes. Progress goes to standard error; standard output carries the result.
 */

interface CityFlags {
  readonly population: number;
  readonly seed: string;
  readonly asOf: string;
  readonly out: string;
  readonly force?: true;
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError("整数を指定してください。");
  return Number(text);
}

function describe(manifest: CityManifest, directory: string): string {
  const files = manifest.files.map(
    ({ name, rows, bytes }) =>
      `  ${name.padEnd(20)} ${String(rows).padStart(9)} 行 ${String(bytes).padStart(12)} バイト`,
  );
  return `合成都市を ${directory} に作りました（基準日 ${manifest.asOf}）。\n${files.join("\n")}\n`;
}

async function city(flags: CityFlags, json: boolean): Promise<void> {
  const progress = createProgress({ title: "住民の作成", silent: json });
  const options: CityOptions = {
    population: flags.population,
    seed: flags.seed,
    asOf: flags.asOf,
    directory: flags.out,
    force: flags.force === true,
    onProgress: (done, total) => progress.update(done, total),
  };
  let manifest: CityManifest;
  try {
    manifest = await writeCity(options);
  } finally {
    progress.finish();
  }
  process.stdout.write(json ? `${JSON.stringify(manifest)}\n` : describe(manifest, flags.out));
}

/** Adds `city` to the command line. */
export function registerCity(program: Command): void {
  program
    .command("city")
    .description("試験用の合成都市（住民・請求・所得の連携ファイル）を作る / write the feeds of a synthetic city")
    .requiredOption(
      "--population <N>",
      "基準日の住民の数（1〜2,000,000） / residents on the day of reference",
      wholeNumber,
    )
    .requiredOption("--seed <S>", "シード。同じ値なら同じ都市になる / the same seed gives the same city")
    .requiredOption("--as-of <YYYY-MM-DD>", "基準日（2025-04-01〜2035-12-31） / day of reference")
    .requiredOption("--out <DIR>", "書き込むフォルダ / folder to write")
    .option("--force", "フォルダにある別の合成都市を置き換える / replace another city in the folder")
    .action(async (flags: CityFlags) => {
      await city(flags, program.opts<{ json?: true }>().json === true);
    });
}
