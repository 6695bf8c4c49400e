/** What each end refuses, and for what reason. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Server as HttpsServer } from "node:https";
import { connect, createServer, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";

import { checkLinkAddress, openLink } from "../../src/tls/link.ts";
import {
  clientOptions,
  createSecureServer,
  keepCurrent,
  serverOptions,
  type TlsIdentity,
} from "../../src/tls/policy.ts";
import {
  type BadCertificate,
  badNames,
  callLaxly,
  lax,
  makePki,
  type Pki,
  startImpostor,
} from "../support/certificates.ts";

let pki: Pki;

beforeAll(async () => {
  pki = await makePki();
});

/** What OpenSSL says of the fault, to a client in words; to a server Node gives the code alone, and one code for several faults. */
const reasons: Readonly<Record<BadCertificate, readonly [words: string, code: string]>> = {
  expired: ["certificate has expired", "CERT_HAS_EXPIRED"],
  notYetValid: ["certificate is not yet valid", "CERT_NOT_YET_VALID"],
  selfSigned: ["self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  otherCa: ["unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  sameNameCa: ["certificate signature failure", "CERT_SIGNATURE_FAILURE"],
  wrongName: ["Hostname/IP does not match", ""],
  noName: ["no subject alternative name", ""],
  revoked: ["certificate revoked", "CERT_REVOKED"],
  none: ["SSL", ""],
  wrongUse: ["unsuitable certificate purpose", "INVALID_PURPOSE"],
  weakKey: ["EE certificate key too weak", "UNSPECIFIED"],
  sha1: ["CA signature digest algorithm too weak", "UNSPECIFIED"],
  brokenChain: ["unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  notAnIssuer: ["unsuitable certificate purpose", "INVALID_PURPOSE"],
  nameConstraint: ["permitted subtree violation", "UNSPECIFIED"],
};

/** Without the list of revoked ones, but for the one that is on it: every other fault has to be found for what it is. */
const withoutList = <T extends object>(options: T, name: BadCertificate | undefined): T =>
  name === "revoked" ? options : { ...options, crl: undefined };

async function reasonAtClient(url: string, name: BadCertificate): Promise<string> {
  const socket = connect({
    port: Number(new URL(url).port),
    host: "localhost",
    servername: "localhost",
    ...withoutList(clientOptions(pki.good.client), name),
  });
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  socket.destroy();
  return `${error.code ?? ""} ${error.message}`;
}

describe("the end that calls", () => {
  it.each(badNames)(
    "refuses a server's certificate that is bad (%s) for that very reason, before a byte of a request",
    async (name) => {
      const impostor = await startImpostor(pki.bad("server", name));
      const link = openLink(() => pki.good.client);
      await expect(link.fetch(`${impostor.url}/secret`)).rejects.toThrow();
      const reason = await reasonAtClient(impostor.url, name);
      expect(reason).toContain(reasons[name][0]);
      expect(impostor.requests()).toBe(0);
      link.close();
      await impostor.close();
    },
  );

  it("takes what is good, directly and through an intermediate authority that is shown", async () => {
    for (const pair of [pki.good.server, pki.throughIntermediate.server]) {
      const impostor = await startImpostor(pair);
      const link = openLink(() => pki.good.client);
      expect((await link.fetch(impostor.url)).status).toBe(200);
      link.close();
      await impostor.close();
    }
  });

  it("calls nothing in the clear but what is on this machine", () => {
    const identity = pki.good.client;
    for (const url of [
      "http://vault.example.lg.jp",
      "ftp://localhost",
      "localhost:9000",
      "http://127.0.0.1.example.jp/",
    ])
      expect(() => checkLinkAddress(url, identity)).toThrow(expect.objectContaining({ code: "linkInsecure" }));
    expect(() => checkLinkAddress("https://localhost", undefined)).toThrow("HAGUKUMI_TLS_DIR");
    expect(checkLinkAddress("http://127.0.0.1:9/x", undefined).port).toBe("9");
    expect(checkLinkAddress("https://vault.example.lg.jp", identity).hostname).toBe("vault.example.lg.jp");
  });
});

describe("the end that is called", () => {
  it("finds in a client's certificate that is bad that very reason", async () => {
    // As the product's servers, except that it lets everybody in and only writes down what it thinks of them.
    const thoughts: string[] = [];
    const own = serverOptions(pki.good.server);
    const server = createServer({ ...own, rejectUnauthorized: false }, (socket: TLSSocket) => {
      thoughts.push(String(socket.authorizationError ?? ""));
      socket.end();
    });
    await new Promise<void>((ready) => {
      server.listen(0, "127.0.0.1", ready);
    });
    const { port } = server.address() as AddressInfo;
    const thoughtOf = async (pair: Parameters<typeof lax>[0], name?: BadCertificate): Promise<string> => {
      server.setSecureContext(withoutList(own, name));
      const before = thoughts.length;
      const socket = connect({ port, host: "127.0.0.1", ...lax(pair) });
      socket.on("error", () => {});
      socket.resume();
      await once(socket, "close");
      return thoughts[before] ?? "handshake refused";
    };
    const found: string[] = [];
    // Of two the certificate itself is good: it is the list of those who may call that they are not on.
    const bad = badNames.filter((name) => reasons[name][1] !== "");
    for (const name of bad) found.push(`${name} ${await thoughtOf(pki.bad("client", name), name)}`);
    expect(found).toEqual(bad.map((name) => expect.stringContaining(`${name} ${reasons[name][1]}`) as string));
    expect(await thoughtOf(undefined)).not.toBe("");
    expect(await thoughtOf(pki.good.client)).toBe("");
    expect(await thoughtOf(pki.throughIntermediate.client)).toBe("");
    await new Promise((done) => server.close(done));
  });

  it("speaks TLS 1.2 and 1.3 with forward secrecy and nothing else; a new list of authorities and revocations counts without a restart", async () => {
    let identity: TlsIdentity = pki.good.server;
    const peers = new Set([pki.fingerprintOf(pki.good.client)]);
    const server = createSecureServer(
      { identity: () => identity, peers: (each) => peers.has(each) },
      {},
      (_request, response) => {
        response.end("ok");
      },
    );
    await new Promise<void>((ready) => {
      server.listen(0, "127.0.0.1", ready);
    });
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const status = async (more = {}): Promise<number | undefined> => await callLaxly(url, pki.good.client, more);
    expect(await status()).toBe(200);
    expect(await status({ maxVersion: "TLSv1.2" })).toBe(200);
    for (const version of ["TLSv1.1", "TLSv1"] as const)
      expect(await status({ minVersion: "TLSv1", maxVersion: version })).toBeUndefined();
    for (const suite of [
      "AES128-GCM-SHA256",
      "AES256-SHA",
      "ECDHE-ECDSA-AES128-SHA",
      "DHE-RSA-AES128-GCM-SHA256",
      "ECDHE-ECDSA-AES128-SHA256",
      "aNULL",
    ])
      expect(await status({ maxVersion: "TLSv1.2", ciphers: `${suite}:@SECLEVEL=0` })).toBeUndefined();
    for (const suite of ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"])
      expect(await status({ maxVersion: "TLSv1.2", ciphers: suite })).toBe(200);
    // Good, by our authority, and not on the list of those who may call here
    expect(await callLaxly(url, pki.stranger)).toBeUndefined();
    peers.delete(pki.fingerprintOf(pki.good.client));
    expect(await status()).toBeUndefined();
    peers.add(pki.fingerprintOf(pki.good.client));
    const other = await makePki();
    keepCurrent(server as HttpsServer, () => identity, 20);
    identity = { ...identity, ca: other.good.server.ca, crl: other.good.server.crl };
    await expect.poll(async () => await status()).toBeUndefined();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
});
