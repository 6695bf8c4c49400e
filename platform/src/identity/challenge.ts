/** Challenges (認証の問い): random, for one account, terminal and purpose, good for 2 minutes and one answer. */
import { randomBytes } from "node:crypto";

import type { Queryable } from "../database/pool.ts";

export type ChallengeKind = "logIn" | "stepUp" | "enrol";

export type ChallengeFor = {
  readonly kind: ChallengeKind;
  /** As typed; may be nobody's */
  readonly staffId: string;
  readonly terminalCode: string;
  /** Step-up: the session it belongs to */
  readonly sessionId?: number;
};

/** Makes and remembers a challenge: 256 bits, base64url. */
export async function makeChallenge(client: Queryable, made: ChallengeFor): Promise<string> {
  const challenge = randomBytes(32).toString("base64url");
  await client.query(
    `INSERT INTO identity.challenge (challenge, kind, staff_id, terminal_code, session_id, expires_at)
     VALUES ($1, $2, $3, $4, $5, identity.clock() + interval '2 minutes')`,
    [challenge, made.kind, made.staffId, made.terminalCode, made.sessionId ?? null],
  );
  return challenge;
}

/** Uses a challenge up. False where it is unknown, another's, too old or used: then it counts for nothing. */
export async function useChallenge(client: Queryable, challenge: string, made: ChallengeFor): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE identity.challenge SET used_at = identity.clock()
     WHERE challenge = $1 AND kind = $2 AND staff_id = $3 AND terminal_code = $4 AND session_id IS NOT DISTINCT FROM $5::bigint
       AND used_at IS NULL AND expires_at > identity.clock()`,
    [challenge, made.kind, made.staffId, made.terminalCode, made.sessionId ?? null],
  );
  return rowCount === 1;
}
