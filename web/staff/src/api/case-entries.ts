/** 台帳の記載 (連絡先・送付先・関係者・メモ・書類 …) of a case: read as of two days, add, revise, withdraw, confirm. */
import {
  acknowledgeNote,
  addEntry,
  caseEntries,
  confirmEntry,
  ENTRY_KINDS,
  type EntryKind,
  entrySpecs,
  reviseEntry,
  withdrawEntry,
} from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { z } from "zod";

import type { Desk } from "./desk.ts";
import { certificationNumber, dateText, reasonText } from "./inputs.ts";
import { operation } from "./operation.ts";

const kinds = z.enum(ENTRY_KINDS as [EntryKind, ...EntryKind[]]);

const shape = z
  .object({
    kind: kinds,
    label: z.string(),
    entryId: z.int(),
    revision: z.int(),
    addresseeNumber: z.int(),
    content: z.record(z.string(), z.unknown()),
    validFrom: z.string(),
    validTo: z.string().nullable(),
    enteredBy: z.string(),
    recordedAt: z.string(),
    /** The last revision is a withdrawal that waits for its second person; what was confirmed before holds until then */
    withdrawn: z.boolean(),
    confirmed: z.boolean().nullable(),
    readings: z.array(z.object({ by: z.string(), at: z.string() })),
  })
  .meta({ id: "CaseEntry", description: "台帳の記載の1件（いまの版）" });

const list = operation({
  id: "readCaseEntries",
  method: "GET",
  path: "/cases/{recipientId}/entries",
  summary: "台帳の記載（ある日に有効だったものを、ある日までに知っていたとおりに）",
  access: { permission: "case.open", relation: "case" },
  params: z.strictObject({ recipientId: certificationNumber }),
  query: z.strictObject({ validOn: dateText.optional(), knownOn: dateText.optional() }),
  response: z.object({ entries: z.array(shape) }),
  handler: async ({ params, query }, desk) => {
    const today = desk.options.today();
    // Without a day of its own: everything that is recorded, also by a machine whose clock is ahead of the day of work.
    const asOf = { validOn: query.validOn ?? today, knownOn: query.knownOn ?? "9999-12-31" };
    const entries = await caseEntries(desk.reader(params, "entries"), { ...params, ...asOf });
    return {
      entries: entries.map((entry) => ({
        ...entry,
        content: { ...entry.content },
        recordedAt: entry.recordedAt.toISOString(),
        readings: entry.readings.map(({ by, at }) => ({ by, at: at.toISOString() })),
      })),
    };
  },
});

/** 宛名番号 of the recipient, for the guard: only where the case is open to the session. */
export async function addresseeOf(desk: Desk, recipientId: number): Promise<number> {
  return await desk.read(async (client) => {
    const { rows } = await client.query<{ n: number }>(
      "SELECT addressee_number AS n FROM allowance.recipient WHERE recipient_id = $1",
      [recipientId],
    );
    // 0 is nobody's number: the guard then refuses with `purposeNeeded`.
    return { response: rows[0]?.n ?? 0, log: [] };
  });
}

/**
 * 宛名番号 of the recipient, provided that the entry is in this recipient's own case file.
 *
 * @throws Refusal `notFound` for an entry of somebody else, as for one that does not exist
 */
async function ownerOf(desk: Desk, recipientId: number, kind: EntryKind, entryId: number): Promise<number> {
  const addresseeNumber = await addresseeOf(desk, recipientId);
  const own = await desk.read(async (client) => {
    const { rowCount } = await client.query(
      `SELECT FROM allowance.${entrySpecs[kind].table} WHERE entry_id = $1 AND addressee_number = $2 LIMIT 1`,
      [entryId, addresseeNumber],
    );
    return { response: rowCount === 1, log: [] };
  });
  if (own || addresseeNumber === 0) return addresseeNumber;
  throw new Refusal("notFound", "この台帳の記載はありません。画面を読み直してください。何も変えていません。");
}

const content = z.record(z.string().max(60), z.unknown());
const revised = z.object({ entryId: z.int(), revision: z.int() });
const params = z.strictObject({ recipientId: certificationNumber, kind: kinds });

const add = operation({
  id: "addCaseEntry",
  method: "POST",
  path: "/cases/{recipientId}/entries/{kind}",
  summary: "台帳の記載を加える",
  access: { permission: "case.note", relation: "case" },
  command: true,
  params,
  body: z.strictObject({ content, validFrom: dateText, validTo: dateText.nullable().default(null) }),
  response: revised,
  handler: async ({ params: { recipientId, kind }, body }, desk) => {
    const addresseeNumber = await addresseeOf(desk, recipientId);
    return await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      // The kind's own shape checks the content; the record type says only that it is one.
      const checked = body.content as Parameters<typeof addEntry>[2]["content"];
      return await addEntry(context, kind, { addresseeNumber, ...body, content: checked, key });
    });
  },
});

const entryRef = { entryId: z.int().positive(), revision: z.int().positive() };

const revise = operation({
  id: "reviseCaseEntry",
  method: "POST",
  path: "/cases/{recipientId}/entries/{kind}/revision",
  summary: "台帳の記載を改める・終える",
  access: { permission: "case.note", relation: "case" },
  command: true,
  params,
  body: z.strictObject({
    ...entryRef,
    reason: reasonText,
    content: content.default({}),
    validTo: dateText.nullable().optional(),
  }),
  response: revised,
  handler: async ({ params: { recipientId, kind }, body }, desk) => {
    const addresseeNumber = await ownerOf(desk, recipientId, kind, body.entryId);
    return await desk.command({ addresseeNumber, caseRef: String(recipientId) }, async (context, key) => {
      const { validTo, ...rest } = body;
      return await reviseEntry(context, kind, { ...rest, ...(validTo === undefined ? {} : { validTo }), key });
    });
  },
});

const withdraw = operation({
  id: "withdrawCaseEntry",
  method: "POST",
  path: "/cases/{recipientId}/entries/{kind}/withdrawal",
  summary: "台帳の記載を誤りとして取り消す",
  access: { permission: "case.note", relation: "case" },
  command: true,
  params,
  body: z.strictObject({ ...entryRef, reason: reasonText }),
  response: revised,
  handler: async ({ params: { recipientId, kind }, body }, desk) => {
    const addresseeNumber = await ownerOf(desk, recipientId, kind, body.entryId);
    return await desk.command(
      { addresseeNumber, caseRef: String(recipientId) },
      async (context, key) => await withdrawEntry(context, kind, { ...body, key }),
    );
  },
});

const confirm = operation({
  id: "confirmCaseEntry",
  method: "POST",
  path: "/cases/{recipientId}/entries/{kind}/confirmation",
  summary: "台帳の記載を二人目が確認する",
  access: { permission: "procedure.approve", relation: "case" },
  command: true,
  params,
  body: z.strictObject(entryRef),
  response: z.object({ confirmed: z.boolean() }),
  handler: async ({ params: { recipientId, kind }, body }, desk) => {
    const addresseeNumber = await ownerOf(desk, recipientId, kind, body.entryId);
    await desk.command(
      { addresseeNumber, caseRef: String(recipientId) },
      async (context, key) => await confirmEntry(context, kind, { ...body, key }),
    );
    return { confirmed: true };
  },
});

const acknowledge = operation({
  id: "acknowledgeNote",
  method: "POST",
  path: "/cases/{recipientId}/notes/reading",
  summary: "必ず見るメモを読んだことを残す",
  access: { permission: "case.open", relation: "case" },
  command: true,
  params: z.strictObject({ recipientId: certificationNumber }),
  body: z.strictObject(entryRef),
  response: z.object({ read: z.boolean() }),
  handler: async ({ params: { recipientId }, body }, desk) => {
    const addresseeNumber = await ownerOf(desk, recipientId, "note", body.entryId);
    await desk.command(
      { addresseeNumber, caseRef: String(recipientId) },
      async (context, key) => await acknowledgeNote(context, { ...body, key }),
    );
    return { read: true };
  },
});

export const caseEntryOperations = [list, add, revise, withdraw, confirm, acknowledge];
