/** 毎晩の一覧: what is named, and that it goes to zero once it was put right. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { endedThatPay, massLeftovers } from "../../src/mass-work/leftovers.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { contextOf, MAKER, seedCases } from "../support/cases.ts";
import { massHolds, wholeRun } from "../support/mass-holds.ts";

const database = useDatabase();
const JOBS = [massHolds()];
let ids: readonly number[];
const crew = () => ({ maker: contextOf(database.pool, MAKER), approver: contextOf(database.pool, "shonin.taro") });

const family = (index: number, endedFrom?: string) => ({
  recipient: 900000000003000 + index * 10,
  children: [{ id: 900000000003001 + index * 10, birthDate: "2015-06-01" }],
  ...(endedFrom === undefined ? {} : { endedFrom }),
});

beforeAll(async () => {
  ids = await seedCases(database.pool, [family(1), family(2), family(3, "2025-04")]);
});

it("what a run left to a person stays named until a newer run of the same period has nothing left", async () => {
  const run = await wholeRun(crew(), "testHolds", JOBS, { month: "2026-11" });
  expect(await massLeftovers(database.pool)).toEqual([
    {
      runNo: run.runNo,
      jobCode: "testHolds",
      period: "2026-11",
      subject: ids[2],
      recipientId: ids[2],
      state: "cannot",
      reason: "資格が終わっています",
    },
  ]);
  expect(await massLeftovers(database.pool, "somethingElse")).toEqual([]);
  // Another period does not clear it, a newer run of the same does: nothing is asked about the ended right any more.
  await database.pool.query(
    `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     SELECT recipient_id, seq + 1, 'correct', '2025-04-01', 'factsChanged', true, 'exOfficio', facts_digest, rule_version, '2026-11-20', 'shinsa.ichiro', 'kessai.hanako'
     FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq DESC LIMIT 1`,
    [ids[2]],
  );
  await wholeRun(crew(), "testHolds", JOBS, { month: "2026-12" });
  expect((await massLeftovers(database.pool)).map(({ runNo }) => runNo)).toEqual([run.runNo]);
  await wholeRun(crew(), "testHolds", JOBS, { month: "2026-11" });
  expect(await massLeftovers(database.pool)).toEqual([]);
});

it("a right that ended after its months were taken into the ledger is named with month and yen, until they are taken back", async () => {
  await database.pool.query(
    "INSERT INTO allowance.hold_release (hold_id, cause, released_by) SELECT hold_id, '試験', 'kaijo.jiro' FROM allowance.hold",
  );
  expect(await endedThatPay(database.pool)).toEqual([]);
  await createRun(contextOf(database.pool, MAKER), { key: "run", paymentMonth: "2026-12", kind: "regular" });
  expect(await endedThatPay(database.pool)).toEqual([]);
  // 消滅 with September, decided after October and November (10,000 each) had gone into the payment
  await database.pool.query(
    `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     SELECT recipient_id, seq + 1, 'extinguish', '2026-10-01', 'movedOut', true, 'exOfficio', facts_digest, rule_version, '2026-11-25', 'shinsa.ichiro', 'kessai.hanako'
     FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq DESC LIMIT 1`,
    [ids[0]],
  );
  expect(await endedThatPay(database.pool)).toEqual([
    { recipientId: ids[0], endedFrom: "2026-10", firstMonth: "2026-10", months: 2, amount: 20_000, inPayments: 2 },
  ]);
});
