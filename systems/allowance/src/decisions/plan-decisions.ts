/** The difference between what the law decides now and what is recorded, as decisions to add. Pure. */
import type { CivilDate, Decision, Month } from "@hagukumi/law/contract.ts";

import { totalOf, type TotalSteps } from "../claims/held-months.ts";
import type { RecordedDecision } from "./recorded.ts";

/** A decision that the law makes, and the claim it answers (null: 職権). */
export type LawDecision = Decision & { readonly claimId: number | null };

/** A decision to be recorded. */
export type PlannedDecision = {
  readonly kind: "certify" | "increase" | "decrease" | "extinguish" | "correct";
  readonly effective: Month;
  readonly cause: string;
  readonly exOfficio: boolean;
  readonly monthlyTotal: number | null;
  readonly receivedOn: CivilDate | null;
  readonly claimId: number | null;
};

/** What stands of the recorded decisions: a 訂正 takes back everything from its month on, what follows it stands again. */
export function standing(recorded: readonly RecordedDecision[]): RecordedDecision[] {
  let live: RecordedDecision[] = [];
  for (const decision of recorded) {
    if (decision.kind === "correct") live = live.filter(({ effective }) => effective < decision.effective);
    else live.push(decision);
  }
  return live;
}

/** The same decision: kind, month and amount. An amount that was not reported says nothing against another. */
function agrees(recorded: RecordedDecision, law: LawDecision): boolean {
  return (
    recorded.kind === law.kind &&
    recorded.effective === law.effective &&
    (recorded.monthlyTotal === null || law.monthlyTotal === null || recorded.monthlyTotal === law.monthlyTotal)
  );
}

function planned(law: LawDecision): PlannedDecision[] {
  // 却下 belongs to its claim, not to a recipient.
  if (law.kind === "refuse") return [];
  const { kind, effective, cause, exOfficio, monthlyTotal, receivedOn, claimId } = law;
  return [{ kind, effective, cause, exOfficio, monthlyTotal, receivedOn, claimId }];
}

/** 消滅・減額の事由 that a procedure knows and the law does not: to the law all of them are an end of care. */
export const ENDED_AS = ["otherRecipient", "declined"] as const;
export type EndedAs = (typeof ENDED_AS)[number];

/**
 * The cause of a decision that a 訂正 makes anew: where the decision that it takes the place of said why the care ended (another person
 * became the recipient, the recipient declined), so does the new one.
 */
function withKnownCause(decision: PlannedDecision, taken: readonly RecordedDecision[]): PlannedDecision {
  if (decision.cause !== "careEnded") return decision;
  const said = taken.find(({ kind, effective }) => kind === decision.kind && effective === decision.effective);
  const known = ENDED_AS.find((cause) => cause === said?.cause);
  return known === undefined ? decision : { ...decision, cause: known };
}

/**
 * The decisions to add so that what stands equals what the law decides.
 *
 * Further decisions are simply added. Where a recorded decision is not what the law says any more (its facts changed), a
 * 訂正 from the first month in question takes back what stood, and the law's decisions from that month follow it: nothing
 * recorded is changed (児発230号: cancel and decide anew).
 *
 * @param law all decisions of the law for this recipient, in order of effective month
 * @param totals where the monthly total after a 訂正 is read
 */
export function planDecisions(
  recorded: readonly RecordedDecision[],
  law: readonly LawDecision[],
  totals: TotalSteps,
): PlannedDecision[] {
  const live = standing(recorded);
  const wanted = law.filter(({ kind }) => kind !== "refuse");
  const differs = live.findIndex((decision, index) => {
    const counterpart = wanted[index];
    return counterpart === undefined || !agrees(decision, counterpart);
  });
  if (differs === -1) return wanted.slice(live.length).flatMap(planned);
  const months = [live[differs]?.effective, wanted[differs]?.effective].filter((month) => month !== undefined);
  const from = months.reduce((left, right) => (left < right ? left : right));
  const correction: PlannedDecision = {
    kind: "correct",
    effective: from,
    cause: "factsChanged",
    exOfficio: true,
    monthlyTotal: totalOf(totals, from),
    receivedOn: null,
    claimId: null,
  };
  const anew = wanted.filter(({ effective }) => effective >= from).flatMap(planned);
  return [correction, ...anew.map((each) => withKnownCause(each, live))];
}

/**
 * Takes back everything that stands of a recipient: 訂正 from the first month, and the end with it. Nothing where the right has been
 * taken back already.
 */
export function takeBack(recorded: readonly RecordedDecision[]): PlannedDecision[] {
  const [first] = standing(recorded);
  if (first === undefined || first.kind === "extinguish") return [];
  const common = {
    effective: first.effective,
    cause: "decisionCancelled",
    exOfficio: true,
    monthlyTotal: 0,
    receivedOn: null,
    claimId: null,
  };
  return [
    { kind: "correct", ...common },
    { kind: "extinguish", ...common },
  ];
}

/** Whether what stands ends with the extinction of the right (消滅). */
export function isEnded(recorded: readonly RecordedDecision[]): boolean {
  return standing(recorded).at(-1)?.kind === "extinguish";
}
