/** The vault's log against its seals: what is done to it with all rights in the database is found, at its place. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { SealHead } from "@hagukumi/platform/access/seal/head.ts";
import { parseHead } from "@hagukumi/platform/access/seal/head.ts";
import { asSealer } from "@hagukumi/platform/access/seal/seal-log.ts";
import type { LogFinding } from "@hagukumi/platform/access/seal/verify-log.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { sealVaultLog, startVaultSealer, VAULT_LOG, verifyVaultLog, witnessVaultLog } from "../../src/log/seals.ts";
import { drawNumber, useVault } from "../support/vault.ts";

const made = useVault();
let dir = "";
let kept: SealHead | undefined;

const findings = async (heads: readonly SealHead[] = []): Promise<readonly LogFinding[]> =>
  (await verifyVaultLog(made.it.database.pool, dir, heads)).findings;

const restore = (seq: number): string =>
  `INSERT INTO vault.log OVERRIDING SYSTEM VALUE SELECT * FROM public.kept WHERE seq = ${seq}`;

/** Does what no role may and no trigger lets pass: as the owner of everything, with the triggers out of the way. */
async function tamper(statements: string): Promise<void> {
  await made.it.database.pool.query(`BEGIN; SET LOCAL session_replication_role = replica; ${statements}; COMMIT`);
}

/** Does `statement` with all rights, looks, and does it undone. */
async function after(statement: string, undo: string): Promise<readonly LogFinding[]> {
  await tamper(statement);
  const found = await findings();
  await tamper(undo);
  expect(await findings()).toEqual([]);
  return found;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-vault-log-"));
  for (let round = 0; round < 3; round += 1) {
    const number = drawNumber();
    await made.it.ask("register", { entries: [{ entryKey: `seal:${round}`, number }] });
    await made.it.ask("find", { number });
    await made.it.ask("find", { number }, { actor: "nobody" }).catch(() => {});
    await sealVaultLog(made.it.database.pool, dir);
    if (round === 1) kept = parseHead(await readFile(join(dir, "vault-log-head.json"), "utf8"));
  }
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));

describe("the seals of the vault's log", () => {
  it("hold every call, refused ones too, by a role that can read neither numbers nor keys and change nothing", async () => {
    const { pool } = made.it.database;
    const check = await verifyVaultLog(pool, dir, kept === undefined ? [] : [kept]);
    const { rows } = await pool.query<{ n: number }>("SELECT count(*)::int AS n FROM vault.log");
    expect(check).toMatchObject({ blocks: 3, rows: rows[0]?.n, unsealed: 0, found: 0, comparedHead: true });
    expect((await stat(join(dir, "secrets", "vault-seal-key.pem"))).mode & 0o077).toBe(0);
    for (const statement of [
      "SELECT FROM vault.record",
      "SELECT FROM vault.person",
      "SELECT FROM vault.key_version",
      "SELECT FROM vault.number_index",
      "UPDATE vault.log SET actor = 'x'",
      "DELETE FROM vault.log",
      "UPDATE vault.log_seal SET upto = 0",
      "DELETE FROM vault.log_seal",
    ]) {
      const tried = asSealer(pool, async (client) => await client.query(statement), VAULT_LOG);
      await expect(tried, statement).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("find a changed, a deleted, an inserted and an exchanged row at its number", async () => {
    const { rows } = await made.it.database.pool.query<{ seq: number }>(
      "SELECT seq FROM vault.log WHERE operation = 'find' AND refusal_code IS NULL ORDER BY seq LIMIT 2",
    );
    const [first = 0, second = 0] = rows.map(({ seq }) => seq);
    expect(
      await after(
        `UPDATE vault.log SET actor = 'clerk.two' WHERE seq = ${first}`,
        `UPDATE vault.log SET actor = 'clerk.one' WHERE seq = ${first}`,
      ),
    ).toEqual([{ kind: "changed", seq: first, blockNo: 1 }]);
    await made.it.database.pool.query("CREATE TABLE public.kept AS SELECT * FROM vault.log");
    expect(await after(`DELETE FROM vault.log WHERE seq = ${second}`, restore(second))).toEqual([
      { kind: "deleted", seq: second, blockNo: 2 },
    ]);
    expect(
      await after(
        `INSERT INTO vault.log OVERRIDING SYSTEM VALUE SELECT -5, processed_at, client_id, actor, purpose, operation, subject, person_ref, rows, refusal_code, statement_id FROM public.kept WHERE seq = ${first}`,
        "DELETE FROM vault.log WHERE seq = -5",
      ),
    ).toEqual([{ kind: "inserted", seq: -5, blockNo: null }]);
    // Two rows change places: each is there, and neither where it was.
    const swap = `UPDATE vault.log SET statement_id = k.statement_id, person_ref = k.person_ref FROM public.kept k
      WHERE vault.log.seq IN (${first}, ${second}) AND k.seq = ${first} + ${second} - vault.log.seq`;
    const back = `UPDATE vault.log SET statement_id = k.statement_id, person_ref = k.person_ref FROM public.kept k
      WHERE vault.log.seq IN (${first}, ${second}) AND k.seq = vault.log.seq`;
    expect(await after(swap, back)).toEqual([
      { kind: "changed", seq: first, blockNo: 1 },
      { kind: "changed", seq: second, blockNo: 2 },
    ]);
    await made.it.database.pool.query("DROP TABLE public.kept");
  });

  it("find a tail that was cut off together with its seals, by the head outside; nothing more is sealed onto it", async () => {
    const { pool } = made.it.database;
    await pool.query(
      "CREATE TABLE public.seals AS SELECT * FROM vault.log_seal; CREATE TABLE public.rows AS SELECT * FROM vault.log",
    );
    await expect(pool.query("DELETE FROM vault.log_seal WHERE block_no = 3")).rejects.toThrow();
    await tamper(
      "DELETE FROM vault.log WHERE seq > (SELECT upto FROM vault.log_seal WHERE block_no = 2); DELETE FROM vault.log_seal WHERE block_no = 3",
    );
    expect(await findings()).toEqual([{ kind: "missing", blockNo: 3 }]);
    await expect(sealVaultLog(pool, dir)).rejects.toMatchObject({ code: "historyForked" });
    await tamper(
      `INSERT INTO vault.log OVERRIDING SYSTEM VALUE SELECT r.* FROM public.rows r WHERE NOT EXISTS (SELECT FROM vault.log l WHERE l.seq = r.seq);
       INSERT INTO vault.log_seal SELECT * FROM public.seals WHERE block_no = 3; DROP TABLE public.seals; DROP TABLE public.rows`,
    );
    expect(await findings()).toEqual([]);
  });

  it("take a witness from the head that he kept to the newest, and refuse him a history that is another", async () => {
    const { pool } = made.it.database;
    const newest = await witnessVaultLog(pool, dir, kept);
    expect(newest?.blockNo).toBe(3);
    expect(await witnessVaultLog(pool, dir, newest)).toEqual(newest);
    const forged = kept === undefined ? undefined : { ...kept, blockHash: "00".repeat(32) };
    await expect(witnessVaultLog(pool, dir, forged)).rejects.toMatchObject({
      code: "historyForked",
      message: expect.stringContaining("金庫の記録") as string,
    });
    // Of another chain of the product it is no head either: the seals say of what they are.
    const other = await mkdtemp(join(tmpdir(), "hagukumi-vault-log-"));
    expect((await verifyVaultLog(pool, other)).findings).toContainEqual({
      kind: "block",
      blockNo: 1,
      what: "signature",
    });
    await rm(other, { recursive: true, force: true });
  });

  it("are made while the vault works, and once more when it ends", async () => {
    const { pool } = made.it.database;
    const sealer = await startVaultSealer(pool, dir, (line) => expect.fail(line));
    await made.it.ask("find", { number: drawNumber() });
    await sealer.close();
    expect(await verifyVaultLog(pool, dir)).toMatchObject({ unsealed: 0, found: 0, blocks: 4 });
  });
});
