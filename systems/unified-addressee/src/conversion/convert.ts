/** 変換: from an addressee of a business system to the 団体内統合宛名番号 and back; people joined by 名寄せ are one. */
import type { PoolClient } from "pg";

/** The 団体内統合宛名番号 of an addressee, by its own link or by that of the same person (名寄せ); null where there is none. */
export async function toUnified(
  client: PoolClient,
  systemCode: string,
  addresseeNumber: number,
): Promise<number | null> {
  const { rows } = await client.query<{ number: number }>(
    `WITH RECURSIVE same AS (
       SELECT $2::bigint AS n
       UNION SELECT CASE WHEN c.kept_number = s.n THEN c.other_number ELSE c.kept_number END
       FROM same s JOIN unified.consolidation c ON s.n IN (c.kept_number, c.other_number) WHERE c.approved_at IS NOT NULL AND c.ended_at IS NULL)
     SELECT l.unified_number AS number FROM unified.link l JOIN same s ON s.n = l.addressee_number
     WHERE l.system_code = $1 AND l.ended_at IS NULL ORDER BY l.addressee_number <> $2, l.link_id LIMIT 1`,
    [systemCode, addresseeNumber],
  );
  return rows[0]?.number ?? null;
}

/** The 宛名番号 of a person in one system; null where the person is not there. */
export async function toAddressee(
  client: PoolClient,
  unifiedNumber: number,
  systemCode: string,
): Promise<number | null> {
  const { rows } = await client.query<{ number: number }>(
    "SELECT addressee_number AS number FROM unified.link WHERE unified_number = $1 AND system_code = $2 AND ended_at IS NULL",
    [unifiedNumber, systemCode],
  );
  return rows[0]?.number ?? null;
}
