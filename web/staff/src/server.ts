/** The staff server: the API, the browser application, and nothing else. On the loopback unless told otherwise. */
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import { recordDefect } from "@hagukumi/platform/access/journal.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { watchTerminals } from "@hagukumi/platform/identity/terminal-list.ts";
import { guardPeers, keepCurrent, serverOptions } from "@hagukumi/platform/tls/policy.ts";
import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type { Server as HttpsServer } from "node:https";

import { API_BASE, mountOperations, sendProblem } from "./api/mount.ts";
import { tellOperationNames } from "./api/operation-names.ts";
import { openApiDocument } from "./api/open-api.ts";
import { operations } from "./api/operations.ts";
import { registerAppFiles } from "./http/app-files.ts";
import { TERMINAL_COOKIE } from "./http/cookies.ts";
import { checkHost, registerHeaders } from "./http/guards.ts";
import { defectLine, problemFrom, problemOf } from "./http/problem.ts";
import type { StaffServerOptions } from "./options.ts";

export type StaffServer = {
  /** What to open, without a slash at its end */
  readonly url: string;
  readonly close: () => Promise<void>;
};

function registerErrors(app: FastifyInstance, pool: StaffServerOptions["pool"]): void {
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemFrom(error);
    if (problem.code === "unexpected") {
      // The pattern of the route, never the address that was asked for: that holds the number of a person.
      const route = request.routeOptions.url ?? "?";
      process.stderr.write(defectLine(error, route));
      await recordDefect(pool, error, route);
    }
    await sendProblem(reply, problem);
  });
  app.setNotFoundHandler(async (_request, reply) => {
    await sendProblem(reply, problemOf("pageMissing", "この画面はありません。アドレスを確かめてください。"));
  });
}

/** @throws Refusal `demoNotPermitted`: software keys and known passwords have no place in the real thing */
function checkDemo({ demo, installation, identity }: StaffServerOptions): void {
  if (demo === undefined || (installation === "demo" && !identity.settings.production)) return;
  throw new Refusal(
    "demoNotPermitted",
    "本番または訓練の設定では、デモの職員とソフトウェアの鍵は使えません。起動していません。設定（HAGUKUMI_ENV）を確かめてください。",
  );
}

/**
 * Starts the staff server.
 *
 * @throws Refusal `demoNotPermitted`; Error `EADDRINUSE` when the port is taken
 */
export async function startStaffServer(options: StaffServerOptions): Promise<StaffServer> {
  checkDemo(options);
  const host = options.host ?? "127.0.0.1";
  // No request log: an address may carry a certification number, and the access log already has what matters.
  const app = Fastify({
    logger: false,
    bodyLimit: 262_144,
    routerOptions: { maxParamLength: 128 },
    forceCloseConnections: true,
    ...(options.tls === undefined ? {} : { https: serverOptions(options.tls()) }),
  });
  const terminals = options.tls === undefined ? undefined : await watchTerminals(options.pool);
  if (options.tls !== undefined && terminals !== undefined) {
    const server = app.server as unknown as HttpsServer;
    guardPeers(server, terminals.isRegistered);
    keepCurrent(server, options.tls);
  }
  let origin = options.origin ?? "http://localhost";
  await registerHeaders(app, origin.startsWith("https:"));
  registerErrors(app, options.pool);
  app.addHook("onRequest", async (request) => checkHost(request, origin));
  await app.register(cookie);
  const general = options.requestsPerMinute ?? 1200;
  await app.register(rateLimit, {
    max: general,
    timeWindow: 60_000,
    keyGenerator: (request) => request.cookies[TERMINAL_COOKIE] ?? request.ip,
  });
  app.get("/healthz", async (_request, reply) => {
    await options.pool.query("SELECT 1");
    return await reply.send({ status: "ok" });
  });
  tellOperationNames(operations);
  const document = JSON.stringify(openApiDocument(operations));
  app.get(`${API_BASE}/openapi.json`, async (_request, reply) => {
    return await reply.type("application/json; charset=utf-8").send(document);
  });
  const limits = { general, logIn: options.logInsPerMinute ?? 60 };
  // What the keys sign is bound to the address that browsers show.
  const identity = (): Identity => ({
    ...options.identity,
    settings: { ...options.identity.settings, origins: [origin], rpId: new URL(origin).hostname },
  });
  mountOperations(app, operations, { options, origin: () => origin, identity, limits });
  await registerAppFiles(app);
  await app.listen({ host, port: options.port ?? 8080 });
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : (options.port ?? 8080);
  if (options.origin === undefined) {
    origin = `${options.tls === undefined ? "http" : "https"}://${host === "127.0.0.1" || host === "::1" ? "localhost" : host}:${port}`;
  }
  const close = async (): Promise<void> => {
    await app.close();
    await terminals?.close();
  };
  return { url: origin, close };
}
