/**
 * システムの記録 (journal): authentication, events, communication, print, changes of settings, errors (共通機能標準仕様 10.2). Most of it the
 * database writes itself, in the transaction that it records; here is what programs add, and how it is searched. What is seen and
 * changed of people is in the access log.
 */
import type { Pool, PoolClient } from "pg";

import { onSnapshot, withRole } from "../database/transaction.ts";
import { sqlState } from "../database/problem.ts";
import type { StaffCall } from "./log.ts";
import { staffRead } from "./staff.ts";

/** Most rows in one answer. */
export const JOURNAL_PAGE = 200;

/** 種類: 認証・イベント・通信・印刷・設定変更・エラー */
export const JOURNAL_KINDS = ["authentication", "event", "communication", "print", "setting", "error"] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** What belongs to a row beside its own columns: named values alone, never text of a person or of a document. */
export type JournalDetail = Readonly<Record<string, string | number | boolean | null>>;

export type JournalEntry = {
  readonly kind: JournalKind;
  /** 職員番号, or `system` */
  readonly actor: string;
  readonly terminalCode?: string;
  /** Words with points, e.g. `clock.stepped` */
  readonly action: string;
  readonly outcome?: "done" | "refused" | "failed";
  readonly objectKind?: string;
  readonly objectId?: string;
  readonly detail?: JournalDetail;
};

/** Adds a row in the caller's transaction, under the role of a system or of the sealer. */
export async function writeJournal(client: Pick<PoolClient, "query">, entry: JournalEntry): Promise<void> {
  await client.query("SELECT access.write_journal($1, $2, $3, $4, $5, $6, $7, $8)", [
    entry.kind,
    entry.actor,
    entry.terminalCode ?? "",
    entry.action,
    entry.outcome ?? "done",
    entry.objectKind ?? "",
    entry.objectId ?? "",
    JSON.stringify(entry.detail ?? {}),
  ]);
}

/** 印刷の記録: what came out on paper or as a page. */
export type PrintRecord = {
  /** 帳票: number of the form or its code */
  readonly form: string;
  /** 頁数, 0… */
  readonly pages: number;
  /** 公印の印影 is on it */
  readonly seal: boolean;
  /** 個人番号 is on it */
  readonly individualNumber: boolean;
  /** 出力の形 */
  readonly output: "pdf" | "csv" | "pdf, csv";
  readonly objectKind: string;
  readonly objectId: string;
};

/** Records a print in the transaction that makes it. Of a signed-in member of staff the database takes name and terminal. */
export async function recordPrint(
  client: Pick<PoolClient, "query">,
  operator: string,
  print: PrintRecord,
): Promise<void> {
  const { form, pages, seal, individualNumber, output, objectKind, objectId } = print;
  await client.query("SELECT access.write_print($1, $2, $3, $4, $5, $6, $7, $8)", [
    operator,
    form,
    pages,
    seal,
    individualNumber,
    output,
    objectKind,
    objectId,
  ]);
}

/**
 * Records a defect (エラー): names and states alone, for the message of an error may hold a person's data. Never throws: where the
 * database is what failed there is nothing to write into, and the line on stderr remains.
 */
export async function recordDefect(pool: Pool, error: unknown, operation: string): Promise<void> {
  const detail = {
    error: error instanceof Error ? error.name.slice(0, 60) : typeof error,
    state: sqlState(error) ?? "",
  };
  await onSnapshot(pool, async (client) => {
    await withRole(client, "hagukumi_allowance");
    await writeJournal(client, {
      kind: "error",
      actor: "system",
      action: "defect",
      outcome: "failed",
      objectKind: "operation",
      objectId: operation.slice(0, 100),
      detail,
    });
  }).catch(() => {});
}

/** One row as an auditor reads it. */
export type JournalRow = {
  readonly seq: number;
  readonly recordedAt: Date;
  readonly kind: JournalKind;
  readonly actor: string;
  readonly terminalCode: string;
  readonly action: string;
  readonly outcome: "done" | "refused" | "failed";
  readonly objectKind: string;
  readonly objectId: string;
  readonly detail: JournalDetail;
};

export type JournalQuestion = {
  readonly kind?: JournalKind;
  readonly actor?: string;
  /** First words of the action */
  readonly action?: string;
  /** From this moment on, ISO 8601 */
  readonly from?: string;
  /** Before this moment, ISO 8601 */
  readonly to?: string;
  /** Rows older than this one: the last `seq` of the page before */
  readonly before?: number;
};

const READ = `
SELECT seq, recorded_at AS "recordedAt", kind, actor, terminal_code AS "terminalCode", action, outcome, object_kind AS "objectKind",
       object_id AS "objectId", detail
FROM access.read_journal($1, $2, $3, $4, $5, $6, $7) ORDER BY seq DESC`;

/**
 * Reads the newest rows. The look itself goes into the access log.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing` (`log.view`)
 */
export async function readJournal(
  pool: Pool,
  call: StaffCall,
  question: JournalQuestion,
): Promise<{ readonly rows: readonly JournalRow[]; readonly more: boolean }> {
  return await staffRead(pool, call, { permission: "log.view" }, async (client) => {
    const { rows } = await client.query<JournalRow>(READ, [
      question.kind ?? null,
      question.actor ?? null,
      question.action ?? null,
      question.from ?? null,
      question.to ?? null,
      question.before ?? null,
      JOURNAL_PAGE + 1,
    ]);
    const shown = rows.slice(0, JOURNAL_PAGE);
    const log = { action: "list", rows: shown.length, purpose: "auditCheck" } as const;
    return { response: { rows: shown, more: rows.length > JOURNAL_PAGE }, log: [log] };
  });
}
