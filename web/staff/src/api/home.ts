/** わたしの仕事: what came in and what was done. The lists themselves are `readWorkList`. */
import { workFlow } from "@hagukumi/allowance/contract.ts";
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
  }),
  handler: async (_input, desk) => {
    const to = desk.options.today();
    const days = await desk.readTotals(
      async (client, staff) => await workFlow(client, { from: addDays(to, 1 - DAYS), to, wards: staff.wards }),
    );
    return { days: [...days] };
  },
});

export const homeOperations = [readWorkFlow];
