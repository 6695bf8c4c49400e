/** 口座名義 and 請求者: the holder of the account must be the claimant (A102). */
import { toZenginKana } from "@hagukumi/platform/bank/kana.ts";

import type { CaseRows, ClaimRow } from "./case-rows.ts";

/** A name as the bank's file would show it, without spaces: the form in which two spellings of one name are equal. */
export function foldHolder(kana: string): string | null {
  const converted = toZenginKana(kana, { kind: "21", wo: "o" });
  return converted.ok ? converted.value.shown.replaceAll(" ", "") : null;
}

/** Whether the account's holder is the person with this reading. A person without a reading can't be compared: false. */
export function isHolder(holder: string, kana: string): boolean {
  const folded = foldHolder(kana);
  return folded !== null && folded !== "" && folded === foldHolder(holder);
}

/** The warning for a claim whose account is in another name; null where there is none. Institutions have their own names. */
export function holderWarning(rows: CaseRows, claim: ClaimRow): string | null {
  if (claim.account === null || rows.key.kind !== "individual") return null;
  const kana = rows.persons.get(rows.key.claimant)?.at(-1)?.kana ?? "";
  if (isHolder(claim.account.holder, kana)) return null;
  return "口座名義が請求者のカナ氏名と一致しません。通帳を確認し、例外とする場合は理由を残してください。";
}
