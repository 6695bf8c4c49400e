/** Reports (届出・申立て) about recipient and children, from the filing to the record. The arithmetic stands above each amount. */
import { beforeAll, describe, expect, it } from "vitest";

import { civilDate } from "@hagukumi/law/contract.ts";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { classCountsFrom } from "../../src/procedures/change.ts";
import { recipientHistory } from "../../src/procedures/recipient-history.ts";
import { nextReview } from "../../src/procedures/separate-care.ts";
import { holdsIndividualNumber } from "../../src/filings/individual-number.ts";
import { studyClock } from "../../src/procedures/study-abroad.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf, decisionsOf, noticesTo, recipientIdOf } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

type Examination = Awaited<ReturnType<typeof examined>>;
const itemsOf = ({ proposal }: Examination, weight: string): string[] =>
  proposal.differences.filter((each) => each.weight === weight).map(({ item }) => item);

const changeOf = (claimant: number, recipientId: number, more: Record<string, unknown>) =>
  form("change", "2026-11-18", { claimant, recipientId, on: "2026-11-10", ...more });

describe("氏名・住所等変更届 (form 8)", () => {
  it("is refused without a change, for another's 認定番号, for a place outside the city, for another's child", async () => {
    const recipient = await certifiedFamily(clerks, 53_300, ["2020-05-10"]);
    const other = await certifiedFamily(clerks, 53_310, ["2020-05-10"]);
    await expect(examined(clerk, changeOf(53_300, recipient, {}))).rejects.toMatchObject({ code: "filingInvalid" });
    const name = { name: { name: "架空　改子", kana: "カクウ　カイコ" } };
    expect(itemsOf(await examined(clerk, changeOf(53_300, other, name)), "stop")).toContain("recipient");
    const outside = { address: { postalCode: "8100001", address: "別市１丁目", wardCode: "401307" } };
    expect(itemsOf(await examined(clerk, changeOf(53_300, recipient, outside)), "stop")).toContain("address.outside");
    const child = { children: [{ child: 53_311, living: "apart", apartReason: "work" }] };
    expect(itemsOf(await examined(clerk, changeOf(53_300, recipient, child)), "stop")).toContain("child");
    expect(await countOf(database.pool, "recipient_history", `recipient_id IN (${recipient}, ${other})`)).toBe(0);
  });

  it("[D17] name, ward and class become new rows of the history; the rows before stay; the right and the amount do not change", async () => {
    const recipient = await certifiedFamily(clerks, 53_320, ["2020-05-10"]);
    const before = await decisionsOf(database.pool, recipient);
    const name = { name: { name: "架空　改子", kana: "カクウ　カイコ" } };
    await decided(clerk, approver, changeOf(53_320, recipient, name));
    const address = { address: { postalCode: "8618001", address: "架空町９丁目", wardCode: "431052" } };
    const seen = await examined(clerk, changeOf(53_320, recipient, { ...address, on: "2026-11-12" }));
    expect(itemsOf(seen, "note")).toContain("address.ward");
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    const coverage = {
      coverage: {
        employeeClass: "nonEmployee",
        healthInsurance: "national",
        pensionKind: "national",
        evidence: "insuranceCard",
      },
    };
    await decided(clerk, approver, changeOf(53_320, recipient, { ...coverage, on: "2026-11-15" }));
    expect(await recipientHistory(database.pool, recipient)).toMatchObject([
      { historyNo: 1, cause: "certified", name: "架空　53320子", wardCode: "431010", employeeClass: "employee" },
      {
        historyNo: 2,
        cause: "name",
        name: "架空　改子",
        wardCode: "431010",
        employeeClass: "employee",
        validFrom: "2026-11-10",
      },
      {
        historyNo: 3,
        cause: "ward",
        name: "架空　改子",
        wardCode: "431052",
        employeeClass: "employee",
        validFrom: "2026-11-12",
      },
      {
        historyNo: 4,
        cause: "employeeClass",
        name: "架空　改子",
        wardCode: "431052",
        employeeClass: "nonEmployee",
        validFrom: "2026-11-15",
      },
    ]);
    // A move between wards is a change of address only; the class changes no amount.
    expect(await decisionsOf(database.pool, recipient)).toEqual(before);
  });

  it("the class is kept with insurance, pension and date, and counts from the August after 1 June", async () => {
    expect(classCountsFrom(civilDate("2026-06-01"))).toBe("2026-08-01");
    expect(classCountsFrom(civilDate("2026-06-02"))).toBe("2027-08-01");
    const recipient = await certifiedFamily(clerks, 53_330, ["2020-05-10"]);
    const covered = (employeeClass: string, on: string, pensionKind: string) =>
      changeOf(53_330, recipient, {
        on,
        coverage: { employeeClass, pensionKind, pensionOn: on, evidence: "employerCertificate" },
      });
    await decided(clerk, approver, covered("nonEmployee", "2026-11-01", "national"));
    await decided(clerk, approver, covered("employee", "2026-11-15", "employees"));
    const { rows } = await database.pool.query(
      `SELECT employee_class AS class, pension_kind AS pension, pension_on, valid_from, valid_to FROM allowance.coverage_current
       WHERE addressee_number = 53330 ORDER BY valid_from`,
    );
    expect(rows).toEqual([
      {
        class: "nonEmployee",
        pension: "national",
        pension_on: "2026-11-01",
        valid_from: "2026-11-01",
        valid_to: "2026-11-14",
      },
      { class: "employee", pension: "employees", pension_on: "2026-11-15", valid_from: "2026-11-15", valid_to: null },
    ]);
    expect((await noticesTo(database.pool, 53_330)).at(-1)).toMatchObject({
      kind: "employeeClassChanged",
      facts: { countsFrom: "2027-08-01" },
    });
  });

  it("[D18] [D19] a child's circumstances and the spouse change by new rows; what was before is closed and stays", async () => {
    const recipient = await certifiedFamily(clerks, 53_340, ["2020-05-10"]);
    const child = (on: string, living: string) =>
      changeOf(53_340, recipient, {
        on,
        children: [{ child: 53_341, living, ...(living === "apart" ? { apartReason: "schooling" } : {}) }],
      });
    await decided(clerk, approver, child("2026-11-01", "apart"));
    await decided(clerk, approver, child("2026-11-16", "together"));
    const children = await database.pool.query(
      "SELECT living, apart_reason AS reason, valid_from, valid_to FROM allowance.child_circumstance_current WHERE child_number = 53341 ORDER BY valid_from",
    );
    expect(children.rows).toEqual([
      { living: "apart", reason: "schooling", valid_from: "2026-11-01", valid_to: "2026-11-15" },
      { living: "together", reason: null, valid_from: "2026-11-16", valid_to: null },
    ]);

    const spouse = (on: string, now: Record<string, unknown> | null, cause: string) =>
      changeOf(53_340, recipient, { on, spouse: { now, cause } });
    await decided(clerk, approver, spouse("2026-11-02", { name: "架空　夫", kana: "カクウ　オット" }, "婚姻"));
    await decided(clerk, approver, spouse("2026-11-17", null, "離婚"));
    const people = await database.pool.query(
      "SELECT name, valid_from, valid_to, revision FROM allowance.related_person WHERE addressee_number = 53340 AND role = 'spouse' ORDER BY revision",
    );
    expect(people.rows).toEqual([
      { name: "架空　夫", valid_from: "2026-11-02", valid_to: null, revision: 1 },
      { name: "架空　夫", valid_from: "2026-11-02", valid_to: "2026-11-16", revision: 2 },
    ]);
  });

  it("a home's change of name is a new row of its history (form 9)", async () => {
    await bring(clerk, {
      organizations: [
        {
          宛名番号: number15(53_359),
          名称: "架空園",
          名称フリガナ: "カクウエン",
          区分: "institution",
          市区町村コード: "431010",
          郵便番号: "8600000",
          住所: "架空町２丁目",
          設置者区分: "private",
        },
      ],
      residents: [resident(53_351, "2018-04-01")],
      statusPeriods: [
        {
          区分: "institution",
          宛名番号: number15(53_351),
          相手宛名番号: number15(53_359),
          開始年月日: "2026-10-10",
          短期: "0",
          留学: "0",
        },
      ],
    });
    const claim = form("certificationInstitution", "2026-10-20", {
      claimant: 53_359,
      cause: "enteredInstitution",
      causeOn: "2026-10-10",
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "0053359", holder: "カクウエン" },
      children: [{ number: 53_351, role: "child" }],
    });
    await decided(clerk, approver, claim);
    const home = await recipientIdOf(database.pool, 53_359);
    const report = form("institutionChange", "2026-11-18", {
      claimant: 53_359,
      recipientId: home,
      on: "2026-11-10",
      name: { name: "新架空園", kana: "シンカクウエン" },
    });
    await decided(clerk, approver, report);
    const { rows } = await database.pool.query(
      "SELECT revision, name, address FROM allowance.organization_history WHERE addressee_number = 53359 ORDER BY revision",
    );
    expect(rows).toEqual([
      { revision: 1, name: "架空園", address: "架空町２丁目" },
      { revision: 2, name: "新架空園", address: "架空町２丁目" },
    ]);
    expect(await recipientHistory(database.pool, home)).toMatchObject([
      { name: "架空園" },
      { name: "新架空園", cause: "name" },
    ]);
  });
});

describe("別居監護申立書", () => {
  it("[A47] is kept with its day of review, and the child as living apart", async () => {
    expect(nextReview(civilDate("2026-05-31"))).toBe("2026-06-01");
    expect(nextReview(civilDate("2026-06-01"))).toBe("2027-06-01");
    const recipient = await certifiedFamily(clerks, 53_400, ["2020-05-10"]);
    const statement = (child: number) =>
      form("separateCare", "2026-11-18", {
        claimant: 53_400,
        recipientId: recipient,
        children: [{ child, since: "2026-11-01", reason: "workPosting", care: "毎月の送金と週1回の電話" }],
      });
    expect(itemsOf(await examined(clerk, statement(53_409)), "stop")).toContain("child");
    await decided(clerk, approver, statement(53_401));
    const { rows } = await database.pool.query(
      "SELECT child_number AS child, reason, review_on FROM allowance.separate_care WHERE recipient_id = $1",
      [recipient],
    );
    expect(rows).toEqual([{ child: 53_401, reason: "workPosting", review_on: "2027-06-01" }]);
    expect(
      await countOf(
        database.pool,
        "child_circumstance_current",
        "child_number = 53401 AND living = 'apart' AND apart_reason = 'work'",
      ),
    ).toBe(1);
  });
});

const studyAbroadOf = (claimant: number, recipientId: number, child: number, more: Record<string, unknown> = {}) =>
  form("studyAbroad", "2026-11-18", {
    claimant,
    recipientId,
    child,
    leftOn: "2026-10-01",
    livedInJapanSince: "2020-05-10",
    school: "架空学校",
    country: "架空国",
    withParents: false,
    ...more,
  });

describe("海外留学申立書", () => {
  it("the clock: more than three years before, three years abroad, four for a counted person", () => {
    const left = civilDate("2026-10-01");
    // Three years to the day are not more than three years (規則1条). The day the address ended is the first of the three years.
    expect(studyClock(left, civilDate("2023-10-01"), "child").longEnough).toBe(false);
    expect(studyClock(left, civilDate("2023-09-30"), "child")).toEqual({
      longEnough: true,
      limitOn: "2029-09-30",
      lastMonth: "2029-09",
    });
    expect(studyClock(left, civilDate("2020-01-01"), "counted")).toMatchObject({
      limitOn: "2030-09-30",
      lastMonth: "2030-09",
    });
    expect(studyClock(civilDate("2028-02-29"), civilDate("2020-01-01"), "child").limitOn).toBe("2031-02-28");
  });

  it("is refused for a short residence or with the parents abroad: the child is not counted from the month after", async () => {
    const recipient = await certifiedFamily(clerks, 53_500, ["2025-06-05", "2015-07-01"]);
    for (const more of [{ livedInJapanSince: "2024-01-01" }, { withParents: true }]) {
      const seen = await examined(clerk, studyAbroadOf(53_500, recipient, 53_502, more));
      expect(seen.proposal.outcome).toBe("refuse");
    }
    expect(await countOf(database.pool, "study_abroad")).toBe(0);
    await decided(clerk, approver, studyAbroadOf(53_500, recipient, 53_502, { withParents: true }));
    // 25,000 − 10,000 = 15,000
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "decrease",
      month: "2026-11",
      total: 15_000,
      cause: "childAbroad",
    });
  });

  it("[A48] counts for three years and is checked every year; nothing changes before the limit", async () => {
    const recipient = await certifiedFamily(clerks, 53_510, ["2025-06-05", "2015-07-01"]);
    const before = await decisionsOf(database.pool, recipient);
    await decided(clerk, approver, studyAbroadOf(53_510, recipient, 53_512));
    expect(await decisionsOf(database.pool, recipient)).toEqual(before);
    const { rows } = await database.pool.query(
      "SELECT role, limit_on, next_check_on FROM allowance.study_abroad WHERE child_number = 53512",
    );
    expect(rows).toEqual([{ role: "child", limit_on: "2029-09-30", next_check_on: "2027-11-18" }]);
  });
});

describe("現況届 (forms 6, 7)", () => {
  it("is received once a year; a second one is stopped; a late one is shown", async () => {
    const recipient = await certifiedFamily(clerks, 53_600, ["2020-05-10"]);
    const report = form("annualReview", "2026-11-18", {
      claimant: 53_600,
      recipientId: recipient,
      year: 2026,
      unchanged: true,
    });
    const seen = await examined(clerk, report);
    expect(itemsOf(seen, "note")).toContain("annualReport.late");
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    const { rows } = await database.pool.query(
      "SELECT fiscal_year, reception, received_on FROM allowance.annual_report_current WHERE recipient_id = $1",
      [recipient],
    );
    expect(rows).toEqual([{ fiscal_year: 2026, reception: "submitted", received_on: "2026-11-18" }]);
    expect(itemsOf(await examined(clerk, report), "stop")).toContain("annualReport.known");
  });
});

const numberChangeOf = (more: Record<string, unknown> = {}) =>
  form("numberChange", "2026-11-18", {
    claimant: 53_700,
    person: 53_700,
    changedOn: "2026-11-10",
    cause: "leaked",
    ...more,
  });

describe("個人番号変更届", () => {
  it("takes no number in any field, keeps none, and says where it goes", async () => {
    await certifiedFamily(clerks, 53_700, ["2020-05-10"]);
    await expect(examined(clerk, numberChangeOf({ newNumber: "000000000000" }))).rejects.toMatchObject({
      code: "filingInvalid",
    });
    const seen = await examined(clerk, numberChangeOf());
    expect(seen.proposal.reasons.join()).toContain("個人番号そのものは、この届出の記録には入りません");
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    const columns = await database.pool.query(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = 'allowance' AND table_name = 'number_change_report' ORDER BY ordinal_position",
    );
    expect(columns.rows.map((row) => row.column_name)).toEqual([
      "filing_id",
      "addressee_number",
      "changed_on",
      "cause",
      "entered_by",
      "approved_by",
      "recorded_at",
    ]);
  });

  it("a number with the right check digit is found in any text, with spaces, hyphens or full-width digits", () => {
    // The digits are made here, so that no valid number stands in the source.
    const body = "98765432109".slice(0, 11);
    const valid = Array.from({ length: 10 }, (_, digit) => `${body}${digit}`).filter((number) =>
      holdsIndividualNumber(number),
    );
    expect(valid).toHaveLength(1);
    const number = valid[0] ?? "";
    const spaced = number.replaceAll(/(\d{4})(?=\d)/g, "$1 ");
    const wide = Array.from(number, (digit) => String.fromCodePoint((digit.codePointAt(0) ?? 0) + 0xfee0)).join("");
    for (const text of [`番号は${number}です`, spaced, number.replaceAll(/(\d{4})(?=\d)/g, "$1-"), wide]) {
      expect(holdsIndividualNumber(text)).toBe(true);
    }
    expect(holdsIndividualNumber("電話 096-000-0000、口座 0182-101-1234567")).toBe(false);
  });
});
