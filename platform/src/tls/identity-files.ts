/** The files of one end (証明書のフォルダ, `HAGUKUMI_TLS_DIR`): `ca.pem`, `crl.pem`, `certificate.pem`, `key.pem` (0600), and for one that is called `peers.txt`. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { Refusal } from "../database/problem.ts";
import type { Peers, TlsEnd, TlsIdentity } from "./policy.ts";

/** How long what was read counts: a revocation reaches every new connection within this time, in milliseconds. */
const FRESH_MS = 3_000;

const refuse = (dir: string, why: string): Refusal =>
  new Refusal("tlsInvalid", `証明書のフォルダ ${dir} を使えません（${why}）。何もつないでいません。`, { dir });

function readIdentity(dir: string): TlsIdentity {
  const text = (name: string): string => {
    try {
      return readFileSync(join(dir, name), "utf8");
    } catch {
      throw refuse(dir, `${name} がありません`);
    }
  };
  if ((statSync(join(dir, "key.pem"), { throwIfNoEntry: false })?.mode ?? 0) & 0o077)
    throw refuse(dir, "key.pem をほかの利用者が読めます。chmod 600 にしてください");
  return { ca: text("ca.pem"), crl: text("crl.pem"), certificate: text("certificate.pem"), key: text("key.pem") };
}

/**
 * The identity in `dir`, read anew when it is older than three seconds.
 *
 * @throws Refusal `tlsInvalid` at once where a file is missing or the key can be read by others
 */
export function identityIn(dir: string): () => TlsIdentity {
  let found = readIdentity(dir);
  let readAt = Date.now();
  return () => {
    if (Date.now() - readAt > FRESH_MS) {
      found = readIdentity(dir);
      readAt = Date.now();
    }
    return found;
  };
}

/** The identity of this process (`HAGUKUMI_TLS_DIR`); undefined where none is set. @throws Refusal `tlsInvalid` */
export function processIdentity(environment: NodeJS.ProcessEnv = process.env): (() => TlsIdentity) | undefined {
  const dir = environment["HAGUKUMI_TLS_DIR"] ?? "";
  return dir === "" ? undefined : identityIn(dir);
}

/** Those in `peers.txt` of `dir` (a fingerprint first on each line, then words), as it is at each connection. Without the file: nobody. */
export function peersIn(dir: string): Peers {
  return (fingerprint) => {
    try {
      const lines = readFileSync(join(dir, "peers.txt"), "utf8").split("\n");
      return lines.some((line) => line.trim().split(/\s/)[0]?.toLowerCase() === fingerprint);
    } catch {
      return false;
    }
  };
}

/** The end of this process that is called; undefined where no folder is set. @throws Refusal `tlsInvalid` */
export function processEnd(environment: NodeJS.ProcessEnv = process.env): TlsEnd | undefined {
  const dir = environment["HAGUKUMI_TLS_DIR"] ?? "";
  return dir === "" ? undefined : { identity: identityIn(dir), peers: peersIn(dir) };
}
