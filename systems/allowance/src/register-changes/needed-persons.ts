/**
 * 対象者の範囲 (D181): whom the allowance needs to know of from another office. Whoever is not on this list is turned back before a single
 * value of the row is kept.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

// Each set is made once: a plan for tables whose figures the server does not know yet would make it anew for every person.
const NEEDED = `
  WITH named AS (
    SELECT addressee_number AS n FROM allowance.recipient
    UNION SELECT claimant_number FROM allowance.claim
    UNION SELECT child_number FROM allowance.claim_child
    UNION SELECT claimant_number FROM allowance.filing
    UNION SELECT related_number FROM allowance.related_person_current WHERE related_number IS NOT NULL),
  person AS MATERIALIZED (
    SELECT addressee_number, household_number, resident_state, birth_date FROM allowance.person_current),
  home AS MATERIALIZED (
    SELECT DISTINCT household_number FROM person WHERE addressee_number IN (SELECT n FROM named)),
  young AS MATERIALIZED (
    SELECT DISTINCT household_number FROM person WHERE resident_state = 1 AND birth_date > $1::date - interval '19 years')
  SELECT n FROM named
  UNION
  -- Grown-ups who live with them: one of them may be the parent who maintains the child (児童手当法4条3項).
  SELECT addressee_number FROM person
  WHERE resident_state = 1 AND birth_date <= $1::date - interval '18 years' AND household_number IN (SELECT household_number FROM home)
  UNION
  -- Families with a child who may still claim: a parent's facts are needed for the decision.
  SELECT addressee_number FROM person WHERE resident_state = 1 AND household_number IN (SELECT household_number FROM young)`;

/** 宛名番号 of everybody whom the allowance needs on this day. */
export async function neededPersons(connection: Queryable, day: string): Promise<ReadonlySet<number>> {
  const { rows } = await connection.query<{ n: number }>(NEEDED, [day]);
  return new Set(rows.map(({ n }) => n));
}
