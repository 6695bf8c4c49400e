/**
 * 取り消して戻す: what the `undo` of the procedures here is made of. Nothing is edited: entries of the register get a further revision
 * with the content before, facts a further (voided) revision, holds a release. Where something later rests on what would be taken
 * back, the cancellation is refused, and the clerk is told what to cancel first.
 */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Difference, Effect, FilingOf, Json, Deciders, TakenBack } from "../filings/procedure.ts";
import { stands } from "../filings/stands.ts";
import { DEATH_HOLD } from "../holds/hold-for-death.ts";
import { refuse } from "../refusal.ts";
import { recordEffect } from "./answers.ts";
import { confirm } from "./entries.ts";
import { personOf, recipientOf } from "./people.ts";

/** The refusal of a cancellation. `instead`: what to do, a whole Japanese sentence. */
export function cannotTakeBack(
  filing: Pick<FilingOf<unknown>, "receptionNumber">,
  why: string,
  instead: string,
): Refusal {
  return refuse(
    "filingStopped",
    `受付番号 ${filing.receptionNumber ?? ""} の決定は取り消せません。${why}${instead}何も変えていません。`,
  );
}

/** In front of everything that a cancellation gives back. */
export const CANCELLED = "取消: ";

/** A cancellation that changes the record alone: no decision, no amount. */
export function recordTakenBack(
  kind: string,
  what: string,
  more: {
    readonly recipientId?: number | null;
    readonly before?: string | null;
    readonly after?: string | null;
    readonly differences?: readonly Difference[];
    readonly basis?: Json;
  } = {},
): TakenBack {
  const { differences = [], basis = null, ...sides } = more;
  const effects: Effect[] = [recordEffect(kind, `${CANCELLED}${what}`, sides)];
  return { effects, differences, recipients: [], basis };
}

/** What is said where deductions or accounts are taken back. */
export const RUNS_STAY =
  "すでに作成した支払処理の明細は変わりません。確定の前なら支払処理を取り消して作り直せます。支払った分は、次の支払から戻した内容になります。";

/** A filing of which nothing was written (a report that was not accepted). */
export const NOTHING_BACK: TakenBack = { effects: [], differences: [], recipients: [], basis: null };

/** Two results of one cancellation. */
export function both(first: TakenBack, second: TakenBack): TakenBack {
  return {
    effects: [...first.effects, ...second.effects],
    differences: [...first.differences, ...second.differences],
    recipients: [...new Set([...first.recipients, ...second.recipients])],
    basis: [first.basis, second.basis],
  };
}

/**
 * Refuses where a later filing that still stands wrote into the same rows: what came last is cancelled first.
 *
 * @param table a table with `filing_id` and a growing `recorded_at`; a constant of the program
 * @param where condition on its columns, with $2 … as `values`
 */
export async function refuseLater(
  client: PoolClient,
  filing: FilingOf<unknown>,
  later: { readonly table: string; readonly where: string; readonly values: readonly unknown[] },
): Promise<void> {
  const { rows } = await client.query<{ reception_number: string }>(
    `SELECT f.reception_number FROM allowance.${later.table} t JOIN allowance.filing f USING (filing_id)
     WHERE t.filing_id > $1 AND ${stands("t")} AND t.recorded_at > (SELECT max(o.recorded_at) FROM allowance.${later.table} o WHERE o.filing_id = $1)
       AND ${later.where} ORDER BY f.filing_id DESC LIMIT 1`,
    [filing.filingId, ...later.values],
  );
  const found = rows[0]?.reception_number;
  if (found === undefined) return;
  throw cannotTakeBack(
    filing,
    `後の受付（受付番号 ${found}）が、この決定の上に重なっています。`,
    `先に受付番号 ${found} を取り消すか、いまの状態からの変更の届出によってください。`,
  );
}

type Touched = { readonly entry_id: number; readonly kind: string; readonly first: number; readonly last: number };

const ENTRY_NAMES: Readonly<Record<string, string>> = {
  related_person: "関係者",
  coverage: "健康保険・年金",
  child_circumstance: "児童の状況",
  annual_report: "現況",
  contact: "連絡先",
  mailing_address: "送付先",
  residence_exception: "居住の特例",
};

/** Writes, for each entry of the register that the filing wrote, the content before it as the next revision; a new entry is withdrawn. The last first, so that periods never overlap. */
export async function takeEntriesBack(
  client: PoolClient,
  filing: FilingOf<unknown>,
  deciders: Deciders,
): Promise<void> {
  const { rows } = await client.query<Touched>(
    `SELECT entry_id, kind, min(revision)::int AS first, max(revision)::int AS last FROM allowance.entry_origin
     JOIN allowance.entry_confirmation USING (entry_id, revision) WHERE filing_id = $1 GROUP BY entry_id, kind ORDER BY entry_id DESC`,
    [filing.filingId],
  );
  for (const { entry_id, kind, first, last } of rows) {
    // `kind` is the table's name, out of a CHECK of the database.
    const now = await client.query<{ revision: number }>(
      `SELECT max(revision)::int AS revision FROM allowance.${kind} WHERE entry_id = $1`,
      [entry_id],
    );
    const { rows: standing } = await client.query(
      `SELECT 1 FROM allowance.${kind} e LEFT JOIN allowance.entry_origin t USING (entry_id, revision)
       WHERE e.entry_id = $1 AND e.revision > $2 AND (t.filing_id IS NULL OR ${stands("t")}) LIMIT 1`,
      [entry_id, last],
    );
    if (standing.length > 0) {
      throw cannotTakeBack(
        filing,
        `台帳の記載（${ENTRY_NAMES[kind] ?? kind}）が、この決定のあとでまた変えられています。`,
        "後の届出を先に取り消すか、いまの状態からの変更の届出によってください。",
      );
    }
    const revision = (now.rows[0]?.revision ?? last) + 1;
    const changes = { revision, reason: "取消・再決定による取消", entered_by: deciders.typedBy };
    await client.query(
      `INSERT INTO allowance.${kind} SELECT (jsonb_populate_record(t, $3::jsonb || jsonb_build_object('recorded_at', clock_timestamp()))).*
       FROM allowance.${kind} t WHERE t.entry_id = $1 AND t.revision = $2`,
      [entry_id, Math.max(first - 1, 1), JSON.stringify(first === 1 ? { ...changes, withdrawn: true } : changes)],
    );
    await confirm(client, kind, entry_id, revision, deciders);
  }
}

const holdsShape = z.object({ holds: z.array(z.number()) });

const HELD_FOR_DEATH = `
  SELECT h.hold_id, h.recipient_id FROM allowance.hold h
  WHERE NOT EXISTS (SELECT FROM allowance.hold_release r WHERE r.hold_id = h.hold_id)
    AND (h.hold_id = ANY($1::bigint[]) OR (h.cause = $2 AND h.recipient_id IN (SELECT d.recipient_id FROM allowance.decision d
      WHERE d.recipient_id = ANY($3::bigint[]) AND d.kind = 'extinguish' AND d.cause = 'recipientDeath'))) ORDER BY h.hold_id`;

/**
 * Releases the holds after a death (保留) that the filing placed, or that the register had placed before a right ended by the death that
 * is now taken back – unless the residents' register still says that the recipient is dead.
 *
 * @param restored 認定番号 of the recipients whose decisions change by the cancellation
 * @returns how many stay
 */
export async function releaseHolds(
  client: PoolClient,
  detail: unknown,
  restored: readonly number[],
  deciders: Deciders,
): Promise<number> {
  const placed = holdsShape.safeParse(detail);
  const { rows } = await client.query<{ hold_id: number; recipient_id: number }>(HELD_FOR_DEATH, [
    placed.success ? placed.data.holds : [],
    DEATH_HOLD,
    restored,
  ]);
  let stay = 0;
  for (const { hold_id, recipient_id } of rows) {
    const recipient = await recipientOf(client, recipient_id);
    const person = recipient === undefined ? undefined : await personOf(client, recipient.number);
    if (person?.state === 3) stay += 1;
    else {
      await client.query(
        "INSERT INTO allowance.hold_release (hold_id, cause, released_by, released_on) VALUES ($1, $2, $3, $4)",
        [hold_id, "死亡の記録の取消（取消・再決定）", deciders.approvedBy, deciders.decidedOn],
      );
    }
  }
  return stay;
}

/** Refuses where children were granted what a recipient left unpaid: that is taken back first, or the month would be owed twice. */
export async function refuseUnpaidGranted(
  client: PoolClient,
  filing: FilingOf<unknown>,
  recipients: readonly number[],
): Promise<void> {
  const { rows } = await client.query<{ reception_number: string }>(
    `SELECT f.reception_number FROM allowance.unpaid_decision d JOIN allowance.filing f USING (filing_id)
     WHERE d.recipient_id = ANY($1::bigint[]) AND d.outcome = 'grant' AND ${stands("d")} ORDER BY d.unpaid_id DESC LIMIT 1`,
    [recipients],
  );
  const granted = rows[0]?.reception_number;
  if (granted === undefined) return;
  throw cannotTakeBack(
    filing,
    `未支払の児童手当を児童に支給する決定（受付番号 ${granted}）があります。`,
    "先にその決定を取り消してください。",
  );
}
