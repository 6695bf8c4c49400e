/**
 * 認証基盤との区間: the link to the identity provider on the same policy as every other (TLS 1.2 and 1.3, forward secrecy, no weak key or
 * signature, names by subjectAltName), and where its authority is given, by that authority alone.
 */
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import type { CustomFetchOptions } from "openid-client";

import { databaseOptions } from "../tls/policy.ts";
import { refuse } from "./problem.ts";

/** PEM texts: the authority of the provider's certificate, and its list of revoked ones where there is one. */
export type ProviderAuthority = { readonly ca: string; readonly crl?: string };

/** Largest answer of a provider, in bytes: its own description, its keys, one token. */
const MOST = 1024 * 1024;

/** Where the authority lies, beside the client's secret. Without the file the machine's list of public authorities counts. */
export function providerAuthorityPath(dataDir: string): string {
  return join(dataDir, "secrets", "sign-on-authority.pem");
}

const pem = async (path: string): Promise<string | undefined> =>
  await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

/** @throws Refusal `signOnSecretUnreadable` where the file holds no certificate: nobody falls back to the public list unawares */
export async function readProviderAuthority(dataDir: string): Promise<ProviderAuthority | undefined> {
  const path = providerAuthorityPath(dataDir);
  const ca = await pem(path);
  const crl = await pem(path.replace(/\.pem$/, "-crl.pem"));
  if (ca === undefined) return undefined;
  if (!ca.includes("-----BEGIN CERTIFICATE-----")) {
    return refuse(
      "signOnSecretUnreadable",
      `認証基盤の認証局（${path}）に証明書がありません。認証基盤の管理者から受け取った認証局の証明書（PEM）を置くか、ファイルを消してから起動してください。`,
    );
  }
  return { ca, ...(crl === undefined ? {} : { crl }) };
}

/**
 * A `fetch` for the library that speaks OpenID Connect.
 *
 * @returns answers whole; throws TypeError where the provider is not reached or shows no good certificate, as `fetch` does
 */
export function providerFetch(
  authority: ProviderAuthority | undefined,
): (url: string, options: CustomFetchOptions) => Promise<Response> {
  return async (url, { method, headers, body, signal }) =>
    await new Promise<Response>((done, fail) => {
      // Of its own each time: an authority or list that was changed counts for the next person.
      const outgoing = request(url, { method, headers, agent: false, ...databaseOptions(authority ?? {}) });
      const broken = (cause: Error): void =>
        fail(signal?.aborted === true ? (signal.reason as Error) : new TypeError("fetch failed", { cause }));
      const give = (): void => void outgoing.destroy(new Error("given up"));
      signal?.addEventListener("abort", give, { once: true });
      outgoing.once("error", broken);
      outgoing.once("response", (incoming) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        incoming.on("data", (part: Buffer) => {
          parts.push(part);
          bytes += part.length;
          if (bytes > MOST) outgoing.destroy(new Error("the answer is too long"));
        });
        incoming.once("error", broken);
        incoming.once("end", () => {
          signal?.removeEventListener("abort", give);
          const named = Object.entries(incoming.headers).flatMap(([name, value]) =>
            (Array.isArray(value) ? value : [value ?? ""]).map((each): [string, string] => [name, each]),
          );
          const status = incoming.statusCode ?? 502;
          const empty = [204, 205, 304].includes(status);
          done(new Response(empty ? null : Buffer.concat(parts), { status, headers: named }));
        });
      });
      const text = typeof body === "string" || body instanceof URLSearchParams ? body.toString() : undefined;
      outgoing.end(text);
    });
}
