/** How amounts, counts, days and moments are written on screens. */
import { formatWareki, formatWarekiMonth } from "@hagukumi/platform/calendar/wareki.ts";
import { parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";

import { type DateStyle, dateStyle } from "./date-style.ts";

const WEEKDAYS = ["日", "月", "火", "水", "木", "金", "土"] as const;

/** 12,345円 */
export function yen(amount: number): string {
  return `${amount.toLocaleString("ja-JP")}円`;
}

/** 12,345 */
export function count(value: number): string {
  return value.toLocaleString("ja-JP");
}

/** 認定番号 with its leading zeros: 0000000123 */
export function certificationText(recipientId: number): string {
  return String(recipientId).padStart(10, "0");
}

const western = (text: string): string => {
  const [year = "", month = "", day] = text.split("-");
  const head = `${year}年${String(Number(month))}月`;
  return day === undefined ? head : `${head}${String(Number(day))}日`;
};

/** A day in the calendar that the reader chose: 令和8年12月10日 or 2026年12月10日; what is no date stays as it is. */
export function wareki(date: string, style: DateStyle = dateStyle()): string {
  const parsed = parseCivilDate(date);
  if (parsed === undefined) return date;
  return style === "western" ? western(parsed) : formatWareki(parsed);
}

/** Days and months inside a sentence, 2026-12-10 → 令和8年12月10日 and 2026-12 → 令和8年12月, in the chosen calendar. */
export const daysInWareki = (text: string): string =>
  text.replaceAll(/(?<![\d-])\d{4}-\d{2}(?:-\d{2})?(?![\d-])/g, (found) =>
    found.length === 7 ? warekiMonth(found) : wareki(found),
  );

/** A month in the chosen calendar, for `2026-12` and `2026-12-01`: 令和8年12月 or 2026年12月. */
export function warekiMonth(month: string, style: DateStyle = dateStyle()): string {
  const parsed = parseMonth(month.slice(0, 7));
  if (parsed === undefined) return month;
  return style === "western" ? western(parsed) : formatWarekiMonth(parsed);
}

const other = (style: DateStyle): DateStyle => (style === "western" ? "wareki" : "western");

/** The same day or month in the other calendar, for those who look twice. */
export const otherDate = (date: string, style: DateStyle = dateStyle()): string => wareki(date, other(style));
export const otherMonth = (month: string, style: DateStyle = dateStyle()): string => warekiMonth(month, other(style));

/** The day of the week of a civil date: 土 */
export function weekday(date: string): string {
  return WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? "";
}

const moment = new Intl.DateTimeFormat("ja-JP", {
  timeZone: "Asia/Tokyo",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});

/** 2026/12/01 09:15 in Japan, of an ISO moment. */
export function momentText(iso: string): string {
  return moment.format(new Date(iso));
}
