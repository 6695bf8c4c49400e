/**
 * 伏字: what of a statement may be kept. Everything that could be a person's data goes before a byte of it reaches a disk – literals, what
 * stands between quotation marks, comments, every character outside ASCII, every run of four digits. Where the text is doubtful (a quotation
 * mark that doesn't end, a backslash before one), everything from there on goes: rather too little in the record than a name.
 */

/** Longest text that is kept, in characters. */
const LONGEST = 4_000;

/** Words of SQL and PL/pgSQL that are kept inside a body between dollar signs, where anything else might be text. */
const BODY_WORDS = new Set(
  `all alter analyze and any array as asc begin between by call case close cluster commit constraint copy create cross cursor database declare default
  delete desc disable distinct do drop else elsif enable end execute exception exists extension fetch for foreach foreign format from full function
  grant group having if ilike in index inner insert instead into is join language lateral left like limit listen lock loop materialized merge natural
  not notify null of offset on only open or order outer partition perform policy privileges procedure query raise reassign reindex release rename replace
  reset restrict return returning returns revoke right role rollback row rows rule savepoint schema security select sequence session set setof show
  table tablespace temp temporary then to transaction trigger truncate type union unique unlogged update user using vacuum values view volatile when
  where while with`.split(/\s+/),
);

/** Schemas of the product and of the server: `schema.name` is kept inside a body too. */
const SCHEMAS =
  "allowance|access|audit|identity|vault|interchange|unified|migration|statement_log|pg_catalog|information_schema";

const OPEN_DOLLAR = /^\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$/;
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;

/** What of a body between dollar signs is kept: words of the language and names with a known schema, in their order. */
function bodyWords(body: string): string {
  const found = body.match(new RegExp(`\\b(?:${SCHEMAS})\\.[a-z_]+\\b|\\b[A-Za-z]+\\b`, "g")) ?? [];
  return found.filter((word) => word.includes(".") || BODY_WORDS.has(word.toLowerCase())).join(" ");
}

/** End of a string that begins at `from`; undefined where it is doubtful or doesn't end. */
function endOfString(text: string, from: number, escapes: boolean): number | undefined {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\\") {
      if (!escapes && text.charAt(at + 1) === "'") return undefined; // depends on a setting of the session
      if (escapes) at += 1;
    } else if (character === "'") {
      if (text.charAt(at + 1) !== "'") return at + 1;
      at += 1;
    }
  }
  return undefined;
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const two = text.slice(at, at + 2);
    if (two === "/*") depth += 1;
    else if (two === "*/") depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

type Piece = { readonly kept: string; readonly to: number };

/** One piece of SQL, from `at` on; undefined where nothing special stands there. @param before the plain text that leads up to it */
function special(text: string, at: number, before: string): Piece | undefined {
  const character = text.charAt(at);
  if (character === "'") {
    const prefix = text.slice(Math.max(0, at - 2), at);
    const to = endOfString(text, at, /(?:^|[^A-Za-z0-9_])[eE]$/.test(prefix));
    return { kept: "'…'", to: to ?? text.length };
  }
  if (character === '"') {
    const end = text.indexOf('"', at + 1);
    const name = end === -1 ? "" : text.slice(at + 1, end);
    return { kept: PLAIN_NAME.test(name) ? `"${name}"` : '"…"', to: end === -1 ? text.length : end + 1 };
  }
  if (text.startsWith("--", at)) {
    const end = text.indexOf("\n", at);
    return { kept: "--… ", to: end === -1 ? text.length : end };
  }
  if (text.startsWith("/*", at)) return { kept: "/*…*/", to: endOfComment(text, at) };
  if (character === "$") {
    const open = OPEN_DOLLAR.exec(text.slice(at, at + 70))?.[0];
    if (open === undefined) return undefined;
    // Behind a letter or digit it is part of a name or an error: doubtful, and everything from here on goes.
    if (/[A-Za-z0-9_$\u0080-\uffff]$/.test(before)) return { kept: "$…$", to: text.length };
    const end = text.indexOf(open, at + open.length);
    const body = text.slice(at + open.length, end === -1 ? text.length : end);
    return { kept: `$…${bodyWords(body)}…$`, to: end === -1 ? text.length : end + open.length };
  }
  return undefined;
}

/** Long numbers and characters outside ASCII, also inside names. */
const bare = (text: string): string =>
  text.replaceAll(/[^\u0020-\u007e]+/g, (found) => (/^\s+$/.test(found) ? " " : "…")).replaceAll(/\d{4,}/g, "#");

/** @param text a statement or a message of the server, as it was said */
export function maskStatement(text: string): string {
  let kept = "";
  let plain = "";
  for (let at = 0; at < text.length && kept.length < LONGEST;) {
    const piece = special(text, at, plain);
    if (piece === undefined) {
      plain += text.charAt(at);
      at += 1;
      continue;
    }
    kept += bare(plain) + piece.kept;
    plain = "";
    at = piece.to;
  }
  return (kept + bare(plain)).replaceAll(/ {2,}/g, " ").trim().slice(0, LONGEST);
}
