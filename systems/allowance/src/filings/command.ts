/** What all commands about filings share: one transaction, idempotent by key, audited, refused where somebody was faster. */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { holdsIndividualNumber } from "./individual-number.ts";
import { eventLabels, type EventKind, type FilingRecord, type FilingState, filingStateLabels } from "./record.ts";

/** What every command about one filing takes. */
export type OnFiling = {
  readonly filingId: number;
  /** `revision` that the caller saw; where the filing has moved on meanwhile the command is refused (`caseChanged`) */
  readonly expectedRevision?: number;
  /** Idempotency key; made by the caller before the first try */
  readonly key?: string;
};

/** Where a filing stands after a command. */
export type FilingHead = {
  readonly filingId: number;
  readonly receptionNumber: string;
  readonly state: FilingState;
  /** Number of the last event, to be given back as `expectedRevision` */
  readonly revision: number;
};

export type FilingWork<T extends FilingHead> = {
  readonly name: string;
  readonly key: string | undefined;
  /** Everything that the caller asked for; decides whether a repeated key asks for the same */
  readonly request: unknown;
  readonly work: (client: PoolClient) => Promise<T>;
};

/** Runs one command about a filing. Its audit entry names the 受付番号 and the state, nothing personal. */
export async function filingCommand<T extends FilingHead>(context: Context, command: FilingWork<T>): Promise<T> {
  const { name, key, request, work } = command;
  const { response } = await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: key ?? `${name}/${randomUUID()}`,
        name,
        actor: context.operator,
        purpose: context.purpose,
        guard: context.guard,
        request,
        signal: context.signal,
      },
      async (client) => {
        const head = await work(client);
        const detail = { filingId: head.filingId, state: head.state, revision: head.revision };
        const audit = [{ action: name, objectKind: "filing", objectId: head.receptionNumber, detail }];
        return { response: head, audit };
      },
    ),
  );
  return response;
}

const moment = new Intl.DateTimeFormat("ja-JP", {
  timeZone: "Asia/Tokyo",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** @throws Refusal `caseChanged`, saying who did what and when */
export function checkRevision(record: FilingRecord, expected: number | undefined): void {
  if (expected === undefined || expected === record.revision) return;
  throw refuse(
    "caseChanged",
    `受付番号 ${record.receptionNumber} は、${moment.format(record.lastAt)} に ${record.lastBy} が「${eventLabels[record.lastKind]}」をしました。画面を読み直して、変わったところを確かめてからやり直してください。何も変えていません。`,
    {
      by: record.lastBy,
      at: record.lastAt.toISOString(),
      kind: record.lastKind,
      revision: record.revision,
      state: record.state,
    },
  );
}

const ENDED: ReadonlySet<FilingState> = new Set(["decided", "withdrawn", "discarded", "cancelled"]);

/** @throws Refusal `filingEnded` or `filingState` */
export function checkState(record: FilingRecord, what: string, allowed: readonly FilingState[]): void {
  if (allowed.includes(record.state)) return;
  const code = ENDED.has(record.state) ? "filingEnded" : "filingState";
  throw refuse(
    code,
    `受付番号 ${record.receptionNumber} は「${filingStateLabels[record.state]}」のため、${what}はできません。何も変えていません。`,
    { state: record.state, revision: record.revision },
  );
}

export type NewEvent = {
  readonly kind: EventKind;
  readonly dueOn?: string;
  readonly reason?: string;
  readonly otherFiling?: number;
};

/** Adds the next event. `after` is the number of the last one (0: none). @returns the new number */
export async function addEvent(
  client: PoolClient,
  context: Context,
  filing: { readonly filingId: number; readonly after: number; readonly contentRevision: number },
  event: NewEvent,
): Promise<number> {
  const seq = filing.after + 1;
  await client.query(
    `INSERT INTO allowance.filing_event (filing_id, seq, kind, revision, done_on, due_on, reason, other_filing, done_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      filing.filingId,
      seq,
      event.kind,
      filing.contentRevision,
      context.today,
      event.dueOn ?? null,
      event.reason ?? null,
      event.otherFiling ?? null,
      context.operator,
    ],
  );
  return seq;
}

/** A reason of 1–400 characters without a 個人番号. @throws Refusal `filingInvalid` */
export function checkReason(reason: string, what: string): string {
  const trimmed = reason.trim();
  if (trimmed.length >= 1 && trimmed.length <= 400 && !holdsIndividualNumber(trimmed)) return trimmed;
  throw refuse(
    "filingInvalid",
    `${what}の理由を、1文字から400文字で、個人番号を書かずに入力してください。何も変えていません。`,
    {
      fields: ["reason"],
    },
  );
}

/** The head of a record after an event. */
export const headOf = (
  record: { readonly filingId: number; readonly receptionNumber: string },
  state: FilingState,
  revision: number,
): FilingHead => ({ filingId: record.filingId, receptionNumber: record.receptionNumber, state, revision });
