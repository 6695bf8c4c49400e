/** How amounts, counts, days and moments are written on screens. */
import { formatWareki, formatWarekiMonth } from "@hagukumi/platform/calendar/wareki.ts";
import { parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";

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

/** 令和8年12月10日; what is no date stays as it is. */
export function wareki(date: string): string {
  const parsed = parseCivilDate(date);
  return parsed === undefined ? date : formatWareki(parsed);
}

/** Days inside a sentence, 2026-12-10 → 令和8年12月10日. */
export const daysInWareki = (text: string): string => text.replaceAll(/\d{4}-\d{2}-\d{2}/g, wareki);

/** 令和8年12月, for `2026-12` and `2026-12-01`. */
export function warekiMonth(month: string): string {
  const parsed = parseMonth(month.slice(0, 7));
  return parsed === undefined ? month : formatWarekiMonth(parsed);
}

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
