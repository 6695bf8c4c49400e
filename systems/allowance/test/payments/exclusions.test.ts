/** Whose months stay out of a run, and that the reason is named. */
import { describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { placeChildHold } from "../../src/holds/child-holds.ts";
import { placeHold } from "../../src/holds/holds.ts";
import { sourceOf } from "../../src/notices/sources/list.ts";
import { readSources } from "../../src/notices/sources/source.ts";
import { firstMonthNotBarred } from "../../src/payments/create-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import type { Family } from "../support/cases.ts";
import { advance, create } from "../support/runs.ts";
import { civilDate, month } from "@hagukumi/law/contract.ts";

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
  it("[I-36] 延岡市 2021: who is in suspension is in no extraction – run, file and letters take the one definition of what is payable – and can't be put in by hand", async () => {
    await inCity(threeFamilies, async ({ pool }, ids) => {
      const [first = 0, second = 0, third = 0] = ids;
      const clerk = contextOf(pool, "kakari.ichiro");
      await placeHold(clerk, {
        recipientId: first,
        kind: "pending",
        fromMonth: month("2026-10"),
        cause: "確認中（架空）",
      });
      await placeChildHold(clerk, {
        recipientId: second,
        childNumber: 900_000_000_000_204,
        fromMonth: month("2026-10"),
        causeCode: "annualReportMissing",
        cause: "未提出（架空）",
      });
      const { runNo, lines } = await create(pool);
      // Family 1: 15,000 × 2; of family 2 the third child alone: 30,000 × 2; the rest of it and family 3 are paid: 150,000 − 30,000 − 60,000.
      expect(lines.exclusions).toEqual([
        { recipientId: first, reason: "held", items: 2, amount: 30_000 },
        { recipientId: second, reason: "held", items: 2, amount: 60_000 },
      ]);
      expect(lines.total).toBe(60_000);
      // Past the program, as the vendor's own extraction: the database refuses the month of the held child in a run.
      await expect(
        pool.query(
          `INSERT INTO allowance.run_item (child_number, benefit_month, generation, tranche, attempt, run_no, line_no, amount)
           SELECT d.child_number, d.benefit_month, d.generation, d.tranche, 1, $1, 1, d.amount FROM allowance.due_item d
           WHERE d.child_number = 900000000000204 LIMIT 1`,
          [runNo],
        ),
      ).rejects.toMatchObject({ constraint: "run_item_hold" });
      await advance(pool, runNo, "frozen");
      const { rows } = await pool.query<{ id: number }>("SELECT recipient_id AS id FROM allowance.run_line ORDER BY 1");
      expect(rows.map(({ id }) => id)).toEqual([second, third]);
      const question = { from: "2026-01-01", documentOn: "2027-12-31", paymentRunNo: runNo };
      const letters = await readSources(pool, sourceOf("payment"), question, 100);
      expect(letters.map(({ recipientId }) => recipientId).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual([
        second,
        third,
      ]);
      expect(letters.flatMap(({ named }) => named)).not.toContain(900_000_000_000_204);
    });
  });

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
      // Two years without an intake and without mass work: the order of the calendar would stop the run long before.
      await pool.query(
        `INSERT INTO allowance.mass_order (job_code, after_job, months_before, valid_from, revision, required, withdrawn, entered_by, approved_by)
         SELECT job_code, after_job, months_before, '2029-01-01', 1, true, true, 'unyo.ichiro', 'unyo.jiro' FROM allowance.mass_order
         WHERE job_code = 'paymentRun' GROUP BY 1, 2, 3`,
      );
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
