/** Dates and money as people read them: 和暦 with 西暦 beside. */

const era = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "long", year: "numeric", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat("ja-JP", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "Asia/Tokyo",
});

/** `令和8年`, `平成元年`; the era is that of the day itself. */
function eraYear(day: string): string {
  return era.format(new Date(`${day}T00:00:00Z`));
}

/** `2026-12-15` → `令和8年12月15日（2026年）` */
export function dayText(day: string): string {
  return `${eraYear(day)}${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日（${day.slice(0, 4)}年）`;
}

/** `2026-12` or `2026-12-01` → `令和8年12月（2026年）` */
export function monthText(month: string): string {
  return `${eraYear(`${month.slice(0, 7)}-01`)}${Number(month.slice(5, 7))}月（${month.slice(0, 4)}年）`;
}

/** A moment in Japanese time: `2026/12/15 09:30` */
export function momentText(at: Date): string {
  return moment.format(at);
}

/** `1,234,500円` */
export function yenText(yen: number): string {
  return `${yen.toLocaleString("ja-JP")}円`;
}
