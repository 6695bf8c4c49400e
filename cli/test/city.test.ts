import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

type Run = { readonly status: number; readonly stdout: string; readonly stderr: string };

const base = mkdtempSync(join(tmpdir(), "cli-city-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function city(out: string, ...more: string[]): Promise<Run> {
  const args = ["city", "--population", "300", "--seed", "7", "--as-of", "2026-11-20", "--out", out, ...more];
  return await new Promise((done) => {
    execFile(resolve(import.meta.dirname, "../bin/hagukumi"), args, (error, stdout, stderr) => {
      done({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("hagukumi city", () => {
  it("refuses a population that is no number with status 2, and a day that does not exist with status 1 and a code", async () => {
    const out = join(base, "refused");
    expect(await city(out, "--population", "many")).toMatchObject({ status: 2, stdout: "" });
    const run = await city(out, "--as-of", "2026-02-29", "--json");
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(JSON.parse(run.stderr)).toMatchObject({ code: "cityAsOf" });
    expect(existsSync(out)).toBe(false);
  });

  it("writes the feeds and says so; over another city only with --force", async () => {
    const out = join(base, "city");
    const run = await city(out);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("residents.csv");
    expect(readdirSync(out).toSorted()).toEqual([
      "claim_children.csv", "claims.csv", "incomes.csv", "manifest.json", "organizations.csv", "residents.csv",
      "status_periods.csv",
    ]); // prettier-ignore
    const refused = await city(out, "--seed", "8");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("cityFolderTaken");
    const forced = await city(out, "--seed", "8", "--force", "--json");
    expect(forced.status).toBe(0);
    expect(JSON.parse(forced.stdout)).toMatchObject({ format: "hagukumi-feed/1", asOf: "2026-11-20" });
  });
});
