import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";

import { copyDatabase, freshDatabase } from "../../../platform/test/support/cluster.ts";
import { drill } from "../../src/keys/drill.ts";
import { commandKeeper, keeperCost, passphraseKeeper } from "../../src/keys/keeper.ts";
import {
  changeKeeper,
  makeKeys,
  openRing,
  ringFromShares,
  rotateEncryption,
  rotateIndex,
  rotateMaster,
  splitMaster,
} from "../../src/keys/manage.ts";
import { readShare, shareText } from "../../src/keys/shares.ts";
import { IndividualNumber } from "../../src/number/individual-number.ts";
import { keeperFrom, keepEnvelope, openVault, readEnvelope, vaultFiles, vaultUrl } from "../../src/store/open.ts";
import { createVault } from "../../src/vault.ts";
import { cheapCost, drawDigits, freshVault, freshVaultOn, purposeOf, useVault } from "../support/vault.ts";

const made = useVault();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const folders: string[] = [];

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "hagukumi-vault-"));
  folders.push(dir);
  return dir;
}

afterAll(async () => {
  for (const dir of folders) await rm(dir, { recursive: true, force: true });
});

async function fill(test: Awaited<ReturnType<typeof freshVault>>, count: number): Promise<ReadonlyMap<string, string>> {
  const digits = Array.from({ length: count }, drawDigits);
  const answers = await test.ask("register", {
    entries: digits.map((text) => ({ entryKey: crypto.randomUUID(), number: IndividualNumber.read(text) })),
  });
  return new Map(answers.map(({ personRef }, place) => [personRef, digits[place] ?? ""]));
}

describe("the envelope of the master key", () => {
  it("does not open with another passphrase, after a change of any field, or by another keeper", async () => {
    const keeper = passphraseKeeper("正しい合言葉は二十文字より長くしてください", cheapCost);
    const master = randomBytes(32);
    const envelope = await keeper.close(master);
    const other = passphraseKeeper("違う合言葉も二十文字より長くしてみました。", cheapCost);
    await expect(other.open(envelope)).rejects.toThrowError(refusedWith("masterUnreadable"));
    for (const field of ["memory", "passes", "parallelism", "salt", "sealed", "by"]) {
      const changed = {
        ...envelope,
        [field]: field === "by" ? "command" : field === "salt" || field === "sealed" ? "AAAA" : 9_999_999,
      };
      await expect(keeper.open(changed), field).rejects.toThrowError(refusedWith("masterUnreadable"));
    }
    expect(() => passphraseKeeper("短い合言葉")).toThrowError(refusedWith("masterUnreadable"));
    expect((await keeper.open(envelope)).equals(master)).toBe(true);
    expect(JSON.stringify(envelope)).not.toContain(master.toString("base64"));
    // The floor of production: 256 MiB × 4 passes
    expect(keeperCost).toEqual({ memory: 262_144, passes: 4, parallelism: 1 });
  });

  it("opens through programs of the machine, and a program that fails opens nothing", async () => {
    // Programs that stand for an HSM's tool: here they turn the bits around.
    const turn = [
      "node",
      "-e",
      "process.stdin.on('data', (d) => process.stdout.write(Buffer.from(d.map((b) => b ^ 255))))",
    ];
    const keeper = commandKeeper({ close: turn, open: turn });
    const master = randomBytes(32);
    const envelope = await keeper.close(master);
    expect((await keeper.open(envelope)).equals(master)).toBe(true);
    for (const open of [["false"], ["no-such-program-here"], ["true"]]) {
      await expect(commandKeeper({ close: turn, open }).open(envelope)).rejects.toThrowError(
        refusedWith("masterUnreadable"),
      );
    }
  });

  it("in production the passphrase is never made, nor taken from beside what it opens, nor from a file that others may read", async () => {
    const dir = await folder();
    const cheap = { production: false, cost: cheapCost };
    await expect(keeperFrom({}, dir, { production: true })).rejects.toThrowError(refusedWith("masterUnreadable"));
    expect((await keeperFrom({}, dir, cheap)).kind).toBe("passphrase");
    expect((await stat(vaultFiles(dir).passphrase)).mode & 0o777).toBe(0o600);
    await expect(keeperFrom({}, dir, { production: true })).rejects.toThrowError(refusedWith("masterUnreadable"));
    const path = join(dir, "given");
    await expect(keeperFrom({ HAGUKUMI_VAULT_PASSPHRASE_FILE: path }, dir, cheap)).rejects.toThrowError(
      refusedWith("masterUnreadable"),
    );
    await writeFile(path, "与えられた合言葉も二十文字より長くします。\n", { mode: 0o644 });
    await expect(keeperFrom({ HAGUKUMI_VAULT_PASSPHRASE_FILE: path }, dir, cheap)).rejects.toThrowError(
      refusedWith("masterUnreadable"),
    );
    await rm(path);
    await writeFile(path, "与えられた合言葉も二十文字より長くします。\n", { mode: 0o600 });
    expect((await keeperFrom({ HAGUKUMI_VAULT_PASSPHRASE_FILE: path }, dir, { production: true })).kind).toBe(
      "passphrase",
    );
  });

  it("keys are never made anew over numbers: a lost envelope is a refusal, not a fresh vault", async () => {
    const { work, keeper, envelope } = made.it;
    const path = vaultFiles(await folder()).envelope;
    await expect(openVault(work, keeper, path)).rejects.toThrowError(refusedWith("masterMissing"));
    await expect(makeKeys(work, keeper)).rejects.toThrowError(refusedWith("masterMissing"));
    await keepEnvelope(path, envelope);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await openVault(work, keeper, path)).ring.fingerprint).toBe(made.it.vault.ring.fingerprint);
    await writeFile(path, "{", { mode: 0o600 });
    await expect(readEnvelope(path)).rejects.toThrowError(refusedWith("masterUnreadable"));
  });

  it("the vault's database has its own name, or a server of its own", () => {
    expect(vaultUrl("postgres://a@127.0.0.1:5/hagukumi", {})).toBe("postgres://a@127.0.0.1:5/hagukumi_vault");
    expect(vaultUrl("postgres://a@127.0.0.1:5/hagukumi", { HAGUKUMI_VAULT_DATABASE_URL: "postgres://b/x" })).toBe(
      "postgres://b/x",
    );
  });
});

describe("rotation while the vault works", () => {
  it("of the key-encryption key: no read fails, entries go on, a broken-off run goes on, the old key is gone", async () => {
    const test = await freshVault();
    try {
      await test.database.pool.query("UPDATE vault.policy SET reveals_an_hour = 1000");
      const digits = new Map(await fill(test, 400));
      const oldKeys = await test.database.pool.query<{ wrapped: Buffer }>(
        "SELECT wrapped FROM vault.key_version WHERE kind = 'encryption'",
      );
      // Another process serves with keys in its own memory.
      const served = createVault(test.database.pool, await openRing(test.database.pool, test.keeper, test.envelope), {
        now: () => test.clock.now,
      });
      const state = { going: true, reads: 0 };
      const refs = [...digits.keys()];
      const reading = (async () => {
        for (let count = 0; state.going; count += 1) {
          const personRef = refs[count % refs.length] ?? "";
          const actor = count % 2 === 0 ? "clerk.one" : "clerk.two";
          const statement = test.say("reveal", { actor, purpose: purposeOf.reveal });
          const { number } = await (count % 3 === 0 ? test.vault : served).call("reveal", statement, { personRef });
          if (number.exposeDigits() !== digits.get(personRef)) throw new Error("another number");
          state.reads += 1;
        }
      })();
      const abort = new AbortController();
      abort.abort();
      const first = await rotateEncryption({ ...test.work, signal: abort.signal }, test.vault.ring);
      expect(first).toEqual({ version: 2, changed: 0, finished: false });
      for (const [ref, text] of await fill(test, 20)) digits.set(ref, text); // written under the new key
      const second = await rotateEncryption(test.work, test.vault.ring);
      expect(second).toEqual({ version: 2, changed: 400, finished: true });
      while (state.reads < 60) await sleep(5);
      state.going = false;
      await reading;
      const { rows } = await test.database.pool.query("SELECT DISTINCT key_version FROM vault.person");
      expect(rows).toEqual([{ key_version: 2 }]);
      const keys = await test.database.pool.query<{ version: number; wrapped: Buffer }>(
        "SELECT version, wrapped FROM vault.key_version WHERE kind = 'encryption'",
      );
      expect(keys.rows.map(({ version }) => version)).toEqual([2]);
      expect(oldKeys.rows[0]?.wrapped.equals(keys.rows[0]?.wrapped ?? Buffer.alloc(0))).toBe(false);
      expect((await test.ask("inspect", { after: null, limit: 1000 })).faults).toEqual([]);
      served.ring.wipe();
    } finally {
      await test.drop();
    }
  });

  it("of the index: every number is found before, during and after, and one number stays one person", async () => {
    const test = await freshVault();
    try {
      const digits = await fill(test, 300);
      const served = createVault(test.database.pool, await openRing(test.database.pool, test.keeper, test.envelope), {
        now: () => test.clock.now,
      });
      const abort = new AbortController();
      abort.abort();
      expect(await rotateIndex({ ...test.work, signal: abort.signal }, test.vault.ring)).toMatchObject({
        version: 2,
        finished: false,
      });
      // Between the two halves of the rotation another process enters numbers, old and new ones.
      const [known, text] = [...digits][0] ?? ["", ""];
      const late = drawDigits();
      const entries = [text, late].map((each) => ({
        entryKey: crypto.randomUUID(),
        number: IndividualNumber.read(each),
      }));
      const answers = await served.call("register", test.say("register"), { entries });
      expect(answers.map(({ outcome }) => outcome)).toEqual(["known", "new"]);
      expect(answers[0]?.personRef).toBe(known);
      expect(await rotateIndex(test.work, test.vault.ring)).toEqual({ version: 2, changed: 300, finished: true });
      for (const [ref, each] of [...digits].slice(0, 30)) {
        const found = await served.call("find", test.say("find"), { number: IndividualNumber.read(each) });
        expect(found.personRef).toBe(ref);
      }
      expect((await test.ask("find", { number: IndividualNumber.read(late) })).personRef).toBe(answers[1]?.personRef);
      const { rows } = await test.database.pool.query(
        "SELECT index_version, count(*) AS count FROM vault.number_index GROUP BY 1",
      );
      expect(rows).toEqual([{ index_version: 2, count: 301 }]);
      served.ring.wipe();
    } finally {
      await test.drop();
    }
  });

  it("of the master key: the envelope and the shares of before open nothing any more", async () => {
    const test = await freshVault();
    const kept: unknown[] = [];
    try {
      await fill(test, 5);
      const shares = await splitMaster(test.work, test.vault.ring, 3, 5);
      const ring = await rotateMaster(test.work, test.vault.ring, test.keeper, async (envelope) => {
        kept.push(envelope);
        await Promise.resolve();
      });
      await expect(openRing(test.database.pool, test.keeper, test.envelope)).rejects.toThrowError(
        refusedWith("masterUnreadable"),
      );
      await expect(ringFromShares(test.database.pool, shares.slice(0, 3))).rejects.toThrowError(
        refusedWith("masterUnreadable"),
      );
      expect((await openRing(test.database.pool, test.keeper, kept[0] as never)).fingerprint).toBe(ring.fingerprint);
    } finally {
      await test.drop();
    }
  });
});

describe("escrow", () => {
  it("[THR93] the vault is destroyed, its keys, envelope and passphrase are gone: two of five shares give nothing, any three and a copy of the database open every record", async () => {
    const base = await freshDatabase({ empty: true });
    const before = await freshVaultOn(base.url);
    const digits = await fill(before, 50);
    const papers = (await splitMaster(before.work, before.vault.ring, 3, 5)).map(shareText);
    const shares = papers.map(readShare);
    // What is recorded: which set, how many; no share and no key
    const { rows } = await before.database.pool.query<{ text: string }>(
      "SELECT row_to_json(e)::text AS text FROM vault.escrow e",
    );
    for (const share of shares) expect(rows[0]?.text).not.toContain(share.bytes.toString("hex").slice(0, 16));
    await before.drop();
    const copy = await copyDatabase(base);
    await base.drop(); // from here on there are the copy, as a backup gives it back, and the papers
    try {
      const held = (places: readonly number[]): typeof shares => shares.filter((_, place) => places.includes(place));
      await expect(ringFromShares(copy.pool, held([0, 1]))).rejects.toThrowError(refusedWith("sharesInvalid"));
      await expect(
        openRing(copy.pool, passphraseKeeper("当てずっぽうの合言葉を、二十文字より長くしました"), before.envelope),
      ).rejects.toThrowError(refusedWith("masterUnreadable"));
      const work = { ...before.work, pool: copy.pool };
      for (const places of [
        [0, 1, 2],
        [1, 3, 4],
      ]) {
        const ring = await ringFromShares(copy.pool, held(places));
        expect(await drill(work, ring, shares[0]?.setId ?? "")).toEqual({ readable: 50, damaged: 0 });
        ring.wipe();
      }
      const again = passphraseKeeper("新しい合言葉も二十文字より長くしておきます", cheapCost);
      const envelope = await changeKeeper(work, await ringFromShares(copy.pool, held([0, 2, 4])), again);
      const vault = createVault(copy.pool, await openRing(copy.pool, again, envelope), { now: () => before.clock.now });
      const shown = new Map<string, string>();
      for (const [place, personRef] of [...digits.keys()].entries()) {
        const actor = place % 2 === 0 ? "clerk.one" : "clerk.two"; // one person may be shown thirty an hour
        const { number } = await vault.call("reveal", before.say("reveal", { actor }), { personRef });
        shown.set(personRef, number.exposeDigits());
      }
      expect(shown.size).toBe(50);
      expect([...digits].filter(([personRef, text]) => shown.get(personRef) !== text)).toHaveLength(0);
      vault.ring.wipe();
    } finally {
      await copy.drop();
    }
  });

  it("[THR30] the superuser's dump of everything, with all files but the passphrase, holds no number in any encoding", async () => {
    const { database } = made.it;
    const digits = [...(await fill(made.it, 100)).values()];
    const { rows } = await database.pool.query<{ name: string }>(
      "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relnamespace = 'vault'::regnamespace AND relkind = 'r'",
    );
    let dump = JSON.stringify(made.it.envelope);
    for (const { name } of rows) {
      const lines = await database.pool.query<{ line: string }>(`SELECT row_to_json(t)::text AS line FROM ${name} t`);
      dump += lines.rows.map(({ line }) => line).join("\n");
    }
    const bytes = Buffer.from(dump.replaceAll("\\\\x", ""), "utf8");
    const hexFree = dump.toLowerCase();
    expect(bytes.length).toBeGreaterThan(50_000);
    for (const text of digits) {
      const latin = Buffer.from(text, "latin1");
      for (const form of [
        text,
        latin.toString("hex"),
        Buffer.from(text, "utf16le").toString("hex"),
        latin.toString("base64"),
      ]) {
        expect(hexFree.includes(form.toLowerCase())).toBe(false);
      }
    }
    expect(await readFile(import.meta.filename, "utf8")).not.toContain(digits[0]);
  });
});
