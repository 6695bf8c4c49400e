/** 一覧: filings that wait for somebody, oldest first, without personal data beyond the first kana (A32). */
import { addDays, type CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import type { ProcedureCode } from "./procedure-codes.ts";
import type { Channel, Outcome } from "./procedure.ts";
import type { EventKind, FilingState } from "./record.ts";
import { procedureOf } from "./registry.ts";

/**
 * 標準処理期間 (行政手続法6条): days from the 受付日 by which a filing is to be decided, and from which on it is marked.
 * Municipalities set it themselves; 30 days is what most of them print for a 認定請求.
 */
export const PROCESSING_DAYS = { warn: 20, standard: 30 } as const;

/**
 * `toExamine`: registered, papers there or not asked for; `toApprove`: examined; `returned`: 返戻・保留; `drafts`: 仮受付 of the
 * reader; `ageing`: everything registered and not decided.
 */
export type WorkListKind = "toExamine" | "toApprove" | "returned" | "drafts" | "ageing";

export const workListLabels: Readonly<Record<WorkListKind, string>> = {
  toExamine: "審査待ち",
  toApprove: "決裁待ち",
  returned: "返戻・保留中",
  drafts: "仮受付",
  ageing: "滞留",
};

const STATES: Readonly<Record<WorkListKind, readonly FilingState[]>> = {
  toExamine: ["submitted"],
  toApprove: ["examined"],
  returned: ["returned", "held"],
  drafts: ["draft"],
  ageing: ["submitted", "examined", "returned", "held"],
};

/** `late`: past the 標準処理期間 or the due date of its papers; `soon`: near it. */
export type Alarm = "late" | "soon" | null;

export type ListedFiling = {
  readonly filingId: number;
  readonly receptionNumber: string;
  readonly procedure: ProcedureCode;
  readonly procedureName: string;
  readonly wardCode: string;
  readonly state: FilingState;
  readonly revision: number;
  readonly receivedOn: CivilDate;
  readonly channel: Channel;
  /** First kana of the claimant; empty where there is none */
  readonly kanaInitial: string;
  /** Whole days since the 受付日 */
  readonly daysWaiting: number;
  /** End of the 標準処理期間 */
  readonly decideBy: CivilDate;
  /** 返戻・保留の期限 */
  readonly dueOn: CivilDate | null;
  readonly finalDueOn: CivilDate | null;
  readonly lastEvent: EventKind;
  readonly lastOn: CivilDate;
  /** What the examination proposes; null before it */
  readonly outcome: Outcome | null;
  /** Whether a person departed from the proposal */
  readonly overridden: boolean;
  /** 取消・再決定 */
  readonly correction: boolean;
  readonly alarm: Alarm;
};

export type WorkList = {
  readonly kind: WorkListKind;
  readonly filings: readonly ListedFiling[];
  /** How many there are in all, shown or not */
  readonly total: number;
  readonly counts: Readonly<Record<WorkListKind, number>>;
  readonly late: number;
};

type Row = {
  readonly filing_id: number;
  readonly reception_number: string;
  readonly procedure_code: ProcedureCode;
  readonly ward_code: string;
  readonly state: FilingState;
  readonly revision: number;
  readonly received_on: CivilDate;
  readonly channel: Channel;
  readonly due_on: CivilDate | null;
  readonly final_due_on: CivilDate | null;
  readonly last_kind: EventKind;
  readonly last_on: CivilDate;
  readonly kana_initial: string;
  readonly outcome: Outcome | null;
  readonly overridden: boolean;
  readonly replaces: number | null;
  readonly typed_by: string;
};

const days = (from: CivilDate, to: CivilDate): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

function alarmOf(row: Row, today: CivilDate): Alarm {
  if (row.state === "draft") return row.final_due_on !== null && row.final_due_on < today ? "late" : null;
  const waiting = days(row.received_on, today);
  const due = [row.due_on, row.final_due_on].filter((day) => day !== null);
  if (waiting > PROCESSING_DAYS.standard || due.some((day) => day < today)) return "late";
  if (waiting > PROCESSING_DAYS.warn || due.some((day) => day <= addDays(today, 3))) return "soon";
  return null;
}

function nameOf(code: ProcedureCode): string {
  try {
    return procedureOf(code).name;
  } catch {
    // A list must not fail because one row names a procedure that was retired.
    return code;
  }
}

function listed(row: Row, today: CivilDate): ListedFiling {
  return {
    filingId: row.filing_id,
    receptionNumber: row.reception_number,
    procedure: row.procedure_code,
    procedureName: nameOf(row.procedure_code),
    wardCode: row.ward_code,
    state: row.state,
    revision: row.revision,
    receivedOn: row.received_on,
    channel: row.channel,
    kanaInitial: row.kana_initial,
    daysWaiting: days(row.received_on, today),
    decideBy: addDays(row.received_on, PROCESSING_DAYS.standard),
    dueOn: row.due_on,
    finalDueOn: row.final_due_on,
    lastEvent: row.last_kind,
    lastOn: row.last_on,
    outcome: row.outcome,
    overridden: row.overridden,
    correction: row.replaces !== null,
    alarm: alarmOf(row, today),
  };
}

async function queued(client: PoolClient, reader: Reader): Promise<readonly Row[]> {
  const source = reader.staff === undefined ? "allowance.queued_filings()" : "allowance.queued_filings_for_staff()";
  const { rows } = await client.query<Row>(`SELECT * FROM ${source} ORDER BY received_on, reception_number`);
  // Where no session says who looks, the drafts are those of the reader all the same.
  return rows.filter((row) => row.state !== "draft" || row.typed_by === reader.operator);
}

export type WorkListQuestion = {
  readonly kind: WorkListKind;
  readonly today: CivilDate;
  /** At most this many are returned, 1…; default 100 */
  readonly limit?: number;
};

/** A list with the counts of all lists. A member of staff sees the filings of the own wards. */
export async function workList(reader: Reader, question: WorkListQuestion): Promise<WorkList> {
  const { kind, today, limit = 100 } = question;
  const entry = { action: "filing.list", objectKind: "filing", objectId: kind };
  return await auditedRead(reader, entry, async (client) => {
    const rows = await queued(client, reader);
    const inList = (list: WorkListKind): Row[] => rows.filter(({ state }) => STATES[list].includes(state));
    const own = inList(kind);
    const counts = {
      toExamine: inList("toExamine").length,
      toApprove: inList("toApprove").length,
      returned: inList("returned").length,
      drafts: inList("drafts").length,
      ageing: inList("ageing").length,
    };
    const filings = own.slice(0, limit).map((row) => listed(row, today));
    return {
      kind,
      filings,
      total: own.length,
      counts,
      late: own.filter((row) => alarmOf(row, today) === "late").length,
    };
  });
}
