/**
 * 封入の記録の突合: the marks that the inserting machine read, envelope by envelope, against the letters of the run. A page of last year's
 * box, of another run, or of somebody else's envelope is named with its place before anything is mailed (I-30, I-31).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { readPageMark } from "../print/page-mark.ts";
import { getLetterRun } from "./run-record.ts";

/** A letter of the run as it should be inserted. */
export type ExpectedLetter = { readonly envelope: number; readonly pages: number };

export type InsertionFault = {
  /** Number of the envelope in the machine's log, from 1; null: a letter that is in none */
  readonly place: number | null;
  readonly kind: "unreadable" | "otherYear" | "otherForm" | "otherRun" | "mixed" | "incomplete" | "twice" | "missing";
  /** Japanese, with the numbers */
  readonly text: string;
};

type Edition = {
  readonly runNo: number;
  readonly number: string;
  readonly edition: string;
  readonly fiscalYear: number;
};

/** Faults of a log. `log`: for each envelope that was closed the marks of its pages, in order. Pure. */
export function insertionFaults(
  run: Edition,
  letters: readonly ExpectedLetter[],
  log: readonly (readonly string[])[],
): readonly InsertionFault[] {
  const pagesOf = new Map(letters.map(({ envelope, pages }) => [envelope, pages]));
  const closed = new Map<number, number>();
  const faults: InsertionFault[] = [];
  log.forEach((marks, index) => {
    const place = index + 1;
    const add = (kind: InsertionFault["kind"], text: string): void =>
      void faults.push({ place, kind, text: `${place}通目: ${text}` });
    const read = marks.map(readPageMark);
    const seen = read.filter((mark) => mark !== undefined);
    if (seen.length < read.length || read.length === 0) add("unreadable", "印を読めない頁があります。");
    for (const mark of seen) {
      if (mark.fiscalYear !== run.fiscalYear) {
        add("otherYear", `${mark.fiscalYear}年度の用紙です（この印刷処理は ${run.fiscalYear}年度）。`);
      } else if (mark.number !== run.number || mark.edition !== run.edition) {
        add("otherForm", `${mark.number} ${mark.edition}版の用紙です。`);
      } else if (mark.runNo !== run.runNo) add("otherRun", `印刷処理 ${mark.runNo} の用紙です。`);
    }
    const own = seen.filter(({ runNo, fiscalYear }) => runNo === run.runNo && fiscalYear === run.fiscalYear);
    const envelopes = [...new Set(own.map(({ envelope }) => envelope))];
    if (envelopes.length > 1) add("mixed", `封筒 ${envelopes.join(" と ")} の頁が、一つの封筒に入っています。`);
    const [envelope] = envelopes;
    if (envelopes.length !== 1 || envelope === undefined) return;
    const before = closed.get(envelope);
    if (before !== undefined) add("twice", `封筒 ${envelope} は、${before}通目にも入っています。`);
    else closed.set(envelope, place);
    const pages = pagesOf.get(envelope);
    const inOrder = own.every(({ page }, at) => page === at + 1);
    if (pages === undefined) add("otherRun", `封筒 ${envelope} は、この印刷処理にありません。`);
    else if (own.length !== pages || !inOrder) add("incomplete", `封筒 ${envelope} の頁が足りないか、順が違います。`);
  });
  for (const { envelope } of letters) {
    if (!closed.has(envelope)) {
      faults.push({ place: null, kind: "missing", text: `封筒 ${envelope} が、どの封筒にも入っていません。` });
    }
  }
  return faults;
}

/**
 * Compares a log of the machine with the letters of a printed run that were not taken out. Reads only.
 *
 * @throws Refusal `letterRunUnknown`
 */
export async function checkInsertionLog(
  connection: Queryable,
  runNo: number,
  log: readonly (readonly string[])[],
): Promise<readonly InsertionFault[]> {
  const run = await getLetterRun(connection, runNo);
  const { rows } = await connection.query<ExpectedLetter & { number: string; edition: string; fiscalYear: number }>(
    `SELECT l.letter_id AS envelope, l.pages, l.content->>'number' AS number, l.content->>'edition' AS edition, (l.content->>'fiscalYear')::int AS "fiscalYear"
     FROM allowance.letter l WHERE l.run_no = $1 AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id) ORDER BY l.seq`,
    [run.runNo],
  );
  const { number = "", edition = "", fiscalYear = 0 } = rows[0] ?? {};
  return insertionFaults({ runNo, number, edition, fiscalYear }, rows, log);
}
