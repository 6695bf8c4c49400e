/** A whole register writes the same search keys as its people one after the other would, and again adds nothing. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { seedClaim } from "../support/people.ts";

const database = useDatabase();
const PEOPLE = 5200; // more than are written by one statement
const FIRST = 900_000_000_700_000;
const KEYS = `SELECT addressee_number, kana, kana_given, name, name_given, birth_date, ward_code, (SELECT array_agg(w ORDER BY w) FROM unnest(wards) w) AS wards, protected, address
  FROM lookup.person_key ORDER BY addressee_number, kana, name`;

const keys = async (): Promise<readonly unknown[]> => (await database.pool.query(KEYS)).rows;

beforeAll(async () => {
  await database.pool.query(
    "INSERT INTO allowance.addressee SELECT $1::bigint + n, 'person' FROM generate_series(1, $2::integer) n",
    [FIRST, PEOPLE],
  );
  // Everybody has two entries; the second of each seventh person another family name, of each eleventh the mark of protection.
  // Forty family names for all of them: the index of names alone says little about who it is.
  await database.pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected,
       deleted, row_digest, batch_id, recorded_at)
     SELECT $1::bigint + n, h, 1, '2020-01-01', false, '01', $1::bigint + n, 1, 1, '架空' || CASE WHEN h = 2 AND n % 7 = 0 THEN '髙' ELSE '' END || chr(19968 + n % 40) || '　花' || chr(19968 + n % 300),
       'カクウ' || chr(12450 + n % 40) || '　ハナ' || chr(12450 + n % 60), 2, date '1980-01-01' + n % 9000, n % 13 = 0, '02', CASE n % 2 WHEN 0 THEN '431010' ELSE '431028' END,
       '8608601', '中央区架空町' || n % 90 || '丁目' || h || '番', h = 2 AND n % 11 = 0, false, repeat('c', 64), 1, '2026-01-01'
     FROM generate_series(1, $2::integer) n, generate_series(1, 2) h`,
    [FIRST, PEOPLE],
  );
}, 60_000);

describe("the search keys of a whole register", () => {
  it("are those of its people taken a hundred at a time, with both spellings, the latest address and no address of the protected", async () => {
    const whole = await keys();
    // 5,200 people with one spelling, 742 (5,200 ÷ 7) with a second
    expect(whole).toHaveLength(PEOPLE + 742);
    expect(whole).toContainEqual(expect.objectContaining({ address: "中央区架空町7-2" }));
    const secret = "SELECT count(*)::integer AS n FROM lookup.person_key WHERE protected AND address <> ''";
    expect((await database.pool.query(secret)).rows).toEqual([{ n: 0 }]);
    await database.pool.query("DELETE FROM lookup.person_key");
    for (let from = 0; from < PEOPLE; from += 100) {
      await database.pool.query(
        "SELECT lookup.take(ARRAY(SELECT $1::bigint + n FROM generate_series($2::integer, $3::integer) n))",
        [FIRST, from + 1, Math.min(from + 100, PEOPLE)],
      );
    }
    expect(await keys()).toEqual(whole);
  }, 120_000);

  it("stay as they are when the whole register is taken again; a claim elsewhere is kept as a ward", async () => {
    await seedClaim(database.pool, FIRST + 2, [FIRST + 3], { claimWard: "431028", recipientWard: "431028" });
    const before = await keys();
    expect(before).toContainEqual(
      expect.objectContaining({ addressee_number: FIRST + 2, wards: ["431010", "431028"] }),
    );
    await database.pool.query("SELECT lookup.take(ARRAY(SELECT a.addressee_number FROM allowance.addressee a))");
    expect(await keys()).toEqual(before);
    await database.pool.query("CALL lookup.refill()");
    expect(await keys()).toEqual(before);
  });
});
