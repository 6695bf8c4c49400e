/** The 団体内統合宛名システム with a vault of its own, for tests. */
import type { IndividualNumber } from "@hagukumi/vault/contract.ts";
import { afterAll, beforeAll } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { drawNumber, freshVault, type TestVault } from "../../../../vault/test/support/vault.ts";
import type { AddresseeContext } from "../../src/context.ts";
import { enterNumber, type Evidence } from "../../src/entries/enter-number.ts";

export const evidence: Evidence = {
  numberPaper: "individualNumberCard",
  identityPaper: "individualNumberCard",
  checkedOn: "2026-11-20",
};

export type TestAddressee = {
  readonly database: TestDatabase;
  readonly vault: TestVault;
  /** Context of a person or part of the system; `clerk.one` unless said otherwise */
  readonly as: (operator?: string, more?: Partial<AddresseeContext>) => AddresseeContext;
  /** Enters a made-up number for an addressee; both are new unless given */
  readonly enter: (given?: {
    readonly addresseeNumber?: number;
    readonly number?: IndividualNumber;
    readonly systemCode?: string;
  }) => Promise<{
    readonly addresseeNumber: number;
    readonly number: IndividualNumber;
    readonly entryId: number;
    readonly outcome: string;
  }>;
  /** An addressee number that no test has used */
  readonly nextAddressee: () => number;
};

let last = 1_000;

function nextAddressee(): number {
  last += 1;
  return last;
}

/** For a whole test file. */
export function useAddressee(): { readonly it: TestAddressee } {
  let made: TestAddressee | undefined;
  beforeAll(async () => {
    const vault = await freshVault();
    const database = await freshDatabase();
    const as: TestAddressee["as"] = (operator = "clerk.one", more = {}) => ({
      pool: database.pool,
      vault: vault.vault,
      signer: vault.signer,
      operator,
      purpose: "試験",
      today: "2026-11-23",
      now: () => vault.clock.now,
      ...more,
    });
    made = {
      database,
      vault,
      as,
      nextAddressee,
      enter: async (given = {}) => {
        const addresseeNumber = given.addresseeNumber ?? nextAddressee();
        const number = given.number ?? drawNumber();
        const systemCode = given.systemCode ?? "allowance";
        const key = crypto.randomUUID();
        const entered = await enterNumber(as(), { key, systemCode, addresseeNumber, number, evidence });
        return { addresseeNumber, number, ...entered };
      },
    };
  });
  afterAll(async () => {
    await made?.vault.drop();
    await made?.database.drop();
  });
  return {
    get it() {
      if (made === undefined) throw new Error("only inside tests and hooks");
      return made;
    },
  };
}

/** The numbers issued so far, by addressee of the allowance. */
export async function linksOf(test: TestAddressee): Promise<ReadonlyMap<number, number>> {
  const { rows } = await test.database.pool.query<{ a: number; n: number }>(
    "SELECT addressee_number AS a, unified_number AS n FROM unified.link WHERE system_code = 'allowance' AND ended_at IS NULL",
  );
  return new Map(rows.map(({ a, n }) => [a, n]));
}
