/** Procedures about the recipient, from the filing to the effect. The arithmetic stands above each amount. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { cancelAndDecideAgain } from "../../src/filings/correct.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf, decisionsOf, exOfficio, noticesTo, onDay } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, examined, form, prepare } from "../support/filings.ts";
import { create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

type Examination = Awaited<ReturnType<typeof examined>>;
const itemsOf = ({ proposal }: Examination, weight: string): string[] =>
  proposal.differences.filter((each) => each.weight === weight).map(({ item }) => item);

/** The resident's next history row. */
const moved = (
  number: number,
  historyNo: string,
  state: string,
  on: string,
  event: string,
  more: Record<string, string> = {},
) =>
  resident(number, "1990-01-01", {
    世帯番号: number15(number),
    履歴番号: historyNo,
    住民状態: state,
    異動年月日: on,
    異動事由コード: event,
    ...more,
  });

const publicServiceOf = (claimant: number, more: Record<string, unknown> = {}) =>
  form("publicService", "2026-11-18", { claimant, employer: "架空県教育委員会", from: "2026-11-01", ...more });

describe("public service (17条)", () => {
  it("the month of the appointment is still the city's, also on the 1st; the next is the office's", async () => {
    const recipient = await certifiedFamily(clerks, 53_000, ["2020-05-10"]);
    const seen = await examined(clerk, publicServiceOf(53_000));
    // Appointed on 1 November: November is paid by the city (10,000), December by the office.
    expect(seen.proposal.effects).toContainEqual(
      expect.objectContaining({
        kind: "extinguish",
        recipientId: recipient,
        fromMonth: "2026-12",
        yenBefore: 10_000,
        yenAfter: 0,
      }),
    );
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
      cause: "becamePublicServant",
    });
    expect(await noticesTo(database.pool, "架空県教育委員会")).toMatchObject([{ kind: "informEmployer" }]);
    expect(itemsOf(await examined(clerk, publicServiceOf(53_000)), "stop")).toContain("publicService.known");
  });

  it("[A62] the end settles at once: unpaid months stand as due and the occasional payment takes them", async () => {
    const recipient = await certifiedFamily(clerks, 53_010, ["2020-05-10"]);
    expect(await countOf(database.pool, "due_item", `recipient_id = ${recipient}`)).toBe(0);
    await decided(clerk, approver, publicServiceOf(53_010));
    // Opening month 2026-10; last month 2026-11: 10,000 × 2.
    const { rows } = await database.pool.query(
      "SELECT to_char(benefit_month, 'YYYY-MM') AS month, amount FROM allowance.due_item WHERE recipient_id = $1 ORDER BY 1",
      [recipient],
    );
    expect(rows).toEqual([
      { month: "2026-10", amount: 10_000 },
      { month: "2026-11", amount: 10_000 },
    ]);
    // The occasional payment takes them: 20,000 in one line.
    const run = await create(database.pool, "2026-12", "occasional");
    const lines = await database.pool.query(
      "SELECT amount FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2",
      [run.runNo, recipient],
    );
    expect(lines.rows).toEqual([{ amount: 20_000 }]);
  });

  it("leaving it restores nothing by itself: the claim and its last day are told", async () => {
    const recipient = await certifiedFamily(clerks, 53_020, ["2020-05-10"]);
    await decided(clerk, approver, publicServiceOf(53_020, { from: "2026-10-01" }));
    const before = await decisionsOf(database.pool, recipient);
    await decided(clerk, approver, publicServiceOf(53_020, { from: "2026-10-01", to: "2026-11-10" }));
    expect(await decisionsOf(database.pool, recipient)).toEqual(before);
    // 10 November + 15 days = 25 November.
    expect((await noticesTo(database.pool, 53_020)).at(-1)).toMatchObject({
      kind: "claimInvited",
      facts: { claimBy: "2026-11-25", firstMonth: "2026-12" },
    });
  });

  it("a report that was wrong is cancelled: the fact is taken back and the right stands again", async () => {
    const recipient = await certifiedFamily(clerks, 53_030, ["2020-05-10"]);
    const wrong = await decided(clerk, approver, publicServiceOf(53_030));
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({ kind: "extinguish" });
    // Decided again: the appointment is only for April 2027.
    const right = publicServiceOf(53_030, { from: "2027-04-01" });
    const again = await cancelAndDecideAgain(clerk, {
      filingId: wrong.filingId,
      reason: "任用の日の誤り",
      form: right,
    });
    await expect(approveFiling(clerk, { filingId: again.filingId, digest: again.digest })).rejects.toMatchObject({
      code: "samePerson",
    });
    await approveFiling(approver, { filingId: again.filingId, digest: again.digest });
    expect((await decisionsOf(database.pool, recipient)).slice(1)).toMatchObject([
      { kind: "extinguish", month: "2026-12" },
      // 訂正 gives December back: 10,000 a month …
      { kind: "correct", month: "2026-12", total: 10_000 },
      // … up to the month of the real appointment.
      { kind: "extinguish", month: "2027-05", cause: "becamePublicServant" },
    ]);
    const facts = await database.pool.query(
      "SELECT starts_on, revision, voided FROM allowance.status_period WHERE kind = 'publicServant' AND addressee_number = 53030 ORDER BY starts_on, revision",
    );
    expect(facts.rows).toEqual([
      { starts_on: "2026-11-01", revision: 1, voided: false },
      { starts_on: "2026-11-01", revision: 2, voided: true },
      { starts_on: "2027-04-01", revision: 1, voided: false },
    ]);
  });
});

describe("detention (拘禁)", () => {
  it("ends the right with the month of the detention", async () => {
    const recipient = await certifiedFamily(clerks, 53_100, ["2020-05-10"]);
    await decided(clerk, approver, exOfficio("detention", "2026-11-18", { claimant: 53_100, from: "2026-10-31" }));
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-11",
      cause: "detained",
    });
  });
});

describe("death of a child", () => {
  it("is stopped while the register shows the child alive; then lowers the amount from the month after", async () => {
    // 15,000 + 10,000 = 25,000
    const recipient = await certifiedFamily(clerks, 53_150, ["2025-06-05", "2015-07-01"]);
    const death = exOfficio("death", "2026-11-18", { claimant: 53_152, diedOn: "2026-11-02", evidence: "住民票" });
    expect(itemsOf(await examined(clerk, death), "stop")).toContain("register");
    await bring(clerk, {
      residents: [
        resident(53_152, "2015-07-01", {
          世帯番号: number15(53_150),
          履歴番号: "2",
          住民状態: "3",
          異動年月日: "2026-11-02",
          異動事由コード: "21",
        }),
      ],
    });
    await decided(clerk, approver, death);
    // 25,000 − 10,000 = 15,000 from December
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toEqual({
      kind: "decrease",
      month: "2026-12",
      total: 15_000,
      cause: "childDeath",
    });
  });
});

const moveOutOf = (claimant: number, state: string, more: Record<string, unknown> = {}) =>
  exOfficio("moveOut", "2026-11-18", { claimant, state, plannedOn: "2026-10-31", ...more });

describe("moving out (転出)", () => {
  it("is stopped until the register shows it, and for another day than the register's", async () => {
    await certifiedFamily(clerks, 53_200, ["2020-05-10"]);
    expect(itemsOf(await examined(clerk, moveOutOf(53_200, "planned")), "stop")).toContain("register");
    await bring(clerk, { residents: [moved(53_200, "2", "2", "2026-10-30", "20")] });
    expect(itemsOf(await examined(clerk, moveOutOf(53_200, "planned")), "stop")).toContain("plannedOn");
  });

  it("[A63] the planned day decides, another month of the real move is shown, a cancelled move restores the right", async () => {
    const recipient = await certifiedFamily(clerks, 53_210, ["2020-05-10"]);
    await bring(clerk, { residents: [moved(53_210, "2", "2", "2026-10-31", "20")] });
    // Moved in on 5 November: planned October, really November. October is the last month here all the same.
    const seen = await examined(clerk, moveOutOf(53_210, "moved", { movedInOn: "2026-11-05" }));
    expect(itemsOf(seen, "look")).toContain("movedInOn");
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-11",
      cause: "movedOut",
    });

    await bring(clerk, { residents: [moved(53_210, "2", "2", "2026-10-31", "20", { 削除フラグ: "1" })] });
    await decided(clerk, approver, moveOutOf(53_210, "cancelled"));
    const after = await decisionsOf(database.pool, recipient);
    // 訂正 takes the extinction back from November on; 10,000 a month stands again.
    expect(after.at(-1)).toMatchObject({ kind: "correct", month: "2026-11", total: 10_000 });
    const window = await database.pool.query(
      "SELECT ended_from FROM allowance.recipient_window WHERE recipient_id = $1",
      [recipient],
    );
    expect(window.rows).toEqual([{ ended_from: null }]);
  });

  it("a removal from the register (職権消除) ends the right with its month, once the register shows it", async () => {
    const recipient = await certifiedFamily(clerks, 53_230, ["2020-05-10"]);
    const removal = moveOutOf(53_230, "removed", { plannedOn: "2026-11-05" });
    expect(itemsOf(await examined(clerk, removal), "stop")).toContain("register");
    await bring(clerk, { residents: [moved(53_230, "2", "9", "2026-11-05", "22")] });
    await decided(clerk, approver, removal);
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
    });
    expect((await noticesTo(database.pool, 53_230)).map(({ kind }) => kind)).not.toContain("moveOutGuide");
  });

  it("[A64] the resident is told the last month here and the last day to claim at the new city", async () => {
    await certifiedFamily(clerks, 53_220, ["2020-05-10"]);
    await bring(clerk, { residents: [moved(53_220, "2", "2", "2026-10-31", "20")] });
    await decided(clerk, approver, moveOutOf(53_220, "planned"));
    // 31 October + 15 days = 15 November, a Sunday: Monday the 16th.
    expect(await noticesTo(database.pool, 53_220)).toContainEqual({
      kind: "moveOutGuide",
      facts: { lastMonth: "2026-10", claimBy: "2026-11-16", firstMonthThere: "2026-11" },
    });
  });
});

describe("on another day", () => {
  it("the approval decides what was judged on the day of the examination", async () => {
    const recipient = await certifiedFamily(clerks, 53_800, ["2020-05-10"]);
    const seen = await examined(clerk, exOfficio("detention", "2026-11-18", { claimant: 53_800, from: "2026-11-10" }));
    await approveFiling(onDay(approver, "2027-01-10"), { filingId: seen.filingId, digest: seen.digest });
    expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({
      kind: "extinguish",
      month: "2026-12",
    });
  });
});
