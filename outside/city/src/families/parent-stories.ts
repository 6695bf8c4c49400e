import { kanaOf } from "../appearance/names.ts";
import { ABROAD, elsewhere } from "../appearance/places.ts";
import { type Day, dayOf, yearOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import { fileDirectly } from "../claims/direct.ts";
import { fileBetween, fileFor } from "../claims/filing.ts";
import { makeProfile } from "../claims/income-profile.ts";
import { fileSpell, type Spell } from "../claims/spell.ts";
import { makeFamilyName, makeHome, makePerson, moveIn } from "../people/make.ts";
import { CHILD, GRANDCHILD, HEAD, LODGER, MOTHER, type Person } from "../people/person.ts";
import type { ClaimReason, Unit } from "../people/unit.ts";
import { OPEN_END, type World } from "../people/world.ts";
import { type Family, makeFamily } from "./family.ts";
import { careOf, findTurningDay, minorsOn, plainSpell } from "./plain.ts";

/** Something that happens to one family; undefined when the family drawn does not allow it. */
export type Story = (world: World, random: Random) => Unit | undefined;

const couple = (world: World, random: Random): Family =>
  makeFamily(world, random, { parents: "both", stays: true, youngerThan: 20 });

/** The other person's turn from a day on, for the children who are minors then or come later. */
function takeOver(family: Family, day: Day, recipient: Person, cause: ClaimReason, more: Partial<Spell> = {}): Spell {
  const minors = new Set(minorsOn(family, day));
  return {
    ...plainSpell(
      family,
      careOf(family).filter((care) => minors.has(care.child) || care.from > day),
    ),
    recipient,
    profile: makeProfile(family.random, 0),
    employeeClass: family.random.perMille(700) ? "employee" : "nonEmployee",
    from: day,
    cause,
    event: day,
    ...more,
  };
}

function endCare(family: Family, day: Day): void {
  for (const child of minorsOn(family, day)) {
    family.unit.statuses.push({ kind: "careEnd", person: child.number, other: family.earner.number, from: day });
  }
}

/** The earner's own spell, ended on a day; no child born later is claimed for. */
function endedSpell(family: Family, day: Day): Spell {
  return { ...plainSpell(family), until: day };
}

/** Children born after the parents parted would not be theirs together: such a family is drawn again. */
const hasLaterBirth = (family: Family, day: Day): boolean => family.children.some((child) => child.born > day);

/** Separation: the lower earner leaves with the children (同居優先), in one case in three under 支援措置 (DV). */
export function separation(protectedCase: boolean): Story {
  return (world, random) => {
    const family = couple(world, random);
    const day = findTurningDay(family, random);
    const { partner } = family;
    if (day === undefined || partner === undefined || hasLaterBirth(family, day)) return undefined;
    if (protectedCase && partner.sex !== "2") return undefined;
    const refuge = makeHome(world, random, day);
    partner.marks.push({ kind: "live", day, home: refuge, relation: HEAD });
    for (const child of minorsOn(family, day)) {
      child.marks.push({ kind: "live", day, home: refuge, relation: CHILD });
      if (protectedCase) child.protection = { from: day };
    }
    if (protectedCase) partner.protection = { from: day };
    fileSpell(family, endedSpell(family, day));
    endCare(family, day);
    fileSpell(family, takeOver(family, day, partner, "livingTogetherPriority"));
    if (!protectedCase && random.perMille(250)) claimWithoutCare(family, day);
    return family.unit;
  };
}

/** The parent who no longer has care claims all the same: the office must refuse. */
function claimWithoutCare(family: Family, day: Day): void {
  const { random, world, earner } = family;
  fileDirectly(family, {
    claimant: earner,
    filing: fileBetween(random, day + 60, day + 300),
    reason: "other",
    event: day,
    children: minorsOn(family, day),
    relation: "子",
    careUntil: day,
    account: world.openAccount(random, kanaOf(earner.name)),
  });
}

/** The recipient dies and the other parent claims. */
export const recipientDies: Story = (world, random) => {
  const family = couple(world, random);
  const day = findTurningDay(family, random);
  const { earner, partner } = family;
  if (day === undefined || partner === undefined || hasLaterBirth(family, day)) return undefined;
  earner.marks.push({ kind: "die", day });
  partner.marks.push({ kind: "relation", day, relation: HEAD });
  fileSpell(family, endedSpell(family, day));
  fileSpell(family, takeOver(family, day, partner, "recipientDeath"));
  return family.unit;
};

/** The recipient gives up the address here (a posting elsewhere or abroad); the family stays, the other parent claims. */
export const recipientMovesAway: Story = (world, random) => {
  const family = couple(world, random);
  const day = findTurningDay(family, random);
  const { earner, partner } = family;
  if (day === undefined || partner === undefined || hasLaterBirth(family, day)) return undefined;
  earner.marks.push({ kind: "moveOut", day, to: random.perMille(300) ? ABROAD : elsewhere(random) });
  partner.marks.push({ kind: "relation", day, relation: HEAD });
  fileSpell(family, endedSpell(family, day));
  fileSpell(family, takeOver(family, day, partner, "other"));
  return family.unit;
};

/** The recipient is detained: the right ends with the detention (昭49児手35号), the other parent claims. */
export const recipientDetained: Story = (world, random) => {
  const family = couple(world, random);
  const day = findTurningDay(family, random);
  const { earner, partner } = family;
  if (day === undefined || partner === undefined || hasLaterBirth(family, day)) return undefined;
  const released = day + random.between(90, 900);
  family.unit.statuses.push({
    kind: "detained",
    person: earner.number,
    from: day,
    ...(released <= world.asOf ? { until: released } : {}),
  });
  fileSpell(family, endedSpell(family, day));
  fileSpell(family, takeOver(family, day, partner, "other"));
  return family.unit;
};

/** Parents gone abroad (父母指定者) or gone without care: the grandmother looks after the children. */
export function grandmotherCares(designated: boolean): Story {
  return (world, random) => {
    const family = couple(world, random);
    const day = findTurningDay(family, random);
    if (day === undefined || hasLaterBirth(family, day)) return undefined;
    const eldest = Math.min(family.earner.born, family.partner?.born ?? family.earner.born);
    const grandmother = makePerson(world, random, {
      sex: "2",
      born: eldest - random.between(20 * 365, 30 * 365),
      family: family.familyName,
      foreign: family.foreign,
    });
    grandmother.marks.push(moveIn(random, family.home, MOTHER, Math.max(family.arrived, day - 400)));
    grandmother.marks.push({ kind: "relation", day, relation: HEAD });
    family.unit.people.push(grandmother);
    for (const parent of [family.earner, family.partner]) {
      parent?.marks.push({ kind: "moveOut", day, to: designated ? ABROAD : elsewhere(random) });
    }
    for (const child of minorsOn(family, day)) child.marks.push({ kind: "relation", day, relation: GRANDCHILD });
    fileSpell(family, endedSpell(family, day));
    endCare(family, day);
    const cause = designated ? "parentDesignation" : "other";
    fileSpell(family, takeOver(family, day, grandmother, cause, { relation: "孫", maintained: !designated }));
    return family.unit;
  };
}

/** A mother alone dies; a 未成年後見人, a person or a corporation, takes the children's part. */
export function guardianAppointed(corporate: boolean): Story {
  return (world, random) => {
    const family = makeFamily(world, random, { parents: "mother", stays: true, youngerThan: 14 });
    const day = findTurningDay(family, random);
    if (day === undefined || hasLaterBirth(family, day)) return undefined;
    const minors = minorsOn(family, day);
    family.earner.marks.push({ kind: "die", day });
    fileSpell(family, endedSpell(family, day));
    const appointed = Math.min(day + random.between(20, 90), world.asOf);
    if (corporate) {
      for (const [index, child] of minors.entries()) {
        child.marks.push({ kind: "relation", day, relation: index === 0 ? HEAD : LODGER });
      }
      // The corporation is one recipient with many wards: its claims are written together, at the end.
      for (const child of minors) {
        family.unit.placements.push({ child, organization: world.careHomes, from: appointed, shortStay: false });
      }
      return family.unit;
    }
    const born = family.earner.born - random.between(-5 * 365, 12 * 365);
    const guardian = makePerson(world, random, {
      sex: "2",
      born,
      family: makeFamilyName(random, false),
      foreign: false,
    });
    const settled = Math.max(born + 20 * 365, appointed - random.between(800, 4000));
    const home = makeHome(world, random, settled);
    guardian.marks.push(moveIn(random, home, HEAD, settled));
    family.unit.people.push(guardian);
    for (const child of minors) child.marks.push({ kind: "live", day: appointed, home, relation: LODGER });
    fileSpell(
      family,
      takeOver(family, appointed, guardian, "guardianAppointed", { relation: "被後見人", maintained: true }),
    );
    return family.unit;
  };
}

/** The earner is a civil servant throughout: paid by the office (17条). One in twenty claims here by mistake. */
export function publicServant(mistaken: boolean): Story {
  return (world, random) => {
    const family = makeFamily(world, random, { parents: "both" });
    const { earner, unit } = family;
    const appointed = dayOf(yearOf(earner.born) + random.between(19, 27), 4, 1);
    if (!mistaken) {
      if (random.perMille(300)) unit.statuses.push({ kind: "publicServant", person: earner.number, from: appointed });
      return unit;
    }
    unit.statuses.push({ kind: "publicServant", person: earner.number, from: appointed });
    const spell = plainSpell(family);
    const youngest = family.children.findLast((child) => child.born >= spell.from && child.born < family.departed - 40);
    if (youngest === undefined || youngest.born < dayOf(2016, 1, 1) || appointed >= youngest.born) return undefined;
    const account = world.openAccount(random, kanaOf(earner.name));
    const filing = fileFor(random, youngest.born);
    const children = minorsOn(family, youngest.born);
    fileDirectly(family, {
      claimant: earner,
      filing,
      reason: "birth",
      event: youngest.born,
      children,
      relation: "子",
      account,
    });
    return unit;
  };
}

/** The recipient becomes a civil servant, mostly on 1 April; one in three leaves again and claims anew. */
export const becomesPublicServant: Story = (world, random) => {
  const family = couple(world, random);
  const turning = findTurningDay(family, random);
  if (turning === undefined) return undefined;
  const april = dayOf(yearOf(turning) + 1, 4, 1);
  const day = random.perMille(800) && april < world.asOf - 40 ? april : turning;
  const left = day + random.between(400, 1500);
  const leaves = random.perMille(330) && left < world.asOf;
  family.unit.statuses.push({
    kind: "publicServant",
    person: family.earner.number,
    from: day,
    ...(leaves ? { until: left } : {}),
  });
  fileSpell(family, endedSpell(family, day));
  if (leaves) fileSpell(family, { ...plainSpell(family), from: left, cause: "leftPublicService", event: left });
  return family.unit;
};

/** The earner leaves the civil service and comes to the city for the first time. */
export const leavesPublicService: Story = (world, random) => {
  const family = couple(world, random);
  const turning = findTurningDay(family, random);
  if (turning === undefined) return undefined;
  const march = dayOf(yearOf(turning), 3, 31);
  const day = random.perMille(700) && march > plainSpell(family).from ? march : turning;
  const appointed = dayOf(yearOf(family.earner.born) + random.between(19, 24), 4, 1);
  if (appointed >= plainSpell(family).from) return undefined;
  family.unit.statuses.push({ kind: "publicServant", person: family.earner.number, from: appointed, until: day });
  fileSpell(family, { ...plainSpell(family), from: day, cause: "leftPublicService", event: day });
  return family.unit;
};

/** The lower earner claims for children whom the other parent has claimed already: one child is paid once. */
export const bothParentsClaim: Story = (world, random) => {
  const family = couple(world, random);
  const day = findTurningDay(family, random);
  const { partner } = family;
  if (day === undefined || partner === undefined) return undefined;
  fileSpell(family, plainSpell(family));
  if (family.unit.claims.length === 0 || family.departed !== OPEN_END) return undefined;
  fileDirectly(family, {
    claimant: partner,
    filing: fileBetween(random, day + 1, day + 30),
    reason: "other",
    event: day,
    children: minorsOn(family, day),
    relation: "子",
    account: world.openAccount(random, kanaOf(partner.name)),
  });
  return family.unit;
};
