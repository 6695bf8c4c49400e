/** 記録の保存と消去: a term that nobody decided removes nothing; what is removed was judged, approved by another, and is proved. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { civilDate } from "@hagukumi/law/contract.ts";
import { carryOutRemovals } from "@hagukumi/platform/access/retention/remove.ts";
import { judgeNow, judgeToday } from "@hagukumi/platform/access/retention/judge.ts";
import { signRemoval } from "@hagukumi/platform/access/retention/removal.ts";
import { removalsOf } from "@hagukumi/platform/access/retention/removal-rows.ts";
import { readAccessLog } from "@hagukumi/platform/access/read-log.ts";
import { sealKeyOf, type SealKey } from "@hagukumi/platform/access/seal/block.ts";
import { ACCESS_LOG, JOURNAL, LOG_STREAMS } from "@hagukumi/platform/access/seal/rows.ts";
import { asSealer, sealLog } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { checkLog, type LogFinding, verifyLog } from "@hagukumi/platform/access/seal/verify-log.ts";
import { serializable, withRole } from "@hagukumi/platform/database/transaction.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { shiftClock } from "../../../../platform/test/support/identity.ts";
import { addLogRows } from "../../../../platform/test/support/log-rows.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import { answerProposal, openProposals } from "../../src/two-people/proposals.ts";
import {
  placeRetentionHold,
  proposeHoldRelease,
  proposeRemoval,
  proposeTerm,
  readRetention,
  RETENTION_KINDS,
} from "../../src/two-people/retention.ts";
import { contextOf } from "../support/cases.ts";

const database = useDatabase();
let folder = "";
let key: SealKey;
let shift = 0;

const hex = (bytes: Buffer): string => `'\\x${bytes.toString("hex")}'`;
const YEAR = 365.25 * 86_400_000;
const one = () => contextOf(database.pool, "kansa.ichi");
const two = () => contextOf(database.pool, "kacho.ni");
const now = (): Date => new Date(Date.now() + shift);

/** Moves the clock of the server so many days from now; negative: into the past. */
async function go(days: number): Promise<void> {
  shift = days * 86_400_000;
  await shiftClock(database.pool, `${days} days`);
}
const years = (count: number): number => Math.round((count * YEAR) / 86_400_000);

async function seal(): Promise<void> {
  for (const stream of LOG_STREAMS) await sealLog(database.pool, key, folder, now, stream);
}

/** The second person grants the newest proposal. */
async function grant(by = two()): Promise<void> {
  const proposal = (await openProposals(database.pool, RETENTION_KINDS)).at(-1);
  if (proposal === undefined) throw new Error("no proposal");
  const { proposalId, digest } = proposal;
  await answerProposal(by, { proposalId, granted: true, digest, kinds: RETENTION_KINDS });
}

const term = async (count: number | null) =>
  await proposeTerm(one(), { group: "accessLog", years: count, from: civilDate("2020-01-01"), reason: "文書管理規程" });

const seqs = async (): Promise<number> =>
  (await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM access.log")).rows[0]?.n ?? -1;

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

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hagukumi-retention-"));
  key = await readSealKey(folder);
  // Thirty rows of eight years ago, in two seals; twenty of six years ago; ten of today. And what lies beside the oldest.
  await go(-years(8));
  await addLogRows(database.pool, 15, "mukashi.1");
  await seal();
  await addLogRows(database.pool, 15, "mukashi.2");
  await seal();
  await database.pool.query(
    `WITH o AS (INSERT INTO access.opening (session_id, purpose_code, origin, opened_at, expires_at)
       VALUES (1, 'enquiry', 'search', identity.clock(), identity.clock() + interval '15 minutes') RETURNING opening_id)
     INSERT INTO access.opening_person SELECT opening_id, 1001 FROM o`,
  );
  await database.pool.query(
    `INSERT INTO access.closed_attempt (attempted_at, staff_id, section_code, terminal_code, session_id, request_id, operation, kind)
     VALUES (identity.clock(), 'mukashi.1', 'kodomo', 'T-1', 1, 'req-x', 'openCase', 'unknown')`,
  );
  await go(-years(6));
  await addLogRows(database.pool, 20, "chukan");
  await seal();
  await go(0);
  await addLogRows(database.pool, 10, "ima");
  await seal();
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe("the term", () => {
  it("[D146] is a parameter of each group of records; where it is empty nothing is removed, and that is said every day", async () => {
    const judged = await judgeToday(database.pool);
    expect(judged.map(({ group, years: count, rows }) => [group, count, rows])).toEqual([
      ["accessLog", null, 0],
      ["journal", null, 0],
    ]);
    await judgeToday(database.pool);
    const { rows } = await database.pool.query<{ action: string; group: string }>(
      `SELECT action, detail->>'group' AS "group" FROM access.journal WHERE action LIKE 'retention.%' ORDER BY seq`,
    );
    // Once for each group and day.
    expect(rows).toEqual([
      { action: "retention.noTerm", group: "accessLog" },
      { action: "retention.noTerm", group: "journal" },
    ]);
    await expect(proposeRemoval(one(), { group: "accessLog", reason: "期間が過ぎた" })).rejects.toMatchObject({
      code: "proposalInvalid",
    });
    expect(await carryOutRemovals(database.pool, key)).toBe(0);
    // Decided, and then taken back: empty again.
    await term(7);
    await grant();
    expect((await judgeNow(database.pool, ACCESS_LOG)).rows).toBe(30);
    expect((await judgeNow(database.pool, JOURNAL)).years).toBeNull();
    await term(null);
    await grant();
    expect(await judgeNow(database.pool, ACCESS_LOG)).toMatchObject({ years: null, rows: 0, throughBlock: 0 });
    await term(7);
    await grant();
  });

  it("is decided by two people, for exactly what was proposed, and is a whole number of years", async () => {
    for (const count of [0, 101, 1.5]) await expect(term(count)).rejects.toMatchObject({ code: "proposalInvalid" });
    await term(3);
    const [proposal] = await openProposals(database.pool, RETENTION_KINDS);
    const { proposalId = 0, digest = "" } = proposal ?? {};
    const answer = { proposalId, granted: true, digest, kinds: RETENTION_KINDS };
    await expect(answerProposal(one(), answer)).rejects.toMatchObject({ code: "samePerson" });
    await expect(answerProposal(two(), { ...answer, digest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(answerProposal(two(), { ...answer, kinds: ["denyPerson"] })).rejects.toMatchObject({
      code: "proposalUnknown",
    });
    await answerProposal(two(), { ...answer, granted: false });
    await expect(answerProposal(two(), answer)).rejects.toMatchObject({ code: "proposalAnswered" });
    expect((await judgeNow(database.pool, ACCESS_LOG)).years).toBe(7);
    const direct = serializable(database.pool, async (client) => {
      await withRole(client, "hagukumi_allowance");
      await client.query("SELECT access.carry_out($1)", [proposalId]);
    });
    await expect(direct).rejects.toMatchObject({ constraint: "proposal_granted" });
  });

  it("a record leaves on its day and not on the day before", async () => {
    // The middle rows are of six years ago: in a year they are seven years old.
    const { rows } = await database.pool.query<{ due: number }>(
      `SELECT (max(processed_at AT TIME ZONE 'Asia/Tokyo')::date + interval '7 years')::date - identity.today() AS due
       FROM access.log WHERE staff_id = 'chukan'`,
    );
    const due = rows[0]?.due ?? 0;
    expect(due).toBeGreaterThan(300);
    await go(due);
    expect((await judgeNow(database.pool, ACCESS_LOG)).rows).toBe(30);
    await go(due + 1);
    expect((await judgeNow(database.pool, ACCESS_LOG)).rows).toBe(50);
    await go(0);
  });
});

describe("the removal", () => {
  it("nobody removes anything without a signed record of it: not the product's roles, not the sealer", async () => {
    for (const role of ["hagukumi_allowance", "hagukumi_desk", "hagukumi_identity"]) {
      const tried = serializable(database.pool, async (client) => {
        await withRole(client, role);
        await client.query("DELETE FROM access.log");
      });
      await expect(tried).rejects.toMatchObject({ code: "42501" });
    }
    for (const [statement, refusal] of [
      ["DELETE FROM access.log WHERE seq <= 5", { code: "42501" }],
      ["DELETE FROM access.journal", { code: "42501" }],
      ["SELECT access.remove_rows('accessLog', 1)", { constraint: "removal_recorded" }],
      ["SELECT access.remove_beside('journal', 1)", { constraint: "removal_recorded" }],
    ] as const) {
      const tried = asSealer(database.pool, async (client) => await client.query(statement));
      await expect(tried, statement).rejects.toMatchObject(refusal);
    }
    expect(await seqs()).toBe(60);
  });

  it("a stop holds it back, before and after the approval; released by two people it goes on", async () => {
    const stopped = await placeRetentionHold(one(), { group: "accessLog", reason: "架空の訴訟のため" });
    expect(await judgeNow(database.pool, ACCESS_LOG)).toMatchObject({ held: true, rows: 0 });
    await expect(placeRetentionHold(one(), { group: "accessLog", reason: "  " })).rejects.toMatchObject({
      code: "proposalInvalid",
    });
    const release = async (holdId: number): Promise<void> => {
      await proposeHoldRelease(one(), { holdId, reason: "訴訟が終わったため" });
      await expect(grant(one())).rejects.toMatchObject({ code: "samePerson" });
      await grant();
    };
    await release(stopped);
    await expect(proposeHoldRelease(one(), { holdId: stopped, reason: "もう一度" })).rejects.toMatchObject({
      code: "proposalInvalid",
    });
    // The judgement of the next day, from which the removal is proposed.
    await go(1);
    expect(await judgeToday(database.pool)).toMatchObject([{ rows: 30, held: false }, { years: null }]);
    await proposeRemoval(one(), { group: "accessLog", reason: "保存期間の7年が過ぎた" });
    await expect(grant(one())).rejects.toMatchObject({ code: "samePerson" });
    await grant();
    const again = await placeRetentionHold(one(), { group: "accessLog", reason: "開示の求めのため" });
    expect(await carryOutRemovals(database.pool, key, now)).toBe(0);
    expect(await seqs()).toBe(60);
    expect((await readRetention(database.pool)).waiting).toBe(1);
    await release(again);
  });

  it("[A147] the log is searchable, no role may write into it, what is touched is found; what is removed after its term is proved by a signed record", async () => {
    const before = await verifyLog(database.pool, key);
    expect(before).toMatchObject({ found: 0, rows: 60, removed: 0 });
    expect(await carryOutRemovals(database.pool, key, now)).toBe(30);
    expect(await carryOutRemovals(database.pool, key, now)).toBe(0);
    expect(await verifyLog(database.pool, key)).toMatchObject({
      found: 0,
      rows: 30,
      removed: 30,
      blocks: before.blocks,
    });
    const { removals, waiting, groups } = await readRetention(database.pool);
    // Thirty rows; beside them one opening with its person, and one attempt.
    expect(removals).toMatchObject([
      {
        group: "accessLog",
        removalNo: 1,
        rows: 30,
        alsoRemoved: 3,
        years: 7,
        proposedBy: "kansa.ichi",
        approvedBy: "kacho.ni",
      },
    ]);
    expect([waiting, groups[0]?.judgement?.rows]).toEqual([0, 0]);
    const { rows: beside } = await database.pool.query(
      "SELECT 1 FROM access.opening UNION ALL SELECT 1 FROM access.opening_person UNION ALL SELECT 1 FROM access.closed_attempt",
    );
    expect(beside).toEqual([]);

    // It is searched online: what is left is found, what was removed is not.
    const section = { code: "kansa", kind: "audit", inCharge: false } as const;
    const auditor = await signIn(database.pool, { staffId: "kansa.in", roles: ["auditor"], section });
    const found = async (staffId: string): Promise<number> =>
      (await readAccessLog(database.pool, callOf(auditor), { staffId })).rows.length;
    expect([await found("mukashi.1"), await found("chukan"), await found("ima")]).toEqual([0, 20, 10]);
    // No role of the product changes a row of it.
    for (const role of ["hagukumi_allowance", "hagukumi_desk", "hagukumi_identity", "hagukumi_sealer"]) {
      for (const statement of ["UPDATE access.log SET staff_id = 'x'", "TRUNCATE access.log"]) {
        const tried = serializable(database.pool, async (client) => {
          await withRole(client, role);
          await client.query(statement);
        });
        await expect(tried, `${role}: ${statement}`).rejects.toMatchObject({ code: "42501" });
      }
    }
    // What is left is protected as before…
    expect(await tampered("DELETE FROM access.log WHERE seq = 31")).toMatchObject([{ kind: "deleted", seq: 31 }]);
    expect(await tampered("UPDATE access.log SET staff_id = 'x' WHERE seq = 60")).toMatchObject([
      { kind: "changed", seq: 60 },
    ]);
    // … a row that is brought back among the removed is found …
    expect(
      await tampered(
        `INSERT INTO access.log OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::access.log, to_jsonb(l) || '{"seq": 7}')).* FROM access.log l WHERE seq = 60`,
      ),
    ).toMatchObject([{ kind: "inserted", seq: 7, blockNo: 1 }]);
    // … and a removal is not believed without its record, with a changed one, or with one that another key signed.
    const thirty = Array.from({ length: 30 }, (_, n) => ({ kind: "deleted", seq: n + 1 }));
    expect(await tampered("DELETE FROM access.removal")).toMatchObject(thirty);
    expect(await tampered("UPDATE access.removal SET approved_by = 'betsu.jin'")).toMatchObject([
      { kind: "removal", removalNo: 1, what: "content" },
      ...thirty,
    ]);
    const stranger = sealKeyOf(
      String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })),
    );
    const [removal] = await asSealer(database.pool, async (client) => await removalsOf(client, "accessLog"));
    if (removal === undefined) throw new Error("no record");
    const forged = signRemoval({ ...removal, throughBlock: 3, rowCount: 50 }, stranger);
    expect(
      await tampered(
        `UPDATE access.removal SET through_block = 3, row_count = 50, removal_hash = ${hex(forged.removalHash)}, key_id = '${forged.keyId}', signature = ${hex(forged.signature)}`,
        "DELETE FROM access.log WHERE seq BETWEEN 31 AND 50",
      ),
    ).toMatchObject([
      { kind: "removal", what: "signature" },
      ...Array.from({ length: 50 }, (_, n) => ({ kind: "deleted", seq: n + 1 })),
    ]);
    const own = signRemoval({ ...removal, throughBlock: 3, rowCount: 50 }, key);
    // Even with the key: the seals that it names are not those of the record.
    expect(
      await tampered(
        `UPDATE access.removal SET through_block = 3, row_count = 50, removal_hash = ${hex(own.removalHash)}, signature = ${hex(own.signature)}`,
      ),
    ).toMatchObject([{ kind: "removal", what: "blocks" }, ...thirty]);

    // The next years: the log goes on, and what is due is removed behind the first.
    await go(years(1) + 40);
    await addLogRows(database.pool, 5, "mirai");
    await seal();
    await judgeToday(database.pool);
    await proposeRemoval(one(), { group: "accessLog", reason: "保存期間の7年が過ぎた" });
    await grant();
    expect(await carryOutRemovals(database.pool, key, now)).toBe(20);
    expect(await verifyLog(database.pool, key)).toMatchObject({ found: 0, removed: 50 });
    await go(0);
  });
});
