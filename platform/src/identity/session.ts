/** A session while it lives: used by each request, bound to its terminal, ended by its owner, its limits or a supervisor. */
import { requireStepUp, sessionNow } from "./actor.ts";
import type { SessionNow } from "./actor.ts";
import type { Permission } from "./permissions.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { terminalKeys } from "./terminals.ts";
import type { TerminalProof } from "./terminals.ts";
import { tokenHash } from "./tokens.ts";
import { asIdentity } from "./transaction.ts";

/** Why a request has no session: told to the person, so that a form half filled is kept and the right thing is done. */
export type NoSession =
  | "none"
  | "logOut"
  | "idle"
  | "absolute"
  | "otherTerminal"
  | "takenOver"
  | "revoked"
  | "inactive"
  | "ended";

export type UsedSession = {
  readonly tokenHash: string;
  readonly sessionId: number;
  readonly staffId: string;
  readonly staffName: string;
  readonly sectionCode: string;
  readonly sectionName: string;
  readonly terminalCode: string;
  readonly wards: readonly string[] | null;
  readonly permissions: readonly Permission[];
  readonly steppedUpAt: Date | null;
  /** When the session ends if nothing is done, and when it ends in any case */
  readonly idleEndsAt: Date;
  readonly endsAt: Date;
};

type UseRow =
  | (SessionNow & { readonly state: "live"; readonly idle_ends_at: Date; readonly ends_at: Date })
  | { readonly state: NoSession };

/**
 * Call once for each request, with the token of the cookie and the terminal's own proof. A use of the session: it moves
 * the idle limit (written at most every 30 s). A token from another terminal ends the session and raises an alert (THR5).
 */
export async function useSession(
  { pool }: Pick<Identity, "pool">,
  token: string,
  terminal: TerminalProof,
): Promise<
  { readonly session: UsedSession; readonly state: "live" } | { readonly session?: never; readonly state: NoSession }
> {
  const hash = tokenHash(token);
  const { rows } = await pool.query<UseRow>("SELECT * FROM identity.use_session($1, $2, $3)", [
    hash,
    ...terminalKeys(terminal),
  ]);
  const row = rows[0];
  if (row === undefined) return { state: "none" };
  if (row.state !== "live") return { state: row.state };
  const session: UsedSession = {
    tokenHash: hash,
    sessionId: row.session_id,
    staffId: row.staff_id,
    staffName: row.staff_name,
    sectionCode: row.section_code,
    sectionName: row.section_name,
    terminalCode: row.terminal_code,
    wards: row.wards,
    permissions: row.permissions,
    steppedUpAt: row.stepped_up_at,
    idleEndsAt: row.idle_ends_at,
    endsAt: row.ends_at,
  };
  return { session, state: "live" };
}

/** ログアウト. Also of a session that ended already: nothing to do then. */
export async function logOut(identity: Pick<Identity, "pool">, token: string): Promise<void> {
  await asIdentity(identity.pool, async (client) => {
    const { rows } = await client.query<{ staff_id: string; terminal_code: string }>(
      `UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'logOut', ended_by = staff_id
       WHERE token_hash = $1 AND ended_at IS NULL RETURNING staff_id, terminal_code`,
      [tokenHash(token)],
    );
    const ended = rows[0];
    if (ended === undefined) return;
    await client.query(
      "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id) VALUES ($1, 'ログアウト', 'session.end', 'terminal', $2)",
      [ended.staff_id, ended.terminal_code],
    );
  });
}

/**
 * Ends another person's open session (引継ぎ): by a supervisor of the same section (who may apply for rights) or by
 * 情報政策課, with a reason and a fresh step-up. The person's own next log-in then works; nobody takes the session itself.
 *
 * @returns whether there was an open session
 * @throws Refusal `sessionRequired`, `notPermittedHere`, `samePerson`, `stepUpRequired`, `rightNotApplicable` (reason too short)
 */
export async function endSessionOf(
  identity: Pick<Identity, "pool">,
  given: { readonly supervisor: string; readonly staffId: string; readonly reason: string },
): Promise<boolean> {
  const reason = given.reason.trim();
  if (Array.from(reason).length < 5) {
    refuse("rightNotApplicable", "理由を5文字以上で入力してください。何も変えていません。");
  }
  return await asIdentity(identity.pool, async (client) => {
    const by = await sessionNow(client, given.supervisor);
    if (by === undefined) {
      return refuse(
        "sessionRequired",
        "ログインの期限が切れました。もう一度ログインしてください。何も変えていません。",
      );
    }
    if (by.staff_id === given.staffId) {
      return refuse("samePerson", "自分のログインは、ログアウトで終えてください。何も変えていません。");
    }
    const { rows: same } = await client.query(
      `SELECT 1 FROM identity.assignment_period WHERE staff_id = $1 AND section_code = $2 AND identity.today() >= starts_on
         AND (ends_on IS NULL OR identity.today() <= ends_on)`,
      [given.staffId, by.section_code],
    );
    const supervises = by.permissions.includes("rights.apply") && same.length > 0;
    if (!supervises && !by.permissions.includes("rights.issue")) {
      return refuse("notPermittedHere", "この職員のログインを終わらせる権限がありません。何も変えていません。");
    }
    await requireStepUp(client, by);
    const { rows } = await client.query<{ session_id: number; terminal_code: string }>(
      `UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'takenOver', ended_by = $2
       WHERE staff_id = $1 AND ended_at IS NULL RETURNING session_id, terminal_code`,
      [given.staffId, by.staff_id],
    );
    const ended = rows[0];
    if (ended === undefined) return false;
    await client.query(
      "INSERT INTO identity.alert (kind, staff_id, terminal_code, session_id, detail) VALUES ('takenOver', $1, $2, $3, jsonb_build_object('by', $4::text))",
      [given.staffId, ended.terminal_code, ended.session_id, by.staff_id],
    );
    await client.query(
      `INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, detail)
       VALUES ($1, $2, 'session.takeOver', 'staff', $3, jsonb_build_object('sessionId', $4::bigint))`,
      [by.staff_id, reason, given.staffId, ended.session_id],
    );
    return true;
  });
}

/** 本人への知らせ: what happened at this account since the session began (second log-in refused …). */
export async function alertsOf(
  identity: Pick<Identity, "pool">,
  hash: string,
): Promise<readonly { readonly kind: string; readonly terminalCode: string; readonly raisedAt: Date }[]> {
  return await asIdentity(identity.pool, async (client) => {
    const { rows } = await client.query<{ kind: string; terminalCode: string; raisedAt: Date }>(
      `SELECT a.kind, a.terminal_code AS "terminalCode", a.raised_at AS "raisedAt"
       FROM identity.alert a JOIN identity.session s ON s.staff_id = a.staff_id AND a.raised_at >= s.started_at
       WHERE s.token_hash = $1 AND s.ended_at IS NULL ORDER BY a.alert_id`,
      [hash],
    );
    return rows;
  });
}
