/** What the registers say now about persons and recipients: the right-hand side of every comparison. Reads only. */
import { addDays, type CivilDate, type Month, monthOf, type RecipientKind } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

/** One person in the residents' register (住民基本台帳), last row, not deleted. */
export type Person = {
  readonly number: number;
  readonly household: number;
  /** 1 住民 2 転出者 3 死亡者 9 消除者 */
  readonly state: number;
  readonly since: CivilDate;
  readonly name: string;
  readonly kana: string;
  readonly birthDate: CivilDate;
  readonly ward: string;
  readonly postalCode: string;
  readonly address: string;
  readonly protected: boolean;
};

const PERSONS = `
  SELECT number, household, state, since, name, kana, "birthDate", ward, "postalCode", address, protected FROM (
    SELECT DISTINCT ON (addressee_number) addressee_number AS number, household_number AS household, resident_state AS state, valid_from AS since,
           name, kana, birth_date AS "birthDate", ward_code AS ward, postal_code AS "postalCode", address, protected
    FROM (SELECT DISTINCT ON (addressee_number, history_no) * FROM allowance.person_history WHERE addressee_number = ANY($1::bigint[])
          ORDER BY addressee_number, history_no, revision DESC) v
    WHERE NOT deleted ORDER BY addressee_number, history_no DESC) p`;

/** Persons by 宛名番号. Whoever is not in the residents' register is not in the answer. */
export async function personsOf(
  connection: Queryable,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Person>> {
  const { rows } = await connection.query<Person>(PERSONS, [[...new Set(numbers)]]);
  return new Map(rows.map((row) => [row.number, row]));
}

export async function personOf(connection: Queryable, number: number): Promise<Person | undefined> {
  return (await personsOf(connection, [number])).get(number);
}

/** Which of the numbers nobody has. */
export async function unknownNumbers(connection: Queryable, numbers: readonly number[]): Promise<readonly number[]> {
  const { rows } = await connection.query<{ n: number }>(
    "SELECT n FROM unnest($1::bigint[]) n WHERE NOT EXISTS (SELECT FROM allowance.addressee a WHERE a.addressee_number = n) ORDER BY n",
    [numbers],
  );
  return rows.map(({ n }) => n);
}

/** A recipient (認定番号) with its window. */
export type RecipientRow = {
  readonly recipientId: number;
  readonly number: number;
  readonly kind: RecipientKind;
  readonly ward: string;
  /** 支給開始年月 (first day); null before certification */
  readonly firstMonth: CivilDate | null;
  /** First month without a right; null while it lasts */
  readonly endedFrom: CivilDate | null;
  readonly employeeClass: "employee" | "nonEmployee" | null;
  readonly claimId: number;
};

const RECIPIENT = `
  SELECT r.recipient_id AS "recipientId", r.addressee_number AS number, r.kind, r.ward_code AS ward, w.first_month AS "firstMonth",
         w.ended_from AS "endedFrom", c.employee_class AS "employeeClass", r.opened_by_claim AS "claimId"
  FROM allowance.recipient r LEFT JOIN allowance.recipient_window w USING (recipient_id)
  LEFT JOIN allowance.claim c ON c.claim_id = r.opened_by_claim`;

export async function recipientOf(connection: Queryable, recipientId: number): Promise<RecipientRow | undefined> {
  const { rows } = await connection.query<RecipientRow>(`${RECIPIENT} WHERE r.recipient_id = $1`, [recipientId]);
  return rows[0];
}

/** Recipients (in every capacity) of one addressee, oldest first. */
export async function recipientsOf(connection: Queryable, number: number): Promise<readonly RecipientRow[]> {
  const { rows } = await connection.query<RecipientRow>(
    `${RECIPIENT} WHERE r.addressee_number = $1 ORDER BY r.recipient_id`,
    [number],
  );
  return rows;
}

/** Recipients whose claims name the child as a child to be paid for, oldest first. */
export async function recipientsWithChild(connection: Queryable, child: number): Promise<readonly RecipientRow[]> {
  const { rows } = await connection.query<RecipientRow>(
    `${RECIPIENT} WHERE (r.addressee_number, r.kind) IN (
       SELECT n.claimant_number, n.recipient_kind FROM allowance.claim_child k JOIN allowance.claim n USING (claim_id)
       JOIN allowance.approval a ON a.claim_id = n.claim_id AND a.outcome = 'grant' WHERE k.child_number = $1 AND k.role = 'child')
     ORDER BY r.recipient_id`,
    [child],
  );
  return rows;
}

/** Whether the right lasts in the month of the day (the month of an event is still paid). */
export function isLive(recipient: Pick<RecipientRow, "firstMonth" | "endedFrom">, day: CivilDate): boolean {
  if (recipient.firstMonth === null) return false;
  return recipient.endedFrom === null || monthOf(day) < monthOf(recipient.endedFrom);
}

/** Children that the recipient's approved claims name, with the first claim that did. */
export async function childrenOfRecipient(
  connection: Queryable,
  recipient: Pick<RecipientRow, "number" | "kind">,
): Promise<readonly { readonly child: number; readonly role: "child" | "counted"; readonly relation: string }[]> {
  const { rows } = await connection.query<{ child: number; role: "child" | "counted"; relation: string }>(
    `SELECT DISTINCT ON (k.child_number) k.child_number AS child, k.role, k.relation
     FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id) JOIN allowance.approval a USING (claim_id)
     WHERE c.claimant_number = $1 AND c.recipient_kind = $2 AND a.outcome = 'grant' ORDER BY k.child_number, c.received_on, c.claim_id`,
    [recipient.number, recipient.kind],
  );
  return rows;
}

/** The last month with a right, from `endedFrom`. */
export const lastMonthOf = (endedFrom: CivilDate): Month => monthOf(addDays(endedFrom, -1));
