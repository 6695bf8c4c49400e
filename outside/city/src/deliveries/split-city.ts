/**
 * Splits a city into the deliveries that its registers would have sent one after another: the first holds everything known on its
 * day, each further one what came to be known since (docs/連携ファイル仕様.md takes rows that were sent before without harm).
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { type Day, findDay, isoOf } from "../base/day.ts";
import { CityError } from "../city-error.ts";
import { type FeedFileEntry, openFeedFile } from "../feed/files.ts";
import { type FeedName, feedNames, headers } from "../feed/headers.ts";
import type { CityManifest } from "../feed/manifest.ts";
import {
  claimKnownOn,
  incomeKnownOn,
  residentKnownOn,
  statusEndKnownOn,
  statusKnownOn,
  withoutEnd,
} from "./known-on.ts";
import { lateCorrections } from "./late-corrections.ts";
import { type YearClaim, yearEvents } from "./year-events.ts";

export interface SplitOptions {
  /** Folder of a city by `writeCity`, complete up to the last cut at least. */
  readonly city: string;
  /** Last days `YYYY-MM-DD` of the deliveries, ascending; the first one is the state on which everything begins. */
  readonly cuts: readonly string[];
  /** A new folder; each delivery becomes a folder in it, named by its day. */
  readonly directory: string;
}

/** One row on its way: what it says and from which delivery on it is known. */
interface Told {
  readonly file: FeedName;
  readonly cut: number;
  readonly row: string;
}

const rowsOf = async (city: string, name: FeedName): Promise<readonly string[]> =>
  (await readFile(join(city, name), "utf8")).split("\r\n").slice(1, -1);

const splitRow = (row: string): readonly string[] => row.split(",");

/** Which delivery tells what is known on a day; undefined: none of them. */
function cutter(cuts: readonly Day[]): (on: Day) => number | undefined {
  return (on) => {
    const found = cuts.findIndex((cut) => on <= cut);
    return found === -1 ? undefined : found;
  };
}

/** residents.csv, and from which delivery on each person is in the register. */
function tellResidents(
  rows: readonly string[],
  cutOf: (on: Day) => number | undefined,
  told: Told[],
): ReadonlyMap<string, number> {
  const firstSeen = new Map<string, number>();
  let number = "";
  let known: Day | undefined;
  for (const row of rows) {
    // Ten cells are all that is needed; names and places behind them may be quoted.
    const cells = row.split(",", 10);
    if (cells[0] !== number) known = undefined;
    number = cells[0] ?? "";
    known = residentKnownOn(cells, known);
    const cut = cutOf(known);
    if (cut === undefined) continue;
    if (!firstSeen.has(number)) firstSeen.set(number, cut);
    told.push({ file: "residents.csv", cut, row });
  }
  return firstSeen;
}

function tellStatuses(
  rows: readonly string[],
  cutOf: (on: Day) => number | undefined,
  seen: (numbers: readonly string[]) => number | undefined,
  told: Told[],
): void {
  for (const row of rows) {
    const cells = splitRow(row);
    const person = seen([cells[1] ?? "", ...(cells[2] === "" ? [] : [cells[2] ?? ""])]);
    const begins = cutOf(statusKnownOn(cells));
    if (begins === undefined || person === undefined) continue;
    const end = statusEndKnownOn(cells);
    const ends = end === undefined ? undefined : cutOf(end);
    const first = Math.max(begins, person);
    const atOnce = cells[4] === "" || (ends !== undefined && ends <= first);
    told.push({ file: "status_periods.csv", cut: first, row: atOnce ? row : withoutEnd(cells) });
    if (!atOnce && ends !== undefined) told.push({ file: "status_periods.csv", cut: ends, row });
  }
}

/**
 * Claims with their children: both go together, and not before everybody whom they name is in the register.
 * @returns the claims of the first delivery
 */
function tellClaims(
  claims: readonly string[],
  children: readonly string[],
  cutOf: (on: Day) => number | undefined,
  seen: (numbers: readonly string[]) => number | undefined,
  told: Told[],
): readonly YearClaim[] {
  const opening: YearClaim[] = [];
  const named = Map.groupBy(children, (row) => row.slice(0, row.indexOf(",")));
  for (const row of claims) {
    const cells = splitRow(row);
    const own = named.get(cells[0] ?? "") ?? [];
    const received = cutOf(claimKnownOn(cells));
    const people = seen([cells[4] ?? "", ...own.map((child) => splitRow(child)[1] ?? "")]);
    if (received === undefined || people === undefined) continue;
    const cut = Math.max(received, people);
    told.push({ file: "claims.csv", cut, row });
    for (const child of own) told.push({ file: "claim_children.csv", cut, row: child });
    if (cut > 0) continue;
    const kids = own.map(splitRow).filter((child) => child[2] === "child");
    opening.push({
      claimant: cells[4] ?? "",
      individual: cells[5] === "individual",
      children: kids.map((child) => child[1] ?? ""),
    });
  }
  return opening;
}

/** What the office hears of late, of people about whom nothing else is told. */
function tellYear(claims: readonly YearClaim[], cuts: readonly Day[], told: Told[]): void {
  const cutOf = cutter(cuts);
  const touched = new Set(
    told.flatMap(({ file, row }) => (file === "status_periods.csv" ? splitRow(row).slice(1, 3) : [])),
  );
  for (const { row, knownOn } of yearEvents(claims, (number) => !touched.has(number), cuts[0] ?? 0)) {
    const cut = cutOf(knownOn);
    if (cut !== undefined) told.push({ file: "status_periods.csv", cut, row });
  }
}

function tellIncomes(
  rows: readonly string[],
  cuts: readonly Day[],
  seen: (numbers: readonly string[]) => number | undefined,
  told: Told[],
): void {
  const cutOf = cutter(cuts);
  const cells = rows.map(splitRow);
  const first = cuts[0] ?? 0;
  const late = lateCorrections(cells, first, (cuts.at(-1) ?? first) - first);
  const all = [...cells.map((each, index) => ({ row: rows[index] ?? "", knownOn: incomeKnownOn(each) })), ...late];
  for (const { row, knownOn } of all) {
    const cut = cutOf(knownOn);
    const person = seen([row.slice(0, row.indexOf(","))]);
    if (cut !== undefined && person !== undefined) {
      told.push({ file: "incomes.csv", cut: Math.max(cut, person), row });
    }
  }
}

async function writeDelivery(directory: string, asOf: string, told: readonly Told[]): Promise<void> {
  await mkdir(directory);
  const files: FeedFileEntry[] = [];
  for (const name of feedNames) {
    const file = openFeedFile(directory, name, headers[name]);
    for (const each of told) if (each.file === name) file.add(each.row);
    files.push(file.close());
  }
  const manifest: CityManifest = {
    format: "hagukumi-feed/1",
    municipality: "431001",
    createdAt: `${asOf}T23:59:59+09:00`,
    asOf,
    files,
  };
  await writeFile(join(directory, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The folder of the delivery of a day. */
export const deliveryOf = (directory: string, cut: string): string => join(directory, cut);

/**
 * Writes the deliveries; a folder that is already there is left alone, because it can only have come into being whole.
 *
 * @throws CityError `cityFolderUnwritable` when the folder cannot be made
 */
export async function splitCity(options: SplitOptions): Promise<void> {
  const target = resolve(options.directory);
  if (existsSync(target)) return;
  const cuts = options.cuts.flatMap((cut) => findDay(cut) ?? []);
  const ascending = cuts.every((cut, index) => index === 0 || (cuts[index - 1] ?? cut) < cut);
  if (!ascending || cuts.length !== options.cuts.length || cuts.length === 0)
    throw new CityError("cityAsOf", "連携の締めの日は、早い順に並べてください。");
  const cutOf = cutter(cuts);
  const told: Told[] = [];
  const firstSeen = new Map(tellResidents(await rowsOf(options.city, "residents.csv"), cutOf, told));
  const organizations = await rowsOf(options.city, "organizations.csv");
  for (const row of organizations) {
    firstSeen.set(row.slice(0, row.indexOf(",")), 0);
    told.push({ file: "organizations.csv", cut: 0, row });
  }
  const seen = (numbers: readonly string[]): number | undefined => {
    let last = 0;
    for (const number of numbers) {
      const first = firstSeen.get(number);
      if (first === undefined) return undefined;
      last = Math.max(last, first);
    }
    return last;
  };
  tellStatuses(await rowsOf(options.city, "status_periods.csv"), cutOf, seen, told);
  const claims = await rowsOf(options.city, "claims.csv");
  const opening = tellClaims(claims, await rowsOf(options.city, "claim_children.csv"), cutOf, seen, told);
  tellYear(opening, cuts, told);
  tellIncomes(await rowsOf(options.city, "incomes.csv"), cuts, seen, told);
  const byCut = Map.groupBy(told, ({ cut }) => cut);
  let temporary: string;
  try {
    await mkdir(dirname(target), { recursive: true });
    temporary = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  } catch (cause) {
    throw new CityError("cityFolderUnwritable", `${target} を作れません。置き場所の権限と空きを確かめてください。`, {
      cause,
    });
  }
  try {
    for (const [index, cut] of cuts.entries()) {
      const day = isoOf(cut);
      await writeDelivery(join(temporary, day), day, byCut.get(index) ?? []);
    }
    await chmod(temporary, 0o755);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
