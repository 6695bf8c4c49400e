/** Nothing that is typed makes the server call anybody: addresses in every text of every operation, with a listener that counts. */
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { create } from "../../../../systems/allowance/test/support/runs.ts";
import { operations } from "../../src/api/operations.ts";
import { matrix } from "../authorization/rows/all.ts";
import type { MatrixRow } from "../authorization/row.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Sent, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let desk: ServedDesk | undefined;
let runNo = 0;
let hits = 0;
const sockets = new Set<Socket>();
const listener = createServer((_request, response) => response.end("found"));
listener.on("connection", (socket) => {
  hits += 1;
  sockets.add(socket);
});

beforeAll(async () => {
  await new Promise<void>((resume) => {
    listener.listen(0, "0.0.0.0", resume);
  });
  desk = await serveDesk(database.pool);
  ({ runNo } = await create(database.pool));
});
afterAll(async () => {
  await desk?.end();
  for (const socket of sockets) socket.destroy();
  await new Promise((resume) => {
    listener.close(resume);
  });
});

/** Ways to write "this machine, that port" and what a careless program would load: 10 hosts × 10 forms × 2 paths = 200. */
function payloads(port: number): readonly string[] {
  const hosts = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "127.0.0.1.",
    "user:pass@127.0.0.1",
  ];
  const forms: readonly ((at: string) => string)[] = [
    (at) => `http://${at}`,
    (at) => `HTTP://${at}`,
    (at) => `//${at}`,
    (at) => `https://${at}`,
    (at) => `ftp://${at}`,
    (at) => `gopher://${at}`,
    (at) => `https://idp.example.invalid@${at}`,
    (at) => `<img src="http://${at}">`,
    (at) => `<!DOCTYPE a [<!ENTITY x SYSTEM "http://${at}">]><a>&x;</a>`,
    (at) => `' || (SELECT dblink_connect('host=${at}')) || '`,
  ];
  return hosts.flatMap((host) =>
    forms.flatMap((form) => ["/", "/latest/meta-data/"].map((path) => form(`${host}:${port}${path}`))),
  );
}

/** Each input that differs from the given one in one text alone. */
function withEachText(value: unknown, payload: () => string): readonly unknown[] {
  if (typeof value === "string") return [payload()];
  if (Array.isArray(value)) {
    return value.flatMap((each, at) => withEachText(each, payload).map((changed) => value.with(at, changed)));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    withEachText(each, payload).map((changed) => ({ ...value, [name]: changed })),
  );
}

const roleOf = ({ allow }: MatrixRow): Role | "everybody" | "signedIn" | undefined =>
  typeof allow === "string" ? allow : allow.ownWard?.[0];

it("[THR71] 200 written addresses of a listener in every text of every operation: it hears nothing, and no answer breaks", async () => {
  if (desk === undefined) throw new Error("not served");
  const { server } = desk;
  const { port } = listener.address() as AddressInfo;
  // The listener does hear: one call of our own.
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  expect(hits).toBe(1);
  const all = payloads(port);
  expect(new Set(all).size).toBe(200);
  let next = 0;
  const payload = (): string => all[next++ % all.length] ?? "";
  const actors = new Map<string, Actor | undefined>([["everybody", undefined]]);
  const actorFor = async (role: Role | "everybody" | "signedIn"): Promise<Actor | undefined> => {
    if (!actors.has(role)) {
      actors.set(
        role,
        await makeActor(database.pool, `o.${role}`, role === "signedIn" || role === "everybody" ? undefined : role),
      );
    }
    return actors.get(role);
  };
  const target = { recipientId: desk.hanako, addresseeNumber: 900000000001101, filingId: 1, runNo };
  const broken: string[] = [];
  let passed = 0;
  for (const row of matrix) {
    const operation = operations.find(({ id }) => id === row.operation);
    const role = roleOf(row);
    // What ends the session would end the walk.
    if (operation === undefined || role === undefined || /logout|endSession/i.test(row.operation)) continue;
    const actor = await actorFor(role);
    const sent: Sent = row.input?.(target) ?? {};
    for (const changed of withEachText(sent, payload) as readonly Sent[]) {
      const { status, code } = await call(server, actor, operation, changed);
      if (status >= 500 || code === "sessionNeeded")
        broken.push(`${row.operation} ${status} ${code} ${JSON.stringify(changed).slice(0, 200)}`);
      if (status < 400) passed += 1;
    }
  }
  // Asked of the server itself: what it would load later would be loaded by now.
  await new Promise((resume) => {
    setTimeout(resume, 500);
  });
  expect(hits).toBe(1);
  expect(broken).toEqual([]);
  // Every one of the 200 was sent, and some free texts took them as they are.
  expect(next).toBeGreaterThanOrEqual(200);
  expect(passed).toBeGreaterThanOrEqual(10);
}, 120_000);
