/** 通知書の文言: one person enters, another approves. */
import { approveText, listTexts, proposeText, TEXT_KINDS, type TextKind } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { dateText } from "./inputs.ts";
import { operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const list = operation({
  id: "readLetterTexts",
  method: "GET",
  path: "/letter-texts",
  summary: "通知書の文言の一覧",
  access: { permission: ["parameter.change", "parameter.approve"], relation: "none" },
  response: z.object({
    texts: z.array(
      z.object({
        textId: z.int(),
        kind: z.string(),
        label: z.string(),
        scope: z.string(),
        validFrom: z.string(),
        content: z.unknown(),
        digest: z.string(),
        enteredBy: z.string(),
        approvedBy: z.string().nullable(),
      }),
    ),
  }),
  handler: async (_input, desk) => ({ texts: [...(await desk.readTotals(async (client) => await listTexts(client)))] }),
});

const propose = operation({
  id: "proposeLetterText",
  method: "POST",
  path: "/letter-texts",
  summary: "通知書の文言の入力",
  access: { permission: "parameter.change", relation: "none" },
  command: true,
  bodyLimit: 400_000,
  body: z.strictObject({
    kind: z.enum(TEXT_KINDS as [TextKind, ...TextKind[]]),
    scope: z.string().max(40),
    validFrom: dateText,
    content: z.record(z.string(), z.unknown()),
  }),
  response: stepDone,
  handler: async ({ body }, desk) => {
    await desk.command({}, async (context, key) => await proposeText(context, { ...body, key }));
    return { message: "文言の案を入力しました。別の職員が承認すると使われます。" };
  },
});

const approve = operation({
  id: "approveLetterText",
  method: "POST",
  path: "/letter-texts/{textId}/approve",
  summary: "通知書の文言の承認",
  access: { permission: "parameter.approve", stepUp: true, relation: "none" },
  command: true,
  params: z.strictObject({
    textId: z
      .string()
      .regex(/^[1-9]\d{0,8}$/)
      .transform(Number),
  }),
  body: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/, "中身の要約の形が違います。") }),
  response: stepDone,
  handler: async ({ params: { textId }, body }, desk) => {
    await desk.command({}, async (context, key) => await approveText(context, { textId, digest: body.digest, key }));
    return { message: "承認しました。始まりの日からの文書に使われます。" };
  },
});

export const letterTextOperations = [list, propose, approve];
