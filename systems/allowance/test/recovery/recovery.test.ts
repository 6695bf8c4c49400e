/** 債権: found by the ledger alone, decided by two people, paid back in parts, over-paid, written off – and to the yen at every step. */
import { civilDate, month } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";
import { planAdvanceOffset } from "../../src/deductions/advance-offset.ts";
import { readMonths } from "../../src/inquiry/recipient-months.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { findOverpayments } from "../../src/recovery/find.ts";
import { dueReminders, instalmentsOf, recoveryOverview, withClocks } from "../../src/recovery/overview.ts";
import {
  answerRecovery,
  proposeRecovery,
  type RecoveryProposal,
  waitingProposals,
} from "../../src/recovery/proposals.ts";
import { eventsOf, getRecovery, partsOf, recoveriesOf } from "../../src/recovery/record.ts";
import { snapshotRead } from "../../src/inquiry/audited-read.ts";
import { massItems } from "../../src/mass-work/read-items.ts";
import { getMassRun } from "../../src/mass-work/run-record.ts";
import { undoMassRun } from "../../src/mass-work/undo/create-undo.ts";
import { workAll } from "../../src/mass-work/worker.ts";
import { waitingLetters } from "../../src/notices/runs/waiting.ts";
import { calendar, MAKER } from "../support/cases.ts";
import { decideFacts, endCare } from "../support/decide-facts.ts";
import { listOf, looked, write } from "../support/mass-runs.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";
import {
  KACHO,
  KAKARI,
  billed,
  by,
  cause,
  crew,
  database,
  decided,
  first,
  instalmentPlan,
  ledgerOwed,
  lumpSum,
  overpaid,
  parameters,
  pay,
  refusal,
  second,
  useRecoveries,
  writeOff,
} from "../support/recoveries.ts";

useRecoveries();

describe("a claim comes about", () => {
  it("[A111] of itself, by month, child and fund, when a paid month is no longer entitled; it can't be typed", async () => {
    const recovery = await overpaid();
    expect(recovery).toMatchObject({
      recipientId: second(),
      state: "found",
      cause: null,
      amount: 60_000,
      outstanding: 60_000,
    });
    const parts = await partsOf(database.pool, recovery.recoveryId);
    expect(
      parts.map(({ child, month: of, amount, employeeClass, band, paidOn }) => [
        child,
        of,
        amount,
        employeeClass,
        band,
        paidOn,
      ]),
    ).toEqual([
      [900000000000204, "2026-10", 30_000, "employee", "U3", "2026-12-15"],
      [900000000000204, "2026-11", 30_000, "employee", "U3", "2026-12-15"],
    ]);
    await expect(
      database.pool.query(
        "INSERT INTO allowance.recovery (recipient_id, journal_id, found_on) VALUES ($1, 1, '2027-01-20')",
        [first()],
      ),
    ).rejects.toMatchObject({ constraint: "recovery_found" });
    expect(await ledgerOwed()).toBe(60_000);
  });

  it("once: looking again finds nothing, and a dry run changes nothing", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "handedOver");
    await settleAndClose(database.pool, 1);
    await decideFacts(database.pool, second(), "decrease", "2026-11", endCare(2, "2026-10-20"));
    expect(await findOverpayments(by(MAKER), { dryRun: true })).toMatchObject({
      looked: 1,
      recoveries: 1,
      overpaid: 30_000,
      dryRun: true,
    });
    expect(await recoveriesOf(database.pool, second())).toEqual([]);
    expect(await findOverpayments(by(MAKER))).toMatchObject({ looked: 1, recoveries: 1, overpaid: 30_000 });
    expect(await findOverpayments(by(MAKER))).toMatchObject({ looked: 0, recoveries: 0, overpaid: 0 });
    expect(await recoveriesOf(database.pool, second())).toHaveLength(1);
  });

  it("and stops before the first slice when it is cancelled", async () => {
    const context = { ...by(MAKER), signal: AbortSignal.abort() };
    await expect(findOverpayments(context)).rejects.toEqual(refusal("cancelled"));
  });
});

describe("two people", () => {
  it("decide the cause, and only on the content and balance that both saw", async () => {
    const { recoveryId } = await overpaid();
    await expect(proposeRecovery(by(KAKARI), { recoveryId, proposal: lumpSum })).rejects.toEqual(
      refusal("recoveryState"),
    );
    await expect(proposeRecovery(by(KAKARI), { recoveryId: 999, proposal: lumpSum })).rejects.toEqual(
      refusal("recoveryUnknown"),
    );
    const proposalId = await proposeRecovery(by(KAKARI), { recoveryId, proposal: cause("city") });
    await expect(proposeRecovery(by(KAKARI), { recoveryId, proposal: cause("fraud") })).rejects.toEqual(
      refusal("recoveryInvalid"),
    );
    const contentDigest = (await waitingProposals(database.pool, recoveryId))[0]?.contentDigest ?? "";
    const approve = { outcome: "approved", contentDigest } as const;
    await expect(answerRecovery(by(KAKARI), { proposalId, answer: approve })).rejects.toEqual(refusal("samePerson"));
    const other = { outcome: "approved", contentDigest: "0".repeat(64) } as const;
    await expect(answerRecovery(by(KACHO), { proposalId, answer: other })).rejects.toEqual(refusal("recoveryChanged"));
    // Something was paid in between: the balance that was proposed on is gone.
    await pay(recoveryId, "R-1", 1_000);
    await expect(answerRecovery(by(KACHO), { proposalId, answer: approve })).rejects.toEqual(
      refusal("recoveryChanged"),
    );
    await expect(
      answerRecovery(by(KACHO), { proposalId, answer: { outcome: "returned", contentDigest, reason: " " } }),
    ).rejects.toEqual(refusal("recoveryInvalid"));
    await answerRecovery(by(KACHO), {
      proposalId,
      answer: { outcome: "returned", contentDigest, reason: "残りが変わった" },
    });
    expect((await getRecovery(database.pool, recoveryId)).cause).toBeNull();
    await decided(recoveryId, cause("city"));
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({
      cause: "city",
      state: "assessed",
      outstanding: 59_000,
    });
    await expect(answerRecovery(by(KACHO), { proposalId, answer: approve })).rejects.toEqual(
      refusal("recoveryChanged"),
    );
  });
});

describe("[A112] recovery", () => {
  it("by lump sum: the demand with its due day, the day of the reminder, part receipts, and 完納", async () => {
    const { recoveryId } = await billed();
    const notices = async () =>
      (
        await database.pool.query<{ kind: string; due: string; amount: number; items: number }>(
          `SELECT kind, facts->>'dueOn' AS due, (facts->>'amount')::int AS amount, jsonb_array_length(facts->'items') AS items
           FROM allowance.case_notice WHERE recovery_id = $1 ORDER BY notice_id`,
          [recoveryId],
        )
      ).rows;
    // 2027-01-20 + 30 days = 2027-02-19, a Friday.
    expect(await notices()).toEqual([{ kind: "repaymentDemand", due: "2027-02-19", amount: 60_000, items: 2 }]);
    expect(await instalmentsOf(database.pool, [recoveryId])).toEqual([
      { recoveryId, no: 1, dueOn: "2027-02-19", amount: 60_000, paid: 0 },
    ]);
    // 35,000 of 60,000: October 30,000 and 5,000 of November.
    expect(await pay(recoveryId, "R-1", 35_000)).toEqual({ outstanding: 25_000, excess: 0 });
    expect((await partsOf(database.pool, recoveryId)).map(({ outstanding }) => outstanding)).toEqual([0, 25_000]);
    // Reminders are due 20 days after the due day: 2027-03-11.
    const own = [await getRecovery(database.pool, recoveryId)];
    expect(await dueReminders(database.pool, by(KAKARI, "2027-03-10"), own)).toEqual([]);
    expect(await dueReminders(database.pool, by(KAKARI, "2027-03-11"), own)).toMatchObject([
      { stage: "reminder", late: 25_000 },
    ]);
    expect(await pay(recoveryId, "R-2", 25_000, "2027-03-12")).toEqual({ outstanding: 0, excess: 0 });
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({
      state: "cleared",
      recovered: 60_000,
      outstanding: 0,
    });
    expect(await ledgerOwed()).toBe(0);
  });

  it("by instalments: only with a pledge and the exact sum; a missed one is late, and what comes in fills the earliest", async () => {
    const { recoveryId } = await overpaid();
    await decided(recoveryId, cause("recipient"));
    for (const wrong of [
      instalmentPlan([20_000, 40_000]),
      instalmentPlan([20_000, 30_000], "2027-01-20"),
      instalmentPlan([60_000], "2027-01-20"),
      instalmentPlan([30_000, 30_000], "2027-01-21"),
    ]) {
      await expect(proposeRecovery(by(KAKARI), { recoveryId, proposal: wrong })).rejects.toEqual(
        refusal("recoveryInvalid"),
      );
    }
    await decided(recoveryId, instalmentPlan([20_000, 20_000, 20_000], "2027-01-20"));
    await pay(recoveryId, "R-1", 25_000, "2027-02-20");
    expect((await instalmentsOf(database.pool, [recoveryId])).map(({ paid }) => paid)).toEqual([20_000, 5_000, 0]);
    const [listed] = await withClocks(database.pool, by(KAKARI, "2027-04-01"), [
      await getRecovery(database.pool, recoveryId),
    ]);
    // The second (2027-03-26) lacks 15,000; the third is not due. The payment of 2027-02-20 renewed the five years.
    expect(listed).toMatchObject({
      late: 15_000,
      nextDueOn: "2027-03-26",
      warned: false,
      clock: { completeOn: "2032-02-21" },
    });
    const { rows } = await database.pool.query("SELECT kind FROM allowance.case_notice WHERE recovery_id = $1", [
      recoveryId,
    ]);
    expect(rows).toEqual([{ kind: "repaymentInstalments" }]);
  });

  it("by 内払: what a payment run takes reduces the months; the claim is closed, and opened again when the run is cancelled", async () => {
    const { recoveryId } = await overpaid();
    await planAdvanceOffset(by(KAKARI), {
      recipientId: second(),
      perPayment: 60_000,
      keep: 0,
      fromPayment: month("2027-02"),
      consent: "窓口で同意書（架空）",
      approvedBy: KACHO,
    });
    // February pays December and January to the second family: (10,000 + 10,000) × 2 = 40,000, all of it taken.
    const { runNo } = await create(database.pool, "2027-02");
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({
      offset: 40_000,
      recovered: 40_000,
      outstanding: 20_000,
    });
    await pay(recoveryId, "R-1", 20_000);
    expect((await getRecovery(database.pool, recoveryId)).state).toBe("cleared");
    await cancelRun(by(MAKER), { key: "x", runNo, reason: "試験" });
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ state: "cleared", outstanding: 40_000 });
    await pay(recoveryId, "R-2", 10_000);
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ state: "found", outstanding: 30_000 });
  });

  it("ends by write-off: not before the limitation is complete, but at any time by a decision of two people", async () => {
    const { recoveryId } = await billed();
    // Demanded on 2027-01-20: five years, complete on 2032-01-21.
    await expect(
      proposeRecovery(by(KAKARI, "2032-01-20"), { recoveryId, proposal: writeOff("limitation") }),
    ).rejects.toEqual(refusal("recoveryInvalid"));
    await decided(
      recoveryId,
      { kind: "suspension", what: "suspended", on: "2031-12-01", reason: "審査請求（架空）" },
      "2031-12-02",
    );
    await expect(
      proposeRecovery(by(KAKARI, "2032-02-01"), { recoveryId, proposal: writeOff("limitation") }),
    ).rejects.toEqual(refusal("recoveryInvalid"));
    await decided(
      recoveryId,
      { kind: "suspension", what: "unruled", on: "2032-02-01", reason: "取下げ（架空）" },
      "2032-02-02",
    );
    await pay(recoveryId, "R-1", 10_000, "2032-03-01");
    await decided(recoveryId, writeOff("decision"), "2032-03-02");
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({
      state: "writtenOff",
      received: 10_000,
      writtenOff: 50_000,
      outstanding: 0,
    });
    expect(await ledgerOwed()).toBe(0);
  });

  it("by limitation, on the day on which it is complete", async () => {
    const { recoveryId } = await billed();
    await decided(recoveryId, { kind: "writeOff", ground: "limitation", reason: "時効の完成" }, "2032-01-21");
    expect(await getRecovery(database.pool, recoveryId)).toMatchObject({ state: "writtenOff", writtenOff: 60_000 });
  });

  it("over-received: the excess waits, and is refunded once, by two people", async () => {
    const { recoveryId } = await billed();
    expect(await pay(recoveryId, "R-1", 60_500)).toEqual({ outstanding: 0, excess: 500 });
    const { rows } = await database.pool.query<{ id: number }>(
      "SELECT receipt_id AS id FROM allowance.recovery_receipt",
    );
    const refund: RecoveryProposal = { kind: "refund", receiptId: rows[0]?.id ?? 0, reason: "過納" };
    await expect(proposeRecovery(by(KAKARI), { recoveryId, proposal: { ...refund, receiptId: 999 } })).rejects.toEqual(
      refusal("recoveryInvalid"),
    );
    await decided(recoveryId, refund);
    await expect(proposeRecovery(by(KAKARI), { recoveryId, proposal: refund })).rejects.toEqual(
      refusal("recoveryInvalid"),
    );
    const legs = await database.pool.query(
      "SELECT account, sum(amount)::int AS yen FROM allowance.ledger_leg WHERE account IN ('collected', 'overReceipt') GROUP BY 1 ORDER BY 1",
    );
    // 60,500 came in and 500 went back.
    expect(legs.rows).toEqual([
      { account: "collected", yen: -60_000 },
      { account: "overReceipt", yen: 0 },
    ]);
  });
});

describe("[A112] 督促 and 催告 in bulk", () => {
  it("are listed, approved by another person and written once; who has paid in between is left out", async () => {
    const { recoveryId } = await billed();
    expect(await looked(crew("2027-03-10"), "recoveryReminders", parameters("2027-03"))).toEqual([]);
    const reminder = await listOf(crew("2027-03-11"), "recoveryReminders", parameters("2027-03"));
    expect(reminder.items).toMatchObject([{ recipientId: second(), kind: "reminder" }]);
    await write(crew("2027-03-11"), reminder.run);
    const reminded = await getRecovery(database.pool, recoveryId);
    expect(reminded.state).toBe("reminded");
    // 2027-03-11 + 30 days is Saturday 2027-04-10: the next day on which banks are open is Monday, 2027-04-12; a call 30 days later.
    expect((await eventsOf(database.pool, [recoveryId])).at(-1)).toMatchObject({
      kind: "reminded",
      dueOn: "2027-04-12",
      amount: 60_000,
    });
    expect(await looked(crew("2027-05-11"), "recoveryReminders", parameters("2027-05"))).toEqual([]);
    const call = await listOf(crew("2027-05-12"), "recoveryReminders", parameters("2027-05"));
    expect(call.items).toMatchObject([{ kind: "call" }]);
    await pay(recoveryId, "R-1", 60_000, "2027-05-12");
    await write(crew("2027-05-12"), call.run);
    expect((await eventsOf(database.pool, [recoveryId])).map(({ kind }) => kind)).toEqual([
      "found",
      "causeDecided",
      "planned",
      "reminded",
      "received",
      "cleared",
    ]);
    const { rows } = await database.pool.query(
      "SELECT kind FROM allowance.case_notice WHERE recovery_id = $1 ORDER BY notice_id",
      [recoveryId],
    );
    expect(rows).toEqual([{ kind: "repaymentDemand" }, { kind: "repaymentReminder" }]);
  });
});

async function waits(): Promise<number> {
  const waiting = await snapshotRead(database.pool, async (client) => await waitingLetters(client, "2027-03-12"));
  return waiting.find(({ form }) => form === "repayment")?.waiting ?? 0;
}

/** The list of what would be taken back of a run. */
async function undoOf(on: string, runNo: number) {
  const { response } = await undoMassRun(crew(on).maker, { key: `undo/${runNo}/${on}`, runNo });
  await workAll(crew(on).maker);
  return {
    run: await getMassRun(database.pool, response.runNo),
    items: await massItems(database.pool, response.runNo, { limit: 10 }),
  };
}

describe("督促・催告の戻し", () => {
  it("before it is in print the claim stands where it stood, to the day of its clock, and nobody is told; with anything after it, it is not taken back", async () => {
    const { recoveryId } = await billed();
    const look = async (on: string) => {
      const recovery = await getRecovery(database.pool, recoveryId);
      const [{ clock } = { clock: null }] = await withClocks(database.pool, by(KAKARI, on), [recovery]);
      const due = await dueReminders(database.pool, by(KAKARI, on), [recovery]);
      return { state: recovery.state, clock, due: due.map(({ stage, late }) => [stage, late]) };
    };
    const before = await look("2027-03-11");
    expect(before).toMatchObject({ state: "billed", due: [["reminder", 60_000]] });
    const waited = await waits();
    const reminded = await write(
      crew("2027-03-11"),
      (await listOf(crew("2027-03-11"), "recoveryReminders", parameters("2027-03"))).run,
    );
    expect((await look("2027-03-11")).state).toBe("reminded");
    // Nobody writes it past the rule: only the last event, only a reminder or a call, only back to where it stood.
    const forged = (kind: string, from: string, to: string): Promise<unknown> =>
      database.pool.query(
        `INSERT INTO allowance.recovery_event (recovery_id, seq, kind, from_state, to_state, happened_on, detail, actor)
         SELECT recovery_id, seq + 1, $2, $3, $4, '2027-03-11', '{}', 'staff.ito' FROM allowance.recovery_state WHERE recovery_id = $1`,
        [recoveryId, kind, from, to],
      );
    await expect(forged("unsent", "reminded", "assessed")).rejects.toMatchObject({
      constraint: "recovery_event_transition",
    });

    const list = await undoOf("2027-03-11", reminded.runNo);
    expect(list.items).toMatchObject([{ recipientId: second(), outcome: "change" }]);
    expect(await write(crew("2027-03-11"), list.run)).toMatchObject({ written: 1, changed: 0 });
    expect(await look("2027-03-11")).toEqual(before);
    expect(await waits()).toBe(waited);
    await expect(forged("unsent", "billed", "billed")).rejects.toMatchObject({
      constraint: "recovery_event_transition",
    });
    // The same work picks it up again.
    const again = await write(
      crew("2027-03-12"),
      (await listOf(crew("2027-03-12"), "recoveryReminders", parameters("2027-03"))).run,
    );
    expect(again.written).toBe(1);
    // One more letter than before the first time: what was taken back is told to nobody.
    expect(await waits()).toBe(waited + 1);
    await pay(recoveryId, "R-1", 10_000, "2027-03-12");
    const late = await undoOf("2027-03-12", again.runNo);
    expect(late.items).toMatchObject([{ outcome: "cannot" }]);
    expect(late.items[0]?.reason).toContain("あとの出来事");
  });
});

describe("what staff see", () => {
  it("month by month: paid, overpaid and recovered", async () => {
    const { recoveryId } = await billed();
    await pay(recoveryId, "R-1", 35_000);
    const today = civilDate("2027-02-10");
    const question = { recipientId: second(), calendar, today, firstMonth: "2024-10-01", endedFrom: null };
    const client = await database.pool.connect();
    const months = await readMonths(client, question).finally(() => client.release());
    const of = (wanted: string) => months.find((each) => each.month === wanted);
    // October: paid 50,000, of which 30,000 too much, all of it back. November: 5,000 of 30,000.
    expect(of("2026-10")).toMatchObject({ due: 50_000, receivable: 30_000, recovered: 30_000 });
    expect(of("2026-11")).toMatchObject({ due: 50_000, receivable: 30_000, recovered: 5_000 });
  });

  it("by state and age, with the whole sums", async () => {
    await billed();
    const overview = await recoveryOverview(database.pool, by(KAKARI, "2027-05-01"), ["billed"]);
    expect(overview.byState.find(({ state }) => state === "billed")).toEqual({
      state: "billed",
      count: 1,
      outstanding: 60_000,
    });
    // Found on 2027-01-20: on 2027-05-01 it is more than three and less than six months old.
    expect(overview.byAge.filter(({ count }) => count > 0)).toEqual([{ age: "to6", count: 1, outstanding: 60_000 }]);
    expect(overview.recoveries).toMatchObject([{ late: 60_000, nextDueOn: "2027-02-19" }]);
  });
});
