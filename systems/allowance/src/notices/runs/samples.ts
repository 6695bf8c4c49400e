/** 見本: what an approver looks at – the first and the last, the largest amount, the longest, every one with a character in another form. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { type LetterContent, letterText } from "../content/letter.ts";
import { type StopReason, stopLabels } from "../content/compose.ts";
import { EVENT_TERMINAL, getLetterRun, type LetterRun } from "./run-record.ts";

/** Samples at most */
const SAMPLES = 12;

export type LetterSample = {
  readonly letterId: number;
  readonly seq: number;
  readonly why: string;
  readonly amount: number | null;
  readonly lines: readonly string[];
};

export type RunIssue = {
  readonly letterId: number;
  readonly seq: number;
  readonly kind: "character" | "overflow";
  readonly codePoints: string;
  readonly printed: string;
};

export type LetterRunPage = {
  readonly run: LetterRun;
  readonly approver: string | null;
  readonly leftOut: readonly {
    readonly route: "tray" | "leftOut";
    readonly reason: StopReason;
    readonly label: string;
    readonly count: number;
  }[];
  readonly issues: readonly RunIssue[];
  readonly files: readonly {
    readonly fileNo: number;
    readonly letters: number;
    readonly pages: number;
    readonly sha256: string;
  }[];
  readonly events: readonly {
    readonly state: string;
    readonly by: string;
    readonly at: Date;
    readonly terminal: string | null;
    readonly note: string;
  }[];
  /** Letters that name or go to a protected person */
  readonly protectedLetters: number;
};

/** @throws Refusal `letterRunUnknown` */
export async function readLetterRun(
  connection: Queryable,
  runNo: number,
  withProtected: boolean,
): Promise<LetterRunPage> {
  const run = await getLetterRun(connection, runNo);
  const [approval, leftOut, issues, files, events, protectedCount] = [
    await connection.query<{ approver: string }>(
      "SELECT approver FROM allowance.letter_run_approval WHERE run_no = $1",
      [runNo],
    ),
    await connection.query<{ route: "tray" | "leftOut"; reason: StopReason; count: number }>(
      `SELECT route, reason, count(*)::int AS count FROM allowance.letter_left_out WHERE run_no = $1 AND ($2 OR reason <> 'protected') GROUP BY route, reason ORDER BY 3 DESC`,
      [runNo, withProtected],
    ),
    await connection.query<RunIssue>(
      `SELECT i.letter_id AS "letterId", l.seq, i.kind, i.code_points AS "codePoints", i.printed FROM allowance.letter_print_issue i JOIN allowance.letter l USING (letter_id)
       WHERE l.run_no = $1 ORDER BY l.seq, i.no LIMIT 500`,
      [runNo],
    ),
    await connection.query<{ fileNo: number; letters: number; pages: number; sha256: string }>(
      `SELECT file_no::int AS "fileNo", letters, pages, sha256 FROM allowance.letter_file WHERE run_no = $1 ORDER BY file_no`,
      [runNo],
    ),
    await connection.query<{ state: string; by: string; at: Date; terminal: string | null; note: string }>(
      `SELECT to_state AS state, actor AS by, recorded_at AS at, ${EVENT_TERMINAL} AS terminal, note FROM allowance.letter_run_event e WHERE run_no = $1 ORDER BY seq`,
      [runNo],
    ),
    await connection.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM allowance.letter l WHERE l.run_no = $1 AND $2::text <> 'first'
         AND (allowance.is_protected(l.addressee_number) OR EXISTS (SELECT FROM unnest(l.named_numbers) n WHERE allowance.is_protected(n)))`,
      [runNo, run.kind],
    ),
  ];
  return {
    run,
    approver: approval.rows[0]?.approver ?? null,
    leftOut: leftOut.rows.map((row) => ({ ...row, label: stopLabels[row.reason] })),
    issues: issues.rows,
    files: files.rows,
    events: events.rows,
    protectedLetters: protectedCount.rows[0]?.n ?? 0,
  };
}

const CHOSEN = `
SELECT seq, string_agg(DISTINCT why, '・' ORDER BY why) AS why FROM (
  (SELECT seq, '1 初めの通知書' AS why FROM allowance.letter WHERE run_no = $1 ORDER BY seq LIMIT 1)
  UNION ALL (SELECT seq, '2 終わりの通知書' FROM allowance.letter WHERE run_no = $1 ORDER BY seq DESC LIMIT 1)
  UNION ALL (SELECT seq, '3 額が最も大きい' FROM allowance.letter WHERE run_no = $1 AND amount IS NOT NULL ORDER BY amount DESC, seq LIMIT 1)
  UNION ALL (SELECT seq, '4 額が最も小さい' FROM allowance.letter WHERE run_no = $1 AND amount IS NOT NULL ORDER BY amount, seq LIMIT 1)
  UNION ALL (SELECT seq, '5 頁が最も多い' FROM allowance.letter WHERE run_no = $1 ORDER BY pages DESC, seq LIMIT 1)
  UNION ALL (SELECT seq, '6 施設等受給者用' FROM allowance.letter WHERE run_no = $1 AND version = 'institution' ORDER BY seq LIMIT 1)
  UNION ALL (SELECT l.seq, '7 字形を変えた文字がある' FROM allowance.letter l JOIN allowance.letter_print_issue i USING (letter_id) WHERE l.run_no = $1 ORDER BY l.seq LIMIT 5)
) s GROUP BY seq ORDER BY seq LIMIT ${SAMPLES}`;

/**
 * The samples of a run, always the same ones for the same run.
 *
 * @param withProtected without it a letter that touches a protected person is not among them
 */
export async function letterSamples(
  connection: Queryable,
  runNo: number,
  withProtected: boolean,
): Promise<readonly LetterSample[]> {
  const { rows } = await connection.query<{
    letterId: number;
    seq: number;
    why: string;
    amount: number | null;
    content: LetterContent;
  }>(
    `SELECT l.letter_id AS "letterId", l.seq, c.why, l.amount, l.content FROM (${CHOSEN}) c JOIN allowance.letter l ON l.run_no = $1 AND l.seq = c.seq AND NOT l.content ? 'erasedOn'
     WHERE $2 OR NOT (coalesce(allowance.is_protected(l.addressee_number), false) OR EXISTS (SELECT FROM unnest(l.named_numbers) n WHERE allowance.is_protected(n))) ORDER BY l.seq`,
    [runNo, withProtected],
  );
  return rows.map(({ content, why, ...row }) => ({
    ...row,
    why: why.replaceAll(/[0-9] /g, ""),
    lines: letterText(content),
  }));
}
