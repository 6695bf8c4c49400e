/** The vault in this process. */
import type { Pool, PoolClient } from "pg";

import type { KeyRing } from "./keys/key-ring.ts";
import { type Call, type Done, enter } from "./operations/enter.ts";
import { erase, requestErasure } from "./operations/erase.ts";
import { inspect } from "./operations/inspect.ts";
import { change, find, lookUpEntries, match, register, reveal, undoChange } from "./operations/numbers.ts";
import {
  type Vault,
  type VaultInput,
  type VaultOperation,
  vaultOperations,
  type VaultOutput,
} from "./operations/shapes.ts";
import { refusal } from "./refusal.ts";

export type OpenVault = Vault & {
  readonly pool: Pool;
  readonly ring: KeyRing;
  /** The clock of the vault */
  readonly now: () => Date;
};

type Work = {
  readonly [O in VaultOperation]: (
    client: PoolClient,
    input: VaultInput<O>,
    call: Call,
  ) => Promise<Done<VaultOutput<O>>>;
};

/** How many calls pass between two sweeps of statements that have expired. */
const SWEEP_EVERY = 1_000;

/**
 * The vault over its own database, with its keys in memory.
 *
 * @param options.now the clock; default the machine's
 */
export function createVault(pool: Pool, ring: KeyRing, options: { readonly now?: () => Date } = {}): OpenVault {
  const now = options.now ?? ((): Date => new Date());
  let calls = 0;
  const work: Work = {
    register: async (client, input, call) => await register(client, ring, input, call.now),
    entries: async (client, input) => await lookUpEntries(client, input),
    change: async (client, input, call) => await change(client, ring, input, call.now),
    undoChange: async (client, input) => await undoChange(client, input),
    match: async (client, input) => await match(client, ring, input),
    find: async (client, input) => await find(client, ring, input),
    reveal: async (client, input) => await reveal(client, ring, input),
    inspect: async (client, input) => await inspect(client, ring, input),
    requestErasure: async (client, input, call) => await requestErasure(client, input, call),
    erase: async (client, input, call) => await erase(client, input, call),
  };
  return {
    pool,
    ring,
    now,
    call: async (operation, statement, input) => {
      calls += 1;
      if (calls % SWEEP_EVERY === 0) {
        await pool.query("DELETE FROM vault.used_statement WHERE expires_at < $1", [
          new Date(now().getTime() - 60_000),
        ]);
      }
      return await enter({ pool, ring }, operation, statement, now, async (client, call) => {
        // Here, so that nonsense is logged like any other refusal.
        if (!vaultOperations[operation].input.safeParse(input).success) throw refusal("vaultInput");
        return await work[operation](client, input, call);
      });
    },
    close: async () => {
      ring.wipe();
      await pool.end();
    },
  };
}
