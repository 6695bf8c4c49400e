/** What filings do to a case, from the counter to the amounts. The arithmetic stands above each expected amount. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { Context } from "../../src/context.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { cancelAndDecideAgain } from "../../src/filings/correct.ts";
import { examineFiling, overrideProposal } from "../../src/filings/examine.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { testContext, testFolder } from "../support/context.ts";
import { number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");

const on = (context: Context, today: string): Context => ({
  ...context,
  get pool() {
    return database.pool;
  },
  today: today as Context["today"],
});

async function decisions(claimant: number): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `SELECT d.kind, to_char(d.effective_month, 'YYYY-MM') AS month, d.monthly_total AS total
     FROM allowance.decision d LEFT JOIN allowance.recipient r USING (recipient_id) LEFT JOIN allowance.claim c ON c.claim_id = d.claim_id
     WHERE coalesce(r.addressee_number, c.claimant_number) = $1 ORDER BY d.decision_id`,
    [claimant],
  );
  return rows;
}

async function recipientOf(claimant: number): Promise<number> {
  const { rows } = await database.pool.query<{ id: number }>(
    "SELECT max(recipient_id) AS id FROM allowance.recipient WHERE addressee_number = $1",
    [claimant],
  );
  return rows[0]?.id ?? 0;
}

/** A certified family: `base` with `base + 1`, born 2020-05-10 (three and over), certified from 2026-06. */
async function certified(
  base: number,
  children: readonly { readonly born: string }[] = [{ born: "2020-05-10" }],
): Promise<number> {
  await bring(ito, {
    residents: [resident(base, "1990-01-01"), ...children.map(({ born }, index) => resident(base + 1 + index, born))],
  });
  const claim = form("certificationIndividual", "2026-05-20", {
    ...birthClaim(base, base + 1, "2026-05-20", "2026-05-20").content,
    cause: "other",
    children: children.map((_, index) => ({ number: base + 1 + index, role: "child" })),
  });
  await decided(on(ito, "2026-05-25"), on(sato, "2026-05-26"), claim);
  return await recipientOf(base);
}

const increase = (
  claimant: number,
  recipientId: number,
  child: number,
  bornOn: string,
  receivedOn: string,
): FilingForm =>
  form("increase", receivedOn, {
    claimant,
    recipientId,
    cause: "birth",
    causeOn: bornOn,
    children: [{ number: child, role: "child" }],
  });

const report = (
  procedure: "decrease" | "extinction",
  claimant: number,
  recipientId: number,
  event: Readonly<Record<string, unknown>>,
  more: Partial<FilingForm> = {},
): FilingForm => form(procedure, "2026-11-20", { claimant, recipientId, events: [event] }, more);

beforeAll(async () => await prepare(database.pool));

describe("increase (額改定認定請求)", () => {
  it("is stopped for another person's 認定番号", async () => {
    const recipientId = await certified(33_001);
    await bring(ito, { residents: [resident(33_011, "1990-01-01"), resident(33_012, "2026-10-31")] });
    const foreign = await examined(ito, increase(33_011, recipientId, 33_012, "2026-10-31", "2026-11-13"));
    await expect(approveFiling(sato, { filingId: foreign.filingId, digest: foreign.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    expect(await decisions(33_011)).toEqual([]);
  });

  it("[D15] [A54] raises the amount from the month after the birth, shown child by child before it is approved", async () => {
    const recipientId = await certified(33_021);
    await bring(ito, { residents: [resident(33_023, "2026-10-31")] });
    const { filingId, digest, proposal } = await examined(
      ito,
      increase(33_021, recipientId, 33_023, "2026-10-31", "2026-11-13"),
    );
    // Three and over 10,000 + under three 15,000 = 25,000
    expect(proposal.effects).toMatchObject([
      {
        kind: "increase",
        fromMonth: "2026-11",
        yenBefore: 10_000,
        yenAfter: 25_000,
        children: [
          { child: 33_022, before: 10_000, after: 10_000 },
          { child: 33_023, before: null, after: 15_000 },
        ],
      },
    ]);
    await approveFiling(sato, { filingId, digest });
    expect(await decisions(33_021)).toEqual([
      { kind: "certify", month: "2026-06", total: 10_000 },
      { kind: "increase", month: "2026-11", total: 25_000 },
    ]);
  });
});

const careEnded = (child: number) => ({ cause: "careEnded", child, on: "2026-10-15" });

describe("decrease (額改定届) and end (受給事由消滅届)", () => {
  it("of a child of somebody else, or under a 認定番号 of somebody else, is stopped", async () => {
    const first = await certified(34_001);
    const second = await certified(34_011);
    const event = { cause: "careEnded", child: 34_002, on: "2026-10-15" };
    for (const filed of [report("decrease", 34_011, second, event), report("decrease", 34_011, first, event)]) {
      const { filingId, digest, proposal } = await examined(ito, filed);
      expect(proposal.outcome).toBe("impossible");
      await expect(approveFiling(sato, { filingId, digest })).rejects.toMatchObject({ code: "filingStopped" });
    }
  });

  it("[D16] [A54] lowers the amount from the month after the cause, by report or ex officio alike", async () => {
    const children = [{ born: "2016-05-10" }, { born: "2018-05-10" }, { born: "2024-05-10" }];
    const reported = await certified(34_021, children);
    const exOfficio = await certified(34_031, children);
    await decided(ito, sato, report("decrease", 34_021, reported, careEnded(34_022)));
    const { identity, ...office } = report("decrease", 34_031, exOfficio, careEnded(34_032), { channel: "exOfficio" });
    expect(identity).toBeDefined();
    await decided(ito, sato, { ...office, content: { ...office.content, evidence: "児童相談所の回答" } });
    // Three children: 10,000 + 10,000 + third 30,000 = 50,000. Without the eldest: 10,000 + second, under three, 15,000 = 25,000.
    const expected = [
      { kind: "certify", month: "2026-06", total: 50_000 },
      { kind: "decrease", month: "2026-11", total: 25_000 },
    ];
    expect(await decisions(34_021)).toEqual(expected);
    expect(await decisions(34_031)).toEqual(expected);
  });

  it("ends with the month of the cause: care, public service, detention", async () => {
    const causes = [
      { cause: "careEnded", child: 34_042, on: "2026-10-15" },
      { cause: "becamePublicServant", on: "2026-10-01" },
      { cause: "detained", on: "2026-10-31" },
    ];
    for (const [index, event] of causes.entries()) {
      const base = 34_041 + index * 10;
      const recipientId = await certified(base);
      const own = event.child === undefined ? event : { ...event, child: base + 1 };
      await decided(ito, sato, report("extinction", base, recipientId, own));
      expect(await decisions(base), event.cause).toEqual([
        { kind: "certify", month: "2026-06", total: 10_000 },
        { kind: "extinguish", month: "2026-11", total: 0 },
      ]);
    }
  });

  it("by moving out or death waits for the residents' register, and then follows its day", async () => {
    const recipientId = await certified(34_081);
    const filed = report("extinction", 34_081, recipientId, { cause: "movedOut", on: "2026-10-20" });
    const early = await examined(ito, filed);
    expect(early.proposal).toMatchObject({ outcome: "impossible" });
    await expect(approveFiling(sato, { filingId: early.filingId, digest: early.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    await bring(ito, {
      residents: [
        resident(34_081, "1990-01-01", {
          履歴番号: "2",
          住民状態: "2",
          異動年月日: "2026-10-21",
          異動事由コード: "20",
        }),
      ],
    });
    const again = await examineFiling(ito, { filingId: early.filingId });
    await approveFiling(sato, { filingId: early.filingId, digest: again.digest });
    expect(await decisions(34_081)).toEqual([
      { kind: "certify", month: "2026-06", total: 10_000 },
      { kind: "extinguish", month: "2026-11", total: 0 },
    ]);
  });
});

describe("cancel and decide again (取消・再決定)", () => {
  it("of an undecided filing, by one person, or twice at a time is refused", async () => {
    await bring(ito, { residents: [resident(35_001, "1990-01-01"), resident(35_002, "2026-10-01")] });
    const waiting = await examined(ito, birthClaim(35_001, 35_002, "2026-10-01", "2026-11-20"));
    await expect(cancelAndDecideAgain(ito, { filingId: waiting.filingId, reason: "誤り" })).rejects.toMatchObject({
      code: "filingState",
    });
    await approveFiling(sato, { filingId: waiting.filingId, digest: waiting.digest });
    await expect(cancelAndDecideAgain(ito, { filingId: waiting.filingId, reason: " " })).rejects.toMatchObject({
      code: "filingInvalid",
    });
    const correction = await cancelAndDecideAgain(ito, { filingId: waiting.filingId, reason: "受付日の誤り" });
    await expect(cancelAndDecideAgain(sato, { filingId: waiting.filingId, reason: "重ねて" })).rejects.toMatchObject({
      code: "filingState",
    });
    await expect(
      approveFiling(ito, { filingId: correction.filingId, digest: correction.digest }),
    ).rejects.toMatchObject({ code: "samePerson" });
    expect((await loadFiling(database.pool, waiting.filingId)).state).toBe("decided");
  });

  it("of a claim with the wrong day: both stay, the right keeps its 認定番号, the difference is decided from its month", async () => {
    await bring(ito, { residents: [resident(35_011, "1990-01-01"), resident(35_012, "2026-10-01")] });
    const wrong = await decided(ito, sato, birthClaim(35_011, 35_012, "2026-10-01", "2026-11-20"));
    expect(await decisions(35_011)).toEqual([{ kind: "certify", month: "2026-12", total: 15_000 }]);
    const recipientId = await recipientOf(35_011);
    // It had come on 10-09, within 15 days of the birth: from 2026-11.
    const right = birthClaim(35_011, 35_012, "2026-10-01", "2026-10-09");
    const correction = await cancelAndDecideAgain(ito, {
      filingId: wrong.filingId,
      reason: "受付日の入力誤り",
      form: right,
    });
    const { applied } = await approveFiling(sato, { filingId: correction.filingId, digest: correction.digest });
    expect(applied.recipients).toEqual([recipientId]);
    expect(await decisions(35_011)).toEqual([
      { kind: "certify", month: "2026-12", total: 15_000 },
      { kind: "correct", month: "2026-11", total: 15_000 },
      { kind: "certify", month: "2026-11", total: 15_000 },
    ]);
    expect((await loadFiling(database.pool, wrong.filingId)).state).toBe("cancelled");
    expect(await recipientOf(35_011)).toBe(recipientId);
    const { rows } = await database.pool.query("SELECT approved_by FROM allowance.claim_cancellation");
    expect(rows).toContainEqual({ approved_by: "staff.sato" });
  });

  it("can be done again on the result, and a later increase still finds the right", async () => {
    await bring(ito, {
      residents: [resident(35_021, "1990-01-01"), resident(35_022, "2026-09-01"), resident(35_023, "2026-10-31")],
    });
    let last = await decided(ito, sato, birthClaim(35_021, 35_022, "2026-09-01", "2026-11-20"));
    for (const receivedOn of ["2026-10-20", "2026-09-10"]) {
      const again = await cancelAndDecideAgain(ito, {
        filingId: last.filingId,
        reason: "受付日の誤り",
        form: birthClaim(35_021, 35_022, "2026-09-01", receivedOn),
      });
      last = await approveFiling(sato, { filingId: again.filingId, digest: again.digest });
    }
    const recipientId = await recipientOf(35_021);
    await decided(ito, sato, increase(35_021, recipientId, 35_023, "2026-10-31", "2026-11-13"));
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS count FROM allowance.recipient WHERE addressee_number = 35021",
    );
    expect(rows).toEqual([{ count: 1 }]);
    // Born 09-01, finally claimed 09-10 → from 2026-10; the second child from 2026-11: 15,000 + 15,000.
    expect((await decisions(35_021)).slice(-2)).toEqual([
      { kind: "certify", month: "2026-10", total: 15_000 },
      { kind: "increase", month: "2026-11", total: 30_000 },
    ]);
  });

  it("of a grant that should have been a refusal takes back every month of the right", async () => {
    await bring(ito, { residents: [resident(35_031, "1990-01-01"), resident(35_032, "2026-10-01")] });
    const granted = await decided(ito, sato, birthClaim(35_031, 35_032, "2026-10-01", "2026-10-09"));
    const correction = await cancelAndDecideAgain(ito, {
      filingId: granted.filingId,
      reason: "配偶者が受給者であるべきだったため",
    });
    const refusal = await overrideProposal(ito, {
      filingId: correction.filingId,
      outcome: "refuse",
      reasonCode: "notMainEarner",
      reason: "生計を維持する程度は配偶者の方が高いため",
    });
    await approveFiling(sato, { filingId: refusal.filingId, digest: refusal.digest });
    expect(await decisions(35_031)).toEqual([
      { kind: "certify", month: "2026-11", total: 15_000 },
      { kind: "refuse", month: "2026-11", total: null },
      { kind: "correct", month: "2026-11", total: 0 },
      { kind: "extinguish", month: "2026-11", total: 0 },
    ]);
    const { rows } = await database.pool.query(
      "SELECT to_char(first_month, 'YYYY-MM') AS first, to_char(ended_from, 'YYYY-MM') AS ended FROM allowance.recipient_window WHERE recipient_id = $1",
      [await recipientOf(35_031)],
    );
    expect(rows).toEqual([{ first: "2026-11", ended: "2026-11" }]);
  });

  it("of a report takes the fact back: the right stands as before", async () => {
    const recipientId = await certified(35_041);
    const ended = await decided(
      ito,
      sato,
      report("extinction", 35_041, recipientId, { cause: "detained", on: "2026-10-05" }),
    );
    const other = report("extinction", 35_041, recipientId, { cause: "detained", on: "2026-11-05" });
    const again = await cancelAndDecideAgain(ito, { filingId: ended.filingId, reason: "日付の誤り", form: other });
    await approveFiling(sato, { filingId: again.filingId, digest: again.digest });
    // Detained from 11-05 in truth: November is still paid.
    expect((await decisions(35_041)).at(-1)).toEqual({ kind: "extinguish", month: "2026-12", total: 0 });
  });
});

/** A report that puts nothing in the place of an earlier one. */
const nothing = (claimant: number, recipientId: number): FilingForm =>
  form("extinction", "2026-11-20", { claimant, recipientId, events: [] });

describe("re-opening (再開)", () => {
  it("without a cause a report of an end is stopped", async () => {
    const recipientId = await certified(35_051);
    const empty = await examined(ito, nothing(35_051, recipientId));
    await expect(approveFiling(sato, { filingId: empty.filingId, digest: empty.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
  });

  it("of a right that a report ended by mistake: cancelled with nothing in its place, every month stands again", async () => {
    const recipientId = await certified(35_061);
    const event = { cause: "detained", on: "2026-09-05" };
    const ended = await decided(ito, sato, report("extinction", 35_061, recipientId, event));
    expect((await decisions(35_061)).at(-1)).toEqual({ kind: "extinguish", month: "2026-10", total: 0 });
    const again = await cancelAndDecideAgain(ito, {
      filingId: ended.filingId,
      reason: "別の人についての通知だったため",
      form: nothing(35_061, recipientId),
    });
    expect(again.proposal.effects).toMatchObject([{ kind: "correct", fromMonth: "2026-10", yenAfter: 10_000 }]);
    await approveFiling(sato, { filingId: again.filingId, digest: again.digest });
    expect((await decisions(35_061)).at(-1)).toEqual({ kind: "correct", month: "2026-10", total: 10_000 });
    const { rows } = await database.pool.query(
      "SELECT ended_from FROM allowance.recipient_window WHERE recipient_id = $1",
      [recipientId],
    );
    expect(rows).toEqual([{ ended_from: null }]);
  });

  it("of a right that ended by moving out, when the move is cancelled in the register", async () => {
    const recipientId = await certified(35_071);
    const moved = { 履歴番号: "2", 住民状態: "2", 異動年月日: "2026-10-21", 異動事由コード: "20" };
    await bring(ito, { residents: [resident(35_071, "1990-01-01", moved)] });
    const event = { cause: "movedOut", on: "2026-10-21" };
    const ended = await decided(ito, sato, report("extinction", 35_071, recipientId, event));
    expect((await decisions(35_071)).at(-1)).toEqual({ kind: "extinguish", month: "2026-11", total: 0 });
    await bring(ito, { residents: [resident(35_071, "1990-01-01", { ...moved, 削除フラグ: "1" })] });
    const again = await cancelAndDecideAgain(ito, {
      filingId: ended.filingId,
      reason: "転出の取消",
      form: nothing(35_071, recipientId),
    });
    await approveFiling(sato, { filingId: again.filingId, digest: again.digest });
    expect((await decisions(35_071)).at(-1)).toEqual({ kind: "correct", month: "2026-11", total: 10_000 });
  });
});

describe("two parents", () => {
  it("[A42] a child who belongs to another recipient is a hard stop; nothing is decided", async () => {
    await certified(36_001);
    await bring(ito, { residents: [resident(36_011, "1991-01-01")] });
    const second = await examined(ito, birthClaim(36_011, 36_002, "2020-05-10", "2026-11-13"));
    expect(second.proposal).toMatchObject({ outcome: "refuse" });
    expect(second.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "child.attached", weight: "stop" }),
    );
    const forced = await overrideProposal(ito, {
      filingId: second.filingId,
      outcome: "grant",
      reasonCode: "other",
      reason: "押し通す",
    });
    await expect(approveFiling(sato, { filingId: forced.filingId, digest: forced.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    expect(await decisions(36_011)).toEqual([]);
  });

  it("who are approved at the same moment for one child: exactly one of them is certified", async () => {
    await bring(ito, {
      residents: [resident(36_101, "1990-01-01"), resident(36_102, "2026-10-31"), resident(36_111, "1989-01-01")],
    });
    await examined(ito, birthClaim(36_101, 36_102, "2026-10-31", "2026-11-12"));
    const father = await examined(ito, birthClaim(36_111, 36_102, "2026-10-31", "2026-11-13"));
    const mother = await examined(ito, birthClaim(36_101, 36_102, "2026-10-31", "2026-11-13"));
    const again = await examineFiling(ito, { filingId: father.filingId });
    const both = await Promise.allSettled([
      approveFiling(sato, { filingId: mother.filingId, digest: mother.digest }),
      approveFiling(testContext(database, dir, "staff.suzuki"), { filingId: father.filingId, digest: again.digest }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const failed = both.find((each) => each.status === "rejected");
    expect(failed?.reason).toMatchObject({ code: expect.stringMatching(/contentChanged|databaseBusy/) as unknown });
    expect([...(await decisions(36_101)), ...(await decisions(36_111))]).toEqual([
      { kind: "certify", month: "2026-11", total: 15_000 },
    ]);
  });

  it("[A38] [I-24] the refusal of the first claim carries its date to the other parent: born on 31 March, refused in April", async () => {
    await bring(ito, {
      residents: [
        resident(36_021, "1990-01-01"),
        resident(36_022, "2026-03-31"),
        resident(36_031, "1989-01-01"),
        resident(36_041, "1988-01-01"),
      ],
    });
    // The mother claims on 04-10, in time (day 15 is 04-15), and is refused on 04-20: the father earns more.
    const mother = await examined(on(ito, "2026-04-13"), birthClaim(36_021, 36_022, "2026-03-31", "2026-04-10"));
    const refusal = await overrideProposal(on(ito, "2026-04-13"), {
      filingId: mother.filingId,
      outcome: "refuse",
      reasonCode: "notMainEarner",
      reason: "生計を維持する程度は配偶者の方が高いため",
    });
    await approveFiling(on(sato, "2026-04-20"), { filingId: refusal.filingId, digest: refusal.digest });
    // The father claims on 05-01: after 04-15, but within 15 days of the refusal (05-05 is a holiday, 05-06 too: 05-07).
    const father = await examined(on(ito, "2026-05-01"), birthClaim(36_031, 36_022, "2026-03-31", "2026-05-01"));
    expect(father.proposal.reasons[0]).toContain(`受付番号 ${mother.receptionNumber}`);
    expect(father.proposal.effects[0]).toMatchObject({ kind: "certify", fromMonth: "2026-04", yenAfter: 15_000 });
    await approveFiling(on(sato, "2026-05-02"), { filingId: father.filingId, digest: father.digest });
    expect(await decisions(36_031)).toEqual([{ kind: "certify", month: "2026-04", total: 15_000 }]);
  });

  it("but not to a claim that comes more than 15 days after the refusal, nor better than the refused claim itself", async () => {
    await bring(ito, {
      residents: [resident(36_051, "1990-01-01"), resident(36_052, "2026-03-31"), resident(36_061, "1989-01-01")],
    });
    // The first claim is late itself (05-20), so it would have started in 2026-06; it is refused on 05-25.
    const first = await examined(on(ito, "2026-05-20"), birthClaim(36_051, 36_052, "2026-03-31", "2026-05-20"));
    const refusal = await overrideProposal(on(ito, "2026-05-20"), {
      filingId: first.filingId,
      outcome: "refuse",
      reasonCode: "notMainEarner",
      reason: "配偶者が生計中心者のため",
    });
    await approveFiling(on(sato, "2026-05-25"), { filingId: refusal.filingId, digest: refusal.digest });
    const start = async (receivedOn: string): Promise<string | null | undefined> =>
      (await examined(on(ito, receivedOn), birthClaim(36_061, 36_052, "2026-03-31", receivedOn))).proposal.effects[0]
        ?.fromMonth;
    // 06-09 is day 15 after 05-25: as the refused claim, from 2026-06. 06-10 is too late: from 2026-07.
    expect(await start("2026-06-09")).toBe("2026-06");
    expect(await start("2026-06-10")).toBe("2026-07");
  });

  it("[A39] the parent with the lower income is marked where both incomes are known", async () => {
    await bring(ito, {
      residents: [resident(36_071, "1990-01-01"), resident(36_072, "2026-10-31"), resident(36_081, "1989-01-01")],
      incomes: [
        { 宛名番号: number15(36_071), 所得年: "2025", 履歴番号: "1", 給与所得: "3000000" },
        { 宛名番号: number15(36_081), 所得年: "2025", 履歴番号: "1", 給与所得: "5000000" },
      ],
    });
    const alone = await examined(ito, birthClaim(36_071, 36_072, "2026-10-31", "2026-11-12"));
    expect(alone.proposal.differences.map(({ item }) => item)).not.toContain("spouse.income");
    const both = await examined(
      ito,
      birthClaim(36_071, 36_072, "2026-10-31", "2026-11-13", { spouse: { number: 36_081 } }),
    );
    expect(both.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "spouse.income", weight: "look" }),
    );
    const higher = await examined(
      ito,
      birthClaim(36_081, 36_072, "2026-10-31", "2026-11-13", { spouse: { number: 36_071 } }),
    );
    expect(higher.proposal.differences.map(({ item }) => item)).not.toContain("spouse.income");
  });

  it("[A40] a claimant who declares public service is refused and sent to the employer", async () => {
    await bring(ito, { residents: [resident(36_091, "1990-01-01"), resident(36_092, "2026-10-31")] });
    const { filingId, digest, proposal } = await examined(
      ito,
      birthClaim(36_091, 36_092, "2026-10-31", "2026-11-13", { publicServant: true }),
    );
    expect(proposal).toMatchObject({ outcome: "refuse", effects: [] });
    expect(proposal.reasons[0]).toContain("勤務先（所属庁）");
    await approveFiling(sato, { filingId, digest });
    expect(await decisions(36_091)).toEqual([{ kind: "refuse", month: "2026-12", total: null }]);
  });
});
