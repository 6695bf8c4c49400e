/**
 * Search bench: how long one search takes at 300,000 people for each kind of key, with session, right, ward scope, the row of
 * the access log and COMMIT; beside the same by primary key (the floor). `node bench/desk/search.ts [people]`
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

import { openCase, searchPeople } from "@hagukumi/allowance/contract.ts";
import type { SearchKeys } from "@hagukumi/allowance/contract.ts";
import { staffRead } from "@hagukumi/platform/access/staff.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import type { Pool } from "pg";

import { signIn } from "../../platform/test/support/staff.ts";
import { cpuMilliseconds } from "./cpu.ts";
import { seedPeople } from "./seed-people.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** What one search may take at 300,000 people, in milliseconds */
const GOAL = { people: 300_000, p99: 50 } as const;
const ROUNDS = 200;
const WARM_UP = 30;
const WHOLE_CITY = "全区";

type Kind = { readonly label: string; readonly keys: (round: number) => SearchKeys };

const someone = (people: number, round: number): number => 1 + ((round * 7919) % (Math.floor(people / 9) - 1));

function kinds(people: number): readonly Kind[] {
  return [
    { label: "カナ: 最も多い姓（1.5 %）", keys: () => ({ kana: "かくう" }) },
    { label: "カナ: 2文字（多い姓と似た姓）", keys: () => ({ kana: "カク" }) },
    { label: "カナ: 最も多い名（4 %）", keys: () => ({ kana: "タロウ" }) },
    {
      label: "カナ: 多い姓 名の初め",
      keys: (n) => ({ kana: `カクウ ${String.fromCharCode(12_450 + ((n * 13) % 70))}` }),
    },
    { label: "漢字: 最も多い姓", keys: () => ({ name: "架空藤" }) },
    { label: "漢字: 異体字", keys: () => ({ name: "高例" }) },
    {
      label: "カナ＋生年月日",
      keys: (n) => ({ kana: "レ", birthDate: new Date(Date.UTC(1950, 0, n)).toISOString().slice(0, 10) }),
    },
    { label: "カナ＋住所", keys: (n) => ({ kana: "カクウ", address: `架空町${n % 400}丁目` }) },
    { label: "宛名番号", keys: (n) => ({ addresseeNumber: String(900_000_000_000_000 + someone(people, n)) }) },
    { label: "認定番号", keys: (n) => ({ recipientNumber: String(someone(people, n)) }) },
    { label: "受付番号", keys: (n) => ({ receptionNumber: String(someone(people, n)) }) },
    { label: "電話番号", keys: (n) => ({ phone: `0900${String(someone(people, n)).padStart(7, "0")}` }) },
    { label: "口座", keys: (n) => ({ account: { bank: "0182", branch: "101", number: String(someone(people, n)) } }) },
    { label: "だれもいない", keys: () => ({ kana: "ソンザイシナイ" }) },
  ];
}

/** Milliseconds at the given share of the sorted times. */
function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

type Figures = { readonly p50: number; readonly p99: number; readonly cpu: number };

async function measure(pool: Pool, work: (round: number) => Promise<unknown>): Promise<Figures> {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP; round += 1) await work(round);
  const before = await cpuMilliseconds(pool);
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    await work(round);
    times.push(performance.now() - begun);
  }
  const cpu = ((await cpuMilliseconds(pool)) - before) / ROUNDS;
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), cpu };
}

function print(label: string, scope: string, { p50, p99, cpu }: Figures): void {
  process.stdout.write(`| ${label} | ${scope} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${cpu.toFixed(1)} |\n`);
}

async function staffOf(pool: Pool): Promise<readonly (readonly [label: string, session: string])[]> {
  const ward = { code: "higashi", kind: "ward", inCharge: true, wardCode: "431028" };
  return [
    [WHOLE_CITY, await signIn(pool, { staffId: "bench.all", roles: ["clerk"] })],
    ["1区", await signIn(pool, { staffId: "bench.ward", roles: ["wardClerk"], wards: ["431028"], section: ward })],
  ];
}

const people = Number(process.argv[2] ?? GOAL.people);
const dir = mkdtempSync(join(tmpdir(), "hagukumi-bench-"));
const database = await openDatabase({ dir, url: "" });
try {
  await migrate(database.url, await migrationFolders(ROOT));
  const { pool } = database;
  const seeded = await seedPeople(pool, people);
  const searchSecret = randomBytes(32);
  let calls = 0;
  const call = (session: string): { session: string; requestId: string; operation: string } => {
    calls += 1;
    return { session, requestId: createHash("sha256").update(String(calls)).digest("hex"), operation: "searchPeople" };
  };
  const cpu = cpus()[0]?.model ?? "unknown";
  process.stdout.write(
    `${cpus().length} × ${cpu}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, embedded PostgreSQL, fsync on, load ${loadavg()[0]?.toFixed(1)}\n` +
      `${people} people; taken in within ${seeded.peopleSeconds.toFixed(1)} s, without search keys ${seeded.withoutKeysSeconds.toFixed(1)} s\n\n` +
      "| key | scope | p50 ms | p99 ms | CPU ms (PostgreSQL + Node, mean) |\n|---|---|--:|--:|--:|\n",
  );
  let worst = 0;
  for (const [scope, session] of await staffOf(pool)) {
    const floor = await measure(pool, async (round) => {
      await staffRead(pool, call(session), { permission: "case.search" }, async (client) => {
        await client.query("SELECT session_id FROM identity.session_now()");
        await client.query("SELECT code FROM access.purpose WHERE code = $1 AND valid_from = '2010-04-01'", [
          String(round),
        ]);
        return { response: null, log: [{ action: "search", rows: 0 }] };
      });
    });
    print("床: 主キーで1行（ほかは同じ）", scope, floor);
    for (const { label, keys } of kinds(people)) {
      const figures = await measure(
        pool,
        async (round) => await searchPeople({ pool, call: call(session), searchSecret }, keys(round)),
      );
      worst = Math.max(worst, figures.p99);
      print(label, scope, figures);
    }
    if (scope === WHOLE_CITY) {
      const figures = await measure(pool, async (round) => {
        const target = { addresseeNumber: 900_000_000_000_001 + 3 * (round % 100) };
        await openCase({ pool, call: call(session) }, target, { code: "enquiry", origin: "search" });
      });
      print("開く（世帯ごと、アクセスログつき）", scope, figures);
    }
  }
  process.stdout.write(`\nworst p99 of a search ${worst.toFixed(1)} ms, load ${loadavg()[0]?.toFixed(1)}\n`);
  if (people === GOAL.people && worst > GOAL.p99) process.stderr.write(`above the goal of ${GOAL.p99} ms\n`);
} finally {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
}
