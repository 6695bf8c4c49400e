/** Forms as they are stored: read, checked against the register, numbered, written as versions (版). */
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { addEvent } from "./command.ts";
import {
  contentDigest,
  draftClaimant,
  draftRecipientKind,
  fieldProblems,
  readForm,
  type ReadForm,
  refuseFields,
} from "./form.ts";
import type { AnyProcedure, Json, Subject } from "./procedure.ts";
import { type FilingRecord, unknownFiling } from "./record.ts";
import { procedureOf } from "./registry.ts";

/** A form as it will be stored. `content` is what was typed; for a complete form also what the procedure understood. */
export type Typed = {
  readonly form: ReadForm;
  readonly procedure: AnyProcedure;
  readonly subject: Subject;
  readonly content: unknown;
};

/** Reads a draft: the procedure's shape may still be unmet. */
export function readDraft(input: unknown): Typed {
  const form = readForm(input);
  const procedure = procedureOf(form.procedure);
  const parsed = procedure.shape.safeParse(form.content);
  const subject: Subject = parsed.success
    ? procedure.subjectOf(form.content)
    : {
        claimant: draftClaimant(form.content),
        recipientKind: draftRecipientKind(form.procedure, form.content),
        recipientId: null,
        children: [],
      };
  return { form, procedure, subject, content: form.content };
}

/**
 * Reads a form that is to be registered.
 *
 * @throws Refusal `filingInvalid`, `identityNeeded`
 */
export function readComplete(context: Context, input: unknown): Typed {
  const form = readForm(input);
  const procedure = procedureOf(form.procedure);
  const parsed = procedure.shape.safeParse(form.content);
  if (!parsed.success) refuseFields(procedure.name, fieldProblems(parsed.error, "content"));
  if (form.channel !== "exOfficio" && form.identity === undefined) {
    throw refuse(
      "identityNeeded",
      `${procedure.name}を受け付けられません。本人確認（1 個人番号カード・通知カード、2 写真付きの書類、3 写真のない書類2点）を記録してください。何も変えていません。`,
      { fields: ["identity"] },
    );
  }
  if (form.receivedOn > context.today) {
    refuseFields(procedure.name, [{ path: "receivedOn", message: "受付日が今日より後です" }]);
  }
  return { form, procedure, subject: procedure.subjectOf(form.content), content: form.content };
}

async function receptionNumber(client: PoolClient, typed: string | undefined): Promise<string> {
  const taken = async (number: string): Promise<boolean> => {
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT EXISTS (SELECT FROM allowance.claim WHERE reception_number = $1) OR EXISTS (SELECT FROM allowance.filing WHERE reception_number = $1) AS taken`,
      [number],
    );
    return rows[0]?.taken === true;
  };
  if (typed !== undefined) {
    if (await taken(typed)) {
      throw refuse(
        "receptionNumberReused",
        `受付番号 ${typed} は、もう使われています。番号を確かめるか、空欄にしてシステムに採らせてください。何も変えていません。`,
        { receptionNumber: typed },
      );
    }
    return typed;
  }
  for (;;) {
    const { rows } = await client.query<{ number: string }>(
      "SELECT nextval('allowance.reception_number')::text AS number",
    );
    const number = rows[0]?.number ?? "";
    if (!(await taken(number))) return number;
  }
}

/** @throws Refusal `filingInvalid`, `recipientUnknown` */
export async function checkPersons(client: PoolClient, { procedure, subject }: Typed): Promise<void> {
  const { rows } = await client.query<{ known: boolean }>(
    "SELECT EXISTS (SELECT FROM allowance.addressee WHERE addressee_number = $1) AS known",
    [subject.claimant],
  );
  if (rows[0]?.known !== true) {
    refuseFields(procedure.name, [{ path: "content.claimant", message: "この宛名番号は台帳にありません" }]);
  }
  if (subject.recipientId === null) return;
  const recipient = await client.query("SELECT FROM allowance.recipient WHERE recipient_id = $1", [
    subject.recipientId,
  ]);
  if (recipient.rowCount !== 1) {
    throw refuse("recipientUnknown", `認定番号 ${subject.recipientId} の受給者はいません。番号を確認してください。`, {
      recipientId: subject.recipientId,
    });
  }
}

/** Adds a version. */
export async function addContent(
  client: PoolClient,
  context: Context,
  filingId: number,
  revision: number,
  { form, subject, content }: Typed,
  /** Whose it is from then on: who typed it, or to whom a draft was handed over */
  typedBy: string = context.operator,
): Promise<void> {
  const { agent, identity } = form;
  await client.query(
    `INSERT INTO allowance.filing_content (filing_id, revision, received_on, channel, content, recipient_id, named_numbers, agent_kind, agent_name,
       agent_relation, agent_authority, identity_kind, identity_documents, final_due_on, content_digest, typed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      filingId,
      revision,
      form.receivedOn,
      form.channel,
      JSON.stringify(content),
      subject.recipientId,
      subject.children,
      agent?.kind ?? null,
      agent?.name ?? null,
      agent?.relation ?? null,
      agent?.authority ?? null,
      identity?.kind ?? null,
      identity?.documents ?? [],
      form.finalDueOn ?? null,
      contentDigest(form, content),
      typedBy,
    ],
  );
}

/** Opens a filing with its first version and its first event `drafted`. */
export async function openFiling(
  client: PoolClient,
  context: Context,
  typed: Typed,
  replaces: number | null = null,
): Promise<{ filingId: number; receptionNumber: string }> {
  await checkPersons(client, typed);
  const { form, subject } = typed;
  const number = await receptionNumber(client, form.receptionNumber);
  const { rows } = await client.query<{ filing_id: number }>(
    `INSERT INTO allowance.filing (reception_number, procedure_code, claimant_number, recipient_kind, ward_code, replaces, opened_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING filing_id`,
    [number, form.procedure, subject.claimant, subject.recipientKind, form.wardCode, replaces, context.operator],
  );
  const filingId = rows[0]?.filing_id;
  if (filingId === undefined) throw new Error("the filing got no number");
  await addContent(client, context, filingId, 1, typed);
  await addEvent(client, context, { filingId, after: 0, contentRevision: 1 }, { kind: "drafted" });
  return { filingId, receptionNumber: number };
}

/** A filing is about one person, one procedure, one ward: to change these, discard it and open another. */
export function checkSame(record: FilingRecord, { form, subject }: Typed): void {
  const fixed =
    record.procedure === form.procedure &&
    record.subject.claimant === subject.claimant &&
    record.wardCode === form.wardCode &&
    (form.receptionNumber === undefined || form.receptionNumber === record.receptionNumber);
  if (fixed) return;
  throw refuse(
    "filingInvalid",
    `受付番号 ${record.receptionNumber} の手続・請求者・区・番号は変えられません。違うときは取り消して、受け付け直してください。何も変えていません。`,
    { fields: ["procedure", "content.claimant", "wardCode", "receptionNumber"] },
  );
}

/** A draft is not there for anybody else (A33). @throws Refusal `filingUnknown` */
export function checkOwnDraft(context: Context, record: FilingRecord): void {
  if (record.state !== "draft" || record.typedBy === context.operator) return;
  throw unknownFiling(record.filingId);
}
/** The form of a stored filing, as it was typed. */
export function formOf(record: FilingRecord): Json {
  const { agent, identity, finalDueOn } = record;
  return {
    procedure: record.procedure,
    receptionNumber: record.receptionNumber,
    receivedOn: record.receivedOn,
    channel: record.channel,
    wardCode: record.wardCode,
    content: JSON.parse(JSON.stringify(record.content)),
    agent: agent ?? undefined,
    identity: identity === null ? undefined : { kind: identity.kind, documents: [...identity.documents] },
    finalDueOn: finalDueOn ?? undefined,
  };
}
