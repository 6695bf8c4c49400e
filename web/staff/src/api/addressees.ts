/** 宛名: 名寄せ by two people, and the 確認リスト of 団体内統合宛名番号 and 個人番号. */
import {
  answerFinding,
  approveConsolidation,
  consolidationStateLabels,
  endConsolidation,
  findingLabels,
  listConsolidations,
  listFindings,
  proposeConsolidation,
} from "@hagukumi/unified-addressee/contract.ts";
import { z } from "zod";

import { addresseeContext } from "./addressee-desk.ts";
import { reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

const rowNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "番号が正しくありません。")
  .transform(Number);

const findings = operation({
  id: "listNumberFindings",
  method: "GET",
  path: "/addressees/findings",
  summary: "番号の確認リスト",
  access: { permission: ["addressee.consolidate", "addressee.approve"], relation: "none" },
  response: z.object({
    findings: z.array(
      z.object({
        findingId: z.int(),
        kindName: z.string(),
        systemCode: z.string().nullable(),
        addresseeNumber: z.int().nullable(),
        foundAt: z.string(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const list = await desk.read(async () => {
      const response = await listFindings({ pool: desk.pool });
      return { response, log: [{ action: "list", rows: response.length }] };
    });
    // The 団体内統合宛名番号 stays inside: who works on the list finds the person by the 宛名番号.
    return {
      findings: list.slice(0, 200).map(({ findingId, kind, systemCode, addresseeNumber, foundAt }) => ({
        findingId,
        kindName: findingLabels[kind],
        systemCode,
        addresseeNumber,
        foundAt: foundAt.toISOString(),
      })),
    };
  },
});

const answer = operation({
  id: "answerNumberFinding",
  method: "POST",
  path: "/addressees/findings/{findingId}/answer",
  summary: "番号の確認リストへの回答",
  access: { permission: "addressee.approve", relation: "none" },
  command: true,
  params: z.strictObject({ findingId: rowNumber }),
  body: z.strictObject({
    result: z.enum(["corrected", "noFault"]),
    note: reasonText.min(5, "調べたことを5文字以上で書いてください。").max(200),
  }),
  response: z.object({ answered: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({ approvalRef: `finding:${params.findingId}` }, async (context, key) => {
      await answerFinding(await addresseeContext(desk, context), { key, ...params, ...body });
    });
    return { answered: true };
  },
});

const list = operation({
  id: "listConsolidations",
  method: "GET",
  path: "/addressees/consolidations",
  summary: "承認を待つ名寄せ",
  access: { permission: ["addressee.consolidate", "addressee.approve"], relation: "none" },
  response: z.object({
    consolidations: z.array(
      z.object({
        consolidationId: z.int(),
        keptNumber: z.int(),
        otherNumber: z.int(),
        reason: z.string(),
        proposedBy: z.string(),
        proposedAt: z.string(),
        stateName: z.string(),
      }),
    ),
  }),
  handler: async (_input, desk) => {
    const rows = await desk.read(async () => {
      const response = await listConsolidations({ pool: desk.pool });
      return { response, log: [{ action: "list", rows: response.length }] };
    });
    return {
      consolidations: rows.map(({ state, proposedAt, approvedBy: _approvedBy, ...each }) => ({
        ...each,
        proposedAt: proposedAt.toISOString(),
        stateName: consolidationStateLabels[state],
      })),
    };
  },
});

const propose = operation({
  id: "proposeConsolidation",
  method: "POST",
  path: "/persons/{addresseeNumber}/consolidations",
  summary: "名寄せの申出",
  access: { permission: "addressee.consolidate", relation: "person" },
  command: true,
  params: z.strictObject({ addresseeNumber: rowNumber }),
  body: z.strictObject({
    otherNumber: rowNumber,
    reason: reasonText.min(5, "わけは5文字以上で書いてください。").max(200),
  }),
  response: z.object({ consolidationId: z.int() }),
  handler: async ({ params: { addresseeNumber }, body }, desk) =>
    await desk.command({ addresseeNumber }, async (context, key) => {
      const own = await addresseeContext(desk, context);
      return await proposeConsolidation(own, { key, keptNumber: addresseeNumber, ...body });
    }),
});

const approve = operation({
  id: "approveConsolidation",
  method: "POST",
  path: "/addressees/consolidations/{consolidationId}/approval",
  summary: "名寄せの承認",
  access: { permission: "addressee.approve", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ consolidationId: rowNumber }),
  response: z.object({ approved: z.boolean() }),
  handler: async ({ params }, desk) => {
    await desk.command({ approvalRef: `consolidation:${params.consolidationId}` }, async (context, key) => {
      await approveConsolidation(await addresseeContext(desk, context), { key, ...params });
    });
    return { approved: true };
  },
});

const end = operation({
  id: "endConsolidation",
  method: "POST",
  path: "/addressees/consolidations/{consolidationId}/end",
  summary: "名寄せの解除・取りやめ",
  access: { permission: ["addressee.consolidate", "addressee.approve"], relation: "none" },
  command: true,
  params: z.strictObject({ consolidationId: rowNumber }),
  body: z.strictObject({ reason: reasonText.min(5, "わけは5文字以上で書いてください。").max(200) }),
  response: z.object({ ended: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({ approvalRef: `consolidation:${params.consolidationId}` }, async (context, key) => {
      await endConsolidation(await addresseeContext(desk, context), { key, ...params, ...body });
    });
    return { ended: true };
  },
});

export const addresseeOperations = [findings, answer, list, propose, approve, end];
