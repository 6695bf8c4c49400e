/** 文の記録: what somebody does to the database by hand is at another place, in order, without a name or number in it. */
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { connectClient } from "@hagukumi/platform/database/pool.ts";
import { type Database, openDatabase } from "@hagukumi/platform/database/connection.ts";
import { readStatementState, spooled } from "@hagukumi/platform/database/statement-log/keep.ts";
import { parseSegment } from "@hagukumi/platform/database/statement-log/segment.ts";
import type { StatementEntry } from "@hagukumi/platform/database/statement-log/entry.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { statementLogOf } from "../src/statement-log/place.ts";
import { hagukumi } from "./support/program.ts";

/** As it would be typed by hand; each holds something of a person. `%` stands for the literal that must be nowhere. */
const NAME = "架空ノ山太郎";
const ASCII = "KakuuTaro";
const NUMBER = "987654321098";

const KINDS: readonly (readonly [string, string])[] = [
  ["CREATE TABLE", "CREATE TABLE by_hand (id bigint, name text)"],
  ["COMMENT", `COMMENT ON TABLE by_hand IS '${NAME}'`],
  ["INSERT", `INSERT INTO by_hand VALUES (${NUMBER}, '${NAME}')`],
  ["SELECT", `SELECT * FROM by_hand WHERE name = '${ASCII}' OR id = ${NUMBER} -- ${ASCII}`],
  ["UPDATE", `UPDATE by_hand SET name = E'${ASCII}\\'s' WHERE id = ${NUMBER}`],
  ["DELETE", `DELETE FROM by_hand WHERE name = U&'${ASCII}'`],
  ["MERGE", `MERGE INTO by_hand b USING (VALUES ('${ASCII}')) v (n) ON b.name = v.n WHEN MATCHED THEN DELETE`],
  ["COPY", `COPY (SELECT '${NAME}') TO STDOUT`],
  ["DO", `DO $$ BEGIN PERFORM FROM by_hand WHERE name = '${NAME}' OR name = $q$${ASCII}$q$; END $$`],
  ["PREPARE", `PREPARE by_plan (text) AS SELECT * FROM by_hand WHERE name = $1 OR name = '${ASCII}'`],
  ["EXECUTE", `EXECUTE by_plan ('${NAME}')`],
  ["DEALLOCATE", "DEALLOCATE by_plan"],
  ["CREATE FUNCTION", `CREATE FUNCTION by_hand_f() RETURNS text LANGUAGE sql AS $f$ SELECT '${NAME}' $f$`],
  ["SELECT by_hand_f", "SELECT by_hand_f()"],
  ["CREATE INDEX", "CREATE INDEX by_hand_name ON by_hand (name)"],
  ["ALTER TABLE", `ALTER TABLE by_hand ADD COLUMN more text DEFAULT '${ASCII}'`],
  ["CREATE VIEW", `CREATE VIEW by_hand_v AS SELECT id FROM by_hand WHERE name <> '${NAME}'`],
  ["CREATE ROLE", `CREATE ROLE by_hand_r PASSWORD '${ASCII}'`],
  ["GRANT", "GRANT SELECT ON by_hand TO by_hand_r"],
  ["REVOKE", "REVOKE SELECT ON by_hand FROM by_hand_r"],
  ["SET", `SET application_name = '${ASCII}'`],
  ["SHOW", "SHOW log_statement"],
  ["BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE"],
  ["DECLARE", `DECLARE by_cursor CURSOR FOR SELECT '${ASCII}' FROM by_hand`],
  ["FETCH", "FETCH ALL FROM by_cursor"],
  ["SAVEPOINT", "SAVEPOINT by_point"],
  ["LOCK", "LOCK TABLE by_hand"],
  ["ROLLBACK", "ROLLBACK"],
  ["LISTEN", "LISTEN by_channel"],
  ["NOTIFY", `NOTIFY by_channel, '${NAME}'`],
  ["EXPLAIN", `EXPLAIN ANALYZE SELECT '${ASCII}'`],
  ["ANALYZE", "ANALYZE by_hand"],
  ["VACUUM", "VACUUM by_hand"],
  ["REINDEX", "REINDEX TABLE by_hand"],
  ["CHECKPOINT", "CHECKPOINT"],
  ["ALTER SYSTEM", "ALTER SYSTEM SET log_statement = 'none'"],
  ["CREATE EXTENSION", "CREATE EXTENSION pgcrypto"],
  ["TRUNCATE", "TRUNCATE by_hand"],
  ["DROP", "DROP TABLE by_hand CASCADE"],
  ["SELECT nothing", `SELECT nothing('${NAME}')`],
];

const statements = (entries: readonly StatementEntry[]): string[] =>
  entries.filter(({ kind }) => kind === "statement" || kind === "failed").map(({ text }) => text);

describe("the record of the database's statements", () => {
  let folder = "";
  let database: Database;

  const segments = async (): Promise<readonly StatementEntry[]> => {
    const place = join(folder, "away");
    const files = (await readdir(place).catch(() => [])).filter((file) => file.startsWith("segment-")).toSorted();
    const read = await Promise.all(files.map(async (file) => parseSegment(await readFile(join(place, file)))));
    return read.flatMap((segment) => segment?.entries ?? []);
  };
  /** Waits until everything that was said before is at the place. */
  const arrived = async (
    found: (entries: readonly StatementEntry[]) => boolean,
  ): Promise<readonly StatementEntry[]> => {
    for (const until = Date.now() + 30_000; ; await sleep(100)) {
      const entries = await segments();
      if (found(entries) || Date.now() > until) return entries;
    }
  };
  /** The address as an administrator has it: with the password of the server's owner, without the program's secret. */
  const byHand = (more = ""): string => {
    const url = new URL(database.url);
    url.search = more;
    return url.href;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "statement-log-"));
    process.env["HAGUKUMI_STATEMENT_LOG"] = join(folder, "away");
    database = await openDatabase({
      dir: folder,
      url: "",
      settings: { fsync: "off", shared_buffers: "16MB" },
      statementLog: statementLogOf(folder),
    });
  }, 60_000);
  afterAll(async () => {
    await database.close();
    delete process.env["HAGUKUMI_STATEMENT_LOG"];
    await rm(folder, { recursive: true, force: true });
  });

  it("[THR42] an administrator's statements of 40 kinds are each at the place away from the server, without a literal; the program's own are not", async () => {
    await database.pool.query(`SELECT 'of the program', $1::text`, [NAME]);
    const administrator = await connectClient(byHand(), ASCII);
    for (const [, statement] of KINDS) await administrator.query(statement).catch(() => {});
    await administrator.query("SELECT $1::text AS by_parameter, 'last'", [NAME]);
    await administrator.end();
    const entries = await arrived((found) => found.some(({ text }) => text.includes("by_parameter")));
    const said = statements(entries);
    const missing = KINDS.filter(([kind]) => !said.some((text) => text.startsWith(kind)));
    expect(KINDS.length).toBeGreaterThanOrEqual(30);
    expect(missing).toEqual([]);
    expect(said.filter((text) => text.includes("of the program") || text.includes("pg_stat_activity"))).toEqual([]);
    expect(entries.filter(({ kind }) => kind === "unreadable")).toEqual([]);
    // Who and from where, whatever name the connection gave itself; and that the record was to be turned off is an alarm.
    expect(entries.find(({ text }) => text.startsWith("TRUNCATE"))).toMatchObject({
      user: "postgres",
      database: "hagukumi",
      from: "127.0.0.1",
    });
    expect(entries.find(({ text }) => text.startsWith("ALTER SYSTEM"))?.alarms).toEqual(["recordTouched"]);
    // Nothing of a person in any byte that lies anywhere: place, spool, server's log.
    const everything: string[] = [];
    for (const file of await readdir(folder, { recursive: true })) {
      if (/^postgres\/data\/|\.pipe$/.test(file)) continue;
      everything.push(await readFile(join(folder, file), "latin1").catch(() => ""));
    }
    const bytes = everything.join("\n");
    for (const text of [Buffer.from(NAME).toString("latin1"), ASCII, NUMBER]) expect(bytes.includes(text)).toBe(false);
    expect(bytes).toContain("by_hand");
  }, 60_000);

  it("whoever brings settings against the record along is recorded nevertheless, and it is said", async () => {
    const before = (await segments()).length;
    const sly = await connectClient(byHand("options=-c log_statement=none -c log_min_error_statement=panic"));
    await sly.query("ALTER ROLE postgres SET log_statement = 'none'");
    await sly.query("SELECT 1 AS sly_one");
    await sly.end();
    const role = await connectClient(byHand());
    await role.query("SELECT 2 AS sly_two");
    await role.query("ALTER ROLE postgres RESET log_statement");
    await role.query("SET log_statement = 'none'");
    await role.query("SELECT 3 AS sly_three");
    await role.end();
    // The program's secret can't be guessed or asked for: the server has its hash alone, and a session forgets what it brought.
    const liar = await connectClient(byHand(`options=-c hagukumi.program=${"0".repeat(64)}`));
    expect(
      (await liar.query<{ s: string }>("SELECT current_setting('hagukumi.program') AS s, 4 AS sly_four")).rows,
    ).toEqual([{ s: "", sly_four: 4 }]);
    await liar.end();
    const blind = await connectClient(byHand("options=-c event_triggers=off -c log_statement=none"));
    await blind.query("SELECT 5 AS sly_five");
    const entries = (await arrived((found) => found.some(({ alarms }) => alarms.includes("unmarked")))).slice(before);
    await blind.end();
    const said = statements(entries);
    for (const name of ["sly_one", "sly_two", "sly_four"])
      expect(
        said.some((text) => text.includes(name)),
        name,
      ).toBe(true);
    // Turning it off is itself the last thing that is recorded of the session, and an alarm; the blind session is one.
    expect(said.some((text) => text.includes("sly_three"))).toBe(false);
    const alarms = entries.filter(({ alarms: raised }) => raised.length > 0).map(({ kind, text }) => [kind, text]);
    expect(alarms).toEqual([
      ["mark", expect.stringContaining("was off")],
      ["statement", "ALTER ROLE postgres SET log_statement = '…'"],
      ["mark", expect.stringContaining("was off")],
      ["statement", "ALTER ROLE postgres RESET log_statement"],
      ["statement", "SET log_statement = '…'"],
      ["mark", "no word at log-in whether the session is recorded"],
    ]);
  }, 60_000);

  it("what is said while the keeper is killed waits in the pipe and is recorded by the next one, without a gap", async () => {
    const dir = join(folder, "postgres");
    const before = (await segments()).length;
    const administrator = await connectClient(byHand());
    await administrator.query("SELECT 1 AS before_the_end");
    await arrived((found) => found.some(({ text }) => text.includes("before_the_end")));
    const { keeper } = await readStatementState(dir);
    process.kill(keeper, "SIGKILL");
    await administrator.query("SELECT 2 AS without_keeper");
    const entries = await arrived((found) => found.some(({ text }) => text.includes("without_keeper")));
    await administrator.end();
    expect(statements(entries.slice(before))).toEqual(["SELECT 1 AS before_the_end", "SELECT 2 AS without_keeper"]);
    expect(entries.slice(before).flatMap(({ alarms }) => alarms)).toEqual([]);
    expect((await readStatementState(dir)).keeper).not.toBe(keeper);
  }, 60_000);

  it("while the place is away everything waits in order, it is told, and nothing is missing afterwards; what is changed at the place is found", async () => {
    const state = async () => await readStatementState(join(folder, "postgres"));
    const { number } = await state();
    const away = join(folder, "away");
    // The share is gone: in its stead stands a file.
    await rename(away, `${away}.gone`);
    await writeFile(away, "");
    const administrator = await connectClient(byHand());
    await administrator.query("SELECT 1 AS while_away");
    for (let tries = 0; tries < 100 && (await state()).awaySince === null; tries += 1) await sleep(100);
    expect(await state()).toMatchObject({ awaySince: expect.any(String), shipped: number });
    expect(await spooled(join(folder, "postgres"))).toBeGreaterThan(0);
    await rm(away);
    await rename(`${away}.gone`, away);
    await administrator.query("SELECT 2 AS there_again");
    await administrator.end();
    const said = statements(await arrived((found) => found.some(({ text }) => text.includes("there_again"))));
    expect(said.filter((text) => /while_away|there_again/.test(text))).toEqual([
      "SELECT 1 AS while_away",
      "SELECT 2 AS there_again",
    ]);
    for (let tries = 0; tries < 100 && (await state()).awaySince !== null; tries += 1) await sleep(100);
    expect((await state()).awaySince).toBeNull();

    const run = async (...args: string[]) =>
      await hagukumi(["log", "database", ...args, "--json"], { HAGUKUMI_DATA: folder, HAGUKUMI_STATEMENT_LOG: away });
    const whole = await run("verify");
    expect([whole.status, JSON.parse(whole.stdout)]).toMatchObject([0, { findings: [] }]);
    const shown = JSON.parse((await run("show", "--alarms")).stdout) as { entries: readonly StatementEntry[] };
    expect(shown.entries.map(({ text }) => text)).toContain("SET log_statement = '…'");
    const second = join(away, "segment-000000002.json");
    const bytes = await readFile(second, "utf8");
    await rm(second);
    expect(JSON.parse((await run("verify")).stdout)).toMatchObject({ findings: [{ number: 2, what: "missing" }] });
    await writeFile(second, bytes.replace('"kind":"', '"kind": "'));
    expect((await run("verify")).status).toBe(0);
    await writeFile(second, bytes.replace(/"at":"20/, '"at":"19'));
    const changed = await run("verify");
    expect([changed.status, JSON.parse(changed.stdout)]).toMatchObject([
      1,
      { findings: [{ number: 2, what: "content" }] },
    ]);
    await writeFile(second, bytes);
  }, 60_000);
});
