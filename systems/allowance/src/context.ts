/** What every operation of the allowance system is given: where it works, who acts, why, and on which day. */
import type { Calendar, CivilDate, Month } from "@hagukumi/law/contract.ts";
import type { Guard } from "@hagukumi/platform/access/guard.ts";
import type { Pool } from "pg";

/** The database role under which all work of this system runs: it can add rows and read them, nothing else. */
export const ROLE = "hagukumi_allowance";

export type Context = {
  readonly pool: Pool;
  readonly calendar: Calendar;
  /** 処理した人: the staff member's identifier (letters, digits, `. _ @ -`, at most 64) */
  readonly operator: string;
  /** 処理事由 */
  readonly purpose: string;
  /** The day on which the work is done. Given, never read from a clock inside the system (M23). */
  readonly today: CivilDate;
  /** The last benefit month to decide about; default: the month of `today` */
  readonly horizon?: Month;
  /** Progress of a long step: what is being done, how much of how much */
  readonly onProgress?: (step: string, done: number, total: number) => void;
  /** Stops a long step between two slices; what is done stays done, the rest is untouched */
  readonly signal?: AbortSignal;
  /** Of work given by staff on a screen: every command checks right and purpose, and logs, in its own transaction */
  readonly guard?: Guard;
  /** Folder for lists that people read (refused rows …) */
  readonly reportsDir: string;
};
