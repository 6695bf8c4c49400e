/** 指摘: what the rules raised, its evidence, and what a person found out about it. */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { reviewCommand } from "./review-log.ts";
import { logRules, ruleOf } from "./rules.ts";

/** What came out: 業務による, 目的外, 確認中のまま引き継ぐ. */
export type LogOutcome = "justified" | "misuse" | "unclear";

export const logOutcomeLabels: Readonly<Record<LogOutcome, string>> = {
  justified: "業務による",
  misuse: "目的外の疑い",
  unclear: "確認中（引き継ぐ）",
};

export type Finding = {
  readonly findingId: number;
  readonly rule: string;
  readonly ruleName: string;
  readonly about: string;
  readonly staffId: string | null;
  readonly addresseeNumber: number | null;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly occurrences: number;
  readonly raisedAt: Date;
  readonly outcome: LogOutcome | null;
  readonly note: string | null;
  readonly decidedBy: string | null;
  /** Who has looked at the evidence */
  readonly seenBy: readonly string[];
};

const FINDINGS = `
SELECT f.finding_id AS "findingId", f.rule, f.staff_id AS "staffId", f.addressee_number AS "addresseeNumber", f.first_at AS "firstAt",
  f.last_at AS "lastAt", f.occurrences, f.raised_at AS "raisedAt", o.outcome, o.note, o.decided_by AS "decidedBy",
  ARRAY(SELECT s.staff_id FROM access.finding_sight s WHERE s.finding_id = f.finding_id ORDER BY s.seen_at) AS "seenBy"
FROM access.finding f LEFT JOIN access.finding_outcome o USING (finding_id)`;

type Row = Omit<Finding, "ruleName" | "about">;

function named(row: Row): Finding {
  const { name, about } = ruleOf(row.rule);
  return { ...row, ruleName: name, about };
}

/** Findings of a month (of their last moment): open ones first, then the newest. At most 500. */
export async function listFindings(connection: Queryable, firstDay: string): Promise<readonly Finding[]> {
  const { rows } = await connection.query<Row>(
    `${FINDINGS} WHERE f.last_at >= $1::date::timestamp AT TIME ZONE 'Asia/Tokyo' AND f.last_at < ($1::date + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo'
     ORDER BY o.finding_id IS NOT NULL, f.last_at DESC, f.finding_id DESC LIMIT 500`,
    [firstDay],
  );
  return rows.map(named);
}

/** The newest 100 findings about protected and forbidden people. */
export async function listProtectionAlerts(connection: Queryable): Promise<readonly Finding[]> {
  const codes = logRules.filter(({ protection }) => protection === true).map(({ code }) => code);
  const { rows } = await connection.query<Row>(
    `${FINDINGS} WHERE f.rule = ANY ($1::text[]) ORDER BY f.last_at DESC, f.finding_id DESC LIMIT 100`,
    [codes],
  );
  return rows.map(named);
}

/** One row of the access log as evidence or sample. By 宛名番号 alone, as the log is. */
export type EvidenceRow = {
  readonly seq: number;
  readonly processedAt: Date;
  readonly staffId: string;
  readonly staffName: string;
  readonly sectionName: string;
  readonly terminalCode: string;
  readonly purposeName: string;
  readonly purposeText: string;
  readonly addresseeNumber: number | null;
  readonly operation: string;
  readonly action: string;
  readonly refusalCode: string | null;
  readonly caseRef: string;
};

export const EVIDENCE_COLUMNS = `l.seq, l.processed_at AS "processedAt", l.staff_id AS "staffId", l.staff_name AS "staffName", l.section_name AS "sectionName",
  l.terminal_code AS "terminalCode", coalesce((SELECT p.name FROM access.purpose p WHERE p.code = l.purpose_code ORDER BY p.valid_from DESC LIMIT 1), l.purpose_code) AS "purposeName",
  l.purpose_text AS "purposeText", l.addressee_number AS "addresseeNumber", l.operation, l.action, l.refusal_code AS "refusalCode", l.case_ref AS "caseRef"`;

/**
 * Records that this person opens a finding and looks at its evidence (`readFinding`).
 *
 * @param protectionOnly only findings about protected and forbidden people, for 支援措置担当
 * @throws Refusal `findingUnknown`
 */
export async function openFinding(
  context: Context,
  findingId: number,
  options: { readonly protectionOnly?: boolean; readonly key?: string } = {},
): Promise<void> {
  const { protectionOnly = false, key } = options;
  const request = { findingId, protectionOnly };
  await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "logReview.openFinding", request, key), async (client) => {
      const codes = logRules.filter(({ protection }) => protection === true).map(({ code }) => code);
      const found = await client.query(
        "SELECT FROM access.finding WHERE finding_id = $1 AND ($2::text[] IS NULL OR rule = ANY ($2::text[]))",
        [findingId, protectionOnly ? codes : null],
      );
      if (found.rowCount !== 1) {
        throw refuse("findingUnknown", `番号 ${findingId} の指摘はありません。一覧を読み直してください。`, {
          findingId,
        });
      }
      await client.query(
        "INSERT INTO access.finding_sight (finding_id, staff_id) VALUES ($1, $2) ON CONFLICT (finding_id, staff_id) DO NOTHING",
        [findingId, context.operator],
      );
      const audit = [{ action: "logReview.openFinding", objectKind: "finding", objectId: String(findingId) }];
      return { response: null, audit };
    }),
  );
}

/** A finding with its evidence, at most 100 rows of the log; undefined where there is none. */
export async function readFinding(
  connection: Queryable,
  findingId: number,
): Promise<{ readonly finding: Finding; readonly evidence: readonly EvidenceRow[] } | undefined> {
  const { rows } = await connection.query<Row>(`${FINDINGS} WHERE f.finding_id = $1`, [findingId]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const evidence = await connection.query<EvidenceRow>(
    `SELECT ${EVIDENCE_COLUMNS} FROM access.finding f JOIN access.log l ON l.seq = ANY (f.evidence) WHERE f.finding_id = $1 ORDER BY l.seq`,
    [findingId],
  );
  return { finding: named(row), evidence: evidence.rows };
}

export type OutcomeOf = {
  readonly outcome: LogOutcome;
  /** What was found out, 5–500 characters */
  readonly note: string;
  readonly key?: string;
};

function checkNote(note: string, least: number): string {
  const text = note.trim();
  if (text.length >= least && text.length <= 500) return text;
  throw refuse("findingUnseen", `確かめたことを、${least}文字から500文字で書いてください。何も変えていません。`);
}

/**
 * Records what came out. Only by somebody who has opened the finding, never by whom it is about.
 *
 * @throws Refusal `findingUnseen`, `findingDecided`, `samePerson`
 */
export async function decideFinding(context: Context, findingId: number, result: OutcomeOf): Promise<void> {
  const { outcome, key } = result;
  const note = checkNote(result.note, 5);
  await refusing(() =>
    runCommand(
      context.pool,
      reviewCommand(context, "logReview.decide", { findingId, outcome, note }, key),
      async (client) => {
        await client.query(
          "INSERT INTO access.finding_outcome (finding_id, outcome, note, decided_by) VALUES ($1, $2, $3, $4)",
          [findingId, outcome, note, context.operator],
        );
        const detail = { outcome };
        const audit = [{ action: "logReview.decide", objectKind: "finding", objectId: String(findingId), detail }];
        return { response: null, audit };
      },
    ),
  );
}
