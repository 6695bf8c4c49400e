/** 気づき: live recipients whom the registers say something about that should end or change the right. Lists for people; reads only. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

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

/**
 * 確認の日 of 別居監護・海外留学・父母指定, the end of a placement for two months or less (施行規則1条の2), and a placement that was prolonged
 * beyond them and for which the institution has not claimed yet (the day on which the office decided on it).
 */
export type DueCheck = {
  readonly kind: "separateCare" | "studyAbroad" | "parentDesignation" | "shortStay" | "stayExtended";
  /** 宛名番号 of whom to ask; of a placement the child's */
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
    `SELECT kind, number, child, due_on AS "on" FROM allowance.due_check WHERE due_on BETWEEN $1 AND $2 ORDER BY due_on, kind, number, child`,
    [from, until],
  );
  return rows;
}
