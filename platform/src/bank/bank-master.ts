import { createRequire } from "node:module";
import { toZenginKana } from "./kana.ts";

/**
 * Banks and branches (金融機関・店舗) as of one day, out of the npm package `zengin-code`, and the difference of two such
 * snapshots. The package has no validity dates and no merger history: those grow in `bank-history.ts` as snapshots follow
 * each other. Its data are collected by third parties once a month and carry no warranty; a city may feed its own list.
 */

/** One branch (店舗). */
export interface BranchEntry {
  /** 店番, 3 digits. */
  readonly code: string;
  /** 店舗名 without 支店. */
  readonly name: string;
  /** 店舗名 in half-width kana as it stands in a transfer file, at most 15 bytes. */
  readonly kana: string;
}

/** One bank (金融機関) with its branches by 店番. */
export interface BankEntry {
  /** 金融機関コード, 4 digits. */
  readonly code: string;
  /** 金融機関名 without 銀行. */
  readonly name: string;
  /**
   * 金融機関名 in half-width kana as it stands in a transfer file, at most 15 bytes; empty where the name has a dot or a
   * space, which the character class of bank names lacks (foreign banks). The field may be blank in the format.
   */
  readonly kana: string;
  readonly branches: ReadonlyMap<string, BranchEntry>;
}

/** All banks as of one day, in the order of their codes. */
export interface BankSnapshot {
  /** The day the list was published, `YYYY-MM-DD`. */
  readonly snapshotDate: string;
  readonly banks: ReadonlyMap<string, BankEntry>;
}

/** A row of a snapshot that cannot be used; the loader leaves it out and says so. */
export interface SnapshotRejection {
  readonly bank: string;
  readonly branch: string | null;
  readonly reason: string;
}

/** What the loader made of its input. */
export interface LoadedSnapshot {
  readonly snapshot: BankSnapshot;
  readonly rejected: readonly SnapshotRejection[];
}

interface RawEntry {
  readonly code: string;
  readonly name: string;
  readonly kana: string;
}

function rawEntry(value: unknown): RawEntry | null {
  if (typeof value !== "object" || value === null) return null;
  const { code, name, kana } = value as Partial<Record<keyof RawEntry, unknown>>;
  if (typeof code !== "string" || typeof name !== "string" || typeof kana !== "string") return null;
  return { code, name, kana };
}

/** An entry with its file kana, or the Japanese reason why it is unusable. A name that only cannot be written is blank. */
function usableEntry(value: unknown, codePattern: RegExp): RawEntry | string {
  const raw = rawEntry(value);
  if (raw === null) return "コード・名称・カナのどれかがありません。";
  if (!codePattern.test(raw.code)) return `コード「${raw.code}」の桁数が違います。`;
  const kana = toZenginKana(raw.kana, { kind: "21", field: "bank" });
  if (!kana.ok) return { code: raw.code, name: raw.name, kana: "" };
  if (kana.value.warnings.length > 0) return `カナ「${raw.kana}」が15文字を超えます。`;
  if (kana.value.shown === "") return "カナがありません。";
  return { code: raw.code, name: raw.name, kana: kana.value.shown };
}

function compareCodes(a: { readonly code: string }, b: { readonly code: string }): number {
  return a.code < b.code ? -1 : a.code > b.code ? 1 : 0;
}

/**
 * Builds a snapshot from the object form of `zengin-code` (banks by code, each with `branches` by code). JavaScript
 * iterates keys like `1000` before `0001`, so everything is sorted by code here. Unusable rows are listed, not guessed.
 */
export function buildSnapshot(source: Readonly<Record<string, unknown>>, snapshotDate: string): LoadedSnapshot {
  const rejected: SnapshotRejection[] = [];
  const banks: BankEntry[] = [];
  for (const [key, value] of Object.entries(source)) {
    const bank = usableEntry(value, /^[0-9]{4}$/u);
    if (typeof bank === "string") {
      rejected.push({ bank: key, branch: null, reason: bank });
      continue;
    }
    const branches: BranchEntry[] = [];
    const list = (value as { readonly branches?: unknown }).branches;
    for (const [branchKey, branchValue] of Object.entries(typeof list === "object" && list !== null ? list : {})) {
      const branch = usableEntry(branchValue, /^[0-9]{3}$/u);
      if (typeof branch === "string") rejected.push({ bank: bank.code, branch: branchKey, reason: branch });
      else branches.push(branch);
    }
    branches.sort(compareCodes);
    banks.push({ ...bank, branches: new Map(branches.map((branch) => [branch.code, branch])) });
  }
  banks.sort(compareCodes);
  return { snapshot: { snapshotDate, banks: new Map(banks.map((bank) => [bank.code, bank])) }, rejected };
}

/** The snapshot date that a version such as `1.0.0-p20260824` states, or `null`. */
export function dateOfVersion(version: string): string | null {
  const found = /-p(\d{4})(\d{2})(\d{2})$/u.exec(version);
  return found === null ? null : `${found[1] ?? ""}-${found[2] ?? ""}-${found[3] ?? ""}`;
}

let installed: LoadedSnapshot | undefined;

/**
 * The snapshot of the installed `zengin-code`, read once per process. No network.
 *
 * @throws Error when the installed package states no snapshot date: a broken installation, not bad input.
 */
export function installedSnapshot(): LoadedSnapshot {
  if (installed !== undefined) return installed;
  const require = createRequire(import.meta.url);
  const { version } = require("zengin-code/package.json") as { readonly version: string };
  const snapshotDate = dateOfVersion(version);
  if (snapshotDate === null) throw new Error(`zengin-code ${version} states no snapshot date`);
  installed = buildSnapshot(require("zengin-code") as Readonly<Record<string, unknown>>, snapshotDate);
  return installed;
}

/** 店番 of one bank as a set, for {@link import("./yucho.ts").convertYucho}; empty for an unknown bank. */
export function branchCodes(snapshot: BankSnapshot, bank: string): ReadonlySet<string> {
  return new Set(snapshot.banks.get(bank)?.branches.keys());
}

/** One difference of two snapshots. `branch` is `null` for a bank itself. */
export interface SnapshotChange {
  readonly change: "added" | "changed" | "closed";
  readonly bank: string;
  readonly branch: string | null;
  readonly before: { readonly name: string; readonly kana: string } | null;
  readonly after: { readonly name: string; readonly kana: string } | null;
}

type Named = { readonly code: string; readonly name: string; readonly kana: string };

function compareMaps(
  before: ReadonlyMap<string, Named>,
  after: ReadonlyMap<string, Named>,
  note: (change: SnapshotChange["change"], code: string, old: Named | null, now: Named | null) => void,
): void {
  const codes = [...new Set([...before.keys(), ...after.keys()])].sort();
  for (const code of codes) {
    const old = before.get(code) ?? null;
    const now = after.get(code) ?? null;
    if (old === null) note("added", code, null, now);
    else if (now === null) note("closed", code, old, null);
    else if (old.name !== now.name || old.kana !== now.kana) note("changed", code, old, now);
  }
}

function names(entry: Named | null): SnapshotChange["before"] {
  return entry === null ? null : { name: entry.name, kana: entry.kana };
}

/** What changed from one snapshot to a later one, in the order of the codes; a bank comes before its branches. */
export function diffSnapshots(before: BankSnapshot, after: BankSnapshot): readonly SnapshotChange[] {
  const changes: SnapshotChange[] = [];
  compareMaps(before.banks, after.banks, (change, bank, old, now) => {
    changes.push({ change, bank, branch: null, before: names(old), after: names(now) });
  });
  for (const bank of [...new Set([...before.banks.keys(), ...after.banks.keys()])].sort()) {
    const old = before.banks.get(bank)?.branches ?? new Map<string, BranchEntry>();
    const now = after.banks.get(bank)?.branches ?? new Map<string, BranchEntry>();
    compareMaps(old, now, (change, branch, oldBranch, nowBranch) => {
      changes.push({ change, bank, branch, before: names(oldBranch), after: names(nowBranch) });
    });
  }
  return changes.sort((a, b) => compareText(a.bank + (a.branch ?? ""), b.bank + (b.branch ?? "")));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
