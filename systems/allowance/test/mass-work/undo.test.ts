/** 一括処理の戻し: what was written is taken back by two people with opposite rows, and what was paid, told or built upon is not. */
import type { Pool } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import type { Context } from "../../src/context.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { snapshotRead } from "../../src/inquiry/audited-read.ts";
import { massItems } from "../../src/mass-work/read-items.ts";
import { getMassRun, type MassRunRecord } from "../../src/mass-work/run-record.ts";
import { cancelMassRun, approveMassRun } from "../../src/mass-work/steps.ts";
import { undoMassRun } from "../../src/mass-work/undo/create-undo.ts";
import { undoLinks, undoPossible } from "../../src/mass-work/undo/possible.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { workAll } from "../../src/mass-work/worker.ts";
import { createLetterRun } from "../../src/notices/runs/create-run.ts";
import { waitingLetters } from "../../src/notices/runs/waiting.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { claimedFamily } from "../support/claimed-families.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { testContext, testFolder } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { listOf, write } from "../support/mass-runs.ts";

const database = useDatabase();
const dir = testFolder();
const at = (operator: string, today: string): Context => onDay(testContext(database, dir, operator), today);
const crew = (today = "2027-03-20") => ({ maker: at("staff.ito", today), approver: at("staff.sato", today) });
const MARCH = { month: "2027-03" };
const id: Record<string, number> = {};
let first: MassRunRecord;

let keys = 0;
async function undoList(runNo: number, today = "2027-03-22"): Promise<MassRunRecord> {
  const { maker } = crew(today);
  const { response } = await undoMassRun(maker, { key: `undo/${(keys += 1)}`, runNo });
  await workAll(maker);
  return await getMassRun(database.pool, response.runNo);
}

const nameOf = (recipientId: number | null): string =>
  Object.entries(id).find(([, each]) => each === recipientId)?.[0] ?? "";

async function outcomes(runNo: number): Promise<Readonly<Record<string, readonly [string, string]>>> {
  const items = await massItems(database.pool, runNo, { limit: 1000 });
  return Object.fromEntries(items.map((item) => [nameOf(item.recipientId), [item.outcome, item.reason] as const]));
}

type Decision = Readonly<Record<string, unknown>>;
async function decisions(pool: Pool): Promise<readonly Decision[]> {
  const { rows } = await pool.query<Decision>("SELECT to_jsonb(d) AS d FROM allowance.decision d ORDER BY decision_id");
  return rows;
}

const standing = async (name: string) =>
  (
    await database.pool.query<{ kind: string; month: string; total: number | null; origin: string }>(
      `SELECT kind, to_char(effective_month, 'YYYY-MM') AS month, monthly_total AS total, origin FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq DESC LIMIT 1`,
      [id[name]],
    )
  ).rows[0];

beforeAll(async () => {
  await prepare(database.pool);
  await seedDemoTexts(at("mongon.ichiro", "2026-05-10"), at("mongon.niro", "2026-05-10"));
  const people = crew("2026-05-10");
  // Third birthday in March: 15,000 until March, 10,000 from April.
  id["three"] = await claimedFamily(people, 640_100, [["2024-03-20"]]);
  // The only child leaves the school year of 18: 10,000 until March, the right ends with it.
  id["ended"] = await claimedFamily(people, 640_200, [["2008-05-05"]]);
  id["told"] = await claimedFamily(people, 640_300, [["2024-03-10"]]);
  id["later"] = await claimedFamily(people, 640_400, [["2024-03-15"]]);
  first = await write(crew(), (await listOf(crew(), "ageMilestones", MARCH)).run);
}, 120_000);

describe("taking back", () => {
  it("is refused where there is nothing to take back, where the kind has no opposite, and of an undo itself", async () => {
    expect(first).toMatchObject({ state: "done", written: 4 });
    const { maker } = crew();
    const empty = await listOf(crew(), "ageMilestones", { month: "2027-05" });
    await expect(undoMassRun(maker, { key: "n1", runNo: empty.run.runNo })).rejects.toMatchObject({
      code: "massUndoImpossible",
      message: expect.stringContaining("戻せるのは、完了したか打ち切った一括処理です"),
    });
    await cancelMassRun(maker, { key: "n2", runNo: empty.run.runNo, reason: "試験" });
    await expect(undoMassRun(maker, { key: "n3", runNo: empty.run.runNo })).rejects.toMatchObject({
      code: "massUndoImpossible",
      message: expect.stringContaining("何も書いていません"),
    });
    const reminders = await listOf(crew(), "recoveryReminders", MARCH);
    // Where undoing would be wrong in law, the exact way to correct it one by one is named.
    for (const [jobCode, law, way] of [
      ["limitationLapse", "児童手当法23条", "時効の記録を二人で"],
      ["taxRejudge", "児童手当法5条", "次の更正を取り込み、所得の更正の画面（/taxes）"],
    ] as const) {
      const other = await listOf(crew(), jobCode, MARCH);
      await expect(undoMassRun(maker, { key: `n4/${jobCode}`, runNo: other.run.runNo })).rejects.toMatchObject({
        code: "massUndoImpossible",
        message: expect.stringMatching(new RegExp(`${law}.*${way}`)),
      });
      await cancelMassRun(maker, { key: `n4/cancel/${jobCode}`, runNo: other.run.runNo, reason: "試験" });
    }
    await expect(undoMassRun(maker, { key: "n5", runNo: 900_000 })).rejects.toMatchObject({ code: "massRunUnknown" });
    // The number of one kind under the name of another, or another period
    for (const parameters of [
      { run: first.runNo, period: "2027-02" },
      { run: reminders.run.runNo, period: "2027-03" },
    ]) {
      await expect(
        createMassRun(maker, { key: `n6/${JSON.stringify(parameters)}`, jobCode: "ageMilestonesUndo", parameters }),
      ).rejects.toMatchObject({ code: "massUndoImpossible" });
    }
    expect(await undoLinks(database.pool, first.runNo)).toEqual({ undoes: null, undoneBy: [] });
  });

  it(
    "[A139] dry run with the list of differences, approval, commit – and undo: by two people, with opposite rows, where nothing was paid or told; otherwise refused with the reason, case by case",
    { timeout: 60_000 },
    async () => {
      // `told`: the letter is in print; those of the others were taken out of the run.
      const printed = await createLetterRun(crew().maker, {
        form: "exOfficio",
        documentOn: "2027-03-21",
        mailOn: "2027-03-21",
      });
      await database.pool.query(
        `INSERT INTO allowance.letter_discard (letter_id, kind, reason, discarded_by) SELECT letter_id, 'takenOut', '試験', 'staff.ito' FROM allowance.letter
         WHERE run_no = $1 AND recipient_id <> $2`,
        [printed.runNo, id["told"]],
      );
      // `later`: another decision since, on the move away.
      await bring(crew("2027-03-21").maker, {
        residents: [
          resident(640_400, "1985-01-01", {
            履歴番号: "2",
            住民状態: "2",
            異動年月日: "2027-03-18",
            異動事由コード: "20",
          }),
        ],
      });
      await reexamine(crew("2027-03-21").maker, { recipients: [id["later"] ?? 0] });
      await approveReexamined(crew("2027-03-21").approver, { recipients: [id["later"] ?? 0] });

      const before = await decisions(database.pool);
      const list = await undoList(first.runNo);
      expect(await decisions(database.pool)).toEqual(before);
      // 10,000 → 15,000 of the child of three, 0 → 10,000 of the right that ended
      expect(list).toMatchObject({
        state: "listed",
        list: { change: 2, cannot: 2, yenBefore: 10_000, yenAfter: 25_000 },
      });
      const lines = await outcomes(list.runNo);
      expect(lines["three"]).toEqual(["change", `一括処理 ${first.runNo} で書いた「3歳到達」を戻します`]);
      expect(lines["ended"]?.[0]).toBe("change");
      expect(lines["told"]).toEqual(["cannot", expect.stringContaining(`通知書が印刷処理 ${printed.runNo} で`)]);
      expect(lines["later"]).toEqual(["cannot", expect.stringContaining("別の決定（2027-03-21）があります")]);

      // Not by the person who made it.
      const digest = list.list?.digest ?? "";
      await expect(approveMassRun(crew().maker, { key: "same", runNo: list.runNo, digest })).rejects.toMatchObject({
        code: "samePerson",
      });
      expect(await write(crew("2027-03-22"), list)).toMatchObject({
        state: "done",
        written: 2,
        changed: 0,
        refused: 0,
      });

      // Only rows were added: what stood stands, letter by letter.
      const after = await decisions(database.pool);
      expect(after.slice(0, before.length)).toEqual(before);
      expect(after).toHaveLength(before.length + 2);
      const undone = { kind: "correct", month: "2027-04", origin: "undo" };
      expect(await standing("three")).toEqual({ ...undone, total: 15_000 });
      expect(await standing("ended")).toEqual({ ...undone, total: 10_000 });
      expect(await standing("told")).toMatchObject({ kind: "decrease", origin: "batch" });
      // Nobody had been told, so nobody is.
      const waiting = await snapshotRead(database.pool, async (client) => await waitingLetters(client, "2027-03-23"));
      const waits = (form: string): number => waiting.find((each) => each.form === form)?.waiting ?? 0;
      // All that is left to be told is of `later`: the decrease, its correction and the end.
      expect([waits("exOfficio"), waits("cancellation")]).toEqual([2, 1]);
      expect(await undoLinks(database.pool, first.runNo)).toEqual({ undoes: null, undoneBy: [list.runNo] });
      const found = (await verifyMoney(crew().maker)).filter(({ violations }) => violations > 0);
      expect(found).toEqual([]);
    },
  );

  it("what was taken back is not taken back twice, and the same mass work picks it up again", async () => {
    const again = await undoList(first.runNo);
    expect(again.list).toMatchObject({ change: 0, noChange: 2, cannot: 2 });
    await cancelMassRun(crew().maker, { key: "again", runNo: again.runNo, reason: "試験" });
    const second = await write(crew("2027-03-23"), (await listOf(crew("2027-03-23"), "ageMilestones", MARCH)).run);
    expect(second).toMatchObject({ written: 2 });
    expect(await standing("three")).toMatchObject({ kind: "decrease", total: 10_000, origin: "batch" });
    expect(await standing("ended")).toMatchObject({ kind: "extinguish", origin: "batch" });

    // A payment run that was made with it stands in the way, until it is cancelled.
    const june = at("staff.ito", "2027-03-30");
    const { response: run } = await createRun(june, { key: "june", paymentMonth: "2027-06", kind: "regular" });
    const paid = await undoList(second.runNo, "2027-03-30");
    expect(paid.list).toMatchObject({ change: 0, cannot: 2 });
    expect((await outcomes(paid.runNo))["ended"]).toEqual([
      "cannot",
      expect.stringContaining(`支払処理 ${run.runNo} が、この内容で作られています`),
    ]);
    await cancelMassRun(june, { key: "paid", runNo: paid.runNo, reason: "試験" });
    // The database refuses it to whoever writes past the program.
    const insert = (name: string): Promise<unknown> =>
      database.pool.query(
        `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, monthly_total, facts_digest, rule_version, decided_on, examined_by, approved_by)
         SELECT recipient_id, seq + 1, 'correct', effective_month, cause, true, 'undo', 0, facts_digest, rule_version, decided_on, 'x.ichiro', 'x.niro'
         FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq DESC LIMIT 1`,
        [id[name]],
      );
    await expect(insert("ended")).rejects.toMatchObject({ constraint: "decision_undo_paid" });
    await expect(insert("later")).rejects.toMatchObject({ constraint: "decision_undo_batch" });
    await cancelRun(at("staff.sato", "2027-03-30"), { key: "cancel", runNo: run.runNo, reason: "試験" });
    const free = await undoList(second.runNo, "2027-03-30");
    expect(free.list).toMatchObject({ change: 2, cannot: 0 });
    // Between the list and the writing a new payment run is made: nothing is taken back under it.
    await createRun(june, { key: "june2", paymentMonth: "2027-06", kind: "regular" });
    expect(await write(crew("2027-03-31"), free)).toMatchObject({ state: "done", written: 0, changed: 2 });
    expect(await standing("ended")).toMatchObject({ kind: "extinguish", origin: "batch" });
    expect(await undoPossible(database.pool, june.today, await getMassRun(database.pool, first.runNo))).toMatchObject({
      possible: true,
    });
  });
});
