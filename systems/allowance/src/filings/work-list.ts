/** 一覧: filings that wait for somebody, oldest first, without personal data beyond the first kana (A32). */
import { addDays, type CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import type { ProcedureCode } from "./procedure-codes.ts";
import type { Channel, Outcome } from "./procedure.ts";
import type { EventKind, FilingState } from "./record.ts";
import { refuse } from "../refusal.ts";
import { settingHistory } from "../settings.ts";
import { procedureOf } from "./registry.ts";

/**
 * 標準処理期間 (行政手続法6条) as the city has set it (setting `processingDays`): by the day of the 受付, and by procedure where one has its
 * own.
 */
type Period = { readonly standard: number; readonly warn: number };
type PeriodOf = (
  procedure: ProcedureCode,
  receivedOn: CivilDate,
) => Period & {
  /** Days after which a 仮受付 that nobody registered is shown to whoever supervises */
  readonly draft: number;
};

async function periods(client: PoolClient): Promise<PeriodOf> {
  const history = await settingHistory(client, "processingDays");
  return (procedure, receivedOn) => {
    const found = history.findLast(({ validFrom }) => validFrom <= receivedOn) ?? history[0];
    if (found === undefined) {
      throw refuse(
        "settingMissing",
        "標準処理期間（設定 processingDays）がありません。設定を二人で登録してください。何も変えていません。",
      );
    }
    return { ...(found.value.procedures[procedure] ?? found.value), draft: found.value.draft };
  };
}

/**
 * `toExamine`: registered, papers there or not asked for; `toApprove`: examined; `returned`: 返戻・保留; `drafts`: 仮受付 of the
 * reader; `ageing`: everything registered and not decided, and the 仮受付 that lie longer than the city has set (setting `processingDays`,
 * `draft`): one's own, and of everybody for who may decide (I-45: what was received and forgotten is on somebody's list).
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
  ageing: ["submitted", "examined", "returned", "held", "draft"],
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
  /** Of a 仮受付: who typed it and alone sees what is in it; null once it is registered */
  readonly draftBy: string | null;
  readonly alarm: Alarm;
};

export type WorkList = {
  readonly kind: WorkListKind;
  readonly filings: readonly ListedFiling[];
  /** How many there are in all, shown or not */
  readonly total: number;
  readonly counts: Readonly<Record<WorkListKind, number>>;
  readonly late: number;
  /** How many of this list there are in each ward, whichever is shown; by code of the ward */
  readonly byWard: readonly { readonly wardCode: string; readonly total: number }[];
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

function alarmOf(row: Row, today: CivilDate, periodOf: PeriodOf): Alarm {
  const waiting = days(row.received_on, today);
  const { standard, warn, draft } = periodOf(row.procedure_code, row.received_on);
  if (row.state === "draft") {
    if (waiting > standard || (row.final_due_on !== null && row.final_due_on < today)) return "late";
    return waiting > draft ? "soon" : null;
  }
  const due = [row.due_on, row.final_due_on].filter((day) => day !== null);
  if (waiting > standard || due.some((day) => day < today)) return "late";
  if (waiting > warn || due.some((day) => day <= addDays(today, 3))) return "soon";
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

function listed(row: Row, today: CivilDate, periodOf: PeriodOf): ListedFiling {
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
    decideBy: addDays(row.received_on, periodOf(row.procedure_code, row.received_on).standard),
    dueOn: row.due_on,
    finalDueOn: row.final_due_on,
    lastEvent: row.last_kind,
    lastOn: row.last_on,
    outcome: row.outcome,
    overridden: row.overridden,
    correction: row.replaces !== null,
    draftBy: row.state === "draft" ? row.typed_by : null,
    alarm: alarmOf(row, today, periodOf),
  };
}

async function queued(client: PoolClient, reader: Reader): Promise<readonly Row[]> {
  const source = reader.staff === undefined ? "allowance.queued_filings()" : "allowance.queued_filings_for_staff()";
  const { rows } = await client.query<Row>(`SELECT * FROM ${source} ORDER BY received_on, reception_number`);
  // Where no session says what right the reader has, the drafts are those of the reader alone.
  return reader.staff === undefined
    ? rows.filter((row) => row.state !== "draft" || row.typed_by === reader.operator)
    : rows;
}

export type WorkListQuestion = {
  readonly kind: WorkListKind;
  readonly today: CivilDate;
  /** At most this many are returned, 1…; default 100 */
  readonly limit?: number;
  /** 行政区 code: only filings of this ward; absent: of all that the reader may see (A15) */
  readonly ward?: string;
};

/** A list with the counts of all lists. A member of staff sees the filings of the own wards. @throws Refusal `settingMissing` */
export async function workList(reader: Reader, question: WorkListQuestion): Promise<WorkList> {
  const { kind, today, limit = 100, ward } = question;
  const entry = { action: "filing.list", objectKind: "filing", objectId: kind };
  return await auditedRead(reader, entry, async (client) => {
    const rows = await queued(client, reader);
    const periodOf = await periods(client);
    const forgotten = ({ procedure_code: procedure, received_on: receivedOn }: Row): boolean =>
      days(receivedOn, today) > periodOf(procedure, receivedOn).draft;
    const inList = (list: WorkListKind): Row[] =>
      rows.filter(
        (row) =>
          STATES[list].includes(row.state) &&
          (row.state !== "draft" || (list === "ageing" ? forgotten(row) : row.typed_by === reader.operator)),
      );
    const all = inList(kind);
    const byWard = [...Map.groupBy(all, ({ ward_code }) => ward_code)]
      .map(([wardCode, filings]) => ({ wardCode, total: filings.length }))
      .toSorted((a, b) => (a.wardCode < b.wardCode ? -1 : 1));
    const own = ward === undefined ? all : all.filter(({ ward_code }) => ward_code === ward);
    const counts = {
      toExamine: inList("toExamine").length,
      toApprove: inList("toApprove").length,
      returned: inList("returned").length,
      drafts: inList("drafts").length,
      ageing: inList("ageing").length,
    };
    const filings = own.slice(0, limit).map((row) => listed(row, today, periodOf));
    return {
      kind,
      filings,
      total: own.length,
      counts,
      byWard,
      late: own.filter((row) => alarmOf(row, today, periodOf) === "late").length,
    };
  });
}
