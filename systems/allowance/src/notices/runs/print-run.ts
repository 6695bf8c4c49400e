/**
 * 印刷する: files of up to a thousand letters, drawn by processes of their own, each stored with its hash in a transaction. It goes on
 * where it was stopped, makes no file twice, and holds at most two files in memory.
 */
import { recordPrint } from "@hagukumi/platform/access/journal.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Context } from "../../context.ts";
import { refuse, stopIfCancelled } from "../../refusal.ts";
import { type LetterPrinter, withLetterPrinters } from "../print/letter-printer.ts";
import { letterCommand } from "./command.ts";
import { lateLabels, lateLetters } from "./last-check.ts";
import { addRunEvent, checkRunState, getLetterRun, type LetterRun } from "./run-record.ts";

/** Letters in one file */
const FILE_LETTERS = 1000;
/** Drawing processes at a time: as many as the machine that was measured has processors */
const PRINTERS = 2;

export type PrintedRun = {
  readonly runNo: number;
  readonly files: number;
  readonly letters: number;
  readonly pages: number;
  readonly takenOut: number;
};

/** Takes out what may not go any more, before it is printed. @returns how many */
async function takeOutLate(context: Context, run: LetterRun): Promise<number> {
  const { response } = await letterCommand(
    context,
    { name: "letter.lastCheck", key: undefined, request: { runNo: run.runNo } },
    async (client) => {
      const late = await lateLetters(client, run.runNo, context.today, run.kind !== "first");
      const { rows } = await client.query<{ last: number }>(
        "SELECT coalesce(max(last_seq), 0)::int AS last FROM allowance.letter_file WHERE run_no = $1",
        [run.runNo],
      );
      // What is in a file already is taken out of the envelopes before mailing, and counted there.
      const fresh = late.filter(({ seq }) => seq > (rows[0]?.last ?? 0));
      for (const { letterId, reason } of fresh) {
        await client.query(
          "INSERT INTO allowance.letter_discard (letter_id, kind, reason, discarded_by) VALUES ($1, 'takenOut', $2, $3)",
          [letterId, lateLabels[reason], context.operator],
        );
      }
      const detail = { takenOut: fresh.length };
      return {
        response: fresh.length,
        audit: [{ action: "letter.lastCheck", objectKind: "letterRun", objectId: String(run.runNo), detail }],
      };
    },
  );
  return response;
}

type FileRow = { readonly letter_id: number; readonly seq: number; readonly content: string; readonly pages: number };

const FILE = `
SELECT l.letter_id, l.seq, l.content::text AS content, l.pages FROM allowance.letter l WHERE l.run_no = $1 AND l.seq BETWEEN $2 AND $3
  AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id) ORDER BY l.seq`;

/** Title of a file: part of its bytes, so it never changes for a run. */
export const fileTitle = (run: LetterRun, fileNo: number): string => `${run.formNumber} 印刷処理${run.runNo}-${fileNo}`;

type Drawing = {
  readonly context: Context;
  readonly run: LetterRun;
  readonly folder: string;
  readonly seals: readonly (readonly [string, string])[];
};

/** Whether the 公印 is printed on a letter. */
const hasSeal = (content: string): boolean =>
  (JSON.parse(content) as { readonly issuer: { readonly seal: string | null } }).issuer.seal !== null;

async function printFile(
  { context, run, folder, seals }: Drawing,
  printer: LetterPrinter,
  fileNo: number,
): Promise<void> {
  const first = (fileNo - 1) * FILE_LETTERS + 1;
  const last = Math.min(fileNo * FILE_LETTERS, run.letters);
  const { rows } = await context.pool.query<FileRow>(FILE, [run.runNo, first, last]);
  if (rows.length === 0) return;
  const path = join(folder, `letters-${run.runNo}-${fileNo}.pdf`);
  const title = fileTitle(run, fileNo);
  const letters = rows.map(({ letter_id: envelope, seq, content }) => ({
    id: { runNo: run.runNo, seq, envelope },
    content,
  }));
  const drawn = await printer.draw({ path, title, letters, seals });
  const wrong = rows.findIndex(({ pages }, index) => pages !== drawn.pagesEach[index]);
  if (wrong !== -1 || drawn.pagesEach.length !== rows.length) {
    throw refuse(
      "letterCountDiffers",
      `印刷処理 第${run.runNo}号の頁の数が、作ったときと合いません（順番 ${rows[wrong]?.seq ?? "?"}）。印刷を止めました。管理者に知らせてください。`,
      { fileNo },
    );
  }
  const bytes = await readFile(path);
  await rm(path);
  crashPoint("letter.print.drawn");
  const request = { runNo: run.runNo, fileNo, sha256: drawn.sha256 };
  await letterCommand(
    context,
    { name: "letter.printFile", key: `letter.printFile/${run.runNo}/${fileNo}`, request },
    async (client) => {
      checkRunState(await getLetterRun(client, run.runNo), "印刷", ["printing"]);
      await client.query(
        "INSERT INTO allowance.letter_file (run_no, file_no, first_seq, last_seq, letters, pages, bytes, sha256) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [run.runNo, fileNo, first, last, rows.length, drawn.pages, bytes, drawn.sha256],
      );
      await recordPrint(client, context.operator, {
        form: run.formNumber,
        pages: drawn.pages,
        seal: rows.some(({ content }) => hasSeal(content)),
        individualNumber: false,
        output: "pdf",
        objectKind: "letterRun",
        objectId: `${run.runNo}/${fileNo}`,
      });
      const detail = { fileNo, letters: rows.length, pages: drawn.pages, sha256: drawn.sha256 };
      return {
        response: null,
        audit: [{ action: "letter.printFile", objectKind: "letterRun", objectId: String(run.runNo), detail }],
      };
    },
  );
  crashPoint("letter.print.stored");
}

/** Pictures of every seal that was ever approved, by digest: a letter keeps the one it was composed with. */
export async function allSeals(context: Pick<Context, "pool">): Promise<readonly (readonly [string, string])[]> {
  const { rows } = await context.pool.query<{ digest: string; seal: string }>(
    `SELECT DISTINCT encode(sha256(decode(t.content->>'seal', 'base64')), 'hex') AS digest, t.content->>'seal' AS seal
     FROM allowance.letter_text t JOIN allowance.letter_text_approval a USING (text_id) WHERE t.kind = 'issuer' AND t.content->>'seal' IS NOT NULL`,
  );
  return rows.map(({ digest, seal }) => [digest, seal] as const);
}

/**
 * Prints what is left of a run whose printing was ordered; then the run is printed.
 *
 * @throws Refusal `letterRunState`, `letterRunUnknown`, `letterCountDiffers`, `letterInvalid`, `cancelled`; files made so far stay
 */
export async function printLetterRun(context: Context, runNo: number): Promise<PrintedRun> {
  const run = await getLetterRun(context.pool, runNo);
  checkRunState(run, "印刷", ["printing"]);
  const takenOut = await takeOutLate(context, run);
  const { rows: made } = await context.pool.query<{ no: number }>(
    "SELECT file_no::int AS no FROM allowance.letter_file WHERE run_no = $1",
    [runNo],
  );
  const done = new Set(made.map(({ no }) => no));
  const files = Math.ceil(run.letters / FILE_LETTERS);
  const open = Array.from({ length: files }, (_, index) => index + 1).filter((no) => !done.has(no));
  const folder = await mkdtemp(join(tmpdir(), "hagukumi-letters-"));
  try {
    const drawing = { context, run, folder, seals: await allSeals(context) };
    await withLetterPrinters(Math.min(PRINTERS, Math.max(1, open.length)), async (printers) => {
      await Promise.all(
        printers.map(async (printer) => {
          for (let fileNo = open.shift(); fileNo !== undefined; fileNo = open.shift()) {
            stopIfCancelled(context.signal, "通知書の印刷");
            await printFile(drawing, printer, fileNo);
            context.onProgress?.("通知書の印刷", files - open.length, files);
          }
        }),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return await finish(context, runNo, files, takenOut);
}

/** Every letter is in a file or was taken out: only then is the run printed. */
async function finish(context: Context, runNo: number, files: number, takenOut: number): Promise<PrintedRun> {
  const { response } = await letterCommand(
    context,
    { name: "letter.printed", key: `letter.printed/${runNo}`, request: { runNo } },
    async (client) => {
      const run = await getLetterRun(client, runNo);
      checkRunState(run, "印刷の完了", ["printing"]);
      const { rows } = await client.query<{ letters: number; pages: number; due: number }>(
        `SELECT coalesce(sum(f.letters), 0)::int AS letters, coalesce(sum(f.pages), 0)::int AS pages,
              (SELECT count(*)::int FROM allowance.letter l WHERE l.run_no = $1 AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id)) AS due
       FROM allowance.letter_file f WHERE f.run_no = $1`,
        [runNo],
      );
      const { letters = 0, pages = 0, due = 0 } = rows[0] ?? {};
      if (letters !== due) {
        throw refuse(
          "letterCountDiffers",
          `印刷処理 第${runNo}号の印刷が終わっていません（${letters}通、残り ${due - letters}通）。もう一度実行してください。`,
          { letters, due },
        );
      }
      await addRunEvent(client, context, runNo, "printed");
      const detail = { letters, pages };
      return {
        response: { letters, pages },
        audit: [{ action: "letter.printed", objectKind: "letterRun", objectId: String(runNo), detail }],
      };
    },
  );
  return { runNo, files, takenOut, ...response };
}
