/** The people of a slice of letters: read once for all of them, and shown only through the gate (fields.ts). */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { graphemes } from "@hagukumi/platform/text/characters.ts";

import { identifiedCharacters } from "../../characters/identify.ts";
import type { FormCode } from "../forms/form-codes.ts";

/** What the register and the case file know of somebody on the day of the document. */
export type PersonRecord = {
  readonly number: number;
  readonly organization: boolean;
  readonly name: string;
  /** The name as the register had it before a protection began; null where nobody is told the present one */
  readonly formerName: string | null;
  readonly birthDate: string | null;
  readonly postalCode: string;
  readonly address: string;
  readonly building: string;
  /** 送付先の宛名, where it is not the person */
  readonly letterName: string;
  readonly source: "mailing" | "resident" | "none";
  readonly protected: boolean;
  readonly dead: boolean;
  readonly movedOut: boolean;
};

const LAST = "ORDER BY h.history_no DESC, h.revision DESC LIMIT 1";

// The address that letters use is the one of case-file's letterAddressOn (送付先 > 現住所), for many people in one statement.
const PEOPLE = `
SELECT n AS number, o.name IS NOT NULL AS organization, coalesce(u.name, p.name, o.name, '') AS name,
       CASE WHEN coalesce(p.protected, false) THEN (SELECT h.name FROM allowance.person_history h WHERE h.addressee_number = n AND NOT h.protected ${LAST})
            ELSE coalesce(u.name, p.name, o.name) END AS "formerName",
       CASE WHEN p.birth_date_unknown THEN NULL ELSE p.birth_date END AS "birthDate",
       coalesce(m.postal_code, a.postal_code, o.postal_code, '') AS "postalCode", coalesce(m.address, a.address, o.address, '') AS address,
       coalesce(m.building, '') AS building, coalesce(m.recipient_name, '') AS "letterName",
       CASE WHEN m.address IS NOT NULL THEN 'mailing' WHEN coalesce(a.address, o.address, '') <> '' THEN 'resident' ELSE 'none' END AS source,
       coalesce(p.protected, false) AS protected, coalesce(p.resident_state = 3, false) AS dead,
       coalesce(p.resident_state IN (2, 9), false) AS "movedOut"
FROM unnest($1::bigint[]) n
LEFT JOIN LATERAL (SELECT * FROM allowance.person_history h WHERE h.addressee_number = n ${LAST}) p ON true
LEFT JOIN LATERAL (SELECT postal_code, address FROM allowance.person_history h WHERE h.addressee_number = n AND NOT h.deleted AND h.valid_from <= $2::date
                   AND h.address <> '' ${LAST}) a ON true
LEFT JOIN LATERAL (SELECT name, postal_code, address FROM allowance.organization_history h WHERE h.addressee_number = n ORDER BY revision DESC LIMIT 1) o ON true
LEFT JOIN LATERAL allowance.mailing_address_on(n, $2::date) m ON true
LEFT JOIN LATERAL allowance.document_name(n, $3, $2::date) u (name) ON true`;

/** The group of documents that a form belongs to: 福祉名 are chosen for each (foreign residents' ローマ字・カナ・通称). */
function documentOf(form: FormCode | null): "letter" | "reviewForm" {
  return form === "annualReport" || form === "annualReportReminder" ? "reviewForm" : "letter";
}

/** @param form decides which of a person's names stands on the document; null where the names are not used */
export async function readPeople(
  connection: Queryable,
  numbers: Iterable<number>,
  day: string,
  form: FormCode | null,
): Promise<ReadonlyMap<number, PersonRecord>> {
  const { rows } = await connection.query<PersonRecord>(PEOPLE, [[...new Set(numbers)], day, documentOf(form)]);
  const identified = await identifiedCharacters(connection);
  // 同定: the city's own characters are written as the character that they are.
  const known = (text: string): string =>
    graphemes(text)
      .map((each) => identified.get(each) ?? each)
      .join("");
  if (identified.size === 0) return new Map(rows.map((row) => [row.number, row]));
  return new Map(
    rows.map((row) => [
      row.number,
      {
        ...row,
        name: known(row.name),
        formerName: row.formerName === null ? null : known(row.formerName),
        letterName: known(row.letterName),
        address: known(row.address),
        building: known(row.building),
      },
    ]),
  );
}
