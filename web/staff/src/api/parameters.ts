/** 法のパラメータ: values in force, what the program would change, registration with the published examples, approval by another. */
import { approveParameters, readParameters, registerParameters } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

const difference = z.object({
  kind: z.enum(["added", "changed", "removed"]),
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

const readParametersOperation = operation({
  id: "readParameters",
  method: "GET",
  path: "/parameters",
  summary: "法のパラメータの表示",
  access: { permission: ["parameter.change", "parameter.approve"], relation: "none" },
  response: z.object({
    inForce: z.boolean(),
    values: z.array(
      z.object({
        kind: z.string(),
        kindName: z.string(),
        id: z.string(),
        title: z.string(),
        from: z.string(),
        to: z.string(),
        text: z.string(),
        source: z.string(),
      }),
    ),
    differences: z.array(difference),
    registrations: z.array(
      z.object({
        setId: z.int(),
        ruleVersion: z.string(),
        source: z.string(),
        enteredBy: z.string(),
        enteredOn: z.string(),
        approvedBy: z.string().nullable(),
        approvedOn: z.string().nullable(),
        contentDigest: z.string(),
        exampleCount: z.int(),
        failed: z.array(z.object({ id: z.string(), why: z.string(), expected: z.string(), got: z.string() })),
        differences: z.array(difference),
        parallel: z
          .object({
            fromMonth: z.string().nullable(),
            toMonth: z.string().nullable(),
            recipients: z.int(),
            childMonths: z.int(),
            differing: z.int(),
            uncomputed: z.int(),
            amountBefore: z.int(),
            amountAfter: z.int(),
            digest: z.string(),
          })
          .nullable(),
        parallelDifferences: z.array(
          z.object({
            recipientId: z.int(),
            benefitMonth: z.string(),
            amountBefore: z.int(),
            amountAfter: z.int(),
          }),
        ),
        open: z.boolean(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const view = await desk.readTotals(async (client) => await readParameters(client));
    return {
      ...view,
      values: [...view.values],
      differences: [...view.differences],
      registrations: view.registrations.map((line) => ({
        ...line,
        failed: [...line.failed],
        differences: [...line.differences],
        // Which child it is stands in the case; here the certification number is enough.
        parallelDifferences: line.parallelDifferences.map(({ childNumber: _child, ...shown }) => shown),
      })),
    };
  },
});

const registerParametersOperation = operation({
  id: "registerParameters",
  method: "POST",
  path: "/parameters",
  summary: "法のパラメータの登録",
  access: { permission: "parameter.change", relation: "none", stepUp: true },
  command: true,
  body: z.strictObject({ source: reasonText }),
  response: z.object({ setId: z.int(), differences: z.int(), examples: z.int(), failed: z.int() }),
  handler: async ({ body }, desk) =>
    await desk.command({}, async (context, key) => await registerParameters(context, body, key)),
});

const approveParametersOperation = operation({
  id: "approveParameters",
  method: "POST",
  path: "/parameters/{setId}/approval",
  summary: "法のパラメータの承認",
  access: { permission: "parameter.approve", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({
    setId: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, "登録の番号が正しくありません。")
      .transform(Number),
  }),
  body: z.strictObject({
    contentDigest: z.string().regex(/^[0-9a-f]{64}$/, "登録の中身のハッシュが正しくありません。"),
  }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({}, async (context, key) => await approveParameters(context, { ...params, ...body }, key));
    return { message: `パラメータの登録 ${params.setId} を承認しました。決定と支払に、この値を使います。` };
  },
});

export const parameterOperations = [readParametersOperation, registerParametersOperation, approveParametersOperation];
