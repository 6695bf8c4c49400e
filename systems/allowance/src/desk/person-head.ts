/** What stands over every page of one person: marks, and who is editing. */
import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { type EditLock, editLockOf } from "./edit-lock.ts";
import { type Marks, marksOf, NO_MARKS } from "./marks.ts";

export type PersonHead = { readonly marks: Marks; readonly lock: EditLock | null };

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
  }));
}
