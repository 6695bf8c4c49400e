/**
 * 請求日の引継ぎ (A38, I-24): one parent's claim was refused, for instance because the other parent maintains the child to the
 * higher degree. The refused claim was the unavoidable reason (やむを得ない理由, 児童手当法8条3項) why the other could not claim: if
 * the other parent claims within 15 days after the refusal, the start is the one that the refused claim would have had.
 */
import { type Calendar, type CivilDate, claimDeadline, monthOf } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { ClaimContent } from "./content.ts";
import type { CauseDays } from "./unstored-claim.ts";

/** Where the days of a claim come from another claim. */
export type Inherited = CauseDays & {
  /** 受付番号 of the refused claim */
  readonly receptionNumber: string;
  readonly receivedOn: CivilDate;
  readonly refusedOn: CivilDate;
  /** Last day on which the claim of the other parent counts */
  readonly until: CivilDate;
};

type Row = {
  readonly reception_number: string;
  readonly received_on: CivilDate;
  readonly cause_on: CivilDate | null;
  readonly obstacle_ended_on: CivilDate | null;
  readonly decided_on: CivilDate;
};

const REFUSED = `
  SELECT c.reception_number, c.received_on, c.cause_on, c.obstacle_ended_on, a.decided_on
  FROM allowance.claim c JOIN allowance.approval a USING (claim_id)
  WHERE a.outcome = 'refuse' AND c.recipient_kind = 'individual' AND c.kind = 'certification' AND c.claimant_number <> $1
    AND NOT EXISTS (SELECT FROM allowance.claim_cancellation x WHERE x.claim_id = c.claim_id)
    AND EXISTS (SELECT FROM allowance.claim_child k WHERE k.claim_id = c.claim_id AND k.child_number = ANY($2::bigint[]) AND k.role = 'child')
  ORDER BY c.received_on, c.claim_id`;

const deadline = (
  days: { readonly on: CivilDate; readonly obstacleEndedOn?: CivilDate | null },
  calendar: Calendar,
  closedDays: readonly CivilDate[],
): CivilDate | null => {
  const result = claimDeadline(days, calendar, closedDays);
  return result.ok ? result.value : null;
};

/** Whether a claim of that day counts as made on the day of its cause. */
function isTimely(
  receivedOn: CivilDate,
  { causeOn, obstacleEndedOn }: CauseDays,
  calendar: Calendar,
  closedDays: readonly CivilDate[],
): boolean {
  if (causeOn === null) return false;
  if (monthOf(receivedOn) === monthOf(causeOn)) return true;
  const last = deadline({ on: causeOn, obstacleEndedOn }, calendar, closedDays);
  return last !== null && receivedOn <= last;
}

/**
 * The days that this claim takes over from a refused claim of another person for one of its children; null where none helps
 * it: there is none, the claim is in time by itself, or it comes more than 15 days after the refusal.
 */
export async function inheritedDays(
  connection: Queryable,
  content: ClaimContent,
  receivedOn: CivilDate,
  own: CauseDays,
  { calendar, closedDays }: { readonly calendar: Calendar; readonly closedDays: readonly CivilDate[] },
): Promise<Inherited | null> {
  if (content.kind !== "certification" || content.subject.recipientKind !== "individual") return null;
  if (isTimely(receivedOn, own, calendar, closedDays)) return null;
  const children = content.children.filter(({ role }) => role === "child").map(({ number }) => number);
  const { rows } = await connection.query<Row>(REFUSED, [content.subject.claimant, children]);
  for (const row of rows) {
    const days: CauseDays = { causeOn: row.cause_on, obstacleEndedOn: row.obstacle_ended_on };
    // In time, the refused claim kept the day of the cause; late, it counted from its own day.
    const causeOn = isTimely(row.received_on, days, calendar, closedDays) ? row.cause_on : row.received_on;
    if (causeOn === null || row.decided_on < causeOn) continue;
    const until = deadline({ on: causeOn, obstacleEndedOn: row.decided_on }, calendar, closedDays);
    if (until === null || receivedOn > until) continue;
    // Nothing is gained where the claim itself counts from the same month.
    if (monthOf(causeOn) >= monthOf(receivedOn)) continue;
    return {
      causeOn,
      obstacleEndedOn: row.decided_on,
      receptionNumber: row.reception_number,
      receivedOn: row.received_on,
      refusedOn: row.decided_on,
      until,
    };
  }
  return null;
}
