/**
 * Made-up persons for tests of who may see whom: an ordinary family, a protected one apart from the other parent, persons of
 * two wards. Names are 架空, 宛名番号 begin with 9.
 */
import type { Pool } from "pg";

export const CENTRAL_WARD = "431010";
export const EAST_WARD = "431028";

export type PersonSeed = {
  readonly number: number;
  readonly name: string;
  readonly kana: string;
  readonly birthDate?: string;
  readonly household?: number;
  readonly ward?: string;
  readonly protected?: boolean;
  readonly address?: string;
  readonly historyNo?: number;
};

/** Adds one row of a person's history, and the 宛名番号 where it is new. */
export async function seedPerson(pool: Pool, person: PersonSeed): Promise<void> {
  await pool.query("INSERT INTO allowance.addressee VALUES ($1, 'person') ON CONFLICT DO NOTHING", [person.number]);
  await pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected,
       deleted, row_digest, batch_id, recorded_at)
     VALUES ($1, $2, 1, '2020-01-01', false, '01', $3, 1, 1, $4, $5, 2, $6, false, '02', $7, '8608601', $8, $9, false, repeat('c', 64), 1, '2026-01-01')`,
    [
      person.number,
      person.historyNo ?? 1,
      person.household ?? person.number,
      person.name,
      person.kana,
      person.birthDate ?? "1990-04-05",
      person.ward ?? CENTRAL_WARD,
      person.address ?? "中央区架空町一丁目１番１号",
      person.protected === true,
    ],
  );
}

export type ClaimantSeed = { readonly number: number; readonly recipientId: number; readonly reception: string };

/** A claim of `claimant` for `children`; `state` says how far it went and in which ward each step was. */
export async function seedClaim(
  pool: Pool,
  claimant: number,
  children: readonly number[],
  state: { readonly claimWard: string; readonly recipientWard?: string },
): Promise<ClaimantSeed> {
  const reception = String(claimant % 10_000_000_000);
  const claim = await pool.query<{ claim_id: number }>(
    `INSERT INTO allowance.claim (reception_number, kind, received_on, channel, claimant_number, recipient_kind, cause, ward_code, content_digest, recorded_by)
     VALUES ($1, 'certification', '2025-04-01', 'counter', $2, 'individual', 'other', $3, repeat('b', 64), 'uketsuke') RETURNING claim_id`,
    [reception, claimant, state.claimWard],
  );
  const claimId = claim.rows[0]?.claim_id;
  for (const [index, child] of children.entries()) {
    await pool.query(
      "INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial) VALUES ($1, $2, 'child', '20', $3)",
      [claimId, child, index + 1],
    );
  }
  if (state.recipientWard === undefined) return { number: claimant, recipientId: 9_999_999_999, reception };
  const recipient = await pool.query<{ recipient_id: number }>(
    `INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code) VALUES ($1, 'individual', 1, $2, $3) RETURNING recipient_id`,
    [claimant, claimId, state.recipientWard],
  );
  const recipientId = recipient.rows[0]?.recipient_id ?? 0;
  await pool.query("INSERT INTO allowance.facts VALUES (repeat('d', 64), '{}') ON CONFLICT DO NOTHING");
  await pool.query(
    `INSERT INTO allowance.decision (recipient_id, seq, claim_id, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     VALUES ($1, 1, $2, 'certify', '2025-05-01', 'other', false, 'claim', repeat('d', 64), 'test', '2025-04-10', 'shinsa.ichiro', 'kessai.hanako')`,
    [recipientId, claimId],
  );
  return { number: claimant, recipientId, reception };
}

type Only = { readonly number: number };

export type People = {
  readonly mother: ClaimantSeed;
  readonly father: ClaimantSeed;
  readonly child: Only;
  readonly sibling: Only;
  readonly grandmother: Only;
  readonly neighbour: Only;
  /** Lives apart; the mother and the child are protected from him */
  readonly abuser: ClaimantSeed;
  readonly protectedMother: ClaimantSeed;
  readonly protectedChild: Only;
  readonly deniedMother: ClaimantSeed;
  readonly eastFather: ClaimantSeed;
  /** Lives in the east; the case is still with the central ward */
  readonly movedToEast: ClaimantSeed;
  /** Lives in the centre; claimed in the east, not decided yet */
  readonly claimedInEast: ClaimantSeed;
  /** Lives in the centre; claimed in the east, decided, in charge is the centre */
  readonly decidedInEast: ClaimantSeed;
};

const N = 900_000_000_100_000;

export async function seedPeople(pool: Pool): Promise<People> {
  const person = async (offset: number, kana: string, extra: Partial<PersonSeed> = {}): Promise<Only> => {
    const number = N + offset;
    await seedPerson(pool, { number, name: `架空　${kana}`, kana: `カクウ　${kana}`, ...extra });
    return { number };
  };
  const home = { household: 7_100_001 };
  const mother = await person(1, "ハハ", home);
  const father = await person(2, "チチ");
  const child = await person(3, "コ", { ...home, birthDate: "2020-01-01" });
  const sibling = await person(4, "アニ", { ...home, birthDate: "2018-01-01" });
  const grandmother = await person(5, "ソボ", { ...home, birthDate: "1960-01-01" });
  const neighbour = await person(6, "リンジン");
  // Lived in the same household once, not now.
  await seedPerson(pool, {
    number: N + 6,
    name: "架空　リンジン",
    kana: "カクウ　リンジン",
    household: 7_100_001,
    historyNo: 2,
  });
  await seedPerson(pool, { number: N + 6, name: "架空　リンジン", kana: "カクウ　リンジン", historyNo: 3 });
  const abuser = await person(11, "カガイシャ");
  const shelter = { household: 7_100_011, protected: true };
  const protectedMother = await person(12, "ヒナン", shelter);
  const protectedChild = await person(13, "ヒナンコ", { ...shelter, birthDate: "2021-01-01" });
  const deniedMother = await person(14, "シンセキ");
  const eastFather = await person(21, "ヒガシ", { ward: EAST_WARD });
  const movedToEast = await person(22, "テンキョ", { ward: EAST_WARD });
  const claimedInEast = await person(23, "セイキュウ");
  const decidedInEast = await person(24, "ケッテイ");
  const central = { claimWard: CENTRAL_WARD, recipientWard: CENTRAL_WARD };
  return {
    mother: await seedClaim(pool, mother.number, [child.number, sibling.number], central),
    father: await seedClaim(pool, father.number, [child.number], { claimWard: CENTRAL_WARD }),
    child,
    sibling,
    grandmother,
    neighbour,
    abuser: await seedClaim(pool, abuser.number, [protectedChild.number], central),
    protectedMother: await seedClaim(pool, protectedMother.number, [protectedChild.number], central),
    protectedChild,
    deniedMother: await seedClaim(pool, deniedMother.number, [], central),
    eastFather: await seedClaim(pool, eastFather.number, [], { claimWard: EAST_WARD, recipientWard: EAST_WARD }),
    movedToEast: await seedClaim(pool, movedToEast.number, [], central),
    claimedInEast: await seedClaim(pool, claimedInEast.number, [], { claimWard: EAST_WARD }),
    decidedInEast: await seedClaim(pool, decidedInEast.number, [], {
      claimWard: EAST_WARD,
      recipientWard: CENTRAL_WARD,
    }),
  };
}
