/**
 * The check of both factors, 職員証 and password (or the 認証基盤 in the password's place): one piece of code for log-in and step-up, with the same work, answer and
 * time whether the account exists or not.
 */
import { setTimeout } from "node:timers/promises";
import type { PoolClient } from "pg";

import { readAssertion, userHandleOf, verifyAssertion } from "./assertion.ts";
import type { ReadAssertion, StoredCredential } from "./assertion.ts";
import { useChallenge } from "./challenge.ts";
import type { ChallengeFor } from "./challenge.ts";
import { verifyPassword } from "./password-hash.ts";
import { currentPassword } from "./passwords.ts";
import type { CurrentPassword } from "./passwords.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";
import { useSignOn } from "./sign-on.ts";
import { openAttempt, settleAttempt } from "./throttle.ts";
import { asIdentity } from "./transaction.ts";

export type FactorsFor = ChallengeFor & { readonly kind: "logIn" | "stepUp" };
export type GivenFactors = {
  /** AuthenticationResponseJSON as it came from outside */
  readonly assertion: unknown;
  readonly password: unknown;
  /** The browser's secret of a シングルサインオン that was answered: takes the password's place, never the key's */
  readonly signOn?: string | undefined;
};

/** Both factors were right: what the caller's transaction still has to do is `settleSuccess`. */
export type ProvenFactors = {
  readonly attemptId: number;
  readonly credentialId: string;
  readonly newCounter: number;
  /** The password that was typed; undefined where the 認証基盤 took its place */
  readonly password: CurrentPassword | undefined;
  /** 結び付け by which the 認証基盤 took the password's place, or null */
  readonly signOnLinkId: number | null;
};

const LONGEST_PASSWORD = 512;

/** The one refusal for an unknown account, a wrong password, a wrong key, an old challenge. */
export function refuseLogIn(): never {
  return refuse(
    "logInRefused",
    "ログインできませんでした。職員番号、職員証、パスワードのいずれかが正しくないか、利用が止められています。確かめて、もう一度はじめからやり直してください。",
  );
}

/** An identifier as typed, or a stand-in that is nobody's. */
export function typedStaffId(input: unknown): string {
  return typeof input === "string" && /^[A-Za-z0-9._-]{1,32}$/.test(input) ? input : "-";
}

type Prepared = {
  readonly attemptId: number;
  readonly challengeGood: boolean;
  readonly credential: StoredCredential | undefined;
  readonly password: CurrentPassword | undefined;
  readonly signOnLinkId: number | undefined;
};

async function findCredential(
  client: PoolClient,
  staffId: string,
  credentialId: string,
): Promise<StoredCredential | undefined> {
  // `active_on` is asked for everybody, also for nobody: a step that only the known take would tell them apart (THR11).
  const { rows } = await client.query<{ active: boolean; public_key: Buffer | null; counter: number | null }>(
    `SELECT who.active, k.public_key, k.counter
     FROM (SELECT identity.active_on($2, identity.today()) AS active) who
     LEFT JOIN (identity.credential c LEFT JOIN identity.credential_revocation v USING (credential_id)) k
       ON k.credential_id = $1 AND k.staff_id = $2 AND k.revoked_at IS NULL`,
    [credentialId, staffId],
  );
  const row = rows[0];
  if (row?.active !== true || row.public_key === null || row.counter === null) return undefined;
  return { credentialId, publicKey: row.public_key, counter: row.counter, userHandle: userHandleOf(staffId) };
}

/**
 * Waits for the next whole multiple of the tick since `begun`: what an answer took before, shorter or longer by whether there is
 * such a person, can't be read from when it comes (THR11). No connection is held meanwhile.
 */
async function untilTick({ settings }: Identity, begun: number): Promise<void> {
  if (settings.refusalTick === 0) return;
  const spent = performance.now() - begun;
  await setTimeout(Math.ceil(spent / settings.refusalTick) * settings.refusalTick - spent);
}

async function prepare(
  identity: Identity,
  wanted: FactorsFor,
  assertion: ReadAssertion | undefined,
  signOn: string | undefined,
): Promise<Prepared | { readonly wait: number }> {
  return await asIdentity(identity.pool, async (client) => {
    const attempt = await openAttempt(client, wanted);
    const challengeGood = await useChallenge(client, assertion?.challenge ?? "", wanted);
    const credential = await findCredential(client, wanted.staffId, assertion?.response.id ?? "");
    const password = await currentPassword(client, wanted.staffId, identity.settings);
    // Used up by every try, as the challenge is.
    const signedOn = signOn === undefined ? undefined : await useSignOn(client, signOn, wanted);
    if (attempt.wait !== undefined) return { wait: attempt.wait };
    return { attemptId: attempt.attemptId, challengeGood, credential, password, signOnLinkId: signedOn?.linkId };
  });
}

async function settleRefusal(
  identity: Identity,
  wanted: FactorsFor,
  attemptId: number,
  cause: string,
  cloned: boolean,
): Promise<void> {
  await asIdentity(identity.pool, async (client) => {
    await settleAttempt(client, attemptId, "refused", cause);
    await client.query(
      // One alert when the free tries of this account at this terminal are used up, not one for each try after it.
      `INSERT INTO identity.alert (kind, staff_id, terminal_code)
       SELECT $3, $1, $2 WHERE $4 OR 5 = (SELECT count(*) FROM identity.attempt a WHERE a.staff_id = $1 AND a.terminal_code = $2
         AND a.outcome = 'refused' AND a.attempted_at > identity.clock() - interval '24 hours')`,
      [wanted.staffId, wanted.terminalCode, cloned ? "keyCloned" : "repeatedFailure", cloned],
    );
  });
}

/** The same work whether there is a password or not (THR11). */
async function passwordMatches(
  identity: Identity,
  given: GivenFactors,
  password: CurrentPassword | undefined,
): Promise<boolean> {
  const typed = typeof given.password === "string" ? given.password.slice(0, LONGEST_PASSWORD) : "";
  const matches = await verifyPassword(typed, password?.hash, identity.pepper, identity.settings.cost);
  return matches && password !== undefined;
}

/**
 * Checks both factors.
 *
 * @throws Refusal `logInThrottled` (`details.waitSeconds`) or `logInRefused`; the attempt is recorded either way
 */
export async function proveFactors(
  identity: Identity,
  wanted: FactorsFor,
  given: GivenFactors,
): Promise<ProvenFactors> {
  const begun = performance.now();
  const assertion = readAssertion(given.assertion);
  const prepared = await prepare(identity, wanted, assertion, given.signOn);
  if ("wait" in prepared) {
    return refuse(
      "logInThrottled",
      `続けて失敗したため、しばらく受け付けません。${prepared.wait}秒たってから、もう一度やり直してください。待っても利用できないときは、情報政策課に連絡してください。`,
      { waitSeconds: prepared.wait },
    );
  }
  const { attemptId, challengeGood, credential, signOnLinkId } = prepared;
  // One of the two is asked for, never the better of both: a wrong password is not made good by a sign-on beside it.
  const password = given.signOn === undefined ? prepared.password : undefined;
  const secondGood =
    given.signOn === undefined ? await passwordMatches(identity, given, password) : signOnLinkId !== undefined;
  const result =
    assertion === undefined
      ? { ok: false as const, cloned: false }
      : await verifyAssertion(identity, assertion, credential);
  if (challengeGood && secondGood && result.ok && credential !== undefined) {
    const { credentialId } = credential;
    return { attemptId, credentialId, newCounter: result.newCounter, password, signOnLinkId: signOnLinkId ?? null };
  }
  const causes = [
    challengeGood ? "" : "challenge",
    secondGood ? "" : given.signOn === undefined ? "password" : "signOn",
    result.ok ? "" : credential === undefined ? "keyUnknown" : "key",
  ];
  const cloned = !result.ok && result.cloned;
  await settleRefusal(identity, wanted, attemptId, causes.filter((cause) => cause !== "").join(" "), cloned);
  await untilTick(identity, begun);
  return refuseLogIn();
}

/**
 * Records the proven factors in the caller's transaction: the key's counter (which only grows) and the attempt.
 *
 * @returns false where the counter no longer grows: the same answer, or a copy of the key, was used in between
 */
export async function settleSuccess(client: PoolClient, proven: ProvenFactors): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE identity.credential SET counter = $2 WHERE credential_id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))
       AND NOT EXISTS (SELECT FROM identity.credential_revocation v WHERE v.credential_id = $1)`,
    [proven.credentialId, proven.newCounter],
  );
  const grown = rowCount === 1;
  await settleAttempt(client, proven.attemptId, grown ? "success" : "refused", grown ? "" : "counter");
  return grown;
}
