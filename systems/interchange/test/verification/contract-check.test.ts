/** 連携の検証: everything in force is tried, the evidence is kept and bound to its content, and a broken way is found. */
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import {
  changeOutlet,
  checkContracts,
  contractEvidence,
  seedAgreements,
  seedOutlets,
  standardOutlets,
} from "../../contract.ts";
import { standardAgreements } from "../../src/agreements/standard.ts";
import { casesOfAgreement, casesOfOutlet } from "../../src/verification/cases.ts";

const database = useDatabase();
const context = testContext(database, testFolder(), "kensho.ichiro");

describe("連携の検証", () => {
  it("[D251] every agreement and every receiver in force is tried, what was found is stored for good with who and when, and an agreement that changed stands as not verified", async () => {
    await seedAgreements(context, "kensho.niro");
    await seedOutlets(context, "kensho.niro");
    const before = await contractEvidence(database.pool, context.today);
    // The five receivers of the assessment and every standard agreement; nothing was verified yet.
    expect(before).toHaveLength(standardOutlets.length + standardAgreements("2026-04-01").length);
    expect(before.filter(({ evidence }) => evidence !== null)).toEqual([]);
    const checks = await checkContracts(context, "once");
    expect(
      checks.flatMap(({ subjectCode, cases }) =>
        cases.filter(({ passed }) => !passed).map((each) => [subjectCode, each]),
      ),
    ).toEqual([]);
    for (const { direction, cases } of checks) expect(cases.length).toBeGreaterThanOrEqual(direction === "in" ? 5 : 3);
    await checkContracts(context, "once");
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM interchange.contract_check",
    );
    expect(rows[0]?.n).toBe(before.length);
    const after = await contractEvidence(database.pool, context.today);
    for (const { evidence } of after) {
      expect(evidence).toMatchObject({ failed: 0, checkedBy: "kensho.ichiro", checkedOn: context.today });
      expect(evidence?.cases.length).toBe(evidence?.passed);
    }
    // The evidence stays: the system's own role can add to it, and change nothing of it.
    for (const statement of [
      "UPDATE interchange.contract_check SET failed = 0",
      "DELETE FROM interchange.contract_check",
      "INSERT INTO interchange.contract_check (direction, subject_code, version, content_digest, cases, passed, failed, checked_by, checked_on) VALUES ('in', 'x', '1', repeat('0', 64), '[]', 0, 0, 'a', '2026-11-24')",
    ]) {
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN; SET LOCAL ROLE hagukumi_interchange");
        await expect(client.query(statement)).rejects.toMatchObject({
          code: statement.startsWith("INSERT") ? "23514" : "42501",
        });
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    }
    // An item less is another content: to be verified again, while the rest stays verified.
    const transfer = standardOutlets.find(({ kind }) => kind === "transfer") ?? expect.unreachable();
    await changeOutlet(context, { ...transfer, items: transfer.items.slice(1) }, "kensho.niro");
    const open = (await contractEvidence(database.pool, context.today)).filter(({ evidence }) => evidence === null);
    expect(open.map(({ subjectCode }) => subjectCode)).toEqual([transfer.outletCode]);
    await checkContracts(context);
    expect((await contractEvidence(database.pool, context.today)).filter(({ evidence }) => evidence === null)).toEqual(
      [],
    );
  });

  it("finds what is not as agreed: a provision by another way than the network, and one without the items of the replica", async () => {
    const [provision] = standardOutlets;
    if (provision === undefined) throw new Error("no outlet");
    const failed = async (changes: object): Promise<readonly string[]> =>
      (await casesOfOutlet({ ...provision, ...changes })).filter(({ passed }) => !passed).map(({ found }) => found);
    expect(await failed({})).toEqual([]);
    expect(await failed({ channels: ["network", "paper"] })).toEqual(["paper"]);
    expect(await failed({ items: ["state"] })).toEqual([expect.stringContaining("monthlyAmount")]);
    // Every standard agreement, each alone.
    for (const { layout } of standardAgreements("2026-04-01"))
      expect(
        (await casesOfAgreement({ layout: { ...layout, constants: layout.constants ?? {} } })).filter(
          ({ passed }) => !passed,
        ),
      ).toEqual([]);
  });
});
