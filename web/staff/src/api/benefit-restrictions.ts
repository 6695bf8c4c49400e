/** 支給制限 (10条): list, and the requests to decide, end and take back; another person approves each. */
import {
  putRequest,
  RESTRICTION_CAUSES,
  restrictionCauseLabels,
  restrictionsOf,
  restrictionStateLabels,
} from "@hagukumi/allowance/contract.ts";
import type { RequestContent } from "@hagukumi/allowance/contract.ts";
import { parseMonth } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import { addresseeOf } from "./case-entries.ts";
import type { Desk } from "./desk.ts";
import { certificationNumber, dateText, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";
import { stepDone } from "./run-shapes.ts";

const onCase = z.strictObject({ recipientId: certificationNumber });
const onRestriction = z.strictObject({
  recipientId: certificationNumber,
  restrictionId: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "支給制限の番号が正しくありません。")
    .transform(Number),
});
const monthText = z.string().refine((text) => parseMonth(text) !== undefined, "YYYY-MM の年月で指定してください。");
const PUT = "案を入れました。別の人が「二人で決めること」で決裁すると効き、通知書を待つ一覧に載ります。";

const list = operation({
  id: "readBenefitRestrictions",
  method: "GET",
  path: "/cases/{recipientId}/restrictions",
  summary: "支給制限（10条）",
  access: { permission: "case.open", relation: "case" },
  params: onCase,
  response: z.object({
    restrictions: z.array(
      z.object({
        restrictionId: z.int(),
        childNumber: z.int().nullable(),
        state: z.enum(["inForce", "ended", "cancelled"]),
        stateName: z.string(),
        fromMonth: z.string(),
        payableFrom: z.string().nullable(),
        causeName: z.string(),
        demandedOn: z.string(),
        answerDueOn: z.string(),
        demandDocument: z.string(),
        reason: z.string(),
        decidedOn: z.string(),
        enteredBy: z.string(),
        approvedBy: z.string(),
        laterReason: z.string().nullable(),
        laterOn: z.string().nullable(),
      }),
    ),
    causes: z.array(z.object({ code: z.enum(RESTRICTION_CAUSES), name: z.string() })),
  }),
  handler: async ({ params: { recipientId } }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    const about = { addresseeNumber, caseRef: String(recipientId), action: "read" } as const;
    return await desk.command(about, async () =>
      desk.read(async (client) => ({
        response: {
          restrictions: (await restrictionsOf(client, recipientId)).map(
            ({ causeCode, recipientId: _own, ...restriction }) => ({
              ...restriction,
              stateName: restrictionStateLabels[restriction.state],
              causeName: restrictionCauseLabels[causeCode],
            }),
          ),
          causes: RESTRICTION_CAUSES.map((code) => ({ code, name: restrictionCauseLabels[code] })),
        },
        log: [],
      })),
    );
  },
});

/** Puts the request in the open case. @throws Refusal `restrictionInvalid` where the restriction is of another case */
async function put(
  desk: Desk,
  recipientId: number,
  restrictionId: number | undefined,
  content: RequestContent,
): Promise<{ message: string }> {
  const addresseeNumber = await addresseeOf(desk, recipientId);
  if (restrictionId !== undefined && addresseeNumber !== 0) {
    const own = await desk.read(async (client) => ({
      response: (await restrictionsOf(client, recipientId)).some((each) => each.restrictionId === restrictionId),
      log: [],
    }));
    if (!own) {
      throw new Refusal(
        "restrictionInvalid",
        "この支給制限は、この受給者にありません。画面を読み直してください。何も変えていません。",
      );
    }
  }
  await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
    await putRequest(context, { content, key });
  });
  return { message: PUT };
}

const place = operation({
  id: "requestBenefitRestriction",
  method: "POST",
  path: "/cases/{recipientId}/restrictions",
  summary: "支給制限の案",
  access: { permission: "decision.exOfficio", relation: "case" },
  command: true,
  params: onCase,
  body: z.strictObject({
    childNumber: z.int().min(1).nullable(),
    fromMonth: monthText,
    causeCode: z.enum(RESTRICTION_CAUSES),
    demandedOn: dateText,
    answerDueOn: dateText,
    demandDocument: z.string().trim().min(1, "命令・質問の文書を書いてください。").max(100, "100文字までです。"),
    reason: reasonText,
  }),
  response: stepDone,
  handler: async ({ params: { recipientId }, body }, desk) =>
    await put(desk, recipientId, undefined, { kind: "restriction", recipientId, ...body }),
});

const end = operation({
  id: "requestBenefitRestrictionEnd",
  method: "POST",
  path: "/cases/{recipientId}/restrictions/{restrictionId}/end",
  summary: "支給制限の終わりの案",
  access: { permission: "decision.exOfficio", relation: "case" },
  command: true,
  params: onRestriction,
  body: z.strictObject({ compliedOn: dateText, payableFrom: monthText, reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { recipientId, restrictionId }, body }, desk) =>
    await put(desk, recipientId, restrictionId, { kind: "restrictionEnd", restrictionId, ...body }),
});

const cancel = operation({
  id: "requestBenefitRestrictionCancellation",
  method: "POST",
  path: "/cases/{recipientId}/restrictions/{restrictionId}/cancellation",
  summary: "支給制限の取消しの案",
  access: { permission: "decision.exOfficio", relation: "case" },
  command: true,
  params: onRestriction,
  body: z.strictObject({ reason: reasonText }),
  response: stepDone,
  handler: async ({ params: { recipientId, restrictionId }, body }, desk) =>
    await put(desk, recipientId, restrictionId, { kind: "restrictionCancellation", restrictionId, ...body }),
});

export const benefitRestrictionOperations = [list, place, end, cancel];
