/**
 * The brake on guessing (THR10). After 5 failures the wait doubles from 15 seconds to 15 minutes and never further: nobody
 * can lock another person out for good. What strangers do from elsewhere does not slow the terminals of the person's own section.
 */
import type { Queryable } from "../database/pool.ts";
import type { ChallengeKind } from "./challenge.ts";

/** Failures that cost nothing: of one account at one terminal, of one account from strange terminals, of one terminal. */
const FREE = { accountAtTerminal: 5, accountElsewhere: 5, terminal: 30 } as const;
const FIRST_WAIT = 15;
const LONGEST_WAIT = 900;

/** Seconds to wait after the last of `failures`. */
export function waitSeconds(failures: number, free: number): number {
  return failures < free ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures - free, 10));
}

export type AttemptFor = { readonly kind: ChallengeKind; readonly staffId: string; readonly terminalCode: string };
export type Attempt =
  | { readonly attemptId: number; readonly wait?: never }
  | { readonly attemptId?: never; readonly wait: number };

type Counted = {
  readonly bound: boolean;
  readonly at_terminal: number;
  readonly at_terminal_age: number | null;
  readonly elsewhere: number;
  readonly elsewhere_age: number | null;
  readonly terminal: number;
  readonly terminal_age: number | null;
};

const FAILED = "a.outcome IN ('pending', 'refused') AND a.attempted_at > identity.clock() - interval '24 hours'";

const COUNT = `
  WITH bound AS (
    SELECT EXISTS (SELECT FROM identity.terminal t JOIN identity.assignment_period p USING (section_code)
                   WHERE t.terminal_code = $2 AND p.staff_id = $1 AND identity.today() >= p.starts_on
                     AND (p.ends_on IS NULL OR identity.today() <= p.ends_on)) AS bound),
  here AS (
    SELECT count(*)::int AS n, extract(epoch FROM identity.clock() - max(a.attempted_at))::float8 AS age
    FROM identity.attempt a WHERE a.staff_id = $1 AND a.terminal_code = $2 AND ${FAILED}
      AND a.attempt_id > coalesce((SELECT max(s.attempt_id) FROM identity.attempt s WHERE s.staff_id = $1 AND s.terminal_code = $2 AND s.outcome = 'success'), 0)),
  elsewhere AS (
    SELECT count(*)::int AS n, extract(epoch FROM identity.clock() - max(a.attempted_at))::float8 AS age
    FROM identity.attempt a WHERE a.staff_id = $1 AND NOT a.bound AND ${FAILED}
      AND a.attempt_id > coalesce((SELECT max(s.attempt_id) FROM identity.attempt s WHERE s.staff_id = $1 AND NOT s.bound AND s.outcome = 'success'), 0)),
  terminal AS (
    SELECT count(*)::int AS n, extract(epoch FROM identity.clock() - max(a.attempted_at))::float8 AS age
    FROM identity.attempt a WHERE a.terminal_code = $2 AND ${FAILED} AND a.attempted_at > identity.clock() - interval '1 hour')
  SELECT bound.bound, here.n AS at_terminal, here.age AS at_terminal_age, elsewhere.n AS elsewhere, elsewhere.age AS elsewhere_age,
         terminal.n AS terminal, terminal.age AS terminal_age
  FROM bound, here, elsewhere, terminal`;

function left(failures: number, free: number, age: number | null): number {
  const wait = waitSeconds(failures, free);
  return wait === 0 ? 0 : Math.ceil(wait - (age ?? LONGEST_WAIT)); // a clock set back must not make a wait of its own
}

function remaining(counted: Counted): number {
  return Math.max(
    0,
    left(counted.at_terminal, FREE.accountAtTerminal, counted.at_terminal_age),
    counted.bound ? 0 : left(counted.elsewhere, FREE.accountElsewhere, counted.elsewhere_age),
    left(counted.terminal, FREE.terminal, counted.terminal_age),
  );
}

/**
 * Opens an attempt, or says how many seconds to wait. An open one counts as a failure until it is settled, so that many
 * guesses at once gain nothing. The same for an account that does not exist.
 */
export async function openAttempt(client: Queryable, attempt: AttemptFor): Promise<Attempt> {
  const keys = [attempt.staffId, attempt.terminalCode];
  // Always the account before the terminal: two that wait for each other cannot be.
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('hagukumi.attempt.staff.' || $1, 0))", [keys[0]]);
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('hagukumi.attempt.terminal.' || $1, 0))", [
    keys[1],
  ]);
  const counted = (await client.query<Counted>(COUNT, keys)).rows[0];
  if (counted === undefined) throw new Error("a count without a row");
  const wait = remaining(counted);
  const { rows } = await client.query<{ attempt_id: number }>(
    `INSERT INTO identity.attempt (staff_id, terminal_code, kind, outcome, bound) VALUES ($1, $2, $3, $4, $5) RETURNING attempt_id`,
    [...keys, attempt.kind, wait > 0 ? "throttled" : "pending", counted.bound],
  );
  return wait > 0 ? { wait } : { attemptId: rows[0]?.attempt_id ?? 0 };
}

/** Settles an attempt. `cause` is for the audit of 情報政策課 alone; it is never shown to the one who tried. */
export async function settleAttempt(
  client: Queryable,
  attemptId: number,
  outcome: "success" | "refused",
  cause: string,
): Promise<void> {
  await client.query("UPDATE identity.attempt SET outcome = $2, cause = $3 WHERE attempt_id = $1", [
    attemptId,
    outcome,
    cause,
  ]);
}
