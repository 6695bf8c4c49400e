/**
 * Link (接続): HTTP calls of this end to others. With an identity over TLS with certificates on both sides, without one in the clear, which is for
 * the same machine alone. Redirects are not followed: who answers is who was meant.
 */
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { Readable } from "node:stream";

import { Refusal } from "../database/problem.ts";
import { clientOptions, type TlsIdentity } from "./policy.ts";

export type LinkRequest = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How long nothing may come or go, in milliseconds; default 30,000 */
  readonly patience?: number;
};

export type Link = {
  /** @throws Error of the network or of the handshake; of a body that ends early, while it is read */
  readonly fetch: (url: string, request?: LinkRequest) => Promise<Response>;
  /** Ends what is kept open */
  readonly close: () => void;
};

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);
const WITHOUT_BODY = new Set([204, 205, 304]);

/** Whether an address leads out of this machine. */
export function leavesMachine(url: Pick<URL, "hostname">): boolean {
  return !LOCAL.has(url.hostname);
}

/**
 * Refuses an address that would be called in the clear over a net.
 *
 * @throws Refusal `linkInsecure`
 */
export function checkLinkAddress(url: string, identity: TlsIdentity | undefined): URL {
  const read = URL.canParse(url) ? new URL(url) : undefined;
  if (read?.protocol === "https:" && identity !== undefined) return read;
  if (read?.protocol === "http:" && !leavesMachine(read)) return read;
  throw new Refusal(
    "linkInsecure",
    read?.protocol === "https:"
      ? "https の接続先には、この側の証明書（HAGUKUMI_TLS_DIR）が要ります。何も送っていません。hagukumi certificate issue で作り、場所を設定してください。"
      : "暗号化しない接続は、同じ機械の中だけです。何も送っていません。接続先を https:// で指定してください。",
  );
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, each);
  }
  return headers;
}

/** @param identity this end; read anew for each connection that is opened, so that a renewed certificate is used without a restart */
export function openLink(identity?: () => TlsIdentity): Link {
  const plain = new HttpAgent({ keepAlive: true, maxSockets: 16 });
  const secure = new HttpsAgent({ keepAlive: true, maxSockets: 16, maxCachedSessions: 0 });
  return {
    fetch: async (url, { method = "GET", headers = {}, body, patience = 30_000 } = {}) => {
      const own = identity?.();
      const address = checkLinkAddress(url, own);
      const options = { method, headers: { ...headers }, timeout: patience };
      const incoming = await new Promise<IncomingMessage>((done, fail) => {
        const outgoing =
          address.protocol === "https:" && own !== undefined
            ? httpsRequest(address, { ...options, ...clientOptions(own), agent: secure })
            : httpRequest(address, { ...options, agent: plain });
        outgoing.once("response", done);
        outgoing.once("error", fail);
        outgoing.once("timeout", () => outgoing.destroy(new DOMException("no answer", "TimeoutError")));
        outgoing.end(body);
      });
      const status = incoming.statusCode ?? 502;
      const empty = method === "HEAD" || WITHOUT_BODY.has(status);
      if (empty) incoming.resume();
      const stream = empty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
      return new Response(stream, { status, headers: headersOf(incoming) });
    },
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}
