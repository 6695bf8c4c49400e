/** Which passwords are refused: too short, common, or made of words that anybody at the city would try first (THR9). */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** 12 to 128 characters; no rule of composition, which only makes people predictable (NIST SP 800-63B). */
export const passwordLength = { min: 12, max: 128 } as const;

/** Words of this work. City, sections, the person's own identifier and name are added per call. */
const words: readonly string[] = [
  "hagukumi", "jidouteate", "jidoteate", "jidouteateshikyu", "kodomoshien", "kodomoshienka", "hokenkodomo",
  "hokenkodomoka", "jouhouseisaku", "joohooseisaku", "johoseisaku", "kumamotoshi", "kumamoto", "shokuin", "shokuinshou",
  "teate", "childallowance", "child", "allowance", "mynumber", "kojinbangou", "password", "pasuwado", "kakuu",
]; // prettier-ignore

/** Keyboard rows and counting, forwards and backwards: a run of 4 or more out of these is worth nothing. */
const rows: readonly string[] = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890123456789",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "qazwsxedcrfvtgbyhnujmikolp",
  "1q2w3e4r5t6y7u8i9o0p",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];

const leet: Readonly<Record<string, string>> = {
  "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", $: "s", "!": "i", "|": "l", "+": "t",
}; // prettier-ignore

const LEAST_OWN = 6;

function readList(): ReadonlySet<string> {
  const lines = readFileSync(join(import.meta.dirname, "common-passwords.txt"), "utf8").split("\n");
  return new Set(lines.filter((line) => line !== "" && !line.startsWith("#")));
}

let list: ReadonlySet<string> | undefined;

/** 使えないパスワードの一覧: lower case, at least 3,000. */
export function commonPasswords(): ReadonlySet<string> {
  list ??= readList();
  return list;
}

function reversed(text: string): string {
  return Array.from(text).toReversed().join("");
}

const runs = [...rows, ...rows.map(reversed)];

function unleet(text: string): string {
  return text.replaceAll(/[013457!@$8|+]/g, (character) => leet[character] ?? character);
}

/** Length of the longest worthless piece that begins at `at`: a known word, a run, one character again and again. */
function pieceAt(text: string, at: number, isKnown: (piece: string) => boolean): number {
  let longest = 0;
  const most = Math.min(24, text.length - at);
  for (let length = 2; length <= most; length += 1) {
    const piece = text.slice(at, at + length);
    const run = length >= 4 && runs.some((row) => row.includes(piece));
    const same = piece === piece.charAt(0).repeat(length);
    if (run || (length >= 3 && same) || isKnown(piece)) longest = length;
  }
  return longest;
}

/** Characters that are left when known words, runs, repetitions and the digits and signs around them are taken away. */
function ownCharacters(text: string, isKnown: (piece: string) => boolean): number {
  let own = 0;
  let pieces = 0;
  for (let at = 0; at < text.length;) {
    const length = pieceAt(text, at, isKnown);
    if (length > 0) pieces += 1;
    else own += pieces > 0 && !/[a-z]/.test(text[at] ?? "") ? 0 : 1;
    at += Math.max(length, 1);
  }
  return own;
}

/** A unit repeated to fill the length (`abcabcabcabc`) counts once. */
function unit(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const piece = text.slice(0, length);
    if (text === piece.repeat(Math.ceil(text.length / length)).slice(0, text.length)) return piece;
  }
  return text;
}

export type PasswordProblem = "tooShort" | "tooLong" | "notText" | "common" | "context";

/**
 * What is wrong with a new password, or undefined.
 *
 * @param context words that this password may not lean on: city, section, staff id, name in roman letters …
 */
export function passwordProblem(password: string, context: readonly string[]): PasswordProblem | undefined {
  const text = password.normalize("NFKC");
  const { length } = Array.from(text);
  if (/\p{Cc}/u.test(text)) return "notText";
  if (length < passwordLength.min) return "tooShort";
  if (length > passwordLength.max) return "tooLong";
  const lower = text.toLowerCase();
  const common = commonPasswords();
  const own = context
    .flatMap((entry) =>
      entry
        .normalize("NFKC")
        .toLowerCase()
        .split(/[\s._-]+/),
    )
    .filter((word) => word.length >= (/^[ -~]*$/.test(word) ? 3 : 2));
  const forbidden = new Set([...words, ...own]);
  for (const form of new Set([lower, unleet(lower)])) {
    const bare = form.replaceAll(/[\s._-]+/g, "");
    if (common.has(form) || common.has(bare) || unit(bare).length < LEAST_OWN) return "common";
    if ([...forbidden].some((word) => word.length >= 4 && bare.includes(word) && bare.length - word.length < 8)) {
      return "context";
    }
    // A shorter word of the context (東区, an id of 3 letters) is no reason alone; as a whole part it counts as known.
    const isKnown = (piece: string): boolean => (piece.length >= 4 && common.has(piece)) || forbidden.has(piece);
    if (ownCharacters(bare, isKnown) < LEAST_OWN) {
      return [...forbidden].some((word) => bare.includes(word)) ? "context" : "common";
    }
  }
  return undefined;
}

const messages: Readonly<Record<PasswordProblem, string>> = {
  tooShort: `パスワードは${passwordLength.min}文字以上にしてください。`,
  tooLong: `パスワードは${passwordLength.max}文字以下にしてください。`,
  notText: "パスワードに使えない文字（制御文字）が含まれています。",
  common:
    "よく使われる言葉や並びでできているため、推測されやすいパスワードです。無関係な言葉を4つ以上つなげるなど、別のものにしてください。",
  context:
    "市・部署・職員番号・業務の言葉でできているため、推測されやすいパスワードです。無関係な言葉を4つ以上つなげるなど、別のものにしてください。",
};

/** The words for a person. */
export function passwordMessage(problem: PasswordProblem): string {
  return messages[problem];
}
