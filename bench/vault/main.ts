/**
 * Vault bench: `npm run bench:vault -- [persons]`, default 740000. Numbers opened per second beside the bare AES-256-GCM of the same bytes, single
 * displays with statement, decision and log, the consistency check of the whole city, rotation of the key-encryption key under reading,
 * and the rebuild from three of five shares.
 */
import { randomBytes, randomInt, createCipheriv, createDecipheriv } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { connectClient, createPool } from "@hagukumi/platform/database/pool.ts";
import { checkConsistency } from "@hagukumi/unified-addressee/contract.ts";
import {
  drill,
  ringFromShares,
  rotateEncryption,
  signStatement,
  splitMaster,
  vaultUrl,
  type Vault,
} from "@hagukumi/vault/contract.ts";

import { drawDigits, freshVaultOn, type TestVault } from "../../vault/test/support/vault.ts";
import { IndividualNumber } from "@hagukumi/vault/contract.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const persons = Number(process.argv[2] ?? 740_000);

async function timed<T>(work: () => Promise<T>): Promise<readonly [seconds: number, value: T]> {
  const begun = performance.now();
  const value = await work();
  return [(performance.now() - begun) / 1000, value];
}

const rate = (count: number, seconds: number): string => `${Math.round(count / seconds).toLocaleString("en")}/s`;
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

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
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
      decipher.setAuthTag(tag);
      decipher.update(text);
      decipher.final();
    }
  }
  return (performance.now() - begun) / 1000;
}

/** Registers made-up numbers by the vault's own operation, and gives each a 団体内統合宛名番号 by COPY. */
async function fill(test: TestVault, url: string): Promise<readonly string[]> {
  const refs: string[] = [];
  while (refs.length < persons) {
    const entries = Array.from({ length: Math.min(1_000, persons - refs.length) }, () => ({
      entryKey: `bench:${refs.length}:${randomInt(1, 2 ** 40)}:${crypto.randomUUID()}`,
      number: IndividualNumber.read(drawDigits()),
    }));
    refs.push(...(await test.ask("register", { entries })).map(({ personRef }) => personRef));
  }
  const client = await connectClient(url, "bench");
  await client.query(
    "INSERT INTO unified.entry (entry_key, kind, system_code, addressee_number, number_paper, identity_paper, checked_on, entered_by) VALUES ('bench', 'first', 'residentRegister', 1, 'register', 'register', '2026-11-20', 'bench')",
  );
  const unique = [...new Set(refs)];
  const rows = async function* rows(): AsyncGenerator<readonly unknown[]> {
    for (const [place, ref] of unique.entries()) yield await Promise.resolve([200_000_000_000_000 + place, ref, 1]);
  };
  const links = async function* links(): AsyncGenerator<readonly unknown[]> {
    for (const place of unique.keys())
      yield await Promise.resolve(["residentRegister", place + 1, 200_000_000_000_000 + place, 1]);
  };
  await copyRows(client, "unified.person", ["unified_number", "person_ref", "entry_id"], rows());
  await copyRows(client, "unified.link", ["system_code", "addressee_number", "unified_number", "entry_id"], links());
  await client.query("ANALYZE");
  await client.end();
  await test.database.pool.query("ANALYZE");
  return unique;
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

const dir = mkdtempSync(join(tmpdir(), "hagukumi-vault-bench-"));
const database = await openDatabase({ dir, url: "" });
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, load ${loadavg()[0]?.toFixed(2) ?? "?"}, Node ${process.versions.node}, ${persons.toLocaleString("en")} persons`,
  );
  await migrate(database.url, await migrationFolders(ROOT));
  const url = vaultUrl(database.url, {});
  await database.pool.query(`CREATE DATABASE ${new URL(url).pathname.slice(1)}`);
  const test = await freshVaultOn(url);
  await test.database.pool.query(
    "ALTER TABLE vault.policy DROP CONSTRAINT policy_reveals_an_hour_check; UPDATE vault.policy SET reveals_an_hour = 100000000",
  );
  const [filling, refs] = await timed(async () => await fill(test, database.url));
  say(`entry: ${rate(persons, filling)} (with a random number drawn for each)`);
  const bare = floor(200_000);
  const [opening] = await timed(async () => {
    let after: string | null = null;
    do ({ next: after } = await test.ask("inspect", { after, limit: 20_000 }));
    while (after !== null);
  });
  say(
    `opened and compared with index and check digit: ${rate(refs.length, opening)} (goal 5,000/s); floor, two bare AES-256-GCM: ${rate(200_000, bare)}; ${(opening / refs.length / (bare / 200_000)).toFixed(1)}×`,
  );
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
  const context = {
    pool: database.pool,
    vault: test.vault,
    signer: test.signer,
    operator: "clerk.one",
    purpose: "bench",
    today: "2026-11-23",
    now: () => test.clock.now,
  };
  const [checking, checked] = await timed(async () => await checkConsistency(context));
  say(
    `consistency check of ${checked.numbers.toLocaleString("en")}: ${checking.toFixed(1)} s (goal 30 s for 740,000), ${checked.findings} findings`,
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
} finally {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
}
