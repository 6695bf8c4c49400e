/**
 * 取消: the first half of 取消・再決定 (児発230号). What a decided filing wrote is taken back by further rows, both decisions stay, and
 * everybody who was told of the first one is told of the cancellation (処分取消通知書). It happens only inside the approval of the
 * filing that takes the place of the old one; before, it is tried in a savepoint, so that the new filing is judged in the world
 * as it will be, and people see what will change.
 */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { look, note, stop, yen } from "../procedures/answers.ts";
import { CANCELLED } from "../procedures/take-back.ts";
import { type NewNotice, type NoticeFacts, writeNotices } from "../procedures/notices.ts";
import { refuse } from "../refusal.ts";
import { settleStanding } from "../unpaid/settle.ts";
import { addEvent, checkState } from "./command.ts";
import type { Applied, Deciders, Difference, Effect, Json, Proposal, TakenBack } from "./procedure.ts";
import type { ProcedureCode } from "./procedure-codes.ts";
import { filingOf, type FilingRecord, loadApplied, loadFiling } from "./record.ts";
import { isClaim, procedureOf } from "./registry.ts";

/** An old filing after its cancellation. */
export type Cancelled = {
  readonly old: FilingRecord;
  readonly applied: Applied;
  readonly decidedOn: string;
  readonly reason: string;
  readonly back: TakenBack;
};

type Approval = { readonly decided_on: string; readonly outcome: string; readonly reason: string | null };

/**
 * Cancels the filing that `record` replaces. `context.today` is the day of the examination.
 *
 * @throws Refusal `filingStopped` (it can't be taken back, with what to do instead), `filingEnded`, `filingState`
 */
export async function cancelReplaced(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  deciders: Deciders,
): Promise<Cancelled> {
  const old = await loadFiling(client, record.replaces ?? 0);
  checkState(old, "取消", ["decided"]);
  const applied = await loadApplied(client, old.filingId);
  const { rows } = await client.query<Approval>(
    `SELECT a.decided_on, a.outcome, (SELECT reason FROM allowance.filing_event WHERE filing_id = $2 AND kind = 'submitted' ORDER BY seq LIMIT 1) AS reason
     FROM allowance.filing_approval a WHERE a.filing_id = $1`,
    [old.filingId, record.filingId],
  );
  const approval = rows[0];
  if (applied === null || approval === undefined)
    throw new Error(`filing ${old.filingId} is decided without an approval`);
  const reason = approval.reason ?? `受付番号 ${record.receptionNumber} による取消・再決定`;
  // First the row, then what it takes back: readers leave out a cancelled filing from here on.
  await client.query(
    `INSERT INTO allowance.filing_cancellation (filing_id, replaced_by, reason, decided_on, cancelled_on, prepared_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      old.filingId,
      record.filingId,
      reason,
      approval.decided_on,
      deciders.decidedOn,
      deciders.examinedBy,
      deciders.approvedBy,
    ],
  );
  const event = { filingId: old.filingId, after: old.revision, contentRevision: old.contentRevision };
  await addEvent(client, context, event, { kind: "cancelled", reason, otherFiling: record.filingId });
  const filing = filingOf(old, old.examination?.judgedOn ?? context.today, old.examination?.override ?? null);
  const own: Deciders = { ...deciders, filingId: old.filingId };
  const back = await procedureOf(old.procedure).undo(client, context, filing, applied, own);
  const whole = isClaim(old.procedure)
    ? { ...back, effects: takenBackFrom(old), recipients: applied.recipients }
    : back;
  return { old, applied, decidedOn: approval.decided_on, reason, back: whole };
}

/** What a granted claim had changed, turned round: a claim carries its right on to the next one, or takes every month of it back. */
function takenBackFrom({ examination }: FilingRecord): readonly Effect[] {
  if (examination === null || examination.proposal.outcome !== "grant") return [];
  // The account of a claim stays: who is a recipient no more is not paid to it.
  const rights = examination.proposal.effects.filter(({ fromMonth }) => fromMonth !== null);
  return rights.map((effect) => ({
    ...effect,
    before: effect.after,
    after: effect.before ?? "この決定の前に戻す",
    yenBefore: effect.yenAfter,
    yenAfter: effect.yenBefore,
    children: effect.children.map(({ child, before, after }) => ({ child, before: after, after: before })),
  }));
}

const PAID = `
  SELECT l.recipient_id, count(*)::int AS months, sum(i.amount)::bigint AS amount, array_agg(DISTINCT l.run_no ORDER BY l.run_no) AS runs
  FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no)
  LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt)
  WHERE l.recipient_id = ANY($1::bigint[]) AND i.benefit_month >= $2 AND x.attempt IS NULL GROUP BY l.recipient_id ORDER BY l.recipient_id`;

/** What is said of months that a payment run has already taken: nothing in it changes, the difference goes through the ledger. */
async function paidNotes(client: PoolClient, { effects, recipients }: TakenBack): Promise<readonly Difference[]> {
  const from = effects.flatMap(({ fromMonth }) => fromMonth ?? []).toSorted()[0];
  if (from === undefined || recipients.length === 0) return [];
  const { rows } = await client.query<{
    recipient_id: number;
    months: number;
    amount: number;
    runs: readonly number[];
  }>(PAID, [recipients, `${from}-01`]);
  return rows.map(({ recipient_id, months, amount, runs }) =>
    note(
      "cancellation.paid",
      `認定番号 ${recipient_id} の ${from} 分からの ${months} 件（${yen(amount)}）は、支払処理 ${runs.join("・")} に入っています。その明細は変えません。差額は元帳で精算し、足りない分は次の支払で払い、多い分は返納を求めます。`,
    ),
  );
}

const LATER = `
  SELECT f.reception_number, f.procedure_code FROM allowance.filing_current f JOIN allowance.filing_approval a USING (filing_id)
  WHERE f.state = 'decided' AND a.recorded_at > (SELECT o.recorded_at FROM allowance.filing_approval o WHERE o.filing_id = $1)
    AND (f.claimant_number = ANY($2::bigint[]) OR f.named_numbers && $2::bigint[]) ORDER BY f.filing_id`;

/**
 * Filings about the same people that were decided after the old one, where the cancellation changes a right: they were judged while
 * it was otherwise (whose care ends, who is the recipient …), so a person must look whether they still hold.
 */
async function laterNotes(client: PoolClient, old: FilingRecord, back: TakenBack): Promise<readonly Difference[]> {
  if (back.recipients.length === 0) return [];
  const people = await client.query<{ number: number }>(
    `SELECT addressee_number AS number FROM allowance.recipient WHERE recipient_id = ANY($1::bigint[])
     UNION SELECT k.child_number FROM allowance.recipient r JOIN allowance.claim c ON (c.claimant_number, c.recipient_kind) = (r.addressee_number, r.kind)
     JOIN allowance.claim_child k USING (claim_id) WHERE r.recipient_id = ANY($1::bigint[]) ORDER BY 1`,
    [back.recipients],
  );
  const numbers = [...people.rows.map(({ number }) => number), old.subject.claimant, ...old.subject.children];
  const { rows } = await client.query<{ reception_number: string; procedure_code: ProcedureCode }>(LATER, [
    old.filingId,
    numbers,
  ]);
  return rows.map(({ reception_number, procedure_code }) =>
    look(
      "cancellation.later",
      `この決定のあとで、受付番号 ${reception_number}（${procedureOf(procedure_code).name}）が決まっています。取消で資格や額が変わるため、その決定がいまも正しいかを確かめ、違うときは取消・再決定をしてください。`,
    ),
  );
}

/** A name that nobody has: who approves is not known yet. It never stays, the savepoint is rolled back. */
const NOBODY_YET = "cancellation.trial";

/** An effect of the cancellation, told apart from those of the new decision. */
const asCancelled = (effect: Effect): Effect =>
  effect.what.startsWith(CANCELLED) ? effect : { ...effect, what: `${CANCELLED}${effect.what}` };

/** The cancellation, or why it can't be. */
async function tried(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  deciders: Deciders,
): Promise<Cancelled | string> {
  try {
    return await cancelReplaced(client, context, record, deciders);
  } catch (error) {
    if (error instanceof Refusal && error.code === "filingStopped") return error.message;
    throw error;
  }
}

/** The basis of a proposal that starts with a cancellation. */
const bothBases = (back: TakenBack | null, decided: Json): Json => ({ cancelled: back?.basis ?? null, decided });

/**
 * The proposal of a filing that replaces another: judged as if the old one were cancelled, with what the cancellation gives back in
 * front. Leaves nothing behind.
 */
export async function proposeInstead(
  client: PoolClient,
  context: Context,
  record: FilingRecord,
  propose: () => Promise<Proposal>,
): Promise<Proposal> {
  await client.query("SAVEPOINT cancellation_trial");
  try {
    const people = { typedBy: record.typedBy, examinedBy: context.operator, approvedBy: NOBODY_YET };
    const deciders: Deciders = { filingId: record.filingId, ...people, decidedOn: context.today };
    const cancelled = await tried(client, context, record, deciders);
    if (typeof cancelled === "string") {
      const differences = [stop("cancellation", cancelled)];
      return { outcome: "impossible", reasons: [cancelled], differences, effects: [], basis: bothBases(null, null) };
    }
    const { old, decidedOn, back } = cancelled;
    const notes = [...(await paidNotes(client, back)), ...(await laterNotes(client, old, back))];
    const proposal = await propose();
    const cancels = `受付番号 ${old.receptionNumber}（${procedureOf(old.procedure).name}、${decidedOn} 決裁）の決定を取り消したうえで、決め直します。取り消した決定も記録に残り、どちらも通知します。`;
    return {
      ...proposal,
      reasons: [cancels, ...proposal.reasons],
      differences: [...back.differences, ...notes, ...proposal.differences],
      effects: [...back.effects.map(asCancelled), ...proposal.effects],
      basis: bothBases(back, proposal.basis),
    };
  } finally {
    await client.query("ROLLBACK TO SAVEPOINT cancellation_trial");
    await client.query("RELEASE SAVEPOINT cancellation_trial");
  }
}

/** The proposal as the procedure made it, without what the workflow put in front of its basis. */
export function ownProposal(record: Pick<FilingRecord, "replaces">, proposal: Proposal): Proposal {
  if (record.replaces === null) return proposal;
  const { basis } = proposal;
  const decided = typeof basis === "object" && basis !== null && "decided" in basis ? basis["decided"] : undefined;
  if (decided === undefined)
    throw refuse(
      "storedUnreadable",
      "取消・再決定の審査の記録が読めません。もう一度審査してください。何も決めていません。",
    );
  return { ...proposal, basis: decided };
}

type Told = { readonly addressee_number: number | null; readonly outside_party: string | null };

/**
 * After the new decision: the ledger of everybody whose decisions changed is brought to what now stands, and the notices of the
 * cancellation are noted. The claimant is told everything; others who had been told of the first decision, only that it was cancelled.
 */
export async function afterCancellation(
  client: PoolClient,
  context: Context,
  done: {
    readonly record: FilingRecord;
    readonly cancelled: Cancelled;
    readonly applied: Applied;
    readonly proposal: Proposal;
    readonly deciders: Deciders;
  },
): Promise<void> {
  const { record, cancelled, applied, proposal, deciders } = done;
  const { old, back, decidedOn, reason } = cancelled;
  const recipients = [...new Set([...back.recipients, ...applied.recipients])].toSorted((left, right) => left - right);
  await settleStanding(client, context, record.filingId, recipients, deciders.approvedBy);
  const both: NoticeFacts = {
    cancelled: old.receptionNumber,
    procedure: old.procedure,
    decidedOn,
    cancelledOn: deciders.decidedOn,
    decidedAgain: record.receptionNumber,
  };
  const { rows } = await client.query<Told>(
    `SELECT DISTINCT addressee_number, outside_party FROM allowance.case_notice
     WHERE filing_id = $1 AND kind <> 'decisionCancelled' AND addressee_number IS DISTINCT FROM $2 ORDER BY 1, 2`,
    [old.filingId, old.subject.claimant],
  );
  const whole: NoticeFacts = {
    ...both,
    reason,
    outcomeBefore: old.examination?.outcome ?? null,
    outcome: proposal.outcome,
    decisionsBefore: cancelled.applied.decisions,
    decisions: applied.decisions,
    recipients,
  };
  const notices: NewNotice[] = [{ kind: "decisionCancelled", to: old.subject.claimant, facts: whole }];
  for (const { addressee_number, outside_party } of rows) {
    const to = addressee_number ?? outside_party;
    if (to !== null) notices.push({ kind: "decisionCancelled", to, facts: both });
  }
  await writeNotices(client, record.filingId, deciders, notices);
}
