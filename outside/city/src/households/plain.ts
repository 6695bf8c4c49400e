import { makeFamilyName, makeHome, makePerson, moveIn } from "../people/make.ts";
import { CHILD, FATHER, HEAD, HUSBAND, MOTHER, type Person, WIFE } from "../people/person.ts";
import { emptyUnit, type Unit } from "../people/unit.ts";
import type { World } from "../people/world.ts";
import { elsewhere } from "../appearance/places.ts";
import type { Day } from "../base/day.ts";
import type { Random } from "../base/random.ts";

const YEAR = 365;

function bornAtAge(world: World, random: Random, low: number, high: number): Day {
  return world.asOf - random.between(low * YEAR + 400, (high + 1) * YEAR);
}

/** The day a grown person came to live here: after turning 18 by a margin, at most forty years ago. */
function settledDay(world: World, random: Random, born: Day): Day {
  return random.between(Math.max(born + 19 * YEAR, world.asOf - 40 * YEAR), world.asOf);
}

/** The last ten years hold the ends that the registers show. */
function endDay(world: World, random: Random, settled: Day): Day {
  return Math.min(world.asOf, random.between(Math.max(settled + 30, world.asOf - 10 * YEAR), world.asOf));
}

/** A person living alone; `gone` means the register keeps only the history of one who left or died. */
export function makeSingle(world: World, random: Random, gone: boolean): Unit {
  const unit = emptyUnit();
  const foreign = random.perMille(35);
  const young = random.perMille(430);
  const born = young ? bornAtAge(world, random, 19, 44) : bornAtAge(world, random, 45, 95);
  const settled = settledDay(world, random, born);
  const person: Person = {
    ...makePerson(world, random, {
      sex: random.perMille(500) ? "1" : "2",
      born,
      family: makeFamilyName(random, foreign),
      foreign,
    }),
    ...(foreign && random.perMille(8) ? { birthUnknown: true as const } : {}),
  };
  const home = makeHome(world, random, settled);
  person.marks.push(
    random.perMille(5)
      ? { kind: "enter", day: settled, cause: "12", home, relation: HEAD }
      : moveIn(random, home, HEAD, settled),
  );
  if (random.perMille(6)) {
    const from = random.between(Math.max(settled, world.asOf - 4 * YEAR), world.asOf);
    person.protection = random.perMille(700) ? { from } : { from, until: Math.min(from + YEAR, world.asOf) };
  }
  if (gone) {
    const day = endDay(world, random, settled);
    if (!young && random.perMille(700)) person.marks.push({ kind: "die", day });
    else if (random.perMille(20)) person.marks.push({ kind: "strikeOut", day });
    else person.marks.push({ kind: "moveOut", day, to: elsewhere(random) });
  } else if (settled < world.asOf - 8 * YEAR && random.perMille(15)) {
    // Away for some years and back: two stays in one register.
    const away = random.between(settled + 200, world.asOf - 4 * YEAR);
    person.marks.push({ kind: "moveOut", day: away, to: elsewhere(random) });
    const back = random.between(away + 300, world.asOf - 300);
    person.marks.push(moveIn(random, makeHome(world, random, back), HEAD, back));
  }
  unit.people.push(person);
  return unit;
}

/** Two grown people, with now and then a parent of one of them or a grown child. No child to 18 lives here. */
export function makeCouple(world: World, random: Random): Unit {
  const unit = emptyUnit();
  const foreign = random.perMille(15);
  const family = makeFamilyName(random, foreign);
  const born = bornAtAge(world, random, random.perMille(450) ? 60 : 27, 88);
  const settled = settledDay(world, random, born);
  const home = makeHome(world, random, settled);
  const man = makePerson(world, random, { sex: "1", born, family, foreign });
  const womanBorn = Math.min(born + random.between(-4 * YEAR, 6 * YEAR), settled - 19 * YEAR);
  const woman = makePerson(world, random, { sex: "2", born: womanBorn, family, foreign });
  const womanHeads = random.perMille(60);
  man.marks.push(moveIn(random, home, womanHeads ? HUSBAND : HEAD, settled));
  woman.marks.push(moveIn(random, home, womanHeads ? HEAD : WIFE, settled));
  unit.people.push(man, woman);
  const age = (world.asOf - born) / YEAR;
  if (age > 55 && random.perMille(330)) {
    const childBorn = born + random.between(23 * YEAR, 30 * YEAR);
    if (world.asOf - childBorn > 23 * YEAR) {
      const child = makePerson(world, random, {
        sex: random.perMille(500) ? "1" : "2",
        born: childBorn,
        family,
        foreign,
      });
      if (childBorn > settled) child.marks.push({ kind: "enter", day: childBorn, cause: "11", home, relation: CHILD });
      else child.marks.push(moveIn(random, home, CHILD, settled));
      unit.people.push(child);
    }
  } else if (age < 60 && random.perMille(60)) {
    const sex = random.perMille(300) ? "1" : "2";
    const parent = makePerson(world, random, {
      sex,
      born: born - random.between(22 * YEAR, 34 * YEAR),
      family,
      foreign,
    });
    const day = random.between(settled, world.asOf);
    parent.marks.push(moveIn(random, home, sex === "1" ? FATHER : MOTHER, day));
    unit.people.push(parent);
  }
  // Bereavement leaves one of the two, now as head.
  if (age > 65 && random.perMille(220)) {
    const day = endDay(world, random, settled);
    man.marks.push({ kind: "die", day });
    if (!womanHeads) woman.marks.push({ kind: "relation", day, relation: HEAD });
  }
  return unit;
}
