/**
 * 印刷の委託 (A126): the files of a run with the list that the inserting machine follows, and a manifest of counts and hashes. The list
 * names envelopes, not people: names and addresses are on the pages alone.
 */
import { type CsvCell, writeCsv } from "@hagukumi/platform/csv/write.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { auditedRead } from "../../inquiry/audited-read.ts";
import type { LetterContent } from "../content/letter.ts";
import { declareList } from "../../outputs/declared-list.ts";
import { pageMark } from "../print/page-mark.ts";
import { checkRunState, getLetterRun, type LetterRun } from "./run-record.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

/** A letter in the file, as the machine that inserts finds it. */
type InsertLine = {
  readonly seq: number;
  readonly letterId: number;
  readonly pages: number;
  readonly file: string;
  readonly page: number;
  readonly postalCode: string;
  readonly number: string;
  readonly edition: string;
  readonly fiscalYear: number;
  readonly mark: string;
  readonly gone: boolean;
  readonly protected: boolean;
};

export const insertList = declareList<InsertLine>({
  code: "insertList",
  protectedOf: (line) => line.protected,
  columns: [
    { name: "順番", kind: "plain", cell: (line) => line.seq },
    { name: "封筒番号", kind: "plain", cell: (line) => line.letterId },
    { name: "頁数", kind: "plain", cell: (line) => line.pages },
    { name: "ファイル", kind: "plain", cell: (line) => line.file },
    { name: "ファイル内の初めの頁", kind: "plain", cell: (line) => line.page },
    { name: "郵便番号", kind: "whereabouts", cell: (line) => line.postalCode },
    { name: "様式", kind: "plain", cell: (line) => line.number },
    { name: "版", kind: "plain", cell: (line) => line.edition },
    { name: "年度", kind: "plain", cell: (line) => line.fiscalYear },
    { name: "初めの頁の印", kind: "plain", cell: (line) => line.mark },
    { name: "抜取り", kind: "plain", cell: (line) => (line.gone ? "抜く" : "") },
  ],
});

export const INSERT_COLUMNS = insertList.header;

export type InsertRow = readonly CsvCell[];

type Row = {
  readonly letter_id: number;
  readonly seq: number;
  readonly pages: number;
  readonly file_no: number;
  readonly content: Pick<LetterContent, "number" | "edition" | "fiscalYear" | "envelope">;
  readonly gone: boolean;
  readonly protected: boolean;
};

const SLICE = 5000;

const fileName = (run: LetterRun, fileNo: number): string =>
  `letters-${String(run.runNo).padStart(6, "0")}-${String(fileNo).padStart(3, "0")}.pdf`;

/** Rows of the insert list in the order of the pages; letters that were in no file are not there. */
export async function* insertRows(connection: Queryable, run: LetterRun): AsyncGenerator<InsertRow> {
  let page = 1;
  let file = 0;
  for (let after = 0; ;) {
    const { rows } = await connection.query<Row>(
      `SELECT l.letter_id, l.seq, l.pages, f.file_no, jsonb_build_object('number', l.content->'number', 'edition', l.content->'edition', 'fiscalYear', l.content->'fiscalYear',
                'envelope', jsonb_build_object('postalCode', l.content->'envelope'->'postalCode')) AS content,
              d.letter_id IS NOT NULL AND d.kind <> 'returned' AS gone, coalesce(allowance.is_protected(l.addressee_number), false) AS protected
       FROM allowance.letter l JOIN allowance.letter_file f ON f.run_no = l.run_no AND l.seq BETWEEN f.first_seq AND f.last_seq
       LEFT JOIN allowance.letter_discard d USING (letter_id)
       WHERE l.run_no = $1 AND l.seq > $2 AND (d.letter_id IS NULL OR d.recorded_at > f.recorded_at) ORDER BY l.seq LIMIT ${SLICE}`,
      [run.runNo, after],
    );
    for (const row of rows) {
      if (row.file_no !== file) page = 1;
      file = row.file_no;
      const { number, edition, fiscalYear, envelope } = row.content;
      const mark = pageMark(
        row.content as LetterContent,
        { runNo: run.runNo, seq: row.seq, envelope: row.letter_id },
        1,
        row.pages,
      );
      yield insertList.cells({
        seq: row.seq,
        letterId: row.letter_id,
        pages: row.pages,
        file: fileName(run, file),
        page,
        postalCode: envelope.postalCode,
        number,
        edition,
        fiscalYear,
        mark,
        gone: row.gone,
        protected: row.protected,
      });
      page += row.pages;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < SLICE) return;
    after = last.seq;
  }
}

export type HandedOut = {
  readonly folder: string;
  readonly files: readonly string[];
  readonly letters: number;
  readonly pages: number;
};

/**
 * Writes the files of a printed run into `outDir`: PDFs, insert list, manifest. The making is recorded.
 *
 * @throws Refusal `letterRunState`, `letterRunUnknown`
 */
export async function handOutLetters(
  context: Context,
  request: { readonly runNo: number; readonly outDir: string },
): Promise<HandedOut> {
  const { runNo, outDir } = request;
  await mkdir(outDir, { recursive: true, mode: 0o700 });
  const entry = { action: "letter.handOut", objectKind: "letterRun", objectId: String(runNo) };
  return await auditedRead(context, entry, async (client) => {
    const run = await getLetterRun(client, runNo);
    checkRunState(run, "ファイルの取出し", ["printed", "mailed"]);
    const { rows: kept } = await client.query<{ file_no: number; letters: number; pages: number; sha256: string }>(
      "SELECT file_no::int AS file_no, letters, pages, sha256 FROM allowance.letter_file WHERE run_no = $1 ORDER BY file_no",
      [runNo],
    );
    const names: string[] = [];
    for (const { file_no: fileNo } of kept) {
      const { rows } = await client.query<{ bytes: Buffer }>(
        "SELECT bytes FROM allowance.letter_file WHERE run_no = $1 AND file_no = $2",
        [runNo, fileNo],
      );
      const name = fileName(run, fileNo);
      await writeFileAtomic(join(outDir, name), rows[0]?.bytes ?? Buffer.alloc(0));
      names.push(name);
      context.onProgress?.("通知書のファイル", names.length, kept.length);
    }
    const list = `letters-${String(runNo).padStart(6, "0")}.csv`;
    const written = await writeCsv(join(outDir, list), INSERT_COLUMNS, insertRows(client, run), { forPeople: true });
    const letters = kept.reduce((sum, file) => sum + file.letters, 0);
    const pages = kept.reduce((sum, file) => sum + file.pages, 0);
    const manifest = {
      run: runNo,
      form: run.formNumber,
      documentOn: run.documentOn,
      mailOn: run.mailOn,
      letters,
      pages,
      files: kept.map(({ file_no: no, ...file }) => ({ name: fileName(run, no), ...file })),
      insertList: { name: list, rows: written.rows, sha256: written.sha256 },
    };
    const name = `letters-${String(runNo).padStart(6, "0")}.json`;
    await writeFileAtomic(join(outDir, name), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    return { folder: outDir, files: [...names, list, name], letters, pages };
  });
}

/** The bytes of one file. @throws Refusal `letterRunUnknown` */
export async function readLetterFile(
  connection: Queryable,
  runNo: number,
  fileNo: number,
): Promise<{ readonly bytes: Buffer; readonly letters: number }> {
  const { rows } = await connection.query<{ bytes: Buffer; letters: number }>(
    "SELECT bytes, letters FROM allowance.letter_file WHERE run_no = $1 AND file_no = $2",
    [runNo, fileNo],
  );
  if (rows[0] !== undefined) return rows[0];
  throw refuse(
    "letterRunUnknown",
    `印刷処理 第${runNo}号の${fileNo}番のファイルはありません。画面を読み直してください。`,
    {
      runNo,
      fileNo,
    },
  );
}
