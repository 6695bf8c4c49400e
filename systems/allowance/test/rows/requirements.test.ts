/** Requirements of a claim that the office judges by facts of its own: residence, the two facts of a counted sibling, the 15-day ground. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { confirmEntry, addEntry, reviseEntry } from "../../src/case-file/write-entry.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { cancelAndDecideAgain } from "../../src/filings/correct.ts";
import { previewFiling } from "../../src/filings/panel.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, decisionsOf, onDay, recipientIdOf } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

const stopsOf = ({ proposal }: Awaited<ReturnType<typeof examined>>): string[] =>
  proposal.differences.filter(({ weight }) => weight === "stop").map(({ item }) => item);

/** Somebody whose 住民票 has left the city. */
const gone = (number: number, on: string) =>
  resident(number, "1990-01-01", { 履歴番号: "2", 住民状態: "2", 異動年月日: on, 異動事由コード: "20" });

/** What the law decides on that day and nobody has decided, decided by two people. */
async function monthly(recipientId: number, day: string): Promise<void> {
  await reexamine(onDay(clerk, day), { recipients: [recipientId] });
  await approveReexamined(onDay(approver, day), { recipients: [recipientId] });
}

describe("residence", () => {
  it("[A41] is asked for at the claim and in each month; who has fled or lives in a home is recognised without a 住民票 while two people have confirmed it", async () => {
    // At the claim: 住民票 elsewhere since 2026-09-15.
    const born = "2026-10-05";
    const people = [84_001, 84_011, 84_021];
    await bring(clerk, {
      residents: people.flatMap((number) => [resident(number, "1990-01-01"), resident(number + 1, born)]),
    });
    await bring(clerk, { residents: people.map((number) => gone(number, "2026-09-15")) });
    const refused = await examined(clerk, birthClaim(84_001, 84_002, born, "2026-10-12"));
    expect([refused.proposal.outcome, stopsOf(refused)]).toEqual(["refuse", ["claimant.residence"]]);
    await approveFiling(approver, { filingId: refused.filingId, digest: refused.digest });
    expect(await recipientIdOf(database.pool, 84_001)).toBe(0);

    // DV and a home: the same claim with what shows where the person lives.
    for (const [number, ground] of [
      [84_011, "violence"],
      [84_021, "facility"],
    ] as const) {
      const residence = { ground, since: "2026-09-20", evidence: "架空の証明書" };
      const late = { ...residence, since: "2026-11-01" };
      const early = await previewFiling(clerk, birthClaim(number, number + 1, born, "2026-10-12", { residence: late }));
      expect(early.proposal?.outcome, ground).toBe("refuse");
      const seen = await examined(clerk, birthClaim(number, number + 1, born, "2026-10-12", { residence }));
      expect(seen.proposal.outcome, ground).toBe("grant");
      expect(seen.proposal.differences).toContainEqual(
        expect.objectContaining({ item: "claimant.residenceException", weight: "look" }),
      );
      await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
      const recipientId = await recipientIdOf(database.pool, number);
      expect(await decisionsOf(database.pool, recipientId)).toMatchObject([{ kind: "certify", month: "2026-11" }]);
      // Month by month nothing changes while it lasts.
      await monthly(recipientId, "2027-03-10");
      expect(await decisionsOf(database.pool, recipientId)).toHaveLength(1);
    }

    // Its end, entered by one and confirmed by another: that month is the last.
    const shelter = await recipientIdOf(database.pool, 84_011);
    const { rows } = await database.pool.query<{ id: number; by: string; confirmed: string }>(
      `SELECT e.entry_id AS id, e.entered_by AS by, c.confirmed_by AS confirmed FROM allowance.residence_exception e
       JOIN allowance.entry_confirmation c USING (entry_id, revision) WHERE e.addressee_number = 84011`,
    );
    expect(rows).toEqual([{ id: expect.any(Number), by: "staff.ito", confirmed: "staff.sato" }]);
    const entryId = rows[0]?.id ?? 0;
    const ended = await reviseEntry(clerk, "residenceException", {
      entryId,
      revision: 1,
      reason: "架空の市へ移った",
      validTo: "2027-02-20",
    });
    await monthly(shelter, "2027-03-11");
    expect(await decisionsOf(database.pool, shelter)).toHaveLength(1);
    await expect(confirmEntry(clerk, "residenceException", ended)).rejects.toMatchObject({ code: "samePerson" });
    await confirmEntry(approver, "residenceException", ended);
    await monthly(shelter, "2027-03-12");
    expect((await decisionsOf(database.pool, shelter)).at(-1)).toMatchObject({ kind: "extinguish", month: "2027-03" });

    // Each month, of an ordinary recipient: the 住民票 leaves on 2026-12-10, December is the last month.
    const ordinary = await certifiedFamily(clerks, 84_031, ["2016-05-10"]);
    await monthly(ordinary, "2026-12-01");
    expect(await decisionsOf(database.pool, ordinary)).toHaveLength(1);
    await bring(clerk, { residents: [gone(84_031, "2026-12-10")] });
    await monthly(ordinary, "2027-01-05");
    expect((await decisionsOf(database.pool, ordinary)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2027-01",
      cause: "movedOut",
    });

    // A certification that is taken back takes its exception with it.
    const home = await database.pool.query<{ id: number }>(
      "SELECT filing_id AS id FROM allowance.claim WHERE claimant_number = 84021",
    );
    const back = await cancelAndDecideAgain(clerk, {
      filingId: home.rows[0]?.id ?? 0,
      reason: "別の人の請求",
      withoutNew: true,
    });
    await approveFiling(approver, { filingId: back.filingId, digest: back.digest });
    const left = await database.pool.query(
      "SELECT FROM allowance.residence_exception_confirmed WHERE addressee_number = 84021",
    );
    expect(left.rowCount).toBe(0);
  });
});

const SIBLING = "2007-06-01";

const withSibling = (sibling: Record<string, unknown>) =>
  form("certificationIndividual", "2026-05-20", {
    ...birthClaim(84_100, 84_102, "2026-05-20", "2026-05-20").content,
    cause: "other",
    children: [
      { number: 84_101, role: "counted", ...sibling },
      { number: 84_102, role: "child" },
      { number: 84_103, role: "child" },
    ],
  });

describe("the counted sibling", () => {
  it("[A206] is counted on the days on which care and cost both hold, each a fact with its days, and never while the exclusion list applies", async () => {
    const family = { 世帯番号: number15(84_100) };
    const born = [SIBLING, "2014-05-10", "2020-05-10"];
    await bring(clerk, {
      residents: [
        resident(84_100, "1980-01-01", family),
        ...born.map((day, index) => resident(84_101 + index, day, family)),
      ],
    });
    const early = { clerk: onDay(clerk, "2026-05-25"), approver: onDay(approver, "2026-05-26") };
    // The exclusion list: 措置の延長, 児童自立生活援助, a household of siblings in a home.
    for (const exclusion of ["extendedPlacement", "selfReliance", "siblingHousehold"]) {
      const found = await previewFiling(early.clerk, withSibling({ exclusion }));
      expect(found.stops, exclusion).toEqual([expect.stringContaining("算定対象から除かれる人です")]);
    }
    expect(
      (await previewFiling(early.clerk, withSibling({ costFrom: "2026-08-10", costTo: "2026-08-01" }))).problems,
    ).toHaveLength(1);

    // Care since 1 April alone is not enough: the cost is borne only from 10 August. 10,000 + 10,000 = 20,000.
    await decided(early.clerk, early.approver, withSibling({ supportFrom: "2026-04-01", costFrom: "2026-08-10" }));
    const recipientId = await recipientIdOf(database.pool, 84_100);
    await monthly(recipientId, "2026-09-01");
    expect(await decisionsOf(database.pool, recipientId)).toMatchObject([
      { kind: "certify", month: "2026-06", total: 20_000 },
    ]);
    // 確認書 of 5 September, when both hold: counted from October, the children are second and third: 10,000 + 30,000 = 40,000.
    const days = { supportFrom: "2026-04-01", costFrom: "2026-08-10" };
    const both = form("increase", "2026-09-05", {
      claimant: 84_100,
      recipientId,
      cause: "other",
      children: [{ number: 84_101, role: "counted", ...days }],
    });
    await decided(onDay(clerk, "2026-09-07"), onDay(approver, "2026-09-08"), both);
    const stored = await database.pool.query(
      "SELECT support_from::text AS care, cost_from::text AS cost FROM allowance.claim_child WHERE child_number = 84101 ORDER BY claim_id DESC LIMIT 1",
    );
    expect(stored.rows).toEqual([{ care: "2026-04-01", cost: "2026-08-10" }]);
    // The cost ends on 20 December, the care goes on: December is the last month.
    const cost = { cause: "supportEnded", child: 84_101, on: "2026-12-20", ended: "cost" };
    const end = form("decrease", "2026-12-22", { claimant: 84_100, recipientId, events: [cost] });
    await decided(onDay(clerk, "2026-12-23"), onDay(approver, "2026-12-24"), end);
    expect(await decisionsOf(database.pool, recipientId)).toMatchObject([
      { kind: "certify", month: "2026-06", total: 20_000 },
      { kind: "increase", month: "2026-10", total: 40_000 },
      { kind: "decrease", month: "2027-01", total: 20_000, cause: "supportEnded" },
    ]);

    // The case file keeps both facts and the exclusion, with the dates; a confirmed exclusion stops the next 確認書.
    const confirmation = form("increase", "2027-01-10", {
      claimant: 84_100,
      recipientId,
      cause: "other",
      children: [{ number: 84_101, role: "counted", supportFrom: "2027-01-05", costFrom: "2027-01-05" }],
    });
    const later = onDay(clerk, "2027-01-10");
    expect((await previewFiling(later, confirmation)).stops).toEqual([]);
    const entry = await addEntry(clerk, "countedSibling", {
      addresseeNumber: 84_100,
      validFrom: "2027-01-01",
      content: {
        siblingNumber: 84_101,
        relation: "20",
        statementReceivedOn: "2027-01-10",
        careFrom: "2026-04-01",
        costFrom: "2026-08-10",
        situation: "other",
        exclusion: "extendedPlacement",
      },
    });
    expect((await previewFiling(later, confirmation)).stops).toEqual([]);
    await confirmEntry(approver, "countedSibling", entry);
    expect((await previewFiling(later, confirmation)).stops).toEqual([expect.stringContaining("延長者")]);
  });
});

const october = (number: number, receivedOn: string, more: Record<string, unknown> = {}) =>
  birthClaim(number, number + 1, "2026-10-25", receivedOn, more);

describe("the 15-day rule", () => {
  it("[A212] where it gives the first month the claim keeps the ground, which reason it was, and what showed it", async () => {
    const residents = [84_200, 84_210, 84_220, 84_230, 84_240].flatMap((number) => [
      resident(number, "1990-01-01"),
      resident(number + 1, "2026-10-25"),
    ]);
    await bring(clerk, { residents });
    // An obstacle without saying which, a reason without evidence, a change of address that was none.
    const obstacle = { obstacleEndedOn: "2026-11-12" };
    for (const more of [
      obstacle,
      { ...obstacle, ruleGround: { kind: "unavoidable", evidence: "診断書" } },
      { ...obstacle, ruleGround: { kind: "unavoidable", reason: "illness", evidence: " " } },
      { ...obstacle, ruleGround: { kind: "addressChange", evidence: "住民票" } },
      { ruleGround: { kind: "unavoidable", reason: "unknown", evidence: "診断書" } },
    ]) {
      const { problems } = await previewFiling(clerk, october(84_220, "2026-11-20", more));
      expect(problems.length, JSON.stringify(more)).toBeGreaterThan(0);
    }
    const moved = await previewFiling(
      clerk,
      october(84_220, "2026-11-06", { ruleGround: { kind: "addressChange", evidence: "住民票" } }),
    );
    expect(moved.stops).toEqual([expect.stringContaining("根拠が「住所の変更」ですが")]);

    // Birth, in time by the register; in the month of the birth and late, where the rule gives nothing.
    await decided(clerk, approver, october(84_200, "2026-11-06"));
    await decided(clerk, approver, october(84_210, "2026-10-28"));
    await decided(clerk, approver, october(84_230, "2026-11-20"));
    // Ill until 12 November, + 15 = 27 November.
    const illness = { kind: "unavoidable", reason: "illness", evidence: "架空病院の診断書" };
    const seen = await examined(clerk, october(84_220, "2026-11-20", { ...obstacle, ruleGround: illness }));
    expect(seen.proposal.reasons).toContain(
      "15日の特例の根拠はやむを得ない理由（病気・けが）です（児童手当法8条3項）。確かめた資料: 架空病院の診断書",
    );
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    // Moved in on the planned day 2026-10-25: the other ground.
    await decided(clerk, approver, october(84_240, "2026-11-06", { cause: "moveIn" }));
    const { rows } = await database.pool.query(
      `SELECT c.claimant_number AS number, to_char(d.effective_month, 'YYYY-MM') AS month, g.ground, v.code, g.evidence, g.base_on::text AS base,
              g.last_day::text AS last, g.entered_by AS by, g.approved_by AS approved
       FROM allowance.claim c JOIN allowance.decision d USING (claim_id) LEFT JOIN allowance.claim_ground g USING (claim_id)
       LEFT JOIN allowance.code_last v ON v.domain = 'unavoidableReason' AND v.identifier = g.reason
       WHERE c.claimant_number BETWEEN 84200 AND 84299 ORDER BY 1`,
    );
    const none = { ground: null, code: null, evidence: null, base: null, last: null, by: null, approved: null };
    const people = { by: "staff.ito", approved: "staff.sato" };
    // 25 October + 15 = 9 November, a Monday.
    expect(rows).toEqual([
      {
        number: 84_200,
        month: "2026-11",
        ground: "unavoidable",
        code: "01",
        evidence: "住民基本台帳の出生の記載",
        base: "2026-10-25",
        last: "2026-11-09",
        ...people,
      },
      { number: 84_210, month: "2026-11", ...none },
      {
        number: 84_220,
        month: "2026-11",
        ground: "unavoidable",
        code: "22",
        evidence: "架空病院の診断書",
        base: "2026-11-12",
        last: "2026-11-27",
        ...people,
      },
      { number: 84_230, month: "2026-12", ...none },
      {
        number: 84_240,
        month: "2026-11",
        ground: "addressChange",
        code: null,
        evidence: "住民基本台帳の転入の記載と転出証明書情報",
        base: "2026-10-25",
        last: "2026-11-09",
        ...people,
      },
    ]);
    // The database keeps to it: a reason to each unavoidable ground, never one to the other, and two people.
    for (const [values, constraint] of [
      ["'unavoidable', NULL, 'x', '2026-10-25', '2026-11-09', 'a.a', 'b.b'", "claim_ground_reason"],
      ["'addressChange', 'birth', 'x', '2026-10-25', '2026-11-09', 'a.a', 'b.b'", "claim_ground_reason"],
      ["'addressChange', NULL, 'x', '2026-10-25', '2026-11-09', 'a.a', 'a.a'", "claim_ground_two_people"],
      ["'addressChange', NULL, '', '2026-10-25', '2026-11-09', 'a.a', 'b.b'", "claim_ground_evidence_check"],
    ] as const) {
      const insert = database.pool.query(
        `INSERT INTO allowance.claim_ground (claim_id, ground, reason, evidence, base_on, last_day, entered_by, approved_by)
         SELECT claim_id, ${values} FROM allowance.claim WHERE claimant_number = 84210`,
      );
      await expect(insert, values).rejects.toMatchObject({ constraint });
    }
  });
});
