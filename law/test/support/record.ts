/**
 * The record of answers: what the law said, sentence for sentence, to families of every kind. It knows nothing about what is
 * right (the vectors and the second calculator do); it notices that an answer, once given, has changed.
 *
 * Run as a program it writes the record anew; then `ruleVersion` has to be raised and CHANGES.md has to say what changes.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { assessed, Refusal } from "./engine.ts";
import { familyOf } from "./families.ts";
import { randomOf, type Random } from "./random.ts";

const FILE = new URL("../vectors/record.json", import.meta.url);
/** Seeds of the record, and how many answers are put into one digest. */
const SEEDS = 1500;
export const ANSWERS_IN_ONE = 10;

/** The days on which the amending Acts, the school year and the calendar turn. */
const EDGES: readonly [string, ...string[]] = [
  "2010-03-31",
  "2010-04-01",
  "2010-04-02",
  "2010-09-30",
  "2010-10-01",
  "2011-09-30",
  "2011-10-01",
  "2012-03-31",
  "2012-05-31",
  "2012-06-01",
  "2012-09-30",
  "2012-10-01",
  "2022-05-31",
  "2022-06-01",
  "2023-02-28",
  "2023-04-01",
  "2024-02-29",
  "2024-03-31",
  "2024-06-11",
  "2024-06-12",
  "2024-09-30",
  "2024-10-01",
  "2024-10-02",
  "2025-03-31",
  "2025-04-01",
  "2025-04-16",
  "2025-06-30",
  "2025-12-31",
];

/** The family of a seed with some of its days moved to an edge; some of these lines are refused, and that is an answer too. */
function moved(random: Random, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => moved(random, each));
  if (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value))
    return random.chance(12) ? random.pick(EDGES) : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, moved(random, each)]));
}

/** Every third family looks back on the first laws, every third at the reform of 2024, the others at their own months. */
function lineOf(seed: number): unknown {
  const family = familyOf(3_000_000 + seed);
  const windows = [{}, { from: "2010-04", until: "2012-12" }, { from: "2024-05", until: "2025-12" }];
  const line = { ...family, ...windows[seed % 3] };
  return seed % 2 === 0 ? line : moved(randomOf(4_000_000 + seed), line);
}

function answerTo(line: unknown): string {
  try {
    return JSON.stringify(assessed(line, true));
  } catch (error) {
    if (error instanceof Refusal) return JSON.stringify(error.problem);
    throw error;
  }
}

/** The digest of the answers to ten seeds from `first` on. */
export function digestFrom(first: number): string {
  const hash = createHash("sha256");
  for (let seed = first; seed < first + ANSWERS_IN_ONE; seed += 1) hash.update(answerTo(lineOf(seed)));
  return hash.digest("hex").slice(0, 12);
}

export const recorded = (): readonly string[] => JSON.parse(readFileSync(FILE, "utf8")) as readonly string[];

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  const firsts = Array.from({ length: SEEDS / ANSWERS_IN_ONE }, (_, index) => 1 + index * ANSWERS_IN_ONE);
  const digests = firsts.map(digestFrom);
  const refused = firsts
    .flatMap((first) => Array.from({ length: ANSWERS_IN_ONE }, (_, index) => answerTo(lineOf(first + index))))
    .filter((each) => each.startsWith('{"code"')).length;
  writeFileSync(FILE, `${JSON.stringify(digests, undefined, 1)}\n`);
  console.log(`${String(SEEDS)} answers recorded, ${String(refused)} of them refusals`);
}
