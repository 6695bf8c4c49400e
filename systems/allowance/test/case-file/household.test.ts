import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import { householdOf } from "../../src/case-file/household.ts";
import { addEntry } from "../../src/case-file/write-entry.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { openCase } from "../../src/openings/open-case.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { approveLaw } from "../support/parameters.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, number15, resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
beforeAll(async () => await approveLaw(database.pool));
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
const TODAY = "2026-11-23";
const reader = () => ({ pool: database.pool, operator: "staff.ito", purpose: "試験" });
const home = (household: number, relation: string) => ({ 世帯番号: number15(household), 続柄コード: relation });

async function recipientOf(number: number): Promise<number> {
  const { rows } = await database.pool.query<{ id: number }>(
    "SELECT recipient_id AS id FROM allowance.recipient WHERE addressee_number = $1",
    [number],
  );
  return rows[0]?.id ?? 0;
}

/**
 * Household 700: father 1 (head), mother 2 (wife), children 11 and 12, counted sibling 13, and the mother's sister 3 with her
 * own child 31. Mother 4 lives elsewhere, protected, and has claimed child 11 as well; 5 has nothing to do with them.
 */
beforeAll(async () => {
  const delivery = await writeDelivery(join(dir, "city"), {
    residents: [
      resident(1, "1980-01-01", home(700, "02")),
      resident(2, "1982-01-01", home(700, "12")),
      resident(3, "1990-01-01", home(700, "99")),
      resident(11, "2018-06-01", home(700, "20")),
      resident(12, "2020-06-01", home(700, "20")),
      resident(13, "2005-06-01", home(700, "20")),
      resident(31, "2019-06-01", home(700, "99")),
      resident(4, "1983-01-01", { ...home(800, "02"), 支援措置区分: "1", 支援措置開始年月日: "2026-04-01" }),
      resident(5, "1983-01-01", home(900, "02")),
      resident(51, "2019-01-01", home(900, "20")),
    ],
    claims: [
      claim(1, 1, "2026-02-02"),
      claim(3, 3, "2026-02-02"),
      claim(5, 5, "2026-02-02"),
      claim(4, 4, "2026-05-01"),
    ],
    claimChildren: [
      claimChild(1, 11, 1),
      claimChild(1, 12, 2),
      claimChild(1, 13, 3, { 区分: "counted", 負担開始年月日: "2026-02-02" }),
      claimChild(3, 31, 1),
      claimChild(5, 51, 1),
      claimChild(4, 11, 1),
    ],
  });
  await importFeeds(ito, delivery);
  await examineClaims(ito, ["1", "3", "5"]);
  await approveClaims(sato, ["1", "3", "5"]);
  // The second claim for child 11 is decided by hand: the child belongs to the first recipient until then.
  await database.pool.query(
    `INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code)
     SELECT 4, 'individual', 1, claim_id, '431010' FROM allowance.claim WHERE reception_number = '4'`,
  );
});

describe("[A18] the household around a recipient", () => {
  it("is refused for nobody", async () => {
    await expect(householdOf(reader(), { recipientId: 9_999_999_999, today: TODAY })).rejects.toMatchObject({
      code: "recipientUnknown",
    });
  });

  it("has spouse, children, counted siblings, and the other recipients of the household or of a child, and nobody else", async () => {
    const found = await householdOf(reader(), { recipientId: await recipientOf(1), today: TODAY });
    expect(found.recipient).toMatchObject({ addresseeNumber: 1, sameHousehold: true });
    expect(found.spouses.map(({ addresseeNumber }) => addresseeNumber)).toEqual([2]);
    expect(found.children.map(({ addresseeNumber }) => addresseeNumber)).toEqual([11, 12]);
    expect(found.countedSiblings.map(({ addresseeNumber }) => addresseeNumber)).toEqual([13]);
    expect(found.others).toMatchObject([
      { addresseeNumber: 3, because: ["household"], sharedChildren: [], protected: false, active: true },
      { addresseeNumber: 4, because: ["child"], sharedChildren: [11], protected: true, active: false },
    ]);
    // Nobody's address is part of the answer.
    expect(JSON.stringify(found)).not.toContain("架空町");
  });

  it("takes the spouse from the case file where one is entered, with or without a number", async () => {
    const entry = { addresseeNumber: 5, validFrom: "2020-01-01" };
    await addEntry(ito, "relatedPerson", {
      ...entry,
      content: { role: "spouse", name: "架空　海外", kana: "カクウ　カイガイ" },
    });
    const found = await householdOf(reader(), { recipientId: await recipientOf(5), today: TODAY });
    expect(found.spouses).toMatchObject([{ addresseeNumber: null, name: "架空　海外", sameHousehold: false }]);
    expect(found.others).toEqual([]);
  });

  it("shows a member of staff nothing of the protected counterparty whom no purpose opens", async () => {
    const session = await signIn(database.pool, { staffId: "staff.chuo", roles: ["clerk"] });
    const recipientId = await recipientOf(1);
    const call = callOf(session);
    await openCase({ pool: database.pool, call }, { recipientId }, { code: "enquiry", origin: "search" });
    const staff = { call, need: { permission: "case.open" }, subject: { recipientId } } as const;
    const found = await householdOf(
      { pool: database.pool, operator: "staff.chuo", purpose: "試験", staff },
      { recipientId, today: TODAY },
    );
    expect(found.recipient.addresseeNumber).toBe(1);
    expect(found.others.map(({ addresseeNumber }) => addresseeNumber)).not.toContain(4);
  });
});
