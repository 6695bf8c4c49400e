/**
 * 番号法の根拠: dated rows of who may handle what for which 事務. The tables of the Act were replaced on 2024-05-27 (別表第二 by the table of article 2 of an order);
 * a request is judged by the rows of its day, and what no row allows is refused and stays on record with its time.
 *
 * Source: 熊本市 特定個人情報保護評価書 I-4, I-5, II-5; item numbers that were not read in the law itself are marked, and are for the city to confirm.
 */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import { z } from "zod";

import { type AddresseeContext, command, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export type BasisRole = "use" | "inquire" | "provide";

export type Basis = {
  readonly basisId: number;
  readonly role: BasisRole;
  readonly law: string;
  readonly item: string;
  readonly party: string;
  readonly partyName: string;
  readonly office: string;
  readonly officeName: string;
  readonly information: string;
  /** Whether the item was read in the law */
  readonly confirmed: boolean;
  readonly validFrom: string;
  readonly validTo: string | null;
};

const COLUMNS = `basis_id AS "basisId", role, law, item, party, party_name AS "partyName", office, office_name AS "officeName", information, confirmed,
  valid_from::text AS "validFrom", valid_to::text AS "validTo"`;

/** The rows of a day, YYYY-MM-DD: for the log, the screen and the auditors. */
export async function basesOn(context: Pick<AddresseeContext, "pool">, day: string): Promise<readonly Basis[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<Basis>(
      `SELECT ${COLUMNS} FROM unified.basis WHERE $1::date BETWEEN valid_from AND coalesce(valid_to, $1::date) ORDER BY role DESC, basis_id`,
      [day],
    );
    return rows;
  });
}

export type ExchangeRequest = {
  readonly requestId: string;
  readonly role: "inquire" | "provide";
  /** Who provides, or who asks */
  readonly party: string;
  /** 事務 for which it is asked */
  readonly office: string;
  readonly information: string;
  /** The day of the request, YYYY-MM-DD */
  readonly on: string;
};

/** What of a wrong code is kept. */
const cut = (value: string): string => value.slice(0, 40) || "-";

/** What a request is judged as; null where no row of its day allows it. */
type Judged = { readonly asked: ExchangeRequest; readonly basis: Basis | null };

async function judge(context: AddresseeContext, asked: readonly ExchangeRequest[]): Promise<readonly Judged[]> {
  const key = `basis/${crypto.randomUUID()}`;
  return await command(context, "basis.judge", key, asked.length, async (client) => {
    const rows = asked.map(({ requestId, role, party, office, information, on }) => ({
      id: requestId.slice(0, 120) || "-",
      role,
      party: cut(party),
      office: cut(office),
      information: cut(information),
      day: on,
    }));
    const { rows: made } = await client.query<{ place: number; basis: number | null }>(
      `WITH asked AS (SELECT n.*, b.basis_id FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id text, role text, party text, office text, information text, day date))
           WITH ORDINALITY AS n(id, role, party, office, information, day, place)
         LEFT JOIN unified.basis b ON (b.role, b.party, b.office, b.information) = (n.role, n.party, n.office, n.information) AND n.day BETWEEN b.valid_from AND coalesce(b.valid_to, n.day)),
       written AS (INSERT INTO unified.basis_judgement (request_id, role, party, office, information, asked_on, basis_id, asked_by, judged_at)
         SELECT id, role, party, office, information, day, basis_id, $2, $3 FROM asked)
       SELECT place::int, basis_id AS basis FROM asked ORDER BY place`,
      [JSON.stringify(rows), context.operator, context.now?.() ?? new Date()],
    );
    const found = await client.query<Basis>(`SELECT ${COLUMNS} FROM unified.basis WHERE basis_id = ANY ($1)`, [
      made.flatMap(({ basis }) => basis ?? []),
    ]);
    const byId = new Map(found.rows.map((row) => [row.basisId, row]));
    const response = asked.map((each, place) => ({ asked: each, basis: byId.get(made[place]?.basis ?? 0) ?? null }));
    const detail = { asked: asked.length, refused: response.filter(({ basis }) => basis === null).length };
    return { response, audit: [{ action: "basis.judge", objectKind: "basis", objectId: "requests", detail }] };
  });
}

/**
 * Judges requests, each time they come, and writes each down with its time.
 *
 * @throws Refusal `basisMissing` where no row of its day allows one of them; the records stay, the refused ones too
 */
export async function requireBases(
  context: AddresseeContext,
  asked: readonly ExchangeRequest[],
): Promise<readonly Basis[]> {
  if (asked.length === 0) return [];
  const judged = await judge(context, asked);
  const refused = judged.find(({ basis }) => basis === null)?.asked;
  if (refused === undefined) return judged.flatMap(({ basis }) => basis ?? []);
  const { role, party, office, information, on } = refused;
  throw refuse(
    "basisMissing",
    `${on} の番号法の根拠の表に、この${role === "provide" ? "提供" : "照会"}はありません（相手 ${party.slice(0, 40)}、事務 ${office.slice(0, 40)}、情報 ${information.slice(0, 40)}）。何も渡していません。求めの内容を相手に確かめてください。`,
  );
}

const dayText = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);
const code = z.string().regex(/^[a-z][A-Za-z]{2,39}$/);
const rowShape = z.strictObject({
  role: z.enum(["use", "inquire", "provide"]),
  law: z.string().min(1).max(100),
  item: z.string().min(1).max(40),
  party: code,
  partyName: z.string().min(1).max(100),
  office: code,
  officeName: z.string().min(1).max(100),
  information: code,
  confirmed: z.boolean(),
  validFrom: dayText,
  validTo: dayText.nullable(),
});

/**
 * Adds a row; the row of the same party, office and information that is in force ends the day before. Two people.
 *
 * @throws Refusal `basisInvalid`, `samePerson`
 */
export async function changeBasis(
  context: AddresseeContext,
  row: Omit<Basis, "basisId">,
  approvedBy: string,
): Promise<{ readonly basisId: number }> {
  const read = rowShape.safeParse(row);
  if (!read.success)
    throw refuse(
      "basisInvalid",
      "根拠の行を記録できません。法令・項・相手・事務・情報・期間の形を確かめてください。何も変えていません。",
    );
  const { role, law, item, party, partyName, office, officeName, information, confirmed, validFrom, validTo } =
    read.data;
  return await command(context, "basis.change", `basis/${crypto.randomUUID()}`, { row, approvedBy }, async (client) => {
    await client.query(
      `UPDATE unified.basis SET valid_to = $5::date - 1 WHERE role = $1 AND party = $2 AND office = $3 AND information = $4 AND valid_to IS NULL AND valid_from < $5::date`,
      [role, party, office, information, validFrom],
    );
    const { rows } = await client.query<{ basisId: number }>(
      `INSERT INTO unified.basis (role, law, item, party, party_name, office, office_name, information, confirmed, valid_from, valid_to, entered_by, approved_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING basis_id AS "basisId"`,
      [
        role,
        law,
        item,
        party,
        partyName,
        office,
        officeName,
        information,
        confirmed,
        validFrom,
        validTo,
        context.operator,
        approvedBy,
      ],
    );
    const basisId = rows[0]?.basisId ?? 0;
    const detail = { role, law, item, approvedBy };
    return {
      response: { basisId },
      audit: [{ action: "basis.change", objectKind: "basis", objectId: String(basisId), detail }],
    };
  });
}
