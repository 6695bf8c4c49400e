/** Pieces of the typed content (入力内容) that several procedures share. Limits are what the screens show. */
import { type Month, month, parseMonth } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { dayShape as filedDay } from "../filings/form.ts";
import { holdsIndividualNumber } from "../filings/individual-number.ts";

/** A day on which something can have happened, or is expected to: 1900–2100. */
export const dayShape = filedDay.refine((day) => day >= "1900-01-01" && day <= "2100-12-31", {
  error: "1900年から2100年までの日付で入力してください。",
});

/** A month, `YYYY-MM`. */
export const monthShape = z
  .string()
  .refine((text) => parseMonth(text) !== undefined && text >= "1900-01" && text <= "2100-12", {
    error: "YYYY-MM の月（1900年から2100年まで）で入力してください。",
  })
  .transform((text): Month => month(text));

/** 個人・法人・施設等 */
export const recipientKindShape = z.enum(["individual", "corporateGuardian", "institution"]).default("individual");

/** 宛名番号 (1–15 digits without leading zeros). */
export const personShape = z.int().min(1).max(999_999_999_999_999);

/** 認定番号 */
export const recipientShape = z.int().min(1).max(9_999_999_999);

/** Free text of 1 to `limit` characters without a 個人番号. */
export const textShape = (limit: number): z.ZodType<string> =>
  z
    .string()
    .trim()
    .min(1)
    .max(limit)
    .refine((text) => !holdsIndividualNumber(text), "個人番号らしい12桁の番号は、ここに書けません。");

/** Yen, 1 to 9,999,999. */
export const yenShape = z.int().min(1).max(9_999_999);

const NAMED_TWICE = "同じ人が2回入力されています。";

/** 宛名番号, each at most once. */
export const peopleShape = (most: number): z.ZodType<readonly number[]> =>
  z
    .array(personShape)
    .min(1)
    .max(most)
    .refine((numbers) => new Set(numbers).size === numbers.length, { error: NAMED_TWICE });

/** Whether each child of a list of rows is named once; for `.refine(childrenOnce, NAMED_TWICE_PROBLEM)`. */
export const childrenOnce = (rows: readonly { readonly child: number }[]): boolean =>
  new Set(rows.map(({ child }) => child)).size === rows.length;

export const NAMED_TWICE_PROBLEM = { error: NAMED_TWICE } as const;
