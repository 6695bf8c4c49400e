/**
 * シングルサインオン: the city's identity provider checks the person in place of the password. The 職員証 is shown all the same,
 * at a registered terminal, and everything else about the session stays as it is.
 *
 * 1. `startSignOn` / `startStepUpSignOn` → an address at the provider, and a secret for a cookie of this browser.
 * 2. The browser comes back with the provider's answer: `answerSignOn` → whose 職員証 is to be shown.
 * 3. `finishLogIn` / `stepUp` with `signOn: secret` in place of the password: `useSignOn` takes the answer, once, within 2 minutes.
 *
 * Both secrets of the exchange (`nonce`, PKCE verifier) are derived from the cookie's: the database keeps hashes alone.
 */
import type { PoolClient } from "pg";

import type { Queryable } from "../database/pool.ts";
import { sessionNow } from "./actor.ts";
import { refuse } from "./problem.ts";
import { authorizationAddress, logOutAddress, redeemAnswer, secretsOf } from "./provider.ts";
import type { ProviderAnswer } from "./provider.ts";
import type { Identity } from "./settings.ts";
import { signOnNow } from "./sign-on-settings.ts";
import type { SignOnSetting } from "./sign-on-settings.ts";
import { identifyTerminal } from "./terminals.ts";
import type { TerminalProof } from "./terminals.ts";
import { openAttempt, settleAttempt } from "./throttle.ts";
import { newToken, tokenHash } from "./tokens.ts";
import { asIdentity } from "./transaction.ts";

/** The address of our own to which the provider sends the browser back; the same for every use, under our own origin. */
const BACK = "/sign-on";

/** Nobody's identifier: until the provider has answered, nobody says who it is. */
const NOBODY = "-";

export function signOnRedirect({ settings }: Pick<Identity, "settings">): string {
  return `${settings.origins[0] ?? ""}${BACK}`;
}

export type StartedSignOn = {
  /** Where the browser goes */
  readonly address: string;
  /** 256 bits, base64url: only for a cookie of this browser, good for 5 minutes */
  readonly browserSecret: string;
};

/** @throws Refusal `terminalUnknown` */
async function terminalCodeOf(client: PoolClient, proof: TerminalProof): Promise<string> {
  const terminal = await identifyTerminal(client, proof);
  return (
    terminal?.code ??
    refuse(
      "terminalUnknown",
      "この端末は登録されていません。登録された端末を使うか、情報政策課に端末の登録を依頼してください。",
    )
  );
}

async function requireSetting(client: Queryable): Promise<SignOnSetting & { readonly settingId: number }> {
  return (
    (await signOnNow(client)) ??
    refuse("signOnOff", "シングルサインオンは使っていません。職員証とパスワードでログインしてください。")
  );
}

type Asked = { readonly kind: "logIn" | "stepUp"; readonly terminalCode: string; readonly sessionId: number | null };

async function ask(
  identity: Identity,
  setting: SignOnSetting & { readonly settingId: number },
  asked: Asked,
): Promise<StartedSignOn> {
  const browserSecret = newToken();
  const secrets = secretsOf(browserSecret);
  const address = await authorizationAddress(identity, setting, {
    redirectUri: signOnRedirect(identity),
    secrets,
    fresh: asked.kind === "stepUp",
  });
  await asIdentity(identity.pool, async (client) => {
    await client.query(
      `INSERT INTO identity.sign_on_request (state_hash, browser_hash, kind, setting_id, terminal_code, session_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, identity.clock() + interval '5 minutes')`,
      [
        tokenHash(secrets.state),
        tokenHash(browserSecret),
        asked.kind,
        setting.settingId,
        asked.terminalCode,
        asked.sessionId,
      ],
    );
  });
  return { address, browserSecret };
}

/**
 * First step of a log-in: sends this browser to the provider.
 *
 * @throws Refusal `terminalUnknown`, `signOnOff`, `signOnUnavailable`
 */
export async function startSignOn(
  identity: Identity,
  { terminal }: { readonly terminal: TerminalProof },
): Promise<StartedSignOn> {
  const { terminalCode, setting } = await asIdentity(identity.pool, async (client) => ({
    terminalCode: await terminalCodeOf(client, terminal),
    setting: await requireSetting(client),
  }));
  return await ask(identity, setting, { kind: "logIn", terminalCode, sessionId: null });
}

/**
 * First step of a confirmation (再認証): the provider checks the person anew, whatever session it still has.
 *
 * @throws Refusal `terminalUnknown`, `sessionRequired`, `signOnOff`, `signOnUnavailable`
 */
export async function startStepUpSignOn(
  identity: Identity,
  { token, terminal }: { readonly token: string; readonly terminal: TerminalProof },
): Promise<StartedSignOn> {
  const { asked, setting } = await asIdentity(identity.pool, async (client) => {
    const terminalCode = await terminalCodeOf(client, terminal);
    const own = await sessionNow(client, tokenHash(token));
    if (own === undefined || own.terminal_code !== terminalCode) {
      return refuse(
        "sessionRequired",
        "ログインしていないか、ログインの期限が切れました。もう一度ログインしてください。",
      );
    }
    const found: Asked = { kind: "stepUp", terminalCode, sessionId: own.session_id };
    return { asked: found, setting: await requireSetting(client) };
  });
  return await ask(identity, setting, asked);
}

function refuseSignOn(): never {
  return refuse(
    "signOnRefused",
    "認証基盤の確認を受け付けられませんでした。はじめからやり直すか、職員証とパスワードでログインしてください。続くときは、情報政策課に知らせてください。",
  );
}

type Request = { readonly state_hash: string; readonly kind: "logIn" | "stepUp"; readonly age: number };

/** Takes the question, once: unknown, old, answered, another browser's or another terminal's question is none. */
async function takeRequest(
  client: PoolClient,
  given: { readonly state: string; readonly browserSecret: string; readonly terminalCode: string },
): Promise<Request | undefined> {
  const { rows } = await client.query<Request>(
    `UPDATE identity.sign_on_request r SET answered_at = identity.clock()
     FROM identity.sign_on_now s
     WHERE r.state_hash = $1 AND r.browser_hash = $2 AND r.terminal_code = $3 AND r.answered_at IS NULL
       AND r.expires_at > identity.clock() AND s.setting_id = r.setting_id AND s.enabled
     RETURNING r.state_hash, r.kind, extract(epoch FROM identity.clock() - r.issued_at)::float8 AS age`,
    [tokenHash(given.state), tokenHash(given.browserSecret), given.terminalCode],
  );
  return rows[0];
}

type Linked = { readonly linkId: number; readonly staffId: string };

/** Whose the provider's user is: linked, employed today and not stopped. */
async function linkedStaff(client: PoolClient, issuer: string, subject: string): Promise<Linked | undefined> {
  const { rows } = await client.query<Linked>(
    `SELECT link_id AS "linkId", staff_id AS "staffId" FROM identity.sign_on_subject
     WHERE issuer = $1 AND subject = $2 AND ended_at IS NULL AND identity.active_on(staff_id, identity.today())`,
    [issuer, subject],
  );
  return rows[0];
}

/** A step-up must be of the person whose session it is. */
async function ofThisSession(client: PoolClient, request: Request, staffId: string): Promise<boolean> {
  const { rows } = await client.query<{ own: boolean }>(
    `SELECT r.session_id IS NULL OR EXISTS (SELECT FROM identity.session s WHERE s.session_id = r.session_id AND s.ended_at IS NULL AND s.staff_id = $2) AS own
     FROM identity.sign_on_request r WHERE r.state_hash = $1`,
    [request.state_hash, staffId],
  );
  return rows[0]?.own === true;
}

async function settle(
  client: PoolClient,
  request: Request,
  issuer: string,
  answer: ProviderAnswer,
): Promise<{ readonly staffId: string } | { readonly cause: string }> {
  if (!answer.ok) return { cause: answer.cause };
  const linked = await linkedStaff(client, issuer, answer.subject);
  if (linked === undefined) return { cause: "subject" };
  if (!(await ofThisSession(client, request, linked.staffId))) return { cause: "otherPerson" };
  await client.query(
    "UPDATE identity.sign_on_request SET link_id = $2, answered_at = identity.clock() WHERE state_hash = $1",
    [request.state_hash, linked.linkId],
  );
  return { staffId: linked.staffId };
}

/**
 * Second step: the browser is back with the provider's answer. No session is made by it: it stands for the password until the
 * 職員証 is shown.
 *
 * @param parameters of the address to which the provider sent the browser
 * @throws Refusal `terminalUnknown`, `signOnOff`, `signOnUnavailable`, `logInThrottled`, and `signOnRefused` in one wording for
 *   every cause (which the attempt keeps, for 情報政策課)
 */
export async function answerSignOn(
  identity: Identity,
  given: {
    readonly terminal: TerminalProof;
    readonly browserSecret: string | undefined;
    readonly parameters: Readonly<Record<string, string>>;
  },
): Promise<{ readonly kind: "logIn" | "stepUp"; readonly staffId: string }> {
  const { parameters, browserSecret = "" } = given;
  const opened = await asIdentity(identity.pool, async (client) => {
    const terminalCode = await terminalCodeOf(client, given.terminal);
    const setting = await requireSetting(client);
    // The brake of the terminal counts here too: nobody may try states and codes at will.
    const attempt = await openAttempt(client, { kind: "logIn", staffId: NOBODY, terminalCode });
    if (attempt.wait !== undefined) return { wait: attempt.wait };
    const request = await takeRequest(client, { state: parameters["state"] ?? "", browserSecret, terminalCode });
    if (request === undefined) await settleAttempt(client, attempt.attemptId, "refused", "signOn state");
    return { attemptId: attempt.attemptId, request, setting };
  });
  if ("wait" in opened) {
    return refuse(
      "logInThrottled",
      `続けて失敗したため、しばらく受け付けません。${opened.wait}秒たってから、もう一度やり直してください。`,
      { waitSeconds: opened.wait },
    );
  }
  const { attemptId, request, setting } = opened;
  if (request === undefined) return refuseSignOn();
  const unsettled = async (): Promise<void> =>
    await asIdentity(
      identity.pool,
      async (client) => await settleAttempt(client, attemptId, "success", "signOn outage"),
    );
  const answer = await redeemAnswer(identity, setting, {
    redirectUri: signOnRedirect(identity),
    parameters,
    secrets: secretsOf(browserSecret),
    // By the clock of this machine, which the provider's token is compared with; identity's own may be shifted in a demonstration.
    freshSince: request.kind === "stepUp" ? new Date(Date.now() - request.age * 1000) : undefined,
  }).catch(async (error: unknown) => {
    await unsettled();
    throw error;
  });
  const settled = await asIdentity(identity.pool, async (client) => {
    const done = await settle(client, request, setting.issuer, answer);
    const good = "staffId" in done;
    await settleAttempt(client, attemptId, good ? "success" : "refused", good ? "signOn" : `signOn ${done.cause}`);
    return done;
  });
  return "staffId" in settled ? { kind: request.kind, staffId: settled.staffId } : refuseSignOn();
}

/**
 * Third step, inside the check of the factors: uses the answer up in place of the password. Undefined where this browser has
 * none for this person, terminal, purpose and session that is at most 2 minutes old, or the link or the setting has ended.
 */
export async function useSignOn(
  client: Queryable,
  browserSecret: string,
  wanted: {
    readonly kind: "logIn" | "stepUp";
    readonly staffId: string;
    readonly terminalCode: string;
    readonly sessionId?: number;
  },
): Promise<{ readonly linkId: number } | undefined> {
  const { rows } = await client.query<{ linkId: number }>(
    `UPDATE identity.sign_on_request r SET used_at = identity.clock()
     FROM identity.sign_on_subject l, identity.sign_on_now s
     WHERE r.browser_hash = $1 AND r.kind = $2 AND r.terminal_code = $4 AND r.session_id IS NOT DISTINCT FROM $5::bigint
       AND r.used_at IS NULL AND r.answered_at > identity.clock() - interval '2 minutes'
       AND l.link_id = r.link_id AND l.staff_id = $3 AND l.ended_at IS NULL AND s.setting_id = r.setting_id AND s.enabled
     RETURNING l.link_id AS "linkId"`,
    [tokenHash(browserSecret), wanted.kind, wanted.staffId, wanted.terminalCode, wanted.sessionId ?? null],
  );
  return rows[0];
}

/** 認証基盤の名称 where single sign-on is in use. */
export async function signOnName(connection: Queryable): Promise<string | undefined> {
  return (await signOnNow(connection))?.providerName;
}

/** Where the person of this session may log out of the provider too; undefined where the session did not begin there. */
export async function signOnLogOut(identity: Identity, token: string): Promise<string | undefined> {
  const setting = await asIdentity(identity.pool, async (client) => {
    const { rowCount } = await client.query(
      "SELECT 1 FROM identity.session WHERE token_hash = $1 AND sign_on_link_id IS NOT NULL",
      [tokenHash(token)],
    );
    return rowCount === 1 ? await signOnNow(client) : undefined;
  });
  return setting === undefined
    ? undefined
    : await logOutAddress(identity, setting, `${identity.settings.origins[0] ?? ""}/`);
}
