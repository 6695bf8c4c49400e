/** A made-up population inside PostgreSQL: common surnames as common as the commonest in Japan, former names, telephones, accounts. */
import type { Pool } from "pg";

/** The commonest surname has about 1.5 % of the people (as 佐藤 in Japan), its first two kana are shared by others. */
const SURNAMES = `
CREATE TEMP TABLE surname AS
SELECT n, CASE n WHEN 1 THEN '架空藤' WHEN 2 THEN '髙例' ELSE '例' || chr(19968 + n * 7 % 20000) || chr(19968 + n * 131 % 20000) END AS name,
       CASE n WHEN 1 THEN 'カクウ' WHEN 2 THEN 'カクレイ' ELSE 'レ' || chr(12450 + n * 5 % 79) || chr(12450 + n * 11 % 79) || chr(12450 + n % 79) END AS kana
FROM generate_series(1, 5000) n`;

const PEOPLE = `
INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number, resident_kind, resident_state,
  name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected, deleted, row_digest, batch_id, recorded_at)
SELECT 900000000000000 + i, 1, 1, '2020-01-01', false, '10', 7000000 + i / 3, 1, 1,
  s.name || '　' || CASE WHEN i % 23 = 0 THEN '太郎' ELSE chr(19968 + i * 17 % 20000) || '子' END, s.kana || '　' || CASE WHEN i % 23 = 0 THEN 'タロウ' ELSE chr(12450 + i * 13 % 79) || chr(12450 + i * 29 % 79) || 'コ' END,
  2, date '1925-01-01' + (i::bigint * 7919 % 36500)::integer, false, '02', (ARRAY['431010', '431028', '431036', '431044', '431052'])[1 + i % 5], '8608601',
  '架空町' || i % 400 || '丁目' || i % 30 || '番', i % 333 = 0, false, repeat('a', 64), 1, now()
FROM generate_series(1, $1::integer) i
JOIN surname s ON s.n = CASE WHEN i % 67 = 0 THEN 1 WHEN i % 97 = 0 THEN 2 ELSE 3 + (i::bigint * 31 % 4997)::integer END`;

const CASES = `
INSERT INTO allowance.claim (reception_number, kind, received_on, channel, claimant_number, recipient_kind, cause, ward_code, content_digest, recorded_by)
SELECT i::text, 'certification', '2025-04-01', 'counter', 900000000000000 + i, 'individual', 'other', '431010', repeat('b', 64), 'bench' FROM generate_series(1, $1::integer / 9) i;
INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code)
SELECT k.claimant_number, 'individual', 1, k.claim_id, k.ward_code FROM allowance.claim k;
INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
SELECT r.recipient_id, '0182', '101', '1', lpad((1 + r.recipient_id)::text, 7, '0'), 'ｶｸｳ', 'claim', 'bench.a', 'bench.b' FROM allowance.recipient r;
INSERT INTO allowance.contact (entry_id, revision, addressee_number, kind, value, folded, valid_from, withdrawn, entered_by, reason)
SELECT i, 1, 900000000000000 + i, 'mobilePhone', '0900' || lpad(i::text, 7, '0'), '0900' || lpad(i::text, 7, '0'), '2020-01-01', false, 'bench', '' FROM generate_series(1, $1::integer / 9) i`;

export type Seeded = { readonly peopleSeconds: number; readonly withoutKeysSeconds: number };

/** Fills the register; says how long the people took with the search keys kept up, and without. */
export async function seedPeople(pool: Pool, people: number): Promise<Seeded> {
  const client = await pool.connect();
  try {
    await client.query("SET work_mem = '128MB'");
    await client.query(SURNAMES);
    await client.query("ANALYZE surname");
    await client.query(
      "INSERT INTO allowance.addressee SELECT 900000000000000 + i, 'person' FROM generate_series(1, $1::integer) i",
      [people],
    );
    await client.query("BEGIN");
    await client.query("ALTER TABLE allowance.person_history DISABLE TRIGGER lookup_taken");
    let begun = performance.now();
    await client.query(PEOPLE, [people]);
    const withoutKeysSeconds = (performance.now() - begun) / 1000;
    await client.query("ROLLBACK");
    begun = performance.now();
    await client.query(PEOPLE, [people]);
    const peopleSeconds = (performance.now() - begun) / 1000;
    for (const statement of CASES.split(";")) await client.query(statement.replace("$1", String(people)));
    await client.query("VACUUM ANALYZE");
    return { peopleSeconds, withoutKeysSeconds };
  } finally {
    client.release();
  }
}
