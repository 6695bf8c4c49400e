/**
 * Log-in of the staff (III-3 リスク2①②): 職員証 (WebAuthn key, user verification required) and password, always both, and
 * the only place that makes a session. Where the city decided so, its 認証基盤 stands for the password (sign-on.ts), never for the key.
 *
 * How the web side uses it; `identity` comes from `openIdentity(pool, dataDir, readSettings(process.env))`:
 *
 * - `beginLogIn(identity, { staffId, terminal })` → options for `navigator.credentials.get`. The options are the same for
 *   every identifier (no list of keys): the key offers its own resident credential.
 * - `finishLogIn(identity, { staffId, terminal, assertion, password, newPassword? })` → `LoggedIn`. `token` goes into the
 *   `__Host-` cookie and nowhere else; the database keeps its hash. `passwordExpired` asks for the whole again with
 *   `newPassword`.
 * - per request: `useSession(identity, token, terminal)` (session.ts), then `set_config('hagukumi.session',
 *   tokenHash(token), true)` in the transaction that reads or writes.
 * - `beginStepUp(identity, { token, terminal })`, then `stepUp(identity, { token, terminal, assertion, password })` → a new token.
 * - `logOut(identity, token)` (session.ts); another person's session: `endSessionOf` (session.ts).
 * - `terminal` is `{ secret?, certificateSha256? }`: the terminal's own proof.
 */
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import type { PoolClient } from "pg";

import { sessionNow } from "./actor.ts";
import { makeChallenge } from "./challenge.ts";
import { proveFactors, refuseLogIn, settleSuccess, typedStaffId } from "./factors.ts";
import type { GivenFactors, ProvenFactors } from "./factors.ts";
import { currentPassword, prepareNewPassword, setPassword } from "./passwords.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { identifyTerminal } from "./terminals.ts";
import type { Terminal, TerminalProof } from "./terminals.ts";
import { newToken, tokenHash } from "./tokens.ts";
import { asIdentity } from "./transaction.ts";

export type LoggedIn = {
  /** 256 bits, base64url. Only for the cookie. */
  readonly token: string;
  /** What `hagukumi.session` is set to */
  readonly tokenHash: string;
  readonly staffId: string;
  /** The log-in before this one, or null */
  readonly lastLogIn: { readonly at: Date; readonly terminalCode: string } | null;
  /** Failed tries at this account since then */
  readonly failuresSince: number;
  /** Days that the password may still be used, 0…; `passwordNotice` when the person is to be told */
  readonly passwordDaysLeft: number;
  readonly passwordNotice: boolean;
};

/** @throws Refusal `terminalUnknown` */
async function requireTerminal(client: PoolClient, proof: TerminalProof): Promise<Terminal> {
  const terminal = await identifyTerminal(client, proof);
  if (terminal !== undefined) return terminal;
  return refuse(
    "terminalUnknown",
    "この端末は登録されていません。登録された端末を使うか、情報政策課に端末の登録を依頼してください。",
  );
}

function requestOptions({ settings }: Identity, challenge: string): PublicKeyCredentialRequestOptionsJSON {
  // No allowCredentials: a list would tell which identifiers exist (THR11).
  return { challenge, rpId: settings.rpId, userVerification: "required", timeout: 120_000 };
}

/**
 * First step: a challenge for this identifier at this terminal, good for 2 minutes and one answer.
 *
 * @throws Refusal `terminalUnknown`
 */
export async function beginLogIn(
  identity: Identity,
  { staffId, terminal }: { readonly staffId: unknown; readonly terminal: TerminalProof },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return await asIdentity(identity.pool, async (client) => {
    const { code } = await requireTerminal(client, terminal);
    const challenge = await makeChallenge(client, {
      kind: "logIn",
      staffId: typedStaffId(staffId),
      terminalCode: code,
    });
    return requestOptions(identity, challenge);
  });
}

/** After both factors: may this person work today? Unlike before, the answer may be plain. */
async function checkMayWork(client: PoolClient, staffId: string): Promise<void> {
  const { rows } = await client.query<{ active: boolean; trained: boolean }>(
    "SELECT identity.active_on($1, identity.today()) AS active, identity.trained_on($1, identity.today()) AS trained",
    [staffId],
  );
  const { active, trained } = rows[0] ?? { active: false, trained: false };
  if (!active) refuseLogIn();
  if (trained) return;
  refuse(
    "trainingExpired",
    "個人情報の取扱いの研修を受けてから1年を過ぎているため、ログインできません。研修を受け、受講の記録を情報政策課に依頼してください。",
  );
}

/** A session that nobody used within its limits no longer stands in the way of the next log-in. */
async function closeOverdue(client: PoolClient, staffId: string): Promise<void> {
  await client.query(
    `UPDATE identity.session s SET ended_at = identity.clock(),
       end_reason = CASE WHEN s.started_at + p.absolute_limit <= identity.clock() THEN 'absolute' ELSE 'idle' END
     FROM identity.policy p WHERE s.staff_id = $1 AND s.ended_at IS NULL
       AND (s.started_at + p.absolute_limit <= identity.clock() OR s.last_seen_at + p.idle_limit <= identity.clock())`,
    [staffId],
  );
}

async function history(client: PoolClient, staffId: string): Promise<Pick<LoggedIn, "lastLogIn" | "failuresSince">> {
  const { rows } = await client.query<{ at: Date | null; terminal: string | null; failures: number }>(
    `SELECT s.started_at AS at, s.terminal_code AS terminal,
            (SELECT count(*)::int FROM identity.attempt a WHERE a.staff_id = $1 AND a.outcome IN ('refused', 'throttled')
               AND (s.started_at IS NULL OR a.attempted_at > s.started_at)) AS failures
     FROM (SELECT 1) one LEFT JOIN LATERAL
       (SELECT started_at, terminal_code FROM identity.session WHERE staff_id = $1 ORDER BY session_id DESC LIMIT 1) s ON true`,
    [staffId],
  );
  const row = rows[0];
  const known = row?.at !== null && row?.at !== undefined && row.terminal !== null;
  return {
    lastLogIn: known && row.at !== null && row.terminal !== null ? { at: row.at, terminalCode: row.terminal } : null,
    failuresSince: row?.failures ?? 0,
  };
}

/**
 * The session factory: nothing else in the product inserts into `identity.session`.
 *
 * @returns false where the person has an open session elsewhere; the database's unique index has the word
 */
async function insertSession(
  client: PoolClient,
  made: {
    readonly hash: string;
    readonly staffId: string;
    readonly terminalCode: string;
    readonly key: string;
    readonly signOnLinkId: number | null;
  },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO identity.session (token_hash, staff_id, terminal_code, credential_id, sign_on_link_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (staff_id) WHERE ended_at IS NULL DO NOTHING`,
    [made.hash, made.staffId, made.terminalCode, made.key, made.signOnLinkId],
  );
  return rowCount === 1;
}

type Created = Omit<LoggedIn, "token" | "tokenHash"> | "alreadyLoggedIn";

async function createSession(
  identity: Identity,
  client: PoolClient,
  wanted: { readonly staffId: string; readonly terminalCode: string; readonly hash: string },
  { credentialId, signOnLinkId }: ProvenFactors,
  newHash: string | undefined,
): Promise<Created> {
  const { staffId, terminalCode, hash } = wanted;
  await checkMayWork(client, staffId);
  await closeOverdue(client, staffId);
  const before = await history(client, staffId);
  if (!(await insertSession(client, { hash, staffId, terminalCode, key: credentialId, signOnLinkId }))) {
    // Both are told: this terminal by the refusal, the open session by the alert on its screen (III-3 リスク2②).
    await client.query(
      `INSERT INTO identity.alert (kind, staff_id, terminal_code, session_id)
       VALUES ('secondLogIn', $1, $2, (SELECT session_id FROM identity.session WHERE staff_id = $1 AND ended_at IS NULL))`,
      [staffId, terminalCode],
    );
    return "alreadyLoggedIn";
  }
  if (newHash !== undefined) await setPassword(client, staffId, newHash);
  await client.query(
    `INSERT INTO audit.event (actor, purpose, action, object_kind, object_id, detail)
     VALUES ($1, 'ログイン', 'session.start', 'terminal', $2, jsonb_build_object('passwordChanged', $3::boolean, 'signOn', $4::boolean))`,
    [staffId, terminalCode, newHash !== undefined, signOnLinkId !== null],
  );
  const password = await currentPassword(client, staffId, identity.settings);
  return { staffId, ...before, passwordDaysLeft: password?.daysLeft ?? 0, passwordNotice: password?.notice ?? false };
}

export type FinishLogIn = GivenFactors & {
  readonly staffId: unknown;
  readonly terminal: TerminalProof;
  /** Changes the password with this log-in; needed once it has expired */
  readonly newPassword?: string;
};

/** @throws Refusal `passwordExpired` unless a new password comes with an expired one */
function checkPasswordAge({ password }: ProvenFactors, newPassword: string | undefined): void {
  if (password === undefined || password.daysLeft >= 0 || newPassword !== undefined) return;
  refuse(
    "passwordExpired",
    `パスワードを決めてから${password.ageDays}日たちました。新しいパスワードを決めて、もう一度ログインしてください。`,
    { ageDays: password.ageDays },
  );
}

/**
 * Whoever did not type the present password may not set another: the 認証基盤 stands for it, and does not know it.
 *
 * @throws Refusal `passwordRefused`
 */
function checkMayChange({ signOnLinkId }: ProvenFactors, newPassword: string | undefined): void {
  if (signOnLinkId === null || newPassword === undefined) return;
  refuse(
    "passwordRefused",
    "パスワードは、今のパスワードでログインした時に変えられます。シングルサインオンでは変えられません。変えていません。",
  );
}

/** A change of the password, checked before the session's transaction: the checks take a second of hashing. */
async function newPasswordHash(
  identity: Identity,
  staffId: string,
  newPassword: string | undefined,
): Promise<string | undefined> {
  return newPassword === undefined ? undefined : await prepareNewPassword(identity, staffId, newPassword);
}

/**
 * Second step: both factors, then a session.
 *
 * @throws Refusal `terminalUnknown`, `logInRefused`, `logInThrottled`; with both factors right: `passwordExpired`,
 *   `passwordRefused` (new one), `trainingExpired`, `alreadyLoggedIn`. No session exists after a refusal.
 */
export async function finishLogIn(identity: Identity, given: FinishLogIn): Promise<LoggedIn> {
  const staffId = typedStaffId(given.staffId);
  const { pool } = identity;
  const { code } = await asIdentity(pool, async (client) => await requireTerminal(client, given.terminal));
  const proven = await proveFactors(identity, { kind: "logIn", staffId, terminalCode: code }, given);
  const token = newToken();
  const hash = tokenHash(token);
  // Settled on its own: a refusal for another reason after this is no failure to guess.
  const settled = await asIdentity(pool, async (client) => await settleSuccess(client, proven));
  if (!settled) return refuseLogIn();
  checkMayChange(proven, given.newPassword);
  checkPasswordAge(proven, given.newPassword);
  const newHash = await newPasswordHash(identity, staffId, given.newPassword);
  const created = await asIdentity(
    pool,
    async (client) => await createSession(identity, client, { staffId, terminalCode: code, hash }, proven, newHash),
  );
  if (created === "alreadyLoggedIn") {
    return refuse(
      "alreadyLoggedIn",
      "この職員番号は、別の画面でログイン中です。先にそちらでログアウトしてください。心当たりがないときは、すぐに上司か情報政策課に連絡してください（ログイン中の画面にも知らせました）。",
    );
  }
  return { token, tokenHash: hash, ...created };
}

type OwnSession = { readonly sessionId: number; readonly staffId: string; readonly terminalCode: string };

/** @throws Refusal `sessionRequired` unless the token is of a live session at this terminal */
async function requireSession(client: PoolClient, token: string, proof: TerminalProof): Promise<OwnSession> {
  const terminal = await requireTerminal(client, proof);
  const session = await sessionNow(client, tokenHash(token));
  if (session === undefined || session.terminal_code !== terminal.code) {
    return refuse(
      "sessionRequired",
      "ログインしていないか、ログインの期限が切れました。もう一度ログインしてください。",
    );
  }
  return { sessionId: session.session_id, staffId: session.staff_id, terminalCode: terminal.code };
}

/** First step of a confirmation (再認証) inside a session. @throws Refusal `sessionRequired`, `terminalUnknown` */
export async function beginStepUp(
  identity: Identity,
  { token, terminal }: { readonly token: string; readonly terminal: TerminalProof },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return await asIdentity(identity.pool, async (client) => {
    const own = await requireSession(client, token, terminal);
    return requestOptions(identity, await makeChallenge(client, { kind: "stepUp", ...own }));
  });
}

export type StepUp = GivenFactors & {
  readonly token: string;
  readonly terminal: TerminalProof;
  /** Changes the password on this occasion */
  readonly newPassword?: string;
};

/**
 * Both factors again (再認証): approvals, changes of accounts, exports, the reveal of a number and changes of rights need
 * one at most 5 minutes old. The session goes on under a new token; the old one is worth nothing.
 *
 * @throws Refusal `sessionRequired`, `terminalUnknown`, `logInRefused`, `logInThrottled`, `passwordRefused`
 */
export async function stepUp(
  identity: Identity,
  given: StepUp,
): Promise<{ readonly token: string; readonly tokenHash: string }> {
  const { pool } = identity;
  const own = await asIdentity(pool, async (client) => await requireSession(client, given.token, given.terminal));
  const proven = await proveFactors(identity, { kind: "stepUp", ...own }, given);
  checkMayChange(proven, given.newPassword);
  const newHash = await newPasswordHash(identity, own.staffId, given.newPassword);
  const token = newToken();
  const hash = tokenHash(token);
  const done = await asIdentity(pool, async (client) => {
    if (!(await settleSuccess(client, proven))) return false;
    if (newHash !== undefined) await setPassword(client, own.staffId, newHash);
    const { rowCount } = await client.query(
      `UPDATE identity.session SET token_hash = $2, stepped_up_at = identity.clock(), last_seen_at = identity.clock()
       WHERE session_id = $1 AND token_hash = $3 AND ended_at IS NULL AND credential_id = $4`,
      [own.sessionId, hash, tokenHash(given.token), proven.credentialId],
    );
    return rowCount === 1;
  });
  return done ? { token, tokenHash: hash } : refuseLogIn();
}
