/** 支払対象者一覧: the list of a run as CSV and PDF, both out of one snapshot of the database, its making recorded. */
import { writeCsv } from "@hagukumi/platform/csv/write.ts";
import type { CsvCell } from "@hagukumi/platform/csv/write.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { recordPrint } from "@hagukumi/platform/access/journal.ts";
import { withPrinter } from "@hagukumi/platform/print/printer.ts";
import type { Printer } from "@hagukumi/platform/print/printer.ts";
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Context } from "../../context.ts";
import { auditedRead } from "../../inquiry/audited-read.ts";
import { dayText, monthText, yenText } from "../../inquiry/dates.ts";
import { readSetting } from "../../settings.ts";
import { getRun } from "../run-record.ts";
import type { RunRecord } from "../run-record.ts";
import { runKindLabels, stateLabels } from "../states.ts";
import { printLine } from "./cells.ts";
import type { ListReduction, PrintedLine } from "./cells.ts";
import { payeeList } from "./columns.ts";
import { readPayeeLines } from "./lines.ts";
import type { PayeeLine } from "./lines.ts";
import { writeLongList } from "./long-list.ts";
import type { LongList } from "./long-list.ts";
import { printWithTotals } from "./pdf.ts";
import type { ListHead } from "./pdf.ts";
import { LINES_PER_PAGE } from "./template.typ.ts";
import { readControlTotals } from "./totals.ts";
import type { ControlTotals } from "./totals.ts";

export type PayeeListRequest = {
  readonly runNo: number;
  /** Folder for the files; made when it is not there */
  readonly outDir: string;
  /**
   * Up to so many pages of lines the list is one file with structure tags for screen readers, default 60. Beyond, tags would
   * make it some thirty times larger: the lines and the totals are two files, and the CSV is what a reader is given.
   */
  readonly taggedPages?: number;
};

export type WrittenPayeeList = {
  /** Path of the CSV: UTF-8 with BOM, CRLF, one line per line of the transfer file */
  readonly csv: string;
  /** Paths of the PDFs in order: one up to 60 pages of lines, else the lines and the totals apart */
  readonly pdf: readonly string[];
  readonly pages: number;
  readonly totals: ControlTotals;
  /** Characters that the PDF shows in another form; the CSV has them all as recorded */
  readonly reductions: readonly ListReduction[];
};

type People = {
  readonly approver: string | null;
  readonly releaser: string | null;
  readonly sha256: string | null;
};

async function readHead(connection: Queryable, run: RunRecord): Promise<ListHead> {
  const { rows } = await connection.query<People>(
    `SELECT a.approver, h.releaser, f.sha256 FROM allowance.payment_run r LEFT JOIN allowance.run_approval a USING (run_no)
     LEFT JOIN allowance.hand_over h USING (run_no) LEFT JOIN allowance.transfer_file f USING (run_no) WHERE r.run_no = $1`,
    [run.runNo],
  );
  const people = rows[0];
  const city = await readSetting(connection, "municipality", run.payOn);
  const ended = run.state === "cancelled" || run.state === "voided";
  const marks = [
    city.demo ? "デモ（架空のデータ）" : "",
    ended ? stateLabels[run.state] : "",
    people?.sha256 === null ? "案（ファイル確定前）" : "",
  ];
  return {
    title: "支払対象者一覧",
    run: `${city.name}　支払処理 第${run.runNo}号（${runKindLabels[run.kind]}）`,
    mark: marks.filter((mark) => mark !== "").join("　"),
    summary: `支払期月 ${monthText(run.paymentMonth)}　　支払日 ${dayText(run.payOn)}　　月分 ${run.monthsFrom.slice(0, 7)}〜${run.monthsTo.slice(0, 7)}　　${run.lineCount.toLocaleString("ja-JP")}件　${yenText(run.total)}`,
    people: `ファイルSHA-256 ${people?.sha256 ?? "（未確定）"}　　作成 ${run.maker}　承認 ${people?.approver ?? "（未）"}　送付 ${people?.releaser ?? "（未）"}`,
  };
}

const TAGGED_PAGES = 60;

/** The rows of the CSV; each line goes to the PDF on the way, so that the database is read once. */
async function* csvRows(
  lines: AsyncIterable<readonly PayeeLine[]>,
  print: (line: PrintedLine) => Promise<void>,
): AsyncGenerator<readonly CsvCell[]> {
  for await (const slice of lines) {
    for (const line of slice) {
      await print(printLine(line));
      yield payeeList.cells(line);
    }
  }
}

type Content = { readonly head: ListHead; readonly totals: ControlTotals; readonly taggedPages: number };

/** Where the files are made, and under which name. */
type Target = { readonly folder: string; readonly baseName: string };

type MadeFiles = {
  readonly csvName: string;
  readonly pdfNames: readonly string[];
  readonly pages: number;
  readonly reductions: readonly ListReduction[];
};

/** CSV and PDF out of one reading of the lines. */
async function makeFiles(
  printer: Printer,
  { folder, baseName }: Target,
  { head, totals, taggedPages }: Content,
  lines: AsyncIterable<readonly PayeeLine[]>,
  onPage: (done: number, total: number) => void,
): Promise<MadeFiles> {
  const csvName = `${baseName}.csv`;
  const reductions: ListReduction[] = [];
  const linePages = Math.ceil(totals.lines / LINES_PER_PAGE);
  const writeLines = async (print: (line: PrintedLine) => Promise<void>): Promise<void> => {
    const collect = async (line: PrintedLine): Promise<void> => {
      reductions.push(...line.reductions);
      await print(line);
    };
    await writeCsv(join(folder, csvName), payeeList.header, csvRows(lines, collect), { forPeople: true });
  };
  if (linePages <= taggedPages) {
    const kept: PrintedLine[] = [];
    await writeLines(async (line) => void kept.push(line));
    const name = `${baseName}.pdf`;
    const { pages } = await printWithTotals(printer, join(folder, name), { head, totals, reductions, lines: kept }, 0);
    onPage(linePages, linePages);
    return { csvName, pdfNames: [name], pages, reductions };
  }
  const names = [`${baseName}-1of2.pdf`, `${baseName}-2of2.pdf`] as const;
  let pages = 0;
  const work = async (list: LongList): Promise<void> => {
    await writeLines(list.add);
    const end = { head, totals, reductions, lines: [] };
    await printWithTotals(printer, join(folder, names[1]), end, linePages, async (total) => {
      pages = total;
      await list.finish(total);
    });
  };
  await writeLongList(join(folder, names[0]), head, linePages, work, (done) => onPage(done, linePages));
  return { csvName, pdfNames: names, pages, reductions };
}

/**
 * Writes the payee list of a run, in any of its states (before the file is fixed it is marked 案). It carries full account
 * numbers, because the treasurer compares it with the file, and no address of anybody. Existing files of the same run in
 * `outDir` are replaced; when anything fails none is touched.
 *
 * @throws Refusal `runMissing`, `totalsDiffer`, `settingMissing`, `printEngineMissing`, `printFailed`, `cancelled`
 */
export async function writePayeeList(context: Context, request: PayeeListRequest): Promise<WrittenPayeeList> {
  const { runNo, outDir } = request;
  const baseName = `payee-list-${String(runNo).padStart(4, "0")}`;
  await mkdir(outDir, { recursive: true, mode: 0o700 });
  const folder = join(outDir, `.${baseName}.${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const entry = { action: "payment.payeeList", objectKind: "paymentRun", objectId: String(runNo) };
    const made = await auditedRead(context, entry, async (client) => {
      const run = await getRun(client, runNo);
      const totals = await readControlTotals(client, runNo);
      const head = await readHead(client, run);
      const { kind } = await readSetting(client, "client", run.payOn);
      const files = await withPrinter(
        async (printer) =>
          await makeFiles(
            printer,
            { folder, baseName },
            { head, totals, taggedPages: request.taggedPages ?? TAGGED_PAGES },
            readPayeeLines(client, runNo, kind, context.signal),
            (done, total) => context.onProgress?.("一覧の印刷", done, total),
          ),
        { signal: context.signal },
      );
      await recordPrint(client, context.operator, {
        form: "支払明細一覧",
        pages: files.pages,
        seal: false,
        individualNumber: false,
        output: "pdf, csv",
        objectKind: "paymentRun",
        objectId: String(runNo),
      });
      return { ...files, totals };
    });
    // Only after the record of the export is safe do the files get their names.
    for (const name of [made.csvName, ...made.pdfNames]) await rename(join(folder, name), join(outDir, name));
    return {
      csv: join(outDir, made.csvName),
      pdf: made.pdfNames.map((name) => join(outDir, name)),
      pages: made.pages,
      totals: made.totals,
      reductions: made.reductions,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
