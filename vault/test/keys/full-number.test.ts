/**
 * The vault at full numbers (`npm run sweep:vault`): online rotation, what everything but the master key reveals, and the rebuild after the vault was
 * destroyed. In the everyday run the same with a few hundred people.
 */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { readOnly } from "@hagukumi/platform/database/transaction.ts";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";

import { copyDatabase, freshDatabase } from "../../../platform/test/support/cluster.ts";
import { canarySet, scanPaths } from "../../src/canary/scan.ts";
import { drill } from "../../src/keys/drill.ts";
import { passphraseKeeper } from "../../src/keys/keeper.ts";
import { openRing, ringFromShares, rotateEncryption, splitMaster } from "../../src/keys/manage.ts";
import { readShare, shareText } from "../../src/keys/shares.ts";
import { signStatement } from "../../src/statement/statement.ts";
import { fillVault } from "../support/fill.ts";
import { freshVaultOn, type TestVault } from "../support/vault.ts";

const PERSONS = Number(process.env["HAGUKUMI_VAULT_PERSONS"] ?? "300");
const FULL = PERSONS >= 300_000;
/** Seconds for a rotation */
const GOAL_SECONDS = 600;
/** How many of the numbers the dump is searched for, each in 17 forms */
const SOUGHT = 10_000;
const ROOT = resolve(import.meta.dirname, "../../..");
let base: Awaited<ReturnType<typeof freshDatabase>>;
let test: TestVault;
let refs: readonly string[] = [];
const numbers: string[] = [];
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vault-full-"));
  base = await freshDatabase({ empty: true });
  test = await freshVaultOn(base.url);
  await test.database.pool.query(
    "ALTER TABLE vault.policy DROP CONSTRAINT policy_reveals_an_hour_check; UPDATE vault.policy SET reveals_an_hour = 100000000",
  );
  refs = await fillVault(
    test,
    PERSONS,
    (place) => `register/2026-11-20/${place + 1}`,
    (digits) => numbers.push(digits),
  );
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Shows numbers one after another until told to stop. */
async function show(state: {
  going: boolean;
}): Promise<{ readonly shown: number; readonly failed: readonly string[] }> {
  let shown = 0;
  const failed: string[] = [];
  do {
    const personRef = refs[randomInt(0, refs.length)] ?? "";
    const said = {
      actor: "clerk.one",
      operation: "reveal",
      purpose: "identityCheck",
      subject: "full:1",
      steppedUpAt: test.clock.now,
    };
    try {
      const { number } = await test.vault.call("reveal", signStatement(test.signer, said, test.clock.now), {
        personRef,
      });
      number.wipe();
      shown += 1;
    } catch (error) {
      failed.push(String(error));
    }
  } while (state.going);
  return { shown, failed };
}

/** Every table as the superuser reads it; what is binary as its bytes. */
async function dump(pool: Pool, to: string): Promise<readonly string[]> {
  await mkdir(to, { recursive: true });
  const { rows } = await pool.query<{ name: string }>(
    "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relnamespace = 'vault'::regnamespace AND relkind = 'r' ORDER BY 1",
  );
  for (const { name } of rows) {
    await readOnly(pool, async (client) => {
      await client.query(`DECLARE all_rows CURSOR FOR SELECT * FROM ${name}`);
      for (;;) {
        const { rows: some } = await client.query<Record<string, unknown>>("FETCH 20000 FROM all_rows");
        if (some.length === 0) break;
        const parts = some.flatMap((row) => [
          ...Object.values(row).map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(`${String(value)} `))),
          Buffer.from("\n"),
        ]);
        await appendFile(join(to, name), Buffer.concat(parts));
      }
    });
  }
  return rows.map(({ name }) => name);
}

it(
  `${FULL ? "[G43] " : ""}${String(PERSONS)} people: the key-encryption key is rotated while numbers are shown, no reading fails; no role but the vault's may read what is sealed, and the superuser's dump with the source and the envelope opens nothing and holds no number`,
  { timeout: 7_200_000 },
  async () => {
    const { pool } = test.database;
    // Forbidden first: who else could read what is sealed?
    const readers = await pool.query<{ role: string }>(
      `SELECT DISTINCT r.rolname AS role FROM pg_roles r, unnest(ARRAY['vault.person', 'vault.record', 'vault.number_index', 'vault.key_version']) t(name)
       WHERE NOT r.rolsuper AND r.rolname LIKE 'hagukumi%' AND has_schema_privilege(r.oid, 'vault', 'USAGE') AND has_table_privilege(r.oid, t.name, 'SELECT') ORDER BY 1`,
    );
    expect(readers.rows.map(({ role }) => role)).toEqual(["hagukumi_vault", "hagukumi_vault_keys"]);
    await expect(
      openRing(pool, passphraseKeeper("当てずっぽうの合言葉を、二十文字より長くしました"), test.envelope),
    ).rejects.toMatchObject({ code: "masterUnreadable" });
    const tables = await dump(pool, join(folder, "dump"));
    expect(tables).toEqual(expect.arrayContaining(["vault.person", "vault.record", "vault.number_index", "vault.log"]));
    await writeFile(join(folder, "dump", "envelope.json"), JSON.stringify(test.envelope));
    const step = Math.max(1, Math.floor(numbers.length / SOUGHT));
    const set = canarySet(numbers.filter((_, place) => place % step === 0));
    const places = ["vault/src", "vault/migrations", "vault/test", "systems/unified-addressee", "package.json"];
    const { bytes, hits } = await scanPaths(set, [join(folder, "dump"), ...places.map((place) => join(ROOT, place))]);
    expect(hits.map(({ file, form }) => `${file} ${form}`)).toEqual([]);
    // A data key, a sealed number and an index entry of everybody were looked through …
    expect(bytes).toBeGreaterThan(PERSONS * (60 + 40 + 32));
    // … and one number in clear would have been seen.
    await writeFile(join(folder, "planted"), `x${numbers[0] ?? ""}y`);
    expect((await scanPaths(set, [join(folder, "planted")])).hits).toHaveLength(1);
    await rm(join(folder, "planted"));

    const state = { going: true };
    const reading = Promise.all([show(state), show(state)]);
    const begun = performance.now();
    const rotated = await rotateEncryption(test.work, test.vault.ring);
    const seconds = (performance.now() - begun) / 1000;
    state.going = false;
    const reads = await reading;
    expect(rotated).toMatchObject({ changed: PERSONS, finished: true });
    expect(reads.flatMap(({ failed }) => failed)).toEqual([]);
    const shown = reads.reduce((sum, each) => sum + each.shown, 0);
    expect(shown).toBeGreaterThan(0);
    if (FULL) expect(seconds).toBeLessThan(GOAL_SECONDS);
    if (FULL)
      process.stdout.write(`rotation ${seconds.toFixed(1)} s, ${String(shown)} numbers shown meanwhile, 0 failed\n`);
  },
);

it(
  `${FULL ? "[G55] " : ""}the vault of ${String(PERSONS)} people is destroyed and rebuilt from three of five shares: every record is readable`,
  { timeout: 7_200_000 },
  async () => {
    const papers = (await splitMaster(test.work, test.vault.ring, 3, 5)).map(shareText);
    const { work } = test;
    await test.drop(); // keys wiped; envelope and passphrase were only in this process
    const copy = await copyDatabase(base);
    await base.drop(); // from here on there are a copy, as a backup gives it back, and the papers
    try {
      const held = (places: readonly number[]) => places.map((place) => readShare(papers[place] ?? ""));
      await expect(ringFromShares(copy.pool, held([1, 3]))).rejects.toMatchObject({ code: "sharesInvalid" });
      const shares = held([4, 0, 2]);
      const ring = await ringFromShares(copy.pool, shares);
      expect(await drill({ ...work, pool: copy.pool }, ring, shares[0]?.setId ?? "")).toEqual({
        readable: PERSONS,
        damaged: 0,
      });
      ring.wipe();
    } finally {
      await copy.drop();
    }
  },
);
