import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");

beforeAll(async () => await prepare(database.pool));

async function decisions(claimant: number): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `SELECT d.kind, to_char(d.effective_month, 'YYYY-MM') AS month, d.monthly_total AS total, d.origin, d.examined_by, d.approved_by
     FROM allowance.decision d LEFT JOIN allowance.recipient r USING (recipient_id) LEFT JOIN allowance.claim c ON c.claim_id = d.claim_id
     WHERE coalesce(r.addressee_number, c.claimant_number) = $1 ORDER BY d.recipient_id, d.seq, d.decision_id`,
    [claimant],
  );
  return rows;
}

describe("the claim for a birth, from the counter to the decision", () => {
  it("is certified from the month after the birth when it comes within 15 days", async () => {
    await bring(ito, { residents: [resident(30_001, "1990-01-01"), resident(30_002, "2026-10-31")] });
    const before = await examined(ito, birthClaim(30_001, 30_002, "2026-10-31", "2026-11-13"));
    expect(before.proposal).toMatchObject({ outcome: "grant" });
    expect(await decisions(30_001)).toEqual([]);
    await approveFiling(sato, { filingId: before.filingId, digest: before.digest });
    expect(await decisions(30_001)).toMatchObject([{ kind: "certify", month: "2026-11", total: 15_000 }]);
    expect((await loadFiling(database.pool, before.filingId)).state).toBe("decided");
  });

  it("counts from the claim when it comes after the 15 days", async () => {
    await bring(ito, { residents: [resident(30_011, "1990-01-01"), resident(30_012, "2026-10-01")] });
    await decided(ito, sato, birthClaim(30_011, 30_012, "2026-10-01", "2026-11-20"));
    expect(await decisions(30_011)).toMatchObject([{ kind: "certify", month: "2026-12", total: 15_000 }]);
  });
});
