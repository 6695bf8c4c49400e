/** 運転の見張り: each part by its own rhythm, one failing alone, states and journal true to what happened. */
import { Refusal } from "../../src/database/problem.ts";
import { nudgePart, operatedParts, SILENT_AFTER_SECONDS, wantPart } from "../../src/supervision/states.ts";
import { lastAt, type Part, pauseAfter, startSupervisor, type Supervisor } from "../../src/supervision/supervisor.ts";
import { assert, date, integer, property } from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { useDatabase } from "../support/cluster.ts";

const database = useDatabase();
let at = new Date("2026-11-24T00:00:00+09:00");
let lines: string[] = [];
let supervisor: Supervisor | undefined;

const runs = (parts: readonly Part[]): Promise<Supervisor> =>
  startSupervisor({ pool: database.pool, parts, onLine: (line) => lines.push(line), now: () => at, tickMs: 0 });
const later = async (seconds: number): Promise<void> => {
  at = new Date(at.getTime() + seconds * 1000);
  await supervisor?.tick();
  await supervisor?.idle();
};
const stateOf = async (code: string) => (await operatedParts(database.pool)).find((part) => part.partCode === code);
const journal = async (): Promise<readonly string[]> =>
  (
    await database.pool.query<{ said: string }>(
      "SELECT action || ' ' || object_id AS said FROM access.journal WHERE object_kind = 'part' ORDER BY seq",
    )
  ).rows.map(({ said }) => said);
const part = (code: string, rhythm: Part["rhythm"], run: Part["run"], after = 0): Part => ({
  code,
  name: `試験${code}`,
  rhythm,
  order: 1,
  run,
  after,
});
const office = (key: string) => ({ pool: database.pool, operator: "joho.jiro", purpose: "試験", key });

beforeEach(async () => {
  at = new Date("2026-11-24T12:00:00+09:00");
  lines = [];
  await database.pool.query("DELETE FROM access.operated_part");
});
afterEach(async () => {
  await supervisor?.close();
  supervisor = undefined;
});

describe("運転の見張り", () => {
  it("a part that fails is written down in words without what its defect says, tried again after growing pauses, and the others go on", async () => {
    let works = false;
    let good = 0;
    supervisor = await runs([
      part("broken", { every: 60 }, async () => {
        if (works) return await Promise.resolve("3件を行いました。");
        throw new Error("架空 花子 の行で止まった");
      }),
      part("good", { every: 60 }, async () => await Promise.resolve(`${String((good += 1))}回目です。`)),
    ]);
    await later(0);
    expect(await stateOf("broken")).toMatchObject({ state: "failed", failures: 1, turns: 0 });
    expect((await stateOf("broken"))?.problem).toContain("思わぬ失敗です（Error");
    expect(JSON.stringify([await operatedParts(database.pool), lines])).not.toContain("花子");
    expect(await stateOf("good")).toMatchObject({ state: "waiting", turns: 1, said: "1回目です。", problem: "" });
    await later(59);
    expect(good).toBe(1);
    await later(1);
    expect(good).toBe(2);
    expect(await stateOf("broken")).toMatchObject({ failures: 2 });
    works = true;
    await later(60);
    expect(await stateOf("broken")).toMatchObject({
      state: "waiting",
      failures: 0,
      turns: 1,
      said: "3件を行いました。",
    });
    // Its beginning to fail and its being well again are one row each, however often it was tried.
    expect(await journal()).toEqual(["part.failed broken", "part.resumed broken"]);
  });

  it("a refusal is said in its own words; a stop in the middle of a turn is no failure", async () => {
    const { promise: inTurn, resolve: begun } = Promise.withResolvers<void>();
    supervisor = await runs([
      part("refused", { every: 60 }, async () => {
        await Promise.resolve();
        throw new Refusal("dataDamaged", "封と合わない所があります。");
      }),
      part("long", { every: 60 }, async (signal) => {
        begun();
        await new Promise<void>((resume) => {
          signal.addEventListener("abort", () => resume());
        });
        throw new Refusal("cancelled", "中止しました。");
      }),
    ]);
    await supervisor.tick();
    await inTurn;
    expect(await stateOf("long")).toMatchObject({ state: "running" });
    await expect.poll(async () => (await stateOf("refused"))?.problem).toBe("封と合わない所があります。");
    await supervisor.close();
    expect(await stateOf("long")).toMatchObject({ state: "stopped", failures: 0, problem: "", nextAt: null });
  });

  it("a daily part runs once a day at its time, makes up for a time that was missed, and a new process knows what was done", async () => {
    let nights = 0;
    const nightly = part(
      "nightly",
      { daily: "02:00" },
      async () => await Promise.resolve(`${String((nights += 1))}夜`),
      30,
    );
    supervisor = await runs([nightly]);
    await later(29);
    expect(nights).toBe(0);
    await later(1);
    // 02:00 of today had passed and nobody had run it.
    expect(nights).toBe(1);
    expect((await stateOf("nightly"))?.nextAt?.toISOString()).toBe("2026-11-24T17:00:00.000Z");
    await supervisor.close();
    supervisor = await runs([nightly]);
    await later(3600);
    expect(nights).toBe(1);
    // One second before 02:00 in Japan, and then that second.
    at = new Date("2026-11-24T16:59:58Z");
    await later(1);
    expect(nights).toBe(1);
    await later(1);
    expect(nights).toBe(2);
  });

  it("what somebody wants runs at once, once; what is not there, or silent, can't be wanted", async () => {
    let turns = 0;
    supervisor = await runs([
      part("nightly", { daily: "02:00" }, async () => await Promise.resolve(String((turns += 1)))),
    ]);
    await later(0);
    expect(turns).toBe(1);
    await expect(wantPart(office("k1"), { key: "k1", partCode: "nothing" })).rejects.toMatchObject({
      code: "referenceMissing",
    });
    await wantPart(office("k2"), { key: "k2", partCode: "nightly" });
    await wantPart(office("k3"), { key: "k3", partCode: "nightly" });
    await nudgePart(database.pool, "nightly", "joho.jiro");
    expect(await stateOf("nightly")).toMatchObject({ wantedBy: "joho.jiro" });
    await later(5);
    expect(turns).toBe(2);
    expect(await stateOf("nightly")).toMatchObject({ wantedBy: null });
    await later(5);
    expect(turns).toBe(2);
    await database.pool.query(
      "UPDATE access.operated_part SET beat_at = clock_timestamp() - make_interval(secs => $1)",
      [SILENT_AFTER_SECONDS + 5],
    );
    expect(await stateOf("nightly")).toMatchObject({ state: "silent" });
    await expect(wantPart(office("k4"), { key: "k4", partCode: "nightly" })).rejects.toThrow("合図がありません");
  });

  it("a part that runs always says by itself when it does not", async () => {
    supervisor = await runs([part("worker", { always: true }, async () => await Promise.resolve(""))]);
    await later(0);
    expect(await stateOf("worker")).toMatchObject({ state: "running", nextAt: null });
    await supervisor.tell("worker", "終わりました。もう一度始めます。");
    expect(await stateOf("worker")).toMatchObject({ state: "failed", problem: "終わりました。もう一度始めます。" });
    await supervisor.tell("worker", "");
    expect(await stateOf("worker")).toMatchObject({ state: "running", problem: "", failures: 0 });
  });

  it("the last time of day is never later than now and less than a day before; pauses grow up to an hour", () => {
    assert(
      property(
        date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
        integer({ min: 0, max: 23 }),
        integer({ min: 0, max: 59 }),
        (now, hour, minute) => {
          const time = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
          const found = lastAt(time, now);
          expect(found.getTime()).toBeLessThanOrEqual(now.getTime());
          expect(now.getTime() - found.getTime()).toBeLessThan(86_400_000);
          expect(
            found.toLocaleTimeString("en-GB", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" }),
          ).toBe(time);
        },
      ),
    );
    // 5 s, 10 s, 20 s … and no more than an hour.
    expect([1, 2, 3, 11, 40].map(pauseAfter)).toEqual([5_000, 10_000, 20_000, 3_600_000, 3_600_000]);
  });
});
