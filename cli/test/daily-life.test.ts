/**
 * The whole of 庁内連携 at small size: a city that has its rights, a week of daily life by file and by REST, and afterwards what must hold: work at the desk
 * for everything that the law makes matter, protected families unseen, nothing missing, nothing different, and no 個人番号 anywhere on the disk.
 */
import {
  listReconciliations,
  listRegisterChanges,
  listReplicaChecks,
  replicaOverview,
} from "@hagukumi/allowance/contract.ts";
import type { ListedRegisterChange } from "@hagukumi/allowance/contract.ts";
import { writeCity } from "@hagukumi/outside-city/contract.ts";
import { madeUpNumber } from "@hagukumi/outside-sources/contract.ts";
import { openDatabase, type Database } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { stopEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { folderStore, requestResend } from "@hagukumi/interchange/contract.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { operatedParts } from "@hagukumi/platform/supervision/states.ts";
import { type Part, startSupervisor } from "@hagukumi/platform/supervision/supervisor.ts";
import { scanPaths, vaultUrl } from "@hagukumi/vault/contract.ts";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { callOf, signIn } from "../../platform/test/support/staff.ts";
import { contextOf } from "../../systems/allowance/test/support/cases.ts";
import { agree, settle } from "../../systems/interchange/test/support/town.ts";
import { dump } from "../../systems/unified-addressee/test/support/canary-city.ts";
import { grantDemoRights, NUMBERING_ACTOR, openInstallationVault } from "../src/installation-vault.ts";
import { OPERATION_ACTOR } from "../src/operation/options.ts";
import { operationParts } from "../src/operation/parts.ts";
import { storeLook } from "../src/operation/store-look.ts";
import { type LifeResult, liveMonth, storeFolder } from "../src/start/daily-life.ts";
import { resendAnswers, sendMoreDays } from "../src/start/living-on.ts";
import { scanStarted } from "./support/started-scan.ts";

const SEED = "tsuki";
const DAYS = 8;
const NONE = { missing: 0, extra: 0, different: 0 };
const dataDir = mkdtempSync(join(tmpdir(), "hagukumi-life-"));
let database: Database | undefined;
let life: LifeResult;
/** Before the first number was made: what was not written since then holds none */
let numbersFrom = 0;

const db = (): Database => {
  if (database === undefined) throw new Error("not opened");
  return database;
};
const context = () => ({ ...contextOf(db().pool, "renkei.ichiro"), reportsDir: join(dataDir, "reports") });
const play = async (): Promise<LifeResult> =>
  await liveMonth({
    context: context(),
    databaseUrl: db().url,
    dataDir,
    seed: SEED,
    days: DAYS,
    approver: "renkei.niro",
  });

beforeAll(async () => {
  database = await openDatabase({ dir: dataDir });
  await migrate(database.url, await migrationFolders(resolve(import.meta.dirname, "../..")));
  numbersFrom = Date.now();
  const city = join(dataDir, "city");
  await writeCity({ population: 160, seed: SEED, asOf: "2026-11-20", directory: city });
  await agree(context());
  await settle(context(), city);
  life = await play();
}, 120_000);

afterAll(async () => {
  await database?.close();
  await stopEmbedded(join(dataDir, "postgres")).catch(() => false);
  rmSync(dataDir, { recursive: true, force: true });
});

/** Files that were written after a moment. */
function writtenSince(dir: string, moment: number): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= moment);
}

async function listed(
  staffId: string,
  roles: readonly ["clerk" | "protectionOfficer"],
): Promise<readonly ListedRegisterChange[]> {
  const session = await signIn(db().pool, { staffId, roles });
  const staff = { call: callOf(session), need: { permission: "case.open" }, subject: null } as const;
  return await listRegisterChanges({ pool: db().pool, operator: staffId, purpose: "試験", staff });
}

describe("a week of daily life", () => {
  it("comes in whole by both ways: no gap, nothing refused, the full set of the night without a difference; played again it changes nothing", async () => {
    expect(life).toMatchObject({ changed: true, until: "2026-12-09", refused: 0, gaps: 0, differences: 0 });
    // Six full sets, eight days of the residents' office, the night; by REST the numbers and a week's tax corrections
    expect(life.deliveries).toBeGreaterThanOrEqual(6 + DAYS + 1);
    expect(life.byRest).toBe(2);
    expect(await listReconciliations(db().pool)).toMatchObject([{ missing: 0, extra: 0, different: 0, refused: 0 }]);
    expect(await play()).toEqual({ ...life, changed: false });
  });

  it("every office's news is work at the desk of the right people, with what to do beside it", async () => {
    const { rows } = await db().pool.query<{ kind: string }>(
      "SELECT DISTINCT kind FROM allowance.register_change ORDER BY 1",
    );
    const kinds = rows.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["birth", "insurance", "pension", "protection", "welfare"]));
    const seen = await listed("madoguchi.ippan", ["clerk"]);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter(({ action }) => action === null)).toEqual([]);
    // Whoever may not see protected people is told neither of the mark nor of anything else about their families.
    const { rows: hidden } = await db().pool.query<{ id: number }>(
      `SELECT c.change_id AS id FROM allowance.register_change_state c LEFT JOIN allowance.recipient r USING (recipient_id)
       WHERE c.outcome IS NULL AND (allowance.is_protected(c.addressee_number) OR allowance.is_protected(coalesce(r.addressee_number, 0)))`,
    );
    expect(hidden.length).toBeGreaterThan(0);
    const shown = new Set(seen.map(({ changeId }) => changeId));
    expect(hidden.filter(({ id }) => shown.has(id))).toEqual([]);
    expect(seen.filter(({ kind }) => kind === "protection")).toEqual([]);
  });

  it("[D93] [D99] every row of the register names the office and the way that it came by", async () => {
    const { rows } = await db().pool.query<{ source: string | null; channel: string | null; interface: string | null }>(
      `SELECT DISTINCT b.source_code AS source, b.channel_code AS channel, b.interface_code AS interface FROM (
         SELECT batch_id FROM allowance.person_history UNION SELECT batch_id FROM allowance.income_history UNION SELECT batch_id FROM allowance.linked_period
         UNION SELECT batch_id FROM allowance.move_endorsement) f LEFT JOIN allowance.import_batch b USING (batch_id)`,
    );
    expect(new Set(rows.map(({ source, channel }) => `${source} ${channel}`))).toEqual(
      new Set(["cityOffice interchange"]),
    );
    expect(rows.map((row) => row.interface)).toEqual(
      expect.arrayContaining(["residents", "incomes", "healthInsurance", "pension", "welfare", "nonResidents"]),
    );
  });

  it("goes on while the pages are served: another day comes in by itself, and the day of the city with it; what an office lost is missed, asked for again and made good", async () => {
    let day = life.until;
    const days: string[] = [];
    const alarms: string[] = [];
    const look = storeLook({
      contextOn: (today) => ({ ...context(), today }),
      store: folderStore(storeFolder(dataDir)),
      today: () => day,
      onDay: (lived) => {
        day = lived;
        days.push(lived);
      },
      onAlarms: (all) => alarms.push(...all),
    });
    await look();
    expect(await look()).toBe("");
    expect(await sendMoreDays(dataDir, { seed: SEED, days: 1 })).toMatchObject({ until: "2026-12-10" });
    expect(await look()).toContain("突き合わせた 1件");
    expect(days).toEqual(["2026-12-10"]);
    expect(alarms).toEqual([]);
    expect((await listReconciliations(db().pool))[0]).toMatchObject({ asOf: "2026-12-10", ...NONE });
    // The residents' office loses the delivery of the 11th; the day after it comes, and waits for it.
    expect(await sendMoreDays(dataDir, { seed: SEED, days: 1, fault: "lost" })).toMatchObject({ until: "2026-12-11" });
    await sendMoreDays(dataDir, { seed: SEED, days: 1 });
    // The difference of the 12th and both nightly sets; the alarm counts differences alone.
    expect(await look()).toContain("待っている 3件");
    expect(alarms.join("\n")).toContain("が届いていません（1件が待っています）。再送を頼んでください。");
    const [, gap] = /連番 (\d+) が届いて/u.exec(alarms.join("\n")) ?? [];
    const answer = resendAnswers(dataDir, SEED);
    expect(await answer()).toBe("");
    const store = folderStore(storeFolder(dataDir));
    const range = { interfaceCode: "residents", from: Number(gap), to: Number(gap) };
    await requestResend(context(), store, { ...range, reason: "欠番" });
    expect(await answer()).toBe("再送の依頼 1件に答えて、配信 1件を送り直しました。");
    expect(await answer()).toBe("");
    alarms.length = 0;
    expect(await look()).toContain("取り込んだ 2件");
    expect(alarms).toEqual([]);
    expect((await listReconciliations(db().pool))[0]).toMatchObject({ asOf: "2026-12-12", ...NONE });
  });

  it("[D73] beside the pages everything runs that a city runs: 副本 of every recipient are registered at the 中間サーバー and compared, the nightly checks find nothing, and a part that fails leaves the others", async () => {
    const opened = await openInstallationVault(db().url, dataDir, OPERATION_ACTOR);
    await grantDemoRights(opened, [
      { actor: NUMBERING_ACTOR, operations: ["entries"] },
      { actor: OPERATION_ACTOR, operations: ["inspect", "entries"] },
    ]);
    await opened.close();
    const offices = { seed: SEED, storeFolder: storeFolder(dataDir), dayEvery: 0 };
    const options = {
      databaseUrl: db().url,
      dataDir,
      reportsDir: join(dataDir, "reports"),
      demo: { today: "2026-12-12", offices },
    };
    const told: string[] = [];
    const own = operationParts(
      { ...context(), operator: OPERATION_ACTOR },
      options,
      (day) => told.push(day),
      () => {},
    );
    const broken: Part = {
      code: "broken",
      name: "こわれた試験",
      order: 99,
      rhythm: { every: 60 },
      run: async () => await Promise.reject(new Error("こわれた")),
    };
    let ahead = 0;
    const supervisor = await startSupervisor({
      pool: db().pool,
      parts: [broken, ...own.parts],
      onLine: () => {},
      now: () => new Date(Date.now() + ahead * 1000),
      tickMs: 0,
    });
    try {
      // The stub first, then the relay, then everything that waits for a quiet moment after the start.
      for (const seconds of [0, 30, 400]) {
        ahead = seconds;
        await supervisor.tick();
        await supervisor.idle();
      }
      const states = await operatedParts(db().pool);
      expect(states.filter(({ state }) => state === "failed")).toMatchObject([
        {
          partCode: "broken",
          failures: expect.any(Number) as number,
          problem: expect.stringContaining("思わぬ失敗") as string,
        },
      ]);
      expect(states.filter(({ turns, partCode }) => turns === 0 && partCode !== "broken")).toEqual([]);
      expect(states.map(({ partCode }) => partCode)).toEqual(
        expect.arrayContaining([
          "interchange",
          "relay",
          "replicaCheck",
          "erasure",
          "verifyMoney",
          "verifyReplay",
          "verifyLogs",
          "verifyStorage",
          "consistency",
        ]),
      );
      const overview = await replicaOverview(context(), "2026-12-12");
      expect(overview.people).toBeGreaterThan(10);
      expect(overview).toMatchObject({ registered: overview.people, unmatchedCount: 0 });
      expect(await listReplicaChecks(db().pool)).toMatchObject([
        { held: overview.people, matched: overview.people, missing: 0, extra: 0, different: 0 },
      ]);
    } finally {
      await supervisor.close();
      await own.close();
    }
    expect((await operatedParts(db().pool)).filter(({ state }) => state !== "stopped")).toEqual([]);
  });

  it("leaves no 個人番号 anywhere on the disk: database, WAL, store, what the offices keep, reports, dumps of both databases", async () => {
    const { rows } = await db().pool.query<{ number: string }>(
      "SELECT lpad(addressee_number::text, 15, '0') AS number FROM unified.link WHERE system_code = 'residentRegister' AND ended_at IS NULL",
    );
    expect(rows.length).toBe(life.numbers);
    expect(rows.length).toBeGreaterThan(20);
    const numbers = rows.map(({ number }) => madeUpNumber(SEED, number));
    const vault = createPool(vaultUrl(db().url, {}), { applicationName: "life test" });
    try {
      await dump(db().pool, join(dataDir, "dump-main.txt"));
      await dump(vault, join(dataDir, "dump-vault.txt"));
    } finally {
      await vault.end();
    }
    await db().pool.query("CHECKPOINT");
    const scanned = await scanPaths(numbers, writtenSince(dataDir, numbersFrom));
    expect(scanned.hits).toEqual([]);
    // The sealed ones are there, so it was looked where they are.
    expect(readdirSync(join(dataDir, "interchange/rest")).length).toBeGreaterThanOrEqual(4);
    expect(scanned.files).toBeGreaterThan(100);
    expect(scanned.bytes).toBeGreaterThan(20_000_000);
    // It would have been found.
    writeFileSync(join(dataDir, "planted.txt"), `番号は ${numbers[0] ?? ""} です`);
    expect((await scanPaths(numbers, [join(dataDir, "planted.txt")])).hits).toHaveLength(1);
  });

  it("leaves names, addresses and accounts only where the list of places says: not in a log, not in the vault, in no table but those of the people", async () => {
    const scratch = join(dataDir, "..", `${basename(dataDir)}-tables`);
    try {
      const { planted, seen, leaks, tables } = await scanStarted(dataDir, SEED, scratch, { databaseFiles: false });
      // The dumps of the test above are what a careless copy would be: found in both, and nothing else is.
      const elsewhere = leaks.filter(({ where }) => !/^(?:dump-main|planted)\.txt$/.test(where));
      expect(elsewhere).toEqual([]);
      expect(new Set(leaks.map(({ where, what }) => `${where} ${what}`))).toEqual(
        new Set([
          "dump-main.txt name",
          "dump-main.txt address",
          "dump-main.txt account",
          "dump-main.txt holder",
          "planted.txt number",
        ]),
      );
      expect(tables).toBeGreaterThan(400);
      for (const what of ["name", "address", "account", "holder"] as const) {
        expect(planted[what], what).toBeGreaterThan(5);
        expect(seen[what], what).toBeGreaterThan(planted[what]);
      }
      expect(planted.number).toBeGreaterThan(20);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
