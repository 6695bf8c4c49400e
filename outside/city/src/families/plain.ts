import { type Day, dayOf, fiscalYearEndOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import { type Care, fileSpell, type Spell } from "../claims/spell.ts";
import type { Person } from "../people/person.ts";
import type { Unit } from "../people/unit.ts";
import { OPEN_END, type World } from "../people/world.ts";
import { type Family, makeFamily } from "./family.ts";

export const careOf = (family: Family): Care[] =>
  family.children.map((child) => ({ child, from: child.born, until: OPEN_END, cause: "birth" }));

/** The usual life of a claim: from the first birth, or from moving in with children, for as long as the family stays. */
export function plainSpell(family: Family, care: readonly Care[] = careOf(family)): Spell {
  const firstBorn = family.children[0]?.born ?? family.arrived;
  const settled = firstBorn >= family.arrived;
  return {
    recipient: family.earner,
    profile: family.profile,
    employeeClass: family.employeeClass,
    from: settled ? firstBorn : family.arrived,
    until: family.departed,
    cause: settled ? "birth" : family.arrival === "fromAbroad" ? "moveInFromAbroad" : "moveIn",
    event: settled ? firstBorn : family.planned,
    ...(settled ? {} : { notBefore: family.arrived }),
    care,
    relation: "子",
  };
}

/** Minors on a day, still in 児童 age and born by then. */
export const minorsOn = (family: Family, day: Day): Person[] =>
  family.children.filter((child) => child.born <= day && fiscalYearEndOf(child.born, 18) >= day);

/**
 * A day of the last nine years on which the family has had its right for a while and a minor child lives with it.
 * @returns undefined when this family has no such day
 */
export function findTurningDay(family: Family, random: Random): Day | undefined {
  const spell = plainSpell(family);
  const last = family.children.at(-1);
  if (last === undefined) return undefined;
  const earliest = Math.max(spell.from + 120, dayOf(2016, 1, 4), family.world.asOf - 9 * 365);
  const latest = Math.min(family.world.asOf - 40, family.departed - 200, fiscalYearEndOf(last.born, 15) - 60);
  if (earliest >= latest) return undefined;
  const day = random.between(earliest, latest);
  return minorsOn(family, day).length > 0 ? day : undefined;
}

export function tellPlain(world: World, random: Random): Unit {
  const roll = random.below(1000);
  const family = makeFamily(world, random, { parents: roll < 872 ? "both" : roll < 985 ? "mother" : "father" });
  fileSpell(family, plainSpell(family));
  return family.unit;
}
