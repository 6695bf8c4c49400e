import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "pg";

import { copyCell, copyIn, copyOut, copyRows } from "../../src/database/copy.ts";
import { connectClient } from "../../src/database/pool.ts";
import { useDatabase } from "../support/cluster.ts";

const db = useDatabase({ empty: true });
let client: Client;

beforeAll(async () => {
  client = await connectClient(db.url, "copy test");
  await client.query('CREATE SCHEMA "s"; CREATE TABLE s.cell (n int GENERATED ALWAYS AS IDENTITY, "t x" text, b bool)');
});
afterAll(async () => await client.end());

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

async function* failing(): AsyncGenerator<readonly unknown[]> {
  for (let i = 0; i < 100_000; i += 1) yield await Promise.resolve([`row ${i}`, null]);
  throw new Error("the source broke");
}

async function readOff(sql: string): Promise<void> {
  for await (const chunk of copyOut(client, sql)) void chunk;
}

describe("copyRows", () => {
  it("refuses a row with a wrong number of cells and stores nothing", async () => {
    await client.query("TRUNCATE s.cell");
    await expect(copyRows(client, "s.cell", ["t x", "b"], each([["good", true], ["short"]]))).rejects.toThrow(
      TypeError,
    );
    expect((await client.query("SELECT FROM s.cell")).rowCount).toBe(0);
  });

  it("stores nothing when the source fails in the middle, and the connection works on", async () => {
    await expect(copyRows(client, "s.cell", ["t x", "b"], failing())).rejects.toThrow("the source broke");
    expect((await client.query("SELECT FROM s.cell")).rowCount).toBe(0);
  });

  it("reports what the server refuses", async () => {
    await expect(copyRows(client, "s.cell", ["b"], each([["perhaps"]]))).rejects.toMatchObject({ code: "22P02" });
    expect((await client.query("SELECT FROM s.cell")).rowCount).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, {}, [1], new Date(0)])("refuses %s as a cell", (value) => {
    expect(() => copyCell(value)).toThrow(TypeError);
  });

  it("refuses NUL, which PostgreSQL cannot store", () => {
    expect(() => copyCell("a\0b")).toThrow(RangeError);
  });

  it("gives back every text, NULL and boolean as it was", async () => {
    const tricky = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\\N", "\\.", "\\", "a\tb", "a\nb\r\n", "", "NULL", "\\\\N", "葛\u{E0100}"),
    );
    const cell = fc.option(
      tricky.map((text) => text.replaceAll("\0", "")),
      { nil: null },
    );
    const row = fc.tuple(cell, fc.option(fc.boolean(), { nil: null }));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        await client.query("TRUNCATE s.cell");
        expect(await copyRows(client, "s.cell", ["t x", "b"], each(rows))).toBe(rows.length);
        const back = await client.query<[string | null, boolean | null]>({
          text: 'SELECT "t x", b FROM s.cell ORDER BY n',
          rowMode: "array",
        });
        expect(back.rows).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });
});

describe("copyOut", () => {
  it("gives the rows that copyIn took, byte for byte", async () => {
    await client.query("CREATE TEMP TABLE pass (a int, b text)");
    const lines = Array.from({ length: 5000 }, (_, i) => `${i}\t架空 花子 ${i}\n`);
    expect(await copyIn(client, "COPY pass FROM STDIN", each(lines))).toBe(5000);
    const out: Buffer[] = [];
    for await (const chunk of copyOut(client, "COPY (SELECT * FROM pass ORDER BY a) TO STDOUT")) out.push(chunk);
    expect(Buffer.concat(out).toString("utf8")).toBe(lines.join(""));
  });

  it("reports an error of the statement", async () => {
    await expect(readOff("COPY (SELECT 1 / 0) TO STDOUT")).rejects.toMatchObject({ code: "22012" });
  });

  it("leaves the connection usable when the reader stops early", async () => {
    const sql = "COPY (SELECT n, repeat('x', 100) FROM generate_series(1, 200000) AS n) TO STDOUT";
    for await (const chunk of copyOut(client, sql)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await expect(client.query("SELECT 1 AS one")).resolves.toMatchObject({ rows: [{ one: 1 }] });
  });
});
