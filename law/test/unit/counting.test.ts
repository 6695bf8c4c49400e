/** 監護相当・生計費の負担: from which 確認書, from which month and until when a person after 18 counts among the children. */
import { describe, expect, it } from "vitest";
import type { Case } from "../../plain/case.ts";
import { plainAnswer } from "../support/answer.ts";
import { assessed, certification, child, claim, decided, full, individual, totals, type Json } from "./support.ts";

/** B is the first or second child (10,000), C the second (10,000) or, with somebody before both, the third (30,000). */
const younger = [child("B", "2009-06-10"), child("C", "2015-06-10")];
const COUNTED = 40_000;
const ALONE = 20_000;

/** Of university age from April 2023 to March 2027. */
const student = (supported: Json[], birthDate = "2004-06-10"): Json => child("U", birthDate, { supported });
const supportedSince2023 = student([{ from: "2023-04-01", to: null }]);

const both = certification("2024-10-01", ["B", "C"], "other");
const paper = (receivedOn: string, kind = "other", on?: string): Json =>
  claim("supportConfirmation", receivedOn, ["U"], kind, on);

/** Totals by month, which the second calculator has to give too. */
function monthly(from: string, until: string, person: Json, papers: Json[], recipient = individual()): number[] {
  const line = full(from, until, [person, ...younger], papers, recipient);
  const found = assessed(line).months.map(({ total }) => total);
  const plain = plainAnswer(line as unknown as Case).months;
  expect(Object.values(plain).map(({ total }) => total)).toEqual(found);
  return found;
}

/** The last sentence said about U in a month: by which paper U counts, and since when. */
function saidLast(month: string, person: Json, papers: Json[], recipient = individual()): string | undefined {
  const line = full(month, month, [person, ...younger], papers, recipient);
  return assessed(line, true).months[0]?.children[0]?.because?.at(-1)?.text;
}

describe("the first month", () => {
  it("is never before the 18-year end, however early the paper came", () => {
    // U is of high-school age through March 2025.
    const pupil = child("U", "2006-05-10", { supported: [{ from: "2024-04-01", to: null }] });
    const papers = [certification("2024-10-01", ["U", "B", "C"], "other"), paper("2025-01-10")];
    expect(saidLast("2025-04", pupil, papers)).toBe(
      "2025年1月10日に受け付けた監護相当・生計費の負担についての確認書（その他）により、2025年4月分からです。",
    );
    expect(monthly("2025-03", "2025-05", pupil, papers)).toEqual([50_000, COUNTED, COUNTED]);
  });

  it("may be the month in which support ends, and the only one", () => {
    const brief = student([{ from: "2024-11-18", to: "2025-03-08" }]);
    expect(monthly("2025-02", "2025-04", brief, [both, paper("2025-03-11")])).toEqual([ALONE, ALONE, ALONE]);
    expect(monthly("2025-02", "2025-04", brief, [both, paper("2025-02-11")])).toEqual([ALONE, COUNTED, ALONE]);
  });

  it("may be the month in which the recipient moves away", () => {
    const leaving = individual({ residence: [{ from: "2020-04-01", to: "2025-06-20" }] });
    const papers = [certification("2025-05-10", ["U", "B", "C"], "other")];
    expect(monthly("2025-05", "2025-07", supportedSince2023, papers, leaving)).toEqual([0, COUNTED, 0]);
  });

  it("but not one after the move: a certification says nothing about the next stay", () => {
    const moving = individual({
      residence: [
        { from: "2020-04-01", to: "2025-05-31" },
        { from: "2025-08-01", to: null },
      ],
    });
    // U, not in care, turns 18 in the school year that ends in March 2026.
    const ward = child("U", "2007-06-10", { care: [], supported: [{ from: "2025-04-01", to: null }] });
    const again = certification("2025-08-05", ["B", "C"], "moveIn", "2025-08-01");
    const papers = [certification("2025-04-10", ["U", "B", "C"], "other"), again];
    expect(monthly("2026-03", "2026-05", ward, papers, moving)).toEqual([ALONE, ALONE, ALONE]);
    expect(monthly("2026-03", "2026-05", ward, [...papers, paper("2026-04-05")], moving)).toEqual([
      ALONE,
      ALONE,
      COUNTED,
    ]);
  });

  it("a certification for somebody past the 22-year end alone is refused, dated with the month after it", () => {
    const grown = child("U", "2000-06-10", { supported: [{ from: "2020-04-01", to: null }] });
    const found = assessed(full("2024-10", "2025-03", [grown], [certification("2025-01-10", ["U"], "other")]));
    expect(decided(found)).toEqual(["refuse 2025-02 other 0"]);
  });
});

const graduation = (receivedOn: string, on: string): Json => paper(receivedOn, "graduated", on);

const next = (ids: string[]): Json => certification("2025-09-05", ids, "leftPublicService", "2025-08-31");

const endOf = (to: string): string | undefined => {
  const person = student([{ from: "2023-04-01", to }]);
  const papers = [both, paper("2025-01-10"), graduation("2026-04-10", "2026-02-28")];
  return decided(assessed(full("2025-11", "2026-04", [person, ...younger], papers))).findLast((each) =>
    each.startsWith("decrease"),
  );
};

describe("the last month", () => {
  it("is the one before an expected graduation, even where it is the first", () => {
    const papers = [both, paper("2025-10-20"), graduation("2026-02-10", "2025-11-30")];
    // Counted for November; the new paper came late and counts from the month after it.
    expect(monthly("2025-10", "2026-03", student([{ from: "2025-04-01", to: null }]), papers)).toEqual([
      ALONE,
      COUNTED,
      ALONE,
      ALONE,
      ALONE,
      COUNTED,
    ]);
  });

  it("is that of the support where it ends before the graduation, or in the same month", () => {
    expect(endOf("2025-12-20")).toBe("decrease 2026-01 supportEnded 20000");
    expect(endOf("2026-02-20")).toBe("decrease 2026-03 supportEnded 20000");
    expect(endOf("2026-03-20")).toBe("decrease 2026-03 graduated 20000");
  });

  it("the right of the recipient ended: the next certification does not count who it does not name", () => {
    const serving = individual({ publicServant: [{ from: "2025-05-20", to: "2025-08-31" }] });
    const papers = [both, paper("2025-01-10")];
    expect(monthly("2025-05", "2025-10", supportedSince2023, [...papers, next(["B", "C"])], serving)).toEqual([
      COUNTED,
      0,
      0,
      0,
      ALONE,
      ALONE,
    ]);
    expect(monthly("2025-09", "2025-10", supportedSince2023, [...papers, next(["U", "B", "C"])], serving)).toEqual([
      COUNTED,
      COUNTED,
    ]);
  });
});

describe("a 確認書 that came before any certification", () => {
  it("waits, and a later one for October 2024 changes nothing about it", () => {
    const papers = [paper("2024-07-10"), paper("2024-11-24"), certification("2025-05-25", ["B", "C"], "other")];
    const moved = individual({ residence: [{ from: "2025-05-01", to: null }] });
    expect(saidLast("2025-06", supportedSince2023, papers, moved)).toBe(
      "2024年7月10日に受け付けた監護相当・生計費の負担についての確認書（その他）により、2024年8月分からです。",
    );
    expect(monthly("2025-05", "2025-06", supportedSince2023, papers, moved)).toEqual([0, COUNTED]);
  });

  it("one that the Act itself starts with October 2024 waits too", () => {
    const serving = individual({ publicServant: [{ from: "2020-04-01", to: "2024-12-20" }] });
    const held = { kind: "disaster", on: "2024-09-20", obstacleEndedOn: "2024-10-01" };
    const papers = [
      { ...paper("2024-10-05"), cause: held },
      certification("2024-12-25", ["B", "C"], "leftPublicService", "2024-12-20"),
    ];
    expect(monthly("2024-12", "2025-02", supportedSince2023, papers, serving)).toEqual([0, COUNTED, COUNTED]);
  });

  it("a certification that gave nothing leaves nobody counted", () => {
    const over = individual({ incomeClass: "over" });
    const papers = [certification("2024-07-10", ["U", "B", "C"], "other")];
    expect(monthly("2024-08", "2024-11", supportedSince2023, papers, over)).toEqual([0, 0, COUNTED, COUNTED]);
    expect(saidLast("2024-10", supportedSince2023, papers, over)).toBe(
      "2024年7月10日に受け付けた認定請求（その他）により、2024年10月分からです。",
    );
  });
});

describe("before October 2024", () => {
  it("nobody after 18 has a place in the birth order, supported or not", () => {
    const person = child("U", "1995-07-14", { supported: [{ from: "2014-04-01", to: null }] });
    const line = {
      ...full("2015-01", "2015-01", [person], [], individual({ incomeClass: "normal" })),
      mode: "amountOnly",
    };
    expect(assessed(line).months[0]?.children[0]).toMatchObject({ band: "UN", counted: false, position: null });
    expect(totals(assessed(line))).toEqual({});
  });
});
