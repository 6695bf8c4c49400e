/**
 * Spans of days in which a fact holds, and the benefit months that follow from them.
 *
 * The Act pays from the month after a requirement is met through the month in which it ceases (8条2項, 9条3項). So the day on
 * which a requirement ceases belongs to the month that is still paid, even when it is the 1st: a span that is cut short by
 * another fact *includes* the day of that fact. The spans on both sides of a placement from 25 June to 31 August end on
 * 25 June and begin again on 31 August.
 */
import type { Period } from "../case/types.ts";
import { monthOfDay, NEVER, nextDay, readDay, type MonthIndex, type PackedDay } from "./packed.ts";
import type { ExOfficioCause } from "../assess/types.ts";

/** `cause`: why the span ends, or (for a span that excludes) why it excludes. `firstMonth`: the earliest month it can be paid for. */
export interface Span {
  readonly from: PackedDay;
  readonly to: PackedDay;
  readonly firstMonth: MonthIndex;
  readonly cause: ExOfficioCause;
}

/** A requirement met on `from` is paid from the next month at the earliest. */
export const span = (from: PackedDay, to: PackedDay, cause: ExOfficioCause): Span => ({
  from,
  to,
  firstMonth: monthOfDay(from) + 1,
  cause,
});

export const lastMonthOf = (of: Span): MonthIndex => monthOfDay(of.to);

export const covers = (of: Span, month: MonthIndex): boolean => of.firstMonth <= month && month <= monthOfDay(of.to);

export const contains = (of: Span, day: PackedDay): boolean => of.from <= day && day <= of.to;

/** The last day of a period as it was known on `knownBy`: an end that lies later was not known yet. */
export function knownEnd(period: Period, knownBy: PackedDay): PackedDay {
  if (period.to === undefined || period.to === null) return NEVER;
  const to = readDay(period.to);
  return to > knownBy ? NEVER : to;
}

/** The periods that had begun by `knownBy`, as spans. */
export function spansOf(periods: readonly Period[], knownBy: PackedDay, cause: ExOfficioCause): Span[] {
  const spans: Span[] = [];
  for (const period of periods) {
    const from = readDay(period.from);
    if (from <= knownBy) spans.push(span(from, knownEnd(period, knownBy), cause));
  }
  return spans;
}

/** Joins spans that overlap or follow each other day on day; the joined span keeps the cause of the part that ends last. */
export function joined(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((left, right) => left.from - right.from);
  const result: Span[] = [];
  for (const next of sorted) {
    const last = result.at(-1);
    if (last === undefined || next.from > nextDay(last.to)) result.push(next);
    else if (next.to > last.to) result[result.length - 1] = { ...last, to: next.to, cause: next.cause };
  }
  return result;
}

/**
 * `spans` without the days strictly inside each excluding span: the day on which the exclusion begins still belongs to the
 * span before, the day on which it ends to the span after.
 */
export function without(spans: readonly Span[], excluding: readonly Span[]): readonly Span[] {
  let pieces = spans;
  for (const hole of excluding) pieces = pieces.flatMap((piece) => cut(piece, hole));
  return pieces;
}

function cut(piece: Span, hole: Span): Span[] {
  if (hole.from >= piece.to || hole.to <= piece.from) return [piece];
  const parts: Span[] = [];
  if (hole.from >= piece.from) parts.push({ ...piece, to: hole.from, cause: hole.cause });
  if (hole.to <= piece.to && hole.to !== NEVER) parts.push(span(hole.to, piece.to, piece.cause));
  return parts;
}

/** Cuts spans to the days `from … to`; a span cut at `to` ends for `cause`. */
export function clipped(spans: readonly Span[], from: PackedDay, to: PackedDay, cause: ExOfficioCause): Span[] {
  const result: Span[] = [];
  for (const of of spans) {
    if (of.to < from || of.from > to) continue;
    const start = of.from < from ? span(from, of.to, of.cause) : of;
    result.push(of.to > to || (of.to === to && to !== NEVER) ? { ...start, to, cause } : start);
  }
  return result;
}
