/** What is checked before anything else: who the browser thinks it talks to, and that a change came from our own page. */
import helmet from "@fastify/helmet";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Host names by which a server on the loopback may be called. Another name is a page elsewhere that points here. */
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

const PERMISSIONS_POLICY =
  "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)";

/** Strict headers for every answer: no inline script or style, nothing from elsewhere, not to be framed, nothing kept. */
export async function registerHeaders(app: FastifyInstance, secure: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        // A PDF that the page itself has fetched, shown for printing; no address of a server can stand there.
        frameSrc: ["blob:"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // Over plain HTTP on the loopback browsers ignore it; behind the city's TLS terminator it holds.
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
  });
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store").header("permissions-policy", PERMISSIONS_POLICY);
  });
}

/** @throws Refusal `wrongHost` where the name in the request is neither ours nor the loopback's */
export function checkHost(request: FastifyRequest, origin: string): void {
  const host = (request.headers.host ?? "").toLowerCase();
  if (`${new URL(origin).protocol}//${host}` === origin) return;
  // DNS rebinding cannot use these names, and the health check of the same machine may.
  if (LOOPBACK.has(new URL(origin).hostname) && LOOPBACK.has(host.replace(/:\d+$/, ""))) return;
  throw new Refusal("wrongHost", `この名前では開けません。${origin} から開いてください。`);
}

/**
 * CSRF: an unsafe request must say that it comes from our own page, by `Origin` and, where the browser sends it, by
 * `Sec-Fetch-Site`. A request that says neither is no browser's and is refused too.
 *
 * @throws Refusal `crossOrigin`
 */
export function checkOrigin(request: FastifyRequest, origin: string): void {
  const site = request.headers["sec-fetch-site"];
  if (request.headers.origin === origin && (site === undefined || site === "same-origin")) return;
  throw new Refusal(
    "crossOrigin",
    "ほかのサイトから送られたか、送り元が分からないため、受け付けませんでした。何も変えていません。この画面からやり直してください。",
  );
}
