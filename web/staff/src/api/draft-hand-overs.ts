/** 仮受付の引継ぎ: a colleague takes a draft over, or a supervisor gives it to somebody; both whom it concerns are told at home. */
import { draftInSight, handOvers, takeOverDraft } from "@hagukumi/allowance/contract.ts";
import type { Sight } from "@hagukumi/allowance/contract.ts";
import type { StaffNow } from "@hagukumi/platform/access/staff.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { staffWhoMay } from "@hagukumi/platform/identity/staff.ts";
import { asIdentity } from "@hagukumi/platform/identity/transaction.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { filingHead } from "./filing-shapes.ts";
import { reasonText, staffIdentifier } from "./inputs.ts";
import { operation } from "./operation.ts";

const draftParams = z.strictObject({
  receptionNumber: z.string().regex(/^\d{10}$/, "受付番号は10桁の数字です。"),
});

const sightOf = ({ wards, permissions }: StaffNow): Sight => ({
  wards,
  protectedToo: permissions.includes("protection.view"),
});

type Seen = { readonly filingId: number; readonly wardCode: string; readonly staff: StaffNow };

/** The draft, where this person may see it. @throws Refusal `notFound`, the same whether it is not there or not in sight */
async function seenDraft(desk: Desk, receptionNumber: string): Promise<Seen> {
  return await desk.readAsSystem(async (client, staff) => {
    try {
      const found = await draftInSight(client, receptionNumber, sightOf(staff));
      return { response: { ...found, staff }, log: [{ action: "list", rows: 1, caseRef: `filing/${found.filingId}` }] };
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "filingUnknown") throw error;
      throw new Refusal("notFound", `受付番号 ${receptionNumber} は見つかりません。番号を確かめてください。`);
    }
  });
}

const takers = operation({
  id: "readDraftTakers",
  method: "GET",
  path: "/drafts/{receptionNumber}/takers",
  summary: "仮受付を引き継げる職員（その区の受付の権限のある人）",
  access: { permission: "claim.approve", relation: "filing" },
  params: draftParams,
  response: z.object({ staff: z.array(z.object({ staffId: z.string(), name: z.string() })) }),
  handler: async ({ params }, desk) => {
    const { wardCode } = await seenDraft(desk, params.receptionNumber);
    return {
      staff: [...(await asIdentity(desk.pool, async (client) => await staffWhoMay(client, "claim.receive", wardCode)))],
    };
  },
});

/** Who goes on with it. @throws Refusal `permissionMissing`, `filingInvalid` */
async function takerOf(desk: Desk, { staff, wardCode }: Seen, to: string | undefined): Promise<string> {
  if (to === undefined || to === staff.staffId) {
    if (staff.permissions.includes("claim.receive")) return staff.staffId;
    throw new Refusal(
      "filingInvalid",
      "あなたには受付の権限がないので、引き継ぐ職員を選んでください。何も変えていません。",
      {
        fields: ["to"],
      },
    );
  }
  if (!staff.permissions.includes("claim.approve")) {
    throw new Refusal(
      "permissionMissing",
      "ほかの職員に引き継がせるには、決裁の権限が要ります。自分で引き継ぐことはできます。何も変えていません。",
    );
  }
  const able = await asIdentity(desk.pool, async (client) => await staffWhoMay(client, "claim.receive", wardCode));
  if (able.some(({ staffId }) => staffId === to)) return to;
  throw new Refusal(
    "filingInvalid",
    `職員 ${to} には、この区の受付の権限がありません。一覧から選んでください。何も変えていません。`,
    {
      fields: ["to"],
    },
  );
}

const takeOver = operation({
  id: "takeOverDraft",
  method: "POST",
  path: "/drafts/{receptionNumber}/take-over",
  summary: "仮受付の引継ぎ（理由をつけて）",
  access: { permission: ["claim.receive", "claim.approve"], relation: "filing" },
  command: true,
  params: draftParams,
  body: z.strictObject({
    reason: reasonText,
    /** 引き継ぐ職員; absent: who calls */
    to: staffIdentifier.optional(),
  }),
  response: filingHead,
  handler: async ({ params, body }, desk) => {
    const seen = await seenDraft(desk, params.receptionNumber);
    const to = await takerOf(desk, seen, body.to);
    // Nobody is opened: what is in the draft is seen by whoever has it, when that person opens it with its purpose.
    return await desk.command(
      { caseRef: `filing/${seen.filingId}` },
      async (context, key) =>
        await takeOverDraft(context, { ...params, reason: body.reason, to, sight: sightOf(seen.staff), key }),
    );
  },
});

const handed = operation({
  id: "readDraftHandOvers",
  method: "GET",
  path: "/draft-hand-overs",
  summary: "わたしの仮受付の引継ぎ（14日間）",
  access: { permission: "case.open", relation: "none" },
  response: z.object({
    handOvers: z.array(
      z.object({
        receptionNumber: z.string(),
        from: z.string(),
        to: z.string(),
        by: z.string(),
        on: z.string(),
        reason: z.string(),
        /** Whether it came to the reader; else it went to somebody else */
        mine: z.boolean(),
      }),
    ),
  }),
  handler: async (_input, desk) =>
    await desk.readTotals(async (client, { staffId }) => {
      const found = await handOvers(client, { staffId, today: desk.options.today() });
      return { handOvers: found.map((each) => ({ ...each, mine: each.to === staffId })) };
    }),
});

export const draftHandOverOperations = [takers, takeOver, handed];
