/** The store by SFTP, over real SSH against the simulated file server. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type FileServer, makeKeyPair, startFileServer } from "@hagukumi/outside-file-server/contract.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import {
  applyDeliveries,
  listDeliveries,
  openStore,
  receiveDeliveries,
  type SftpOptions,
  type SftpStore,
  sftpStore,
} from "../../contract.ts";
import { readSmall } from "../../src/transports/object-store.ts";
import { agree, makeTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const OURS = makeKeyPair();
const READER = makeKeyPair();
const HOST = makeKeyPair();
let server: FileServer;
/** A server that can't rename over a file, as some appliances can't */
let plain: FileServer;
const opened: SftpStore[] = [];
const pauses: number[] = [];

const pause = async (ms: number): Promise<void> => {
  pauses.push(ms);
  await Promise.resolve();
};
const place = (over = {}) => ({
  host: "127.0.0.1",
  port: server.port,
  user: "hagukumi",
  folder: "/連携",
  privateKey: OURS.privateKey,
  hostKeys: [server.print],
  ...over,
});
const storeAt = (over = {}, options: SftpOptions = {}): SftpStore => {
  const store = sftpStore(place(over), { pause, ...options });
  opened.push(store);
  return store;
};
const text = async (store: SftpStore, key: string): Promise<string> =>
  (await readSmall(store, key, 1_000_000)).toString("utf8");
const names = (log: readonly string[], what: string): readonly string[] =>
  log.filter((line) => line.startsWith(`hagukumi ${what} `));

beforeAll(async () => {
  const users = { hagukumi: OURS.publicKey, reader: READER.publicKey };
  server = await startFileServer({ port: 0, hostKey: HOST, users, readOnly: ["reader"], renamesOver: true });
  plain = await startFileServer({ port: 0, hostKey: HOST, users, renamesOver: false });
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
afterAll(async () => {
  await server.close();
  await plain.close();
});

describe("who we are, and who they are", () => {
  it("a host with another key is not talked to; a user without the key is not let in; a reader can't write; nobody offers a password", async () => {
    const stranger = storeAt({ hostKeys: [`SHA256:${"A".repeat(43)}`] });
    await expect(stranger.put("x.txt", "x")).rejects.toMatchObject({
      code: "sourceRefused",
      message: expect.stringContaining(server.print) as string,
    });
    expect(server.log).toEqual([]); // not even the user's name was said
    await expect(storeAt({ privateKey: READER.privateKey }).list("in")).rejects.toMatchObject({
      code: "sourceRefused",
    });
    await expect(storeAt({ user: "nobody" }).list("in")).rejects.toMatchObject({ code: "sourceRefused" });
    expect(server.log.filter((line) => !line.endsWith("publickey"))).toEqual([]);
    const reader = storeAt({ user: "reader", privateKey: READER.privateKey });
    await expect(reader.put("in/x.txt", "x")).rejects.toMatchObject({ code: "sourceRefused" });
    expect(await reader.list("")).toEqual([]);
    expect(server.tree.paths()).toEqual([]);
    // While the server's key is being changed both are known.
    await storeAt({ hostKeys: [`SHA256:${"A".repeat(43)}`, server.print] }).put("in/x.txt", "x");
    expect(server.tree.remove("/連携/in/x.txt")).toBe(true);
  });
});

describe("an object", () => {
  it("appears whole by a rename at the end and is read as it was; a name is never a way out, and of two the last counts", async () => {
    for (const [at, over] of [
      [server, {}],
      [plain, { port: plain.port }],
    ] as const) {
      const store = storeAt(over);
      await expect(store.put("../x.txt", "x")).rejects.toMatchObject({ code: "storeInvalid" });
      await expect(readSmall(store, "in/../../x.txt", 10)).rejects.toMatchObject({ code: "storeInvalid" });
      expect(await store.size("in/none.csv")).toBeUndefined();
      await expect(text(store, "in/none.csv")).rejects.toMatchObject({ code: "storeInvalid" });
      await store.put("in/431001_住民_00000001.csv", "宛名番号,氏名\n");
      await store.put("in/431001_住民_00000001.csv", "宛名番号,氏名,かな\n");
      expect(await text(store, "in/431001_住民_00000001.csv")).toBe("宛名番号,氏名,かな\n");
      const large = randomBytes(200_001); // seven pieces of 32,000 bytes at the most
      await store.put("in/large.bin", large);
      expect(await store.size("in/large.bin")).toBe(200_001);
      at.befall({ name: "short", times: 3 });
      expect(Buffer.compare(await readSmall(store, "in/large.bin", 300_000), large)).toBe(0);
      expect(at.tree.paths()).toEqual(["/連携/in/431001_住民_00000001.csv", "/連携/in/large.bin"]);
    }
    expect(names(server.log, "POSIX-RENAME")).toHaveLength(4); // x.txt of above, twice the first file, the large one
    expect(names(plain.log, "RENAME")).toHaveLength(4); // the second of the first file was tried, then made way for
  });

  it("a line that breaks is gone on with from where it broke, as the same version; what was replaced meanwhile is refused; it is not asked for ever", async () => {
    const store = storeAt();
    const large = randomBytes(900_000);
    server.tree.put("/連携/in/cut.bin", large);
    server.befall({ name: "cut", times: 1, after: 9 });
    server.befall({ name: "cut", times: 1, after: 9 });
    const from = server.log.length;
    expect(Buffer.compare(await readSmall(store, "in/cut.bin", 1_000_000), large)).toBe(0);
    expect(server.log.slice(from)).toEqual(Array.from({ length: 3 }, () => "hagukumi OPEN /連携/in/cut.bin"));
    const half = async (): Promise<void> => {
      let pieces = 0;
      for await (const piece of store.read("in/cut.bin")) {
        pieces += piece.length > 0 ? 1 : 0;
        if (pieces !== 1) continue;
        server.tree.put("/連携/in/cut.bin", randomBytes(900_001));
        server.befall({ name: "cut", times: 1 });
      }
    };
    await expect(half()).rejects.toThrow("置き換えられました");
    server.befall({ name: "cut", times: 9 }); // the first time and eight times the rest
    await expect(readSmall(store, "in/cut.bin", 1_000_000).then(({ length }) => length)).rejects.toThrow(
      "途中で切れます",
    );
  });

  it("what arrives is read back and compared before it gets its name: another byte, a broken line, and nothing stays behind", async () => {
    const store = storeAt({ folder: "/送" });
    server.befall({ name: "flipped", times: 1 });
    await expect(store.put("in/b.csv", "b")).rejects.toThrow("違うものが置かれました");
    expect(server.tree.paths().filter((path) => path.startsWith("/送"))).toEqual([]);
    pauses.length = 0;
    server.befall({ name: "cut", times: 1 });
    await store.put("in/b.csv", "b");
    expect(pauses).toHaveLength(1);
    expect(await text(store, "in/b.csv")).toBe("b");
    expect(server.tree.paths().filter((path) => path.startsWith("/送"))).toEqual(["/送/in/b.csv"]);
  });

  it("a server that is not there or says nothing is given patience, longer each time and never for ever", async () => {
    const store = storeAt({ folder: "/待" }, { patience: 1000 });
    pauses.length = 0;
    server.befall({ name: "unreachable", times: 2 });
    await store.put("in/patience.txt", "ok");
    expect(pauses).toHaveLength(2);
    server.befall({ name: "silent", times: 1 });
    expect(await text(store, "in/patience.txt")).toBe("ok");
    await store.close();
    server.befall({ name: "unreachable", times: 6 });
    await expect(store.list("in")).rejects.toMatchObject({ code: "sourceUnavailable" });
    expect(await store.list("in")).toEqual([{ key: "in/patience.txt", bytes: 2 }]);
  });

  it("a listing goes through folders, and leaves out what is still being written, links and names that are none of ours", async () => {
    const store = storeAt({ folder: "/一覧" });
    for (const name of ["a/2.json", "a/b/3.json", "1.json", ".4.json.part", "名前 に空白.json"])
      server.tree.put(`/一覧/in/${name}`, Buffer.from("{}"));
    server.tree.link("/一覧/in/passwd");
    server.tree.put("/ほか/in/5.json", Buffer.from("{}"));
    expect((await store.list("in")).map(({ key }) => key)).toEqual(["in/1.json", "in/a/2.json", "in/a/b/3.json"]);
    expect(await store.list("out")).toEqual([]);
    expect(await store.size("in/passwd")).toBeUndefined();
  });
});

describe("deliveries through the file server", () => {
  it("a file that is still being written is never taken, one exchanged after its receipt is turned back, and the rest comes in over a line that breaks", async () => {
    const context = testContext(database, dir, "renkei.batch");
    await agree(context);
    const { sender, town, storeDir } = await makeTown(dir, 60);
    const store = storeAt({ folder: "/配信" });
    await sender.send("residents", town.residents(), { kind: "full", asOf: "2026-11-20" });
    const folder = join(storeDir, "in", "residents");
    const [control = "", data = ""] = readdirSync(folder).toSorted((left) => (left.endsWith("json") ? -1 : 1));
    const bytes = readFileSync(join(folder, data));
    const lay = (name: string, content: Buffer): void => server.tree.put(`/配信/in/residents/${name}`, content);
    // Without its control file it is nothing, whole or half.
    lay(data, bytes.subarray(0, 1000));
    expect(await receiveDeliveries(context, store)).toMatchObject({ received: 0, refused: 0, unreadable: [] });
    // An office that lays the control file too early: what there is of the data is refused, and has to be sent again.
    lay(control, readFileSync(join(folder, control)));
    expect(await receiveDeliveries(context, store)).toMatchObject({ received: 1, refused: 1 });
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]?.reason).toContain("大きさ");
    const people = async (): Promise<number> =>
      (await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.person_history")).rows[0]
        ?.n ?? 0;
    expect(await applyDeliveries(context, store)).toMatchObject({ applied: 0 });
    // What is asked of the office lies on the same server.
    await store.put("out/resend-1.json", JSON.stringify({ interface: "residents", from: 1, to: 1 }));
    mkdirSync(join(storeDir, "out"), { recursive: true });
    writeFileSync(join(storeDir, "out", "resend-1.json"), await text(store, "out/resend-1.json"));
    await sender.answerResends();
    for (const name of readdirSync(folder).toSorted((left) => (left.endsWith("json") ? 1 : -1)))
      lay(name, readFileSync(join(folder, name)));
    server.befall({ name: "cut", times: 1, after: 1 });
    expect(await receiveDeliveries(context, store)).toMatchObject({ received: 1, refused: 0 });
    const second = readdirSync(folder).find((name) => name !== data && name.endsWith(".csv")) ?? "";
    const wrong = Buffer.from(bytes);
    wrong[wrong.length - 4] = (wrong.at(-4) ?? 0) ^ 1;
    lay(second, wrong);
    expect(await applyDeliveries(context, store)).toMatchObject({ applied: 0, refused: 1 });
    expect(await people()).toBe(0);
    writeFileSync(join(storeDir, "out", "resend-2.json"), await text(store, "out/resend-1.json"));
    await sender.answerResends();
    for (const name of readdirSync(folder).toSorted((left) => (left.endsWith("json") ? 1 : -1)))
      if (!name.startsWith(second.slice(0, -4))) lay(name, readFileSync(join(folder, name)));
    expect(await receiveDeliveries(context, store)).toMatchObject({ received: 1, refused: 0 });
    server.befall({ name: "cut", times: 1 });
    expect(await applyDeliveries(context, store)).toMatchObject({ applied: 1, refused: 0, rejectedRows: 0 });
    expect(await people()).toBe(town.residents().length);
  });
});

describe("opening", () => {
  it("an address with a password, a key that others can read or that is none, a host without a pinned key are refused", async () => {
    const key = join(dir, "sftp-key");
    writeFileSync(key, OURS.privateKey, { mode: 0o644 });
    const address = `sftp://hagukumi@127.0.0.1:${server.port}/%E4%B8%80%E8%A6%A7`;
    const env = { HAGUKUMI_STORE_KEY_FILE: key, HAGUKUMI_STORE_HOST_KEY: server.print };
    const refused = async (at: string, over: NodeJS.ProcessEnv, said: string): Promise<void> => {
      await expect(openStore(dir, at, { ...env, ...over })).rejects.toMatchObject({
        code: "storeInvalid",
        message: expect.stringContaining(said) as string,
      });
    };
    await refused(address, {}, "chmod 600");
    const good = join(dir, "sftp-key-2");
    writeFileSync(good, OURS.privateKey, { mode: 0o600 });
    writeFileSync(join(dir, "no-key"), "no key", { mode: 0o600 });
    const with2 = { HAGUKUMI_STORE_KEY_FILE: good };
    await refused(address, { HAGUKUMI_STORE_KEY_FILE: join(dir, "no-key") }, "秘密鍵");
    await refused(address, { ...with2, HAGUKUMI_STORE_HOST_KEY: "" }, "指紋");
    await refused(address.replace("hagukumi@", "hagukumi:secret@"), with2, "パスワードは使えません");
    await refused("sftp://127.0.0.1/in", with2, "sftp://利用者@");
    const store = (await openStore(dir, undefined, { ...env, ...with2, HAGUKUMI_STORE: address })) as SftpStore;
    expect(await store.list("in")).toHaveLength(3);
    await store.close();
  });
});
