/** What a filing (受付) looks like over the API. */
import { PROCEDURE_CODES, type ProcedureCode } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

import { dateText } from "./inputs.ts";

export const procedureCode = z.enum(PROCEDURE_CODES as unknown as [ProcedureCode, ...ProcedureCode[]]);

/** What is typed; the content is checked by its procedure. */
export const filingForm = z
  .strictObject({
    procedure: procedureCode,
    receptionNumber: z
      .string()
      .regex(/^[0-9]{1,10}$/, "受付番号は10桁までの数字です。")
      .optional(),
    receivedOn: dateText,
    channel: z.enum(["counter", "post", "online", "exOfficio"]),
    wardCode: z.string().regex(/^[0-9]{6}$/, "区を選んでください。"),
    content: z.looseObject({}),
    agent: z
      .strictObject({
        kind: z.enum(["statutory", "voluntary"]),
        name: z.string().max(100),
        relation: z.string().max(40),
        authority: z.enum(["powerOfAttorney", "familyRegister", "guardianCertificate"]),
      })
      .optional(),
    identity: z
      .strictObject({
        kind: z.union([z.literal(1), z.literal(2), z.literal(3)]),
        documents: z.array(z.string().max(60)).max(5),
      })
      .optional(),
    finalDueOn: dateText.optional(),
  })
  .meta({ id: "FilingForm", description: "受付の入力。受付日は請求日で、入力した日とは別。" });

export const filingState = z.enum([
  "draft",
  "submitted",
  "returned",
  "held",
  "examined",
  "decided",
  "withdrawn",
  "discarded",
  "cancelled",
]);

export const filingHead = z
  .object({ filingId: z.int(), receptionNumber: z.string(), state: filingState, revision: z.int() })
  .meta({ id: "FilingHead", description: "受付のいまの状態。revision を次の操作の expectedRevision に入れる。" });

export const difference = z
  .object({
    item: z.string(),
    child: z.int().nullable(),
    filed: z.string().nullable(),
    registered: z.string().nullable(),
    weight: z.enum(["stop", "look", "note"]),
    text: z.string(),
  })
  .meta({ id: "Difference", description: "請求書と台帳の突き合わせの1項目" });

export const effect = z
  .object({
    kind: z.string(),
    what: z.string(),
    recipientId: z.int().nullable(),
    fromMonth: z.string().nullable(),
    before: z.string().nullable(),
    after: z.string().nullable(),
    yenBefore: z.int().nullable(),
    yenAfter: z.int().nullable(),
    children: z.array(z.object({ child: z.int(), before: z.int().nullable(), after: z.int().nullable() })),
  })
  .meta({ id: "Effect", description: "決裁すると変わること。金額は月額（円）。" });

export const proposal = z
  .object({
    outcome: z.enum(["grant", "refuse", "acknowledge", "impossible"]),
    reasons: z.array(z.string()),
    differences: z.array(difference),
    effects: z.array(effect),
  })
  .meta({ id: "Proposal", description: "審査の案" });

/** The revision that the person saw; where somebody was faster the command is refused (`caseChanged`). */
export const expectedRevision = z.int().min(0).optional();
