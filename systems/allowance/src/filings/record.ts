/** A filing as it is stored: its present state, its last version, its last examination and its papers. */
import { type CivilDate, type RecipientKind } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import type { ProcedureCode } from "./procedure-codes.ts";
import type { Applied, Channel, FilingOf, Outcome, Override, Proposal, Subject } from "./procedure.ts";
import { readApplied, readOverride, readProposal } from "./stored.ts";

/** Where a filing stands (受付の状態). */
export type FilingState =
  | "draft"
  | "submitted"
  | "returned"
  | "held"
  | "examined"
  | "decided"
  | "withdrawn"
  | "discarded"
  | "cancelled";

/** State → what a clerk reads. */
export const filingStateLabels: Readonly<Record<FilingState, string>> = {
  draft: "仮受付",
  submitted: "審査待ち",
  returned: "返戻",
  held: "保留",
  examined: "決裁待ち",
  decided: "決裁済み",
  withdrawn: "取下げ",
  discarded: "破棄（仮受付）",
  cancelled: "取消（再決定済み）",
};

export type EventKind =
  | "drafted"
  | "submitted"
  | "amended"
  | "returned"
  | "held"
  | "documentsReceived"
  | "examined"
  | "overridden"
  | "sentBack"
  | "approved"
  | "withdrawn"
  | "discarded"
  | "cancelled";

export const eventLabels: Readonly<Record<EventKind, string>> = {
  drafted: "仮受付の入力",
  submitted: "受付",
  amended: "補正",
  returned: "返戻",
  held: "保留",
  documentsReceived: "書類の受領",
  examined: "審査",
  overridden: "案の変更",
  sentBack: "差戻し",
  approved: "決裁",
  withdrawn: "取下げ",
  discarded: "仮受付の破棄",
  cancelled: "取消",
};

/** One paper of a filing, as last recorded. */
export type DocumentState = {
  readonly code: string;
  readonly no: number;
  readonly state: "received" | "waived" | "requested" | "returned";
  readonly notedOn: CivilDate;
  readonly reason: string | null;
  readonly recordedBy: string;
};

export type ExaminationRecord = {
  readonly seq: number;
  readonly contentRevision: number;
  readonly outcome: Outcome;
  readonly digest: string;
  readonly proposal: Proposal;
  readonly override: Override | null;
  readonly judgedOn: CivilDate;
  readonly examinedBy: string;
};

export type FilingRecord = {
  readonly filingId: number;
  readonly receptionNumber: string;
  readonly procedure: ProcedureCode;
  readonly subject: Subject;
  readonly wardCode: string;
  readonly replaces: number | null;
  readonly state: FilingState;
  /** Number of the last event: what `expectedRevision` is compared with */
  readonly revision: number;
  readonly lastKind: EventKind;
  readonly lastBy: string;
  readonly lastAt: Date;
  readonly lastReason: string | null;
  readonly dueOn: CivilDate | null;
  /** 版 of the content */
  readonly contentRevision: number;
  readonly contentDigest: string;
  readonly content: unknown;
  readonly receivedOn: CivilDate;
  readonly channel: Channel;
  readonly agent: {
    readonly kind: "statutory" | "voluntary";
    readonly name: string;
    readonly relation: string;
    readonly authority: "powerOfAttorney" | "familyRegister" | "guardianCertificate";
  } | null;
  readonly identity: { readonly kind: 1 | 2 | 3; readonly documents: readonly string[] } | null;
  readonly finalDueOn: CivilDate | null;
  readonly typedBy: string;
  readonly examination: ExaminationRecord | null;
  readonly documents: readonly DocumentState[];
};

type Row = {
  readonly filing_id: number;
  readonly reception_number: string;
  readonly procedure_code: ProcedureCode;
  readonly claimant_number: number;
  readonly recipient_kind: RecipientKind;
  readonly ward_code: string;
  readonly replaces: number | null;
  readonly state: FilingState;
  readonly last_seq: number;
  readonly last_kind: EventKind;
  readonly last_by: string;
  readonly last_at: Date;
  readonly last_reason: string | null;
  readonly due_on: CivilDate | null;
  readonly revision: number;
  readonly received_on: CivilDate;
  readonly channel: Channel;
  readonly recipient_id: number | null;
  readonly named_numbers: readonly number[];
  readonly final_due_on: CivilDate | null;
  readonly typed_by: string;
  readonly content: unknown;
  readonly content_digest: string;
  readonly agent_kind: "statutory" | "voluntary" | null;
  readonly agent_name: string | null;
  readonly agent_relation: string | null;
  readonly agent_authority: "powerOfAttorney" | "familyRegister" | "guardianCertificate" | null;
  readonly identity_kind: 1 | 2 | 3 | null;
  readonly identity_documents: readonly string[];
};

const FILING = `
  SELECT f.*, c.content, c.content_digest, c.agent_kind, c.agent_name, c.agent_relation, c.agent_authority, c.identity_kind, c.identity_documents
  FROM allowance.filing_current f
  JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = f.revision
  WHERE f.filing_id = $1`;

const EXAMINATION = `
  SELECT seq, revision AS "contentRevision", outcome, digest, proposal, override, judged_on AS "judgedOn", examined_by AS "examinedBy"
  FROM allowance.filing_examination WHERE filing_id = $1 ORDER BY seq DESC LIMIT 1`;

const DOCUMENTS = `
  SELECT DISTINCT ON (code) code, no, state, noted_on AS "notedOn", reason, recorded_by AS "recordedBy"
  FROM allowance.filing_document WHERE filing_id = $1 AND code <> 'handedBack' ORDER BY code, no DESC`;

/** The refusal for a filing that is not there, or not for this person. */
export function unknownFiling(filing: number | string): Error {
  return refuse("filingUnknown", `受付（${filing}）は見つかりません。番号を確かめるか、一覧から選んでください。`, {
    filing,
  });
}

type StoredExamination = Omit<ExaminationRecord, "proposal" | "override"> & {
  readonly proposal: unknown;
  readonly override: unknown;
};

/** @throws Refusal `filingUnknown`, `storedUnreadable` */
export async function loadFiling(connection: Queryable, filingId: number): Promise<FilingRecord> {
  const { rows } = await connection.query<Row>(FILING, [filingId]);
  const row = rows[0];
  if (row === undefined) throw unknownFiling(filingId);
  const examinations = await connection.query<StoredExamination>(EXAMINATION, [filingId]);
  const examined = examinations.rows[0];
  const documents = await connection.query<DocumentState>(DOCUMENTS, [filingId]);
  const { agent_kind: kind, agent_name: name, agent_relation: relation, agent_authority: authority } = row;
  return {
    filingId: row.filing_id,
    receptionNumber: row.reception_number,
    procedure: row.procedure_code,
    subject: {
      claimant: row.claimant_number,
      recipientKind: row.recipient_kind,
      recipientId: row.recipient_id,
      children: row.named_numbers,
    },
    wardCode: row.ward_code,
    replaces: row.replaces,
    state: row.state,
    revision: row.last_seq,
    lastKind: row.last_kind,
    lastBy: row.last_by,
    lastAt: row.last_at,
    lastReason: row.last_reason,
    dueOn: row.due_on,
    contentRevision: row.revision,
    contentDigest: row.content_digest,
    content: row.content,
    receivedOn: row.received_on,
    channel: row.channel,
    agent:
      kind === null || name === null || relation === null || authority === null
        ? null
        : { kind, name, relation, authority },
    identity: row.identity_kind === null ? null : { kind: row.identity_kind, documents: row.identity_documents },
    finalDueOn: row.final_due_on,
    typedBy: row.typed_by,
    examination:
      examined === undefined
        ? null
        : {
            ...examined,
            proposal: readProposal(examined.proposal, row.reception_number),
            override: readOverride(examined.override, row.reception_number),
          },
    documents: documents.rows,
  };
}

/** The filing as its procedure sees it. */
export function filingOf(
  record: FilingRecord,
  judgedOn: CivilDate,
  override: Override | null = null,
): FilingOf<unknown> {
  return {
    filingId: record.filingId,
    receptionNumber: record.receptionNumber,
    procedure: record.procedure,
    content: record.content,
    receivedOn: record.receivedOn,
    channel: record.channel,
    wardCode: record.wardCode,
    subject: record.subject,
    replaces: record.replaces,
    override,
    judgedOn,
  };
}

/** What the approval of a filing wrote; null where nobody approved it. @throws Refusal `storedUnreadable` */
export async function loadApplied(connection: Queryable, filingId: number): Promise<Applied | null> {
  const { rows } = await connection.query<{ applied: unknown; reception_number: string }>(
    "SELECT a.applied, f.reception_number FROM allowance.filing_approval a JOIN allowance.filing f USING (filing_id) WHERE a.filing_id = $1",
    [filingId],
  );
  const row = rows[0];
  return row === undefined ? null : readApplied(row.applied, row.reception_number);
}
