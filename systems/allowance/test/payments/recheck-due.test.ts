/** ファイル確定の前の見直し: a decision made after the extraction. */
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { getRun } from "../../src/payments/run-record.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { addChild, decideFacts, endCare } from "../support/decide-facts.ts";
import { advance, create } from "../support/runs.ts";

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

const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const by = (operator: string) => contextOf(database.pool, operator);
const idOf = (family: number): number => ids[family] ?? 0;

const lower = async (): Promise<void> => {
  await decideFacts(database.pool, idOf(1), "decrease", "2026-11", endCare(2, "2026-10-20"));
};

/** The decrease in one SERIALIZABLE transaction that stays open for a moment, tried again as a command would. */
async function decideSerializably(own: TestDatabase, recipientId: number, pause: number): Promise<void> {
  for (;;) {
    const client = await own.pool.connect();
    try {
      await client.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
      await decideFacts(
        { query: client.query.bind(client) } as never,
        recipientId,
        "decrease",
        "2026-11",
        endCare(2, "2026-10-20"),
      );
      await new Promise((done) => setTimeout(done, pause));
      await client.query("COMMIT");
      return;
    } catch (error) {
      await client.query("ROLLBACK");
      if ((error as { code?: string }).code !== "40001") throw error;
    } finally {
      client.release();
    }
  }
}

describe("ファイル確定の前の見直し", () => {
  it("an amount lowered after the extraction: no file, the lines are named, and the new extraction pays the right amount", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "approved");
    await lower();
    await expect(freezeRun(by(APPROVER), { key: "f", runNo: 1 })).rejects.toMatchObject({
      name: "Refusal",
      code: "dueLowered",
      details: { runNo: 1, lines: 1, lowered: [`2/${idOf(1)}/2026-11/30000/0`] },
    });
    expect((await getRun(database.pool, 1)).state).toBe("approved");
    expect((await database.pool.query("SELECT 1 FROM allowance.transfer_file")).rowCount).toBe(0);
    await cancelRun(by(MAKER), { key: "x", runNo: 1, reason: "減額の決定" });
    // 150,000 − 30,000 (November of the third child)
    expect((await create(database.pool)).lines.total).toBe(120_000);
    await advance(database.pool, 2, "frozen");
  });

  it("a decision that changes nothing, or gives more, does not stop the file; the rest is paid with the next run", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "approved");
    await decideFacts(database.pool, idOf(1), "increase", "2026-11", () => {});
    await decideFacts(database.pool, idOf(0), "increase", "2026-11", addChild(900000000000307, "2026-10-10"));
    await freezeRun(by(APPROVER), { key: "f", runNo: 1 });
    expect((await getRun(database.pool, 1)).state).toBe("frozen");
  });

  it("a decision committed while the file is being made: it comes first and stops the file, or comes after it, never between", async () => {
    for (let round = 0; round < 4; round += 1) {
      const own = await freshDatabase();
      try {
        const recipients = await seedCases(own.pool, threeFamilies);
        await create(own.pool);
        await advance(own.pool, 1, "approved");
        const [freeze, decision] = await Promise.allSettled([
          freezeRun(contextOf(own.pool, APPROVER), { key: "f", runNo: 1 }),
          decideSerializably(own, recipients[1] ?? 0, round * 3),
        ]);
        const { state } = await getRun(own.pool, 1);
        if (freeze.status === "rejected") {
          expect(freeze.reason).toEqual(refusal("dueLowered"));
          expect([state, decision.status]).toEqual(["approved", "fulfilled"]);
        } else {
          expect(state).toBe("frozen");
        }
      } finally {
        await own.drop();
      }
    }
  });
});
