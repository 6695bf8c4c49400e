/** The small made-up city, served as the staff have it, and calls against it. */
import type { BankChannel } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";

import { openByHand } from "../../../../platform/test/support/container.ts";
import { testIdentity } from "../../../../platform/test/support/identity.ts";
import { seedSmallCity } from "../../../../systems/allowance/test/support/small-city.ts";
import type { SmallCity } from "../../../../systems/allowance/test/support/small-city.ts";
import { startStaffServer } from "../../contract.ts";
import type { StaffServer, StaffServerOptions } from "../../contract.ts";
import { API_BASE } from "../../src/api/mount.ts";
import type { Operation } from "../../src/api/operation.ts";
import { operations } from "../../src/api/operations.ts";
import { SESSION_COOKIE, TERMINAL_COOKIE } from "../../src/http/cookies.ts";
import type { Actor } from "./actors.ts";

export type ServedDesk = SmallCity & {
  readonly server: StaffServer;
  readonly dataDir: string;
  readonly end: () => Promise<void>;
};

/** Seeds the city (no payment run yet) and serves it on a free port. */
export async function serveDesk(
  pool: Pool,
  more: Partial<StaffServerOptions> & { readonly bank?: BankChannel } = {},
): Promise<ServedDesk> {
  const city = await seedSmallCity(pool);
  const dataDir = mkdtempSync(join(tmpdir(), "hagukumi-desk-"));
  await mkdir(join(dataDir, "files"));
  const server = await startStaffServer({
    pool,
    calendar: createCalendar(nationalHolidays),
    today: () => civilDate("2026-11-24"),
    dataDir,
    installation: "training",
    identity: testIdentity(pool),
    port: 0,
    requestsPerMinute: 1_000_000,
    logInsPerMinute: 1_000_000,
    ...more,
  });
  const end = async (): Promise<void> => {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...city, server, dataDir, end };
}

/** What a browser sees of the server on the wire, for tests of other rooms: operations, base path and names of the cookies. */
export function wire(): {
  readonly operations: readonly Operation[];
  readonly apiBase: string;
  readonly sessionCookie: string;
  readonly terminalCookie: string;
} {
  return { operations, apiBase: API_BASE, sessionCookie: SESSION_COOKIE, terminalCookie: TERMINAL_COOKIE };
}

export type Sent = {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Answer = {
  readonly status: number;
  /** `code` of the problem, or the empty text */
  readonly code: string;
  readonly json: Record<string, unknown>;
  /** Of a container: what is in it */
  readonly text: string;
  readonly headers: Headers;
  /** A container as it arrived, and its password */
  readonly container?: { readonly name: string; readonly bytes: Buffer; readonly password: string };
};

/** The parts of an answer that is a container, opened with the password that came with it. @throws Error where it is none */
async function containerOf(response: Response): Promise<NonNullable<Answer["container"]> & { readonly text: string }> {
  const parts = await response.formData();
  const [file, password] = [parts.get("container"), parts.get("password")];
  if (!(file instanceof File) || typeof password !== "string") throw new Error("no container");
  const bytes = Buffer.from(await file.arrayBuffer());
  return { name: file.name, bytes, password, text: openByHand(bytes, password).toString("utf8") };
}

let keys = 0;

/** Calls an operation as a browser of ours would; headers given replace or (empty) remove the usual ones. */
export async function call(
  { url }: StaffServer,
  actor: Pick<Actor, "cookie"> | undefined,
  operation: Pick<Operation, "method" | "path">,
  sent: Sent = {},
): Promise<Answer> {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(String(sent.path?.[name] ?? "1")),
  );
  const query = new URLSearchParams(sent.query ?? {}).toString();
  keys += 1;
  const usual: Record<string, string> = {
    ...(actor === undefined ? {} : { cookie: actor.cookie }),
    ...(operation.method === "GET"
      ? {}
      : {
          origin: url,
          "sec-fetch-site": "same-origin",
          "content-type": "application/json",
          "idempotency-key": `test-key-${keys}`,
        }),
  };
  const headers = Object.fromEntries(Object.entries({ ...usual, ...sent.headers }).filter(([, value]) => value !== ""));
  const response = await fetch(`${url}/api/v1${path}${query === "" ? "" : `?${query}`}`, {
    method: operation.method,
    headers,
    ...(operation.method === "GET" ? {} : { body: JSON.stringify(sent.body ?? {}) }),
  });
  const type = response.headers.get("content-type") ?? "";
  const { text: content, ...container } = type.startsWith("multipart/form-data")
    ? await containerOf(response)
    : { text: undefined };
  const text = content ?? (await response.text());
  const isJson = type.includes("json");
  const json = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
  return {
    status: response.status,
    code: typeof json["code"] === "string" ? json["code"] : "",
    json,
    text,
    headers: response.headers,
    ...("bytes" in container ? { container } : {}),
  };
}
