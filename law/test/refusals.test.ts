/** Bad input is refused with a code, a path and a Japanese message; nothing crashes and nothing is half computed. */
import { anything, assert, integer, nat, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCase, type ProblemCode } from "../contract.ts";
import type { Case } from "../plain/case.ts";
import { problemOf } from "./support/engine.ts";
import { familyOf } from "./support/families.ts";

const good = {
  case: "架空 太郎",
  from: "2025-05",
  until: "2025-08",
  municipality: { closedDays: ["2025-05-30"], payDay: 15, payDayRule: "previous" },
  recipient: {
    kind: "individual",
    birthDate: "1990-05-05",
    deathDate: null,
    residence: [{ from: "2020-04-01", to: null }],
    incomes: [
      {
        year: 2022,
        employment: 5_000_000,
        pension: 0,
        other: 0,
        deductions: 0,
        dependants: 1,
        elderlyDependants: 0,
        knownOn: null,
      },
    ],
  },
  children: [
    { id: "A", birthDate: "2023-06-10", serial: 1, care: [{ from: "2023-06-10", to: null }], supported: [] },
    { id: "B", birthDate: "2025-05-10" },
  ],
  claims: [
    {
      kind: "certification",
      receivedOn: "2023-06-20",
      children: ["A"],
      cause: { kind: "birth", on: "2023-06-10", obstacleEndedOn: null },
    },
  ],
  knownOn: null,
};

/** The good line with one value put at a path; `undefined` takes the key away. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(good);
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const refusals: readonly (readonly [string, readonly (string | number)[], unknown, ProblemCode])[] = [
  ["no name", ["case"], undefined, "missingKey"],
  ["no first month", ["from"], undefined, "missingKey"],
  ["no recipient", ["recipient"], undefined, "missingKey"],
  ["no children", ["children"], undefined, "missingKey"],
  ["no kind of recipient", ["recipient", "kind"], undefined, "missingKey"],
  ["no birth date", ["children", 0, "birthDate"], undefined, "missingKey"],
  ["no claim date", ["claims", 0, "receivedOn"], undefined, "missingKey"],
  ["no cause", ["claims", 0, "cause"], undefined, "missingKey"],
  ["a name that is a number", ["case"], 7, "wrongType"],
  ["children that are no list", ["children"], {}, "wrongType"],
  ["a child that is a text", ["children", 0], "A", "wrongType"],
  ["a serial that is a text", ["children", 0, "serial"], "1", "wrongType"],
  ["periods that are no list", ["recipient", "residence"], "2020", "wrongType"],
  ["an unknown key of the line", ["extra"], 1, "unknownKey"],
  ["an unknown key of the recipient", ["recipient", "extra"], 1, "unknownKey"],
  ["an unknown key of a child", ["children", 0, "name"], "架空 花子", "unknownKey"],
  ["an unknown key of a claim", ["claims", 0, "extra"], 1, "unknownKey"],
  ["an unknown key of a cause", ["claims", 0, "cause", "extra"], 1, "unknownKey"],
  ["an unknown key of an income", ["recipient", "incomes", 0, "extra"], 1, "unknownKey"],
  ["an unknown key of a period", ["recipient", "residence", 0, "extra"], 1, "unknownKey"],
  ["an unknown key of the municipality", ["municipality", "extra"], 1, "unknownKey"],
  ["an unknown kind of recipient", ["recipient", "kind"], "robot", "wrongValue"],
  ["an unknown kind of claim", ["claims", 0, "kind"], "wish", "wrongValue"],
  ["an unknown cause", ["claims", 0, "cause", "kind"], "whim", "wrongValue"],
  ["an unknown mode", ["mode"], "quick", "wrongValue"],
  ["an unknown pay-day rule", ["municipality", "payDayRule"], "nearest", "wrongValue"],
  ["pay day 0", ["municipality", "payDay"], 0, "wrongValue"],
  ["pay day 32", ["municipality", "payDay"], 32, "wrongValue"],
  ["pay day 14.5", ["municipality", "payDay"], 14.5, "wrongValue"],
  ["half a yen", ["recipient", "incomes", 0, "employment"], 0.5, "wrongValue"],
  ["29 February of a common year", ["children", 0, "birthDate"], "2023-02-29", "impossibleDate"],
  ["31 June", ["claims", 0, "receivedOn"], "2023-06-31", "impossibleDate"],
  ["a date with slashes", ["children", 0, "birthDate"], "2023/06/10", "impossibleDate"],
  ["a date with a time", ["children", 0, "birthDate"], "2023-06-10T00:00:00Z", "impossibleDate"],
  ["month 13", ["from"], "2025-13", "impossibleMonth"],
  ["month 0", ["until"], "2025-00", "impossibleMonth"],
  ["a month that is a day", ["from"], "2025-05-01", "impossibleMonth"],
  ["months the wrong way round", ["until"], "2025-04", "reversedPeriod"],
  ["a period the wrong way round", ["recipient", "residence", 0, "to"], "2020-03-31", "reversedPeriod"],
  ["two children of one id", ["children", 1, "id"], "A", "duplicateChild"],
  ["a claim for nobody known", ["claims", 0, "children"], ["Z"], "unknownChild"],
  ["a month before every law", ["from"], "2010-03", "outOfRange"],
];

describe("refusals", () => {
  it.each(refusals)("%s", (_, path, value, code) => {
    const problem = problemOf(changed(path, value));
    expect(problem?.code).toBe(code);
    // The path leads to the place, the message speaks Japanese and says what to do.
    const place = path.filter((each) => typeof each === "string");
    expect(place.some((each) => problem?.path.includes(each) === true)).toBe(true);
    expect(problem?.message).toMatch(/[ぁ-ん].*(ください|ません)/);
  });

  it.each([null, undefined, 1, "x", true, [], [good]])("%j is no case", (line) => {
    expect(parseCase(line).ok).toBe(false);
  });

  it("the same income year twice, known on the same day", () => {
    const twice = changed(["recipient", "incomes"], [good.recipient.incomes[0], good.recipient.incomes[0]]);
    expect(problemOf(twice)?.code).toBe("duplicateIncome");
  });

  it("study abroad without the beginning of the residence before it is not known, so it is neither in nor out", () => {
    const stay = { from: "2025-05-20", to: null, study: true };
    const problem = problemOf(changed(["children", 0, "abroad"], [stay]));
    expect(problem).toMatchObject({ code: "unknownFact", path: "children[0].abroad[0].livedInJapanSince" });
    expect(
      problemOf(changed(["children", 0, "abroad"], [{ ...stay, livedInJapanSince: "2023-06-10" }])),
    ).toBeUndefined();
    expect(problemOf(changed(["children", 0, "abroad"], [{ ...stay, study: false }]))).toBeUndefined();
  });

  it("the good line itself passes", () => {
    expect(problemOf(good)).toBeUndefined();
  });
});

/** Every place in a JSON value, as paths. */
function places(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [at];
  const inside = Object.entries(value).flatMap(([key, each]) => places(each, [...at, key]));
  return at.length === 0 ? inside : [at, ...inside];
}

describe("anything at all", () => {
  it("never throws on a value that is no case", () => {
    assert(
      property(anything(), (value) => {
        expect(parseCase(value).ok).toBe(false);
      }),
    );
  });

  it("never throws with nonsense in one place of a good line, and says where", () => {
    const all = places(good);
    assert(
      property(nat(all.length - 1), anything(), (index, value) => {
        const problem = problemOf(changed(all[index] ?? [], value));
        if (problem !== undefined) expect(problem.message.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("a random family with one text spoilt is refused or assessed, never half", () => {
    assert(
      property(integer({ min: 1, max: 1_000_000 }), nat(), string(), (seed, pick, text) => {
        const line = structuredClone(familyOf(seed)) as Case & Record<string, unknown>;
        const where = places(line).filter((path) => path.length > 0);
        const path = where[pick % where.length] ?? [];
        let at = line as unknown as Record<string | number, unknown>;
        for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
        at[path.at(-1) ?? ""] = text;
        expect(() => problemOf(line)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});
