/**
 * 年齢到達の出来事: who reaches an age, a planned graduation or a limit of time in which month, for whose case. Reads only.
 *
 * The month of an event is the last one in the old state: what it takes away is not paid from the month after (児童手当法9条3項).
 */
import {
  addDays,
  addMonths,
  attainmentDay,
  type CivilDate,
  firstDayOfMonth,
  fiscalYearEnd,
  lastDayOfMonth,
  type Month,
  month,
  monthOf,
  monthsFrom,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export const MILESTONE_KINDS = [
  "turnedThree",
  "fiscalYearEnd12",
  "fiscalYearEnd15",
  "fiscalYearEnd18",
  "fiscalYearEnd22",
  "graduated",
  "supportEnded",
  "studyAbroadLimit",
  "shortStayOver",
] as const;

export type MilestoneKind = (typeof MILESTONE_KINDS)[number];

export const milestoneLabels: Readonly<Record<MilestoneKind, string>> = {
  turnedThree: "3歳到達",
  fiscalYearEnd12: "12歳年度末",
  fiscalYearEnd15: "15歳年度末",
  fiscalYearEnd18: "18歳年度末",
  fiscalYearEnd22: "22歳年度末",
  graduated: "卒業予定",
  supportEnded: "生計費の負担の終わり",
  studyAbroadLimit: "海外留学の限度",
  shortStayOver: "2か月の短期入所を超過",
};

/** One event of one person in one case. */
export type Milestone = {
  readonly recipientId: number;
  readonly addresseeNumber: number;
  /** 宛名番号 of the child or counted person */
  readonly child: number;
  readonly kind: MilestoneKind;
  /** 到達する日, 年度末, 卒業予定の月の末日, 限度の日 */
  readonly on: CivilDate;
  readonly month: Month;
};

/** 小学校・中学校の修了 changed an amount only before the reform of 2024-10. */
const REFORM = month("2024-10");

type Named = {
  readonly recipient_id: number;
  readonly addressee_number: number;
  readonly child_number: number;
  readonly birth_date: CivilDate;
  readonly as_child: boolean;
  readonly as_counted: boolean;
  readonly graduations: readonly CivilDate[] | null;
  readonly support_ends: readonly CivilDate[] | null;
  readonly statuses:
    | readonly {
        readonly kind: "abroad" | "institution";
        readonly from: CivilDate;
        readonly to: CivilDate | null;
        readonly short: boolean;
        readonly study: boolean;
      }[]
    | null;
};

// People named by approved claims of cases that are live in the months, or ended within a year before them: a case that
// ended meanwhile is named with that reason instead of being missed. Only people whose birth date or periods could make an event.
const NAMED = `
  WITH live AS (
    SELECT r.recipient_id, r.addressee_number, r.kind FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
    WHERE w.first_month <= $2::date AND (w.ended_from IS NULL OR w.ended_from > $1::date - interval '12 months')
      AND ($4::bigint[] IS NULL OR r.recipient_id = ANY ($4))
      AND NOT EXISTS (SELECT FROM allowance.recipient n JOIN allowance.recipient_window v USING (recipient_id)
                      WHERE n.addressee_number = r.addressee_number AND n.kind = r.kind AND n.ordinal > r.ordinal AND v.first_month <= $2::date)
  ), named AS (
    SELECT l.recipient_id, l.addressee_number, k.child_number, bool_or(k.role = 'child') AS as_child,
           bool_or(k.role = 'counted' OR k.support_from IS NOT NULL) AS as_counted,
           array_agg(k.graduation_month::date) FILTER (WHERE k.graduation_month BETWEEN $1 AND $2) AS graduations,
           array_agg(k.support_to) FILTER (WHERE k.support_to >= $1::date AND k.support_to < $2::date + interval '1 month') AS support_ends
    FROM live l JOIN allowance.claim c ON c.claimant_number = l.addressee_number AND c.recipient_kind = l.kind
    JOIN allowance.approval a ON a.claim_id = c.claim_id AND a.outcome <> 'refuse'
    JOIN allowance.claim_child k ON k.claim_id = c.claim_id
    WHERE NOT EXISTS (SELECT FROM allowance.claim_cancellation z WHERE z.claim_id = c.claim_id)
    GROUP BY 1, 2, 3
  ), periods AS (
    SELECT s.addressee_number, json_agg(json_build_object('kind', s.kind, 'from', s.starts_on, 'to', s.ends_on, 'short', s.short_stay, 'study', s.study)) AS statuses
    FROM (SELECT DISTINCT ON (addressee_number, kind, starts_on) * FROM allowance.status_period
          WHERE kind IN ('abroad', 'institution') AND (study OR short_stay) AND addressee_number IN (SELECT child_number FROM named)
          ORDER BY addressee_number, kind, starts_on, revision DESC) s
    WHERE NOT s.voided GROUP BY 1
  )
  SELECT n.recipient_id, n.addressee_number, n.child_number, p.birth_date, n.as_child, n.as_counted, n.graduations, n.support_ends, t.statuses
  FROM named n
  JOIN LATERAL (SELECT h.birth_date, h.birth_date_unknown FROM allowance.person_history h
                WHERE h.addressee_number = n.child_number ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) p ON NOT p.birth_date_unknown
  LEFT JOIN periods t ON t.addressee_number = n.child_number
  WHERE n.graduations IS NOT NULL OR n.support_ends IS NOT NULL OR t.statuses IS NOT NULL
     OR EXISTS (SELECT FROM unnest($3::daterange[]) b WHERE p.birth_date <@ b)
  ORDER BY n.recipient_id, n.child_number`;

const range = (from: CivilDate, to: CivilDate): string => `[${from},${to}]`;

/** Birth dates (both included) that can make an event of age in one of the months; a little wide, the exact rule follows. */
function birthRanges(months: readonly Month[]): string[] {
  return months.flatMap((of) => {
    const third = addMonths(of, -36);
    const ranges = [range(firstDayOfMonth(addMonths(third, -1)), lastDayOfMonth(addMonths(third, 1)))];
    if (!of.endsWith("-03")) return ranges;
    // 年度末 of age n in this March: born between 2 April n + 1 years before and 1 April n years before.
    const years = of < REFORM ? [12, 15, 18, 22] : [18, 22];
    return [
      ...ranges,
      ...years.map((age) =>
        range(firstDayOfMonth(addMonths(of, -12 * (age + 1))), lastDayOfMonth(addMonths(of, -12 * age + 1))),
      ),
    ];
  });
}

/** 3歳未満の額の最後の月: the month of the third birthday for every birth date (6条2項4号・5号の初日の特則, 9条3項). */
const thirdBirthdayMonth = (birth: CivilDate): Month => addMonths(monthOf(birth), 36);

type Event = Pick<Milestone, "kind" | "on">;

function agesOf(row: Named): readonly Event[] {
  const { birth_date: birth, as_child, as_counted } = row;
  const events: Event[] = [];
  if (as_child) {
    // Born on the 1st: the event is the birthday itself, for everybody else the eve; both lie in the birthday's month.
    const eve = attainmentDay(birth, 3);
    const on = monthOf(eve) === thirdBirthdayMonth(birth) ? eve : addDays(eve, 1);
    events.push({ kind: "turnedThree", on });
    for (const [age, kind] of [
      [12, "fiscalYearEnd12"],
      [15, "fiscalYearEnd15"],
      [18, "fiscalYearEnd18"],
    ] as const) {
      const end = fiscalYearEnd(birth, age);
      if (age === 18 || monthOf(end) < REFORM) events.push({ kind, on: end });
    }
  }
  if (as_counted) events.push({ kind: "fiscalYearEnd22", on: fiscalYearEnd(birth, 22) });
  return events;
}

function periodsOf(row: Named): readonly Event[] {
  const last18 = fiscalYearEnd(row.birth_date, 18);
  return (row.statuses ?? []).flatMap(({ kind, from, to, short, study }): Event[] => {
    if (kind === "abroad" && study) {
      // 3年 for a 児童 (規則1条), 4年 for a person counted after the school year of 18 (規則1条の3の2第3項)
      return ([3, 4] as const).flatMap((years) => {
        const on = attainmentDay(from, years);
        const fits = years === 3 ? on <= last18 : on > last18;
        return fits && (to === null || to > on) ? [{ kind: "studyAbroadLimit", on }] : [];
      });
    }
    if (kind === "institution" && short) {
      const months = addMonths(monthOf(from), 2);
      const end = lastDayOfMonth(months);
      const same = `${months}-${from.slice(8)}`;
      const over = same > end ? addDays(end, 1) : (same as CivilDate);
      return to === null || to >= over ? [{ kind: "shortStayOver", on: over }] : [];
    }
    return [];
  });
}

function eventsOf(row: Named): readonly Event[] {
  return [
    ...agesOf(row),
    ...periodsOf(row),
    ...(row.graduations ?? []).map((on): Event => ({ kind: "graduated", on: lastDayOfMonth(monthOf(on)) })),
    ...(row.support_ends ?? []).map((on): Event => ({ kind: "supportEnded", on })),
  ];
}

/**
 * The events of the months from `from` to `until`, in order of 認定番号, month, child.
 *
 * @param recipients only these 認定番号
 */
export async function milestonesIn(
  connection: Queryable,
  from: Month,
  until: Month,
  recipients?: readonly number[],
): Promise<readonly Milestone[]> {
  const { rows } = await connection.query<Named>(NAMED, [
    firstDayOfMonth(from),
    firstDayOfMonth(until),
    birthRanges(monthsFrom(from, until)),
    recipients ?? null,
  ]);
  const found = new Map<string, Milestone>();
  for (const row of rows) {
    for (const { kind, on } of eventsOf(row)) {
      const at = monthOf(on);
      if (at < from || at > until) continue;
      const { recipient_id: recipientId, addressee_number: addresseeNumber, child_number: child } = row;
      found.set(`${recipientId}/${child}/${kind}/${at}`, { recipientId, addresseeNumber, child, kind, on, month: at });
    }
  }
  return [...found.values()].toSorted(
    (left, right) =>
      left.recipientId - right.recipientId ||
      (left.month < right.month ? -1 : left.month > right.month ? 1 : 0) ||
      left.child - right.child ||
      MILESTONE_KINDS.indexOf(left.kind) - MILESTONE_KINDS.indexOf(right.kind),
  );
}
