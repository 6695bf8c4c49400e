/** Periods of days as the register's rows give them: residence, care, support. Pure functions of rows. */
import {
  addDays,
  type CivilDate,
  fiscalYearEnd,
  lastDayOfMonth,
  monthOf,
  type Period,
} from "@hagukumi/law/contract.ts";

import type { ClaimChildRow, ClaimRow, PersonRow, StatusRow } from "./case-rows.ts";

type Span = { from: CivilDate; to: CivilDate | null };

/** 転入・出生・職権記載: events with which a residence begins. Any other first row continues one that began before. */
const ARRIVALS: ReadonlySet<string> = new Set(["10", "11", "12"]);
const RESIDENT = 1;
const DEAD = 3;

/** What the register says of one person's life in this municipality. */
export type Life = {
  readonly residence: readonly Period[];
  /** 死亡日, or null */
  readonly deathDate: CivilDate | null;
};

/**
 * Days with an address here. Rows in order of 履歴番号: a row with 住民状態 1 opens a period on its 異動年月日, a row with
 * 2, 3 or 9 closes it on that day (転出予定日, 死亡日, 消除の日), which still counts.
 */
export function lifeOf(rows: readonly PersonRow[]): Life {
  const spans: Span[] = [];
  let open: CivilDate | null = null;
  let deathDate: CivilDate | null = null;
  const [first] = rows;
  if (first !== undefined && !(first.resident_state === RESIDENT && ARRIVALS.has(first.event_code))) {
    open = first.birth_date;
  }
  for (const row of rows) {
    if (row.resident_state === RESIDENT) {
      open ??= row.valid_from;
      continue;
    }
    if (row.resident_state === DEAD) deathDate = row.valid_from;
    // A move planned for the day before the arrival leaves no day of residence.
    if (open !== null && open <= row.valid_from) spans.push({ from: open, to: row.valid_from });
    open = null;
  }
  if (open !== null) spans.push({ from: open, to: null });
  return { residence: spans, deathDate };
}

/** Sorted, without overlaps; periods that meet or follow on the next day become one. */
export function joined(spans: readonly Span[]): Period[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((left, right) => (left.from < right.from ? -1 : left.from > right.from ? 1 : 0))) {
    const last = result.at(-1);
    if (last === undefined || (last.to !== null && addDays(last.to, 1) < span.from)) result.push({ ...span });
    else if (last.to !== null && (span.to === null || span.to > last.to)) last.to = span.to;
  }
  return result;
}

/** One child in one claim, with the claim. */
export type Mention = { readonly claim: ClaimRow; readonly row: ClaimChildRow };

/** Cuts every span at the reported last days that lie inside it. */
function cutAt(span: Span, ends: readonly CivilDate[]): Span {
  const end = ends.find((day) => span.from <= day && (span.to === null || day < span.to));
  return end === undefined ? span : { from: span.from, to: end };
}

/**
 * 監護・生計同一 by this recipient: what the claims say, cut on the last day that a 終了 reports. A claim received after
 * such an end that names no first day means care taken up again: from its cause where that came after the end, otherwise
 * from the day of the claim. It never closes the gap: that would revive the right that ended.
 */
export function carePeriods(birthDate: CivilDate, mentions: readonly Mention[], ends: readonly CivilDate[]): Period[] {
  const sorted = ends.toSorted();
  const spans = mentions.flatMap(({ claim, row }): Span[] => {
    const ended = sorted.findLast((day) => day < claim.received_on);
    let from = row.care_from ?? birthDate;
    if (row.care_from === null && ended !== undefined) {
      from = claim.cause_on !== null && claim.cause_on > ended ? claim.cause_on : claim.received_on;
    }
    if (from < birthDate) from = birthDate;
    if (row.care_to !== null && row.care_to < from) return [];
    return [cutAt({ from, to: row.care_to }, sorted)];
  });
  return joined(spans);
}

const later = (left: CivilDate, right: CivilDate): CivilDate => (left > right ? left : right);
const earliest = (days: readonly (CivilDate | null)[]): CivilDate | null =>
  days.reduce((first, day) => (first === null || (day !== null && day < first) ? day : first), null);

/**
 * 算定対象者 after the school year of 18, as confirmed: the days on which both facts hold, 監護に相当する世話 and 生計費の負担, to the
 * reported end of either, at the latest to the end of the expected month of graduation (a student's 確認書 holds until then). A
 * person whom 施行規則1条の3の2 excludes has none.
 */
export function supportPeriods(
  birthDate: CivilDate,
  mentions: readonly Mention[],
  ends: readonly CivilDate[],
): Period[] {
  const sorted = ends.toSorted();
  const spans = mentions.flatMap(({ row }): Span[] => {
    if (row.role !== "counted" && row.support_from === null) return [];
    if (row.exclusion !== null) return [];
    const careFrom = row.support_from ?? addDays(fiscalYearEnd(birthDate, 18), 1);
    const from = row.cost_from === null ? careFrom : later(careFrom, row.cost_from);
    const graduation = row.graduation_month === null ? null : lastDayOfMonth(monthOf(row.graduation_month));
    const to = earliest([row.support_to, row.cost_to, graduation]);
    if (to !== null && to < from) return [];
    return [cutAt({ from, to }, sorted)];
  });
  return joined(spans);
}

/** Status rows of one kind as periods. */
export function statusPeriods(rows: readonly StatusRow[], kind: StatusRow["kind"]): Period[] {
  return rows.filter((row) => row.kind === kind).map((row) => ({ from: row.starts_on, to: row.ends_on }));
}
