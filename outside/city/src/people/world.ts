import type { Account } from "../appearance/accounts.ts";
import type { Day } from "../base/day.ts";
import type { Random } from "../base/random.ts";

/** What every household of one city shares. */
export interface World {
  /** The day up to which the registers are complete. */
  readonly asOf: Day;
  readonly addressee: () => string;
  readonly household: () => string;
  readonly openAccount: (random: Random, holderKana: string) => Account;
  /** How many institutions and foster parents take children in; the guardian corporation comes right after them. */
  readonly careHomes: number;
}

/** Later than any day of the registers. */
export const OPEN_END: Day = 99_999;
