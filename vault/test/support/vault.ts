/** A vault for tests: a database of its own, cheap keys, numbers that are made in memory and never written down. */
import { randomBytes, randomInt } from "node:crypto";
import { join } from "node:path";
import { migrate } from "@hagukumi/platform/database/migrate.ts";
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { individualNumberCheckDigit } from "@hagukumi/platform/text/check-digits.ts";
import { afterAll, beforeAll } from "vitest";

import { freshDatabase } from "../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../platform/test/support/cluster.ts";
import { type Envelope, type KeyKeeper, passphraseKeeper } from "../../src/keys/keeper.ts";
import { type KeyWork, makeKeys, openRing } from "../../src/keys/manage.ts";
import { IndividualNumber } from "../../src/number/individual-number.ts";
import type { VaultInput, VaultOperation, VaultOutput } from "../../src/operations/shapes.ts";
import { type Said, signerOf, signStatement, newClientKey, rawPublicKey } from "../../src/statement/statement.ts";
import type { StatementSigner } from "../../src/statement/statement.ts";
import { approveRight, registerClient, requestRight } from "../../src/store/rights.ts";
import { createVault, type OpenVault } from "../../src/vault.ts";

/** The rooms that stand on the vault test with its least cost. */
export const cheapCost = { memory: 64, passes: 1, parallelism: 1 };

let drawn = 0;

/** The digits of a made-up 個人番号, different at each call; they exist in memory alone. */
export function drawDigits(): string {
  drawn += 1;
  const body = `${randomInt(1, 10)}${String(randomInt(0, 10 ** 5)).padStart(5, "0")}${String(drawn % 10 ** 5).padStart(5, "0")}`;
  return `${body}${individualNumberCheckDigit(body)}`;
}

/** A made-up 個人番号. */
export function drawNumber(): IndividualNumber {
  return IndividualNumber.read(drawDigits());
}

export const OPERATIONS: readonly VaultOperation[] = [
  "register",
  "entries",
  "change",
  "undoChange",
  "match",
  "find",
  "reveal",
  "inspect",
  "requestErasure",
  "erase",
];

/** The purpose that allows an operation. */
export const purposeOf: Readonly<Record<VaultOperation, string>> = {
  register: "numberEntry",
  entries: "numberEntry",
  change: "numberEntry",
  undoChange: "numberEntry",
  match: "numberConfirmation",
  find: "identification",
  reveal: "identityCheck",
  inspect: "consistencyCheck",
  requestErasure: "erasure",
  erase: "erasure",
};

export type TestVault = {
  readonly database: TestDatabase;
  readonly vault: OpenVault;
  readonly keeper: KeyKeeper;
  readonly envelope: Envelope;
  readonly signer: StatementSigner;
  readonly work: KeyWork;
  /** The clock that the vault goes by; may be moved */
  readonly clock: { now: Date };
  /** A statement of the test's client, of `clerk.one` unless said otherwise */
  readonly say: (operation: VaultOperation, said?: Partial<Said>) => string;
  /** Signs and calls */
  readonly ask: <O extends VaultOperation>(
    operation: O,
    input: VaultInput<O>,
    said?: Partial<Said>,
  ) => Promise<VaultOutput<O>>;
  /** Gives a person every right, by two people */
  readonly allow: (actor: string, operations?: readonly VaultOperation[]) => Promise<number>;
  readonly drop: () => Promise<void>;
};

/** `freshVault` in the empty database at `url` of any server; `drop` closes its connections and leaves it there. */
export async function freshVaultOn(url: string): Promise<TestVault> {
  const pool = createPool(url, { applicationName: "test vault" });
  return await vaultIn({ url, pool, drop: async () => await pool.end() });
}

/** Makes a vault with one registered client `desk` and the actors `clerk.one` and `clerk.two`. */
export async function freshVault(): Promise<TestVault> {
  return await vaultIn(await freshDatabase({ empty: true }));
}

async function vaultIn(database: TestDatabase): Promise<TestVault> {
  await migrate(database.url, [{ room: "vault", dir: join(import.meta.dirname, "../../migrations") }]);
  const clock = { now: new Date("2026-11-23T01:00:00Z") };
  const work: KeyWork = { pool: database.pool, operator: "keys.one", now: () => clock.now };
  const keeper = passphraseKeeper(randomBytes(24).toString("hex"), cheapCost);
  const envelope = await makeKeys(work, keeper);
  const vault = createVault(database.pool, await openRing(database.pool, keeper, envelope), { now: () => clock.now });
  const signer = signerOf("desk", newClientKey().privatePem);
  await registerClient(work, {
    clientId: "desk",
    name: "試験の窓口",
    publicKey: rawPublicKey(signer.key),
    validTo: new Date("2027-11-01T00:00:00Z"),
  });
  const allow: TestVault["allow"] = async (actor, operations = OPERATIONS) => {
    const right = { clientId: "desk", actor, operations, startsOn: "2026-11-01", endsOn: "2027-03-31", reason: "試験" };
    const rightId = await requestRight(work, right);
    await approveRight({ ...work, operator: "keys.two" }, rightId);
    return rightId;
  };
  await allow("clerk.one");
  await allow("clerk.two");
  const say: TestVault["say"] = (operation, said = {}) =>
    signStatement(
      signer,
      {
        actor: "clerk.one",
        operation,
        purpose: purposeOf[operation],
        subject: "test:1",
        steppedUpAt: clock.now,
        ...said,
      },
      clock.now,
    );
  return {
    database,
    vault,
    keeper,
    envelope,
    signer,
    work,
    clock,
    say,
    allow,
    ask: async (operation, input, said) => await vault.call(operation, say(operation, said), input),
    drop: async () => {
      vault.ring.wipe();
      await database.drop();
    },
  };
}

/** `freshVault` for a whole test file. */
export function useVault(): { readonly it: TestVault } {
  let made: TestVault | undefined;
  beforeAll(async () => {
    made = await freshVault();
  });
  afterAll(async () => await made?.drop());
  return {
    get it() {
      if (made === undefined) throw new Error("the vault is there only inside tests and hooks");
      return made;
    },
  };
}
