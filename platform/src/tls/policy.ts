/**
 * TLS between two ends of the product (区間の暗号化): TLS 1.2 and 1.3 with forward secrecy only, both ends with a certificate of the city's own
 * certification authority (内部認証局) and of no other, revoked ones refused. Nothing of the machine's list of public authorities counts.
 */
import type { Server } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate, type TLSSocket } from "node:tls";

/** What one end has: PEM texts. */
export type TlsIdentity = {
  /** The internal authority; the only root that counts */
  readonly ca: string;
  /** 失効リスト (CRL) of that authority; past its next update no certificate is good */
  readonly crl: string;
  /** Own certificate, with the intermediate ones after it where there are any */
  readonly certificate: string;
  readonly key: string;
};

/** Every suite gives forward secrecy; level 2 refuses RSA below 2,048 bits and signatures by SHA-1 (OpenSSL, SSL_CTX_set_security_level). */
export const CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "@SECLEVEL=2",
].join(":");

/** The same for PostgreSQL, which takes the suites of TLS 1.2 here; those of 1.3 all give forward secrecy. */
export const DATABASE_CIPHERS = CIPHERS.split(":")
  .filter((name) => !name.startsWith("TLS_"))
  .join(":");

const SIGNATURES = [
  "ecdsa_secp256r1_sha256",
  "ecdsa_secp384r1_sha384",
  "ed25519",
  "rsa_pss_rsae_sha256",
  "rsa_pss_rsae_sha384",
  "rsa_pss_rsae_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
].join(":");

const LISTS = /-----BEGIN X509 CRL-----[^]*?-----END X509 CRL-----/g;

// Node takes one list of each text: those of intermediate authorities stand in texts of their own.
const common = ({ ca, crl, certificate, key }: TlsIdentity) =>
  ({
    ca,
    crl: crl.match(LISTS) ?? crl,
    cert: certificate,
    key,
    minVersion: "TLSv1.2",
    ciphers: CIPHERS,
    sigalgs: SIGNATURES,
  }) as const;

/** Options of the end that is called: whoever shows no certificate of the authority gets no further than the handshake. */
export const serverOptions = (identity: TlsIdentity) =>
  ({ ...common(identity), requestCert: true, rejectUnauthorized: true, honorCipherOrder: true }) as const;

/** Whether the certificate is for `host`. Unlike Node's own check, the common name of a certificate without names counts for nothing (RFC 9525). */
export function nameFault(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined || certificate.subjectaltname === "")
    return new Error("the certificate has no subject alternative name");
  return checkServerIdentity(host, certificate);
}

/** Options of the end that calls. */
export const clientOptions = (identity: TlsIdentity) =>
  ({ ...common(identity), rejectUnauthorized: true, checkServerIdentity: nameFault }) as const;

/** Options of a client of a database; a database that asks for no certificate gets none. */
export function databaseOptions({ ca, crl, certificate, key }: Partial<TlsIdentity>): ConnectionOptions {
  return {
    ...({ minVersion: "TLSv1.2", ciphers: CIPHERS, sigalgs: SIGNATURES, rejectUnauthorized: true } as const),
    checkServerIdentity: nameFault,
    ...(ca === undefined ? {} : { ca }),
    ...(crl === undefined ? {} : { crl: crl.match(LISTS) ?? crl }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

/** 証明書の一覧: SHA-256 fingerprints (lower-case hex) of those who may call; asked at each connection. */
export type Peers = (fingerprint: string) => boolean;

/** The fingerprint of the certificate at the other end, lower-case hex; undefined where there is none. */
export function peerFingerprint(socket: unknown): string | undefined {
  const read = (socket as Partial<TLSSocket>).getPeerX509Certificate?.();
  return read?.fingerprint256.replaceAll(":", "").toLowerCase();
}

/** Ends every connection whose certificate, good as it may be, is not on the list: before the first byte of a request is read. */
export function guardPeers(server: HttpsServer, peers: Peers): void {
  server.prependListener("secureConnection", (socket: TLSSocket) => {
    const fingerprint = peerFingerprint(socket);
    if (fingerprint === undefined || !peers(fingerprint)) socket.destroy();
  });
}

/** One end that is called: who it is (asked again from time to time, for a renewed certificate or list), and who may call. */
export type TlsEnd = { readonly identity: () => TlsIdentity; readonly peers: Peers };

const RENEW_MS = 3_000;

/** Gives a running server the renewed certificate and the newest list of revoked ones, within seconds and without a restart. */
export function keepCurrent(server: HttpsServer, identity: () => TlsIdentity, everyMs: number = RENEW_MS): void {
  let current = identity();
  const timer = setInterval(() => {
    try {
      const found = identity();
      if (Object.entries(found).every(([part, text]) => current[part as keyof TlsIdentity] === text)) return;
      server.setSecureContext(serverOptions(found));
      current = found;
    } catch {
      // A file that is being written: what was read before counts until it can be read.
    }
  }, everyMs);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}

/** An HTTP server behind TLS with certificates on both sides. */
export function createSecureServer(
  { identity, peers }: TlsEnd,
  options: { readonly requestTimeout?: number },
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = createHttpsServer({ ...serverOptions(identity()), ...options }, handler);
  guardPeers(server, peers);
  keepCurrent(server, identity);
  return server;
}
