/** One 債権 as it stands: its months, its events, its limitation; and the way in which an event is added. */
import { randomUUID } from "node:crypto";

import { addDays, type CivilDate, civilDate } from "@hagukumi/law/contract.ts";
import { type AuditEntry, type CommandOutcome, runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { isPayable } from "../payments/pay-day.ts";
import { refuse } from "../refusal.ts";
import { findSetting, readSetting } from "../settings.ts";
import { type Clock, type ClockEvent, limitationClock } from "./limitation-clock.ts";
import { collectionRule, type RecoveryCause, type RecoverySetting } from "./settings.ts";
import { isOpen, nextStates, type RecoveryEventKind, type RecoveryState } from "./states.ts";

/** Yen throughout. `outstanding` = `amount` − `recovered` − `writtenOff`; `recovered` = `offset` (内払) + `received` (収納). */
export type Balance = {
  readonly amount: number;
  readonly recovered: number;
  readonly offset: number;
  readonly received: number;
  readonly writtenOff: number;
  readonly outstanding: number;
};

export type Recovery = Balance & {
  /** 債権番号 */
  readonly recoveryId: number;
  readonly recipientId: number;
  readonly addresseeNumber: number;
  readonly foundOn: string;
  readonly state: RecoveryState;
  /** Number of the last event */
  readonly seq: number;
  /** Decided by two people; null before */
  readonly cause: RecoveryCause | null;
};

/** One child and one benefit month of a claim, with the fund that it was paid from. */
export type RecoveryPart = {
  readonly receivableId: number;
  readonly child: number;
  readonly month: string;
  readonly amount: number;
  readonly recovered: number;
  readonly outstanding: number;
  readonly employeeClass: string | null;
  readonly band: string | null;
  readonly paidOn: string | null;
};

const CURRENT = `
  SELECT s.recovery_id AS "recoveryId", s.recipient_id AS "recipientId", r.addressee_number::bigint AS "addresseeNumber", s.found_on AS "foundOn", s.state, s.seq,
         s.amount, s.recovered, s.offset_amount AS "offset", s.received, s.written_off AS "writtenOff", s.outstanding,
         (SELECT p.content->>'cause' FROM allowance.recovery_event e JOIN allowance.recovery_proposal p USING (proposal_id)
          WHERE e.recovery_id = s.recovery_id AND e.kind = 'causeDecided' ORDER BY e.seq DESC LIMIT 1) AS cause
  FROM allowance.recovery_state s JOIN allowance.recipient r USING (recipient_id)`;

export async function findRecovery(connection: Queryable, recoveryId: number): Promise<Recovery | undefined> {
  return (await connection.query<Recovery>(`${CURRENT} WHERE s.recovery_id = $1`, [recoveryId])).rows[0];
}

/** Claims of a recipient, the newest first. */
export async function recoveriesOf(connection: Queryable, recipientId: number): Promise<readonly Recovery[]> {
  const { rows } = await connection.query<Recovery>(
    `${CURRENT} WHERE s.recipient_id = $1 ORDER BY s.recovery_id DESC`,
    [recipientId],
  );
  return rows;
}

/** Claims in some states, the oldest first; at most `limit` after the given number. */
export async function recoveriesIn(
  connection: Queryable,
  question: {
    readonly states?: readonly RecoveryState[];
    readonly after?: number;
    readonly limit: number;
    /** 区 of the recipients; null: all */
    readonly wards?: readonly string[] | null;
  },
): Promise<readonly Recovery[]> {
  const { rows } = await connection.query<Recovery>(
    `${CURRENT} WHERE ($1::text[] IS NULL OR s.state = ANY ($1)) AND s.recovery_id > $2 AND ($4::text[] IS NULL OR r.ward_code = ANY ($4))
     ORDER BY s.recovery_id LIMIT $3`,
    [question.states ?? null, question.after ?? 0, question.limit, question.wards ?? null],
  );
  return rows;
}

/** @throws Refusal `recoveryUnknown` */
export async function getRecovery(connection: Queryable, recoveryId: number): Promise<Recovery> {
  const found = await findRecovery(connection, recoveryId);
  if (found !== undefined) return found;
  throw refuse("recoveryUnknown", `債権番号 ${recoveryId} の債権はありません。番号を確かめてください。`, {
    recoveryId,
  });
}

export async function partsOf(connection: Queryable, recoveryId: number): Promise<readonly RecoveryPart[]> {
  const { rows } = await connection.query<RecoveryPart>(
    `SELECT p.receivable_id AS "receivableId", b.child_number::bigint AS child, to_char(b.benefit_month, 'YYYY-MM') AS month, b.amount, b.recovered, b.outstanding,
            p.employee_class AS "employeeClass", p.band, p.paid_on AS "paidOn"
     FROM allowance.recovery_part p JOIN allowance.receivable_balance b USING (receivable_id)
     WHERE p.recovery_id = $1 ORDER BY b.benefit_month, b.child_number`,
    [recoveryId],
  );
  return rows;
}

export type RecoveryEvent = {
  readonly recoveryId: number;
  readonly seq: number;
  readonly kind: RecoveryEventKind;
  readonly happenedOn: string;
  readonly dueOn: string | null;
  readonly amount: number | null;
  readonly note: string | null;
  readonly actor: string | null;
};

export async function eventsOf(
  connection: Queryable,
  recoveryIds: readonly number[],
): Promise<readonly RecoveryEvent[]> {
  const { rows } = await connection.query<RecoveryEvent>(
    `SELECT recovery_id AS "recoveryId", seq, kind, happened_on AS "happenedOn", due_on AS "dueOn", (detail->>'amount')::int AS amount, detail->>'note' AS note, actor
     FROM allowance.recovery_event WHERE recovery_id = ANY ($1::bigint[]) ORDER BY recovery_id, seq`,
    [recoveryIds],
  );
  return rows;
}

/** Events as if a reminder or call that was not sent had never been made. */
export const sentEvents = (events: readonly RecoveryEvent[]): readonly RecoveryEvent[] =>
  events.filter(({ kind }, index) => kind !== "unsent" && events[index + 1]?.kind !== "unsent");

const CLOCK_EVENTS: Readonly<Partial<Record<RecoveryEventKind, ClockEvent["kind"]>>> = {
  reminded: "reminder",
  called: "call",
  received: "acknowledged",
  suspended: "suspended",
};

/** How a `planned` event of an offset is noted: with the recipient's consent (債務の承認), or by the city alone. */
export const OFFSET_AGREED = "offsetAgreed";
export const OFFSET_NOTIFIED = "offsetNotified";

function plannedClock(note: string | null, on: CivilDate): ClockEvent[] {
  if (note === OFFSET_NOTIFIED) return [];
  return [{ kind: note === "instalments" || note === OFFSET_AGREED ? "acknowledged" : "demand", on }];
}

/** The clock of a claim under the setting; its years are known once its cause is decided, until then the shortest is assumed. */
export function clockOf(
  recovery: Pick<Recovery, "cause" | "foundOn">,
  parts: readonly Pick<RecoveryPart, "paidOn">[],
  events: readonly RecoveryEvent[],
  setting: RecoverySetting,
): Clock {
  const paid = parts.map(({ paidOn }) => paidOn).filter((day) => day !== null);
  const first = paid.toSorted()[0];
  const start = civilDate(setting.limitation.start === "paidOn" && first !== undefined ? first : recovery.foundOn);
  const years = collectionRule(recovery.cause ?? "fraud", setting).limitationYears;
  const clock = sentEvents(events).flatMap(({ kind, happenedOn, note }): ClockEvent[] => {
    const on = civilDate(happenedOn);
    if (kind === "planned") return plannedClock(note, on);
    if (kind === "resumed") return [{ kind: note === "ruled" ? "resumedRuled" : "resumedUnruled", on }];
    const known = CLOCK_EVENTS[kind];
    return known === undefined ? [] : [{ kind: known, on }];
  });
  return limitationClock(start, years, clock);
}

export const recoverySetting = async (connection: Queryable, context: Context): Promise<RecoverySetting> =>
  await readSetting(connection, "recovery", context.today);

/** The 納期限 so many days after a day: on a day on which banks and the city are open, else the next such day. */
export async function dueDay(
  connection: Queryable,
  context: Context,
  from: CivilDate,
  days: number,
): Promise<CivilDate> {
  const closed = (await findSetting(connection, "closedDays", context.today)) ?? [];
  let day = addDays(from, days);
  while (!isPayable(day, closed, context.calendar)) day = addDays(day, 1);
  return day;
}

export type NewRecoveryEvent = {
  readonly kind: RecoveryEventKind;
  readonly on: CivilDate;
  readonly dueOn?: CivilDate;
  readonly proposalId?: number;
  readonly amount?: number;
  readonly note?: string;
  /** Where the move leaves a choice (`reopened`) */
  readonly to?: RecoveryState;
};

/** Adds an event to a claim in the open transaction. @returns the claim after it @throws Refusal `recoveryState` */
export async function addEvent(
  client: PoolClient,
  recovery: Recovery,
  event: NewRecoveryEvent,
  actor: string,
): Promise<Recovery> {
  const { kind, on, dueOn = null, proposalId = null, amount, note } = event;
  const possible = nextStates(kind, recovery.state);
  const to = event.to ?? possible[0];
  if (to === undefined || !possible.includes(to)) {
    throw refuse(
      "recoveryState",
      `債権 ${recovery.recoveryId} は、いまの状態ではこの処理ができません。読み直して状態を確かめてください。何も変えていません。`,
      { recoveryId: recovery.recoveryId, state: recovery.state, kind },
    );
  }
  const detail = { ...(amount === undefined ? {} : { amount }), ...(note === undefined ? {} : { note }) };
  await client.query(
    `INSERT INTO allowance.recovery_event (recovery_id, seq, kind, from_state, to_state, happened_on, due_on, proposal_id, detail, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      recovery.recoveryId,
      recovery.seq + 1,
      kind,
      recovery.state,
      to,
      on,
      dueOn,
      proposalId,
      JSON.stringify(detail),
      actor,
    ],
  );
  return await getRecovery(client, recovery.recoveryId);
}

/** Brings the state to the balance: nothing left of an open claim is 完納; what came back after 完納 opens it again. */
export async function settleState(client: PoolClient, context: Context, recovery: Recovery): Promise<Recovery> {
  if (isOpen(recovery.state) && recovery.outstanding === 0) {
    return await addEvent(client, recovery, { kind: "cleared", on: context.today }, context.operator);
  }
  if (recovery.state === "cleared" && recovery.outstanding > 0) {
    const { rows } = await client.query<{ planned: boolean }>(
      "SELECT EXISTS (SELECT FROM allowance.recovery_plan WHERE recovery_id = $1) AS planned",
      [recovery.recoveryId],
    );
    const to = rows[0]?.planned === true ? "billed" : recovery.cause === null ? "found" : "assessed";
    return await addEvent(client, recovery, { kind: "reopened", on: context.today, to }, context.operator);
  }
  return recovery;
}

export type NoticeStage = "demand" | "instalments" | "reminder" | "call";
const KINDS = {
  demand: "repaymentDemand",
  instalments: "repaymentInstalments",
  reminder: "repaymentReminder",
  call: "repaymentCall",
} as const satisfies Readonly<Record<NoticeStage, string>>;

/** 通知の材料 (納入通知・分納計画・督促・催告): what is still owed, month by month, and until when. No whereabouts. */
export async function writeRecoveryNotice(
  client: PoolClient,
  context: Context,
  recovery: Recovery,
  notice: { readonly stage: NoticeStage; readonly dueOn: CivilDate; readonly amount: number; readonly reason: string },
): Promise<void> {
  const parts = (await partsOf(client, recovery.recoveryId)).filter(({ outstanding }) => outstanding > 0);
  const facts = {
    ...notice,
    ...(recovery.cause === "fraud" ? { legalBasis: "article14" } : {}),
    recoveryId: recovery.recoveryId,
    recipientId: recovery.recipientId,
    children: [...new Set(parts.map(({ child }) => child))],
    items: parts.map(({ child, month, outstanding }) => ({ child, month, amount: outstanding })),
  };
  await client.query(
    `INSERT INTO allowance.case_notice (recovery_id, kind, addressee_number, facts, issued_on, entered_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      recovery.recoveryId,
      KINDS[notice.stage],
      recovery.addresseeNumber,
      JSON.stringify(facts),
      context.today,
      context.operator,
    ],
  );
}

/** 内払調整の通知の材料: what is taken out of the payments, from when, and what each leaves. No whereabouts. */
export async function writeOffsetNotice(
  client: PoolClient,
  context: Context,
  recovery: Recovery,
  offset: { readonly perPayment: number; readonly keep: number; readonly fromPayment: string },
  reason: string,
): Promise<void> {
  const facts = {
    recoveryId: recovery.recoveryId,
    recipientId: recovery.recipientId,
    overpaid: recovery.outstanding,
    perPayment: offset.perPayment,
    keep: offset.keep,
    fromPayment: offset.fromPayment,
    reason,
  };
  await client.query(
    `INSERT INTO allowance.case_notice (recovery_id, kind, addressee_number, facts, issued_on, entered_by) VALUES ($1, 'advanceOffset', $2, $3, $4, $5)`,
    [recovery.recoveryId, recovery.addresseeNumber, JSON.stringify(facts), context.today, context.operator],
  );
}

/** Runs a command about claims: one transaction, audited, idempotent by its key. */
export async function recoveryCommand<T>(
  context: Context,
  name: string,
  request: { readonly key?: string | undefined } & Readonly<Record<string, unknown>>,
  work: (client: PoolClient, key: string) => Promise<CommandOutcome<T>>,
): Promise<T> {
  const { key = `${name}/${randomUUID()}`, ...content } = request;
  const command = {
    role: ROLE,
    key,
    name,
    actor: context.operator,
    purpose: context.purpose,
    request: content,
    guard: context.guard,
  };
  const { response } = await refusing(() =>
    runCommand<T>(context.pool, command, async (client) => await work(client, key)),
  );
  return response;
}

export const auditOf = (
  action: string,
  recovery: Pick<Recovery, "recoveryId" | "recipientId">,
  detail: AuditEntry["detail"] = {},
): AuditEntry => ({
  action,
  objectKind: "recipient",
  objectId: String(recovery.recipientId),
  detail: { recoveryId: recovery.recoveryId, ...detail },
});
