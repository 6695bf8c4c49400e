import { isClosed, openDayFrom, openDayUntil } from "../base/closed-days.ts";
import { type Day, dayOf } from "../base/day.ts";
import type { Random } from "../base/random.ts";
import type { Channel } from "../people/unit.ts";

export interface Filing {
  readonly received: Day;
  readonly channel: Channel;
}

const ONLINE_SINCE = dayOf(2017, 11, 1);

function channelOn(random: Random, day: Day): Channel {
  const roll = random.below(100);
  if (roll < 22) return "post";
  return roll < 50 && day >= ONLINE_SINCE ? "online" : "counter";
}

/** The last day in time under 児童手当法8条3項: event + 15 days, and when the city is closed then, its next open day. */
export const deadlineOf = (event: Day): Day => openDayFrom(event + 15);

/**
 * When the paper for an event arrives: mostly soon, some on the last day, about one in fourteen too late.
 * Counter and post know open days only; an electronic claim arrives on any.
 * @param notBefore the first day on which the person can file (after a move: the day of the 転入届)
 */
export function fileFor(random: Random, event: Day, notBefore: Day = event): Filing {
  const deadline = deadlineOf(event);
  const roll = random.below(1000);
  let wish: Day;
  if (roll < 720) wish = event + random.between(1, 10);
  else if (roll < 860) wish = event + random.between(11, 14);
  else if (roll < 910) wish = event + 15;
  else if (roll < 930) wish = deadline;
  else if (roll < 992) wish = deadline + random.between(1, 45);
  else wish = deadline + random.between(46, 200);
  wish = Math.max(wish, notBefore);
  const channel = channelOn(random, wish);
  if (channel === "online" || !isClosed(wish)) return { received: wish, channel };
  const earlier = openDayUntil(wish);
  // Who planned day 15 and finds the office closed comes on the next open day, which still is in time.
  const later = openDayFrom(wish);
  const inTimeBefore = earlier >= notBefore && earlier >= event && wish < event + 15;
  return { received: inTimeBefore ? earlier : later, channel };
}

/** A paper that arrives on any open day of a period (transition rules, advance filings). */
export function fileBetween(random: Random, from: Day, until: Day): Filing {
  const wish = random.between(from, until);
  const channel = channelOn(random, wish);
  if (channel === "online" || !isClosed(wish)) return { received: wish, channel };
  const later = openDayFrom(wish);
  return { received: later <= until ? later : openDayUntil(wish), channel };
}
