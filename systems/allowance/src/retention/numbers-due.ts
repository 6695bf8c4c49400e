/** 個人番号 whose term is over: people whose every case ended longer ago than the city keeps numbers (番号法20条, ガイドライン E-d). */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type NumbersDue = {
  /** 保存期間 in years; null: not decided, so nobody is due and it is said */
  readonly years: number | null;
  /** Cases that ended before this day */
  readonly beforeOn: string | null;
  readonly held: boolean;
  readonly people: readonly {
    readonly addresseeNumber: number;
    /** 最後の日 of the last case */
    readonly lastDay: string;
  }[];
};

/** @param connection with the rights of the system: it looks at everybody */
export async function numbersDue(connection: Queryable, today: CivilDate): Promise<NumbersDue> {
  const { rows } = await connection.query<{ years: number | null; before: string | null; held: boolean }>(
    `SELECT access.retention_years('individualNumber', $1) AS years,
       nullif(access.removable_before('individualNumber', $1), '-infinity'::date)::text AS before,
       EXISTS (SELECT FROM access.retention_hold h WHERE h.group_code = 'individualNumber'
         AND NOT EXISTS (SELECT FROM access.retention_hold_end e WHERE e.hold_id = h.hold_id)) AS held`,
    [today],
  );
  const { years = null, before = null, held = false } = rows[0] ?? {};
  if (before === null) return { years, beforeOn: null, held, people: [] };
  const { rows: people } = await connection.query<NumbersDue["people"][number]>(
    `SELECT addressee_number AS "addresseeNumber", last_day::text AS "lastDay" FROM allowance.people_over() WHERE last_day < $1 ORDER BY last_day, addressee_number`,
    [before],
  );
  return { years, beforeOn: before, held, people };
}
