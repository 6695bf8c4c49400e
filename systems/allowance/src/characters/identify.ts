/**
 * 同定: which character of 行政事務標準文字 a character of the city's own (外字, private use) is. A set of lines comes from the
 * identification tool or from a person; it counts after another person has approved exactly that content. Names in the
 * register are never changed by it: it says in which form they are printed and sent.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { countGraphemes } from "@hagukumi/platform/text/characters.ts";
import { characterOfMj } from "@hagukumi/platform/text/mj/mj-list.ts";
import { codePointsOf, JIS_X_0213 } from "@hagukumi/platform/text/mj/reduce.ts";
import { createHash } from "node:crypto";

import type { Context } from "../context.ts";
import { letterCommand } from "../notices/runs/command.ts";
import { refuse } from "../refusal.ts";

/** One line of a set. */
export type IdentifiedCharacter = {
  /** The character as the register holds it */
  readonly from: string;
  /** The character it is */
  readonly to: string;
  /** Why: the tool's rating, the page of the family register, … */
  readonly basis: string;
};

export type CharacterSetLine = IdentifiedCharacter & { readonly codePoints: string };

export type ListedCharacterSet = {
  readonly setId: number;
  readonly lines: readonly CharacterSetLine[];
  readonly source: string;
  readonly digest: string;
  readonly enteredBy: string;
  readonly approvedBy: string | null;
};

/** `U+E000` or `U+845B U+E0100` → the character; a MJ文字図形名 → its character; anything else as it stands. */
export function parseCharacter(text: string): string {
  const trimmed = text.trim();
  if (/^MJ\d{6}$/.test(trimmed)) return characterOfMj(trimmed) ?? "";
  const points = trimmed.split(/\s+/);
  if (!points.every((each) => /^U\+[0-9A-Fa-f]{4,6}$/.test(each))) return trimmed;
  const values = points.map((each) => Number.parseInt(each.slice(2), 16));
  return values.every((value) => value <= 0x10_ff_ff) ? String.fromCodePoint(...values) : "";
}

/** What is wrong with a line, in Japanese; undefined where nothing is. */
function problemOf({ from, to }: IdentifiedCharacter, seen: ReadonlySet<string>): string | undefined {
  if (countGraphemes(from) !== 1) return "文字が1字ではありません";
  if (countGraphemes(to) !== 1) return "同定先が1字ではないか、MJ文字図形名が一覧にありません";
  if (from === to) return "文字と同定先が同じです";
  if (JIS_X_0213.has(from)) return "文字が JIS X 0213 にあります。読み替えはできません";
  if (seen.has(from)) return "同じ文字が二度あります";
  return undefined;
}

/**
 * Enters a set; it counts only after the approval.
 *
 * @throws Refusal `characterSetInvalid`, naming each line that is wrong; nothing is kept of the others either
 */
export async function proposeCharacters(
  context: Context,
  given: { readonly lines: readonly IdentifiedCharacter[]; readonly source: string; readonly key?: string },
): Promise<{ readonly setId: number; readonly digest: string }> {
  const seen = new Set<string>();
  const lines = given.lines.map(({ from, to, basis }) => ({
    from: parseCharacter(from),
    to: parseCharacter(to),
    basis: basis.trim(),
  }));
  const problems = lines.flatMap((line, index) => {
    const problem = problemOf(line, seen);
    seen.add(line.from);
    return problem === undefined ? [] : [`${String(index + 1)}行目: ${problem}`];
  });
  const source = given.source.trim();
  if (problems.length > 0 || lines.length === 0 || source === "") {
    const told = problems.length === 0 ? ["行か出どころがありません"] : problems.slice(0, 20);
    throw refuse(
      "characterSetInvalid",
      `文字の同定を登録できません。${told.join("、")}。直してから、もう一度登録してください。何も変えていません。`,
      { problems: problems.length },
    );
  }
  const digest = createHash("sha256").update(canonicalJson({ lines, source })).digest("hex");
  const about = { name: "characters.propose", key: given.key, request: { digest } };
  const { response } = await letterCommand(context, about, async (client) => {
    const { rows } = await client.query<{ set_id: number }>(
      "INSERT INTO allowance.character_set (lines, source, content_digest, entered_by) VALUES ($1, $2, $3, $4) RETURNING set_id",
      [JSON.stringify(lines), source, digest, context.operator],
    );
    const setId = rows[0]?.set_id ?? 0;
    const detail = { lines: lines.length, digest };
    return {
      response: { setId, digest },
      audit: [{ action: "characters.propose", objectKind: "characterSet", objectId: String(setId), detail }],
    };
  });
  return response;
}

/** @throws Refusal `characterSetUnknown`, `contentChanged`, `samePerson` */
export async function approveCharacters(
  context: Context,
  { setId, digest, key }: { readonly setId: number; readonly digest: string; readonly key?: string },
): Promise<void> {
  await letterCommand(context, { name: "characters.approve", key, request: { setId, digest } }, async (client) => {
    const { rows } = await client.query<{ content_digest: string; entered_by: string; approved: boolean }>(
      `SELECT s.content_digest, s.entered_by, a.set_id IS NOT NULL AS approved
       FROM allowance.character_set s LEFT JOIN allowance.character_set_approval a USING (set_id) WHERE s.set_id = $1`,
      [setId],
    );
    const found = rows[0];
    if (found === undefined || found.approved) {
      throw refuse(
        "characterSetUnknown",
        `文字の同定の組 ${String(setId)} の案はないか、もう承認されています。一覧を読み直してください。`,
        { setId },
      );
    }
    if (found.content_digest !== digest) {
      throw refuse("contentChanged", "表示された組と中身が違います。読み直してください。何も変えていません。", {
        setId,
      });
    }
    await client.query(
      "INSERT INTO allowance.character_set_approval (set_id, content_digest, entered_by, approved_by) VALUES ($1, $2, $3, $4)",
      [setId, digest, found.entered_by, context.operator],
    );
    const event = { action: "characters.approve", objectKind: "characterSet", objectId: String(setId) };
    return { response: null, audit: [{ ...event, detail: { digest } }] };
  });
}

/** Every set, newest first. */
export async function listCharacterSets(connection: Queryable): Promise<readonly ListedCharacterSet[]> {
  const { rows } = await connection.query<
    Omit<ListedCharacterSet, "lines"> & { readonly lines: readonly IdentifiedCharacter[] }
  >(
    `SELECT s.set_id AS "setId", s.lines, s.source, s.content_digest AS digest, s.entered_by AS "enteredBy", a.approved_by AS "approvedBy"
     FROM allowance.character_set s LEFT JOIN allowance.character_set_approval a USING (set_id) ORDER BY s.set_id DESC`,
  );
  return rows.map((row) => ({
    ...row,
    lines: row.lines.map((line) => ({ ...line, codePoints: codePointsOf(line.from) })),
  }));
}

/** The approved 同定: the character of the register → the character it is. A newer set wins. */
export async function identifiedCharacters(connection: Queryable): Promise<ReadonlyMap<string, string>> {
  const { rows } = await connection.query<{ from: string; to: string }>(
    `SELECT l ->> 'from' AS "from", l ->> 'to' AS "to" FROM allowance.character_set s JOIN allowance.character_set_approval a USING (set_id),
       jsonb_array_elements(s.lines) l ORDER BY s.set_id`,
  );
  return new Map(rows.map(({ from, to }) => [from, to]));
}
