/**
 * 一括処理の戻し as a kind of mass work of its own: for every kind that can be taken back there is one that does it. So it has the same
 * list (dry run with what can be taken back and what not, case by case), the same approval by another person, the same slices.
 */
import { type Month, parseMonth } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { type AnyMassJob, defineMassJob, type Json, type MassItem } from "../mass-job.ts";
import type { WrittenLine } from "./take-back.ts";

const parameters = z.strictObject({
  run: z.int().min(1).max(999_999_999).describe("戻す一括処理の番号"),
  period: z
    .string()
    .regex(/^\d{4}(?:-\d{2})?$/, "戻す一括処理の期間（YYYY-MM か YYYY）を指定してください")
    .describe("その期間"),
});

/** The code of the kind that takes back what `jobCode` wrote. */
export const undoCodeOf = (jobCode: string): string => `${jobCode}Undo`;

type Row = Omit<WrittenLine, "effectiveMonth"> & {
  readonly effectiveMonth: string | null;
  /** The run that has taken the line back */
  readonly by: number | null;
  readonly digest: string;
};

const LINES = `
  SELECT i.subject, i.part, i.addressee_number AS "addresseeNumber", i.recipient_id AS "recipientId", i.kind, i.before_text AS before, i.after_text AS after,
         i.yen_before AS "yenBefore", i.yen_after AS "yenAfter", to_char(i.effective_month, 'YYYY-MM') AS "effectiveMonth", i.content, r.written, i.digest,
         (SELECT max(b.mass_run_no) FROM allowance.mass_taken_back b WHERE (b.undoes_run_no, b.subject, b.part) = (i.mass_run_no, i.subject, i.part)) AS by
  FROM allowance.mass_item i JOIN allowance.mass_result r USING (mass_run_no, subject, part)
  WHERE i.mass_run_no = $1 AND r.result = 'written' AND i.subject = ANY ($2) ORDER BY i.subject, i.part`;

async function writtenLines(client: PoolClient, run: number, subjects: readonly number[]): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(LINES, [run, subjects]);
  return rows;
}

const monthOfRow = (text: string | null): Month | null => (text === null ? null : (parseMonth(text) ?? null));

const lineOf = ({ by: _by, digest: _digest, effectiveMonth, ...line }: Row): WrittenLine => ({
  ...line,
  effectiveMonth: monthOfRow(effectiveMonth),
});

const contentShape = z.object({ written: z.record(z.string(), z.unknown()), of: z.unknown() });

async function countOf(connection: Queryable, run: number): Promise<number> {
  const { rows } = await connection.query<{ n: number }>(
    "SELECT count(DISTINCT subject)::int AS n FROM allowance.mass_result WHERE mass_run_no = $1 AND result = 'written'",
    [run],
  );
  return rows[0]?.n ?? 0;
}

/** The kind that takes back what `job` wrote; undefined where that kind cannot be taken back. */
export function undoOf(job: AnyMassJob): AnyMassJob | undefined {
  const { takeBack } = job;
  if (takeBack === undefined || typeof takeBack === "string") return undefined;
  return defineMassJob<z.infer<typeof parameters>>({
    code: undoCodeOf(job.code),
    name: `${job.name}の戻し`,
    description: `「${job.name}」で書いたものを、支払にも通知書にも使われていない件について戻す。もとの行は変えず、反対の行を足す。`,
    lane: job.lane,
    subjectKind: job.subjectKind,
    kinds: job.kinds,
    parameters,
    periodOf: ({ period }) => period,
    ...(job.slice === undefined ? {} : { slice: job.slice }),
    undoes: job.code,
    count: async (connection, { parameters: { run } }) => await countOf(connection, run),
    subjects: async (connection, { parameters: { run } }, after, limit) => {
      const { rows } = await connection.query<{ subject: number }>(
        `SELECT DISTINCT subject FROM allowance.mass_result WHERE mass_run_no = $1 AND result = 'written' AND subject > $2 ORDER BY 1 LIMIT $3`,
        [run, after, limit],
      );
      return rows.map(({ subject }) => subject);
    },
    judge: async (client, { parameters: { run, period }, context }, subjects) => {
      const rows = await writtenLines(client, run, subjects);
      const standing = rows.filter(({ by }) => by === null).map(lineOf);
      const obstacles =
        standing.length === 0
          ? new Map<number, string>()
          : await takeBack.obstacles(client, { undoes: run, period, context }, standing);
      return rows.map((row): MassItem => {
        const { subject, part, addresseeNumber, recipientId, kind, before, after, yenBefore, yenAfter } = row;
        const why = row.by === null ? obstacles.get(subject) : undefined;
        return {
          subject,
          part,
          addresseeNumber,
          recipientId,
          kind,
          outcome: row.by !== null ? "noChange" : why === undefined ? "change" : "cannot",
          reason:
            row.by !== null
              ? `一括処理 ${row.by} で戻しました`
              : (why ?? `一括処理 ${run} で書いた「${job.kinds[kind] ?? kind}」を戻します`),
          before: after,
          after: before,
          yenBefore: yenAfter,
          yenAfter: yenBefore,
          effectiveMonth: monthOfRow(row.effectiveMonth),
          content: { line: row.digest, written: row.written as Json, of: row.content as Json },
        };
      });
    },
    apply: async (client, { parameters: { run, period }, ...work }, items) => {
      // From what is taken back to what was written: before and after change places again.
      const lines = items.map((item): WrittenLine => {
        const { written, of } = contentShape.parse(item.content);
        const { subject, part, addresseeNumber, recipientId, kind, effectiveMonth } = item;
        const sides = { before: item.after, after: item.before, yenBefore: item.yenAfter, yenAfter: item.yenBefore };
        const heading = { subject, part, addresseeNumber, recipientId, kind, effectiveMonth };
        return { ...heading, ...sides, content: of, written };
      });
      return await takeBack.apply(client, { ...work, undoes: run, period }, lines);
    },
  });
}
