/** 種別と支払日: what each kind of run takes, all under one key, and on which day it pays. */
import { civilDate, month } from "@hagukumi/law/contract.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { confirmReturn, closeRun } from "../../src/payments/close-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { runKindLabels } from "../../src/payments/states.ts";
import type { RunKind } from "../../src/payments/states.ts";
import { addSetting } from "../../src/settings.ts";
import type { SettingName, SettingValue } from "../../src/settings.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { addChild, decideFacts } from "../support/decide-facts.ts";
import { advance, create, resultCsv } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, [
    ...threeFamilies,
    // Ended with October: one month of 10,000, paid at once
    { recipient: 900000000000104, children: [{ id: 900000000000206, birthDate: "2020-06-01" }], endedFrom: "2026-11" },
  ]);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
const by = (operator: string) => contextOf(database.pool, operator);
const set = async <N extends SettingName>(name: N, value: SettingValue<N>): Promise<boolean> =>
  await addSetting(database.pool, { name, validFrom: "2011-01-01", value, enteredBy: "a", approvedBy: "b" });

/** What a run of the kind takes: family (position) and yen; [] where there is nothing. The run is cancelled again. */
async function taken(kind: RunKind, paymentMonth = "2026-12"): Promise<readonly (readonly [number, number])[]> {
  let runNo: number;
  try {
    ({ runNo } = await create(database.pool, paymentMonth, kind));
  } catch (error) {
    expect(error).toEqual(refusal("nothingToPay"));
    return [];
  }
  const { rows } = await database.pool.query<{ recipient_id: number; amount: number }>(
    "SELECT recipient_id, amount FROM allowance.run_line WHERE run_no = $1 ORDER BY recipient_id",
    [runNo],
  );
  await cancelRun(by(MAKER), { key: `x/${runNo}`, runNo, reason: "試験" });
  return rows.map((row) => [ids.indexOf(row.recipient_id), row.amount] as const);
}

/** The pay day of a regular run that is made. */
const run = async (paymentMonth: string, payOn?: string) =>
  (
    await createRun(by(MAKER), {
      key: `${paymentMonth}/${payOn ?? ""}`,
      paymentMonth,
      kind: "regular",
      ...(payOn === undefined ? {} : { payOn: civilDate(payOn) }),
    })
  ).response.payOn;

describe("種別ごとの対象者", () => {
  it("[A84] each kind takes its own months, and none takes a month that another has paid", async () => {
    await placeHold(by(MAKER), {
      recipientId: ids[2] ?? 0,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "現況届",
      key: "h",
    });
    // Before the payment month is over there is nothing but the ended right to pay outside it.
    expect(await taken("final")).toEqual([[3, 10_000]]);
    expect(await taken("released")).toEqual([]);
    expect(await taken("makeUp")).toEqual([]);
    expect(await taken("retransfer")).toEqual([]);
    // The regular run: families 1, 2 and the ended one; family 3 is held.
    await create(database.pool);
    const runNo = 2 + 1 - 1;
    const { rows: made } = await database.pool.query<{ n: number }>(
      "SELECT max(run_no) AS n FROM allowance.payment_run",
    );
    expect(made[0]?.n).toBe(runNo);
    await advance(database.pool, runNo, "handedOver");
    const returned = {
      customer1: String(ids[0]).padStart(10, "0"),
      customer2: `${String(runNo).padStart(4, "0")}202612`,
      amount: 30_000,
      account: "0000001",
    };
    // 30,000 + 100,000 + 10,000
    const bytes = resultCsv({ count: 3, amount: 140_000 }, [returned]);
    await importResults(by(MAKER), { key: "s", runNo, bytes });
    const { rows } = await database.pool.query<{ line_no: number }>("SELECT line_no FROM allowance.result_row");
    await confirmReturn(by(MAKER), { key: "r", runNo, lineNo: rows[0]?.line_no ?? 0, approvedBy: APPROVER });
    await closeRun(by(MAKER), { key: "c", runNo });
    const { rows: holds } = await database.pool.query<{ hold_id: number }>("SELECT hold_id FROM allowance.hold");
    await releaseHold(by(MAKER), holds[0]?.hold_id ?? 0, "提出", "rel");
    await decideFacts(database.pool, ids[1] ?? 0, "increase", "2026-11", addChild(900000000000401, "2026-10-10"));
    // Family 1 was returned, family 2 has a newborn since November (fourth child: 30,000), family 3 was held.
    expect(await taken("retransfer")).toEqual([[0, 30_000]]);
    expect(await taken("released")).toEqual([[2, 20_000]]);
    expect(await taken("makeUp")).toEqual([[1, 30_000]]);
    expect(await taken("final")).toEqual([]);
    expect(await taken("occasional")).toEqual([
      [0, 30_000],
      [1, 30_000],
      [2, 20_000],
    ]);
    // What one of them has paid, no other takes again.
    const released = await create(database.pool, "2026-12", "released");
    await advance(database.pool, released.runNo, "handedOver");
    await importResults(by(MAKER), {
      key: "s2",
      runNo: released.runNo,
      bytes: resultCsv({ count: 1, amount: 20_000 }, []),
    });
    await closeRun(by(MAKER), { key: "c2", runNo: released.runNo });
    for (const kind of Object.keys(runKindLabels) as RunKind[]) {
      expect((await taken(kind)).filter(([family]) => family === 2)).toEqual([]);
    }
  });
});

describe("支払日", () => {
  it("[A94] weekends and bank holidays move the day back or forth as the city has set, and so do days on which the city is closed", async () => {
    // 2027-08-15 is a Sunday; 2027-08-13 a Friday, 2027-08-16 a Monday.
    expect(await run("2027-08")).toBe("2027-08-13");
    await cancelRun(by(MAKER), { key: "x1", runNo: 1, reason: "試験" });
    await set("payDay", { payDay: 15, rule: "next" });
    expect(await run("2027-08", "2027-08-16")).toBe("2027-08-16");
    await cancelRun(by(MAKER), { key: "x2", runNo: 2, reason: "試験" });
    // The city itself is closed on the Monday: Tuesday.
    await set("closedDays", ["2027-08-16"]);
    expect(await run("2027-08", "2027-08-17")).toBe("2027-08-17");
  });

  it("[I-27] a pay day that was announced and differs from the city's rule stops the run, and says which is which", async () => {
    // As in the field: the 7th was set where the rule gives the 4th.
    await set("payDay", { payDay: 4, rule: "previous" });
    await expect(run("2026-12", "2026-12-07")).rejects.toMatchObject({
      code: "payDayDiffers",
      details: { legal: "2026-12-04", announced: "2026-12-07" },
    });
    expect((await database.pool.query("SELECT 1 FROM allowance.payment_run")).rowCount).toBe(0);
    expect(await run("2026-12", "2026-12-04")).toBe("2026-12-04");
  });

  it("an occasional payment on a Sunday, on a closed day or in the past is refused", async () => {
    await set("closedDays", ["2026-12-02"]);
    for (const payOn of ["2026-11-29", "2026-11-23", "2026-12-02", "2026-12-31"]) {
      const request = { key: payOn, paymentMonth: "2026-12", kind: "final" as const, payOn: civilDate(payOn) };
      await expect(createRun(by(MAKER), request)).rejects.toEqual(refusal("payDayDiffers"));
    }
    const request = { key: "ok", paymentMonth: "2026-12", kind: "final" as const, payOn: civilDate("2026-12-03") };
    expect((await createRun(by(MAKER), request)).response.payOn).toBe("2026-12-03");
  });
});
