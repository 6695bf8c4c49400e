/** Certificates good and bad, made in memory for each run: what the two ends of every link are tried with. */
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from "@peculiar/x509";
import { randomBytes, webcrypto } from "node:crypto";
import { createServer as createPlainServer } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { ConnectionOptions } from "node:tls";

import type { TlsIdentity } from "../../src/tls/policy.ts";

/** The fifteen ways in which a certificate is bad, at either end. */
export const badCertificates = {
  expired: "its time is over",
  notYetValid: "its time has not begun",
  selfSigned: "signed by itself",
  otherCa: "of another authority",
  sameNameCa: "of another authority that bears the name of ours",
  wrongName: "good, for somebody else",
  noName: "without any name of its holder that counts",
  revoked: "on the list of revoked ones",
  none: "no certificate at all",
  wrongUse: "for the other role alone (server, client)",
  weakKey: "RSA of 1,024 bits",
  sha1: "signature by SHA-1",
  brokenChain: "of an intermediate authority that is not shown",
  notAnIssuer: "issued by the holder of an ordinary certificate",
  nameConstraint: "of an intermediate authority that may not sign this name",
} as const;

export type BadCertificate = keyof typeof badCertificates;
export const badNames = Object.keys(badCertificates) as readonly BadCertificate[];

export type Role = "server" | "client";
export type Pair = { readonly certificate: string; readonly key: string };

export type Pki = {
  /** The good end of a role; servers are `localhost` */
  readonly good: Readonly<Record<Role, TlsIdentity>>;
  /** A second good client that nobody has put on a list */
  readonly stranger: TlsIdentity;
  /** Good, through an intermediate authority that is shown */
  readonly throughIntermediate: Readonly<Record<Role, TlsIdentity>>;
  /** Undefined: no certificate */
  readonly bad: (role: Role, name: BadCertificate) => Pair | undefined;
  readonly fingerprintOf: (identity: TlsIdentity) => string;
};

type Keys = webcrypto.CryptoKeyPair;
type Maker = { readonly certificate: X509Certificate | undefined; readonly subject: string; readonly keys: Keys };

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const DAY = 86_400_000;

const newKeys = async (): Promise<Keys> => await webcrypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
const keyPem = async (keys: Keys): Promise<string> =>
  PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");

type Wish = {
  readonly subject: string;
  readonly keys: Keys;
  readonly issuer: Maker;
  readonly extensions: readonly Extension[];
  readonly from?: number;
  readonly days?: number;
  readonly hash?: "SHA-1" | "SHA-256";
  readonly serial?: string;
};

async function make({ subject, keys, issuer, extensions, from = -1, days = 30, hash = "SHA-256", serial }: Wish) {
  return await X509CertificateGenerator.create({
    serialNumber: serial ?? `40${randomBytes(12).toString("hex")}`,
    subject,
    issuer: issuer.subject,
    notBefore: new Date(Date.now() + from * DAY),
    notAfter: new Date(Date.now() + (from + days) * DAY),
    signingAlgorithm: { name: "ECDSA", hash },
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    extensions: [...extensions],
  });
}

const authorityExtensions = (more: readonly Extension[] = []): readonly Extension[] => [
  new BasicConstraintsExtension(true, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ...more,
];

const endExtensions = (use: Role, names: readonly string[]): readonly Extension[] => [
  new BasicConstraintsExtension(false, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  new ExtendedKeyUsageExtension([use === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
  ...(names.length === 0
    ? []
    : [new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))]),
];

/** NameConstraints { permittedSubtrees [0] { { base dNSName [2] "elsewhere.example" } } } (RFC 5280 4.2.1.10) */
function onlyElsewhere(): Extension {
  const name = Buffer.from("elsewhere.example");
  const base = Buffer.concat([Buffer.from([0x82, name.length]), name]);
  const subtree = Buffer.concat([Buffer.from([0x30, base.length]), base]);
  const permitted = Buffer.concat([Buffer.from([0xa0, subtree.length]), subtree]);
  return new Extension("2.5.29.30", true, Buffer.concat([Buffer.from([0x30, permitted.length]), permitted]));
}

async function authority(subject: string, issuer?: Maker, more: readonly Extension[] = []): Promise<Maker> {
  const keys = await newKeys();
  const self: Maker = { certificate: undefined, subject, keys };
  const certificate = await make({
    subject,
    keys,
    issuer: issuer ?? self,
    extensions: authorityExtensions(more),
    days: 3650,
  });
  return { ...self, certificate };
}

async function listOf(issuer: Maker, serials: readonly string[]): Promise<string> {
  const list = await X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: new Date(Date.now() - DAY),
    nextUpdate: new Date(Date.now() + 30 * DAY),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    signingKey: issuer.keys.privateKey,
    entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(Date.now() - DAY) })),
  });
  return PemConverter.encode(list.rawData, "X509 CRL");
}

const pem = (...certificates: readonly (X509Certificate | undefined)[]): string =>
  certificates.map((each) => each?.toString("pem") ?? "").join("\n");

const nameOf = (role: Role): string => (role === "server" ? "localhost" : "terminal.hagukumi.example");

/** @param commonName of the clients: the database user that they are */
export async function makePki(commonName = "postgres"): Promise<Pki> {
  const root = await authority("CN=架空内部認証局");
  const other = await authority("CN=よその認証局");
  const sameName = await authority("CN=架空内部認証局");
  const between = await authority("CN=架空中間認証局", root);
  const hidden = await authority("CN=架空中間認証局2", root);
  const narrow = await authority("CN=架空中間認証局3", root, [onlyElsewhere()]);
  const revoked = { server: `41${randomBytes(12).toString("hex")}`, client: `42${randomBytes(12).toString("hex")}` };
  const lists = [
    await listOf(root, [revoked.server, revoked.client]),
    await listOf(between, []),
    await listOf(hidden, []),
    await listOf(narrow, []),
  ];
  const trust = { ca: pem(root.certificate), crl: lists.join("\n") };
  const subjectOf = (role: Role): string => `CN=${role === "server" ? "localhost" : commonName}`;

  const issue = async (
    role: Role,
    over: Partial<Omit<Wish, "keys">> & { readonly chain?: readonly Maker[]; readonly keys?: Keys } = {},
  ): Promise<Pair> => {
    const { chain = [], keys = await newKeys(), ...wish } = over;
    const certificate = await make({
      subject: subjectOf(role),
      issuer: root,
      extensions: endExtensions(role, [nameOf(role)]),
      ...wish,
      keys,
    });
    return { certificate: pem(certificate, ...chain.map((each) => each.certificate)), key: await keyPem(keys) };
  };

  const ordinaryKeys = await newKeys();
  const ordinary: Maker = {
    keys: ordinaryKeys,
    subject: "CN=ordinary",
    certificate: await make({
      subject: "CN=ordinary",
      keys: ordinaryKeys,
      issuer: root,
      // It says itself that it may sign certificates; that it is no authority counts for more.
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign, true),
      ],
    }),
  };
  const weak = await webcrypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  );
  const opposite = { server: "client", client: "server" } as const;

  const makeBad = async (role: Role): Promise<Readonly<Record<BadCertificate, Pair | undefined>>> => {
    const own = await newKeys();
    return {
      expired: await issue(role, { from: -60, days: 59 }),
      notYetValid: await issue(role, { from: 1 }),
      selfSigned: await issue(role, {
        keys: own,
        issuer: { certificate: undefined, subject: subjectOf(role), keys: own },
      }),
      otherCa: await issue(role, { issuer: other }),
      sameNameCa: await issue(role, { issuer: sameName }),
      wrongName: await issue(role, {
        subject: "CN=somebody-else",
        extensions: endExtensions(role, ["somebody-else.example"]),
      }),
      // The common name of a server is no name that counts; of a client of the database it is the one that counts.
      noName: await issue(role, {
        subject: role === "server" ? "CN=localhost" : "O=架空市",
        extensions: endExtensions(role, []),
      }),
      revoked: await issue(role, { serial: revoked[role] }),
      none: undefined,
      wrongUse: await issue(role, { extensions: endExtensions(opposite[role], [nameOf(role)]) }),
      weakKey: await issue(role, { keys: weak }),
      sha1: await issue(role, { hash: "SHA-1" }),
      brokenChain: await issue(role, { issuer: hidden }),
      notAnIssuer: await issue(role, { issuer: ordinary, chain: [ordinary] }),
      nameConstraint: await issue(role, { issuer: narrow, chain: [narrow] }),
    };
  };
  const bad = { server: await makeBad("server"), client: await makeBad("client") };
  const { X509Certificate: NodeCertificate } = await import("node:crypto");
  return {
    good: { server: { ...trust, ...(await issue("server")) }, client: { ...trust, ...(await issue("client")) } },
    stranger: { ...trust, ...(await issue("client", { subject: "CN=stranger" })) },
    throughIntermediate: {
      server: { ...trust, ...(await issue("server", { issuer: between, chain: [between] })) },
      client: { ...trust, ...(await issue("client", { issuer: between, chain: [between] })) },
    },
    bad: (role, name) => bad[role][name],
    fingerprintOf: ({ certificate }) =>
      new NodeCertificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

/** Options of an end that itself refuses nothing: what is refused is then refused by the other. */
export function lax(pair: Pair | undefined): ConnectionOptions {
  const own = pair === undefined ? {} : { cert: pair.certificate, key: pair.key };
  return { ...own, ciphers: "DEFAULT:@SECLEVEL=0", rejectUnauthorized: false };
}

/** Calls an address as somebody who refuses nothing. @returns the status that was answered, or undefined where no answer came */
export async function callLaxly(
  url: string,
  pair: Pair | undefined,
  more: ConnectionOptions = {},
): Promise<number | undefined> {
  return await new Promise((done) => {
    const sent = request(url, { ...lax(pair), ...more, agent: false, timeout: 5_000 }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    });
    sent.once("error", () => done(undefined));
    sent.once("timeout", () => sent.destroy());
    sent.end();
  });
}

/** A server that shows `pair` and takes every caller; without one it speaks no TLS at all. Counts what reaches it. */
export async function startImpostor(pair: Pair | undefined): Promise<{
  readonly url: string;
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}> {
  let requests = 0;
  const answer = (_request: unknown, response: { readonly end: (text: string) => unknown }): void => {
    requests += 1;
    response.end("{}");
  };
  const server =
    pair === undefined
      ? createPlainServer(answer)
      : createServer({ cert: pair.certificate, key: pair.key, ciphers: "DEFAULT:@SECLEVEL=0" }, answer);
  await new Promise<void>((ready) => {
    server.listen(0, "127.0.0.1", ready);
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
