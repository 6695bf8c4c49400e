/** 運転状況: what runs beside the pages, when it did what, what does not work; and running one of it now. */
import { operatedParts, partStateLabels, wantPart } from "@hagukumi/platform/supervision/states.ts";
import { z } from "zod";

import { operation } from "./operation.ts";

const moment = z.string().nullable();
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const readOperationStates = operation({
  id: "readOperationStates",
  method: "GET",
  path: "/operation-states",
  summary: "運転状況",
  access: { permission: ["batch.run", "rights.issue", "claim.approve", "log.view"], relation: "none" },
  response: z.object({
    parts: z.array(
      z
        .object({
          partCode: z.string(),
          name: z.string(),
          rhythm: z.string(),
          state: z.enum(["waiting", "running", "failed", "stopped", "silent"]),
          stateName: z.string(),
          said: z.string(),
          problem: z.string(),
          turns: z.int(),
          failures: z.int(),
          begunAt: moment,
          succeededAt: moment,
          failedAt: moment,
          nextAt: moment,
          beatAt: z.string(),
          /** Somebody pressed 「いま動かす」 and it has not begun yet */
          wanted: z.boolean(),
        })
        .meta({ id: "OperatedPart", description: "画面のそばで動いているものの、いまの状態。人の情報は入らない。" }),
    ),
  }),
  handler: async (_input, desk) => ({
    parts: (await desk.readTotals(operatedParts)).map(
      ({ begunAt, succeededAt, failedAt, nextAt, beatAt, wantedBy, ...part }) => ({
        ...part,
        stateName: partStateLabels[part.state],
        begunAt: iso(begunAt),
        succeededAt: iso(succeededAt),
        failedAt: iso(failedAt),
        nextAt: iso(nextAt),
        beatAt: beatAt.toISOString(),
        wanted: wantedBy !== null,
      }),
    ),
  }),
});

const runPartNow = operation({
  id: "runPartNow",
  method: "POST",
  path: "/operation-states/{partCode}/turns",
  summary: "運転しているものを、いま動かす",
  access: { permission: ["batch.run", "rights.issue"], relation: "none" },
  command: true,
  params: z.strictObject({ partCode: z.string().regex(/^[a-z][A-Za-z]{1,39}$/) }),
  response: z.object({ message: z.string() }),
  handler: async ({ params }, desk) => {
    const { name } = await desk.command({}, async (context, key) => await wantPart(context, { ...params, key }));
    return { message: `「${name}」を、数秒のうちに動かします。` };
  },
});

export const operationStateOperations = [readOperationStates, runPartNow];
