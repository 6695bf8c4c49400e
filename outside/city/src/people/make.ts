import { familyName, nameIn, type Reading, type Sex } from "../appearance/names.ts";
import { addressIn, elsewhere, type Ward } from "../appearance/places.ts";
import type { Day } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import type { Home, Mark, Person } from "./person.ts";
import type { World } from "./world.ts";

/** A household from a day on; one in four moves within the city later, half of those into another ward. */
export function makeHome(world: World, random: Random, from: Day, ward?: Ward): Home {
  const first = addressIn(random, ward);
  const stays = [{ from, address: first }];
  if (random.perMille(250) && world.asOf - from > 400) {
    const day = random.between(from + 180, world.asOf);
    stays.push({ from: day, address: random.perMille(500) ? addressIn(random) : addressIn(random, first.ward) });
  }
  return { number: world.household(), stays };
}

export interface PersonWish {
  readonly sex: Sex;
  readonly born: Day;
  readonly family: Reading;
  readonly foreign: boolean;
}

export function makePerson(world: World, random: Random, wish: PersonWish): Person {
  return {
    number: world.addressee(),
    sex: wish.sex,
    born: wish.born,
    foreign: wish.foreign,
    name: nameIn(random, wish.family, wish.sex, wish.foreign),
    marks: [],
  };
}

export const makeFamilyName = familyName;

/** 転入: the household's first day here, planned up to twelve days earlier at the former municipality. */
export function moveIn(
  random: Random,
  home: Home,
  relation: string,
  day: Day,
  from = elsewhere(random),
  planned = day,
): Mark {
  return { kind: "enter", day, cause: "10", home, relation, plannedMoveOut: planned, from };
}

/** The household a person belongs to on a day, or undefined before, after and between stays in the city. */
export function findHome(person: Person, day: Day): Home | undefined {
  let home: Home | undefined;
  let since = Number.NEGATIVE_INFINITY;
  for (const mark of person.marks) {
    // Marks are added as stories unfold, not in the order of their days.
    if (mark.day > day || mark.day < since) continue;
    if (mark.kind === "enter" || mark.kind === "live") home = mark.home;
    else if (mark.kind === "moveOut" || mark.kind === "strikeOut" || mark.kind === "die") home = undefined;
    else continue;
    since = mark.day;
  }
  return home;
}

/** The ward where a person lives on a day; the last one lived in when the person is away. */
export function wardOn(person: Person, day: Day): Ward {
  let home: Home | undefined;
  for (const mark of person.marks) {
    if (mark.kind === "enter" || mark.kind === "live") if (home === undefined || mark.day <= day) home = mark.home;
  }
  let ward: Ward = "431010";
  for (const [index, stay] of (home?.stays ?? []).entries())
    if (index === 0 || stay.from <= day) ward = stay.address.ward;
  return ward;
}
