/** 保存した写しの検査: a file is drawn again from the words that are kept and must come out byte for byte the same (A130). */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Context } from "../../context.ts";
import { withLetterPrinters } from "../print/letter-printer.ts";
import { allSeals, fileTitle } from "./print-run.ts";
import { getLetterRun } from "./run-record.ts";

export type CheckedFile = {
  readonly fileNo: number;
  readonly kept: string;
  readonly drawn: string;
  readonly same: boolean;
};

/** Draws every file of a printed run again. @throws Refusal `letterRunUnknown`, `letterInvalid` */
export async function checkArchive(context: Context, runNo: number): Promise<readonly CheckedFile[]> {
  const run = await getLetterRun(context.pool, runNo);
  const { rows: files } = await context.pool.query<{
    file_no: number;
    first_seq: number;
    last_seq: number;
    sha256: string;
  }>(
    "SELECT file_no::int AS file_no, first_seq, last_seq, sha256 FROM allowance.letter_file WHERE run_no = $1 ORDER BY file_no",
    [runNo],
  );
  const folder = await mkdtemp(join(tmpdir(), "hagukumi-letters-"));
  const seals = await allSeals(context);
  try {
    return await withLetterPrinters(1, async ([printer]) => {
      const checked: CheckedFile[] = [];
      for (const { file_no: fileNo, first_seq: first, last_seq: last, sha256 } of files) {
        const { rows } = await context.pool.query<{ letter_id: number; seq: number; content: string }>(
          `SELECT l.letter_id, l.seq, l.content::text AS content FROM allowance.letter l JOIN allowance.letter_file f ON f.run_no = l.run_no AND f.file_no = $2
           LEFT JOIN allowance.letter_discard d USING (letter_id)
           WHERE l.run_no = $1 AND l.seq BETWEEN $3 AND $4 AND (d.letter_id IS NULL OR d.recorded_at > f.recorded_at) ORDER BY l.seq`,
          [runNo, fileNo, first, last],
        );
        const title = fileTitle(run, fileNo);
        const letters = rows.map(({ letter_id: envelope, seq, content }) => ({
          id: { runNo, seq, envelope },
          content,
        }));
        const drawn = await printer?.draw({ path: join(folder, `${fileNo}.pdf`), title, letters, seals });
        checked.push({ fileNo, kept: sha256, drawn: drawn?.sha256 ?? "", same: drawn?.sha256 === sha256 });
      }
      return checked;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
