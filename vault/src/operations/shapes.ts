/** The operations of the vault: what goes in and what comes out. In one process and over the wire they are the same. */
import { z } from "zod";

import { IndividualNumber } from "../number/individual-number.ts";

const number = z.custom<IndividualNumber>((value) => value instanceof IndividualNumber);
const personRef = z.uuid();
const entryKey = z.string().regex(/^[A-Za-z0-9:._/-]{1,120}$/);

/** Most numbers in one call. */
export const CALL_LIMIT = 1_000;

/** Most entries that one call of `entries` asks about: references alone, no number is opened. */
export const ENTRIES_LIMIT = 10_000;

/** Most persons in one slice of `inspect`. */
export const SLICE_LIMIT = 20_000;

export const vaultOperations = {
  /** 個人番号の入力: one person one number. A repeated entry key gets its first answer. */
  register: {
    input: z.strictObject({ entries: z.array(z.strictObject({ entryKey, number })).min(1).max(CALL_LIMIT) }),
    output: z.array(z.object({ entryKey: z.string(), personRef, outcome: z.enum(["new", "known", "changed"]) })),
  },
  /** What became of entries whose answer was lost; those that never arrived are not in the answer. */
  entries: {
    input: z.strictObject({ entryKeys: z.array(entryKey).min(1).max(ENTRIES_LIMIT) }),
    output: z.array(z.object({ entryKey: z.string(), personRef, outcome: z.enum(["new", "known", "changed"]) })),
  },
  /** 個人番号の変更: the number of before stays, as former one, until it is erased. */
  change: {
    input: z.strictObject({ entryKey, personRef, number }),
    output: z.object({ personRef, outcome: z.enum(["changed", "known"]) }),
  },
  /** 変更の取消し: the number that this entry brought is gone, the one of before is in force again. */
  undoChange: {
    input: z.strictObject({ entryKey }),
    output: z.object({ personRef }),
  },
  /** Whether the numbers are those of the persons. Nothing is shown. */
  match: {
    input: z.strictObject({ checks: z.array(z.strictObject({ personRef, number })).min(1).max(CALL_LIMIT) }),
    output: z.array(z.object({ personRef, result: z.enum(["same", "former", "different", "unknown"]) })),
  },
  /** Whose number this is. */
  find: {
    input: z.strictObject({ number }),
    output: z.object({ personRef: personRef.nullable(), former: z.boolean() }),
  },
  /** The number itself, for one person, after a re-authentication. */
  reveal: {
    input: z.strictObject({ personRef }),
    output: z.object({ number }),
  },
  /** Opens every number of a slice of persons (by reference, ascending) and tells which are not sound. */
  inspect: {
    input: z.strictObject({ after: personRef.nullable(), limit: z.int().min(1).max(SLICE_LIMIT) }),
    output: z.object({
      persons: z.array(personRef),
      faults: z.array(
        z.object({
          personRef,
          fault: z.enum(["noCurrent", "unreadable", "checkDigit", "indexMissing", "indexMismatch"]),
        }),
      ),
      /** Where the next slice begins; null at the end */
      next: personRef.nullable(),
    }),
  },
  /** 消去の申出 by one person … */
  requestErasure: {
    input: z.strictObject({
      personRef,
      rule: z.enum(["retentionOver", "wrongEntry", "order"]),
      reason: z.string().min(1).max(200),
    }),
    output: z.object({ requestId: z.int() }),
  },
  /** … and 消去 by another: data key, numbers and index are gone, the deletion record stays. */
  erase: {
    input: z.strictObject({ requestId: z.int() }),
    output: z.object({ records: z.int(), backupsExpireOn: z.string() }),
  },
} as const;

export type VaultOperation = keyof typeof vaultOperations;
export type VaultInput<O extends VaultOperation> = z.output<(typeof vaultOperations)[O]["input"]>;
export type VaultOutput<O extends VaultOperation> = z.output<(typeof vaultOperations)[O]["output"]>;

/** @returns whether `text` names an operation */
export function isVaultOperation(text: string): text is VaultOperation {
  return Object.hasOwn(vaultOperations, text);
}

/** The vault as everybody else sees it: in the same process, or at the other end of a connection. */
export type Vault = {
  /**
   * @param statement signed for exactly this operation (`signStatement`), good for one call
   * @throws Refusal with a code of the vault; every call, also a refused one, leaves a row in the vault's own log
   */
  readonly call: <O extends VaultOperation>(
    operation: O,
    statement: string,
    input: VaultInput<O>,
  ) => Promise<VaultOutput<O>>;
  readonly close: () => Promise<void>;
};
