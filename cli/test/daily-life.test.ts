/**
 * The whole of 庁内連携 at small size: a city that has its rights, a week of daily life by file and by REST, and afterwards what must hold: work at the desk
 * for everything that the law makes matter, protected families unseen, nothing missing, nothing different, and no 個人番号 anywhere on the disk.
 */
import { listReconciliations, listRegisterChanges } from "@hagukumi/allowance/contract.ts";
import type { ListedRegisterChange } from "@hagukumi/allowance/contract.ts";
import { writeCity } from "@hagukumi/outside-city/contract.ts";
import { madeUpNumber } from "@hagukumi/outside-sources/contract.ts";
import { openDatabase, type Database } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { stopEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { scanPaths, vaultUrl } from "@hagukumi/vault/contract.ts";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { callOf, signIn } from "../../platform/test/support/staff.ts";
import { contextOf } from "../../systems/allowance/test/support/cases.ts";
import { agree, settle } from "../../systems/interchange/test/support/town.ts";
import { dump } from "../../systems/unified-addressee/test/support/canary-city.ts";
import { type LifeResult, liveMonth, sendMoreDays, storeFolder } from "../src/start/daily-life.ts";
import { startStoreWatch } from "../src/start/store-watch.ts";

const SEED = "tsuki";
const DAYS = 8;
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

  it("goes on while the pages are served: another day comes in by itself, and the day of the city with it", async () => {
    const days: string[] = [];
    const lines: string[] = [];
    const watch = await startStoreWatch({
      contextOn: (today) => ({ ...context(), today }),
      folder: storeFolder(dataDir),
      day: life.until,
      everyMs: 100,
      onDay: async (day) => await Promise.resolve(void days.push(day)),
      onLine: (line) => lines.push(line),
    });
    try {
      expect(await sendMoreDays(dataDir, { seed: SEED, days: 1 })).toMatchObject({ until: "2026-12-10" });
      await expect.poll(() => days, { timeout: 20_000 }).toEqual(["2026-12-10"]);
    } finally {
      await watch.close();
    }
    expect(lines.join("\n")).not.toContain("警報");
    const [night] = await listReconciliations(db().pool);
    expect(night).toMatchObject({ asOf: "2026-12-10", missing: 0, extra: 0, different: 0 });
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
});
