/** The list of checks (検査一覧): what the document says is what the program says, and every check of the list is looked for. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { checkGroups } from "../../src/checks/list.ts";
import { callsOf, checksDocument, codesOf, fits, refusalSets, refusalTexts } from "./checks-document.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const SYSTEM = "systems/allowance/src";
const sourceOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const WEIGHTS = ["stop", "look", "note"] as const;
const callsIn = (file: string) => callsOf(sourceOf(join(SYSTEM, file)), WEIGHTS);

describe("the list of checks", () => {
  it("reading the sources: a code that is filled in, a sentence that stands above, sides behind it, a nested text", () => {
    const source = [
      "const text = `番号 ${shown(n)} を確かめてください。`;",
      "return [stop(`${prefix}.name`, text, { filed: '別' }), ...look('no'), other.note(\"not.one\", \"違う\"),",
      '...note("one.two", own ? `はい${why === "" ? "" : `（${why}）`}。` : "いいえ。", { filed: "横" })];',
    ].join("\n");
    expect(callsOf(source, WEIGHTS)).toEqual([
      { name: "stop", code: "${prefix}.name", texts: ["番号 〈…〉 を確かめてください。"] },
      { name: "note", code: "one.two", texts: ["はい〈…〉。", "いいえ。"] },
    ]);
    expect(fits("${prefix}.name", "child.name")).toBe(true);
    expect(fits("${prefix}.name", "child.kana")).toBe(false);
    expect(fits("document.${code}", "document.*")).toBe(true);
    expect(fits("recipient", "recipient.ended")).toBe(false);
  });

  it("docs/検査一覧.md is what `npm run docs:checks` writes", () => {
    expect(sourceOf("docs/検査一覧.md")).toBe(checksDocument(ROOT, checkGroups));
  });

  it("no file that finds checks is missing from the list, and no file stands in two groups", () => {
    const finds = globSync("**/*.ts", { cwd: join(ROOT, SYSTEM) })
      .filter((file) => /from "[./\w-]*answers\.ts"/u.test(sourceOf(join(SYSTEM, file))) && callsIn(file).length > 0)
      .toSorted();
    const listed = checkGroups.flatMap(({ files }) => files);
    expect(listed.toSorted()).toEqual(finds);
  });

  it("every check of the list is looked for in its files with its weight, and nothing else is", () => {
    const faults = checkGroups.flatMap(({ where, files, ...weights }) => {
      const calls = files.flatMap(callsIn);
      const codes = WEIGHTS.flatMap((weight) => Object.keys(weights[weight] ?? {}).map((code) => ({ weight, code })));
      const unused = codes.filter(
        ({ weight, code }) => !calls.some((call) => call.name === weight && fits(call.code, code)),
      );
      const unlisted = calls.filter(
        (call) => !codes.some(({ weight, code }) => call.name === weight && fits(call.code, code)),
      );
      return [
        ...unused.map(({ weight, code }) => `${where}: ${weight} ${code} is never looked for`),
        ...unlisted.map(({ name, code }) => `${where}: ${name} ${code} is not in the list`),
      ];
    });
    expect(faults).toEqual([]);
    // The scan read something.
    expect(checkGroups.flatMap(({ files }) => files.flatMap(callsIn)).length).toBeGreaterThan(130);
  });

  it("every code of refusal is used with a sentence", () => {
    const texts = refusalTexts(ROOT);
    const silent = refusalSets.flatMap(([, file, type]) =>
      codesOf(sourceOf(file), type).filter((code) => (texts.get(code) ?? []).length === 0),
    );
    expect(silent).toEqual([]);
  });
});
