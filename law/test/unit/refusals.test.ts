/** Closed validation, each check at its edge: the code, the path to the member, and the words. */
import { describe, expect, it } from "vitest";
import { addDays, civilDate, parseCase } from "../../contract.ts";
import { child, individual, type Json } from "./support.ts";

const base: Json = {
  case: "架空の世帯",
  from: "2025-01",
  until: "2025-12",
  recipient: individual(),
  children: [child("A", "2015-05-05")],
  claims: [],
};

/** `code path` of the refusal, or `passes`. */
function judged(changes: Json): string {
  const read = parseCase({ ...base, ...changes });
  return read.ok ? "passes" : `${read.problem.code} ${read.problem.path}`;
}

function words(changes: Json): string {
  const read = parseCase({ ...base, ...changes });
  return read.ok ? "" : read.problem.message;
}

/** The base without one of its members. */
const lacking = (key: string): Json => Object.fromEntries(Object.entries(base).filter(([each]) => each !== key));

const many = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

describe("the line", () => {
  it.each(["case", "from", "until", "recipient", "children", "claims"])("lacks %s", (key) => {
    const read = parseCase(lacking(key));
    expect(read).toMatchObject({ ok: false, problem: { code: "missingKey", path: key } });
    expect(read.ok ? "" : read.problem.message).toBe(`必須項目「${key}」がありません。値を入れてください。`);
  });

  it("needs no claims where only amounts are asked for", () => {
    expect(parseCase({ ...lacking("claims"), mode: "full" })).toMatchObject({ problem: { path: "claims" } });
    expect(parseCase({ ...lacking("claims"), mode: "amountOnly" })).toMatchObject({ ok: true });
  });

  it.each<readonly [Json, string]>([
    [{ nonsense: 1 }, "unknownKey nonsense"],
    [{ case: 1 }, "wrongType case"],
    [{ from: 202_501 }, "wrongType from"],
    [{ from: "2025-13" }, "impossibleMonth from"],
    [{ from: "2010-03" }, "outOfRange from"],
    [{ from: "2010-04" }, "passes"],
    [{ until: "2050-01" }, "outOfRange until"],
    [{ until: "2049-12" }, "passes"],
    [{ until: "2024-12" }, "reversedPeriod until"],
    [{ until: "2025-01" }, "passes"],
    [{ mode: "some" }, "wrongValue mode"],
    [{ mode: 1 }, "wrongType mode"],
    [{ knownOn: "2025-02-29" }, "impossibleDate knownOn"],
    [{ knownOn: 20_250_228 }, "wrongType knownOn"],
    [{ knownOn: "2025-02-28" }, "passes"],
    [{ knownOn: null }, "passes"],
    [{ recipient: [] }, "wrongType recipient"],
    [{ recipient: null }, "wrongType recipient"],
    [{ children: {} }, "wrongType children"],
    [{ children: [1] }, "wrongType children[0]"],
    [{ claims: "x" }, "wrongType claims"],
  ])("%j: %s", (changes, wanted) => {
    expect(judged(changes)).toBe(wanted);
  });

  it("has at most 100 children and 500 claims", () => {
    const children = many(101, (index) => child(String(index), "2015-05-05"));
    expect(judged({ children })).toBe("wrongValue children");
    expect(judged({ children: children.slice(1) })).toBe("passes");
    const claims = many(501, () => claimed({}));
    expect(judged({ claims })).toBe("wrongValue claims");
    expect(judged({ claims: claims.slice(1) })).toBe("passes");
  });
});

describe("the municipality", () => {
  it.each<readonly [unknown, string]>([
    [1, "wrongType municipality"],
    [{ x: 1 }, "unknownKey municipality.x"],
    [{ closedDays: ["2025-05-01", "2025-05-32"] }, "impossibleDate municipality.closedDays[1]"],
    [{ closedDays: ["2025-05-01", "2025-05-31"] }, "passes"],
    [{ closedDays: many(5001, () => "2025-05-01") }, "wrongValue municipality.closedDays"],
    [{ closedDays: many(5000, () => "2025-05-01") }, "passes"],
    [{ payDay: 0 }, "wrongValue municipality.payDay"],
    [{ payDay: 32 }, "wrongValue municipality.payDay"],
    [{ payDay: 1.5 }, "wrongValue municipality.payDay"],
    [{ payDay: "15" }, "wrongType municipality.payDay"],
    [{ payDay: 1 }, "passes"],
    [{ payDay: 31 }, "passes"],
    [{ payDayRule: "nearest" }, "wrongValue municipality.payDayRule"],
    [{ payDayRule: "next" }, "passes"],
    [{ payDayRule: "previous" }, "passes"],
  ])("case %#: %s", (municipality, wanted) => {
    expect(judged({ municipality })).toBe(wanted);
  });
});

describe("the recipient", () => {
  it.each<readonly [Json, string]>([
    [{ kind: undefined }, "wrongType recipient.kind"],
    [{ kind: "parent" }, "wrongValue recipient.kind"],
    [{ kind: "corporateGuardian" }, "passes"],
    [{ kind: "institution" }, "passes"],
    [{ x: 1 }, "unknownKey recipient.x"],
    [{ birthDate: "1990-02-30" }, "impossibleDate recipient.birthDate"],
    [{ birthDate: null }, "passes"],
    [{ birthDate: null, deathDate: "1970-01-01" }, "passes"],
    [{ birthDate: "1990-02-02", deathDate: "1990-02-01" }, "reversedPeriod recipient.deathDate"],
    [{ birthDate: "1990-02-02", deathDate: "1990-02-02" }, "passes"],
    [{ deathDate: "1990-02-30" }, "impossibleDate recipient.deathDate"],
    [{ residence: 1 }, "wrongType recipient.residence"],
    [{ publicServant: [{ to: null }] }, "missingKey recipient.publicServant[0].from"],
    [{ detained: [{ from: "2025-01-02", to: "2025-01-01" }] }, "reversedPeriod recipient.detained[0].to"],
    [{ detained: [{ from: "2025-01-02", to: "2025-01-02" }] }, "passes"],
    [{ residence: [{ from: "2025-01-02", since: "2025-01-01" }] }, "unknownKey recipient.residence[0].since"],
    [{ residence: many(201, () => ({ from: "2025-01-02" })) }, "wrongValue recipient.residence"],
    [{ residence: many(200, () => ({ from: "2025-01-02" })) }, "passes"],
    [{ incomeClass: null }, "passes"],
    [{ incomeClass: "low" }, "wrongValue recipient.incomeClass"],
    [{ incomeClass: "over" }, "passes"],
    [{ incomes: 1 }, "wrongType recipient.incomes"],
  ])("%j: %s", (facts, wanted) => {
    expect(judged({ recipient: { ...individual(), ...facts } })).toBe(wanted);
  });

  it("lacks its kind", () => {
    expect(judged({ recipient: {} })).toBe("missingKey recipient.kind");
  });
});

const twice = (one: Json, other: Json): string =>
  judged({ recipient: individual({ incomes: [{ year: 2021 }, one, other] }) });

describe("incomes", () => {
  it.each<readonly [Json, string]>([
    [{}, "missingKey recipient.incomes[0].year"],
    [{ year: 1999 }, "wrongValue recipient.incomes[0].year"],
    [{ year: 2000 }, "passes"],
    [{ year: 2049 }, "passes"],
    [{ year: 2050 }, "wrongValue recipient.incomes[0].year"],
    [{ year: 2022, x: 1 }, "unknownKey recipient.incomes[0].x"],
    [{ year: 2022, employment: -1 }, "wrongValue recipient.incomes[0].employment"],
    [{ year: 2022, employment: 0, pension: 0, deductions: 0 }, "passes"],
    [{ year: 2022, pension: -1 }, "wrongValue recipient.incomes[0].pension"],
    [{ year: 2022, deductions: -1 }, "wrongValue recipient.incomes[0].deductions"],
    [{ year: 2022, deductions: 1e12 }, "passes"],
    [{ year: 2022, deductions: 1e12 + 1 }, "wrongValue recipient.incomes[0].deductions"],
    [{ year: 2022, other: -1e12 }, "passes"],
    [{ year: 2022, other: 1e12 }, "passes"],
    [{ year: 2022, other: -1e12 - 1 }, "wrongValue recipient.incomes[0].other"],
    [{ year: 2022, dependants: -1 }, "wrongValue recipient.incomes[0].dependants"],
    [{ year: 2022, dependants: 100 }, "wrongValue recipient.incomes[0].dependants"],
    [{ year: 2022, dependants: 99, elderlyDependants: 99 }, "passes"],
    [{ year: 2022, elderlyDependants: 1 }, "wrongValue recipient.incomes[0].elderlyDependants"],
    [{ year: 2022, elderlyDependants: 3, dependants: 2 }, "wrongValue recipient.incomes[0].elderlyDependants"],
    [{ year: 2022, elderlyDependants: 2, dependants: 2 }, "passes"],
    [{ year: 2022, elderlyDependants: "2" }, "wrongType recipient.incomes[0].elderlyDependants"],
    [{ year: 2022, knownOn: "x" }, "impossibleDate recipient.incomes[0].knownOn"],
    [{ year: 2022, knownOn: null }, "passes"],
  ])("%j: %s", (income, wanted) => {
    expect(judged({ recipient: individual({ incomes: [income] }) })).toBe(wanted);
  });

  it("a year twice is told apart by the day it was known, and by nothing else", () => {
    expect(twice({ year: 2022 }, { year: 2022, knownOn: null })).toBe("duplicateIncome recipient.incomes[2].year");
    expect(twice({ year: 2022, knownOn: "2023-12-01" }, { year: 2022, knownOn: "2023-12-01" })).toBe(
      "duplicateIncome recipient.incomes[2].year",
    );
    expect(twice({ year: 2022 }, { year: 2022, knownOn: "2023-12-01" })).toBe("passes");
    expect(twice({ year: 2023, knownOn: "2023-12-01" }, { year: 2022, knownOn: "2023-12-01" })).toBe("passes");
  });

  it("are at most 100", () => {
    const incomes = many(101, (index) => ({ year: 2022, knownOn: addDays(civilDate("2023-06-01"), index) }));
    expect(judged({ recipient: individual({ incomes }) })).toBe("wrongValue recipient.incomes");
    expect(judged({ recipient: individual({ incomes: incomes.slice(1) }) })).toBe("passes");
  });
});

const placeOf = (facts: Json): string => judged({ children: [{ ...child("A", "2015-05-05"), ...facts }] });

describe("children", () => {
  it.each<readonly [Json, string]>([
    [{ id: 1 }, "wrongType children[0].id"],
    [{ birthDate: "2015-02-29" }, "impossibleDate children[0].birthDate"],
    [{ serial: -1 }, "wrongValue children[0].serial"],
    [{ serial: 0 }, "passes"],
    [{ serial: 999_999_999 }, "passes"],
    [{ serial: 1_000_000_000 }, "wrongValue children[0].serial"],
    [{ deathDate: "2015-05-04" }, "reversedPeriod children[0].deathDate"],
    [{ deathDate: "2015-05-05" }, "passes"],
    [{ deathDate: null }, "passes"],
    [{ x: 1 }, "unknownKey children[0].x"],
    [{ care: [{ from: "2015-05-05", study: true }] }, "unknownKey children[0].care[0].study"],
    [{ care: many(201, () => ({ from: "2015-05-05" })) }, "wrongValue children[0].care"],
    [{ supported: [1] }, "wrongType children[0].supported[0]"],
    [{ supported: [{ from: "2015-05-05", to: 1 }] }, "wrongType children[0].supported[0].to"],
    [{ institution: [{ from: "2015-05-05", shortStay: 1 }] }, "wrongType children[0].institution[0].shortStay"],
    [{ institution: [{ from: "2015-05-05", shortStay: true }] }, "passes"],
    [{ institution: [{ from: "2015-05-05", study: true }] }, "unknownKey children[0].institution[0].study"],
    [{ institution: [{ shortStay: true }] }, "missingKey children[0].institution[0].from"],
    [{ abroad: [{ from: "2025-05-05" }] }, "missingKey children[0].abroad[0].study"],
    [{ abroad: [{ from: "2025-05-05", study: 0 }] }, "wrongType children[0].abroad[0].study"],
    [{ abroad: [{ from: "2025-05-05", study: false }] }, "passes"],
    [{ abroad: [{ from: "2025-05-05", study: true }] }, "unknownFact children[0].abroad[0].livedInJapanSince"],
    [
      { abroad: [{ from: "2025-05-05", study: true, livedInJapanSince: null }] },
      "unknownFact children[0].abroad[0].livedInJapanSince",
    ],
    [{ abroad: [{ from: "2025-05-05", study: true, livedInJapanSince: "2015-05-05" }] }, "passes"],
    [
      { abroad: [{ from: "2025-05-05", study: false, livedInJapanSince: "x" }] },
      "impossibleDate children[0].abroad[0].livedInJapanSince",
    ],
    [{ abroad: [{ from: "2025-05-05", study: false, shortStay: true }] }, "unknownKey children[0].abroad[0].shortStay"],
  ])("%j: %s", (facts, wanted) => {
    expect(placeOf(facts)).toBe(wanted);
  });

  it("lack an id or a birth date; and no two have one id", () => {
    expect(judged({ children: [{ birthDate: "2015-05-05" }] })).toBe("missingKey children[0].id");
    expect(judged({ children: [{ id: "A" }] })).toBe("missingKey children[0].birthDate");
    const three = ["A", "B", "A"].map((id) => child(id, "2015-05-05"));
    expect(judged({ children: three })).toBe("duplicateChild children[2].id");
    expect(words({ children: three })).toContain("児童「A」が二回");
    expect(judged({ children: ["A", "B", "C"].map((id) => child(id, "2015-05-05")) })).toBe("passes");
  });
});

const claimed = (facts: Json): Json => ({
  kind: "certification",
  receivedOn: "2025-01-10",
  children: ["A"],
  cause: { kind: "birth", on: "2025-01-05" },
  ...facts,
});

describe("claims", () => {
  it.each(["kind", "receivedOn", "children", "cause"])("lack %s", (key) => {
    const claim = Object.fromEntries(Object.entries(claimed({})).filter(([each]) => each !== key));
    expect(judged({ claims: [claimed({}), claim] })).toBe(`missingKey claims[1].${key}`);
  });

  it.each<readonly [Json, string]>([
    [{ kind: "wish" }, "wrongValue claims[0].kind"],
    [{ kind: "increase" }, "passes"],
    [{ kind: "supportConfirmation" }, "passes"],
    [{ receivedOn: "2025-01-32" }, "impossibleDate claims[0].receivedOn"],
    [{ children: "A" }, "wrongType claims[0].children"],
    [{ children: [1] }, "wrongType claims[0].children[0]"],
    [{ children: ["A", "Z"] }, "unknownChild claims[0].children[1]"],
    [{ children: ["A", "A"] }, "wrongValue claims[0].children[1]"],
    [{ children: many(101, () => "A") }, "wrongValue claims[0].children"],
    [{ x: 1 }, "unknownKey claims[0].x"],
    [{ cause: 1 }, "wrongType claims[0].cause"],
    [{ cause: { on: "2025-01-05" } }, "missingKey claims[0].cause.kind"],
    [{ cause: { kind: "wish", on: "2025-01-05" } }, "wrongValue claims[0].cause.kind"],
    [{ cause: { kind: "birth" } }, "missingKey claims[0].cause.on"],
    [{ cause: { kind: "birth", on: null } }, "missingKey claims[0].cause.on"],
    [{ cause: { kind: "other" } }, "passes"],
    [{ cause: { kind: "other", on: null } }, "passes"],
    [{ cause: { kind: "other", x: 1 } }, "unknownKey claims[0].cause.x"],
    [
      { cause: { kind: "birth", on: "2025-01-05", obstacleEndedOn: "2025-01-04" } },
      "reversedPeriod claims[0].cause.obstacleEndedOn",
    ],
    [{ cause: { kind: "birth", on: "2025-01-05", obstacleEndedOn: "2025-01-05" } }, "passes"],
    [{ cause: { kind: "birth", on: "2025-01-05", obstacleEndedOn: null } }, "passes"],
    [{ cause: { kind: "birth", on: "2025-01-05", obstacleEndedOn: 5 } }, "wrongType claims[0].cause.obstacleEndedOn"],
  ])("%j: %s", (facts, wanted) => {
    expect(judged({ claims: [claimed(facts)] })).toBe(wanted);
  });

  it.each([
    "birth",
    "moveIn",
    "moveInFromAbroad",
    "recipientDeath",
    "leftPublicService",
    "leftInstitution",
    "enteredInstitution",
    "livingTogetherPriority",
    "guardianAppointed",
    "parentDesignation",
    "incomeBelowUpperLimit",
    "taxCorrection",
    "disaster",
    "becameUniversityAge",
    "graduated",
  ])("the cause %s needs its day", (kind) => {
    expect(judged({ claims: [claimed({ cause: { kind } })] })).toBe("missingKey claims[0].cause.on");
    expect(judged({ claims: [claimed({ cause: { kind, on: "2025-01-05" } })] })).toBe("passes");
  });

  it("a claim may name 100 children", () => {
    const children = many(100, (index) => child(String(index), "2015-05-05"));
    expect(judged({ children, claims: [claimed({ children: children.map((each) => each["id"]) })] })).toBe("passes");
  });
});

describe("the words", () => {
  it.each<readonly [Json, string]>([
    [{ case: [] }, "文字列が必要ですが、配列が入っています。型を直してください。"],
    [{ case: {} }, "文字列が必要ですが、オブジェクトが入っています。型を直してください。"],
    [{ case: null }, "文字列が必要ですが、nullが入っています。型を直してください。"],
    [{ case: true }, "文字列が必要ですが、trueが入っています。型を直してください。"],
    [{ case: () => 1 }, "文字列が必要ですが、undefinedが入っています。型を直してください。"],
    [{ mode: "x" }, 'full・amountOnlyのいずれかが必要ですが、"x"が入っています。値を直してください。'],
    [{ knownOn: "x" }, '"x"は暦にない日付です。YYYY-MM-DD の形で実在する日を入れてください。'],
    [{ from: "x" }, '"x"は年月ではありません。YYYY-MM の形で入れてください。'],
    [{ municipality: { payDay: 40 } }, "1以上31以下の整数が必要ですが、40が入っています。値を直してください。"],
    [{ children: many(101, () => 1) }, '100件以下の配列が必要ですが、"101件"が入っています。値を直してください。'],
    [{ until: "2024-12" }, "until が from より前の月です。期間を確かめてください。"],
    [
      { claims: [claimed({ children: ["Z"] })] },
      "請求にある児童「Z」が children にありません。id を確かめてください。",
    ],
    [
      { claims: [claimed({ children: ["A", "A"] })] },
      '請求ごとに一度だけの児童が必要ですが、"A"が入っています。値を直してください。',
    ],
  ])("case %#: %s", (changes, wanted) => {
    expect(words(changes)).toBe(wanted);
  });

  it("a long value is cut at 57 characters, one of 60 with its quotation marks stands whole", () => {
    expect(words({ knownOn: "x".repeat(58) })).toContain(`"${"x".repeat(58)}"は`);
    expect(words({ knownOn: "x".repeat(59) })).toContain(`"${"x".repeat(56)}…は`);
  });

  it("a long key is cut at 60 characters", () => {
    expect(words({ ["k".repeat(61)]: 1 })).toContain(`「${"k".repeat(60)}」`);
  });
});
