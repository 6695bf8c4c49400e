/**
 * MJ文字情報一覧: which character of 行政事務標準文字 a text holds, and by which table it is reduced (縮退). The private-use
 * characters that MJ+ adds have no public code point yet, so they are never found here: they go to the list of the city.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { isMjTable, type MjTable } from "./tables.ts";

export type MjReduction = { readonly to: string; readonly table: MjTable };

/** One MJ文字図形. */
export type MjCharacter = {
  /** `MJ022335` */
  readonly name: string;
  /** Reduced forms, best first; all of them characters of JIS X 0213 */
  readonly reductions: readonly MjReduction[];
};

type MjList = {
  /** By the character or by the sequence with its selector: the rest of its line, read when it is asked for */
  readonly lines: ReadonlyMap<string, string>;
  /** The kanji of JIS X 0213 */
  readonly jisX0213: ReadonlySet<string>;
};

const NUMBER_LENGTH = 6;

function parseReductions(text: string): readonly MjReduction[] {
  const reductions = new Map<string, MjReduction>();
  for (const each of text.split(" ")) {
    const table = each.slice(0, 1);
    const to = each.slice(1);
    if (to !== "" && isMjTable(table) && !reductions.has(to)) reductions.set(to, { to, table });
  }
  return [...reductions.values()];
}

let loaded: MjList | undefined;

/** The list, read at the first use (58,862 lines). */
function list(): MjList {
  if (loaded !== undefined) return loaded;
  const text = gunzipSync(readFileSync(new URL("mj.tsv.gz", import.meta.url))).toString("utf8");
  const lines = new Map<string, string>();
  const jisX0213 = new Set<string>();
  const bare = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [number = "", ucs = "", sequence = "", reduced = ""] = line.split("\t");
    if (number === "") continue;
    const rest = `${number}${reduced}`;
    // JIS包摂規準 stands first in a line where there is one; what a character is reduced to there is in JIS X 0213.
    if (reduced.startsWith("J")) jisX0213.add(reduced.slice(1).split(" ", 1)[0] ?? "");
    if (sequence === "") lines.set(ucs, rest);
    else {
      lines.set(sequence, rest);
      // The bare character belongs to the form without a selector, else to the form that JIS X 0213 has.
      if (!bare.has(ucs) || reduced === `J${ucs}`) bare.set(ucs, rest);
    }
  }
  for (const [ucs, rest] of bare) if (!lines.has(ucs)) lines.set(ucs, rest);
  loaded = { lines, jisX0213 };
  return loaded;
}

/** Whether JIS X 0213 has this kanji. */
export function isJisKanji(character: string): boolean {
  return list().jisX0213.has(character);
}

/** The kanji of JIS X 0213. */
export function jisKanji(): Iterable<string> {
  return list().jisX0213;
}

/** The MJ文字図形 of one character as a reader sees it; undefined where the list does not have it. */
export function mjCharacter(character: string): MjCharacter | undefined {
  const line = list().lines.get(character);
  if (line === undefined) return undefined;
  return { name: `MJ${line.slice(0, NUMBER_LENGTH)}`, reductions: parseReductions(line.slice(NUMBER_LENGTH)) };
}

let byName: ReadonlyMap<string, string> | undefined;

/** The character, with its selector where it has one, of a MJ文字図形名 (`MJ022335`); undefined for a name that the list has not. */
export function characterOfMj(name: string): string | undefined {
  if (byName === undefined) {
    const made = new Map<string, string>();
    // Sequences stand before the bare characters that share their line, so the first key of a name is its own.
    for (const [key, line] of list().lines) {
      const number = line.slice(0, NUMBER_LENGTH);
      if (!made.has(number)) made.set(number, key);
    }
    byName = made;
  }
  return /^MJ\d{6}$/.test(name) ? byName.get(name.slice(2)) : undefined;
}

let kin: ReadonlyMap<string, readonly MjReduction[]> | undefined;

/** Characters that the map reduces to this one (鴎 for 鷗): the way back, for receivers older than JIS X 0213. */
export function reducedTo(character: string): readonly MjReduction[] {
  if (kin === undefined) {
    const made = new Map<string, MjReduction[]>();
    for (const [from, line] of list().lines) {
      if (from.length > 2) continue; // sequences: their bare form is there too
      for (const { to, table } of parseReductions(line.slice(NUMBER_LENGTH))) {
        if (to === from) continue;
        const forms = made.get(to) ?? [];
        forms.push({ to: from, table });
        made.set(to, forms);
      }
    }
    kin = made;
  }
  return kin.get(character) ?? [];
}
