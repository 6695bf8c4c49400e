/**
 * 住登外者宛名番号 (共通機能標準仕様 2.3): a number is given only after candidates were searched for, history included. It is never
 * changed: who moves out keeps the number of a resident, who comes back is joined, not renumbered.
 */
import type { PoolClient } from "pg";

import { type AddresseeContext, command } from "../context.ts";
import { refuse } from "../refusal.ts";
import { checkPerson, type NonResidentPerson, searchHmac, searchKey } from "./person.ts";

/** A candidate: enough to choose, no name in kanji and no address. */
export type Candidate = {
  readonly addresseeNumber: number;
  readonly kana: string;
  readonly birthYear: number | null;
  /** Found by a name or reading of before */
  readonly byHistory: boolean;
  /** No longer somebody without residence (moved in, deleted) */
  readonly ended: boolean;
};

export type CandidateSearch = { readonly searchId: number; readonly candidates: readonly Candidate[] };

/** How long a search may be used for a registration, in minutes. */
const SEARCH_MINUTES = 30;

/**
 * 候補者の検索. Whom the system may not see (支援措置, 他業務参照不可, persons denied to the member of staff) is not in the answer.
 *
 * @throws Refusal `searchTooWide` for a reading of fewer than three letters; `systemUnknown`
 */
export async function searchCandidates(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly systemCode: string;
    readonly kana: string;
    readonly birthDate: string | null;
    readonly seesProtected: boolean;
  },
): Promise<CandidateSearch> {
  const { key, systemCode, kana, birthDate, seesProtected } = request;
  const wanted = searchKey(kana);
  if (wanted.length < 3) throw refuse("searchTooWide", "フリガナを3文字以上入力してください。検索していません。");
  const hmac = searchHmac(context, kana, birthDate);
  return await command(context, "nonResident.search", key, { systemCode, hmac }, async (client) => {
    const found = await client.query<{
      addressee_number: number;
      kana: string;
      birth_year: number | null;
      newest: boolean;
      ended: boolean;
    }>("SELECT addressee_number, kana, birth_year, newest, ended FROM unified.candidates($1, $2, $3, $4)", [
      wanted,
      birthDate,
      systemCode,
      seesProtected,
    ]);
    const candidates = new Map<number, Candidate>();
    for (const row of found.rows) {
      if (candidates.has(row.addressee_number)) continue; // rows come newest first
      const { addressee_number: addresseeNumber, birth_year: birthYear, ended } = row;
      candidates.set(addresseeNumber, { addresseeNumber, kana: row.kana, birthYear, byHistory: !row.newest, ended });
    }
    const { rows } = await client.query<{ id: number }>(
      "INSERT INTO unified.search (system_code, key_hmac, candidates, searched_by) VALUES ($1, $2, $3, $4) RETURNING search_id AS id",
      [systemCode, hmac, [...candidates.keys()], context.operator],
    );
    const searchId = rows[0]?.id ?? 0;
    return {
      response: { searchId, candidates: [...candidates.values()] },
      audit: [
        {
          action: "nonResident.search",
          objectKind: "search",
          objectId: String(searchId),
          detail: { found: candidates.size },
        },
      ],
    };
  });
}

async function addHistory(
  client: PoolClient,
  context: AddresseeContext,
  number: number,
  person: NonResidentPerson,
  reason: string,
): Promise<number> {
  // Numbered first and not by RETURNING: whom staff has just numbered is not open to them yet, so the new row can't be read back.
  const { rows } = await client.query<{ no: number }>(
    "SELECT coalesce(max(history_no), 0) + 1 AS no FROM unified.non_resident_history WHERE addressee_number = $1",
    [number],
  );
  const historyNo = rows[0]?.no ?? 1;
  await client.query(
    `INSERT INTO unified.non_resident_history (addressee_number, history_no, name, kana, name_key, birth_date, sex, postal_code, address, source, barred, protected, reason, changed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      number,
      historyNo,
      person.name,
      person.kana,
      searchKey(person.kana),
      person.birthDate,
      person.sex,
      person.postalCode,
      person.address,
      person.source,
      person.barred,
      person.protected,
      reason,
      context.operator,
    ],
  );
  return historyNo;
}

const audit = (
  action: string,
  number: number,
): readonly { readonly action: string; readonly objectKind: string; readonly objectId: string }[] => [
  { action, objectKind: "addressee", objectId: String(number) },
];

/** What of a registration may be kept for telling a repeated one: no name. */
function trace(context: AddresseeContext, person: NonResidentPerson): string {
  return searchHmac(context, `${person.name}${person.kana}${person.address}`, person.birthDate);
}

/** 処理区分: 0 a new number, 1 the system's own known number, 2 a candidate that was chosen. */
export type Numbering =
  | { readonly kind: "new" }
  | { readonly kind: "existing"; readonly addresseeNumber: number }
  | { readonly kind: "candidate"; readonly addresseeNumber: number };

/**
 * 付番: a number after a search of this person by the same member of staff in the last thirty minutes.
 *
 * @throws Refusal `candidateNeeded` without such a search, or for a number that it did not find; `nonResidentInvalid`, `nonResidentUnknown`
 */
export async function numberNonResident(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly systemCode: string;
    readonly searchId: number;
    readonly numbering: Numbering;
    readonly person: NonResidentPerson;
    readonly reason: string;
  },
): Promise<{ readonly addresseeNumber: number }> {
  const { key, systemCode, searchId, numbering, person, reason } = request;
  checkPerson(person);
  const content = { systemCode, searchId, numbering, trace: trace(context, person) };
  return await command(context, "nonResident.number", key, content, async (client) => {
    const { rows } = await client.query<{ candidates: number[] }>(
      `SELECT candidates FROM unified.search WHERE search_id = $1 AND searched_by = $2 AND system_code = $3 AND key_hmac = $4
         AND searched_at > clock_timestamp() - make_interval(mins => $5)`,
      [searchId, context.operator, systemCode, searchHmac(context, person.kana, person.birthDate), SEARCH_MINUTES],
    );
    const [search] = rows;
    if (search === undefined) {
      throw refuse(
        "candidateNeeded",
        "この人の候補者の検索がないか、30分を過ぎました。フリガナと生年月日で検索してから登録してください。何も変えていません。",
      );
    }
    if (numbering.kind !== "new") {
      const { addresseeNumber } = numbering;
      if (!search.candidates.includes(addresseeNumber)) {
        throw refuse(
          "candidateNeeded",
          "選ばれた宛名番号は、検索の候補にありません。検索し直してください。何も変えていません。",
        );
      }
      return { response: { addresseeNumber }, audit: audit("nonResident.useExisting", addresseeNumber) };
    }
    const drawn = await client.query<{ number: number }>("SELECT unified.draw_non_resident_number() AS number");
    const addresseeNumber = drawn.rows[0]?.number ?? 0;
    await client.query(
      "INSERT INTO unified.non_resident (addressee_number, origin, system_code, search_id, created_by) VALUES ($1, 'issued', $2, $3, $4)",
      [addresseeNumber, systemCode, searchId, context.operator],
    );
    await addHistory(client, context, addresseeNumber, person, reason);
    return { response: { addresseeNumber }, audit: audit("nonResident.number", addresseeNumber) };
  });
}

/** Whether the system may see the person: its own, or not barred. @throws Refusal `nonResidentUnknown` for both, alike */
async function requireSeen(client: PoolClient, systemCode: string, number: number): Promise<void> {
  const { rows } = await client.query(
    `SELECT FROM unified.non_resident n JOIN unified.non_resident_history h USING (addressee_number) WHERE n.addressee_number = $1
       AND h.history_no = (SELECT max(m.history_no) FROM unified.non_resident_history m WHERE m.addressee_number = $1) AND (n.system_code = $2 OR NOT h.barred)`,
    [number, systemCode],
  );
  if (rows.length === 0)
    throw refuse("nonResidentUnknown", "この宛名番号の住登外者は見つかりません。番号を確かめてください。");
}

/** 変更: a further row of the history; the number stays. @throws Refusal `nonResidentUnknown`, `nonResidentInvalid` */
export async function changeNonResident(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly systemCode: string;
    readonly addresseeNumber: number;
    readonly person: NonResidentPerson;
    readonly reason: string;
  },
): Promise<{ readonly historyNo: number }> {
  const { key, systemCode, addresseeNumber, person, reason } = request;
  checkPerson(person);
  return await command(
    context,
    "nonResident.change",
    key,
    { systemCode, addresseeNumber, trace: trace(context, person) },
    async (client) => {
      await requireSeen(client, systemCode, addresseeNumber);
      const historyNo = await addHistory(client, context, addresseeNumber, person, reason);
      return { response: { historyNo }, audit: audit("nonResident.change", addresseeNumber) };
    },
  );
}

/**
 * 住民→住登外: who leaves keeps the 宛名番号 of a resident.
 *
 * @throws Refusal `nonResidentInvalid` for a number out of the range of people without residence
 */
export async function takeOverResident(
  context: AddresseeContext,
  request: { readonly key: string; readonly addresseeNumber: number; readonly person: NonResidentPerson },
): Promise<{ readonly addresseeNumber: number; readonly historyNo: number }> {
  const { key, addresseeNumber, person } = request;
  checkPerson(person);
  return await command(
    context,
    "nonResident.takeOver",
    key,
    { addresseeNumber, trace: trace(context, person) },
    async (client) => {
      const { rows } = await client.query<{ inside: boolean; known: boolean }>(
        `SELECT $1::bigint BETWEEN non_resident_from AND non_resident_to AS inside, EXISTS (SELECT FROM unified.non_resident WHERE addressee_number = $1) AS known
       FROM unified.numbering`,
        [addresseeNumber],
      );
      const [row] = rows;
      if (row?.inside === true && !row.known) {
        throw refuse(
          "nonResidentInvalid",
          "住登外者の範囲の番号は、住民の番号として引き継げません。番号を確かめてください。何も変えていません。",
        );
      }
      if (row?.known !== true) {
        await client.query(
          "INSERT INTO unified.non_resident (addressee_number, origin, system_code, created_by) VALUES ($1, 'movedOut', 'residentRegister', $2)",
          [addresseeNumber, context.operator],
        );
      }
      const historyNo = await addHistory(client, context, addresseeNumber, person, "転出・消除による引継ぎ");
      return { response: { addresseeNumber, historyNo }, audit: audit("nonResident.takeOver", addresseeNumber) };
    },
  );
}

/**
 * 住登外→住民, or 削除 of a wrong entry. With another number as resident the two are joined by 名寄せ (proposed here, approved by
 * another person); neither is changed.
 *
 * @throws Refusal `nonResidentUnknown`
 */
export async function endNonResident(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly addresseeNumber: number;
    readonly endedOn: string;
    readonly cause: "becameResident" | "deleted";
    /** 宛名番号 as a resident */
    readonly residentNumber?: number;
  },
): Promise<{ readonly consolidationId: number | null }> {
  const { key, addresseeNumber, endedOn, cause, residentNumber } = request;
  return await command(
    context,
    "nonResident.end",
    key,
    { addresseeNumber, endedOn, cause, residentNumber: residentNumber ?? null },
    async (client) => {
      const known = await client.query("SELECT FROM unified.non_resident WHERE addressee_number = $1", [
        addresseeNumber,
      ]);
      if (known.rows.length === 0)
        throw refuse(
          "nonResidentUnknown",
          "この宛名番号の住登外者は見つかりません。番号を確かめてください。何も変えていません。",
        );
      await client.query(
        "INSERT INTO unified.non_resident_end (addressee_number, ended_on, cause, ended_by) VALUES ($1, $2, $3, $4)",
        [addresseeNumber, endedOn, cause, context.operator],
      );
      if (cause === "deleted" || residentNumber === undefined || residentNumber === addresseeNumber) {
        return { response: { consolidationId: null }, audit: audit("nonResident.end", addresseeNumber) };
      }
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO unified.consolidation (kept_number, other_number, reason, proposed_by) VALUES ($1, $2, '転入により住民となった', $3) RETURNING consolidation_id AS id`,
        [residentNumber, addresseeNumber, context.operator],
      );
      return { response: { consolidationId: rows[0]?.id ?? null }, audit: audit("nonResident.end", addresseeNumber) };
    },
  );
}

/** What a system is told about somebody without residence, newest first. */
export type NonResidentRecord = NonResidentPerson & { readonly historyNo: number; readonly reason: string };

/** 照会 by a system. @throws Refusal `nonResidentUnknown`, alike for who is barred and who is not there */
export async function readNonResident(
  context: AddresseeContext,
  request: { readonly key: string; readonly systemCode: string; readonly addresseeNumber: number },
): Promise<readonly NonResidentRecord[]> {
  const { key, systemCode, addresseeNumber } = request;
  // The record of the read is a command's; what was read must not stay in it.
  const rows: NonResidentRecord[] = [];
  await command(context, "nonResident.read", key, { systemCode, addresseeNumber }, async (client) => {
    await requireSeen(client, systemCode, addresseeNumber);
    const found = await client.query<NonResidentRecord>(
      `SELECT name, kana, birth_date AS "birthDate", sex, postal_code AS "postalCode", address, source, barred, protected, history_no AS "historyNo", reason
       FROM unified.non_resident_history WHERE addressee_number = $1 ORDER BY history_no DESC`,
      [addresseeNumber],
    );
    rows.splice(0, rows.length, ...found.rows);
    return { response: {}, audit: audit("nonResident.read", addresseeNumber) };
  });
  return rows;
}

/**
 * Opens somebody without residence for fifteen minutes with a purpose; inside the transaction of staff work, under the desk's session.
 *
 * @throws Refusal `nonResidentUnknown`, alike for who is hidden (支援措置, 閲覧の禁止, 他業務参照不可) and who is not there
 */
export async function openNonResident(
  client: PoolClient,
  asked: {
    readonly addresseeNumber: number;
    readonly systemCode: string;
    readonly purpose: string;
    readonly explanation: string;
  },
): Promise<{ readonly openingId: number }> {
  const { addresseeNumber, systemCode, purpose, explanation } = asked;
  const { rows } = await client.query<{ id: number | null }>("SELECT unified.open_non_resident($1, $2, $3, $4) AS id", [
    addresseeNumber,
    systemCode,
    purpose,
    explanation,
  ]);
  const openingId = rows[0]?.id ?? null;
  if (openingId === null)
    throw refuse("nonResidentUnknown", "この宛名番号の住登外者は見つかりません。番号を確かめてください。");
  return { openingId };
}
