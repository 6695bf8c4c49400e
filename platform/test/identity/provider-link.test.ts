/** 認証基盤との区間: bad certificates, old versions and weak suites are refused before anything is said; a good one works. */
import type { Server } from "node:https";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureVersion } from "node:tls";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { authorizationAddress } from "../../src/identity/provider.ts";
import { providerAuthorityPath, readProviderAuthority } from "../../src/identity/provider-link.ts";
import type { ProviderAuthority } from "../../src/identity/provider-link.ts";
import type { SignOnSetting } from "../../src/identity/sign-on-settings.ts";
import { badNames, makePki, startImpostor } from "../support/certificates.ts";
import type { Pki } from "../support/certificates.ts";
import { testSettings } from "../support/identity.ts";

let pki: Pki;
let authority: ProviderAuthority;
const servers: Server[] = [];

/** A provider that describes itself, on these terms. */
async function startProvider(terms: object): Promise<string> {
  let issuer = "";
  const { certificate: cert, key } = pki.good.server;
  const server = createServer({ cert, key, ...terms }, (request, response) => {
    const known = request.url === "/.well-known/openid-configuration";
    response.writeHead(known ? 200 : 404, { "content-type": "application/json" });
    const endpoints = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
    const keys = {
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
    };
    response.end(JSON.stringify({ issuer, ...endpoints, ...keys, id_token_signing_alg_values_supported: ["ES256"] }));
  });
  servers.push(server);
  await new Promise<void>((ready) => {
    server.listen(0, "127.0.0.1", ready);
  });
  issuer = `https://localhost:${String((server.address() as AddressInfo).port)}`;
  return issuer;
}

async function reach(issuer: string, trusted: ProviderAuthority | "none" = authority): Promise<string> {
  const setting: SignOnSetting = {
    enabled: true,
    providerName: "架空認証",
    issuer,
    clientId: "hagukumi",
    algorithm: "ES256",
    requiredMethods: [],
    maxAgeMinutes: 60,
  };
  const secrets = { state: "s".repeat(43), nonce: "n".repeat(43), verifier: "v".repeat(43) };
  const identity = { settings: testSettings, ...(trusted === "none" ? {} : { signOnAuthority: trusted }) };
  return await authorizationAddress(identity, setting, {
    redirectUri: "http://localhost:8080/sign-on",
    secrets,
    fresh: false,
  });
}

beforeAll(async () => {
  pki = await makePki();
  const { ca, crl } = pki.good.client;
  authority = { ca, crl };
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe("the link to the identity provider", () => {
  it("[G42] refuses fifteen kinds of bad certificates before anything is said, versions below TLS 1.2 and suites without forward secrecy; a good provider is reached over 1.2 and 1.3", async () => {
    for (const name of badNames) {
      const impostor = await startImpostor(pki.bad("server", name));
      await expect(reach(impostor.url), name).rejects.toMatchObject({ code: "signOnUnavailable" });
      expect([name, impostor.requests()]).toEqual([name, 0]);
      await impostor.close();
    }
    const old = { minVersion: "TLSv1" as SecureVersion, maxVersion: "TLSv1.1" as SecureVersion };
    const weak = ["AES128-GCM-SHA256", "AES256-SHA", "ECDHE-ECDSA-AES128-SHA"].map((suite) => ({
      maxVersion: "TLSv1.2" as SecureVersion,
      ciphers: `${suite}:@SECLEVEL=0`,
    }));
    for (const terms of [{ ...old, ciphers: "DEFAULT:@SECLEVEL=0" }, ...weak]) {
      const issuer = await startProvider(terms);
      await expect(reach(issuer), JSON.stringify(terms)).rejects.toMatchObject({ code: "signOnUnavailable" });
    }
    // Good, but of an authority that this machine alone does not know.
    const good = await startProvider({});
    await expect(reach(good, "none")).rejects.toMatchObject({ code: "signOnUnavailable" });
    for (const terms of [{}, { maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" }]) {
      const issuer = await startProvider(terms);
      expect(await reach(issuer)).toMatch(new RegExp(`^${issuer}/authorize\\?.*code_challenge_method=S256`));
    }
  });

  it("an authority file without a certificate stops the start; none at all is the machine's own list", async () => {
    const dir = mkdtempSync(join(tmpdir(), "hagukumi-authority-"));
    try {
      expect(await readProviderAuthority(dir)).toBeUndefined();
      const path = providerAuthorityPath(dir);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "架空");
      await expect(readProviderAuthority(dir)).rejects.toMatchObject({ code: "signOnSecretUnreadable" });
      writeFileSync(path, authority.ca);
      writeFileSync(path.replace(".pem", "-crl.pem"), authority.crl ?? "");
      expect(await readProviderAuthority(dir)).toEqual(authority);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
