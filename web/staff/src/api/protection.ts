/** 支援措置: the lift of an address for a few minutes, asked for by one person and granted by another. */
import {
  answerLift,
  approveRelease,
  attentionLabels,
  endLift,
  liftStateLabels,
  listLifts,
  listProtections,
  measureKindLabels,
  registerMeasure,
  releasedAddress,
  requestLift,
  requestRelease,
} from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { dateText, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

const lift = z
  .object({
    liftId: z.int(),
    addresseeNumber: z.int(),
    reason: z.string(),
    minutes: z.int(),
    /** To be sent back with the answer */
    digest: z.string(),
    requestedBy: z.string(),
    requestedAt: z.string(),
    answeredBy: z.string().nullable(),
    endsAt: z.string().nullable(),
    state: z.enum(["requested", "granted", "over", "refused"]),
    stateName: z.string(),
    /** How often the address was shown */
    uses: z.int(),
  })
  .meta({ id: "ProtectionLift", description: "支援措置の住所の一時解除。人は宛名番号だけで示す。" });

const liftNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "一時解除の番号が正しくありません。")
  .transform(Number);
const addressee = z
  .string()
  .regex(/^\d{1,15}$/, "宛名番号は15桁までの数字です。")
  .transform(Number);

const list = operation({
  id: "listProtectionLifts",
  method: "GET",
  path: "/protection/lifts",
  summary: "支援措置の一時解除の一覧",
  access: { permission: "protection.lift", relation: "none" },
  response: z.object({ lifts: z.array(lift) }),
  handler: async (_input, desk) => {
    const lifts = await desk.readTotals(async (client) => await listLifts(client));
    return {
      lifts: lifts.map((each) => ({
        ...each,
        requestedAt: each.requestedAt.toISOString(),
        endsAt: each.endsAt?.toISOString() ?? null,
        stateName: liftStateLabels[each.state],
      })),
    };
  },
});

const request = operation({
  id: "requestProtectionLift",
  method: "POST",
  path: "/persons/{addresseeNumber}/protection-lift",
  summary: "支援措置の住所の一時解除の申請",
  access: { permission: "protection.lift", relation: "person", stepUp: true },
  command: true,
  params: z.strictObject({ addresseeNumber: addressee }),
  body: z.strictObject({
    reason: reasonText.min(10, "わけは10文字以上で書いてください。"),
    minutes: z.int().min(1, "1分から15分です。").max(15, "1分から15分です。"),
  }),
  response: z.object({ liftId: z.int() }),
  handler: async ({ params, body }, desk) => {
    const { addresseeNumber } = params;
    return await desk.command({ addresseeNumber }, async (context, key) => ({
      liftId: await requestLift(context, { addresseeNumber, ...body, key }),
    }));
  },
});

const answer = operation({
  id: "answerProtectionLift",
  method: "POST",
  path: "/protection/lifts/{liftId}/answer",
  summary: "支援措置の一時解除の承認・不承認",
  access: { permission: "protection.lift", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ liftId: liftNumber }),
  body: z.strictObject({
    granted: z.boolean(),
    digest: z.string().regex(/^[0-9a-f]{64}$/, "一覧を読み直してください。"),
  }),
  response: z.object({ answered: z.boolean() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({ approvalRef: `lift:${params.liftId}` }, async (context, key) => {
      await answerLift(context, { ...params, ...body, key });
    });
    return { answered: true };
  },
});

const end = operation({
  id: "endProtectionLift",
  method: "POST",
  path: "/protection/lifts/{liftId}/end",
  summary: "支援措置の一時解除を時間の前に終える",
  access: { permission: "protection.lift", relation: "none" },
  command: true,
  params: z.strictObject({ liftId: liftNumber }),
  response: z.object({ ended: z.boolean() }),
  handler: async ({ params }, desk) => {
    await desk.command({ approvalRef: `lift:${params.liftId}` }, async (context, key) => {
      await endLift(context, params.liftId, key);
    });
    return { ended: true };
  },
});

const show = operation({
  id: "showProtectedAddress",
  // A POST: each look is recorded as a use of the lift.
  method: "POST",
  path: "/persons/{addresseeNumber}/protected-address",
  summary: "一時解除した住所の表示",
  access: { permission: "protection.lift", relation: "person" },
  params: z.strictObject({ addresseeNumber: addressee }),
  response: z.object({
    address: z.string(),
    /** End of the lift */
    endsAt: z.string(),
    /** After so many seconds the screen hides it */
    seconds: z.int(),
  }),
  handler: async ({ params }, desk) => {
    const released = await releasedAddress({ pool: desk.pool, call: desk.call() }, params.addresseeNumber);
    return { ...released, endsAt: released.endsAt.toISOString() };
  },
});

const standing = operation({
  id: "listProtections",
  method: "GET",
  path: "/protection/standing",
  summary: "支援措置の対象者と期限の一覧",
  access: { permission: "protection.lift", relation: "none" },
  response: z.object({
    protections: z.array(
      z
        .object({
          addresseeNumber: z.int(),
          inRegister: z.boolean(),
          provisionalInRegister: z.boolean(),
          registerTermOn: z.string().nullable(),
          measures: z.array(
            z.object({
              kind: z.enum(["own", "provisional", "ahead", "aheadProvisional"]),
              kindName: z.string(),
              startsOn: z.string().nullable(),
              termOn: z.string().nullable(),
              basis: z.string(),
              enteredBy: z.string(),
            }),
          ),
          termOn: z.string().nullable(),
          attention: z.enum(["registerEnded", "overdue", "ending"]).nullable(),
          attentionName: z.string().nullable(),
          release: z
            .object({ releaseId: z.int(), reason: z.string(), digest: z.string(), requestedBy: z.string() })
            .nullable(),
        })
        .meta({ id: "StandingProtection", description: "支援措置の対象者。人は宛名番号だけで示す。" }),
    ),
  }),
  handler: async (_input, desk) => {
    const all = await desk.readTotals(async (client) => await listProtections(client, desk.options.today()));
    return {
      protections: all.map((each) => ({
        ...each,
        measures: each.measures.map((measure) => ({ ...measure, kindName: measureKindLabels[measure.kind] })),
        attentionName: each.attention === null ? null : attentionLabels[each.attention],
      })),
    };
  },
});

const register = operation({
  id: "registerProtection",
  method: "POST",
  path: "/persons/{addresseeNumber}/protection",
  summary: "支援措置の申出の受付",
  access: { permission: "procedure.receive", relation: "person" },
  command: true,
  params: z.strictObject({ addresseeNumber: addressee }),
  body: z.strictObject({
    kind: z.enum(["own", "provisional"]),
    startsOn: dateText,
    termOn: dateText.nullable(),
    basis: reasonText.min(5, "根拠は5文字以上で書いてください。"),
  }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    const { addresseeNumber } = params;
    await desk.command(
      { addresseeNumber },
      async (context, key) => await registerMeasure(context, { addresseeNumber, ...body, key }),
    );
    return { message: "支援措置の対象にしました。この人の記録は、いまから支援措置の担当だけが見られます。" };
  },
});

const askRelease = operation({
  id: "requestProtectionRelease",
  method: "POST",
  path: "/persons/{addresseeNumber}/protection-release",
  summary: "支援措置の終わりの確認の申請",
  access: { permission: "protection.lift", relation: "person", stepUp: true },
  command: true,
  params: z.strictObject({ addresseeNumber: addressee }),
  body: z.strictObject({ reason: reasonText.min(10, "わけは10文字以上で書いてください。") }),
  response: z.object({ releaseId: z.int() }),
  handler: async ({ params, body }, desk) => {
    const { addresseeNumber } = params;
    return await desk.command({ addresseeNumber }, async (context, key) => ({
      releaseId: await requestRelease(context, { addresseeNumber, ...body, key }),
    }));
  },
});

const confirmRelease = operation({
  id: "approveProtectionRelease",
  method: "POST",
  path: "/protection/releases/{releaseId}/approve",
  summary: "支援措置の終わりの確認",
  access: { permission: "protection.lift", relation: "none", stepUp: true },
  command: true,
  params: z.strictObject({ releaseId: liftNumber }),
  body: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/, "一覧を読み直してください。") }),
  response: z.object({ message: z.string() }),
  handler: async ({ params, body }, desk) => {
    await desk.command({ approvalRef: `release:${params.releaseId}` }, async (context, key) => {
      await approveRelease(context, { ...params, ...body, key });
    });
    return { message: "支援措置を終わりにしました。" };
  },
});

export const protectionOperations = [list, request, answer, end, show, standing, register, askRelease, confirmRelease];
