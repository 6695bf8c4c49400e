/**
 * 保存期間の過ぎたデータの自動の判定と消去 (評価書 III-7②, ガイドライン E-d): every day, group by group, as the terms say that two people decided. A
 * 停止 stops it, an empty term removes nothing and is said. What went is counted and listed by number.
 */
import { writeJournal } from "@hagukumi/platform/access/journal.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { randomUUID } from "node:crypto";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** 記録の区分 that are erased by the daily work itself. */
export const ERASED_GROUPS = ["caseNotes", "letterFiles", "protectionLifts"] as const;
export type ErasedGroup = (typeof ERASED_GROUPS)[number];

export const erasedGroupLabels: Readonly<Record<ErasedGroup, string>> = {
  caseNotes: "対応記録・連絡先",
  letterFiles: "通知書の文面とファイル",
  protectionLifts: "一時解除の記録",
};

/** Subjects (people, runs, lifts) of one transaction. */
const SLICE = 500;

export type TermJudgement = {
  readonly group: ErasedGroup;
  /** Null: not decided, nothing is erased */
  readonly years: number | null;
  readonly beforeOn: string | null;
  readonly held: boolean;
  /** People, printing runs or lifts that are past the term */
  readonly subjects: number;
};

/** What would be erased now; writes nothing. */
export async function judgeTerms(connection: Queryable): Promise<readonly TermJudgement[]> {
  const { rows } = await connection.query<TermJudgement>(
    `SELECT g.code AS "group", access.retention_years(g.code, identity.today())::int AS years, nullif(b.day, '-infinity')::text AS "beforeOn",
       EXISTS (SELECT FROM access.retention_hold h WHERE h.group_code = g.code
         AND NOT EXISTS (SELECT FROM access.retention_hold_end e WHERE e.hold_id = h.hold_id)) AS held,
       CASE WHEN b.day IS NULL OR b.day = '-infinity' THEN 0 ELSE (SELECT count(*)::int FROM allowance.past_term(g.code, b.day)) END AS subjects
     FROM unnest($1::text[]) WITH ORDINALITY AS g(code, no) CROSS JOIN LATERAL (SELECT access.removable_before(g.code, identity.today()) AS day) b
     ORDER BY g.no`,
    [ERASED_GROUPS],
  );
  return rows;
}

export type TermErasure = {
  readonly erasureId: number;
  readonly group: ErasedGroup;
  readonly judgedOn: string;
  readonly years: number | null;
  readonly beforeOn: string | null;
  readonly held: boolean;
  readonly subjects: number;
  readonly rows: number;
};

const COLUMNS = `erasure_id AS "erasureId", group_code AS "group", judged_on::text AS "judgedOn", years::int AS years, before_on::text AS "beforeOn", held,
  subjects, row_count AS rows`;

async function eraseSlice(context: Context, group: ErasedGroup): Promise<TermErasure> {
  const command = {
    role: ROLE,
    key: `retention.erase/${group}/${randomUUID()}`,
    name: "retention.erase",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { group },
    signal: context.signal,
  };
  const { response } = await refusing(() =>
    runCommand<TermErasure>(context.pool, command, async (client) => {
      // Two statements: a statement does not see the row that its own function wrote.
      const done = await client.query<{ id: number }>("SELECT allowance.erase_by_term($1, $2) AS id", [group, SLICE]);
      const { rows } = await client.query<TermErasure>(
        `SELECT ${COLUMNS} FROM allowance.term_erasure WHERE erasure_id = $1`,
        [done.rows[0]?.id ?? 0],
      );
      const [made] = rows;
      if (made === undefined) throw new Error("allowance.erase_by_term left no row");
      const { erasureId, subjects, rows: gone, years, held } = made;
      const detail = { group, subjects, rows: gone, held };
      const action = years === null ? "retention.noTerm" : "retention.erased";
      await writeJournal(client, { kind: "event", actor: "system", action, detail });
      return {
        response: made,
        audit: [{ action: "retention.erase", objectKind: "termErasure", objectId: String(erasureId), detail }],
      };
    }),
  );
  return response;
}

/**
 * Judges every group and erases what is past its term, in slices. Broken off, it goes on at the next call; called again on the same
 * day it finds nothing and writes nothing.
 *
 * @throws Refusal `cancelled` between two slices
 */
export async function eraseByTerm(context: Context): Promise<readonly TermErasure[]> {
  const made: TermErasure[] = [];
  const { rows: judged } = await context.pool.query<{ group: string }>(
    `SELECT DISTINCT group_code AS "group" FROM allowance.term_erasure WHERE judged_on = identity.today()`,
  );
  const already = new Set(judged.map(({ group }) => group));
  for (const { group, subjects } of await judgeTerms(context.pool)) {
    if (already.has(group) && subjects === 0) continue;
    for (let done = 0; ;) {
      if (context.signal?.aborted === true) {
        throw refuse(
          "cancelled",
          "消去を中止しました。消した分の記録は残り、残りは次の実行で消えます。もう一度実行すれば続きから始まります。",
        );
      }
      const slice = await eraseSlice(context, group);
      made.push(slice);
      done += slice.subjects;
      context.onProgress?.("保存期間の過ぎたデータの消去", done, Math.max(done, subjects));
      if (slice.subjects < SLICE) break;
    }
  }
  return made;
}

/** The newest erasures that removed something, at most 200. */
export async function listTermErasures(connection: Queryable): Promise<readonly TermErasure[]> {
  const { rows } = await connection.query<TermErasure>(
    `SELECT ${COLUMNS} FROM allowance.term_erasure WHERE subjects > 0 ORDER BY erasure_id DESC LIMIT 200`,
  );
  return rows;
}

export type ErasedItem = { readonly subject: number; readonly lastDay: string; readonly rows: number };

/** What one erasure removed: numbers alone. */
export async function readTermErasure(connection: Queryable, erasureId: number): Promise<readonly ErasedItem[]> {
  const { rows } = await connection.query<ErasedItem>(
    `SELECT subject, last_day::text AS "lastDay", row_count AS rows FROM allowance.term_erasure_item WHERE erasure_id = $1 ORDER BY subject`,
    [erasureId],
  );
  return rows;
}
