/**
 * Vault bench: `npm run bench:vault -- [persons] [--check-only]`, default 740000. Numbers opened per second beside the bare AES-256-GCM of the same
 * bytes, single displays with statement, decision and log, the consistency check of the whole city, rotation of the key-encryption key under
 * reading, and the rebuild from three of five shares. `--check-only` ends after the consistency check.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, randomInt } from "node:crypto";
import { join } from "node:path";

import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { connectClient, createPool } from "@hagukumi/platform/database/pool.ts";
import { checkConsistency } from "@hagukumi/unified-addressee/contract.ts";
import {
  drill,
  ringFromShares,
  rotateEncryption,
  signStatement,
  splitMaster,
  type Vault,
  vaultUrl,
} from "@hagukumi/vault/contract.ts";

import { fillVault } from "../../vault/test/support/fill.ts";
import { freshVaultOn, type TestVault } from "../../vault/test/support/vault.ts";
import { cpuNow, cpuSince } from "../shared/cpu.ts";
import { loadNow, machine, progress, say, sizesOr, timed, withFreshDatabase } from "../shared/bench.ts";

const [persons = 0] = sizesOr([740_000]);
const checkOnly = process.argv.includes("--check-only");
/** Seconds for the consistency check of 740,000 */
const GOAL = { persons: 740_000, seconds: 30 } as const;

const rate = (count: number, seconds: number): string => `${Math.round(count / seconds).toLocaleString("en")}/s`;
const entryKeyOf = (place: number): string => `register/2026-11-20/${place + 1}`;

/** Two GCM openings of the sizes of a data key and a number, and nothing else: what the vault's opening stands on. */
function floor(count: number): number {
  const key = randomBytes(32);
  const sealed = [32, 12].map((size) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    return { nonce, text: Buffer.concat([cipher.update(randomBytes(size)), cipher.final()]), tag: cipher.getAuthTag() };
  });
  const begun = performance.now();
  for (let done = 0; done < count; done += 1) {
    for (const { nonce, text, tag } of sealed) {
      // As a KeyObject, which is the fastest way of this Node: a floor that is slow by a slip would flatter.
      const decipher = createDecipheriv("aes-256-gcm", createSecretKey(key), nonce, { authTagLength: 16 });
      decipher.setAuthTag(tag);
      decipher.update(text);
      decipher.final();
    }
  }
  return (performance.now() - begun) / 1000;
}

const unified = (place: number): number => 200_000_000_000_000 + place;

/** What the vault has of an entry is known here under the same key: number, link and how the entry ended, by COPY. */
async function numberAll(url: string, refs: readonly string[]): Promise<void> {
  const client = await connectClient(url, "bench");
  const copy = async (
    table: string,
    columns: readonly string[],
    rowOf: (place: number) => readonly unknown[],
  ): Promise<void> => {
    const rows = async function* rows(): AsyncGenerator<readonly unknown[]> {
      for (const place of refs.keys()) yield await Promise.resolve(rowOf(place));
    };
    await copyRows(client, `unified.${table}`, columns, rows());
  };
  try {
    await client.query("SET session_replication_role = replica");
    const { rows } = await client.query<{ first: number }>(
      "SELECT nextval(pg_get_serial_sequence('unified.entry', 'entry_id'))::int AS first",
    );
    const first = rows[0]?.first ?? 1;
    const entered = ["residentRegister", "register", "register", "2026-11-20", "bench"];
    await copy(
      "entry",
      [
        "entry_id",
        "entry_key",
        "kind",
        "addressee_number",
        "system_code",
        "number_paper",
        "identity_paper",
        "checked_on",
        "entered_by",
      ],
      (place) => [first + place, entryKeyOf(place), "first", place + 1, ...entered],
    );
    await client.query("SELECT setval(pg_get_serial_sequence('unified.entry', 'entry_id'), $1)", [first + refs.length]);
    await copy("person", ["unified_number", "person_ref", "entry_id"], (place) => [
      unified(place),
      refs[place],
      first + place,
    ]);
    await copy("entry_result", ["entry_id", "unified_number", "outcome"], (place) => [
      first + place,
      unified(place),
      "new",
    ]);
    await copy("link", ["system_code", "addressee_number", "unified_number", "entry_id"], (place) => [
      "residentRegister",
      place + 1,
      unified(place),
      first + place,
    ]);
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
}

/** Displays one after another until stopped. @returns how many, and how many failed */
async function readOn(
  vault: Vault,
  test: TestVault,
  refs: readonly string[],
  state: { going: boolean },
): Promise<{ readonly reads: number; readonly failed: number }> {
  let reads = 0;
  let failed = 0;
  while (state.going) {
    const personRef = refs[randomInt(0, refs.length)] ?? "";
    const said = {
      actor: "clerk.one",
      operation: "reveal",
      purpose: "identityCheck",
      subject: "bench:1",
      steppedUpAt: test.clock.now,
    };
    await vault.call("reveal", signStatement(test.signer, said, test.clock.now), { personRef }).then(
      () => (reads += 1),
      () => (failed += 1),
    );
  }
  return { reads, failed };
}

await withFreshDatabase(async (database, dir) => {
  const server = join(dir, "postgres");
  const { load, idle } = loadNow();
  say(`${machine()}, load ${load.toFixed(1)}, ${persons.toLocaleString("en")} persons`);
  const url = vaultUrl(database.url, {});
  await database.pool.query(`CREATE DATABASE ${new URL(url).pathname.slice(1)}`);
  const test = await freshVaultOn(url);
  await test.database.pool.query(
    "ALTER TABLE vault.policy DROP CONSTRAINT policy_reveals_an_hour_check; UPDATE vault.policy SET reveals_an_hour = 100000000",
  );
  progress("filling (not counted)");
  const [filling, refs] = await timed(async () => await fillVault(test, persons, entryKeyOf));
  await numberAll(database.url, refs);
  await database.pool.query("CHECKPOINT");
  progress(`filled, the vault in ${filling.toFixed(1)} s`);
  const bare = floor(200_000);
  const beforeOpening = cpuNow(server);
  const [opening] = await timed(async () => {
    let after: string | null = null;
    do ({ next: after } = await test.ask("inspect", { after, limit: 20_000 }));
    while (after !== null);
  });
  say(
    `opened and compared with index and check digit: ${rate(refs.length, opening)} (goal 5,000/s); floor, two bare AES-256-GCM: ${rate(200_000, bare)}; ${(opening / refs.length / (bare / 200_000)).toFixed(1)}×; ${cpuSince(beforeOpening, server)}`,
  );
  const context = {
    pool: database.pool,
    vault: test.vault,
    signer: test.signer,
    operator: "clerk.one",
    purpose: "bench",
    today: "2026-11-23",
    now: () => test.clock.now,
  };
  const beforeChecking = cpuNow(server);
  const [checking, checked] = await timed(async () => await checkConsistency(context));
  say(
    `consistency check of ${checked.numbers.toLocaleString("en")} numbers and their links: ${checking.toFixed(1)} s (goal ${GOAL.seconds} s for 740,000), ${checked.findings} findings; ${(checking / refs.length / (bare / 200_000)).toFixed(1)}× the same floor; ${cpuSince(beforeChecking, server)}`,
  );
  if (checked.findings > 0) process.exitCode = 1;
  if (idle && persons === GOAL.persons && checking > GOAL.seconds) process.exitCode = 1;
  if (checkOnly) return await test.drop();
  const state = { going: true };
  const [shown, four] = await timed(async () => {
    setTimeout(() => (state.going = false), 10_000);
    return await Promise.all([1, 2, 3, 4].map(async () => await readOn(test.vault, test, refs, state)));
  });
  say(
    `displays with statement, decision, log and COMMIT (four at once): ${rate(
      four.reduce((sum, { reads }) => sum + reads, 0),
      shown,
    )}`,
  );
  const during = { going: true };
  const reading = readOn(test.vault, test, refs, during);
  const [rotating, rotated] = await timed(async () => await rotateEncryption(test.work, test.vault.ring));
  during.going = false;
  const { reads, failed } = await reading;
  say(
    `rotation of ${rotated.changed.toLocaleString("en")} data keys: ${rotating.toFixed(1)} s (goal 600 s for 300,000); meanwhile ${reads} displays, ${failed} failed`,
  );
  const shares = await splitMaster(test.work, test.vault.ring, 3, 5);
  // The vault is destroyed: its database is dropped, its keys in memory are wiped, the envelope was never written. What is left is a
  // copy of the database, as a backup would give it back, and the shares.
  const name = new URL(url).pathname.slice(1);
  await test.drop();
  await database.pool.query(`CREATE DATABASE ${name}_backup TEMPLATE ${name}`);
  await database.pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
  const restored = createPool(`${url}_backup`, { applicationName: "bench vault" });
  const [rebuilding, rebuilt] = await timed(async () => {
    const held = [4, 0, 2].flatMap((place) => shares[place] ?? []);
    return await drill({ ...test.work, pool: restored }, await ringFromShares(restored, held), "BENCH000");
  });
  await restored.end();
  say(
    `destroyed, and rebuilt from 3 of 5 shares: ${rebuilt.readable.toLocaleString("en")} readable, ${rebuilt.damaged} not, ${rebuilding.toFixed(1)} s`,
  );
});
