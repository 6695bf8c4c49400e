/** The edges of the amending Acts' windows: one day in, one day out. */
import { describe, expect, it } from "vitest";
import type { Case, Child, Claim } from "../plain/case.ts";
import { plusDays } from "../plain/days.ts";
import { plainAnswer } from "./support/answer.ts";
import { differenceOf } from "./support/compare.ts";
import { assessed } from "./support/engine.ts";
import { familyOf } from "./support/families.ts";
import { randomOf } from "./support/random.ts";

/** Random claims that an obstacle may date to either side of the reform. */
const HELD_UP = 4000;

interface Told {
  readonly kind?: Case["recipient"]["kind"];
  readonly from?: string;
  readonly until?: string;
  readonly children: readonly Child[];
  readonly claims: readonly Claim[];
}

function line({ kind = "individual", from = "2024-08", until = "2025-06", children, claims }: Told): Case {
  const recipient = { kind, ...(kind === "individual" ? { incomeClass: "normal" as const } : {}) };
  return { case: "transition", from, until, recipient, children, claims };
}

/** The first months by both calculators, which must agree; and the engine's decisions in short. */
function told(question: Told): { starts: readonly string[]; decisions: string[] } {
  const asked = line(question);
  const { decisions } = assessed(asked);
  const starts = decisions.filter((each) => each.kind === "certify").map((each) => each.effective);
  expect(plainAnswer(asked).starts).toEqual(starts);
  return { starts, decisions: decisions.map((each) => `${each.kind} ${each.effective}`) };
}

const claim = (kind: Claim["kind"], receivedOn: string, children: string[], on?: string): Claim => ({
  kind,
  receivedOn,
  children,
  cause: on === undefined ? { kind: "other" } : { kind: "birth", on },
});

const teen: Child = { id: "T", birthDate: "2008-05-10" };

describe("令6法47 附則13条: claims in advance and in the window", () => {
  it.each([
    ["2024-06-11", []],
    ["2024-06-12", ["2024-10"]],
    ["2024-08-20", ["2024-10"]],
    ["2024-09-30", ["2024-10"]],
    ["2024-10-01", ["2024-10"]],
    ["2025-03-31", ["2024-10"]],
    ["2025-04-01", ["2025-05"]],
  ])("only a child of high-school age, claimed on %s: starts %j", (receivedOn, starts) => {
    expect(told({ children: [teen], claims: [claim("certification", receivedOn, ["T"])] }).starts).toEqual(starts);
  });

  it("an increase in advance starts nothing", () => {
    expect(told({ children: [teen], claims: [claim("increase", "2024-08-20", ["T"])] }).starts).toEqual([]);
  });

  const young: Child = { id: "Y", birthDate: "2016-02-10" };
  const known = claim("certification", "2016-02-12", ["Y"], "2016-02-10");

  it.each(["2024-06-12", "2024-08-20", "2024-09-30", "2024-10-01", "2024-11-05", "2025-03-31"])(
    "what the reform gave without a claim is neither granted nor refused: %s",
    (receivedOn) => {
      const { decisions } = told({ children: [teen, young], claims: [known, claim("increase", receivedOn, ["T"])] });
      expect(decisions.filter((each) => each.startsWith("refuse"))).toEqual([]);
      expect(decisions.filter((each) => each.endsWith("2024-10"))).toEqual(["increase 2024-10"]);
    },
  );

  it("a person after 18 named in an increase follows the ordinary rule, not the reform's", () => {
    const children: Child[] = [
      { id: "U", birthDate: "2005-06-10", supported: [{ from: "2024-04-01", to: null }] },
      { id: "B", birthDate: "2012-06-10" },
      { id: "C", birthDate: "2015-06-10" },
    ];
    const papers = [
      claim("certification", "2015-06-12", ["B", "C"], "2015-06-10"),
      claim("increase", "2024-12-10", ["U"]),
    ];
    const asked = line({ children, claims: papers });
    const totalIn = (month: string): number | undefined =>
      assessed(asked).months.find((each) => each.month === month)?.total;
    // 10,000 + 10,000; counting U, C is the third: 10,000 + 30,000.
    expect(["2024-10", "2024-12", "2025-01"].map(totalIn)).toEqual([20_000, 20_000, 40_000]);
  });

  it("a claim in advance that names nobody who can be paid is refused", () => {
    const away: Child = { ...teen, care: [] };
    const papers = [known, claim("increase", "2024-08-20", ["T"])];
    const other: Child = { id: "H", birthDate: "2007-05-10" };
    const { decisions } = told({ children: [away, young, other], claims: papers });
    expect(decisions).toContain("increase 2024-10");
    expect(decisions.filter((each) => each.startsWith("refuse"))).toEqual(["refuse 2024-09"]);
  });

  it.each(["2024-06-11", "2025-04-01"])("outside the window the same claim is answered: %s", (receivedOn) => {
    const { decisions } = told({ children: [teen, young], claims: [known, claim("increase", receivedOn, ["T"])] });
    expect(decisions.filter((each) => each.startsWith("refuse"))).toHaveLength(1);
  });
});

/** Received in the window or beside it, for a reason that an obstacle kept from being claimed. */
const heldUp = (receivedOn: string, obstacleEndedOn: string, on = "2024-07-20"): Claim => ({
  kind: "certification",
  receivedOn,
  children: ["Y"],
  cause: { kind: "other", on, obstacleEndedOn },
});

/** The decisions, with months and starts by both calculators, which must agree. */
const agreed = (question: Case): string[] => {
  const found = assessed(question);
  const plain = plainAnswer(question);
  for (const { month, total } of found.months) expect(total, month).toBe(plain.months[month]?.total);
  expect(plain.starts).toEqual(found.decisions.filter((each) => each.kind === "certify").map((each) => each.effective));
  return found.decisions.map((each) => `${each.kind} ${each.effective} ${String(each.monthlyTotal)}`);
};

describe("令6法47 附則13条6項: a claim in the window that an obstacle dates before 2024-10", () => {
  const young: Child = { id: "Y", birthDate: "2016-02-10" };
  const asked = (incomeClass: "normal" | "over", paper: Claim, facts: Partial<Child> = {}): Case => ({
    case: "held up",
    from: "2024-07",
    until: "2025-06",
    recipient: { kind: "individual", incomeClass },
    children: [{ ...young, ...facts }],
    claims: [paper],
  });

  it("one day after the window has the month after its receipt: over the upper limit the old law gave nothing", () => {
    // 17 March + 15 days = 1 April 2025.
    expect(agreed(asked("over", heldUp("2025-04-01", "2025-03-17")))).toEqual(["certify 2025-05 10000"]);
  });

  it("is refused where the requirements were not met on 2024-10-01", () => {
    const gone = { care: [{ from: "2016-02-10", to: "2024-09-30" }] };
    expect(agreed(asked("over", heldUp("2025-03-31", "2025-03-17"), gone))).toEqual(["refuse 2024-08 0"]);
  });

  it.each([
    ["2024-09-30", "2024-09-17"],
    ["2024-10-01", "2024-09-17"],
    ["2024-10-15", "2024-10-01"],
    ["2025-03-31", "2025-03-17"],
  ])("over the upper limit, received on %s: 10,000 from 2024-10", (receivedOn, ended) => {
    expect(agreed(asked("over", heldUp(receivedOn, ended)))).toEqual(["certify 2024-10 10000"]);
  });

  it("below it the old law pays from the month after the obstacle began, and the reform adds nothing", () => {
    expect(agreed(asked("normal", heldUp("2025-03-31", "2025-03-17")))).toEqual(["certify 2024-08 10000"]);
  });

  it("what the old law gave and ended before October is followed by the new law", () => {
    // Over the limit from 2024-06 by the income of 2023; 2024-05 is still judged by that of 2022.
    const incomes = [
      { year: 2022, employment: 3_000_000 },
      { year: 2023, employment: 20_000_000 },
    ];
    const paper = heldUp("2025-03-31", "2025-03-17", "2024-04-20");
    const line_ = { ...asked("normal", paper), from: "2024-05", recipient: { kind: "individual", incomes } } as const;
    expect(agreed(line_)).toEqual(["certify 2024-05 10000", "extinguish 2024-06 0", "certify 2024-10 10000"]);
  });

  it("adds to what another claim starts with October: each child counts from the reform", () => {
    const papers: Claim[] = [
      { kind: "certification", receivedOn: "2024-10-20", children: ["Y"], cause: { kind: "other" } },
      { ...heldUp("2024-11-20", "2024-11-10"), children: ["Z"] },
    ];
    const two = [young, { id: "Z", birthDate: "2018-02-10" }];
    // 10,000 + 10,000
    expect(agreed({ ...asked("over", heldUp("2024-11-20", "2024-11-10")), children: two, claims: papers })).toEqual([
      "certify 2024-10 20000",
      "increase 2024-10 20000",
    ]);
  });

  it("agrees with the second calculator whatever the obstacle", () => {
    let started = 0;
    for (let seed = 1; seed <= HELD_UP; seed += 1) {
      const random = randomOf(seed);
      const family = familyOf(5_000_000 + seed);
      const receivedOn = plusDays("2024-09-15", random.int(0, 210));
      const obstacleEndedOn = plusDays(receivedOn, -random.int(0, 20));
      const on = plusDays(obstacleEndedOn, -random.int(0, 300));
      const kind = random.pick(["other", "disaster", "birth", "livingTogetherPriority", "taxCorrection"]);
      const children = family.children.filter((each) => each.birthDate <= receivedOn).map((each) => each.id);
      if (children.length === 0) continue;
      const paper: Claim = {
        kind: random.pick(["certification", "certification", "certification", "increase", "supportConfirmation"]),
        receivedOn,
        children,
        cause: { kind, on, obstacleEndedOn },
      };
      const kept = random.chance(30) ? (family.claims ?? []) : [];
      const incomeClass = family.recipient.incomes === undefined ? { incomeClass: "over" as const } : {};
      const question: Case = {
        ...family,
        from: "2024-01",
        until: "2025-12",
        mode: "full",
        recipient: { ...family.recipient, ...incomeClass },
        claims: [...kept, paper],
      };
      const difference = differenceOf(question);
      if (difference !== undefined) expect.fail(`seed ${String(seed)}: ${difference}\n${JSON.stringify(question)}`);
      const found = assessed(question);
      // Dated back into the old law is never worse than being late: the same claim without the reason that dates it back.
      const late = assessed({ ...question, claims: [...kept, { ...paper, cause: { kind: "other" } }] }).months;
      const isOfBothLaws = receivedOn >= "2024-10-01" && on < "2024-09-01";
      found.months.forEach(({ month, total }, index) => {
        if (isOfBothLaws)
          expect(total, `seed ${String(seed)} ${month}`).toBeGreaterThanOrEqual(late[index]?.total ?? 0);
      });
      if (found.decisions.some((each) => each.kind === "certify" && each.effective === "2024-10")) started += 1;
    }
    // Not a comparison of refusals.
    expect(started).toBeGreaterThan(HELD_UP / 10);
  });
});

const placed = (id: string, birthDate: string): Child => ({
  id,
  birthDate,
  institution: [{ from: "2023-05-10", to: null, shortStay: false }],
});

describe("令6法47 附則13条5項: institutions", () => {
  const children = [placed("A", "2014-06-01"), placed("T", "2008-05-10"), placed("J", "2009-06-01")];
  const first = claim("certification", "2023-05-12", ["A"]);
  const totalIn = (month: string, claims: Claim[]): number | undefined =>
    assessed(line({ kind: "institution", children, claims })).months.find((each) => each.month === month)?.total;

  it("a 16-year-old claimed in the window counts from 2024-10, one day later from the month after", () => {
    expect(totalIn("2024-10", [first, claim("increase", "2025-03-31", ["T"])])).toBe(20_000);
    expect(totalIn("2025-04", [first, claim("increase", "2025-04-01", ["T"])])).toBe(10_000);
    expect(totalIn("2025-05", [first, claim("increase", "2025-04-01", ["T"])])).toBe(20_000);
  });

  it("a child of junior-high age is no child of the reform: from the month after the claim", () => {
    expect(totalIn("2024-12", [first, claim("increase", "2024-12-10", ["J"])])).toBe(10_000);
    expect(totalIn("2025-01", [first, claim("increase", "2024-12-10", ["J"])])).toBe(20_000);
  });

  it("an individual's increase for a younger child gets no start of the reform", () => {
    const family = [
      { id: "A", birthDate: "2014-06-01" },
      { id: "J", birthDate: "2010-06-01" },
    ];
    const claims = [claim("certification", "2014-06-03", ["A"], "2014-06-01"), claim("increase", "2024-12-10", ["J"])];
    const months = assessed(line({ children: family, claims })).months;
    expect(months.find((each) => each.month === "2024-12")?.total).toBe(10_000);
    expect(months.find((each) => each.month === "2025-01")?.total).toBe(20_000);
  });
});

const taken = (since: string, birthDate: string, receivedOn: string): readonly string[] =>
  told({
    from: "2010-04",
    until: "2011-06",
    children: [{ id: "A", birthDate, care: [{ from: since, to: null }] }],
    claims: [claim("certification", receivedOn, ["A"])],
  }).starts;

describe("平22法19 附則5条: junior-high families of 2010", () => {
  it.each([
    // taken in, claimed, first month
    ["2010-04-01", "2010-09-30", "2010-04"], // eligible on the day itself: 附則4条
    ["2010-04-02", "2010-09-30", "2010-05"],
    ["2010-09-30", "2010-09-30", "2010-10"],
    ["2010-05-20", "2010-05-20", "2010-06"],
    ["2010-05-20", "2010-10-01", "2010-11"], // a day late: the ordinary rule
    ["2010-10-01", "2010-10-05", "2010-11"],
  ])("in junior high, taken in on %s, claimed on %s: from %s", (since, receivedOn, start) => {
    expect(taken(since, "1996-11-16", receivedOn)).toEqual([start]);
  });

  it("born 1 April 1998 is the youngest in junior high in 2010-04, 2 April the eldest below it; 2 April 1995 the last year", () => {
    expect(taken("2010-05-20", "1998-04-01", "2010-09-30")).toEqual(["2010-06"]);
    expect(taken("2010-05-20", "1998-04-02", "2010-09-30")).toEqual(["2010-10"]);
    expect(taken("2010-05-20", "1995-04-02", "2010-09-30")).toEqual(["2010-06"]);
    expect(taken("2010-05-20", "1995-04-01", "2010-09-30")).toEqual([]);
  });

  it("a claim before the child was taken in gives nothing; one past junior high is refused by the ordinary rule", () => {
    expect(taken("2010-05-20", "1996-11-16", "2010-04-30")).toEqual([]);
    const { decisions } = told({
      from: "2010-04",
      until: "2011-06",
      children: [{ id: "A", birthDate: "1995-04-01", care: [{ from: "2010-05-20", to: null }] }],
      claims: [claim("certification", "2010-09-10", ["A"])],
    });
    expect(decisions).toEqual(["refuse 2010-10"]);
  });

  it("an earlier stay that ended before April 2010 starts nothing; the later one does", () => {
    const asked = line({
      from: "2010-04",
      until: "2011-06",
      children: [{ id: "A", birthDate: "1996-11-16" }],
      claims: [claim("certification", "2010-09-10", ["A"])],
    });
    const residence = [
      { from: "2009-04-01", to: "2010-02-20" },
      { from: "2010-05-20", to: null },
    ];
    const back = { ...asked, recipient: { ...asked.recipient, residence } };
    expect(assessed(back).decisions.map((each) => `${each.kind} ${each.effective}`)[0]).toBe("certify 2010-06");
    expect(plainAnswer(back).starts).toEqual(["2010-06"]);
  });

  it("an increase reaches back like a certification", () => {
    const children: Child[] = [
      { id: "A", birthDate: "1996-11-16", care: [{ from: "2010-05-20", to: null }] },
      { id: "B", birthDate: "2005-06-10" },
    ];
    const known = claim("certification", "2010-04-05", ["B"]);
    const asked = line({
      from: "2010-04",
      until: "2011-06",
      children,
      claims: [known, claim("increase", "2010-09-30", ["A"])],
    });
    const months = assessed(asked).months;
    // 13,000 for B; 26,000 with A.
    expect(months.find((each) => each.month === "2010-05")?.total).toBe(13_000);
    expect(months.find((each) => each.month === "2010-06")?.total).toBe(26_000);
    expect(plainAnswer(asked).months["2010-06"]?.total).toBe(26_000);
  });

  it("a recipient who is a public servant since April 2010 is not paid here, whatever the child", () => {
    const asked = line({
      from: "2010-04",
      until: "2011-06",
      children: [{ id: "A", birthDate: "1996-11-16", care: [{ from: "2010-05-20", to: null }] }],
      claims: [claim("certification", "2010-09-30", ["A"])],
    });
    const servant = {
      ...asked,
      recipient: { ...asked.recipient, publicServant: [{ from: "2010-04-01", to: "2011-04-30" }] },
    };
    expect(assessed(servant).months.every((each) => !each.entitled)).toBe(true);
  });
});

describe("a confirmation has no fifteen days of its own", () => {
  it.each([
    ["birth", "2025-07"],
    ["other", "2025-07"],
    ["moveIn", "2025-06"],
    ["disaster", "2025-06"],
  ])("received on 3 June for %s of 28 May: counted from %s", (kind, start) => {
    const children: Child[] = [
      { id: "U", birthDate: "2005-06-10", supported: [{ from: "2025-05-01", to: null }] },
      { id: "B", birthDate: "2012-06-10" },
      { id: "C", birthDate: "2015-06-10" },
    ];
    const papers: Claim[] = [
      claim("certification", "2015-06-12", ["B", "C"], "2015-06-10"),
      { kind: "supportConfirmation", receivedOn: "2025-06-03", children: ["U"], cause: { kind, on: "2025-05-28" } },
    ];
    const asked = line({ from: "2025-05", until: "2025-08", children, claims: papers });
    // 10,000 + 10,000 before, 10,000 + 30,000 from then on.
    const counted = assessed(asked).months.find((each) => each.total === 40_000)?.month;
    expect(counted).toBe(start);
    expect(plainAnswer(asked).months[start]?.total).toBe(40_000);
  });
});
