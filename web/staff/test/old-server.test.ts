import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase, useDatabase } from "../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../systems/allowance/test/support/cases.ts";
import { startStaffServer } from "../src/old-server.ts";
import { CLERK, serveCity } from "./support/old-served-city.ts";
import type { ServedCity } from "./support/old-served-city.ts";

const database = useDatabase();
let city: ServedCity | undefined;
beforeAll(async () => {
  city = await serveCity(database.pool);
});
afterAll(async () => await city?.end());

function served(): ServedCity {
  if (city === undefined) throw new Error("the city is there only inside tests");
  return city;
}

const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  await fetch(`${served().server.url}${path}`, { headers });

const post = async (q: string, headers: Record<string, string> = {}): Promise<Response> =>
  await fetch(`${served().server.url}/search`, { method: "POST", body: new URLSearchParams({ q }), headers });

type Event = {
  readonly actor: string;
  readonly purpose: string;
  readonly action: string;
  readonly object_id: string;
  readonly detail: unknown;
};

async function eventsAfter(id: number): Promise<readonly Event[]> {
  const { rows } = await database.pool.query<Event>(
    "SELECT actor, purpose, action, object_id, detail FROM audit.event WHERE event_id > $1 ORDER BY event_id",
    [id],
  );
  return rows;
}

async function lastEvent(): Promise<number> {
  const { rows } = await database.pool.query<{ id: number }>("SELECT max(event_id) AS id FROM audit.event");
  return rows[0]?.id ?? 0;
}

/** One raw request: `fetch` does not let a caller choose the Host header. */
async function rawRequest(host: string): Promise<string> {
  const { port } = new URL(served().server.url);
  return await new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), "127.0.0.1", () =>
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    );
    socket.on("data", (data) => {
      answer += data.toString();
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("what is refused", () => {
  it("a form sent from another site", async () => {
    const answer = await post("かくう", { origin: "https://example.com" });
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain("架空　花子");
    expect((await post("かくう", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post("かくう", { origin: served().server.url })).status).toBe(200);
  });

  it("a name of the server that is not its own (a page elsewhere that points here)", async () => {
    expect(await rawRequest("evil.example")).toMatch(/^HTTP\/1\.1 403/);
    expect(await rawRequest("localhost:1234")).toMatch(/^HTTP\/1\.1 200/);
  });

  it("a number that is none, a person and a run that are not there, a page that is not there: Japanese, a code, no stack", async () => {
    const cases = [
      ["/recipients/abc", 400, "badInput"],
      ["/recipients/99999999999", 400, "badInput"],
      ["/recipients/9999999999", 404, "recipientUnknown"],
      ["/runs/0", 400, "badInput"],
      ["/runs/77", 404, "runMissing"],
      ["/nowhere", 404, "pageMissing"],
      ["/runs/1/files/..%2F..%2Fetc%2Fpasswd", 404, "pageMissing"],
      ["/runs/1/files/hagukumi-0001-20261215.dat", 404, "pageMissing"],
      ["/assets/fonts/files/..%2f..%2fpackage.json", 404, "pageMissing"],
    ] as const;
    for (const [path, status, code] of cases) {
      const answer = await get(path);
      const text = await answer.text();
      expect([path, answer.status], path).toStrictEqual([path, status]);
      expect(text).toContain(code);
      expect(text).not.toMatch(/node:|\.ts:\d|at async/);
      const json = await get(path, { accept: "application/json" });
      expect(json.headers.get("content-type")).toContain("application/problem+json");
      expect(await json.json()).toMatchObject({ status, code, type: "about:blank" });
    }
  });

  it("nothing of a person is shown when the record of the opening cannot be written", async () => {
    const { dataDir, tsuji } = served();
    const unrecorded = await startStaffServer({
      // An empty operator is refused by the audit table itself.
      context: { ...contextOf(database.pool, ""), purpose: "" },
      dataDir,
      port: 0,
    });
    try {
      for (const path of [`/recipients/${tsuji}`, "/runs/1/files/payee-list-0001.csv", "/runs/1/transfer"]) {
        const answer = await fetch(`${unrecorded.url}${path}`);
        const text = await answer.text();
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(text).not.toMatch(/太郎|ﾂｼﾞ|0123456/);
      }
    } finally {
      await unrecorded.close();
    }
  });

  it("without the database: 503 in Japanese with a code, and /healthz says so", async () => {
    const gone = await freshDatabase();
    const server = await startStaffServer({ context: contextOf(gone.pool, CLERK), dataDir: served().dataDir, port: 0 });
    try {
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      await gone.drop();
      const page = await fetch(server.url);
      expect(page.status).toBe(503);
      expect(await page.text()).toContain("databaseUnavailable");
      const health = await fetch(`${server.url}/healthz`, { headers: { accept: "application/json" } });
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({ code: "databaseUnavailable" });
    } finally {
      await server.close();
    }
  });
});

describe("what is recorded", () => {
  it("opening a person: who, why, whom; a purpose that is not in the list becomes the first of it", async () => {
    const before = await lastEvent();
    const { tsuji } = served();
    await (await get(`/recipients/${tsuji}?purpose=audit`)).text();
    await (await get(`/recipients/${tsuji}?purpose=<b>free`)).text();
    const opened = { actor: CLERK, action: "inquiry.openRecipient", object_id: String(tsuji) };
    expect(await eventsAfter(before)).toMatchObject([
      { ...opened, purpose: "監査・点検" },
      { ...opened, purpose: "窓口・電話での照会" },
    ]);
  });

  it("a search, but never the name that was typed", async () => {
    const before = await lastEvent();
    const text = await (await post("架空　花")).text();
    expect(text).toContain("架空　花子");
    const events = await eventsAfter(before);
    expect(events).toMatchObject([{ actor: CLERK, action: "inquiry.search", detail: { by: "name" } }]);
    expect(JSON.stringify(events)).not.toContain("花");
  });

  it("taking a file: the list and the transfer file, byte for byte", async () => {
    const before = await lastEvent();
    const csv = await get("/runs/1/files/payee-list-0001.csv");
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="payee-list-0001.csv"');
    expect((await csv.text()).split("\r\n")).toHaveLength(1 + 5 + 1);
    const transfer = await get("/runs/1/transfer");
    const { rows } = await database.pool.query<{ bytes: Buffer }>("SELECT bytes FROM allowance.transfer_file");
    expect(Buffer.from(await transfer.arrayBuffer()).equals(rows[0]?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect(await eventsAfter(before)).toMatchObject([
      { action: "inquiry.download", object_id: "1", detail: { fileName: "payee-list-0001.csv" } },
      { action: "inquiry.download", object_id: "1", detail: { fileName: "hagukumi-0001-20261215.dat" } },
    ]);
  });
});

describe("what goes with every page", () => {
  it("a policy without scripts, inline styles or other origins; nothing kept by the browser", async () => {
    const { tsuji } = served();
    for (const path of ["/", "/search", `/recipients/${tsuji}`, "/nowhere", "/runs/1/files/payee-list-0001.csv"]) {
      const { headers } = await get(path);
      expect(headers.get("content-security-policy")).toBe(
        "default-src 'none';style-src 'self';font-src 'self';img-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'",
      );
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });
});
