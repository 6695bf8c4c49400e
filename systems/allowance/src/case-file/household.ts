/** 世帯の表示 (A18): the recipient, the spouse, children, counted siblings, and the other recipients who are near: same household, same child. */
import type { PoolClient } from "pg";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { refuse } from "../refusal.ts";
import { ALL_KNOWN, entriesOn } from "./read-entries.ts";

/** No address is part of it, for anybody. Of people who are not open to a member of staff the desk's role shows nothing. */
export type Member = {
  readonly addresseeNumber: number | null;
  readonly name: string;
  readonly kana: string;
  readonly birthDate: string | null;
  readonly protected: boolean;
  /** Whether the register has the person in the recipient's household */
  readonly sameHousehold: boolean;
};

export type OtherRecipient = {
  readonly recipientId: number;
  readonly addresseeNumber: number;
  readonly name: string;
  readonly protected: boolean;
  /** `household`: in the same 世帯; `child`: has named one of these children */
  readonly because: readonly ("household" | "child")[];
  /** Children (宛名番号) that both have named */
  readonly sharedChildren: readonly number[];
  /** Whether a right goes on on the day */
  readonly active: boolean;
};

export type Household = {
  readonly recipientId: number;
  readonly recipient: Member;
  /** 配偶者: by the entries of the case file, else 夫・妻 of the register */
  readonly spouses: readonly Member[];
  readonly children: readonly Member[];
  readonly countedSiblings: readonly Member[];
  readonly others: readonly OtherRecipient[];
};

/** The last row of one person, found by the key (the view over everybody would read everybody). */
const LAST = "SELECT h.* FROM allowance.person_history h";
const NEWEST = "ORDER BY h.history_no DESC, h.revision DESC LIMIT 1";

const MEMBERS = `
  SELECT n AS "addresseeNumber", coalesce(p.name, o.name, '（氏名なし）') AS name, coalesce(p.kana, o.kana, '') AS kana,
         CASE WHEN p.birth_date_unknown THEN NULL ELSE p.birth_date END AS "birthDate", coalesce(p.protected, false) AS protected,
         coalesce(p.household_number = $2 AND p.resident_state = 1, false) AS "sameHousehold"
  FROM unnest($1::bigint[]) WITH ORDINALITY AS x(n, place)
  LEFT JOIN LATERAL (${LAST} WHERE h.addressee_number = n ${NEWEST}) p ON true
  LEFT JOIN LATERAL (SELECT name, kana FROM allowance.organization_history h WHERE h.addressee_number = n ORDER BY revision DESC LIMIT 1) o ON true
  ORDER BY place`;

/** 続柄コード 11 夫 and 12 妻 beside the head (02), or the head beside one of them: the couple of the household. */
const COUPLE = `
  SELECT o.addressee_number AS number FROM (${LAST} WHERE h.addressee_number = $1 ${NEWEST}) p
  CROSS JOIN LATERAL (SELECT DISTINCT addressee_number FROM allowance.person_history x
    WHERE x.household_number = p.household_number AND x.addressee_number <> p.addressee_number) n
  CROSS JOIN LATERAL (${LAST} WHERE h.addressee_number = n.addressee_number ${NEWEST}) o
  WHERE o.household_number = p.household_number AND o.resident_state = 1 AND p.resident_state = 1 AND NOT o.deleted
    AND (p.relation_code = '02' AND o.relation_code IN ('11', '12') OR p.relation_code IN ('11', '12') AND o.relation_code = '02')`;

const NAMED = `
  SELECT DISTINCT ON (k.child_number) k.child_number AS number, k.role FROM allowance.claim c JOIN allowance.claim_child k USING (claim_id)
  WHERE c.claimant_number = $1 AND c.recipient_kind = $2 AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)
  ORDER BY k.child_number, c.received_on DESC, c.claim_id DESC`;

// OFFSET 0 keeps the few persons who are near the outer side: joined the other way round it read every decision of the city.
const OTHERS = `
  WITH near AS MATERIALIZED (
    SELECT n.addressee_number, 'household' AS why, NULL::bigint AS child
    FROM (SELECT DISTINCT addressee_number FROM allowance.person_history WHERE household_number = $2) n
    CROSS JOIN LATERAL (${LAST} WHERE h.addressee_number = n.addressee_number ${NEWEST}) p
    WHERE p.household_number = $2 AND p.resident_state = 1
    UNION ALL
    SELECT c.claimant_number, 'child', k.child_number FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id)
    WHERE k.child_number = ANY ($3::bigint[]) AND k.role = 'child' AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)
  )
  SELECT r.recipient_id AS "recipientId", r.addressee_number AS "addresseeNumber", coalesce(p.name, o.name, '（氏名なし）') AS name,
         coalesce(p.protected, false) AS protected, array_agg(DISTINCT n.why) AS because,
         coalesce(array_agg(DISTINCT n.child) FILTER (WHERE n.child IS NOT NULL), '{}') AS "sharedChildren",
         bool_or(w.first_month IS NOT NULL AND (w.ended_from IS NULL OR w.ended_from > $4::date)) AS active
  FROM near n CROSS JOIN LATERAL (SELECT * FROM allowance.recipient x WHERE x.addressee_number = n.addressee_number OFFSET 0) r
  LEFT JOIN LATERAL (SELECT * FROM allowance.recipient_window v WHERE v.recipient_id = r.recipient_id OFFSET 0) w ON true
  LEFT JOIN LATERAL (${LAST} WHERE h.addressee_number = r.addressee_number ${NEWEST}) p ON true
  LEFT JOIN LATERAL (SELECT name FROM allowance.organization_history h WHERE h.addressee_number = r.addressee_number ORDER BY revision DESC LIMIT 1) o ON true
  WHERE r.recipient_id <> $1 GROUP BY r.recipient_id, r.addressee_number, p.name, o.name, p.protected ORDER BY r.recipient_id`;

async function members(client: PoolClient, numbers: readonly number[], household: number | null): Promise<Member[]> {
  if (numbers.length === 0) return [];
  const { rows } = await client.query<Member>(MEMBERS, [numbers, household]);
  return rows;
}

async function spousesOf(
  client: PoolClient,
  number: number,
  household: number | null,
  today: string,
): Promise<Member[]> {
  const related = await entriesOn(client, "relatedPerson", number, { validOn: today, knownOn: ALL_KNOWN });
  const entered = related.map(({ content }) => content).filter(({ role }) => role === "spouse");
  const known = entered.flatMap(({ relatedNumber }) => (relatedNumber === null ? [] : [relatedNumber]));
  const unnumbered = entered.filter(({ relatedNumber }) => relatedNumber === null);
  if (entered.length === 0) {
    const { rows } = await client.query<{ number: number }>(COUPLE, [number]);
    known.push(...rows.map((row) => row.number));
  }
  return [
    ...(await members(client, known, household)),
    ...unnumbered.map(({ name, kana }) => ({
      addresseeNumber: null,
      name,
      kana,
      birthDate: null,
      protected: false,
      sameHousehold: false,
    })),
  ];
}

async function read(client: PoolClient, recipientId: number, today: string): Promise<Household> {
  const head = (
    await client.query<{ number: number; kind: string; household: number | null }>(
      `SELECT r.addressee_number AS number, r.kind, CASE WHEN p.resident_state = 1 THEN p.household_number END AS household FROM allowance.recipient r
       LEFT JOIN LATERAL (${LAST} WHERE h.addressee_number = r.addressee_number ${NEWEST}) p ON true WHERE r.recipient_id = $1`,
      [recipientId],
    )
  ).rows[0];
  if (head === undefined) {
    throw refuse(
      "recipientUnknown",
      `認定番号 ${recipientId} の受給者はありません。番号を確かめるか、検索から選んでください。`,
      { recipientId },
    );
  }
  const { number, kind, household } = head;
  const named = (await client.query<{ number: number; role: "child" | "counted" }>(NAMED, [number, kind])).rows;
  const byRole = (role: string): number[] => named.filter((each) => each.role === role).map((each) => each.number);
  const entered = await entriesOn(client, "countedSibling", number, { validOn: today, knownOn: ALL_KNOWN });
  const siblings = [...new Set([...byRole("counted"), ...entered.map(({ content }) => content.siblingNumber)])];
  const [recipient] = await members(client, [number], household);
  if (recipient === undefined) throw new Error("unnest gave no row");
  const children = byRole("child");
  const others = await client.query<OtherRecipient>(OTHERS, [recipientId, household, children, today]);
  return {
    recipientId,
    recipient,
    spouses: await spousesOf(client, number, household, today),
    children: await members(client, children, household),
    countedSiblings: await members(client, siblings, household),
    others: others.rows,
  };
}

/**
 * The household around a recipient on `today`. The opening is recorded.
 *
 * @throws Refusal `recipientUnknown`; what a guarded read refuses
 */
export async function householdOf(
  reader: Reader,
  question: { readonly recipientId: number; readonly today: string },
): Promise<Household> {
  const { recipientId, today } = question;
  const entry = { action: "inquiry.household", objectKind: "recipient", objectId: String(recipientId) };
  return await auditedRead(reader, entry, async (client) => await read(client, recipientId, today));
}
