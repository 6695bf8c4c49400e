/** わたしの仕事: what came in and what was done. The lists themselves are `readWorkList`. */
import { entryDelays, workFlow } from "@hagukumi/allowance/contract.ts";
import { addDays } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { operation } from "./operation.ts";

const DAYS = 30;

const readWorkFlow = operation({
  id: "readWorkFlow",
  method: "GET",
  path: "/work-flow",
  summary: "30日間の受付と処理の数",
  access: { permission: "case.open", relation: "none" },
  response: z.object({
    days: z.array(z.object({ day: z.string(), received: z.int(), done: z.int() })),
    entry: z.object({
      sameDay: z.int(),
      withinThree: z.int(),
      withinSeven: z.int(),
      later: z.int(),
      longest: z.int().nullable(),
      notEntered: z.int(),
      oldest: z.int().nullable(),
    }),
  }),
  handler: async (_input, desk) => {
    const to = desk.options.today();
    return await desk.readTotals(async (client, staff) => {
      const question = { from: addDays(to, 1 - DAYS), to, wards: staff.wards };
      return { days: [...(await workFlow(client, question))], entry: await entryDelays(client, question) };
    });
  },
});

export const homeOperations = [readWorkFlow];
