/**
 * The law with one number changed, as a wrong program would have it: a copy of the room in a folder of its own, answered by a process
 * of its own. What comes back is what such a program would register: its values, and its answers to the published examples.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ExampleAnswer, ParameterEntry } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";

import type { Candidate } from "../../src/parameters/register-set.ts";
import { sealSet } from "../../src/parameters/program-set.ts";

const LAW = join(import.meta.dirname, "../../../../law");

const SCRIPT = `
import { readFileSync } from "node:fs";
import { assess, createCalendar, parameterEntries, parseCase, ruleVersion, runPublishedExamples } from "./contract.ts";
const { holidays, line } = JSON.parse(readFileSync("input.json", "utf8"));
const calendar = createCalendar(holidays);
let months = null;
if (line !== null) {
  const parsed = parseCase(line);
  const result = parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
  months = result.ok ? result.value.months.map(({ month, total }) => [month, total]) : result.problem.code;
}
console.log(JSON.stringify({ entries: parameterEntries(), ruleVersion, examples: runPublishedExamples(calendar), months }));
`;

type Change = { readonly file: string; readonly from: string; readonly to: string };
type Printed = {
  readonly entries: readonly ParameterEntry[];
  readonly ruleVersion: string;
  readonly examples: readonly ExampleAnswer[];
  readonly months: readonly (readonly [string, number])[] | string | null;
};

/**
 * @param change in `law/src`: `from` must stand there exactly once
 * @param line an input line that the altered law answers too: month and yen of each month, or the code of its refusal
 */
export function alteredLaw(change: Change, line: unknown = null): Candidate & { readonly months: Printed["months"] } {
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-altered-law-"));
  try {
    for (const part of ["src", "plain", "examples", "contract.ts", "package.json"])
      cpSync(join(LAW, part), join(dir, part), { recursive: true });
    const path = join(dir, "src", change.file);
    const text = readFileSync(path, "utf8");
    if (text.split(change.from).length !== 2) throw new Error(`${change.from} is not once in ${change.file}`);
    writeFileSync(path, text.replace(change.from, change.to));
    writeFileSync(join(dir, "answer.ts"), SCRIPT);
    writeFileSync(join(dir, "input.json"), JSON.stringify({ holidays: [...nationalHolidays], line }));
    const printed = execFileSync(process.execPath, ["answer.ts"], { cwd: dir, encoding: "utf8", maxBuffer: 1e8 });
    const { entries, ruleVersion, examples, months } = JSON.parse(printed) as Printed;
    return { set: sealSet(entries, ruleVersion), examples, months };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
