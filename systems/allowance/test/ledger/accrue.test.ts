/** A later fact makes a new decision, and a new decision makes a difference entry; nothing recorded is ever edited. */
import { createHash } from "node:crypto";

import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { closeRun } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { getRun } from "../../src/payments/run-record.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, resultCsv } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, threeFamilies);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

type Facts = {
  children: { id: string; birthDate: string; care?: { from: string; to: string | null }[]; deathDate?: string }[];
};

/** A new decision of the case with other facts, by two people. */
async function decide(recipientId: number, kind: string, month: string, change: (facts: Facts) => void): Promise<void> {
  const { rows } = await database.pool.query<{ facts: Facts; seq: number }>(
    `SELECT f.facts, d.seq FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) WHERE d.recipient_id = $1 ORDER BY d.seq DESC LIMIT 1`,
    [recipientId],
  );
  const last = rows[0];
  if (last === undefined) throw new Error("no decision");
  change(last.facts);
  const text = canonicalJson(last.facts);
  const digest = createHash("sha256").update(text).digest("hex");
  await database.pool.query("INSERT INTO allowance.facts VALUES ($1, $2) ON CONFLICT DO NOTHING", [digest, text]);
  await database.pool.query(
    `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     VALUES ($1, $2, $3, $4, 'careEnded', true, 'exOfficio', $5, 'test', '2027-01-10', 'shinsa.ichiro', 'kessai.hanako')`,
    [recipientId, last.seq + 1, kind, `${month}-01`, digest],
  );
}

async function payAndClose(runNo: number): Promise<void> {
  await advance(database.pool, runNo, "handedOver");
  const run = await getRun(database.pool, runNo);
  const bytes = resultCsv({ count: run.lineCount, amount: run.total }, []);
  await importResults(contextOf(database.pool, MAKER), { key: `settle/${runNo}`, runNo, bytes });
  await closeRun(contextOf(database.pool, MAKER), { key: `close/${runNo}`, runNo });
}

const childOf = (facts: Facts, index: number): Facts["children"][number] => {
  const child = facts.children[index];
  if (child === undefined) throw new Error("no child");
  return child;
};

describe("a decrease", () => {
  it("[M5] learnt after the payment: the excess becomes a claim for repayment, and nothing is taken back silently", async () => {
    await create(database.pool);
    await payAndClose(1);
    // Family 2, third child (30,000) out of care on 2026-10-20: November was paid 50,000, due is 10,000 + 10,000.
    await decide(ids[1] ?? 0, "decrease", "2026-11", (facts) => {
      childOf(facts, 2).care = [{ from: "2024-06-02", to: "2026-10-20" }];
    });
    const run = await create(database.pool, "2027-02");
    expect(run.accrual.overpaid).toBe(30_000);
    const { rows } = await database.pool.query(
      "SELECT child_number, benefit_month::text AS month, amount FROM allowance.receivable",
    );
    expect(rows).toEqual([{ child_number: 900000000000204, month: "2026-11-01", amount: 30_000 }]);
    // December and January: 15,000×2 + 20,000×2 + 10,000×2 = 90,000; the receivable is not deducted without a decision.
    expect(run.lines.total).toBe(90_000);
  });

  it("learnt before the payment: the unpaid amount is reversed and the right one accrued", async () => {
    await create(database.pool);
    await cancelRun(contextOf(database.pool, MAKER), { key: "x", runNo: 1, reason: "届出の反映" });
    await decide(ids[1] ?? 0, "decrease", "2026-11", (facts) => {
      childOf(facts, 2).care = [{ from: "2024-06-02", to: "2026-10-20" }];
    });
    const run = await create(database.pool);
    // November, third child: 30,000 is taken back. The others keep 10,000 each.
    expect([run.accrual.reversed, run.accrual.accrued, run.accrual.overpaid]).toEqual([30_000, 0, 0]);
    expect(run.lines.total).toBe(150_000 - 30_000);
  });

  it("of a part: the whole unpaid month is reversed and a smaller one follows as the next tranche", async () => {
    await create(database.pool);
    await cancelRun(contextOf(database.pool, MAKER), { key: "x", runNo: 1, reason: "届出の反映" });
    // The eldest leaves care in September: the youngest is second from October: 15,000 instead of 30,000.
    await decide(ids[1] ?? 0, "decrease", "2026-10", (facts) => {
      childOf(facts, 0).care = [{ from: "2014-06-01", to: "2026-09-20" }];
    });
    const run = await create(database.pool);
    // Reversed: eldest 10,000×2 and youngest 30,000×2; accrued again: 15,000×2.
    expect([run.accrual.reversed, run.accrual.accrued]).toEqual([80_000, 30_000]);
    // Family 2: (10,000 + 15,000)×2 = 50,000; with 30,000 and 20,000 of the others: 100,000.
    expect(run.lines.total).toBe(100_000);
    const { rows } = await database.pool.query(
      "SELECT tranche, amount FROM allowance.due_item WHERE child_number = 900000000000204 AND benefit_month = '2026-10-01' ORDER BY tranche",
    );
    expect(rows).toEqual([
      { tranche: 1, amount: 30_000 },
      { tranche: 2, amount: 15_000 },
    ]);
  });
});

describe("an increase", () => {
  it("learnt after the payment: only the difference is paid, as a further tranche of the same month", async () => {
    await decide(ids[1] ?? 0, "decrease", "2026-10", (facts) => {
      childOf(facts, 0).care = [{ from: "2014-06-01", to: "2026-09-20" }];
    });
    await create(database.pool);
    expect((await getRun(database.pool, 1)).total).toBe(100_000);
    await payAndClose(1);
    // The report was wrong: the eldest never left. 10,000×2 for the eldest and 30,000 − 15,000 twice for the youngest.
    await decide(ids[1] ?? 0, "correct", "2026-10", (facts) => {
      childOf(facts, 0).care = [{ from: "2014-06-01", to: null }];
    });
    const run = await create(database.pool, "2026-12", "occasional");
    expect([run.accrual.accrued, run.lines.total]).toEqual([50_000, 50_000]);
  });
});

describe("two recipients for one child", () => {
  it("[M1] [A42] [I-32] the month stays with the first; the second is named and not paid for this child", async () => {
    const [first = 0] = ids;
    // Another case that claims the same child, with one child of its own.
    const [second = 0] = await seedCases(database.pool, [
      {
        recipient: 900000000000109,
        children: [
          { id: 900000000000201, birthDate: "2024-06-01" },
          { id: 900000000000209, birthDate: "2023-06-01" },
        ],
      },
    ]);
    const run = await create(database.pool);
    // Both cases of one extraction claim it: neither gets it before people have decided.
    const named = run.accrual.conflicts.filter((one) => one.childNumber === 900000000000201);
    expect(new Set(named.map((one) => one.recipientId))).toEqual(new Set([first, second]));
    // Families 2 and 3: 100,000 + 20,000; the own child of the second case, three years old since June: 10,000×2.
    expect(run.lines.total).toBe(140_000);
    const { rowCount } = await database.pool.query(
      "SELECT 1 FROM allowance.due_item WHERE child_number = 900000000000201",
    );
    expect(rowCount).toBe(0);
  });

  it("[M1] a month paid to the first can pass to the second only after the first owes it back and two people release it", async () => {
    await create(database.pool);
    await payAndClose(1);
    const [first = 0] = ids;
    await decide(first, "extinguish", "2026-11", (facts) => {
      childOf(facts, 0).care = [{ from: "2024-06-01", to: "2026-10-20" }];
    });
    const [second = 0] = await seedCases(database.pool, [
      {
        recipient: 900000000000110,
        children: [{ id: 900000000000201, birthDate: "2024-06-01" }],
        firstMonth: "2026-11",
      },
    ]);
    const blocked = await create(database.pool, "2027-02");
    // November was paid to the first, who owes 15,000 back now. It is still the first's: the second is named, not paid.
    expect(blocked.accrual.overpaid).toBe(15_000);
    expect(blocked.accrual.conflicts).toEqual([
      { recipientId: second, otherRecipientId: first, childNumber: 900000000000201, benefitMonth: "2026-11-01" },
    ]);
    // December and January: 15,000×2 for the second case, 50,000×2 and 10,000×2 for families 2 and 3.
    expect(blocked.lines.total).toBe(150_000);
    await payAndClose(2);
    await database.pool.query(
      "INSERT INTO allowance.title_release (child_number, benefit_month, generation, cause, released_by, approved_by) VALUES (900000000000201, '2026-11-01', 1, '受給者の交代', 'kakari.a', 'kakari.b')",
    );
    const passed = await create(database.pool, "2027-02", "occasional");
    expect([passed.accrual.conflicts.length, passed.lines.total]).toEqual([0, 15_000]);
    await payAndClose(3);
  });
});
