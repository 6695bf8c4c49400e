/**
 * The city's identity provider (認証基盤) as OpenID Connect Core 1.0 and RFC 9700 want it spoken to: authorization code, PKCE
 * S256, state, nonce, `iss` of the answer (RFC 9207), signature of the ID token by the provider's published keys even over TLS.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as oidc from "openid-client";

import { refuse } from "./problem.ts";
import { providerFetch } from "./provider-link.ts";
import type { Identity } from "./settings.ts";
import { mayBePlain } from "./sign-on-settings.ts";
import type { SignOnSetting } from "./sign-on-settings.ts";

/** Seconds that both clocks may differ by. */
const CLOCK_TOLERANCE = 30;
/** Seconds to wait for the provider before the person is sent to the password. */
const PATIENCE = 5;

/** Where the client's secret lies, beside the pepper; without the file the client is a public one (PKCE alone). */
export function clientSecretPath(dataDir: string): string {
  return join(dataDir, "secrets", "sign-on-client-secret");
}

/** @throws Refusal `signOnSecretUnreadable` where others may read the file, or it is empty */
export async function readClientSecret(dataDir: string): Promise<string | undefined> {
  const path = clientSecretPath(dataDir);
  const found = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const open = ((await stat(path)).mode & 0o077) !== 0;
  if (!open && found.trim() !== "") return found.trim();
  return refuse(
    "signOnSecretUnreadable",
    open
      ? `認証基盤の秘密（${path}）を他の利用者が読めます。chmod 600 で権限を直してから起動してください。`
      : `認証基盤の秘密（${path}）が空です。認証基盤の管理者から受け取った値を入れるか、ファイルを消してから起動してください。`,
  );
}

/** What both steps know: all derived from the one secret that only this browser has. */
export type SignOnSecrets = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** One-way: who sees state or nonce on the way learns neither the secret nor the verifier. */
export function secretsOf(browserSecret: string): SignOnSecrets {
  const derive = (what: string): string =>
    createHash("sha256").update(`hagukumi.signOn.${what}.${browserSecret}`).digest("base64url");
  return { state: derive("state"), nonce: derive("nonce"), verifier: derive("verifier") };
}

/** The provider cannot be asked now: not the person's fault, and no failure to guess. */
function refuseUnavailable(): never {
  return refuse(
    "signOnUnavailable",
    "認証基盤に接続できません。職員証とパスワードでログインしてください。続くときは、情報政策課に知らせてください。",
  );
}

type Reached = Pick<Identity, "settings" | "signOnSecret" | "signOnAuthority">;

/** A provider that cannot be reached, or that answers with a fault of its own (5xx, no JSON), is no refusal of the person. */
function isOutage(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500;
  if (!(error instanceof oidc.ClientError)) return false;
  if (error.code === "OAUTH_TIMEOUT") return true;
  if (error.code !== "OAUTH_RESPONSE_IS_NOT_CONFORM") return false;
  return error.cause instanceof Response && error.cause.status >= 500;
}

/** What the provider says of itself. Asked for each time: a key or an address that was changed there counts at once. */
async function discover(identity: Reached, setting: SignOnSetting): Promise<oidc.Configuration> {
  const { issuer, clientId, algorithm } = setting;
  const plain = mayBePlain(identity, issuer);
  const auth = identity.signOnSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(identity.signOnSecret);
  try {
    const config = await oidc.discovery(
      new URL(issuer),
      clientId,
      { id_token_signed_response_alg: algorithm, [oidc.clockTolerance]: CLOCK_TOLERANCE },
      auth,
      {
        timeout: PATIENCE,
        ...(issuer.startsWith("http:") ? {} : { [oidc.customFetch]: providerFetch(identity.signOnAuthority) }),
        // Without it a token that came straight over TLS would not have its signature checked (OpenID Connect Core 3.1.3.7).
        execute: plain
          ? [oidc.enableNonRepudiationChecks, oidc.allowInsecureRequests]
          : [oidc.enableNonRepudiationChecks],
      },
    );
    // The library is lenient with some providers here; the setting that two people decided names one issuer exactly.
    if (config.serverMetadata().issuer === issuer) return config;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return refuseUnavailable();
}

/**
 * The address at the provider where the person is checked.
 *
 * @param fresh the person must be checked anew, whatever session the provider still has
 * @throws Refusal `signOnUnavailable`
 */
export async function authorizationAddress(
  identity: Reached,
  setting: SignOnSetting,
  given: { readonly redirectUri: string; readonly secrets: SignOnSecrets; readonly fresh: boolean },
): Promise<string> {
  const config = await discover(identity, setting);
  const { state, nonce, verifier } = given.secrets;
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: given.redirectUri,
    scope: "openid",
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    max_age: String(given.fresh ? 0 : setting.maxAgeMinutes * 60),
    ...(given.fresh ? { prompt: "login" } : {}),
  });
  return address.href;
}

export type ProviderAnswer =
  | { readonly ok: true; readonly subject: string }
  /** `cause` is for the audit of 情報政策課 alone */
  | { readonly ok: false; readonly cause: string };

/** Of `amr`: the methods that the setting wants and the token does not name. */
function missingMethods({ requiredMethods }: SignOnSetting, amr: unknown): readonly string[] {
  const named: readonly unknown[] = Array.isArray(amr) ? amr : [];
  return requiredMethods.filter((method) => !named.includes(method));
}

/** A step-up is fresh where the person was checked after it was asked for; the clocks may differ a little. */
function checkedSince(authTime: unknown, startedAt: Date): boolean {
  return typeof authTime === "number" && (authTime + CLOCK_TOLERANCE) * 1000 >= startedAt.getTime();
}

/**
 * Redeems the provider's answer: parameters of the address to which the browser came back, code, ID token and its claims.
 *
 * @throws Refusal `signOnUnavailable` where the provider cannot be asked
 */
export async function redeemAnswer(
  identity: Reached,
  setting: SignOnSetting,
  given: {
    readonly redirectUri: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly secrets: SignOnSecrets;
    /** When the question was asked, of a step-up; undefined: the setting's minutes count */
    readonly freshSince: Date | undefined;
  },
): Promise<ProviderAnswer> {
  const config = await discover(identity, setting);
  const address = new URL(given.redirectUri);
  for (const [name, value] of Object.entries(given.parameters)) address.searchParams.append(name, value);
  const { state, nonce, verifier } = given.secrets;
  try {
    const tokens = await oidc.authorizationCodeGrant(config, address, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
      maxAge: setting.maxAgeMinutes * 60,
    });
    const claims = tokens.claims();
    if (claims === undefined) return { ok: false, cause: "idToken" };
    // A token for several audiences, or one that names another party, may have been meant for somebody else's log-in.
    if (claims.azp !== undefined && claims.azp !== setting.clientId) return { ok: false, cause: "azp" };
    const missing = missingMethods(setting, claims["amr"]);
    if (missing.length > 0) return { ok: false, cause: `amr ${missing.join(" ")}` };
    if (given.freshSince !== undefined && !checkedSince(claims.auth_time, given.freshSince)) {
      return { ok: false, cause: "authTime" };
    }
    return { ok: true, subject: claims.sub };
  } catch (error) {
    if (isOutage(error)) return refuseUnavailable();
    if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
      return { ok: false, cause: error.error.slice(0, 60) };
    }
    if (error instanceof oidc.ClientError) return { ok: false, cause: error.code ?? "client" };
    throw error;
  }
}

/** Where the person also logs out of the provider (RP-Initiated Logout 1.0); undefined where it has no such address or is down. */
export async function logOutAddress(
  identity: Reached,
  setting: SignOnSetting,
  backTo: string,
): Promise<string | undefined> {
  const config = await discover(identity, setting).catch(() => undefined);
  if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
  return oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: backTo }).href;
}
