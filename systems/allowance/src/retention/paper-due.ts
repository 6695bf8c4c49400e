/** 廃棄する紙の書類 (評価書 III-3 その他③): paper that is still here although the cases of its person ended longer ago than the city keeps it. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type PaperDue = {
  readonly entryId: number;
  readonly addresseeNumber: number;
  /** 書類の種類 as the code table names it */
  readonly kindName: string;
  readonly title: string;
  /** Where it lies; empty where nobody wrote it down */
  readonly storagePlace: string;
  readonly receivedOn: string | null;
  /** 最後の日 of the last case */
  readonly lastDay: string;
};

export type PaperDueList = {
  /** Null: not decided, nothing is listed */
  readonly years: number | null;
  readonly beforeOn: string | null;
  readonly papers: readonly PaperDue[];
};

/** @param connection with the rights of the system: it looks at everybody */
export async function paperDue(connection: Queryable, today: CivilDate): Promise<PaperDueList> {
  const { rows: terms } = await connection.query<{ years: number | null; before: string | null }>(
    `SELECT access.retention_years('paperDocuments', $1)::int AS years, nullif(access.removable_before('paperDocuments', $1), '-infinity')::text AS before`,
    [today],
  );
  const { years = null, before = null } = terms[0] ?? {};
  if (before === null) return { years, beforeOn: null, papers: [] };
  const { rows: papers } = await connection.query<PaperDue>(
    `SELECT p.entry_id AS "entryId", p.addressee_number AS "addresseeNumber", coalesce((SELECT c.label FROM allowance.code_last c WHERE c.domain = 'document' AND c.code = p.kind LIMIT 1), p.kind) AS "kindName",
       p.title, p.storage_place AS "storagePlace", p.received_on::text AS "receivedOn", o.last_day::text AS "lastDay"
     FROM allowance.paper_kept() p JOIN allowance.people_over() o USING (addressee_number) WHERE o.last_day < $1 ORDER BY p.storage_place, o.last_day, p.entry_id LIMIT 1000`,
    [before],
  );
  return { years, beforeOn: before, papers };
}
