/** 個人番号の表示: for one person who is open with a purpose, after a re-authentication, for sixty seconds on the screen. */
import type { IndividualNumber } from "@hagukumi/vault/contract.ts";
import type { PoolClient } from "pg";

import { type AddresseeContext, askVault } from "../context.ts";
import { subjectOf } from "../numbers.ts";
import { refuse } from "../refusal.ts";
import { activeLink } from "./enter-number.ts";

/** How long a screen shows the number before it hides it, in seconds. */
export const REVEAL_SECONDS = 60;

/** For what a number may be shown. */
export const revealPurposeLabels = { identityCheck: "窓口での番号確認", disclosure: "本人の開示請求" } as const;

export type RevealPurpose = keyof typeof revealPurposeLabels;

/**
 * Opens the number inside a transaction of the caller, who writes the access log in it: without the log nothing is shown.
 *
 * @param client under the role of this system
 * @throws Refusal `numberMissing`; those of the vault (`rightMissing`, `stepUpNeeded`, `revealLimit`, `recordDamaged`)
 */
export async function revealNumber(
  context: AddresseeContext,
  client: PoolClient,
  request: { readonly systemCode: string; readonly addresseeNumber: number; readonly purpose: RevealPurpose },
): Promise<IndividualNumber> {
  const { systemCode, addresseeNumber, purpose } = request;
  const link = await activeLink(client, systemCode, addresseeNumber);
  if (link === undefined) throw refuse("numberMissing", "個人番号の登録がありません。表示するものがありません。");
  const { number } = await askVault(context, "reveal", purpose, subjectOf(systemCode, addresseeNumber), {
    personRef: link.personRef,
  });
  return number;
}
