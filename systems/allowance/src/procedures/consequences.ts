/**
 * What follows from a fact (職権の決定): the law is asked about each case that the fact touches, once with the fact as it is
 * proposed and, at the approval, once more with the fact as it is stored. The difference from what is recorded becomes
 * decisions. Nothing is decided that was not shown before.
 */
import {
  addMonths,
  assess,
  type Calendar,
  type CivilDate,
  type Month,
  monthOf,
  parseCase,
  ruleVersion,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { type CaseKey, caseId, type CaseRows, loadCases, type PersonRow, type StatusRow } from "../claims/case-rows.ts";
import { horizonOf, judgeCases, writeExaminations } from "../claims/examine.ts";
import type { Answer, Episode } from "../claims/judge-case.ts";
import type { Context } from "../context.ts";
import { missingDecisions } from "../decisions/missing-decisions.ts";
import type { EndedAs, PlannedDecision } from "../decisions/plan-decisions.ts";
import { loadRecorded, type RecordedRecipient } from "../decisions/recorded.ts";
import { writeDecisions } from "../decisions/write-decisions.ts";
import type { Deciders, Difference, Effect, Json } from "../filings/procedure.ts";
import { causeName, decisionName } from "../inquiry/labels.ts";
import { stop, yen } from "./answers.ts";

/** A fact that is not stored yet: a row of status_period, or the end of a life. */
export type SupposedFact =
  | { readonly status: StatusRow }
  | { readonly life: { readonly number: number; readonly state: 1 | 2 | 3; readonly from: CivilDate } };

/** One recipient for whom the law decides something new. */
export type Consequence = {
  readonly key: CaseKey;
  readonly recipient: RecordedRecipient;
  readonly episode: Episode;
  readonly decisions: readonly PlannedDecision[];
};

export type Foreseen = {
  readonly consequences: readonly Consequence[];
  readonly effects: readonly Effect[];
  /** Cases that can't be assessed now: `stop` */
  readonly differences: readonly Difference[];
  readonly basis: Json;
};

export type ForeseeRequest = {
  /** Cases of these claimants */
  readonly persons?: readonly number[];
  /** Cases whose approved claims name these children or counted persons */
  readonly children?: readonly number[];
  readonly supposed?: readonly SupposedFact[];
  /** Days whose following month must be inside the judged months */
  readonly days: readonly CivilDate[];
  readonly judgedOn: CivilDate;
  /** What the decision says where the law knows only that the care ended */
  readonly endedAs?: EndedAs;
};

const withCause = (decision: PlannedDecision, endedAs: EndedAs | undefined): PlannedDecision =>
  endedAs !== undefined && decision.cause === "careEnded" ? { ...decision, cause: endedAs } : decision;

const CASES = `
  SELECT r.addressee_number AS claimant, r.kind FROM allowance.recipient r WHERE r.addressee_number = ANY($1::bigint[])
  UNION
  SELECT r.addressee_number, r.kind FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id)
  JOIN allowance.recipient r ON r.addressee_number = c.claimant_number AND r.kind = c.recipient_kind
  WHERE k.child_number = ANY($2::bigint[])
  ORDER BY 1, 2`;

const sameKey = (left: StatusRow, right: StatusRow): boolean =>
  left.kind === right.kind && left.addressee_number === right.addressee_number && left.starts_on === right.starts_on;

function withStatus(statuses: CaseRows["statuses"], row: StatusRow): CaseRows["statuses"] {
  const kept = (statuses.get(row.addressee_number) ?? []).filter((each) => !sameKey(each, row));
  return new Map([...statuses, [row.addressee_number, [...kept, row]]]);
}

function withLife(persons: CaseRows["persons"], fact: { number: number; state: number; from: CivilDate }) {
  const rows: readonly PersonRow[] = persons.get(fact.number) ?? [];
  const last = rows.at(-1);
  if (last === undefined) return persons;
  const event = fact.state === 3 ? "21" : fact.state === 2 ? "20" : "12";
  return new Map([
    ...persons,
    [fact.number, [...rows, { ...last, valid_from: fact.from, event_code: event, resident_state: fact.state }]],
  ]);
}

function suppose(rows: CaseRows, supposed: readonly SupposedFact[]): CaseRows {
  return supposed.reduce<CaseRows>(
    (before, fact) =>
      "status" in fact
        ? { ...before, statuses: withStatus(before.statuses, fact.status) }
        : { ...before, persons: withLife(before.persons, fact.life) },
    { ...rows, claims: rows.claims.filter(({ approved }) => approved) },
  );
}

type Amounts = { readonly total: number; readonly children: ReadonlyMap<number, number | null> };

/** Yen in one month by facts that were, or will be, decided on; nothing before the facts begin or where they say nothing. */
function amountsIn(facts: Readonly<Record<string, unknown>>, at: Month, calendar: Calendar): Amounts {
  const parsed = parseCase({ ...facts, from: at, until: at });
  const assessed = parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
  const month = assessed.ok ? assessed.value.months[0] : undefined;
  if (month === undefined || !month.entitled) return { total: 0, children: new Map() };
  return { total: month.total, children: new Map(month.children.map(({ id, amount }) => [Number(id), amount])) };
}

const WHAT: Readonly<Record<PlannedDecision["kind"], string>> = {
  certify: "認定",
  increase: "額改定（増額）",
  decrease: "額改定（減額）",
  extinguish: "支給事由の消滅",
  correct: "決定の訂正",
};

async function effectsOf(
  connection: Queryable,
  calendar: Calendar,
  consequences: readonly Consequence[],
): Promise<readonly Effect[]> {
  const digests = consequences.flatMap(({ recipient }) =>
    recipient.decisions.slice(-1).map((each) => each.factsDigest),
  );
  const { rows } = await connection.query<{ digest: string; facts: Record<string, unknown> }>(
    "SELECT facts_digest AS digest, facts FROM allowance.facts WHERE facts_digest = ANY($1)",
    [digests],
  );
  const stored = new Map(rows.map(({ digest, facts }) => [digest, facts]));
  return consequences.flatMap(({ recipient, episode, decisions }) => {
    const recorded = stored.get(recipient.decisions.at(-1)?.factsDigest ?? "") ?? {};
    return decisions.map(({ kind, effective, cause }): Effect => {
      const before = amountsIn(recorded, effective, calendar);
      const after = amountsIn({ ...episode.facts.json }, effective, calendar);
      const numbers = [...new Set([...before.children.keys(), ...after.children.keys()])];
      return {
        kind,
        what: `${WHAT[kind]}: ${causeName(cause)}（${effective} 分から）`,
        recipientId: recipient.recipientId,
        fromMonth: effective,
        before: `月額 ${yen(before.total)}`,
        after: kind === "extinguish" ? "支給しない" : `月額 ${yen(after.total)}`,
        yenBefore: before.total,
        yenAfter: kind === "extinguish" ? 0 : after.total,
        children: numbers.map((child) => ({
          child,
          before: before.children.get(child) ?? null,
          after: kind === "extinguish" ? null : (after.children.get(child) ?? null),
        })),
      };
    });
  });
}

/** What the law would decide. Reads only. */
export async function foresee(client: PoolClient, context: Context, request: ForeseeRequest): Promise<Foreseen> {
  const { persons = [], children = [], supposed = [], days, judgedOn, endedAs } = request;
  const { rows: keys } = await client.query<CaseKey>(CASES, [persons, children]);
  const cases = (await loadCases(client, keys))
    .map((rows) => suppose(rows, supposed))
    .filter(({ claims }) => claims.length > 0);
  const dated: Context = { ...context, today: judgedOn };
  const horizon = await horizonOf(client, dated, cases);
  const least = days.map((day) => addMonths(monthOf(day), 1));
  const judged = await judgeCases(client, dated, cases, (rows) =>
    least.reduce((last, each) => (each > last ? each : last), horizon(rows)),
  );
  const recorded = await loadRecorded(
    client,
    cases.map(({ key }) => key),
  );
  const consequences: Consequence[] = [];
  const differences: Difference[] = [];
  for (const { rows, episodes, voids, answers } of judged) {
    const recipients = recorded.get(caseId(rows.key)) ?? [];
    if (episodes.length + voids.length === 0 && recipients.length > 0) {
      const why = answers.flatMap(({ proposal }) => proposal.reasons)[0] ?? "事実が足りません。";
      differences.push(stop("case", `認定番号 ${recipients.at(-1)?.recipientId ?? ""} を計算できません。${why}`));
    }
    for (const recipient of recipients) {
      const missing = missingDecisions({ episodes, voids }, recipient);
      if (missing === undefined) continue;
      const { episode } = missing;
      const decisions = missing.decisions.map((each) => withCause(each, endedAs));
      if (decisions.length > 0) consequences.push({ key: rows.key, recipient, episode, decisions });
    }
  }
  return {
    consequences,
    differences,
    effects: await effectsOf(client, context.calendar, consequences),
    basis: {
      ruleVersion,
      cases: consequences.map(({ recipient, episode }) => ({
        recipient: recipient.recipientId,
        seq: recipient.decisions.at(-1)?.seq ?? 0,
        facts: episode.facts.digest,
      })),
    },
  };
}

function answerOf({ episode, decisions }: Consequence): Answer {
  const reasons = decisions.map(
    ({ kind, effective, cause }) => `職権: ${effective} から${decisionName(kind)}（${causeName(cause)}）`,
  );
  return {
    claim: episode.opening,
    outcome: "grant",
    facts: episode.facts,
    proposal: { decisions: episode.decisions, reasons, warnings: [] },
  };
}

export type Decided = { readonly recipients: readonly number[]; readonly decisions: readonly number[] };

/** Writes the decisions in the open transaction, as examined by one person and approved by another. */
export async function decide(
  client: PoolClient,
  consequences: readonly Consequence[],
  deciders: Deciders,
): Promise<Decided> {
  if (consequences.length === 0) return { recipients: [], decisions: [] };
  await writeExaminations(client, deciders.examinedBy, consequences.map(answerOf));
  await writeDecisions(
    client,
    consequences.map(({ key, recipient, episode, decisions }) => ({
      key,
      opening: episode.opening,
      recipientId: recipient.recipientId,
      ordinal: recipient.ordinal,
      lastSeq: recipient.decisions.at(-1)?.seq ?? 0,
      decisions,
      facts: episode.facts,
      examinedBy: deciders.examinedBy,
      accounts: [],
      origin: "exOfficio" as const,
    })),
    [],
    { approvedBy: deciders.approvedBy, decidedOn: deciders.decidedOn },
  );
  const recipients = consequences.map(({ recipient }) => recipient.recipientId);
  const { rows } = await client.query<{ decision_id: number }>(
    `SELECT d.decision_id FROM allowance.decision d JOIN unnest($1::bigint[], $2::int[]) n(recipient_id, seq)
       ON d.recipient_id = n.recipient_id AND d.seq > n.seq ORDER BY d.decision_id`,
    [recipients, consequences.map(({ recipient }) => recipient.decisions.at(-1)?.seq ?? 0)],
  );
  return { recipients, decisions: rows.map(({ decision_id }) => decision_id) };
}
