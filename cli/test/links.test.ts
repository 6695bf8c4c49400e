/** Every link between two processes of the product that can lie over a net: REST sources, object storage, vault, staff application, PostgreSQL. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { seedDemoSettings } from "@hagukumi/allowance/contract.ts";
import { pullDeliveries, s3Store, seedAgreements } from "@hagukumi/interchange/contract.ts";
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { type ObjectStorage, startObjectStorage } from "@hagukumi/outside-object-storage/contract.ts";
import { createSender, type Provider, startProvider } from "@hagukumi/outside-sources/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { type EmbeddedServer, startEmbedded, stopEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { connectClient } from "@hagukumi/platform/database/pool.ts";
import { registerTerminal, revokeTerminal } from "@hagukumi/platform/identity/terminals.ts";
import { type Link, openLink } from "@hagukumi/platform/tls/link.ts";
import type { TlsEnd } from "@hagukumi/platform/tls/policy.ts";
import { connectVaultSecurely, serveVaultSecurely, type VaultServer } from "@hagukumi/vault/contract.ts";
import { type StaffServer, startStaffServer } from "@hagukumi/web-staff/contract.ts";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  badNames,
  callLaxly,
  lax,
  makePki,
  type Pair,
  type Pki,
  startImpostor,
} from "../../platform/test/support/certificates.ts";
import { useDatabase } from "../../platform/test/support/cluster.ts";
import { startDatabaseImpostor } from "../../platform/test/support/database-impostor.ts";
import { asConsole, makeSections, testIdentity } from "../../platform/test/support/identity.ts";
import { startRecorder } from "../../platform/test/support/recorder.ts";
import { testContext, testFolder } from "../../systems/allowance/test/support/context.ts";
import { drawNumber, useVault } from "../../vault/test/support/vault.ts";

const database = useDatabase();
const vault = useVault();
const dir = testFolder();
const STORE_KEY = { accessKeyId: "AKIDKAKUU01", secretAccessKey: "not-a-secret-of-anybody-0123456789" };
const SECRET = "not-a-secret-of-anybody-0123456789-abcdef";
const CANARY = "架空カナリア九郎";

let pki: Pki;
let link: Link;
let provider: Provider;
let storage: ObjectStorage;
let vaultServer: VaultServer;
let staff: StaffServer;
let postgresDir: string;
let postgres: EmbeddedServer;

/** A link as both its ends know it. */
type Checked = {
  readonly name: string;
  /** Where the real end is */
  readonly url: () => string;
  /** The caller's own work over the link to the end at `url`; throws where it is refused */
  readonly work: (url: string) => Promise<unknown>;
  /** Somebody else calls the real end; whether anything was answered */
  readonly answers: (pair: Pair | undefined) => Promise<boolean>;
  /** A false end at which the caller's work is tried; what it heard of it */
  readonly impostor: (
    pair: Pair | undefined,
  ) => Promise<{ readonly url: string; readonly heard: () => number; readonly close: () => Promise<void> }>;
};

const overHttp = (
  path: string,
): Pick<Checked, "answers" | "impostor"> & { readonly at: (url: string) => Checked["answers"] } => ({
  answers: async () => await Promise.resolve(false),
  at: (url) => async (pair) => (await callLaxly(`${url}${path}`, pair)) !== undefined,
  impostor: async (pair) => {
    const made = await startImpostor(pair);
    return { url: made.url, heard: made.requests, close: made.close };
  },
});

const onceOnly = async (): Promise<void> => {
  await Promise.resolve();
};

function links(): readonly Checked[] {
  const http = overHttp("/");
  const context = testContext(database, dir, "renkei.batch");
  const place = { region: "ap-northeast-1", bucket: "renkei", folder: "", ...STORE_KEY };
  const store = (endpoint: string) => s3Store(link, { ...place, endpoint }, { pause: onceOnly });
  return [
    {
      ...http,
      name: "REST",
      url: () => provider.url,
      answers: http.at(provider.url),
      work: async (url) => {
        const source = { url, clientId: "HAGUKUMI01", clientSecret: SECRET, link };
        const residents = { interfaceCode: "residents", version: "1.0" };
        await pullDeliveries(context, store(storage.url), source, residents);
      },
    },
    {
      ...http,
      name: "object storage",
      url: () => storage.url,
      answers: http.at(storage.url),
      work: async (url) => await store(url).list("in"),
    },
    {
      ...http,
      name: "vault",
      url: () => vaultServer.socket,
      answers: http.at(vaultServer.socket),
      work: async (url) =>
        await connectVaultSecurely(url, link).call("find", vault.it.say("find"), { number: drawNumber() }),
    },
    {
      ...http,
      name: "staff application",
      url: () => staff.url,
      answers: async (pair) => (await callLaxly(`${staff.url}/api/v1/entrance`, pair)) !== undefined,
      work: async (url) => await link.fetch(`${url}/api/v1/entrance`),
    },
    {
      name: "PostgreSQL",
      url: () => postgres.url,
      work: async (url) => {
        const client = await connectClient(url);
        await client.query("SELECT 1");
        await client.end();
      },
      answers: async (pair) => {
        const { password } = new URL(postgres.url);
        const user = { user: "postgres", password, database: "postgres" };
        const client = new Client({ host: "127.0.0.1", port: postgres.port, ...user, ssl: lax(pair) });
        client.on("error", () => {});
        const entered = await client.connect().then(
          () => true,
          () => false,
        );
        await client.end().catch(() => {});
        return entered;
      },
      impostor: async (pair) => {
        const made = await startDatabaseImpostor(pair);
        const url = new URL(postgres.url);
        url.port = String(made.port);
        return { url: url.href, heard: () => made.heard().length, close: made.close };
      },
    },
  ];
}

beforeAll(async () => {
  pki = await makePki();
  link = openLink(() => pki.good.client);
  const fingerprint = pki.fingerprintOf(pki.good.client);
  const tls: TlsEnd = { identity: () => pki.good.server, peers: (each) => each === fingerprint };
  await seedAgreements(testContext(database, dir, "renkei.batch"), "kakunin.hanako");
  const sender = createSender(join(dir, "sender"));
  const residents = Object.fromEntries([["HAGUKUMI01", { secret: SECRET, scopes: ["001:residents:read"] }]]);
  provider = await startProvider({
    port: 0,
    systemId: "001",
    clients: residents,
    resources: { residents: "residents" },
    sender,
    tls,
  });
  storage = await startObjectStorage({
    port: 0,
    region: "ap-northeast-1",
    bucket: "renkei",
    keys: { [STORE_KEY.accessKeyId]: STORE_KEY.secretAccessKey },
    tls,
  });
  vaultServer = await serveVaultSecurely(vault.it.vault, { host: "127.0.0.1", port: 0 }, tls);
  await seedDemoSettings(database.pool, "settei.ichiro", "settei.niro");
  const identity = testIdentity(database.pool);
  await makeSections(database.pool);
  const terminal = {
    terminalCode: "TLS-1",
    name: "架空の窓口端末",
    sectionCode: "kodomo",
    certificateSha256: fingerprint,
  };
  await registerTerminal(identity, asConsole(), terminal);
  staff = await startStaffServer({
    pool: database.pool,
    calendar: createCalendar(nationalHolidays),
    today: () => civilDate("2026-11-24"),
    dataDir: dir,
    installation: "training",
    identity,
    port: 0,
    tls: () => pki.good.server,
  });
  postgresDir = await mkdtemp(join(tmpdir(), "hagukumi-embedded-"));
  postgres = await startEmbedded({ dir: postgresDir, tls: true, settings: { fsync: "off", shared_buffers: "16MB" } });
  // The embedded server's own certificates give way to those of the test's authority.
  const { ca, crl, certificate, key } = pki.good.server;
  const files = {
    ca,
    crl,
    server: certificate,
    "server-key": key,
    client: pki.good.client.certificate,
    "client-key": pki.good.client.key,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(postgresDir, "tls", `${name}.pem`), text);
  process.kill(postgres.pid, "SIGHUP");
});

afterAll(async () => {
  link.close();
  for (const each of [provider, storage, vaultServer, staff])
    await (each as { close: () => Promise<void> } | undefined)?.close();
  await (postgres as EmbeddedServer | undefined)?.release();
  await stopEmbedded(postgresDir);
  await rm(postgresDir, { recursive: true, force: true });
});

/** Older versions, suites without forward secrecy and bad certificates of callers, at each link. */
async function weakIsRefused(): Promise<void> {
  const urls = [provider.url, storage.url, vaultServer.socket, `${staff.url}/api/v1/entrance`];
  for (const url of urls) {
    const status = async (more: object): Promise<number | undefined> => await callLaxly(url, pki.good.client, more);
    expect(await status({ maxVersion: "TLSv1.2" })).toBeDefined();
    expect(await status({ minVersion: "TLSv1.3" })).toBeDefined();
    expect(await status({ minVersion: "TLSv1", maxVersion: "TLSv1.1" })).toBeUndefined();
    for (const suite of ["AES128-GCM-SHA256", "AES256-SHA", "ECDHE-ECDSA-AES128-SHA"])
      expect(await status({ maxVersion: "TLSv1.2", ciphers: `${suite}:@SECLEVEL=0` }), suite).toBeUndefined();
  }
  const { password } = new URL(postgres.url);
  const enters = async (more: object): Promise<boolean> => {
    const ssl = { ...lax(pki.good.client), ...more };
    const client = new Client({
      host: "127.0.0.1",
      port: postgres.port,
      user: "postgres",
      password,
      database: "postgres",
      ssl,
    });
    client.on("error", () => {});
    const entered = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    return entered;
  };
  expect(await enters({ maxVersion: "TLSv1.2" })).toBe(true);
  expect(await enters({ minVersion: "TLSv1", maxVersion: "TLSv1.1" })).toBe(false);
  expect(await enters({ maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256:@SECLEVEL=0" })).toBe(false);
  for (const each of links()) {
    for (const name of badNames)
      expect(await each.answers(pki.bad("client", name)), `${each.name} ${name}`).toBe(false);
  }
}

describe("every internal link", () => {
  it("[G42][THR68] refuses fifteen kinds of bad certificates at both ends before anything is said, and works with a good one", async () => {
    const passed: string[] = [];
    const heard: string[] = [];
    for (const each of links()) {
      for (const name of badNames) {
        if (await each.answers(pki.bad("client", name))) passed.push(`${each.name}: client ${name}`);
        const impostor = await each.impostor(pki.bad("server", name));
        const worked = await each.work(impostor.url).then(
          () => true,
          () => false,
        );
        if (worked) passed.push(`${each.name}: server ${name}`);
        if (impostor.heard() > 0) heard.push(`${each.name}: ${name}`);
        await impostor.close();
      }
      // Good, by our authority, but nobody who is known at this end
      if (await each.answers(pki.stranger)) passed.push(`${each.name}: stranger`);
    }
    expect(passed).toEqual([]);
    expect(heard).toEqual([]);
    expect([provider.log, storage.log]).toEqual([[], []]);
    for (const each of links()) {
      await each.work(each.url());
      expect(await each.answers(pki.good.client), each.name).toBe(true);
    }
  });

  it("[THR67] says nothing that a tap on the wire could read, and takes neither TLS below 1.2, nor a weak suite, nor a bad certificate", async () => {
    await weakIsRefused();
    const number = drawNumber();
    const digits = number.exposeDigits();
    const heard: Buffer[] = [];
    const tapped = async (url: string, work: (through: string) => Promise<unknown>): Promise<void> => {
      const address = new URL(url);
      const tap = await startRecorder(Number(address.port));
      address.port = String(tap.port);
      await work(address.href.replace(/\/$/, ""));
      expect(tap.heard().length, url).toBeGreaterThan(1_000);
      heard.push(tap.heard());
      await tap.close();
    };
    const store = (endpoint: string) =>
      s3Store(link, { endpoint, region: "ap-northeast-1", bucket: "renkei", folder: "", ...STORE_KEY });
    await tapped(storage.url, async (url) => await store(url).put("in/氏名.csv", CANARY.repeat(50)));
    expect(await store(storage.url).size("in/氏名.csv")).toBe(Buffer.byteLength(CANARY) * 50);
    await tapped(vaultServer.socket, async (url) => {
      const far = connectVaultSecurely(
        url,
        openLink(() => pki.good.client),
      );
      await far.call("register", vault.it.say("register"), { entries: [{ entryKey: "tap:1", number }] });
      await far.call("find", vault.it.say("find"), { number });
      await far.close();
    });
    await tapped(provider.url, async (url) => {
      const form = new URLSearchParams({
        grant_type: "client_credentials",
        scope: "001:residents:read",
        note: CANARY,
      }).toString();
      const headers = { authorization: `Basic ${Buffer.from(`HAGUKUMI01:${SECRET}`).toString("base64")}` };
      const answer = await link.fetch(`${url}/oauth/token`, { method: "POST", headers, body: form });
      expect(answer.status).toBe(200);
      await answer.text();
    });
    await tapped(staff.url, async (url) => {
      expect((await link.fetch(`${url}/api/v1/entrance?x=${CANARY}`)).status).toBeLessThan(500);
    });
    await tapped(postgres.url, async (url) => {
      const client = await connectClient(url);
      await client.query("SELECT $1::text AS said, repeat($1, 100) AS more", [CANARY]);
      await client.end();
    });
    const secrets = [
      CANARY,
      encodeURIComponent(CANARY),
      digits,
      SECRET,
      new URL(postgres.url).password,
      "SELECT",
      "oauth",
      "renkei",
    ];
    for (const secret of secrets)
      expect(
        heard.some((bytes) => bytes.includes(secret)),
        secret,
      ).toBe(false);
    // The same tap on a link without TLS hears it: it is no deaf one.
    const plain = await startObjectStorage({
      port: 0,
      region: "ap-northeast-1",
      bucket: "renkei",
      keys: { [STORE_KEY.accessKeyId]: STORE_KEY.secretAccessKey },
    });
    const tap = await startRecorder(Number(new URL(plain.url).port));
    await store(`http://127.0.0.1:${tap.port}`).put("in/x.csv", CANARY);
    expect(tap.heard().includes(CANARY)).toBe(true);
    await tap.close();
    await plain.close();
  });
});

describe("the terminals of the staff", () => {
  it("[THR69] a device that is not on the list, or no more, does not even reach the log-in; a registered one is known by its certificate", async () => {
    const reach = async (pair: Pair | undefined): Promise<readonly (number | undefined)[]> =>
      await Promise.all(
        ["/", "/healthz", "/api/v1/entrance", "/api/v1/log-in"].map(
          async (path) => await callLaxly(`${staff.url}${path}`, pair),
        ),
      );
    const nothing = [undefined, undefined, undefined, undefined];
    expect(await reach(pki.stranger)).toEqual(nothing);
    expect(await reach(undefined)).toEqual(nothing);
    expect((await reach(pki.good.client)).slice(1, 3)).toEqual([200, 200]);
    const entrance = (await (await link.fetch(`${staff.url}/api/v1/entrance`)).json()) as {
      readonly terminalName: string;
    };
    expect(entrance.terminalName).toBe("架空の窓口端末");
    const identity = testIdentity(database.pool);
    await revokeTerminal(identity, asConsole(), { terminalCode: "TLS-1", reason: "紛失" });
    await expect.poll(async () => await reach(pki.good.client), { timeout: 15_000, interval: 300 }).toEqual(nothing);
  });
});
