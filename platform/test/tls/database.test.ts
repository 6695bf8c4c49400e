/** PostgreSQL over TLS: addresses, and the embedded server as `HAGUKUMI_DATABASE_TLS=on` starts it. Bad certificates: the test of all links. */
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type EmbeddedServer, startEmbedded, stopEmbedded } from "../../src/database/embedded.ts";
import { connectClient } from "../../src/database/pool.ts";
import { databaseTarget } from "../../src/database/secure-url.ts";
import { lax, makePki, type Pki } from "../support/certificates.ts";

let dir: string;
let server: EmbeddedServer;
let pki: Pki;

/** The server's own files exchanged for those of the test's authority. */
async function takeOver(): Promise<void> {
  const files = {
    "ca.pem": pki.good.server.ca,
    "crl.pem": pki.good.server.crl,
    "server.pem": pki.good.server.certificate,
    "server-key.pem": pki.good.server.key,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, "tls", name), text);
  await writeFile(join(dir, "tls", "client.pem"), pki.good.client.certificate);
  await writeFile(join(dir, "tls", "client-key.pem"), pki.good.client.key);
  process.kill(server.pid, "SIGHUP"); // PostgreSQL reads certificates and lists anew
}

const works = async (url: string): Promise<boolean> =>
  await connectClient(url).then(
    async (client) => {
      await client.query("SELECT 1");
      await client.end();
      return true;
    },
    () => false,
  );

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-embedded-"));
  server = await startEmbedded({ dir, tls: true, settings: { fsync: "off", shared_buffers: "16MB" } });
  pki = await makePki();
});

afterAll(async () => {
  await server.release();
  await stopEmbedded(dir);
  await rm(dir, { recursive: true, force: true });
});

describe("the address of a database", () => {
  it("over a net in production is refused without verify-full, and with it without an authority; on this machine it is as before", async () => {
    const production = { HAGUKUMI_ENV: "production" };
    for (const url of [
      "postgres://a:b@db.example.lg.jp/x",
      "postgres://a:b@db.example.lg.jp/x?sslmode=require",
      "postgres:///x?host=db.example.lg.jp",
    ])
      expect(() => databaseTarget(url, production)).toThrow(expect.objectContaining({ code: "linkInsecure" }));
    expect(() => databaseTarget("postgres://db.example.lg.jp/x?sslmode=verify-full", production)).toThrow(
      expect.objectContaining({ code: "tlsInvalid" }),
    );
    expect(() => databaseTarget("postgres://db/x?sslmode=verify-full&sslrootcert=/none.pem", production)).toThrow(
      "/none.pem",
    );
    expect(databaseTarget("postgres://a:b@127.0.0.1:5/x", production)).toEqual({ url: "postgres://a:b@127.0.0.1:5/x" });
    expect(databaseTarget("postgres:///x?host=/run/postgresql", production).ssl).toBeUndefined();
    expect(databaseTarget("postgres://a:b@db.example.lg.jp/x", {}).ssl).toBeUndefined();
    const found = databaseTarget(server.url, production);
    expect(found.url).not.toContain("ssl");
    expect(found.ssl).toMatchObject({ minVersion: "TLSv1.2", rejectUnauthorized: true });
  });
});

describe("the embedded server with TLS", () => {
  it("takes TLS 1.2 and 1.3 with forward secrecy alone, and nobody without encryption; whoever joins finds out by himself", async () => {
    const client = await connectClient(server.url);
    const { rows } = await client.query<{ version: string; dn: string }>(
      "SELECT version, client_dn AS dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    expect(rows).toEqual([{ version: "TLSv1.3", dn: "/CN=postgres" }]);
    await client.end();
    expect(await works(server.url.replace(/\?.*/, ""))).toBe(false);
    expect(
      (await readFile(join(dir, "tls", "pg_hba.conf"), "utf8")).split("\n").some((line) => line.startsWith("host ")),
    ).toBe(false);
    const joined = await startEmbedded({ dir });
    expect(joined).toMatchObject({ started: false, url: server.url });
    await joined.release();
    await takeOver();
    await expect.poll(async () => await works(server.url)).toBe(true);
    const version = async (options: object): Promise<string | undefined> => {
      const plain = connectPlain(server.port, "127.0.0.1");
      plain.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])); // SSLRequest: length 8, code 80877103
      await once(plain, "data");
      const { certificate: cert, key } = pki.good.client;
      const secure = connectSecurely({ socket: plain, ...lax({ certificate: cert, key }), ...options });
      const found = await once(secure, "secureConnect").then(
        () => secure.getProtocol() ?? undefined,
        () => undefined,
      );
      secure.destroy();
      return found;
    };
    expect(await version({})).toBe("TLSv1.3");
    expect(await version({ maxVersion: "TLSv1.2" })).toBe("TLSv1.2");
    expect(await version({ minVersion: "TLSv1", maxVersion: "TLSv1.1" })).toBeUndefined();
    for (const suite of ["AES128-GCM-SHA256", "AES256-SHA", "ECDHE-ECDSA-AES128-SHA"])
      expect(await version({ maxVersion: "TLSv1.2", ciphers: `${suite}:@SECLEVEL=0` })).toBeUndefined();
  });
});
