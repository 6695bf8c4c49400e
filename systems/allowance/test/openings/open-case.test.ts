import type { Pool } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import type { TestStaff } from "../../../../platform/test/support/staff.ts";
import { closeCase, listPurposes, openCase } from "../../src/openings/open-case.ts";
import type { CaseTarget, OpenedCase, OpeningPurpose } from "../../src/openings/open-case.ts";
import { seedPeople } from "../support/people.ts";
import type { People } from "../support/people.ts";

const database = useDatabase();
let people: People | undefined;

const CENTRAL = "431010";
const EAST = "431028";
const purpose: OpeningPurpose = { code: "certification", origin: "search" };

async function staff(pool: Pool, who: TestStaff): Promise<string> {
  return await signIn(pool, who);
}

async function opens(session: string, target: CaseTarget, why: OpeningPurpose = purpose): Promise<OpenedCase> {
  return await openCase({ pool: database.pool, call: callOf(session, "openCase") }, target, why);
}

function seeded(): People {
  if (people === undefined) throw new Error("seeded in beforeAll");
  return people;
}

/** A ward's section. */
function ward(code: string, wardCode: string): NonNullable<TestStaff["section"]> {
  return { code, kind: "ward", inCharge: true, wardCode };
}

const ascending = (numbers: readonly number[]): readonly number[] => numbers.toSorted((left, right) => left - right);

let clerk: string;
let centralClerk: string;
let eastClerk: string;
let officer: string;

beforeAll(async () => {
  people = await seedPeople(database.pool);
  clerk = await staff(database.pool, { staffId: "clerk.a", roles: ["clerk"] });
  centralClerk = await staff(database.pool, {
    staffId: "chuo.a",
    roles: ["wardClerk"],
    wards: [CENTRAL],
    section: ward("chuo-hoken", CENTRAL),
  });
  eastClerk = await staff(database.pool, {
    staffId: "higashi.a",
    roles: ["wardClerk"],
    wards: [EAST],
    section: ward("higashi-hoken", EAST),
  });
  officer = await staff(database.pool, { staffId: "hogo.a", roles: ["protectionOfficer"] });
});

/** The whole refusal as the caller gets it: what differs here tells somebody that the person exists. */
async function answer(session: string, target: CaseTarget): Promise<unknown> {
  return await opens(session, target).then(
    () => "opened",
    (error: unknown) => {
      const { code, message, details } = error as { code: string; message: string; details: unknown };
      return { code, message, details };
    },
  );
}

describe("開く: what is refused", () => {
  it("[THR25] nobody without a purpose, with an unknown one, or with 「その他」 in less than 10 characters", async () => {
    const { mother } = seeded();
    const target = { addresseeNumber: mother.number };
    for (const [code, text] of [
      ["", ""],
      ["nothing", ""],
      ["other", ""],
      ["other", "確認のため"],
      ["other", " 　 確認 　 　 　 　　　"],
      ["auditCheck", ""],
    ] as const) {
      await expect(opens(clerk, target, { code, text, origin: "search" }), code).rejects.toMatchObject({
        code: "purposeIncomplete",
      });
    }
    const opened = await opens(clerk, target, { code: "other", text: "窓口で本人の申し出を受けた", origin: "search" });
    expect(opened.addresseeNumber).toBe(mother.number);
  });

  it("a hidden person gets word for word the answer of a person who does not exist", async () => {
    const { protectedMother, eastFather, deniedMother } = seeded();
    const unknown = await answer(centralClerk, { addresseeNumber: 999_999_999_999_999 });
    expect(unknown).toMatchObject({ code: "notFound" });
    await database.pool.query(
      `INSERT INTO access.denied_person (staff_id, addressee_number, reason, valid_from, entered_by, approved_by)
       VALUES ('chuo.a', $1, '親族', '2026-01-01', 'kakaricho.a', 'kacho.a')`,
      [deniedMother.number],
    );
    for (const hidden of [protectedMother, eastFather, deniedMother]) {
      expect(await answer(centralClerk, { addresseeNumber: hidden.number })).toStrictEqual(unknown);
      expect(await answer(centralClerk, { recipientId: hidden.recipientId })).toStrictEqual(unknown);
      expect(await answer(centralClerk, { receptionNumber: hidden.reception })).toStrictEqual(unknown);
    }
    for (const odd of ["", "%", "1 OR 1=1", "９９", "9".repeat(40), "-1"]) {
      expect(await answer(centralClerk, { receptionNumber: odd }), odd).toStrictEqual(unknown);
    }
    // The same persons are there for those who may.
    expect(await answer(officer, { addresseeNumber: protectedMother.number })).toBe("opened");
    expect(await answer(eastClerk, { addresseeNumber: eastFather.number })).toBe("opened");
    expect(await answer(clerk, { addresseeNumber: deniedMother.number })).toBe("opened");
  });

  it('[THR52] a member of staff on the deny list of a person gets the answer of "no such person", from the day it is entered', async () => {
    const { mother } = seeded();
    const target = { addresseeNumber: mother.number };
    const relative = await staff(database.pool, { staffId: "relative.a", roles: ["examiner"] });
    expect(await answer(relative, target)).toBe("opened");
    await database.pool.query(
      `INSERT INTO access.denied_person (staff_id, addressee_number, reason, valid_from, entered_by, approved_by)
       VALUES ('relative.a', $1, '親族', '2026-01-01', 'kakaricho.a', 'kacho.a')`,
      [mother.number],
    );
    expect(await answer(relative, target)).toStrictEqual(
      await answer(relative, { addresseeNumber: 999_999_999_999_999 }),
    );
  });

  it("staff without the right to open cannot, nor another section, nor nobody; the refusal is on record", async () => {
    const { mother } = seeded();
    const target = { addresseeNumber: mother.number };
    const auditor = await staff(database.pool, {
      staffId: "kansa.a",
      roles: ["auditor"],
      section: { code: "kansa", kind: "audit", inCharge: false },
    });
    expect(await answer(auditor, target)).toMatchObject({ code: "permissionMissing" });
    expect(await answer("0".repeat(64), target)).toMatchObject({ code: "sessionNeeded" });
    const { rows } = await database.pool.query(
      "SELECT action, refusal_code, operation FROM access.log WHERE staff_id = 'kansa.a'",
    );
    expect(rows).toStrictEqual([{ action: "refused", refusal_code: "permissionMissing", operation: "openCase" }]);
  });

  it("the functions behind it can't be called by the desk directly", async () => {
    const { mother } = seeded();
    for (const call of [
      "access.open(ARRAY[1::bigint], 'enquiry', '', 'search', '')",
      `allowance.case_members(${mother.number})`,
      `allowance.is_protected(${mother.number})`,
      `allowance.may_see(${mother.number}, true)`,
      `allowance.in_wards(${mother.number}, NULL)`,
      "allowance.sight_seal('')",
      "allowance.desk_sight()",
    ]) {
      const client = await database.pool.connect();
      await client.query("SET ROLE hagukumi_desk");
      await expect(client.query(`SELECT ${call}`), call).rejects.toMatchObject({ code: "42501" });
      client.release(true);
    }
  });
});

describe("開く: what is opened", () => {
  it("the person, the children of own claims, who else claimed them, the household; nobody else", async () => {
    const { mother, father, child, sibling, grandmother, neighbour } = seeded();
    const opened = await opens(clerk, { recipientId: mother.recipientId });
    expect(opened).toMatchObject({ addresseeNumber: mother.number, recipientIds: [mother.recipientId] });
    expect(opened.openNumbers).toStrictEqual(
      ascending([mother.number, father.number, child.number, sibling.number, grandmother.number]),
    );
    expect(opened.openNumbers).not.toContain(neighbour.number);
    // Through a child one comes to its claimants.
    const byChild = await opens(clerk, { addresseeNumber: child.number });
    expect(byChild.openNumbers).toContain(mother.number);
    expect(byChild.openNumbers).toContain(father.number);
    const minutes = (opened.expiresAt.getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15.1);
  });

  it("every opened person has a row in the access log with purpose, staff, section and terminal", async () => {
    const { mother } = seeded();
    const session = await staff(database.pool, { staffId: "clerk.logged", roles: ["clerk"] });
    const opened = await opens(session, { receptionNumber: mother.reception });
    const { rows } = await database.pool.query<{ addressee_number: number }>(
      `SELECT addressee_number, purpose_code, section_code, terminal_code, action, columns_class FROM access.log WHERE staff_id = 'clerk.logged' ORDER BY addressee_number`,
    );
    expect(rows.map((row) => row.addressee_number)).toStrictEqual(opened.openNumbers);
    expect(rows[0]).toMatchObject({
      purpose_code: "certification",
      section_code: "kodomo-shien",
      terminal_code: "T-kodomo-shien",
      action: "read",
      columns_class: "opened",
    });
  });

  it("protected members of the case stay closed to those without the right, and open to those with it", async () => {
    const { abuser, protectedMother, protectedChild } = seeded();
    const ordinary = await opens(clerk, { addresseeNumber: abuser.number });
    expect(ordinary.openNumbers).toStrictEqual([abuser.number]);
    const allowed = await opens(officer, { addresseeNumber: abuser.number });
    expect(allowed.openNumbers).toStrictEqual(
      ascending([abuser.number, protectedMother.number, protectedChild.number]),
    );
  });

  it("a ward's clerk opens persons of the own ward: by address, by the ward in charge, by an undecided claim", async () => {
    const { eastFather, movedToEast, claimedInEast, decidedInEast } = seeded();
    for (const person of [eastFather, movedToEast, claimedInEast]) {
      expect(await answer(eastClerk, { addresseeNumber: person.number })).toBe("opened");
    }
    expect(await answer(eastClerk, { addresseeNumber: decidedInEast.number })).toMatchObject({ code: "notFound" });
    expect(await answer(centralClerk, { addresseeNumber: eastFather.number })).toMatchObject({ code: "notFound" });
    expect(await answer(clerk, { addresseeNumber: eastFather.number })).toBe("opened");
  });

  it("an opening is closed once, by its own session alone", async () => {
    const { mother } = seeded();
    const other = await staff(database.pool, { staffId: "clerk.other", roles: ["clerk"] });
    const opened = await opens(clerk, { addresseeNumber: mother.number });
    const close = async (session: string): Promise<boolean> =>
      await closeCase({ pool: database.pool, call: callOf(session) }, opened.openingId);
    expect(await close(other)).toBe(false);
    expect(await close(clerk)).toBe(true);
    expect(await close(clerk)).toBe(false);
  });

  it("the purposes are listed with those that need words", async () => {
    const purposes = await listPurposes({ pool: database.pool, call: callOf(clerk) });
    expect(purposes).toContainEqual({ code: "other", name: "その他", needsText: true });
    expect(purposes).toContainEqual({ code: "enquiry", name: "本人からの問い合わせ", needsText: false });
  });
});
