/** The keys of the vault in memory: master key, every version of the key-encryption key (KEK) and of the index key. */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { IndividualNumber } from "../number/individual-number.ts";
import { refusal } from "../refusal.ts";
import { open, seal, type SealContext } from "./aead.ts";

export type KeyKind = "encryption" | "index";

const KEY_BYTES = 32;
const INDEX_CONTEXT = Buffer.from("hagukumi-vault-index/1\0");

function keyContext(kind: KeyKind, version: number): SealContext {
  return { table: "vault.key_version", column: "wrapped", record: kind, keyVersion: version };
}

/** A fresh key of `kind`, wrapped under `master` for the table `vault.key_version`. */
export function newWrappedKey(master: Buffer, kind: KeyKind, version: number): Buffer {
  const key = randomBytes(KEY_BYTES);
  const wrapped = seal(master, keyContext(kind, version), key);
  key.fill(0);
  return wrapped;
}

/** @returns the wrapped key under another master key. @throws Refusal `masterUnreadable` */
export function rewrapKey(from: Buffer, to: Buffer, kind: KeyKind, version: number, wrapped: Buffer): Buffer {
  const key = open(from, keyContext(kind, version), wrapped);
  if (key === undefined) throw refusal("masterUnreadable");
  const again = seal(to, keyContext(kind, version), key);
  key.fill(0);
  return again;
}

type KeyRow = {
  readonly kind: KeyKind;
  readonly version: number;
  readonly wrapped: Buffer;
  readonly active: boolean;
};

const dekContext = (personRef: string, keyVersion: number): SealContext => ({
  table: "vault.person",
  column: "wrapped_dek",
  record: personRef,
  keyVersion,
});

const numberContext = (recordId: string): SealContext => ({
  table: "vault.record",
  column: "sealed",
  record: recordId,
  keyVersion: 1, // of the person's data key: it lives as long as the person
});

export class KeyRing {
  readonly #master: Buffer;
  // As KeyObjects, outside of the heap of the program, made once: see aead.ts.
  readonly #encryption = new Map<number, KeyObject>();
  readonly #index = new Map<number, KeyObject>();
  #activeEncryption = 0;
  #activeIndex = 0;
  #fingerprint = "";

  constructor(master: Buffer) {
    this.#master = master;
  }

  /** The master key, for splitting and re-wrapping alone. */
  get master(): Buffer {
    return this.#master;
  }

  /** Which versions are known: `kind`, `version`, `active` of each, as the database lists them */
  get fingerprint(): string {
    return this.#fingerprint;
  }

  /** Version of the KEK that new data keys are wrapped with */
  get encryptionVersion(): number {
    return this.#activeEncryption;
  }

  /** Version of the index that is asked */
  get indexVersion(): number {
    return this.#activeIndex;
  }

  /** Every version of the index: a new number is entered into each, also while a new one is being filled */
  get indexVersions(): readonly number[] {
    return [...this.#index.keys()];
  }

  /**
   * Reads the versions anew; what is known already is not unwrapped again. A version that is gone is forgotten.
   *
   * @throws Refusal `masterUnreadable` where the master key is not the one of these rows; `keyMissing` without any row
   */
  async load(connection: Queryable): Promise<void> {
    const { rows } = await connection.query<KeyRow>(
      "SELECT kind, version, wrapped, active FROM vault.key_version ORDER BY kind, version",
    );
    const keep = { encryption: new Set<number>(), index: new Set<number>() };
    for (const { kind, version, wrapped, active } of rows) {
      const keys = kind === "encryption" ? this.#encryption : this.#index;
      keep[kind].add(version);
      if (!keys.has(version)) {
        const key = open(this.#master, keyContext(kind, version), wrapped);
        if (key === undefined) throw refusal("masterUnreadable");
        keys.set(version, createSecretKey(key));
        key.fill(0);
      }
      if (active && kind === "encryption") this.#activeEncryption = version;
      if (active && kind === "index") this.#activeIndex = version;
    }
    for (const [kind, keys] of [
      ["encryption", this.#encryption],
      ["index", this.#index],
    ] as const) {
      for (const version of keys.keys()) {
        if (!keep[kind].has(version)) keys.delete(version);
      }
    }
    this.#fingerprint = rows.map(({ kind, version, active }) => `${kind}${version}${active}`).join(",");
    if (this.#activeEncryption === 0 || this.#activeIndex === 0) throw refusal("keyMissing");
  }

  /** Whether the KEK of this version is in memory */
  has(version: number): boolean {
    return this.#encryption.has(version);
  }

  #kek(version: number): KeyObject {
    const key = this.#encryption.get(version);
    if (key === undefined) throw refusal("keyMissing", { version });
    return key;
  }

  /** A fresh data key for a person, and its wrapped form under the active KEK. */
  newDataKey(personRef: string): { readonly dek: Buffer; readonly wrapped: Buffer; readonly version: number } {
    const version = this.#activeEncryption;
    const dek = randomBytes(KEY_BYTES);
    return { dek, wrapped: seal(this.#kek(version), dekContext(personRef, version), dek), version };
  }

  /** The data key of a person; undefined where the row was tampered with. @throws Refusal `keyMissing` */
  dataKey(personRef: string, version: number, wrapped: Buffer): Buffer | undefined {
    return open(this.#kek(version), dekContext(personRef, version), wrapped);
  }

  /** The same data key wrapped under the active KEK; undefined where the row was tampered with. */
  rewrapDataKey(personRef: string, version: number, wrapped: Buffer): Buffer | undefined {
    const dek = this.dataKey(personRef, version, wrapped);
    if (dek === undefined) return undefined;
    const again = seal(this.#kek(this.#activeEncryption), dekContext(personRef, this.#activeEncryption), dek);
    dek.fill(0);
    return again;
  }

  /** HMAC-SHA-256 of a number under an index key (blind index). */
  indexOf(number: IndividualNumber, version: number): Buffer {
    const key = this.#index.get(version);
    if (key === undefined) throw refusal("keyMissing", { version });
    // A KeyObject: see aead.ts (10 µs from a Buffer, 2 µs from a KeyObject).
    return createHmac("sha256", key).update(INDEX_CONTEXT).update(number.exposeBytes()).digest();
  }

  /** Overwrites the master key and lets go of the others, whose copies are overwritten when they are freed. Nothing opens afterwards. */
  wipe(): void {
    this.#master.fill(0);
    this.#encryption.clear();
    this.#index.clear();
  }
}

/** Seals a number under the person's data key, bound to its row. */
export function sealNumber(dek: Buffer, recordId: string, number: IndividualNumber): Buffer {
  return seal(dek, numberContext(recordId), number.exposeBytes());
}

/** The twelve bytes of a row; undefined where it was tampered with or belongs to another person. */
export function openNumber(dek: Buffer, recordId: string, sealed: Buffer): Buffer | undefined {
  return open(dek, numberContext(recordId), sealed);
}
