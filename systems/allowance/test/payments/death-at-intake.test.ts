/** A death that the residents' register brings between approval and file: the dead person's line never leaves. */
import { expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { listHolds } from "../../src/holds/holds.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { APPROVER, contextOf, MAKER } from "../support/cases.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, decisionsOf } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { advance, create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

const died = (number: number) => ({
  ...resident(number, "1990-01-01", { 世帯番号: String(number).padStart(15, "0") }),
  履歴番号: "2",
  住民状態: "3",
  異動年月日: "2026-10-20",
  異動事由コード: "21",
});

const linesOf = async (runNo: number): Promise<readonly unknown[]> =>
  (
    await database.pool.query(
      "SELECT recipient_id AS id, amount FROM allowance.run_line WHERE run_no = $1 ORDER BY recipient_id",
      [runNo],
    )
  ).rows;

it("the file of a run approved before is refused with the number and the reason; made anew, all others are paid; the mass decision ends the right", async () => {
  await prepare(database.pool);
  const dead = await certifiedFamily({ clerk, approver }, 72_100, ["2016-05-10"]);
  const alive = await certifiedFamily({ clerk, approver }, 72_200, ["2016-05-10"]);
  const run = await create(database.pool);
  // October + November: 10,000 × 2 each
  expect(await linesOf(run.runNo)).toEqual([
    { id: dead, amount: 20_000 },
    { id: alive, amount: 20_000 },
  ]);
  await advance(database.pool, run.runNo, "approved");

  await bring(clerk, { residents: [died(72_100)] });
  // The same delivery again, and a later row about somebody who lives, place no further hold.
  await bring(clerk, { residents: [died(72_100), resident(72_200, "1990-01-01", { 履歴番号: "2" })] });
  expect(await listHolds(database.pool)).toEqual([
    expect.objectContaining({
      recipientId: dead,
      kind: "pending",
      fromMonth: "2026-06",
      placedBy: "staff.ito",
    }) as unknown,
  ]);
  const freeze = { key: "freeze/after-death", runNo: run.runNo };
  await expect(freezeRun(contextOf(database.pool, APPROVER), freeze)).rejects.toMatchObject({
    code: "monthHeld",
    message: expect.stringMatching(new RegExp(`認定番号 ${dead}（受給者の死亡.*取り消して作り直して`, "u")) as string,
  });
  expect((await database.pool.query("SELECT 1 FROM allowance.transfer_file")).rowCount).toBe(0);

  await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/death", runNo: run.runNo, reason: "受給者の死亡" });
  const again = await create(database.pool);
  expect(again.lines.exclusions).toMatchObject([{ recipientId: dead, reason: "held", amount: 20_000 }]);
  expect(await linesOf(again.runNo)).toEqual([{ id: alive, amount: 20_000 }]);
  await advance(database.pool, again.runNo, "frozen");

  await reexamine(clerk, { recipients: [dead] });
  await approveReexamined(approver, { recipients: [dead] });
  expect((await decisionsOf(database.pool, dead)).at(-1)).toMatchObject({
    kind: "extinguish",
    month: "2026-11",
    cause: "recipientDeath",
  });
  expect(await listHolds(database.pool)).toHaveLength(1);
});
