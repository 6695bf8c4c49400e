/**
 * The list of checks (検査一覧): what is looked for, with which weight, what it says and what to do, and all refusals. Codes and
 * conditions come from the typed list of system 1, the sentences out of the sources, so that the document says what the program says.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { CheckGroup } from "../../src/checks/check.ts";

/** A call that finds a check, or a refusal, as the source has it. */
export type Call = { readonly name: string; readonly code: string; readonly texts: readonly string[] };

const FILLED = String.raw`\$\{(?:[^{}\x60]|\x60[^\x60]*\x60|\{[^{}]*\})*\}`;
const LITERAL_SOURCE = String.raw`"(?:[^"\\]|\\.)*"|\x60(?:[^\x60\\$]|\\.|${FILLED}|\$)*\x60`;
const LITERAL = new RegExp(LITERAL_SOURCE, "gu");
const LITERAL_HERE = new RegExp(LITERAL_SOURCE, "uy");
const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/u;

/** Where the argument that begins at `from` ends. Literals and what is in brackets are skipped. */
function argumentEnd(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    const sign = source[at] ?? "";
    if (sign === '"' || sign === "`") {
      LITERAL_HERE.lastIndex = at;
      if (LITERAL_HERE.test(source)) at = LITERAL_HERE.lastIndex - 1;
    } else if ("([{".includes(sign)) depth += 1;
    else if (")]}".includes(sign)) depth -= 1;
    else if (sign === "," && depth === 0) return at;
    if (depth < 0) return at;
  }
  return source.length;
}

const shown = (literal: string): string =>
  literal.slice(1, -1).replaceAll(new RegExp(FILLED, "gu"), "〈…〉").replaceAll("|", "｜");

/** The Japanese sentences among the literals of a piece of source; what is filled in is shown as 〈…〉. */
function sentencesIn(piece: string): string[] {
  return [...piece.matchAll(LITERAL)].map(([literal]) => shown(literal)).filter((text) => JAPANESE.test(text));
}

/** What the constant that is named last before `before` says; further constants that it is made of are not followed. */
function constantAt(source: string, name: string, before: number): string[] {
  const declared = `const ${name} =`;
  const near = source.lastIndexOf(declared, before);
  const start = near === -1 ? source.indexOf(declared) : near;
  if (start === -1) return [];
  const end = source.indexOf(";\n", start);
  return sentencesIn(source.slice(start, end === -1 ? source.length : end));
}

/** All calls `name("code", sentence …` of the given functions; `elsewhere`: where constants from other files are looked up. */
export function callsOf(source: string, names: readonly string[], elsewhere = ""): Call[] {
  const pattern = new RegExp(
    String.raw`(?<!\w)(?<!(?<!\.\.)\.)(${names.join("|")})\(\s*("[^"]*"|\x60[^\x60]*\x60)\s*,`,
    "gu",
  );
  return [...source.matchAll(pattern)].map((found) => {
    const [whole, name = "", code = ""] = found;
    const after = found.index + whole.length;
    const sentence = source.slice(after, argumentEnd(source, after));
    const identifier = /^\s*([A-Za-z_]\w*)\s*$/u.exec(sentence)?.[1];
    const own = identifier === undefined ? sentencesIn(sentence) : constantAt(source, identifier, found.index);
    const texts =
      own.length > 0 || identifier === undefined ? own : constantAt(elsewhere, identifier, elsewhere.length);
    return { name, code: code.slice(1, -1), texts };
  });
}

const WEIGHTS = [
  ["stop", "停止"],
  ["look", "注意"],
  ["note", "参考"],
] as const;

/** Whether the code of a call, which may have parts that are filled in, is this code of the list. */
export function fits(written: string, code: string): boolean {
  if (code === "document.*") return written.startsWith("document.");
  const [first = "", ...others] = written.split(/\$\{[^}]*\}/u);
  if (others.length === 0) return written === code;
  const last = others.at(-1) ?? "";
  return (
    code.startsWith(first) && code.endsWith(last) && (others.length > 1 || code.length > first.length + last.length)
  );
}

function groupLines(group: CheckGroup, sourceOf: (file: string) => string): string[] {
  const common = sourceOf("systems/allowance/src/procedures/take-back.ts");
  const calls = group.files.flatMap((file) =>
    callsOf(sourceOf(`systems/allowance/src/${file}`), ["stop", "look", "note"], common),
  );
  return WEIGHTS.flatMap(([weight, label]) =>
    Object.entries(group[weight] ?? {}).map(([code, [when, does]]) => {
      const exact = calls.filter((call) => call.name === weight && call.code === code);
      const mine = exact.length > 0 ? exact : calls.filter((call) => call.name === weight && fits(call.code, code));
      const texts = [...new Set(mine.flatMap(({ texts: each }) => each))];
      return `| \`${code}\` | ${label} | ${when} | ${texts.join("<br>") || "（その場の理由を、そのまま示す）"} | ${does} |`;
    }),
  );
}

/** Codes of a closed set of refusals, from the source that declares it. */
export function codesOf(source: string, type: string): string[] {
  const start = source.indexOf(`export type ${type} =`);
  return [...source.slice(start, source.indexOf(";", start)).matchAll(/"(\w+)"/gu)].map(([, code = ""]) => code);
}

/** The sets of codes: what they are of, where they are declared. */
export const refusalSets = [
  ["児童手当システム", "systems/allowance/src/refusal.ts", "AllowanceRefusalCode"],
  ["データベースと共通の部品", "platform/src/database/problem.ts", "PlatformRefusalCode"],
  ["職員とログイン", "platform/src/identity/problem.ts", "IdentityRefusalCode"],
] as const;

/** What the programs say with each code of refusal, in the order of the sources. */
export function refusalTexts(root: string): ReadonlyMap<string, readonly string[]> {
  const files = globSync(["systems/*/src/**/*.ts", "platform/src/**/*.ts", "web/staff/src/**/*.ts"], { cwd: root });
  const found = new Map<string, string[]>();
  const add = (code: string, texts: readonly string[]): void => {
    const known = found.get(code) ?? [];
    found.set(code, [...known, ...texts.filter((text) => text.trim() !== "" && !known.includes(text))]);
  };
  for (const file of files.toSorted()) {
    const source = readFileSync(join(root, file), "utf8");
    for (const { code, texts } of callsOf(source, ["refuse", "Refusal", "refusal", "problem", "identityRefusal"])) {
      add(code, texts);
    }
    // Tables of messages by constraint, by SQLSTATE, by reason.
    for (const [, code = "", text = ""] of source.matchAll(/code: "(\w+)",\s*message:\s*("[^"]*"|`[^`]*`)/gu)) {
      add(code, [shown(text)]);
    }
    for (const [, code = "", text = ""] of source.matchAll(/\[\s*"(\w+)",\s*("[^"]*"|`[^`]*`),?\s*\]/gu)) {
      if (JAPANESE.test(text)) add(code, [shown(text)]);
    }
  }
  return found;
}

/** The document `docs/検査一覧.md`. */
export function checksDocument(root: string, groups: readonly CheckGroup[]): string {
  const sourceOf = (file: string): string => readFileSync(join(root, file), "utf8");
  const texts = refusalTexts(root);
  const lines = [
    "# 検査一覧",
    "",
    "審査のときに行う検査と、処理を断る理由の一覧です。`npm run docs:checks` がプログラムから作ります（手で直さないでください）。",
    "文の中の 〈…〉 には、その場の番号・日付・氏名などが入ります。",
    "",
    "- **停止**: そのままでは決裁できません（却下はできます）。",
    "- **注意**: 人が見て判断します。",
    "- **参考**: 知っておくとよいことです。",
    "",
  ];
  for (const group of groups) {
    lines.push(`## ${group.where}`, "", "| 符号 | 区分 | 条件 | 表示する文 | すること |", "|---|---|---|---|---|");
    lines.push(...groupLines(group, sourceOf), "");
  }
  lines.push(
    "# 断る理由",
    "",
    "断ったときは、何も変わっていません。文に、何をしようとしたか、何が違うか、どうするかがあります。",
    "",
  );
  for (const [title, file, type] of refusalSets) {
    lines.push(`## ${title}`, "", "| 符号 | 表示する文 |", "|---|---|");
    for (const code of codesOf(sourceOf(file), type).toSorted()) {
      lines.push(`| \`${code}\` | ${(texts.get(code) ?? []).join("<br>")} |`);
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
