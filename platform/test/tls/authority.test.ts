/** An authority in its folder, ends that trust each other, and one that is thrown out. */
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import {
  allowPeers,
  initAuthority,
  issueInto,
  listCertificates,
  revokeCertificate,
} from "../../src/tls/authority-folder.ts";
import { identityIn, peersIn, processIdentity } from "../../src/tls/identity-files.ts";
import { openLink } from "../../src/tls/link.ts";
import { createSecureServer } from "../../src/tls/policy.ts";

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-certificate-"));
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));

const invalid = (words: string): unknown =>
  expect.objectContaining({ code: "tlsInvalid", message: expect.stringContaining(words) as string });
const wish = (names: readonly string[], days = 365) => ({ names, uses: ["server", "client"] as const, days });

it("without an authority nothing is issued; with one, ends trust those on their list alone, and a revoked one no more", async () => {
  const [authority, vault, desk] = [join(dir, "authority"), join(dir, "vault"), join(dir, "desk")];
  await expect(issueInto(authority, vault, wish(["localhost"]))).rejects.toEqual(invalid("hagukumi certificate init"));
  await initAuthority(authority, "架空内部認証局");
  await expect(initAuthority(authority, "架空内部認証局")).rejects.toEqual(invalid("もう内部認証局があります"));
  await expect(issueInto(authority, vault, wish(["no name"]))).rejects.toEqual(invalid("ホスト名の形"));
  await expect(issueInto(authority, vault, wish([]))).rejects.toEqual(invalid("ホスト名の形"));
  await expect(issueInto(authority, vault, wish(["localhost"], 399))).rejects.toEqual(invalid("1〜398日"));
  expect(() => identityIn(vault)).toThrow(invalid("ありません"));
  await issueInto(authority, vault, { ...wish(["localhost"]), uses: ["server"] });
  const { serial } = await issueInto(authority, desk, { ...wish(["desk.example"]), uses: ["client"] });
  for (const path of [join(desk, "key.pem"), join(authority, "ca-key.pem")])
    expect((await stat(path)).mode & 0o077).toBe(0);
  await chmod(join(desk, "key.pem"), 0o640);
  expect(() => processIdentity({ HAGUKUMI_TLS_DIR: desk })).toThrow(invalid("chmod 600"));
  await chmod(join(desk, "key.pem"), 0o600);
  expect(processIdentity({})).toBeUndefined();

  const server = createSecureServer(
    { identity: identityIn(vault), peers: peersIn(vault) },
    {},
    (_request, response) => {
      response.end("ok");
    },
  );
  await new Promise<void>((ready) => {
    server.listen(0, "127.0.0.1", ready);
  });
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const reached = async (): Promise<boolean> => {
    const link = openLink(identityIn(desk));
    return await link
      .fetch(url)
      .then(
        () => true,
        () => false,
      )
      .finally(link.close);
  };
  expect(await reached()).toBe(false); // nobody is on the list yet
  await expect(allowPeers(authority, vault, ["00ff"])).rejects.toEqual(invalid("台帳にありません"));
  await allowPeers(authority, vault, [serial]);
  expect(await reached()).toBe(true);
  const before = await readFile(join(vault, "crl.pem"), "utf8");
  await revokeCertificate(authority, serial, [vault]);
  expect(await readFile(join(vault, "crl.pem"), "utf8")).not.toBe(before);
  await expect(revokeCertificate(authority, serial)).rejects.toEqual(invalid("台帳にありません"));
  expect((await listCertificates(authority)).map(({ names, revokedAt }) => [names[0], revokedAt !== null])).toEqual([
    ["localhost", false],
    ["desk.example", true],
  ]);
  // The running server reads its folder anew within seconds; a new one at once.
  await expect.poll(reached, { timeout: 25_000, interval: 500 }).toBe(false);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
