/** 財務会計連携: the file of orders by item of the budget adds up to the run, is made once, and counts only after another person's word. */
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { chargeItems } from "../../src/payments/budget-items.ts";
import {
  approveBudgetOrder,
  findBudgetOrder,
  makeBudgetOrder,
  readBudgetOrderFile,
} from "../../src/payments/budget-order.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { addSetting } from "../../src/settings.ts";
import { APPROVER, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, threeFamilies);
  return async () => await database.drop();
});

const by = (operator: string) => contextOf(database.pool, operator);
const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const make = async (key = "m", operator = MAKER) => await makeBudgetOrder(by(operator), { key, runNo: 1 });

async function approve(operator: string, key = "a", sha256?: string) {
  const order = await findBudgetOrder(database.pool, 1);
  return await approveBudgetOrder(by(operator), { key, runNo: 1, sha256: sha256 ?? order?.sha256 ?? "" });
}

describe("支出負担行為・支出命令", () => {
  it("is refused before the file is fixed, by one person alone, for another file, and after the run was cancelled", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "approved");
    await expect(make()).rejects.toEqual(refusal("wrongState"));
    await freezeRun(by(APPROVER), { key: "freeze/1", runNo: 1 });
    await make();
    await expect(readBudgetOrderFile(database.pool, 1)).rejects.toEqual(refusal("wrongState"));
    await expect(approve(MAKER)).rejects.toEqual(refusal("samePerson"));
    await expect(approve(APPROVER, "b", "0".repeat(64))).rejects.toEqual(refusal("approvalNotBound"));
    await cancelRun(by(MAKER), { key: "x", runNo: 1, reason: "試験" });
    await expect(approve(APPROVER, "c")).rejects.toEqual(refusal("wrongState"));
    await expect(readBudgetOrderFile(database.pool, 1)).rejects.toEqual(refusal("wrongState"));
  });

  it("[A100] orders by item add up to the run; a hundred presses make one file, which another person approves", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "frozen");
    const pressed = await Promise.allSettled(
      Array.from({ length: 100 }, async (_, index) => await make(`${index % 10}`)),
    );
    expect(pressed.filter((one) => one.status === "fulfilled" && !one.value.repeated)).toHaveLength(1);
    // Under three: 15,000 × 2 and 30,000 × 2 = 90,000 in 4 child-months; the others: 10,000 × 2 × 3 = 60,000 in 6
    expect(await findBudgetOrder(database.pool, 1)).toMatchObject({
      items: 2,
      gross: 150_000,
      withheld: 0,
      net: 150_000,
      approvedBy: null,
    });
    await approve(APPROVER);
    await expect(approve(APPROVER, "again")).rejects.toEqual(refusal("orderExists"));
    const { fileName, bytes } = await readBudgetOrderFile(database.pool, 1);
    expect(fileName).toBe("budget-order-0001.csv");
    // The pay day 2026-12-15 lies in the fiscal year 2026.
    expect(bytes.toString("utf8").split("\r\n")).toEqual([
      "伝票区分,伝票番号,会計年度,科目コード,科目名,支払処理番号,支払予定日,児童月数,金額,摘要",
      "10,0001-10-01,2026,03-02-01-19-01,児童手当（被用者・3歳未満）,1,2026-12-15,4,90000,児童手当 2026-12 支払",
      "10,0001-10-02,2026,03-02-01-19-02,児童手当（被用者・3歳以上）,1,2026-12-15,6,60000,児童手当 2026-12 支払",
      "20,0001-20-01,2026,03-02-01-19-01,児童手当（被用者・3歳未満）,1,2026-12-15,4,90000,児童手当 2026-12 支払",
      "20,0001-20-02,2026,03-02-01-19-02,児童手当（被用者・3歳以上）,1,2026-12-15,6,60000,児童手当 2026-12 支払",
      "90,0001-90-01,2026,,,1,2026-12-15,,150000,児童手当 2026-12 支払 差引支払額 3件",
      "",
    ]);
  });

  it("what is withheld for a creditor is ordered whole and taken off in a row of its own", async () => {
    await withFee(4000);
    await create(database.pool);
    await advance(database.pool, 1, "frozen");
    await make();
    // 150,000 are due, 4,000 of them go to the school lunch: 146,000 are transferred.
    expect(await findBudgetOrder(database.pool, 1)).toMatchObject({ gross: 150_000, withheld: 4000, net: 146_000 });
    await approve(APPROVER);
    const text = (await readBudgetOrderFile(database.pool, 1)).bytes.toString("utf8");
    expect(text.split("\r\n").filter((row) => row.startsWith("30,"))).toEqual([
      expect.stringMatching(/^30,0001-30-01,2026,,,1,2026-12-15,,4000,.*架空市教育委員会$/),
    ]);
  });

  it("an amount without an item stops it, and the database takes no sum but the run's", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "frozen");
    await addSetting(database.pool, {
      name: "budgetItems",
      validFrom: "2011-01-01",
      value: [{ code: "03", name: "児童手当", bands: ["U3"] }],
      enteredBy: "a",
      approvedBy: "b",
    });
    await expect(make()).rejects.toEqual(refusal("settingMissing"));
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
      await expect(
        client.query(
          `INSERT INTO allowance.budget_order (run_no, layout, sha256, bytes, items, gross, withheld, net, made_by)
           VALUES (1, 'hagukumi-1', encode(sha256('x'), 'hex'), 'x', 1, 149999, 0, 149999, 'sakusei.hanako')`,
        ),
      ).rejects.toMatchObject({ constraint: "budget_order_total" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("the first item that fits takes the amount; homes have no class", () => {
    const charge = { band: "U3", employeeClass: null, childMonths: 2, amount: 30_000 } as const;
    const items = [
      { code: "1", name: "被用者", classes: ["employee" as const] },
      { code: "2", name: "施設等", classes: ["none" as const] },
      { code: "3", name: "ほか" },
    ];
    expect(chargeItems(items, [charge, { ...charge, employeeClass: "nonEmployee", amount: 1 }]).charged).toEqual([
      { code: "2", name: "施設等", childMonths: 2, amount: 30_000 },
      { code: "3", name: "ほか", childMonths: 2, amount: 1 },
    ]);
    expect(chargeItems(items.slice(0, 1), [charge]).uncharged).toEqual([charge]);
  });
});

/** A request that the office collects so many yen for school lunch from family 2 (21条), written without its filing. */
async function withFee(cap: number): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(
      `INSERT INTO allowance.creditor (creditor_id, revision, name, kind, fee_kinds, valid_from, entered_by, approved_by)
       VALUES (1, 1, '架空市教育委員会', 'city', '{schoolLunch}', '2020-04-01', 'a', 'b')`,
    );
    await client.query(
      `INSERT INTO allowance.fee_request (recipient_id, child_number, creditor_id, fee_kind, kind, cap, from_payment, received_on, filing_id, entered_by, approved_by)
       VALUES ($1, 900000000000202, 1, 'schoolLunch', 'request', $2, '2026-12-01', '2026-11-05', 901, 'a', 'b')`,
      [ids[1], cap],
    );
    await client.query("RESET session_replication_role");
  } finally {
    client.release();
  }
}
