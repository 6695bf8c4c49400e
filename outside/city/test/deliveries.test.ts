/** A city told delivery by delivery: nobody hears of tomorrow, everybody is in the register before a claim names him or her. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { deliveryOf, splitCity, writeCity } from "../contract.ts";

const root = mkdtempSync(join(tmpdir(), "hagukumi-deliveries-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const city = join(root, "city");
const feeds = join(root, "feeds");
const cuts = ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31", "2027-03-31"];

const rowsIn = (folder: string, name: string): string[][] =>
  readFileSync(join(folder, name), "utf8")
    .split("\r\n")
    .slice(1, -1)
    .map((row) => row.split(","));
const told = (cut: string, name: string): string[][] => rowsIn(deliveryOf(feeds, cut), name);

beforeAll(async () => {
  await writeCity({ population: 2000, seed: "renkei", asOf: "2027-05-31", directory: city });
  await splitCity({ city, cuts, directory: feeds });
});

describe("deliveries of a city", () => {
  it("refuse days that do not ascend or do not exist", async () => {
    const directory = join(root, "none");
    await expect(splitCity({ city, cuts: ["2026-04-30", "2026-04-30"], directory })).rejects.toThrow("早い順");
    await expect(splitCity({ city, cuts: ["2026-02-30"], directory })).rejects.toThrow("早い順");
    expect(readdirSync(root).toSorted()).toEqual(["city", "feeds"]);
  });

  it("tell nothing before it could be known", () => {
    for (const cut of cuts) {
      expect(told(cut, "residents.csv").filter((row) => (row[9] ?? "") > cut)).toEqual([]); // 異動届出年月日
      expect(told(cut, "claims.csv").filter((row) => (row[2] ?? "") > cut)).toEqual([]); // 受付年月日
      expect(told(cut, "status_periods.csv").filter((row) => (row[3] ?? "") > cut || (row[4] ?? "") > cut)).toEqual([]);
      expect(told(cut, "incomes.csv").filter((row) => (row[9] ?? "") > cut)).toEqual([]); // 更正通知年月日
    }
  });

  it("bring every person before a claim or a fact names him or her", () => {
    const known = new Set(told("2026-03-31", "organizations.csv").map(([number = ""]) => number));
    for (const cut of cuts) {
      for (const [number = ""] of told(cut, "residents.csv")) known.add(number);
      const named = [
        ...told(cut, "claims.csv").map((row) => row[4] ?? ""),
        ...told(cut, "claim_children.csv").map((row) => row[1] ?? ""),
        ...told(cut, "status_periods.csv").map((row) => row[1] ?? ""),
        ...told(cut, "incomes.csv").map((row) => row[0] ?? ""),
      ];
      expect(named.filter((number) => !known.has(number))).toEqual([]);
    }
  });

  it("leave nothing out that is known by the last day, and add only late corrections and late reports", () => {
    const whole = new Set(rowsIn(city, "residents.csv").map((row) => row.join(",")));
    const all = cuts.flatMap((cut) => told(cut, "residents.csv").map((row) => row.join(",")));
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((row) => whole.has(row))).toBe(true);
    const reported = rowsIn(city, "residents.csv").filter((row) => (row[9] ?? "") <= "2027-03-31");
    expect(all).toHaveLength(reported.length);
    const incomes = cuts.flatMap((cut) => told(cut, "incomes.csv"));
    const added = incomes.length - rowsIn(city, "incomes.csv").length;
    expect(added).toBeGreaterThan(0);
    expect(incomes.filter((row) => (row[9] ?? "") > "2026-03-31")).toHaveLength(added);
  });

  it("are the same for the same city, and stay as they are when they are there", async () => {
    const again = join(root, "again");
    await splitCity({ city, cuts, directory: again });
    for (const cut of cuts) {
      const one = readFileSync(join(deliveryOf(feeds, cut), "manifest.json"), "utf8");
      expect(readFileSync(join(deliveryOf(again, cut), "manifest.json"), "utf8")).toBe(one);
    }
    await splitCity({ city: join(root, "nowhere"), cuts, directory: again });
    rmSync(again, { recursive: true });
  });
});
