/**
 * 漏えいの走査 of what `hagukumi start` leaves after its month of daily life: where names, addresses, accounts and 個人番号 lie, place by place, against a
 * list of what each place may hold. The database is looked at table by table (a dump of its own for each), everything else file by file.
 */
import { madeUpNumber } from "@hagukumi/outside-sources/contract.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { type Canary, canarySet, scanPaths, vaultUrl } from "@hagukumi/vault/contract.ts";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pool } from "pg";

/** What is planted, by its kind. 個人番号 may lie nowhere in clear. */
export type Planted = "number" | "name" | "address" | "account" | "holder";

/** One kind of place: which files, and what may lie in them in clear. */
export type Place = { readonly name: string; readonly files: RegExp; readonly may: readonly Planted[] };

const PERSONAL: readonly Planted[] = ["name", "address", "account", "holder"];

/**
 * The places of a data folder, first match counts; what matches none may hold nothing. The files of the database hold every table: they are
 * looked through for 個人番号, and for the rest by table (`TABLES`).
 */
export const PLACES: readonly Place[] = [
  { name: "log of the database server", files: /^postgres\/postgres\.log$/, may: [] },
  { name: "files and WAL of the database", files: /^postgres\/data\//, may: PERSONAL },
  { name: "registers of the simulated city", files: /^city\//, may: PERSONAL },
  { name: "deliveries of the offices", files: /^(?:interchange|outside-offices)\//, may: PERSONAL },
  { name: "transfer file, lists and results of an approved run", files: /^(?:files|outside-bank)\//, may: PERSONAL },
  { name: "lists of rows that were refused", files: /^reports\//, may: PERSONAL },
];

/**
 * The tables that may hold words or figures of a person, all of them in the database of the allowance system. Every other table of both databases – logs,
 * audit, staff, 庁内連携, 団体内統合宛名, the whole of the vault – may hold none.
 */
export const TABLES: Readonly<Record<string, readonly Planted[]>> = {
  "main.allowance.person_history": ["name", "address"],
  "main.allowance.address_part": ["address"],
  "main.lookup.person_key": ["name"],
  "main.allowance.filing_content": ["name", "address", "account", "holder"],
  "main.allowance.claim": ["account", "holder"],
  "main.allowance.account": ["account", "holder"],
  "main.allowance.organization_history": ["address", "holder"],
  "main.allowance.run_line": ["account", "holder"],
  "main.allowance.result_row": ["account", "holder"],
  "main.allowance.transfer_file": ["account", "holder"],
  "main.allowance.letter": ["name", "address", "account", "holder"],
  "main.allowance.letter_file": ["name", "address", "account", "holder"],
  // Amounts of income have as many figures as an account, and some are alike by chance.
  "main.allowance.income_history": ["account"],
  "main.allowance.facts": ["account"],
};

export type StartedScan = {
  readonly planted: Readonly<Record<Planted, number>>;
  readonly files: number;
  readonly bytes: number;
  readonly tables: number;
  /** In how many places each kind was seen where it may be: a scan that sees nothing anywhere proves nothing */
  readonly seen: Readonly<Record<Planted, number>>;
  /** Where something lies that may not lie there */
  readonly leaks: readonly {
    readonly where: string;
    readonly what: string;
    readonly form: string;
    readonly offset: number;
  }[];
};

async function plantedIn(pool: Pool, seed: string): Promise<readonly Canary[]> {
  const texts = async (what: Planted, sql: string, alone = false): Promise<readonly Canary[]> =>
    (await pool.query<{ text: string }>(sql)).rows.map(({ text }) => ({ what, text, alone }));
  return [
    // A made-up member of staff may be called like a made-up person.
    ...(await texts(
      "name",
      "SELECT DISTINCT name AS text FROM allowance.person_history WHERE length(name) >= 4 AND name NOT IN (SELECT name FROM identity.staff_name)",
    )),
    ...(await texts(
      "address",
      "SELECT DISTINCT address AS text FROM allowance.person_history WHERE length(address) >= 10",
    )),
    ...(await texts(
      "account",
      "SELECT DISTINCT account_number AS text FROM allowance.account WHERE length(account_number) = 7",
      true,
    )),
    ...(await texts("holder", "SELECT DISTINCT holder AS text FROM allowance.account WHERE length(holder) >= 6")),
    ...(
      await pool.query<{ number: string }>(
        "SELECT lpad(addressee_number::text, 15, '0') AS number FROM unified.link WHERE system_code = 'residentRegister' AND ended_at IS NULL",
      )
    ).rows.map(({ number }): Canary => ({ what: "number", text: madeUpNumber(seed, number) })),
  ];
}

/** Each table as a file of its own, as a dump has its rows. */
async function dumpTables(pool: Pool, database: string, dir: string): Promise<readonly string[]> {
  await mkdir(dir, { recursive: true });
  const { rows } = await pool.query<{ name: string }>(
    "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
  );
  for (const { name } of rows) {
    const { rows: lines } = await pool.query<{ line: string }>(`SELECT row_to_json(t)::text AS line FROM ${name} t`);
    await writeFile(join(dir, `${database}.${name}`), lines.map(({ line }) => line).join("\n"));
  }
  return rows.map(({ name }) => `${database}.${name}`);
}

async function withoutDatabaseFiles(dataDir: string): Promise<readonly string[]> {
  const entries = (await readdir(dataDir)).filter((name) => name !== "postgres").map((name) => join(dataDir, name));
  return [...entries, join(dataDir, "postgres", "postgres.log")];
}

/**
 * Scans a data folder whose program has ended.
 *
 * @param seed of the city, from which its made-up numbers follow
 * @param scratch a folder for the dumps of the tables; the caller removes it
 * @param options `further`: files and folders that may hold nothing, such as what the program printed; `databaseFiles`: also the files and the WAL of the
 * database, whose tables are looked at in any case
 */
export async function scanStarted(
  dataDir: string,
  seed: string,
  scratch: string,
  {
    further = [],
    databaseFiles = true,
  }: { readonly further?: readonly string[]; readonly databaseFiles?: boolean } = {},
): Promise<StartedScan> {
  const database = await openDatabase({ dir: dataDir });
  const vault = createPool(vaultUrl(database.url, {}), { applicationName: "canary" });
  const dumps = join(scratch, "tables");
  let canaries: readonly Canary[];
  let tables = 0;
  try {
    await database.pool.query("CHECKPOINT");
    canaries = await plantedIn(database.pool, seed);
    tables += (await dumpTables(database.pool, "main", dumps)).length;
    tables += (await dumpTables(vault, "vault", dumps)).length;
  } finally {
    await vault.end();
    await database.close();
  }
  const set = canarySet(canaries.map((each) => (each.what === "number" ? each.text : each)));
  const { files, bytes, hits } = await scanPaths(set, [
    ...(databaseFiles ? [dataDir] : await withoutDatabaseFiles(dataDir)),
    dumps,
    ...further,
  ]);
  const seen = { number: 0, name: 0, address: 0, account: 0, holder: 0 };
  const leaks: StartedScan["leaks"][number][] = [];
  for (const { file, what, form, offset } of hits) {
    const table = file.startsWith(dumps) ? file.slice(dumps.length + 1) : undefined;
    const where = table ?? (file.startsWith(dataDir) ? file.slice(dataDir.length + 1) : file);
    const may = table === undefined ? PLACES.find((place) => place.files.test(where))?.may : TABLES[table];
    if ((may ?? []).includes(what as Planted)) seen[what as Planted] += 1;
    else leaks.push({ where, what, form, offset });
  }
  const count = (kind: Planted): number => canaries.filter(({ what }) => what === kind).length;
  return {
    planted: {
      number: count("number"),
      name: count("name"),
      address: count("address"),
      account: count("account"),
      holder: count("holder"),
    },
    files,
    bytes,
    tables,
    seen,
    leaks,
  };
}
