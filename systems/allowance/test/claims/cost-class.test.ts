/** 被用者区分 of a month: frozen from the claim to July, then by 1 June for August to July; the insurance of today is another thing. */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { prepare } from "../support/filings.ts";
import { create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

type Class = "employee" | "nonEmployee";
type Shown = {
  readonly class: Class | null;
  readonly basis: string;
  readonly on: string;
  readonly pension: string | null;
};

async function classIn(recipientId: number, month: string): Promise<Shown | undefined> {
  const { rows } = await database.pool.query<Shown>(
    `SELECT employee_class AS class, basis, basis_on AS on, pension_kind AS pension FROM allowance.cost_class($1, $2)`,
    [recipientId, `${month}-01`],
  );
  return rows[0];
}

const pensions = { employee: "employees", nonEmployee: "national" } as const;

/** Insurance and pension from a day on, typed by one and confirmed by another. */
async function insured(
  number: number,
  validFrom: string,
  employeeClass: Class,
  validTo: string | null = null,
): Promise<void> {
  const content = {
    employeeClass,
    evidence: "insuranceCard",
    pensionKind: pensions[employeeClass],
    pensionOn: validFrom,
  } as const;
  const entry = await addEntry(clerk, "coverage", { addresseeNumber: number, validFrom, validTo, content });
  await confirmEntry(approver, "coverage", entry);
}

beforeAll(async () => await prepare(database.pool));

describe("被用者区分", () => {
  it("[A209] the class of the claim holds to July whatever the insurance becomes; August to July is the state on 1 June; a change in between waits", async () => {
    // Claimed on 2026-05-20 as employee
    const recipientId = await certifiedFamily({ clerk, approver }, 74_000, ["2025-05-10"]);
    await insured(74_000, "2026-05-25", "nonEmployee", "2026-09-14");
    await insured(74_000, "2026-09-15", "employee", "2027-05-31");
    await insured(74_000, "2027-06-01", "nonEmployee");
    const claimed = { class: "employee", basis: "claim", on: "2026-05-20", pension: null };
    for (const month of ["2026-06", "2026-07"]) expect(await classIn(recipientId, month), month).toMatchObject(claimed);
    const june2026 = { class: "nonEmployee", basis: "june", on: "2026-06-01", pension: "national" };
    for (const month of ["2026-08", "2026-09", "2026-10", "2027-05", "2027-06", "2027-07"])
      expect(await classIn(recipientId, month), month).toEqual(june2026);
    // 1 June 2027 itself: the insurance that begins on that day
    expect(await classIn(recipientId, "2027-08")).toEqual({ ...june2026, on: "2027-06-01" });
    // The insurance of today is another record: employee since 2026-09-15.
    const { rows } = await database.pool.query(
      "SELECT employee_class AS class FROM allowance.coverage_confirmed WHERE addressee_number = 74000 AND valid_from <= '2026-11-23' AND (valid_to IS NULL OR valid_to >= '2026-11-23')",
    );
    expect(rows).toEqual([{ class: "employee" }]);
  });

  it("[A50] the class follows the kind of pension and its day, has a row for each recipient and month that is due, and nothing unconfirmed counts", async () => {
    const content = { evidence: "insuranceCard", pensionKind: "employees" } as const;
    // 厚生年金 makes an employee, 国民年金 does not; another class needs words.
    for (const [pensionKind, employeeClass] of [
      ["employees", "nonEmployee"],
      ["privateSchool", "nonEmployee"],
      ["national", "employee"],
      ["dependent", "employee"],
      ["none", "employee"],
    ] as const)
      await expect(
        addEntry(clerk, "coverage", {
          addresseeNumber: 74_000,
          validFrom: "2028-04-01",
          content: { ...content, pensionKind, employeeClass },
        }),
      ).rejects.toMatchObject({ code: "entryInvalid" });
    const recipientId = await certifiedFamily({ clerk, approver }, 74_100, ["2025-05-10", "2016-05-10"]);
    const entry = await addEntry(clerk, "coverage", {
      addresseeNumber: 74_100,
      validFrom: "2026-05-01",
      content: { ...content, pensionKind: "national", pensionOn: "2026-05-01", employeeClass: "nonEmployee" },
    });
    const months = async (): Promise<readonly unknown[]> =>
      (
        await database.pool.query(
          `SELECT to_char(benefit_month, 'YYYY-MM') AS month, employee_class AS class, pension_kind AS pension, pension_on AS since
           FROM allowance.cost_class_month WHERE recipient_id = $1 ORDER BY 1`,
          [recipientId],
        )
      ).rows;
    expect(await months()).toEqual([]);
    await create(database.pool);
    const unconfirmed = { class: "employee", pension: null, since: null };
    expect(await months()).toEqual([
      { month: "2026-10", ...unconfirmed },
      { month: "2026-11", ...unconfirmed },
    ]);
    await confirmEntry(approver, "coverage", entry);
    const confirmed = { class: "nonEmployee", pension: "national", since: "2026-05-01" };
    expect(await months()).toEqual([
      { month: "2026-10", ...confirmed },
      { month: "2026-11", ...confirmed },
    ]);
  });

  it("for any history of insurance: a month has the class of its 1 June, or of the claim where that came later", async () => {
    let base = 74_200;
    const day = fc
      .integer({ min: 0, max: 700 })
      .map((n) => new Date(Date.UTC(2026, 3, 1 + n)).toISOString().slice(0, 10));
    const change = fc.record({ on: day, class: fc.constantFrom<Class>("employee", "nonEmployee") });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(change, { selector: ({ on }) => on, maxLength: 4 }), async (changes) => {
        base += 10;
        const recipientId = await certifiedFamily({ clerk, approver }, base, ["2025-05-10"]);
        const ordered = changes.toSorted((left, right) => (left.on < right.on ? -1 : 1));
        for (const [index, each] of ordered.entries()) {
          const next = ordered[index + 1]?.on;
          const last = next === undefined ? null : new Date(Date.parse(next) - 86_400_000).toISOString().slice(0, 10);
          await insured(base, each.on, each.class, last);
        }
        for (let n = 0; n < 24; n += 1) {
          const month = new Date(Date.UTC(2026, 5 + n, 1)).toISOString().slice(0, 7);
          const [year = 0, number = 0] = month.split("-").map(Number);
          const june = `${number >= 8 ? year : year - 1}-06-01`;
          const standing = ordered.findLast(({ on }) => on <= june)?.class;
          const wanted = june > "2026-05-20" ? (standing ?? "employee") : "employee";
          expect((await classIn(recipientId, month))?.class, `${month} ${JSON.stringify(ordered)}`).toBe(wanted);
        }
      }),
      { numRuns: 5 },
    );
  });
});
