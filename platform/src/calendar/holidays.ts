/**
 * 国民の祝日・振替休日・国民の休日, 1970 … 2050, from the `@holiday-jp/holiday_jp` table.
 *
 * The table is data that somebody else keeps; `test/calendar/holidays.test.ts` compares every year of it with a second,
 * independent computation. Equinox days of years to come are astronomical forecasts until 官報 announces them each February.
 */
import { createRequire } from "node:module";
import { createCalendar, type Calendar } from "@hagukumi/law/contract.ts";

// The package is CommonJS without a type for its table, hence one checked import here and nowhere else.
const table: unknown = createRequire(import.meta.url)("@holiday-jp/holiday_jp/lib/holidays.js");

function readTable(): ReadonlyMap<string, string> {
  if (typeof table !== "object" || table === null)
    throw new TypeError("祝日表を読み込めません。依存パッケージを入れ直してください。");
  const names = new Map<string, string>();
  for (const [date, entry] of Object.entries(table)) {
    const name: unknown =
      typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>)["name"] : undefined;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || typeof name !== "string") {
      throw new TypeError(`祝日表の項目を読めません: ${date}。依存パッケージの版を確かめてください。`);
    }
    names.set(date, name);
  }
  return names;
}

/** Date (`YYYY-MM-DD`) → name in Japanese. */
export const NATIONAL_HOLIDAYS: ReadonlyMap<string, string> = readTable();

/** The same dates as a set, as the law room takes them. */
export const nationalHolidays: ReadonlySet<string> = new Set(NATIONAL_HOLIDAYS.keys());

/** The calendar of closed and business days of Japan, for deadlines and pay days. */
export const japaneseCalendar: Calendar = createCalendar(nationalHolidays);
