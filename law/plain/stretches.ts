/**
 * Stretches of days on which everything the Act asks of a person holds together.
 * A stretch ends on the day of the event that ends it (that day's month is still paid, 児童手当法8条2項・9条3項)
 * and a new one begins on the day an obstacle ends.
 */
import type { AbroadPeriod, Child, Period, Recipient } from "./case.ts";
import { earlier, FOREVER, later, plusDays, yearsLater } from "./days.ts";

export interface Stretch {
  readonly start: string;
  readonly end: string;
}

const whole: readonly Stretch[] = [{ start: "0000-01-01", end: FOREVER }];

/** Periods as stretches, those that touch or follow on the next day joined. */
function joined(periods: readonly Period[]): Stretch[] {
  const sorted = periods
    .map((each) => ({ start: each.from, end: each.to ?? FOREVER }))
    .toSorted((a, b) => (a.start < b.start ? -1 : 1));
  const result: Stretch[] = [];
  for (const next of sorted) {
    const last = result.at(-1);
    if (last !== undefined && (last.end === FOREVER || next.start <= plusDays(last.end, 1))) {
      result[result.length - 1] = { start: last.start, end: later(last.end, next.end) };
    } else {
      result.push(next);
    }
  }
  return result;
}

function both(a: readonly Stretch[], b: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const x of a) {
    for (const y of b) {
      const start = later(x.start, y.start);
      const end = earlier(x.end, y.end);
      if (start <= end) result.push({ start, end });
    }
  }
  return result.toSorted((x, y) => (x.start < y.start ? -1 : 1));
}

/** What is left between obstacles: up to the day one begins and again from the day it ends. */
function between(obstacles: readonly Period[]): Stretch[] {
  const result: Stretch[] = [];
  let start = "0000-01-01";
  for (const obstacle of joined(obstacles)) {
    result.push({ start, end: obstacle.start });
    start = obstacle.end;
  }
  if (start !== FOREVER) result.push({ start, end: FOREVER });
  return result;
}

function until(day: string | null | undefined): readonly Stretch[] {
  return day === null || day === undefined ? whole : [{ start: "0000-01-01", end: day }];
}

/** Days on which the recipient can hold the entitlement here. */
export function recipientStretches(recipient: Recipient): Stretch[] {
  let stretches = recipient.residence === undefined ? [...whole] : joined(recipient.residence);
  stretches = both(stretches, until(recipient.deathDate));
  // 17条 moves only 一般受給資格者 who are persons; a foster parent in public service is paid here all the same (18条4項).
  if (recipient.kind !== "individual") return stretches;
  stretches = both(stretches, between(recipient.publicServant ?? []));
  return both(stretches, between(recipient.detained ?? []));
}

/**
 * Days abroad that take a person out. Study keeps a person in for `limit` years from the day the address ended,
 * provided more than three years of residence before it (施行規則1条, 1条の3の2第3項).
 */
function abroadObstacles(child: Child, limit: number): Period[] {
  const obstacles: Period[] = [];
  const stays = (child.abroad ?? []).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  let first: AbroadPeriod | undefined;
  let lastDay = "";
  for (const stay of stays) {
    if (stay.study !== true) {
      obstacles.push({ from: stay.from, to: stay.to });
      continue;
    }
    // Studies that follow day on day are one stay: the years run from the first.
    if (first === undefined || stay.from > plusDays(lastDay, 1)) first = stay;
    lastDay = stay.to ?? "9998-12-31";
    const since = first.livedInJapanSince ?? null;
    const qualifies = since !== null && yearsLater(since, 3) < first.from;
    // The day the address ended is the first of the count, so the years are full on the eve of the anniversary.
    const full = qualifies ? plusDays(yearsLater(first.from, limit), -1) : stay.from;
    const from = full > stay.from ? full : stay.from;
    if (stay.to === null || (qualifies ? from < stay.to : true)) obstacles.push({ from, to: stay.to });
  }
  return obstacles;
}

function placements(child: Child): Period[] {
  return (child.institution ?? []).filter((each) => each.shortStay !== true);
}

/** Days on which a child is in this recipient's care in the sense of 4条1項. */
export function childStretches(child: Child, recipient: Recipient, residenceCounts: boolean): Stretch[] {
  const care = child.care === undefined ? [{ start: child.birthDate, end: FOREVER }] : joined(child.care);
  let stretches = both(care, [{ start: child.birthDate, end: child.deathDate ?? FOREVER }]);
  if (recipient.kind === "institution") {
    if ((child.institution ?? []).length > 0) stretches = both(stretches, joined(placements(child)));
  } else {
    stretches = both(stretches, between(placements(child)));
  }
  return residenceCounts ? both(stretches, between(abroadObstacles(child, 3))) : stretches;
}

/** Days on which a person past the school year of 18 is looked after and paid for (監護相当・生計費の負担). */
export function supportStretches(child: Child): Stretch[] {
  // Periods are not joined: each is a fact of its own and wants a confirmation of its own.
  let stretches = (child.supported ?? []).map((each): Stretch => ({ start: each.from, end: each.to ?? FOREVER }));
  stretches = both(stretches, until(child.deathDate));
  stretches = both(stretches, between(placements(child)));
  return both(stretches, between(abroadObstacles(child, 4)));
}

export { both };
