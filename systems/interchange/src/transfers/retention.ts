/**
 * データ使用承認願の保存: kept five years after their last day, then judged by the day and removed by two people; what was removed
 * leaves its counts.
 *
 * Source: 熊本市 特定個人情報保護評価書 III-5 (その他の措置②: 承認願は5年保存).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { ChangeBy } from "../changes/history.ts";

export type DataUseRetention = {
  /** 保存期間 in years, as it holds on the day */
  readonly years: number;
  /** Numbers of the applications past it, with no copy left anywhere */
  readonly past: readonly number[];
  readonly removals: readonly {
    readonly removalId: number;
    readonly beforeOn: string;
    readonly years: number;
    readonly uses: number;
    readonly transfers: number;
    readonly enteredBy: string;
    readonly approvedBy: string;
    readonly removedAt: Date;
  }[];
};

/** What is past its term on a day, and what was removed before. */
export async function dataUseRetention(connection: Queryable, today: string): Promise<DataUseRetention> {
  const term = await connection.query<{ years: number }>(
    "SELECT years FROM interchange.data_use_term WHERE valid_from <= $1 ORDER BY valid_from DESC LIMIT 1",
    [today],
  );
  const past = await connection.query<{ id: number }>(
    "SELECT data_use_id AS id FROM interchange.data_uses_past_term($1)",
    [today],
  );
  const removals = await connection.query<DataUseRetention["removals"][number]>(
    `SELECT removal_id AS "removalId", before_on AS "beforeOn", years, uses, transfers, entered_by AS "enteredBy", approved_by AS "approvedBy",
       removed_at AS "removedAt" FROM interchange.data_use_removal ORDER BY removal_id DESC LIMIT 100`,
  );
  return { years: term.rows[0]?.years ?? 5, past: past.rows.map(({ id }) => id), removals: removals.rows };
}

/** Removes exactly these, and nothing where the candidates are others by now. @throws Refusal `contentChanged` */
export async function removeDataUses(
  client: PoolClient,
  { dataUseIds }: { readonly dataUseIds: readonly number[] },
  by: ChangeBy,
): Promise<void> {
  await client.query("SELECT interchange.remove_data_uses($1, $2::bigint[], $3, $4)", [
    by.today,
    [...dataUseIds],
    by.enteredBy,
    by.approvedBy,
  ]);
}

/** 保存期間 from a day on. */
export async function writeDataUseTerm(
  client: PoolClient,
  { years, validFrom }: { readonly years: number; readonly validFrom: string },
  by: ChangeBy,
): Promise<void> {
  await client.query(
    "INSERT INTO interchange.data_use_term (valid_from, years, entered_by, approved_by) VALUES ($1, $2, $3, $4)",
    [validFrom, years, by.enteredBy, by.approvedBy],
  );
}
