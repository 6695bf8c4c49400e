/**
 * Simulator of the city's identity provider: OpenID Connect Core 1.0 (authorization code with PKCE S256), Discovery 1.0,
 * RP-Initiated Logout 1.0, `iss` in the answer (RFC 9207). It remembers who logged in, so that a second log-in asks nothing; its
 * keys rotate; and tests can make it lie.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

import { makeSigningKey, published, signToken } from "./keys.ts";
import type { SignedBy, SigningKey } from "./keys.ts";
import { faultPage, loggedOutPage, logInPage } from "./pages.ts";

export type ProviderUser = {
  /** Never given to another person */
  readonly subject: string;
  readonly userName: string;
  readonly name: string;
  readonly password: string;
  /** `amr` (RFC 8176) of this user's log-in */
  readonly methods: readonly string[];
};

export type ProviderClient = {
  readonly clientId: string;
  /** Absent: a public client */
  readonly secret?: string;
  /** Compared letter by letter */
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
};

/** How the provider lies, for tests of those who must not believe it. */
export type Tampering = {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signedBy?: SignedBy;
  /** Parameters of the answer that are changed on the way back */
  readonly answer?: Readonly<Record<string, string>>;
  /** It answers every request with 503 */
  readonly down?: boolean;
};

export type IdentityProvider = {
  readonly issuer: string;
  /** A new signing key; the old one is taken out of the published set at once where `dropOld` */
  readonly rotateKeys: (dropOld: boolean) => void;
  readonly tamper: (tampering: Tampering | undefined) => void;
  readonly close: () => Promise<void>;
};

type Issued = {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string | null;
  readonly codeChallenge: string;
  readonly user: ProviderUser;
  readonly authTime: number;
  readonly expiresAt: number;
};

type Session = { readonly user: ProviderUser; readonly authTime: number };

const COOKIE = "idp_session";
const CODE_SECONDS = 60;
const TOKEN_SECONDS = 300;
const seconds = (): number => Math.floor(Date.now() / 1000);
const newSecret = (): string => randomBytes(24).toString("base64url");

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function equal(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString("utf8"));
}

function html(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(text);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

function go(response: ServerResponse, to: string, cookie?: string): void {
  response.writeHead(303, {
    location: to,
    "cache-control": "no-store",
    ...(cookie === undefined ? {} : { "set-cookie": cookie }),
  });
  response.end();
}

export type ProviderOptions = {
  /** 0: any free port of the loopback */
  readonly port: number;
  readonly clients: readonly ProviderClient[];
  readonly users: readonly ProviderUser[];
  /** Demonstration: users are chosen by name, no password is asked for */
  readonly offerUsers?: boolean;
};

/** Starts the provider on the loopback. @throws Error `EADDRINUSE` */
export async function startIdentityProvider(options: ProviderOptions): Promise<IdentityProvider> {
  const sessions = new Map<string, Session>();
  const codes = new Map<string, Issued>();
  let keys: readonly SigningKey[] = [makeSigningKey()];
  let tampering: Tampering = {};
  let issuer = "";

  const clientOf = (id: string | null): ProviderClient | undefined =>
    options.clients.find(({ clientId }) => clientId === id);
  const sessionOf = (request: IncomingMessage): Session | undefined => {
    const found = new RegExp(`(?:^|; )${COOKIE}=([A-Za-z0-9_-]+)`).exec(request.headers.cookie ?? "");
    return found?.[1] === undefined ? undefined : sessions.get(found[1]);
  };

  const authorize = (request: IncomingMessage, response: ServerResponse, address: URL): void => {
    const asked = address.searchParams;
    const client = clientOf(asked.get("client_id"));
    const redirectUri = asked.get("redirect_uri") ?? "";
    // Never sent anywhere that was not registered: this provider is no open redirect.
    if (client?.redirectUris.includes(redirectUri) !== true) {
      return html(response, 400, faultPage("登録されていないシステムか、戻り先です。"));
    }
    const back = (parameters: Readonly<Record<string, string>>): void => {
      const to = new URL(redirectUri);
      const state = asked.get("state");
      const all = { ...(state === null ? {} : { state }), iss: issuer, ...parameters, ...tampering.answer };
      for (const [name, value] of Object.entries(all)) to.searchParams.set(name, value);
      go(response, to.href);
    };
    const codeChallenge = asked.get("code_challenge") ?? "";
    if (asked.get("response_type") !== "code") return back({ error: "unsupported_response_type" });
    if (codeChallenge === "" || asked.get("code_challenge_method") !== "S256")
      return back({ error: "invalid_request" });
    const session = sessionOf(request);
    const maxAge = asked.get("max_age");
    const stale = session !== undefined && maxAge !== null && seconds() - session.authTime > Number(maxAge);
    // `checked`: the person has just logged in for this very request.
    const anew = asked.get("prompt") === "login" && asked.get("checked") === null;
    if (session === undefined || anew || (stale && asked.get("checked") === null)) {
      if (asked.get("prompt") === "none") return back({ error: "login_required" });
      return html(response, 200, logInPage(address.search, options.offerUsers === true ? options.users : [], false));
    }
    const code = newSecret();
    const { clientId } = client;
    const nonce = asked.get("nonce");
    codes.set(code, { clientId, redirectUri, nonce, codeChallenge, ...session, expiresAt: seconds() + CODE_SECONDS });
    back({ code });
  };

  const logIn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = await formOf(request);
    const continuation = form.get("continue") ?? "";
    const user =
      options.offerUsers === true
        ? options.users.find(({ userName }) => userName === form.get("offered"))
        : options.users.find(
            ({ userName, password }) =>
              userName === form.get("userName") && equal(password, form.get("password") ?? ""),
          );
    if (user === undefined) {
      return html(response, 200, logInPage(continuation, options.offerUsers === true ? options.users : [], true));
    }
    const id = newSecret();
    sessions.set(id, { user, authTime: seconds() });
    const onwards = new URL("/authorize", issuer);
    onwards.search = continuation;
    onwards.searchParams.set("checked", "1");
    go(response, onwards.href, `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`);
  };

  const authenticates = (request: IncomingMessage, form: URLSearchParams): ProviderClient | undefined => {
    const [, basic = ""] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":").map(decodeURIComponent);
    const client = clientOf(basic === "" ? form.get("client_id") : id);
    if (client === undefined) return undefined;
    if (client.secret === undefined) return basic === "" ? client : undefined;
    return equal(client.secret, secret) ? client : undefined;
  };

  const token = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = await formOf(request);
    const client = authenticates(request, form);
    if (client === undefined) return json(response, 401, { error: "invalid_client" });
    const code = form.get("code") ?? "";
    const issued = codes.get(code);
    codes.delete(code); // good for one try
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const good =
      issued !== undefined &&
      issued.clientId === client.clientId &&
      issued.redirectUri === form.get("redirect_uri") &&
      issued.expiresAt >= seconds() &&
      equal(issued.codeChallenge, challenge);
    if (!good) return json(response, 400, { error: "invalid_grant" });
    const key = keys.at(-1);
    if (key === undefined) return json(response, 500, { error: "server_error" });
    const claims = {
      iss: issuer,
      sub: issued.user.subject,
      aud: client.clientId,
      iat: seconds(),
      exp: seconds() + TOKEN_SECONDS,
      auth_time: issued.authTime,
      amr: issued.user.methods,
      ...(issued.nonce === null ? {} : { nonce: issued.nonce }),
      ...tampering.claims,
    };
    json(response, 200, {
      access_token: newSecret(),
      token_type: "Bearer",
      expires_in: TOKEN_SECONDS,
      id_token: signToken(claims, key, tampering.signedBy),
    });
  };

  const endSession = (request: IncomingMessage, response: ServerResponse, address: URL): void => {
    const found = new RegExp(`(?:^|; )${COOKIE}=([A-Za-z0-9_-]+)`).exec(request.headers.cookie ?? "");
    if (found?.[1] !== undefined) sessions.delete(found[1]);
    const back = address.searchParams.get("post_logout_redirect_uri") ?? "";
    const known = clientOf(address.searchParams.get("client_id"))?.postLogoutRedirectUris.includes(back) === true;
    html(response, 200, loggedOutPage(known ? back : undefined));
  };

  const metadata = (): Readonly<Record<string, unknown>> => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    end_session_endpoint: `${issuer}/log-out`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: ["client_secret_basic", "none"],
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = new URL(request.url ?? "/", issuer);
    const route = `${request.method ?? ""} ${address.pathname}`;
    if (tampering.down === true) return json(response, 503, { error: "temporarily_unavailable" });
    if (route === "GET /.well-known/openid-configuration") return json(response, 200, metadata());
    if (route === "GET /keys") return json(response, 200, { keys: keys.map(published) });
    if (route === "GET /authorize") return authorize(request, response, address);
    if (route === "POST /log-in") return await logIn(request, response);
    if (route === "POST /token") return await token(request, response);
    if (route === "GET /log-out") return endSession(request, response, address);
    return html(response, 404, faultPage("この画面はありません。"));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(options.port, "127.0.0.1", done);
  });
  const listening = server.address();
  issuer = `http://localhost:${typeof listening === "object" && listening !== null ? listening.port : options.port}`;
  return {
    issuer,
    rotateKeys: (dropOld) => {
      keys = [...(dropOld ? [] : keys), makeSigningKey()];
    },
    tamper: (next) => {
      tampering = next ?? {};
    },
    close: async () => {
      await new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
    },
  };
}
