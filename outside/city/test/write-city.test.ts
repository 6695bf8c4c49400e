import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { type CityManifest, feedNames, writeCity } from "../contract.ts";

const base = mkdtempSync(join(tmpdir(), "city-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let used = 0;
const fresh = (): string => join(base, `c${used++}`);
const wish = { population: 600, seed: "7", asOf: "2026-11-20" };

const digest = (directory: string): string[] =>
  ["manifest.json", ...feedNames].map((name) =>
    createHash("sha256")
      .update(readFileSync(join(directory, name)))
      .digest("hex"),
  );

const breakOff = (): never => {
  throw new Error("stop");
};

describe("the folder", () => {
  it.each([
    [{ population: 0 }, "cityPopulation"],
    [{ population: 2_000_001 }, "cityPopulation"],
    [{ population: 1.5 }, "cityPopulation"],
    [{ seed: "" }, "citySeed"],
    [{ seed: "x".repeat(65) }, "citySeed"],
    [{ asOf: "2026-02-29" }, "cityAsOf"],
    [{ asOf: "2025-03-31" }, "cityAsOf"],
    [{ asOf: "20261120" }, "cityAsOf"],
  ])("refuses %j and writes nothing", async (change, code) => {
    const directory = fresh();
    await expect(writeCity({ ...wish, ...change, directory })).rejects.toMatchObject({ code });
    expect(() => readdirSync(directory)).toThrow(/ENOENT/);
  });

  it("refuses a folder with anything else in it, forced or not, and touches nothing", async () => {
    const directory = fresh();
    mkdirSync(directory);
    writeFileSync(join(directory, "大事な書類.txt"), "x");
    for (const force of [false, true]) {
      await expect(writeCity({ ...wish, directory, force })).rejects.toMatchObject({ code: "cityFolderForeign" });
    }
    expect(readdirSync(directory)).toEqual(["大事な書類.txt"]);
  });

  it("refuses another city unless forced, keeps the same city, and leaves no trace of its work", async () => {
    const directory = fresh();
    await writeCity({ ...wish, directory });
    const before = digest(directory);
    await expect(writeCity({ ...wish, seed: "8", directory })).rejects.toMatchObject({ code: "cityFolderTaken" });
    expect(digest(directory)).toEqual(before);
    await writeCity({ ...wish, directory });
    expect(digest(directory)).toEqual(before);
    await writeCity({ ...wish, seed: "8", directory, force: true });
    expect(digest(directory)).not.toEqual(before);
    expect(readdirSync(base).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("is not taken for the same city when a file was changed behind an equal manifest", async () => {
    const directory = fresh();
    await writeCity({ ...wish, directory });
    writeFileSync(join(directory, "claims.csv"), "");
    await expect(writeCity({ ...wish, directory })).rejects.toMatchObject({ code: "cityFolderTaken" });
  });

  it("leaves nothing behind when a listener breaks the work off", async () => {
    const directory = fresh();
    await expect(writeCity({ ...wish, directory, onProgress: breakOff })).rejects.toThrow("stop");
    expect(readdirSync(base).filter((name) => name.startsWith("."))).toEqual([]);
    expect(() => readdirSync(directory)).toThrow(/ENOENT/);
  });
});

describe("the same city", () => {
  it("has the same bytes in another process and in other time zones", async () => {
    const here = fresh();
    await writeCity({ ...wish, population: 2000, directory: here });
    const contract = new URL("../contract.ts", import.meta.url).href;
    for (const zone of ["America/Los_Angeles", "Pacific/Kiritimati"]) {
      const there = fresh();
      const options = JSON.stringify({ ...wish, population: 2000, directory: there });
      const script = `import { writeCity } from ${JSON.stringify(contract)}; await writeCity(${options});`;
      execFileSync(process.execPath, ["--input-type=module", "-e", script], { env: { ...process.env, TZ: zone } });
      expect(digest(there)).toEqual(digest(here));
    }
  });

  it("differs by seed, by population and by day", async () => {
    const digests = new Set<string>();
    for (const change of [{}, { seed: "8" }, { population: 601 }, { asOf: "2026-11-21" }]) {
      const directory = fresh();
      await writeCity({ ...wish, ...change, directory });
      digests.add(digest(directory)[1] ?? "");
    }
    expect(digests.size).toBe(4);
  });

  it("is told by a manifest that agrees with the files", async () => {
    const directory = fresh();
    const returned = await writeCity({ ...wish, directory });
    const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as CityManifest;
    expect(manifest).toEqual(returned);
    expect(manifest).toMatchObject({ format: "hagukumi-feed/1", municipality: "431001", asOf: "2026-11-20" });
    expect(manifest.files.map((file) => file.name)).toEqual(feedNames);
    for (const [index, file] of manifest.files.entries()) {
      const bytes = readFileSync(join(directory, file.name));
      // One line is the heading, and the last line end closes the last row: CR LF count − 1 = rows.
      expect(bytes.toString("utf8").split("\r\n").length - 2).toBe(file.rows);
      expect([bytes.length, digest(directory)[index + 1]]).toEqual([file.bytes, file.sha256]);
    }
  });

  it("can be made for the first and the last day of reference and for any size, the smallest included", async () => {
    for (const asOf of ["2025-04-01", "2035-12-31"]) {
      for (const population of [1, 2, 14, 1499, 1500]) {
        const { files } = await writeCity({ seed: `${population}`, asOf, population, directory: fresh() });
        expect(files[0]?.rows).toBeGreaterThanOrEqual(population);
      }
    }
  });

  it("reports progress up to the number of residents", async () => {
    const seen: number[] = [];
    await writeCity({ ...wish, population: 12_000, directory: fresh(), onProgress: (done) => seen.push(done) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(12_000);
  });
});
