/** 年齢到達 where it is not plain: rights that ended, holds, undecided papers, limits of study abroad, short stays, letters of March. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { Context } from "../../src/context.ts";
import { examineAll } from "../../src/claims/examine.ts";
import { approveAll } from "../../src/decisions/decide.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { placeHold } from "../../src/holds/holds.ts";
import type { MassItemRow } from "../../src/mass-work/read-items.ts";
import { milestoneForecast } from "../../src/milestones/forecast.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { month } from "@hagukumi/law/contract.ts";
import { claimedFamily, COUNTED, type Member } from "../support/claimed-families.ts";
import { decisionsOf, onDay } from "../support/families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claimChild, furtherClaim, number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { listOf, looked, write } from "../support/mass-runs.ts";

const database = useDatabase();
const dir = testFolder();
const at = (operator: string, today = "2026-11-10"): Context => onDay(testContext(database, dir, operator), today);
const crew = (today?: string) => ({ maker: at("staff.ito", today), approver: at("staff.sato", today) });

const family = async (base: number, ...members: readonly Member[]): Promise<number> =>
  await claimedFamily(crew(), base, members);

const about = (items: readonly MassItemRow[], recipientId: number): readonly MassItemRow[] =>
  items.filter((item) => item.recipientId === recipientId);

const movesOut = (number: number, on: string) =>
  resident(number, "1985-01-01", { 履歴番号: "2", 住民状態: "2", 異動年月日: on, 異動事由コード: "20" });

/** Third birthday on 2026-11-20: 15,000 until November, 10,000 from December. */
const THREE: Member = ["2023-11-20"];

beforeAll(async () => await prepare(database.pool));

describe("a right that ended", () => {
  it("[A67] is named with its end and not touched; nobody is told anything", async () => {
    const gone = await family(600_100, THREE);
    await bring(at("staff.ito"), { residents: [movesOut(600_100, "2026-10-15")] });
    await reexamine(at("staff.ito"), { recipients: [gone] });
    await approveReexamined(at("staff.sato"), { recipients: [gone] });
    // 下書き: an undecided increase for a further child of the second family
    const draft = await family(600_200, THREE);
    await bring(at("staff.ito"), {
      residents: [resident(600_202, "2026-11-01")],
      claims: [furtherClaim(600_201, 600_200, "2026-11-05", { 請求事由: "birth", 事由発生年月日: "2026-11-01" })],
      claimChildren: [claimChild(600_201, 600_202, 2)],
    });
    // 差止: the right goes on, so the amount is decided all the same, and the line says that nothing is paid meanwhile.
    const held = await family(600_300, THREE);
    await placeHold(at("staff.ito"), {
      recipientId: held,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "居所が分からない",
    });
    // 影響なし: the third child is paid 30,000 at any age (14 and 12 years old before it).
    const third = await family(600_400, ["2012-05-05"], ["2014-05-05"], THREE);

    const { run, items } = await listOf(crew(), "ageMilestones", { month: "2026-11" });
    expect(about(items, gone)).toMatchObject([
      {
        outcome: "noChange",
        kind: "turnedThree",
        reason: expect.stringContaining("資格は終わっています（2026-10分まで）"),
      },
    ]);
    expect(about(items, draft)).toMatchObject([
      { outcome: "cannot", kind: "turnedThree", reason: expect.stringContaining("未決裁の受付 600201") },
    ]);
    expect(about(items, held)).toMatchObject([
      {
        outcome: "change",
        yenBefore: 15_000,
        yenAfter: 10_000,
        reason: expect.stringContaining("【支払は差止・保留中】"),
      },
    ]);
    expect(about(items, third)).toMatchObject([
      // 10,000 + 10,000 + 30,000 before and after
      { outcome: "noChange", yenBefore: 50_000, yenAfter: 50_000, reason: expect.stringContaining("額は変わりません") },
    ]);
    await write(crew(), run);
    expect((await decisionsOf(database.pool, gone)).at(-1)).toMatchObject({ kind: "extinguish", month: "2026-11" });
    expect(await decisionsOf(database.pool, draft)).toHaveLength(1);
    expect((await decisionsOf(database.pool, held)).at(-1)).toMatchObject({
      kind: "decrease",
      month: "2026-12",
      total: 10_000,
    });
    const { rows } = await database.pool.query(
      "SELECT addressee_number AS to FROM allowance.case_notice WHERE mass_run_no = $1",
      [run.runNo],
    );
    expect(rows).toEqual([{ to: 600_300 }]);

    // The undecided claim is decided: its own decision of December has the third birthday in it, so nothing is left for a batch.
    await examineAll(at("staff.ito"));
    await approveAll(at("staff.sato"));
    // 10,000 for the child that turned three, 15,000 for the newborn
    expect((await decisionsOf(database.pool, draft)).at(-1)).toMatchObject({ month: "2026-12", total: 25_000 });
    const next = await looked(crew(), "ageMilestones", { month: "2026-11" });
    expect(next.map(({ outcome }) => outcome)).toEqual(["noChange", "noChange", "noChange", "noChange"]);
    expect(about(next, draft)).toMatchObject([
      { reason: expect.stringContaining("もう決定されています（2026-12分から") },
    ]);
  });

  it("[I-10][A53] an end that is entered between the list and the writing is not revived, and nothing is paid to it", async () => {
    const recipient = await family(601_100, THREE);
    const { run, items } = await listOf(crew(), "ageMilestones", { month: "2026-11" });
    expect(about(items, recipient)).toMatchObject([{ outcome: "change", yenBefore: 15_000, yenAfter: 10_000 }]);
    // 消滅 with the month of October, decided while the list waits for its approval
    await bring(at("staff.ito"), { residents: [movesOut(601_100, "2026-09-30")] });
    await reexamine(at("staff.ito"), { recipients: [recipient] });
    await approveReexamined(at("staff.sato"), { recipients: [recipient] });
    const before = await decisionsOf(database.pool, recipient);
    expect(before.at(-1)).toMatchObject({ kind: "extinguish", month: "2026-10" });

    const done = await write(crew(), run);
    expect(done).toMatchObject({ state: "done", changed: 1 });
    expect(await decisionsOf(database.pool, recipient)).toEqual(before);
    // Should a batch try it nevertheless, the database refuses (M25).
    await expect(
      database.pool.query(
        `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
         SELECT recipient_id, seq + 1, 'increase', '2026-12-01', 'reform', true, 'batch', facts_digest, rule_version, decided_on, examined_by, approved_by
         FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq DESC LIMIT 1`,
        [recipient],
      ),
    ).rejects.toMatchObject({ constraint: "decision_terminal" });
    // Ended cases that pay: none. The payment of December takes October and November; this right ended with September.
    await createRun(at("staff.ito", "2026-11-24"), { key: "i10", paymentMonth: "2026-12", kind: "regular" });
    const { rows } = await database.pool.query<{ ended: number; own: number }>(
      `SELECT count(*) FILTER (WHERE w.ended_from <= '2026-10-01')::int AS ended, count(*) FILTER (WHERE l.recipient_id = $1)::int AS own
       FROM allowance.run_line l JOIN allowance.recipient_window w USING (recipient_id) JOIN allowance.run_item i USING (run_no, line_no)
       WHERE i.benefit_month >= '2026-10-01'`,
      [recipient],
    );
    expect(rows).toEqual([{ ended: 0, own: 0 }]);
  });
});

describe("what is not only age", () => {
  it("stays with a person where the case differs from the record in something else", async () => {
    const recipient = await family(602_100, THREE, ["2026-01-10"]);
    await bring(at("staff.ito"), {
      statusPeriods: [
        {
          区分: "careEnd",
          宛名番号: number15(602_102),
          相手宛名番号: number15(602_100),
          開始年月日: "2026-10-05",
          短期: "0",
          留学: "0",
        },
      ],
    });
    const items = await looked(crew(), "ageMilestones", { month: "2026-11" });
    expect(about(items, recipient)).toMatchObject([
      { outcome: "cannot", reason: expect.stringContaining("年齢到達のほかに、決定と台帳の食い違いがあります") },
    ]);
  });

  it("a study abroad ends after three years, of a counted person after four; a short stay that goes on is an alarm", async () => {
    // Left on 2024-01-15: the third year is over on 2027-01-14, paid through January 2027.
    const child = await family(603_100, ["2012-05-05"], ["2015-05-05"]);
    const counted = await family(603_200, ["2006-05-05", COUNTED], ["2012-05-05"], ["2014-05-05"]);
    const stay = await family(603_300, ["2014-05-05"]);
    const abroad = { 区分: "abroad", 短期: "0", 留学: "1" };
    await bring(at("staff.ito"), {
      statusPeriods: [
        { ...abroad, 宛名番号: number15(603_101), 開始年月日: "2024-01-15", 国内居住開始年月日: "2012-05-05" },
        // Four years from 2023-01-20: 2027-01-19
        { ...abroad, 宛名番号: number15(603_201), 開始年月日: "2023-01-20", 国内居住開始年月日: "2006-05-05" },
        { 区分: "institution", 宛名番号: number15(603_301), 開始年月日: "2026-11-20", 短期: "1", 留学: "0" },
      ],
    });
    for (const recipients of [[child], [counted], [stay]]) {
      await reexamine(at("staff.ito"), { recipients });
      await approveReexamined(at("staff.sato"), { recipients });
    }
    const items = await looked(crew("2027-01-10"), "ageMilestones", { month: "2027-01" });
    expect(about(items, child)).toMatchObject([
      // 10,000 + 10,000 → 10,000
      { outcome: "change", kind: "studyAbroadLimit", yenBefore: 20_000, yenAfter: 10_000, effectiveMonth: "2027-02" },
    ]);
    expect(about(items, counted)).toMatchObject([
      // Third of three: 10,000 + 30,000 → 10,000 + 10,000
      { outcome: "change", kind: "studyAbroadLimit", yenBefore: 40_000, yenAfter: 20_000, effectiveMonth: "2027-02" },
    ]);
    expect(about(items, stay)).toMatchObject([{ outcome: "cannot", kind: "shortStayOver" }]);
  });
});

describe("looking ahead", () => {
  it("[A65] a month and a year are extracted: 3 years, 18 and 22 school years, planned graduation; then the list, then the decisions", async () => {
    const three = await family(604_100, ["2024-03-31"]);
    const eighteen = await family(604_200, ["2009-04-01"], ["2012-05-05"]);
    // 22歳年度末 2027-03 (born 2005-04-01 or before), graduation 2026-12
    const student = await family(
      604_300,
      ["2005-04-01", COUNTED],
      ["2006-05-05", { ...COUNTED, 卒業予定年月: "2026-12" }],
      ["2014-05-05"],
    );
    const ours = new Set([three, eighteen, student]);
    const year = await milestoneForecast(database.pool, month("2026-11"), 12);
    const found = year.events
      .filter(({ recipientId }) => ours.has(recipientId))
      .map(({ recipientId, child, kind, on }) => [recipientId, child, kind, on]);
    expect(found).toEqual([
      [three, 604_101, "turnedThree", "2027-03-30"],
      // Born on 1 April: attains 18 on 31 March 2027
      [eighteen, 604_201, "fiscalYearEnd18", "2027-03-31"],
      [student, 604_302, "graduated", "2026-12-31"],
      [student, 604_301, "fiscalYearEnd22", "2027-03-31"],
    ]);
    const march = await milestoneForecast(database.pool, month("2027-03"), 1);
    expect(march.counts.map(({ month: of }) => of)).toEqual(march.counts.map(() => "2027-03"));
    for (const { kind, recipients } of march.counts) {
      const same = year.counts.find((each) => each.month === "2027-03" && each.kind === kind);
      expect(same).toMatchObject({ recipients });
    }
    // December: with the student 1st and 2nd place are taken, the child of 2014 has 30,000; afterwards 10,000.
    const { run, items } = await listOf(crew("2026-12-10"), "ageMilestones", { month: "2026-12" });
    expect(about(items, student)).toMatchObject([
      { outcome: "change", kind: "graduated", yenBefore: 30_000, yenAfter: 10_000, effectiveMonth: "2027-01" },
    ]);
    await write(crew("2026-12-10"), run);
    expect((await decisionsOf(database.pool, student)).at(-1)).toMatchObject({
      kind: "decrease",
      month: "2027-01",
      cause: "supportEnded",
    });
  });

  it("[A68] in March those are asked whose amount depends on an 18-year-old, and nobody else; nobody twice", async () => {
    // Two younger children: with the 18-year-old counted, the youngest is the third (30,000 instead of 10,000).
    const depends = await family(605_100, ["2009-03-31"], ["2012-05-05"], ["2014-05-05"]);
    // One younger child: second place or first, 10,000 either way.
    const alone = await family(605_200, ["2009-03-31"], ["2012-05-05"]);
    // Born on 2 April: a year later.
    const later = await family(605_300, ["2009-04-02"], ["2012-05-05"], ["2014-05-05"]);
    // Already confirmed: the claim names the person as supported from April on.
    const confirmed = await family(605_400, ["2009-03-31"], ["2012-05-05"], ["2014-05-05"]);
    const cause = { 請求種別: "supportConfirmation", 請求事由: "becameUniversityAge", 事由発生年月日: "2027-04-01" };
    await bring(at("staff.ito"), {
      claims: [furtherClaim(605_401, 605_400, "2027-02-20", cause)],
      claimChildren: [claimChild(605_401, 605_401, 1, { 区分: "counted", 負担開始年月日: "2027-04-01" })],
    });
    await examineAll(at("staff.ito", "2027-02-21"));
    await approveAll(at("staff.sato", "2027-02-22"));
    const crewOfMarch = crew("2027-03-02");
    const { run, items } = await listOf(crewOfMarch, "supportInvitations", { month: "2027-03" });
    expect(about(items, depends)).toMatchObject([
      // Without: 10,000 + 10,000; with: 10,000 (2nd) + 30,000 (3rd)
      { outcome: "change", kind: "invited", yenBefore: 20_000, yenAfter: 40_000, effectiveMonth: "2027-04" },
    ]);
    expect(about(items, alone)).toMatchObject([{ outcome: "noChange", kind: "noEffect" }]);
    expect(about(items, later)).toEqual([]);
    expect(about(items, confirmed)).toMatchObject([{ outcome: "noChange", kind: "confirmed" }]);
    await write(crewOfMarch, run);
    const { rows } = await database.pool.query(
      "SELECT addressee_number AS to, facts FROM allowance.case_notice WHERE kind = 'supportConfirmationInvited' AND addressee_number BETWEEN 605000 AND 605999",
    );
    expect(rows).toEqual([
      {
        to: 605_100,
        facts: {
          recipientId: depends,
          child: 605_101,
          month: "2027-03",
          fromMonth: "2027-04",
          // 1 April + 15 days; 16 April 2027 is a Friday
          dueOn: "2027-04-16",
          monthlyWithout: 20_000,
          monthlyWith: 40_000,
        },
      },
    ]);
    const again = await listOf(crewOfMarch, "supportInvitations", { month: "2027-03" });
    expect(again.run.list).toMatchObject({ change: 0 });
    await expect(listOf(crewOfMarch, "supportInvitations", { month: "2027-04" })).rejects.toMatchObject({
      code: "massParametersInvalid",
    });
  });
});
