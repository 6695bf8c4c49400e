/** 支払対象者一覧: the list of a run as CSV and PDF, both out of one snapshot of the database, its making recorded. */
import { writeCsv } from "@hagukumi/platform/csv/write.ts";
import type { CsvCell } from "@hagukumi/platform/csv/write.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { withPrinters } from "@hagukumi/platform/print/printer.ts";
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Context } from "../../context.ts";
import { auditedRead } from "../../inquiry/audited-read.ts";
import { dayText, monthText, yenText } from "../../inquiry/dates.ts";
import { accountTypeName, certificationNumberText, employeeClassName, wardName } from "../../inquiry/names.ts";
import { readSetting } from "../../settings.ts";
import { getRun } from "../run-record.ts";
import type { RunRecord } from "../run-record.ts";
import { runKindLabels, stateLabels } from "../states.ts";
import { monthsText, readPayeeLines } from "./lines.ts";
import type { PayeeLine } from "./lines.ts";
import { printPayeePdf, PRINT_PROCESSES, reductionsOf } from "./pdf.ts";
import type { ListHead, ListReduction } from "./pdf.ts";
import { readControlTotals } from "./totals.ts";
import type { ControlTotals } from "./totals.ts";

export type PayeeListRequest = {
  readonly runNo: number;
  /** Folder for the files; made when it is not there */
  readonly outDir: string;
};

export type WrittenPayeeList = {
  /** Path of the CSV: UTF-8 with BOM, CRLF, one line per line of the transfer file */
  readonly csv: string;
  /** Paths of the PDFs in order; one up to 125 pages */
  readonly pdf: readonly string[];
  readonly pages: number;
  readonly totals: ControlTotals;
  /** Characters that the PDF shows in another form; the CSV has them all as recorded */
  readonly reductions: readonly ListReduction[];
};

const CSV_COLUMNS = [
  "行",
  "認定番号",
  "受給者氏名",
  "カナ名義",
  "金融機関コード",
  "金融機関",
  "支店コード",
  "支店",
  "預金種目",
  "口座番号",
  "月分",
  "児童数",
  "金額",
  "区",
  "被用区分",
] as const;

function csvRow(line: PayeeLine): readonly CsvCell[] {
  return [
    line.lineNo,
    certificationNumberText(line.recipientId),
    line.name,
    line.holder,
    line.bank,
    line.bankName,
    line.branch,
    line.branchName,
    accountTypeName(line.accountType),
    line.accountNumber,
    monthsText(line.months),
    line.children,
    line.amount,
    wardName(line.wardCode),
    employeeClassName(line.employeeClass),
  ];
}

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

/** Rows of the CSV; on the way, what the PDF will not be able to print. */
async function* csvRows(
  lines: AsyncIterable<readonly PayeeLine[]>,
  reductions: ListReduction[],
): AsyncGenerator<readonly CsvCell[]> {
  for await (const slice of lines) {
    for (const line of slice) {
      reductions.push(...reductionsOf(line));
      yield csvRow(line);
    }
  }
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
      const reductions: ListReduction[] = [];
      const csvName = `${baseName}.csv`;
      const rows = csvRows(readPayeeLines(client, runNo, kind), reductions);
      await writeCsv(join(folder, csvName), CSV_COLUMNS, rows, { forPeople: true });
      const pdf = await withPrinters(
        PRINT_PROCESSES,
        async (printer) =>
          await printPayeePdf(
            printer,
            { folder, baseName },
            { head, totals, reductions, lines: readPayeeLines(client, runNo, kind) },
            (done, total) => context.onProgress?.("一覧の印刷", done, total),
          ),
        { signal: context.signal },
      );
      return { csvName, pdf, totals, reductions };
    });
    // Only after the record of the export is safe do the files get their names.
    for (const name of [made.csvName, ...made.pdf.files]) await rename(join(folder, name), join(outDir, name));
    return {
      csv: join(outDir, made.csvName),
      pdf: made.pdf.files.map((name) => join(outDir, name)),
      pages: made.pdf.pages,
      totals: made.totals,
      reductions: made.reductions,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
