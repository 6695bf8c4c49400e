/**
 * A small made-up city for the list and the pages: six families with names that are hard to print, one protected person,
 * one without an account, one held. Names are 架空, 宛名番号 begin with 9.
 */
import type { Pool } from "pg";

import { seedCases } from "./cases.ts";
import type { Family } from "./cases.ts";

export type Resident = {
  readonly number: number;
  readonly name: string;
  readonly kana: string;
  readonly birthDate: string;
  readonly protected?: boolean;
};

/** The address of the protected person: a test looks for it on every page and in every file. */
export const SECRET_ADDRESS = "中央区架空町九丁目九番九号";

const families: readonly (Family & { readonly parent: Omit<Resident, "number"> })[] = [
  {
    // Under 3 until 2027-06 → 15,000 a month
    recipient: 900000000001101,
    children: [{ id: 900000000001201, birthDate: "2024-06-01" }],
    account: { bank: "0182", branch: "101", number: "0000101", holder: "ｶｸｳ ﾊﾅｺ" },
    parent: { name: "架空　花子", kana: "カクウ　ハナコ", birthDate: "1990-04-05" },
  },
  {
    // 2014, 2017: 10,000 each; third child under 3: 30,000 → 50,000 a month
    recipient: 900000000001102,
    children: [
      { id: 900000000001202, birthDate: "2014-06-01" },
      { id: 900000000001203, birthDate: "2017-06-01" },
      { id: 900000000001204, birthDate: "2024-06-02" },
    ],
    account: { bank: "9900", branch: "718", number: "0123456", holder: "ﾂｼﾞ ﾀﾛｳ" },
    parent: { name: "辻\u{E0100}　葛\u{E0100}太郎", kana: "ツジ　カツタロウ", birthDate: "1985-01-02" },
  },
  {
    // 高校生年代 → 10,000 a month
    recipient: 900000000001103,
    children: [{ id: 900000000001205, birthDate: "2010-05-10" }],
    account: { bank: "0182", branch: "101", number: "0000103", holder: "ﾖｼﾀﾞ ｼﾞﾛｳ" },
    parent: { name: "𠮷田　髙﨑", kana: "ヨシダ　タカサキ", birthDate: "1979-11-30" },
  },
  {
    // Protected; one child of 10,000 → the mark is shown, the address nowhere
    recipient: 900000000001104,
    children: [{ id: 900000000001206, birthDate: "2018-03-03" }],
    account: { bank: "0182", branch: "101", number: "0000104", holder: "ﾏﾓﾘ ｻﾁｺ" },
    parent: { name: "架空守　幸子", kana: "カクウマモリ　サチコ", birthDate: "1988-08-08", protected: true },
  },
  {
    // No account: due, but not in the run
    recipient: 900000000001105,
    children: [{ id: 900000000001207, birthDate: "2019-09-09" }],
    account: null,
    parent: { name: "架空無　口座", kana: "カクウナシ　コウザ", birthDate: "1991-12-12" },
  },
  {
    // A name that tries to be markup, with a character that the print font does not have → 10,000
    recipient: 900000000001106,
    children: [{ id: 900000000001208, birthDate: "2016-02-29" }],
    account: { bank: "0182", branch: "101", number: "0000106", holder: "ｶｸｳ ｴｽｹｰﾌﾟ" },
    parent: {
      name: '<script>alert("架空")</script>#read("/etc/passwd")𰻞',
      kana: "カクウ　エスケープ",
      birthDate: "1980-02-29",
    },
  },
];

/** Recipients (認定番号 by position) in the order of the families. */
export type SmallCity = {
  readonly hanako: number;
  readonly tsuji: number;
  readonly yoshida: number;
  readonly protectedPerson: number;
  readonly noAccount: number;
  readonly hostile: number;
};

/** Lines of the December 2026 run: 15,000 + 50,000 + 10,000 + 10,000 + 10,000 = 95,000 a month × 2 months = 190,000 yen. */
export const smallCityTotal = { lines: 5, childMonths: (1 + 3 + 1 + 1 + 1) * 2, amount: 190_000 } as const;

export async function seedResident(pool: Pool, resident: Resident): Promise<void> {
  await pool.query("INSERT INTO allowance.addressee VALUES ($1, 'person') ON CONFLICT DO NOTHING", [resident.number]);
  await pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected,
       deleted, row_digest, batch_id, recorded_at)
     VALUES ($1, 1, 1, '2020-01-01', false, '01', 7000000, 1, 1, $2, $3, 2, $4, false, '02', '431010', '8608601', $5, $6, false, repeat('c', 64), 1, '2026-01-01')`,
    [resident.number, resident.name, resident.kana, resident.birthDate, SECRET_ADDRESS, resident.protected === true],
  );
}

/** Seeds the families, their names and accounts; no run yet. */
export async function seedSmallCity(pool: Pool): Promise<SmallCity> {
  const ids = await seedCases(pool, families);
  for (const family of families) {
    await seedResident(pool, { number: family.recipient, ...family.parent });
    for (const [index, child] of family.children.entries()) {
      await pool.query(
        `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
         SELECT claim_id, $2, 'child', '20', $3 FROM allowance.claim WHERE claimant_number = $1`,
        [family.recipient, child.id, index + 1],
      );
      await seedResident(pool, {
        number: child.id,
        name: `架空児　${["一", "二", "三"][index] ?? ""}`,
        kana: `カクウジ　${["イチ", "ニ", "サン"][index] ?? ""}`,
        birthDate: child.birthDate,
      });
    }
  }
  const [hanako = 0, tsuji = 0, yoshida = 0, protectedPerson = 0, noAccount = 0, hostile = 0] = ids;
  return { hanako, tsuji, yoshida, protectedPerson, noAccount, hostile };
}
