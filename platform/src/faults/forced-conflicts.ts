/**
 * Forced conflicts (直列化の失敗): a test lets a share of all transactions fail as if each had met another. The failure is PostgreSQL's own
 * (SQLSTATE 40001, raised on the server when all is written and only COMMIT is left), so what follows is what follows in earnest:
 * everything is rolled back, the numbers that sequences gave are lost, and the whole command runs again.
 */
import type { PoolClient } from "pg";

type Conflicts = {
  /** How many transactions reached their end, and how many of them were made to fail */
  readonly seen: () => { readonly ends: number; readonly conflicts: number };
  readonly stop: () => void;
};

let force: (() => boolean) | undefined;

/**
 * Lets transactions fail from now on, until `stop`.
 *
 * @param share of all ends of transactions, 0…1
 * @param seed any whole number; the same seed gives the same row of failures
 */
export function forceConflicts(share: number, seed: number): Conflicts {
  let state = seed >>> 0;
  let ends = 0;
  let conflicts = 0;
  // mulberry32: a row of numbers that is the same everywhere
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  force = () => {
    ends += 1;
    const fails = next() < share;
    if (fails) conflicts += 1;
    return fails;
  };
  return {
    seen: () => ({ ends, conflicts }),
    stop: () => {
      force = undefined;
    },
  };
}

/** Before COMMIT. Without a test that asked for it: one comparison. */
export async function perhapsConflict(client: Pick<PoolClient, "query">): Promise<void> {
  if (force === undefined || !force()) return;
  await client.query("DO $$ BEGIN RAISE serialization_failure USING MESSAGE = 'a conflict that a test forced'; END $$");
}
