/**
 * 内払調整の計画 (児童手当法13条): what was paid too much is taken out of later payments, so much a payment, leaving the recipient at least
 * `keep`. Two people; the consent (or why it goes without) stands in the record.
 */
import { randomUUID } from "node:crypto";

import { type CivilDate, type Month, parseMonth } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export type AdvanceOffset = {
  readonly offsetId: number;
  readonly revision: number;
  readonly recipientId: number;
  /** Yen that one payment is lessened by at most */
  readonly perPayment: number;
  /** Yen that each payment leaves the recipient at least */
  readonly keep: number;
  readonly fromPayment: Month;
  readonly toPayment: Month | null;
  readonly consentOn: CivilDate | null;
  readonly consent: string;
};

const COLUMNS = `offset_id AS "offsetId", revision, recipient_id AS "recipientId", per_payment AS "perPayment", keep,
  to_char(from_payment, 'YYYY-MM') AS "fromPayment", to_char(to_payment, 'YYYY-MM') AS "toPayment", consent_on AS "consentOn", consent`;

/** Plans of a recipient in their last revision; those that a later plan of recovery has ended are left out. */
export async function advanceOffsets(connection: Queryable, recipientId: number): Promise<readonly AdvanceOffset[]> {
  const { rows } = await connection.query<AdvanceOffset>(
    `SELECT DISTINCT ON (offset_id) ${COLUMNS} FROM allowance.advance_offset o WHERE recipient_id = $1
       AND NOT EXISTS (SELECT FROM allowance.advance_offset_end e WHERE e.offset_id = o.offset_id) ORDER BY offset_id, revision DESC`,
    [recipientId],
  );
  return rows;
}

/** Yen that the recipient still owes (過払), oldest month first. */
export async function outstandingClaims(
  connection: Queryable,
  recipientId: number,
): Promise<readonly { readonly receivableId: number; readonly outstanding: number }[]> {
  const { rows } = await connection.query<{ receivableId: number; outstanding: number }>(
    `SELECT receivable_id AS "receivableId", outstanding FROM allowance.receivable_balance
     WHERE recipient_id = $1 AND outstanding > 0 ORDER BY benefit_month, receivable_id`,
    [recipientId],
  );
  return rows;
}

/** What a plan says: whole yen, payment months (even), and the words of the consent. */
export type OffsetTerms = {
  readonly perPayment: number;
  readonly keep: number;
  readonly fromPayment: Month;
  /** The last payment month; absent: until nothing is owed */
  readonly toPayment?: Month | undefined;
  readonly consentOn?: CivilDate | undefined;
  readonly consent: string;
};

export type PlanAdvanceOffset = OffsetTerms & {
  /** Absent: a new plan; otherwise its next revision */
  readonly offsetId?: number;
  readonly recipientId: number;
  readonly approvedBy: string;
  readonly key?: string;
};

function invalid(message: string): never {
  throw refuse("deductionInvalid", `内払調整の計画を登録できません。${message}何も変えていません。`);
}

/** @throws Refusal `deductionInvalid` for figures and months that can't be */
export function checkOffsetTerms(plan: OffsetTerms): void {
  if (!Number.isSafeInteger(plan.perPayment) || plan.perPayment < 1) invalid("1回の額は1円以上の整数です。");
  if (!Number.isSafeInteger(plan.keep) || plan.keep < 0) invalid("残す額は0円以上の整数です。");
  for (const at of [plan.fromPayment, plan.toPayment]) {
    if (at !== undefined && (parseMonth(at) === undefined || Number(at.slice(5)) % 2 !== 0)) {
      invalid("期間は支払期月（偶数月）で指定してください。");
    }
  }
  if (plan.toPayment !== undefined && plan.toPayment < plan.fromPayment) invalid("期間の終わりが始まりより前です。");
  if (plan.consent.trim() === "") invalid("同意の記録、または同意によらない理由を書いてください。");
}

/** Writes a plan, or its next revision, in the open transaction. @returns its number @throws Refusal `deductionInvalid` */
export async function writeAdvanceOffset(
  client: PoolClient,
  plan: OffsetTerms & { readonly offsetId?: number; readonly recipientId: number },
  people: { readonly enteredBy: string; readonly approvedBy: string },
): Promise<number> {
  const { rows } = await client.query<{ id: number; revision: number | null; recipient: number | null }>(
    `SELECT coalesce($1::integer, (SELECT coalesce(max(offset_id), 0) + 1 FROM allowance.advance_offset)) AS id,
            (SELECT max(revision) FROM allowance.advance_offset WHERE offset_id = $1) AS revision,
            (SELECT min(recipient_id) FROM allowance.advance_offset WHERE offset_id = $1) AS recipient`,
    [plan.offsetId ?? null],
  );
  const { id = 0, revision = null, recipient = null } = rows[0] ?? {};
  if (plan.offsetId !== undefined && recipient !== plan.recipientId)
    invalid("この番号の計画は、この受給者にありません。");
  await client.query(
    `INSERT INTO allowance.advance_offset (offset_id, revision, recipient_id, per_payment, keep, from_payment, to_payment, consent_on, consent, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      (revision ?? 0) + 1,
      plan.recipientId,
      plan.perPayment,
      plan.keep,
      `${plan.fromPayment}-01`,
      plan.toPayment === undefined ? null : `${plan.toPayment}-01`,
      plan.consentOn ?? null,
      plan.consent.trim(),
      people.enteredBy,
      people.approvedBy,
    ],
  );
  return id;
}

/**
 * Enters a plan, or its next revision. @returns its number
 *
 * @throws Refusal `deductionInvalid` (figures, months, no words, nothing owed), `samePerson`
 */
export async function planAdvanceOffset(context: Context, plan: PlanAdvanceOffset): Promise<number> {
  const { key = `offset/${randomUUID()}`, ...request } = plan;
  checkOffsetTerms(plan);
  const command = {
    role: ROLE,
    key,
    name: "offset.plan",
    actor: context.operator,
    purpose: context.purpose,
    request,
    guard: context.guard,
  };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command, async (client) => {
      if ((await outstandingClaims(client, plan.recipientId)).length === 0)
        invalid("この受給者に返納の残りはありません。");
      const id = await writeAdvanceOffset(client, plan, { enteredBy: context.operator, approvedBy: plan.approvedBy });
      const objectId = String(plan.recipientId);
      const detail = { offsetId: id, perPayment: plan.perPayment, keep: plan.keep };
      return { response: id, audit: [{ action: "offset.plan", objectKind: "recipient", objectId, detail }] };
    }),
  );
  return response;
}
