import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { API_BASE } from "../../src/api/mount.ts";
import { openApiDocument } from "../../src/api/open-api.ts";
import { operations } from "../../src/api/operations.ts";
import type { Operation } from "../../src/api/operation.ts";
import { SESSION_COOKIE, TERMINAL_COOKIE } from "../../src/http/cookies.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let desk: ServedDesk;
let treasurer: Actor;
let clerk: Actor;

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  treasurer = await makeActor(database.pool, "g.treasurer", "treasurer");
  clerk = await makeActor(database.pool, "g.clerk", "clerk");
});
afterAll(async () => await desk.end());

function operationOf(id: string): Operation {
  const found = operations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  return found;
}

/** `from_month` → `fromMonth` */
const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

const unsafe = operations.filter(({ method }) => method !== "GET");

describe("what comes from elsewhere is refused", () => {
  const variants: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["another origin", { origin: "https://example.com" }],
    ["another origin that says same-origin", { origin: "https://example.com", "sec-fetch-site": "same-origin" }],
    ["another port of this host", { origin: "http://localhost:1" }],
    ["this host by https", { origin: "https://localhost" }],
    ["a name that only begins like ours", { origin: "http://localhost.example.com" }],
    ["the origin null (sandboxed frame, redirect)", { origin: "null" }],
    ["no origin, as from a form of an old browser", { origin: "", "sec-fetch-site": "" }],
    ["no origin and cross-site", { origin: "", "sec-fetch-site": "cross-site" }],
    ["no origin and same-site", { origin: "", "sec-fetch-site": "same-site" }],
    ["our origin, but cross-site", { "sec-fetch-site": "cross-site" }],
    ["our origin, but same-site", { "sec-fetch-site": "same-site" }],
    ["our origin, typed into the address bar", { "sec-fetch-site": "none" }],
  ];

  it(`[THR15] each of the ${unsafe.length} unsafe operations × 12 variants of the headers: refused before anything else`, async () => {
    const wrong: string[] = [];
    for (const operation of unsafe) {
      for (const [name, headers] of variants) {
        const { status, code } = await call(desk.server, treasurer, operation, { headers });
        if (status !== 403 || code !== "crossOrigin") wrong.push(`${operation.id}, ${name}: ${status} ${code}`);
      }
    }
    expect(variants.length).toBe(12);
    expect(wrong).toEqual([]);
  });

  it("[THR15] from our own page the same call goes through, and no answer may be framed or kept", async () => {
    const answer = await call(desk.server, treasurer, operationOf("extendSession"));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("content-security-policy")).not.toContain("unsafe-inline");
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  });

  it("a name that somebody else points at this machine", async () => {
    const { port } = new URL(desk.server.url);
    const text = await new Promise<string>((resolve, reject) => {
      let answer = "";
      const socket = connect(Number(port), "127.0.0.1", () =>
        socket.write("GET /api/v1/entrance HTTP/1.1\r\nHost: angriff.example\r\nConnection: close\r\n\r\n"),
      );
      socket.on("data", (data) => {
        answer += data.toString();
      });
      socket.on("end", () => resolve(answer));
      socket.on("error", reject);
    });
    expect(text).toContain("403");
    expect(text).toContain("wrongHost");
  });
});

describe("without a session, with the wrong one, without the key", () => {
  it("no cookie: every operation that is not public answers 401 with what to do", async () => {
    const wrong: string[] = [];
    for (const operation of operations.filter(({ access }) => access.permission !== "public")) {
      const { status, code } = await call(desk.server, undefined, operation);
      if (status !== 401 || code !== "sessionNeeded") wrong.push(`${operation.id}: ${status} ${code}`);
    }
    expect(wrong).toEqual([]);
  });

  it("a token that was never given, and the token of another's cookie name: 401", async () => {
    for (const cookie of [
      `${SESSION_COOKIE}=${"A".repeat(43)}; ${TERMINAL_COOKIE}=${clerk.terminalSecret}`,
      `session=${clerk.token}; ${TERMINAL_COOKIE}=${clerk.terminalSecret}`,
      `${SESSION_COOKIE}=' OR 1=1 --; ${TERMINAL_COOKIE}=${clerk.terminalSecret}`,
    ]) {
      expect((await call(desk.server, { cookie }, operationOf("getSession"))).status).toBe(401);
    }
  });

  it("a session whose token comes from another terminal is over, for its owner too", async () => {
    const victim = await makeActor(database.pool, "g.victim", "clerk");
    const elsewhere = { cookie: `${SESSION_COOKIE}=${victim.token}; ${TERMINAL_COOKIE}=${treasurer.terminalSecret}x` };
    expect((await call(desk.server, victim, operationOf("getSession"))).status).toBe(200);
    expect((await call(desk.server, elsewhere, operationOf("getSession"))).status).toBe(401);
    const after = await call(desk.server, victim, operationOf("getSession"));
    expect([after.status, after.code]).toEqual([401, "sessionNeeded"]);
  });

  it("a command without Idempotency-Key: 400, and nothing is written", async () => {
    const before = await database.pool.query("SELECT count(*) AS n FROM audit.command");
    const answer = await call(desk.server, treasurer, operationOf("createPaymentRun"), {
      body: { paymentMonth: "2026-12", kind: "regular" },
      headers: { "idempotency-key": "" },
    });
    expect([answer.status, answer.code]).toEqual([400, "idempotencyKeyNeeded"]);
    expect((await database.pool.query("SELECT count(*) AS n FROM audit.command")).rows).toEqual(before.rows);
  });

  it("an operation that needs a re-authentication, without one: 403 stepUpNeeded, recorded", async () => {
    const stale = await makeActor(database.pool, "g.stale", "treasurer", { steppedUp: false });
    const answer = await call(desk.server, stale, operationOf("freezePaymentRun"), { path: { runNo: 1 } });
    expect([answer.status, answer.code]).toEqual([403, "stepUpNeeded"]);
    const { rows } = await database.pool.query<{ refusal_code: string }>(
      "SELECT refusal_code FROM access.log WHERE staff_id = 'g.stale' AND operation = 'freezePaymentRun'",
    );
    expect(rows).toEqual([{ refusal_code: "stepUpNeeded" }]);
  });

  it("a log-out ends the session on the server and clears cookie, cache and storage in the browser", async () => {
    const leaving = await makeActor(database.pool, "g.leaving", "clerk");
    const answer = await call(desk.server, leaving, operationOf("endSession"));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("clear-site-data")).toBe('"cache", "storage"');
    expect(answer.headers.get("set-cookie")).toMatch(new RegExp(`${SESSION_COOKIE}=;.*Expires=Thu, 01 Jan 1970`));
    expect((await call(desk.server, leaving, operationOf("getSession"))).status).toBe(401);
  });
});

type BodySchema = { readonly properties?: Readonly<Record<string, { readonly const?: unknown }>> };

/** The bodies that an operation takes: one, or each of a choice; an empty one where it takes none. */
function bodiesOf(operation: Operation): readonly BodySchema[] {
  const { paths } = openApiDocument([operation]) as {
    readonly paths: Record<
      string,
      {
        readonly post?: {
          readonly requestBody?: {
            readonly content: {
              readonly "application/json": { readonly schema: BodySchema & { readonly oneOf?: readonly BodySchema[] } };
            };
          };
        };
      }
    >;
  };
  const schema = paths[`${API_BASE}${operation.path}`]?.post?.requestBody?.content["application/json"].schema;
  return schema?.oneOf ?? [schema ?? {}];
}

describe("what is sent too much", () => {
  it("[THR22] every column name of the database as an extra input, at each unsafe operation: 400, no effect", async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT DISTINCT column_name AS name FROM information_schema.columns
       WHERE table_schema IN ('allowance', 'identity', 'access', 'audit') ORDER BY 1`,
    );
    expect(rows.length).toBeGreaterThan(200);
    const count = async (): Promise<unknown> =>
      (await database.pool.query("SELECT count(*) AS n FROM audit.command")).rows;
    const before = await count();
    const wrong: string[] = [];
    // One request names all that the operation does not know; the answer must name each of them.
    for (const operation of unsafe) {
      for (const { properties = {} } of bodiesOf(operation)) {
        const extra = [...new Set(rows.flatMap(({ name }) => [name, camel(name)]))].filter(
          (name) => !(name in properties),
        );
        // What says which of several bodies this is stands as it should; everything else is too much.
        const told = Object.entries(properties).flatMap(([name, of]) =>
          of.const === undefined ? [] : [[name, of.const]],
        );
        const prepared = operation.prepare({
          params: {},
          query: {},
          body: { ...Object.fromEntries(extra.map((name) => [name, "1"])), ...Object.fromEntries(told) },
        });
        if (!("faults" in prepared) || !prepared.faults.some(({ message }) => message.includes("受け付けていません"))) {
          wrong.push(`${operation.id}: an unknown key was taken`);
        }
      }
    }
    expect(wrong).toEqual([]);
    // Over HTTP, one by one, where it would hurt most: state, amount, approver of a payment run.
    for (const { name } of rows) {
      for (const key of new Set([name, camel(name)])) {
        if (key === "reason") continue;
        const answer = await call(desk.server, treasurer, operationOf("cancelPaymentRun"), {
          path: { runNo: 1 },
          body: { reason: "架空の取消", [key]: "1" },
        });
        if (answer.status !== 400 || answer.code !== "badInput") wrong.push(`${key}: ${answer.status} ${answer.code}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await count()).toEqual(before);
  });

  it("every object that an operation takes is closed: no schema of a request body lets unknown keys through", () => {
    const open: string[] = [];
    const walk = (schema: unknown, at: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      const { type, properties, additionalProperties } = schema as Record<string, unknown>;
      // A map (content of a form) is read by the procedure's own closed shape behind it.
      const map = typeof additionalProperties === "object";
      if (type === "object" && properties !== undefined && additionalProperties !== false && !map) open.push(at);
      for (const [key, part] of Object.entries(schema)) walk(part, `${at}.${key}`);
    };
    for (const operation of unsafe) {
      const { paths } = openApiDocument([operation]) as { paths: Record<string, { post?: { requestBody?: unknown } }> };
      walk(Object.values(paths)[0]?.post?.requestBody, operation.id);
    }
    expect(open).toEqual([]);
  });

  it("a body that is too large, no JSON, or of another kind: 4xx in Japanese, never a stack", async () => {
    for (const answer of [
      await post(`{"staffId":"${"x".repeat(100_000)}"}`, "application/json"),
      await post('{"staffId":', "application/json"),
      await post("staffId=1", "application/x-www-form-urlencoded"),
      await post('{"staffId":"a","__proto__":{"x":1}}', "application/json"),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(await answer.text()).not.toMatch(/at .*\.ts:\d+/);
    }
  });
});

async function post(body: string, type: string): Promise<Response> {
  return await fetch(`${desk.server.url}${API_BASE}/session/start`, {
    method: "POST",
    headers: { origin: desk.server.url, "content-type": type },
    body,
  });
}

describe("rate", () => {
  it("more requests than the limit: 429 with what to do, and the log-in has a tighter limit", async () => {
    const tight = await serveTight();
    try {
      const statuses: number[] = [];
      for (let n = 0; n < 6; n += 1)
        statuses.push(
          (await call(tight.server, undefined, operationOf("startLogIn"), { body: { staffId: "dare.mo" } })).status,
        );
      expect(statuses.filter((status) => status === 429).length).toBe(3);
      const general: number[] = [];
      for (let n = 0; n < 12; n += 1)
        general.push((await call(tight.server, undefined, operationOf("getEntrance"))).status);
      expect(general.filter((status) => status === 429).length).toBe(2);
    } finally {
      await tight.close();
    }
  });
});

async function serveTight(): Promise<{ readonly server: ServedDesk["server"]; readonly close: () => Promise<void> }> {
  const { startStaffServer } = await import("../../contract.ts");
  const { testIdentity } = await import("../../../../platform/test/support/identity.ts");
  const { calendar } = await import("../../../../systems/allowance/test/support/cases.ts");
  const { civilDate } = await import("@hagukumi/law/contract.ts");
  const server = await startStaffServer({
    pool: database.pool,
    calendar,
    today: () => civilDate("2026-11-24"),
    dataDir: desk.dataDir,
    installation: "training",
    identity: testIdentity(database.pool),
    port: 0,
    requestsPerMinute: 10,
    logInsPerMinute: 3,
  });
  return { server, close: async () => await server.close() };
}
