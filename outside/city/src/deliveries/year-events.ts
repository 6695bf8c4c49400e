/**
 * What the office hears of late in the year that is played: a recipient who has become a public servant, a child who has left the
 * recipient's care. Both are the usual cause of what is paid too much (過払); by chance alone a small city would see none in a year.
 */
import { type Day, isoOf } from "../base/day.ts";

/** Of so many claims one. */
const PUBLIC_SERVANT_IN = 45;
const CARE_ENDS_IN = 60;

export type YearEvent = { readonly row: string; readonly knownOn: Day };

export type YearClaim = {
  readonly claimant: string;
  readonly individual: boolean;
  /** 宛名番号 of the 児童 of the claim, oldest first */
  readonly children: readonly string[];
};

/** Rows of status_periods.csv for claims that the office knew when the year began, in the order of the claims. */
export function yearEvents(
  claims: readonly YearClaim[],
  untouched: (number: string) => boolean,
  from: Day,
): YearEvent[] {
  const events: YearEvent[] = [];
  const done = new Set<string>();
  let [servants, leavers] = [0, 0];
  for (const { claimant, children } of claims.filter(({ individual }) => individual)) {
    if (done.has(claimant) || !untouched(claimant) || !children.every(untouched)) continue;
    done.add(claimant);
    const last = children.at(-1);
    if (done.size % PUBLIC_SERVANT_IN === 7) {
      const begins = from + 25 + ((servants * 47) % 250);
      servants += 1;
      const row = ["publicServant", claimant, "", isoOf(begins), "", "0", "0", ""].join(",");
      events.push({ row, knownOn: begins + 45 + ((servants * 29) % 70) });
    } else if (last !== undefined && children.length > 1 && done.size % CARE_ENDS_IN < 4) {
      const ends = from + 35 + ((leavers * 61) % 240);
      leavers += 1;
      const row = ["careEnd", last, claimant, isoOf(ends), "", "0", "0", ""].join(",");
      events.push({ row, knownOn: ends + 50 + ((leavers * 37) % 60) });
    }
  }
  return events;
}
