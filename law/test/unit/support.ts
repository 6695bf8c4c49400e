/** Builders for the law's own tests: a case in a few words, and the answer in a few words. */
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { assess, parseCase, type Assessment, type Problem } from "../../contract.ts";

export type Json = Record<string, unknown>;

/** Assesses a JSON case; a problem fails the test with its message. */
export function assessed(json: Json, explain = false): Assessment {
  const read = parseCase(json);
  if (!read.ok) throw new Error(`${read.problem.code} ${read.problem.path}: ${read.problem.message}`);
  const result = assess(read.value, { calendar: japaneseCalendar, explain });
  if (!result.ok) throw new Error(`${result.problem.code} ${result.problem.path}: ${result.problem.message}`);
  return result.value;
}

/** The problem that a JSON case is refused with. */
export function refusal(json: unknown): Problem {
  const read = parseCase(json);
  if (!read.ok) return read.problem;
  const result = assess(read.value, { calendar: japaneseCalendar, explain: false });
  if (result.ok) throw new Error("the case was accepted");
  return result.problem;
}

/** `{"2025-05": 15000, …}` of the entitled months. */
export const totals = (of: Assessment): Record<string, number> =>
  Object.fromEntries(of.months.filter((it) => it.entitled).map((it) => [it.month, it.total]));

export const totalOf = (of: Assessment, month: string): number | undefined =>
  of.months.find((it) => it.month === month)?.total;

/** First entitled month of the report. */
export const firstMonth = (of: Assessment): string | undefined => of.months.find((it) => it.entitled)?.month;

/** Last entitled month of the report. */
export const lastMonth = (of: Assessment): string | undefined => of.months.findLast((it) => it.entitled)?.month;

/** `kind effective cause total` per decision. */
export const decided = (of: Assessment): string[] =>
  of.decisions.map((it) => `${it.kind} ${it.effective} ${it.cause} ${String(it.monthlyTotal)}`);

export const certification = (receivedOn: string, children: string[], kind: string, on?: string): Json => ({
  kind: "certification",
  receivedOn,
  children,
  cause: on === undefined ? { kind } : { kind, on },
});

export const claim = (claimKind: string, receivedOn: string, children: string[], kind: string, on?: string): Json => ({
  ...certification(receivedOn, children, kind, on),
  kind: claimKind,
});

export const individual = (facts: Json = {}): Json => ({ kind: "individual", ...facts });

export const child = (id: string, birthDate: string, facts: Json = {}): Json => ({ id, birthDate, ...facts });

export function full(
  from: string,
  until: string,
  children: Json[],
  claims: Json[],
  recipient: Json = individual(),
): Json {
  return { case: "架空の世帯", from, until, recipient, children, claims };
}
