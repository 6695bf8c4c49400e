import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  blockHash,
  GENESIS,
  leafHash,
  merkleRoot,
  sealBlock,
  sealKeyOf,
  type SealKey,
} from "../../src/access/seal/block.ts";
import type { Block } from "../../src/access/seal/block.ts";
import { extendHead, headOf, parseHead, type SealHead } from "../../src/access/seal/head.ts";
import { ACCESS_LOG, blocksFrom, leafTextOf } from "../../src/access/seal/rows.ts";
import { asSealer, headPath, sealLog, startSealer } from "../../src/access/seal/seal-log.ts";
import { readSealKey, sealKeyPath } from "../../src/access/seal/seal-key.ts";
import { checkLog, numbersIn, verifyLog } from "../../src/access/seal/verify-log.ts";
import type { LogFinding } from "../../src/access/seal/verify-log.ts";
import { useDatabase } from "../support/cluster.ts";
import { addLogRows } from "../support/log-rows.ts";

const database = useDatabase();
let folder = "";
let key: SealKey;

const newKey = (): SealKey =>
  sealKeyOf(String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })));

const head = async (): Promise<SealHead> => parseHead(await readFile(headPath(folder), "utf8"));

async function findings(heads: readonly SealHead[] = []): Promise<readonly LogFinding[]> {
  return (await verifyLog(database.pool, key, heads)).findings;
}

/** Runs statements as the superuser, looks, and takes everything back. */
async function tampered(
  statements: readonly string[],
  heads: readonly SealHead[] = [],
): Promise<readonly LogFinding[]> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    for (const statement of statements) await client.query(statement);
    return (await checkLog(client, key, heads)).findings;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

async function stored(): Promise<readonly Block[]> {
  return await asSealer(database.pool, async (client) => await blocksFrom(client, 1, 10_000));
}

/** A small generator, so that every run tampers with the same places. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

const sha = (...parts: readonly Buffer[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));
const later = (): Date => new Date(Date.now() + 3_601_000);
const hex = (bytes: Buffer): string => `'\\x${bytes.toString("hex")}'`;
/** A chain of its own, without a database: block n says that it holds row n. */
const chain = (length: number, by: SealKey, from: readonly Block[] = [], mark = ""): readonly Block[] => {
  const blocks = [...from];
  while (blocks.length < length) {
    const blockNo = blocks.length + 1;
    const leaves = leafHash(`row ${blockNo}${mark}`);
    const previousHash = blocks.at(-1)?.blockHash ?? GENESIS;
    const said = {
      format: 1,
      sealedAt: "2026-11-23T00:00:00.000Z",
      upto: blockNo,
      numbers: `{[${blockNo},${blockNo + 1})}`,
      void: "{}",
      pending: "{}",
    };
    blocks.push(sealBlock({ ...said, blockNo, rowCount: 1, root: merkleRoot(leaves), previousHash }, leaves, by));
  }
  return blocks;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hagukumi-seal-"));
  key = await readSealKey(folder);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe("the tree and the key", () => {
  it("has the roots of RFC 9162, computed from its definition", () => {
    const root = (leaves: readonly Buffer[]): Buffer => {
      const [only] = leaves;
      if (only === undefined) return sha();
      if (leaves.length === 1) return only;
      const k = split(leaves.length);
      return sha(Buffer.from([1]), root(leaves.slice(0, k)), root(leaves.slice(k)));
    };
    for (let count = 0; count <= 70; count += 1) {
      const leaves = Array.from({ length: count }, (_, n) => leafHash(`row ${n}`));
      expect(merkleRoot(Buffer.concat(leaves)), String(count)).toEqual(root(leaves));
    }
    expect(leafHash("x")).toEqual(sha(Buffer.from([0]), Buffer.from("x")));
  });

  it("is made once, readable by its owner alone, and refused when others may read it or it is broken", async () => {
    const again = await readSealKey(folder);
    expect(again.id).toBe(key.id);
    const other = await mkdtemp(join(tmpdir(), "hagukumi-seal-"));
    await readSealKey(other);
    await writeFile(sealKeyPath(other), "no key", { mode: 0o600 });
    await expect(readSealKey(other)).rejects.toMatchObject({ code: "sealKeyUnreadable" });
    await rm(other, { recursive: true });
  });

  it("numbers of a multirange, in order", () => {
    expect(numbersIn("{[1,4),[7,9)}")).toEqual([1, 2, 3, 7, 8]);
    expect(numbersIn("{}")).toEqual([]);
  });
});

describe("sealing", () => {
  it("seals what is committed, waits for what is not, and takes a late row into the next block", async () => {
    await addLogRows(database.pool, 5);
    const slow = await database.pool.connect();
    await slow.query("BEGIN");
    await slow.query(
      `INSERT INTO access.log (processed_at, staff_id, staff_name, section_code, section_name, terminal_code, purpose_code, purpose_text, addressee_number,
         system, operation, action, row_count, session_id, request_id)
       VALUES (now(), 'slow.001', '架空', 'k', '課', 'T', 'enquiry', '', 7, 'allowance', 'readCase', 'read', 1, 1, 'slow')`,
    );
    await addLogRows(database.pool, 3);
    expect(await sealLog(database.pool, key, folder)).toEqual({ rows: 8, blocks: 1 });
    expect((await stored()).at(-1)).toMatchObject({
      numbers: "{[1,6),[7,10)}",
      pending: "{[6,7)}",
      void: "{}",
      upto: 9,
    });
    expect(await findings()).toEqual([]);
    await slow.query("COMMIT");
    slow.release();
    expect(await sealLog(database.pool, key, folder)).toEqual({ rows: 1, blocks: 1 });
    expect((await stored()).at(-1)).toMatchObject({ numbers: "{[6,7)}", pending: "{}", upto: 9 });
    expect(await sealLog(database.pool, key, folder)).toEqual({ rows: 0, blocks: 0 });
    expect(await findings([await head()])).toEqual([]);
  });

  it("a number that was rolled back becomes void after an hour; a row that appears there later is found", async () => {
    const client = await database.pool.connect();
    await client.query("BEGIN");
    const { rows } = await client.query<{ seq: number }>(
      "SELECT nextval(pg_get_serial_sequence('access.log', 'seq')) AS seq",
    );
    await client.query("ROLLBACK");
    client.release();
    const gone = rows[0]?.seq ?? 0;
    await addLogRows(database.pool, 2);
    await sealLog(database.pool, key, folder);
    expect((await stored()).at(-1)?.pending).toBe(`{[${gone},${gone + 1})}`);
    await sealLog(database.pool, key, folder, later);
    expect((await stored()).at(-1)).toMatchObject({ void: `{[${gone},${gone + 1})}`, pending: "{}", rowCount: 0 });
    const found = await tampered([
      `INSERT INTO access.log OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::access.log, to_jsonb(l) || '{"seq": ${gone}}')).* FROM access.log l WHERE seq = 1`,
    ]);
    expect(found).toEqual([{ kind: "inserted", seq: gone, blockNo: null }]);
    // From here on the clock of the server runs backwards: the seal takes the time of the one before it, and nothing is found…
    await addLogRows(database.pool, 1);
    await sealLog(database.pool, key, folder);
    expect(await findings()).toEqual([]);
    const [before, last] = (await stored()).slice(-2);
    expect(last?.sealedAt).toBe(before?.sealedAt);
    // … but a seal that says an earlier time than the one before it is found, though it is signed.
    if (last === undefined) throw new Error("no block");
    const early = sealBlock({ ...last, sealedAt: "2026-01-01T00:00:00.000Z" }, last.leaves, key);
    expect(
      await tampered([
        `UPDATE access.seal SET sealed_at = '${early.sealedAt}', block_hash = ${hex(early.blockHash)}, signature = ${hex(early.signature)} WHERE block_no = ${last.blockNo}`,
      ]),
    ).toMatchObject([{ kind: "block", what: "clock" }]);
    await database.pool.query("TRUNCATE access.seal; DELETE FROM access.log");
    await database.pool.query("ALTER SEQUENCE access.log_seq_seq RESTART");
    await rm(headPath(folder));
  });

  it("writers at eight connections, sealed meanwhile: nothing is sealed twice, nothing is left out, none waits", async () => {
    const sealer = startSealer(database.pool, key, folder, (message) => expect.fail(message), 20);
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; n < 50; n += 1) await addLogRows(database.pool, 3, `kaku.10${writer}`);
      }),
    );
    await sealer.close();
    const check = await verifyLog(database.pool, key, [await head()]);
    // 8 writers × 50 transactions × 3 rows
    expect(check).toMatchObject({ rows: 1200, unsealed: 0, found: 0 });
    expect(check.blocks).toBeGreaterThan(1);
  });

  it("the desk and the system cannot write, change or delete a seal, nor the sealer a row of the log", async () => {
    const forbidden: readonly (readonly [string, string])[] = [
      ["hagukumi_desk", "INSERT INTO access.seal SELECT * FROM access.seal"],
      ["hagukumi_allowance", "DELETE FROM access.seal"],
      ["hagukumi_identity", "UPDATE access.seal SET sealed_at = now()"],
      ["hagukumi_sealer", "UPDATE access.seal SET sealed_at = now()"],
      ["hagukumi_sealer", "DELETE FROM access.seal"],
      ["hagukumi_sealer", "DELETE FROM access.log"],
      ["hagukumi_sealer", "UPDATE access.log SET staff_id = 'x'"],
    ];
    for (const [role, statement] of forbidden) {
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(`SET LOCAL ROLE ${role}`);
        await expect(client.query(statement), `${role}: ${statement}`).rejects.toMatchObject({ code: "42501" });
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    }
  });
});

describe("tampering by somebody who may do everything in the database", () => {
  const changes: readonly ((seq: number) => string)[] = [
    (seq) => `UPDATE access.log SET staff_id = 'somebody.else' WHERE seq = ${seq}`,
    (seq) => `UPDATE access.log SET processed_at = processed_at + interval '1 microsecond' WHERE seq = ${seq}`,
    (seq) => `UPDATE access.log SET addressee_number = addressee_number + 1 WHERE seq = ${seq}`,
    (seq) => `UPDATE access.log SET purpose_code = 'payment' WHERE seq = ${seq}`,
    (seq) => `UPDATE access.log SET purpose_text = ' ' WHERE seq = ${seq}`,
    (seq) => `UPDATE access.log SET terminal_code = 'T-2' WHERE seq = ${seq}`,
    (seq) => `UPDATE access.log SET case_ref = operation, operation = 'x' WHERE seq = ${seq}`,
    (seq) => `UPDATE access.log SET row_count = row_count + 1 WHERE seq = ${seq}`,
  ];

  it(
    "[THR37] 10,000 random changes, deletions, exchanges and insertions: each is found and its row is named",
    { timeout: 60_000 },
    async () => {
      const roll = dice(20_261_123);
      let tampers = 0;
      // 25 batches of 400 rows each: every row of a batch is tampered with in one of the four ways, and the check must name exactly those.
      for (let batch = 0; batch < 25; batch += 1) {
        const untouched = new Set(Array.from({ length: 1200 }, (_, n) => n + 1));
        const pick = (): number => {
          const left = [...untouched];
          const seq = left[roll(left.length)] ?? 0;
          untouched.delete(seq);
          return seq;
        };
        const statements: string[] = [];
        const expected: string[] = [];
        let fresh = 100_000_000;
        while (expected.length < 400) {
          const way = roll(4);
          const seq = pick();
          if (way === 0) {
            statements.push(changes[roll(changes.length)]?.(seq) ?? "");
            expected.push(`changed ${seq}`);
          } else if (way === 1) {
            statements.push(`DELETE FROM access.log WHERE seq = ${seq}`);
            expected.push(`deleted ${seq}`);
          } else if (way === 2 && expected.length < 399) {
            const other = pick();
            fresh += 1;
            statements.push(
              `UPDATE access.log SET seq = ${fresh} WHERE seq = ${seq}`,
              `UPDATE access.log SET seq = ${seq} WHERE seq = ${other}`,
              `UPDATE access.log SET seq = ${other} WHERE seq = ${fresh}`,
            );
            expected.push(`changed ${seq}`, `changed ${other}`);
          } else {
            const below = -1 - roll(1_000_000);
            statements.push(
              `INSERT INTO access.log OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::access.log, to_jsonb(l) || '{"seq": ${below}}')).* FROM access.log l WHERE seq = (SELECT max(seq) FROM access.log) ON CONFLICT DO NOTHING`,
            );
            expected.push(`inserted ${below}`);
          }
        }
        // Identity columns refuse an UPDATE of their own number; somebody who may do everything takes that away first.
        const found = await tampered(["ALTER TABLE access.log ALTER COLUMN seq DROP IDENTITY", statements.join(";")]);
        const said = found.map((one) => ("seq" in one ? `${one.kind} ${one.seq}` : JSON.stringify(one)));
        expect(new Set(said)).toEqual(new Set(expected));
        tampers += expected.length;
      }
      expect(tampers).toBe(10_000);
      expect(await findings([await head()])).toEqual([]);
    },
  );

  it("a block that is rewritten with all its hashes, and all blocks after it, has nobody's signature", async () => {
    const blocks = await stored();
    const forger = newKey();
    const target = blocks[1];
    if (target === undefined) throw new Error("there is no second block");
    const [seq] = numbersIn(target.numbers);
    const change = `UPDATE access.log SET staff_id = 'somebody.else' WHERE seq = ${seq}`;
    const forge = async (): Promise<string[]> => {
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(change);
        const statements: string[] = [];
        let previous = blocks[0];
        for (const block of blocks.slice(1)) {
          const leaves = Buffer.from(block.leaves);
          if (block === target) {
            const { rows } = await client.query<{ leaf: string }>(
              `SELECT ${leafTextOf(ACCESS_LOG, 2)} AS leaf FROM access.log l WHERE seq = ${seq}`,
            );
            leafHash(rows[0]?.leaf ?? "").copy(leaves, 0);
          }
          const made: Block = sealBlock(
            { ...block, root: merkleRoot(leaves), previousHash: previous?.blockHash ?? GENESIS },
            leaves,
            forger,
          );
          statements.push(
            `UPDATE access.seal SET leaves = ${hex(made.leaves)}, root = ${hex(made.root)}, previous_hash = ${hex(made.previousHash)}, block_hash = ${hex(made.blockHash)}, signature = ${hex(made.signature)} WHERE block_no = ${made.blockNo}`,
          );
          previous = made;
        }
        return [change, ...statements];
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    };
    const found = await tampered(await forge());
    expect(found).toEqual(blocks.slice(1).map(({ blockNo }) => ({ kind: "block", blockNo, what: "signature" })));
  });

  it("a changed, missing or doubled block is found without the rows having changed", async () => {
    expect(
      await tampered(["UPDATE access.seal SET sealed_at = sealed_at - interval '1 year' WHERE block_no = 2"]),
    ).toContainEqual({ kind: "block", blockNo: 2, what: "content" });
    const without = await tampered(["DELETE FROM access.seal WHERE block_no = 2"]);
    expect(without).toContainEqual({ kind: "missing", blockNo: 2 });
    expect(without).toContainEqual({ kind: "overlap" });
    expect(
      await tampered(["UPDATE access.seal SET leaves = overlay(leaves placing '\\x00' from 1) WHERE block_no = 1"]),
    ).toContainEqual({ kind: "block", blockNo: 1, what: "leaves" });
  });

  it("[THR38] the tail cut off at every block: found by the head outside; after the last seal at most what was not sealed yet", async () => {
    const kept = await head();
    for (const block of await stored()) {
      const [first] = numbersIn(block.numbers).slice(0, 1);
      const cut = await tampered(
        [
          `DELETE FROM access.seal WHERE block_no >= ${block.blockNo}`,
          `DELETE FROM access.log WHERE seq >= ${first ?? 0}`,
        ],
        [kept],
      );
      expect(cut, String(block.blockNo)).toContainEqual({ kind: "missing", blockNo: kept.blockNo });
    }
    // Not sealed yet: the gap is what was written since the last seal, and the sealer of a server seals every second.
    await addLogRows(database.pool, 4);
    expect(await tampered(["DELETE FROM access.log WHERE seq > 1200"], [kept])).toEqual([]);
    await sealLog(database.pool, key, folder);
    expect(await tampered(["DELETE FROM access.log WHERE seq > 1200"], [await head()])).toHaveLength(4);
  });

  it("the sealer itself goes no further on a history from which the kept head was cut", async () => {
    const kept = await readFile(headPath(folder), "utf8");
    await writeFile(headPath(folder), kept.replace(/"blockHash":"[0-9a-f]{4}/, '"blockHash":"0000'));
    await addLogRows(database.pool, 1);
    await expect(sealLog(database.pool, key, folder)).rejects.toMatchObject({ code: "historyForked" });
    await writeFile(headPath(folder), kept);
    expect((await sealLog(database.pool, key, folder)).rows).toBe(1);
  });
});

describe("the witness", () => {
  it("[THR39] two histories: forked at each of 1,000 sizes, the witness of one refuses the other and goes on with its own", () => {
    const signer = newKey();
    const truth = chain(1001, signer);
    let known: SealHead | undefined;
    for (let size = 1; size <= 1000; size += 1) {
      known = extendHead(known, truth.slice(size - 1, size), signer.publicKey);
      // The fork has another row at the place that the witness saw last, and is signed by the same key.
      const fork = chain(size + 1, signer, truth.slice(0, size - 1), " of another history");
      expect(() => extendHead(known, fork.slice(size), signer.publicKey), String(size)).toThrow(/つながりません/);
      expect(extendHead(known, truth.slice(size, size + 1), signer.publicKey)?.blockNo).toBe(size + 1);
    }
  });

  it("refuses a link that is left out, rewritten, or signed by another key", () => {
    const signer = newKey();
    const truth = chain(5, signer);
    const known = headOf(truth[1] as Block);
    const [third, fourth] = truth.slice(2, 4) as [Block, Block];
    expect(() => extendHead(known, [fourth], signer.publicKey)).toThrow(/封 3 がありません/);
    expect(() => extendHead(known, [{ ...third, upto: 99 }], signer.publicKey)).toThrow(/内容/);
    const other = newKey();
    expect(() => extendHead(known, [sealBlock(third, third.leaves, other)], signer.publicKey)).toThrow(/署名/);
    expect(blockHash(third)).toEqual(third.blockHash);
    expect(extendHead(known, [third, fourth], signer.publicKey)).toEqual(headOf(fourth));
  });
});
