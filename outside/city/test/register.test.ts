import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type FeedName, feedNames, headers, writeCity } from "../contract.ts";
import { get, readFeed, type Row } from "./read-city.ts";

const POPULATION = 6000;
const AS_OF = "2026-11-20";
const base = mkdtempSync(join(tmpdir(), "city-register-"));
const directory = join(base, "city");
let rows: Row[] = [];
const histories = new Map<string, Row[]>();

beforeAll(async () => {
  await writeCity({ population: POPULATION, seed: "register", asOf: AS_OF, directory });
  rows = readFeed(directory, "residents.csv");
  for (const row of rows) {
    const number = get(row, "宛名番号");
    histories.set(number, [...(histories.get(number) ?? []), row]);
  }
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** 平成26年総務省令第85号5条, written out again from the text and not from the code under test. */
function isIndividualNumber(digits: string): boolean {
  let sum = 0;
  for (let n = 1; n <= 11; n++) sum += Number(digits.charAt(11 - n)) * (n <= 6 ? n + 1 : n - 5);
  return Number(digits.charAt(11)) === (sum % 11 <= 1 ? 0 : 11 - (sum % 11)) && new Set(digits).size > 1;
}

const isRealDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

describe("what must never be in a synthetic city", () => {
  it("has no twelve digits in a row that could pass for a 個人番号", () => {
    // The check itself: 12345678901 → 212, 212 mod 11 = 3, 11 − 3 = 8.
    expect([isIndividualNumber(["123456789", "018"].join("")), isIndividualNumber("123456789017")]).toEqual([
      true,
      false,
    ]);
    for (const name of feedNames) {
      const text = readFileSync(join(directory, name), "utf8");
      for (const [run] of text.matchAll(/\d{12,}/g)) {
        for (let at = 0; at + 12 <= run.length; at++)
          expect(isIndividualNumber(run.slice(at, at + 12)), run).toBe(false);
      }
    }
  });

  it("has no name, address or postcode that could be somebody's", () => {
    const marked = /架空|試験|見本|例示|模擬|仮名|標本|演習|雛形|仮設|想定|空想|例題|練習|手本|凡例|検証|樣本/;
    const foreign = /^(SAMPLE|EXAMPLE|SPECIMEN|DUMMY|TESTCASE|FICTIVO|MUSTER|EXEMPLE|VIDU)$/;
    for (const row of [...rows, ...readFeed(directory, "organizations.csv")]) {
      const family = row.has("氏名") ? (get(row, "氏名").split("\u3000")[0] ?? "") : get(row, "名称");
      expect(marked.test(family) || foreign.test(family), family).toBe(true);
      expect(get(row, "住所")).toMatch(/^架空市(中央|東|西|南|北)区/);
      expect(get(row, "郵便番号")).toMatch(/^000\d{4}$/);
    }
  });

  it("has nobody born, moved or reported after the day of reference, and no date that the calendar lacks", () => {
    for (const name of feedNames) {
      for (const row of readFeed(directory, name)) {
        for (const [column, value] of row) {
          if (!column.endsWith("年月日") || value === "") continue;
          expect(isRealDate(value), `${name} ${column} ${value}`).toBe(true);
          expect(value <= AS_OF, `${name} ${column} ${value}`).toBe(true);
        }
      }
    }
  });
});

describe("the register", () => {
  it("has the columns of the feed specification, in its order", () => {
    const page = readFileSync(new URL("../../../docs/連携ファイル仕様.md", import.meta.url), "utf8");
    const section = (name: FeedName): string => page.slice(page.indexOf(`## ${name}`)).split("\n## ")[0] ?? "";
    const found = [...section("residents.csv").matchAll(/^\| ([^|]+) \| [^-]/gm)].flatMap((match) =>
      (match[1] ?? "").split(" / "),
    );
    expect(found.filter((column) => column !== "項目")).toEqual(headers["residents.csv"]);
    for (const name of feedNames)
      for (const column of headers[name]) expect(section(name), `${name} ${column}`).toContain(column);
  });

  it("has exactly the residents asked for, and besides them those who left or died", () => {
    const latest = rows.filter((row) => get(row, "最新フラグ") === "1");
    expect(latest.length).toBe(histories.size);
    const states = latest.map((row) => get(row, "住民状態"));
    expect(states.filter((state) => state === "1").length).toBe(POPULATION);
    for (const state of ["2", "3"]) expect(states.filter((other) => other === state).length).toBeGreaterThan(20);
  });

  it("keeps each person's history whole: numbered from 1, in order, entered first, and over after death", () => {
    for (const [number, history] of histories) {
      expect(number).toMatch(/^\d{15}$/);
      expect(history.map((row) => Number(get(row, "履歴番号")))).toEqual(history.map((_, index) => index + 1));
      expect(history.map((row) => get(row, "最新フラグ")).join("")).toMatch(/^0*1$/);
      const days = history.map((row) => get(row, "異動年月日"));
      expect(days).toEqual(days.toSorted());
      const causes = history.map((row) => get(row, "異動事由コード"));
      expect(causes[0]).toMatch(/^1[012]$/);
      // An entry only at the start or after a leaving; after a leaving only an entry; after death nothing.
      expect(` ${causes.join(" ")}`).toMatch(/^( 1[012]( 3[01])*( 2[02](?= 1[02]|$)| 21$)?)+$/);
      for (const row of history) expect(get(row, "生年月日") <= get(row, "異動年月日")).toBe(true);
      const same = ["生年月日", "性別コード", "住民種別"] as const;
      for (const column of same) expect(new Set(history.map((row) => get(row, column))).size).toBe(1);
    }
  });

  it("holds the states to their causes and the codes to the specification", () => {
    const stateOf: Readonly<Record<string, string>> = { "20": "2", "21": "3", "22": "9" };
    for (const row of rows) {
      expect(get(row, "住民状態")).toBe(stateOf[get(row, "異動事由コード")] ?? "1");
      expect(get(row, "市区町村コード")).toMatch(/^(431010|431028|431036|431044|431052)$/);
      expect(get(row, "続柄コード")).toMatch(/^(\d\d){1,4}$/);
      expect(get(row, "転出先市区町村コード") !== "").toBe(get(row, "異動事由コード") === "20");
      expect(get(row, "転出予定年月日") !== "").toBe(get(row, "異動事由コード") === "10");
      expect(get(row, "転出予定年月日") <= get(row, "異動年月日")).toBe(true);
      expect(get(row, "氏名").length).toBeLessThanOrEqual(100);
      expect(get(row, "氏名フリガナ")).toMatch(/^[ァ-ヶー・]+\u3000[ァ-ヶー・]+$/);
    }
  });

  it("has one head in each household that still has residents, and no minor living without a grown person", () => {
    const households = new Map<string, Row[]>();
    for (const row of rows) {
      if (get(row, "最新フラグ") !== "1" || get(row, "住民状態") !== "1") continue;
      const number = get(row, "世帯番号");
      households.set(number, [...(households.get(number) ?? []), row]);
    }
    let headless = 0;
    let alone = 0;
    for (const members of households.values()) {
      if (members.filter((row) => get(row, "続柄コード") === "02").length !== 1) headless++;
      if (members.every((row) => get(row, "生年月日") > "2008-11-20")) alone++;
      expect(new Set(members.map((row) => get(row, "住所"))).size).toBe(1);
    }
    // Wards of a corporation live among themselves: at most a household or two in a small city.
    expect(alone).toBeLessThanOrEqual(3);
    expect(headless / households.size).toBeLessThan(0.01);
  });

  it("has the letters that break careless software", () => {
    const names = rows.map((row) => get(row, "氏名"));
    for (const hard of ["\u{E0100}", "髙", "﨑", "𠮷"])
      expect(
        names.some((name) => name.includes(hard)),
        hard,
      ).toBe(true);
    expect(rows.some((row) => get(row, "氏名フリガナ").includes("ー"))).toBe(true);
    expect(rows.some((row) => Array.from(get(row, "氏名フリガナ")).length > 30)).toBe(true);
  });

  it("marks protected persons from a day on, and separates them from the other parent's household", () => {
    const guarded = [...histories.values()].filter(
      (history) => get(history.at(-1) ?? new Map(), "支援措置区分") === "1",
    );
    expect(guarded.length).toBeGreaterThan(3);
    for (const history of guarded) {
      const last = history.at(-1) ?? new Map<string, string>();
      const from = get(last, "支援措置開始年月日");
      for (const row of history) expect(get(row, "支援措置区分") === "1").toBe(get(row, "異動年月日") >= from);
    }
  });
});
