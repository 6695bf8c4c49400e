/** Months whose income is not in the case: refused where the answer needs it, passed over in silence before the report. */
import { describe, expect, it } from "vitest";
import { createMonthlyAmounts, month, monthNumber, parseCase } from "../../contract.ts";
import {
  assessed,
  certification,
  child,
  claim,
  decided,
  full,
  individual,
  refusal,
  totals,
  type Json,
} from "./support.ts";

const pupil = child("A", "2015-05-05");
const NORMAL = 3_000_000;
/** 8,000,000 − 100,000 − 80,000 = 7,820,000: above the limit of 6,220,000, below the upper limit of 8,580,000. */
const SPECIAL = 8_000_000;

const asked = (
  from: string,
  until: string,
  incomes: Json[],
  receivedOn = "2018-05-07",
  children: Json[] = [pupil],
): Json =>
  full(
    from,
    until,
    children,
    [
      certification(
        receivedOn,
        children.map((each) => String(each["id"])),
        "other",
      ),
    ],
    individual({ incomes }),
  );

describe("a reported month", () => {
  it("in which somebody is paid is refused, be it the first or the last", () => {
    const first = refusal(asked("2023-05", "2023-08", [{ year: 2022, employment: NORMAL }]));
    expect(first).toMatchObject({ code: "unknownFact", path: "recipient.incomes" });
    expect(first.message).toMatch(/^2023-05分/);
    const last = refusal(asked("2023-03", "2023-06", [{ year: 2021, employment: NORMAL }]));
    expect(last.message).toMatch(/^2023-06分/);
  });

  it("in which nobody is paid needs no income, nor does the month after the report", () => {
    const later = assessed(asked("2023-03", "2024-02", [{ year: 2022, employment: NORMAL }], "2023-11-10"));
    expect(totals(later)).toEqual({ "2023-12": 10_000, "2024-01": 10_000, "2024-02": 10_000 });
    const before = assessed(asked("2023-04", "2023-05", [{ year: 2021, employment: NORMAL }]));
    expect(totals(before)).toEqual({ "2023-04": 10_000, "2023-05": 10_000 });
  });
});

describe("before the report", () => {
  const of2022 = [{ year: 2022, employment: SPECIAL }];

  it("no change of amount is told where one of the two months is not known", () => {
    // 5,000 from 2023-06 on; whether it was 10,000 in 2023-05 nobody has said.
    expect(decided(assessed(asked("2023-06", "2023-07", of2022)))).toEqual(["certify 2018-06 other null"]);
    // 5,000 to 2021-05, then not known, and the same from 2022-06 on.
    const gap = [
      { year: 2019, employment: SPECIAL },
      { year: 2021, employment: NORMAL },
    ];
    expect(decided(assessed(asked("2022-06", "2022-07", gap, "2020-07-10")))).toEqual(["certify 2020-08 other 5000"]);
  });

  it("nor that a child turned three", () => {
    const found = assessed(asked("2023-06", "2023-07", of2022, "2019-02-05", [child("A", "2019-01-10")]));
    expect(decided(found)).toEqual(["certify 2019-03 other null"]);
  });

  it("but that a child left, without the amount", () => {
    const children = [pupil, child("B", "2016-05-05", { care: [{ from: "2016-05-05", to: "2021-07-10" }] })];
    expect(decided(assessed(asked("2023-06", "2023-07", of2022, "2018-05-07", children)))).toEqual([
      "certify 2018-06 other null",
      "decrease 2021-08 careEnded null",
    ]);
  });

  it("nor is a month without money one of an unknown amount", () => {
    const line = asked("2023-06", "2023-07", of2022, "2023-05-10");
    const papers = [claim("increase", "2023-03-10", ["A"], "other"), ...(line["claims"] as Json[])];
    expect(decided(assessed({ ...line, claims: papers }))).toEqual([
      "refuse 2023-04 other 0",
      "certify 2023-06 other 5000",
    ]);
  });

  it("and that the reform of October 2024 raised the amount", () => {
    const three = [pupil, child("B", "2018-05-05"), child("C", "2020-05-05")];
    // 10,000 + 10,000 + 30,000
    expect(decided(assessed(asked("2024-10", "2024-11", [], "2021-05-07", three)))).toEqual([
      "certify 2021-06 other null",
      "increase 2024-10 reform 50000",
    ]);
  });
});

describe("an income class that is null", () => {
  it("is one that is not given: the incomes decide, and the reason says so", () => {
    const line = asked("2023-06", "2023-06", [{ year: 2022, employment: SPECIAL }]);
    const recipient = { ...(line["recipient"] as Json), incomeClass: null };
    const [found] = assessed({ ...line, recipient }, true).months;
    expect(found).toMatchObject({ incomeClass: "special", total: 5_000 });
    expect(JSON.stringify(found?.children[0]?.because)).toContain("判定所得は7,820,000円");
  });
});

const amountsOf = (recipient: Json): ReturnType<typeof createMonthlyAmounts> => {
  const read = parseCase({ ...full("2024-08", "2024-11", [pupil], [], recipient), mode: "amountOnly" });
  if (!read.ok) throw new Error(read.problem.message);
  return createMonthlyAmounts(read.value);
};

const at = (text: string): number => monthNumber(month(text));

describe("amounts alone", () => {
  it("a tested month without income is refused, the month after the last test is not", () => {
    const amounts = amountsOf(individual());
    expect(() => amounts(at("2024-09"))).toThrow(/^2024-09分/);
    expect(amounts(at("2024-10"))).toBe(10_000);
  });

  it("over the upper limit to September 2024: nothing, then 10,000", () => {
    const amounts = amountsOf(individual({ incomeClass: "over" }));
    expect(["2022-05", "2022-06", "2024-09", "2024-10"].map((each) => amounts(at(each)))).toEqual([
      5_000, 0, 0, 10_000,
    ]);
  });

  it("a child that is not payable needs no income to be explained", () => {
    const line = {
      ...full("2024-06", "2024-06", [child("A", "2006-10-01")], [], individual()),
      mode: "amountOnly",
    };
    const [found] = assessed(line, true).months;
    expect(found).toMatchObject({ entitled: false, incomeClass: null, total: 0 });
    expect(found?.children[0]?.because?.[0]?.text).toContain("高校生年代");
  });
});
