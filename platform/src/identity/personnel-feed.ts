/** The personnel feed (人事異動データ): one line for each move, or, as a full list, one for each current assignment. */
import { createHash } from "node:crypto";

import { readCsv } from "../csv/read.ts";

export const personnelColumns = ["職員番号", "氏名", "氏名カナ", "部署コード", "異動種別", "開始日", "終了日"] as const;

/** 異動種別 → what it does */
export const moveKinds = {
  採用: "hire",
  異動: "transfer",
  兼務: "concurrent",
  復職: "return",
  退職: "leave",
} as const;

export type MoveKind = (typeof moveKinds)[keyof typeof moveKinds];

export type Move = {
  readonly line: number;
  readonly staffId: string;
  readonly name: string;
  readonly kana: string | null;
  /** Empty for 退職 */
  readonly sectionCode: string;
  readonly kind: MoveKind;
  /** First day in the section; 退職: the day on which the person is no longer there */
  readonly startsOn: string;
  readonly endsOn: string | null;
};

export type RefusedLine = {
  readonly line: number;
  /** As far as it could be read: such a person is not switched off as missing */
  readonly staffId: string | null;
  readonly code: "csv" | "value" | "section" | "staff" | "assignment";
  readonly message: string;
};

export type PersonnelFeed = {
  readonly sha256: string;
  readonly moves: readonly Move[];
  readonly refused: readonly RefusedLine[];
};

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isMoveKind(text: string): text is keyof typeof moveKinds {
  return Object.hasOwn(moveKinds, text);
}

function valueFault(fields: readonly string[]): string | undefined {
  const [staffId = "", name = "", kana = "", section = "", kind = "", from = "", to = ""] = fields;
  if (!/^[A-Za-z0-9._-]{3,32}$/.test(staffId)) return "職員番号は、半角の英数字と . _ - の3〜32文字にしてください。";
  if (name.trim() === "" || Array.from(name).length > 100) return "氏名は1〜100文字にしてください。";
  if (Array.from(kana).length > 200) return "氏名カナは200文字以下にしてください。";
  if (!isMoveKind(kind)) return `異動種別は${Object.keys(moveKinds).join("・")}のどれかにしてください。`;
  if (kind !== "退職" && !/^[A-Za-z0-9_-]{1,20}$/.test(section)) return "部署コードがないか、形が正しくありません。";
  if (!isDay(from)) return "開始日は存在する日付を YYYY-MM-DD で書いてください。";
  if (to !== "" && (!isDay(to) || to < from)) return "終了日は、開始日以後の日付を YYYY-MM-DD で書いてください。";
  return undefined;
}

/**
 * Reads the whole feed; nothing is written.
 *
 * @throws Refusal `csvHeader`, `csvUnreadable`
 */
export async function readPersonnelFeed(bytes: Uint8Array): Promise<PersonnelFeed> {
  const moves: Move[] = [];
  const refused: RefusedLine[] = [];
  const source = (async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  })();
  for await (const row of readCsv(source, { columns: personnelColumns, maxRecordCharacters: 10_000 })) {
    if (row.fields === undefined) {
      refused.push({ line: row.line, staffId: null, code: "csv", message: row.problem.message });
      continue;
    }
    const [staffId = "", name = "", kana = "", sectionCode = "", kind = "", startsOn = "", to = ""] = row.fields;
    const fault = valueFault(row.fields);
    if (fault !== undefined || !isMoveKind(kind)) {
      const readable = /^[A-Za-z0-9._-]{3,32}$/.test(staffId) ? staffId : null;
      refused.push({ line: row.line, staffId: readable, code: "value", message: fault ?? "" });
      continue;
    }
    moves.push({
      line: row.line,
      staffId,
      name: name.trim(),
      kana: kana === "" ? null : kana,
      sectionCode,
      kind: moveKinds[kind],
      startsOn,
      endsOn: to === "" ? null : to,
    });
  }
  return { sha256: createHash("sha256").update(bytes).digest("hex"), moves, refused };
}
