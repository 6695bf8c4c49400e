/** Payment months (支払期月) and pay days of the plain calculator. */
import { monthNumber, monthText, plusDays, weekday } from "./days.ts";

/** The month in which a benefit month is regularly paid (8条4項, each Act's own version). */
export function paidIn(month: number): number {
  const calendarMonth = (month % 12) + 1;
  const year = Math.floor(month / 12);
  if (month >= monthNumber("2024-10")) return calendarMonth % 2 === 0 ? month + 2 : month + 1;
  if (calendarMonth === 1) return year * 12 + 1;
  if (calendarMonth <= 5) return year * 12 + 5;
  if (calendarMonth <= 9) return year * 12 + 9;
  return (year + 1) * 12 + 1;
}

export function bankClosed(day: string, holidays: ReadonlySet<string>): boolean {
  const week = weekday(day);
  const monthDay = day.slice(5);
  return week === 0 || week === 6 || holidays.has(day) || monthDay === "12-31" || monthDay <= "01-03";
}

export function payDayOf(
  paymentMonth: number,
  dayOfMonth: number,
  rule: "previous" | "next",
  holidays: ReadonlySet<string>,
): string {
  let day = `${monthText(paymentMonth)}-${String(dayOfMonth).padStart(2, "0")}`;
  while (bankClosed(day, holidays)) day = plusDays(day, rule === "previous" ? -1 : 1);
  return day;
}
