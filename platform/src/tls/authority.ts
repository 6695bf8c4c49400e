/**
 * 内部認証局: the authority that signs the certificates of the product's own ends, for a city that has none. Keys are ECDSA on P-256; a certificate
 * says whether its holder may be called (server), call (client) or both, and by which names.
 */
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from "@peculiar/x509";
import { randomBytes, webcrypto } from "node:crypto";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNED = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY = 86_400_000;
/** A CRL is read as "as of now" for this long; after it nobody is let in, so that a list that is no longer renewed is noticed. */
export const LIST_DAYS = 35;

/** The authority's own certificate and key, PEM. */
export type Authority = { readonly ca: string; readonly key: string };

export type CertificateUse = "server" | "client";

export type CertificateRequest = {
  /** Names by which it is called (DNS) or known; the first is the common name as well */
  readonly names: readonly string[];
  readonly uses: readonly CertificateUse[];
  /** 1–398 */
  readonly days: number;
};

export type Issued = {
  readonly certificate: string;
  /** PKCS #8 */
  readonly key: string;
  /** Hex */
  readonly serial: string;
  /** SHA-256, lower-case hex */
  readonly fingerprint: string;
  readonly notAfter: Date;
};

// The first bit is not set: a serial number is positive and of one length.
const newSerial = (): string => {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
};

const pemOf = async (key: webcrypto.CryptoKey): Promise<string> =>
  `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;

const keyOf = async (pem: string): Promise<webcrypto.CryptoKey> =>
  await webcrypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(pem), CURVE, false, ["sign"]);

/** Makes an authority. @param years how long it may sign, 1–30 */
export async function makeAuthority(name: string, now: Date, years = 10): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [name] }],
    notBefore: new Date(now.getTime() - DAY),
    notAfter: new Date(now.getTime() + years * 365 * DAY),
    signingAlgorithm: SIGNED,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { ca: `${certificate.toString("pem")}\n`, key: await pemOf(keys.privateKey) };
}

/** Issues a certificate with a fresh key. */
export async function issueCertificate(authority: Authority, request: CertificateRequest, now: Date): Promise<Issued> {
  const issuer = new X509Certificate(authority.ca);
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const notAfter = new Date(Math.min(now.getTime() + request.days * DAY, issuer.notAfter.getTime()));
  const [commonName = ""] = request.names;
  const usages = request.uses.map((use) =>
    use === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
  );
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [commonName] }],
    issuer: issuer.subjectName,
    // Clocks of two machines differ: a certificate that was made this minute counts at the other end.
    notBefore: new Date(now.getTime() - 300_000),
    notAfter,
    signingAlgorithm: SIGNED,
    publicKey: keys.publicKey,
    signingKey: await keyOf(authority.key),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usages),
      new SubjectAlternativeNameExtension(request.names.map((value) => ({ type: "dns", value }))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return {
    certificate: `${certificate.toString("pem")}\n`,
    key: await pemOf(keys.privateKey),
    serial: certificate.serialNumber,
    fingerprint: Buffer.from(await certificate.getThumbprint("SHA-256")).toString("hex"),
    notAfter,
  };
}

/** 失効リスト: the certificates that no longer count. Good for 35 days, unless told otherwise. */
export async function revocationList(
  authority: Authority,
  revoked: readonly { readonly serial: string; readonly at: Date }[],
  now: Date,
  days: number = LIST_DAYS,
): Promise<string> {
  const issuer = new X509Certificate(authority.ca);
  const list = await X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: new Date(now.getTime() - 300_000),
    nextUpdate: new Date(now.getTime() + days * DAY),
    signingAlgorithm: SIGNED,
    signingKey: await keyOf(authority.key),
    entries: revoked.map(({ serial, at }) => ({ serialNumber: serial, revocationDate: at })),
    extensions: [await AuthorityKeyIdentifierExtension.create(issuer)],
  });
  // The library's own words around it ("CRL") are read by nobody else.
  return `${PemConverter.encode(list.rawData, "X509 CRL")}\n`;
}
