import type { BankSnapshot } from "./bank-master.ts";

/**
 * Banks and branches with the days on which they are valid (金融機関・店舗の有効期間). Snapshots say what exists on one day;
 * put after each other they make a history. A successor (統廃合先) is never guessed from a name: a person states it.
 */

/** One bank (`branch` null) or branch for one stretch of days. The same code may have several rows, one per name. */
export interface MasterRow {
  readonly bank: string;
  /** 店番; `null` for the row of the bank itself. */
  readonly branch: string | null;
  readonly name: string;
  /** Half-width kana as in a transfer file. */
  readonly kana: string;
  /** First valid day `YYYY-MM-DD`; `null` = before our oldest snapshot, unknown. */
  readonly validFrom: string | null;
  /** Last valid day, included; `null` = still valid. */
  readonly validTo: string | null;
  /** The branch that took the accounts over, as a person stated it. */
  readonly successor: { readonly bank: string; readonly branch: string } | null;
}

/** The rows with the day up to which they are known. */
export interface BankHistory {
  /** Day of the newest snapshot; `null` for an empty history. */
  readonly knownTo: string | null;
  /** Rows by `bank` or `bank-branch`, oldest first. */
  readonly rows: ReadonlyMap<string, readonly MasterRow[]>;
}

/** A history without a row. */
export const EMPTY_HISTORY: BankHistory = { knownTo: null, rows: new Map() };

function rowKey(bank: string, branch: string | null): string {
  return branch === null ? bank : `${bank}-${branch}`;
}

/** The civil day before `day` (`YYYY-MM-DD`). UTC arithmetic: no host time zone takes part. */
function dayBefore(day: string): string {
  const milliseconds = Date.parse(`${day}T00:00:00Z`) - 86_400_000;
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** The open row of a list, if its last row is open. */
function openRow(rows: readonly MasterRow[] | undefined): MasterRow | undefined {
  const last = rows?.at(-1);
  return last?.validTo === null ? last : undefined;
}

/**
 * Adds a later snapshot. A row that is gone ends on the day before the snapshot; a new one starts on its day; a changed
 * name ends one row and starts another. Rows of the first snapshot have no known beginning.
 *
 * @returns the new history, or `null` when the snapshot is not later than what is known (nothing may be rewritten).
 */
export function addSnapshot(history: BankHistory, snapshot: BankSnapshot): BankHistory | null {
  const day = snapshot.snapshotDate;
  if (history.knownTo !== null && day <= history.knownTo) return null;
  const validFrom = history.knownTo === null ? null : day;
  const rows = new Map(history.rows);
  const seen = new Set<string>();
  const see = (bank: string, branch: string | null, name: string, kana: string): void => {
    const key = rowKey(bank, branch);
    seen.add(key);
    const known = rows.get(key) ?? [];
    const last = known.at(-1);
    const isSameName = last !== undefined && last.name === name && last.kana === kana;
    // An announced merger stands, although the list still carries the branch up to its last day or lags behind it.
    if (isSameName && (last.validTo === null || last.validTo >= day || last.successor !== null)) return;
    const open = openRow(known);
    const kept = open === undefined ? known : [...known.slice(0, -1), { ...open, validTo: dayBefore(day) }];
    rows.set(key, [...kept, { bank, branch, name, kana, validFrom, validTo: null, successor: null }]);
  };
  for (const bank of snapshot.banks.values()) {
    see(bank.code, null, bank.name, bank.kana);
    for (const branch of bank.branches.values()) see(bank.code, branch.code, branch.name, branch.kana);
  }
  for (const [key, known] of rows) {
    const open = openRow(known);
    if (open === undefined || seen.has(key)) continue;
    rows.set(key, [...known.slice(0, -1), { ...open, validTo: dayBefore(day) }]);
  }
  return { knownTo: day, rows };
}

/** What stands in a person's statement of a merger (店舗統廃合). */
export interface BranchMerger {
  readonly bank: string;
  readonly branch: string;
  /** Last day on which the old number takes transfers, `YYYY-MM-DD`. */
  readonly lastDay: string;
  readonly successor: { readonly bank: string; readonly branch: string };
}

/**
 * Records an announced merger: the branch ends on its last day and names its successor.
 *
 * @returns the new history, or `null` when the branch or the successor is unknown, or they are one.
 */
export function recordMerger(history: BankHistory, merger: BranchMerger): BankHistory | null {
  const key = rowKey(merger.bank, merger.branch);
  const successorKey = rowKey(merger.successor.bank, merger.successor.branch);
  const known = history.rows.get(key);
  const last = known?.at(-1);
  if (known === undefined || last === undefined || key === successorKey || !history.rows.has(successorKey)) return null;
  const ended = { ...last, validTo: merger.lastDay, successor: merger.successor };
  return { ...history, rows: new Map(history.rows).set(key, [...known.slice(0, -1), ended]) };
}

/** Where a bank or branch stands on a day. */
export type MasterStatus =
  | { readonly status: "open"; readonly row: MasterRow }
  | { readonly status: "closed"; readonly row: MasterRow }
  | { readonly status: "notYet"; readonly row: MasterRow }
  | { readonly status: "unknown" };

/** The status of a bank (`branch` null) or branch on `day`. */
export function statusOn(history: BankHistory, bank: string, branch: string | null, day: string): MasterStatus {
  const rows = history.rows.get(rowKey(bank, branch)) ?? [];
  const first = rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return { status: "unknown" };
  const valid = rows.find((row) => (row.validFrom ?? "") <= day && day <= (row.validTo ?? "9999-12-31"));
  if (valid !== undefined) return { status: "open", row: valid };
  return day < (first.validFrom ?? "")
    ? { status: "notYet", row: first }
    : { status: "closed", row: lastBefore(rows, day) };
}

/** The newest row that had ended before `day`; the caller knows that there is one. */
function lastBefore(rows: readonly MasterRow[], day: string): MasterRow {
  return rows.findLast((row) => row.validTo !== null && row.validTo < day) ?? (rows[0] as MasterRow);
}
