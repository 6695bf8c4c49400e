/** Small checks shared by the reader of cases. Each throws a `ProblemError` whose path is relative to the value checked. */
import { INVALID, NEVER, readDay, readMonth, type PackedDay } from "../dates/packed.ts";
import { ProblemError } from "../result.ts";

export type Json = Readonly<Record<string, unknown>>;

/** Upper bound for any amount of yen in a case: 10¹², far from the end of exact integers. */
export const MAX_YEN = 1_000_000_000_000;

const join = (outer: string, inner: string): string => (inner === "" ? outer : `${outer}.${inner}`);

/** A value as it stands in a message. Objects and arrays are only named: a hostile one may be nested a million deep. */
function show(value: unknown): string {
  if (Array.isArray(value)) return "配列";
  if (typeof value === "object" && value !== null) return "オブジェクト";
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export const wrongType = (path: string, wanted: string, found: unknown): ProblemError =>
  new ProblemError("wrongType", path, `${wanted}が必要ですが、${show(found)}が入っています。型を直してください。`);

export const wrongValue = (path: string, wanted: string, found: unknown): ProblemError =>
  new ProblemError("wrongValue", path, `${wanted}が必要ですが、${show(found)}が入っています。値を直してください。`);

export const unknownKey = (key: string): ProblemError =>
  new ProblemError("unknownKey", key, `「${key.slice(0, 60)}」という項目はありません。項目名を確かめてください。`);

export const missingKey = (key: string): ProblemError =>
  new ProblemError("missingKey", key, `必須項目「${key}」がありません。値を入れてください。`);

export function checkObject(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType("", "オブジェクト", value);
  return value as Json;
}

/** Runs `check` on one member, putting the member's name before the path of a problem. */
export function within(name: string, value: unknown, check: (value: unknown) => void): void {
  try {
    check(value);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(error.problem.code, join(name, error.problem.path), error.problem.message);
  }
}

/** Runs `check` on each item of a list of at most `most` items. */
export function checkList(value: unknown, name: string, most: number, check: (item: unknown) => void): void {
  if (!Array.isArray(value)) throw wrongType(name, "配列", value);
  if (value.length > most) throw wrongValue(name, `${String(most)}件以下の配列`, `${String(value.length)}件`);
  for (let index = 0; index < value.length; index += 1) {
    try {
      check(value[index]);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      throw new ProblemError(
        error.problem.code,
        join(`${name}[${String(index)}]`, error.problem.path),
        error.problem.message,
      );
    }
  }
}

export function checkString(value: unknown, name: string): void {
  if (typeof value !== "string") throw wrongType(name, "文字列", value);
}

export function checkBoolean(value: unknown, name: string): void {
  if (typeof value !== "boolean") throw wrongType(name, "true または false", value);
}

export function checkInteger(value: unknown, name: string, least: number, most: number): void {
  if (typeof value !== "number") throw wrongType(name, "整数", value);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw wrongValue(name, `${String(least)}以上${String(most)}以下の整数`, value);
  }
}

/** A day that exists. @returns the packed day */
export function checkDay(value: unknown, name: string): PackedDay {
  if (typeof value !== "string") throw wrongType(name, "日付（YYYY-MM-DD）", value);
  const day = readDay(value);
  if (day === INVALID) {
    throw new ProblemError(
      "impossibleDate",
      name,
      `${show(value)}は暦にない日付です。YYYY-MM-DD の形で実在する日を入れてください。`,
    );
  }
  return day;
}

/** A day that exists, or null. @returns the packed day, `NEVER` for null */
export const checkDayOrNull = (value: unknown, name: string): PackedDay =>
  value === null ? NEVER : checkDay(value, name);

export function checkMonth(value: unknown, name: string): number {
  if (typeof value !== "string") throw wrongType(name, "年月（YYYY-MM）", value);
  const month = readMonth(value);
  if (month === INVALID) {
    throw new ProblemError(
      "impossibleMonth",
      name,
      `${show(value)}は年月ではありません。YYYY-MM の形で入れてください。`,
    );
  }
  return month;
}

export function checkChoice(value: unknown, name: string, choices: ReadonlySet<string>): void {
  if (typeof value !== "string") throw wrongType(name, "文字列", value);
  if (!choices.has(value)) throw wrongValue(name, `${[...choices].join("・")}のいずれか`, value);
}

export function checkOrder(from: PackedDay, to: PackedDay, path: string): void {
  if (from > to) {
    throw new ProblemError("reversedPeriod", path, "期間の終わりが始まりより前です。from と to を確かめてください。");
  }
}
