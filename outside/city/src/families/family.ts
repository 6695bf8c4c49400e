import type { Reading } from "../appearance/names.ts";
import { ABROAD, elsewhere } from "../appearance/places.ts";
import { type Day, dayOf, fiscalYearEndOf, yearOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import { type IncomeProfile, makeProfile } from "../claims/income-profile.ts";
import { makeFamilyName, makeHome, makePerson, moveIn } from "../people/make.ts";
import { CHILD, FATHER, HEAD, type Home, HUSBAND, MOTHER, type Person, WIFE } from "../people/person.ts";
import { emptyUnit, type Unit } from "../people/unit.ts";
import { OPEN_END, type World } from "../people/world.ts";

const YEAR = 365;

/** Parents and children as they came to live in the city, before anything special happens to them. */
export interface Family {
  readonly unit: Unit;
  readonly random: Random;
  readonly world: World;
  readonly familyName: Reading;
  readonly foreign: boolean;
  readonly home: Home;
  /** The day the family (not each child) came to live here. */
  readonly arrived: Day;
  readonly arrival: "settled" | "moveIn" | "fromAbroad";
  /** 転出予定日 of the move; equals `arrived` when there was none. */
  readonly planned: Day;
  /** 転出予定日 of the whole family's leaving, or OPEN_END. */
  readonly departed: Day;
  /** The parent with the higher income (生計を維持する程度の高い者). */
  readonly earner: Person;
  readonly partner: Person | undefined;
  readonly children: readonly Person[];
  readonly profile: IncomeProfile;
  readonly employeeClass: "employee" | "nonEmployee";
  /** Whether the parents bear a grown child's living costs, and until when it studies. */
  readonly support: ReadonlyMap<string, Support>;
}

export interface Support {
  readonly supported: boolean;
  /** Day after the expected graduation (1 April), or undefined when the child does not study. */
  readonly graduates: Day | undefined;
}

const sizes: readonly [{ weight: number; item: number }, ...{ weight: number; item: number }[]] = [
  { weight: 360, item: 1 },
  { weight: 445, item: 2 },
  { weight: 155, item: 3 },
  { weight: 32, item: 4 },
  { weight: 8, item: 5 },
];

/** Birth days of the children that have come into the world by `asOf`; twins share theirs. */
function birthsFrom(random: Random, first: Day, wanted: number, asOf: Day, lastPossible: Day): Day[] {
  const births: Day[] = [];
  let day = first;
  while (births.length < wanted && day <= asOf && day <= lastPossible) {
    births.push(day);
    if (random.perMille(12)) births.push(day);
    day += random.between(480, 1500);
  }
  return births;
}

/** Fewer children are born from year to year: in a third of the families the earlier of two days is taken. */
function firstBirth(random: Random, from: Day, until: Day): Day {
  const day = random.between(from, until);
  return random.perMille(330) ? Math.min(day, random.between(from, until)) : day;
}

export interface FamilyWish {
  /** Who is there: both parents, or one. */
  readonly parents: "both" | "mother" | "father";
  /** At least this many children born by now. */
  readonly children?: number;
  /** No child is older than this many years. */
  readonly youngerThan?: number;
  /** The first child is born in these days, while the family already lives here. */
  readonly firstBorn?: readonly [Day, Day];
  /** The family is still here. */
  readonly stays?: boolean;
}

export function makeFamily(world: World, random: Random, wish: FamilyWish): Family {
  const { asOf } = world;
  const unit = emptyUnit();
  const foreign = random.perMille(18);
  const familyName = makeFamilyName(random, foreign);
  const youngerThan = wish.youngerThan ?? 27;
  const least = wish.children ?? 1;
  const wanted = Math.max(least, random.weighted(sizes));
  // Enough time for the children asked for, each at most 1,500 days after the one before.
  const first =
    wish.firstBorn === undefined
      ? firstBirth(random, asOf - youngerThan * YEAR, asOf - 20 - (least - 1) * 1500)
      : random.between(wish.firstBorn[0], wish.firstBorn[1]);
  const motherBorn = first - Math.floor((random.between(19, 40) * YEAR + random.between(20, 39) * YEAR) / 2) - 40;
  const fatherBorn = Math.min(first - 20 * YEAR, motherBorn + random.between(-8 * YEAR, 4 * YEAR));
  const births = birthsFrom(random, first, wanted, asOf, motherBorn + 47 * YEAR);

  const settled = wish.firstBorn !== undefined || random.perMille(700) || first > asOf - 90;
  const arrived = settled ? first - random.between(40, 2500) : random.between(first + 1, asOf - 1);
  const arrival = settled ? "settled" : random.perMille(60) ? "fromAbroad" : "moveIn";
  const planned = arrival === "moveIn" ? arrived - random.between(0, 12) : arrived;
  const leaves = wish.stays !== true && random.perMille(130);
  const earliestEnd = Math.max(arrived + 200, asOf - 9 * YEAR);
  const departed = leaves && earliestEnd < asOf ? random.between(earliestEnd, asOf) : OPEN_END;

  const home = makeHome(world, random, arrived);
  const motherEarns = wish.parents === "mother" || (wish.parents === "both" && random.perMille(120));
  const motherHeads = wish.parents === "mother" || (motherEarns && random.perMille(600));
  const from = arrival === "fromAbroad" ? ABROAD : elsewhere(random);
  const father =
    wish.parents === "mother"
      ? undefined
      : makePerson(world, random, { sex: "1", born: fatherBorn, family: familyName, foreign });
  const mother =
    wish.parents === "father"
      ? undefined
      : makePerson(world, random, { sex: "2", born: motherBorn, family: familyName, foreign });
  father?.marks.push(moveIn(random, home, motherHeads ? HUSBAND : HEAD, arrived, from, planned));
  if (mother !== undefined)
    enterMother(world, random, mother, {
      home,
      arrived,
      planned,
      from,
      relation: motherHeads ? HEAD : WIFE,
      mayMarry: settled && father !== undefined && !foreign,
    });

  const children: Person[] = [];
  for (const born of births) {
    const child = makePerson(world, random, {
      sex: random.perMille(512) ? "1" : "2",
      born,
      family: familyName,
      foreign,
    });
    if (born < arrived) child.marks.push(moveIn(random, home, CHILD, arrived, from, planned));
    else if (born < departed) child.marks.push({ kind: "enter", day: born, cause: "11", home, relation: CHILD });
    else continue;
    children.push(child);
  }
  const support = new Map(children.map((child) => [child.number, growUp(world, random, child, departed)]));

  let elderly = 0;
  if (father !== undefined && random.perMille(70)) {
    for (const sex of random.perMille(400) ? (["1", "2"] as const) : (["2"] as const)) {
      const born = fatherBorn - random.between(22 * YEAR, 35 * YEAR);
      const grandparent = makePerson(world, random, { sex, born, family: familyName, foreign });
      // Named from the head of the household, who may be the daughter-in-law.
      grandparent.marks.push(
        moveIn(random, home, (motherHeads ? HUSBAND : "") + (sex === "1" ? FATHER : MOTHER), arrived, from, planned),
      );
      if (random.perMille(200) && arrived < asOf - 800) {
        const day = random.between(Math.max(arrived, asOf - 10 * YEAR), Math.min(asOf, departed - 1));
        grandparent.marks.push({ kind: "die", day });
      } else {
        elderly++;
        leave(grandparent, departed, from);
      }
      unit.people.push(grandparent);
    }
  }
  for (const parent of [father, mother]) if (parent !== undefined) leave(parent, departed, from);
  for (const child of children) leave(child, departed, from);
  const earner = (motherEarns ? mother : father) ?? mother ?? father;
  if (earner === undefined) throw new Error("親のいない世帯は作れません。");
  const partner = earner === father ? mother : father;
  unit.people.unshift(...[father, mother].filter((parent) => parent !== undefined), ...children);
  return {
    unit, random, world, familyName, foreign, home, arrived, arrival, planned, departed, earner, partner, children,
    profile: makeProfile(random, elderly), employeeClass: random.perMille(800) ? "employee" : "nonEmployee", support,
  }; // prettier-ignore
}

interface MotherEntry {
  readonly home: Home;
  readonly arrived: Day;
  readonly planned: Day;
  readonly from: string;
  readonly relation: string;
  readonly mayMarry: boolean;
}

/** Now and then the mother lived here before she married, under her own name. */
function enterMother(world: World, random: Random, mother: Person, entry: MotherEntry): void {
  const { home, arrived } = entry;
  if (!entry.mayMarry || !random.perMille(180)) {
    mother.marks.push(moveIn(random, home, entry.relation, arrived, entry.from, entry.planned));
    return;
  }
  const maiden = makeFamilyName(random, false);
  const before = Math.max(mother.born + 18 * YEAR, arrived - random.between(100, 1500));
  const own = { number: world.household(), stays: makeHome(world, random, before).stays.slice(0, 1) };
  const married = mother.name;
  // The register holds the first name; marriage is a later mark.
  Object.assign(mother, { name: { ...married, family: maiden[0], familyKana: maiden[1] } });
  mother.marks.push(
    moveIn(random, own, HEAD, Math.min(before, arrived - 1), entry.from),
    { kind: "live", day: arrived, home, relation: entry.relation },
    { kind: "rename", day: arrived, name: married },
  );
}

/** What a child does after 高校生年代: stays, leaves for a school elsewhere, or leaves for good. */
function growUp(world: World, random: Random, child: Person, departed: Day): Support {
  const adult = fiscalYearEndOf(child.born, 18) + 1;
  const years = random.weighted([
    { weight: 500, item: 4 },
    { weight: 200, item: 2 },
    { weight: 300, item: 0 },
  ]);
  const supported = random.perMille(years === 0 ? 300 : 900);
  const graduates = years === 0 ? undefined : dayOf(yearOf(adult) + years, 4, 1);
  const leavesAt = random.perMille(400) ? adult + random.between(-20, 10) : adult + random.between(4 * YEAR, 9 * YEAR);
  if (leavesAt <= world.asOf && leavesAt < departed && random.perMille(750)) {
    const first = child.marks[0];
    if (first !== undefined && first.day < leavesAt)
      child.marks.push({ kind: "moveOut", day: leavesAt, to: elsewhere(random) });
  }
  return { supported, graduates };
}

/** 転出 with the family, unless the person is gone already. */
export function leave(person: Person, day: Day, to: string): void {
  if (day === OPEN_END) return;
  const gone = person.marks.some((mark) => mark.kind === "moveOut" || mark.kind === "die");
  const here = person.marks.some((mark) => mark.kind === "enter" && mark.day < day);
  if (!gone && here) person.marks.push({ kind: "moveOut", day, to });
}
