/**
 * 空からの組み直し（決定）: every decision planned once more from the facts that it rests on, one transaction after the other, beginning
 * with a recipient of whom nothing is decided. The law judges the sealed facts, and the product's own plan (`planDecisions`, `takeBack`)
 * says what had to be added to what was decided before.
 *
 * Facts of the events: that a person or a mass run decided then, on these facts (their digest is calculated again), which claim a
 * decision answers (its day of receipt and cause must be those that the law names), how far a mass run looked, and what a procedure
 * calls an end of care (別の人の認定・辞退).
 */
import { assess, type Calendar, type CivilDate, monthOf, parseCase } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";

import { totalSteps } from "../../claims/held-months.ts";
import { ENDED_AS, planDecisions, type PlannedDecision, takeBack } from "../../decisions/plan-decisions.ts";
import type { RecordedDecision } from "../../decisions/recorded.ts";
import { Pair } from "../compare-pair.ts";
import type { ReplayedTable } from "../compare-table.ts";

type Row = {
  readonly recipient_id: number;
  readonly seq: number;
  readonly kind: RecordedDecision["kind"];
  readonly effective_month: CivilDate;
  readonly cause: string;
  readonly ex_officio: boolean;
  readonly origin: string;
  readonly monthly_total: number | null;
  readonly facts_digest: string;
  readonly claim_id: number | null;
  readonly received_on: CivilDate | null;
  readonly claim_cause: string | null;
  /** Transaction that decided: its beginning */
  readonly at: string;
};

/** Recipients judged at a time. */
const PAGE = 1000;

const DECISIONS = `
SELECT d.recipient_id, d.seq, d.kind, d.effective_month, d.cause, d.ex_officio, d.origin, d.monthly_total, d.facts_digest, d.claim_id,
       c.received_on, c.cause AS claim_cause, d.recorded_at::text AS at
FROM allowance.decision d LEFT JOIN allowance.claim c USING (claim_id)
WHERE d.recipient_id IN (SELECT recipient_id FROM allowance.recipient WHERE recipient_id > $1 ORDER BY recipient_id LIMIT ${PAGE})
ORDER BY d.recipient_id, d.seq`;

const recordedOf = (row: Row): RecordedDecision => ({
  seq: row.seq,
  kind: row.kind,
  effective: monthOf(row.effective_month),
  cause: row.cause,
  monthlyTotal: row.monthly_total,
  factsDigest: row.facts_digest,
});

/** A 訂正 by which a mass run was taken back: what stood before its decisions stands again. */
function undone(before: readonly RecordedDecision[], { facts_digest: digest }: Row): readonly PlannedDecision[] {
  const standing = before.findLast(({ factsDigest }) => factsDigest === digest);
  const own = before
    .filter(({ seq }) => standing !== undefined && seq > standing.seq)
    .map(({ effective }) => effective);
  const [first] = own.toSorted();
  if (standing === undefined || first === undefined) return [];
  return [
    {
      kind: "correct",
      effective: first,
      cause: "decisionCancelled",
      exOfficio: true,
      monthlyTotal: standing.monthlyTotal,
      receivedOn: null,
      claimId: null,
    },
  ];
}

/** What had to be decided in one transaction about one recipient. */
function plan(
  before: readonly RecordedDecision[],
  rows: readonly Row[],
  facts: unknown,
  calendar: Calendar,
): readonly PlannedDecision[] {
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return [];
  if (first.origin === "undo") return undone(before, first);
  const parsed = parseCase(facts);
  const assessed = parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
  if (!assessed.ok) return [];
  const { decisions: law } = assessed.value;
  // Nobody has claimed any more, or the law would refuse the claim: the right is taken back.
  if (!law.some(({ kind }) => kind === "certify")) return takeBack(before);
  const planned = planDecisions(
    before,
    law.map((decision) => ({ ...decision, claimId: null })),
    totalSteps(assessed.value),
  );
  const horizon = monthOf(last.effective_month);
  return first.origin === "batch" ? planned.filter(({ effective }) => effective <= horizon) : planned;
}

/** A decision as the plan gives it, with the number and the words that are facts of the event. */
function rebuilt(decision: PlannedDecision, seq: number, stored: Row | undefined, digest: string): readonly unknown[] {
  const named = ENDED_AS.some((cause) => cause === stored?.cause) && decision.cause === "careEnded";
  const answers =
    !decision.exOfficio && stored?.received_on === decision.receivedOn && stored?.claim_cause === decision.cause;
  return [
    seq,
    decision.kind,
    `${decision.effective}-01`,
    named ? stored?.cause : decision.cause,
    decision.exOfficio,
    decision.monthlyTotal,
    digest,
    answers ? (stored?.claim_id ?? null) : null,
  ];
}

const storedCells = (row: Row): readonly unknown[] => [
  row.seq,
  row.kind,
  row.effective_month,
  row.cause,
  row.ex_officio,
  row.monthly_total,
  row.facts_digest,
  row.claim_id,
];

const sealed = (facts: unknown): string => createHash("sha256").update(canonicalJson(facts)).digest("hex");

async function factsOf(connection: Queryable, digests: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const { rows } = await connection.query<{ facts_digest: string; facts: unknown }>(
    "SELECT facts_digest, facts FROM allowance.facts WHERE facts_digest = ANY ($1)",
    [[...new Set(digests)]],
  );
  return new Map(rows.map(({ facts_digest: digest, facts }) => [digest, facts]));
}

/** The decisions about recipients, rebuilt and compared; `allowance.facts` by the digests of what they rest on. */
export async function replayDecisions(connection: Queryable, calendar: Calendar): Promise<readonly ReplayedTable[]> {
  const decisions = new Pair("allowance.decision");
  const facts = new Pair("allowance.facts");
  for (let after = 0; ;) {
    const { rows } = await connection.query<Row>(DECISIONS, [after]);
    const last = rows.at(-1);
    if (last === undefined) return [decisions.end(), facts.end()];
    after = last.recipient_id;
    const known = await factsOf(
      connection,
      rows.map(({ facts_digest: digest }) => digest),
    );
    facts.add(
      [...known].map(([digest]) => [digest]),
      [...known].map(([, text]) => [sealed(text)]),
    );
    for (const [recipientId, own] of Map.groupBy(rows, ({ recipient_id: id }) => id)) {
      const before: RecordedDecision[] = [];
      for (const [, group] of Map.groupBy(own, ({ at }) => at)) {
        const digest = group[0]?.facts_digest ?? "";
        const planned = plan(before, group, known.get(digest), calendar);
        const seq = before.length;
        decisions.add(
          group.map((row) => [recipientId, ...storedCells(row)]),
          planned.map((each, index) => [recipientId, ...rebuilt(each, seq + index + 1, group[index], digest)]),
        );
        before.push(...group.map(recordedOf));
      }
    }
  }
}
