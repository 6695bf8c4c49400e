/** `hagukumi batch` as an operator uses it, and the worker beside the pages. */
import { setTimeout as sleep } from "node:timers/promises";

import { createMassRun, findMassRun } from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../platform/test/support/cluster.ts";
import { startMassWorker } from "../src/mass-worker.ts";
import { endAll, hagukumi, refusalProblems } from "./support/program.ts";

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), "cli-batch-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true, force: true });
});

const batch = async (...args: readonly string[]) =>
  await hagukumi(["batch", ...args], {
    DATABASE_URL: database.url,
    HAGUKUMI_DATA: folder,
    HAGUKUMI_TODAY: "2026-11-20",
    HAGUKUMI_OPERATOR: "sakusei.hanako",
  });

describe("hagukumi batch", () => {
  it("refuses unknown kinds, wrong parameters, the maker's own approval and steps out of order, in Japanese", async () => {
    expect(refusalProblems(await batch("plan", "noSuch"))).toEqual([]);
    expect(refusalProblems(await batch("plan", "ageMilestones", "--set", "month=2026-13"))).toEqual([]);
    expect(refusalProblems(await batch("show", "99"))).toEqual([]);
    const planned = await batch("plan", "ageMilestones", "--set", "month=2026-11", "--json");
    expect(planned).toMatchObject({ status: 0 });
    const { runNo, list } = JSON.parse(planned.stdout) as { runNo: number; list: { digest: string } };
    expect(refusalProblems(await batch("run", String(runNo)))).toEqual([]);
    const own = await batch("approve", String(runNo), "--digest", list.digest);
    expect(refusalProblems(own)).toEqual([]);
    expect(own.stderr).toContain("作った人は、自分で承認できません");
  });

  it("goes from the list to the evidence", async () => {
    const { stdout } = await batch("list", "--json");
    const [run] = JSON.parse(stdout) as { runNo: number; list: { digest: string } }[];
    const runNo = String(run?.runNo);
    const approved = await batch("approve", runNo, "--digest", run?.list.digest ?? "", "--operator", "shonin.taro");
    expect(approved.stdout).toContain("「承認済み」");
    const done = await batch("run", runNo, "--operator", "shonin.taro");
    expect(done.stdout).toContain("「完了」");
    expect(done.stdout).toContain("検査は合格");
    expect(await batch("evidence", runNo)).toMatchObject({ status: 0 });
    const pack = join(folder, "files", `mass-run-${runNo}`);
    expect(readdirSync(pack)).toContain("SHA256SUMS");
    expect(readFileSync(join(pack, "1-処理.json"), "utf8")).toContain("年齢到達の減額・消滅");
    expect((await batch("calendar")).stdout).toContain("年齢到達の減額・消滅（2026-11）");
    expect((await batch("overdue")).status).toBe(1);
    expect((await batch("jobs")).stdout).toContain("ageMilestones");
    expect(existsSync(join(folder, "postgres"))).toBe(false);
  });
});

describe("the worker beside the pages", () => {
  it("takes up what was ordered, also after it was killed, and ends when it is told", { timeout: 60_000 }, async () => {
    const lines: string[] = [];
    const worker = startMassWorker({
      url: database.url,
      reportsDir: folder,
      today: "2026-11-20",
      onLine: (line) => lines.push(line),
    });
    const context: Context = {
      pool: database.pool,
      calendar: createCalendar(nationalHolidays),
      operator: "sakusei.hanako",
      purpose: "試験",
      today: civilDate("2026-11-20"),
      reportsDir: folder,
    };
    const order = async (month: string): Promise<void> => {
      const request = { key: `worker/${month}`, jobCode: "ageMilestones", parameters: { month } };
      const { runNo } = (await createMassRun(context, request)).response;
      for (let tries = 0; tries < 300; tries += 1) {
        if ((await findMassRun(database.pool, runNo))?.state === "listed") return;
        await sleep(50);
      }
      throw new Error(`run ${runNo} was not listed`);
    };
    try {
      await order("2026-12");
      // A worker that dies is started again.
      const { rows } = await database.pool.query(
        "SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE application_name = 'hagukumi-batch'",
      );
      expect(rows.length).toBeGreaterThan(0);
      await order("2027-01");
    } finally {
      await worker.close();
    }
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'hagukumi-batch'",
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});
