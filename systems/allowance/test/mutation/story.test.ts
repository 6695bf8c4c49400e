/**
 * The story of the ledger and of the run's states against sums made by hand, and every attack of the mutation test on the program as it is:
 * what `npm run mutation:ledger` tells a changed program by.
 */
import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase, type TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { attack } from "../payments/attack-state.ts";
import { rowAttacks, rowAttackSql } from "./row-attacks.ts";
import { endAttacks } from "./state-attacks.ts";
import { forgeRuns, walkStates, wrongAnswers } from "./states.ts";
import { playStory, rowsOf, type Told } from "./story.ts";

const should = JSON.parse(readFileSync(new URL("story.json", import.meta.url), "utf8")) as {
  readonly told: readonly Told[];
  readonly rows: Readonly<Record<string, readonly string[]>>;
};

let database: TestDatabase;
let told: readonly Told[];

beforeAll(async () => {
  database = await freshDatabase();
  told = await playStory(database.pool);
});

afterAll(async () => {
  await database.drop();
});

async function onFresh<T>(work: (fresh: TestDatabase) => Promise<T>): Promise<T> {
  const fresh = await freshDatabase();
  try {
    return await work(fresh);
  } finally {
    await fresh.drop();
  }
}

describe("the story of the ledger", () => {
  it("each run takes what hand arithmetic says", () => {
    const made = told
      .filter(({ step, answer }) => step.startsWith("create") && answer.startsWith("run"))
      .map(({ answer }) => answer.replace(/; conflicts.*/, "").replaceAll(/ lines| months| yen/g, ""));
    // Oct + Nov: 15,000×2 + 50,000×2 + 10,000×2 = 150,000; runs 1 to 5 end before the money leaves
    const first = "3, 10, 150000; accrued 0, reversed 0, overpaid 0";
    expect(made).toEqual([
      "run 1: 3, 10, 150000; accrued 150000, reversed 0, overpaid 0",
      ...[2, 3, 4, 5].map((run) => `run ${run}: ${first}`),
      // The eldest of family 2 left in September: back 10,000×2 + 30,000×2, anew 15,000×2 → 150,000 − 80,000 + 30,000
      "run 6: 3, 8, 100000; accrued 30000, reversed 80000, overpaid 0",
      // Family 1's 30,000 came back. The eldest never left: 10,000×2 + 15,000×2 more, which a re-transfer does not take
      "run 7: 1, 2, 30000; accrued 50000, reversed 0, overpaid 0",
      // The youngest out of care since 20 October: November's 15,000 not yet paid are reversed, its 15,000 paid are owed back, and so are the
      // 15,000 of family 1 for November. Dec + Jan: 202 10,000×2, 203 only January 10,000, 201 with its new recipient only December 15,000 =
      // 45,000; with the 50,000 − 15,000 left of run 7: 80,000
      "run 8: 2, 7, 80000; accrued 45000, reversed 15000, overpaid 30000",
      // November of 201, given up by the first recipient
      "run 9: 1, 1, 15000; accrued 15000, reversed 0, overpaid 0",
    ]);
    // 100,000 + 80,000 + 15,000 with the banks; 30,000 of it owed back; the law gives 165,000
    expect(told.at(-1)?.answer).toBe("bank 195000, entitlement -165000, receivable -30000");
  });

  it("every step answers as it did, every row at its end is the same, and each of 11 states refuses what may not follow it", async () => {
    expect(told).toEqual(should.told);
    expect(await rowsOf(database.pool)).toEqual(should.rows);
    const refused = told.filter(({ answer }) => answer === "refused: wrongState");
    expect(refused.length).toBeGreaterThan(60);
  });

  it("a row changed in one column is refused by the one constraint that is made for it", async () => {
    const wrong: string[] = [];
    for (const one of rowAttacks) {
      const got = await attack(database.pool, rowAttackSql(one), false);
      if (got.constraint !== one.constraint)
        wrong.push(`${one.table} ${one.constraint}: ${got.state} ${got.constraint}`);
    }
    expect(wrong).toEqual([]);
  });

  it("amounts due are refused outside of their window, under a restriction, out of order, or for a month that was given up", async () => {
    expect(await wrongAnswers(database.pool, endAttacks)).toEqual([]);
  });

  it("in each state of a run: no evidence without its event, no event without its evidence", async () => {
    expect(await onFresh(async ({ pool }) => await walkStates(pool))).toEqual([]);
  });

  it("a run made by hand is refused for one wrong sum, one wrong digest, or no beginning", async () => {
    expect(await onFresh(async ({ pool }) => await forgeRuns(pool))).toEqual([]);
  });
});
