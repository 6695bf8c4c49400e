/** The allowance system talks to the database and to the 庁内連携 that calls it, and to nobody else: no way out is in its code, and none is taken while it works. */
import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { connectClient } from "@hagukumi/platform/database/pool.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { makeReplicas } from "../../src/replica/replica.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { prepare } from "../support/filings.ts";
import { approveLaw } from "../support/parameters.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "madoguchi.hana");
const approver = testContext(database, dir, "kessai.saburo");

/** Packages that the room loads: of those that can open a connection the driver of its database alone. */
const PACKAGES = ["csv-parse/sync", "fontkit", "iconv-lite", "pg", "pg-copy-streams", "qr", "zod"];
/** The printers run in a child, which is walked too. */
const CHILDREN = {
  "platform/src/print/printer.ts: node:child_process": "platform/src/print/typst-child.ts",
  "systems/allowance/src/notices/print/letter-printer.ts: node:child_process":
    "systems/allowance/src/notices/print/letter-child.ts",
};
/** Node's own modules that can reach another machine, or start a program that could. */
const WAYS_OUT = new Set([
  "net",
  "tls",
  "http",
  "https",
  "http2",
  "dgram",
  "dns",
  "dns/promises",
  "child_process",
  "cluster",
  "inspector",
]);

const byText = (left: string, right: string): number => (left < right ? -1 : 1);

type Reached = {
  readonly files: ReadonlySet<string>;
  readonly ways: readonly string[];
  readonly packages: ReadonlySet<string>;
};

/** Everything that is loaded with the room's door, by the imports as they are written. */
function reach(entry: string): Reached {
  const files = new Set<string>();
  const ways: string[] = [];
  const packages = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    const text = readFileSync(file, "utf8");
    const here = file.slice(ROOT.length + 1);
    for (const call of text.matchAll(/(?<![.\w"'`])(fetch|WebSocket|EventSource|XMLHttpRequest)\s*\(/g))
      ways.push(`${here}: ${call[1]}`);
    // Types are gone when the program runs.
    for (const [, kind = "", name = ""] of text.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+"([^"]+)";/gms)) {
      if (kind !== "") continue;
      if (name.startsWith(".")) waiting.push(join(dirname(file), name));
      else if (name.startsWith("@hagukumi/")) {
        const [, room = "", ...rest] = name.split("/");
        const folder = { law: "law", platform: "platform/src", vault: "vault" }[room];
        if (folder === undefined) ways.push(`${here}: ${name}`);
        else waiting.push(join(ROOT, folder, rest.join("/")));
      } else if (name.startsWith("node:")) {
        if (WAYS_OUT.has(name.slice("node:".length))) ways.push(`${here}: ${name}`);
      } else packages.add(name);
    }
    for (const [, name = ""] of text.matchAll(/\bimport\("([^"]+)"\)/g)) ways.push(`${here}: import(${name})`);
  }
  return { files, ways, packages };
}

beforeAll(async () => {
  await prepare(database.pool);
  await approveLaw(database.pool);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("the allowance system", () => {
  it("[D31] has no way out in its code: no module that could open one is loaded, and no system but the law, the platform and itself", () => {
    const { files, ways, packages } = reach(join(ROOT, "systems/allowance/contract.ts"));
    // That the walk sees what there is: the whole room, and what could be found.
    expect(files.size).toBeGreaterThan(300);
    expect([...files].some((file) => file.endsWith("register/import-feeds.ts"))).toBe(true);
    expect(reach(join(ROOT, "platform/src/tls/link.ts")).ways).not.toEqual([]);
    expect(ways.toSorted(byText)).toEqual(Object.keys(CHILDREN));
    expect([...packages].toSorted(byText)).toEqual(PACKAGES);
    for (const child of Object.values(CHILDREN)) {
      const inside = reach(join(ROOT, child));
      expect(
        inside.ways.filter((way) => !(way in CHILDREN)),
        child,
      ).toEqual([]);
      expect(
        [...inside.packages].filter((name) => !PACKAGES.includes(name) && !name.startsWith("@myriaddreamin/")),
      ).toEqual([]);
    }
  });

  it("[D31] while it decides and makes what others are told, its process reaches the database alone", async () => {
    const reached: unknown[] = [];
    // Node's own, called below with the socket as `this`.
    const connect: unknown = Reflect.get(Socket.prototype, "connect");
    if (typeof connect !== "function") throw new Error("no Socket.connect");
    vi.spyOn(Socket.prototype, "connect").mockImplementation(function watched(
      this: Socket,
      ...args: unknown[]
    ): Socket {
      reached.push(args.flat()[0]);
      return Reflect.apply(connect, this, args) as Socket;
    });
    // That the watch sees what there is: a new connection to the database, and one to somebody else.
    await (await connectClient(database.url, "test")).end();
    expect(reached.length).toBeGreaterThan(0);
    const stranger = new Socket();
    stranger.on("error", () => {}).connect(9, "127.0.0.1");
    stranger.destroy();
    expect(reached.at(-1)).toBe(9);
    reached.pop();
    await certifiedFamily({ clerk, approver }, 95_000, ["2020-05-01"]);
    await makeReplicas(clerk);
    const { port } = new URL(database.url);
    const elsewhere = reached.filter((at) => {
      const said =
        typeof at === "object" && at !== null ? (at as { port?: number | string; path?: string }) : undefined;
      return String(said?.port ?? at) !== port && !(said?.path ?? "").endsWith(`.s.PGSQL.${port}`);
    });
    expect(elsewhere).toEqual([]);
  });
});
