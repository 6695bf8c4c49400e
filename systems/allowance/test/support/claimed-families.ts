/** Families certified through deliveries, examination and approval, for tests of mass work; everything is 架空. */
import { examineClaims } from "../../src/claims/examine.ts";
import type { Context } from "../../src/context.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { recipientIdOf } from "./families.ts";
import { claim, claimChild, resident } from "./feeds.ts";
import { bring } from "./filings.ts";

/** A child, or with other cells a counted person; oldest first. */
export type Member = readonly [born: string, cells?: Readonly<Record<string, string>>];

/** Cells of a person whose living is borne after the school year of 18. */
export const COUNTED = { 区分: "counted", 負担開始年月日: "2024-04-01" } as const;

/**
 * A family certified from 2026-05 (claim of 2026-04-10): the recipient `base`, members `base + 1` …
 *
 * @returns the 認定番号
 */
export async function claimedFamily(
  { maker, approver }: { readonly maker: Context; readonly approver: Context },
  base: number,
  members: readonly Member[],
): Promise<number> {
  await bring(maker, {
    residents: [resident(base, "1985-01-01"), ...members.map(([born], index) => resident(base + 1 + index, born))],
    claims: [claim(base, base, "2026-04-10")],
    claimChildren: members.map(([, cells], index) => claimChild(base, base + 1 + index, index + 1, cells)),
  });
  await examineClaims(maker, [String(base)]);
  await approveClaims(approver, [String(base)]);
  return await recipientIdOf(maker.pool, base);
}
