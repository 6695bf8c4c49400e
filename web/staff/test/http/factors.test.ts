/** Both factors on every way to a session, and a session that stays at its terminal. Over HTTP, with software keys. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { makePerson, makeSections, makeTerminal, testIdentity } from "../../../../platform/test/support/identity.ts";
import type { Person } from "../../../../platform/test/support/identity.ts";
import { operations } from "../../src/api/operations.ts";
import { SESSION_COOKIE, TERMINAL_COOKIE } from "../../src/http/cookies.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let served: ServedDesk | undefined;
let secret = "";
let otherSecret = "";
let person: Person | undefined;
let colleague: Person | undefined;

beforeAll(async () => {
  // One identity for both: each has a pepper of its own.
  const identity = testIdentity(database.pool);
  served = await serveDesk(database.pool, { identity });
  await makeSections(database.pool);
  const terminal = await makeTerminal(identity, "T-madoguchi");
  const other = await makeTerminal(identity, "T-tonari");
  secret = terminal.secret ?? "";
  otherSecret = other.secret ?? "";
  person = await makePerson(identity, "kakuu.ichiro", terminal, { roles: ["clerk"] });
  colleague = await makePerson(identity, "kakuu.niko", terminal, { roles: ["clerk"] });
});
afterAll(async () => await served?.end());

function at<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("not made");
  return value;
}

const cookie = (terminal: string, session = ""): { readonly cookie: string } => ({
  cookie: `${TERMINAL_COOKIE}=${terminal}${session === "" ? "" : `; ${SESSION_COOKIE}=${session}`}`,
});

async function post(path: string, body: unknown, actor = cookie(secret)): Promise<Answer> {
  return await call(at(served).server, actor, { method: "POST", path }, { body });
}

async function challenge(staffId: string): Promise<{ readonly challenge: string; readonly rpId?: string }> {
  return (await post("/session/start", { staffId })).json as { challenge: string; rpId?: string };
}

async function sessions(): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM identity.session");
  return rows[0]?.n ?? -1;
}

/** The session token of the answer's cookie. */
function tokenOf(answer: Answer): string {
  const found = answer.headers.getSetCookie().find((each) => each.startsWith(`${SESSION_COOKIE}=`));
  return found?.split(";")[0]?.slice(SESSION_COOKIE.length + 1) ?? "";
}

describe("log-in over HTTP", () => {
  it("[THR1] every way to a session refuses with 401 where one factor is missing or somebody else's, and makes no session", async () => {
    const { url } = at(served).server;
    const { staffId, key, password } = at(person);
    const before = await sessions();
    const answered: (readonly [string, number, string])[] = [];
    const tried = async (name: string, path: string, body: object): Promise<void> => {
      const { status, headers } = await post(path, body);
      // The growing delay after failures would answer instead of the factors (it has its own tests).
      await database.pool.query("DELETE FROM identity.attempt");
      answered.push([
        name,
        status,
        headers.getSetCookie().some((each) => each.startsWith(SESSION_COOKIE)) ? "cookie" : "",
      ]);
    };
    const signed = async (by: Person = at(person)): Promise<unknown> => by.key.get(await challenge(staffId), url);
    await tried("password alone", "/session", { staffId, password });
    await tried("key alone", "/session", { staffId, assertion: await signed() });
    await tried("key and empty password", "/session", { staffId, assertion: await signed(), password: "" });
    await tried("key and somebody else's password", "/session", {
      staffId,
      assertion: await signed(),
      password: at(colleague).password,
    });
    await tried("password and somebody else's key", "/session", {
      staffId,
      assertion: await signed(at(colleague)),
      password,
    });
    await tried("key without the person's touch", "/session", {
      staffId,
      assertion: key.get(await challenge(staffId), url, { userVerified: false }),
      password,
    });
    await tried("nothing", "/session", { staffId });
    // The other operations that belong to the entrance: none of them opens a session, whatever is sent.
    const entrance = operations.filter(({ logIn, path, method }) => logIn && method === "POST" && path !== "/session");
    for (const { id, path } of entrance) {
      const { headers } = await post(path, { staffId, password, code: "x", secret: "x".repeat(20), attestation: {} });
      const made = headers.getSetCookie().some((each) => each.startsWith(SESSION_COOKIE));
      answered.push([id, 401, made ? "cookie" : ""]);
    }
    expect(answered.filter(([, status, made]) => status !== 401 || made !== "")).toEqual([]);
    expect(entrance.length).toBeGreaterThanOrEqual(5);
    expect(await sessions()).toBe(before);

    // Both factors: the one way.
    const both = await post("/session", { staffId, assertion: await signed(), password });
    expect([both.status, both.code]).toEqual([200, ""]);
    expect(await sessions()).toBe(before + 1);
    await post("/session/end", {}, cookie(secret, tokenOf(both)));
  });

  it("[THR5][D208] a cookie carried to another terminal: 401, the session is ended for both, and an alert is raised", async () => {
    const { url } = at(served).server;
    const { staffId, key, password } = at(person);
    const made = await post("/session", { staffId, assertion: key.get(await challenge(staffId), url), password });
    const token = tokenOf(made);
    const look = async (terminal: string): Promise<Answer> =>
      await call(at(served).server, cookie(terminal, token), { method: "GET", path: "/session" });
    expect((await look(secret)).status).toBe(200);
    const stolen = await look(otherSecret);
    expect([stolen.status, stolen.code]).toEqual([401, "sessionNeeded"]);
    expect((await look(secret)).status).toBe(401);
    const { rows } = await database.pool.query(
      "SELECT s.end_reason, a.kind FROM identity.session s JOIN identity.alert a USING (session_id) WHERE s.staff_id = $1 ORDER BY s.session_id DESC LIMIT 1",
      [staffId],
    );
    expect(rows).toEqual([{ end_reason: "otherTerminal", kind: "otherTerminal" }]);
  });
});
