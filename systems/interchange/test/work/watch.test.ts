/** Rounds one after another, and what a crash between the two systems leaves behind. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { applyDeliveries, listDeliveries, receiveDeliveries, type Round, watchStore } from "../../contract.ts";
import { agree, makeTown, settle, type SmallTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const context = testContext(database, dir, "renkei.batch");
let small: SmallTown;
/** What an office is sending while the watch runs */
let sending: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  await agree(context);
  const made = await makeTown(dir, 60);
  small = made;
  await settle(context, made.cityDir);
  await small.sender.send("residents", small.town.residents(), { kind: "full", asOf: "2026-11-20" });
});

const rowsIn = async (): Promise<number> => {
  const { rows } = await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.person_history");
  return rows[0]?.n ?? -1;
};

describe("the watch", () => {
  it("[A162] takes differences as they come and compares the full set, and cannot be set to look less often than every 10 minutes", async () => {
    const stop = new AbortController();
    const options = { signal: stop.signal, onRound: () => {} };
    for (const everySeconds of [0, 601, Number.NaN]) {
      await expect(watchStore(() => context, small.store, { ...options, everySeconds })).rejects.toThrow(RangeError);
    }
    const rounds: Round[] = [];
    const before = await rowsIn();
    const day = small.town.live({ births: 1, movesWithin: 1 });
    await watchStore(() => context, small.store, {
      everySeconds: 1,
      signal: stop.signal,
      onRound: (round) => {
        if (round instanceof Error) throw round;
        rounds.push(round);
        if (rounds.length === 3) stop.abort();
        // A difference and the full set come while the watch is running.
        const next = rounds.length === 1 ? ("difference" as const) : ("reconciliation" as const);
        const rows = next === "difference" ? day.residents : small.town.residents();
        if (rounds.length < 3) sending = small.sender.send("residents", rows, { kind: next, asOf: day.date });
      },
    });
    await sending;
    expect(rounds.map(({ applied, reconciled }) => [applied, reconciled])).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(await rowsIn()).toBe(before + day.residents.length);
  });
});

describe("a crash between taking rows in and writing the delivery off", () => {
  it("leaves the delivery waiting; offered again it gives the first answer, and no row is there twice", async () => {
    const day = small.town.live({ births: 2 });
    await small.sender.send("residents", day.residents, { asOf: day.date });
    await receiveDeliveries(context, small.store);
    const before = await rowsIn();
    // The second half fails: this system can't write its book.
    await database.pool.query("REVOKE INSERT ON interchange.outcome FROM hagukumi_interchange");
    await expect(applyDeliveries(context, small.store)).rejects.toMatchObject({ code: "notPermitted" });
    await database.pool.query("GRANT INSERT ON interchange.outcome TO hagukumi_interchange");
    expect(await rowsIn()).toBe(before + 2);
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]).toMatchObject({ state: "waiting" });
    expect(await applyDeliveries(context, small.store)).toMatchObject({ applied: 1, waiting: 0 });
    expect(await rowsIn()).toBe(before + 2);
    // Not "0 added, 2 unchanged": the book says what the delivery brought.
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]).toMatchObject({
      state: "applied",
      added: 2,
      unchanged: 0,
    });
  });
});
