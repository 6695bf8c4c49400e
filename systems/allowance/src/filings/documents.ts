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
import { holdsIndividualNumber } from "./individual-number.ts";
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

export type HandBackDocument = OnFiling & {
  /** 書類の名, as it stands on the paper, 1–80 characters without a 個人番号 */
  readonly paper: string;
  readonly how: HandedBack["how"];
  /** Day on which it was given or posted; default: today */
  readonly on?: string;
  /** 1–400 characters: why the office does not need it */
  readonly reason: string;
};

/** One paper that was given back. */
export type HandedBack = {
  readonly paper: string;
  readonly how: "counter" | "post";
  readonly on: CivilDate;
  readonly reason: string;
  readonly by: string;
};

const RETURNABLE = [...OPEN, "decided", "withdrawn", "cancelled"] as const;

/**
 * 書類の返却: a paper that the office does not need goes back, and that it did is on record (評価書 III-2 ②). It changes neither the
 * state nor what was examined, and can be done after the decision too.
 *
 * @throws Refusal `filingInvalid`, `filingState`, `filingEnded`, `caseChanged`, `filingUnknown`
 */
export async function handBackDocument(context: Context, given: HandBackDocument): Promise<FilingHead> {
  const paper = given.paper.trim();
  const reason = checkReason(given.reason, "返却");
  const on = given.on === undefined ? context.today : parseCivilDate(given.on);
  if (paper === "" || paper.length > 80 || holdsIndividualNumber(paper)) {
    refuseFields("返却", [{ path: "paper", message: "書類の名を、80文字まで、個人番号を書かずに入力してください" }]);
  }
  if (on === undefined || on > context.today) {
    refuseFields("返却", [{ path: "on", message: "返した日は今日までの日付で入力してください" }]);
  }
  const { filingId, how } = given;
  return await filingCommand(context, {
    name: "filing.handBack",
    key: given.key,
    request: { filingId, paper, how, on, reason, expectedRevision: given.expectedRevision ?? null },
    work: async (client) => {
      const record = await loadFiling(client, filingId);
      checkRevision(record, given.expectedRevision);
      checkState(record, "書類の返却", RETURNABLE);
      if (on < record.receivedOn) {
        refuseFields("返却", [{ path: "on", message: "返した日は受付日以後の日付で入力してください" }]);
      }
      await client.query(
        `INSERT INTO allowance.filing_document (filing_id, code, no, state, noted_on, reason, recorded_by, paper, handed_back)
         SELECT $1, 'handedBack', coalesce(max(no), 0) + 1, 'returned', $2, $3, $4, $5, $6
         FROM allowance.filing_document WHERE filing_id = $1 AND code = 'handedBack'`,
        [filingId, on, reason, context.operator, paper, how],
      );
      return headOf(record, record.state, record.revision);
    },
  });
}

/** 返却の記録 of one filing, oldest first. */
export async function handedBack(client: PoolClient, filingId: number): Promise<readonly HandedBack[]> {
  const { rows } = await client.query<HandedBack>(
    `SELECT paper, handed_back AS how, noted_on AS "on", reason, recorded_by AS by
     FROM allowance.filing_document WHERE filing_id = $1 AND code = 'handedBack' ORDER BY no`,
    [filingId],
  );
  return rows;
}
