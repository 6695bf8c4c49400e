/** Procedures that change who cares for a child, from the filing to the amounts. The arithmetic stands above each amount. */
import { beforeAll, describe, expect, it } from "vitest";

import { civilDate } from "@hagukumi/law/contract.ts";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { checkDesignation, designationOn, expiringDesignations } from "../../src/procedures/designations.ts";
import { eventDay } from "../../src/procedures/living-together-priority.ts";
import { isShortStay } from "../../src/procedures/placement.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf, decisionsOf, exOfficio, noticesTo, recipientIdOf } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

// Under three until 2028-06: 15,000; the child of 2015: 10,000; together 25,000 a month.
const BORN = ["2025-06-05", "2015-07-01"] as const;

type Examination = Awaited<ReturnType<typeof examined>>;
const stops = ({ proposal }: Examination): string[] =>
  proposal.differences.filter(({ weight }) => weight === "stop").map(({ item }) => item);

async function organization(number: number, kind: "institution" | "corporateGuardian"): Promise<void> {
  await bring(clerk, {
    organizations: [
      {
        宛名番号: number15(number),
        名称: "架空園",
        名称フリガナ: "カクウエン",
        区分: kind,
        市区町村コード: "431010",
        郵便番号: "8600000",
        住所: "架空町２丁目",
        設置者区分: "private",
      },
    ],
  });
}

/** 認定請求 of an institution or corporate guardian for one child. */
const organizationClaim = (
  procedure: "certificationInstitution" | "certificationIndividual",
  claimant: number,
  child: number,
  cause: string,
  causeOn: string,
  receivedOn: string,
) =>
  form(procedure, receivedOn, {
    claimant,
    ...(procedure === "certificationInstitution"
      ? {}
      : { recipientKind: "corporateGuardian", employeeClass: "nonEmployee" }),
    cause,
    causeOn,
    account: { bank: "0182", branch: "101", accountType: "1", accountNumber: String(claimant), holder: "カクウエン" },
    children: [{ number: child, role: "child" }],
  });

const designation = (claimant: number, children: readonly number[], more: Record<string, unknown> = {}) =>
  form("parentDesignation", "2026-11-16", {
    action: "designate",
    claimant,
    children,
    parentNames: ["架空　父", "架空　母"],
    signedOn: "2026-11-10",
    validFrom: "2026-11-16",
    ...more,
  });

const placed = (child: number, institution: number, more: Record<string, unknown> = {}) =>
  exOfficio("placement", "2026-11-20", {
    claimant: child,
    institution,
    placeKind: "childrenHome",
    placeName: "架空園",
    placedOn: "2026-10-10",
    authority: "架空児童相談所",
    ...more,
  });

const appointed = (guardian: number, recipientKind: string, child: number, more: Record<string, unknown> = {}) =>
  form("guardian", "2026-11-18", {
    claimant: guardian,
    recipientKind,
    child,
    action: "appointed",
    on: "2026-11-05",
    evidence: "審判書の謄本",
    ...more,
  });

const statement = (
  claimant: number,
  other: Record<string, unknown>,
  children: readonly number[],
  more: Record<string, unknown> = {},
) =>
  form("livingTogetherPriority", "2026-11-18", {
    claimant,
    children: children.map((child) => ({ child, livesHereSince: "2026-10-20" })),
    other,
    otherPaidBy: "city",
    evidence: { kind: "courtSummons", on: "2026-11-06" },
    apartSince: "2026-10-15",
    ...more,
  });

const SECRET = {
  世帯番号: number15(52_309),
  市区町村コード: "431044",
  郵便番号: "8618001",
  住所: "架空区秘密町９丁目９－９",
};

describe("父母指定者 (form 1)", () => {
  it("is refused for a child who lives elsewhere, one over 18, a parent in the city, and a second designation", async () => {
    await bring(clerk, {
      residents: [
        resident(52_000, "1960-01-01"),
        resident(52_001, "2018-04-01"),
        resident(52_002, "2007-04-01"),
        resident(52_003, "2018-04-01", { 住民状態: "2", 異動年月日: "2026-01-31", 異動事由コード: "20" }),
      ],
    });
    expect(stops(await examined(clerk, designation(52_000, [52_003])))).toContain("child.residence");
    // Born 2007-04-01: 18 on 2025-03-31, so the school year ended that day.
    expect(stops(await examined(clerk, designation(52_000, [52_002])))).toContain("child.age");
    expect(stops(await examined(clerk, designation(52_000, [52_001], { parents: [52_000] })))).toContain(
      "parent.resident",
    );
    expect(await countOf(database.pool, "parent_designation")).toBe(0);
    await decided(clerk, approver, designation(52_000, [52_001]));
    expect(stops(await examined(clerk, designation(52_000, [52_001])))).toContain("designation.exists");
  });

  it("[A44] [D7] is kept with its expiry; a claim is checked against it before, during and after", async () => {
    await bring(clerk, { residents: [resident(52_010, "1960-01-01"), resident(52_011, "2018-04-01")] });
    const claim = { claimant: 52_010, children: [52_011] };
    const on = civilDate("2026-11-20");
    expect(await checkDesignation(database.pool, { ...claim, on })).toMatchObject([
      { item: "designation.missing", weight: "stop" },
    ]);

    // The claim itself says so, and can't be granted.
    const certification = form("certificationIndividual", "2026-11-20", {
      claimant: 52_010,
      cause: "parentDesignation",
      causeOn: "2026-11-16",
      employeeClass: "nonEmployee",
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7252010", holder: "カクウ　タロウ" },
      children: [{ number: 52_011, role: "child" }],
    });
    const early = await examined(clerk, certification);
    expect(stops(early)).toContain("designation.missing");
    await expect(approveFiling(approver, { filingId: early.filingId, digest: early.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });

    const { filingId } = await decided(clerk, approver, designation(52_010, [52_011], { until: "2028-03-31" }));
    const people = await database.pool.query(
      "SELECT entered_by, approved_by, filing_id FROM allowance.parent_designation WHERE child_number = 52011",
    );
    expect(people.rows).toEqual([{ entered_by: "staff.ito", approved_by: "staff.sato", filing_id: filingId }]);
    expect(await designationOn(database.pool, 52_011, on)).toMatchObject({ designee: 52_010, expiresOn: "2028-03-31" });
    expect(await checkDesignation(database.pool, { ...claim, on })).toEqual([]);
    expect(await checkDesignation(database.pool, { ...claim, claimant: 52_000, on })).toMatchObject([
      { item: "designation.other" },
    ]);
    expect(await checkDesignation(database.pool, { ...claim, on: civilDate("2028-04-01") })).toMatchObject([
      { item: "designation.expired" },
    ]);
    const list = await expiringDesignations(database.pool, civilDate("2028-03-01"), civilDate("2028-03-31"));
    expect(list.map(({ child }) => child)).toEqual([52_011]);
    expect(await noticesTo(database.pool, 52_010)).toMatchObject([{ kind: "designationReceived" }]);
    // 16 November + 15 days: in time. From December, 10,000.
    await decided(clerk, approver, certification);
    const recipient = await recipientIdOf(database.pool, 52_010);
    expect(await decisionsOf(database.pool, recipient)).toMatchObject([
      { kind: "certify", month: "2026-12", total: 10_000 },
    ]);
  });

  it("its end takes the child from the designated person's right from the month after", async () => {
    const recipient = await certifiedFamily(clerks, 52_020, ["2018-04-01"]);
    await decided(clerk, approver, designation(52_020, [52_021], { signedOn: "2026-05-01", validFrom: "2026-05-20" }));
    const end = form("parentDesignation", "2026-11-20", {
      action: "end",
      claimant: 52_020,
      children: [52_021],
      endedOn: "2026-11-10",
      cause: "parentReturned",
    });
    await decided(clerk, approver, end);
    expect(await designationOn(database.pool, 52_021, civilDate("2026-11-11"))).toBeUndefined();
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
      cause: "careEnded",
    });
    expect(stops(await examined(clerk, end))).toContain("designation.missing");
  });
});

describe("placement (施設・里親)", () => {
  it("two months or less and attendance by day change nothing; two months and a day do", async () => {
    // Day 1 is the day after (民法140条): from 10 October two months end on 10 December.
    const placedOn = civilDate("2026-10-10");
    expect(isShortStay({ placedOn, plannedUntil: civilDate("2026-12-10"), commuting: false })).toBe(true);
    expect(isShortStay({ placedOn, plannedUntil: civilDate("2026-12-11"), commuting: false })).toBe(false);
    expect(isShortStay({ placedOn, plannedUntil: undefined, commuting: false })).toBe(false);
    expect(isShortStay({ placedOn, plannedUntil: undefined, commuting: true })).toBe(true);
    // 31 December + 2 months = the last day of February
    expect(
      isShortStay({ placedOn: civilDate("2026-12-31"), plannedUntil: civilDate("2027-02-28"), commuting: false }),
    ).toBe(true);
    expect(
      isShortStay({ placedOn: civilDate("2026-12-31"), plannedUntil: civilDate("2027-03-01"), commuting: false }),
    ).toBe(false);

    const recipient = await certifiedFamily(clerks, 52_100, BORN);
    await organization(52_109, "institution");
    const before = await decisionsOf(database.pool, recipient);
    const seen = await examined(clerk, placed(52_102, 52_109, { plannedUntil: "2026-12-10" }));
    expect(seen.proposal.effects.map(({ kind }) => kind)).toEqual(["placement"]);
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    expect(await decisionsOf(database.pool, recipient)).toEqual(before);
  });

  it("[A45] [A49] takes the child from the parents, lets the home be certified, and gives it back at the end", async () => {
    const recipient = await certifiedFamily(clerks, 52_110, BORN);
    await organization(52_119, "institution");
    const seen = await examined(clerk, placed(52_112, 52_119));
    // 25,000 − 10,000 = 15,000 from the month after the placement.
    expect(seen.proposal.effects).toContainEqual(
      expect.objectContaining({
        kind: "decrease",
        recipientId: recipient,
        fromMonth: "2026-11",
        yenBefore: 25_000,
        yenAfter: 15_000,
        children: expect.arrayContaining([{ child: 52_112, before: 10_000, after: null }]),
      }),
    );
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toEqual({
      kind: "decrease",
      month: "2026-11",
      total: 15_000,
      cause: "enteredInstitution",
    });
    // 2026-10-10 + 15 days = 25 October, a Sunday: the next open day is Monday the 26th. The home claims late.
    expect(await noticesTo(database.pool, 52_119)).toMatchObject([
      { kind: "claimInvited", facts: { claimBy: "2026-10-26", firstMonth: "2026-11" } },
    ]);
    await decided(
      clerk,
      approver,
      organizationClaim("certificationInstitution", 52_119, 52_112, "enteredInstitution", "2026-10-10", "2026-10-20"),
    );
    const home = await recipientIdOf(database.pool, 52_119);
    expect(await decisionsOf(database.pool, home)).toMatchObject([
      { kind: "certify", month: "2026-11", total: 10_000 },
    ]);

    // The child leaves on 15 November: the home's right ends with November; the parents are invited to claim.
    await decided(clerk, approver, placed(52_112, 52_119, { endedOn: "2026-11-15" }));
    expect((await decisionsOf(database.pool, home)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
      cause: "leftInstitution",
    });
    // 15 November + 15 days = 30 November.
    expect((await noticesTo(database.pool, 52_110)).at(-1)).toMatchObject({
      kind: "claimInvited",
      facts: { cause: "leftInstitution", claimBy: "2026-11-30", firstMonth: "2026-12" },
    });
    // Both reports of the stay are kept.
    const reports = await database.pool.query(
      "SELECT revision, ended_on FROM allowance.placement_report WHERE child_number = 52112 ORDER BY revision",
    );
    expect(reports.rows).toEqual([
      { revision: 1, ended_on: null },
      { revision: 2, ended_on: "2026-11-15" },
    ]);
  });

  it("[A214] the child who left the home claims what the home was due and was not paid (form 13)", async () => {
    const home = await recipientIdOf(database.pool, 52_119);
    const claim = (child: number) =>
      form("institutionUnpaid", "2026-11-20", {
        claimant: child,
        recipientId: home,
        account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7200112", holder: "カクウ　タロウ" },
      });
    // Somebody else's child gets nothing.
    const stranger = await examined(clerk, claim(52_111));
    expect(stranger.proposal.outcome).toBe("refuse");
    await decided(clerk, approver, claim(52_112));
    const { rows } = await database.pool.query(
      `SELECT outcome, kind, to_char(from_month, 'YYYY-MM') AS "from", to_char(to_month, 'YYYY-MM') AS "to", total FROM allowance.unpaid_decision WHERE recipient_id = $1`,
      [home],
    );
    // Certified from November, left in November: one month, 10,000.
    expect(rows).toEqual([
      { outcome: "grant", kind: "leftInstitution", from: "2026-11", to: "2026-11", total: 10_000 },
    ]);
  });
});

describe("a guardian (未成年後見人)", () => {
  it("must be what it says it is, and is entered once", async () => {
    await certifiedFamily(clerks, 52_200, ["2018-04-01"]);
    await organization(52_209, "corporateGuardian");
    await bring(clerk, { residents: [resident(52_208, "1970-01-01")] });
    expect(stops(await examined(clerk, appointed(52_208, "corporateGuardian", 52_201)))).toContain("guardian.kind");
    expect(stops(await examined(clerk, appointed(52_209, "individual", 52_201)))).toContain("guardian.kind");
    expect(stops(await examined(clerk, appointed(52_208, "individual", 52_201, { action: "ended" })))).toContain(
      "guardian.missing",
    );
  });

  it.each([
    { name: "person", base: 52_210, kind: "individual" as const },
    { name: "corporation", base: 52_220, kind: "corporateGuardian" as const },
  ])("[A45] a $name takes the parents' place from the month after the appointment", async ({ base, kind }) => {
    const parent = await certifiedFamily(clerks, base, ["2018-04-01"]);
    const guardian = base + 9;
    if (kind === "individual") await bring(clerk, { residents: [resident(guardian, "1970-01-01")] });
    else await organization(guardian, "corporateGuardian");
    await decided(clerk, approver, appointed(guardian, kind, base + 1));
    expect((await decisionsOf(database.pool, parent)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
      cause: "otherRecipient",
    });
    // 5 November + 15 days = 20 November.
    expect(await noticesTo(database.pool, guardian)).toMatchObject([
      { kind: "claimInvited", facts: { cause: "guardianAppointed", claimBy: "2026-11-20" } },
    ]);
    const entry = await database.pool.query(
      "SELECT role, related_number, valid_to FROM allowance.related_person_current WHERE addressee_number = $1",
      [base + 1],
    );
    expect(entry.rows).toEqual([{ role: "minorGuardian", related_number: guardian, valid_to: null }]);
    expect(stops(await examined(clerk, appointed(guardian, kind, base + 1)))).toContain("guardian.known");

    if (kind === "corporateGuardian") {
      await decided(
        clerk,
        approver,
        organizationClaim(
          "certificationIndividual",
          guardian,
          base + 1,
          "guardianAppointed",
          "2026-11-05",
          "2026-11-19",
        ),
      );
      // 10,000 from December: no month twice, none without.
      expect(await decisionsOf(database.pool, await recipientIdOf(database.pool, guardian))).toMatchObject([
        { kind: "certify", month: "2026-12", total: 10_000 },
      ]);
    }
  });
});

describe("同居優先 (living together, divorce talks)", () => {
  it("the event is the day on which all conditions are met; papers of reconciliation or maintenance do not show it", async () => {
    expect(eventDay(civilDate("2026-11-06"), civilDate("2026-10-15"), civilDate("2026-10-20"))).toBe("2026-11-06");
    expect(eventDay(civilDate("2026-10-01"), civilDate("2026-10-15"), civilDate("2026-10-20"))).toBe("2026-10-20");
    expect(eventDay(civilDate("2026-10-01"), civilDate("2026-10-21"), civilDate("2026-10-20"))).toBe("2026-10-21");
    await certifiedFamily(clerks, 52_310, ["2018-04-01"]);
    await bring(clerk, { residents: [resident(52_319, "1991-01-01", SECRET)] });
    for (const kind of ["reconciliation", "maintenance"]) {
      const seen = await examined(
        clerk,
        statement(52_319, { number: 52_310, name: "架空　父" }, [52_311], { evidence: { kind, on: "2026-11-06" } }),
      );
      expect(stops(seen)).toContain("evidence");
    }
    // Still one household on the register.
    const same = await examined(clerk, statement(52_311, { number: 52_310, name: "架空　父" }, [52_311]));
    expect(stops(same)).toContain("other.household");
    expect(await countOf(database.pool, "living_priority")).toBe(0);
  });

  it("[A46] ends the other parent's right ex officio; its notice says nothing of where claimant and child are", async () => {
    const father = await certifiedFamily(clerks, 52_320, BORN);
    await bring(clerk, {
      residents: [
        resident(52_329, "1991-01-01", SECRET),
        resident(52_321, BORN[0], { ...SECRET, 履歴番号: "2", 異動年月日: "2026-10-20", 異動事由コード: "30" }),
        resident(52_322, BORN[1], { ...SECRET, 履歴番号: "2", 異動年月日: "2026-10-20", 異動事由コード: "30" }),
      ],
    });
    const seen = await examined(clerk, statement(52_329, { number: 52_320, name: "架空　父" }, [52_321, 52_322]));
    // Summons of 2026-11-06 is the last condition: the father keeps November; nothing from December. 25,000 → 0.
    expect(seen.proposal.effects).toContainEqual(
      expect.objectContaining({
        kind: "extinguish",
        recipientId: father,
        fromMonth: "2026-12",
        yenBefore: 25_000,
        yenAfter: 0,
      }),
    );
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    expect((await decisionsOf(database.pool, father)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
      cause: "otherRecipient",
    });

    const codes = await database.pool.query(
      `SELECT "消滅事由コード" AS code FROM annex1."新児童手当改定情報" WHERE "福祉台帳番号" = 52320 AND "消滅事由コード" IS NOT NULL`,
    );
    expect(codes.rows).toEqual([{ code: "32" }]);
    const toFather = await noticesTo(database.pool, 52_320);
    const toMother = await noticesTo(database.pool, 52_329);
    expect(toFather).toMatchObject([
      { kind: "decidedExOfficio", facts: { recipientId: father, decision: "extinguish", fromMonth: "2026-12" } },
    ]);
    // 6 November + 15 days = 21 November, a Saturday; 22 Sunday, 23 勤労感謝の日: Tuesday the 24th.
    expect(toMother).toMatchObject([
      {
        kind: "claimInvited",
        facts: { cause: "livingTogetherPriority", on: "2026-11-06", claimBy: "2026-11-24", firstMonth: "2026-12" },
      },
    ]);
    for (const word of ["秘密町", "架空区", "431044", "8618001", "52329", "2026-10-20", "2026-10-15", "2026-11-06"]) {
      expect(JSON.stringify(toFather)).not.toContain(word);
    }

    // The mother's claim in time gives December: no month lost.
    const claim = form("certificationIndividual", "2026-11-20", {
      claimant: 52_329,
      cause: "livingTogetherPriority",
      causeOn: "2026-11-06",
      employeeClass: "employee",
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7252329", holder: "カクウ　タロウ" },
      children: [52_321, 52_322].map((number) => ({ number, role: "child" })),
    });
    await decided(clerk, approver, claim);
    expect(await decisionsOf(database.pool, await recipientIdOf(database.pool, 52_329))).toMatchObject([
      { kind: "certify", month: "2026-12", total: 25_000 },
    ]);
  });

  it("the municipality that pays the other parent learns the name and the last month, and no place", async () => {
    await bring(clerk, {
      residents: [resident(52_339, "1991-01-01", SECRET), resident(52_331, "2018-04-01", SECRET)],
    });
    const seen = statement(52_339, { name: "架空　別太郎" }, [52_331], {
      otherPaidBy: "otherMunicipality",
      otherPayer: "架空県架空市",
    });
    await decided(clerk, approver, seen);
    const told = await noticesTo(database.pool, "架空県架空市");
    expect(told).toEqual([
      {
        kind: "informMunicipality",
        facts: { person: "架空　別太郎", lastMonth: "2026-11", firstMonthWithout: "2026-12" },
      },
    ]);
  });
});
