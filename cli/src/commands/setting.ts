/** `hagukumi setting`: the city's dated settings (市の設定), by two people. */
import { changeSetting, readSetting, settingShapes } from "@hagukumi/allowance/contract.ts";
import type { SettingName, SettingValue } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { Argument } from "commander";
import type { Command } from "commander";

import { perform, withActor } from "../context.ts";

const names = Object.keys(settingShapes) as SettingName[];

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(
      "invalidValue",
      `値「${text.slice(0, 80)}」が JSON として読めません。例: '"2026-10"'、'{"payDay":15,"rule":"previous"}'`,
    );
  }
}

type SetOptions = { readonly from: string; readonly approvedBy: string; readonly operator?: string };

/** Adds `hagukumi setting …`. */
export function registerSetting(program: Command): void {
  const setting = program
    .command("setting")
    .description("市の設定（稼働開始月・支払日・委託者など）/ dated settings of the city");
  withActor(setting.command("show").description("処理日に効力のある設定 / settings in force")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const rows: Record<string, unknown> = {};
          for (const name of names) {
            rows[name] = await readSetting(context.pool, name, context.today).catch((error: unknown) => {
              if (error instanceof Refusal && error.code === "settingMissing") return null;
              throw error;
            });
          }
          return rows;
        },
        (rows) =>
          Object.entries(rows)
            .map(([name, value]) => `${name}: ${value === null ? "（未設定）" : JSON.stringify(value)}`)
            .join("\n"),
      );
    },
  );
  withActor(
    setting.command("add").description("ある日からの値を足す（二人で）/ add a value from a day on, by two people"),
  )
    .addArgument(new Argument("<name>", "設定の名前 / name").choices(names))
    .argument("<json>", "値（JSON）/ value")
    .requiredOption("--from <date>", "効力の始まる日 YYYY-MM-DD / in force from")
    .requiredOption("--approved-by <id>", "もう一人の確認者 / the second person")
    .action(async (name: SettingName, json: string, options: SetOptions, command: Command) => {
      const validFrom = parseCivilDate(options.from);
      if (validFrom === undefined)
        throw new Refusal("invalidValue", `日付「${options.from}」は存在しません。YYYY-MM-DD で指定してください。`);
      const value = readJson(json) as SettingValue<SettingName>;
      await perform(
        command,
        async ({ context }) => ({
          added: await changeSetting(context, { name, validFrom, value, approvedBy: options.approvedBy }),
        }),
        ({ added }) =>
          added ? `設定「${name}」を ${validFrom} から変えました。` : "同じ値がすでにあります。何も変えていません。",
      );
    });
}
