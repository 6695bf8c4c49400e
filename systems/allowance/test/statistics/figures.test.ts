/** 統計の数字: of a city that can be added up by hand, as known now and as known then, from closed runs alone, down to the cases. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { annualReturn } from "../../src/statistics/annual-return.ts";
import { casesOfFigure } from "../../src/statistics/cases.ts";
import { approveShares, enterShares } from "../../src/statistics/city-shares.ts";
import { AXES, sumsBy, totalOf } from "../../src/statistics/dimensions.ts";
import { type GrantAccount, grantAccount } from "../../src/statistics/grant-account.ts";
import { monthlyCounts } from "../../src/statistics/monthly-counts.ts";
import { contextOf, MAKER } from "../support/cases.ts";
import { addChild, decideFacts } from "../support/decide-facts.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";
import { seedStatisticsCity, statisticsMonth } from "../support/statistics-city.ts";

const database = useDatabase();
let ids: readonly number[] = [];

const by = (operator: string) => contextOf(database.pool, operator);
const counts = async (month: string, knownAt?: string) => await monthlyCounts(database.pool, { month, knownAt });
const account = async (knownAt?: string): Promise<GrantAccount> =>
  await grantAccount(database.pool, { fiscalYear: 2026, knownAt });
const pairs = (sums: readonly { name: string; children: number; amount: number }[]) =>
  sums.map(({ name, children, amount }) => [name, children, amount]);

const of = (numerator: number, denominator: number) => ({ numerator, denominator });

beforeAll(async () => {
  ids = await seedStatisticsCity(database.pool);
});

describe("統計", () => {
  it("refuses months, years and moments that cannot be", async () => {
    const invalid = expect.objectContaining({ name: "Refusal", code: "statisticsInvalid" });
    for (const month of ["2010-03", "2050-01", "2026-13", "2026", "'; DROP TABLE x; --"])
      await expect(counts(month), month).rejects.toEqual(invalid);
    for (const knownAt of ["2099-01-01", "2026-02-30", "昨日", "2026-01-01T00:00", "2099-01-01T00:00:00Z"])
      await expect(counts("2026-10", knownAt), knownAt).rejects.toEqual(invalid);
    for (const fiscalYear of [2009, 2050, 2026.5, Number.NaN])
      await expect(grantAccount(database.pool, { fiscalYear }), String(fiscalYear)).rejects.toEqual(invalid);
  });

  it("[A131] a month by class, band, order, fund and ward: recipients, children and yen; nothing before the ledger has it", async () => {
    expect(await counts("2026-10")).toMatchObject({ accrual: { runNo: null, closed: false }, cells: [] });
    const { runNo } = await create(database.pool);
    const october = await counts("2026-10");
    expect(october.accrual).toEqual({ runNo, closed: false });
    expect(october.total).toEqual(statisticsMonth);
    const cells = october.cells.map((cell) =>
      [cell.ward, cell.employeeClass, cell.band, cell.order, cell.part, cell.rate, cell.children, cell.amount].join(
        " ",
      ),
    );
    expect(cells).toEqual([
      // Families 2 (2014, 2017: first and second), 3 (2010: first), 1 (2024: first), 2 (2024: third)
      "431010 employee EL 1 threeAndOver 10000 1 10000",
      "431010 employee EL 2 threeAndOver 10000 1 10000",
      "431010 employee HS 1 threeAndOver 10000 1 10000",
      "431010 employee U3 1 underThree 15000 1 15000",
      "431010 employee U3 3 underThree 30000 1 30000",
      "431010 unknown U3 1 underThree 15000 1 15000",
      "431028 nonEmployee U3 1 underThree 15000 1 15000",
    ]);
    expect(pairs(sumsBy(october.cells, "fund"))).toEqual([
      ["3歳未満分（被用者）", 2, 45_000],
      ["3歳未満分（非被用者）", 1, 15_000],
      ["3歳未満分（区分なし）", 1, 15_000],
      ["3歳以上分", 3, 30_000],
    ]);
    expect(pairs(sumsBy(october.cells, "order"))).toEqual([
      ["第1子", 5, 65_000],
      ["第2子", 1, 10_000],
      ["第3子以降", 1, 30_000],
    ]);
    for (const axis of AXES) {
      const { children, amount } = totalOf(sumsBy(october.cells, axis));
      expect({ recipients: 5, children, amount }, axis).toEqual(statisticsMonth);
    }
    const recipients = october.recipientCells.map((cell) => [
      cell.ward,
      cell.employeeClass,
      cell.payableChildren,
      cell.recipients,
    ]);
    expect(recipients).toEqual([
      ["431010", "employee", 1, 2],
      ["431010", "employee", 3, 1],
      ["431010", "unknown", 1, 1],
      ["431028", "nonEmployee", 1, 1],
    ]);
  });

  it("[M30] the national share figures see closed runs alone: not one that is made, paid or settled, and none that was cancelled", async () => {
    const nothing = { runs: [], lines: [], total: { childMonths: 0, amount: 0, grant: 0, withoutShare: 0 } };
    expect(await account()).toMatchObject({ ...nothing, openRuns: [1] });
    await cancelRun(by(MAKER), { key: "x", runNo: 1, reason: "試験" });
    expect(await account()).toMatchObject({ ...nothing, openRuns: [] });
    const { runNo } = await create(database.pool);
    await advance(database.pool, runNo, "handedOver");
    expect(await account()).toMatchObject({ ...nothing, openRuns: [2] });
    await settleAndClose(database.pool, runNo);
    const closed = await account();
    // Two months of 105,000
    expect(closed.runs).toEqual([{ runNo: 2, paymentMonth: "2026-12", amount: 210_000 }]);
    expect(closed.openRuns).toEqual([]);
    expect(closed.total).toMatchObject({ childMonths: 14, amount: 210_000 });
  });

  it("[A220] the year whose order is missing: sums by share rule and period, no shares; entered by one, approved by another, they fill in", async () => {
    const before = await account();
    const lines = before.lines.map((line) => [
      line.period,
      line.part,
      line.employeeClass,
      line.childMonths,
      line.amount,
    ]);
    expect(lines).toEqual([
      // (15,000 + 30,000) × 2; 15,000 × 2; 15,000 × 2; (10,000 × 3) × 2
      ["november", "underThree", "employee", 4, 90_000],
      ["november", "underThree", "nonEmployee", 2, 30_000],
      ["november", "underThree", "unknown", 2, 30_000],
      ["november", "threeAndOver", null, 6, 60_000],
    ]);
    expect(before.total).toMatchObject({ grant: null, withoutShare: 210_000 });
    const older = {
      treasury: of(4, 9),
      supportContribution: of(3, 9),
      prefecture: of(1, 9),
      municipality: of(1, 9),
    };
    const request = {
      fiscalYear: 2026,
      source: "架空の政令第1号",
      lines: [
        {
          part: "underThree",
          employeeClass: "employee",
          shares: { employerLevy: of(2, 5), supportContribution: of(3, 5) },
        },
        {
          part: "underThree",
          employeeClass: "nonEmployee",
          shares: {
            treasury: of(4, 15),
            supportContribution: of(9, 15),
            prefecture: of(1, 15),
            municipality: of(1, 15),
          },
        },
        { part: "threeAndOver", employeeClass: null, shares: older },
      ],
    } as const;
    const invalid = expect.objectContaining({ name: "Refusal", code: "statisticsInvalid" });
    const short = { ...older, treasury: of(3, 9) };
    const [employee, nonEmployee, over] = request.lines;
    await expect(
      enterShares(by("shinsa"), { ...request, lines: [employee, nonEmployee, { ...over, shares: short }] }),
      "8/9 is not the whole",
    ).rejects.toEqual(invalid);
    await expect(enterShares(by("shinsa"), { ...request, lines: [employee] })).rejects.toEqual(invalid);
    await expect(enterShares(by("shinsa"), { ...request, fiscalYear: 2025 }), "the law has it").rejects.toEqual(
      invalid,
    );
    const entered = await enterShares(by("shinsa"), request);
    expect((await account()).total.grant, "entered is not approved").toBeNull();
    await expect(approveShares(by("shinsa"), entered)).rejects.toMatchObject({ code: "samePerson" });
    const forged = { ...entered, contentDigest: "0".repeat(64) };
    await expect(approveShares(by("kessai"), forged)).rejects.toMatchObject({ code: "contentChanged" });
    await approveShares(by("kessai"), entered);
    await expect(approveShares(by("kessai"), entered)).rejects.toEqual(invalid);
    const after = await account();
    expect(after.lines.map(({ shares }) => shares)).toEqual([
      // 90,000 × 2/5 and 3/5; 30,000 × 4/15, 9/15, 1/15, 1/15
      { employerLevy: 36_000, supportContribution: 54_000 },
      { treasury: 8000, supportContribution: 18_000, prefecture: 2000, municipality: 2000 },
      null,
      // 60,000 × 4/9 = 26,666.67, 3/9 = 20,000, 1/9 = 6,666.67 each: the two yen go to the first two of the rests
      { treasury: 26_667, supportContribution: 20_000, prefecture: 6667, municipality: 6666 },
    ]);
    // 90,000; 8,000 + 18,000; 26,667 + 20,000
    expect(after.lines.map(({ grant }) => grant)).toEqual([90_000, 26_000, null, 46_667]);
    expect(after.total).toMatchObject({ grant: null, withoutShare: 30_000 });
    expect(after.lines[2]?.source).toContain("2人月");
  });

  it("[A133] each figure is the sum of its cases: of a cell, of a number of children, of a line of the account", async () => {
    const month = "2026-10";
    const employees = await casesOfFigure(database.pool, {
      basis: "due",
      month,
      filter: { ward: "431010", fund: "underThree/employee" },
    });
    expect(employees.map(({ recipientId, children, amount }) => [recipientId, children, amount])).toEqual([
      [ids[0], 1, 15_000],
      [ids[1], 1, 30_000],
    ]);
    const october = await counts(month);
    for (const axis of AXES) {
      for (const { value, children, amount } of sumsBy(october.cells, axis)) {
        const cases = await casesOfFigure(database.pool, { basis: "due", month, filter: { [axis]: value } });
        expect(totalOf(cases), `${axis} ${value}`).toEqual({ children, amount });
      }
    }
    const three = await casesOfFigure(database.pool, { basis: "due", month, filter: {}, payableChildren: 3 });
    expect(three.map(({ recipientId }) => recipientId)).toEqual([ids[1]]);
    const { lines } = await account();
    for (const { period, regime, part, employeeClass, childMonths, amount } of lines) {
      const ref = { basis: "paid", fiscalYear: 2026, period, regime, part, employeeClass } as const;
      expect(totalOf(await casesOfFigure(database.pool, ref))).toEqual({ children: childMonths, amount });
    }
  });

  it("[A132] the account, the month and the return are the same again for a past moment, whatever was decided, paid or corrected since", async () => {
    const then = await account();
    const october = await counts("2026-10", then.knownAt);
    const year = await annualReturn(database.pool, { fiscalYear: 2026, knownAt: then.knownAt });
    // No month of February yet; October and November 2026: 7 children, 105,000 a month
    expect(year.february.total).toEqual({ recipients: 0, children: 0, amount: 0 });
    expect(totalOf(year.cells)).toEqual({ children: 14, amount: 210_000 });
    // Since then: a child born in October for family 3 (second child: 15,000 from November), found and paid in February
    await decideFacts(database.pool, ids[2] ?? 0, "increase", "2026-11", addChild(900000000000401, "2026-10-10"));
    const { runNo } = await create(database.pool, "2027-02");
    await advance(database.pool, runNo, "handedOver");
    await settleAndClose(database.pool, runNo);
    const now = await account();
    // December and January: (105,000 + 15,000) × 2, and 15,000 for November
    expect(now.total.amount).toBe(210_000 + 240_000 + 15_000);
    expect((await counts("2026-11")).total).toEqual({ recipients: 5, children: 8, amount: 120_000 });
    expect(await account(then.knownAt)).toEqual(then);
    expect(await counts("2026-10", then.knownAt)).toEqual(october);
    expect(await annualReturn(database.pool, { fiscalYear: 2026, knownAt: then.knownAt })).toEqual(year);
    // Before anything was recorded there is nothing.
    expect((await counts("2026-10", "2020-01-01")).cells).toEqual([]);
  });

  it("an approved class moves the month it is for, now, and not what was known before", async () => {
    const before = (await counts("2026-10")).knownAt;
    const { rows } = await database.pool.query<{ number: number }>(
      "SELECT addressee_number AS number FROM allowance.recipient WHERE recipient_id = $1",
      [ids[4]],
    );
    const content = { employeeClass: "employee", evidence: "insuranceCard", pensionKind: "employees" } as const;
    const entry = await addEntry(by("staff.ito"), "coverage", {
      addresseeNumber: rows[0]?.number ?? 0,
      validFrom: "2026-05-01",
      content,
    });
    const classes = async (knownAt?: string) =>
      sumsBy((await counts("2026-10", knownAt)).cells, "employeeClass").map(({ name, children }) => [name, children]);
    const unknown = [
      ["被用者", 5],
      ["非被用者", 1],
      ["区分なし", 1],
    ];
    expect(await classes(), "typed by one is not confirmed").toEqual(unknown);
    await confirmEntry(by("staff.sato"), "coverage", entry);
    expect(await classes()).toEqual([
      ["被用者", 6],
      ["非被用者", 1],
    ]);
    expect(await classes(before)).toEqual(unknown);
    // The two readings of the class agree wherever both are asked for now.
    const differing = await database.pool.query(
      `SELECT k.recipient_id FROM allowance.cost_class_month k
       WHERE k.employee_class IS DISTINCT FROM (SELECT c.employee_class
         FROM allowance.cost_classes_known(ARRAY[k.recipient_id], ARRAY[allowance.class_day(k.benefit_month::date)], 'infinity') c)`,
    );
    expect(differing.rows).toEqual([]);
  });

  it("the return: February's recipients, child-months of the year, decisions and the rest by number and yen", async () => {
    const { runNo } = await create(database.pool, "2027-04");
    await advance(database.pool, runNo, "handedOver");
    await settleAndClose(database.pool, runNo);
    const year = await annualReturn(database.pool, { fiscalYear: 2026 });
    expect(year.months).toEqual(["2026-03", "2027-02"]);
    // Family 2's eldest (2014-06) is still in elementary school until March 2027: 105,000 + 15,000 for the newborn
    expect(year.february.total).toEqual({ recipients: 5, children: 8, amount: 120_000 });
    // October 7 children; November … February 8
    expect(totalOf(year.cells)).toEqual({ children: 7 + 4 * 8, amount: 105_000 + 4 * 120_000 });
    expect(year.decisions).toEqual([
      { kind: "increase", kindName: "額改定（増額）", cause: "birth", causeName: "出生", count: 1 },
    ]);
    expect(year.items.map(({ item, count, amount }) => [item, count, amount])).toEqual(
      year.items.map(({ item }) => [item, 0, 0]),
    );
    // The run of April is of the next fiscal year of payments.
    expect((await account()).runs.map((run) => run.runNo)).toEqual([2, 3]);
    expect((await grantAccount(database.pool, { fiscalYear: 2027 })).lines.map(({ period }) => period)).toContain(
      "april",
    );
  });
});
