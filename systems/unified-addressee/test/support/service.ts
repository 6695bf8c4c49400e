/** A vault with one registered program, for tests of rooms that may not reach the vault itself. */
import type { AddresseeService } from "../../src/context.ts";
import { drawDigits, freshVault, OPERATIONS } from "../../../../vault/test/support/vault.ts";

export type TestService = AddresseeService & {
  /** Gives a person every right of the vault */
  readonly allow: (actor: string) => Promise<void>;
  /** The digits of a made-up 個人番号, in memory alone */
  readonly drawDigits: () => string;
  /** Rows of the vault's own log about an operation */
  readonly logged: (operation: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Lets the vault's log fail (`true`) or work */
  readonly breakLog: (broken: boolean) => Promise<void>;
  readonly drop: () => Promise<void>;
};

export async function freshService(): Promise<TestService> {
  const test = await freshVault();
  // The pages stamp statements by the machine's clock: so does this vault.
  Object.defineProperty(test.clock, "now", { get: () => new Date() });
  const { pool } = test.database;
  return {
    vault: test.vault,
    signer: test.signer,
    allow: async (actor) => {
      await test.allow(actor, OPERATIONS);
    },
    drawDigits,
    logged: async (operation) => {
      const { rows } = await pool.query<Record<string, unknown>>(
        "SELECT actor, purpose, subject, rows, refusal_code FROM vault.log WHERE operation = $1 ORDER BY seq",
        [operation],
      );
      return rows;
    },
    breakLog: async (broken) => {
      await pool.query(
        broken
          ? "ALTER TABLE vault.log ADD CONSTRAINT broken CHECK (false) NOT VALID"
          : "ALTER TABLE vault.log DROP CONSTRAINT broken",
      );
    },
    drop: test.drop,
  };
}
