/**
 * 受給者の死亡による保留: nothing more goes to the account of the dead (12条). It is placed where the death becomes known – when the
 * residents' register is taken in, or by the procedure of the office – so that a run approved before cannot be filed.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

export const DEATH_HOLD = "受給者の死亡（未支払の請求による支払を待つ）";

const PLACE = `
  INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by, placed_on)
  SELECT r.recipient_id, 'pending', w.first_month, $2::text, $3::text, $4::date
  FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
  WHERE w.first_month IS NOT NULL AND NOT EXISTS (
    SELECT FROM allowance.hold h WHERE h.recipient_id = r.recipient_id AND h.cause = $2
      AND NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id))`;

/**
 * 保留 of one recipient. A hold that is there already is enough.
 *
 * @returns the hold that was placed, if any
 */
export async function holdForDeath(
  client: PoolClient,
  recipientId: number,
  placedBy: string,
  placedOn: CivilDate,
): Promise<readonly number[]> {
  const { rows } = await client.query<{ hold_id: number }>(`${PLACE} AND r.recipient_id = $1 RETURNING hold_id`, [
    recipientId,
    DEATH_HOLD,
    placedBy,
    placedOn,
  ]);
  return rows.map(({ hold_id }) => hold_id);
}

/**
 * 保留 of every recipient whose death a delivery brought: the last row of the person's history is of this import and says 死亡.
 *
 * @returns how many holds were placed
 */
export async function holdForDeathsOf(
  client: PoolClient,
  batchId: number,
  placedBy: string,
  placedOn: CivilDate,
): Promise<number> {
  const { rowCount } = await client.query(
    `${PLACE} AND r.addressee_number IN (
       SELECT p.addressee_number FROM (
         SELECT DISTINCT ON (h.addressee_number) h.addressee_number, h.resident_state, h.batch_id FROM (
           SELECT DISTINCT ON (addressee_number, history_no) * FROM allowance.person_history
           WHERE addressee_number IN (SELECT addressee_number FROM allowance.person_history WHERE batch_id = $1 AND resident_state = 3)
           ORDER BY addressee_number, history_no, revision DESC) h
         WHERE NOT h.deleted ORDER BY h.addressee_number, h.history_no DESC) p
       WHERE p.resident_state = 3 AND p.batch_id = $1)`,
    [batchId, DEATH_HOLD, placedBy, placedOn],
  );
  return rowCount ?? 0;
}
