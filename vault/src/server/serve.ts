/**
 * The vault in a process of its own: `POST /v1/<operation>` with `{ statement, input }`. On the same machine over a UNIX socket that belongs to the
 * account of the vault (folder 0700), over a net by TLS with certificates on both sides. Who may call at all is decided by the statement, as in one
 * process; a certificate only brings a caller to the door.
 */
import { createServer, type IncomingMessage, request, type RequestListener, type ServerResponse } from "node:http";
import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Link } from "@hagukumi/platform/tls/link.ts";
import { createSecureServer, type TlsEnd } from "@hagukumi/platform/tls/policy.ts";
import { z } from "zod";

import {
  isVaultOperation,
  type Vault,
  type VaultInput,
  type VaultOperation,
  type VaultOutput,
  vaultOperations,
} from "../operations/shapes.ts";
import { isVaultRefusalCode, refusal } from "../refusal.ts";
import { fromWire, toWire } from "./wire.ts";

/** Largest request and answer: 1,000 numbers, 10,000 keys of entries, or 20,000 references with their faults. */
const LARGEST = 4 * 1024 * 1024;
const WAIT_MS = 60_000;

const envelope = z.strictObject({ statement: z.string().max(4096), input: z.unknown() });

async function textOf(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    size += (part as Buffer).length;
    if (size > LARGEST) throw refusal("vaultInput");
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(toWire(body));
}

async function handle(vault: Vault, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, operation = ""] = /^\/v1\/([A-Za-z]{1,40})$/.exec(incoming.url ?? "") ?? [];
  if (incoming.method !== "POST" || !isVaultOperation(operation)) return answer(response, 404, { code: "vaultInput" });
  const read = envelope.safeParse(fromWire(await textOf(incoming)));
  if (!read.success) return answer(response, 400, { code: "vaultInput" });
  // Whatever the input is: the door checks its shape, and logs the refusal.
  const output = await vault.call(operation, read.data.statement, read.data.input as VaultInput<typeof operation>);
  answer(response, 200, { output });
}

export type VaultServer = {
  /** Where it is reached: the path of the socket, or `https://localhost:port` */
  readonly socket: string;
  readonly close: () => Promise<void>;
};

function listener(vault: Vault): RequestListener {
  return (incoming, response) => {
    handle(vault, incoming, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const known = error instanceof Refusal && isVaultRefusalCode(error.code) ? error : undefined;
      // Of anything else the caller learns nothing: it may hold what was sent.
      return answer(response, known === undefined ? 500 : 409, { code: known?.code ?? "vaultUnreachable" });
    });
  };
}

/** Serves `vault` at a socket; an old socket of a dead process is replaced. */
export async function serveVault(vault: Vault, socket: string): Promise<VaultServer> {
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  await rm(socket, { force: true });
  const server = createServer({ requestTimeout: WAIT_MS }, listener(vault));
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(socket, done);
  });
  await chmod(socket, 0o600);
  return {
    socket,
    close: async () => {
      await new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
      await rm(socket, { force: true });
    },
  };
}

/** Serves `vault` over a net, to those alone whose certificate is on the list. */
export async function serveVaultSecurely(
  vault: Vault,
  { host, port }: { readonly host: string; readonly port: number },
  end: TlsEnd,
): Promise<VaultServer> {
  const server = createSecureServer(end, { requestTimeout: WAIT_MS }, listener(vault));
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, done);
  });
  const address = server.address();
  const found = typeof address === "object" && address !== null ? address.port : port;
  return {
    socket: `https://localhost:${String(found)}`,
    close: async () => {
      await new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
    },
  };
}

async function post(
  socketPath: string,
  path: string,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { "content-type": "application/json" };
  const sent = request({ socketPath, path, method: "POST", headers, timeout: WAIT_MS });
  sent.once("timeout", () => sent.destroy(new Error("timeout")));
  const arrived = once(sent, "response");
  sent.end(body);
  const [incoming] = (await arrived) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, text: await textOf(incoming) };
}

type Post = (path: string, body: string) => Promise<{ readonly status: number; readonly text: string }>;

/** The vault at the other end of a socket. @throws Refusal `vaultUnreachable` where nobody answers, besides those of the vault */
export function connectVault(socket: string): Vault {
  return overWire(
    async (path, body) => await post(socket, path, body),
    async () => await Promise.resolve(),
  );
}

/**
 * The vault at the other end of a net, `https://host:port`.
 *
 * @param link with this side's certificate; closed with the vault
 * @throws Refusal `linkInsecure`, `vaultUnreachable`, besides those of the vault
 */
export function connectVaultSecurely(address: string, link: Link): Vault {
  const send: Post = async (path, body) => {
    const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
    const response = await link.fetch(`${address}${path}`, { method: "POST", headers, body, patience: WAIT_MS });
    return { status: response.status, text: await response.text() };
  };
  return overWire(send, async () => {
    link.close();
    await Promise.resolve();
  });
}

function overWire(send: Post, close: () => Promise<void>): Vault {
  const call = async <O extends VaultOperation>(
    operation: O,
    statement: string,
    input: VaultInput<O>,
  ): Promise<VaultOutput<O>> => {
    const { status, text } = await send(`/v1/${operation}`, toWire({ statement, input })).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === "linkInsecure") throw error;
      throw refusal("vaultUnreachable", {}, error);
    });
    const body = fromWire(text) as { readonly output?: unknown; readonly code?: unknown };
    if (status !== 200)
      throw refusal(typeof body.code === "string" && isVaultRefusalCode(body.code) ? body.code : "vaultUnreachable");
    return vaultOperations[operation].output.parse(body.output) as VaultOutput<O>;
  };
  return { call, close };
}
