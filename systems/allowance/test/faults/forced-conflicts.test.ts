/**
 * Every batch of the crash sweep without a crash, in this process: which numbered points it passes, and that it ends in the same bytes
 * when half of all transactions fail at COMMIT with a serialization failure and run again.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { createPool } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { forceConflicts } from "@hagukumi/platform/faults/forced-conflicts.ts";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { copyDatabase, freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { replayRecords } from "../../src/verify/replay.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar } from "../support/cases.ts";
import { scenes } from "./sweep/scenes.ts";

// The points read where to write their names when they are loaded: before anything else is.
const { folder, log } = await vi.hoisted(async () => {
  const files = await import("node:fs");
  const system = await import("node:os");
  const dir = files.mkdtempSync(`${system.tmpdir()}/hagukumi-conflicts-`);
  const path = `${dir}/points.txt`;
  files.writeFileSync(path, "");
  vi.stubEnv("HAGUKUMI_CRASH_LOG", path);
  return { folder: dir, log: path };
});

const ROOT = resolve(import.meta.dirname, "../../../..");
/**
 * Rows that an outsider sees in money and rights, in an order of their own. Numbers that sequences give are left out: PostgreSQL does not
 * take one back when a transaction is rolled back. Moments are left out: they differ between any two playings.
 */
const ROWS = [
  "SELECT * FROM (SELECT debit, credit, recipient_id, child_number, benefit_month, e.run_no, line_no, amount, kind, occurred_on FROM allowance.ledger_entry e JOIN allowance.journal j USING (journal_id)) x",
  "SELECT child_number, benefit_month, generation, tranche, amount, band, birth_order, facts_digest, rule_version FROM allowance.due_item",
  "SELECT child_number, benefit_month, generation, tranche, cause FROM allowance.due_reversal",
  "SELECT recipient_id, child_number, benefit_month, amount FROM allowance.receivable",
  "SELECT run_no, payment_month, kind, line_count, item_count, total, line_digest FROM allowance.payment_run",
  "SELECT run_no, line_no, recipient_id, amount, account_number, holder FROM allowance.run_line",
  "SELECT run_no, seq, from_state, to_state, actor FROM allowance.run_event",
  "SELECT run_no, sha256, encode(bytes, 'hex') AS bytes FROM allowance.transfer_file",
  "SELECT r.addressee_number, d.seq, d.kind, d.effective_month, d.cause, d.monthly_total, d.facts_digest, d.decided_on, d.examined_by, d.approved_by FROM allowance.decision d LEFT JOIN allowance.recipient r USING (recipient_id)",
  "SELECT r.addressee_number, d.seq, c.child_number, c.counted, c.payable, c.position, c.band, c.amount FROM allowance.decision_child c JOIN allowance.decision d USING (decision_id) LEFT JOIN allowance.recipient r USING (recipient_id)",
  "SELECT facts_digest, facts FROM allowance.facts",
  "SELECT name, actor FROM audit.command",
  "SELECT actor, action, object_kind FROM audit.event",
] as const;

async function bytesOf(pool: Pool): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const sql of ROWS) {
    const { rows } = await pool.query<{ row: string }>(`SELECT to_jsonb(x)::text AS row FROM (${sql}) x ORDER BY 1`);
    const text = rows.map(({ row }) => row).join("\n");
    found[sql] = `${rows.length} ${createHash("sha256").update(text).digest("hex")}`;
  }
  return found;
}

type Played = {
  readonly name: string;
  readonly points: readonly string[];
  readonly plain: { readonly end: unknown; readonly bytes: unknown };
  readonly met: { readonly end: unknown; readonly bytes: unknown };
  readonly seen: { readonly ends: number; readonly conflicts: number };
  readonly broken: readonly string[];
  readonly replayed: Awaited<ReturnType<typeof replayRecords>>;
};

const linesOf = (path: string): readonly string[] => readFileSync(path, "utf8").split("\n").filter(Boolean);

/** Works until it is done: whoever is told that the others were too many presses again, with the same keys. */
async function insist(work: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "databaseBusy" || tries > 20) throw error;
    }
  }
}

async function play(scene: (typeof scenes)[number], seed: number): Promise<Played> {
  const [home, other] = [join(folder, scene.name), join(folder, `${scene.name}-met`)];
  const city = await freshDatabase();
  mkdirSync(home);
  const preparing = createPool(city.url, { applicationName: "forced conflicts" });
  try {
    await scene.prepare(preparing, home);
  } finally {
    await preparing.end();
  }
  cpSync(home, other, { recursive: true });
  const [plainCity, metCity] = [await copyDatabase(city), await copyDatabase(city)];
  try {
    const before = linesOf(log).length;
    await scene.work(plainCity.pool, home);
    const points = linesOf(log).slice(before);
    const plain = { end: await scene.end(plainCity.pool, home), bytes: await bytesOf(plainCity.pool) };
    const conflicts = forceConflicts(0.5, seed);
    try {
      await insist(async () => await scene.work(metCity.pool, other));
    } finally {
      conflicts.stop();
    }
    const met = { end: await scene.end(metCity.pool, other), bytes: await bytesOf(metCity.pool) };
    const checks = await verifyMoney({ pool: metCity.pool, calendar });
    const broken = checks.filter(({ violations }) => violations > 0).map(({ id }) => id);
    const replayed = await replayRecords({ pool: metCity.pool, calendar });
    return { name: scene.name, points, plain, met, seen: conflicts.seen(), broken, replayed };
  } finally {
    await plainCity.drop();
    await metCity.drop();
    await city.drop();
  }
}

/** The places of the source at which a program can be made to die, as patterns of the names that they report. */
function placesInSource(): readonly { readonly at: string; readonly pattern: RegExp }[] {
  const rooms = ["platform/src", "systems/allowance/src"];
  return rooms.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith("crash-points.ts"))
      .flatMap((file) => {
        const text = readFileSync(join(ROOT, room, file), "utf8");
        return [...text.matchAll(/\bcrashPoint\((?:"([^"]+)"|`([^`]+)`)\)/g)].map(([, plain, template]) => {
          const name = plain ?? template ?? "";
          const pattern = name
            .split(/\$\{[^}]*\}/)
            .map((part) => part.replaceAll(".", "\\."))
            .join(".+");
          return { at: `${room}/${file} ${name}`, pattern: new RegExp(`^${pattern}$`) };
        });
      }),
  );
}

const played: Played[] = [];
beforeAll(async () => {
  for (const [index, scene] of scenes.entries()) {
    played.push(await play(scene, 20_261_124 + index));
  }
}, 600_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe("every batch", () => {
  it("[G10] passes 200 and more numbered points, and every place of the source that has one is reached", () => {
    const reached = new Set(played.flatMap(({ points }) => points));
    const places = placesInSource();
    const missed = places.filter(({ pattern }) => ![...reached].some((name) => pattern.test(name))).map(({ at }) => at);
    const counts = played.map(({ name, points }) => `${name} ${points.length}`);
    const total = played.reduce((sum, { points }) => sum + points.length, 0);
    process.stdout.write(
      `${total} numbered points (${counts.join(", ")}), ${places.length - missed.length} of ${places.length} places\n`,
    );
    expect(missed).toEqual([]);
    expect(total).toBeGreaterThanOrEqual(200);
  });

  it.each(scenes.map(({ name }) => name))(
    "[G14] %s: half of all transactions fail at their end, and the bytes are the same",
    (name) => {
      const one = played.find((each) => each.name === name);
      if (one === undefined) throw new Error("not played");
      expect(one.met).toEqual(one.plain);
      expect(one.broken).toEqual([]);
    },
  );

  it("half means half: over all batches 40 to 60 of 100 ends failed", () => {
    const ends = played.reduce((sum, { seen }) => sum + seen.ends, 0);
    const conflicts = played.reduce((sum, { seen }) => sum + seen.conflicts, 0);
    expect(ends).toBeGreaterThan(100);
    expect(conflicts / ends).toBeGreaterThan(0.4);
    expect(conflicts / ends).toBeLessThan(0.6);
  });

  it("the ledger and the parts of the decisions, built again from empty, are the stored ones byte by byte", () => {
    expect(played.flatMap(({ replayed }) => replayed.filter((one) => one.stored !== one.rebuilt))).toEqual([]);
    const rows = Map.groupBy(
      played.flatMap(({ replayed }) => replayed),
      ({ table }) => table,
    );
    const entries = rows.get("allowance.ledger_entry")?.reduce((sum, one) => sum + one.rows, 0);
    expect(entries).toBeGreaterThan(100);
  });
});
