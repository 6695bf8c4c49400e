/** Direct SQL as the application's role: what the workflow would never do must be refused by the database. */
import type { PoolClient } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { amendFiling, submitFiling } from "../../src/filings/receive.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, examined, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const suzuki = testContext(database, dir, "staff.suzuki");
const sato = testContext(database, dir, "staff.sato");

/** Statements in one transaction, as the application's role, committed. */
async function attack(...statements: readonly string[]): Promise<void> {
  const client: PoolClient = await database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
    for (const sql of statements) await client.query(sql);
    await client.query("COMMIT");
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

type Examined = Awaited<ReturnType<typeof examined>>;

const event = (filing: number, seq: number, kind: string, by: string, revision = 1): string =>
  `INSERT INTO allowance.filing_event (filing_id, seq, kind, revision, done_on, done_by) VALUES (${filing}, ${seq}, '${kind}', ${revision}, '2026-11-23', '${by}')`;

const approval = (
  filing: Examined,
  by: string,
  changes: { seq?: number; digest?: string; examinedBy?: string } = {},
): string => {
  const { seq = filing.revision + 1, digest = filing.digest, examinedBy = "staff.ito" } = changes;
  return `INSERT INTO allowance.filing_approval (filing_id, seq, examination_seq, revision, digest, outcome, examined_by, approved_by, decided_on, applied)
    VALUES (${filing.filingId}, ${seq}, ${filing.revision}, 1, '${digest}', 'grant', '${examinedBy}', '${by}', '2026-11-23', '{}')`;
};

let waiting: Examined;

beforeAll(async () => {
  await prepare(database.pool);
  await bring(ito, { residents: [resident(37_001, "1990-01-01"), resident(37_002, "2026-10-31")] });
  waiting = await examined(ito, birthClaim(37_001, 37_002, "2026-10-31", "2026-11-13"));
});

describe("an approval by direct SQL", () => {
  it("[THR31] by who typed or examined is refused, whatever name stands as the examiner", async () => {
    const { filingId, revision } = waiting;
    const approved = event(filingId, revision + 1, "approved", "staff.ito");
    await expect(attack(approved, approval(waiting, "staff.ito"))).rejects.toMatchObject({
      constraint: expect.stringMatching(/two_people/) as unknown,
    });
    await expect(attack(approved, approval(waiting, "staff.ito", { examinedBy: "staff.other" }))).rejects.toThrow();
  });

  it("[THR31] by who recorded a paper or typed an earlier version is refused", async () => {
    await bring(ito, { residents: [resident(37_011, "1990-01-01"), resident(37_012, "2026-10-31")] });
    const claim = birthClaim(37_011, 37_012, "2026-10-31", "2026-11-13");
    const { filingId } = await submitFiling(suzuki, { form: claim });
    await amendFiling(ito, { filingId, form: claim });
    const { rows } = await database.pool.query<{ seq: number }>(
      "SELECT max(seq) AS seq FROM allowance.filing_event WHERE filing_id = $1",
      [filingId],
    );
    const seq = (rows[0]?.seq ?? 0) + 1;
    const exam = `INSERT INTO allowance.filing_examination (filing_id, seq, revision, outcome, digest, proposal, judged_on, examined_by)
      VALUES (${filingId}, ${seq}, 2, 'grant', repeat('a', 64), '{}', '2026-11-23', 'staff.ito')`;
    const grant = `INSERT INTO allowance.filing_approval (filing_id, seq, examination_seq, revision, digest, outcome, examined_by, approved_by, decided_on, applied)
      VALUES (${filingId}, ${seq + 1}, ${seq}, 2, repeat('a', 64), 'grant', 'staff.ito', 'staff.suzuki', '2026-11-23', '{}')`;
    await expect(
      attack(
        event(filingId, seq, "examined", "staff.ito", 2),
        exam,
        event(filingId, seq + 1, "approved", "staff.suzuki", 2),
        grant,
      ),
    ).rejects.toMatchObject({ constraint: "filing_approval_two_people" });
  });

  it("of another digest, without its event, or of an examination that is not the last is refused", async () => {
    const { filingId, revision } = waiting;
    const approved = event(filingId, revision + 1, "approved", "staff.sato");
    await expect(attack(approved, approval(waiting, "staff.sato", { digest: "0".repeat(64) }))).rejects.toMatchObject({
      code: "23503",
    });
    await expect(attack(approval(waiting, "staff.sato"))).rejects.toMatchObject({ constraint: "filing_transition" });
    // Sent back and "approved" all the same: the examination is not the event before.
    const back = `INSERT INTO allowance.filing_event (filing_id, seq, kind, revision, done_on, done_by, reason) VALUES (${filingId}, ${revision + 1}, 'sentBack', 1, '2026-11-23', 'staff.sato', '戻し')`;
    await expect(attack(back, event(filingId, revision + 2, "approved", "staff.sato"))).rejects.toMatchObject({
      constraint: "filing_transition",
    });
  });

  it("of an event alone, with nothing behind it, does not survive the end of the transaction", async () => {
    const { filingId, revision } = waiting;
    for (const kind of ["approved", "examined"]) {
      await expect(attack(event(filingId, revision + 1, kind, "staff.sato"))).rejects.toMatchObject({
        constraint: "filing_transition",
      });
    }
  });
});

/** A second version of the waiting filing with the given columns. */
const version = (columns: string, values: string): string =>
  `INSERT INTO allowance.filing_content (filing_id, revision, received_on, channel, content, named_numbers, content_digest, typed_by, ${columns})
   VALUES (${waiting.filingId}, 2, '2026-11-13', 'counter', '{}', '{}', repeat('a', 64), 'staff.ito', ${values})`;

describe("what was recorded", () => {
  it("can't be changed, deleted or emptied by the application", async () => {
    const tables = [
      "filing",
      "filing_content",
      "filing_event",
      "filing_document",
      "filing_examination",
      "filing_approval",
      "claim_cancellation",
    ];
    for (const table of tables) {
      for (const sql of [
        `UPDATE allowance.${table} SET recorded_at = now()`,
        `DELETE FROM allowance.${table}`,
        `TRUNCATE allowance.${table} CASCADE`,
      ]) {
        await expect(attack(sql), sql).rejects.toMatchObject({ code: "42501" });
      }
    }
  });

  it("[A28] an old version takes no event any more, and a decided filing no version", async () => {
    await bring(ito, { residents: [resident(37_021, "1990-01-01"), resident(37_022, "2026-10-31")] });
    const claim = birthClaim(37_021, 37_022, "2026-10-31", "2026-11-13");
    const { filingId } = await submitFiling(ito, { form: claim });
    const amended = await amendFiling(ito, { filingId, form: { ...claim, receivedOn: "2026-11-12" } });
    await expect(
      attack(event(filingId, amended.revision + 1, "documentsReceived", "staff.ito", 1)),
    ).rejects.toMatchObject({ constraint: "filing_changed" });
    const done = await examined(ito, birthClaim(37_021, 37_022, "2026-10-31", "2026-11-11"));
    // The other filing of the same claim stands beside it for the clerk to see.
    expect(done.proposal.differences.map(({ item }) => item)).toContain("filing.same");
    await approveFiling(sato, { filingId: done.filingId, digest: done.digest });
    const again = `INSERT INTO allowance.filing_content SELECT (c).* FROM (SELECT c FROM allowance.filing_content c WHERE filing_id = ${done.filingId} LIMIT 1) x`;
    await expect(attack(again)).rejects.toMatchObject({ constraint: "filing_ended" });
    const paper = `INSERT INTO allowance.filing_document (filing_id, code, no, state, noted_on, recorded_by) VALUES (${done.filingId}, 'passbook', 2, 'received', '2026-11-23', 'staff.ito')`;
    await expect(attack(paper)).rejects.toMatchObject({ constraint: "filing_ended" });
    // Two versions are kept of the corrected filing.
    const { rows } = await database.pool.query(
      "SELECT revision, received_on FROM allowance.filing_content WHERE filing_id = $1 ORDER BY revision",
      [filingId],
    );
    expect(rows).toEqual([
      { revision: 1, received_on: "2026-11-13" },
      { revision: 2, received_on: "2026-11-12" },
    ]);
  });

  it("[D196] [D191] the database itself refuses a fourth kind of identity, one paper for the third kind, half an agent", async () => {
    await expect(attack(version("identity_kind, identity_documents", "4, '{名刺}'"))).rejects.toMatchObject({
      code: "23514",
    });
    await expect(attack(version("identity_kind, identity_documents", "3, '{年金手帳}'"))).rejects.toMatchObject({
      constraint: "filing_identity_documents",
    });
    await expect(attack(version("agent_kind, agent_name", "'voluntary', '架空　代理'"))).rejects.toMatchObject({
      constraint: "filing_agent_complete",
    });
    await expect(
      attack(
        version(
          "agent_kind, agent_name, agent_relation, agent_authority",
          "'voluntary', '架空　代理', '兄', 'familyRegister'",
        ),
      ),
    ).rejects.toMatchObject({ constraint: "filing_agent_authority" });
  });

  it("a change of the proposal without a reason is refused", async () => {
    const { filingId, revision } = waiting;
    const overridden = `INSERT INTO allowance.filing_event (filing_id, seq, kind, revision, done_on, done_by, reason) VALUES (${filingId}, ${revision + 1}, 'overridden', 1, '2026-11-23', 'staff.ito', '理由')`;
    const exam = `INSERT INTO allowance.filing_examination (filing_id, seq, revision, outcome, digest, proposal, override, judged_on, examined_by)
      VALUES (${filingId}, ${revision + 1}, 1, 'refuse', repeat('a', 64), '{}', '{"reasonCode": "x", "reason": " "}', '2026-11-23', 'staff.ito')`;
    await expect(attack(overridden, exam)).rejects.toMatchObject({ constraint: "filing_override_reason" });
    await expect(attack(event(filingId, revision + 1, "overridden", "staff.ito"))).rejects.toMatchObject({
      constraint: "filing_event_reason",
    });
  });

  it("after all attacks the filing can still be approved properly, once", async () => {
    await approveFiling(sato, { filingId: waiting.filingId, digest: waiting.digest });
    await expect(attack(event(waiting.filingId, waiting.revision + 2, "cancelled", "staff.ito"))).rejects.toMatchObject(
      { code: "23514" },
    );
  });
});
