/** Families for the clerk's day: one that comes to claim for a birth, one torn apart. All of them made up. */
import type { Pool } from "pg";

import { seedCases } from "../../../../systems/allowance/test/support/cases.ts";

const CENTRAL = "431010";

export type Home = {
  readonly household: number;
  readonly ward: string;
  readonly postalCode: string;
  readonly address: string;
  readonly protected?: boolean;
};

type Resident = {
  readonly number: number;
  readonly name: string;
  readonly kana: string;
  readonly birthDate: string;
  readonly relation: string;
};

/** Writes one resident with a home into the register. */
async function seedAt(pool: Pool, home: Home, { number, name, kana, birthDate, relation }: Resident): Promise<void> {
  await pool.query("INSERT INTO allowance.addressee VALUES ($1, 'person') ON CONFLICT DO NOTHING", [number]);
  await pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected,
       deleted, row_digest, batch_id, recorded_at)
     VALUES ($1, 1, 1, $2, false, '01', $3, 1, 1, $4, $5, 2, $2, false, $6, $7, $8, $9, $10, false, repeat('c', 64), 1, '2026-01-01')`,
    [
      number,
      birthDate,
      home.household,
      name,
      kana,
      relation,
      home.ward,
      home.postalCode,
      home.address,
      home.protected === true,
    ],
  );
}

export type BirthFamily = {
  readonly parent: number;
  readonly child: number;
  /** To be searched for */
  readonly kana: string;
  readonly name: string;
};

/** The child's day of birth, the last of October: a claim until 15 November still begins with November. */
export const BORN = "2026-10-31";

/** A parent and a child born on `BORN` at one address; no certification yet. `place` 1…89 keeps the families apart. */
export async function seedBirthFamily(pool: Pool, place: number, kana: string): Promise<BirthFamily> {
  const parent = 900_000_000_300_000 + place * 10;
  const home = {
    household: 7_300_000 + place,
    ward: CENTRAL,
    postalCode: "8608601",
    address: `中央区架空町一丁目${place}番`,
  };
  const name = `架空　誕生${place}`;
  await seedAt(pool, home, {
    number: parent,
    name,
    kana: `カクウ　${kana}`,
    birthDate: "1994-05-06",
    relation: "02",
  });
  await seedAt(pool, home, {
    number: parent + 1,
    name: `架空　赤子${place}`,
    kana: `カクウ　アカゴ${kana}`,
    birthDate: BORN,
    relation: "20",
  });
  return { parent, child: parent + 1, kana: `カクウ　${kana}`, name };
}

/** Where the protected live: words and numbers that stand nowhere else in the test city. */
export const SHELTER = {
  household: 7_399_999,
  ward: "431052",
  postalCode: "8691234",
  address: "北区隠里町七丁目７番７号かくれ荘七〇七",
  protected: true,
} as const satisfies Home;

/** Each of these, in an answer or on a page, would say where the protected are. The ward is a choice of every form; it is tested apart. */
export const SHELTER_TRACES: readonly string[] = [
  "隠里",
  "かくれ荘",
  "七〇七",
  "7番7号",
  "７番７号",
  "8691234",
  "869-1234",
  "7399999",
];

export type TornFamily = {
  /** Certified for the child, lives in the centre; not protected */
  readonly father: number;
  /** 認定番号 of the father */
  readonly recipientId: number;
  readonly child: number;
  readonly mother: number;
};

/** The child and the mother moved to the shelter; the father's case still names the child. */
export async function seedTornFamily(pool: Pool): Promise<TornFamily> {
  const father = 900_000_000_390_001;
  const [recipientId = 0] = await seedCases(pool, [
    { recipient: father, children: [{ id: father + 2, birthDate: "2020-05-05" }] },
  ]);
  await pool.query(
    `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
     SELECT claim_id, $2, 'child', '20', 1 FROM allowance.claim WHERE claimant_number = $1`,
    [father, father + 2],
  );
  await seedAt(
    pool,
    { household: 7_390_001, ward: CENTRAL, postalCode: "8608601", address: "中央区架空町二丁目" },
    { number: father, name: "架空　父親", kana: "カクウ　チチオヤ", birthDate: "1985-02-03", relation: "02" },
  );
  const mother = { number: father + 1, name: "架空　避難子", kana: "カクウ　ヒナンコ", birthDate: "1987-03-04" };
  const child = { number: father + 2, name: "架空　匿太", kana: "カクウ　トクタ", birthDate: "2020-05-05" };
  await seedAt(pool, SHELTER, { ...mother, relation: "02" });
  await seedAt(pool, SHELTER, { ...child, relation: "20" });
  return { father, recipientId, mother: mother.number, child: child.number };
}
