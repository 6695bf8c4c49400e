/** `hagukumi statistics`: the figures of a month or a year, as text, JSON, CSV files and a spreadsheet; reports and shares by two people. */
import {
  annualReturn,
  approveReport,
  approveShares,
  enterShares,
  grantAccount,
  grantTables,
  knownText,
  listReports,
  makeReport,
  monthlyCounts,
  monthlyTables,
  reportLabels,
  returnTables,
  tableCsv,
  tablesWorkbook,
} from "@hagukumi/allowance/contract.ts";
import type { Context, FigureTable, ReportKind, ShareLine } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import type { Command } from "commander";
import { Argument, InvalidArgumentError } from "commander";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { perform, withActor } from "../context.ts";

type Made = {
  readonly title: string;
  readonly knownAt: string;
  readonly tables: readonly FigureTable[];
  /** Files that were written */
  readonly files: readonly string[];
};

type Options = { readonly knownAt?: string; readonly out?: string };

function year(text: string): number {
  if (!/^20\d{2}$/.test(text)) throw new InvalidArgumentError("西暦4桁の年度を指定してください。");
  return Number(text);
}

function number(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("番号を指定してください。");
  return Number(text);
}

/** Every table as CSV and all of them as one spreadsheet, into a folder. @returns the paths */
async function writeFiles(folder: string, name: string, made: Omit<Made, "files">): Promise<readonly string[]> {
  const dir = resolve(folder);
  await mkdir(dir, { recursive: true });
  const files = [
    ...made.tables.map((table) => ({ path: join(dir, `${name}-${table.key}.csv`), bytes: tableCsv(table) })),
    { path: join(dir, `${name}.xlsx`), bytes: tablesWorkbook(made, made.tables) },
  ];
  for (const { path, bytes } of files) await writeFileAtomic(path, bytes);
  return files.map(({ path }) => path);
}

function valueText(value: string | number | null): string {
  return typeof value === "number" ? value.toLocaleString("ja-JP") : (value ?? "—");
}

function tableText({ title, note, columns, rows, total }: FigureTable): string {
  const heads = columns.map(({ head, unit }) => (unit === "text" ? head : `${head}（${unit}）`)).join("\t");
  const lines = rows.map(({ cells }) => cells.map(valueText).join("\t"));
  const foot = total === null ? [] : [total.map(valueText).join("\t")];
  return [`■ ${title}`, ...(note === "" ? [] : [note]), heads, ...lines, ...foot].join("\n");
}

const madeText = ({ title, knownAt, tables, files }: Made): string =>
  files.length > 0
    ? `${title}（${knownText(knownAt)}）を書きました:\n${files.map((file) => `  ${file}`).join("\n")}`
    : [`${title}（${knownText(knownAt)}）`, ...tables.map(tableText)].join("\n\n");

async function deliver(made: Omit<Made, "files">, name: string, { out }: Options): Promise<Made> {
  return { ...made, files: out === undefined ? [] : await writeFiles(out, name, made) };
}

const withOptions = (command: Command): Command =>
  withActor(command)
    .option("--known-at <moment>", "この日（YYYY-MM-DD）か時刻までの記録で作る / as known then")
    .option("--out <folder>", "CSV と表計算ファイルを書くフォルダ / write CSV files and a spreadsheet");

async function yearly(context: Context, kind: ReportKind, fiscalYear: number, knownAt: string | undefined) {
  if (kind === "grant") {
    const account = await grantAccount(context.pool, { fiscalYear, knownAt });
    return { knownAt: account.knownAt, tables: grantTables(account) };
  }
  const figures = await annualReturn(context.pool, { fiscalYear, knownAt });
  return { knownAt: figures.knownAt, tables: returnTables(figures) };
}

function registerFigures(statistics: Command): void {
  withOptions(statistics.command("month").description("月分の人数と額 / counts of a benefit month"))
    .argument("<month>", "月分 YYYY-MM / benefit month")
    .action(async (month: string, options: Options, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const counts = await monthlyCounts(context.pool, { month, knownAt: options.knownAt });
          const made = { title: `${month}分の統計`, knownAt: counts.knownAt, tables: monthlyTables(counts) };
          return await deliver(made, `statistics-month-${counts.month}`, options);
        },
        madeText,
      );
    });
  for (const kind of ["grant", "annual"] as const) {
    const what = kind === "grant" ? "交付金の計算 / account of the grant" : "事業年報 / annual return";
    withOptions(statistics.command(kind).description(what))
      .argument("<year>", "年度（西暦） / fiscal year", year)
      .action(async (fiscalYear: number, options: Options, command: Command) => {
        await perform(
          command,
          async ({ context }) => {
            const made = await yearly(context, kind, fiscalYear, options.knownAt);
            const title = `${String(fiscalYear)}年度の${reportLabels[kind]}`;
            return await deliver({ title, ...made }, `statistics-${kind}-${String(fiscalYear)}`, options);
          },
          madeText,
        );
      });
  }
}

function registerReports(statistics: Command): void {
  const report = statistics.command("report").description("報告の控え / reports that were kept");
  withActor(report.command("list").description("控えた報告の一覧 / list")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listReports(context.pool),
        (rows) =>
          rows.length === 0
            ? "控えた報告はありません。"
            : rows
                .map(
                  ({ reportNo, kind, fiscalYear, note, approvedBy, figuresDigest }) =>
                    `報告 ${String(reportNo)}: ${reportLabels[kind]} ${String(fiscalYear)}年度「${note}」${approvedBy === null ? "承認待ち" : `承認 ${approvedBy}`}（${figuresDigest}）`,
                )
                .join("\n"),
      );
    },
  );
  withActor(report.command("make").description("いまの数字を報告として残す / keep the figures"))
    .addArgument(new Argument("<kind>", "grant 交付金、annual 年報").choices(["grant", "annual"]))
    .argument("<year>", "年度（西暦） / fiscal year", year)
    .requiredOption("--note <text>", "何のための報告か / what for")
    .option("--known-at <moment>", "この日か時刻までの記録で作る / as known then")
    .action(
      async (
        kind: ReportKind,
        fiscalYear: number,
        options: { readonly note: string; readonly knownAt?: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) => await makeReport(context, { kind, fiscalYear, ...options }),
          ({ reportNo, figuresDigest }) =>
            `報告 ${String(reportNo)} として残しました（${figuresDigest}）。別の人が承認してください。`,
        );
      },
    );
  withActor(report.command("approve").description("見た数字のまま承認する / approve as seen"))
    .argument("<report>", "報告の番号 / number", number)
    .requiredOption("--digest <sha256>", "見た数字のハッシュ / digest of what was seen")
    .action(async (reportNo: number, options: { readonly digest: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await approveReport(context, { reportNo, figuresDigest: options.digest });
          return { approved: reportNo };
        },
        () => `報告 ${String(reportNo)} を承認しました。`,
      );
    });
}

function shareLines(text: string): readonly ShareLine[] {
  try {
    return JSON.parse(text) as readonly ShareLine[];
  } catch {
    throw new Refusal(
      "invalidValue",
      `負担割合「${text.slice(0, 60)}」が JSON として読めません。例: '[{"part":"threeAndOver","employeeClass":null,"shares":{"treasury":{"numerator":4,"denominator":9}}}]'`,
    );
  }
}

function registerShares(statistics: Command): void {
  const share = statistics.command("share").description("政令が定める年度の負担割合 / shares of the cost by year");
  withActor(share.command("enter").description("負担割合を入れる / enter the shares of a year"))
    .argument("<year>", "年度（西暦） / fiscal year", year)
    .argument("<json>", "区分ごとの割合（JSON） / lines")
    .requiredOption("--source <text>", "根拠（政令・通知） / source")
    .action(async (fiscalYear: number, json: string, options: { readonly source: string }, command: Command) => {
      const lines = shareLines(json);
      await perform(
        command,
        async ({ context }) => await enterShares(context, { fiscalYear, lines, source: options.source }),
        ({ entryId, contentDigest }) =>
          `負担割合 ${String(entryId)} を入れました（${contentDigest}）。別の人が承認してください。`,
      );
    });
  withActor(share.command("approve").description("見た割合のまま承認する / approve as seen"))
    .argument("<entry>", "入力の番号 / number", number)
    .requiredOption("--digest <sha256>", "見た内容のハッシュ / digest of what was seen")
    .action(async (entryId: number, options: { readonly digest: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await approveShares(context, { entryId, contentDigest: options.digest });
          return { approved: entryId };
        },
        () => `負担割合 ${String(entryId)} を承認しました。`,
      );
    });
}

/** Adds `hagukumi statistics …`. */
export function registerStatistics(program: Command): void {
  const statistics = program
    .command("statistics")
    .description("統計・交付金の計算・事業年報 / statistics, grant account, annual return");
  registerFigures(statistics);
  registerReports(statistics);
  registerShares(statistics);
}
