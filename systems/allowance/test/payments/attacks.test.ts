/**
 * Direct SQL as the application role (F22): every statement below tries to break one invariant by hand, each in a
 * transaction of its own that is brought to COMMIT, so that deferred constraints speak too. None may succeed.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar } from "../support/cases.ts";
import { attacks } from "./attack-list.ts";
import { attack, reachAttackState } from "./attack-state.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  await reachAttackState(database.pool);
});

afterAll(async () => {
  await database.drop();
});

describe.each(Object.entries(attacks))("[%s] [G29] by direct SQL as the application role", (id, list) => {
  it.each(list)(`[${id}] %s is refused`, async (_what, sql, state) => {
    expect((await attack(database.pool, sql)).state).toBe(state);
  });
});

it("[M31] also the owner cannot delete a person with due money", async () => {
  await expect(
    database.pool.query("DELETE FROM allowance.addressee WHERE addressee_number = 900000000000101"),
  ).rejects.toMatchObject({ code: "23503" });
});

it("[G21] after all attacks every invariant still holds", async () => {
  const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
  expect(broken).toEqual([]);
});

it("there are at least 150 attacks", () => {
  expect(Object.values(attacks).flat().length).toBeGreaterThanOrEqual(150);
});
