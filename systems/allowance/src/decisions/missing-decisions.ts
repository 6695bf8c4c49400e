/** What is missing from the record of one recipient: the decisions of the law for the right, or its taking back where there is none. */
import type { Episode, Judged, Void } from "../claims/judge-case.ts";
import { planDecisions, type PlannedDecision, takeBack } from "./plan-decisions.ts";
import type { RecordedRecipient } from "./recorded.ts";

export type Missing = { readonly episode: Episode; readonly decisions: readonly PlannedDecision[] };

/** The right of a certification that the law would refuse today (法7条): no month of it is held. */
const withoutRight = ({ opening, facts }: Void): Episode => ({
  opening,
  claims: [opening],
  facts,
  held: new Map(),
  totals: [],
  decisions: [],
});

/**
 * Undefined where the case cannot be judged, or where the law sees the claim of this right as part of another one: a person looks.
 * Of a right that never came to be, the first month is taken back, and no decision follows it.
 */
export function missingDecisions(
  { episodes, voids }: Pick<Judged, "episodes" | "voids">,
  { openedByClaim, decisions: recorded }: RecordedRecipient,
): Missing | undefined {
  const opens = ({ opening }: Pick<Episode, "opening">): boolean => opening.root_claim_id === openedByClaim;
  const lost = voids.find(opens);
  if (lost !== undefined) return { episode: withoutRight(lost), decisions: takeBack(recorded) };
  const episode = episodes.find(opens);
  if (episode === undefined) return undefined;
  return { episode, decisions: planDecisions(recorded, episode.decisions, episode.totals) };
}
