/** REST pull from an office's provider, over real HTTP on this machine. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { type Provider, startProvider } from "@hagukumi/outside-sources/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import {
  applyDeliveries,
  inquirePerson,
  listDeliveries,
  pullDeliveries,
  receiveDeliveries,
  type RestSource,
} from "../../contract.ts";
import { agree, makeTown, settle, type SmallTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const context: Context = testContext(database, dir, "renkei.batch");
const CLIENT = "HAGUKUMI0000000000000000000000A1";
const SECRET = "not-a-secret-of-anybody-0123456789-abcdef";
const SCOPE = "001:residents:read";
let small: SmallTown;
let provider: Provider;
let source: RestSource;
let clock = 0;

const residents = { interfaceCode: "residents", version: "1.0" };

async function round() {
  await receiveDeliveries(context, small.store);
  return await applyDeliveries(context, small.store);
}

beforeAll(async () => {
  await agree(context);
  small = await makeTown(dir, 60);
  await settle(context, (small as SmallTown & { cityDir: string }).cityDir);
  provider = await startProvider({
    port: 0,
    systemId: "001",
    clients: {
      [CLIENT]: { secret: SECRET, scopes: [SCOPE, "001:residence-status:read"] },
      OTHERSYSTEM00000000000000000000B: { secret: `${SECRET}-b`, scopes: ["001:endorsements:read"] },
    },
    resources: { residents: "residents", endorsements: "endorsements", "residence-status": "residenceStatus" },
    sender: small.sender,
    persons: {
      "residence-status": {
        "000000000012345": { 宛名番号: "000000000012345" },
      },
    },
    now: () => Date.now() + clock,
  });
  source = { url: provider.url, clientId: CLIENT, clientSecret: SECRET };
  await small.sender.send("residents", small.town.residents(), { kind: "full", asOf: "2026-11-20" });
});

afterAll(async () => await provider.close());

describe("an office's provider", () => {
  it("[A165] gives nothing without the right client, secret and scope, and logs every call", async () => {
    const wrong = { ...source, clientSecret: "guessed" };
    await expect(pullDeliveries(context, small.store, wrong, residents)).rejects.toMatchObject({
      code: "sourceRefused",
    });
    const stranger = { ...source, clientId: "NOBODY" };
    await expect(pullDeliveries(context, small.store, stranger, residents)).rejects.toMatchObject({
      code: "sourceRefused",
    });
    // A known system, but not with this scope: it may ask for endorsements alone.
    const other = { ...source, clientId: "OTHERSYSTEM00000000000000000000B", clientSecret: `${SECRET}-b` };
    await expect(pullDeliveries(context, small.store, other, residents)).rejects.toMatchObject({
      code: "sourceRefused",
    });
    expect(provider.log.map(({ status }) => status)).toEqual([401, 401, 400]);
    // A token of one scope opens no other resource, and an old one nothing at all.
    const token = async (scope: string): Promise<string> => {
      const basic = Buffer.from(`${CLIENT}:${SECRET}`).toString("base64");
      const answer = await fetch(`${provider.url}/oauth/token`, {
        method: "POST",
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: "client_credentials", scope }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    const ask = async (bearer: string, path: string): Promise<number> =>
      (await fetch(`${provider.url}${path}`, { headers: { authorization: `Bearer ${bearer}` } })).status;
    const narrow = await token("001:residence-status:read");
    expect(await ask(narrow, "/001/residents/deliveries?after=0")).toBe(403);
    const right = await token(SCOPE);
    expect(await ask(right, "/001/residents/deliveries?after=0")).toBe(200);
    expect(await ask(right, "/001/residents/deliveries")).toBe(400);
    clock = 61_000;
    expect(await ask(right, "/001/residents/deliveries?after=0")).toBe(401);
    clock = 0;
    // In an address, a token is none.
    expect(await ask("", `/001/residents/deliveries?after=0&access_token=${await token(SCOPE)}`)).toBe(401);
    const last = provider.log.at(-1);
    expect(last).toMatchObject({ status: 401, client: null });
    expect(provider.log.find(({ status, what }) => status === 200 && what.includes("deliveries"))).toMatchObject({
      client: CLIENT,
      scope: SCOPE,
      rows: small.town.residents().length,
    });
  });

  it("[A165] by file and by REST the same rows give the same register, and what came by one is not taken in again by the other", async () => {
    expect(await pullDeliveries(context, small.store, source, residents)).toEqual({ pulled: 1, lastSequence: 1 });
    // The same full set lies in the store as a file as well: one of the two is the duplicate.
    expect(await round()).toMatchObject({ applied: 1, duplicate: 1, rejectedRows: 0 });
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM allowance.person_history WHERE revision > 1",
    );
    expect(rows[0]?.n).toBe(0); // not a cell is another than the city was first taken in with
    const day = small.town.live({ movesWithin: 1, births: 1 });
    await small.sender.send("residents", day.residents, { asOf: day.date, fault: "lost" });
    expect(await pullDeliveries(context, small.store, source, residents)).toEqual({ pulled: 1, lastSequence: 2 });
    expect(await round()).toMatchObject({ applied: 1, duplicate: 0 });
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]).toMatchObject({
      transport: "rest",
      sequence: 2,
      added: day.residents.length,
    });
    expect(await pullDeliveries(context, small.store, source, residents)).toEqual({ pulled: 0, lastSequence: 2 });
  });

  it("[D247] each linkage is logged on both sides: the office's log names our system, its scope, what it took and how many rows; ours the delivery with times, hash and who took it in, and the allowance system the batch that it became", async () => {
    const [ours] = await listDeliveries(database.pool, { limit: 1 });
    expect(ours).toMatchObject({ transport: "rest", sequence: 2 });
    const theirs = provider.log.findLast(({ rows: taken }) => taken > 0);
    expect(theirs).toMatchObject({ client: CLIENT, scope: SCOPE, status: 200, rows: ours?.rows });
    expect(theirs?.what).toBe("GET /001/residents/deliveries");
    expect(Date.parse(theirs?.at ?? "")).toBeLessThanOrEqual(ours?.receivedAt.getTime() ?? 0);
    // Who asked without the right stands there too: the same log is the access log of that side.
    expect(provider.log.filter(({ status }) => status === 401 || status === 403).length).toBeGreaterThan(3);
    const { rows } = await database.pool.query<{ action: string; actor: string; purpose: string }>(
      "SELECT action, actor, purpose FROM audit.event WHERE object_kind = 'delivery' AND object_id = $1 ORDER BY event_id",
      [String(ours?.deliveryId)],
    );
    expect(rows.map(({ action }) => action)).toEqual(["interchange.receive", "interchange.settle"]);
    for (const { actor, purpose } of rows) expect([actor, purpose.length > 0]).toEqual([context.operator, true]);
    const { rows: batches } = await database.pool.query<{ source: string; channel: string; interface: string }>(
      "SELECT source_code AS source, channel_code AS channel, interface_code AS interface FROM allowance.import_batch ORDER BY batch_id DESC LIMIT 1",
    );
    expect(batches).toEqual([{ source: "cityOffice", channel: "interchange", interface: "residents" }]);
  });

  it("an answer that was changed on its way, a provider that is down or not there: nothing is put into the store", async () => {
    const before = readdirSync(join(small.storeDir, "rest")).length;
    const day = small.town.live({ births: 1 });
    await small.sender.send("residents", day.residents, { asOf: day.date, fault: "lost" });
    provider.tamper(true);
    await expect(pullDeliveries(context, small.store, source, residents)).rejects.toMatchObject({
      code: "deliveryBroken",
    });
    provider.tamper(false);
    provider.breakDown(true);
    await expect(pullDeliveries(context, small.store, source, residents)).rejects.toMatchObject({
      code: "sourceUnavailable",
    });
    provider.breakDown(false);
    const gone = { ...source, url: "http://127.0.0.1:9" };
    await expect(pullDeliveries(context, small.store, gone, residents)).rejects.toMatchObject({
      code: "sourceUnavailable",
    });
    expect(readdirSync(join(small.storeDir, "rest"))).toHaveLength(before);
    expect(await pullDeliveries(context, small.store, source, residents)).toMatchObject({ pulled: 1 });
    expect(await round()).toMatchObject({ applied: 1 });
  });

  it("[D181] a question about somebody whom the allowance does not need is not even asked; the one that is asked is on record first", async () => {
    const status = { interfaceCode: "residenceStatus", version: "1.0" };
    const calls = provider.log.length;
    await expect(inquirePerson(context, source, { ...status, number: 12_345 })).rejects.toMatchObject({
      code: "personNotAgreed",
    });
    expect(provider.log).toHaveLength(calls);
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT addressee_number AS n FROM allowance.recipient LIMIT 1",
    );
    const number = rows[0]?.n ?? 0;
    expect(await inquirePerson(context, source, { ...status, number })).toBeUndefined();
    expect(provider.log.slice(calls).map(({ status: said }) => said)).toEqual([200, 404]);
    const asked = await database.pool.query(
      "SELECT FROM audit.event WHERE action = 'interchange.inquire' AND object_id = $1",
      [String(number)],
    );
    expect(asked.rowCount).toBe(1);
    // The secret is nowhere in what was stored or logged.
    expect(JSON.stringify(provider.log)).not.toContain(SECRET);
    for (const file of readdirSync(join(small.storeDir, "rest"))) {
      expect(readFileSync(join(small.storeDir, "rest", file), "utf8")).not.toContain(SECRET);
    }
  });
});
