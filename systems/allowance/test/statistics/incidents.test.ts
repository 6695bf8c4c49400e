/** 事例と大きな数: what has gone wrong elsewhere, and a city that nobody can add up by hand. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { closeRun, confirmReturn } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { addSetting } from "../../src/settings.ts";
import { casesOfFigure } from "../../src/statistics/cases.ts";
import { AXES, sumsBy, totalOf } from "../../src/statistics/dimensions.ts";
import { grantAccount } from "../../src/statistics/grant-account.ts";
import { monthlyCounts } from "../../src/statistics/monthly-counts.ts";
import { approveReport, listReports, makeReport } from "../../src/statistics/reports.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, seedCases, type Family } from "../support/cases.ts";
import { decideFacts } from "../support/decide-facts.ts";
import { advance, create, resultCsv, settleAndClose } from "../support/runs.ts";
import { setClass } from "../support/statistics-city.ts";

const invalid = expect.objectContaining({ name: "Refusal", code: "statisticsInvalid" });

/** A family of one child born in 2016, certified from 2024-06. */
const family = (at: number): Family => ({
  recipient: 900000000000300 + at,
  children: [{ id: 900000000000400 + at, birthDate: "2016-05-01" }],
  firstMonth: "2024-06",
});

describe("I-49 交付金の過大交付", () => {
  it("[I-49] 特例給付 and the class of the month decide the line, whatever the insurance is today; every line leads to its cases", async () => {
    const { pool, drop } = await freshDatabase();
    try {
      const by = (operator: string) => contextOf(pool, operator);
      const under3 = { recipient: 900000000000303, children: [{ id: 900000000000403, birthDate: "2024-01-10" }] };
      const ids = await seedCases(pool, [family(1), family(2), { ...under3, firstMonth: "2024-06" }]);
      const opening = { name: "openingMonth", validFrom: "2011-01-01", value: "2024-06" } as const;
      await addSetting(pool, { ...opening, enteredBy: "a", approvedBy: "b" });
      // Family 2 is over the income limit: 特例給付 5,000 until 2024-09.
      for (const [at, incomeClass] of (["normal", "special", "normal"] as const).entries()) {
        await decideFacts(pool, ids[at] ?? 0, "decrease", "2024-06", (facts) => {
          Object.assign((facts as unknown as { recipient: object }).recipient, { incomeClass });
        });
      }
      // Family 3 was an employee when it claimed (2024-05); it is none today, which changes nothing before August.
      await setClass(pool, ids[2] ?? 0, "employee", "431010");
      const today = await addEntry(by("staff.ito"), "coverage", {
        addresseeNumber: under3.recipient,
        validFrom: "2025-10-01",
        content: { employeeClass: "nonEmployee", evidence: "insuranceCard", pensionKind: "national" },
      });
      await confirmEntry(by("staff.sato"), "coverage", today);
      const { runNo } = await create(pool, "2024-10");
      await advance(pool, runNo, "handedOver");
      await settleAndClose(pool, runNo);
      const account = await grantAccount(pool, { fiscalYear: 2024 });
      const lines = account.lines.map((line) => [
        line.regime,
        line.part,
        line.employeeClass,
        line.childMonths,
        line.amount,
      ]);
      // June … September 2024, four months: 特例給付 5,000, 3歳以上 10,000, 3歳未満 15,000
      expect(lines).toEqual([
        ["R5", "underThree", "employee", 4, 60_000],
        ["R5", "specialBenefit", null, 4, 20_000],
        ["R5", "threeAndOver", null, 4, 40_000],
      ]);
      expect(account.lines.map(({ shares, grant }) => [shares, grant])).toEqual([
        // 60,000 × 7/15, 16/45, 4/45, 4/45 = 28,000 + 21,333.3 + 5,333.3 + 5,333.3: the yen left over to the first; 37/45 = 49,333.3
        [{ employerLevy: 28_000, treasury: 21_334, prefecture: 5333, municipality: 5333 }, 49_334],
        // 20,000 × 2/3, 1/6, 1/6 = 13,333.3 + 3,333.3 + 3,333.3
        [{ treasury: 13_334, prefecture: 3333, municipality: 3333 }, 13_334],
        // 40,000 × 2/3, 1/6, 1/6 = 26,666.7 + 6,666.7 + 6,666.7: two yen
        [{ treasury: 26_667, prefecture: 6667, municipality: 6666 }, 26_667],
      ]);
      const special = {
        basis: "paid",
        fiscalYear: 2024,
        period: "july",
        regime: "R5",
        part: "specialBenefit",
      } as const;
      expect(await casesOfFigure(pool, { ...special, employeeClass: null })).toEqual([
        { recipientId: ids[1], ward: "431010", children: 4, amount: 20_000, protected: false },
      ]);
    } finally {
      await drop();
    }
  });
});

describe("報告の控え", () => {
  it("kept by one, approved by another as it was seen; what came back from the bank and what was taken off is where it belongs", async () => {
    const { pool, drop } = await freshDatabase();
    try {
      const by = (operator: string) => contextOf(pool, operator);
      const ids = await seedCases(pool, [family(1), family(2)]);
      const { runNo, lines } = await create(pool);
      await advance(pool, runNo, "handedOver");
      const { rows } = await pool.query<{ line_no: number; account_number: string }>(
        "SELECT line_no, account_number FROM allowance.run_line WHERE recipient_id = $1",
        [ids[0]],
      );
      const customer = { customer1: String(ids[0]).padStart(10, "0"), customer2: "0001202612" };
      const returned = { ...customer, amount: 20_000, account: rows[0]?.account_number ?? "" };
      const bytes = resultCsv({ count: lines.lineCount, amount: lines.total }, [returned]);
      await importResults(by(MAKER), { key: "s", runNo, bytes });
      await closeRun(by(MAKER), { key: "c", runNo });
      // Two families of 10,000 for two months; one came back.
      expect((await grantAccount(pool, { fiscalYear: 2026 })).total.amount).toBe(20_000);
      await expect(makeReport(by(MAKER), { kind: "grant", fiscalYear: 2026, note: " " })).rejects.toEqual(invalid);
      await expect(makeReport(by(MAKER), { kind: "annual", fiscalYear: 1999, note: "年報" })).rejects.toEqual(invalid);
      const made = await makeReport(by(MAKER), { kind: "grant", fiscalYear: 2026, note: "交付申請" }, "report/1");
      expect(await makeReport(by(MAKER), { kind: "grant", fiscalYear: 2026, note: "交付申請" }, "report/1")).toEqual(
        made,
      );
      await expect(approveReport(by(MAKER), made)).rejects.toMatchObject({ code: "samePerson" });
      const other = { ...made, figuresDigest: "1".repeat(64) };
      await expect(approveReport(by(APPROVER), other)).rejects.toMatchObject({ code: "contentChanged" });
      await expect(approveReport(by(APPROVER), { ...made, reportNo: 99 })).rejects.toEqual(invalid);
      await approveReport(by(APPROVER), made);
      await expect(approveReport(by(APPROVER), made)).rejects.toEqual(invalid);
      expect(await listReports(pool)).toMatchObject([{ ...made, approvedBy: APPROVER, note: "交付申請" }]);
      // The returned money goes out again, later: the report of then stays what it was.
      await confirmReturn(by(MAKER), { key: "r", runNo, lineNo: rows[0]?.line_no ?? 0, approvedBy: APPROVER });
      const again = await create(pool, "2026-12", "retransfer");
      await advance(pool, again.runNo, "handedOver");
      await settleAndClose(pool, again.runNo);
      expect((await grantAccount(pool, { fiscalYear: 2026 })).total.amount).toBe(40_000);
      expect((await verifyMoney({ pool, calendar })).filter(({ violations }) => violations > 0)).toEqual([]);
    } finally {
      await drop();
    }
  });
});

describe("足しても同じ", () => {
  it("[M29] of a made-up city of sixty families: by ward, class, band, order, rate and fund the sums are those of the ledger and of the run", async () => {
    const { pool, drop } = await freshDatabase();
    try {
      const born = fc
        .integer({ min: 0, max: 6500 })
        .map((days) => new Date(Date.UTC(2009, 4, 1) + days * 86_400_000).toISOString().slice(0, 10));
      const [city = []] = fc.sample(
        fc.array(fc.array(born, { minLength: 1, maxLength: 4 }), { minLength: 60, maxLength: 60 }),
        { numRuns: 1, seed: 29 },
      );
      const families = city.map((births, at): Family => ({
        recipient: 900000000010000 + at,
        firstMonth: "2026-04",
        children: births.toSorted().map((birthDate, index) => ({ id: 900000000020000 + at * 10 + index, birthDate })),
      }));
      const ids = await seedCases(pool, families);
      const wards = ["431010", "431028", "431036"] as const;
      const classes = ["employee", "nonEmployee", null] as const;
      for (const [at, id] of ids.entries())
        await setClass(pool, id, classes[at % 3] ?? null, wards[at % 2] ?? wards[2]);
      const { runNo } = await create(pool);
      await advance(pool, runNo, "handedOver");
      await settleAndClose(pool, runNo);
      const { rows: books } = await pool.query<{ month: string; amount: number }>(
        `SELECT to_char(benefit_month, 'YYYY-MM') AS month, sum(amount)::bigint AS amount FROM allowance.ledger_entry
         WHERE debit = 'entitlement' GROUP BY 1 ORDER BY 1`,
      );
      expect(books.map(({ month }) => month)).toEqual(["2026-10", "2026-11"]);
      for (const { month, amount } of books) {
        const { cells, total, recipientCells } = await monthlyCounts(pool, { month });
        expect(total.amount).toBe(amount);
        expect(cells.length).toBeGreaterThan(20);
        for (const axis of AXES) expect(totalOf(sumsBy(cells, axis)), axis).toEqual(totalOf(cells));
        expect(totalOf(recipientCells)).toEqual(totalOf(cells));
      }
      const account = await grantAccount(pool, { fiscalYear: 2026 });
      const { rows: run } = await pool.query<{ total: number }>("SELECT total FROM allowance.payment_run");
      expect(account.total.amount).toBe(run[0]?.total);
      expect(totalOf(books.map(({ amount }) => ({ children: 0, amount }))).amount).toBe(run[0]?.total);
      const found = (await verifyMoney({ pool, calendar })).find(({ id }) => id === "M29");
      expect(found).toMatchObject({ violations: 0 });
    } finally {
      await drop();
    }
  });
});
