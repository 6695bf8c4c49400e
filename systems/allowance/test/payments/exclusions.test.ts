/** Whose months stay out of a run, and that the reason is named. */
import { describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { firstMonthNotBarred } from "../../src/payments/create-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import type { Family } from "../support/cases.ts";
import { create } from "../support/runs.ts";
import { civilDate } from "@hagukumi/law/contract.ts";

async function inCity(
  families: readonly Family[],
  work: (database: TestDatabase, ids: readonly number[]) => Promise<void>,
): Promise<void> {
  const database = await freshDatabase();
  try {
    await work(database, await seedCases(database.pool, families));
    expect((await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0)).toEqual([]);
  } finally {
    await database.drop();
  }
}

describe("left out of a run", () => {
  it("a recipient without an account", async () => {
    const [first, ...others] = threeFamilies;
    if (first === undefined) throw new Error("no family");
    await inCity([{ ...first, account: null }, ...others], async ({ pool }, ids) => {
      const run = await create(pool);
      // 15,000 × 2 stay out; 100,000 + 20,000 are paid
      expect(run.lines.exclusions).toEqual([{ recipientId: ids[0], reason: "noAccount", items: 2, amount: 30_000 }]);
      expect(run.lines.total).toBe(120_000);
    });
  });

  it("[M16] a branch that closes the day before the pay day, and not one that closes on it", async () => {
    for (const [lastDay, excluded] of [
      ["2026-12-14", 1],
      ["2026-12-15", 0],
    ] as const) {
      const account = { bank: "9900", branch: "718", number: "1234567", holder: "ｶｸｳ ﾊﾅｺ" };
      const families = threeFamilies.map((family, index) => (index === 2 ? { ...family, account } : family));
      await inCity(families, async ({ pool }, ids) => {
        await pool.query(
          "INSERT INTO allowance.branch_end SELECT bank, branch, valid_from, $1, NULL, NULL, snapshot_id FROM allowance.branch WHERE bank = '9900'",
          [lastDay],
        );
        const { lines } = await create(pool);
        // Family 3: 10,000 × 2
        expect(lines.exclusions).toEqual(
          excluded === 1 ? [{ recipientId: ids[2], reason: "branchClosed", items: 2, amount: 20_000 }] : [],
        );
        expect(lines.total).toBe(150_000 - excluded * 20_000);
      });
    }
  });

  it("[M7] months that have passed two years: nothing was paid since 2026-10, the run is of 2029", async () => {
    await inCity(threeFamilies, async ({ pool }, ids) => {
      // On 2029-02-15 what was payable in 2026-12 (October, November) is barred:
      // two years from 2027-01-01. What was payable in 2027-02 (December, January) is not: two years from 2027-03-01.
      expect(firstMonthNotBarred(civilDate("2029-02-15"))).toBe("2026-12");
      expect(firstMonthNotBarred(civilDate("2028-12-31"))).toBe("2026-10");
      const run = (
        await createRun(contextOf(pool, MAKER, "2029-02-01"), { key: "late", paymentMonth: "2029-02", kind: "regular" })
      ).response;
      const barred = run.lines.exclusions.map((one) => [one.recipientId, one.reason, one.items, one.amount]);
      // 15,000 × 2, (10,000 + 10,000 + 30,000) × 2, 10,000 × 2
      expect(barred).toEqual([
        [ids[0], "limitation", 2, 30_000],
        [ids[1], "limitation", 6, 100_000],
        [ids[2], "limitation", 2, 20_000],
      ]);
      const { rowCount } = await pool.query("SELECT 1 FROM allowance.run_item WHERE benefit_month < '2026-12-01'");
      expect(rowCount).toBe(0);
    });
  });
});
