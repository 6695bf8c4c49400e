/** The staff pages: server-rendered HTML without scripts, on the loopback unless told otherwise. */
import { readSetting } from "@hagukumi/allowance/contract.ts";
import { sqlState } from "@hagukumi/platform/database/problem.ts";
import Fastify from "fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { registerAssets } from "./assets.ts";
import { problemFrom, problemOf, renderProblem } from "./errors.ts";
import type { Problem } from "./errors.ts";
import { registerGuards } from "./guards.ts";
import { renderPage } from "./layout.ts";
import type { Frame } from "./layout.ts";
import type { StaffServerOptions } from "./old-options.ts";
import { registerRoutes } from "./routes.ts";

export type StaffServer = { readonly url: string; readonly close: () => Promise<void> };

async function readFrame(options: StaffServerOptions): Promise<Frame> {
  const { context, demo = false } = options;
  // A page that says that the database is gone must not need the database for its own heading.
  const cityName = await readSetting(context.pool, "municipality", context.today).then(
    (city) => city.name,
    () => "",
  );
  return { cityName, operator: context.operator, demo };
}

function wantsJson(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? "";
  return /\bapplication\/(problem\+)?json\b/.test(accept) && !accept.includes("text/html");
}

async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  frame: Frame,
): Promise<void> {
  reply.status(problem.status).header("cache-control", "no-store");
  if (wantsJson(request)) {
    await reply.type("application/problem+json; charset=utf-8").send(problem);
    return;
  }
  const page = { title: problem.title, current: "other", body: renderProblem(problem) } as const;
  await reply.type("text/html; charset=utf-8").send(renderPage(frame, page));
}

function registerErrors(app: FastifyInstance, frame: Frame): void {
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemFrom(error);
    if (problem.code === "unexpected") {
      // Names and states only: the message of a database error may hold a person's data.
      const name = error instanceof Error ? error.name : typeof error;
      const at = error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 4).join(" ") : "";
      process.stderr.write(`staff pages: unexpected ${name} ${sqlState(error) ?? ""} ${at}\n`);
    }
    await sendProblem(request, reply, problem, frame);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const detail = "この画面はありません。番号や綴りを確かめるか、はじめの画面から開き直してください。";
    await sendProblem(request, reply, problemOf("pageMissing", detail), frame);
  });
}

/**
 * Starts the staff pages.
 *
 * @throws Error `EADDRINUSE` when the port is taken
 */
export async function startStaffServer(options: StaffServerOptions): Promise<StaffServer> {
  const host = options.host ?? "127.0.0.1";
  // No request log: an address may carry a certification number, and the audit trail already has what matters.
  const app = Fastify({
    logger: false,
    bodyLimit: 4096,
    routerOptions: { maxParamLength: 64 },
    forceCloseConnections: true,
  });
  const frame = await readFrame(options);
  await registerGuards(app, host);
  registerErrors(app, frame);
  await registerAssets(app);
  registerRoutes(app, options, frame);
  await app.listen({ host, port: options.port ?? 8080 });
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : (options.port ?? 8080);
  const name = host === "127.0.0.1" || host === "::1" ? "localhost" : host;
  return { url: `http://${name}:${port}`, close: async () => await app.close() };
}
