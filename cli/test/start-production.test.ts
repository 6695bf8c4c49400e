import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

import { hagukumi, refusalProblems } from "./support/program.ts";

it("a start with production settings is refused before anything is made: no database, no city, no demo staff", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hagukumi-production-"));
  try {
    const dataDir = join(folder, "data");
    const ended = await hagukumi(["start", "--no-serve"], {
      HAGUKUMI_DATA: dataDir,
      HAGUKUMI_ENV: "production",
      HAGUKUMI_ORIGIN: "https://jite.example.lg.jp",
    });
    expect(refusalProblems(ended)).toEqual([]);
    expect(ended.stderr).toContain("demoNotPermitted");
    expect(existsSync(dataDir)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
