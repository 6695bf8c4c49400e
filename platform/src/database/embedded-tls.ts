/**
 * TLS of the embedded PostgreSQL (`HAGUKUMI_DATABASE_TLS=on`): certificates made anew at each start of the server by an authority that lives only
 * as long as it takes to sign them, and a server that takes no connection over the net but with one of them.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { DATABASE_CIPHERS } from "../tls/policy.ts";

/** A server that runs longer than this has to be started anew, days. */
const LIFE = 398;

/** How `-c ssl=…` reads in the file in which the server keeps its command line. */
export const TLS_MARK = /"?ssl='?on/;

const folderOf = (dir: string): string => join(dir, "tls");

/** Writes authority, list, the certificates of server and clients, and who is let in, into `tls` of the server's folder. */
export async function makeEmbeddedTls(dir: string, user: string, now = new Date()): Promise<void> {
  const folder = folderOf(dir);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Loaded only here: its 200 modules would be a fifth of what every start of the command line loads.
  const { issueCertificate, makeAuthority, revocationList } = await import("../tls/authority.ts");
  const authority = await makeAuthority("内蔵データベース", now);
  const server = await issueCertificate(authority, { names: ["localhost"], uses: ["server"], days: LIFE }, now);
  // The common name of the client's certificate is the database user that it may be (clientcert=verify-full).
  const client = await issueCertificate(authority, { names: [user], uses: ["client"], days: LIFE }, now);
  const write = async (name: string, text: string): Promise<void> =>
    await writeFile(join(folder, name), text, { mode: 0o600 });
  await write("ca.pem", authority.ca);
  await write("crl.pem", await revocationList(authority, [], now, LIFE));
  await write("server.pem", server.certificate);
  await write("server-key.pem", server.key);
  await write("client.pem", client.certificate);
  await write("client-key.pem", client.key);
  await write(
    "pg_hba.conf",
    [
      "local all all scram-sha-256",
      "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-full",
      "hostssl replication all 127.0.0.1/32 scram-sha-256 clientcert=verify-full",
      "",
    ].join("\n"),
  );
}

/** Settings of the server for its command line. */
export function tlsSettings(dir: string): Readonly<Record<string, string>> {
  const folder = folderOf(dir);
  return {
    ssl: "on",
    ssl_ca_file: join(folder, "ca.pem"),
    ssl_crl_file: join(folder, "crl.pem"),
    ssl_cert_file: join(folder, "server.pem"),
    ssl_key_file: join(folder, "server-key.pem"),
    ssl_min_protocol_version: "TLSv1.2",
    ssl_ciphers: DATABASE_CIPHERS,
    hba_file: join(folder, "pg_hba.conf"),
  };
}

/** Parameters of the address under which the server is reached. */
export function tlsParameters(dir: string): string {
  const folder = folderOf(dir);
  return `?${new URLSearchParams({
    sslmode: "verify-full",
    sslrootcert: join(folder, "ca.pem"),
    sslcrl: join(folder, "crl.pem"),
    sslcert: join(folder, "client.pem"),
    sslkey: join(folder, "client-key.pem"),
  }).toString()}`;
}
