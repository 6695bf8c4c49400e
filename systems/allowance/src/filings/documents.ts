/** 書類: 返戻・保留 with a due date, papers received, papers that the registers make unnecessary. */
import { type CivilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
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
import { refuseFields } from "./form.ts";
import type { RequiredDocument } from "./procedure.ts";
import { type DocumentState, type FilingRecord, loadFiling } from "./record.ts";
import { procedureOf } from "./registry.ts";

const OPEN = ["submitted", "returned", "held", "examined"] as const;

const requiredOf = (record: FilingRecord): readonly RequiredDocument[] =>
  procedureOf(record.procedure).documents(record.content);

async function note(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  code: string,
  state: DocumentState["state"],
  notedOn: CivilDate,
  reason: string | null,
): Promise<void> {
  const no = (record.documents.find((each) => each.code === code)?.no ?? 0) + 1;
  await client.query(
    `INSERT INTO allowance.filing_document (filing_id, code, no, state, noted_on, reason, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [record.filingId, code, no, state, notedOn, reason, context.operator],
  );
}

/** @throws Refusal `filingInvalid` for a code that this filing does not need */
function checkCodes(record: FilingRecord, codes: readonly string[]): void {
  const required = requiredOf(record);
  const unknown = codes.find((code) => !required.some((each) => each.code === code));
  if (unknown === undefined) return;
  refuseFields("書類", [{ path: "documents", message: `書類「${unknown}」は、この受付に要る書類ではありません` }]);
}

export type RequestDocuments = OnFiling & {
  /** 返戻: the papers go back to the claimant; 保留: they stay and are waited for */
  readonly how: "returned" | "held";
  /** Codes of the papers asked for; may be empty where the content must be corrected */
  readonly documents: readonly string[];
  readonly reason: string;
  /** 期限: by when they must be there, today or later */
  readonly dueOn: string;
};

/**
 * 返戻・保留: the filing waits for papers until a day. Its 受付日 stays.
 *
 * @throws Refusal `filingInvalid`, `filingState`, `filingEnded`, `caseChanged`, `filingUnknown`
 */
export async function requestDocuments(context: Context, request: RequestDocuments): Promise<FilingHead> {
  const reason = checkReason(request.reason, request.how === "returned" ? "返戻" : "保留");
  const dueOn = parseCivilDate(request.dueOn);
  if (dueOn === undefined || dueOn < context.today) {
    refuseFields("返戻・保留", [{ path: "dueOn", message: "期限は今日以後の日付で入力してください" }]);
  }
  const { filingId, how, documents } = request;
  return await filingCommand(context, {
    name: `filing.${how}`,
    key: request.key,
    request: { filingId, how, documents, reason, dueOn, expectedRevision: request.expectedRevision ?? null },
    work: async (client) => {
      const record = await loadFiling(client, filingId);
      checkRevision(record, request.expectedRevision);
      checkState(record, how === "returned" ? "返戻" : "保留", OPEN);
      checkCodes(record, documents);
      for (const code of new Set(documents))
        await note(client, context, record, code, "requested", context.today, reason);
      const event = { filingId, after: record.revision, contentRevision: record.contentRevision };
      return headOf(record, how, await addEvent(client, context, event, { kind: how, dueOn, reason }));
    },
  });
}

export type ReceiveDocuments = OnFiling & {
  /** Papers that have come, with the day of their arrival (default: today) */
  readonly received?: readonly { readonly code: string; readonly on?: string }[];
  /** Papers not needed because the registers show the fact (施行規則11条); a reason each */
  readonly waived?: readonly { readonly code: string; readonly reason: string }[];
};

/**
 * Records papers. What was examined before counts no more: the filing is to be examined (again).
 *
 * @throws Refusal `filingInvalid`, `filingState`, `filingEnded`, `caseChanged`, `filingUnknown`
 */
export async function receiveDocuments(context: Context, receive: ReceiveDocuments): Promise<FilingHead> {
  const { filingId, received = [], waived = [] } = receive;
  const arrivals = received.map(({ code, on }) => ({
    code,
    on: on === undefined ? context.today : parseCivilDate(on),
  }));
  const reasons = waived.map(({ code, reason }) => ({ code, reason: checkReason(reason, "書類の省略") }));
  return await filingCommand(context, {
    name: "filing.documents",
    key: receive.key,
    request: { filingId, received, waived, expectedRevision: receive.expectedRevision ?? null },
    work: async (client) => {
      const record = await loadFiling(client, filingId);
      checkRevision(record, receive.expectedRevision);
      checkState(record, "書類の記録", OPEN);
      checkCodes(
        record,
        [...arrivals, ...reasons].map(({ code }) => code),
      );
      const required = requiredOf(record);
      for (const { code, on } of arrivals) {
        if (on === undefined || on > context.today) {
          refuseFields("書類", [{ path: "received", message: "受け取った日は今日までの日付で入力してください" }]);
        }
        await note(client, context, record, code, "received", on, null);
      }
      for (const { code, reason } of reasons) {
        if (required.some((each) => each.code === code && !each.waivable)) {
          refuseFields("書類", [{ path: "waived", message: `書類「${code}」は省略できません` }]);
        }
        await note(client, context, record, code, "waived", context.today, reason);
      }
      const event = { filingId, after: record.revision, contentRevision: record.contentRevision };
      return headOf(record, "submitted", await addEvent(client, context, event, { kind: "documentsReceived" }));
    },
  });
}
