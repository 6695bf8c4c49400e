/** The folder of the internal authority: `ca.pem`, `ca-key.pem` (0600), `crl.pem`, and in `issued.json` every certificate that it signed. */
import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { Refusal } from "../database/problem.ts";
import { writeFileAtomic } from "../files/atomic.ts";
import { type Authority, type CertificateUse, issueCertificate, makeAuthority, revocationList } from "./authority.ts";

const entryShape = z.strictObject({
  serial: z.hex(),
  fingerprint: z.hex().length(64),
  names: z.array(z.string()).min(1),
  uses: z.array(z.enum(["server", "client"])).min(1),
  issuedAt: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  /** Null while it counts */
  revokedAt: z.iso.datetime().nullable(),
});

/** One certificate of the list (証明書の台帳). */
export type CertificateEntry = z.infer<typeof entryShape>;

const refuse = (why: string): Refusal => new Refusal("tlsInvalid", `${why}何も変えていません。`);

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/;

async function readAuthority(dir: string): Promise<Authority> {
  try {
    return { ca: await readFile(join(dir, "ca.pem"), "utf8"), key: await readFile(join(dir, "ca-key.pem"), "utf8") };
  } catch {
    throw refuse(
      `内部認証局のフォルダ ${dir} に ca.pem と ca-key.pem がありません。hagukumi certificate init で作ってください。`,
    );
  }
}

/** Every certificate that was issued, oldest first. @throws Refusal `tlsInvalid` */
export async function listCertificates(dir: string): Promise<readonly CertificateEntry[]> {
  const text = await readFile(join(dir, "issued.json"), "utf8").catch(() => "[]");
  try {
    return z.array(entryShape).parse(JSON.parse(text));
  } catch {
    throw refuse(`証明書の台帳 ${join(dir, "issued.json")} が壊れています。控えから戻してください。`);
  }
}

async function writeSecret(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}

async function keep(dir: string, entries: readonly CertificateEntry[]): Promise<void> {
  await writeFileAtomic(join(dir, "issued.json"), `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
}

/**
 * Writes the list of revoked certificates anew; it counts for 35 days.
 *
 * @param ends folders of ends on this machine that get the list as well
 */
export async function renewList(dir: string, ends: readonly string[] = [], now = new Date()): Promise<number> {
  const authority = await readAuthority(dir);
  const revoked = (await listCertificates(dir)).flatMap(({ serial, revokedAt }) =>
    revokedAt === null ? [] : [{ serial, at: new Date(revokedAt) }],
  );
  const list = await revocationList(authority, revoked, now);
  for (const folder of [dir, ...ends]) await writeFileAtomic(join(folder, "crl.pem"), list, { mode: 0o644 });
  return revoked.length;
}

/** Makes the authority. @throws Refusal `tlsInvalid` where there is one: its certificates would all be worth nothing */
export async function initAuthority(dir: string, name: string, now = new Date()): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if ((await readFile(join(dir, "ca.pem")).catch(() => undefined)) !== undefined)
    throw refuse(`${dir} には、もう内部認証局があります。`);
  const { ca, key } = await makeAuthority(name, now);
  await writeSecret(join(dir, "ca-key.pem"), key);
  await writeFileAtomic(join(dir, "ca.pem"), ca, { mode: 0o644 });
  await keep(dir, []);
  await renewList(dir, [], now);
}

/**
 * Issues a certificate into the folder `to`, ready to be `HAGUKUMI_TLS_DIR` of an end.
 *
 * @throws Refusal `tlsInvalid`
 */
export async function issueInto(
  dir: string,
  to: string,
  request: { readonly names: readonly string[]; readonly uses: readonly CertificateUse[]; readonly days: number },
  now = new Date(),
): Promise<CertificateEntry> {
  if (request.names.length === 0 || !request.names.every((name) => NAME.test(name)))
    throw refuse("証明書の名前は、ホスト名の形（半角の英数字と . -）で指定してください。");
  if (!Number.isInteger(request.days) || request.days < 1 || request.days > 398)
    throw refuse("証明書の有効期間は1〜398日で指定してください。");
  const authority = await readAuthority(dir);
  const entries = await listCertificates(dir);
  const made = await issueCertificate(authority, request, now);
  const entry: CertificateEntry = {
    serial: made.serial,
    fingerprint: made.fingerprint,
    names: [...request.names],
    uses: [...request.uses],
    issuedAt: now.toISOString(),
    notAfter: made.notAfter.toISOString(),
    revokedAt: null,
  };
  // Into the list first: no certificate is at large that could not be revoked.
  await keep(dir, [...entries, entry]);
  await mkdir(to, { recursive: true, mode: 0o700 });
  await rm(join(to, "key.pem"), { force: true });
  await writeSecret(join(to, "key.pem"), made.key);
  await writeFileAtomic(join(to, "certificate.pem"), made.certificate, { mode: 0o644 });
  await writeFileAtomic(join(to, "ca.pem"), authority.ca, { mode: 0o644 });
  await writeFileAtomic(join(to, "crl.pem"), await readFile(join(dir, "crl.pem"), "utf8"), { mode: 0o644 });
  return entry;
}

/** 失効: the certificate counts no more as soon as the list has reached the other ends. @throws Refusal `tlsInvalid` */
export async function revokeCertificate(
  dir: string,
  serial: string,
  ends: readonly string[] = [],
  now = new Date(),
): Promise<CertificateEntry> {
  const entries = await listCertificates(dir);
  const found = entries.find((entry) => entry.serial === serial && entry.revokedAt === null);
  if (found === undefined) throw refuse(`番号 ${serial.slice(0, 60)} の有効な証明書は台帳にありません。`);
  const revoked = { ...found, revokedAt: now.toISOString() };
  await keep(
    dir,
    entries.map((entry) => (entry.serial === serial ? revoked : entry)),
  );
  await renewList(dir, ends, now);
  return revoked;
}

/** Lets the holders of these certificates call the end in `to` (`peers.txt`), and nobody else. @throws Refusal `tlsInvalid` */
export async function allowPeers(dir: string, to: string, serials: readonly string[]): Promise<readonly string[]> {
  const entries = await listCertificates(dir);
  const lines = serials.map((serial) => {
    const found = entries.find((entry) => entry.serial === serial && entry.revokedAt === null);
    if (found === undefined) throw refuse(`番号 ${serial.slice(0, 60)} の有効な証明書は台帳にありません。`);
    return `${found.fingerprint} ${found.names.join(" ")}`;
  });
  await writeFileAtomic(join(to, "peers.txt"), lines.map((line) => `${line}\n`).join(""), { mode: 0o644 });
  return lines;
}
