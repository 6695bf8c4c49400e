/** Words of proposals for people. */
import { count, wareki } from "../../ui/format.ts";

const KINDS: Readonly<Record<string, string>> = {
  denyPerson: "閲覧の禁止",
  endDenial: "閲覧の禁止の終わり",
  relatePerson: "職員との関係",
  endRelation: "職員との関係の終わり",
  retentionTerm: "保存期間",
  removeRecords: "記録の消去",
  releaseHold: "消去の停止の解除",
};

export const kindName = (kind: string): string => KINDS[kind] ?? kind;

/** 関係 */
export const RELATION_NAMES = {
  self: "本人",
  family: "親族",
  neighbour: "近隣",
  watched: "だれが見ても点検する人",
} as const;

/** 記録の区分 */
export const GROUP_NAMES = {
  accessLog: "アクセスログ",
  journal: "システムの記録",
  individualNumber: "個人番号",
  caseNotes: "対応記録・連絡先",
  letterFiles: "通知書の文面とファイル",
  protectionLifts: "一時解除の記録",
  paperDocuments: "紙の書類",
} as const;

/** 宛名番号 with its 15 digits. */
export const numberText = (number: number): string => String(number).padStart(15, "0");

const isRelation = (text: string): text is keyof typeof RELATION_NAMES => text in RELATION_NAMES;
const isGroup = (text: string): text is keyof typeof GROUP_NAMES => text in GROUP_NAMES;

type Value = string | number | null;

function valueText(name: string, value: Value): string {
  if (name === "years") return value === null ? "決めない（消さない）" : `${String(value)}年`;
  if (value === null) return name === "to" ? "決めない" : "すべての職員";
  if (typeof value === "number") {
    if (name === "addresseeNumber") return numberText(value);
    return name === "rows" ? `${count(value)}行` : String(value);
  }
  if (name === "relation" && isRelation(value)) return RELATION_NAMES[value];
  if (name === "group" && isGroup(value)) return GROUP_NAMES[value];
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? wareki(value) : value;
}

const NAMES: Readonly<Record<string, string>> = {
  staffId: "職員",
  addresseeNumber: "宛名番号",
  relation: "関係",
  from: "いつから",
  to: "いつまで",
  restrictionId: "番号",
  group: "記録",
  years: "保存期間",
  rows: "行の数",
  beforeOn: "この日より前",
  throughBlock: "封",
  holdId: "停止の番号",
};

/** What a proposal says, without what only machines compare. */
export function factsOf(
  content: Readonly<Record<string, Value>>,
): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(NAMES)
    .filter(([name]) => name in content)
    .map(([name, label]) => ({ name: label, value: valueText(name, content[name] ?? null) }));
}
