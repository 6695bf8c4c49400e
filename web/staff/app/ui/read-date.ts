/** Days as people type them. */
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { parseWareki } from "@hagukumi/platform/calendar/wareki.ts";

/**
 * Reads a day as people write it: 令和8年10月3日, R8.10.3, 2026-10-03, 2026/10/3, 20261003; full-width digits and spaces do
 * not matter.
 *
 * @returns `YYYY-MM-DD`, or undefined where there is no such day
 */
export function readDate(text: string): string | undefined {
  const plain = text.normalize("NFKC").replaceAll(/\s/g, "");
  const era = parseWareki(/^[mtshr]/i.test(plain) ? plain.toUpperCase() : plain);
  if (era !== undefined) return era;
  const found = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$/.exec(plain);
  if (found === null) return undefined;
  const [, year = "", month = found[4] ?? "", day = found[5] ?? ""] = found;
  return parseCivilDate(`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
}

/**
 * Reads a month as people write it: 令和8年12月, R8.12, 2026-12, 2026年12月, 202612.
 *
 * @returns `YYYY-MM`, or undefined where there is no such month
 */
export function readMonth(text: string): string | undefined {
  const plain = text.normalize("NFKC").replaceAll(/\s/g, "");
  if (/^\d{6}$/.test(plain)) return readDate(`${plain}01`)?.slice(0, 7);
  if (plain.endsWith("月")) return readDate(`${plain}1日`)?.slice(0, 7);
  const between = /^[a-z]?\d+([-/.])\d{1,2}$/i.exec(plain)?.[1];
  return between === undefined ? undefined : readDate(`${plain}${between}1`)?.slice(0, 7);
}
