/** 一括処理 as a mechanism: who may do what, what is bound to what, what is never written. */
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { Context } from "../../src/context.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { massEvidence } from "../../src/mass-work/evidence.ts";
import { massItemCounts, massItems } from "../../src/mass-work/read-items.ts";
import { getMassRun, listMassRuns, massEvents } from "../../src/mass-work/run-record.ts";
import { approveMassRun, cancelMassRun, resumeMassRun, startMassRun, stopMassRun } from "../../src/mass-work/steps.ts";
import { workAll, workUntilStopped } from "../../src/mass-work/worker.ts";
import { writeMassRun } from "../../src/mass-work/write.ts";
import { contextOf, type Family, seedCases } from "../support/cases.ts";
import { approvedAndStarted, holdsBy, listed, massHolds, wholeRun } from "../support/mass-holds.ts";

const JOB = massHolds();
const JOBS = [JOB];
const MONTH = { month: "2026-11" };

const family = (index: number, more: Partial<Family> = {}): Family => ({
  recipient: 900000000001000 + index * 10,
  children: [{ id: 900000000001001 + index * 10, birthDate: "2015-06-01" }],
  ...more,
});

/** Five families; the fourth right has ended. */
const FAMILIES = [family(1), family(2), family(3), family(4, { endedFrom: "2025-04" }), family(5)];

let database: Awaited<ReturnType<typeof freshDatabase>>;
let maker: Context;
let approver: Context;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, FAMILIES);
  maker = contextOf(database.pool, "sakusei.hanako");
  approver = contextOf(database.pool, "shonin.taro");
  return async () => await database.drop();
});

const crew = () => ({ maker, approver });
const open = async () => await listed(maker, JOB.code, JOBS, MONTH);

/** One more decision of a recipient: the case has changed since the list. */
async function decideMore(recipientId: number): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     SELECT recipient_id, seq + 1, 'correct', '2026-11-01', 'factsChanged', true, 'exOfficio', facts_digest, rule_version, '2026-11-20', 'shinsa.ichiro', 'kessai.hanako'
     FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq DESC LIMIT 1`,
    [recipientId],
  );
}

describe("a run", () => {
  it("is not made of an unknown kind, of wrong parameters, or twice for the same", async () => {
    await expect(createMassRun(maker, { key: "k1", jobCode: "noSuch", parameters: {} }, JOBS)).rejects.toMatchObject({
      code: "massJobUnknown",
    });
    const wrong = { key: "k2", jobCode: JOB.code, parameters: { month: "2026-13", more: 1 } };
    await expect(createMassRun(maker, wrong, JOBS)).rejects.toMatchObject({ code: "massParametersInvalid" });
    const asked = { key: "k3", jobCode: JOB.code, parameters: MONTH };
    const first = await createMassRun(maker, asked, JOBS);
    // The same press again gets the same run; another press for the same is refused while that one is open.
    expect((await createMassRun(maker, asked, JOBS)).response.runNo).toBe(first.response.runNo);
    await expect(createMassRun(maker, { ...asked, key: "k4" }, JOBS)).rejects.toMatchObject({ code: "massRunOpen" });
    expect(await listMassRuns(database.pool)).toHaveLength(1);
  });

  it("lists every subject first and writes nothing: counts and yen before and after", async () => {
    const run = await open();
    // Four live families of 10,000 yen a month each, one ended: it is named, not left out.
    expect(run).toMatchObject({
      state: "listed",
      list: { subjects: 5, change: 4, noChange: 0, cannot: 1, yenBefore: 40_000, yenAfter: 0 },
    });
    expect(await holdsBy(database.pool)).toEqual({});
    const lines = await massItems(database.pool, run.runNo, { outcome: "cannot" });
    expect(lines.map(({ subject, reason }) => [subject, reason])).toEqual([[ids[3], "資格が終わっています"]]);
    expect(await massItems(database.pool, run.runNo, { limit: 2 })).toHaveLength(2);
    expect(await massItems(database.pool, run.runNo, { after: { subject: ids[3] ?? 0, part: 1 } })).toMatchObject([
      { subject: ids[4] },
    ]);
  });

  it("is approved by another person only, and only as the list that was seen", async () => {
    const run = await open();
    const digest = run.list?.digest ?? "";
    const on = (key: string) => ({ key, runNo: run.runNo });
    await expect(startMassRun(approver, on("s1"))).rejects.toMatchObject({ code: "massRunState" });
    await expect(approveMassRun(maker, { ...on("a1"), digest })).rejects.toMatchObject({ code: "samePerson" });
    await expect(approveMassRun(approver, { ...on("a2"), digest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(approveMassRun(approver, { key: "a3", runNo: 999, digest })).rejects.toMatchObject({
      code: "massRunUnknown",
    });
    expect(await holdsBy(database.pool)).toEqual({});
    expect((await approveMassRun(approver, { ...on("a4"), digest })).response).toMatchObject({
      state: "approved",
      maker: "sakusei.hanako",
      approver: "shonin.taro",
    });
    await expect(approveMassRun(approver, { ...on("a5"), digest })).rejects.toMatchObject({ code: "massRunState" });
  });

  it("writes what was approved, once; a second run creates nothing", async () => {
    const run = await wholeRun(crew(), JOB.code, JOBS, MONTH);
    expect(run).toMatchObject({ state: "done", written: 4, changed: 0, refused: 0, done: 4, total: 4 });
    const live = [0, 1, 2, 4].map((index) => [String(ids[index]), 1]);
    expect(await holdsBy(database.pool)).toEqual(Object.fromEntries(live));
    const second = await wholeRun(crew(), JOB.code, JOBS, MONTH);
    expect(second).toMatchObject({ state: "done", written: 0, list: { change: 0, noChange: 4, cannot: 1 } });
    expect(await holdsBy(database.pool)).toEqual(Object.fromEntries(live));
  });

  it("does not write a case that changed after the list, but names it; a new run picks it up", async () => {
    const started = await approvedAndStarted(crew(), await open());
    await decideMore(ids[1] ?? 0);
    await workAll(maker, { jobs: JOBS });
    expect(await getMassRun(database.pool, started.runNo)).toMatchObject({ state: "done", written: 3, changed: 1 });
    const [line] = await massItems(database.pool, started.runNo, { result: "changed" });
    expect(line).toMatchObject({
      subject: ids[1],
      resultReason: expect.stringContaining("一覧のあとで事案が変わった"),
    });
    expect(await holdsBy(database.pool)).not.toHaveProperty(String(ids[1]));
    expect(await wholeRun(crew(), JOB.code, JOBS, MONTH)).toMatchObject({
      written: 1,
      list: { change: 1, noChange: 3 },
    });
    expect(await holdsBy(database.pool)).toHaveProperty(String(ids[1]), 1);
  });

  it("goes on where one case is refused: it alone is not written, with the reason", async () => {
    const given = { ...MONTH, refused: [ids[2]] };
    expect(await wholeRun(crew(), JOB.code, JOBS, given)).toMatchObject({ state: "done", written: 3, refused: 1 });
    const lines = await massItems(database.pool, 1, { result: "refused" });
    expect(lines).toMatchObject([{ subject: ids[2], resultReason: "この受給者には保留をかけられません。" }]);
  });

  it("is stopped between two slices and goes on; what is done stays and is said", async () => {
    const { runNo } = await approvedAndStarted(crew(), await open());
    const abort = new AbortController();
    const stopping: Context = {
      ...contextOf(database.pool, "shonin.taro"),
      onProgress: (_step, done) => {
        if (done > 0) abort.abort();
      },
      signal: abort.signal,
    };
    // Slices of two: the signal stops the machine after the first.
    await expect(writeMassRun(stopping, runNo, JOBS)).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(await getMassRun(database.pool, runNo)).toMatchObject({ state: "running", written: 2 });
    // A person stops the run itself: a worker that comes now finds nothing to do.
    const stopped = await stopMassRun(approver, { key: "st", runNo, reason: "窓口が混むため" });
    expect(stopped.response).toMatchObject({ state: "stopped", note: "窓口が混むため（2/4件が済み）" });
    expect(await workAll(maker, { jobs: JOBS })).toEqual([]);
    await resumeMassRun(approver, { key: "re", runNo });
    expect(await workAll(maker, { jobs: JOBS })).toMatchObject([{ state: "done", written: 4 }]);
    await expect(cancelMassRun(approver, { key: "ca", runNo, reason: "x" })).rejects.toMatchObject({
      code: "massRunState",
    });
  });

  it("broken off for good keeps what is written and says how much; nothing can be written afterwards", async () => {
    const { runNo } = await approvedAndStarted(crew(), await open());
    await stopMassRun(approver, { key: "st", runNo, reason: "誤りに気づいた" });
    const { response } = await cancelMassRun(approver, { key: "ca", runNo, reason: "誤り" });
    expect(response).toMatchObject({ state: "cancelled", note: "誤り（何も書いていません）" });
    await expect(resumeMassRun(approver, { key: "re", runNo })).rejects.toMatchObject({ code: "massRunState" });
    expect(await holdsBy(database.pool)).toEqual({});
    // For the same parameters a new run may be made now.
    expect((await open()).list).toMatchObject({ change: 4 });
  });

  it("that fails says so with a code, and goes on after it was resumed", async () => {
    let broken = true;
    const failing = {
      ...JOB,
      judge: async (...given: Parameters<typeof JOB.judge>) => {
        if (broken && given[2].includes(ids[2] ?? 0)) throw new TypeError("a defect");
        return await JOB.judge(...given);
      },
    };
    await createMassRun(maker, { key: "c", jobCode: JOB.code, parameters: MONTH }, [failing]);
    await expect(workAll(maker, { jobs: [failing], terminal: "keisanki:1" })).rejects.toThrow("a defect");
    expect(await getMassRun(database.pool, 1)).toMatchObject({
      state: "collectFailed",
      errorCode: "unexpected",
      // The first slice of two is kept.
      done: 2,
      total: 5,
    });
    broken = false;
    await resumeMassRun(maker, { key: "r", runNo: 1 });
    expect(await workAll(maker, { jobs: [failing] })).toMatchObject([
      { state: "listed", list: { subjects: 5, change: 4 } },
    ]);
    const events = await massEvents(database.pool, 1);
    expect(events.map(({ state }) => state)).toEqual(["collecting", "collectFailed", "collecting", "listed"]);
    expect(events[1]).toMatchObject({ terminal: "keisanki:1", errorCode: "unexpected" });
  });

  it("[A136] leaves a log: content, counts, time, terminal, normal or abnormal end with its code; the abnormal one is told to the monitoring", async () => {
    const before = Date.now() - 60_000;
    const failing = { ...JOB, apply: async () => await Promise.reject(new TypeError("a defect in writing")) };
    const { runNo } = await approvedAndStarted(crew(), await open());
    const told: string[] = [];
    const stop = new AbortController();
    const options = {
      today: () => maker.today,
      signal: stop.signal,
      terminal: "keisanki:7",
      onIdle: () => stop.abort(),
    };
    await workUntilStopped(maker, { ...options, jobs: [failing], onProblem: (line) => told.push(line) });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("a defect in writing");
    expect(await getMassRun(database.pool, runNo)).toMatchObject({
      state: "runFailed",
      errorCode: "unexpected",
      written: 0,
    });
    await resumeMassRun(approver, { key: "r", runNo, terminal: "T-1" });
    await workAll(maker, { jobs: JOBS, terminal: "keisanki:8" });
    const events = await massEvents(database.pool, runNo);
    expect(events.map(({ state, errorCode }) => [state, errorCode])).toEqual([
      ["collecting", null],
      ["listed", null],
      ["approved", null],
      ["running", null],
      ["runFailed", "unexpected"],
      ["running", null],
      ["done", null],
    ]);
    expect(events[4]).toMatchObject({ terminal: "keisanki:7", actor: "shonin.taro" });
    expect(events[5]).toMatchObject({ terminal: "T-1", actor: "shonin.taro" });
    expect(events[1]?.note).toBe("対象 5件、変える 4件、変わらない 0件、できない 1件");
    expect(events[6]?.note).toBe("書いた 4件、変わったので書かない 0件、断られた 0件、検査は合格");
    for (const { at } of events) expect(Date.parse(at)).toBeGreaterThan(before);
    // The content: what, for which period, with which parameters, as of which day
    expect(await getMassRun(database.pool, runNo)).toMatchObject({
      jobCode: "testHolds",
      period: "2026-11",
      parameters: { month: "2026-11", refused: [] },
      asOf: "2026-11-24",
    });
  });

  it("works alone in its lane; another lane is free", async () => {
    const jobs = [JOB, massHolds("testHoldsToo"), massHolds("testElsewhere", "elsewhere")];
    const first = await listed(maker, "testHolds", jobs, MONTH);
    const second = await listed(maker, "testHoldsToo", jobs, MONTH);
    const third = await listed(maker, "testElsewhere", jobs, MONTH);
    await approvedAndStarted(crew(), first);
    await expect(approvedAndStarted(crew(), second)).rejects.toMatchObject({ code: "massLaneBusy" });
    expect(await approvedAndStarted(crew(), third)).toMatchObject({ state: "running" });
    // The database says the same to whoever goes round the program.
    await expect(
      database.pool.query(
        `INSERT INTO allowance.mass_event (mass_run_no, seq, from_state, to_state, actor) VALUES ($1, 4, 'approved', 'running', 'nanashi')`,
        [second.runNo],
      ),
    ).rejects.toMatchObject({ constraint: "mass_event_lane" });
  });

  it("leaves an evidence pack whose counts are those of the run", async () => {
    const run = await wholeRun(crew(), JOB.code, JOBS, MONTH);
    const reader = { pool: database.pool, operator: "kansa.jiro", purpose: "監査" };
    const files = await massEvidence(reader, run.runNo, JOBS);
    expect(files.map(({ name }) => name)).toEqual([
      "1-処理.json",
      "2-承認.json",
      "3-記録.json",
      "4-件数.json",
      "5-検査.json",
      "6-一覧.csv",
      "SHA256SUMS",
    ]);
    const text = (index: number): string => files[index]?.bytes.toString("utf8") ?? "";
    // Header and five lines
    expect(text(5).trim().split("\r\n")).toHaveLength(6);
    expect(JSON.parse(text(4))).toEqual([{ name: "一人に二つの保留がない", faults: 0, detail: "" }]);
    expect(JSON.parse(text(1))).toMatchObject([{ maker: "sakusei.hanako", approver: "shonin.taro" }]);
    expect(await massItemCounts(database.pool, run.runNo)).toEqual([
      { outcome: "cannot", kind: "hold", result: null, items: 1, yenBefore: 10_000, yenAfter: 0 },
      { outcome: "change", kind: "hold", result: "written", items: 4, yenBefore: 40_000, yenAfter: 0 },
    ]);
    const { rows } = await database.pool.query("SELECT actor FROM audit.event WHERE action = 'massWork.evidence'");
    expect(rows).toEqual([{ actor: "kansa.jiro" }]);
  });
});

const refused = async (sql: string, constraint: string): Promise<void> => {
  await expect(database.pool.query(sql)).rejects.toMatchObject({ constraint });
};

describe("the database itself refuses", () => {
  it("a line added to a complete list, a list that does not say what its lines say, an approval of another list", async () => {
    const { runNo } = await open();
    await refused(
      `INSERT INTO allowance.mass_item SELECT mass_run_no, subject, 2, addressee_number, recipient_id, kind, outcome, reason, before_text, after_text, yen_before,
         yen_after, effective_month, content, digest FROM allowance.mass_item WHERE mass_run_no = ${runNo} LIMIT 1`,
      "mass_item_closed",
    );
    await database.pool.query(
      `INSERT INTO audit.command (command_key, name, request_digest, actor, response) VALUES ('x', 'x', repeat('0', 64), 'nanashi', '{}')`,
    );
    await database.pool.query(
      `INSERT INTO allowance.mass_run (job_code, lane, period, parameters, as_of, maker, command_key) VALUES ('other', 'other', '2026', '{}', '2026-11-01', 'nanashi', 'x')`,
    );
    await refused(
      `INSERT INTO allowance.mass_list SELECT max(mass_run_no), repeat('0', 64), 0, 0, 0, 0, 0, 0, 'nanashi' FROM allowance.mass_run`,
      "mass_list_control",
    );
    await refused(
      `INSERT INTO allowance.mass_approval VALUES (${runNo}, repeat('0', 64), 'sakusei.hanako', 'shonin.taro')`,
      "mass_approval_mass_run_no_digest_maker_fkey",
    );
  });

  it("a result without approval, outside the writing, or for a line that is not to be written; the end while lines wait", async () => {
    const run = await open();
    const result = (subject: number | undefined): string =>
      `INSERT INTO allowance.mass_result (mass_run_no, subject, part, result, command_key) SELECT ${run.runNo}, ${subject}, 1, 'written', command_key FROM audit.command LIMIT 1`;
    await refused(result(ids[0]), "mass_result_mass_run_no_fkey");
    await approveMassRun(approver, { key: "a", runNo: run.runNo, digest: run.list?.digest ?? "" });
    await refused(result(ids[0]), "mass_result_running");
    await startMassRun(approver, { key: "s", runNo: run.runNo });
    await refused(result(ids[3]), "mass_result_mass_run_no_subject_part_outcome_fkey");
    await database.pool.query(result(ids[0]));
    await refused(result(ids[0]), "mass_result_once");
    await refused(
      `INSERT INTO allowance.mass_event (mass_run_no, seq, from_state, to_state, actor) VALUES (${run.runNo}, 5, 'running', 'done', 'nanashi')`,
      "mass_event_pending",
    );
  });
});
