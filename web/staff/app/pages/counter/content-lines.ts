/** The content of a filing in words: the path of an item, and the whole as lines for those who did not type it. */
import { relationText } from "@hagukumi/platform/text/relation.ts";

import { certificationText, wareki } from "../../ui/format.ts";
import { fieldNames } from "./field-names.ts";
import { isObject, type Json } from "./schema.ts";

/** `children.0.number` as words: 児童・算定対象者1の続柄. */
export function pathName(path: string): string {
  return path
    .split(".")
    .map((part) =>
      /^\d+$/.test(part) ? String(Number(part) + 1) : (fieldNames[part]?.label ?? headNames[part] ?? part),
    )
    .reduce((before, part) =>
      // 住所の住所 says no more than 住所.
      /^\d+$/.test(part) ? `${before}${part}` : before === part ? part : `${before}の${part}`,
    );
}

const headNames: Readonly<Record<string, string>> = {
  receivedOn: "受付日",
  identity: "本人確認",
  documents: "書類",
  agent: "代理人",
  wardCode: "所管区",
  channel: "受付の方法",
};

const ORDER = Object.keys(fieldNames);
const place = (key: string): number => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);

/** What names the codes of the content: people by 宛名番号, 行政区 by their code. */
export type ContentNames = {
  readonly people: ReadonlyMap<number, string>;
  readonly wards: ReadonlyMap<string, string>;
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Typed twice to catch a slip; read back once. */
const TWICE = "numberAgain";

function shown(key: string, value: string | number | boolean, { people, wards }: ContentNames): string {
  const { words = {}, typing } = fieldNames[key] ?? {};
  if (value === true) return "はい";
  const text = String(value);
  if (typing === "person" && typeof value === "number") {
    const person = people.get(value);
    return person === undefined ? text : `${person}（宛名番号 ${text}）`;
  }
  if (key === "recipientId" && typeof value === "number") return certificationText(value);
  if (key === "relation") return relationText(text);
  if (key === "wardCode") return wards.get(text) ?? text;
  return words[text] ?? wareki(text);
}

/** Content read back as lines of names and values, in the order of the form, for those who did not type it. */
export function contentLines(
  value: Json | undefined,
  names: ContentNames,
  path = "",
): readonly { readonly name: string; readonly value: string }[] {
  if (value === undefined || value === null || value === "" || value === false) return [];
  if (isList(value)) {
    return value.flatMap((each, index) => contentLines(each, names, `${path}.${String(index)}`));
  }
  if (isObject(value)) {
    return Object.entries(value)
      .toSorted(([a], [b]) => place(a) - place(b))
      .flatMap(([key, each]) => contentLines(each, names, path === "" ? key : `${path}.${key}`));
  }
  const key = path.split(".").at(-1) ?? "";
  return key === TWICE ? [] : [{ name: pathName(path), value: shown(key, value, names) }];
}
