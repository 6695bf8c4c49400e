/** What is known before the log-in: where one is. Nothing about any person. */
import { readSetting } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { operation } from "./operation.ts";

const entrance = z
  .object({
    cityName: z.string(),
    installation: z.enum(["production", "training", "demo"]),
    /** Whether this browser is a registered terminal */
    terminal: z.boolean(),
  })
  .meta({ id: "Entrance", description: "ログインの前の画面に要るもの" });

const getEntrance = operation({
  id: "getEntrance",
  method: "GET",
  path: "/entrance",
  summary: "入口の表示",
  access: { permission: "public", relation: "none" },
  response: entrance,
  handler: async (_input, desk) => {
    const city = await readSetting(desk.pool, "municipality", desk.options.today());
    return {
      cityName: city.name,
      installation: desk.options.installation,
      terminal: desk.cookies.terminal !== undefined,
    };
  },
});

export const entranceOperations = [getEntrance];
