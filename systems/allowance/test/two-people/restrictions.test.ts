/** 閲覧の制限と職員との関係: by two people, dated, and in force from the day that was decided. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { serializable, withRole } from "@hagukumi/platform/database/transaction.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { shiftClock, todayOf } from "../../../../platform/test/support/identity.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import { openCase } from "../../src/openings/open-case.ts";
import { answerProposal, openProposals } from "../../src/two-people/proposals.ts";
import {
  proposeDenial,
  proposeEnd,
  proposeRelation,
  readRestrictions,
  RESTRICTION_KINDS,
} from "../../src/two-people/restrictions.ts";
import { contextOf } from "../support/cases.ts";
import { seedSmallCity } from "../support/small-city.ts";

const database = useDatabase();
const HANAKO = 900_000_000_001_101;
const one = () => contextOf(database.pool, "kacho.ichi");
const two = () => contextOf(database.pool, "shonin.ni");
const from = civilDate("2026-04-01");

async function answer(granted = true, by = two()): Promise<void> {
  const proposal = (await openProposals(database.pool, RESTRICTION_KINDS)).at(-1);
  const { proposalId = 0, digest = "" } = proposal ?? {};
  await answerProposal(by, { proposalId, granted, digest, kinds: RESTRICTION_KINDS });
}

async function open(session: string): Promise<string> {
  const opened = openCase(
    { pool: database.pool, call: callOf(session) },
    { addresseeNumber: HANAKO },
    { code: "enquiry", origin: "search" },
  );
  return await opened.then(
    () => "open",
    (error: unknown) => (error as { code: string }).code,
  );
}

beforeAll(async () => {
  await seedSmallCity(database.pool);
});

describe("閲覧の制限", () => {
  it("a member of staff for whom two people decided it gets the answer of a number that does not exist, from that day to the last; the others open", async () => {
    const denied = await signIn(database.pool, { staffId: "kin.en", roles: ["clerk"] });
    const other = await signIn(database.pool, { staffId: "ta.nin", roles: ["clerk"] });
    expect([await open(denied), await open(other)]).toEqual(["open", "open"]);
    await proposeDenial(one(), { staffId: "kin.en", addresseeNumber: HANAKO, from, reason: "本人の親族のため" });
    // Proposed is not decided.
    expect(await open(denied)).toBe("open");
    await expect(answer(true, one())).rejects.toMatchObject({ code: "samePerson" });
    await expect(answer(true, contextOf(database.pool, "kin.en"))).rejects.toMatchObject({ code: "samePerson" });
    expect(await open(denied)).toBe("open");
    await answer();
    expect([await open(denied), await open(other)]).toEqual(["notFound", "open"]);
    const { denials } = await readRestrictions(database.pool);
    expect(denials).toMatchObject([
      {
        staffId: "kin.en",
        addresseeNumber: HANAKO,
        validFrom: "2026-04-01",
        validTo: null,
        enteredBy: "kacho.ichi",
        approvedBy: "shonin.ni",
      },
    ]);

    // Its end: today is the last day.
    const restrictionId = denials[0]?.restrictionId ?? 0;
    const today = civilDate(await todayOf(database.pool));
    const end = { kind: "endDenial", restrictionId, to: today, reason: "異動により関係が終わった" } as const;
    await expect(proposeEnd(one(), { ...end, to: civilDate("2026-03-31") })).rejects.toMatchObject({
      code: "proposalInvalid",
    });
    await proposeEnd(one(), end);
    await proposeEnd(one(), end);
    await answer();
    // The other proposal is moot now.
    await expect(answer()).rejects.toMatchObject({ code: "proposalMoot" });
    await answer(false);
    expect(await open(denied)).toBe("notFound");
    await shiftClock(database.pool, "1 day");
    const next = await signIn(database.pool, { staffId: "kin.en2", roles: ["clerk"] });
    expect(await open(next)).toBe("open");
    const again = await database.pool.query<{ denied: boolean }>(
      "SELECT EXISTS (SELECT FROM access.denied_person WHERE staff_id = 'kin.en' AND (valid_to IS NULL OR valid_to >= identity.today())) AS denied",
    );
    expect(again.rows[0]?.denied).toBe(false);
    await shiftClock(database.pool, "0 days");
  });

  it("says nothing about whether such a person exists; refuses staff that is not registered and a term that ends before it begins", async () => {
    const nobody = 999_999_999_999_998;
    const asked = { staffId: "kin.en", addresseeNumber: nobody, from, reason: "届け出のあった人" };
    await expect(proposeDenial(one(), asked)).resolves.toBeGreaterThan(0);
    await answer();
    await expect(proposeDenial(one(), { ...asked, staffId: "dare.mo" })).rejects.toMatchObject({
      code: "proposalInvalid",
    });
    await expect(proposeDenial(one(), { ...asked, to: civilDate("2026-03-31") })).rejects.toMatchObject({
      code: "proposalInvalid",
    });
    await expect(proposeDenial(one(), { ...asked, addresseeNumber: 0 })).rejects.toMatchObject({
      code: "proposalInvalid",
    });
    await expect(proposeDenial(one(), { ...asked, reason: "短い" })).rejects.toMatchObject({ code: "proposalInvalid" });
  });

  it("the product itself writes neither a restriction nor a relation but through two people", async () => {
    for (const statement of [
      "INSERT INTO access.denied_person (staff_id, addressee_number, reason, valid_from, entered_by, approved_by) VALUES ('kin.en', 1, 'x', '2026-04-01', 'a', 'b')",
      "INSERT INTO access.staff_relation (staff_id, addressee_number, relation, valid_from, entered_by, approved_by) VALUES ('kin.en', 1, 'self', '2026-04-01', 'a', 'b')",
      "UPDATE access.denied_person SET valid_to = '2026-04-02'",
      "DELETE FROM access.denied_person",
      "UPDATE access.proposal SET content = '{}'",
      "DELETE FROM access.proposal_answer",
    ]) {
      const tried = serializable(database.pool, async (client) => {
        await withRole(client, "hagukumi_allowance");
        await client.query(statement);
      });
      await expect(tried, statement).rejects.toMatchObject({ code: "42501" });
    }
  });
});

describe("職員との関係", () => {
  it("stops nobody from looking, and names whom the review of the log asks about", async () => {
    const self = await signIn(database.pool, { staffId: "ka.zoku", roles: ["clerk"] });
    await expect(
      proposeRelation(one(), { addresseeNumber: HANAKO, relation: "self", from, reason: "届出による" }),
    ).rejects.toMatchObject({ code: "proposalInvalid" });
    await expect(
      proposeRelation(one(), {
        staffId: "ka.zoku",
        addresseeNumber: HANAKO,
        relation: "watched",
        from,
        reason: "届出による",
      }),
    ).rejects.toMatchObject({ code: "proposalInvalid" });
    await proposeRelation(one(), {
      staffId: "ka.zoku",
      addresseeNumber: HANAKO,
      relation: "family",
      from,
      reason: "届出による",
    });
    await answer();
    await proposeRelation(one(), { addresseeNumber: HANAKO, relation: "watched", from, reason: "報道された事案" });
    await answer();
    expect((await readRestrictions(database.pool)).relations).toMatchObject([
      { staffId: null, relation: "watched", approvedBy: "shonin.ni" },
      { staffId: "ka.zoku", relation: "family", enteredBy: "kacho.ichi" },
    ]);
    expect(await open(self)).toBe("open");
    const [relation] = (await readRestrictions(database.pool)).relations;
    const restrictionId = relation?.restrictionId ?? 0;
    await proposeEnd(one(), {
      kind: "endRelation",
      restrictionId,
      to: civilDate("2026-12-31"),
      reason: "期間を定めた",
    });
    await answer();
    expect((await readRestrictions(database.pool)).relations[0]?.validTo).toBe("2026-12-31");
  });
});
