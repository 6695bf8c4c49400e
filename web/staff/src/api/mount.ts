/** The operations as routes: input check, desk, answer. */
import type { Identity } from "@hagukumi/platform/identity/settings.ts";
import { useSession } from "@hagukumi/platform/identity/session.ts";
import type { NoSession, UsedSession } from "@hagukumi/platform/identity/session.ts";
import { newRequestId } from "@hagukumi/platform/access/staff.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { cookiesOf } from "../http/cookies.ts";
import type { SessionCookies } from "../http/cookies.ts";
import { checkOrigin } from "../http/guards.ts";
import { checkAskedByScript, sendFile } from "../http/leaving.ts";
import { inputProblem, problemOf } from "../http/problem.ts";
import type { Problem } from "../http/problem.ts";
import type { StaffServerOptions } from "../options.ts";
import { createDesk, holdsRight } from "./desk.ts";
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

const SCREEN = /^(\/|(\/([a-z][a-z-]*|:))+)$/;

/** 画面: what the browser says of itself goes into the access log only in a form that can hold no number and no name. */
function screenOf({ headers }: FastifyRequest): string | undefined {
  const said = headers["hagukumi-screen"];
  return typeof said === "string" && said.length <= 80 && SCREEN.test(said) ? said : undefined;
}

export async function sendProblem(reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  return await reply.status(problem.status).type("application/problem+json; charset=utf-8").send(problem);
}

/** What the mounted operations work with. `origin` and `identity` are known once the server listens. */
export type Server = {
  readonly options: StaffServerOptions;
  readonly limits: Limits;
  readonly origin: () => string;
  readonly identity: () => Identity;
};

const ENDED: Readonly<Record<NoSession, string>> = {
  none: "ログインしていないか、ログインが終わっています。",
  logOut: "ログアウトしています。",
  idle: "操作がないまま15分が過ぎたため、ログインを終えました。",
  absolute: "ログインから9時間が過ぎたため、ログインを終えました。",
  otherTerminal:
    "別の端末から使われたため、ログインを終えました。心当たりがないときは、すぐに情報政策課に知らせてください。",
  takenOver: "上司または情報政策課が、このログインを終わらせました。",
  revoked: "権限・職員証・端末のどれかが失効したため、ログインを終えました。",
  inactive: "利用が止められているか、研修の期限が過ぎたため、ログインを終えました。",
  ended: "ログインが終わっています。",
};

/** The live session of the request. @throws Refusal `sessionNeeded`, with the reason in words */
async function liveSession(server: Server, cookies: SessionCookies): Promise<UsedSession> {
  const used =
    cookies.session === undefined
      ? ({ state: "none" } as const)
      : await useSession(server.identity(), cookies.session, cookies.proof);
  if (used.state === "live") return used.session;
  throw new Refusal(
    "sessionNeeded",
    `${ENDED[used.state]}入力した内容は画面に残ります。もう一度ログインしてください。`,
    { reason: used.state },
  );
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  server: Server,
): Promise<FastifyReply> {
  const origin = server.origin();
  if (operation.method !== "GET") checkOrigin(request, origin);
  if (operation.response === "file") checkAskedByScript(request);
  const requestId = newRequestId();
  reply.header("request-id", requestId);
  const cookies = cookiesOf(request, reply);
  const session = operation.access.permission === "public" ? undefined : await liveSession(server, cookies);
  const prepared = operation.prepare({
    params: request.params,
    query: request.query,
    body: operation.method === "GET" ? {} : (request.body ?? {}),
  });
  const desk = createDesk({
    options: server.options,
    origin,
    cookies,
    operation,
    requestId,
    screen: screenOf(request),
    identity: server.identity(),
    session,
    idempotencyKey: "faults" in prepared ? "" : idempotencyKey(request, operation),
  });
  // Whoever may not use the operation learns that, and not what its input should look like; the refusal is recorded.
  if (session !== undefined && ("faults" in prepared || !holdsRight(operation, session.permissions)))
    await desk.staff();
  if ("faults" in prepared) return await sendProblem(reply, inputProblem(prepared.faults));
  const result = await prepared.run(desk);
  if ("file" in result)
    return await sendFile(reply, operation.leaving ?? { how: "container" }, result.file, {
      route: operation.id,
      pool: desk.pool,
      operator: desk.session().staffId,
      today: server.options.today(),
    });
  return await reply.type("application/json; charset=utf-8").send(JSON.stringify(result.json));
}

/** Adds every operation to the server. */
export function mountOperations(app: FastifyInstance, operations: readonly Operation[], server: Server): void {
  for (const operation of operations) {
    const { general, logIn } = server.limits;
    app.route({
      method: operation.method,
      url: `${API_BASE}${operation.path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
      bodyLimit: operation.bodyLimit,
      config: { rateLimit: { max: operation.logIn ? logIn : general, timeWindow: 60_000 } },
      handler: async (request, reply) => await answer(request, reply, operation, server),
    });
  }
  app.all(`${API_BASE}/*`, async (_request, reply) => {
    return await sendProblem(reply, problemOf("pageMissing", "この操作はありません。アドレスを確かめてください。"));
  });
}
