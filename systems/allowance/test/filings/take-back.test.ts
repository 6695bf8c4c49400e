/** 取消・再決定 of every procedure: what was decided is taken back by further rows, nothing is edited, everybody is told. */

import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";

import { approveFiling } from "../../src/filings/approve.ts";
import { cancelAndDecideAgain } from "../../src/filings/correct.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { procedures } from "../../src/filings/registry.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { testContext, testFolder } from "../support/context.ts";
import { countOf, decisionsOf, exOfficio, noticesTo, recipientIdOf } from "../support/families.ts";
import { factsNow } from "../support/facts-now.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, form, prepare } from "../support/filings.ts";
import { caseFamily, procedureCases, saveSchool } from "../support/procedure-cases.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

let school = 0;
const CASES = procedureCases(() => school);
beforeAll(async () => {
  await prepare(database.pool);
  school = await saveSchool(clerk);
});

const covered = new Set(Object.keys(CASES).map((name) => name.split(",")[0]));

let next = 60_000;
async function family(): Promise<{ base: number; recipient: number }> {
  next += 10;
  return { base: next, recipient: await caseFamily(clerks, next) };
}

/** The filing of one case. */
function filingOf(name: string, base: number, recipientId: number): FilingForm {
  const found = CASES[name];
  if (found === undefined) throw new Error(name);
  return found.decide(base, recipientId);
}

async function cancelOnly(filingId: number): Promise<number> {
  const prepared = await cancelAndDecideAgain(clerk, { filingId, reason: "別の人の届出だったため", withoutNew: true });
  await expect(approveFiling(clerk, { filingId: prepared.filingId, digest: prepared.digest })).rejects.toMatchObject({
    code: "samePerson",
  });
  await approveFiling(approver, { filingId: prepared.filingId, digest: prepared.digest });
  return prepared.filingId;
}

const violations = async () => (await verifyMoney(clerk)).filter(({ violations: found }) => found > 0);

describe("cancelled with nothing in its place", () => {
  it.each(Object.entries(CASES))(
    "%s: the facts of now are those of before, both decisions stay, the claimant is told",
    async (_name, { before, decide }) => {
      const { base, recipient } = await family();
      for (const each of before?.(base, recipient) ?? []) await decided(clerk, approver, each);
      const was = await factsNow(database.pool, base, recipient);
      const wrong = await decided(clerk, approver, decide(base, recipient));
      const meanwhile = await factsNow(database.pool, base, recipient);
      const nothing = await cancelOnly(wrong.filingId);
      expect(await factsNow(database.pool, base, recipient)).toEqual(was);
      if (decide(base, recipient).procedure !== "numberChange") expect(meanwhile).not.toEqual(was);
      expect((await loadFiling(database.pool, wrong.filingId)).state).toBe("cancelled");
      expect((await loadFiling(database.pool, nothing)).state).toBe("decided");
      const claimant = (await loadFiling(database.pool, wrong.filingId)).subject.claimant;
      expect((await noticesTo(database.pool, claimant)).at(-1)).toMatchObject({
        kind: "decisionCancelled",
        facts: { cancelled: wrong.receptionNumber, outcome: "refuse", reason: "別の人の届出だったため" },
      });
      expect(await violations()).toEqual([]);
    },
  );

  it("is there for every procedure", () => {
    const elsewhere = new Set([
      // claims: cases.test.ts, payment.test.ts
      "certificationIndividual",
      "certificationInstitution",
      "increase",
      "institutionIncrease",
      "supportConfirmation",
      // the home's side of a procedure above
      "institutionDecrease",
      "institutionExtinction",
      "institutionAnnualReview",
      // below
      "death",
      "moveOut",
      "unpaid",
      "institutionUnpaid",
      "institutionChange",
      "withdrawal",
      // accounts/child-account.test.ts
      "childAccount",
    ]);
    expect(procedures.map(({ code }) => code).filter((code) => !covered.has(code) && !elsewhere.has(code))).toEqual([]);
  });
});

const diesIn = async (number: number, on: string, state: "2" | "3", more: object = {}): Promise<void> => {
  const row = { 世帯番号: String(number).padStart(15, "0"), 履歴番号: "2", 住民状態: state, 異動年月日: on };
  const person = resident(number, "1990-01-01", { ...row, 異動事由コード: state === "3" ? "21" : "20", ...more });
  await bring(clerk, { residents: [person] });
};

const deathOf = (claimant: number, diedOn: string): FilingForm =>
  exOfficio("death", "2026-11-20", { claimant, diedOn, evidence: "死亡届" });

describe("what rests on the residents' register", () => {
  it("a death that the register carries: the record and the hold stay with the register, and it is said", async () => {
    const { base, recipient } = await family();
    await diesIn(base, "2026-11-10", "3");
    const wrong = await decided(clerk, approver, deathOf(base, "2026-11-10"));
    const ended = await factsNow(database.pool, base, recipient);
    const prepared = await cancelAndDecideAgain(clerk, {
      filingId: wrong.filingId,
      reason: "案内の誤り",
      withoutNew: true,
    });
    expect(prepared.proposal.differences.map(({ item }) => item)).toContain("death.register");
    await approveFiling(approver, { filingId: prepared.filingId, digest: prepared.digest });
    expect(await factsNow(database.pool, base, recipient)).toEqual(ended);
  });

  it("a death that the register takes back: the right stands again and the hold is released", async () => {
    const { base, recipient } = await family();
    const was = await factsNow(database.pool, base, recipient);
    await diesIn(base, "2026-11-10", "3");
    const wrong = await decided(clerk, approver, deathOf(base, "2026-11-10"));
    expect(await countOf(database.pool, "hold", `recipient_id = ${recipient}`)).toBe(1);
    await diesIn(base, "2026-11-10", "3", { 削除フラグ: "1" });
    await cancelOnly(wrong.filingId);
    expect(await factsNow(database.pool, base, recipient)).toEqual(was);
    expect(await countOf(database.pool, "hold_release")).toBeGreaterThan(0);
  });

  it("a death outside the city, written by the office itself, is taken out of the register's history by a deleted revision", async () => {
    const { base, recipient } = await family();
    await diesIn(base + 1, "2026-10-15", "2", { 生年月日: "2025-06-05" });
    const was = await factsNow(database.pool, base, recipient);
    const wrong = await decided(clerk, approver, deathOf(base + 1, "2026-11-10"));
    expect(await factsNow(database.pool, base, recipient)).not.toEqual(was);
    await cancelOnly(wrong.filingId);
    expect(await factsNow(database.pool, base, recipient)).toEqual(was);
  });

  it("a move-out: the decision follows the register, the record alone is taken back", async () => {
    const { base, recipient } = await family();
    await diesIn(base, "2026-11-12", "2");
    const move = exOfficio("moveOut", "2026-11-20", { state: "planned", claimant: base, plannedOn: "2026-11-12" });
    const wrong = await decided(clerk, approver, move);
    const left = await factsNow(database.pool, base, recipient);
    await cancelOnly(wrong.filingId);
    expect(await factsNow(database.pool, base, recipient)).toEqual(left);
    expect((await noticesTo(database.pool, base)).at(-1)).toMatchObject({ kind: "decisionCancelled" });
  });
});

const unpaidOf = (recipientId: number, children: readonly number[]): FilingForm =>
  form("unpaid", "2026-11-20", {
    claimant: children[0],
    recipientId,
    children,
    account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7000001", holder: "カクウ　タロウ" },
  });

describe("未支払 (12条)", () => {
  it("a grant that stands must be cancelled before the death on which it rests; then it can be granted again, once", async () => {
    const { base, recipient } = await family();
    await diesIn(base, "2026-11-10", "3");
    const died = await decided(clerk, approver, deathOf(base, "2026-11-10"));
    const was = await factsNow(database.pool, base, recipient);
    const granted = await decided(clerk, approver, unpaidOf(recipient, [base + 1, base + 2]));
    await expect(
      cancelAndDecideAgain(clerk, { filingId: died.filingId, reason: "誤り", withoutNew: true }),
    ).rejects.toMatchObject({ code: "filingStopped", message: expect.stringContaining(granted.receptionNumber) });
    // Only the elder child should have got it.
    const again = await cancelAndDecideAgain(clerk, {
      filingId: granted.filingId,
      reason: "児童1人分の請求だったため",
      form: {
        ...unpaidOf(recipient, [base + 2]),
        content: { ...(unpaidOf(recipient, [base + 2]).content as object), claimant: base + 1 },
      },
    });
    await approveFiling(approver, { filingId: again.filingId, digest: again.digest });
    // 10,000 × October and November 2026
    expect(await factsNow(database.pool, base, recipient)).toMatchObject({
      unpaid: [
        { child_number: 2, benefit_month: "2026-10-01", amount: 10_000 },
        { child_number: 2, benefit_month: "2026-11-01", amount: 10_000 },
      ],
    });
    expect(await countOf(database.pool, "unpaid_item", `recipient_id = ${recipient} AND unpaid_attempt = 2`)).toBe(2);
    await expect(
      database.pool.query(
        `INSERT INTO allowance.unpaid_item SELECT child_number, benefit_month, generation, tranche, unpaid_id, recipient_id, amount, 3
         FROM allowance.unpaid_item WHERE recipient_id = ${recipient} AND unpaid_attempt = 2`,
      ),
    ).rejects.toMatchObject({ constraint: "unpaid_item_once" });
    await cancelOnly(again.filingId);
    expect(await factsNow(database.pool, base, recipient)).toEqual(was);
    expect(await violations()).toEqual([]);
  });
});

describe("施設等の変更届 (form 9)", () => {
  it("gives back the name before, in the register of homes and in the history of the recipient", async () => {
    const home = 64_009;
    const organization = {
      宛名番号: number15(home),
      名称: "架空園",
      名称フリガナ: "カクウエン",
      区分: "institution",
      市区町村コード: "431010",
      郵便番号: "8600000",
      住所: "架空町２丁目",
      設置者区分: "private",
    };
    const stay = {
      区分: "institution",
      宛名番号: number15(64_001),
      相手宛名番号: number15(home),
      開始年月日: "2026-10-10",
      短期: "0",
      留学: "0",
    };
    await bring(clerk, {
      organizations: [organization],
      residents: [resident(64_001, "2018-04-01")],
      statusPeriods: [stay],
    });
    const claim = form("certificationInstitution", "2026-10-20", {
      claimant: home,
      cause: "enteredInstitution",
      causeOn: "2026-10-10",
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "0064009", holder: "カクウエン" },
      children: [{ number: 64_001, role: "child" }],
    });
    await decided(clerk, approver, claim);
    const recipient = await recipientIdOf(database.pool, home);
    const changed = (name: string): FilingForm =>
      form("institutionChange", "2026-11-18", {
        claimant: home,
        recipientId: recipient,
        on: "2026-11-10",
        name: { name, kana: "シンカクウエン" },
      });
    const first = await decided(clerk, approver, changed("新架空園"));
    const second = await decided(clerk, approver, changed("新新架空園"));
    await expect(
      cancelAndDecideAgain(clerk, { filingId: first.filingId, reason: "誤り", withoutNew: true }),
    ).rejects.toMatchObject({ code: "filingStopped" });
    await cancelOnly(second.filingId);
    await cancelOnly(first.filingId);
    const { rows } = await database.pool.query(
      "SELECT name FROM allowance.organization_history WHERE addressee_number = $1 ORDER BY revision",
      [home],
    );
    expect(rows.map(({ name }) => name)).toEqual(["架空園", "新架空園", "新新架空園", "新架空園", "架空園"]);
  });
});

describe("what can't be taken back", () => {
  it("a withdrawn claim; what a later filing rests on: refused with what to do first, and nothing is changed", async () => {
    const { base, recipient } = await family();
    const first = await decided(clerk, approver, filingOf("change", base, recipient));
    const later = filingOf("change, a second time", base, recipient);
    const second = await decided(clerk, approver, later);
    const was = await factsNow(database.pool, base, recipient);
    const filings = await countOf(database.pool, "filing");
    await expect(
      cancelAndDecideAgain(clerk, { filingId: first.filingId, reason: "誤り", withoutNew: true }),
    ).rejects.toMatchObject({ code: "filingStopped", message: expect.stringContaining("先に取り消す") });
    expect(await countOf(database.pool, "filing")).toBe(filings);
    expect(await factsNow(database.pool, base, recipient)).toEqual(was);
    await cancelOnly(second.filingId);
    await cancelOnly(first.filingId);
  });

  it("an approval finds what has come in between: nothing is cancelled and nothing decided", async () => {
    const { base, recipient } = await family();
    const first = await decided(clerk, approver, filingOf("donation", base, recipient));
    const prepared = await cancelAndDecideAgain(clerk, { filingId: first.filingId, reason: "誤り", withoutNew: true });
    const between = filingOf("donationWithdrawal", base, recipient);
    await decided(clerk, approver, between);
    await expect(
      approveFiling(approver, { filingId: prepared.filingId, digest: prepared.digest }),
    ).rejects.toMatchObject({ code: "contentChanged" });
    expect((await loadFiling(database.pool, first.filingId)).state).toBe("decided");
    expect(await countOf(database.pool, "filing_cancellation", `filing_id = ${first.filingId}`)).toBe(0);
  });

  it("no row of a cancellation without its decision, by one person, or twice", async () => {
    const { base, recipient } = await family();
    const done = await decided(clerk, approver, filingOf("donation", base, recipient));
    const other = await decided(clerk, approver, filingOf("change", base, recipient));
    const insert = (prepared: string) =>
      database.pool.query(
        `INSERT INTO allowance.filing_cancellation (filing_id, replaced_by, reason, decided_on, cancelled_on, prepared_by, approved_by)
         VALUES ($1, $2, '試験', '2026-11-23', '2026-11-23', $3, 'staff.sato')`,
        [done.filingId, other.filingId, prepared],
      );
    await expect(insert("staff.sato")).rejects.toMatchObject({ constraint: "filing_cancellation_two_people" });
    await expect(insert("staff.ito")).rejects.toMatchObject({ constraint: "filing_transition" });
  });
});

describe("現況届", () => {
  it("whose receipt had lifted a hold: the hold is placed again, from the same month", async () => {
    const { base, recipient } = await family();
    await database.pool.query(
      `INSERT INTO allowance.review_year (fiscal_year, base_on, due_on, hold_from, opened_by) VALUES (2026, '2026-06-01', '2026-06-30', '2026-08-01', 'staff.ito')`,
    );
    await database.pool.query(
      `WITH placed AS (INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by)
         VALUES ($1, 'hold', '2026-10-01', '2026 年度の現況届が出ていない', 'staff.sato') RETURNING hold_id)
       INSERT INTO allowance.hold_ground (hold_id, cause_code, fiscal_year) SELECT hold_id, 'annualReportMissing', 2026 FROM placed`,
      [recipient],
    );
    const was = await factsNow(database.pool, base, recipient);
    const done = await decided(clerk, approver, filingOf("annualReview", base, recipient));
    expect(await factsNow(database.pool, base, recipient)).toMatchObject({ holds: [] });
    await cancelOnly(done.filingId);
    expect(await factsNow(database.pool, base, recipient)).toEqual(was);
    expect(await countOf(database.pool, "hold", `recipient_id = ${recipient}`)).toBe(2);
  });
});

describe("decided again", () => {
  it("[A52] with the right content: judged without the wrong decision, both kept, the claimant and all who were told hear of both", async () => {
    const { base, recipient } = await family();
    const wrong = await decided(
      clerk,
      approver,
      exOfficio("detention", "2026-11-18", { claimant: base, from: "2026-09-10" }),
    );
    // From September: the right had ended with September. In truth from November.
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-10",
    });
    const again = await cancelAndDecideAgain(clerk, {
      filingId: wrong.filingId,
      reason: "拘束の日の誤り",
      form: exOfficio("detention", "2026-11-18", { claimant: base, from: "2026-11-05" }),
    });
    // First what the cancellation gives back, then what is decided in that world: 25,000 a month until November.
    expect(again.proposal.effects).toMatchObject([
      { kind: "correct", fromMonth: "2026-10", yenBefore: 0, yenAfter: 25_000 },
      { kind: "detained" },
      { kind: "extinguish", fromMonth: "2026-12", yenBefore: 25_000, yenAfter: 0 },
    ]);
    await approveFiling(approver, { filingId: again.filingId, digest: again.digest });
    expect((await decisionsOf(database.pool, recipient)).slice(1)).toMatchObject([
      { kind: "extinguish", month: "2026-10" },
      { kind: "correct", month: "2026-10", total: 25_000 },
      { kind: "extinguish", month: "2026-12" },
    ]);
    // Both filings and both sets of decisions are there; the notice names both.
    expect((await loadFiling(database.pool, wrong.filingId)).state).toBe("cancelled");
    const told = (await noticesTo(database.pool, base)).filter(({ kind }) => kind === "decisionCancelled");
    expect(told).toMatchObject([
      {
        facts: {
          cancelled: wrong.receptionNumber,
          decidedAgain: again.receptionNumber,
          decisionsBefore: wrong.applied.decisions,
          reason: "拘束の日の誤り",
        },
      },
    ]);
    expect(told[0]?.facts["decisions"]).toHaveLength(1);
    expect(await violations()).toEqual([]);
  });

  it("a later filing that was judged while the right had ended is named, for a person to look at", async () => {
    const { base, recipient } = await family();
    const wrong = await decided(clerk, approver, filingOf("detention", base, recipient));
    const later = await decided(clerk, approver, filingOf("guardian", base, recipient));
    const prepared = await cancelAndDecideAgain(clerk, { filingId: wrong.filingId, reason: "誤り", withoutNew: true });
    expect(prepared.proposal.differences).toContainEqual(
      expect.objectContaining({
        item: "cancellation.later",
        weight: "look",
        text: expect.stringContaining(later.receptionNumber),
      }),
    );
  });

  it("others who were told of the first decision hear of its cancellation, without the reason and without the claimant's facts", async () => {
    const { base } = await family();
    const wrong = await decided(clerk, approver, filingOf("livingTogetherPriority", base, 0));
    await cancelOnly(wrong.filingId);
    const other = (await noticesTo(database.pool, base)).filter(({ kind }) => kind === "decisionCancelled");
    expect(other).toHaveLength(1);
    expect(Object.keys(other[0]?.facts ?? {}).toSorted()).toEqual([
      "cancelled",
      "cancelledOn",
      "decidedAgain",
      "decidedOn",
      "procedure",
    ]);
  });
});
