/** 控え: taken under a right, brought to a store where nobody can delete it, opened by two people, started and compared. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ObjectStorage, startObjectStorage } from "@hagukumi/outside-object-storage/contract.ts";
import { sealLog } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import {
  answerOrder,
  putOrder,
  toldOf,
  type UpkeepContext,
  type UpkeepRight,
} from "@hagukumi/platform/upkeep/orders.ts";
import { s3Calls, type S3Request, s3Store } from "@hagukumi/interchange/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { addLogRows } from "../../platform/test/support/log-rows.ts";
import { makeBackupKeys, openShares } from "../src/backup/keys.ts";
import { openBackupPlace } from "../src/backup/place.ts";
import { catalogOf, restoreInto, verifyCopy } from "../src/backup/restore.ts";
import { openContext, type OpenContext } from "../src/context.ts";
import { openInstallationVault } from "../src/installation-vault.ts";
import { type Ended, hagukumi } from "./support/program.ts";

const WRITER = { accessKeyId: "AKIDHIKAE01", secretAccessKey: "not-a-secret-of-anybody-hikae-0123" };
const OWNER = { accessKeyId: "AKIDHIKAEOWNER", secretAccessKey: "not-a-secret-of-anybody-owner-0123" };
const HOUR = 3_600_000;
const CANARY = "架空ノ控エ花子";

const codeOf = ({ stderr }: Ended): unknown =>
  (JSON.parse(stderr.trim().split("\n").at(-1) ?? "{}") as { code?: unknown }).code;

const window = () => ({ from: new Date(Date.now() - HOUR), to: new Date(Date.now() + HOUR) });

describe("copies of the databases", () => {
  let folder = "";
  let shares = "";
  let storage: ObjectStorage;
  let opened: OpenContext;
  let copyId = "";

  const environment = () => ({
    HAGUKUMI_DATA: folder,
    HAGUKUMI_BACKUP: `${storage.url}/hikae/city`,
    HAGUKUMI_BACKUP_KEY_FILE: join(shares, "store.json"),
  });
  const run = async (operator: string, ...args: readonly string[]): Promise<Ended> =>
    await hagukumi([...args, "--operator", operator, "--json"], environment());
  const as = (operator: string): UpkeepContext => ({ pool: opened.context.pool, operator });
  const give = async (staff: string, right: UpkeepRight): Promise<void> => {
    const order = await putOrder(as("kanri.a"), { kind: "right", staff, right }, window(), "控えの当番");
    await answerOrder(as("kanri.b"), order.orderId, order.digest, true);
  };
  const restoreOrder = async (): Promise<string> => {
    const order = await putOrder(as("fukugen.a"), { kind: "restore", copyId }, window(), "年に一度の復元訓練");
    await answerOrder(as("fukugen.b"), order.orderId, order.digest, true);
    return String(order.orderId);
  };
  const shareOf = (...holders: readonly string[]): string[] => [
    "--share",
    ...holders.flatMap((holder) => ["main", "vault"].map((part) => join(shares, `share-${part}-${holder}.json`))),
  ];
  const accesses = async () =>
    (
      await opened.context.pool.query<{ said: string }>(
        "SELECT actor || ' ' || action || ' ' || outcome AS said FROM upkeep.copy_access ORDER BY access_id",
      )
    ).rows.map(({ said }) => said);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "backup-"));
    shares = await mkdtemp(join(tmpdir(), "backup-shares-"));
    storage = await startObjectStorage({
      port: 0,
      region: "ap-northeast-1",
      bucket: "hikae",
      keys: { [WRITER.accessKeyId]: WRITER.secretAccessKey, [OWNER.accessKeyId]: OWNER.secretAccessKey },
      writeOnce: [WRITER.accessKeyId],
    });
    await writeFile(join(shares, "store.json"), JSON.stringify(WRITER), { mode: 0o600 });
    opened = await openContext({ operator: "kanri.a" }, undefined, undefined, folder);
    const vault = await openInstallationVault(opened.database.url, folder, "kanri.a");
    await vault.close();
    await addLogRows(opened.context.pool, 40);
    await sealLog(opened.context.pool, await readSealKey(folder), folder);
    await opened.context.pool.query(
      "INSERT INTO audit.event (actor, purpose, action, object_kind, object_id) VALUES ('x', $1, 'x', 'x', 'x')",
      [CANARY],
    );
    await writeFile(join(folder, "report.txt"), CANARY);
  }, 120_000);
  afterAll(async () => {
    await opened.database.close();
    await storage.close();
    for (const dir of [folder, shares]) await rm(dir, { recursive: true, force: true });
  });

  it("[D229] without the right for it nobody takes, lists or opens a copy, and each attempt is recorded beside each that was allowed", async () => {
    await expect(makeBackupKeys(folder, ["huda.a"], shares)).rejects.toMatchObject({ code: "invalidValue" });
    await makeBackupKeys(folder, ["huda.a", "huda.b", "huda.c"], shares);
    // One right does not hold for the other: who takes copies can't read their list.
    await give("toru.a", "backup.take");
    expect(codeOf(await run("dareka", "backup", "take"))).toBe("upkeepRight");
    expect(codeOf(await run("toru.a", "backup", "list"))).toBe("upkeepRight");
    const taken = await run("toru.a", "backup", "take", "--days", "35");
    expect(taken.stderr.replace(/^データベースの文.*\n/gm, "")).not.toContain("Refusal");
    copyId = (JSON.parse(taken.stdout) as { copyId: string }).copyId;
    await give("miru.a", "backup.read");
    expect(JSON.parse((await run("miru.a", "backup", "list")).stdout)).toMatchObject([
      {
        copyId,
        takenBy: "toru.a",
        medium: "objectStorage",
        place: expect.stringContaining("/hikae/city"),
        expired: false,
        lockedUntil: expect.any(String),
      },
    ]);
    await expect(putOrder(as("toru.a"), { kind: "restore", copyId }, window(), "権限のない復元")).rejects.toMatchObject(
      { code: "upkeepRight" },
    );
    expect(await accesses()).toEqual([
      "dareka take refused",
      "toru.a list refused",
      "toru.a take begun",
      "toru.a take done",
      "miru.a list done",
    ]);
    // Past the program the database refuses it as well.
    await expect(
      opened.context.pool.query(
        "INSERT INTO upkeep.copy SELECT '20260101T000000Z-00000000', place, medium, pieces, bytes, catalog, digest, locked_until, expires_on, 'dareka', begun_at FROM upkeep.copy",
      ),
    ).rejects.toMatchObject({ code: "HGU01" });
  }, 120_000);

  it("[THR94] [A196] neither the program's own key nor the database's superuser nor the owner of the bucket can delete or replace the copy before its time; two people restore it from there: rows, files, seals", async () => {
    const place = (key: typeof WRITER) => ({
      endpoint: storage.url,
      region: "ap-northeast-1",
      bucket: "hikae",
      folder: "city",
      ...key,
    });
    const link = openLink();
    const all = storage.bucket.list("city/").map(([key]) => key);
    const keys = ["catalog.json", "main-000001.hgb", "vault-000001.hgb"].map((name) => `city/${copyId}/${name}`);
    expect(keys.every((key) => all.includes(key))).toBe(true);
    const before = all.map((key) => storage.bucket.find(key)?.etag);
    for (const key of keys) {
      const versionId = storage.bucket.find(key)?.versionId ?? "";
      const status = async (who: typeof WRITER, request: S3Request): Promise<number> =>
        (await s3Calls(link, place(who))({ key, ...request })).status;
      const body = Buffer.from("x");
      // The program: no deletion, no second writing.
      expect(await status(WRITER, { method: "DELETE" })).toBe(403);
      expect(await status(WRITER, { method: "PUT", body })).toBe(403);
      expect(await status(WRITER, { method: "PUT", body, headers: { "if-none-match": "*" } })).toBe(412);
      // Who owns the bucket: not before the day, however it is asked.
      const bypass = { "x-amz-bypass-governance-retention": "true" };
      expect(await status(OWNER, { method: "DELETE", query: { versionId } })).toBe(403);
      expect(await status(OWNER, { method: "DELETE", query: { versionId }, headers: bypass })).toBe(403);
    }
    // The superuser of the database runs what he likes on its machine, and has all that lies there: also the program's key. What the
    // command is given must be read, or the server finds its pipe closed.
    await opened.context.pool.query(`COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm -rf ${folder}/backups; true'`);
    const again = s3Store(link, place(WRITER)).put(`${copyId}/catalog.json`, "gone", { once: true });
    await expect(again).rejects.toMatchObject({ code: "storeInvalid" });
    expect(all.map((key) => storage.bucket.find(key)?.etag)).toEqual(before);
    link.close();

    for (const staff of ["fukugen.a", "fukugen.b"]) await give(staff, "backup.restore");
    const order = await restoreOrder();
    const into = join(shares, "restored");
    const done = await run("fukugen.b", "restore", order, "--into", into, ...shareOf("huda.a", "huda.c"));
    expect([done.status, JSON.parse(done.stdout)]).toMatchObject([
      0,
      { copyId, drill: { differing: [], brokenInvariants: [], logFindings: 0, rows: expect.any(Number) } },
    ]);
    expect(await readFile(join(into, "report.txt"), "utf8")).toBe(CANARY);
    // The keys are in no copy, and nothing of it is readable where it lies.
    expect((await readdir(into)).includes("secrets")).toBe(false);
    const stored = storage.bucket.list("city/").map(([, { bytes }]) => bytes);
    expect(stored.some((bytes) => bytes.includes(CANARY) || bytes.includes("hagukumi_allowance"))).toBe(false);
    expect(Buffer.concat(stored).length).toBeGreaterThan(5_000_000);
    // An order works once.
    const second = await run("fukugen.b", "restore", order, "--check", ...shareOf("huda.b", "huda.c"));
    expect(codeOf(second)).toBe("upkeepUsed");
    // Until the last day, and not a day longer: what the store itself says of the version.
    const [first = ""] = keys;
    const version = storage.bucket.find(first)?.versionId ?? "";
    expect(storage.bucket.removeVersion(first, version, Date.now() + 34 * 24 * HOUR)).toBe("locked");
    const kept = storage.bucket.find(first)?.bytes ?? Buffer.alloc(0);
    expect(storage.bucket.removeVersion(first, version, Date.now() + 36 * 24 * HOUR)).toBe("done");
    storage.bucket.put(first, kept);
  }, 180_000);

  it("one person's shares open nothing; a changed, shortened or missing piece is refused before anything is used, and leaves nothing behind", async () => {
    await expect(openShares(shareOf("huda.a").slice(1))).rejects.toMatchObject({ code: "backupTwoPeople" });
    const keys = await openShares(shareOf("huda.a", "huda.b").slice(1));
    const { store } = await openBackupPlace(folder, environment());
    const catalog = await catalogOf(store, folder, copyId);
    const key = `city/${copyId}/main-000001.hgb`;
    const whole = storage.bucket.find(key)?.bytes ?? Buffer.alloc(0);
    const flipped = Buffer.from(whole);
    flipped[70_000] = (flipped[70_000] ?? 0) ^ 1;
    const into = join(shares, "broken");
    for (const bytes of [whole.subarray(0, -1), flipped]) {
      storage.bucket.put(key, bytes);
      await expect(verifyCopy(store, folder, copyId)).rejects.toMatchObject({ code: "backupDamaged" });
      await expect(restoreInto(store, catalog, keys, into)).rejects.toMatchObject({ code: "backupDamaged" });
      expect(await readdir(into).catch(() => "none")).toBe("none");
    }
    storage.bucket.put(key, whole);
    const refused = await run("miru.a", "backup", "verify", "20260101T000000Z-00000000");
    expect([refused.status, codeOf(refused)]).toEqual([1, "backupDamaged"]);
    expect((await accesses()).slice(-3)).toEqual([
      "fukugen.b restore done",
      "fukugen.b restore refused",
      "miru.a verify failed",
    ]);
  }, 120_000);

  it("[D118] what goes to a medium for a remote place is logged with its number and keeper, and an alarm names who is told on that day", async () => {
    const dir = join(shares, "medium");
    const medium = ["backup", "medium", copyId, "--to", dir, "--number", "LTO-0042", "--keeper", "架空保管庫"];
    expect(codeOf(await run("miru.a", ...medium))).toBe("upkeepRight");
    expect((await run("toru.a", ...medium)).status).toBe(0);
    expect((await readdir(join(dir, copyId))).length).toBeGreaterThanOrEqual(3);
    const { rows } = await opened.context.pool.query(
      "SELECT actor, outcome, copy_id, detail FROM upkeep.copy_access WHERE action = 'medium' ORDER BY access_id",
    );
    expect(rows).toEqual([
      { actor: "miru.a", outcome: "refused", copy_id: copyId, detail: { code: "upkeepRight" } },
      { actor: "toru.a", outcome: "done", copy_id: copyId, detail: { number: "LTO-0042", keeper: "架空保管庫" } },
    ]);
    // The newest copy is from two days ago: an alarm, for whom two people named for today.
    await opened.context.pool.query("UPDATE upkeep.copy SET taken_at = taken_at - interval '2 days'");
    const alarm = async () =>
      (JSON.parse((await run("x", "upkeep", "alarms")).stdout) as { alarm: string; told: string[] }[]).filter(
        ({ alarm: kind }) => kind === "backup",
      );
    expect(await alarm()).toMatchObject([{ told: [] }]);
    const today = Date.now();
    const route = { kind: "alarmRoute", alarm: "backup", told: ["unyo.a"] } as const;
    const order = await putOrder(
      as("kanri.a"),
      route,
      { from: new Date(today - HOUR), to: new Date(today + HOUR) },
      "警報の当番の割り当て",
    );
    await answerOrder(as("kanri.b"), order.orderId, order.digest, true);
    const next = await putOrder(
      as("kanri.a"),
      { ...route, told: ["unyo.b"] },
      { from: new Date(today + HOUR), to: new Date(today + 24 * HOUR) },
      "警報の当番の割り当て",
    );
    await answerOrder(as("kanri.b"), next.orderId, next.digest, true);
    expect(await alarm()).toMatchObject([{ told: ["unyo.a"] }]);
    expect(await toldOf(as("x"), "backup", new Date(today + 2 * HOUR))).toEqual(["unyo.b"]);
  }, 120_000);

  it("a copy past its term is removed on the order of one person and the approval of another, with a key of its own, never before its term or lock; then nothing of it is there, and it is said with a signature", async () => {
    const remover = { HAGUKUMI_BACKUP_REMOVE_KEY_FILE: join(shares, "remove.json") };
    await writeFile(join(shares, "remove.json"), JSON.stringify(OWNER), { mode: 0o600 });
    const expire = async (operator: string, ...args: readonly string[]): Promise<Ended> =>
      await hagukumi(["backup", "expire", ...args, "--operator", operator, "--json"], { ...environment(), ...remover });
    const order = async () =>
      await putOrder(as("kesu.a"), { kind: "expire", copyIds: [copyId] }, window(), "期限を過ぎた控えの消去");
    expect(codeOf(await expire("dareka"))).toBe("upkeepRight");
    await expect(order()).rejects.toMatchObject({ code: "upkeepRight" });
    await give("kesu.a", "backup.expire");
    // Its term has not passed; nor, a day later, its lock.
    await expect(order()).rejects.toMatchObject({ code: "backupNotExpired" });
    await opened.context.pool.query("UPDATE upkeep.copy SET expires_on = '2026-01-01'");
    expect(JSON.parse((await expire("kesu.a")).stdout)).toMatchObject([{ copyId, removable: false }]);
    await expect(order()).rejects.toMatchObject({ code: "backupNotExpired" });
    await opened.context.pool.query("UPDATE upkeep.copy SET locked_until = '2026-01-01'");
    const { orderId, digest } = await order();
    // Neither who ordered nor anybody without the right approves; without approval nothing happens.
    await expect(answerOrder(as("kesu.a"), orderId, digest, true)).rejects.toMatchObject({ code: "upkeepTwoPeople" });
    await expect(answerOrder(as("dareka"), orderId, digest, true)).rejects.toMatchObject({ code: "upkeepRight" });
    expect(codeOf(await expire("kesu.a", String(orderId)))).toBe("upkeepNotGranted");
    await give("kesu.b", "backup.expire");
    await answerOrder(as("kesu.b"), orderId, digest, true);
    // The place itself still holds its lock, whatever the database says: nothing is recorded as removed.
    expect(codeOf(await expire("kesu.a", String(orderId)))).toBe("storeInvalid");
    const removals = async () =>
      (await opened.context.pool.query("SELECT copy_id, order_id, removed_by FROM upkeep.copy_removal")).rows;
    expect(await removals()).toEqual([]);
    await expect(
      opened.context.pool.query(
        "INSERT INTO upkeep.copy_removal (copy_id, order_id, objects, digest, removed_by) VALUES ($1, $2, 1, repeat('a', 64), 'dareka')",
        [copyId, orderId],
      ),
    ).rejects.toMatchObject({ code: "HGU01" });
    // The lock of the place passes: the same order goes on.
    for (const [key] of storage.bucket.list("city/")) {
      for (const { versionId } of storage.bucket.versions(key))
        storage.bucket.removeVersion(key, versionId, Date.now() + 36 * 24 * HOUR);
      storage.bucket.put(key, Buffer.from("an object whose lock has passed"));
    }
    const done = await expire("kesu.a", String(orderId));
    expect([done.status, JSON.parse(done.stdout)]).toMatchObject([
      0,
      {
        orderId,
        orderedBy: "kesu.a",
        approvedBy: "kesu.b",
        removedBy: "kesu.a",
        copies: [{ copyId, objects: expect.any(Number), digest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
        signature: expect.stringMatching(/^[0-9a-f]{128}$/),
      },
    ]);
    expect(storage.bucket.list(`city/${copyId}/`)).toEqual([]);
    expect(await removals()).toEqual([{ copy_id: copyId, order_id: orderId, removed_by: "kesu.a" }]);
    expect(JSON.parse((await expire("kesu.a")).stdout)).toEqual([]);
    expect(codeOf(await expire("kesu.a", String(orderId)))).toBe("upkeepUsed");
    expect((await accesses()).filter((said) => said.includes(" expire "))).toEqual([
      "dareka expire refused",
      "kesu.a expire failed",
      "kesu.a expire begun",
      "kesu.a expire failed",
      "kesu.a expire begun",
      "kesu.a expire done",
      "kesu.a expire failed",
    ]);
  }, 120_000);
});
