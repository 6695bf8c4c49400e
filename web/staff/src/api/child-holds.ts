/** 一部の差止 (11条): the hold of one child's part; placed by whoever works on the case, released by those who decide. */
import { childHoldsOf, codesOn, placeChildHold, releaseChildHold } from "@hagukumi/allowance/contract.ts";
import { month, parseMonth } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import { certificationNumber, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const params = z.strictObject({ recipientId: certificationNumber });

const list = operation({
  id: "readChildHolds",
  method: "GET",
  path: "/cases/{recipientId}/child-holds",
  summary: "児童ごとの差止",
  access: { permission: "case.open", relation: "case" },
  params,
  response: z.object({
    holds: z.array(
      z.object({
        childHoldId: z.int(),
        childNumber: z.int(),
        fromMonth: z.string(),
        causeName: z.string(),
        cause: z.string(),
        released: z.boolean(),
      }),
    ),
    causes: z.array(z.object({ identifier: z.string(), label: z.string() })),
  }),
  handler: async ({ params: { recipientId } }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    const about = { addresseeNumber, caseRef: String(recipientId), action: "read" } as const;
    return await desk.command(about, async () =>
      desk.readAsSystem(async (client) => {
        const causes = (await codesOn(client, "holdCause", desk.options.today())).map(({ identifier, label }) => ({
          identifier,
          label,
        }));
        const nameOf = (code: string): string => causes.find(({ identifier }) => identifier === code)?.label ?? code;
        const holds = (await childHoldsOf(client, recipientId)).map(({ causeCode, ...hold }) => ({
          ...hold,
          causeName: nameOf(causeCode),
        }));
        return { response: { holds, causes }, log: [] };
      }),
    );
  },
});

const place = operation({
  id: "placeChildHold",
  method: "POST",
  path: "/cases/{recipientId}/child-holds",
  summary: "児童一人の分の差止め",
  access: { permission: "hold.place", relation: "case" },
  command: true,
  params,
  body: z.strictObject({
    childNumber: z.int().min(1).max(999_999_999_999_999),
    fromMonth: z.string().refine((text) => parseMonth(text) !== undefined, "YYYY-MM の年月で指定してください。"),
    causeCode: z.string().regex(/^[0-9A-Za-z]{1,40}$/, "事由を選んでください。"),
    cause: reasonText,
  }),
  response: stepDone,
  handler: async ({ params: { recipientId }, body }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      await placeChildHold(context, { ...body, recipientId, fromMonth: month(body.fromMonth), key });
    });
    return { message: "差し止めました。ほかの児童の分は、これまでどおり支払われます。" };
  },
});

const release = operation({
  id: "releaseChildHold",
  method: "POST",
  path: "/cases/{recipientId}/child-holds/{childHoldId}/release",
  summary: "児童一人の分の差止めの解除",
  access: { permission: "hold.release", relation: "case" },
  command: true,
  params: params.extend({
    childHoldId: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, "差止の番号が正しくありません。")
      .transform(Number),
  }),
  body: z.strictObject({ cause: reasonText }),
  response: stepDone,
  handler: async ({ params: { recipientId, childHoldId }, body: { cause } }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    const own = await desk.command({ addresseeNumber, caseRef: String(recipientId), action: "read" }, async () =>
      desk.readAsSystem(async (client) => ({
        response: (await childHoldsOf(client, recipientId)).some((each) => each.childHoldId === childHoldId),
        log: [],
      })),
    );
    if (!own) {
      throw new Refusal(
        "holdUnknown",
        "この差止は、この受給者にありません。画面を読み直してください。何も変えていません。",
      );
    }
    await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      await releaseChildHold(context, childHoldId, cause, key);
    });
    return { message: "解除しました。止めていた月分は、次の支払でまとめて払われます。" };
  },
});

export const childHoldOperations = [list, place, release];
