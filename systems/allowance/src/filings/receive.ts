/** 仮受付・受付・補正: a filing is typed, kept as a draft, registered, corrected. */
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import {
  addEvent,
  checkReason,
  checkRevision,
  checkState,
  filingCommand,
  type FilingHead,
  headOf,
  type OnFiling,
} from "./command.ts";
import {
  contentDigest,
  draftClaimant,
  draftRecipientKind,
  fieldProblems,
  type FilingForm,
  readForm,
  type ReadForm,
  refuseFields,
} from "./form.ts";
import type { AnyProcedure, Json, Subject } from "./procedure.ts";
import { type FilingRecord, loadFiling, unknownFiling } from "./record.ts";
import { procedureOf } from "./registry.ts";

/** A form as it will be stored. `content` is what was typed; for a complete form also what the procedure understood. */
type Typed = {
  readonly form: ReadForm;
  readonly procedure: AnyProcedure;
  readonly subject: Subject;
  readonly content: unknown;
};

/** Reads a draft: the procedure's shape may still be unmet. */
function readDraft(input: unknown): Typed {
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

async function checkPersons(client: PoolClient, { procedure, subject }: Typed): Promise<void> {
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

async function addContent(
  client: PoolClient,
  context: Context,
  filingId: number,
  revision: number,
  { form, subject, content }: Typed,
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
      context.operator,
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
function checkSame(record: FilingRecord, { form, subject }: Typed): void {
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

const AMENDABLE = ["submitted", "returned", "held", "examined"] as const;

/**
 * 仮受付の引継ぎ: another person goes on with a draft (absence, transfer), with a reason; it is theirs from then on.
 *
 * @throws Refusal `filingUnknown`, `filingState`, `filingEnded`
 */
export async function takeOverDraft(
  context: Context,
  take: { readonly receptionNumber: string; readonly reason: string; readonly key?: string },
): Promise<FilingHead> {
  const reason = checkReason(take.reason, "引継ぎ");
  return await filingCommand(context, {
    name: "filing.takeOver",
    key: take.key,
    request: { receptionNumber: take.receptionNumber, reason },
    work: async (client) => {
      const { rows } = await client.query<{ filing_id: number }>(
        "SELECT filing_id FROM allowance.filing WHERE reception_number = $1",
        [take.receptionNumber],
      );
      const filingId = rows[0]?.filing_id;
      if (filingId === undefined) throw unknownFiling(take.receptionNumber);
      const record = await loadFiling(client, filingId);
      checkState(record, "引継ぎ", ["draft"]);
      const contentRevision = record.contentRevision + 1;
      await addContent(client, context, filingId, contentRevision, readDraft(formOf(record)));
      const event = { filingId, after: record.revision, contentRevision };
      return headOf(record, "draft", await addEvent(client, context, event, { kind: "drafted", reason }));
    },
  });
}

export type SaveFiling = {
  readonly form: FilingForm;
  /** Absent: a new filing */
  readonly filingId?: number;
  readonly expectedRevision?: number;
  readonly key?: string;
};

/**
 * 仮受付: keeps what has been typed so far, with its 受付日 and its 受付番号. A draft is seen by nobody but who typed it, and
 * by nothing that decides or pays. Only the claimant's 宛名番号 must be there already.
 *
 * @throws Refusal `filingInvalid`, `procedureUnknown`, `receptionNumberReused`, `filingState`, `filingEnded`, `caseChanged`
 */
export async function saveDraft(context: Context, save: SaveFiling): Promise<FilingHead> {
  const typed = readDraft(save.form);
  const { filingId } = save;
  return await filingCommand(context, {
    name: "filing.draft",
    key: save.key,
    request: { filingId: filingId ?? null, expectedRevision: save.expectedRevision ?? null, form: save.form },
    work: async (client) => {
      if (filingId === undefined) return headOf(await openFiling(client, context, typed), "draft", 1);
      const record = await loadFiling(client, filingId);
      checkRevision(record, save.expectedRevision);
      checkState(record, "仮受付の保存", ["draft"]);
      checkOwnDraft(context, record);
      checkSame(record, typed);
      const contentRevision = record.contentRevision + 1;
      await addContent(client, context, filingId, contentRevision, typed);
      const event = { filingId, after: record.revision, contentRevision };
      return headOf(record, "draft", await addEvent(client, context, event, { kind: "drafted" }));
    },
  });
}

/**
 * 受付: registers a filing, straight from the counter (`form` alone) or from a draft (`filingId`, with the form as it is now
 * or without one). From here on it can be examined.
 *
 * @throws Refusal `filingInvalid` (fields), `identityNeeded` (D180), `procedureUnknown`, `receptionNumberReused`,
 *   `recipientUnknown`, `filingState`, `filingEnded`, `caseChanged`; nothing is registered then
 */
export async function submitFiling(
  context: Context,
  submit: Omit<SaveFiling, "form"> & { readonly form?: FilingForm },
): Promise<FilingHead> {
  const { filingId, form } = submit;
  const complete = form === undefined ? null : readComplete(context, form);
  return await filingCommand(context, {
    name: "filing.submit",
    key: submit.key,
    request: { filingId: filingId ?? null, expectedRevision: submit.expectedRevision ?? null, form: form ?? null },
    work: async (client) => await submitIn(client, context, submit, complete),
  });
}

/** `submitFiling` inside an open transaction. */
export async function submitIn(
  client: PoolClient,
  context: Context,
  submit: Pick<SaveFiling, "filingId" | "expectedRevision">,
  complete: Typed | null,
): Promise<FilingHead> {
  const { filingId } = submit;
  if (filingId === undefined) {
    if (complete === null) refuseFields("受付", [{ path: "form", message: "入力がありません" }]);
    const opened = await openFiling(client, context, complete);
    const event = { filingId: opened.filingId, after: 1, contentRevision: 1 };
    return headOf(opened, "submitted", await addEvent(client, context, event, { kind: "submitted" }));
  }
  const record = await loadFiling(client, filingId);
  checkRevision(record, submit.expectedRevision);
  checkState(record, "受付", ["draft"]);
  checkOwnDraft(context, record);
  const typed = complete ?? readComplete(context, formOf(record));
  checkSame(record, typed);
  await checkPersons(client, typed);
  const contentRevision = record.contentRevision + 1;
  // Registered is exactly what this person saw on the screen, under this person's name.
  await addContent(client, context, filingId, contentRevision, typed);
  const event = { filingId, after: record.revision, contentRevision };
  return headOf(record, "submitted", await addEvent(client, context, event, { kind: "submitted" }));
}

/**
 * 補正: corrects a registered filing that nobody has decided. The old version stays; what was examined counts no more.
 *
 * @throws as `submitFiling`
 */
export async function amendFiling(
  context: Context,
  amend: OnFiling & { readonly form: FilingForm; readonly reason?: string },
): Promise<FilingHead> {
  const typed = readComplete(context, amend.form);
  return await filingCommand(context, {
    name: "filing.amend",
    key: amend.key,
    request: { filingId: amend.filingId, expectedRevision: amend.expectedRevision ?? null, form: amend.form },
    work: async (client) => {
      const record = await loadFiling(client, amend.filingId);
      checkRevision(record, amend.expectedRevision);
      checkState(record, "補正", AMENDABLE);
      checkSame(record, typed);
      await checkPersons(client, typed);
      const contentRevision = record.contentRevision + 1;
      await addContent(client, context, record.filingId, contentRevision, typed);
      const event = { filingId: record.filingId, after: record.revision, contentRevision };
      const reason = amend.reason === undefined ? {} : { reason: amend.reason };
      return headOf(record, "submitted", await addEvent(client, context, event, { kind: "amended", ...reason }));
    },
  });
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
