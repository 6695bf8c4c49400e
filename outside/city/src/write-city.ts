import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";

import { createAccounts } from "./appearance/accounts.ts";
import { dayOf, findDay } from "./base/day.ts";
import { createNumbering } from "./base/numbers.ts";
import { createRandom } from "./base/random.ts";
import { CityError } from "./city-error.ts";
import type { CityManifest } from "./feed/manifest.ts";
import { createClaimNumbers, claimChildRows, claimRow, incomeRow, organizationRow, statusRow } from "./feed/rows.ts";
import { type FeedFile, type FeedFileEntry, openFeedFile } from "./feed/files.ts";
import { type FeedName, feedNames, headers } from "./feed/headers.ts";
import { residentRows } from "./feed/resident-rows.ts";
import { assertReplaceable, putInPlace } from "./feed/target.ts";
import { drawUnit, storyUnits } from "./households/draw.ts";
import { CARE_HOMES, claimsOf, fosterParentsOf, makeOrganizations } from "./organizations/organizations.ts";
import { isResident, settleMarks } from "./people/person.ts";
import type { Claim, Placement, Unit } from "./people/unit.ts";
import type { World } from "./people/world.ts";

export interface CityOptions {
  /** Residents on the day of reference, 1 to 2,000,000. The files also hold people who left or died in ten years. */
  readonly population: number;
  /** Any text of 1 to 64 characters. The same seed, population and day give the same bytes. */
  readonly seed: string;
  /** `YYYY-MM-DD`, 2025-04-01 to 2035-12-31: the day up to which the registers are complete. */
  readonly asOf: string;
  /** The folder to write. It may exist only if it is empty or holds this very city. */
  readonly directory: string;
  /** Replaces another city in the folder; never a folder that holds anything else. */
  readonly force?: boolean;
  /** Called now and then with residents done and wanted. */
  readonly onProgress?: (done: number, total: number) => void;
}

const MOST_PEOPLE = 2_000_000;
const FIRST_ADDRESSEE = 100_000_001;
const FIRST_HOUSEHOLD = 500_000_001;
/** Small towns have no room for every rare story. */
const STORIES_FROM = 1500;
const PAUSE_EVERY = 2000;

/**
 * Writes a synthetic city as the feed of a real one: residents with ten years of history, and the claims it received.
 * People and places are made up and look it. Memory does not grow with the city beyond a few hundred institution children.
 * @throws CityError when the options are out of range or the folder cannot be taken; nothing is left half-written
 */
export async function writeCity(options: CityOptions): Promise<CityManifest> {
  const asOf = checkOptions(options);
  const target = resolve(options.directory);
  await assertReplaceable(target, options.force === true);
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
    const files = await writeFiles(options, asOf, temporary);
    const manifest: CityManifest = {
      format: "hagukumi-feed/1",
      municipality: "431001",
      // Fixed by the day of reference: a clock here would make two runs differ.
      createdAt: `${options.asOf}T23:59:59+09:00`,
      asOf: options.asOf,
      files,
    };
    await writeFile(join(temporary, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    // mkdtemp keeps the folder to its owner; a delivery is read by whoever imports it.
    await chmod(temporary, 0o755);
    await putInPlace(temporary, target, manifest, options.force === true);
    return manifest;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function checkOptions(options: CityOptions): number {
  const { population, seed } = options;
  if (!Number.isSafeInteger(population) || population < 1 || population > MOST_PEOPLE) {
    throw new CityError(
      "cityPopulation",
      `人口 ${population} は使えません。1 から ${MOST_PEOPLE} までの整数を指定してください。`,
    );
  }
  if (seed.length < 1 || seed.length > 64) {
    throw new CityError("citySeed", "シードは 1 文字から 64 文字で指定してください。");
  }
  const asOf = findDay(options.asOf);
  if (asOf === undefined || asOf < dayOf(2025, 4, 1) || asOf > dayOf(2035, 12, 31)) {
    throw new CityError(
      "cityAsOf",
      `基準日 ${options.asOf} は使えません。2025-04-01 から 2035-12-31 までの日付を YYYY-MM-DD で指定してください。`,
    );
  }
  return asOf;
}

type Files = Readonly<Record<FeedName, FeedFile>>;

function openFiles(directory: string): Files {
  const open = (name: FeedName): FeedFile => openFeedFile(directory, name, headers[name]);
  return {
    "residents.csv": open("residents.csv"),
    "organizations.csv": open("organizations.csv"),
    "claims.csv": open("claims.csv"),
    "claim_children.csv": open("claim_children.csv"),
    "status_periods.csv": open("status_periods.csv"),
    "incomes.csv": open("incomes.csv"),
  };
}

async function writeFiles(options: CityOptions, asOf: number, directory: string): Promise<FeedFileEntry[]> {
  const files = openFiles(directory);
  try {
    await fillFiles(options, asOf, files);
  } catch (error) {
    for (const name of feedNames) files[name].discard();
    throw error;
  }
  return feedNames.map((name) => files[name].close());
}

async function fillFiles(options: CityOptions, asOf: number, files: Files): Promise<void> {
  const claimNumber = createClaimNumbers();
  const addressee = createNumbering(FIRST_ADDRESSEE);
  const fosterParents = fosterParentsOf(options.population);
  const cityRandom = createRandom(options.seed, "city");
  const organizations = makeOrganizations(addressee, cityRandom, fosterParents);
  const world: World = {
    asOf,
    addressee,
    household: createNumbering(FIRST_HOUSEHOLD),
    openAccount: createAccounts(),
    careHomes: CARE_HOMES + fosterParents,
  };
  const placed = organizations.map((): Placement[] => []);

  const writeClaim = (claim: Claim): void => {
    const number = claimNumber(claim.received);
    files["claims.csv"].add(claimRow(number, claim));
    for (const row of claimChildRows(number, claim)) files["claim_children.csv"].add(row);
  };
  const writeUnit = (unit: Unit): void => {
    for (const person of unit.people) for (const row of residentRows(person, asOf)) files["residents.csv"].add(row);
    for (const claim of unit.claims) writeClaim(claim);
    for (const status of unit.statuses) files["status_periods.csv"].add(statusRow(status));
    for (const income of unit.incomes) files["incomes.csv"].add(incomeRow(income));
    for (const place of unit.placements) {
      const organization = organizations[place.organization];
      if (organization?.kind === "institution") {
        const { child, from, until, shortStay } = place;
        const period = {
          kind: "institution",
          person: child.number,
          other: organization.number,
          from,
          shortStay,
        } as const;
        files["status_periods.csv"].add(statusRow(until === undefined ? period : { ...period, until }));
      }
      // A short stay stays with the parents, so the institution has nothing to claim.
      if (!place.shortStay) placed[place.organization]?.push(place);
    }
  };

  for (const organization of organizations) files["organizations.csv"].add(organizationRow(organization));
  const special = options.population >= STORIES_FROM ? storyUnits() : [];
  let residents = 0;
  for (let index = 0; residents < options.population; index++) {
    const random = createRandom(options.seed, `unit ${index}`);
    const unit = drawUnit(world, random, special[index], options.population - residents);
    for (const person of unit.people) settleMarks(person);
    const added = unit.people.filter((person) => isResident(person)).length;
    // The last households must fit exactly; one that is too large is drawn again as somebody living alone.
    if (residents + added > options.population) continue;
    writeUnit(unit);
    residents += added;
    if (index % PAUSE_EVERY === PAUSE_EVERY - 1) {
      options.onProgress?.(residents, options.population);
      await setImmediate();
    }
  }
  for (const [index, organization] of organizations.entries()) {
    const random = createRandom(options.seed, `organization ${index}`);
    for (const claim of claimsOf(world, random, organization, placed[index] ?? [])) writeClaim(claim);
  }
  options.onProgress?.(options.population, options.population);
}
