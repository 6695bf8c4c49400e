/** 操作ログ: what was done, on which screen and file, with a 個人番号 or not; seals of both formats; the check that needs none of our code. */
import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { staffGuard } from "../../src/access/guard.ts";
import type { AccessAction, Deed, StaffCall } from "../../src/access/log.ts";
import { readAccessLog } from "../../src/access/read-log.ts";
import { sealKeyOf, type SealKey } from "../../src/access/seal/block.ts";
import { ACCESS_LOG } from "../../src/access/seal/rows.ts";
import { sealLog } from "../../src/access/seal/seal-log.ts";
import { readSealKey, sealKeyPath } from "../../src/access/seal/seal-key.ts";
import { checkLog, verifyLog } from "../../src/access/seal/verify-log.ts";
import type { LogFinding } from "../../src/access/seal/verify-log.ts";
import { staffRead } from "../../src/access/staff.ts";
import { runCommand } from "../../src/database/command.ts";
import { useDatabase } from "../support/cluster.ts";
import { callOf, signIn } from "../support/staff.ts";

const database = useDatabase();
let folder = "";
let key: SealKey;
let session = "";

const insert = (columns: Readonly<Record<string, string>>): string => {
  const row = {
    processed_at: "now()",
    staff_id: "'kaku.001'",
    staff_name: "'架空'",
    section_code: "'s'",
    section_name: "'課'",
    terminal_code: "'T'",
    purpose_code: "'enquiry'",
    purpose_text: "''",
    addressee_number: "101",
    system: "'allowance'",
    operation: "'x'",
    action: "'read'",
    row_count: "1",
    session_id: "1",
    request_id: "'r'",
    ...columns,
  };
  return `INSERT INTO access.log (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).join(", ")})`;
};

/** Runs statements as somebody who may do everything, looks, and takes everything back. */
async function tampered(...statements: readonly string[]): Promise<readonly LogFinding[]> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    for (const statement of statements) await client.query(statement);
    return (await checkLog(client, key)).findings;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

const sha = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const changed = (seq: number): readonly LogFinding[] => [{ kind: "changed", seq, blockNo: seq < 4 ? 1 : 2 }];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hagukumi-oplog-"));
  key = await readSealKey(folder);
  session = await signIn(database.pool, { staffId: "log.kansa", roles: ["auditor"] });
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe("操作ログ", () => {
  it("a screen or file that could hold a number or a name, an unknown deed and a row that does not say are refused by the database", async () => {
    const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
      [{ screen: "'/cases/1234'" }, "log_screen"],
      [{ screen: "'/persons/架空'" }, "log_screen"],
      [{ screen: `'/${"a".repeat(80)}'` }, "log_screen"],
      [{ file: "'架空花子.csv'" }, "log_file"],
      [{ file: "'a/b'" }, "log_file"],
      [{ deed: "'peek'" }, "log_deed"],
      [{ deed: "'refused'" }, "log_deed"],
      [{ action: "'erase'" }, "log_action"],
      [{ action: "'read'", addressee_number: "NULL" }, "log_names_person"],
    ];
    for (const [columns, constraint] of cases) {
      await expect(database.pool.query(insert(columns)), constraint).rejects.toMatchObject({
        code: "23514",
        constraint,
      });
    }
    const client = await database.pool.connect();
    await client.query("BEGIN; ALTER TABLE access.log DISABLE TRIGGER say_operation");
    await expect(client.query(insert({}))).rejects.toMatchObject({ constraint: "log_operation_said" });
    await client.query("ROLLBACK");
    client.release();
  });

  it("each kind of work leaves its deed, screen, file and whether a 個人番号 was touched, and the auditor reads them", async () => {
    const did = async (action: AccessAction, more: Partial<StaffCall>, file?: string): Promise<void> => {
      const call = { ...callOf(session, `try-${action}`), ...more };
      const entry = { action, rows: 1, file } as const;
      await staffRead(database.pool, call, {}, async () => ({ response: 1, log: [entry] }));
    };
    const page = { screen: "/cases/:", file: "cases" } as const;
    await did("search", page);
    await did("print", page);
    await did("export", page, "payee-list-0001.csv");
    await did("hardCopy", page);
    await did("list", { ...page, individualNumber: true });
    const change = async (deed: Deed | undefined): Promise<void> => {
      const call = { ...callOf(session, "try-update"), ...page, ...(deed === undefined ? {} : { deed }) };
      await runCommand(
        database.pool,
        {
          role: "hagukumi_allowance",
          key: `deed/${String(deed)}`,
          name: "test",
          actor: "log.kansa",
          purpose: "試験",
          request: {},
          guard: staffGuard(call, {}),
        },
        async () => ({ response: 1, audit: [] }),
      );
    };
    for (const deed of ["add", "delete", "batch", undefined] as const) await change(deed);
    // Refused work, from a call that says nothing of itself.
    const refused = staffRead(database.pool, callOf(session), { permission: "case.open" }, async () => ({
      response: 1,
      log: [],
    }));
    await expect(refused).rejects.toMatchObject({ code: "permissionMissing" });

    const { rows } = await readAccessLog(database.pool, callOf(session), { staffId: "log.kansa" });
    expect(
      rows.toReversed().map(({ deed, screen, file, individualNumber }) => [deed, screen, file, individualNumber]),
    ).toEqual([
      ["view", "/cases/:", "cases", false],
      ["print", "/cases/:", "cases", false],
      ["euc", "/cases/:", "payee-list-0001.csv", false],
      ["hardCopy", "/cases/:", "cases", false],
      ["view", "/cases/:", "cases", true],
      ["add", "/cases/:", "cases", false],
      ["delete", "/cases/:", "cases", false],
      ["batch", "/cases/:", "cases", false],
      ["change", "/cases/:", "cases", false],
      ["refused", "", "", false],
    ]);
  });
});

describe("seals of two formats", () => {
  it("rows that were sealed before the new columns verify for ever, and neither kind can be changed", async () => {
    const { pool } = database;
    // The log as it was: rows without the columns, sealed in format 1 by the program of then.
    await pool.query("TRUNCATE access.seal; DELETE FROM access.log; ALTER SEQUENCE access.log_seq_seq RESTART");
    await pool.query("ALTER TABLE access.seal DROP CONSTRAINT seal_format_now");
    await pool.query(
      "ALTER TABLE access.log DROP CONSTRAINT log_operation_said; ALTER TABLE access.log DISABLE TRIGGER say_operation",
    );
    for (let n = 0; n < 3; n += 1) await pool.query(insert({}));
    await sealLog(pool, key, folder, undefined, { ...ACCESS_LOG, format: 1 });
    await pool.query("ALTER TABLE access.log ENABLE TRIGGER say_operation");
    await pool.query("ALTER TABLE access.seal ADD CONSTRAINT seal_format_now CHECK (format = 2) NOT VALID");
    for (let n = 0; n < 3; n += 1) await pool.query(insert({ screen: "'/cases/:'", file: "'cases'" }));
    // The program of then, still running beside the new one, cannot seal what it does not know.
    await expect(sealLog(pool, key, folder, undefined, { ...ACCESS_LOG, format: 1 })).rejects.toMatchObject({
      constraint: "seal_format_now",
    });
    expect(await sealLog(pool, key, folder)).toEqual({ rows: 3, blocks: 1 });
    expect(await verifyLog(pool, key)).toMatchObject({ rows: 6, blocks: 2, found: 0, unsealed: 0 });

    for (const what of ["deed = 'add'", "screen = '/'", "file = 'x'", "individual_number = true"]) {
      expect(await tampered(`UPDATE access.log SET ${what} WHERE seq = 2`), what).toEqual(changed(2));
      expect(await tampered(`UPDATE access.log SET ${what} WHERE seq = 5`), what).toEqual(changed(5));
    }
    expect(await tampered("UPDATE access.log SET staff_id = 'betsu' WHERE seq = 2")).toEqual(changed(2));
    // A seal that says another format is not what was signed, and its rows are not what was hashed.
    const forged = await tampered(
      "ALTER TABLE access.seal DROP CONSTRAINT seal_format_now",
      "UPDATE access.seal SET format = 1 WHERE block_no = 2",
    );
    expect(forged).toEqual(expect.arrayContaining([{ kind: "block", blockNo: 2, what: "content" }]));
    const unknown = await tampered(
      "ALTER TABLE access.seal DROP CONSTRAINT seal_format, DROP CONSTRAINT seal_format_now",
      "UPDATE access.seal SET format = 3 WHERE block_no = 1",
    );
    expect(unknown).toEqual(expect.arrayContaining([{ kind: "block", blockNo: 1, what: "format" }]));
    expect(unknown).toEqual(expect.arrayContaining([{ kind: "block", blockNo: 2, what: "format" }]));
  });

  it("the guide's description is enough to check a seal without a line of the product", async () => {
    // From docs/アクセスログの手引き.md: the SQL that writes a row down is in the guide, word for word.
    const guide = await readFile(join(import.meta.dirname, "../../../docs/アクセスログの手引き.md"), "utf8");
    const sql = [...guide.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
    const root = (leaves: readonly Buffer[]): Buffer => {
      const [only] = leaves;
      if (leaves.length < 2) return only ?? sha();
      let half = 1;
      while (half * 2 < leaves.length) half *= 2;
      return sha(Buffer.from([1]), root(leaves.slice(0, half)), root(leaves.slice(half)));
    };
    const pem = await readFile(sealKeyPath(folder), "utf8");
    const publicKey = createPublicKey(pem);
    expect(sealKeyOf(pem).id).toBe(
      sha(publicKey.export({ type: "spki", format: "der" }))
        .toString("hex")
        .slice(0, 16),
    );
    let previous = Buffer.alloc(32);
    for (const blockNo of [1, 2]) {
      const { rows: leaves } = await database.pool.query<{ text: string }>(sql[blockNo - 1] ?? "", [blockNo]);
      const { rows } = await database.pool.query<{ said: string; root: Buffer; hash: Buffer; signature: Buffer }>(
        sql[2] ?? "",
        [blockNo],
      );
      const block = rows[0];
      if (block === undefined) throw new Error(`no block ${blockNo}`);
      expect(leaves).toHaveLength(3);
      expect(root(leaves.map(({ text }) => sha(Buffer.from([0]), text)))).toEqual(block.root);
      expect(block.said.endsWith(`"${previous.toString("hex")}"]`)).toBe(true);
      expect(sha("hagukumi access log block\n", block.said)).toEqual(block.hash);
      expect(verify(null, block.hash, publicKey, block.signature)).toBe(true);
      previous = Buffer.from(block.hash);
    }
  });
});
