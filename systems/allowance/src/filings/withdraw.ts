/** 取下げ・破棄: a filing that nobody has decided ends without a decision; it stays in the 受付簿. */
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
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
import { loadFiling } from "./record.ts";
import { checkOwnDraft } from "./store-form.ts";

/** Withdraws inside an open transaction. */
export async function withdrawIn(
  client: PoolClient,
  context: Context,
  filing: Pick<OnFiling, "filingId" | "expectedRevision">,
  reason: string,
): Promise<FilingHead> {
  const record = await loadFiling(client, filing.filingId);
  checkOwnDraft(context, record);
  checkRevision(record, filing.expectedRevision);
  const draft = record.state === "draft";
  checkState(record, "取下げ", ["draft", "submitted", "returned", "held", "examined"]);
  const event = { filingId: record.filingId, after: record.revision, contentRevision: record.contentRevision };
  const seq = await addEvent(client, context, event, { kind: draft ? "discarded" : "withdrawn", reason });
  return headOf(record, draft ? "discarded" : "withdrawn", seq);
}

/**
 * Withdraws a registered filing (取下げ) or throws a draft away (破棄). What is decided can't be withdrawn.
 *
 * @throws Refusal `filingInvalid`, `filingEnded`, `caseChanged`, `filingUnknown`
 */
export async function withdrawFiling(
  context: Context,
  withdraw: OnFiling & { readonly reason: string },
): Promise<FilingHead> {
  const reason = checkReason(withdraw.reason, "取下げ");
  return await filingCommand(context, {
    name: "filing.withdraw",
    key: withdraw.key,
    request: { filingId: withdraw.filingId, reason, expectedRevision: withdraw.expectedRevision ?? null },
    work: async (client) => await withdrawIn(client, context, withdraw, reason),
  });
}
