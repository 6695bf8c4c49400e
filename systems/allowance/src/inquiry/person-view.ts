/** 窓口で見る人: one person who is open, with the household as the residents' register has it. For the counter and the examination. */
import type { PoolClient } from "pg";

import { auditedRead, type Reader } from "./audited-read.ts";

export type ResidentView = {
  readonly addresseeNumber: number;
  readonly name: string;
  readonly kana: string;
  /** Null where unknown */
  readonly birthDate: string | null;
  /** 性別: 1 男, 2 女, 0 不明, 9 適用不能; null for organizations */
  readonly sex: number | null;
  /** 異動年月日 of the entry shown; null where unknown, and for organizations */
  readonly since: string | null;
  /** Day on which this system wrote the entry into its register */
  readonly registeredOn: string;
  /** 住民状態: 1 resident, 2 moved out, 3 dead, 9 removed; null for organizations */
  readonly residentState: number | null;
  readonly relationCode: string;
  /** Empty for protected people: the ward, too, says where they are */
  readonly wardCode: string;
  /** Null for protected people: their address leaves only through its own gate */
  readonly address: string | null;
  readonly protected: boolean;
  /** 認定番号 of this person, newest first */
  readonly recipientIds: readonly number[];
};

export type PersonPage = {
  readonly person: ResidentView;
  /** Others of the same household who are open, oldest first. Protected members are missing for those who may not see them */
  readonly household: readonly ResidentView[];
  /** Up to which day the residents' register has been taken in (庁内連携); null where nothing but the first migration has come yet */
  readonly registerAsOf: string | null;
};

const COLUMNS = `
  p.addressee_number AS "addresseeNumber", p.name, p.kana, CASE WHEN p.birth_date_unknown THEN NULL ELSE p.birth_date END AS "birthDate",
  p.sex, CASE WHEN p.valid_from_unknown THEN NULL ELSE p.valid_from END AS since,
  (p.recorded_at AT TIME ZONE 'Asia/Tokyo')::date AS "registeredOn", p.resident_state AS "residentState", p.relation_code AS "relationCode", CASE WHEN p.protected THEN '' ELSE p.ward_code END AS "wardCode",
  CASE WHEN p.protected THEN NULL ELSE p.address END AS address, p.protected,
  ARRAY(SELECT r.recipient_id FROM allowance.recipient r WHERE r.addressee_number = p.addressee_number ORDER BY r.recipient_id DESC) AS "recipientIds"`;

const PERSON = `SELECT ${COLUMNS} FROM allowance.person_current p WHERE p.addressee_number = $1`;

const HOUSEHOLD = `
SELECT ${COLUMNS} FROM allowance.person_current p
WHERE p.household_number = (SELECT household_number FROM allowance.person_current WHERE addressee_number = $1)
  AND p.addressee_number <> $1 AND p.resident_state = 1
ORDER BY p.birth_date, p.addressee_number`;

const ORGANIZATION = `
SELECT o.addressee_number AS "addresseeNumber", o.name, o.kana, NULL AS "birthDate", NULL::int AS sex, NULL::date AS since,
  (o.recorded_at AT TIME ZONE 'Asia/Tokyo')::date AS "registeredOn", NULL::int AS "residentState", '' AS "relationCode",
  o.ward_code AS "wardCode", o.address, false AS protected,
  ARRAY(SELECT r.recipient_id FROM allowance.recipient r WHERE r.addressee_number = o.addressee_number ORDER BY r.recipient_id DESC) AS "recipientIds"
FROM allowance.organization_history o WHERE o.addressee_number = $1 ORDER BY o.revision DESC LIMIT 1`;

const AS_OF = `
SELECT as_of AS "asOf" FROM allowance.feed_state WHERE interface_code = 'residents' ORDER BY feed_state_id DESC LIMIT 1`;

async function read(client: PoolClient, addresseeNumber: number): Promise<PersonPage | undefined> {
  const person =
    (await client.query<ResidentView>(PERSON, [addresseeNumber])).rows[0] ??
    (await client.query<ResidentView>(ORGANIZATION, [addresseeNumber])).rows[0];
  if (person === undefined) return undefined;
  const { rows: household } = await client.query<ResidentView>(HOUSEHOLD, [addresseeNumber]);
  const { rows: fed } = await client.query<{ asOf: string }>(AS_OF);
  return { person, household, registerAsOf: fed[0]?.asOf ?? null };
}

/**
 * Reads one person who is open. The row that says who looked is written in the same transaction.
 *
 * @returns undefined where the person is not in the register
 * @throws Refusal `purposeNeeded`; also what the staff read throws
 */
export async function readPerson(reader: Reader, addresseeNumber: number): Promise<PersonPage | undefined> {
  const entry = { action: "inquiry.readPerson", objectKind: "addressee", objectId: String(addresseeNumber) };
  return await auditedRead(reader, entry, async (client) => await read(client, addresseeNumber));
}
