/**
 * The vault in a process of its own, over a UNIX socket: `POST /v1/<operation>` with `{ statement, input }`. The socket belongs to the account of the
 * vault (folder 0700); who may call at all is decided by the statement, as in one process.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
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

/** Largest request and answer: 1,000 numbers, or 20,000 references with their faults. */
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

export type VaultServer = { readonly socket: string; readonly close: () => Promise<void> };

/** Serves `vault` at a socket; an old socket of a dead process is replaced. */
export async function serveVault(vault: Vault, socket: string): Promise<VaultServer> {
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  await rm(socket, { force: true });
  const server = createServer({ requestTimeout: WAIT_MS }, (incoming, response) => {
    handle(vault, incoming, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const known = error instanceof Refusal && isVaultRefusalCode(error.code) ? error : undefined;
      // Of anything else the caller learns nothing: it may hold what was sent.
      return answer(response, known === undefined ? 500 : 409, { code: known?.code ?? "vaultUnreachable" });
    });
  });
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

/** The vault at the other end of a socket. @throws Refusal `vaultUnreachable` where nobody answers, besides those of the vault */
export function connectVault(socket: string): Vault {
  const call = async <O extends VaultOperation>(
    operation: O,
    statement: string,
    input: VaultInput<O>,
  ): Promise<VaultOutput<O>> => {
    const { status, text } = await post(socket, `/v1/${operation}`, toWire({ statement, input })).catch(
      (error: unknown) => {
        throw refusal("vaultUnreachable", {}, error);
      },
    );
    const body = fromWire(text) as { readonly output?: unknown; readonly code?: unknown };
    if (status !== 200)
      throw refusal(typeof body.code === "string" && isVaultRefusalCode(body.code) ? body.code : "vaultUnreachable");
    return vaultOperations[operation].output.parse(body.output) as VaultOutput<O>;
  };
  return { call, close: async () => await Promise.resolve() };
}
