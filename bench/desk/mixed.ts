/**
 * Desk bench (G1): mixed staff load over HTTP with session, rights, row-level security, purpose and access log – search,
 * open, read, write a note, close, lists – against a city of 740,000 residents, and the floor: the same statements by pgbench.
 *
 * `node bench/desk/mixed.ts DATA_FOLDER [clerks] [seconds]`. The folder is one that `hagukumi start --population 740000
 * --no-serve` has filled (HAGUKUMI_DATA=DATA_FOLDER); it is only added to. No think time: each clerk sends the next request
 * when the last was answered.
 */
import { spawnSync, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import { civilDate } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { openIdentity, readSettings } from "@hagukumi/platform/identity/settings.ts";
import { tokenHash } from "@hagukumi/platform/identity/tokens.ts";
import { startStaffServer } from "@hagukumi/web-staff/contract.ts";

import { makeActor } from "../../web/staff/test/support/actors.ts";
import type { LoadReport } from "./mixed-load.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const GOAL = { perSecond: 1000, p99: 120 } as const;

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const pick = (values: readonly unknown[], name: string): string => `\\set ${name} random(1, ${String(values.length)})`;
const of = (values: readonly (string | number)[], name: string): string =>
  `(ARRAY[${values.map((each) => (typeof each === "number" ? each : `'${each}'`)).join(",")}])[:${name}]`;

/** The statements of one search, opening and case in the proportions of the load, as pgbench reads them. */
function pgbenchScript(sessions: readonly string[], recipients: readonly number[], kana: readonly string[]): string {
  const enter = (permission: string): string =>
    `BEGIN;\nSET LOCAL ROLE hagukumi_desk;\nSELECT set_config('hagukumi.session', ${of(sessions, "s")}, true);\n` +
    `SELECT 1 FROM access.require('${permission}', 0) AS r(a bigint, b text, c text, d text, e text, f text, g text[], h text[], i timestamptz);`;
  return [
    pick(sessions, "s"),
    pick(recipients, "r"),
    pick(kana, "k"),
    enter("case.search"),
    `SELECT * FROM allowance.search_people(jsonb_build_object('kana', ${of(kana, "k")}));`,
    "COMMIT;",
    enter("case.open"),
    `SELECT opening_id AS o FROM allowance.open_case('recipient', ${of(recipients, "r")}::text, 'enquiry', '', 'search') \\gset`,
    "COMMIT;",
    enter("case.open"),
    `SELECT * FROM allowance.decision WHERE recipient_id = ${of(recipients, "r")};`,
    `SELECT * FROM allowance.due_item WHERE recipient_id = ${of(recipients, "r")};`,
    "SELECT access.close(:o);",
    "COMMIT;",
  ].join("\n");
}

async function main(): Promise<void> {
  const [, , folder = "", clerkText = "32", secondText = "30"] = process.argv;
  if (!existsSync(folder)) {
    process.stderr.write("使い方: node bench/desk/mixed.ts データのフォルダ [職員の数] [秒]\n");
    process.exitCode = 2;
    return;
  }
  const dataDir = resolve(folder);
  const database = await openDatabase({ dir: dataDir });
  const { pool } = database;
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    const clerks = Number(clerkText);
    const actors = [];
    await pool.query(
      "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'ended' WHERE ended_at IS NULL",
    );
    for (let index = 0; index < clerks; index += 1)
      actors.push(await makeActor(pool, `bench.${String(index)}`, "clerk"));
    const readings = await pool.query<{ kana: string; recipient_id: number }>(
      `SELECT split_part(p.kana, '　', 1) || ' ' || left(split_part(p.kana, '　', 2), 2) AS kana, r.recipient_id
       FROM allowance.recipient r JOIN allowance.person_current p USING (addressee_number) WHERE NOT p.protected ORDER BY md5(r.recipient_id::text) LIMIT 400`,
    );
    const kana = [...new Set(readings.rows.map((row) => row.kana))];
    const { rows } = await pool.query<{ people: number; recipients: number; logged: number }>(
      `SELECT (SELECT count(*) FROM allowance.addressee WHERE kind = 'person')::int AS people, (SELECT count(*) FROM allowance.recipient)::int AS recipients,
              (SELECT count(*) FROM access.log)::int AS logged`,
    );
    const before = rows[0]?.logged ?? 0;
    const origin = "http://127.0.0.1";
    const server = await startStaffServer({
      pool,
      calendar: japaneseCalendar,
      today: () => civilDate("2026-12-01"),
      dataDir,
      installation: "training",
      identity: await openIdentity(pool, dataDir, readSettings({}, { origin })),
      port: 0,
      requestsPerMinute: 100_000_000,
    });
    const load = loadavg()[0] ?? 0;
    const child = fork(new URL("./mixed-load.ts", import.meta.url));
    child.send({ url: server.url, clerks: actors, seconds: Number(secondText), kana });
    const [report] = (await once(child, "message")) as [LoadReport];
    await server.close();
    const all = Object.values(report.times)
      .flat()
      .toSorted((a, b) => a - b);
    const perSecond = all.length / report.seconds;
    const logged = (await pool.query<{ n: number }>("SELECT count(*)::int AS n FROM access.log")).rows[0]?.n ?? 0;
    process.stdout.write(
      `${cpus()[0]?.model ?? "?"} × ${String(cpus().length)}、${(totalmem() / 2 ** 30).toFixed(0)} GiB、開始時の負荷 ${load.toFixed(1)}、Node ${process.version}\n` +
        `住民 ${String(rows[0]?.people)}人（宛名）、受給者 ${String(rows[0]?.recipients)}人、職員 ${String(clerks)}人が待ち時間なしで ${report.seconds.toFixed(0)}秒\n` +
        `${perSecond.toFixed(0)} 件/秒、p50 ${percentile(all, 0.5).toFixed(0)} ms、p99 ${percentile(all, 0.99).toFixed(0)} ms、エラー ${JSON.stringify(report.errors)}\n`,
    );
    for (const [name, list] of Object.entries(report.times)) {
      const sorted = list.toSorted((a, b) => a - b);
      process.stdout.write(
        `  ${name.padEnd(14)} ${String(sorted.length).padStart(7)}件 p50 ${percentile(sorted, 0.5).toFixed(0)} ms p99 ${percentile(sorted, 0.99).toFixed(0)} ms\n`,
      );
    }
    const reads = Object.entries(report.times)
      .filter(([name]) => name !== "work list")
      .reduce((sum, [, list]) => sum + list.length, 0);
    process.stdout.write(`アクセスログ ${String(logged - before)}行（記録のいる処理 ${String(reads)}件）\n`);
    if (perSecond < GOAL.perSecond || percentile(all, 0.99) > GOAL.p99)
      process.stdout.write(`目標（${String(GOAL.perSecond)} 件/秒、p99 ${String(GOAL.p99)} ms）に届いていません。\n`);
    const pgbench = ["/usr/bin/pgbench", "/usr/lib/postgresql/15/bin/pgbench"].find(existsSync);
    if (pgbench === undefined) {
      process.stdout.write("下限（pgbench）は、pgbench がないため測っていません。\n");
      return;
    }
    const scratch = mkdtempSync(join(tmpdir(), "hagukumi-pgbench-"));
    const script = join(scratch, "desk.sql");
    writeFileSync(
      script,
      pgbenchScript(
        actors.map(({ token }) => tokenHash(token)),
        readings.rows.map((row) => row.recipient_id),
        kana.slice(0, 100),
      ),
    );
    const url = new URL(database.url);
    const { stdout, stderr } = spawnSync(
      pgbench,
      [
        "-n",
        "-c",
        String(Math.min(clerks, 16)),
        "-j",
        "2",
        "-T",
        secondText,
        "-f",
        script,
        "-h",
        url.hostname,
        "-p",
        url.port,
        "-U",
        decodeURIComponent(url.username),
        url.pathname.slice(1),
      ],
      { encoding: "utf8", env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) } },
    );
    rmSync(scratch, { recursive: true });
    const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
    if (Number.isNaN(tps)) process.stdout.write(`pgbench: ${stderr.slice(0, 500)}\n`);
    else
      process.stdout.write(
        `下限 pgbench: 検索・開く・読むの3取引を ${(tps * 3).toFixed(0)} 取引/秒。画面の処理は ${perSecond.toFixed(0)} 件/秒（下限の ${(perSecond / (tps * 3)).toFixed(2)}倍）\n`,
      );
  } finally {
    await database.close();
  }
}

await main();
