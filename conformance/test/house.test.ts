/** The rules of the house, checked over every tracked file: what a reviewer would otherwise have to look for. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

import { importedNames } from "../src/imports.ts";
import { readPresent, readReleaseNotes, releaseDocument, releaseFaults } from "../src/release-notes.ts";
import { readRows, tagsOf } from "../src/rows.ts";
import { dependencyFaults } from "./support/dependency-rule.ts";
import { individualNumbersIn } from "./support/individual-numbers.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const tracked = execFileSync("git", ["-c", "core.quotepath=off", "ls-files"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(ROOT, path)));
// Pictures are compressed bytes: what looks like digits in them stands there by chance.
const texts = new Map(
  tracked.filter((path) => !path.endsWith(".png")).map((path) => [path, readFileSync(join(ROOT, path), "utf8")]),
);
const sources = [...texts].filter(([path]) => /\.tsx?$/.test(path));

/** `path: what` for each file in which `find` finds something. */
function faults(files: Iterable<readonly [string, string]>, find: (text: string, path: string) => string[]): string[] {
  return [...files].flatMap(([path, text]) => find(text, path).map((what) => `${path}: ${what}`));
}

function matches(pattern: RegExp): (text: string) => string[] {
  return (text) => [...text.matchAll(pattern)].map(([found]) => found.trim());
}

describe("the checks themselves", () => {
  it("find a valid individual number, whole or in full width, and leave other numbers alone", () => {
    const digits = "12345678901"; // its check digit: 1·6+2·5+3·4+4·3+5·2+6·7+7·6+8·5+9·4+0·3+1·2 = 212; 212 mod 11 = 3; 11 − 3 = 8
    const valid = [digits, "8"].join("");
    const wide = valid.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    expect(individualNumbersIn(`番号は${valid}です`)).toEqual([valid]);
    expect(individualNumbersIn(wide)).toEqual([wide]);
    expect(individualNumbersIn(`${valid.slice(0, 4)}-${valid.slice(4, 8)}-${valid.slice(8)}`)).toHaveLength(1);
    expect(individualNumbersIn(`${[digits, "7"].join("")} 0${valid} ${valid}0`)).toEqual([]);
  });

  it.each([
    ["law/src/a.ts", 'import { x } from "node:fs";', "node:fs"],
    ["law/src/a.ts", 'import { x } from "@hagukumi/platform/x.ts";', "platform"],
    ["platform/src/a/b.ts", 'import { x } from "@hagukumi/allowance/contract.ts";', "allowance"],
    ["systems/allowance/src/a.ts", 'import { x } from "../../unified-addressee/src/y.ts";', "own folder"],
    ["systems/allowance/src/a.ts", 'import { x } from "@hagukumi/law/src/y.ts";', "contract.ts"],
    ["systems/allowance/src/a.ts", 'import { x } from "@hagukumi/vault/contract.ts";', "may not use vault"],
    ["web/staff/src/a.ts", 'import { x } from "@hagukumi/vault/contract.ts";', "may not use vault"],
    ["outside/bank/src/a.ts", 'import { x } from "@hagukumi/allowance/src/y.ts";', "contract.ts"],
    ["cli/src/a.ts", 'import { x } from "@hagukumi/allowance/src/payments/contract.ts";', "only contract.ts is open"],
    ["web/staff/src/a.ts", 'import { x } from "../../../systems/allowance/src/y.ts";', "own folder"],
    ["platform/src/a/b.ts", 'import { x } from "left-pad";', "package.json"],
  ])("find the forbidden import in %s: %s", (path, source, words) => {
    expect(dependencyFaults(ROOT, path, source).join()).toContain(words);
  });
});

describe("every tracked file", () => {
  it("imports only what its room may use", () => {
    expect(faults(sources, (text, path) => dependencyFaults(ROOT, path, text))).toEqual([]);
  });

  it("has no default export (except settings files, whose tools ask for one) and no `any`", () => {
    const own = sources.filter(([path]) => !path.endsWith(".config.ts"));
    expect(faults(own, matches(/^export default .*/gm))).toEqual([]);
    expect(faults(own, matches(/^[^"'`/*]*(?::\s*any\b|\bas any\b|<any>|\bany\[\]).*/gm))).toEqual([]);
  });

  it("re-exports nothing from elsewhere, but for the one door of a room", () => {
    const inside = sources.filter(([path]) => !path.endsWith("contract.ts"));
    expect(faults(inside, matches(/^export (?:type )?(?:\*|\{[^}]*\}) from .*/gm))).toEqual([]);
    expect(tracked.filter((path) => /(?:^|\/)index\.tsx?$/.test(path))).toEqual([]);
  });

  it("can be read in one go: at most 500 lines of source", () => {
    // Written by a tool out of the OpenAPI document; nobody reads it in one go
    const written = ["web/staff/app/api/schema.d.ts"];
    const read = [...texts].filter(([path]) => !written.includes(path));
    const long = read.filter(([path, text]) => /\.(?:tsx?|mjs|css)$/.test(path) && text.split("\n").length > 501);
    expect(long.map(([path]) => path)).toEqual([]);
  });

  it("holds no place of one machine and no address of a package host", () => {
    // Written in parts, so that this file does not find itself
    const places = new RegExp(`(?<![\\w.])/(?:${["work", "home", "root", "Users"].join("|")})/\\w+`, "g");
    const files = [...texts].filter(([path]) => !path.endsWith("package-lock.json"));
    expect(faults(files, matches(places))).toEqual([]);
    // `resolved` is also how npm writes where a room of the workspace lies: a folder, no address
    const lock = texts.get("package-lock.json") ?? "";
    expect(matches(/"resolved": "[a-z+]+:[^"]*"|https?:\/\/[^"]*\.tgz/g)(lock)).toEqual([]);
  });

  it("holds no number of twelve digits that could be somebody's 個人番号", () => {
    expect(faults(texts, individualNumbersIn)).toEqual([]);
  });

  it("names in its test titles only requirement rows that exist", async () => {
    const known = new Set((await readRows()).map(({ id }) => id));
    const tests = sources.filter(([path]) => path.endsWith(".test.ts") && !path.startsWith("conformance/"));
    const unknown = faults(tests, (text) => tagsOf(text).filter((id) => !known.has(id)));
    expect(unknown).toEqual([]);
    const imports = tests.filter(([, text]) => importedNames(text).includes("vitest"));
    expect(imports).toHaveLength(tests.length);
  });
});

describe("the release notes", () => {
  const notes = readReleaseNotes(ROOT);
  const present = readPresent(ROOT);
  const [first] = notes.releases;
  if (first === undefined) throw new Error("no release");
  const faultsOf = (more: Partial<typeof first>, there = present): readonly string[] =>
    releaseFaults({ ...notes, releases: [{ ...first, ...more }, ...notes.releases.slice(1)] }, there);

  it("are refused without a setting, the rules or a migration, and with words about what is not there", () => {
    const { payDay, ...settings } = first.settings;
    expect(payDay?.required).toBe(true);
    expect(faultsOf({ settings })).toEqual([expect.stringMatching(/^setting payDay: add it/)]);
    expect(faultsOf({ rules: {} })).toEqual([expect.stringMatching(/^rules .*: add them/)]);
    expect(faultsOf({ settings: { ...first.settings, coffee: { required: true, text: "珈琲" } } })).toEqual([
      "setting coffee: named in docs/リリースノート.json, but not there",
    ]);
    expect(faultsOf({ behaviour: ["faster"] })).toEqual([expect.stringContaining("says nothing in Japanese")]);
    // Before it is given out, a migration may say for itself what it brings; afterwards the notes must.
    const name = "systems/allowance/0103_ledger";
    const migrations = Object.fromEntries(Object.entries(first.migrations).filter(([each]) => each !== name));
    expect(Object.keys(first.migrations).length - Object.keys(migrations).length).toBe(1);
    expect(faultsOf({ migrations })).toEqual([]);
    const missing = expect.arrayContaining([
      `migration ${name}: add it to the newest release in docs/リリースノート.json`,
    ]);
    expect(faultsOf({ migrations, released: "2027-04-01" })).toEqual(missing);
    const silent = { ...present, migrations: { ...present.migrations, [name]: "" } };
    expect(faultsOf({ migrations }, silent)).toEqual(missing);
  });

  it("name every setting, the version of the rules and every migration that does not say at its head what it brings", () => {
    expect(present.settings.length).toBeGreaterThan(15);
    expect(releaseFaults(notes, present)).toEqual([]);
    expect(texts.get("docs/リリースノート.md")).toBe(releaseDocument(notes));
  });
});
