/**
 * Random families, synthetic throughout: births on awkward days, twins, moves, civil service, placements, study abroad,
 * incomes at the limits, claims on either side of a deadline, and the change of regime in the middle.
 */
import type {
  AbroadPeriod,
  Case,
  Child,
  Claim,
  Income,
  InstitutionPeriod,
  Period,
  Recipient,
} from "../../plain/case.ts";
import { schoolYearEnd } from "../../plain/ages.ts";
import { monthNumber, monthText, plusDays } from "../../plain/days.ts";
import { randomOf, type Random } from "./random.ts";

type Draft = { -readonly [K in keyof Child]: Child[K] };

const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000);

function dayBetween(random: Random, low: string, high: string): string {
  const span = dayNumber(high) - dayNumber(low);
  return span <= 0 ? low : plusDays(low, random.int(0, span));
}

/** A birth date in the years given, often one of the days on which software breaks. */
function birthIn(random: Random, firstYear: number, lastYear: number): string {
  const year = random.int(firstYear, lastYear);
  const any = dayBetween(random, `${String(year)}-01-01`, `${String(year)}-12-31`);
  switch (random.int(0, 11)) {
    case 0:
      return `${String(year - (year % 4))}-02-29`;
    case 1:
      return `${any.slice(0, 7)}-01`;
    case 2:
      return `${String(year)}-04-01`;
    case 3:
      return `${String(year)}-04-02`;
    case 4:
      return plusDays(`${any.slice(0, 7)}-01`, -1);
    default:
      return any;
  }
}

/** Days between an event and its claim, crowded around the fifteenth. */
function claimDelay(random: Random): number {
  if (random.chance(45)) return random.int(12, 20);
  if (random.chance(8)) return -random.int(1, 30);
  return random.chance(70) ? random.int(0, 12) : random.int(20, 120);
}

function kindOf(random: Random): Recipient["kind"] {
  const roll = random.int(1, 100);
  if (roll <= 88) return "individual";
  return roll <= 95 ? "institution" : "corporateGuardian";
}

/** Every income year the months could ask for, judged incomes crowded at the two limits. */
function incomesOf(random: Random): Income[] {
  const incomes: Income[] = [];
  const level = random.int(0, 3);
  for (let year = 2010; year <= 2023; year += 1) {
    const dependants = random.int(0, 5);
    const elderlyDependants = dependants === 0 ? 0 : random.int(0, 1);
    const limit = (random.chance(50) ? 6_220_000 : 8_580_000) + 380_000 * dependants + 60_000 * elderlyDependants;
    const deductions = random.pick([0, 0, 270_000, 350_000]);
    const relief = year >= 2020 ? 100_000 : 0;
    const near = limit + 80_000 + deductions + random.int(-1, 1);
    const plain = random.int(3_000_000, 6_000_000);
    const earned = level === 0 || random.chance(60) ? plain : near + relief;
    const pension = random.chance(25) ? random.int(0, 1_500_000) : 0;
    const record: Income = random.chance(85)
      ? {
          year,
          employment: earned - pension,
          pension,
          other: 0,
          deductions,
          dependants,
          elderlyDependants,
          knownOn: null,
        }
      : { year, other: level === 0 ? plain : near, deductions, dependants, elderlyDependants };
    incomes.push(record);
    if (random.chance(4)) {
      const knownOn = dayBetween(random, `${String(year + 1)}-07-01`, `${String(year + 2)}-12-31`);
      incomes.push({ ...record, employment: random.chance(50) ? 4_000_000 : 13_000_000, knownOn });
    }
  }
  return incomes;
}

function children(random: Random, from: string, until: string): Draft[] {
  const count = random.pick([1, 2, 2, 3, 3, 3, 4, 5]);
  const first = Number(from.slice(0, 4)) - 23;
  const last = Number(until.slice(0, 4));
  const eldest = random.int(Math.max(first, last - 24), last);
  const list: Draft[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = list.at(-1);
    const twin = before !== undefined && random.chance(12);
    const birthDate = twin ? before.birthDate : birthIn(random, eldest, Math.min(last, eldest + random.int(0, 12)));
    list.push({ id: "ABCDE".charAt(index), birthDate, serial: index + 1 });
  }
  return list;
}

function placementsOf(random: Random, low: string, high: string): InstitutionPeriod[] {
  const from = dayBetween(random, low, high);
  if (random.chance(30)) return [{ from, to: plusDays(from, random.int(5, 55)), shortStay: true }];
  return [{ from, to: random.chance(60) ? plusDays(from, random.int(20, 400)) : null, shortStay: false }];
}

function abroadOf(random: Random, child: Child, low: string, high: string): AbroadPeriod[] {
  const start = random.chance(50) ? low : `${String(Number(low.slice(0, 4)) - random.int(2, 4))}${low.slice(4)}`;
  const from = dayBetween(random, start < child.birthDate ? child.birthDate : start, high);
  const threeYears = plusDays(from, -1096 + random.int(-2, 2));
  const early = random.chance(60) || threeYears < child.birthDate;
  const livedInJapanSince = early ? child.birthDate : threeYears;
  const to = random.chance(40) ? plusDays(from, random.int(30, 900)) : null;
  const first: AbroadPeriod = { from, to, study: random.chance(75), livedInJapanSince };
  if (to === null || random.chance(60)) return [first];
  // A second stay, often on the very next day; listed in either order.
  const again = plusDays(to, random.chance(60) ? 1 : random.int(2, 120));
  const second: AbroadPeriod = {
    from: again,
    to: random.chance(50) ? plusDays(again, random.int(60, 900)) : null,
    study: random.chance(80),
    livedInJapanSince,
  };
  return random.chance(50) ? [first, second] : [second, first];
}

/** What may happen to a child besides growing up. */
function happenings(random: Random, child: Draft, low: string, high: string): void {
  const start = child.birthDate > low ? plusDays(child.birthDate, 1) : low;
  if (start >= high) return;
  if (random.chance(2)) child.deathDate = dayBetween(random, start, high);
  if (random.chance(6)) child.institution = placementsOf(random, start, high);
  if (random.chance(6)) child.abroad = abroadOf(random, child, start, high);
  if (random.chance(6)) {
    const to = dayBetween(random, start, high);
    const again = plusDays(to, random.int(20, 200));
    const first: Period = { from: child.birthDate, to };
    child.care = random.chance(40) ? [first, { from: again, to: null }] : [first];
  }
}

interface Story {
  readonly random: Random;
  readonly low: string;
  readonly high: string;
  readonly people: Draft[];
  readonly claims: Claim[];
  readonly recipient: { -readonly [K in keyof Recipient]: Recipient[K] };
}

function bornBy(story: Story, day: string): string[] {
  return story.people
    .filter((each) => each.birthDate <= day && monthNumber(day) <= schoolYearEnd(each.birthDate, 18))
    .map((each) => each.id);
}

/** Now and then something kept the person from claiming. */
function withObstacle(
  random: Random,
  cause: { kind: string; on: string },
): Claim["cause"] & { obstacleEndedOn?: string } {
  return random.chance(8) ? { ...cause, obstacleEndedOn: plusDays(cause.on, random.int(0, 80)) } : cause;
}

function certify(story: Story, kind: string, on: string): void {
  const receivedOn = plusDays(on, claimDelay(story.random));
  const ids = bornBy(story, receivedOn > on ? receivedOn : on);
  if (ids.length === 0) return;
  const cause = kind === "other" && story.random.chance(50) ? { kind } : withObstacle(story.random, { kind, on });
  const late =
    cause.obstacleEndedOn === undefined ? receivedOn : plusDays(cause.obstacleEndedOn, claimDelay(story.random));
  story.claims.push({ kind: "certification", receivedOn: late > on ? late : receivedOn, children: ids, cause });
}

/** The day living here began: some days after the 転出予定日, yet not after the claim, for nobody claims before living here. */
function movedIn(story: Story, on: string): string {
  const claimed = story.claims.at(-1)?.receivedOn ?? on;
  const drawn = plusDays(on, story.random.int(0, 10));
  return claimed <= on ? on : drawn < claimed ? drawn : claimed;
}

/** How the recipient first comes to this municipality's books. */
function opening(story: Story): string {
  const { random, recipient } = story;
  const earliest = story.low < "2010-04-01" ? "2010-04-01" : story.low;
  const newborn = story.people.find((each) => each.birthDate >= earliest && each.birthDate <= story.high);
  if (newborn !== undefined && random.chance(50)) {
    certify(story, "birth", newborn.birthDate);
    return newborn.birthDate;
  }
  const on = dayBetween(random, earliest, story.high);
  switch (random.int(0, 4)) {
    case 0:
      certify(story, random.chance(80) ? "moveIn" : "moveInFromAbroad", on);
      recipient.residence = [{ from: movedIn(story, on), to: null }];
      break;
    case 1:
      recipient.publicServant = [{ from: "2010-04-01", to: on }];
      certify(story, "leftPublicService", on);
      break;
    case 2:
      for (const child of story.people) if (child.birthDate < on) child.care = [{ from: on, to: null }];
      certify(
        story,
        random.pick(["livingTogetherPriority", "recipientDeath", "guardianAppointed", "enteredInstitution"]),
        on,
      );
      break;
    case 3:
      certify(story, random.pick(["disaster", "parentDesignation", "guardianAppointed"]), on);
      break;
    default:
      certify(story, "other", on);
  }
  return on;
}

function births(story: Story, since: string): void {
  for (const child of story.people) {
    if (child.birthDate <= since || story.random.chance(4)) continue;
    const receivedOn = plusDays(child.birthDate, claimDelay(story.random));
    const cause = { kind: "birth", on: child.birthDate };
    if (story.claims.some((each) => each.children.includes(child.id))) continue;
    story.claims.push({ kind: "increase", receivedOn, children: [child.id], cause });
  }
}

/** Returns of children by claim: out of an institution, back from abroad, back into care. */
function returns(story: Story): void {
  for (const child of story.people) {
    for (const stay of child.institution ?? []) {
      if (stay.shortStay === true || stay.to === null || story.random.chance(30)) continue;
      const kind = story.random.chance(50) ? "increase" : "certification";
      const receivedOn = plusDays(stay.to, claimDelay(story.random));
      story.claims.push({ kind, receivedOn, children: [child.id], cause: { kind: "leftInstitution", on: stay.to } });
    }
    const again = child.care?.[1];
    if (again !== undefined && story.random.chance(70)) {
      const receivedOn = plusDays(again.from, story.random.int(0, 40));
      story.claims.push({ kind: "increase", receivedOn, children: [child.id], cause: { kind: "other" } });
    }
  }
}

/** Counted persons of 18 to 22: support in fact, and the confirmation that makes it count. */
function support(story: Story): void {
  const { random, claims } = story;
  for (const child of story.people) {
    const turns = `${monthText(schoolYearEnd(child.birthDate, 18) + 1)}-01`;
    if (turns > story.high || random.chance(25)) continue;
    const from = random.chance(85) ? turns : plusDays(turns, random.int(1, 300));
    const to = random.chance(20) ? dayBetween(random, from, story.high) : null;
    child.supported = [{ from, to }];
    const ids = [child.id];
    if (turns >= "2025-04-01") {
      const receivedOn = plusDays(turns, random.chance(60) ? random.int(10, 20) : random.int(-40, 90));
      claims.push({
        kind: "supportConfirmation",
        receivedOn,
        children: ids,
        cause: { kind: "becameUniversityAge", on: turns },
      });
    } else {
      const receivedOn = dayBetween(random, "2024-09-01", "2025-03-31");
      const on = plusDays(receivedOn, -random.int(0, 30));
      const kind = random.pick(["other", "other", "birth", "moveIn", "disaster"]);
      claims.push({
        kind: "supportConfirmation",
        receivedOn,
        children: ids,
        cause: kind === "other" ? { kind } : { kind, on },
      });
    }
    if (random.chance(12)) {
      const on = plusDays(`${monthText(monthNumber(turns) + random.int(6, 30))}-01`, -1);
      const receivedOn = plusDays(on, random.chance(70) ? random.int(10, 22) : random.int(1, 80));
      claims.push({ kind: "supportConfirmation", receivedOn, children: ids, cause: { kind: "graduated", on } });
    }
  }
}

/** What may end or interrupt the recipient's right. */
function departures(story: Story, since: string): void {
  const { random, recipient, high } = story;
  const on = dayBetween(random, plusDays(since, 40), high);
  if (on >= high) return;
  const back = plusDays(on, random.int(30, 300));
  switch (random.int(0, 19)) {
    case 0:
    case 1: {
      const before = recipient.residence?.[0]?.from ?? "2009-04-01";
      recipient.residence = [{ from: before, to: on }];
      if (!random.chance(50)) return;
      recipient.residence = [
        { from: before, to: on },
        { from: back, to: null },
      ];
      certify(story, "moveIn", back);
      if (random.chance(50))
        recipient.residence = [
          recipient.residence[0] ?? { from: before, to: on },
          { from: movedIn(story, back), to: null },
        ];
      return;
    }
    case 2: {
      const earlier = recipient.publicServant ?? [];
      recipient.publicServant = [...earlier, { from: on, to: random.chance(50) ? back : null }];
      if (recipient.publicServant.at(-1)?.to === back) certify(story, "leftPublicService", back);
      return;
    }
    case 3:
      recipient.detained = [{ from: on, to: random.chance(50) ? back : null }];
      if (recipient.detained[0]?.to === back) certify(story, "other", back);
      return;
    case 4:
      recipient.deathDate = on;
      return;
    default:
  }
}

function withIncome(random: Random, recipient: Story["recipient"]): void {
  if (random.chance(35)) recipient.incomeClass = random.pick(["normal", "normal", "special", "over"]);
  else recipient.incomes = incomesOf(random);
}

/** The months reported: mostly around the reforms, two to three years. */
function window(random: Random): { from: string; until: string } {
  const first = monthNumber("2010-04");
  const start = random.chance(70) ? random.int(monthNumber("2022-01"), monthNumber("2025-09")) : undefined;
  const from = start ?? random.int(first, monthNumber("2026-06"));
  return { from: monthText(from), until: monthText(from + random.int(11, 35)) };
}

/** Tax corrections bring people back below the upper limit. */
function afterCorrection(story: Story): void {
  for (const { knownOn } of story.recipient.incomes ?? []) {
    // The test began with 2012-06, so no earlier correction brings anybody back.
    if (knownOn !== null && knownOn !== undefined && knownOn >= "2013-07-01" && story.random.chance(40))
      certify(story, "taxCorrection", knownOn);
  }
}

/** Everyone claimed anew in 2011-10. */
function newLaw2011(story: Story): void {
  if (story.low > "2011-10-01" || !story.random.chance(70)) return;
  const receivedOn = dayBetween(story.random, "2011-09-20", "2012-10-10");
  const ids = bornBy(story, receivedOn);
  if (ids.length > 0) story.claims.push({ kind: "certification", receivedOn, children: ids, cause: { kind: "other" } });
}

/** Some people claim again after years above the upper limit, or because a tax figure was put right. */
function afterUpperLimit(story: Story): void {
  const { random } = story;
  if (!random.chance(10)) return;
  const on = dayBetween(random, "2023-01-10", "2023-07-10");
  certify(story, "incomeBelowUpperLimit", on);
}

/** The family of one seed. */
export function familyOf(seed: number): Case {
  const random = randomOf(seed);
  const full = random.chance(75);
  const { from, until } = window(random);
  const low = `${String(Math.max(2009, Number(from.slice(0, 4)) - random.int(0, 5)))}${from.slice(4)}-01`;
  const high = `${until}-28`;
  const people = children(random, from, until);
  const recipient: Story["recipient"] = { kind: kindOf(random) };
  withIncome(random, recipient);
  const story: Story = { random, low, high, people, claims: [], recipient };
  const since = full ? opening(story) : low;
  for (const child of people) if (child.care === undefined) happenings(random, child, low, high);
  if (full) {
    births(story, since);
    returns(story);
    departures(story, since);
    afterUpperLimit(story);
    afterCorrection(story);
    newLaw2011(story);
  }
  support(story);
  if (full && random.chance(8) && until >= "2024-12") transition(story);
  const closed = random.chance(20) ? [dayBetween(random, low, high)] : [];
  return {
    case: `seed-${String(seed)}`,
    from,
    until,
    mode: full ? "full" : "amountOnly",
    municipality: {
      closedDays: closed,
      payDay: random.pick([15, 15, 10, 12, 5]),
      payDayRule: random.pick(["previous", "previous", "next"]),
    },
    recipient,
    children: people,
    ...(full ? { claims: story.claims } : {}),
    knownOn: random.chance(8) ? dayBetween(random, `${from}-01`, `${until}-28`) : null,
  };
}

/** First claims in the window of the 2024 reform. */
function transition(story: Story): void {
  story.claims.length = 0;
  const receivedOn = dayBetween(story.random, "2024-10-01", "2025-04-10");
  const ids = story.people.filter((each) => each.birthDate <= "2024-10-01").map((each) => each.id);
  if (ids.length > 0) story.claims.push({ kind: "certification", receivedOn, children: ids, cause: { kind: "other" } });
  support(story);
}
