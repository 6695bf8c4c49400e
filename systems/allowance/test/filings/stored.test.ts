/** Proposals that were stored before the program changed: read by a shape, refused with a code, never a crash. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { loadApplied, loadFiling } from "../../src/filings/record.ts";
import { readBasis, readProposal } from "../../src/filings/stored.ts";
import { z } from "zod";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

beforeAll(async () => await prepare(database.pool));

const wish = (claimant: number, recipientId: number) =>
  form("donation", "2026-11-10", { claimant, recipientId, scope: "all" });

/** As an older program would have left it; the superuser of the test can, the program's role can't. */
async function overwrite(table: string, column: string, filingId: number, value: unknown): Promise<void> {
  await database.pool.query(`UPDATE allowance.${table} SET ${column} = $2 WHERE filing_id = $1`, [
    filingId,
    JSON.stringify(value),
  ]);
}

describe("a stored proposal", () => {
  it.each([
    ["nothing at all", null],
    ["a text", "案"],
    ["without its effects", { outcome: "acknowledge", reasons: [], differences: [], basis: null }],
    [
      "with a month that is none",
      { outcome: "acknowledge", reasons: [], differences: [], effects: [{ fromMonth: "2026-13" }], basis: null },
    ],
    [
      "with an answer that there is not",
      { outcome: "perhaps", reasons: [], differences: [], effects: [], basis: null },
    ],
  ])("%s is refused", (_name, stored) => {
    expect(() => readProposal(stored, "6000000001")).toThrow(expect.objectContaining({ code: "storedUnreadable" }));
  });

  it("that does not fit stops the approval; nothing is decided", async () => {
    const recipient = await certifiedFamily({ clerk, approver }, 66_000, ["2020-05-10"]);
    const { filingId, digest } = await examined(clerk, wish(66_000, recipient));
    await overwrite("filing_examination", "proposal", filingId, { outcome: "acknowledge", basis: {} });
    await expect(approveFiling(approver, { filingId, digest })).rejects.toMatchObject({ code: "storedUnreadable" });
    const { rows } = await database.pool.query("SELECT 1 FROM allowance.filing_approval WHERE filing_id = $1", [
      filingId,
    ]);
    expect(rows).toEqual([]);
  });

  it("and what an approval wrote are read as they were written", async () => {
    const recipient = await certifiedFamily({ clerk, approver }, 66_010, ["2020-05-10"]);
    const done = await decided(clerk, approver, wish(66_010, recipient));
    expect((await loadFiling(database.pool, done.filingId)).examination?.proposal.effects).toMatchObject([
      { kind: "donation" },
    ]);
    expect(await loadApplied(database.pool, done.filingId)).toEqual(done.applied);
    await overwrite("filing_approval", "applied", done.filingId, { recipients: "all" });
    await expect(loadApplied(database.pool, done.filingId)).rejects.toMatchObject({ code: "storedUnreadable" });
  });

  it("whose basis is another procedure's is refused", () => {
    const proposal = {
      outcome: "acknowledge",
      reasons: [],
      differences: [],
      effects: [],
      basis: { scope: 3 },
    } as const;
    expect(() => readBasis(z.object({ scope: z.enum(["all"]) }), proposal, "6000000001")).toThrow(
      expect.objectContaining({ code: "storedUnreadable" }),
    );
  });
});
