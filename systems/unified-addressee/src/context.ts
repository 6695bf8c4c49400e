/** What every operation of the 団体内統合宛名システム is given: where it works, who acts and why, and the vault. */
import type { Guard } from "@hagukumi/platform/access/guard.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { AuditEntry } from "@hagukumi/platform/database/command.ts";
import {
  type StatementSigner,
  signStatement,
  type Vault,
  type VaultInput,
  type VaultOperation,
  type VaultOutput,
} from "@hagukumi/vault/contract.ts";
import type { Pool, PoolClient } from "pg";

import { refuse, refusing } from "./refusal.ts";

/** The database role under which all work of this system runs. */
export const ROLE = "hagukumi_addressee";

/** What a program needs to work with this system besides the database. */
export type AddresseeService = {
  readonly vault: Vault;
  /** Signs what is asked of the vault in the name of this program */
  readonly signer: StatementSigner;
};

export type AddresseeContext = AddresseeService & {
  readonly pool: Pool;
  /** 処理した人: staff identifier, or the name of a part of the system */
  readonly operator: string;
  /** 処理事由 */
  readonly purpose: string;
  /** The day of work, YYYY-MM-DD */
  readonly today: string;
  /** The clock that statements are dated by; default the machine's */
  readonly now?: () => Date;
  /** When the member of staff gave both factors last */
  readonly steppedUpAt?: Date | null;
  /** Of work given by staff on a screen: right, purpose and access log are part of each transaction */
  readonly guard?: Guard;
  readonly onProgress?: (step: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/** Signs a statement and asks the vault. `subject` names what it is about; never a number of a person's card. */
export async function askVault<O extends VaultOperation>(
  context: AddresseeContext,
  operation: O,
  purpose: string,
  subject: string,
  input: VaultInput<O>,
): Promise<VaultOutput<O>> {
  const said = { actor: context.operator, operation, purpose, subject, steppedUpAt: context.steppedUpAt ?? null };
  const statement = signStatement(context.signer, said, context.now?.() ?? new Date());
  return await context.vault.call(operation, statement, input);
}

/**
 * One command of this system. `request` decides whether a repeated key asks for the same: it must never hold a 個人番号, because
 * its digest is kept and twelve digits are found from a digest.
 */
export async function command<T>(
  context: AddresseeContext,
  name: string,
  key: string,
  request: unknown,
  work: (client: PoolClient) => Promise<{ readonly response: T; readonly audit: readonly AuditEntry[] }>,
): Promise<T> {
  const { response } = await refusing(
    async () =>
      await runCommand(
        context.pool,
        {
          role: ROLE,
          key,
          name,
          actor: context.operator,
          purpose: context.purpose,
          request,
          guard: context.guard,
          signal: context.signal,
        },
        work,
      ),
  );
  return response;
}

/** Ends the work between two slices when the caller asked for it. @throws Refusal `cancelled` */
export function stopIfCancelled(context: AddresseeContext, what: string): void {
  if (context.signal?.aborted !== true) return;
  throw refuse(
    "cancelled",
    `${what}を中止しました。終わった分はそのまま残り、途中の分は何も変えていません。もう一度実行すれば続きから始まります。`,
  );
}
