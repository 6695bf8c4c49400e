/** Rows of the access log as the product writes them, many at once. All of it synthetic. */
import type { Pool } from "pg";

/** Adds `count` rows, one transaction. */
export async function addLogRows(pool: Pool, count: number, staffId = "kaku.001"): Promise<void> {
  await pool.query(
    `INSERT INTO access.log (processed_at, staff_id, staff_name, section_code, section_name, terminal_code, purpose_code, purpose_text,
       addressee_number, system, operation, action, row_count, session_id, request_id)
     SELECT identity.clock(), $2, '架空 職員', 'kodomo', '架空課', 'T-1', 'enquiry', '', 1000 + n, 'allowance', 'readCase', 'read', 1, 1, 'req-' || n
     FROM generate_series(1, $1::int) n`,
    [count, staffId],
  );
}
