import { kanaOf } from "../appearance/names.ts";
import { ABROAD } from "../appearance/places.ts";
import { ageOn, anniversaryOf, type Day, dayOf } from "../base/day.ts";
import { fileDirectly } from "../claims/direct.ts";
import { fileBetween, fileFor } from "../claims/filing.ts";
import { incomeIn } from "../claims/income-profile.ts";
import { REFORM } from "../claims/reform.ts";
import { type Care, fileSpell } from "../claims/spell.ts";
import type { Person } from "../people/person.ts";
import { OPEN_END } from "../people/world.ts";
import { type Family, makeFamily } from "./family.ts";
import type { Story } from "./parent-stories.ts";
import { careOf, findTurningDay, minorsOn, plainSpell } from "./plain.ts";

/** A minor of the family on a day, between two ages. */
function findChildAged(family: Family, day: Day, low: number, high: number): Person | undefined {
  return minorsOn(family, day).find((child) => {
    const age = ageOn(child.born, day);
    return age >= low && age <= high;
  });
}

const withCare = (family: Family, child: Person, parts: readonly Omit<Care, "child">[]): Care[] => [
  ...careOf(family).filter((care) => care.child !== child),
  ...parts.map((part) => ({ child, ...part })),
];

export const childDies: Story = (world, random) => {
  const family = makeFamily(world, random, { parents: "both", stays: true, youngerThan: 18 });
  const day = findTurningDay(family, random);
  const child = day === undefined ? undefined : findChildAged(family, day, 0, 14);
  if (day === undefined || child === undefined) return undefined;
  child.marks.push({ kind: "die", day });
  fileSpell(family, plainSpell(family, withCare(family, child, [{ from: child.born, until: day, cause: "birth" }])));
  return family.unit;
};

/** A child goes abroad: to study without the parents (規則1条: payable for three years), or for other reasons. */
export function childGoesAbroad(study: boolean): Story {
  return (world, random) => {
    const family = makeFamily(world, random, { parents: "both", stays: true, youngerThan: 18 });
    const day = findTurningDay(family, random);
    const child = day === undefined ? undefined : findChildAged(family, day, study ? 12 : 5, study ? 15 : 13);
    if (day === undefined || child === undefined) return undefined;
    // Less than three years in Japan before leaving does not give the exception.
    if (study && day - family.arrived < 3 * 366 + 10 && child.born < family.arrived) return undefined;
    child.marks.push({ kind: "moveOut", day, to: ABROAD });
    family.unit.statuses.push({
      kind: "abroad",
      person: child.number,
      from: day,
      study,
      livedInJapanFrom: Math.max(child.born, study ? child.born : family.arrived),
    });
    const until = study ? anniversaryOf(day, 3) - 1 : day;
    fileSpell(family, plainSpell(family, withCare(family, child, [{ from: child.born, until, cause: "birth" }])));
    return family.unit;
  };
}

/** A child is placed in an institution or with a foster parent; a stay fixed at two months or less changes nothing. */
export function childIsPlaced(shortStay: boolean): Story {
  return (world, random) => {
    const family = makeFamily(world, random, {
      parents: random.perMille(500) ? "mother" : "both",
      stays: true,
      youngerThan: 16,
    });
    const day = findTurningDay(family, random);
    const child = day === undefined ? undefined : findChildAged(family, day, 0, 13);
    if (day === undefined || child === undefined) return undefined;
    const organization = random.below(world.careHomes);
    const left = day + (shortStay ? random.between(10, 55) : random.between(90, 2200));
    const until = left <= world.asOf ? left : undefined;
    family.unit.placements.push({
      child,
      organization,
      from: day,
      shortStay,
      ...(until === undefined ? {} : { until }),
    });
    const parts: Omit<Care, "child">[] = shortStay
      ? [{ from: child.born, until: OPEN_END, cause: "birth" }]
      : [
          { from: child.born, until: day, cause: "birth" },
          ...(until === undefined ? [] : [{ from: until, until: OPEN_END, cause: "leftInstitution" as const }]),
        ];
    fileSpell(family, plainSpell(family, withCare(family, child, parts)));
    return family.unit;
  };
}

/** A tax correction in autumn 2023 brings an income of R5 below the upper limit again. */
export const taxCorrected: Story = (world, random) => {
  const family = makeFamily(world, random, {
    parents: "both",
    stays: true,
    firstBorn: [dayOf(2012, 5, 1), dayOf(2021, 3, 1)],
  });
  const profile = { ...family.profile, lowYear: 0, other: 0, atLimit: { limit: "upper" as const, distance: 1000 } };
  fileSpell(family, { ...plainSpell(family), profile });
  const year = 2022;
  const corrected = dayOf(2023, 10, random.between(2, 20));
  const filing = fileFor(random, corrected);
  if (filing.received > world.asOf) return undefined;
  const before = incomeIn(profile, family.earner.number, family.children, year);
  const next = incomeIn(profile, family.earner.number, family.children, year + 1);
  const { incomes } = family.unit;
  incomes.splice(0, incomes.length, ...incomes.filter((row) => row.year < year));
  incomes.push(before, { ...before, history: 2, salary: before.salary - 500_000, corrected }, next);
  fileDirectly(family, {
    claimant: family.earner,
    filing,
    reason: "taxCorrection",
    event: corrected,
    children: minorsOn(family, filing.received),
    relation: "子",
    account: world.openAccount(random, kanaOf(family.earner.name)),
  });
  return family.unit;
};

/** One year of low income under R5: nothing from 2022-06, a claim after the tax notice of June 2023, nothing from 2024-06. */
export const incomeFell: Story = (world, random) => {
  const family = makeFamily(world, random, {
    parents: "both",
    stays: true,
    firstBorn: [dayOf(2012, 5, 1), dayOf(2021, 3, 1)],
  });
  const { atLimit: _, ...rest } = family.profile;
  const profile = {
    ...rest,
    base: random.between(13_000, 18_000) * 1000,
    step: 0,
    lowYear: 2022,
    other: 0,
    deductions: 0,
  };
  fileSpell(family, { ...plainSpell(family), profile });
  return family.unit;
};

const DISASTER_BEGAN = dayOf(2016, 4, 16);
const DISASTER_ENDED = dayOf(2016, 5, 9);

/** Born while a disaster kept the parents from the office: the month counts from the birth (8条3項). */
export const bornInDisaster: Story = (world, random) => {
  if (world.asOf < DISASTER_ENDED + 30) return undefined;
  const family = makeFamily(world, random, {
    parents: "both",
    stays: true,
    firstBorn: [DISASTER_BEGAN, DISASTER_ENDED - 5],
  });
  const spell = plainSpell(family);
  fileSpell(family, { ...spell, cause: "disaster", obstacleEnded: DISASTER_ENDED });
  return family.unit;
};

/** Only children of 高校生年代 at the reform: nothing was payable, and from 2024-10 everything is (令6法47附則13条). */
export const reformBringsRight: Story = (world, random) => {
  if (world.asOf < REFORM + 40) return undefined;
  const family = makeFamily(world, random, {
    parents: "both",
    stays: true,
    firstBorn: [dayOf(2006, 6, 1), dayOf(2009, 3, 20)],
  });
  const youngest = family.children.at(-1);
  if (youngest === undefined || youngest.born > dayOf(2009, 4, 1)) return undefined;
  fileSpell(family, plainSpell(family));
  return family.unit;
};

/** A paper for a child who has long left 児童 age cannot be granted; an office sees a few each spring. */
export const claimTooOld: Story = (world, random) => {
  const family = makeFamily(world, random, {
    parents: "both",
    stays: true,
    firstBorn: [dayOf(2002, 5, 1), dayOf(2005, 3, 1)],
  });
  const [only] = family.children;
  if (only === undefined || family.children.length > 1 || world.asOf < REFORM + 160) return undefined;
  fileSpell(family, plainSpell(family));
  fileDirectly(family, {
    claimant: family.earner,
    filing: fileBetween(random, REFORM + 10, REFORM + 150),
    reason: "other",
    event: REFORM,
    children: [only],
    relation: "子",
    account: world.openAccount(random, kanaOf(family.earner.name)),
  });
  return family.unit;
};
