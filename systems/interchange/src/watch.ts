/** Rounds one after another: what an installation leaves running so that a change of the register is seen within minutes (A162). */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { setTimeout as sleep } from "node:timers/promises";

import type { ApplyOptions } from "./deliveries/apply.ts";
import { runRound, type Round } from "./run.ts";
import type { ObjectStore } from "./transports/object-store.ts";

export type WatchOptions = ApplyOptions & {
  /** Seconds from the end of a round to the next, 1–600: the standard wants differences at least every 10 minutes */
  readonly everySeconds: number;
  /** Each round, or why it could not be run; the next one is tried all the same */
  readonly onRound: (round: Round | Refusal) => void;
  /** Ends the watch after the round that is running */
  readonly signal: AbortSignal;
};

/**
 * Runs rounds until the signal ends it.
 *
 * @param contextOf the context of a round: the day goes on while it runs
 * @throws what is no refusal: a defect ends the watch, so that somebody notices
 */
export async function watchStore(contextOf: () => Context, store: ObjectStore, options: WatchOptions): Promise<void> {
  const { everySeconds, onRound, signal } = options;
  if (!(everySeconds >= 1 && everySeconds <= 600)) throw new RangeError(`rounds every ${everySeconds} seconds`);
  while (!signal.aborted) {
    try {
      onRound(await runRound(contextOf(), store, options));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      onRound(error);
    }
    await sleep(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}
