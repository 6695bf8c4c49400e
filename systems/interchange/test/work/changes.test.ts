/** From change to work: a day of the city comes in, and everything that happened stands on somebody's list with what the law makes of it. */
import {
  assignChange,
  changeKinds,
  closeChange,
  countOpenChanges,
  explainDifferences,
  fileChange,
  listReconciliations,
  makeEndorsedReports,
  massCalendar,
  type ShownEffect,
} from "@hagukumi/allowance/contract.ts";
import { civilDate, month } from "@hagukumi/law/contract.ts";
import type { Day } from "@hagukumi/outside-sources/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { examined } from "../../../allowance/test/support/filings.ts";
import { applyDeliveries, interfaceStates, receiveDeliveries, requestResend, runRound } from "../../contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { agree, makeTown, settle, type SmallTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const base = testContext(database, dir, "renkei.batch");
/** The context on a day: the city lives on while the test goes on. */
const on = (day: string): Context => ({
  calendar: base.calendar,
  operator: base.operator,
  purpose: base.purpose,
  reportsDir: base.reportsDir,
  pool: database.pool,
  today: civilDate(day),
});
let small: SmallTown;
let day: Day;

type Change = {
  id: number;
  kind: string;
  number: string;
  recipient: number | null;
  effects: ShownEffect[];
  action: string | null;
  stopped: string;
  endorsed: boolean;
};

async function changes(condition: string): Promise<readonly Change[]> {
  const { rows } = await database.pool.query<Change>(
    `SELECT change_id AS id, kind, lpad(addressee_number::text, 15, '0') AS number, recipient_id AS recipient, coalesce(effects, '[]') AS effects, action, stopped, endorsed
     FROM allowance.register_change_state WHERE ${condition} ORDER BY change_id`,
  );
  return rows;
}

async function send(sent: Day): Promise<void> {
  await small.sender.send("residents", sent.residents, { asOf: sent.date });
  await small.sender.send("endorsements", sent.endorsements, { asOf: sent.date });
  if (sent.incomes.length > 0) await small.sender.send("incomes", sent.incomes, { asOf: sent.date });
  if (sent.healthInsurance.length > 0)
    await small.sender.send("healthInsurance", sent.healthInsurance, { asOf: sent.date });
}

const take = async (name: "nonResidents" | "residents", asOf: string, kind: "full" | "difference"): Promise<void> => {
  await small.sender.send(name, [], { asOf, kind });
  const context = on(asOf);
  await receiveDeliveries(context, small.store);
  expect(await applyDeliveries(context, small.store)).toMatchObject({ applied: 1, refused: 0 });
};

beforeAll(async () => {
  await agree(base);
  const made = await makeTown(dir, 400);
  small = made;
  await settle(base, made.cityDir);
  await small.sender.send("residents", small.town.residents(), { kind: "full", asOf: "2026-11-20" });
  await small.sender.send("incomes", small.incomes, { kind: "full", asOf: "2026-11-20" });
  await small.sender.send("healthInsurance", small.town.insurances(), { kind: "full", asOf: "2026-11-20" });
  await runRound(on("2026-11-20"), small.store);
  // What has long been so is no change.
  expect(await countOpenChanges(database.pool)).toMatchObject({ open: 0 });
  day = small.town.live({
    births: 2,
    deaths: 1,
    movesWithin: 2,
    movesOut: 1,
    marriages: 1,
    separations: 1,
    protections: 1,
    taxCorrections: 1,
    insurances: 1,
    publicServants: 1,
  });
  await send(day);
});

describe("a day of the city", () => {
  it("[A163] each thing that happened to a case is a task on it with the law's proposal; the list ends at zero or has owners", async () => {
    const done = await runRound(on(day.date), small.store);
    expect(done).toMatchObject({ applied: 4, refused: 0, rejectedRows: 0, waiting: 0, alarms: [] });
    const all = await changes("true");
    // Everything that happened to a family with a right, by person and kind.
    const { rows: live } = await database.pool.query<{ n: string }>(
      `SELECT lpad(r.addressee_number::text, 15, '0') AS n FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id) WHERE w.ended_from IS NULL`,
    );
    const recipients = new Set(live.map(({ n }) => n));
    const expected = day.happened.filter(({ what, number }) => recipients.has(number) || what === "birth");
    expect(new Set(expected.map(({ what }) => what)).size).toBeGreaterThanOrEqual(6);
    for (const { what, number } of expected) {
      expect(
        all.filter((each) => each.kind === what && each.number === number),
        `${what} ${number}`,
      ).not.toEqual([]);
    }
    // Nothing is there that did not happen: every change is of somebody whose rows came today.
    const came = new Set([...day.residents, ...day.incomes, ...day.healthInsurance].map(([number]) => number));
    expect(all.filter(({ number }) => !came.has(number))).toEqual([]);
    // A family that moves together is one piece of work: the children's rows of the same move raise none beside the recipient's.
    for (const { number } of expected.filter(({ what }) => what === "moveWithin")) {
      const household = day.residents.find(([of]) => of === number)?.[4];
      const family = new Set(day.residents.filter((row) => row[4] === household).map(([of]) => of));
      expect(family.size, number).toBeGreaterThan(1);
      const moves = all.filter((each) => each.kind === "moveWithin" && family.has(each.number));
      expect(moves.map((each) => each.number)).toEqual([number]);
    }
    // The proposal: the dead recipient's right ends, and the amount before and after stands beside it.
    const death = all.find(({ kind, recipient }) => kind === "death" && recipient !== null);
    expect(death?.effects.find(({ kind }) => kind === "extinguish")).toMatchObject({ yenAfter: 0 });
    expect(death?.effects.find(({ kind }) => kind === "extinguish")?.yenBefore).toBeGreaterThan(0);
    // A birth: what a claim of today would give, and until when.
    const birth = all.find(({ kind, recipient }) => kind === "birth" && recipient !== null);
    expect(birth?.action).toContain("期限 2026-12-07"); // born on 21 November: 15 days from the 22nd end on Sunday 6 December, so Monday the 7th
    const gain = birth?.effects.find(({ kind }) => kind === "increase");
    expect((gain?.yenAfter ?? 0) - (gain?.yenBefore ?? 0)).toBeGreaterThanOrEqual(15_000); // a child under 3
    // (The moves with the endorsement are reports already.)
    expect((await changes("outcome IS NULL")).every(({ action }) => action !== null)).toBe(true);
    expect(all.every(({ kind }) => Object.hasOwn(changeKinds, kind))).toBe(true);

    // Nothing leaves the list by itself.
    const before = await countOpenChanges(database.pool);
    expect(before.open).toBeGreaterThan(5);
    expect(before.withoutOwner).toBe(before.open);
    await runRound(on(day.date), small.store);
    expect(await countOpenChanges(database.pool)).toEqual(before);
    // By an owner, a reason, or a filing.
    const clerk = { ...on(day.date), operator: "madoguchi.hana" };
    const filed = await fileChange(clerk, { changeId: death?.id ?? 0 });
    expect(filed.receptionNumber).toMatch(/^\d+$/);
    await expect(fileChange(clerk, { changeId: death?.id ?? 0 })).rejects.toMatchObject({ code: "changeUnknown" });
    await expect(fileChange(clerk, { changeId: birth?.id ?? 0 })).rejects.toMatchObject({ code: "changeNeedsPerson" });
    await expect(closeChange(clerk, { changeId: birth?.id ?? 0, reason: "" })).rejects.toMatchObject({
      code: "filingInvalid",
    });
    for (const { id } of await changes("outcome IS NULL"))
      await assignChange(clerk, { changeId: id, owner: "madoguchi.hana" });
    expect(await countOpenChanges(database.pool)).toMatchObject({ withoutOwner: 0 });
    const [insurance] = await changes("kind = 'insurance' AND outcome IS NULL");
    await closeChange(clerk, { changeId: insurance?.id ?? 0, reason: "被用区分は8月まで変わらない。台帳に記録した" });
    await expect(closeChange(clerk, { changeId: insurance?.id ?? 0, reason: "もう一度" })).rejects.toMatchObject({
      code: "changeUnknown",
    });
    expect(await countOpenChanges(database.pool)).toMatchObject({
      open: (await changes("outcome IS NULL")).length,
      withoutOwner: 0,
    });
    // The filing carries the person on: it is examined with the same effects.
    const { rows } = await database.pool.query<{ state: string }>(
      "SELECT state FROM allowance.filing_current WHERE filing_id = $1",
      [filed.filingId],
    );
    expect(rows[0]?.state).toBe("submitted");
  });

  it("[A211] a move with the endorsement is the report: it stands as a filing of the day of the notification, once", async () => {
    const moved = day.happened.filter(({ what }) => what === "moveWithin").map(({ number }) => number);
    const { rows } = await database.pool.query<{
      number: string;
      receivedOn: string;
      channel: string;
      address: string;
      state: string;
    }>(
      `SELECT lpad(f.claimant_number::text, 15, '0') AS number, f.received_on AS "receivedOn", f.channel, x.content->'address'->>'address' AS address, f.state
       FROM allowance.register_change_handling h JOIN allowance.filing_current f USING (filing_id)
       JOIN allowance.filing_content x ON x.filing_id = f.filing_id WHERE h.outcome = 'report' ORDER BY 1`,
    );
    const { rows: live } = await database.pool.query<{ n: string }>(
      "SELECT lpad(r.addressee_number::text, 15, '0') AS n FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id) WHERE w.ended_from IS NULL",
    );
    const expected = moved.filter((number) => live.some(({ n }) => n === number)).toSorted();
    expect(expected.length).toBeGreaterThan(0);
    expect(rows.map(({ number }) => number)).toEqual(expected);
    for (const row of rows) {
      const sent = day.residents.find(([number]) => number === row.number) ?? [];
      expect(row).toMatchObject({ receivedOn: day.date, channel: "exOfficio", state: "submitted", address: sent[19] });
    }
    expect(await makeEndorsedReports(on(day.date))).toEqual({ made: 0, left: 0 });
    // Whoever moved without saying so at the window is not taken to have reported.
    const silent = small.town.live({ movesWithin: 1 });
    await small.sender.send("residents", silent.residents, { asOf: silent.date });
    expect(await runRound(on(silent.date), small.store)).toMatchObject({ applied: 1, reports: 0 });
  });
});

describe("the copies and their sources", () => {
  it("[A164][D283] the full set is compared with the copy: empty, or every difference is named and explained", async () => {
    const today = on(small.town.today());
    await small.sender.send("residents", small.town.residents(), { kind: "reconciliation", asOf: small.town.today() });
    expect(await runRound(today, small.store)).toMatchObject({ reconciled: 1 });
    const [clean] = await listReconciliations(database.pool);
    expect(clean).toMatchObject({ rows: small.town.residents().length, missing: 0, extra: 0, different: 0, open: 0 });

    // A row that the office changed without sending it, one that it lost, one that never came.
    const all = small.town.residents();
    const [altered = [], lost = []] = all;
    const never = [...altered].map((cell, index) => (index === 1 ? "77" : cell));
    const lying = [altered.map((cell, index) => (index === 19 ? "架空町９９丁目" : cell)), ...all.slice(2), never];
    await small.sender.send("residents", lying, {
      kind: "reconciliation",
      asOf: small.town.today(),
      version: "1.0",
    });
    await runRound(today, small.store);
    const [found] = await listReconciliations(database.pool);
    expect(found).toMatchObject({ missing: 1, extra: 1, different: 1, open: 3 });
    const { rows } = await database.pool.query<{ no: number; number: string; kind: string; items: string[] }>(
      `SELECT difference_no AS no, lpad(addressee_number::text, 15, '0') AS number, kind, items FROM allowance.reconciliation_difference
       WHERE reconciliation_id = $1 ORDER BY kind`,
      [found?.reconciliationId],
    );
    expect(rows.map(({ number, kind, items }) => [kind, number, items])).toEqual([
      ["different", altered[0], ["address"]],
      ["extra", lost[0], []],
      ["missing", altered[0], []],
    ]);
    const explain = {
      reconciliationId: found?.reconciliationId ?? 0,
      differenceNos: rows.map(({ no }) => no),
      cause: "sourceFault" as const,
      explanation: "住民記録の抽出の誤り。再抽出を頼んだ",
    };
    await explainDifferences(today, explain);
    await expect(explainDifferences(today, explain)).rejects.toMatchObject({ code: "reconciliationExplained" });
    expect((await listReconciliations(database.pool))[0]).toMatchObject({ open: 0 });
    // The copy is as it was: a comparison puts nothing right by itself.
    const { rows: copy } = await database.pool.query<{ address: string }>(
      "SELECT address FROM allowance.person_history WHERE addressee_number = $1 AND history_no = $2 ORDER BY revision DESC LIMIT 1",
      [Number(altered[0]), Number(altered[1])],
    );
    expect(copy[0]?.address).toBe(altered[19]);
  });

  it("[D282] [THR97] a change is seen on the day on which it comes; where nothing comes, or a day was missed, the copy is called old or held up, and a decision carries the alert", async () => {
    const next = small.town.live({ deaths: 1 });
    await send(next);
    await runRound(on(next.date), small.store);
    const { rows } = await database.pool.query<{ state: number }>(
      "SELECT resident_state AS state FROM allowance.person_current WHERE addressee_number = $1",
      [Number(next.happened[0]?.number)],
    );
    expect(rows[0]?.state).toBe(3);
    const state = async (today: string) =>
      (await interfaceStates(database.pool, civilDate(today))).find(
        ({ interfaceCode }) => interfaceCode === "residents",
      );
    // Agreed: news every day. The copy is of 23 November; on the 24th it is a day old, on the 25th it is old.
    expect(next.date).toBe("2026-11-23");
    expect(await state("2026-11-24")).toMatchObject({ stale: false });
    expect(await state("2026-11-25")).toMatchObject({ stale: true, asOf: "2026-11-23" });
    const [death] = await changes("kind = 'death' AND outcome IS NULL AND recipient_id IS NOT NULL");
    if (death === undefined) throw new Error("the death touched no case");
    const look = async (today: string): Promise<readonly string[]> => {
      const clerk = { ...on(today), operator: "madoguchi.hana" };
      const form = {
        procedure: "death" as const,
        receivedOn: next.date,
        channel: "exOfficio" as const,
        wardCode: "431010",
        content: { claimant: Number(death.number), diedOn: next.date, evidence: "住民票" },
      };
      const { proposal } = await examined(clerk, form);
      return proposal.differences.filter(({ weight }) => weight === "look").map(({ item }) => item);
    };
    expect(await look("2026-11-24")).not.toContain("feed.stale");
    expect(await look("2026-11-25")).toContain("feed.stale");
    // The 24th is lost on its way, the 25th comes: news there is, but this person's may lie in the gap.
    const lost = small.town.live({ movesWithin: 1 });
    await small.sender.send("residents", lost.residents, { asOf: lost.date, fault: "lost" });
    const later = small.town.live({ movesWithin: 1 });
    await small.sender.send("residents", later.residents, { asOf: later.date });
    const gaps = async (): Promise<readonly string[]> =>
      (await runRound(on(later.date), small.store)).alarms.filter((alarm) => alarm.includes("届いていません"));
    expect(await gaps()).toHaveLength(1);
    expect(await look("2026-11-24")).toContain("feed.delayed");
    const [gap = { from: 0, to: 0 }] = (await state("2026-11-25"))?.missing ?? [];
    await requestResend(on(later.date), small.store, { interfaceCode: "residents", ...gap, reason: "届いていない" });
    await small.sender.answerResends();
    expect(await gaps()).toEqual([]);
    expect((await look("2026-11-24")).filter((item) => item.startsWith("feed."))).toEqual([]);
  });

  it("the calendar's intake of a month is done by the deliveries themselves, before any round; other registers' days don't count", async () => {
    const intake = async (): Promise<string | undefined> =>
      (await massCalendar(database.pool, civilDate("2026-12-01"), month("2026-12"), month("2026-12"))).find(
        ({ jobCode }) => jobCode === "feedIntake",
      )?.state;
    // December's intake needs everything up to 30 November. People without residence come in the same layout, and say nothing of residents.
    await take("nonResidents", "2026-11-30", "full");
    expect(await intake()).not.toBe("done");
    await take("residents", "2026-11-29", "difference");
    expect(await intake()).not.toBe("done");
    await take("residents", "2026-11-30", "difference");
    expect(await intake()).toBe("done");
    const { rows } = await database.pool.query(
      "SELECT as_of FROM allowance.import_batch WHERE interface_code = 'residents' ORDER BY batch_id DESC LIMIT 2",
    );
    expect(rows).toEqual([{ as_of: "2026-11-30" }, { as_of: "2026-11-29" }]);
  });
});
