/**
 * 縮退: the form of a text for those who know fewer characters (print font, JIS X 0213, CP932). The text itself is never
 * changed: both forms are kept, and every replacement is listed with the table it comes from.
 */
import { graphemes, toCp932 } from "../characters.ts";
import { isJisKanji, jisKanji, mjCharacter, type MjReduction, reducedTo } from "./mj-list.ts";
import { MJ_TABLES, type MjTable } from "./tables.ts";

/** What a receiver can take: asked for one character as a reader sees it. */
export type CharacterSet = { readonly name: string; readonly has: (character: string) => boolean };

const HAN = /^\p{Script=Han}/u;
// Kana, full-width forms and the marks of names and addresses: JIS X 0213 has them all, the list of MJ holds kanji alone.
const PLAIN_RANGES =
  "\\u0020-\\u007E\\u00A5\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u00FF\\u0100\\u0101\\u0112\\u0113\\u012A\\u012B\\u014C\\u014D\\u016A\\u016B\\u3000-\\u3003\\u3005-\\u301C\\u3041-\\u3096\\u309B-\\u309E\\u30A1-\\u30FE\\uFF01-\\uFF5E\\uFF61-\\uFF9F\\u2010\\u2015\\u2018-\\u201D\\u2026\\u2212\\u25CB\\u25CE\\u25CF";
const PLAIN = new RegExp(`^[${PLAIN_RANGES}]$`, "u");

/** JIS X 0213:2004, without selectors. */
export const JIS_X_0213: CharacterSet = {
  name: "JIS X 0213",
  has: (character) => (HAN.test(character) ? isJisKanji(character) : PLAIN.test(character)),
};

/**
 * A regular expression of PostgreSQL (global matches) for what a text holds beyond JIS X 0213: other characters, and any
 * character with a selector.
 */
export function beyondJisPattern(): string {
  const known = `${PLAIN_RANGES}${[...jisKanji()].join("")}`;
  return `.[\\U000E0100-\\U000E01EF]+|[^${known}]`;
}

/** CP932 (Windows-31J). */
export const CP932: CharacterSet = { name: "CP932", has: (character) => toCp932(character).ok };

/** Why a character stands in another form. */
export type ReplacementCause =
  /** 同定: the city's own list says which character it is */
  | "identified"
  /** The selector alone was left out: the same character in the receiver's own form */
  | "selector"
  /** MJ縮退マップ */
  | "map";

/** One character that stands in another form. */
export type Replacement = {
  /** Place in the text, counted from 1 in characters */
  readonly position: number;
  readonly from: string;
  /** `U+845B U+E0102` */
  readonly codePoints: string;
  /** `MJ022335`, where the list has it */
  readonly mjName: string | undefined;
  /** What stands there instead; 〓 where nobody knows */
  readonly to: string;
  readonly cause: ReplacementCause | "unknown";
  /** Japanese: the table or the reason */
  readonly source: string;
  /** Where nobody knows: the forms that the map names, for a person to choose from */
  readonly others: readonly string[];
};

export type ReducedText = {
  readonly text: string;
  readonly replacements: readonly Replacement[];
  /** Whether a character is left that nobody knows: the text must not go out by itself */
  readonly unknown: boolean;
};

/** Stands for a character that has no known form (never a silent `?` or blank). */
export const UNKNOWN_CHARACTER = "〓";

/** `U+845B U+E0102` */
export function codePointsOf(text: string): string {
  return Array.from(text, (each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`).join(
    " ",
  );
}

function baseOf(character: string): string {
  return String.fromCodePoint(character.codePointAt(0) ?? 0);
}

type Found = Pick<Replacement, "to" | "cause" | "source" | "others">;

/** Tables that name the same character in another form. The others name relatives: of those a person chooses (同定). */
const SAME: ReadonlySet<MjTable> = new Set(["J", "H", "K", "Z", "M", "T"]);

/** One form of the best table that names the same character; two of them, or relatives alone, are for a person. */
function chosen(forms: readonly MjReduction[]): Found | undefined {
  const best = forms.find(({ table }) => SAME.has(table)) ?? forms[0];
  if (best === undefined) return undefined;
  const candidates = forms.filter(({ table }) => table === best.table).map(({ to }) => to);
  if (!SAME.has(best.table) || candidates.length > 1) {
    const source = `候補から人が選びます（${MJ_TABLES[best.table]}）`;
    return { to: UNKNOWN_CHARACTER, cause: "unknown", source, others: forms.map(({ to }) => to) };
  }
  return { to: best.to, cause: "map", source: MJ_TABLES[best.table], others: [] };
}

function byMap(character: string, set: CharacterSet): Found | undefined {
  const usable = mjCharacter(character)?.reductions.filter(({ to }) => set.has(to)) ?? [];
  // 鷗 is its own form in JIS X 0213; who knows JIS X 0208 alone has 鴎, which the map reduces to 鷗.
  const back = reducedTo(character).filter(({ table, to }) => SAME.has(table) && set.has(to));
  return chosen(usable) ?? chosen(back);
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** The best form of one character that the receiver can take. */
function findForm(character: string, set: CharacterSet, identified: ReadonlyMap<string, string>): Found | undefined {
  const known = identified.get(character);
  if (known !== undefined) {
    if (set.has(known)) return { to: known, cause: "identified", source: "同定", others: [] };
    const further = findForm(known, set, NOBODY);
    if (further !== undefined) return { ...further, cause: "identified", source: `同定・${further.source}` };
  }
  // The same character without its selector is nearer than any other.
  const base = baseOf(character);
  if (base !== character && set.has(base)) return { to: base, cause: "selector", source: "選択子を外す", others: [] };
  return byMap(character, set) ?? (base === character ? undefined : byMap(base, set));
}

/**
 * One character in the form that `set` has.
 *
 * @param position place in its text, counted from 1 in characters
 * @param identified 同定 of the city: its own characters (外字, private use) → the character they are; asked first
 */
export function replaceCharacter(
  character: string,
  set: CharacterSet,
  position = 1,
  identified: ReadonlyMap<string, string> = NOBODY,
): Replacement {
  return {
    position,
    from: character,
    codePoints: codePointsOf(character),
    mjName: mjCharacter(character)?.name,
    ...(findForm(character, set, identified) ?? {
      to: UNKNOWN_CHARACTER,
      cause: "unknown" as const,
      source: "形が分かりません",
      others: [],
    }),
  };
}

/** `text` in the characters of `set`; see `replaceCharacter`. */
export function reduceText(
  text: string,
  set: CharacterSet,
  identified: ReadonlyMap<string, string> = NOBODY,
): ReducedText {
  const characters = graphemes(text);
  if (characters.every((each) => set.has(each))) return { text, replacements: [], unknown: false };
  const replacements: Replacement[] = [];
  const written = characters.map((character, index) => {
    if (set.has(character)) return character;
    const replacement = replaceCharacter(character, set, index + 1, identified);
    replacements.push(replacement);
    return replacement.to;
  });
  return { text: written.join(""), replacements, unknown: replacements.some(({ cause }) => cause === "unknown") };
}
