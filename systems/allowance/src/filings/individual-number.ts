/** 個人番号 in free text: such a text is stored nowhere but in the vault. */
import { isIndividualNumber } from "@hagukumi/platform/text/check-digits.ts";

/** Whether a text holds what could be a 個人番号, in any width, with spaces or hyphens between the digits. */
export function holdsIndividualNumber(text: string): boolean {
  const digits = text.normalize("NFKC").replace(/(?<=\d)[\s-](?=\d)/gu, "");
  for (const [run] of digits.matchAll(/\d{12,}/gu)) {
    for (let start = 0; start + 12 <= run.length; start += 1) {
      if (isIndividualNumber(run.slice(start, start + 12))) return true;
    }
  }
  return false;
}
