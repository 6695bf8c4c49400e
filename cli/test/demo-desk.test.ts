import { civilDate } from "@hagukumi/law/contract.ts";
import { createStaffKey } from "@hagukumi/outside-staff-key/contract.ts";
import { seedDemoStaff } from "@hagukumi/platform/identity/demo-staff.ts";
import { startStaffServer } from "@hagukumi/web-staff/contract.ts";
import type { Demo } from "@hagukumi/web-staff/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../platform/test/support/cluster.ts";
import { testIdentity } from "../../platform/test/support/identity.ts";
import { calendar } from "../../systems/allowance/test/support/cases.ts";
import { call, serveDesk, wire } from "../../web/staff/test/support/served-desk.ts";
import type { Answer, ServedDesk } from "../../web/staff/test/support/served-desk.ts";
import { demoDesk } from "../src/start/demo-desk.ts";

const { operations, apiBase, sessionCookie, terminalCookie } = wire();

const database = useDatabase();
let desk: ServedDesk;
let demo: Demo;

beforeAll(async () => {
  const identity = testIdentity(database.pool);
  demo = demoDesk(await seedDemoStaff(identity, createStaffKey));
  desk = await serveDesk(database.pool, { installation: "demo", demo, identity });
});
afterAll(async () => await desk.end());

/** The cookies that an answer sets, as `name=value`. */
function cookiesIn({ headers }: Answer): readonly string[] {
  return headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
}

async function send(id: string, cookie: string, body: unknown = {}): Promise<Answer> {
  const operation = operations.find((each) => each.id === id);
  if (operation === undefined) throw new Error(`no operation ${id}`);
  return await call(desk.server, { cookie }, operation, { body });
}

async function proof(cookie: string, staffId: string, start: string): Promise<unknown> {
  const begun = await send(start, cookie, start === "startLogIn" ? { staffId } : {});
  const { challenge, rpId } = begun.json;
  return (await send("signAsDemo", cookie, { staffId, challenge, rpId })).json["assertion"];
}

const passwordOf = (staffId: string): string => demo.people.find((each) => each.staffId === staffId)?.password ?? "";

describe("the demonstration", () => {
  it("does not start beside the settings of production or training", async () => {
    const identity = testIdentity(database.pool);
    const production = { ...identity, settings: { ...identity.settings, production: true } };
    const options = {
      pool: database.pool,
      calendar,
      today: () => civilDate("2026-11-24"),
      dataDir: desk.dataDir,
      port: 0,
      demo,
      identity,
    };
    await expect(startStaffServer({ ...options, installation: "training" })).rejects.toMatchObject({
      code: "demoNotPermitted",
    });
    await expect(startStaffServer({ ...options, installation: "production" })).rejects.toMatchObject({
      code: "demoNotPermitted",
    });
    await expect(startStaffServer({ ...options, installation: "demo", identity: production })).rejects.toMatchObject({
      code: "demoNotPermitted",
    });
  });

  it("the software key alone, and the password alone, open nothing", async () => {
    const cookie = `${terminalCookie}=${demo.terminalSecret}`;
    const assertion = await proof(cookie, "demo.chuo", "startLogIn");
    const other = await proof(cookie, "demo.kita", "startLogIn");
    const wrong = await send("logIn", cookie, { staffId: "demo.chuo", assertion, password: "chigau.pasuwado" });
    const foreign = await send("logIn", cookie, {
      staffId: "demo.chuo",
      assertion: other,
      password: passwordOf("demo.chuo"),
    });
    expect([wrong.status, wrong.code, foreign.status, foreign.code]).toEqual([
      401,
      "logInRefused",
      401,
      "logInRefused",
    ]);
    expect((await database.pool.query("SELECT 1 FROM identity.session")).rows.length).toBe(0);
  });

  it("[THR16] a token set before the log-in is not kept, each re-authentication gives a new one, and no token stands anywhere but in the cookie", async () => {
    const planted = "P".repeat(43);
    const before = `${sessionCookie}=${planted}; ${terminalCookie}=${demo.terminalSecret}`;
    const password = passwordOf("demo.shinsa");
    const seen: string[] = [];
    const assertion = await proof(before, "demo.shinsa", "startLogIn");
    const made = await send("logIn", before, { staffId: "demo.shinsa", assertion, password });
    expect(made.status, made.text).toBe(200);
    const first = cookiesIn(made).find((pair) => pair.startsWith(sessionCookie)) ?? "";
    expect(made.headers.getSetCookie().find((line) => line.startsWith(sessionCookie))).toMatch(
      /; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(first).not.toContain(planted);
    expect((await send("getSession", before)).status).toBe(401);
    const signedIn = `${first}; ${terminalCookie}=${demo.terminalSecret}`;
    const again = await proof(signedIn, "demo.shinsa", "startStepUp");
    const stepped = await send("finishStepUp", signedIn, { assertion: again, password });
    expect(stepped.status, stepped.text).toBe(200);
    const second = cookiesIn(stepped).find((pair) => pair.startsWith(sessionCookie)) ?? "";
    expect(second).not.toBe(first);
    expect((await send("getSession", signedIn)).status).toBe(401);
    const now = `${second}; ${terminalCookie}=${demo.terminalSecret}`;
    // Every answer that this person can get, the page itself, and every table of text in the database.
    for (const operation of operations.filter(({ method }) => method === "GET")) {
      seen.push((await call(desk.server, { cookie: now }, operation)).text);
    }
    for (const path of ["/", "/runs", `${apiBase}/openapi.json`]) {
      seen.push(await (await fetch(`${desk.server.url}${path}`, { headers: { cookie: now } })).text());
    }
    for (const table of [
      "access.log",
      "audit.event",
      "audit.command",
      "identity.session",
      "identity.attempt",
      "identity.alert",
      "identity.terminal",
    ]) {
      const { rows } = await database.pool.query(`SELECT t::text AS line FROM ${table} t`);
      seen.push(JSON.stringify(rows));
    }
    const secrets = [first, second].map((pair) => pair.split("=")[1] ?? "").concat(demo.terminalSecret);
    expect(secrets.every((secret) => secret.length >= 43)).toBe(true);
    for (const secret of secrets) expect(seen.filter((text) => text.includes(secret)).length).toBe(0);
  });
});
