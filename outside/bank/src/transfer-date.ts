import { BankError } from "./bank-error.ts";

const DAY = 86_400_000;
const JAPAN = 9 * 3_600_000;

/** `YYYY-MM-DD` in Japan of an instant in milliseconds. */
export const japaneseDate = (instant: number): string => new Date(instant + JAPAN).toISOString().slice(0, 10);

/** ISO 8601 with Japan's offset. */
export const japaneseTime = (instant: number): string =>
  `${new Date(instant + JAPAN).toISOString().slice(0, 19)}+09:00`;

/**
 * 振込指定日 with its year: the layout has `MMDD` only, so it is the nearest such day from the day of arrival on.
 * Saturdays, Sundays and 31 December – 3 January are no banking days. (The simulator does not know other holidays.)
 * @throws BankError `transferDateInvalid`
 */
export function resolveTransferDate(monthDay: string, arrivedAt: number): string {
  const arrived = japaneseDate(arrivedAt);
  const year = Number(arrived.slice(0, 4));
  const refuse = (why: string): never => {
    throw new BankError("transferDateInvalid", `振込指定日 ${monthDay} ${why}ため、受け付けられません。`, 1);
  };
  for (const candidate of [year, year + 1]) {
    const text = `${candidate}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}`;
    const instant = Date.parse(`${text}T00:00:00Z`);
    if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text || text < arrived) continue;
    const weekday = Math.floor(instant / DAY + 4) % 7;
    if (weekday === 0 || weekday === 6 || monthDay === "1231" || (monthDay >= "0101" && monthDay <= "0103")) {
      return refuse("が銀行の営業日ではない");
    }
    return text;
  }
  return refuse("という日がない");
}
