/** Edges of the fifteen days: lasting obstacles, long closures, tables of holidays that do not reach back, notices by month. */
import { describe, expect, it } from "vitest";
import { assess, createCalendar, parseCase } from "../contract.ts";
import type { Case, Cause } from "../plain/case.ts";
import { plusDays } from "../plain/days.ts";
import { plainAnswer } from "./support/answer.ts";
import { assessed } from "./support/engine.ts";
import { holidays } from "./support/holidays.ts";

interface Question {
  readonly birth: string;
  readonly receivedOn: string;
  readonly cause: Cause;
  readonly from: string;
  readonly until: string;
  readonly closedDays?: readonly string[];
  readonly incomes?: Case["recipient"]["incomes"];
}

function line(question: Question): Case {
  const { birth, receivedOn, cause, from, until, closedDays, incomes } = question;
  return {
    case: "edge",
    from,
    until,
    ...(closedDays === undefined ? {} : { municipality: { closedDays } }),
    recipient: { kind: "individual", ...(incomes === undefined ? { incomeClass: "normal" } : { incomes }) },
    children: [{ id: "A", birthDate: birth }],
    claims: [{ kind: "certification", receivedOn, children: ["A"], cause }],
  };
}

const firstOf = (asked: Case): string | undefined => assessed(asked).decisions[0]?.effective;

/** The first month by both calculators, which must agree. */
function startOf(question: Question): string | undefined {
  const asked = line(question);
  const start = assessed(asked).decisions.find((each) => each.kind === "certify")?.effective;
  expect(plainAnswer(asked).starts[0]).toBe(start);
  return start;
}

describe("obstacles", () => {
  const born = { birth: "2023-12-28", from: "2024-01", until: "2024-12" };

  it("a disaster that still lasts keeps the fifteen days open", () => {
    const cause = { kind: "disaster", on: "2024-01-01" };
    expect(startOf({ ...born, receivedOn: "2024-06-20", cause })).toBe("2024-02");
    expect(startOf({ ...born, receivedOn: "2024-06-20", cause: { ...cause, obstacleEndedOn: "2024-02-26" } })).toBe(
      "2024-07",
    );
  });

  it("an obstacle opens the fifteen days for any cause that has its day, and for none that has not", () => {
    // 2 May + 15 = 17 May (Friday): in time, the month after the event of 20 April.
    const cause = { kind: "other", on: "2024-04-20", obstacleEndedOn: "2024-05-02" };
    expect(startOf({ ...born, receivedOn: "2024-05-17", cause })).toBe("2024-05");
    expect(startOf({ ...born, receivedOn: "2024-05-18", cause })).toBe("2024-06");
    expect(
      startOf({ ...born, receivedOn: "2024-05-17", cause: { kind: "other", obstacleEndedOn: "2024-05-02" } }),
    ).toBe("2024-06");
    expect(startOf({ ...born, receivedOn: "2024-05-17", cause: { kind: "other", on: "2024-04-20" } })).toBe("2024-06");
  });
});

describe("closures", () => {
  // Day 15 is 2024-06-04; the office is closed from there to 2024-07-31 (a flood), so 1 August is the deadline.
  const closedDays = Array.from({ length: 58 }, (_, index) => plusDays("2024-06-04", index));
  const born = { birth: "2024-05-20", from: "2024-05", until: "2024-12", cause: { kind: "birth", on: "2024-05-20" } };

  it("a closure of two months carries the deadline over it", () => {
    expect(startOf({ ...born, receivedOn: "2024-08-01", closedDays })).toBe("2024-06");
    expect(startOf({ ...born, receivedOn: "2024-08-02", closedDays })).toBe("2024-09");
    expect(startOf({ ...born, receivedOn: "2024-08-01" })).toBe("2024-09");
  });
});

describe("a table of holidays that begins late", () => {
  const calendar = createCalendar(new Set([...holidays()].filter((day) => day >= "2026-01-01")));
  const start = (question: Question): string | undefined => {
    const parsed = parseCase(line(question));
    const result = parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
    return result.ok ? result.value.decisions[0]?.effective : result.problem.code;
  };
  const window = { birth: "2025-04-30", from: "2026-02", until: "2026-03" };

  it("within fifteen days and long after them no table is needed; between, the answer is refused, not guessed", () => {
    const cause = { kind: "birth", on: "2025-04-30" };
    expect(start({ ...window, receivedOn: "2025-05-15", cause })).toBe("2025-05");
    expect(start({ ...window, receivedOn: "2025-07-15", cause })).toBe("2025-08");
    expect(start({ ...window, receivedOn: "2025-05-16", cause })).toBe("outsideCalendar");
  });

  it("claims before the first law need none", () => {
    const early = { birth: "2005-06-10", from: "2026-02", until: "2026-03" };
    // Ended by the law of 2011, which everyone had to claim anew.
    expect(start({ ...early, receivedOn: "2005-06-27", cause: { kind: "birth", on: "2005-06-10" } })).toBe("2010-04");
  });
});

/** A recipient who took a child in on 2010-05-20. */
const taken = (receivedOn: string, birthDate: string): Case => ({
  ...line({ from: "2010-04", until: "2010-12", birth: birthDate, receivedOn, cause: { kind: "other" } }),
  children: [{ id: "A", birthDate, care: [{ from: "2010-05-20", to: null }] }],
});

describe("claims around 2010-04", () => {
  const window = { from: "2010-04", until: "2010-12" };

  it("a claim of before is deemed made for 2010-04, but never before its event", () => {
    const cause = { kind: "birth", on: "2005-06-10" };
    expect(startOf({ ...window, birth: "2005-06-10", receivedOn: "2005-06-15", cause })).toBe("2010-04");
    const unborn = { kind: "birth", on: "2010-04-10" };
    expect(startOf({ ...window, birth: "2010-04-10", receivedOn: "2010-03-20", cause: unborn })).toBe("2010-05");
  });

  it("a child of junior-high age taken in on 2010-05-20 starts the month after, claimed by 30 September (平22法19 附則5条)", () => {
    expect(firstOf(taken("2010-09-30", "1996-11-16"))).toBe("2010-06");
    expect(firstOf(taken("2010-10-01", "1996-11-16"))).toBe("2010-11");
    // An elementary pupil was covered by the earlier law: the ordinary rule.
    expect(firstOf(taken("2010-09-30", "2000-11-16"))).toBe("2010-10");
  });
});

describe("income below the upper limit: the June the notice is for", () => {
  const incomes = [2019, 2020, 2021, 2022].map((year) => ({ year, employment: 5_000_000, dependants: 0 }));
  const window = { birth: "2018-02-10", from: "2022-06", until: "2023-12", incomes };
  it.each([
    ["2023-06-11", "2023-06-20", "2023-06"],
    ["2023-05-20", "2023-05-25", "2023-06"],
    ["2023-04-01", "2023-04-10", "2023-06"],
    ["2023-03-31", "2023-04-10", "2022-06"],
    ["2023-02-10", "2023-02-15", "2022-06"],
    ["2022-12-20", "2022-12-28", "2022-06"],
    ["2023-02-10", "2023-03-15", "2023-04"],
  ])("notice of %s, claim of %s: from %s", (on, receivedOn, start) => {
    expect(startOf({ ...window, receivedOn, cause: { kind: "incomeBelowUpperLimit", on } })).toBe(start);
  });

  it("a correction reaches back to the June of the year it corrects", () => {
    // 2021 was over (11,820,000), corrected on 2023-10-05 to 4,820,000: the claim of 16 October is in time (20 October).
    const corrected = [
      ...incomes.filter((each) => each.year !== 2021),
      { year: 2021, employment: 12_000_000, dependants: 0 },
      { year: 2021, employment: 5_000_000, dependants: 0, knownOn: "2023-10-05" },
    ];
    const cause = { kind: "taxCorrection", on: "2023-10-05" };
    expect(startOf({ ...window, incomes: corrected, receivedOn: "2023-10-16", cause })).toBe("2022-06");
    expect(startOf({ ...window, incomes: corrected, receivedOn: "2023-10-23", cause })).toBe("2023-11");
  });
});
