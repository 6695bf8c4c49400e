/** Holds of one child, and the two-year clock from the first warning to the decision. The arithmetic stands above each amount. */
import { join } from "node:path";

import { civilDate, month } from "@hagukumi/law/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase, type TestDatabase, useDatabase } from "../../../../platform/test/support/cluster.ts";
import { answerRequest, putRequest, waitingRequests } from "../../src/decision-requests/requests.ts";
import { listChildHolds, placeChildHold, releaseChildHold } from "../../src/holds/child-holds.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { lapsesOf } from "../../src/holds/lapse-cancellation.ts";
import { limitationWarnings, recordLimitationEvent } from "../../src/holds/limitation.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { type LetterContent, letterText } from "../../src/notices/content/letter.ts";
import { createLetterRun } from "../../src/notices/runs/create-run.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, type Family, MAKER, seedCases } from "../support/cases.ts";
import { testFolder } from "../support/context.ts";
import { resident, writeDelivery } from "../support/feeds.ts";
import { runMass } from "../support/reviews.ts";
import { advance, create } from "../support/runs.ts";

const folder = testFolder();
const twoChildren: Family = {
  recipient: 900000000003100,
  children: [
    { id: 900000000003101, birthDate: "2016-05-01" },
    { id: 900000000003102, birthDate: "2024-05-01" },
  ],
};
const oneChild: Family = { recipient: 900000000003200, children: [{ id: 900000000003201, birthDate: "2017-05-01" }] };

async function named(database: Pick<TestDatabase, "pool">, family: Family): Promise<void> {
  for (const [index, { id }] of family.children.entries()) {
    await database.pool.query(
      `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
       SELECT claim_id, $2, 'child', '20', $3 FROM allowance.claim WHERE claimant_number = $1`,
      [family.recipient, id, index + 1],
    );
  }
  await database.pool.query(
    `INSERT INTO allowance.approval (claim_id, seq, examined_by, outcome, approved_by, decided_on)
     SELECT e.claim_id, e.seq, e.examined_by, e.outcome, 'kessai.hanako', '2024-10-01' FROM allowance.examination e
     JOIN allowance.claim c USING (claim_id) WHERE c.claimant_number = $1`,
    [family.recipient],
  );
}

async function examinedClaims(database: Pick<TestDatabase, "pool">): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.examination (claim_id, seq, outcome, facts_digest, rule_version, proposal, examined_by)
     SELECT d.claim_id, 1, 'grant', d.facts_digest, 'test', '{}', 'shinsa.ichiro' FROM allowance.decision d WHERE d.kind = 'certify'`,
  );
}

describe("差止 of one child", () => {
  const database = useDatabase();
  let recipientId = 0;
  const maker = () => contextOf(database.pool, MAKER);

  beforeAll(async () => {
    [recipientId = 0] = await seedCases(database.pool, [twoChildren, oneChild]);
    await examinedClaims(database);
    await named(database, twoChildren);
  });

  const hold = () => ({
    recipientId,
    childNumber: 900000000003101,
    fromMonth: month("2026-11"),
    causeCode: "documentMissing",
    cause: "児童の在学の書類が届いていない",
  });

  it("is refused for somebody else's child, without a reason, and for a cause that the code table does not have", async () => {
    await expect(placeChildHold(maker(), { ...hold(), childNumber: 900000000003201 })).rejects.toMatchObject({
      code: "holdInvalid",
    });
    await expect(placeChildHold(maker(), { ...hold(), cause: " " })).rejects.toMatchObject({ code: "holdInvalid" });
    await expect(placeChildHold(maker(), { ...hold(), causeCode: "mood" })).rejects.toMatchObject({
      code: "codeUnknown",
    });
    expect(await listChildHolds(database.pool)).toEqual([]);
  });

  it("[A108] keeps that child's months out from the start month by cause, pays the others, stops a run made before, and pays all at once after the release", async () => {
    const before = await create(database.pool);
    // 10,000 + 15,000 = 25,000 × 2 and 10,000 × 2
    expect(before.lines.total).toBe(70_000);
    await advance(database.pool, before.runNo, "approved");
    const childHold = await placeChildHold(maker(), hold());
    await expect(advance(database.pool, before.runNo, "frozen")).rejects.toMatchObject({ code: expect.any(String) });
    await cancelRun(maker(), { key: "cancel", runNo: before.runNo, reason: "差止のため" });

    const held = await create(database.pool);
    // The child of 2016 is out from November: 70,000 − 10,000
    expect(held.lines).toMatchObject({
      total: 60_000,
      exclusions: [{ recipientId, reason: "held", items: 1, amount: 10_000 }],
    });
    await cancelRun(maker(), { key: "cancel-2", runNo: held.runNo, reason: "続きの試験のため" });
    await expect(releaseChildHold(maker(), 999_999, "届いた")).rejects.toMatchObject({ code: "holdUnknown" });
    await releaseChildHold(contextOf(database.pool, APPROVER), childHold, "書類が届いた");
    await expect(releaseChildHold(maker(), childHold, "もう一度")).rejects.toMatchObject({ code: "holdReleased" });
    expect((await create(database.pool)).lines.total).toBe(70_000);
    expect((await verifyMoney({ pool: database.pool, calendar })).filter(({ violations }) => violations > 0)).toEqual(
      [],
    );
  });
});

describe("the two-year clock", () => {
  let database: TestDatabase;
  let recipientId = 0;

  beforeAll(async () => {
    database = await freshDatabase();
    [recipientId = 0] = await seedCases(database.pool, [twoChildren, oneChild]);
    await placeHold(contextOf(database.pool, MAKER), {
      recipientId,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "現況届が未提出",
      causeCode: "reportMissing",
    });
    const run = await create(database.pool);
    await cancelRun(contextOf(database.pool, MAKER), { key: "c", runNo: run.runNo, reason: "元帳に計上するため" });
  });
  afterAll(async () => await database.drop());

  const stages = async (today: string) =>
    (await limitationWarnings(database.pool, today)).filter((each) => each.recipientId === recipientId);

  it("[A82] warns after 12, 18 and 23 months, each on its day and not a day before, and names the day on which the right is lost", async () => {
    // October and November 2026 are payable in December 2026; the clock runs from 1 January 2027 to 1 January 2029.
    expect(await stages("2027-12-31")).toEqual([]);
    for (const [day, stage] of [
      ["2028-01-01", "12"],
      ["2028-06-30", "12"],
      ["2028-07-01", "18"],
      ["2028-11-30", "18"],
      ["2028-12-01", "23"],
      ["2028-12-31", "23"],
      ["2029-01-01", "past"],
    ] as const) {
      // 25,000 a month × 2
      expect(await stages(day), day).toMatchObject([
        { stage, fromMonth: "2026-10", months: 2, amount: 50_000, lostOn: "2029-01-01", why: "held" },
      ]);
    }
  });

  it("a request for review stops the clock until it has ended; an end that settles the right gives two new years; both are of two people", async () => {
    const filed = {
      recipientId,
      fromMonth: month("2026-10"),
      toMonth: month("2026-10"),
      kind: "requestFiled",
      happenedOn: civilDate("2028-12-20"),
      evidence: "審査請求書（架空 1 号）",
      enteredBy: MAKER,
    } as const;
    const checker = contextOf(database.pool, APPROVER, "2028-12-21");
    await expect(recordLimitationEvent(contextOf(database.pool, MAKER, "2028-12-21"), filed)).rejects.toMatchObject({
      code: "samePerson",
    });
    await expect(recordLimitationEvent(checker, { ...filed, evidence: "" })).rejects.toMatchObject({
      code: "limitationInvalid",
    });
    await recordLimitationEvent(checker, filed);
    const of = async (today: string) =>
      (await limitationWarnings(database.pool, today))
        .filter((each) => each.recipientId === recipientId)
        .map(({ fromMonth, stage, lostOn }) => [fromMonth, stage, lostOn]);
    // October is not lost while the request is open; November is.
    expect(await of("2029-01-01")).toEqual([["2026-11", "past", "2029-01-01"]]);
    await recordLimitationEvent(contextOf(database.pool, APPROVER, "2029-03-02"), {
      ...filed,
      kind: "requestDecided",
      happenedOn: civilDate("2029-03-01"),
      evidence: "裁決書（架空 2 号）",
    });
    expect(await of("2030-03-01")).toEqual([
      ["2026-11", "past", "2029-01-01"],
      ["2026-10", "12", "2031-03-01"],
    ]);
  });

  it("what has passed is never lost silently: it stays in the list until two people decide, with a notice; then it can't be paid, and the right stays", async () => {
    const clerks = {
      clerk: contextOf(database.pool, MAKER, "2029-01-05"),
      approver: contextOf(database.pool, APPROVER, "2029-01-05"),
    };
    const decisions = await database.pool.query("SELECT * FROM allowance.decision ORDER BY decision_id");
    // Both families' November (25,000 and 10,000): nothing was ever paid. October: 10,000 of the second; the first's waits.
    const done = await runMass(clerks, "limitationLapse", { month: "2029-01" });
    expect(done).toMatchObject({ state: "done", list: { change: 2 } });
    const { rows } = await database.pool.query(
      "SELECT recipient_id = $1 AS first, total::int AS total, item_count AS items, entered_by <> approved_by AS two FROM allowance.lapse ORDER BY lapse_id",
      [recipientId],
    );
    expect(rows).toEqual([
      { first: true, total: 25_000, items: 2, two: true },
      { first: false, total: 20_000, items: 2, two: true },
    ]);
    const notices = await database.pool.query(
      "SELECT kind, facts ->> 'amount' AS amount FROM allowance.review_notice ORDER BY 2",
    );
    expect(notices.rows).toEqual([
      { kind: "lapsed", amount: "20000" },
      { kind: "lapsed", amount: "25000" },
    ]);
    expect((await runMass(clerks, "limitationLapse", { month: "2029-02" })).list).toMatchObject({ change: 0 });
    expect((await database.pool.query("SELECT * FROM allowance.decision ORDER BY decision_id")).rows).toEqual(
      decisions.rows,
    );
    expect((await limitationWarnings(database.pool, "2029-01-06")).filter(({ stage }) => stage === "past")).toEqual([]);
    // The hold is lifted: the month whose clock was stopped can be paid, the lapsed one can't.
    await releaseHold(contextOf(database.pool, APPROVER, "2029-01-06"), 1, "現況届が届いた");
    const run = await create(database.pool, "2029-02");
    const paid = await database.pool.query(
      "SELECT DISTINCT to_char(benefit_month, 'YYYY-MM') AS month FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = $1 AND l.recipient_id = $2 AND benefit_month < '2027-01-01' ORDER BY 1",
      [run.runNo, recipientId],
    );
    expect(paid.rows).toEqual([{ month: "2026-10" }, { month: "2026-12" }]);
    await cancelRun(contextOf(database.pool, MAKER, "2029-02-01"), {
      key: "cancel/lapsed",
      runNo: run.runNo,
      reason: "続きのため",
    });
  });

  it("a lapse decided wrongly is taken back by two people with a reason, both stay, and the month is paid; what is lost by law is not", async () => {
    const clerk = contextOf(database.pool, MAKER, "2029-02-20");
    const approver = contextOf(database.pool, APPROVER, "2029-02-20");
    const [first, second] = (
      await database.pool.query<{ id: number }>("SELECT lapse_id AS id FROM allowance.lapse ORDER BY 1")
    ).rows.map(({ id }) => id);
    const content = {
      kind: "lapseCancellation",
      lapseId: first ?? 0,
      reason: "2028-12-25 に市が支払を認めていた",
    } as const;
    const invalid = expect.objectContaining({ name: "Refusal", code: "limitationInvalid" });
    for (const wrong of [
      content,
      { ...content, lapseId: second ?? 0 },
      { ...content, lapseId: 999 },
      { ...content, reason: " " },
    ]) {
      await expect(putRequest(clerk, { content: wrong })).rejects.toThrow(invalid);
    }
    // The database says the same to whoever writes past the program.
    await expect(
      database.pool.query(
        "INSERT INTO allowance.lapse_cancellation (lapse_id, reason, decided_on, entered_by, approved_by) VALUES ($1, 'x', '2029-02-20', 'a', 'b')",
        [first],
      ),
    ).rejects.toMatchObject({ constraint: "lapse_cancellation_by_law" });
    // The city had acknowledged November's 25,000 before the day; it became known only now.
    await recordLimitationEvent(approver, {
      enteredBy: MAKER,
      recipientId,
      fromMonth: month("2026-11"),
      toMonth: month("2026-11"),
      kind: "acknowledged",
      happenedOn: civilDate("2028-12-25"),
      evidence: "支払を約束した文書（架空 3 号）",
    });
    expect(await lapsesOf(database.pool, recipientId)).toMatchObject([
      { lapseId: first, early: true, cancelledOn: null },
    ]);
    const requestId = await putRequest(clerk, { content });
    const contentDigest =
      (await waitingRequests(database.pool)).find((each) => each.requestId === requestId)?.contentDigest ?? "";
    const answer = { outcome: "approved", contentDigest } as const;
    await expect(answerRequest(clerk, { requestId, answer })).rejects.toMatchObject({ code: "samePerson" });
    await answerRequest(approver, { requestId, answer });
    await expect(putRequest(clerk, { content })).rejects.toThrow(invalid);
    expect(await lapsesOf(database.pool, recipientId)).toMatchObject([
      { lapseId: first, total: 25_000, decidedOn: "2029-01-05", cancelledOn: "2029-02-20" },
    ]);
    const delivery = { residents: [resident(twoChildren.recipient, "1990-01-01")] };
    await importFeeds(clerk, await writeDelivery(join(folder, "residents"), delivery));
    await seedDemoTexts(contextOf(database.pool, "mongon.ichiro"), contextOf(database.pool, "mongon.niro"));
    // Told of twice: of the lapse and of its cancellation.
    const letters = await createLetterRun(clerk, {
      form: "extinction",
      documentOn: "2029-02-20",
      mailOn: "2029-02-20",
    });
    const { rows: told } = await database.pool.query<{ content: LetterContent }>(
      "SELECT content FROM allowance.letter WHERE run_no = $1 AND recipient_id = $2 ORDER BY source_key",
      [letters.runNo, recipientId],
    );
    const [lapse = "", cancellation = ""] = told.map(({ content: each }) => letterText(each).join("\n"));
    expect(lapse).toContain("2年間行使されなかったため");
    for (const words of ["（時効）の取消しについて", "25,000円", "令和8年11月分", "市が支払を認めていた"])
      expect(cancellation).toContain(words);
    const run = await create(database.pool, "2029-02");
    const paid = await database.pool.query(
      "SELECT sum(i.amount)::int AS yen FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = $1 AND l.recipient_id = $2 AND benefit_month = '2026-11-01'",
      [run.runNo, recipientId],
    );
    expect(paid.rows).toEqual([{ yen: 25_000 }]);
    expect((await verifyMoney({ pool: database.pool, calendar })).filter((each) => each.violations > 0)).toEqual([]);
  });
});
