/** 規則1条, 規則1条の3の2第3項: study abroad to the day, straight at the function. */
import { describe, expect, it } from "vitest";
import {
  abroadExclusions,
  STUDY_ABROAD_YEARS_CHILD,
  STUDY_ABROAD_YEARS_COUNTED,
} from "../../src/articles/article3-study-abroad.ts";
import type { AbroadPeriod } from "../../src/case/types.ts";
import { civilDate } from "../../src/dates/civil.ts";
import { NEVER, readDay, writeDay } from "../../src/dates/packed.ts";

const stay = (from: string, to: string | null, study: boolean, since?: string | null): AbroadPeriod => ({
  from: civilDate(from),
  to: to === null ? null : civilDate(to),
  study,
  ...(since === undefined ? {} : { livedInJapanSince: since === null ? null : civilDate(since) }),
});

/** `from … to cause` of each exclusion; an open end is `…`. */
const excluded = (periods: AbroadPeriod[], knownOn?: string, years = STUDY_ABROAD_YEARS_CHILD): string[] =>
  abroadExclusions(periods, knownOn === undefined ? NEVER : readDay(knownOn), years).map(
    (of) => `${writeDay(of.from)} ${of.to === NEVER ? "…" : writeDay(of.to)} ${of.cause}`,
  );

const studying = (from: string, to: string | null): AbroadPeriod => stay(from, to, true, "2005-05-05");

describe("abroad without study", () => {
  it("excludes from the day to the day, in whatever order the periods are listed", () => {
    const [first, second] = [stay("2021-02-10", "2021-03-20", false), stay("2023-04-01", null, false)];
    const wanted = ["2021-02-10 2021-03-20 childAbroad", "2023-04-01 … childAbroad"];
    expect(excluded([second, first])).toEqual(wanted);
    expect(excluded([first, second])).toEqual(wanted);
  });

  it("is known from its first day, its end from its last", () => {
    const period = stay("2025-05-20", "2025-06-30", false);
    expect(excluded([period], "2025-05-19")).toEqual([]);
    expect(excluded([period], "2025-05-20")).toEqual(["2025-05-20 … childAbroad"]);
    expect(excluded([period], "2025-06-29")).toEqual(["2025-05-20 … childAbroad"]);
    expect(excluded([period], "2025-06-30")).toEqual(["2025-05-20 2025-06-30 childAbroad"]);
  });

  it("a period that is not known hides none that is", () => {
    const known = stay("2024-01-10", "2024-02-10", false);
    expect(excluded([stay("2025-05-20", null, false), known], "2024-06-01")).toEqual([
      "2024-01-10 2024-02-10 childAbroad",
    ]);
  });
});

describe("residence asked for since 2011-10", () => {
  it("a stay that ended with the law before excludes nothing, a day more from its last day on", () => {
    expect(excluded([stay("2011-01-10", "2011-09-29", false)])).toEqual([]);
    expect(excluded([stay("2011-01-10", "2011-09-30", false)])).toEqual([]);
    expect(excluded([stay("2011-01-10", "2011-10-01", false)])).toEqual(["2011-09-30 2011-10-01 childAbroad"]);
    expect(excluded([stay("2011-10-01", "2011-10-05", false)])).toEqual(["2011-10-01 2011-10-05 childAbroad"]);
  });
});

describe("study", () => {
  it("without more than three years here before leaving, or without knowing them, is abroad", () => {
    // Left 2023-09-10: three years exactly since 2020-09-10, a day more since 2020-09-09.
    for (const since of [undefined, null, "2020-09-11", "2020-09-10"]) {
      expect(excluded([stay("2023-09-10", "2024-03-20", true, since)])).toEqual(["2023-09-10 2024-03-20 childAbroad"]);
    }
    expect(excluded([stay("2023-09-10", "2024-03-20", true, "2020-09-09")])).toEqual([]);
  });

  it("three years from leaving, four for a person after 18: the limit itself still belongs", () => {
    expect(excluded([studying("2020-04-01", "2023-04-01")])).toEqual(["2023-03-31 2023-04-01 studyAbroadLimit"]);
    expect(excluded([studying("2020-04-01", "2023-03-31")])).toEqual([]);
    expect(excluded([studying("2020-04-01", null)])).toEqual(["2023-03-31 … studyAbroadLimit"]);
    expect(excluded([studying("2020-04-01", "2024-04-01")], undefined, STUDY_ABROAD_YEARS_COUNTED)).toEqual([
      "2024-03-31 2024-04-01 studyAbroadLimit",
    ]);
    expect(excluded([studying("2020-04-01", "2024-03-31")], undefined, STUDY_ABROAD_YEARS_COUNTED)).toEqual([]);
  });

  it("periods day on day are one stay, a day between makes two", () => {
    expect(excluded([studying("2020-04-01", "2022-03-31"), studying("2022-04-01", "2024-03-31")])).toEqual([
      "2023-03-31 2024-03-31 studyAbroadLimit",
    ]);
    expect(excluded([studying("2020-04-01", "2022-03-31"), studying("2022-04-02", "2024-03-31")])).toEqual([]);
  });

  it("a second part of one stay is judged by the residence before the first", () => {
    const second = stay("2022-04-01", "2022-09-30", true, "2022-03-01");
    expect(excluded([studying("2020-04-01", "2022-03-31"), second])).toEqual([]);
    expect(excluded([studying("2020-04-01", "2022-03-30"), second])).toEqual(["2022-04-01 2022-09-30 childAbroad"]);
  });

  it("a stay wholly after the limit is excluded from its own first day", () => {
    const parts = [studying("2020-04-01", "2023-03-31"), studying("2023-04-01", "2024-03-31")];
    expect(excluded(parts)).toEqual(["2023-04-01 2024-03-31 studyAbroadLimit"]);
  });

  it("an open stay known in part joins what follows it", () => {
    const parts = [studying("2020-04-01", "2022-03-31"), studying("2022-06-01", null)];
    // On 2022-06-01 both are known; on 2022-03-30 the first is open and its limit lies in 2023.
    expect(excluded(parts, "2022-03-30")).toEqual(["2023-03-31 … studyAbroadLimit"]);
    expect(excluded(parts, "2022-06-01")).toEqual(["2025-05-31 … studyAbroadLimit"]);
  });
});
