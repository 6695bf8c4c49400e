/** 異動取込 → 年齢到達 → 支払 as data: what is refused before what, and what does not begin while something is half written. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { civilDate, month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { Context } from "../../src/context.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { getMassRun } from "../../src/mass-work/run-record.ts";
import { massCalendar } from "../../src/mass-work/schedule.ts";
import { approveMassRun, cancelMassRun, startMassRun, stopMassRun } from "../../src/mass-work/steps.ts";
import { workAll } from "../../src/mass-work/worker.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { withImportLock } from "../../src/register/import-lock.ts";
import { claimedFamily } from "../support/claimed-families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { resident, writeDelivery } from "../support/feeds.ts";
import { prepare } from "../support/filings.ts";
import { listOf, write } from "../support/mass-runs.ts";

const database = useDatabase();
const dir = testFolder();
const at = (operator: string, today: string): Context => onDay(testContext(database, dir, operator), today);
const crew = (today: string) => ({ maker: at("staff.ito", today), approver: at("staff.sato", today) });

/** A delivery with nothing new in it, up to a day. */
async function takeIn(asOf: string, today = "2027-06-02"): Promise<unknown> {
  const folder = join(dir, `delivery-${randomUUID()}`);
  return await importFeeds(
    at("staff.ito", today),
    await writeDelivery(folder, { residents: [resident(650_900, "1980-01-01")] }, asOf),
  );
}

let keys = 0;
const pay = async (paymentMonth: string, today: string) =>
  await createRun(at("staff.ito", today), { key: `pay/${(keys += 1)}`, paymentMonth, kind: "regular" });
const milestones = async (of: string, today: string) =>
  await write(crew(today), (await listOf(crew(today), "ageMilestones", { month: of })).run);

beforeAll(async () => {
  await prepare(database.pool);
  // Third birthday in April 2027: 15,000 until April, 10,000 from May.
  await claimedFamily(crew("2026-05-10"), 650_100, [["2024-04-20"]]);
}, 60_000);

describe("order and exclusion", () => {
  it("[A138] 異動取込 → 年齢到達 → 支払: each refuses before the one before it is done for its period, and says which; none begins while another is half written", async () => {
    // Until the fiscal year after the opening it stands in the calendar alone.
    await expect(
      createMassRun(at("staff.ito", "2027-03-20"), {
        key: "m0",
        jobCode: "ageMilestones",
        parameters: { month: "2027-03" },
      }),
    ).resolves.toMatchObject({ response: { state: "collecting" } });
    await workAll(at("staff.ito", "2027-03-20"));
    await expect(listOf(crew("2027-04-20"), "ageMilestones", { month: "2027-04" })).rejects.toMatchObject({
      code: "massPredecessor",
      message: expect.stringContaining("先に「異動の取込」（2027-04）を終えてから"),
    });
    await takeIn("2027-03-30");
    await expect(listOf(crew("2027-04-20"), "ageMilestones", { month: "2027-04" })).rejects.toMatchObject({
      code: "massPredecessor",
    });
    await takeIn("2027-05-31");
    // June pays April and May: the birthdays of March and April come first. Those of March are listed, not written.
    await expect(pay("2027-06", "2027-06-02")).rejects.toMatchObject({
      code: "massPredecessor",
      message: expect.stringContaining(
        "先に「年齢到達の減額・消滅」（2027-04）と「年齢到達の減額・消滅」（2027-03）を終えてから",
      ),
    });
    await write(crew("2027-06-02"), await getMassRun(database.pool, 1));
    await milestones("2027-04", "2027-06-02");
    const { response } = await pay("2027-06", "2027-06-02");
    expect(response.runNo).toBe(1);

    const june = await massCalendar(database.pool, civilDate("2027-06-02"), month("2027-06"), month("2027-06"));
    const outer = june.filter(({ work }) => work !== "massWork");
    expect(outer).toMatchObject([
      { jobCode: "feedIntake", period: "2027-06", state: "done", runNo: null },
      { jobCode: "paymentRun", period: "2027-06", state: "open", runNo: 1, waitsFor: [] },
    ]);
    const august = await massCalendar(database.pool, civilDate("2027-06-02"), month("2027-08"), month("2027-08"));
    expect(august.find(({ jobCode }) => jobCode === "paymentRun")?.waitsFor).toEqual([
      "年齢到達の減額・消滅（2027-06）",
      "年齢到達の減額・消滅（2027-05）",
      "異動の取込",
    ]);
    await cancelRun(at("staff.sato", "2027-06-02"), { key: "cancel", runNo: 1, reason: "試験" });

    // Mutual exclusion: while decisions are half written, no payment run and no intake begins; while an intake runs, no decision is written.
    const { maker, approver } = crew("2027-06-03");
    const { run } = await listOf(crew("2027-06-03"), "ageMilestones", { month: "2027-05" });
    await approveMassRun(approver, { key: "x1", runNo: run.runNo, digest: run.list?.digest ?? "" });
    const on = { runNo: run.runNo };
    await withImportLock(database.pool, async () => {
      await expect(startMassRun(maker, { ...on, key: "x2" })).rejects.toMatchObject({
        code: "massLaneBusy",
        message: expect.stringContaining("異動の取込みが進んでいます"),
      });
    });
    await startMassRun(maker, { ...on, key: "x3" });
    const busy = { code: "massLaneBusy", message: expect.stringContaining(`一括処理 ${run.runNo} が書きかけです`) };
    await expect(pay("2027-06", "2027-06-03")).rejects.toMatchObject(busy);
    await expect(takeIn("2027-06-02")).rejects.toMatchObject(busy);
    // Stopped is half written as well.
    await stopMassRun(maker, { ...on, key: "x4", reason: "試験" });
    await expect(pay("2027-06", "2027-06-03")).rejects.toMatchObject(busy);
    await cancelMassRun(maker, { ...on, key: "x5", reason: "試験" });
    await takeIn("2027-06-02");
    await expect(pay("2027-06", "2027-06-03")).resolves.toMatchObject({ response: { runNo: 2 } });
  });

  it("one person alone changes neither; two people take an order back from a day on", async () => {
    const change = async (approvedBy: string): Promise<unknown> =>
      await database.pool.query(
        `INSERT INTO allowance.mass_order (job_code, after_job, months_before, valid_from, revision, required, withdrawn, note, entered_by, approved_by)
         VALUES ('ageMilestones', 'feedIntake', 0, '2027-06-01', 1, true, true, '連携を毎日取り込むため', 'unyo.ichiro', $1)`,
        [approvedBy],
      );
    await expect(change("unyo.ichiro")).rejects.toMatchObject({ constraint: "mass_order_two_people" });
    await expect(
      database.pool.query(
        `INSERT INTO allowance.mass_exclusion (job_code, lane, valid_from, revision, entered_by, approved_by) VALUES ('feedIntake', 'letters', '2027-06-01', 1, 'unyo.ichiro', 'unyo.ichiro')`,
      ),
    ).rejects.toMatchObject({ constraint: "mass_exclusion_two_people" });
    const far = { jobCode: "ageMilestones", parameters: { month: "2027-07" } };
    await expect(createMassRun(at("staff.ito", "2027-06-03"), { key: "y1", ...far })).rejects.toMatchObject({
      code: "massPredecessor",
    });
    await change("unyo.jiro");
    await expect(createMassRun(at("staff.ito", "2027-05-31"), { key: "y2", ...far })).rejects.toMatchObject({
      code: "massPredecessor",
    });
    await expect(createMassRun(at("staff.ito", "2027-06-03"), { key: "y3", ...far })).resolves.toMatchObject({
      response: { state: "collecting" },
    });
  });
});
