/**
 * Every month from the first law to three years from today computes, or refuses for a stated reason, and none is zero by
 * accident. It proves nothing about amounts beyond what the second calculator says; the vectors do that.
 */
import { describe, expect, it } from "vitest";
import type { Case, Child, RecipientKind } from "../plain/case.ts";
import { monthNumber, monthText } from "../plain/days.ts";
import { plainAnswer } from "./support/answer.ts";
import { engineAnswer, problemOf } from "./support/engine.ts";

/** Three years from the day the tests run; the law itself has no clock, so the test brings the day. */
const today = new Date().toISOString();
const last = monthNumber(today) + 36;
const first = monthNumber("2010-04");
const months = Array.from({ length: last - first + 1 }, (_, index) => monthText(first + index));

const bornYearsBefore = (month: string, years: number, day: string): string =>
  `${monthText(monthNumber(month) - years * 12)}-${day}`;

const child = (id: string, birthDate: string): Child => ({ id, birthDate });

/** Families that are due money in every month: of each age that is payable under every law, and larger ones. */
const families: Readonly<Record<string, (month: string) => Child[]>> = {
  "a baby": (month) => [child("A", bornYearsBefore(month, 1, "15"))],
  "a pupil": (month) => [child("A", bornYearsBefore(month, 8, "01"))],
  "a pupil of junior high school": (month) => [child("A", bornYearsBefore(month, 13, "28"))],
  "four of all ages": (month) =>
    [1, 8, 13, 17].map((years, index) => child("ABCD".charAt(index), bornYearsBefore(month, years, "20"))),
  "triplets and an elder": (month) => [
    child("A", bornYearsBefore(month, 10, "02")),
    ...["B", "C", "D"].map((id) => child(id, bornYearsBefore(month, 2, "09"))),
  ],
};

const kinds: readonly RecipientKind[] = ["individual", "institution", "corporateGuardian"];
const classes = ["normal", "special"] as const;

const line = (month: string, kind: RecipientKind, incomeClass: "normal" | "special", children: Child[]): Case => ({
  case: month,
  from: month,
  until: month,
  mode: "amountOnly",
  recipient: { kind, ...(kind === "individual" ? { incomeClass } : {}) },
  children,
});

const claim = (receivedOn: string, kind: string, on: string): NonNullable<Case["claims"]>[number] => ({
  kind: "certification",
  receivedOn,
  children: ["A"],
  cause: { kind, on },
});

const noIncome = (month: string): Case => ({
  case: "x",
  from: month,
  until: month,
  mode: "amountOnly",
  recipient: { kind: "individual" },
  children: [child("A", bornYearsBefore(month, 8, "15"))],
});

describe("every month computes", () => {
  it.each(Object.entries(families))("%s: never zero, always the second calculator's amount", (_, childrenIn) => {
    for (const month of months) {
      for (const kind of kinds) {
        // 平22法19 (to 2011-09) knew no institutions as recipients.
        if (kind === "institution" && month <= "2011-09") continue;
        for (const incomeClass of classes) {
          const family = line(month, kind, incomeClass, childrenIn(month));
          const total = engineAnswer(family).months[month]?.total;
          expect(total, `${month} ${kind} ${incomeClass}`).toBeGreaterThan(0);
          expect(total, `${month} ${kind} ${incomeClass}`).toBe(plainAnswer(family).months[month]?.total);
        }
      }
    }
  });

  it("an institution is due nothing before 2011-10, when its law began", () => {
    for (const month of months.filter((each) => each <= "2011-09")) {
      const family = line(month, "institution", "normal", [child("A", bornYearsBefore(month, 8, "20"))]);
      expect(engineAnswer(family).months[month]?.total, month).toBe(0);
    }
  });

  it("a child of high-school age alone is zero before 2024-10 and 10,000 from then on", () => {
    for (const month of months) {
      const family = line(month, "individual", "normal", [child("A", bornYearsBefore(month, 17, "20"))]);
      expect(engineAnswer(family).months[month]?.total, month).toBe(month < "2024-10" ? 0 : 10_000);
    }
  });

  it("a family with claims is entitled in every month from the month after its claim", () => {
    for (const month of months.filter((each) => each > "2010-06")) {
      const birth = bornYearsBefore(month, 1, "15");
      const birthMonth = monthNumber(birth);
      // Under 平23法107 everyone claimed anew.
      const again = birthMonth <= monthNumber("2011-09") && month >= "2011-10";
      const family: Case = {
        ...line(month, "individual", "normal", [child("A", birth)]),
        mode: "full",
        claims: [claim(birth, "birth", birth), ...(again ? [claim("2011-10-03", "other", "2011-10-01")] : [])],
      };
      expect(engineAnswer(family).months[month]?.entitled, month).toBe(true);
    }
  });
});

describe("months outside every law are refused, never guessed", () => {
  it.each(["2010-03", "1999-12", "2050-01"])("%s", (month) => {
    const problem = problemOf(line(month, "individual", "normal", [child("A", bornYearsBefore(month, 1, "15"))]));
    expect(problem?.code).toBe("outOfRange");
    expect(problem?.message).toMatch(/分/);
  });
});

describe("a fact the law needs and the case lacks is refused, never guessed", () => {
  it("months of the income test, one by one; the months beside it need no income", () => {
    for (const month of months) {
      const needed = month >= "2012-06" && month <= "2024-09";
      expect(problemOf(noIncome(month))?.code, month).toBe(needed ? "unknownFact" : undefined);
    }
  });

  it("the message names the income year that is missing", () => {
    expect(problemOf(noIncome("2023-05"))?.message).toContain("2021");
    expect(problemOf(noIncome("2023-06"))?.message).toContain("2022");
  });
});
