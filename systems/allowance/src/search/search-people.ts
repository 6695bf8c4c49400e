/**
 * Search for a person (検索): shows only what is needed to choose, at most 20 people, never how many there are. Persons whom
 * this member of staff may not see leave no trace. The words searched for are kept nowhere: the access log gets their HMAC.
 *
 * There is no stored search history: to run a search again one would have to keep names, readings and birth dates of people
 * in clear, per member of staff. The screen may offer the searches of the open page again, from its own memory.
 */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { staffRead } from "@hagukumi/platform/access/staff.ts";
import { sqlState } from "@hagukumi/platform/database/problem.ts";
import { createHmac } from "node:crypto";
import type { PoolClient } from "pg";

import { type Marks, marksOf, NO_MARKS } from "../desk/marks.ts";
import type { DeskCall } from "../openings/open-case.ts";
import { databaseKeys, tooWide } from "./keys.ts";
import type { DatabaseKeys, SearchKeys } from "./keys.ts";

/** Most people in one answer. */
export const PEOPLE_LIMIT = 20;

export type SearchCall = DeskCall & {
  /** Secret of the installation for the HMAC of what is searched for, at least 32 bytes; outside the database */
  readonly searchSecret: Uint8Array;
};

/** One person found. No address, no day of birth, no account. */
export type FoundPerson = {
  readonly addresseeNumber: number;
  readonly kind: "person" | "organization";
  readonly name: string;
  readonly kana: string;
  /** Null for institutions and where unknown */
  readonly birthYear: number | null;
  /** Ward of the present address; null for protected persons */
  readonly wardCode: string | null;
  /** 認定番号 of this person, newest first */
  readonly recipients: readonly {
    readonly recipientId: number;
    readonly kind: "individual" | "corporateGuardian" | "institution";
    readonly ended: boolean;
  }[];
  readonly marks: Marks;
};

export type PeopleAnswer = {
  readonly found: readonly FoundPerson[];
  /** There are more than shown; how many is not told */
  readonly more: boolean;
};

type Row = {
  readonly addressee_number: number;
  readonly kind: FoundPerson["kind"];
  readonly name: string;
  readonly kana: string;
  readonly birth_year: number | null;
  readonly ward_code: string | null;
  readonly recipients: FoundPerson["recipients"];
  readonly more: boolean;
};

function shown(row: Row, marks: Marks | undefined): FoundPerson {
  return {
    addresseeNumber: row.addressee_number,
    kind: row.kind,
    name: row.name,
    kana: row.kana,
    birthYear: row.birth_year,
    wardCode: row.ward_code,
    recipients: row.recipients,
    marks: marks ?? NO_MARKS,
  };
}

function hmacOf(secret: Uint8Array, keys: DatabaseKeys): string {
  if (secret.byteLength < 32) throw new Error("the search secret has fewer than 32 bytes");
  return createHmac("sha256", secret).update(canonicalJson(keys)).digest("hex");
}

/** Kinds of keys that name one person: whoever looks for such a number and finds nobody may have meant a person who is hidden. */
const ONE_PERSON = [
  ["addresseeNumber", "addressee"],
  ["recipientId", "recipient"],
  ["receptionNumber", "reception"],
] as const;

async function noteAttempt(
  client: PoolClient,
  { call }: DeskCall,
  asked: DatabaseKeys,
  nobody: boolean,
): Promise<void> {
  if (!nobody) return;
  for (const [key, kind] of ONE_PERSON) {
    const value = asked[key];
    if (typeof value !== "string") continue;
    await client.query("SELECT allowance.note_closed($1, $2, $3, $4)", [kind, value, call.operation, call.requestId]);
  }
}

/**
 * Searches. Names and readings are compared folded (width, 清濁, 拗促音, 長音, 異体字; see `lookup.fold_kana`, `lookup.fold_name`),
 * former ones too; what is shown is the present one.
 *
 * @throws Refusal `searchKeyInvalid`, `searchTooWide`, `sessionNeeded`, `permissionMissing`
 */
export async function searchPeople(desk: SearchCall, keys: SearchKeys): Promise<PeopleAnswer> {
  const asked = databaseKeys(keys);
  const searchKeyHmac = hmacOf(desk.searchSecret, asked);
  const permission = asked["account"] === undefined ? "case.search" : "account.view";
  return await staffRead(desk.pool, desk.call, { permission }, async (client) => {
    const { rows } = await client
      .query<Row>("SELECT * FROM allowance.search_people($1::jsonb)", [JSON.stringify(asked)])
      .catch((error: unknown) => {
        throw sqlState(error) === "HGS01" ? tooWide() : error;
      });
    await noteAttempt(client, desk, asked, rows.length === 0);
    const marks = await marksOf(
      client,
      rows.map(({ addressee_number }) => addressee_number),
    );
    const response = {
      found: rows.map((row) => shown(row, marks.get(row.addressee_number))),
      more: rows.some(({ more }) => more),
    };
    return {
      response,
      log: [{ action: "search", rows: rows.length, columns: "name, kana, birthYear, ward", searchKeyHmac }],
    };
  });
}
