/**
 * 時効による消滅の取消し: a lapse that two people decided although the limitation was not complete (児童手当法23条2項: a request for review or
 * an acknowledgement that became known later). What the law took away no decision gives back. Both decisions stay, and both are told.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { settleStandingMonths } from "../unpaid/settle.ts";

/** 消滅の決定を取り消す. */
export type LapseCancellationContent = {
  readonly kind: "lapseCancellation";
  readonly lapseId: number;
  /** Told to the recipient, 1–400 characters */
  readonly reason: string;
};

/** A lapse of a recipient; months `YYYY-MM`, yen. */
export type Lapse = {
  readonly lapseId: number;
  readonly recipientId: number;
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly total: number;
  readonly decidedOn: string;
  readonly cancelledOn: string | null;
  /** Whether a month of it was not lost by law, as known now: only then can it be taken back */
  readonly early: boolean;
};

const LIST = (where: string): string => `
  SELECT l.lapse_id AS "lapseId", l.recipient_id AS "recipientId", to_char(l.from_month, 'YYYY-MM') AS "fromMonth", to_char(l.to_month, 'YYYY-MM') AS "toMonth",
         l.total::int AS total, l.decided_on AS "decidedOn", c.decided_on AS "cancelledOn",
         EXISTS (SELECT FROM allowance.lapse_item i WHERE i.lapse_id = l.lapse_id AND allowance.limitation_day_of(i.recipient_id, i.benefit_month::date) > l.decided_on) AS early
  FROM allowance.lapse l LEFT JOIN allowance.lapse_cancellation c USING (lapse_id) WHERE ${where} ORDER BY l.lapse_id`;

/** 消滅の決定 of a recipient, cancelled ones as well. */
export async function lapsesOf(connection: Queryable, recipientId: number): Promise<readonly Lapse[]> {
  return (await connection.query<Lapse>(LIST("l.recipient_id = $1"), [recipientId])).rows;
}

const invalid = (message: string): Error =>
  refuse("limitationInvalid", `消滅の決定を取り消そうとしました。${message}何も変えていません。`);

/** @returns whom it is about @throws Refusal `limitationInvalid`: unknown, cancelled already, without reason, or lost by law */
export async function checkLapseCancellation(
  client: Queryable,
  { lapseId, reason }: LapseCancellationContent,
): Promise<{ readonly addresseeNumber: number; readonly recipientId: number }> {
  if (reason.trim() === "" || reason.trim().length > 400) throw invalid("理由（400文字まで）を入れてください。");
  const [found] = (await client.query<Lapse>(LIST("l.lapse_id = $1"), [lapseId])).rows;
  if (found === undefined) throw invalid(`消滅の決定 第${lapseId}号はありません。番号を確かめてください。`);
  if (found.cancelledOn !== null) throw invalid(`第${lapseId}号は、${found.cancelledOn} にもう取り消されています。`);
  if (!found.early) {
    throw invalid(
      `第${lapseId}号の月分（${found.fromMonth} から ${found.toMonth} まで）は、みな時効が完成しています。法律により消えた権利は、取消しでは戻りません（児童手当法23条）。時効を止めた出来事（審査請求・市の承認）があれば、先に「時効に関わる出来事」を二人で記録してください。`,
    );
  }
  const { recipientId } = found;
  const { rows } = await client.query<{ addresseeNumber: number }>(
    `SELECT addressee_number AS "addresseeNumber" FROM allowance.recipient WHERE recipient_id = $1`,
    [recipientId],
  );
  return { addresseeNumber: rows[0]?.addresseeNumber ?? 0, recipientId };
}

/** Takes it back: its months wait to be paid again; those that are lost by law come back into the list of what has to be decided. */
export async function writeLapseCancellation(
  client: PoolClient,
  context: Context,
  { lapseId, reason }: LapseCancellationContent,
  people: { readonly enteredBy: string; readonly approvedBy: string },
): Promise<void> {
  const { rows } = await client.query<{ recipientId: number }>(
    `WITH cancelled AS (
       INSERT INTO allowance.lapse_cancellation (lapse_id, reason, decided_on, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5) RETURNING lapse_id)
     SELECT l.recipient_id AS "recipientId" FROM allowance.lapse l JOIN cancelled USING (lapse_id)`,
    [lapseId, reason.trim(), context.today, people.enteredBy, people.approvedBy],
  );
  const recipientId = rows[0]?.recipientId ?? 0;
  await settleStandingMonths(client, context, `lapse/${lapseId}/cancel`, recipientId, people.approvedBy);
}
