/** 気づき: live recipients whom the registers say something about that should end or change the right. Lists for people; reads only. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { stands } from "../filings/stands.ts";
export type Alert = { readonly recipientId: number; readonly on: CivilDate };

/**
 * 公務員になった受給者 (A40): live recipients who, on the day, are in public service by the dated facts, or whose pension is that of public
 * servants. Oldest first.
 */
export async function publicServantAlerts(connection: Queryable, day: CivilDate): Promise<readonly Alert[]> {
  const { rows } = await connection.query<Alert>(
    `WITH servant AS (
       SELECT addressee_number, starts_on AS "on" FROM (
         SELECT DISTINCT ON (addressee_number, starts_on) * FROM allowance.status_period WHERE kind = 'publicServant'
         ORDER BY addressee_number, starts_on, revision DESC) s
       WHERE NOT voided AND starts_on <= $1 AND (ends_on IS NULL OR ends_on >= $1)
       UNION SELECT addressee_number, valid_from FROM allowance.coverage_current
       WHERE pension_kind = 'publicServant' AND valid_from <= $1 AND (valid_to IS NULL OR valid_to >= $1))
     SELECT r.recipient_id AS "recipientId", min(v."on") AS "on" FROM servant v JOIN allowance.recipient r USING (addressee_number)
     JOIN allowance.recipient_window w USING (recipient_id)
     WHERE r.kind = 'individual' AND w.first_month <= $1 AND (w.ended_from IS NULL OR w.ended_from > $1)
     GROUP BY r.recipient_id ORDER BY 2, 1`,
    [day],
  );
  return rows;
}

/** 別居監護・海外留学・父母指定の確認の日 that fall within a period. */
export type DueCheck = {
  readonly kind: "separateCare" | "studyAbroad" | "parentDesignation";
  readonly number: number;
  readonly child: number;
  readonly on: CivilDate;
};

export async function dueChecks(
  connection: Queryable,
  from: CivilDate,
  until: CivilDate,
): Promise<readonly DueCheck[]> {
  const { rows } = await connection.query<DueCheck>(
    `SELECT kind, number, child, "on" FROM (
       SELECT 'separateCare' AS kind, r.addressee_number AS number, s.child_number AS child, s.review_on AS "on" FROM (
         SELECT DISTINCT ON (recipient_id, child_number) * FROM allowance.separate_care t WHERE ${stands("t")} ORDER BY recipient_id, child_number, recorded_at DESC) s
       JOIN allowance.recipient r USING (recipient_id)
       UNION ALL
       SELECT 'studyAbroad', r.addressee_number, a.child_number, a.next_check_on FROM (
         SELECT DISTINCT ON (recipient_id, child_number) * FROM allowance.study_abroad t WHERE ${stands("t")} ORDER BY recipient_id, child_number, recorded_at DESC) a
       JOIN allowance.recipient r USING (recipient_id) WHERE a.returned_on IS NULL
       UNION ALL
       SELECT 'parentDesignation', d.designee_number, d.child_number, d.expires_on FROM allowance.parent_designation d
       WHERE ${stands("d")} AND NOT EXISTS (SELECT FROM allowance.parent_designation_end e WHERE e.designation_id = d.designation_id AND ${stands("e")})) x
     WHERE "on" BETWEEN $1 AND $2 ORDER BY "on", kind, number, child`,
    [from, until],
  );
  return rows;
}
