/** 文字: the characters of the city's names beyond JIS X 0213, and 同定 by two people. */
import {
  approveCharacters,
  listCharacterSets,
  proposeCharacters,
  surveyCharacters,
} from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const read = operation({
  id: "readCharacters",
  method: "GET",
  path: "/characters",
  summary: "文字の一覧",
  access: { permission: ["parameter.change", "parameter.approve"], relation: "none" },
  response: z.object({
    characters: z.array(
      z.object({
        character: z.string(),
        codePoints: z.string(),
        mjName: z.string().nullable(),
        names: z.int(),
        identifiedAs: z.string().nullable(),
        printed: z.string(),
        jisX0213: z.string(),
        cp932: z.string(),
        source: z.string(),
        candidates: z.array(z.string()),
        unresolved: z.boolean(),
      }),
    ),
    sets: z.array(
      z.object({
        setId: z.int(),
        lines: z.array(z.object({ from: z.string(), to: z.string(), basis: z.string(), codePoints: z.string() })),
        source: z.string(),
        digest: z.string(),
        enteredBy: z.string(),
        approvedBy: z.string().nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) =>
    await desk.readTotals(async (client) => {
      const characters = await surveyCharacters(client);
      const sets = await listCharacterSets(client);
      return {
        characters: characters.map((each) => ({ ...each, candidates: [...each.candidates] })),
        sets: sets.map((set) => ({ ...set, lines: [...set.lines] })),
      };
    }),
});

const propose = operation({
  id: "proposeCharacters",
  method: "POST",
  path: "/characters/sets",
  summary: "文字の同定の登録",
  access: { permission: "parameter.change", relation: "none" },
  command: true,
  bodyLimit: 2_000_000,
  body: z.strictObject({
    source: z.string().trim().min(1, "出どころを書いてください。").max(200),
    lines: z
      .array(z.strictObject({ from: z.string().max(40), to: z.string().max(40), basis: z.string().max(200) }))
      .min(1, "行がありません。")
      .max(20_000),
  }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => await proposeCharacters(context, { ...body, key }));
    return { message: `文字の同定 ${String(body.lines.length)}字を登録しました。別の職員が承認すると使われます。` };
  },
});

const approve = operation({
  id: "approveCharacters",
  method: "POST",
  path: "/characters/sets/{setId}/approve",
  summary: "文字の同定の承認",
  access: { permission: "parameter.approve", stepUp: true, relation: "none" },
  command: true,
  params: z.strictObject({
    setId: z
      .string()
      .regex(/^[1-9]\d{0,8}$/)
      .transform(Number),
  }),
  body: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/, "中身の要約の形が違います。") }),
  response: stepDone,
  handler: async ({ params: { setId }, body }, desk) => {
    await desk.command(
      {},
      async (context, key) => await approveCharacters(context, { setId, digest: body.digest, key }),
    );
    return { message: "承認しました。これから作る通知書に使われます。" };
  },
});

export const characterOperations = [read, propose, approve];
