/** What is checked before any page is made: who the browser thinks it talks to, and that a form came from our own page. */
import helmet from "@fastify/helmet";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { FastifyInstance } from "fastify";

type StaffRefusalCode = "crossOrigin" | "wrongHost";

/** Host names by which a server on the loopback may be called. Another name is a page elsewhere that points here. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

function hostName(header: string | undefined): string {
  return (header ?? "").replace(/:\d+$/, "").toLowerCase();
}

/**
 * Strict headers for every answer: no script, no inline style, nothing from elsewhere, not to be framed, and nothing about
 * persons kept by the browser.
 */
export async function registerGuards(app: FastifyInstance, host: string): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // Served on the loopback without TLS; in front of it stands the city's own terminator, which sets this.
    strictTransportSecurity: false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
  });
  const local = LOOPBACK.has(host) || host === "::1";
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/assets/")) reply.header("cache-control", "no-store");
    if (local && !LOOPBACK.has(hostName(request.headers.host))) {
      throw new Refusal<StaffRefusalCode>("wrongHost", "この名前では開けません。http://localhost から開いてください。");
    }
    if (request.method === "GET" || request.method === "HEAD") return;
    const { origin } = request.headers;
    const site = request.headers["sec-fetch-site"];
    const foreign =
      (origin !== undefined && origin !== "null" && origin !== `${request.protocol}://${request.headers.host ?? ""}`) ||
      (site !== undefined && site !== "same-origin" && site !== "none");
    if (foreign) {
      throw new Refusal<StaffRefusalCode>(
        "crossOrigin",
        "ほかのサイトから送られたため、受け付けませんでした。この画面からやり直してください。",
      );
    }
  });
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: 4096 },
    (_request, body, done) => {
      done(null, new URLSearchParams(String(body)));
    },
  );
}
