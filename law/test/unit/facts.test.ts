/** 児童手当法3条・4条・17条: from which day to which the facts let a recipient be paid for a child. */
import { describe, expect, it } from "vitest";
import { childSpans, knownDeath, recipientSpans, supportSpans } from "../../src/articles/article4-eligibility.ts";
import type { ChildFacts, RecipientKind } from "../../src/case/types.ts";
import { NEVER, readDay, writeDay, writeMonth } from "../../src/dates/packed.ts";
import type { Span } from "../../src/dates/spans.ts";

const told = (spans: readonly Span[]): string[] =>
  spans.map(
    (each) =>
      `${each.from === 0 ? "…" : writeDay(each.from)} ${each.to === NEVER ? "…" : writeDay(each.to)} ${each.cause}`,
  );
const known = (on: string | undefined): number => (on === undefined ? NEVER : readDay(on));
/** Facts as they come out of JSON. */
const child = (facts: object): ChildFacts => ({ id: "A", birthDate: "2015-05-05", ...facts }) as ChildFacts;
const spansOf = (facts: object, kind: RecipientKind = "individual", on?: string): string[] =>
  told(childSpans(child(facts), kind, known(on)));

describe("death", () => {
  it("is known from its day on", () => {
    expect(knownDeath("2025-05-03", readDay("2025-05-02"))).toBe(NEVER);
    expect(knownDeath("2025-05-03", readDay("2025-05-03"))).toBe(readDay("2025-05-03"));
    expect(knownDeath(null, NEVER)).toBe(NEVER);
    expect(knownDeath(undefined, NEVER)).toBe(NEVER);
  });
});

const placed = (shortStay?: boolean) => ({
  institution: [{ from: "2025-06-25", to: "2025-08-31", ...(shortStay === undefined ? {} : { shortStay }) }],
});

describe("a child with parents", () => {
  it("from birth on, once it is born", () => {
    expect(spansOf({}, "individual", "2015-05-04")).toEqual([]);
    expect(spansOf({}, "individual", "2015-05-05")).toEqual(["2015-05-05 … careEnded"]);
    expect(spansOf({ care: [] })).toEqual([]);
  });

  it("care that begins before birth begins with it, and periods day on day are one", () => {
    expect(
      spansOf({
        care: [
          { from: "2015-01-01", to: "2020-03-31" },
          { from: "2020-04-01", to: "2021-05-06" },
        ],
      }),
    ).toEqual(["2015-05-05 2021-05-06 careEnded"]);
  });

  it("to death, even on the day on which care ended", () => {
    expect(spansOf({ deathDate: "2025-05-03" })).toEqual(["2015-05-05 2025-05-03 childDeath"]);
    expect(spansOf({ deathDate: "2025-05-03", care: [{ from: "2015-05-05", to: "2025-05-03" }] })).toEqual([
      "2015-05-05 2025-05-03 childDeath",
    ]);
    expect(spansOf({ deathDate: "2025-05-03", care: [{ from: "2015-05-05", to: "2025-05-02" }] })).toEqual([
      "2015-05-05 2025-05-02 careEnded",
    ]);
  });

  it("not while placed, unless for two months at most; not while abroad", () => {
    for (const facts of [placed(), placed(false)]) {
      expect(spansOf(facts)).toEqual(["2015-05-05 2025-06-25 enteredInstitution", "2025-08-31 … careEnded"]);
    }
    expect(spansOf(placed(true))).toEqual(["2015-05-05 … careEnded"]);
    expect(spansOf({ abroad: [{ from: "2025-06-25", to: "2025-08-31", study: false }] })).toEqual([
      "2015-05-05 2025-06-25 childAbroad",
      "2025-08-31 … careEnded",
    ]);
    expect(spansOf({ abroad: [], institution: [] })).toEqual(["2015-05-05 … careEnded"]);
    // Abroad up to the placement, day on day: one stay away.
    expect(
      spansOf({
        abroad: [{ from: "2025-01-10", to: "2025-03-31", study: false }],
        institution: [{ from: "2025-04-01", to: "2025-05-10" }],
      }),
    ).toEqual(["2015-05-05 2025-01-10 enteredInstitution", "2025-05-10 … careEnded"]);
  });
});

describe("a child with an institution", () => {
  const institution = [{ from: "2025-02-10", to: "2025-08-31" }];

  it("while placed, where placements are told; else `care` stands for the placement", () => {
    expect(spansOf({ institution }, "institution")).toEqual(["2025-02-10 2025-08-31 leftInstitution"]);
    expect(spansOf({ institution }, "corporateGuardian")).toEqual([
      "2015-05-05 2025-02-10 enteredInstitution",
      "2025-08-31 … careEnded",
    ]);
    expect(spansOf({ care: [{ from: "2025-03-01", to: "2025-05-31" }] }, "institution")).toEqual([
      "2025-03-01 2025-05-31 leftInstitution",
    ]);
    expect(spansOf({ institution: [] }, "institution")).toEqual(["2015-05-05 … careEnded"]);
  });

  it("a placement not known yet says nothing, one for two months at most gives nothing", () => {
    expect(spansOf({ institution }, "institution", "2025-02-09")).toEqual(["2015-05-05 … careEnded"]);
    expect(spansOf({ institution }, "institution", "2025-02-10")).toEqual(["2025-02-10 … careEnded"]);
    expect(spansOf({ institution: [{ from: "2025-02-10", shortStay: true }] }, "institution")).toEqual([]);
  });

  it("a placement that goes on day on day is one, and care narrows it", () => {
    const parts = [institution[0], { from: "2025-09-01", to: null }];
    expect(spansOf({ institution: parts }, "institution")).toEqual(["2025-02-10 … careEnded"]);
    expect(spansOf({ institution, care: [{ from: "2025-03-01", to: "2025-05-31" }] }, "institution")).toEqual([
      "2025-03-01 2025-05-31 leftInstitution",
    ]);
  });

  it("not while abroad", () => {
    const abroad = [{ from: "2025-03-10", to: null, study: false }];
    expect(spansOf({ institution, abroad }, "institution")).toEqual(["2025-02-10 2025-03-10 childAbroad"]);
  });
});

const support = (facts: object, on?: string): string[] =>
  supportSpans(child({ birthDate: "2004-05-05", ...facts }), known(on)).map(
    (each) => `${told([each]).join("")} ${writeMonth(each.firstMonth)}`,
  );

describe("a person after 18", () => {
  const supported = [{ from: "2023-04-01", to: "2024-03-31" }];

  it("counts in every month that support touches, each period by itself", () => {
    expect(support({})).toEqual([]);
    expect(support({ supported: [] })).toEqual([]);
    expect(support({ supported: [...supported, { from: "2024-04-01" }] })).toEqual([
      "2023-04-01 2024-03-31 supportEnded 2023-04",
      "2024-04-01 … supportEnded 2024-04",
    ]);
    expect(support({ supported }, "2023-03-31")).toEqual([]);
  });

  it("not after death, not while placed, and abroad for four years of study", () => {
    expect(support({ supported, deathDate: "2023-10-10" })).toEqual(["2023-04-01 2023-10-10 childDeath 2023-04"]);
    expect(support({ supported, institution: [{ from: "2023-10-10" }] })).toEqual([
      "2023-04-01 2023-10-10 enteredInstitution 2023-04",
    ]);
    const abroad = [{ from: "2019-08-01", to: null, study: true, livedInJapanSince: "2010-01-01" }];
    // 2019-08-01 + 4 years: the last day is 2023-07-31.
    expect(support({ supported, abroad })).toEqual(["2023-04-01 2023-07-31 studyAbroadLimit 2023-04"]);
  });
});

const of = (facts: object, on?: string): string[] => told(recipientSpans({ kind: "individual", ...facts }, known(on)));

describe("the recipient", () => {
  const spell = [{ from: "2025-06-05", to: "2025-07-10" }];

  it("is here always, or from the day to the day, to death", () => {
    expect(of({})).toEqual(["… … movedOut"]);
    expect(of({ residence: [] })).toEqual([]);
    expect(of({ residence: [{ from: "2020-04-01", to: "2025-03-31" }, { from: "2025-04-01" }] })).toEqual([
      "2020-04-01 … movedOut",
    ]);
    expect(of({ deathDate: "2025-07-31" })).toEqual(["… 2025-07-31 recipientDeath"]);
    expect(of({ deathDate: "2025-07-31" }, "2025-07-30")).toEqual(["… … movedOut"]);
  });

  it("is not paid here as a public servant, nor while detained; others than individuals are", () => {
    expect(of({ publicServant: spell })).toEqual(["… 2025-06-05 becamePublicServant", "2025-07-10 … movedOut"]);
    expect(of({ detained: spell })).toEqual(["… 2025-06-05 detained", "2025-07-10 … movedOut"]);
    for (const kind of ["institution", "corporateGuardian"]) {
      expect(of({ kind, publicServant: spell, detained: spell })).toEqual(["… … movedOut"]);
    }
  });
});
