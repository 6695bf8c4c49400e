/**
 * An office's REST provider as the standard wants it: OAuth 2.0 client credentials, a token for one provider and one scope
 * `業務システムID:リソース名:操作名`, short life, bearer in the header only, and a log line for every call.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { createSecureServer, type TlsEnd } from "@hagukumi/platform/tls/policy.ts";

import type { Sender } from "./sender.ts";

export type ProviderLogLine = {
  readonly at: string;
  readonly client: string | null;
  readonly what: string;
  readonly status: number;
  readonly scope: string | null;
  readonly rows: number;
};

export type Provider = {
  readonly url: string;
  readonly log: readonly ProviderLogLine[];
  /** Answers 503 from now on, or no more */
  readonly breakDown: (broken: boolean) => void;
  /** Answers whose digest does not fit from now on, or no more */
  readonly tamper: (tampered: boolean) => void;
  readonly close: () => Promise<void>;
};

export type ProviderOptions = {
  readonly port: number;
  /** 業務システムID of this office */
  readonly systemId: string;
  /** Client ID → secret, and the scopes that it may ask for */
  readonly clients: Readonly<Record<string, { readonly secret: string; readonly scopes: readonly string[] }>>;
  /** Resource → interface of the sender */
  readonly resources: Readonly<Record<string, string>>;
  readonly sender: Sender;
  /** Life of a token in seconds; default 60 */
  readonly life?: number;
  /** Persons that a query of one person answers: resource → 宛名番号 → items */
  readonly persons?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly now?: () => number;
  /** Certificates on both sides; without it in the clear */
  readonly tls?: TlsEnd;
};

type Token = { readonly client: string; readonly scope: string; readonly until: number };

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 20_000) break;
  }
  return new URLSearchParams(text);
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();
const same = (left: string, right: string): boolean => timingSafeEqual(digestOf(left), digestOf(right));

/** Starts the provider on localhost. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const { systemId, clients, resources, sender, life = 60, persons = {} } = options;
  const now = options.now ?? (() => Date.now());
  const tokens = new Map<string, Token>();
  const used = new Set<string>();
  const log: ProviderLogLine[] = [];
  let broken = false;
  let tampered = false;
  let url = "";

  /** Who proves to be which client: client_secret_jwt (HS256), or client_secret_basic as the interim form. */
  const clientOf = (request: IncomingMessage, form: URLSearchParams): string | undefined => {
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (basic !== undefined) {
      const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
      return same(clients[id]?.secret ?? randomBytes(8).toString("hex"), secret) ? id : undefined;
    }
    const [head = "", claims = "", signature = ""] = (form.get("client_assertion") ?? "").split(".");
    try {
      const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as Readonly<Record<string, unknown>>;
      const id = String(said["iss"]);
      const client = clients[id];
      const alg = (JSON.parse(Buffer.from(head, "base64url").toString()) as Readonly<Record<string, unknown>>)["alg"];
      if (client === undefined || alg !== "HS256" || said["sub"] !== id || said["aud"] !== `${url}/oauth/token`)
        return undefined;
      const expected = createHmac("sha256", client.secret).update(`${head}.${claims}`).digest("base64url");
      const fresh = Number(said["exp"]) * 1000 > now() && !used.has(String(said["jti"]));
      if (!same(expected, signature) || !fresh) return undefined;
      used.add(String(said["jti"]));
      return id;
    } catch {
      return undefined;
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = new URL(request.url ?? "/", "http://localhost");
    let client: string | null = null;
    let scope: string | null = null;
    const answer = (status: number, content: unknown, rows = 0): void => {
      log.push({
        at: new Date(now()).toISOString(),
        client,
        what: `${request.method ?? ""} ${target.pathname}`,
        status,
        scope,
        rows,
      });
      const body = content === null ? "" : JSON.stringify(content);
      const digest = createHash("sha256").update(body).digest("base64");
      response.writeHead(status, {
        "content-type": "application/json; charset=utf-8",
        "cache-control": "no-store",
        // RFC 9530: what left here is what must arrive
        "content-digest": `sha-256=:${tampered ? digest.replace(/^./, "_") : digest}:`,
      });
      response.end(body);
    };
    if (broken) return answer(503, [{ code: "E0999", message: "一時的に使えません" }]);
    if (target.pathname === "/oauth/token" && request.method === "POST") {
      const form = await bodyOf(request);
      const id = clientOf(request, form);
      scope = form.get("scope");
      if (id === undefined) return answer(401, { error: "invalid_client" });
      client = id;
      if (form.get("grant_type") !== "client_credentials") return answer(400, { error: "unsupported_grant_type" });
      if (scope === null || !(clients[id]?.scopes.includes(scope) ?? false))
        return answer(400, { error: "invalid_scope" });
      const token = randomBytes(24).toString("base64url");
      tokens.set(token, { client: id, scope, until: now() + life * 1000 });
      return answer(200, { access_token: token, token_type: "Bearer", expires_in: life, scope });
    }
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const token = tokens.get(bearer);
    if (token === undefined || token.until <= now()) return answer(401, { error: "invalid_token" });
    client = token.client;
    scope = token.scope;
    const [, system = "", resource = "", operation = "", number = ""] = target.pathname.split("/");
    const known = system === systemId && Object.hasOwn(resources, resource);
    if (!known || token.scope !== `${system}:${resource}:read`) return answer(403, { error: "insufficient_scope" });
    if (operation === "persons") {
      const found = persons[resource]?.[number];
      return found === undefined ? answer(404, null) : answer(200, found, 1);
    }
    if (operation !== "deliveries") return answer(404, null);
    const after = target.searchParams.get("after");
    if (after === null) return answer(400, [{ code: "E0001", message: "after がありません" }]);
    if (!/^[0-9]{1,9}$/.test(after)) return answer(400, [{ code: "E0002", message: "after は数字です" }]);
    const found = sender.sent(resources[resource] ?? "", Number(after));
    if (found === undefined) return answer(204, null);
    const { header, rows, options: said, attempt } = found.kept;
    return answer(
      200,
      {
        announcement: {
          municipality: "431001",
          interface: resources[resource],
          version: said.version ?? "1.0",
          kind: said.kind ?? "difference",
          sequence: found.sequence,
          attempt,
          asOf: said.asOf,
          sentAt: `${said.asOf}T23:00:00+09:00`,
          rows: rows.length,
        },
        rows: rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ""]))),
      },
      rows.length,
    );
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
  const server = options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, {}, listener);
  await new Promise<void>((ready) => {
    server.listen(options.port, "127.0.0.1", ready);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  url = options.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  return {
    url,
    log,
    breakDown: (is) => {
      broken = is;
    },
    tamper: (is) => {
      tampered = is;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => {
        server.close(() => done());
      });
    },
  };
}
