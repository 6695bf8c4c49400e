/**
 * 和暦: strict reading and writing of Japanese eras, 明治 (from 1873-01-01, the first day of the solar calendar) to 令和.
 *
 * Strict: an era ends with its last day, so 平成31年5月1日 and 昭和64年1月8日 are no dates; and the day must exist, so 令和8年2月29日 is none
 * either. 元年 and 1年 are the same year. The bounds of the eras: 明治 to 1912-07-29, 大正 to 1926-12-24, 昭和 to 1989-01-07,
 * 平成 to 2019-04-30.
 */
import { lastDayOfMonth, parseCivilDate, parseMonth, type CivilDate, type Month } from "@hagukumi/law/contract.ts";

/** `first` and `last` day of an era, both included; `letter` is the usual abbreviation. */
interface Era {
  readonly name: string;
  readonly letter: string;
  readonly firstYear: number;
  readonly first: string;
  readonly last: string;
}

const ERAS: readonly Era[] = [
  { name: "明治", letter: "M", firstYear: 1868, first: "1873-01-01", last: "1912-07-29" },
  { name: "大正", letter: "T", firstYear: 1912, first: "1912-07-30", last: "1926-12-24" },
  { name: "昭和", letter: "S", firstYear: 1926, first: "1926-12-25", last: "1989-01-07" },
  { name: "平成", letter: "H", firstYear: 1989, first: "1989-01-08", last: "2019-04-30" },
  { name: "令和", letter: "R", firstYear: 2019, first: "2019-05-01", last: "9999-12-31" },
];

const JAPANESE_DATE = /^(明治|大正|昭和|平成|令和)(元|\d{1,3})年(\d{1,2})月(\d{1,2})日$/;
const LETTER_DATE = /^([MTSHR])(\d{1,3})[./-](\d{1,2})[./-](\d{1,2})$/;

const pad = (value: number): string => String(value).padStart(2, "0");

const eraOf = (date: string): Era | undefined => ERAS.find((era) => era.first <= date && date <= era.last);

/** `1` is written 元. */
const yearText = (year: number): string => (year === 1 ? "元" : String(year));

/**
 * Reads 令和7年4月1日, 令和元年5月1日 or R7.4.1 (full-width digits allowed, no spaces).
 *
 * @returns undefined where the text is not in one of these forms, the day does not exist, or it lies outside the named era
 */
export function parseWareki(text: string): CivilDate | undefined {
  const plain = text.normalize("NFKC");
  const found = JAPANESE_DATE.exec(plain) ?? LETTER_DATE.exec(plain);
  const [, name, year, month, day] = found ?? [];
  const era = ERAS.find((it) => it.name === name || it.letter === name);
  if (era === undefined || year === undefined) return undefined;
  const yearOfEra = year === "元" ? 1 : Number(year);
  if (yearOfEra < 1) return undefined;
  const date = parseCivilDate(`${String(era.firstYear + yearOfEra - 1)}-${pad(Number(month))}-${pad(Number(day))}`);
  return date !== undefined && era.first <= date && date <= era.last ? date : undefined;
}

/** 令和7年4月1日. Days before 1873-01-01 have no date in this calendar and are written in the western one: 1872年12月31日. */
export function formatWareki(date: CivilDate): string {
  const [year = "", month = "", day = ""] = date.split("-");
  const rest = `${String(Number(month))}月${String(Number(day))}日`;
  const era = eraOf(date);
  return era === undefined
    ? `${String(Number(year))}年${rest}`
    : `${era.name}${yearText(Number(year) - era.firstYear + 1)}年${rest}`;
}

/** 令和7年4月: the era is that of the month's last day, so 2019-05 is 令和元年5月 and 1989-01 is 平成元年1月. */
export function formatWarekiMonth(month: Month): string {
  const [year = "", number = ""] = month.split("-");
  const era = eraOf(lastDayOfMonth(month));
  const name = era === undefined ? year : `${era.name}${yearText(Number(year) - era.firstYear + 1)}`;
  return `${name}年${String(Number(number))}月`;
}

/** 令和7年4月分: a benefit month. */
export const formatBenefitMonth = (month: Month): string => `${formatWarekiMonth(month)}分`;

/** 令和7年度: the fiscal year, April to March, that a month lies in. */
export function formatFiscalYear(month: Month): string {
  const year = Number(month.slice(0, 4)) - (Number(month.slice(5)) < 4 ? 1 : 0);
  // The fiscal year is named after the era of its 1 April, but 2019 is officially 令和元年度.
  const named = parseMonth(`${String(year)}-05`);
  return named === undefined ? `${String(year)}年度` : formatWarekiMonth(named).replace(/年\d+月$/, "年度");
}
