/**
 * 対象者一覧: the list of a mass run for people to work with, as CSV and PDF with names, both out of one snapshot; its making is
 * recorded. No address of anybody is in it; people under 支援措置 are marked.
 */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { recordPrint } from "@hagukumi/platform/access/journal.ts";
import { type CsvCell, writeCsv } from "@hagukumi/platform/csv/write.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { printable } from "@hagukumi/platform/print/glyphs.ts";
import { withPrinter } from "@hagukumi/platform/print/printer.ts";

import type { Context } from "../context.ts";
import { auditedRead } from "../inquiry/audited-read.ts";
import { dayText, yenText } from "../inquiry/dates.ts";
import { certificationNumberText, wardName } from "../inquiry/names.ts";
import { readSetting } from "../settings.ts";
import { stopIfCancelled } from "../refusal.ts";
import { declareList } from "../outputs/declared-list.ts";
import { massJobs, type MassJobs } from "./jobs.ts";
import { MASS_LIST_TEMPLATE } from "./list-template.typ.ts";
import { type MassListHead, writeLongMassList } from "./long-list.ts";
import { type MassItemRow, massItems } from "./read-items.ts";
import { getMassRun, type MassRunRecord } from "./run-record.ts";
import { massOutcomeLabels, massResultLabels, massStateLabels } from "./states.ts";

export type WrittenMassList = {
  readonly csv: string;
  readonly pdf: string;
  /** Lines in each of the two */
  readonly lines: number;
  readonly pages: number;
};

/**
 * Beyond this many lines the PDF is drawn page by page and has no tags for screen readers: they would make it some thirty times larger, and the
 * print engine would hold all of it. The CSV has all.
 */
const TAGGED_LINES = 1500;
const PAGE = 5000;

type Named = MassItemRow & { readonly name: string; readonly ward: string };

async function named(connection: Queryable, items: readonly MassItemRow[]): Promise<readonly Named[]> {
  const { rows } = await connection.query<{ number: number; name: string; ward: string }>(
    `SELECT n AS number, coalesce(p.name, o.name, '') AS name, coalesce(r.ward_code, p.ward_code, o.ward_code, '') AS ward
     FROM unnest($1::bigint[]) n
     LEFT JOIN LATERAL (SELECT h.name, h.ward_code FROM allowance.person_history h WHERE h.addressee_number = n ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) p ON true
     LEFT JOIN LATERAL (SELECT h.name, h.ward_code FROM allowance.organization_history h WHERE h.addressee_number = n ORDER BY h.revision DESC LIMIT 1) o ON true
     LEFT JOIN LATERAL (SELECT x.ward_code FROM allowance.recipient x WHERE x.addressee_number = n ORDER BY x.ordinal DESC LIMIT 1) r ON true`,
    [[...new Set(items.map(({ addresseeNumber }) => addresseeNumber))]],
  );
  const people = new Map(rows.map((row) => [row.number, row]));
  return items.map((item) => {
    const { name = "", ward = "" } = people.get(item.addresseeNumber) ?? {};
    return { ...item, name, ward: ward === "" ? "" : wardName(ward) };
  });
}

/** All lines in order, a page of them at a time: a city's list is never held whole. */
async function* readItems(
  connection: Queryable,
  runNo: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Named[]> {
  let after: { subject: number; part: number } | undefined;
  for (;;) {
    stopIfCancelled(signal, "一覧の作成");
    const page = await massItems(connection, runNo, { after, limit: PAGE });
    yield await named(connection, page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}

async function countItems(connection: Queryable, runNo: number): Promise<number> {
  const { rows } = await connection.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM allowance.mass_item WHERE mass_run_no = $1",
    [runNo],
  );
  return rows[0]?.count ?? 0;
}

const resultText = (item: Named): string =>
  item.outcome !== "change" ? "" : item.result === null ? "未実行" : massResultLabels[item.result];

const number15 = (number: number): string => String(number).padStart(15, "0");

type Line = Named & { readonly kinds: Readonly<Record<string, string>> };

export const massList = declareList<Line>({
  code: "massList",
  protectedOf: (item) => item.protected,
  columns: [
    {
      name: "認定番号",
      kind: "person",
      cell: (item) => (item.recipientId === null ? "" : certificationNumberText(item.recipientId)),
    },
    { name: "宛名番号", kind: "person", cell: (item) => number15(item.addresseeNumber) },
    { name: "氏名", kind: "person", cell: (item) => item.name },
    { name: "支援措置", kind: "plain", cell: (item) => (item.protected ? "対象" : "") },
    { name: "区", kind: "whereabouts", cell: (item) => item.ward },
    { name: "種類", kind: "plain", cell: (item) => item.kinds[item.kind] ?? item.kind },
    { name: "区分", kind: "plain", cell: (item) => massOutcomeLabels[item.outcome] },
    { name: "適用年月", kind: "plain", cell: (item) => item.effectiveMonth ?? "" },
    { name: "前の月額（円）", kind: "amount", cell: (item) => item.yenBefore ?? item.before ?? "" },
    { name: "後の月額（円）", kind: "amount", cell: (item) => item.yenAfter ?? item.after ?? "" },
    { name: "結果", kind: "plain", cell: resultText },
    {
      name: "理由",
      kind: "plain",
      cell: (item) =>
        item.resultReason === null || item.resultReason === "" ? item.reason : `${item.reason} ${item.resultReason}`,
    },
  ],
});

const WARD = massList.header.indexOf("区");

const pdfRow = (item: Line): readonly string[] => [
  item.recipientId === null ? number15(item.addresseeNumber) : certificationNumberText(item.recipientId),
  `${printable(item.name).text}${item.protected ? "〔支援措置〕" : ""}`,
  String(massList.cells(item)[WARD] ?? ""),
  item.kinds[item.kind] ?? item.kind,
  massOutcomeLabels[item.outcome],
  item.effectiveMonth ?? "",
  item.yenBefore === null ? (item.before ?? "") : yenText(item.yenBefore),
  item.yenAfter === null ? (item.after ?? "") : yenText(item.yenAfter),
  resultText(item),
  printable(item.reason).text,
];

async function headOf(connection: Queryable, run: MassRunRecord, name: string): Promise<MassListHead> {
  const city = await readSetting(connection, "municipality", run.asOf);
  const { list } = run;
  const marks = [city.demo ? "デモ（架空のデータ）" : "", run.approver === null ? "案（承認前）" : ""];
  return {
    title: `${name}　対象者一覧`,
    run: `${city.name}　一括処理 ${run.runNo}（${run.period}）`,
    mark: marks.filter((mark) => mark !== "").join("　"),
    summary: `基準日 ${dayText(run.asOf)}　　調べた対象 ${list?.subjects ?? 0}件　　変える ${list?.change ?? 0}件（月額 ${yenText(list?.yenBefore ?? 0)}→${yenText(list?.yenAfter ?? 0)}）　変わらない ${list?.noChange ?? 0}件　できない ${list?.cannot ?? 0}件　　${massStateLabels[run.state]}`,
    people: `一覧のハッシュ ${list?.digest ?? "（作成中）"}　　作成 ${run.maker}　承認 ${run.approver ?? "（未）"}`,
  };
}

type Content = {
  readonly head: MassListHead;
  readonly lines: AsyncIterable<readonly Line[]>;
  /** How many lines there are */
  readonly count: number;
  readonly taggedLines: number;
  readonly signal: AbortSignal | undefined;
};

/** CSV and PDF out of one reading of the lines. */
async function makeFiles(csv: string, pdf: string, content: Content): Promise<{ lines: number; pages: number }> {
  const { head, lines, count, taggedLines, signal } = content;
  const writeLines = async (print: (row: readonly string[]) => Promise<void>): Promise<number> => {
    const rows = async function* rows(): AsyncGenerator<readonly CsvCell[]> {
      for await (const page of lines) {
        for (const line of page) {
          await print(pdfRow(line));
          yield massList.cells(line);
        }
      }
    };
    return (await writeCsv(csv, massList.header, rows(), { forPeople: true })).rows;
  };
  if (count > taggedLines) {
    let written = 0;
    const { pages } = await writeLongMassList(pdf, head, async (list) => void (written = await writeLines(list.add)));
    return { lines: written, pages };
  }
  const rows: (readonly string[])[] = [];
  const written = await writeLines(async (row) => void rows.push(row));
  const data = { ...head, rows, total: `計 ${written}件` };
  const { pages } = await withPrinter(
    async (printer) => await printer.print({ template: MASS_LIST_TEMPLATE, data, path: pdf, tagged: true }),
    { signal },
  );
  return { lines: written, pages };
}

/**
 * Writes CSV and PDF of the run's list into `outDir`. Existing files of the same run are replaced; when anything fails none is
 * touched.
 *
 * @param options.taggedLines up to so many lines the PDF is tagged, default 1,500
 * @throws Refusal `massRunUnknown`, `settingMissing`, `printEngineMissing`, `printFailed`, `cancelled`
 */
export async function writeMassList(
  context: Context,
  runNo: number,
  outDir: string,
  { jobs = massJobs, taggedLines = TAGGED_LINES }: { readonly jobs?: MassJobs; readonly taggedLines?: number } = {},
): Promise<WrittenMassList> {
  const base = `mass-list-${String(runNo).padStart(4, "0")}`;
  await mkdir(outDir, { recursive: true, mode: 0o700 });
  const folder = join(outDir, `.${base}.${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const entry = { action: "massWork.list", objectKind: "massRun", objectId: String(runNo) };
    const made = await auditedRead(context, entry, async (client) => {
      const run = await getMassRun(client, runNo);
      const job = jobs.find(({ code }) => code === run.jobCode);
      const kinds = job?.kinds ?? {};
      const head = await headOf(client, run, job?.name ?? run.jobCode);
      const count = await countItems(client, runNo);
      const lines = async function* lines(): AsyncGenerator<readonly Line[]> {
        let done = 0;
        for await (const page of readItems(client, runNo, context.signal)) {
          yield page.map((item) => ({ ...item, kinds }));
          done += page.length;
          context.onProgress?.("一覧の印刷", done, count);
        }
      };
      const files = await makeFiles(join(folder, `${base}.csv`), join(folder, `${base}.pdf`), {
        head,
        lines: lines(),
        count,
        taggedLines,
        signal: context.signal,
      });
      await recordPrint(client, context.operator, {
        form: "対象者一覧",
        pages: files.pages,
        seal: false,
        individualNumber: false,
        output: "pdf, csv",
        objectKind: "massRun",
        objectId: String(runNo),
      });
      return files;
    });
    // Only after the record of the making is safe do the files get their names.
    for (const end of ["csv", "pdf"]) await rename(join(folder, `${base}.${end}`), join(outDir, `${base}.${end}`));
    return { csv: join(outDir, `${base}.csv`), pdf: join(outDir, `${base}.pdf`), ...made };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
