/** A made-up month of the access log: fifty members of staff at their ordinary work, and planted look-ups among it. */
import type { Pool } from "pg";

/** Ordinary residents are 1001…2999; staff themselves 1…50, two to a household with 101…150. */
export const REGISTER = 3000;

/** The month; it must be over. */
export const MONTH = "2026-10";
/** Business days of October 2026: the 12th is スポーツの日. */
const DAYS = [1, 2, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30];

export type Planted = { readonly staff: number; readonly person: number; readonly day: number; readonly hour?: string };

export const staffId = (number: number): string => `shoku.${String(number).padStart(3, "0")}`;
export const personNumber = (number: number): number => 900_000_000_000_000 + number;
export const dayOf = (index: number): string => `${MONTH}-${String(DAYS[index % DAYS.length]).padStart(2, "0")}`;

/**
 * Residents. Family names: 1…50 and their households have the rare name of their own, 2001…2100 the rare name of the staff
 * member (n − 2000) mod 50 + 1 (at most 4 of 3,000: below 0.5 %), all others one of 100 common names.
 */
export async function seedRegister(pool: Pool): Promise<void> {
  await pool.query(
    "INSERT INTO allowance.addressee SELECT 900000000000000 + n, 'person' FROM generate_series(1, $1::int) n",
    [REGISTER],
  );
  await pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected,
       deleted, row_digest, batch_id, recorded_at)
     SELECT 900000000000000 + n, 1, 1, '2020-01-01', false, '01', CASE WHEN n <= 50 THEN n WHEN n BETWEEN 101 AND 150 THEN n - 100 ELSE n + 10000 END, 1, 1,
       CASE WHEN n <= 50 THEN '架空希' || n WHEN n BETWEEN 101 AND 150 THEN '架空希' || (n - 100) WHEN n BETWEEN 2001 AND 2100 THEN '架空希' || ((n - 2000) % 50 + 1)
            ELSE '架空多' || (n % 100) END || '　太郎',
       'カクウ　タロウ', 1, '1990-04-05', false, '02', '431010', '8608601', '中央区架空町一丁目１番' || n || '号', n BETWEEN 2201 AND 2300,
       false, repeat('c', 64), 1, '2026-01-01' FROM generate_series(1, $1::int) n`,
    [REGISTER],
  );
  await pool.query(
    `INSERT INTO access.staff_relation (staff_id, addressee_number, relation, valid_from, entered_by, approved_by)
     SELECT 'shoku.' || lpad(n::text, 3, '0'), 900000000000000 + n, 'self', date '2026-01-01', 'jinji.a', 'jinji.b' FROM generate_series(1, 50) n
     UNION ALL SELECT 'shoku.' || lpad(n::text, 3, '0'), 900000000000000 + 2300 + n, 'family', '2026-01-01', 'jinji.a', 'jinji.b' FROM generate_series(1, 50) n
     UNION ALL SELECT NULL, 900000000000000 + 2400 + n, 'watched', '2026-01-01', 'kansa.a', 'kansa.b' FROM generate_series(1, 10) n`,
  );
}

const INSERT = `
INSERT INTO access.log (processed_at, staff_id, staff_name, section_code, section_name, terminal_code, purpose_code, purpose_text,
  addressee_number, system, operation, action, row_count, session_id, request_id, case_ref)
SELECT x.at::timestamp AT TIME ZONE 'Asia/Tokyo', 'shoku.' || lpad(x.staff::text, 3, '0'), '架空希' || x.staff || '　職員', 'kodomo', '架空課', 'T-' || x.staff,
  x.purpose, x.words, 900000000000000 + x.person, 'allowance', 'openCase', 'read', 1, x.staff, x.request, x.reference
FROM `;

/** Forty openings for each member of staff on each business day, of ordinary residents with a case: 42,000 rows. */
export async function ordinaryWork(pool: Pool): Promise<void> {
  await pool.query(
    `${INSERT} (SELECT s AS staff, 1001 + (s * 37 + n * 13 + d * 101) % 999 AS person, $1::text[] AS days, 'c-' || s || '-' || d || '-' || n AS request,
       ($1::text[])[d] || ' ' || to_char(time '08:45' + n * interval '13 minutes', 'HH24:MI:SS') AS at,
       CASE WHEN n % 25 = 0 THEN 'other' ELSE 'enquiry' END AS purpose, CASE WHEN n % 25 = 0 THEN '架空の申し出 ' || s || d || n ELSE '' END AS words,
       lpad((s * 37 + n)::text, 10, '0') AS reference
     FROM generate_series(1, 50) s, generate_series(1, ${DAYS.length}) d, generate_series(1, 40) n) x`,
    [DAYS.map((_, index) => dayOf(index))],
  );
}

/** One opening for each; without a case unless told. */
export async function open(pool: Pool, planted: readonly Planted[], mark: string, reference = ""): Promise<void> {
  await pool.query(
    `${INSERT} (SELECT staff, person, at, request, 'enquiry' AS purpose, '' AS words, $5::text AS reference FROM unnest($1::int[], $2::int[], $3::text[], $4::text[])
       AS p (staff, person, at, request)) x`,
    [
      planted.map(({ staff }) => staff),
      planted.map(({ person }) => person),
      planted.map(({ day, hour }) => `${dayOf(day)} ${hour ?? "10:30:00"}`),
      planted.map((_, index) => `${mark}-${index}`),
      reference,
    ],
  );
}

/** Attempts at people who cannot be opened. */
export async function attempt(
  pool: Pool,
  planted: readonly Planted[],
  kind: "denied" | "protected",
  mark: string,
): Promise<void> {
  await pool.query(
    `INSERT INTO access.closed_attempt (attempted_at, staff_id, section_code, terminal_code, session_id, request_id, operation, kind, addressee_number)
     SELECT at::timestamp AT TIME ZONE 'Asia/Tokyo', 'shoku.' || lpad(staff::text, 3, '0'), 'kodomo', 'T', 1, request, 'openCase', $5, 900000000000000 + person
     FROM unnest($1::int[], $2::int[], $3::text[], $4::text[]) AS p (staff, person, at, request)`,
    [
      planted.map(({ staff }) => staff),
      planted.map(({ person }) => person),
      planted.map(({ day, hour }) => `${dayOf(day)} ${hour ?? "11:00:00"}`),
      planted.map((_, index) => `${mark}-${index}`),
      kind,
    ],
  );
}
