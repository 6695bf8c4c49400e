/** What is changed in the text of a program: one place at a time, in SQL and in TypeScript, never in comments, messages or imports. */

export type Change = {
  readonly at: number;
  readonly length: number;
  readonly by: string;
};

type Rule = readonly [pattern: RegExp, by: (found: string) => string];

const to = (text: string) => (): string => text;

const SQL: readonly Rule[] = [
  [/RAISE EXCEPTION[^;]*;/g, to("NULL;")],
  [/\bIS NOT DISTINCT FROM\b/g, to("IS DISTINCT FROM")],
  [/\bIS DISTINCT FROM\b/g, to("IS NOT DISTINCT FROM")],
  [/\bIS NOT NULL\b/g, to("IS NULL")],
  [/\bIS NULL\b/g, to("IS NOT NULL")],
  [/\bNOT EXISTS\b/g, to("EXISTS")],
  [/(?<!NOT )\bEXISTS\b/g, to("NOT EXISTS")],
  [/(?<= )NOT (?!EXISTS|NULL|DISTINCT|IN\b)/g, to("")],
  [/ <> /g, to(" = ")],
  [/(?<!ERRCODE|CONSTRAINT) = /g, to(" <> ")],
  [/ <= /g, to(" < ")],
  [/ >= /g, to(" > ")],
  [/ < /g, to(" <= ")],
  [/ > /g, to(" >= ")],
  [/(?<!BETWEEN \S+) AND /g, to(" OR ")],
  [/ OR /g, to(" AND ")],
  [/ \+ 1\b/g, to(" + 2")],
  [/ - 1\b/g, to(" - 2")],
  [/ - (?=[a-z])/g, to(" + ")],
  [/\bLEFT JOIN\b/g, to("JOIN")],
  [/\bFULL JOIN\b/g, to("LEFT JOIN")],
  [/\bmin\(/g, to("max(")],
  [/\bmax\(/g, to("min(")],
  [/\bsum\(/g, to("min(")],
  [/ DESC\b/g, to("")],
];

const CODE: readonly Rule[] = [
  [/ === /g, to(" !== ")],
  [/ !== /g, to(" === ")],
  [/ && /g, to(" || ")],
  [/ \|\| /g, to(" && ")],
  [/ \+ 1\b/g, to(" + 2")],
  [/ - (?=[a-z])/g, to(" + ")],
  [/(?<=\bif \()(?=[^)]*\))/g, to("false && ")],
  [/(?<=\bif \()(?=[^)]*\))/g, to("true || ")],
  [/\?\? /g, to("&& ")],
];

/** Where no change is made: the text itself is blanked, its length stays. */
const blank = (text: string, pattern: RegExp): string => text.replaceAll(pattern, (found) => " ".repeat(found.length));

function changesOf(text: string, offset: number, rules: readonly Rule[]): Change[] {
  return rules.flatMap(([pattern, by]) =>
    [...text.matchAll(pattern)].map((found) => ({
      at: offset + found.index,
      length: found[0].length,
      by: by(found[0]),
    })),
  );
}

/** Of the body of a function of the database. */
export const sqlChanges = (text: string): readonly Change[] => changesOf(blank(text, /--[^\n]*/g), 0, SQL);

/** Of a source file: SQL between backticks, TypeScript around it. */
export function sourceChanges(source: string): readonly Change[] {
  const text = blank(blank(source, /\/\*[\s\S]*?\*\//g), /(?<!:)\/\/[^\n]*|^import[\s\S]*?;$/gm);
  const strings = [...text.matchAll(/`[^`]*`/g)];
  const code = strings.reduce(
    (rest, { index, 0: found }) => rest.slice(0, index) + " ".repeat(found.length) + rest.slice(index + found.length),
    text,
  );
  // What people read is no rule: a template that speaks Japanese is a message.
  const sql = strings.filter(({ 0: found }) => !/。/.test(found));
  return [
    ...sql.flatMap(({ index, 0: found }) => changesOf(found, index, SQL)),
    ...changesOf(blank(code, /"[^"\n]*"/g), 0, CODE),
  ];
}

export const changed = (text: string, { at, length, by }: Change): string =>
  text.slice(0, at) + by + text.slice(at + length);

/** The changed place in one line, for the report. */
export function spoken(text: string, { at, length, by }: Change): string {
  const line = text.slice(0, at).split("\n").length;
  const around = text.slice(Math.max(0, at - 40), at + length + 40).replaceAll(/\s+/g, " ");
  return `line ${line}: «${text.slice(at, at + length).slice(0, 40)}» → «${by}» in …${around}…`;
}
