/** What stands over every page of one person: marks, and who is editing. */
import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { type EditLock, editLockOf } from "./edit-lock.ts";
import { type Marks, marksOf, NO_MARKS } from "./marks.ts";

/** 処理事由 under which the person is open to this session, and when that ends by itself. */
export type HeadOpening = { readonly purposeName: string; readonly expiresAt: Date };

export type PersonHead = {
  readonly marks: Marks;
  readonly lock: EditLock | null;
  readonly opening: HeadOpening | null;
};

const OPENING = `
SELECT coalesce(p.name, o.purpose_code) AS "purposeName", o.expires_at AS "expiresAt" FROM access.opening_of($1) o
LEFT JOIN LATERAL (SELECT name FROM access.purpose x WHERE x.code = o.purpose_code ORDER BY valid_from DESC LIMIT 1) p ON true`;

/**
 * Of one person who is open.
 *
 * @throws Refusal `purposeNeeded`; also what the staff read throws
 */
export async function readPersonHead(reader: Reader, addresseeNumber: number): Promise<PersonHead> {
  const entry = { action: "inquiry.head", objectKind: "addressee", objectId: String(addresseeNumber) };
  return await auditedRead(reader, entry, async (client) => ({
    marks: (await marksOf(client, [addresseeNumber])).get(addresseeNumber) ?? NO_MARKS,
    lock: await editLockOf(client, addresseeNumber),
    opening: (await client.query<HeadOpening>(OPENING, [addresseeNumber])).rows[0] ?? null,
  }));
}
