import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writeCity } from "../contract.ts";
import { get, readFeed, type Row } from "./read-city.ts";

const AS_OF = "2026-11-20";
const base = mkdtempSync(join(tmpdir(), "city-claims-"));
const directory = join(base, "city");
let claims: Row[] = [];
let children: Row[] = [];
let statuses: Row[] = [];
let incomes: Row[] = [];
const people = new Map<string, Row[]>();
const organizations = new Map<string, Row>();
const claimOf = new Map<string, Row>();

function file(index: Map<string, Row[]>, key: string, row: Row): void {
  index.set(key, [...(index.get(key) ?? []), row]);
}

beforeAll(async () => {
  await writeCity({ population: 15_000, seed: "claims", asOf: AS_OF, directory });
  claims = readFeed(directory, "claims.csv");
  children = readFeed(directory, "claim_children.csv");
  statuses = readFeed(directory, "status_periods.csv");
  incomes = readFeed(directory, "incomes.csv");
  for (const row of readFeed(directory, "residents.csv")) {
    const number = get(row, "宛名番号");
    people.set(number, [...(people.get(number) ?? []), row]);
  }
  for (const row of readFeed(directory, "organizations.csv")) organizations.set(get(row, "宛名番号"), row);
  for (const row of claims) claimOf.set(get(row, "受付番号"), row);
  for (const row of children) {
    file(rowsByClaim, get(row, "受付番号"), row);
    file(rowsByChild, get(row, "児童宛名番号"), row);
  }
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const bornOn = (number: string): string => get(people.get(number)?.[0] ?? new Map(), "生年月日");
const yearsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 31_557_600_000;
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
const rowsByClaim = new Map<string, Row[]>();
const rowsOf = (claim: Row): Row[] => rowsByClaim.get(get(claim, "受付番号")) ?? [];
const rowsByChild = new Map<string, Row[]>();

/** 住民状態 on a day, out of the history alone. */
function stateOn(number: string, day: string): string {
  let state = "";
  for (const row of people.get(number) ?? []) if (get(row, "異動年月日") <= day) state = get(row, "住民状態");
  return state;
}

describe("references and dates", () => {
  it("names only persons and organizations of the register, each in its own role", () => {
    for (const claim of claims) {
      const claimant = get(claim, "請求者宛名番号");
      const known = get(claim, "受給者区分") === "individual" ? people : organizations;
      expect(known.has(claimant), claimant).toBe(true);
      if (known === organizations)
        expect(get(claim, "受給者区分")).toBe(get(organizations.get(claimant) ?? new Map(), "区分"));
    }
    for (const row of children) {
      expect(claimOf.has(get(row, "受付番号"))).toBe(true);
      expect(people.has(get(row, "児童宛名番号"))).toBe(true);
    }
    for (const row of statuses) {
      expect(people.has(get(row, "宛名番号"))).toBe(true);
      const other = get(row, "相手宛名番号");
      if (other !== "") expect(people.has(other) || organizations.has(other)).toBe(true);
    }
    for (const row of incomes) expect(people.has(get(row, "宛名番号"))).toBe(true);
  });

  it("keeps every key of the specification unique", () => {
    const keys: readonly (readonly [Row[], readonly string[]])[] = [
      [claims, ["受付番号"]],
      [children, ["受付番号", "児童宛名番号"]],
      [statuses, ["区分", "宛名番号", "開始年月日"]],
      [incomes, ["宛名番号", "所得年", "履歴番号"]],
    ];
    for (const [rows, columns] of keys) {
      expect(new Set(rows.map((row) => columns.map((column) => get(row, column)).join("/"))).size).toBe(rows.length);
    }
  });

  it("has every claim come from somebody who lived here then, with children born by then", () => {
    for (const claim of claims) {
      const received = get(claim, "受付年月日");
      const rows = rowsOf(claim);
      expect(rows.length).toBeGreaterThan(0);
      if (get(claim, "受給者区分") === "individual") expect(stateOn(get(claim, "請求者宛名番号"), received)).toBe("1");
      for (const row of rows) expect(bornOn(get(row, "児童宛名番号")) <= received).toBe(true);
      expect(get(claim, "受付番号").slice(0, 6)).toBe(received.slice(2).replaceAll("-", ""));
    }
  });

  it("has parents 15 to 60 years older than their children", () => {
    for (const row of children) {
      if (get(row, "続柄") !== "子") continue;
      const claim = claimOf.get(get(row, "受付番号")) ?? new Map<string, string>();
      const gap = yearsBetween(bornOn(get(claim, "請求者宛名番号")), bornOn(get(row, "児童宛名番号")));
      expect(gap).toBeGreaterThan(15);
      expect(gap).toBeLessThan(60);
    }
  });

  it("has papers at the counter and in the post only on open days, by an independent calendar", () => {
    const calendar = createRequire(import.meta.url)("japanese-holidays") as {
      isHoliday(day: Date): string | undefined;
    };
    for (const claim of claims) {
      if (get(claim, "受付経路") === "online") continue;
      const received = get(claim, "受付年月日");
      const [year = 0, month = 0, day = 0] = received.split("-").map(Number);
      const local = new Date(year, month - 1, day);
      const weekday = local.getDay();
      const newYear = received.slice(5) >= "12-29" || received.slice(5) <= "01-03";
      expect(weekday === 0 || weekday === 6 || newYear || calendar.isHoliday(local) !== undefined, received).toBe(
        false,
      );
    }
  });
});

describe("what people file", () => {
  it("certifies before it increases or confirms", () => {
    const first = new Map<string, string>();
    for (const claim of claims) {
      if (get(claim, "請求種別") !== "certification") continue;
      const claimant = get(claim, "請求者宛名番号");
      const received = get(claim, "受付年月日");
      if (received < (first.get(claimant) ?? "9")) first.set(claimant, received);
    }
    for (const claim of claims) {
      expect((first.get(get(claim, "請求者宛名番号")) ?? "9") <= get(claim, "受付年月日"), get(claim, "受付番号")).toBe(
        true,
      );
    }
  });

  it("gives each certification an account that exists, in the claimant's own name, never shared", () => {
    const banks = createRequire(import.meta.url)("zengin-code") as Record<
      string,
      { branches: Record<string, unknown> }
    >;
    const owners = new Map<string, string>();
    for (const claim of claims) {
      const cells = ["金融機関コード", "支店コード", "預金種目", "口座番号", "口座名義カナ"].map((column) =>
        get(claim, column),
      );
      const [bank = "", branch = "", kind = "", account = "", holder = ""] = cells;
      if (get(claim, "請求種別") === "certification") expect(cells).not.toContain("");
      if (bank === "") {
        expect(cells.join("")).toBe("");
        continue;
      }
      expect(banks[bank]?.branches[branch], `${bank}-${branch}`).toBeDefined();
      expect(kind).toMatch(/^[14]$/);
      expect(account).toMatch(/^\d{7}$/);
      const claimant = get(claim, "請求者宛名番号");
      expect(owners.get(`${bank}-${branch}-${account}`) ?? claimant).toBe(claimant);
      owners.set(`${bank}-${branch}-${account}`, claimant);
      const names = (people.get(claimant) ?? []).map((row) => get(row, "氏名フリガナ"));
      const organization = organizations.get(claimant);
      if (organization !== undefined) names.push(get(organization, "名称フリガナ"));
      expect(names.map((name) => name.normalize("NFKC"))).toContain(holder.normalize("NFKC"));
    }
    expect(owners.size).toBeGreaterThan(1000);
  });

  it("knows every ground for a claim and every kind of status", () => {
    expect(new Set(claims.map((claim) => get(claim, "請求事由")))).toEqual(
      new Set([
        "birth", "moveIn", "moveInFromAbroad", "recipientDeath", "leftPublicService", "leftInstitution",
        "enteredInstitution", "livingTogetherPriority", "guardianAppointed", "parentDesignation",
        "incomeBelowUpperLimit", "taxCorrection", "disaster", "becameUniversityAge", "graduated", "other",
      ]), // prettier-ignore
    );
    expect(new Set(statuses.map((row) => get(row, "区分")))).toEqual(
      new Set(["publicServant", "detained", "abroad", "institution", "careEnd", "supportEnd"]),
    );
    for (const kind of ["individual", "institution", "corporateGuardian"]) {
      expect(claims.some((claim) => get(claim, "受給者区分") === kind)).toBe(true);
    }
  });

  it("has birth claims mostly in time, some on day 15, some saved by a closed office, a few late", () => {
    const delays = claims
      .filter((claim) => get(claim, "請求事由") === "birth")
      .map((claim) => daysBetween(get(claim, "事由発生年月日"), get(claim, "受付年月日")));
    const share = (test: (delay: number) => boolean): number =>
      delays.filter((delay) => test(delay)).length / delays.length;
    expect(share((delay) => delay < 0)).toBe(0);
    expect(share((delay) => delay <= 15)).toBeGreaterThan(0.85);
    expect(share((delay) => delay === 15)).toBeGreaterThan(0.015);
    expect(share((delay) => delay > 15 && delay <= 20)).toBeGreaterThan(0.005);
    expect(share((delay) => delay > 20)).toBeGreaterThan(0.02);
    expect(share((delay) => delay > 20)).toBeLessThan(0.1);
  });

  it("counts a move from the planned day at the former municipality, and cannot claim before arriving", () => {
    for (const claim of claims) {
      if (get(claim, "請求事由") !== "moveIn") continue;
      const history = people.get(get(claim, "請求者宛名番号")) ?? [];
      const planned = history.map((row) => get(row, "転出予定年月日"));
      expect(planned).toContain(get(claim, "事由発生年月日"));
      const arrived = get(
        history.find((row) => get(row, "転出予定年月日") === get(claim, "事由発生年月日")) ?? new Map(),
        "異動年月日",
      );
      expect(arrived <= get(claim, "受付年月日")).toBe(true);
    }
  });

  it("brings the reform's late children in the transition window, a few after it", () => {
    const reform = claims.filter(
      (claim) => get(claim, "事由発生年月日") === "2024-10-01" && get(claim, "請求種別") === "certification",
    );
    const inTime = reform.filter((claim) => get(claim, "受付年月日") <= "2025-03-31").length;
    expect(reform.length).toBeGreaterThan(50);
    expect(reform.every((claim) => get(claim, "受付年月日") >= "2024-10-01")).toBe(true);
    expect(inTime / reform.length).toBeGreaterThan(0.85);
    expect(inTime).toBeLessThan(reform.length);
  });

  it("confirms support only for 18- to 22-year-olds, around 16 April", () => {
    const confirmations = claims.filter((claim) => get(claim, "請求種別") === "supportConfirmation");
    for (const claim of confirmations) {
      for (const row of rowsOf(claim)) {
        expect(get(row, "区分")).toBe("counted");
        // 18 on 31 March at the latest of the year before the support begins, i.e. support from 1 April.
        expect(get(row, "負担開始年月日")).toMatch(/-04-01$/);
        expect(yearsBetween(bornOn(get(row, "児童宛名番号")), get(row, "負担開始年月日"))).toBeGreaterThan(17.99);
        expect(get(claim, "受付年月日") <= `${Number(bornOn(get(row, "児童宛名番号")).slice(0, 4)) + 23}-03-31`).toBe(
          true,
        );
      }
    }
    const april = confirmations.filter((claim) => get(claim, "請求事由") === "becameUniversityAge");
    const near = april.filter((claim) => {
      const delay = daysBetween(get(claim, "事由発生年月日"), get(claim, "受付年月日"));
      return delay >= -22 && delay <= 15;
    });
    expect(april.length).toBeGreaterThan(10);
    expect(near.length / april.length).toBeGreaterThan(0.7);
  });

  it("sends a family's twins on one form, each with its own serial", () => {
    const twins = claims.filter((claim) => {
      const born = rowsOf(claim).map((row) => bornOn(get(row, "児童宛名番号")));
      return new Set(born).size < born.length;
    });
    expect(twins.length).toBeGreaterThan(3);
    for (const claim of claims) {
      const serials = rowsOf(claim).map((row) => get(row, "児童連番"));
      expect(new Set(serials).size).toBe(serials.length);
    }
  });
});

describe("what happens to people", () => {
  it("ends the old right before the new person's event, for death and for parting", () => {
    for (const claim of claims) {
      const event = get(claim, "事由発生年月日");
      const [first] = rowsOf(claim);
      const child = get(first ?? new Map(), "児童宛名番号");
      if (get(claim, "請求事由") === "recipientDeath") {
        // Not every dead parent had claimed (a birth days before, income over the limit), but somebody at home died then.
        const home = get(people.get(child)?.[0] ?? new Map(), "世帯番号");
        const died = [...people.values()].some((history) =>
          history.some(
            (row) =>
              get(row, "異動事由コード") === "21" && get(row, "異動年月日") === event && get(row, "世帯番号") === home,
          ),
        );
        expect(died, get(claim, "受付番号")).toBe(true);
      }
      if (get(claim, "請求事由") === "livingTogetherPriority") {
        const ended = statuses.filter((row) => get(row, "区分") === "careEnd" && get(row, "宛名番号") === child);
        expect(ended.map((row) => get(row, "開始年月日"))).toContain(event);
        expect(ended.map((row) => get(row, "相手宛名番号"))).not.toContain(get(claim, "請求者宛名番号"));
      }
    }
  });

  it("has an institution claim for each child placed for long, and for none placed for two months or less", () => {
    const claimed = new Set(
      children
        .filter((row) => get(claimOf.get(get(row, "受付番号")) ?? new Map(), "受給者区分") === "institution")
        .map((row) => get(row, "児童宛名番号")),
    );
    const stays = statuses.filter((row) => get(row, "区分") === "institution");
    const long = stays.filter((row) => get(row, "短期") === "0");
    const short = stays.filter((row) => get(row, "短期") === "1");
    expect(short.length).toBeGreaterThan(0);
    for (const row of short) {
      expect(claimed.has(get(row, "宛名番号"))).toBe(false);
      if (get(row, "終了年月日") !== "")
        expect(daysBetween(get(row, "開始年月日"), get(row, "終了年月日"))).toBeLessThanOrEqual(59);
    }
    expect(long.filter((row) => claimed.has(get(row, "宛名番号"))).length / long.length).toBeGreaterThan(0.7);
  });

  it("includes claims that must be refused: civil servants, a child of two claimants, care that has ended", () => {
    const servants = claims.filter((claim) =>
      statuses.some(
        (row) =>
          get(row, "区分") === "publicServant" &&
          get(row, "宛名番号") === get(claim, "請求者宛名番号") &&
          get(row, "開始年月日") <= get(claim, "事由発生年月日") &&
          (get(row, "終了年月日") === "" || get(row, "終了年月日") > get(claim, "受付年月日")),
      ),
    );
    expect(servants.length).toBeGreaterThan(0);
    expect(servants.length / claims.length).toBeLessThan(0.02);
    expect(children.some((row) => get(row, "監護終了年月日") !== "")).toBe(true);
    const claimants = new Map<string, Set<string>>();
    for (const row of children) {
      const child = get(row, "児童宛名番号");
      const claimant = get(claimOf.get(get(row, "受付番号")) ?? new Map(), "請求者宛名番号");
      claimants.set(child, (claimants.get(child) ?? new Set<string>()).add(claimant));
    }
    const parted = new Set(statuses.map((row) => get(row, "宛名番号")));
    const double = [...claimants].filter(([child, names]) => names.size > 1 && !parted.has(child));
    expect(double.length).toBeGreaterThan(0);
  });

  it("gives incomes for 2011 to 2023 only, and for each claim of the income-tested years the deciding one", () => {
    const known = new Set(incomes.map((row) => `${get(row, "宛名番号")}/${get(row, "所得年")}`));
    for (const row of incomes) {
      expect(Number(get(row, "所得年"))).toBeGreaterThanOrEqual(2011);
      expect(Number(get(row, "所得年"))).toBeLessThanOrEqual(2023);
      expect(Number(get(row, "うち老人"))).toBeLessThanOrEqual(Number(get(row, "扶養親族等の数")));
    }
    const servants = new Set(
      statuses.filter((row) => get(row, "区分") === "publicServant").map((row) => get(row, "宛名番号")),
    );
    let checked = 0;
    for (const claim of claims) {
      const received = get(claim, "受付年月日");
      const claimant = get(claim, "請求者宛名番号");
      const usual = ["birth", "moveIn"].includes(get(claim, "請求事由")) && !servants.has(claimant);
      if (get(claim, "受給者区分") !== "individual" || !usual || received >= "2024-05-01" || received < "2012-06-01")
        continue;
      // The month after the claim decides: from June on the income of last year, before June that of the year before it.
      const [year = 0, month = 0] = received.split("-").map(Number);
      const next = month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
      expect(known.has(`${claimant}/${next.month >= 6 ? next.year - 1 : next.year - 2}`), get(claim, "受付番号")).toBe(
        true,
      );
      checked++;
    }
    expect(checked).toBeGreaterThan(500);
    expect(incomes.some((row) => get(row, "履歴番号") === "2" && get(row, "更正通知年月日") !== "")).toBe(true);
  });
});

describe("the numbers", () => {
  it("stays within the ranges of a designated city", () => {
    const residents = [...people.values()]
      .map((history) => history.at(-1) ?? new Map<string, string>())
      .filter((row) => get(row, "住民状態") === "1");
    const share = (test: (row: Row) => boolean): number =>
      residents.filter((row) => test(row)).length / residents.length;
    // 児童 on 2026-11-20: born from 2008-04-02 on.
    expect(share((row) => get(row, "生年月日") >= "2008-04-02")).toBeGreaterThan(0.165);
    expect(share((row) => get(row, "生年月日") >= "2008-04-02")).toBeLessThan(0.21);
    expect(share((row) => get(row, "住民種別") === "2")).toBeGreaterThan(0.01);
    expect(share((row) => get(row, "支援措置区分") === "1")).toBeGreaterThan(0.001);
    expect(share((row) => get(row, "支援措置区分") === "1")).toBeLessThan(0.008);
    const recipients = new Set<string>();
    for (const row of children) {
      const claimant = get(claimOf.get(get(row, "受付番号")) ?? new Map(), "請求者宛名番号");
      if (
        get(row, "区分") === "child" &&
        bornOn(get(row, "児童宛名番号")) >= "2008-04-02" &&
        stateOn(claimant, AS_OF) === "1"
      )
        recipients.add(claimant);
    }
    expect(recipients.size / residents.length).toBeGreaterThan(0.09);
    expect(recipients.size / residents.length).toBeLessThan(0.125);
  });
});
