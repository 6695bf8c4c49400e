/**
 * `npm run mutation:ledger` (変異試験): the ledger and the states of payment runs, changed in one place at a time – sources, guards of the
 * database, constraints, triggers, transitions – and asked what the tests ask: the attacks by direct SQL, an attack for each constraint,
 * an attack for each state, and the whole story. A changed program that answers all of it like the right one survives and is listed.
 *
 * Arguments: `--only kind` and `--match text` for some of them.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";

import { startEmbedded } from "@hagukumi/platform/database/embedded.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import type { Pool } from "pg";

import { makeScratch } from "../../../../platform/test/support/scratch.ts";
import { type Mutant, mutants, type SourceMutant, type SqlMutant } from "./mutants.ts";
import type { Told } from "./story.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const ROOM = pathToFileURL(`${resolve(ROOT, "systems/allowance")}/`).href;
const should = JSON.parse(readFileSync(new URL("story.json", import.meta.url), "utf8")) as {
  readonly told: readonly Told[];
  readonly rows: Readonly<Record<string, readonly string[]>>;
};

type Tests = {
  readonly story: typeof import("./story.ts");
  readonly rows: typeof import("./row-attacks.ts");
  readonly list: typeof import("../payments/attack-list.ts");
  readonly state: typeof import("../payments/attack-state.ts");
  readonly ends: typeof import("./state-attacks.ts");
  readonly states: typeof import("./states.ts");
};

let loads = 0;
let reading: { readonly url: string; readonly source: string } | undefined;
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    // Each load of the room is a set of modules of its own.
    const isOurs = found.url.startsWith(ROOM) && !found.url.includes("?");
    return isOurs ? { ...found, url: `${found.url}?load=${loads}` } : found;
  },
  load: (url, context, next) =>
    reading !== undefined && url.split("?")[0] === reading.url
      ? { format: "module-typescript", source: reading.source, shortCircuit: true }
      : next(url, context),
});

const from = async (path: string): Promise<unknown> => await import(new URL(path, import.meta.url).href);

async function loadTests(): Promise<Tests> {
  loads += 1;
  return {
    story: (await from("story.ts")) as Tests["story"],
    rows: (await from("row-attacks.ts")) as Tests["rows"],
    list: (await from("../payments/attack-list.ts")) as Tests["list"],
    state: (await from("../payments/attack-state.ts")) as Tests["state"],
    ends: (await from("state-attacks.ts")) as Tests["ends"],
    states: (await from("states.ts")) as Tests["states"],
  };
}

/** What the changed program is caught by; `invalid`: it is no program; undefined: by nothing. */
type Caught = string | undefined;

const INVALID = /^(?:invalid|refused: 42|.*: refused: 42)/;

class Laboratory {
  readonly #base: string;
  readonly #admin: Pool;
  #copies = 0;

  constructor(base: string, admin: Pool) {
    this.#base = base;
    this.#admin = admin;
  }

  open(name: string): Pool {
    const url = new URL(this.#base);
    url.pathname = `/${name}`;
    return createPool(url.href, { applicationName: "mutation" });
  }

  /** Work on a copy of a database that is thrown away. */
  async on<T>(template: string, work: (pool: Pool) => Promise<T>): Promise<T> {
    this.#copies += 1;
    const name = `copy_${this.#copies}`;
    await this.#admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    const pool = this.open(name);
    try {
      return await work(pool);
    } finally {
      await pool.end();
      await this.#admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  }

  async make(name: string, template: string): Promise<Pool> {
    await this.#admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    return this.open(name);
  }
}

async function byAttacks(pool: Pool, { list, state }: Tests): Promise<Caught> {
  for (const [id, attacks] of Object.entries(list.attacks))
    for (const [what, sql, wanted] of attacks) {
      const got = await state.attack(pool, sql);
      if (got.state !== wanted) return `${id} ${what}: ${got.state}`;
    }
  return undefined;
}

async function byRows(pool: Pool, { rows, state }: Tests): Promise<Caught> {
  for (const one of rows.rowAttacks) {
    const got = await state.attack(pool, rows.rowAttackSql(one), false);
    if (got.constraint !== one.constraint) return `${one.table} ${one.constraint}: ${got.state} ${got.constraint}`;
  }
  return undefined;
}

const byEnds = async (pool: Pool, { ends, states }: Tests): Promise<Caught> =>
  (await states.wrongAnswers(pool, ends.endAttacks))[0];

/** A walk through the states and the forged runs; a program that cannot even walk is caught as well. */
const byWalk =
  (walk: "walkStates" | "forgeRuns") =>
  async (pool: Pool, { states }: Tests): Promise<Caught> => {
    try {
      return (await states[walk](pool))[0];
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

async function byStory(pool: Pool, { story }: Tests): Promise<Caught> {
  try {
    await story.playStory(pool, should.told);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return isDeepStrictEqual(await story.rowsOf(pool), should.rows) ? undefined : "rows at the end of the story";
}

/** The transitions beside those of the story: the table itself is what is changed. */
async function byTransitions(pool: Pool, { story }: Tests): Promise<Caught> {
  const { transitions } = await story.rowsOf(pool);
  return isDeepStrictEqual(transitions, should.rows["transitions"]) ? undefined : "transitions";
}

/** A source file read otherwise. */
async function judgeSource(laboratory: Laboratory, mutant: SourceMutant): Promise<Caught> {
  reading = { url: pathToFileURL(mutant.file).href, source: mutant.source };
  try {
    const tests = await loadTests();
    for (const test of [byStory, byWalk("walkStates")]) {
      const caught = await laboratory.on("clean", async (pool) => await test(pool, tests));
      if (caught !== undefined) return caught;
    }
    return undefined;
  } catch (error) {
    return `invalid: ${String(error)}`;
  } finally {
    reading = undefined;
  }
}

/** Tests that take back what they try: they need no copy where the change can be undone. */
async function byUndone(pool: Pool, mutant: SqlMutant, right: Tests): Promise<Caught> {
  if (mutant.undo === undefined) return undefined;
  try {
    await pool.query(mutant.sql);
  } catch (error) {
    return `invalid: ${String(error)}`;
  }
  try {
    return (await byRows(pool, right)) ?? (await byEnds(pool, right));
  } finally {
    await pool.query(mutant.undo);
  }
}

async function judge(laboratory: Laboratory, ended: Pool, mutant: Mutant, right: Tests): Promise<Caught> {
  if ("source" in mutant) return await judgeSource(laboratory, mutant);
  const undone = await byUndone(ended, mutant, right);
  if (undone !== undefined) return undone;
  const rest = [
    ...(mutant.kind === "transition" ? [["clean", byTransitions] as const] : []),
    ["clean", byWalk("walkStates")],
    ["clean", byWalk("forgeRuns")],
    ["attacked", byAttacks],
    ["clean", byStory],
  ] as const;
  const ends = [
    ["ended", byRows],
    ["ended", byEnds],
  ] as const;
  for (const [template, test] of mutant.undo === undefined && mutant.kind !== "transition"
    ? [...ends, ...rest]
    : rest) {
    const caught = await laboratory.on(template, async (pool) => {
      try {
        await pool.query(mutant.sql);
      } catch (error) {
        // A transition that runs went through cannot be taken away from them.
        return mutant.kind === "transition" && template !== "clean" ? undefined : `invalid: ${String(error)}`;
      }
      return await test(pool, right);
    });
    if (caught !== undefined) return caught;
  }
  return undefined;
}

const { values } = parseArgs({ options: { only: { type: "string" }, match: { type: "string" } } });
const scratch = await makeScratch();
const server = await startEmbedded({
  dir: join(scratch.dir, "cluster"),
  settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", statement_timeout: "60s" },
});
const admin = createPool(server.url, { applicationName: "mutation" });
try {
  await admin.query("CREATE DATABASE clean");
  const laboratory = new Laboratory(server.url, admin);
  const url = new URL(server.url);
  url.pathname = "/clean";
  await migrate(url.href, await migrationFolders(ROOT));
  const right = await loadTests();
  for (const [name, work] of [
    ["attacked", right.state.reachAttackState],
    ["ended", right.story.playStory],
  ] as const) {
    const pool = await laboratory.make(name, "clean");
    await work(pool).finally(async () => await pool.end());
  }
  const all = await laboratory.on("clean", mutants);
  const nothing = { kind: "none", name: "nothing changed", sql: "SELECT 1", undo: "SELECT 1" };
  const ended = await laboratory.make("undone", "ended");
  const alone = await judge(laboratory, ended, nothing, right);
  if (alone !== undefined) throw new Error(`the tests fail on the right program: ${alone}`);
  const wanted = all.filter(({ kind, name }) => (values.only ?? kind) === kind && name.includes(values.match ?? ""));
  const report: { kind: string; name: string; caught: string | null }[] = [];
  for (const mutant of wanted) {
    const caught = await judge(laboratory, ended, mutant, right);
    report.push({ kind: mutant.kind, name: mutant.name, caught: caught ?? null });
    if (caught === undefined) console.log(`survived  ${mutant.kind} ${mutant.name}`);
    if (report.length % 25 === 0) console.error(`${report.length} / ${wanted.length}`);
  }
  const valid = report.filter(({ caught }) => caught === null || !INVALID.test(caught));
  for (const kind of new Set(valid.map((one) => one.kind))) {
    const of = valid.filter((one) => one.kind === kind);
    const killed = of.filter(({ caught }) => caught !== null).length;
    console.log(`${kind.padEnd(12)}${killed} / ${of.length}`);
  }
  const killed = valid.filter(({ caught }) => caught !== null).length;
  console.log(
    `score       ${((100 * killed) / valid.length).toFixed(2)} % (${killed} / ${valid.length}; ${report.length - valid.length} were no programs)`,
  );
  mkdirSync(join(ROOT, "reports/mutation"), { recursive: true });
  writeFileSync(
    join(ROOT, `reports/mutation/ledger${values.only === undefined ? "" : `-${values.only}`}.json`),
    `${JSON.stringify(report, null, 1)}\n`,
  );
  await ended.end();
} finally {
  await admin.end();
  await server.release();
  await scratch.remove();
}
