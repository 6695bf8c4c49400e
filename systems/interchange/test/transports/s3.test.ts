/** The store by the S3 API, over real HTTP against the simulated object storage, which checks every signature by code of its own. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type ObjectStorage, signatureFault, startObjectStorage } from "@hagukumi/outside-object-storage/contract.ts";
import type { IncomingMessage } from "node:http";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { applyDeliveries, listDeliveries, openStore, receiveDeliveries, s3Store } from "../../contract.ts";
import { readSmall } from "../../src/transports/object-store.ts";
import { pauseBefore } from "../../src/transports/s3-wire.ts";
import { agree, makeTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const KEY = { accessKeyId: "AKIDKAKUU01", secretAccessKey: "not-a-secret-of-anybody-0123456789" };
const READER = { accessKeyId: "AKIDKAKUUREAD", secretAccessKey: "not-a-secret-of-anybody-abcdefghij" };
const link = openLink();
let storage: ObjectStorage;
let clock = 0;
const pauses: number[] = [];

const place = (over = {}) => ({
  endpoint: storage.url,
  region: "ap-northeast-1",
  bucket: "renkei",
  folder: "市/連携",
  ...KEY,
  ...over,
});
const pause = async (ms: number): Promise<void> => {
  pauses.push(ms);
  await Promise.resolve();
};
const storeAt = (over = {}, partBytes = 1000) => s3Store(link, place(over), { partBytes, pause });
const text = async (key: string): Promise<string> => (await readSmall(storeAt(), key, 1_000_000)).toString("utf8");

beforeAll(async () => {
  storage = await startObjectStorage({
    port: 0,
    region: "ap-northeast-1",
    bucket: "renkei",
    keys: { [KEY.accessKeyId]: KEY.secretAccessKey, [READER.accessKeyId]: READER.secretAccessKey },
    readOnly: [READER.accessKeyId],
    pageSize: 2,
    now: () => Date.now() + clock,
  });
});

afterAll(async () => {
  link.close();
  await storage.close();
});

// "Signature Calculations for the Authorization Header", GET Object, the values of the documentation
const example = (range: string): IncomingMessage =>
  ({
    method: "GET",
    url: "/test.txt",
    headers: {
      host: "examplebucket.s3.amazonaws.com",
      range,
      "x-amz-date": "20130524T000000Z",
      "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    },
  }) as unknown as IncomingMessage;

describe("who we are", () => {
  it("the signature check of the simulator is that of the published example, and the example changed is refused", () => {
    const at = {
      region: "us-east-1",
      service: "s3",
      keys: { AKIAIOSFODNN7EXAMPLE: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
      now: Date.parse("2013-05-24T00:00:00Z"),
    };
    expect(signatureFault(example("bytes=0-8"), Buffer.alloc(0), at)).toBe("SignatureDoesNotMatch");
    expect(signatureFault(example("bytes=0-9"), Buffer.alloc(0), at)).toBeUndefined();
  });

  it("unknown key, wrong secret, other region, a clock that is off, a key without the right, a bucket that is not there: refused by what it is", async () => {
    const refused = async (over: object, code: string): Promise<void> => {
      await expect(storeAt(over).put("x.txt", "x")).rejects.toMatchObject({
        code: "sourceRefused",
        message: expect.stringContaining(code) as string,
      });
    };
    await refused({ accessKeyId: "AKIDNOBODY" }, "InvalidAccessKeyId");
    await refused({ secretAccessKey: "another-secret-0123456789" }, "SignatureDoesNotMatch");
    await refused({ region: "us-east-1" }, "AuthorizationHeaderMalformed");
    await refused(READER, "AccessDenied");
    await refused({ bucket: "hoka" }, "NoSuchBucket");
    clock = 16 * 60_000;
    await refused({}, "RequestTimeTooSkewed");
    await expect(storeAt().list("in")).rejects.toThrow("時計を合わせて");
    clock = 0;
    expect(storage.bucket.list("")).toEqual([]);
    expect(await storeAt(READER).list("")).toEqual([]);
    expect(JSON.stringify(storage.log)).not.toContain(KEY.secretAccessKey);
  });
});

describe("an object", () => {
  it("is put whole and read as it was, in one piece and in parts; a name is never a way out; the last one put counts and the one before is kept", async () => {
    const store = storeAt();
    await expect(store.put("../x.txt", "x")).rejects.toMatchObject({ code: "storeInvalid" });
    await expect(readSmall(store, "in/../../x.txt", 10)).rejects.toMatchObject({ code: "storeInvalid" });
    expect(await store.size("in/none.csv")).toBeUndefined();
    await expect(text("in/none.csv")).rejects.toMatchObject({ code: "storeInvalid" });
    await store.put("in/431001_residents_差分_00000001_01.csv", "宛名番号,氏名\n");
    await store.put("in/431001_residents_差分_00000001_01.csv", "宛名番号,氏名,かな\n");
    expect(await text("in/431001_residents_差分_00000001_01.csv")).toBe("宛名番号,氏名,かな\n");
    expect(storage.bucket.versions("市/連携/in/431001_residents_差分_00000001_01.csv")).toHaveLength(2);
    const large = randomBytes(3500); // parts of 1,000, 1,000, 1,000 and 500 bytes
    await store.put("in/large.bin", large);
    expect(await store.size("in/large.bin")).toBe(3500);
    expect(Buffer.compare(await readSmall(store, "in/large.bin", 5000), large)).toBe(0);
    expect(storage.bucket.find("市/連携/in/large.bin")?.etag).toMatch(/-4"$/);
  });

  it("a line that breaks is gone on with from where it broke, as the same version; an object that was exchanged meanwhile is refused", async () => {
    const large = randomBytes(900);
    await storeAt().put("in/cut.bin", large);
    storage.befall({ name: "cut", times: 3 });
    expect(Buffer.compare(await readSmall(storeAt(), "in/cut.bin", 5000), large)).toBe(0);
    expect(storage.log.filter((line) => line.endsWith("cut.bin 206")).length).toBe(3);
    storage.befall({ name: "cut", times: 1 });
    const half: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const chunk of storeAt().read("in/cut.bin")) {
        half.push(chunk.length);
        if (half.length === 1) await storeAt().put("in/cut.bin", randomBytes(900));
      }
    };
    await expect(reading()).rejects.toThrow("置き換えられました");
    storage.befall({ name: "cut", times: 9 }); // the first answer and eight times the rest
    await expect(readSmall(storeAt(), "in/cut.bin", 5000)).rejects.toThrow("途中で切れます");
  });

  it("bytes that are not those of their hash are refused, on the way in and on the way out; a failed upload leaves nothing behind", async () => {
    const store = storeAt();
    await store.put("in/a.csv", "氏名\n架空 太郎\n");
    for (const fault of ["flipped", "wrongEtag"] as const) {
      storage.befall({ name: fault, times: 1, method: "GET" });
      await expect(text("in/a.csv")).rejects.toThrow("ハッシュ");
    }
    storage.befall({ name: "wrongEtag", times: 1, method: "PUT" });
    await expect(store.put("in/b.csv", "b")).rejects.toThrow("違うものが置かれました");
    const large = randomBytes(2500);
    storage.befall({ name: "wrongEtag", times: 1, method: "PUT" });
    await expect(store.put("in/c.bin", large)).rejects.toMatchObject({ code: "storeInvalid" });
    storage.befall({ name: "lateFailure", times: 1 });
    await expect(store.put("in/c.bin", large)).rejects.toThrow("一つになりません");
    expect(await store.size("in/c.bin")).toBeUndefined();
    expect(storage.bucket.openUploads).toBe(0);
  });

  it("where the store asks for patience it is given, longer each time and never for ever", async () => {
    // 100 ms × 2^n, between half and all of it; what the store says itself counts; never above 20 s
    expect([0, 1, 2].map((tried) => pauseBefore(tried, null, () => 1))).toEqual([100, 200, 400]);
    expect(pauseBefore(3, null, () => 0)).toBe(400);
    expect(pauseBefore(0, "7", () => 1)).toBe(7000);
    expect(pauseBefore(30, null, () => 1)).toBe(20_000);
    pauses.length = 0;
    storage.befall({ name: "slowDown", times: 2 });
    storage.befall({ name: "internal", times: 1 });
    storage.befall({ name: "unreachable", times: 1 });
    await storeAt().put("in/patience.txt", "ok");
    expect(await text("in/patience.txt")).toBe("ok");
    expect(pauses).toHaveLength(4);
    storage.befall({ name: "slowDown", times: 6 });
    await expect(text("in/patience.txt")).rejects.toMatchObject({
      code: "sourceUnavailable",
      message: expect.stringContaining("503 SlowDown") as string,
    });
    expect(await text("in/patience.txt")).toBe("ok");
  });
});

describe("a listing", () => {
  it("is read to its end, page by page, without what lies outside the folder; one that never ends or can't be read is refused", async () => {
    const other = storeAt({ folder: "ほか" });
    await other.put("in/x.json", "{}");
    for (const name of ["a", "b", "c", "d", "e"]) await storeAt({ folder: "一覧" }).put(`in/${name}.json`, "{}");
    storage.bucket.put("一覧/in/名前 に空白.json", Buffer.from("{}"));
    const store = storeAt({ folder: "一覧" });
    expect((await store.list("in")).map(({ key }) => key)).toEqual(
      ["a", "b", "c", "d", "e"].map((name) => `in/${name}.json`),
    );
    expect(await store.list("out")).toEqual([]);
    for (const name of ["endlessList", "brokenList"] as const) {
      storage.befall({ name, times: 2 });
      await expect(store.list("in")).rejects.toMatchObject({ code: "storeInvalid" });
      await store.list("in").catch(() => {});
    }
    expect(await store.list("in")).toHaveLength(5);
  });
});

describe("deliveries through the object storage", () => {
  it("a listing is never believed: a data file without control file is not taken, a named one that is not there is said, one exchanged after its receipt is turned back, and the rest comes in", async () => {
    const context = testContext(database, dir, "renkei.batch");
    await agree(context);
    const { sender, town, storeDir } = await makeTown(dir, 60);
    const store = storeAt({ folder: "配信" });
    const lay = async (): Promise<void> => {
      const folder = join(storeDir, "in", "residents");
      const files = readdirSync(folder).toSorted(
        (left, right) => Number(left.endsWith("json")) - Number(right.endsWith("json")),
      );
      for (const file of files) await store.put(`in/residents/${file}`, readFileSync(join(folder, file)));
    };
    await sender.send("residents", town.residents(), { kind: "full", asOf: "2026-11-20" });
    await lay();
    await store.put("in/residents/no-control.csv", "宛名番号\n1\n");
    storage.befall({ name: "phantom", times: 2 }); // four names are two pages
    const first = await receiveDeliveries(context, store);
    expect(first).toMatchObject({ received: 1, refused: 0 });
    expect(first.unreadable.map(({ key }) => key)).toEqual(["in/zz-phantom.json"]);
    // Exchanged between receipt and taking in: by a file of the same length, with another letter in it.
    const [csv = ""] = (await store.list("in/residents"))
      .map(({ key }) => key)
      .filter((key) => key.includes("全件") && key.endsWith(".csv"));
    const right = await readSmall(store, csv, 10_000_000);
    const wrong = Buffer.from(right);
    wrong[wrong.length - 4] = (wrong.at(-4) ?? 0) ^ 1;
    await store.put(csv, wrong);
    expect(await applyDeliveries(context, store)).toMatchObject({ applied: 0, refused: 1 });
    const people = async (): Promise<number> =>
      (await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.person_history")).rows[0]
        ?.n ?? 0;
    expect(await people()).toBe(0);
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]?.reason).toContain("別の中身に置き換えられて");
    // Sent again under the next attempt, it is taken in, with a line that breaks on the way.
    mkdirSync(join(storeDir, "out"), { recursive: true });
    writeFileSync(join(storeDir, "out", "resend-1.json"), JSON.stringify({ interface: "residents", from: 1, to: 1 }));
    await sender.answerResends();
    await lay();
    storage.befall({ name: "cut", times: 2, method: "GET" });
    expect(await receiveDeliveries(context, store)).toMatchObject({ received: 1, refused: 0 });
    expect(await applyDeliveries(context, store)).toMatchObject({ applied: 1, refused: 0, rejectedRows: 0 });
    expect(await people()).toBe(town.residents().length);
    // A round where nothing is new asks for lists alone; a control file that was replaced is read again.
    const gets = async (): Promise<readonly string[]> => {
      const from = storage.log.length;
      expect(await receiveDeliveries(context, store)).toMatchObject({ received: 0, refused: 0 });
      return storage.log.slice(from).filter((line) => /GET .*\.json 200$/.test(line));
    };
    expect(await gets()).toEqual([]);
    const [control = ""] = (await store.list("in/residents"))
      .map(({ key }) => key)
      .filter((key) => key.endsWith(".json"));
    const said = JSON.parse((await readSmall(store, control, 10_000)).toString("utf8")) as object;
    await store.put(control, JSON.stringify(said, undefined, 1));
    expect(await gets()).toHaveLength(1);
    expect(await gets()).toEqual([]);
  });
});

describe("opening", () => {
  it("a bucket over the net in the clear, without its key, or with a key that others can read is refused; a folder is the default", async () => {
    const file = join(dir, "store-key.json");
    const env = { HAGUKUMI_STORE_KEY_FILE: file };
    await expect(openStore(dir, "https://s3.example.lg.jp/renkei", env)).rejects.toMatchObject({
      code: "storeInvalid",
    });
    writeFileSync(file, JSON.stringify(KEY), { mode: 0o644 });
    await expect(openStore(dir, `${storage.url}/renkei`, env)).rejects.toThrow("chmod 600");
    writeFileSync(join(dir, "key2.json"), JSON.stringify(KEY), { mode: 0o600 });
    const good = { HAGUKUMI_STORE_KEY_FILE: join(dir, "key2.json"), HAGUKUMI_STORE: `${storage.url}/renkei/一覧` };
    await expect(openStore(dir, "https://s3.example.lg.jp/x?y=1", good)).rejects.toMatchObject({
      code: "storeInvalid",
    });
    for (const address of ["http://s3.example.lg.jp/renkei", "https://s3.example.lg.jp/renkei"]) {
      const far = await openStore(dir, address, good);
      await expect(far.list("in")).rejects.toMatchObject({ code: "linkInsecure" });
    }
    expect(await (await openStore(dir, undefined, good)).list("in")).toHaveLength(5);
    await (await openStore(dir, undefined, {})).put("in/f.json", "{}");
    expect(readdirSync(join(dir, "interchange", "in"))).toEqual(["f.json"]);
  });
});
