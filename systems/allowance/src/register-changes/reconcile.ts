/**
 * 突合 (A164, D283): the full set of an office beside the copy that the allowance keeps. Nothing is put right by itself: a
 * difference is a fault of one side, and somebody says of which. The report is empty, or every line of it is explained.
 */
import { randomUUID } from "node:crypto";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { checkReason } from "../filings/command.ts";
import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { addNotices, type ProtectionMark } from "../protection/notice-ahead.ts";
import { refuse, stopIfCancelled } from "../refusal.ts";
import { type IncomingRow, readFeedRows } from "../register/feed-rows.ts";
import { FEEDS } from "../register/import-feeds.ts";
import type { FeedFile } from "../register/manifest.ts";
import { RefusedRows } from "../register/refused-rows.ts";
import { refuseDoubleKeys, stageName, stageRows } from "../register/stage.ts";

const TABLES: Partial<Readonly<Record<FeedFile, string>>> = {
  "residents.csv": "allowance.person_history",
  "incomes.csv": "allowance.income_history",
  "linked_periods.csv": "allowance.linked_period",
};

/** Whom the newest row of the full set protects, and who is not protected here. */
const UNPROTECTED = `
  SELECT s.addressee_number AS number, s.history_no AS "historyNo", s.protection_provisional AS provisional, s.protected_from AS "startsOn", s.protected_to AS "termOn"
  FROM stage_residents s WHERE s.protected AND NOT s.deleted AND NOT allowance.is_protected(s.addressee_number)
    AND NOT EXISTS (SELECT FROM stage_residents n WHERE n.addressee_number = s.addressee_number AND n.history_no > s.history_no)`;

export type ReconcileRequest = {
  readonly interfaceCode: string;
  readonly file: FeedFile;
  /** 区分 of `linked_periods.csv` that this office is the source of; absent for the other files */
  readonly kind?: string;
  /** The full set holds every difference up to this number */
  readonly sequence: number;
  readonly asOf: CivilDate;
  readonly rows: number;
  readonly sha256: string;
  readonly open: () => AsyncIterable<readonly IncomingRow[]>;
};

export type Reconciled = {
  readonly reconciliationId: number;
  readonly rows: number;
  /** Rows that could not be compared */
  readonly refused: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
};

/**
 * Compares a full set with the newest version of every row that is kept, and writes the differences down by person, row and
 * item, without a value. The same set compared twice gives the first answer only with the same key.
 *
 * @throws Refusal `feedFileBroken` (another number of rows than announced), `csvHeader`, `csvUnreadable`, `cancelled`
 */
export async function reconcile(context: Context, request: ReconcileRequest): Promise<Reconciled> {
  const { interfaceCode, file, kind, sequence, asOf, rows, sha256, open } = request;
  const table = TABLES[file];
  if (table === undefined) throw new TypeError(`${file} is not kept as a copy that could be compared`);
  const feed = FEEDS[file];
  const refusedRows = new RefusedRows(context.reportsDir, `reconcile-${interfaceCode}.csv`);
  const command = {
    role: ROLE,
    key: `reconcile/${randomUUID()}`,
    name: "register.reconcile",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { interfaceCode, file, sequence, asOf, rows, sha256 },
    signal: context.signal,
  };
  try {
    const { response } = await refusing(() =>
      runCommand(context.pool, command, async (client) => {
        await refusedRows.restart();
        const read = readFeedRows(open(), feed, refusedRows, (done) => {
          stopIfCancelled(context.signal, "突合");
          context.onProgress?.("突合", done, rows);
        });
        await stageRows(client, feed, read.rows);
        if (read.count() !== rows) {
          throw refuse(
            "feedFileBroken",
            `突合できません。全件は ${read.count()} 行ありますが、${rows} 行と知らされています。連携元から送り直してもらってください。何も記録していません。`,
            { file },
          );
        }
        for (const row of await refuseDoubleKeys(client, feed)) await refusedRows.add(row.line, row.problems);
        const key = feed.key.join(", ");
        const same = feed.key.map((column) => `o.${column} = s.${column}`).join(" AND ");
        // Of several offices that write into one table (住民記録, 住登外者) each is asked for its own rows; those of the first migration are the office's.
        const own = `WHERE coalesce(b.interface_code, '${interfaceCode.replaceAll("'", "''")}') = '${interfaceCode.replaceAll("'", "''")}'`;
        const only = kind === undefined ? own : `${own} AND t.kind = '${kind.replaceAll("'", "''")}'`;
        const text = (alias: string): string =>
          feed.key
            .filter((column) => column !== "addressee_number")
            .map((column) => `${alias}.${column}`)
            .join(", ");
        const items = feed.columns
          .map(({ name }) => `CASE WHEN s.${name} IS DISTINCT FROM o.${name} THEN '${name}' END`)
          .join(", ");
        await client.query(
          `CREATE TEMP TABLE reconcile_found ON COMMIT DROP AS
           SELECT coalesce(s.addressee_number, o.addressee_number) AS number,
                  CASE WHEN s.line IS NULL THEN concat_ws('/', ${text("o")}) ELSE concat_ws('/', ${text("s")}) END AS row_key,
                  CASE WHEN o.row_digest IS NULL THEN 'missing' WHEN s.line IS NULL THEN 'extra' ELSE 'different' END AS kind,
                  CASE WHEN o.row_digest IS NULL OR s.line IS NULL THEN '{}'::text[] ELSE array_remove(ARRAY[${items}], NULL) END AS items
           FROM ${stageName(feed)} s
           FULL JOIN (SELECT DISTINCT ON (${key}) t.* FROM ${table} t LEFT JOIN allowance.import_batch b USING (batch_id) ${only} ORDER BY ${key}, revision DESC) o ON ${same}
           WHERE s.row_digest IS DISTINCT FROM o.row_digest`,
        );
        const { rows: counts } = await client.query<Pick<Reconciled, "missing" | "extra" | "different">>(
          `SELECT count(*) FILTER (WHERE kind = 'missing')::int AS missing, count(*) FILTER (WHERE kind = 'extra')::int AS extra,
                  count(*) FILTER (WHERE kind = 'different')::int AS different FROM reconcile_found`,
        );
        const { missing = 0, extra = 0, different = 0 } = counts[0] ?? {};
        // A comparison puts nothing right by itself, but for one thing: whom the office protects now is protected here now.
        if (file === "residents.csv") {
          const { rows: marks } = await client.query<ProtectionMark>(UNPROTECTED);
          await addNotices(client, context, { interfaceCode, sequence, marks });
        }
        const refused = refusedRows.count;
        const { rows: made } = await client.query<{ id: number }>(
          `INSERT INTO allowance.reconciliation (interface_code, sequence, as_of, rows, refused, missing, extra, different, operator)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING reconciliation_id AS id`,
          [interfaceCode, sequence, asOf, rows, refused, missing, extra, different, context.operator],
        );
        const reconciliationId = made[0]?.id ?? 0;
        await client.query(
          `INSERT INTO allowance.reconciliation_difference (reconciliation_id, difference_no, addressee_number, row_key, kind, items)
           SELECT $1, row_number() OVER (ORDER BY number, row_key), number, row_key, kind, items FROM reconcile_found`,
          [reconciliationId],
        );
        const found = { reconciliationId, rows, refused, missing, extra, different };
        const audit = [
          {
            action: "register.reconcile",
            objectKind: "feed",
            objectId: interfaceCode,
            detail: { ...found, sequence },
          },
        ];
        return { response: found, audit };
      }),
    );
    await refusedRows.publish();
    return response;
  } finally {
    await refusedRows.discard();
  }
}

export type ListedReconciliation = Reconciled & {
  readonly interfaceCode: string;
  readonly sequence: number;
  readonly asOf: CivilDate;
  readonly operator: string;
  readonly at: Date;
  /** Differences that nobody has explained */
  readonly open: number;
};

/** Reconciliations, the newest first. Totals: about no single person. */
export async function listReconciliations(connection: Queryable, limit = 50): Promise<readonly ListedReconciliation[]> {
  const { rows } = await connection.query<ListedReconciliation>(
    `SELECT reconciliation_id AS "reconciliationId", interface_code AS "interfaceCode", sequence, as_of AS "asOf", rows, refused, missing, extra, different,
            operator, recorded_at AS at, (SELECT count(*)::int FROM allowance.reconciliation_difference d WHERE d.reconciliation_id = r.reconciliation_id
              AND NOT EXISTS (SELECT FROM allowance.reconciliation_explanation e WHERE (e.reconciliation_id, e.difference_no) = (d.reconciliation_id, d.difference_no))) AS open
     FROM allowance.reconciliation r ORDER BY reconciliation_id DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

export type ListedDifference = {
  readonly differenceNo: number;
  readonly kind: "missing" | "extra" | "different";
  /** Names of the items that differ, as the tables call them */
  readonly items: readonly string[];
  readonly rowKey: string;
  readonly wardCode: string;
  readonly kanaInitial: string;
  readonly cause: ExplanationCause | null;
  readonly explanation: string | null;
};

/** Differences of one reconciliation, for staff: no name, no number. @throws Refusal `sessionNeeded`, `permissionMissing` */
export async function listDifferences(reader: Reader, reconciliationId: number): Promise<readonly ListedDifference[]> {
  const entry = {
    action: "reconciliation.read",
    objectKind: "reconciliation",
    objectId: String(reconciliationId),
  };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<ListedDifference>(
      `SELECT difference_no AS "differenceNo", kind, items, row_key AS "rowKey", ward_code AS "wardCode", kana_initial AS "kanaInitial", cause, explanation
       FROM allowance.reconciliation_differences_for_staff($1)`,
      [reconciliationId],
    );
    return rows;
  });
}

export const explanationCauses = {
  resendAsked: "再送を頼んだ",
  sourceFault: "連携元の誤り",
  ownRecord: "職権で先に記録した",
  other: "その他",
} as const;

export type ExplanationCause = keyof typeof explanationCauses;

export type Explain = {
  readonly reconciliationId: number;
  /** The differences that have this one explanation */
  readonly differenceNos: readonly number[];
  readonly cause: ExplanationCause;
  /** 1–400 characters */
  readonly explanation: string;
  readonly key?: string;
};

/**
 * Explains differences, once each.
 *
 * @throws Refusal `reconciliationUnknown` (no such difference), `reconciliationExplained`, `filingInvalid` (no reason)
 */
export async function explainDifferences(context: Context, explain: Explain): Promise<{ readonly explained: number }> {
  const { reconciliationId, differenceNos, cause, key } = explain;
  const explanation = checkReason(explain.explanation, "違いの説明");
  const command = {
    role: ROLE,
    key: key ?? `reconcile.explain/${randomUUID()}`,
    name: "reconcile.explain",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { reconciliationId, differenceNos, cause, explanation },
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.reconciliation_explanation (reconciliation_id, difference_no, cause, explanation, explained_by)
         SELECT d.reconciliation_id, d.difference_no, $3, $4, $5 FROM allowance.reconciliation_difference d
         WHERE d.reconciliation_id = $1 AND d.difference_no = ANY ($2::int[])`,
        [reconciliationId, differenceNos, cause, explanation, context.operator],
      );
      const explained = rowCount ?? 0;
      if (explained !== new Set(differenceNos).size || explained === 0) {
        throw refuse(
          "reconciliationUnknown",
          "その突合に、その違いはありません。一覧を読み直してください。何も変えていません。",
          { reconciliationId },
        );
      }
      const audit = [
        {
          action: "reconcile.explain",
          objectKind: "reconciliation",
          objectId: String(reconciliationId),
          detail: { explained, cause },
        },
      ];
      return { response: { explained }, audit };
    }),
  );
  return response;
}
