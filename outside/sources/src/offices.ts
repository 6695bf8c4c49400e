/**
 * Daily life at the other offices: 年金, 生活保護, 児童扶養手当, 在留資格, 住登外者. Each tells of the town's families what it knows itself, as periods with
 * a history number of its own; what is over gets its end under the same number.
 */
import { chance, get, type Row, times, yearsBefore } from "./resident-row.ts";
import type { Town } from "./town.ts";

/** How many of each happen on a day. */
export type OfficeLife = Partial<
  Readonly<
    Record<
      | "pensions"
      | "welfareStarts"
      | "welfareEnds"
      | "childRearingStarts"
      | "childRearingEnds"
      | "permitsRenewed"
      | "permitsExpired"
      | "nonResidents"
      | "nonResidentProtections",
      number
    >
  >
>;

/** The interfaces of these offices. */
export type OfficeName = "pension" | "welfare" | "childRearing" | "residenceStatus" | "nonResidents";

/** Rows by interface, as cells in the order of its layout. */
export type OfficeRows = Readonly<Record<OfficeName, readonly Row[]>>;

export type OfficeDay = OfficeRows & {
  readonly happened: readonly { readonly what: string; readonly number: string }[];
};

export type Offices = {
  /** What has long been so: the first full set of each office */
  readonly firstSets: () => OfficeRows;
  /** A day, after the town has lived it */
  readonly live: (life: OfficeLife) => OfficeDay;
};

/** A period of an office: person, number, code, from, why, to, why, and the child where the office has one. */
type Period = {
  readonly person: string;
  readonly no: number;
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly child: string;
};

const FIRST_SHARE = 12;
const FIRST_NON_RESIDENTS = 3;

const numberOf = (row: Row | undefined): string => (row === undefined ? "" : get(row, "宛名番号"));

/** Opens the offices of a town. The same seed gives the same life. */
export function openOffices(town: Town, { seed }: { readonly seed: string }): Offices {
  const draw = chance(`offices ${seed}`);
  const numbers = new Map<string, number>();
  const welfare = new Map<string, Period>();
  const rearing = new Map<string, Period>();
  const permits = new Map<string, Period>();
  const outside = new Map<string, Row>();

  const isChild = (row: Row): boolean => get(row, "生年月日") > yearsBefore(town.today(), 15);
  const grown = (home: readonly Row[]): Row[] =>
    home.filter((row) => get(row, "生年月日") <= yearsBefore(town.today(), 20));
  const pick = <T>(all: readonly T[]): T | undefined => all[draw(all.length)];
  const head = (): Row | undefined => pick(grown(pick(town.families()) ?? []));
  const next = (office: string, person: string): number => {
    const no = (numbers.get(`${office} ${person}`) ?? 0) + 1;
    numbers.set(`${office} ${person}`, no);
    return no;
  };

  const pensionRow = ({ person, no, code, from }: Period): Row => [person, String(no), code, from, "01", "", "", "0"];
  const plainRow = ({ person, no, code, from, to }: Period): Row => [
    person,
    String(no),
    code,
    from,
    "01",
    to,
    to === "" ? "" : "09",
    "0",
  ];
  const rearingRow = (period: Period): Row => [...plainRow(period).slice(0, 7), period.child, "0"];

  const begin = (office: string, kept: Map<string, Period>, row: Row, code: string, child = ""): Period => {
    const person = numberOf(row);
    const period = { person, no: next(office, person), code, from: town.today(), to: "", child };
    kept.set(person, period);
    return period;
  };
  const end = (kept: Map<string, Period>): Period | undefined => {
    const period = pick([...kept.values()]);
    if (period === undefined) return undefined;
    kept.delete(period.person);
    return { ...period, to: town.today() };
  };
  /** A permit of three years from today */
  const permitUntil = (): string =>
    `${Number(town.today().slice(0, 4)) + 3}${town.today().slice(4).replace("02-29", "02-28")}`;
  const foreigners = (): Row[] => town.families().flatMap((home) => home.filter((row) => get(row, "住民種別") === "2"));
  const lonely = (): { readonly parent: Row; readonly child: Row }[] =>
    town.families().flatMap((home) => {
      const [parent, ...others] = grown(home);
      const child = home.find(isChild);
      return parent === undefined || others.length > 0 || child === undefined ? [] : [{ parent, child }];
    });

  const nonResident = (): Row => {
    const number = town.freshNumber();
    const row: Row = [
      number,
      "1",
      town.today(),
      `架空\u3000市外${String(outside.size + 1)}`,
      "カクウ\u3000シガイ",
      String(1 + draw(2)),
      `19${70 + draw(29)}-0${1 + draw(9)}-1${draw(9)}`,
      "401307",
      "8100001",
      `架空県例示市${1 + draw(9)}丁目${1 + draw(20)}番`,
      "0",
      "0",
    ];
    outside.set(number, row);
    return row;
  };

  const since = (office: string, kept: Map<string, Period> | undefined, row: Row, code: string, child = ""): Period => {
    const person = numberOf(row);
    const period = { person, no: next(office, person), code, from: "2024-04-01", to: "", child };
    kept?.set(person, period);
    return period;
  };
  const firstSets = (): OfficeRows => {
    const homes = town.families();
    const some = homes.filter((_, index) => index % FIRST_SHARE === 0);
    return {
      pension: homes
        .flatMap((home) => grown(home))
        .filter((row) => get(row, "生年月日") > yearsBefore(town.today(), 60))
        .map((row) => pensionRow(since("pension", undefined, row, "1"))),
      welfare: some.flatMap((home) => {
        const [eldest] = grown(home);
        return eldest === undefined ? [] : [plainRow(since("welfare", welfare, eldest, "1"))];
      }),
      childRearing: lonely()
        .slice(0, 1 + Math.floor(homes.length / FIRST_SHARE))
        .map(({ parent, child }) => rearingRow(since("childRearing", rearing, parent, "full", numberOf(child)))),
      residenceStatus: foreigners().map((row) => {
        const period = { ...since("residenceStatus", undefined, row, "永住者の配偶者等"), to: permitUntil() };
        permits.set(period.person, period);
        return plainRow(period);
      }),
      nonResidents: Array.from({ length: FIRST_NON_RESIDENTS }, nonResident),
    };
  };

  const live = (life: OfficeLife): OfficeDay => {
    const rows: Record<OfficeName, Row[]> = {
      pension: [],
      welfare: [],
      childRearing: [],
      residenceStatus: [],
      nonResidents: [],
    };
    const happened: { what: string; number: string }[] = [];
    const tell = (office: OfficeName, what: string, row: Row): void => {
      rows[office].push(row);
      happened.push({ what, number: row[0] ?? "" });
    };
    times(life.pensions, () => {
      const row = head();
      if (row === undefined) return;
      const person = numberOf(row);
      const period = { person, no: next("pension", person), code: "2", from: town.today(), to: "", child: "" };
      tell("pension", "pension", pensionRow(period));
    });
    times(life.welfareStarts, () => {
      const row = head();
      if (row !== undefined && !welfare.has(numberOf(row)))
        tell("welfare", "welfare", plainRow(begin("welfare", welfare, row, "1")));
    });
    times(life.welfareEnds, () => {
      const period = end(welfare);
      if (period !== undefined) tell("welfare", "welfare", plainRow(period));
    });
    times(life.childRearingStarts, () => {
      const found = pick(lonely().filter(({ parent }) => !rearing.has(numberOf(parent))));
      if (found === undefined) return;
      const period = begin("childRearing", rearing, found.parent, "part", numberOf(found.child));
      tell("childRearing", "childRearingAllowance", rearingRow(period));
    });
    times(life.childRearingEnds, () => {
      const period = end(rearing);
      if (period !== undefined) tell("childRearing", "childRearingAllowance", rearingRow(period));
    });
    times(life.permitsRenewed, () => {
      const row = pick(foreigners());
      if (row === undefined) return;
      const period = { ...begin("residenceStatus", permits, row, "永住者の配偶者等"), to: permitUntil() };
      permits.set(period.person, period);
      tell("residenceStatus", "residenceStatus", plainRow(period));
    });
    times(life.permitsExpired, () => {
      const period = end(permits);
      if (period !== undefined) tell("residenceStatus", "residenceStatus", plainRow(period));
    });
    times(life.nonResidents, () => tell("nonResidents", "nonResident", nonResident()));
    times(life.nonResidentProtections, () => {
      const row = pick([...outside.values()].filter((each) => each[10] === "0"));
      if (row === undefined) return;
      const marked = row.map((cell, index) => (index === 1 ? String(Number(cell) + 1) : index === 10 ? "1" : cell));
      outside.set(marked[0] ?? "", marked);
      tell("nonResidents", "protection", marked);
    });
    return { ...rows, happened };
  };

  return { firstSets, live };
}
