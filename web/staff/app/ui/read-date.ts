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
