import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { array, assert, boolean, constantFrom, integer, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createMonthlyAmounts,
  monthNumber,
  month,
  parameters,
  parseCase,
  ruleVersion,
  writeAssessment,
} from "../../contract.ts";
import { emptyMonth, evaluateMonth, partsByFacts, prepareFamily } from "../../src/assess/family.ts";
import { incomeClassCode } from "../../src/assess/incomes.ts";
import { AMOUNT_RULES, ruleOf } from "../../src/parameters/amounts.ts";
import { assessed, certification, child, claim, full, individual, refusal, type Json } from "./support.ts";

/** Random lines for each property; the mutation test takes fewer. */
const RUNS = { numRuns: Number(process.env["HAGUKUMI_RUNS"] ?? 300) };

const two = (value: number): string => String(value).padStart(2, "0");

/** Families of every age with odd names, over any stretch of the supported months. */
const anyFamily = record({
  name: string(),
  ids: array(string({ maxLength: 6 }), { maxLength: 4 }),
  births: array(
    record({
      year: integer({ min: 1990, max: 2026 }),
      month: integer({ min: 1, max: 12 }),
      day: integer({ min: 1, max: 28 }),
    }),
    {
      minLength: 4,
      maxLength: 4,
    },
  ),
  kind: constantFrom("individual", "corporateGuardian", "institution"),
  incomeClass: constantFrom("normal", "special", "over"),
  first: integer({ min: 2010, max: 2040 }),
  isFull: boolean(),
}).map(({ name, ids, births, kind, incomeClass, first, isFull }): Json => {
  const unique = [...new Set(ids)];
  const children = unique.map((id, index) => {
    const { year, month: number, day } = births[index] ?? { year: 2020, month: 1, day: 1 };
    return child(id, `${String(year)}-${two(number)}-${two(day)}`, {
      supported: index % 2 === 0 ? [{ from: `${String(year + 18)}-04-01`, to: null }] : [],
    });
  });
  const mode = isFull ? "full" : "amountOnly";
  const claims = isFull ? [certification(`${String(first)}-05-10`, unique, "other")] : [];
  return {
    ...full(`${String(first)}-04`, `${String(first + 2)}-03`, children, claims, { kind, incomeClass }),
    case: name,
    mode,
  };
});

describe("writeAssessment", () => {
  it("writes what JSON.stringify writes, byte for byte, with and without reasons", () => {
    assert(
      property(anyFamily, boolean(), (json, explain) => {
        const answer = assessed(json, explain);
        expect(writeAssessment(answer)).toBe(JSON.stringify(answer));
      }),
      RUNS,
    );
  });

  it.each(["", '"', "\\", "\u0001", "\u007f", "架空", "A", "A B", 'a"b', "a\\b", "a\nb", '架空"の世帯"', "~!#[]"])(
    "writes the name %j as JSON has it",
    (name) => {
      const answer = assessed({ ...full("2025-05", "2025-05", [child(`${name}1`, "2020-05-05")], []), case: name });
      expect(writeAssessment(answer)).toBe(JSON.stringify(answer));
      expect(JSON.parse(writeAssessment(answer))).toMatchObject({ case: name });
    },
  );
});

const whyNothing = (
  facts: Json,
  recipient: Json = individual(),
  claims = [certification("2024-10-01", ["A"], "other")],
): string =>
  JSON.stringify(
    assessed(full("2025-07", "2025-07", [child("A", "2015-05-05", facts)], claims, recipient), true).months[0]
      ?.children[0]?.because,
  );

describe("because", () => {
  it("comes with every child of every month and changes nothing else", () => {
    assert(
      property(anyFamily, (json) => {
        const plain = assessed(json);
        const explained = assessed(json, true);
        const stripped = explained.months.map((of) => ({
          ...of,
          children: of.children.map(({ because, ...rest }) => {
            expect(because?.length).toBeGreaterThan(0);
            for (const reason of because ?? []) {
              expect(reason.article).toMatch(/法/);
              expect(reason.text).toMatch(/。$/);
            }
            // The yen in the sentence are the yen of the answer.
            if (rest.amount !== null && rest.amount > 0) {
              expect(because?.[0]?.text).toContain(`月額${rest.amount.toLocaleString("ja-JP")}円`);
            }
            return rest;
          }),
        }));
        expect(stripped).toEqual(plain.months);
      }),
      RUNS,
    );
  });

  it("names birth date, position, band, income and claim as the resident knows them", () => {
    const family = full(
      "2024-09",
      "2024-10",
      [child("A", "2006-08-10"), child("B", "2015-08-10"), child("C", "2018-08-10")],
      [certification("2018-08-20", ["A", "B", "C"], "birth", "2018-08-10")],
      individual({ incomes: [{ year: 2023, employment: 7_000_000, dependants: 1 }] }),
    );
    const [september, october] = assessed(family, true).months;
    const third = JSON.stringify(september?.children[2]?.because);
    // 7,000,000 − 100,000 − 80,000 = 6,820,000 against 6,220,000 + 380,000 = 6,600,000
    expect(third).toContain("判定所得は6,820,000円");
    expect(third).toContain("所得制限限度額6,600,000円");
    expect(third).toContain("特例給付");
    const eldest = JSON.stringify(october?.children[0]?.because);
    expect(eldest).toContain("2006年8月10日生まれ");
    expect(eldest).toContain("1番目");
    expect(eldest).toContain("2018年8月20日に受け付けた認定請求（出生）");
  });

  it("says what is missing where nothing is paid", () => {
    expect(whyNothing({ abroad: [{ from: "2025-05-20", study: false }] })).toContain(
      "2025年5月20日に国内に住所がなくなった",
    );
    expect(whyNothing({ institution: [{ from: "2025-06-25" }] })).toContain("施設に入所");
    expect(whyNothing({}, individual({ publicServant: [{ from: "2025-04-01" }] }))).toContain("公務員となり");
    expect(whyNothing({}, individual(), [])).toContain("認定請求が必要");
    expect(whyNothing({ deathDate: "2025-05-03" })).toContain("2025年5月3日に児童が亡くなった");
  });
});

/** The ids of the rules that a family of these birth years uses, each checked against the months it is for. */
function rulesUsed(
  years: readonly number[],
  kind: string,
  incomeClass: "normal" | "special" | "over",
): readonly string[] {
  const children = years.map((year) =>
    child(String(year), `${String(year)}-02-10`, { supported: [{ from: "2012-04-01" }] }),
  );
  const line = { ...full("2010-04", "2031-03", children, [], { kind, incomeClass }), mode: "amountOnly" };
  const read = parseCase(line);
  if (!read.ok) throw new Error(read.problem.message);
  const family = prepareFamily(read.value);
  const result = emptyMonth(family);
  return assessed(line).months.flatMap((of) => {
    const at = monthNumber(of.month);
    partsByFacts(family, at, result);
    evaluateMonth(family, at, Math.max(0, incomeClassCode(read.value.recipient, at, family.knownBy)), result);
    return result.rule.map((code) => {
      const rule = ruleOf(code);
      expect(of.month >= rule.months[0] && of.month <= rule.months[1], `${rule.id} ${of.month}`).toBe(true);
      return rule.id;
    });
  });
}

describe("amount rules", () => {
  it("each rule is used only in the months it is for, and none is idle", () => {
    const used = new Set<string>();
    for (const years of [[1993, 1996, 1999, 2003, 2006, 2008, 2009, 2010, 2021, 2022, 2023], [2024]]) {
      for (const kind of ["individual", "corporateGuardian", "institution"]) {
        for (const incomeClass of ["normal", "special", "over"] as const) {
          for (const id of rulesUsed(years, kind, incomeClass)) used.add(id);
        }
      }
    }
    expect([...used].sort()).toEqual(AMOUNT_RULES.map((rule) => rule.id).sort());
  });
});

describe("createMonthlyAmounts", () => {
  it("gives the totals of amountOnly, month by month", () => {
    assert(
      property(anyFamily, (json) => {
        const line = { ...json, mode: "amountOnly" };
        const read = parseCase(line);
        if (!read.ok) throw new Error(read.problem.message);
        const amounts = createMonthlyAmounts(read.value);
        for (const of of assessed(line).months) expect(amounts(monthNumber(of.month))).toBe(of.total);
      }),
      RUNS,
    );
  });

  it("refuses a tested month without income", () => {
    const read = parseCase({ ...full("2023-07", "2023-07", [child("A", "2015-05-05")], []), mode: "amountOnly" });
    if (!read.ok) throw new Error(read.problem.message);
    const amounts = createMonthlyAmounts(read.value);
    expect(() => amounts(monthNumber(month("2023-07")))).toThrow(/2022年中の所得/);
    expect(amounts(monthNumber(month("2024-10")))).toBe(10_000);
  });
});

describe("unknown facts", () => {
  it("a reported month of the income test without income is refused, and says which year", () => {
    const problem = refusal(
      full(
        "2023-05",
        "2023-07",
        [child("A", "2015-05-05")],
        [certification("2016-05-09", ["A"], "other")],
        individual({ incomes: [{ year: 2021 }] }),
      ),
    );
    expect(problem).toMatchObject({ code: "unknownFact", path: "recipient.incomes" });
    expect(problem.message).toContain("2022年中の所得");
  });

  it("months before the report are not asked for: their decisions say null, not a guess", () => {
    const found = assessed(
      full("2025-01", "2025-02", [child("A", "2015-05-05")], [certification("2016-05-09", ["A"], "other")]),
    );
    expect(found.decisions[0]).toMatchObject({ kind: "certify", effective: "2016-06", monthlyTotal: null });
    expect(found.months.map((of) => of.total)).toEqual([10_000, 10_000]);
  });

  it("study abroad without the residence before it", () => {
    const json = full(
      "2025-01",
      "2025-02",
      [child("A", "2015-05-05", { abroad: [{ from: "2024-09-01", study: true }] })],
      [],
    );
    expect(refusal(json)).toMatchObject({ code: "unknownFact", path: "children[0].abroad[0].livedInJapanSince" });
  });
});

describe("payments", () => {
  it("P05: the last months of who moved away are occasional", () => {
    const found = assessed(
      full(
        "2025-02",
        "2025-09",
        [child("A", "2015-05-05")],
        [certification("2024-10-01", ["A"], "other")],
        individual({ residence: [{ from: "2020-04-01", to: "2025-05-20" }] }),
      ),
    );
    expect(found.payments.map((of) => [of.paymentMonth, of.payOn, of.kind, of.amount])).toEqual([
      ["2025-04", "2025-04-15", "regular", 20_000],
      ["2025-06", "2025-06-13", "occasional", 20_000],
    ]);
  });

  it("months whose pay day had passed before the claim are occasional", () => {
    const found = assessed(
      full("2024-10", "2025-03", [child("H", "2008-05-05")], [certification("2025-03-31", ["H"], "other")]),
    );
    expect(found.payments.map((of) => [of.paymentMonth, of.kind])).toEqual([
      ["2024-12", "occasional"],
      ["2025-02", "occasional"],
      ["2025-04", "regular"],
    ]);
  });
});

it("a duplicate increase is refused and leaves the amount alone", () => {
  const found = assessed(
    full(
      "2025-01",
      "2025-12",
      [child("A", "2015-05-05")],
      [certification("2024-10-01", ["A"], "other"), claim("increase", "2025-03-03", ["A"], "other")],
    ),
  );
  expect(found.decisions.at(-1)).toMatchObject({
    kind: "refuse",
    effective: "2025-04",
    receivedOn: "2025-03-03",
    monthlyTotal: 10_000,
  });
});

/**
 * Changing a table changes answers that were given before. Whoever does it raises `ruleVersion`, writes down in CHANGES.md what
 * changes, and records the new digest here.
 */
it("the tables are those of the rule version, and the version is in the change log", () => {
  const digest = createHash("sha256")
    .update(JSON.stringify(parameters.map(({ rows }) => rows)))
    .digest("hex")
    .slice(0, 16);
  expect({ ruleVersion, digest }).toEqual({ ruleVersion: "2026-11-23.2", digest: "e09af3b98fab52df" });
  expect(readFileSync(fileURLToPath(new URL("../../CHANGES.md", import.meta.url)), "utf8")).toContain(
    `## ${ruleVersion}`,
  );
});
