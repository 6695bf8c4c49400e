import { beforeAll, describe, expect, it } from "vitest";

import { Refusal, refusalFromDatabase, refusing } from "../../src/database/problem.ts";
import { createPool } from "../../src/database/pool.ts";
import { useDatabase } from "../support/cluster.ts";

const db = useDatabase({ empty: true });

const messages = {
  payment_once: { code: "paidAlready", message: "この月分はすでに支払われています。支払の履歴を確認してください。" },
  file_frozen: { code: "fileFrozen", message: "確定した振込ファイルは変えられません。" },
} as const;

beforeAll(async () => {
  await db.pool.query(`
    CREATE TABLE payment (
      child int, month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'), CONSTRAINT payment_once UNIQUE (child, month)
    )`);
  await db.pool.query("INSERT INTO payment VALUES (1, '2024-10')");
});

async function refusalOf(sql: string): Promise<Refusal> {
  const error: unknown = await refusing(messages, async () => await db.pool.query(sql)).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
}

describe("refusalFromDatabase", () => {
  it("does not take a defect for a refusal", async () => {
    await expect(refusing(messages, async () => await db.pool.query("SELECT FROM nowhere"))).rejects.toMatchObject({
      code: "42P01",
    });
    expect(refusalFromDatabase(new TypeError("x is not a function"), messages)).toBeUndefined();
    expect(refusalFromDatabase("text", messages)).toBeUndefined();
    expect(refusalFromDatabase(null, messages)).toBeUndefined();
  });

  it("speaks the system's words for a constraint that it knows", async () => {
    const refusal = await refusalOf("INSERT INTO payment VALUES (1, '2024-10')");
    expect(refusal).toMatchObject({ code: "paidAlready", message: messages.payment_once.message });
    expect(refusal.details).toMatchObject({ sqlState: "23505", constraint: "payment_once", table: "payment" });
  });

  it("takes the constraint that a trigger names", async () => {
    const sql = "DO $$ BEGIN RAISE EXCEPTION 'x' USING CONSTRAINT = 'file_frozen'; END $$";
    expect(await refusalOf(sql)).toMatchObject({ code: "fileFrozen" });
  });

  it.each([
    ["INSERT INTO payment VALUES (2, 'October')", "constraintViolated"],
    ["INSERT INTO payment VALUES (2, NULL)", "invalidValue"],
    ["SELECT 'x'::int", "invalidValue"],
    ["SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)", "cancelled"],
  ])("%s → %s", async (sql, code) => {
    expect(await refusalOf(sql)).toMatchObject({ code });
  });

  it("never repeats a value of the row: messages may reach a log", async () => {
    const refusal = await refusalOf("INSERT INTO payment VALUES (2, '架空 花子')");
    expect(`${refusal.message} ${JSON.stringify(refusal.details)}`).not.toContain("架空");
  });

  it("says that the connection broke, where the driver gives no code", async () => {
    const client = await db.pool.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await db.pool.query("SELECT pg_terminate_backend($1, 5000)", [rows[0]?.pid]);
    const refuse = async (): Promise<unknown> =>
      await refusing({}, async () => await client.query("SELECT 1")).catch((error: unknown) => error);
    expect(await refuse()).toMatchObject({ code: "databaseUnavailable" });
    expect(await refuse()).toMatchObject({ code: "databaseUnavailable" });
    client.release(true);
  });

  it("names a server that cannot be reached", async () => {
    const pool = createPool("postgres://nobody:x@127.0.0.1:1/none");
    const refusal = await refusing({}, async () => await pool.query("SELECT 1")).catch((error: unknown) => error);
    await pool.end();
    expect(refusal).toMatchObject({ code: "databaseUnavailable" });
  });
});
