/** Is the 認定番号 on the form the one of the person who files, and does the right last? (I-16: a slip in one digit) */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Difference } from "../filings/procedure.ts";
import { look, stop } from "./answers.ts";
import { isLive, recipientOf, type RecipientRow } from "./people.ts";

export type RecipientCheck = {
  /** Absent where the 認定番号 is not this person's */
  readonly recipient: RecipientRow | undefined;
  readonly differences: readonly Difference[];
};

/**
 * @param ended what to say of a recipient whose right has ended: `stop` where the filing would be pointless, `look` where money may
 *   still be due
 */
export async function checkRecipient(
  connection: Queryable,
  filed: { readonly claimant: number; readonly recipientId: number },
  day: CivilDate,
  ended: "stop" | "look",
): Promise<RecipientCheck> {
  const recipient = await recipientOf(connection, filed.recipientId);
  if (recipient === undefined || recipient.number !== filed.claimant) {
    const text = `認定番号 ${filed.recipientId} は、この人の認定番号ではありません。届書の氏名と認定番号を確かめてください。`;
    return { recipient: undefined, differences: [stop("recipient", text)] };
  }
  if (isLive(recipient, day)) return { recipient, differences: [] };
  const text =
    ended === "stop"
      ? "この受給者の資格は消滅しています。この届出・申出は受けられません。"
      : "この受給者の資格は消滅しています。残りの支払があるときだけ意味があります。";
  return { recipient, differences: [ended === "stop" ? stop("recipient.ended", text) : look("recipient.ended", text)] };
}
