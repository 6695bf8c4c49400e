/** 仮受付・受付・補正: a filing is typed, kept as a draft, registered, corrected. */
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import {
  addEvent,
  checkRevision,
  checkState,
  filingCommand,
  type FilingHead,
  headOf,
  type OnFiling,
} from "./command.ts";
import { type FilingForm, refuseFields } from "./form.ts";
import { loadFiling } from "./record.ts";
import {
  addContent,
  checkOwnDraft,
  checkPersons,
  checkSame,
  formOf,
  openFiling,
  readComplete,
  readDraft,
  type Typed,
} from "./store-form.ts";

const AMENDABLE = ["submitted", "returned", "held", "examined"] as const;

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
