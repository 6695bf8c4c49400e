/** How a database is reached: with `sslmode=verify-full` over TLS with the city's own authority, and in production over a net in no other way. */
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

import { processIdentity } from "../tls/identity-files.ts";
import { leavesMachine } from "../tls/link.ts";
import { databaseOptions, type TlsIdentity } from "../tls/policy.ts";
import { Refusal } from "./problem.ts";

export type DatabaseTarget = {
  /** The address without the parameters of TLS, which are in `ssl` */
  readonly url: string;
  readonly ssl?: ConnectionOptions;
};

/** Parameters of libpq that name the files of an end. */
const FILES = { ca: "sslrootcert", crl: "sslcrl", certificate: "sslcert", key: "sslkey" } as const;

function identityOf(parameters: URLSearchParams, environment: NodeJS.ProcessEnv): Partial<TlsIdentity> {
  const named = Object.entries(FILES).flatMap(([part, parameter]) => {
    const path = parameters.get(parameter);
    if (path === null) return [];
    try {
      return [[part, readFileSync(path, "utf8")] as const];
    } catch {
      throw new Refusal(
        "tlsInvalid",
        `データベースの接続先の ${parameter}（${path}）を読めません。何もつないでいません。`,
      );
    }
  });
  const found: Partial<TlsIdentity> = { ...processIdentity(environment)?.(), ...Object.fromEntries(named) };
  if (found.ca !== undefined) return found;
  throw new Refusal(
    "tlsInvalid",
    "データベースの接続先が sslmode=verify-full ですが、認証局の証明書がありません。何もつないでいません。sslrootcert か HAGUKUMI_TLS_DIR で場所を指定してください。",
  );
}

/**
 * Reads `url`: what of TLS it asks for. Files are those of its parameters `sslrootcert`, `sslcrl`, `sslcert`, `sslkey`, else those of
 * `HAGUKUMI_TLS_DIR`.
 *
 * @throws Refusal `tlsInvalid`; `linkInsecure` in production where it leads out of this machine without `sslmode=verify-full`
 */
export function databaseTarget(url: string, environment: NodeJS.ProcessEnv = process.env): DatabaseTarget {
  if (!URL.canParse(url)) return { url };
  const address = new URL(url);
  if (address.searchParams.get("sslmode") !== "verify-full") {
    const host = address.searchParams.get("host") ?? address.hostname;
    const local = host === "" || host.startsWith("/") || !leavesMachine({ hostname: host });
    if (local || environment["HAGUKUMI_ENV"] !== "production") return { url };
    throw new Refusal(
      "linkInsecure",
      "本番では、ほかの機械のデータベースへは sslmode=verify-full でだけつなぎます。何もつないでいません。DATABASE_URL に ?sslmode=verify-full を付け、証明書のフォルダを HAGUKUMI_TLS_DIR に設定してください。",
    );
  }
  const ssl = databaseOptions(identityOf(address.searchParams, environment));
  for (const parameter of ["sslmode", ...Object.values(FILES)]) address.searchParams.delete(parameter);
  return { url: address.href, ssl };
}
