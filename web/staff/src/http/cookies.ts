/** クッキー: the session and the terminal. The tokens live only here: never in an address, a page, a log or the database. */
import { createHash } from "node:crypto";
import type { TerminalProof } from "@hagukumi/platform/identity/terminals.ts";
import { peerFingerprint } from "@hagukumi/platform/tls/policy.ts";
import type { FastifyReply, FastifyRequest } from "fastify";

/** `__Host-`: only from this very host, over a trustworthy connection, for all paths. Chromium accepts both on localhost. */
export const SESSION_COOKIE = "__Host-hagukumi-session";
export const TERMINAL_COOKIE = "__Host-hagukumi-terminal";
/** Of a シングルサインオン that is under way: this browser asked, and no other may bring the answer. */
export const SIGN_ON_COOKIE = "__Host-hagukumi-sign-on";

/** A registered terminal stays so until it is revoked; browsers keep a cookie for at most 400 days. */
const TERMINAL_SECONDS = 400 * 24 * 3600;

/** The question lives 5 minutes, its answer 2 more. */
const SIGN_ON_SECONDS = 7 * 60;

const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;

export type SessionCookies = {
  /** Undefined where there is none, or none in the form of a token */
  readonly session: string | undefined;
  readonly terminal: string | undefined;
  readonly signOn: string | undefined;
  /** What shows the terminal: its cookie and, over TLS of our own, its certificate */
  readonly proof: TerminalProof;
  /** Hex SHA-256 of the session token */
  readonly sessionHash: () => string | undefined;
  readonly setSession: (token: string) => void;
  readonly setTerminal: (secret: string) => void;
  readonly setSignOn: (secret: string) => void;
  /** Ends the session in the browser: cookie, cache and storage (the terminal cookie is set again) */
  readonly clearSession: () => void;
};

const options = { path: "/", httpOnly: true, secure: true, sameSite: "strict" } as const;

function token(request: FastifyRequest, name: string): string | undefined {
  const value = request.cookies[name];
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}

/** The cookies of one request and its answer. */
export function cookiesOf(request: FastifyRequest, reply: FastifyReply): SessionCookies {
  const session = token(request, SESSION_COOKIE);
  const terminal = token(request, TERMINAL_COOKIE);
  return {
    session,
    terminal,
    signOn: token(request, SIGN_ON_COOKIE),
    proof: { secret: terminal, certificateSha256: peerFingerprint(request.raw.socket) },
    sessionHash: () => (session === undefined ? undefined : createHash("sha256").update(session).digest("hex")),
    setSession: (value) => void reply.setCookie(SESSION_COOKIE, value, options),
    setTerminal: (value) => void reply.setCookie(TERMINAL_COOKIE, value, { ...options, maxAge: TERMINAL_SECONDS }),
    // Strict like the others: the page to which the 認証基盤 sends the browser is our own, and its script brings the answer.
    setSignOn: (value) => void reply.setCookie(SIGN_ON_COOKIE, value, { ...options, maxAge: SIGN_ON_SECONDS }),
    clearSession: () => {
      // Not "cookies": that would take the terminal's registration with it.
      void reply.header("clear-site-data", '"cache", "storage"').clearCookie(SESSION_COOKIE, options);
    },
  };
}
