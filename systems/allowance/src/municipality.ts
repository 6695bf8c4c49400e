/** Which municipality this is, where the setting already exists. */
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import type { Context } from "./context.ts";
import { readSetting } from "./settings.ts";

/** 全国地方公共団体コード, or undefined before the city has been set up: then a delivery of any municipality may be the first. */
export async function municipalityCode(context: Context): Promise<string | undefined> {
  try {
    return (await readSetting(context.pool, "municipality", context.today)).code;
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return undefined;
    throw error;
  }
}
