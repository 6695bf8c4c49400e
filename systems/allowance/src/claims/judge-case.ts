/**
 * Judges one case (審査の中身): facts → law → an answer to each claim, and the decisions that follow. Pure: the same code
 * examines a single claim, a whole city, and checks at approval that nothing has changed.
 */
import {
  addMonths,
  assess,
  type Assessment,
  type Calendar,
  type CivilDate,
  type Month,
  month,
  monthOf,
  parseCase,
  type Result,
} from "@hagukumi/law/contract.ts";

import type { LawDecision } from "../decisions/plan-decisions.ts";
import { assembleCase, type Facts, firstMonthOf, sealFacts } from "./assemble-case.ts";
import { type Attachments, type Collision, collisions } from "./attachments.ts";
import { caseId, type CaseRows, type ClaimRow } from "./case-rows.ts";
import { type Held, heldMonths, type TotalSteps, totalSteps } from "./held-months.ts";
import { holderWarning } from "./holder.ts";

/** What a clerk sees before approving. */
export type Proposal = {
  readonly decisions: readonly LawDecision[];
  /** Why, in Japanese */
  readonly reasons: readonly string[];
  /** What to look at before approving, in Japanese */
  readonly warnings: readonly string[];
};

/** Why the law refuses: identifier of the code table, and the sentence with its article. */
export type RefusalReason = {
  readonly code: "publicServant" | "noCare" | "noAddress" | "alreadyPaid" | "childNotEligible";
  readonly text: string;
};

/** The answer to one claim. `facts` is null only where it is impossible to assess. */
export type Answer = {
  readonly claim: ClaimRow;
  readonly outcome: "grant" | "refuse" | "impossible";
  readonly facts: Facts | null;
  readonly proposal: Proposal;
  /** 却下事由 (code table refusalCause) and its sentence, where the law refuses */
  readonly refusal?: RefusalReason;
  /** The recipient to whom a child of a refused claim belongs, where that is why */
  readonly collision?: Collision;
};

/** One right from its certification to its end: it becomes one recipient (認定番号). */
export type Episode = {
  readonly opening: ClaimRow;
  readonly claims: readonly ClaimRow[];
  readonly facts: Facts;
  readonly held: Held;
  readonly totals: TotalSteps;
  readonly decisions: readonly LawDecision[];
};

/** A certification that was approved and that the law would refuse by today's facts: the right never came to be. */
export type Void = { readonly opening: ClaimRow; readonly facts: Facts };

export type Judged = {
  readonly rows: CaseRows;
  readonly answers: readonly Answer[];
  readonly episodes: readonly Episode[];
  readonly voids: readonly Void[];
};

export type JudgeOptions = {
  readonly calendar: Calendar;
  readonly closedDays: readonly CivilDate[];
  /** Last month decided about; claims that open a later month extend it */
  readonly until: Month;
  /** 稼働開始月: months before it were another system's; null before the city has set one */
  readonly opening: Month | null;
};

const FIRST_MONTH = month("2010-04");
// From here on the law asks for no income (令和6年法律47号).
const REFORM = month("2024-10");

/** What is kept of an assessment. */
type Assessed = {
  readonly facts: Facts;
  readonly held: Held;
  readonly totals: TotalSteps;
  readonly decided: Assessment["decisions"];
};

function run(facts: Facts, calendar: Calendar): Result<Assessment> {
  const parsed = parseCase(facts.json);
  return parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
}

/** The last month to judge: at least the month after the last claim, so that no claim falls outside. */
export function lastMonthFor(claims: readonly ClaimRow[], horizon: Month): Month {
  return claims
    .map(({ received_on }) => addMonths(monthOf(received_on), 1))
    .reduce((last, each) => (each > last ? each : last), horizon);
}

function assessClaims(
  rows: CaseRows,
  claims: readonly ClaimRow[],
  options: JudgeOptions,
): Assessed | { missing: string } {
  const { closedDays, calendar } = options;
  const { until, opening } = options;
  // A case without old incomes is judged from the month in which the office began to pay, or from the reform where that was later. Never from
  // within the months to be paid here: a month that nobody can calculate is not left out in silence, the claim waits for the income.
  const later = opening !== null && opening < REFORM ? opening : REFORM;
  const first = firstMonthOf(claims);
  let from = first < FIRST_MONTH ? FIRST_MONTH : first;
  if (from > until) from = until;
  for (;;) {
    const assembled = assembleCase(rows, claims, { from, until, closedDays });
    if ("missing" in assembled) return assembled;
    const facts = sealFacts(assembled);
    const result = run(facts, calendar);
    if (result.ok) {
      const assessment = result.value;
      return { facts, held: heldMonths(assessment), totals: totalSteps(assessment), decided: assessment.decisions };
    }
    const retry = result.problem.code === "unknownFact" && from < later && later <= until;
    if (!retry) return { missing: result.problem.message };
    from = later;
  }
}

/**
 * Finds the claim that a decision answers: received that day for that cause. Of several such claims each is taken once
 * before any is taken again (one claim may open two months: 附則 令6法47 13条6項 and 8条2項).
 */
function answerer(claims: readonly ClaimRow[]): (decision: Assessment["decisions"][number]) => LawDecision {
  const taken = new Set<ClaimRow>();
  return (decision) => {
    if (decision.exOfficio) return { ...decision, claimId: null };
    const suiting = claims.filter(
      (claim) => claim.received_on === decision.receivedOn && claim.cause === decision.cause,
    );
    const fitting = suiting.filter((claim) => (decision.kind === "certify") === (claim.kind === "certification"));
    const free = (claim: ClaimRow): boolean => !taken.has(claim);
    const claim = fitting.find(free) ?? suiting.find(free) ?? fitting[0] ?? suiting[0];
    if (claim !== undefined) taken.add(claim);
    return { ...decision, claimId: claim?.claim_id ?? null };
  };
}

function answeredDecisions(claims: readonly ClaimRow[], { decided }: Assessed): LawDecision[] {
  return decided.map(answerer(claims));
}

const covers = (periods: readonly { from: string; to?: string | null }[], day: string): boolean =>
  periods.some(({ from, to }) => from <= day && (to === null || to === undefined || day <= to));

/** Why the law refuses a claim, from the facts it was given. */
function refusalReason(claim: ClaimRow, facts: Facts): RefusalReason {
  const { recipient } = facts.json;
  if (covers(recipient.publicServant ?? [], claim.received_on)) {
    const text = "請求者は公務員のため、勤務先（所属庁）が認定し支給します（児童手当法17条1項）。";
    return { code: "publicServant", text };
  }
  if (covers(recipient.detained ?? [], claim.received_on)) {
    const text = "請求者が身柄を拘束されているため、児童を監護していません（児童手当法4条1項1号）。";
    return { code: "noCare", text };
  }
  if (recipient.residence !== undefined && !covers(recipient.residence, claim.received_on)) {
    return { code: "noAddress", text: "請求の日に、この市に住所がありません（児童手当法7条1項）。" };
  }
  const text =
    "この請求によって支給する月がありません。児童の年齢、監護・生計同一の期間、施設入所、国外の状況を確認してください（児童手当法4条）。";
  return { code: "childNotEligible", text };
}

function collisionReason({ child, recipientId, month: at }: Collision): string {
  return `児童（宛名番号 ${String(child).padStart(15, "0")}）は、認定番号 ${recipientId} の受給者の支給対象です（${at} 分が重なります）。先にその受給者の消滅・減額を決定してください（児童手当法4条、二重支給の防止）。`;
}

const answer = (
  claim: ClaimRow,
  outcome: Answer["outcome"],
  facts: Facts | null,
  proposal: Partial<Proposal> = {},
): Answer => ({ claim, outcome, facts, proposal: { decisions: [], reasons: [], warnings: [], ...proposal } });

const refusedFor = (claim: ClaimRow, facts: Facts, refusal: RefusalReason): Answer => ({
  ...answer(claim, "refuse", facts, { reasons: [refusal.text] }),
  refusal,
});

/** Splits the claims into rights: each certification opens one, further claims belong to the last one opened. */
function splitEpisodes(claims: readonly ClaimRow[], decisions: readonly LawDecision[]): ClaimRow[][] {
  const openings = new Set(decisions.filter(({ kind }) => kind === "certify").map(({ claimId }) => claimId));
  const refused = new Set(decisions.filter(({ kind }) => kind === "refuse").map(({ claimId }) => claimId));
  const episodes: ClaimRow[][] = [];
  for (const claim of claims) {
    if (refused.has(claim.claim_id)) continue;
    if (openings.has(claim.claim_id)) episodes.push([claim]);
    else episodes.at(-1)?.push(claim);
  }
  return episodes;
}

const pending = (claim: ClaimRow): boolean => !claim.approved;

/** Judges a case. Claims that were approved before are part of the facts; only the others get an answer. */
export function judgeCase(rows: CaseRows, attachments: Attachments, options: JudgeOptions): Judged {
  const answers: Answer[] = [];
  const impossible = (claims: readonly ClaimRow[], reason: string): void => {
    for (const claim of claims.filter(pending)) answers.push(answer(claim, "impossible", null, { reasons: [reason] }));
  };
  const childless = rows.claims.filter(({ claim_id }) => (rows.children.get(claim_id) ?? []).length === 0);
  impossible(childless, "請求に児童がありません。児童の行が不受理になっていないか確認してください。");
  let claims = rows.claims.filter((claim) => !childless.includes(claim));

  const episodes: Episode[] = [];
  const voids: Void[] = [];
  while (claims.length > 0) {
    const whole = assessClaims(rows, claims, options);
    if ("missing" in whole) {
      impossible(claims, whole.missing);
      break;
    }
    const collided = collisions(caseId(rows.key), whole.held, attachments);
    const stopped = claims.flatMap((claim) => {
      const named = rows.children.get(claim.claim_id) ?? [];
      const collision = collided.find(({ child }) =>
        named.some((row) => row.role === "child" && row.child_number === child),
      );
      return collision === undefined || claim.approved ? [] : [{ claim, collision }];
    });
    if (stopped.length > 0) {
      for (const { claim, collision } of stopped) {
        answers.push({
          ...refusedFor(claim, whole.facts, { code: "alreadyPaid", text: collisionReason(collision) }),
          collision,
        });
      }
      claims = claims.filter((claim) => !stopped.some((each) => each.claim === claim));
      continue;
    }
    const decisions = answeredDecisions(claims, whole);
    const parts = splitEpisodes(claims, decisions);
    const answered = new Set(parts.flat());
    for (const claim of claims.filter((each) => pending(each) && !answered.has(each))) {
      answers.push(refusedFor(claim, whole.facts, refusalReason(claim, whole.facts)));
    }
    for (const opening of claims) {
      if (pending(opening) || opening.kind !== "certification" || answered.has(opening)) continue;
      voids.push({ opening, facts: whole.facts });
    }
    for (const part of parts) {
      const [opening] = part;
      if (opening === undefined) continue;
      // The whole case is this one right unless another was opened or a claim was refused.
      const own = part.length === claims.length ? whole : assessClaims(rows, part, options);
      if ("missing" in own) {
        impossible(part, own.missing);
        continue;
      }
      const lawDecisions = answeredDecisions(part, own);
      const { facts, held, totals } = own;
      episodes.push({ opening, claims: part, facts, held, totals, decisions: lawDecisions });
      for (const claim of part.filter(pending)) {
        const of = lawDecisions.filter(
          ({ claimId }) => claimId === claim.claim_id || (claimId === null && claim === opening),
        );
        const reasons = of.length === 0 ? ["この請求で額は変わりません。"] : [];
        const warning = holderWarning(rows, claim);
        answers.push(
          answer(claim, "grant", own.facts, { decisions: of, reasons, warnings: warning === null ? [] : [warning] }),
        );
      }
    }
    break;
  }
  return { rows, answers, episodes, voids };
}
