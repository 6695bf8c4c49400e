/**
 * 報告の控え: the figures that went to state and prefecture, with the moment of which they are. One person makes them, another approves
 * exactly these. Made again for the same moment they are the same: `verify` compares every one (M30).
 */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash, randomUUID } from "node:crypto";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { annualReturn, type AnnualReturn } from "./annual-return.ts";
import { grantAccount, type GrantAccount } from "./grant-account.ts";
import type { KnownAt } from "./known.ts";

export const reportLabels = { grant: "交付金の計算", annual: "事業年報" } as const;
export type ReportKind = keyof typeof reportLabels;

export type ReportFigures = GrantAccount | AnnualReturn;

/** The figures of a kind of report. @throws Refusal `statisticsInvalid` */
export async function reportFigures(
  connection: Queryable,
  kind: ReportKind,
  request: { readonly fiscalYear: number; readonly knownAt?: string | undefined },
): Promise<ReportFigures> {
  return kind === "grant" ? await grantAccount(connection, request) : await annualReturn(connection, request);
}

/** SHA-256 over the figures in their canonical form. */
export function figuresDigest(figures: ReportFigures): string {
  return createHash("sha256")
    .update(canonicalJson(JSON.parse(JSON.stringify(figures))))
    .digest("hex");
}

const commandOf = (context: Context, name: string, request: unknown, key: string) => ({
  role: ROLE,
  key,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
});

export type NewReport = {
  readonly kind: ReportKind;
  readonly fiscalYear: number;
  /** 申請・実績・年報, number of the document: 1–400 characters */
  readonly note: string;
  /** The figures as of a past moment; absent: now */
  readonly knownAt?: string | undefined;
};

export type MadeReport = {
  readonly reportNo: number;
  readonly figuresDigest: string;
  readonly knownAt: KnownAt;
};

/** Keeps the figures of a report for another person to approve. @throws Refusal `statisticsInvalid` */
export async function makeReport(
  context: Context,
  request: NewReport,
  key: string = `statistics-report/${randomUUID()}`,
): Promise<MadeReport> {
  const note = request.note.trim();
  if (note === "" || note.length > 400) {
    throw refuse("statisticsInvalid", "何のための報告かを、400文字までで書いてください。何も登録していません。");
  }
  const { response } = await refusing(() =>
    runCommand(context.pool, commandOf(context, "statistics.report", { ...request, note }, key), async (client) => {
      const figures = await reportFigures(client, request.kind, request);
      const digest = figuresDigest(figures);
      const { rows } = await client.query<{ reportNo: number }>(
        `INSERT INTO allowance.statistics_report (kind, fiscal_year, known_at, figures, figures_digest, note, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING report_no AS "reportNo"`,
        [request.kind, figures.fiscalYear, figures.knownAt, JSON.stringify(figures), digest, note, context.operator],
      );
      const reportNo = rows[0]?.reportNo;
      if (reportNo === undefined) throw new Error("INSERT … RETURNING gave no row");
      const detail = { kind: request.kind, fiscalYear: figures.fiscalYear, digest };
      return {
        response: { reportNo, figuresDigest: digest, knownAt: figures.knownAt },
        audit: [{ action: "statistics.report", objectKind: "statisticsReport", objectId: String(reportNo), detail }],
      };
    }),
  );
  return response;
}

/** Approves figures as they were seen. @throws Refusal `samePerson`, `contentChanged`, `statisticsInvalid` */
export async function approveReport(
  context: Context,
  request: { readonly reportNo: number; readonly figuresDigest: string },
  key: string = `statistics-report/${randomUUID()}`,
): Promise<void> {
  await refusing(() =>
    runCommand(context.pool, commandOf(context, "statistics.approve", request, key), async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.statistics_report_approval (report_no, figures_digest, made_by, approved_by)
         SELECT report_no, $2, made_by, $3 FROM allowance.statistics_report WHERE report_no = $1`,
        [request.reportNo, request.figuresDigest, context.operator],
      );
      if (rowCount !== 1) {
        throw refuse("statisticsInvalid", `報告 ${String(request.reportNo)} はありません。一覧を読み直してください。`);
      }
      const detail = { digest: request.figuresDigest };
      return {
        response: null,
        audit: [
          {
            action: "statistics.approve",
            objectKind: "statisticsReport",
            objectId: String(request.reportNo),
            detail,
          },
        ],
      };
    }),
  );
}

export type KeptReport = MadeReport & {
  readonly kind: ReportKind;
  readonly fiscalYear: number;
  readonly note: string;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly approvedBy: string | null;
};

/** Reports that were kept, newest first. */
export async function listReports(connection: Queryable, limit = 100): Promise<readonly KeptReport[]> {
  const { rows } = await connection.query<KeptReport>(
    `SELECT r.report_no AS "reportNo", r.kind, r.fiscal_year AS "fiscalYear", r.figures_digest AS "figuresDigest", r.note,
            to_char(r.known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "knownAt", r.made_by AS "madeBy", r.recorded_at AS "madeAt",
            a.approved_by AS "approvedBy"
     FROM allowance.statistics_report r LEFT JOIN allowance.statistics_report_approval a USING (report_no) ORDER BY r.report_no DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

/**
 * The reports that come out otherwise when they are made again for their moment; for `verify` (M30).
 *
 * @returns one line a report; empty where all are the same
 */
export async function changedReports(connection: Queryable): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const report of await listReports(connection, 1000)) {
    const again = figuresDigest(await reportFigures(connection, report.kind, report));
    const { rows } = await connection.query<{ figures: ReportFigures }>(
      "SELECT figures FROM allowance.statistics_report WHERE report_no = $1",
      [report.reportNo],
    );
    const kept = rows[0] === undefined ? "" : figuresDigest(rows[0].figures);
    if (again === report.figuresDigest && kept === report.figuresDigest) continue;
    changed.push(`報告 ${String(report.reportNo)}（${reportLabels[report.kind]} ${String(report.fiscalYear)}年度）`);
  }
  return changed;
}
