/** The operations as routes: input check, desk, answer. */
import { newRequestId } from "@hagukumi/platform/access/staff.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { cookiesOf } from "../http/cookies.ts";
import { checkOrigin } from "../http/guards.ts";
import { inputProblem, problemOf } from "../http/problem.ts";
import type { Problem } from "../http/problem.ts";
import type { StaffServerOptions } from "../options.ts";
import { createDesk } from "./desk.ts";
import type { Operation } from "./operation.ts";

export const API_BASE = "/api/v1";

/** The requests per minute of one terminal (or address, where there is no terminal yet). */
export type Limits = { readonly general: number; readonly logIn: number };

const KEY = /^[A-Za-z0-9_-]{8,100}$/;

/** @throws Refusal `idempotencyKeyNeeded` */
function idempotencyKey(request: FastifyRequest, operation: Operation): string {
  if (!operation.command) return "";
  const key = request.headers["idempotency-key"];
  if (typeof key === "string" && KEY.test(key)) return key;
  throw new Refusal(
    "idempotencyKeyNeeded",
    "見出し Idempotency-Key（半角の英数字と - _ の8〜100文字）がありません。何も変えていません。付けてから、もう一度送ってください。",
  );
}

export async function sendProblem(reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  return await reply.status(problem.status).type("application/problem+json; charset=utf-8").send(problem);
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  server: { readonly options: StaffServerOptions; readonly origin: () => string },
): Promise<FastifyReply> {
  const origin = server.origin();
  if (operation.method !== "GET") checkOrigin(request, origin);
  const requestId = newRequestId();
  reply.header("request-id", requestId);
  const prepared = operation.prepare({
    params: request.params,
    query: request.query,
    body: operation.method === "GET" ? {} : (request.body ?? {}),
  });
  const desk = createDesk({
    options: server.options,
    origin,
    cookies: cookiesOf(request, reply),
    operation,
    requestId,
    idempotencyKey: "faults" in prepared ? "" : idempotencyKey(request, operation),
  });
  if ("faults" in prepared) {
    // Whoever may not use the operation learns that, and not what its input should look like.
    if (operation.access.permission !== "public") await desk.staff();
    return await sendProblem(reply, inputProblem(prepared.faults));
  }
  const result = await prepared.run(desk);
  if ("file" in result) {
    const { fileName, mediaType, content } = result.file;
    return await reply
      .type(mediaType)
      .header("content-disposition", `attachment; filename="${fileName}"`)
      .send(content);
  }
  return await reply.type("application/json; charset=utf-8").send(JSON.stringify(result.json));
}

/** Adds every operation to the server. */
export function mountOperations(
  app: FastifyInstance,
  operations: readonly Operation[],
  server: { readonly options: StaffServerOptions; readonly origin: () => string; readonly limits: Limits },
): void {
  for (const operation of operations) {
    const { general, logIn } = server.limits;
    app.route({
      method: operation.method,
      url: `${API_BASE}${operation.path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
      config: { rateLimit: { max: operation.logIn ? logIn : general, timeWindow: 60_000 } },
      handler: async (request, reply) => await answer(request, reply, operation, server),
    });
  }
  app.all(`${API_BASE}/*`, async (_request, reply) => {
    return await sendProblem(reply, problemOf("pageMissing", "この操作はありません。アドレスを確かめてください。"));
  });
}
