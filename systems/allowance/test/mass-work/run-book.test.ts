/** 運用手順: the file in docs says what calendar and kinds say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { civilDate } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { massJobs } from "../../src/mass-work/jobs.ts";
import { massRunBook } from "../../src/mass-work/run-book.ts";
import { massBookOn, type MassOrder } from "../../src/mass-work/order.ts";
import type { MassScheduleRow } from "../../src/mass-work/schedule-rows.ts";

const database = useDatabase();
const FILE = join(import.meta.dirname, "../../../../docs/運用手順.md");

const row = (jobCode: string, more: Partial<MassScheduleRow> = {}): MassScheduleRow => ({
  jobCode,
  name: `処理${jobCode}`,
  cycle: "monthly",
  months: [1],
  day: 1,
  graceDays: 0,
  afterJobs: [],
  note: "",
  ...more,
});

const bookOf = (schedule: readonly MassScheduleRow[]): string => {
  const orders = schedule.flatMap(({ jobCode, afterJobs }) =>
    afterJobs.map((afterJob): MassOrder => ({
      jobCode,
      afterJob,
      monthsBefore: 0,
      inMonths: [],
      required: true,
      note: "",
    })),
  );
  return massRunBook({ schedule, orders, exclusions: [] }, []);
};

const headings = (text: string): readonly string[] => [...text.matchAll(/^### (.*)$/gm)].map(([, name = ""]) => name);

describe("運用手順", () => {
  it("puts what has to come first before what waits for it, and does not fall into a circle", () => {
    const chain = [row("late", { months: [1], afterJobs: ["early"] }), row("early", { months: [9] })];
    expect(headings(bookOf(chain))).toEqual(["処理early", "処理late"]);
    const circle = [row("one", { afterJobs: ["two"] }), row("two", { afterJobs: ["one"] })];
    expect(headings(bookOf(circle))).toEqual(["処理one", "処理two"]);
  });

  it("in docs is what the program writes: otherwise run `hagukumi batch runbook --out docs/運用手順.md`", async () => {
    const written = massRunBook(await massBookOn(database.pool, civilDate("2100-01-01")), massJobs);
    expect(readFileSync(FILE, "utf8")).toBe(written);
    for (const { name, undoes } of massJobs) if (undoes === undefined) expect(written).toContain(name);
  });
});
