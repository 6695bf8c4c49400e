/**
 * A month of daily life: the registers of a synthetic city, which go on changing day by day. Everything is drawn from the seed, so that
 * the same town lives the same life.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { layouts, type Version } from "./layouts.ts";
import { parsePlain } from "./plain-csv.ts";
import { chance, change, get, HEADER, nextDay, type Row, times, yearsBefore } from "./resident-row.ts";

/** How many of each happen on a day. */
export type Life = Partial<
  Readonly<
    Record<
      | "births"
      | "deaths"
      | "movesWithin"
      | "movesOut"
      | "movesIn"
      | "marriages"
      | "separations"
      | "protections"
      | "taxCorrections"
      | "insurances"
      | "publicServants",
      number
    >
  >
>;

/** What the offices have to send of a day, as cells in the order of their layouts. */
export type Day = {
  readonly date: string;
  readonly residents: readonly Row[];
  readonly endorsements: readonly Row[];
  readonly incomes: readonly Row[];
  readonly healthInsurance: readonly Row[];
  /** Who was touched, by what happened: for the tests' own arithmetic */
  readonly happened: readonly { readonly what: string; readonly number: string }[];
};

export type Town = {
  /** The day before the first one to live */
  readonly today: () => string;
  /** Lives one day. */
  readonly live: (life: Life) => Day;
  /** Every row of the residents' register, history included */
  readonly residents: () => readonly Row[];
  /** Insurance of everybody of working age, as it is now: the first full set of that office */
  readonly insurances: () => readonly Row[];
  /** The last row of everybody who lives here now */
  readonly people: () => readonly Row[];
  /** Households with a child under 15 and a grown-up, each with its people */
  readonly families: () => readonly (readonly Row[])[];
  /** A 宛名番号 that nobody has */
  readonly freshNumber: () => string;
  /** The same rows in another version of the layout */
  readonly residentsAs: (rows: readonly Row[], version: Version) => readonly Row[];
};

/** Codes of 異動事由 in the newer version of the residents' interface. */
const NEW_CODES: Readonly<Record<string, string>> = {
  "10": "A10",
  "11": "A11",
  "12": "A12",
  "20": "B20",
  "21": "B21",
  "22": "B22",
  "30": "C30",
  "31": "C31",
};

/** One row in the newer version: address in parts, 続柄 in four columns, the operator's columns behind. */
function newer(row: Row): Row {
  const relation = get(row, "続柄コード");
  const split = /^(.*?)([0-9０-９][^\s]*)?$/u.exec(get(row, "住所"));
  const renamed: Readonly<Record<string, string>> = {
    異動年月日_不詳フラグ: get(row, "異動年月日不詳フラグ"),
    異動事由コード: NEW_CODES[get(row, "異動事由コード")] ?? get(row, "異動事由コード"),
    生年月日_不詳フラグ: get(row, "生年月日不詳フラグ"),
    続柄コード1: relation.slice(0, 2),
    続柄コード2: relation.slice(2, 4),
    続柄コード3: relation.slice(4, 6),
    続柄コード4: relation.slice(6, 8),
    // Some offices send it in full width.
    郵便番号: Array.from(get(row, "郵便番号"))
      .map((digit) => String.fromCodePoint((digit.codePointAt(0) ?? 0) + 0xfee0))
      .join(""),
    町字: split?.[1] ?? "",
    番地号表記: split?.[2] ?? "",
    方書: "",
    前住所_市区町村コード: get(row, "前住所市区町村コード"),
    転出先_市区町村コード: get(row, "転出先市区町村コード"),
    連携元操作者ID: "JUMIN00001",
    連携元操作日時: `${get(row, "異動届出年月日") || get(row, "異動年月日")}T09:00:00`,
  };
  return layouts.residents["2.0"].map((name) => renamed[name] ?? get(row, name));
}

const here = (row: Row): boolean => get(row, "住民状態") === "1" && get(row, "削除フラグ") !== "1";

/**
 * Opens a town on the folder of a synthetic city (`residents.csv`, `incomes.csv`).
 *
 * @param options.today the day on which the registers of the folder end, `YYYY-MM-DD`
 */
export async function openTown(
  dir: string,
  { seed, today }: { readonly seed: string; readonly today: string },
): Promise<Town> {
  const [names = [], ...all] = parsePlain(await readFile(join(dir, "residents.csv"), "utf8"));
  if (names.join() !== HEADER.join()) throw new Error("residents.csv has another header");
  const [, ...taxes] = parsePlain(await readFile(join(dir, "incomes.csv"), "utf8").catch(() => ""));
  const draw = chance(seed);
  const rows: Row[] = all;
  const now = new Map<string, Row>();
  for (const row of rows) now.set(get(row, "宛名番号"), row);
  const incomes = new Map<string, Row>();
  for (const row of taxes) incomes.set(row[0] ?? "", row);
  const insurance = new Map<string, number>();
  let date = today;
  // Numbers above everything that the city gave out; odd steps keep them from looking like anything real.
  let nextNumber = [...now.keys()].reduce((most, number) => (Number(number) > most ? Number(number) : most), 0) + 7;
  const number15 = (): string => {
    nextNumber += 7;
    return String(nextNumber).padStart(15, "0");
  };

  const people = (wanted: (row: Row) => boolean): Row[] => [...now.values()].filter((row) => here(row) && wanted(row));
  const bornAfter = (row: Row, years: number): boolean => get(row, "生年月日") > yearsBefore(date, years);
  /** Household → its people, of households with a child under 15 and a grown-up. */
  const families = (): Map<string, Row[]> => {
    const homes = Map.groupBy(
      people(() => true),
      (row) => get(row, "世帯番号"),
    );
    return new Map(
      [...homes].filter(
        ([, home]) => home.some((row) => bornAfter(row, 15)) && home.some((row) => !bornAfter(row, 18)),
      ),
    );
  };

  const head = (home: readonly Row[]): Row | undefined =>
    home.find((row) => get(row, "続柄コード") === "02") ?? home.find((row) => !bornAfter(row, 18));
  const live = (life: Life): Day => {
    date = nextDay(date);
    const found: Row[] = [];
    const endorsements: Row[] = [];
    const corrected: Row[] = [];
    const insured: Row[] = [];
    const happened: { what: string; number: string }[] = [];
    const touched = new Set<string>();
    const homes = [...families()];
    /** A family that nothing has happened to today. */
    const family = (): Row[] => {
      for (let attempt = 0; attempt < 50; attempt++) {
        const [household = "", home = []] = homes[draw(homes.length)] ?? [];
        if (touched.has(household)) continue;
        touched.add(household);
        return home;
      }
      return [];
    };
    const note = (row: Row): void => {
      found.push(row);
      rows.push(row);
      now.set(get(row, "宛名番号"), row);
    };
    const next = (row: Row, cells: Readonly<Record<string, string>>): Row =>
      change(row, {
        履歴番号: String(Number(get(row, "履歴番号")) + 1),
        最新フラグ: "1",
        異動年月日: date,
        異動届出年月日: date,
        転出予定年月日: "",
        ...cells,
      });
    const say = (what: string, row: Row): void => {
      happened.push({ what, number: get(row, "宛名番号") });
    };

    times(life.births, () => {
      const home = family();
      const parent = head(home);
      if (parent === undefined) return;
      const familyName = get(parent, "氏名").split("\u3000")[0] ?? "架空";
      const kana = get(parent, "氏名フリガナ").split("\u3000")[0] ?? "カクウ";
      const child = change(
        HEADER.map(() => ""),
        {
          宛名番号: number15(),
          履歴番号: "1",
          最新フラグ: "1",
          削除フラグ: "0",
          世帯番号: get(parent, "世帯番号"),
          住民種別: "1",
          住民状態: "1",
          異動年月日: date,
          異動年月日不詳フラグ: "0",
          異動届出年月日: date,
          異動事由コード: "11",
          氏名: `${familyName}\u3000新`,
          氏名フリガナ: `${kana}\u3000アラタ`,
          性別コード: String(1 + draw(2)),
          生年月日: date,
          生年月日不詳フラグ: "0",
          続柄コード: "20",
          市区町村コード: get(parent, "市区町村コード"),
          郵便番号: get(parent, "郵便番号"),
          住所: get(parent, "住所"),
          支援措置区分: get(parent, "支援措置区分"),
          支援措置開始年月日: get(parent, "支援措置開始年月日"),
        },
      );
      note(child);
      say("birth", child);
    });
    times(life.deaths, () => {
      const parent = head(family());
      if (parent === undefined) return;
      note(next(parent, { 住民状態: "3", 異動事由コード: "21" }));
      say("death", parent);
    });
    times(life.movesWithin, () => {
      const home = family();
      const parent = head(home);
      const to = `架空町${1 + draw(9)}丁目${1 + draw(30)}番${1 + draw(20)}号`;
      for (const row of home) note(next(row, { 異動事由コード: "30", 住所: to }));
      if (parent === undefined) return;
      // 付記: the family said at the window that it receives the allowance.
      endorsements.push([get(parent, "宛名番号"), String(Number(get(parent, "履歴番号")) + 1), date, "30"]);
      say("moveWithin", parent);
    });
    times(life.movesOut, () => {
      const home = family();
      for (const row of home) note(next(row, { 住民状態: "2", 異動事由コード: "20", 転出先市区町村コード: "401307" }));
      const parent = head(home);
      if (parent !== undefined) say("moveOut", parent);
    });
    times(life.movesIn, () => {
      // Somebody who had moved away comes back, alone.
      const away = [...now.values()].find((row) => get(row, "住民状態") === "2" && !touched.has(get(row, "宛名番号")));
      if (away === undefined) return;
      touched.add(get(away, "宛名番号"));
      note(
        next(away, { 住民状態: "1", 異動事由コード: "10", 転出先市区町村コード: "", 前住所市区町村コード: "401307" }),
      );
      say("moveIn", away);
    });
    times(life.marriages, () => {
      const home = family();
      const parent = head(home);
      const single = people(
        (row) => !bornAfter(row, 20) && get(row, "続柄コード") === "02" && !touched.has(get(row, "世帯番号")),
      );
      const partner = single[draw(single.length)];
      if (parent === undefined || partner === undefined) return;
      touched.add(get(partner, "世帯番号"));
      const spouse = get(parent, "性別コード") === "1" ? "12" : "11";
      note(
        next(partner, {
          異動事由コード: "30",
          世帯番号: get(parent, "世帯番号"),
          続柄コード: spouse,
          住所: get(parent, "住所"),
        }),
      );
      say("marriage", partner);
    });
    times(life.separations, () => {
      const home = homes
        .map(([, each]) => each)
        .find(
          (each) =>
            each.some((row) => /^1[12]$/.test(get(row, "続柄コード"))) && !touched.has(get(each[0] ?? [], "世帯番号")),
        );
      const spouse = home?.find((row) => /^1[12]$/.test(get(row, "続柄コード")));
      if (spouse === undefined) return;
      touched.add(get(spouse, "世帯番号"));
      note(
        next(spouse, {
          異動事由コード: "30",
          世帯番号: number15(),
          続柄コード: "02",
          住所: `架空町${1 + draw(9)}丁目${1 + draw(30)}番`,
        }),
      );
      say("separation", spouse);
    });
    times(life.protections, () => {
      const parent = head(family());
      if (parent === undefined) return;
      note(next(parent, { 異動事由コード: "31", 支援措置区分: "1", 支援措置開始年月日: date }));
      say("protection", parent);
    });
    times(life.taxCorrections, () => {
      const taxed = homes.flatMap(([household, home]) => {
        const earner = touched.has(household) ? undefined : home.find((row) => incomes.has(get(row, "宛名番号")));
        return earner === undefined ? [] : [{ household, earner }];
      });
      const { household = "", earner: parent } = taxed[draw(taxed.length)] ?? {};
      touched.add(household);
      const tax = incomes.get(parent === undefined ? "" : get(parent, "宛名番号"));
      if (tax === undefined || parent === undefined) return;
      const again = tax.map((cell, index) =>
        index === 2
          ? String(Number(cell) + 1)
          : index === 3
            ? String(Number(cell) + 1_000_000)
            : index === 9
              ? date
              : cell,
      );
      incomes.set(again[0] ?? "", again);
      corrected.push(again);
      say("taxCorrection", parent);
    });
    const insure = (row: Row, status: string): void => {
      const number = get(row, "宛名番号");
      const history = (insurance.get(number) ?? 0) + 1;
      insurance.set(number, history);
      insured.push([number, String(history), status, date, "01", "", "", "0"]);
    };
    times(life.insurances, () => {
      const parent = head(family());
      if (parent === undefined) return;
      insure(parent, "employees");
      say("insurance", parent);
    });
    times(life.publicServants, () => {
      const parent = head(family());
      if (parent === undefined) return;
      insure(parent, "mutualAid");
      say("publicService", parent);
    });
    return { date, residents: found, endorsements, incomes: corrected, healthInsurance: insured, happened };
  };

  return {
    today: () => date,
    live,
    residents: () => rows,
    people: () => people(() => true),
    families: () => [...families().values()],
    freshNumber: number15,
    insurances: () =>
      people((row) => !bornAfter(row, 18) && bornAfter(row, 75)).map((row) => {
        const number = get(row, "宛名番号");
        insurance.set(number, 1);
        return [number, "1", "national", "2020-04-01", "01", "", "", "0"];
      }),
    residentsAs: (given, version) => (version === "2.0" ? given.map(newer) : given),
  };
}
