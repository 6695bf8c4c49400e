import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { type CityFault, cityFaults, type FaultyCity, feedNames, writeCity, writeFaultyCity } from "../contract.ts";

const base = mkdtempSync(join(tmpdir(), "faulty-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const wish = { population: 400, seed: "7", asOf: "2026-11-20" };
const sound = join(base, "sound");

const bytesOf = (directory: string, name: string): Buffer => readFileSync(join(directory, name));
const linesOf = (bytes: Buffer): string[] => bytes.toString("utf8").split("\r\n");

async function make(fault: CityFault): Promise<FaultyCity & { readonly directory: string; readonly agrees: boolean }> {
  const directory = join(base, fault);
  const city = await writeFaultyCity({ ...wish, directory, fault });
  const entry = city.manifest.files.find((file) => file.name === city.file);
  const agrees =
    readdirSync(directory).includes(city.file) &&
    entry?.sha256 === createHash("sha256").update(bytesOf(directory, city.file)).digest("hex");
  return { ...city, directory, agrees };
}

describe("a city with one thing wrong", () => {
  it("is refused above 50,000 people", async () => {
    const options = { ...wish, population: 50_001, directory: join(base, "large"), fault: "changedByte" } as const;
    await expect(writeFaultyCity(options)).rejects.toMatchObject({ code: "cityPopulation" });
  });

  it("differs from the sound city in the file at fault and in no other", async () => {
    await writeCity({ ...wish, directory: sound });
    for (const fault of Object.keys(cityFaults) as CityFault[]) {
      const { directory, file } = await make(fault);
      for (const name of feedNames) {
        if (name === file) continue;
        expect(bytesOf(directory, name).equals(bytesOf(sound, name)), `${fault} ${name}`).toBe(true);
      }
    }
    expect(readdirSync(base).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it.each([
    ["truncatedFile", false],
    ["changedByte", false],
    ["missingFile", false],
    ["wrongEncoding", true],
    ["missingColumn", true],
    ["hugeLine", true],
    ["impossibleDate", true],
    ["unknownCode", true],
    ["duplicateKey", true],
    ["unknownPerson", true],
    ["byteOrderMark", true],
    ["lineFeedOnly", true],
  ] as const)("%s: the manifest's digest agrees with the file: %s", async (fault, expected) => {
    rmSync(join(base, fault), { recursive: true, force: true });
    expect((await make(fault)).agrees).toBe(expected);
  });

  it("has the fault it names, in the row it names", () => {
    const at = (fault: CityFault, name: string, line: number): string =>
      linesOf(bytesOf(join(base, fault), name))[line - 1] ?? "";
    const count = (name: string): number => linesOf(bytesOf(sound, name)).length - 1;
    const middle = (name: string): number => Math.floor(count(name) / 2) + 1;
    expect(at("impossibleDate", "residents.csv", middle("residents.csv"))).toContain(",2025-02-29,");
    expect(at("unknownCode", "claims.csv", middle("claims.csv"))).toContain(",mystery,");
    expect(at("hugeLine", "residents.csv", middle("residents.csv")).length).toBeGreaterThan(3_400_000);
    expect(at("unknownPerson", "claim_children.csv", middle("claim_children.csv"))).toContain(",000000999999999,");
    const [first = "", second = ""] = [0, 1].map((step) =>
      at("duplicateKey", "claims.csv", middle("claims.csv") + step),
    );
    expect(second).not.toBe(first);
    expect(second.slice(0, 10)).toBe(first.slice(0, 10));
    expect(at("missingColumn", "incomes.csv", 1)).not.toContain("うち老人");
    expect(() =>
      new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(join(base, "wrongEncoding"), "claims.csv")),
    ).toThrow();
    expect(
      new TextDecoder("shift_jis", { fatal: true }).decode(bytesOf(join(base, "wrongEncoding"), "claims.csv")),
    ).toBe(bytesOf(sound, "claims.csv").toString("utf8"));
    expect(bytesOf(join(base, "byteOrderMark"), "residents.csv").subarray(0, 3)).toEqual(
      Buffer.from([0xef, 0xbb, 0xbf]),
    );
    expect(bytesOf(join(base, "lineFeedOnly"), "residents.csv").includes("\r")).toBe(false);
    expect(readdirSync(join(base, "missingFile"))).not.toContain("claims.csv");
  });

  it("tells the line", async () => {
    rmSync(join(base, "unknownCode"), { recursive: true, force: true });
    const { directory, file, line = 0 } = await make("unknownCode");
    expect(linesOf(bytesOf(directory, file))[line - 1]).toContain(",mystery,");
  });

  it("announces one row too many", async () => {
    rmSync(join(base, "wrongRowCount"), { recursive: true, force: true });
    const { manifest, directory } = await make("wrongRowCount");
    const rows = linesOf(bytesOf(directory, "claims.csv")).length - 2;
    expect(manifest.files.find((file) => file.name === "claims.csv")?.rows).toBe(rows + 1);
  });
});
