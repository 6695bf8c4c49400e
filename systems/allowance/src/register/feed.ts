/** What the importer needs to know of one feed file: its columns, where its rows go, and what makes a row unique. */
import { hash } from "node:crypto";

import type { RowReader } from "./row-reader.ts";

/** A value as it is stored. Numbers of 15 digits travel as text: PostgreSQL reads them, JavaScript need not. */
export type StoredValue = string | number | boolean | null;

/** A column of the staging table: its name in the target table and its SQL type. */
export type StageColumn = { readonly name: string; readonly type: string };

/** A column whose value must be a known 宛名番号 (or may be empty). */
export type Reference = { readonly column: string; readonly label: string };

export type Feed = {
  /** File name in the delivery, e.g. `residents.csv` */
  readonly file: string;
  /** 項目名 of the header line, in the order in which `parse` reads them */
  readonly header: readonly string[];
  /** What `parse` returns, in this order */
  readonly columns: readonly StageColumn[];
  /** Names of the columns that make a row unique, and their 項目名 for messages */
  readonly key: readonly string[];
  readonly keyLabel: string;
  readonly references: readonly Reference[];
  /**
   * The values that the digest is made of; default all. A column that came later is left out while it says nothing, so that rows taken in before
   * it are not taken for changed ones.
   */
  readonly digested?: (values: readonly StoredValue[]) => readonly StoredValue[];
  /** Reads one row; the result is only used when the reader found no problem. */
  readonly parse: (row: RowReader) => StoredValue[];
};

/** Digest of a row's content (SHA-256, hex): two rows are the same exactly when their stored values are. */
export function rowDigest(values: readonly StoredValue[]): string {
  // In one call: a third of the time of a hash object for each of a million rows.
  return hash("sha256", JSON.stringify(values), "hex");
}

/** Column definitions from `name:type` pairs, so that a feed's table reads as a table. */
export function stageColumns(...pairs: readonly (readonly [name: string, type: string])[]): StageColumn[] {
  return pairs.map(([name, type]) => ({ name, type }));
}
