/**
 * 支給制限 (児童手当法10条): who without good reason disobeys an order or does not answer (27条1項) is not granted the allowance, whole or
 * for single children. It is no 一時差止 (11条): a hold keeps the money back and pays it at once when it is released; months under a
 * restriction are not granted, and stay so when it ends. They become due again only when the decision itself is taken back (取消).
 *
 * Each of the three steps is a request that another person approves (`../decision-requests`). What takes effect here is in the
 * transaction of the approval, the ledger included.
 */
import { firstDayOfMonth, type Month, monthOf, parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { settleStandingMonths } from "../unpaid/settle.ts";

export const RESTRICTION_CAUSES = ["orderDisobeyed", "questionUnanswered"] as const;
export type RestrictionCause = (typeof RESTRICTION_CAUSES)[number];

export const restrictionCauseLabels = {
  orderDisobeyed: "書類の提出の命令（27条1項）に、正当な理由なく従わない",
  questionUnanswered: "職員の質問（27条1項）に、正当な理由なく応じない",
} as const satisfies Readonly<Record<RestrictionCause, string>>;

/** A restriction to be decided. */
export type RestrictionContent = {
  readonly kind: "restriction";
  readonly recipientId: number;
  /** 一部の制限: this child's part alone; null = the whole */
  readonly childNumber: number | null;
  /** First benefit month that is not granted, `YYYY-MM`, not before the month of the order */
  readonly fromMonth: string;
  readonly causeCode: RestrictionCause;
  /** Day of the order or question, and by when it was to be answered, `YYYY-MM-DD` */
  readonly demandedOn: string;
  readonly answerDueOn: string;
  /** Number or name of the document, 1–100 characters */
  readonly demandDocument: string;
  /** Why there is no good reason; stands in the letter (理由の提示). 1–400 characters */
  readonly reason: string;
};

/** Its end: from the month in which the order was obeyed. */
export type RestrictionEndContent = {
  readonly kind: "restrictionEnd";
  readonly restrictionId: number;
  /** `YYYY-MM-DD` */
  readonly compliedOn: string;
  /** First benefit month that is granted again, `YYYY-MM` */
  readonly payableFrom: string;
  readonly reason: string;
};

/** 取消: the decision was wrong from the start. */
export type RestrictionCancellationContent = {
  readonly kind: "restrictionCancellation";
  readonly restrictionId: number;
  readonly reason: string;
};

export type People = { readonly enteredBy: string; readonly approvedBy: string };
type About = { readonly addresseeNumber: number | null; readonly recipientId: number };

const invalid = (words: string, details: Readonly<Record<string, number>> = {}): never => {
  throw refuse("restrictionInvalid", `${words}何も変えていません。`, details);
};

function checkReason(reason: string): void {
  if (reason.trim() === "" || reason.length > 400) invalid("理由は、1文字から400文字で書いてください。");
}

/** Months that can't be restricted any more: paid, in a payment, taken out of one, lapsed, or granted to a child (12条). */
const TAKEN = `
  SELECT DISTINCT to_char(d.benefit_month, 'YYYY-MM') AS month, CASE WHEN l.lapse_id IS NOT NULL THEN '時効で消滅' WHEN u.unpaid_id IS NOT NULL THEN '未支払の決定'
           WHEN k.run_no IS NOT NULL THEN '支払処理 ' || k.run_no || ' で差引' ELSE '支払処理 ' || i.run_no END AS what
  FROM allowance.due_item d
  LEFT JOIN allowance.due_reversal v USING (child_number, benefit_month, generation, tranche)
  LEFT JOIN allowance.lapse_standing l USING (child_number, benefit_month, generation, tranche)
  LEFT JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
  LEFT JOIN allowance.deduction_standing k USING (child_number, benefit_month, generation, tranche)
  LEFT JOIN LATERAL (SELECT x.run_no FROM allowance.run_item x LEFT JOIN allowance.item_release g USING (child_number, benefit_month, generation, tranche, attempt)
    WHERE (x.child_number, x.benefit_month, x.generation, x.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche) AND g.attempt IS NULL LIMIT 1) i ON true
  WHERE d.recipient_id = $1 AND d.benefit_month >= $2 AND ($3::bigint IS NULL OR d.child_number = $3) AND v.tranche IS NULL
    AND (l.lapse_id IS NOT NULL OR u.unpaid_id IS NOT NULL OR k.run_no IS NOT NULL OR i.run_no IS NOT NULL) ORDER BY 1`;

const CHILD_OF = `
  SELECT FROM (SELECT facts_digest FROM allowance.decision WHERE recipient_id = $1 AND kind <> 'refuse' ORDER BY seq DESC LIMIT 1) d
  JOIN allowance.facts f USING (facts_digest) CROSS JOIN LATERAL jsonb_array_elements(f.facts->'children') c WHERE (c->>'id')::bigint = $2`;

async function recipientOf(connection: Queryable, recipientId: number): Promise<About> {
  const { rows } = await connection.query<{ number: number }>(
    "SELECT addressee_number AS number FROM allowance.recipient WHERE recipient_id = $1",
    [recipientId],
  );
  const found = rows[0];
  if (found !== undefined) return { addresseeNumber: found.number, recipientId };
  throw refuse("recipientUnknown", `認定番号 ${recipientId} の受給者はいません。番号を確認してください。`, {
    recipientId,
  });
}

/** @throws Refusal `restrictionInvalid` (words, days, months, child, months that are paid), `recipientUnknown` */
export async function checkRestriction(
  client: PoolClient,
  context: Context,
  content: RestrictionContent,
): Promise<About> {
  const { recipientId, childNumber, fromMonth, demandedOn, answerDueOn, demandDocument } = content;
  checkReason(content.reason);
  const [demanded, due, from] = [parseCivilDate(demandedOn), parseCivilDate(answerDueOn), parseMonth(fromMonth)];
  if (demanded === undefined || due === undefined || from === undefined || demandDocument.trim() === "") {
    return invalid("支給制限には、命令・質問の日と期限、その文書、始まりの月分が要ります。");
  }
  if (demandDocument.length > 100) return invalid("命令・質問の文書は100文字までです。");
  if (due < demanded) return invalid("期限が、命令・質問の日より前です。日付を確かめてください。");
  if (due >= context.today) {
    return invalid(`命令・質問の期限（${due}）がまだ過ぎていません。期限の翌日から決められます。`);
  }
  if (from < monthOf(demanded)) {
    return invalid(`命令・質問をした月（${monthOf(demanded)}）より前の月分は制限できません。`);
  }
  const about = await recipientOf(client, recipientId);
  if (childNumber !== null && (await client.query(CHILD_OF, [recipientId, childNumber])).rowCount === 0) {
    return invalid(`認定番号 ${recipientId} の支給の対象に、この児童はいません。児童を確かめてください。`);
  }
  const standing = await client.query<{ id: number }>(
    `SELECT restriction_id AS id FROM allowance.benefit_restriction_in_force WHERE recipient_id = $1
       AND (child_number IS NULL OR $2::bigint IS NULL OR child_number = $2) AND (payable_from IS NULL OR payable_from > $3)`,
    [recipientId, childNumber, firstDayOfMonth(from)],
  );
  const other = standing.rows[0];
  if (other !== undefined) {
    return invalid(
      `この月分には、もう支給制限（第${other.id}号）が効いています。先にそれを終わらせるか、取り消してください。`,
    );
  }
  const { rows } = await client.query<{ month: string; what: string }>(TAKEN, [
    recipientId,
    firstDayOfMonth(from),
    childNumber,
  ]);
  if (rows.length > 0) {
    const words = rows.slice(0, 5).map(({ month, what }) => `${month}月分（${what}）`);
    return invalid(
      `支払ったか、支払に入っている月分は制限できません: ${words.join("、")}。支払の前なら支払処理を取り消し、支払ったあとなら始まりの月分を後にしてください。`,
      { recipientId },
    );
  }
  return about;
}

/** Writes the decision and takes what is due for its months out of the ledger, in the open transaction. */
export async function writeRestriction(
  client: PoolClient,
  context: Context,
  content: RestrictionContent,
  people: People,
): Promise<void> {
  const { recipientId, childNumber, fromMonth, causeCode, demandedOn, answerDueOn } = content;
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO allowance.benefit_restriction (recipient_id, child_number, from_month, cause_code, demanded_on, answer_due_on, demand_document, reason, decided_on, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING restriction_id AS id`,
    [
      recipientId,
      childNumber,
      `${fromMonth}-01`,
      causeCode,
      demandedOn,
      answerDueOn,
      content.demandDocument.trim(),
      content.reason.trim(),
      context.today,
      people.enteredBy,
      people.approvedBy,
    ],
  );
  const cause = `restriction/${rows[0]?.id ?? 0}`;
  await settleStandingMonths(client, context, cause, recipientId, people.approvedBy);
}

export type RestrictionState = "inForce" | "ended" | "cancelled";

export const restrictionStateLabels = {
  inForce: "効いている",
  ended: "終わった",
  cancelled: "取り消した",
} as const satisfies Readonly<Record<RestrictionState, string>>;

export type Restriction = {
  readonly restrictionId: number;
  readonly recipientId: number;
  readonly childNumber: number | null;
  readonly state: RestrictionState;
  readonly fromMonth: Month;
  /** First month that is granted again; null while it goes on */
  readonly payableFrom: Month | null;
  readonly causeCode: RestrictionCause;
  readonly demandedOn: string;
  readonly answerDueOn: string;
  readonly demandDocument: string;
  readonly reason: string;
  readonly decidedOn: string;
  readonly enteredBy: string;
  readonly approvedBy: string;
  /** Why it ended or was taken back */
  readonly laterReason: string | null;
  readonly laterOn: string | null;
};

const LIST = (where: string): string => `
  SELECT r.restriction_id AS "restrictionId", r.recipient_id AS "recipientId", r.child_number::bigint AS "childNumber",
         CASE WHEN c.restriction_id IS NOT NULL THEN 'cancelled' WHEN e.restriction_id IS NOT NULL THEN 'ended' ELSE 'inForce' END AS state,
         to_char(r.from_month, 'YYYY-MM') AS "fromMonth", to_char(e.payable_from, 'YYYY-MM') AS "payableFrom", r.cause_code AS "causeCode",
         r.demanded_on AS "demandedOn", r.answer_due_on AS "answerDueOn", r.demand_document AS "demandDocument", r.reason, r.decided_on AS "decidedOn",
         r.entered_by AS "enteredBy", r.approved_by AS "approvedBy", coalesce(c.reason, e.reason) AS "laterReason", coalesce(c.decided_on, e.decided_on) AS "laterOn"
  FROM allowance.benefit_restriction r LEFT JOIN allowance.benefit_restriction_end e USING (restriction_id)
  LEFT JOIN allowance.benefit_restriction_cancellation c USING (restriction_id) WHERE ${where} ORDER BY r.restriction_id DESC`;

/** 支給制限 of one recipient, also ended and cancelled ones, the newest first. */
export async function restrictionsOf(connection: Queryable, recipientId: number): Promise<readonly Restriction[]> {
  return (await connection.query<Restriction>(LIST("r.recipient_id = $1"), [recipientId])).rows;
}

/** 支給制限 that go on, of everybody, the newest first; at most 500. */
export async function listRestrictions(connection: Queryable): Promise<readonly Restriction[]> {
  const going = "e.restriction_id IS NULL AND c.restriction_id IS NULL";
  return (await connection.query<Restriction>(`${LIST(going)} LIMIT 500`)).rows;
}

async function getRestriction(client: PoolClient, restrictionId: number): Promise<Restriction> {
  const { rows } = await client.query<Restriction>(LIST("r.restriction_id = $1"), [restrictionId]);
  return rows[0] ?? invalid(`支給制限 第${restrictionId}号はありません。番号を確かめてください。`);
}

/** @throws Refusal `restrictionInvalid`: not in force, or its end would release months that were not granted */
export async function checkRestrictionEnd(
  client: PoolClient,
  context: Context,
  content: RestrictionEndContent,
): Promise<About> {
  checkReason(content.reason);
  const found = await getRestriction(client, content.restrictionId);
  if (found.state !== "inForce") return invalid(`支給制限 第${found.restrictionId}号は、もう効いていません。`);
  const [complied, payableFrom] = [parseCivilDate(content.compliedOn), parseMonth(content.payableFrom)];
  if (complied === undefined || payableFrom === undefined || complied > context.today) {
    return invalid("終わりには、命令に従った日（今日まで）と、ふたたび支給する最初の月分が要ります。");
  }
  if (complied < found.demandedOn) return invalid("命令に従った日が、命令・質問の日より前です。");
  if (payableFrom < monthOf(complied)) {
    return invalid(
      `命令に従った月（${monthOf(complied)}）より前の月分は、終わりの決定では支給できません（児童手当法10条）。制限が誤りなら、取消しにしてください。`,
    );
  }
  if (payableFrom <= found.fromMonth) {
    return invalid(
      `支給制限の始まり（${found.fromMonth}月分）より後の月分でなければなりません。初めから制限しないことにするなら、取消しにしてください。`,
    );
  }
  return await recipientOf(client, found.recipientId);
}

/** Ends it: the months from `payableFrom` on are due again where a run has passed them by. */
export async function writeRestrictionEnd(
  client: PoolClient,
  context: Context,
  content: RestrictionEndContent,
  people: People,
): Promise<void> {
  const { restrictionId, compliedOn, payableFrom, reason } = content;
  const { recipientId } = await getRestriction(client, restrictionId);
  await client.query(
    `INSERT INTO allowance.benefit_restriction_end (restriction_id, complied_on, payable_from, reason, decided_on, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [restrictionId, compliedOn, `${payableFrom}-01`, reason.trim(), context.today, people.enteredBy, people.approvedBy],
  );
  await settleStandingMonths(client, context, `restriction/${restrictionId}/end`, recipientId, people.approvedBy);
}

/** @throws Refusal `restrictionInvalid`: unknown, or taken back already */
export async function checkRestrictionCancellation(
  client: PoolClient,
  content: RestrictionCancellationContent,
): Promise<About> {
  checkReason(content.reason);
  const found = await getRestriction(client, content.restrictionId);
  if (found.state === "cancelled") {
    return invalid(`支給制限 第${found.restrictionId}号は、もう取り消されています。`);
  }
  return await recipientOf(client, found.recipientId);
}

/** Takes it back from the start: all its months are due again. */
export async function writeRestrictionCancellation(
  client: PoolClient,
  context: Context,
  content: RestrictionCancellationContent,
  people: People,
): Promise<void> {
  const { restrictionId, reason } = content;
  const { recipientId } = await getRestriction(client, restrictionId);
  await client.query(
    `INSERT INTO allowance.benefit_restriction_cancellation (restriction_id, reason, decided_on, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5)`,
    [restrictionId, reason.trim(), context.today, people.enteredBy, people.approvedBy],
  );
  await settleStandingMonths(client, context, `restriction/${restrictionId}/cancel`, recipientId, people.approvedBy);
}
