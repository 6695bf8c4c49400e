import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { checkServer } from "../../src/database/connection.ts";
import { connectClient, parseInt8 } from "../../src/database/pool.ts";
import { Refusal } from "../../src/database/problem.ts";
import { useDatabase } from "../support/cluster.ts";

const db = useDatabase({ empty: true });

describe("values of the database", () => {
  it("refuses a bigint that a number cannot hold exactly", async () => {
    // 2^53 = 9,007,199,254,740,992 is the first integer that cannot be told from its neighbour
    await expect(db.pool.query("SELECT 9007199254740992::int8")).rejects.toThrow(RangeError);
    await expect(db.pool.query("SELECT array[1, -9007199254740992]::int8[]")).rejects.toThrow(RangeError);
  });

  it("gives bigint as number up to ±(2^53 - 1)", async () => {
    const { rows } = await db.pool.query(
      "SELECT 9007199254740991::int8 AS most, -9007199254740991::int8 AS least, array[1, NULL, 2]::int8[] AS list",
    );
    expect(rows[0]).toEqual({ most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER, list: [1, null, 2] });
  });

  it("reads back every safe integer as itself", () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (n) => parseInt8(String(n)) === n));
  });

  it("gives a date as the text it is, whatever the time zone of the machine", async () => {
    const { rows } = await db.pool.query(
      "SELECT date '2024-10-01' AS day, array[date '2024-10-01', NULL] AS days, daterange('2024-10-01', NULL) AS span",
    );
    expect(rows[0]).toEqual({ day: "2024-10-01", days: ["2024-10-01", null], span: "[2024-10-01,)" });
  });

  it("gives numeric as text, digit for digit", async () => {
    const { rows } = await db.pool.query(
      "SELECT 12345678901234567890.10::numeric AS n, array[1.50]::numeric[] AS list",
    );
    expect(rows[0]).toEqual({ n: "12345678901234567890.10", list: ["1.50"] });
  });

  it("works in Japanese time", async () => {
    const { rows } = await db.pool.query("SELECT current_setting('TimeZone') AS zone");
    expect(rows[0]).toEqual({ zone: "Asia/Tokyo" });
  });

  it("keeps characters outside the basic plane and their variation selectors", async () => {
    const text = "𠮷野 葛\u{E0100} 髙﨑";
    const { rows } = await db.pool.query("SELECT $1::text AS text, char_length($1::text) AS length", [text]);
    // 𠮷 野 ␣ 葛 selector ␣ 髙 﨑 = 8 code points
    expect(rows[0]).toEqual({ text, length: 8 });
  });
});

describe("connections", () => {
  it("survives an idle connection that the server closes", async () => {
    const { rows } = await db.pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const other = await connectClient(db.url, "closer");
    await other.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    await other.end();
    await expect(db.pool.query("SELECT 1 AS one")).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });

  it("refuses a server older than 15 and an encoding other than UTF-8", async () => {
    const server = (version: number, encoding: string) =>
      ({ query: async () => await Promise.resolve({ rows: [{ version, encoding }] }) }) as unknown as typeof db.pool;
    await expect(checkServer(server(140_012, "UTF8"))).rejects.toMatchObject({
      code: "databaseVersion",
      message: expect.stringContaining("14.12"),
    });
    await expect(checkServer(server(150_018, "EUC_JP"))).rejects.toBeInstanceOf(Refusal);
    await expect(checkServer(server(150_018, "UTF8"))).resolves.toBe(150_018);
    await expect(checkServer(db.pool)).resolves.toBeGreaterThanOrEqual(150_000);
  });
});
