/** Reads what the registers show about recipients on the day of the review, set by set, with the very rows that were looked at. */
import {
  type Calendar,
  type CivilDate,
  judgedIncome,
  type IncomeRecord,
  month,
  monthOf,
} from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { ReviewChild, ReviewFacts, ReviewIncome } from "./rules.ts";
import { monthsOf, type Standing, standingOf } from "./year-picture.ts";

/** Numbers and revisions of the rows that a judgement rests on. */
export type Evidence = {
  readonly decision: number;
  readonly facts: string;
  /** 宛名番号, 履歴番号, 版 of each person */
  readonly persons: readonly (readonly [number, number, number])[];
  /** 記載番号 and 版 of entries: coverage, circumstances of children, mailing address, counted siblings, other parent */
  readonly entries: readonly (readonly [number, number])[];
  /** 宛名番号, 所得年, 履歴番号, 版 of the tax rows */
  readonly incomes: readonly (readonly [number, number, number, number])[];
};

export type LoadedReview = {
  readonly standing: Standing;
  readonly facts: ReviewFacts;
  readonly evidence: Evidence;
  readonly employeeClass: "employee" | "nonEmployee" | null;
  readonly coverage: CoverageRow | undefined;
};

type PersonRow = {
  readonly number: number;
  readonly history: number;
  readonly revision: number;
  readonly state: number;
  readonly household: number;
};
type ChildRow = {
  readonly entry: number;
  readonly revision: number;
  readonly number: number;
  readonly child: number;
  readonly living: "together" | "apart";
  readonly reason: string | null;
};
type SiblingRow = {
  readonly entry: number;
  readonly revision: number;
  readonly number: number;
  readonly sibling: number;
  readonly situation: "student" | "other";
};
export type CoverageRow = {
  readonly entry: number;
  readonly revision: number;
  readonly number: number;
  readonly employeeClass: "employee" | "nonEmployee";
  readonly healthInsurance: string | null;
  readonly insuredOn: string | null;
  readonly pensionKind: string | null;
  readonly pensionOn: string | null;
};
type OtherRow = {
  readonly entry: number;
  readonly revision: number;
  readonly number: number;
  readonly related: number;
};
type IncomeRow = {
  readonly number: number;
  readonly history: number;
  readonly revision: number;
  readonly employment: number;
  readonly pension: number;
  readonly other: number;
  readonly deductions: number;
};

const PERSONS = `
  SELECT DISTINCT ON (addressee_number) addressee_number AS number, history_no AS history, revision, resident_state AS state,
         household_number AS household
  FROM (SELECT DISTINCT ON (addressee_number, history_no) * FROM allowance.person_history WHERE addressee_number = ANY($1::bigint[])
        ORDER BY addressee_number, history_no, revision DESC) p
  WHERE NOT deleted ORDER BY addressee_number, history_no DESC`;
/** Whether a person was resident in the city on a day (1 January: where the tax of the year before is kept). */
const RESIDENT_ON = `
  SELECT number FROM (
    SELECT DISTINCT ON (addressee_number) addressee_number AS number, resident_state AS state
    FROM (SELECT DISTINCT ON (addressee_number, history_no) * FROM allowance.person_history WHERE addressee_number = ANY($1::bigint[])
          ORDER BY addressee_number, history_no, revision DESC) p
    WHERE NOT deleted AND valid_from <= $2::date ORDER BY addressee_number, history_no DESC) x WHERE state = 1`;
const CHILDREN = `
  SELECT entry_id AS entry, revision, addressee_number AS number, child_number AS child, living, apart_reason AS reason
  FROM allowance.child_circumstance_confirmed
  WHERE addressee_number = ANY($1::bigint[]) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)`;
const SEPARATE = `
  SELECT DISTINCT ON (recipient_id, child_number) recipient_id AS recipient, child_number AS child, reason
  FROM allowance.separate_care WHERE recipient_id = ANY($1::bigint[]) AND since_on <= $2 ORDER BY recipient_id, child_number, filing_id DESC`;
const SIBLINGS = `
  SELECT entry_id AS entry, revision, addressee_number AS number, sibling_number AS sibling, situation
  FROM allowance.counted_sibling_confirmed
  WHERE addressee_number = ANY($1::bigint[]) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)`;
/** A statement (確認書, claim) with an expected graduation is a student's. */
const CLAIMED_SIBLINGS = `
  SELECT c.claimant_number AS number, k.child_number AS sibling, bool_or(k.graduation_month IS NOT NULL) AS student
  FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id) JOIN allowance.approval a ON a.claim_id = c.claim_id AND a.outcome = 'grant'
  WHERE c.claimant_number = ANY($1::bigint[]) AND k.role = 'counted' GROUP BY 1, 2`;
const COVERAGE = `
  SELECT DISTINCT ON (addressee_number) entry_id AS entry, revision, addressee_number AS number, employee_class AS "employeeClass",
         health_insurance AS "healthInsurance", insured_on AS "insuredOn", pension_kind AS "pensionKind", pension_on AS "pensionOn"
  FROM allowance.coverage_confirmed WHERE addressee_number = ANY($1::bigint[]) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
  ORDER BY addressee_number, valid_from DESC, entry_id DESC`;
const HIDDEN = `
  SELECT entry_id AS entry, revision, addressee_number AS number FROM allowance.mailing_address_confirmed
  WHERE addressee_number = ANY($1::bigint[]) AND cause = 'safety' AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)`;
const OTHERS = `
  SELECT DISTINCT ON (addressee_number) entry_id AS entry, revision, addressee_number AS number, related_number AS related
  FROM allowance.related_person_confirmed
  WHERE addressee_number = ANY($1::bigint[]) AND related_number IS NOT NULL AND role IN ('spouse', 'otherParent')
    AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY addressee_number, role DESC, entry_id DESC`;
const INCOMES = `
  SELECT DISTINCT ON (addressee_number) addressee_number AS number, history_no AS history, revision, employment, pension, other, deductions
  FROM allowance.income_history WHERE addressee_number = ANY($1::bigint[]) AND income_year = $2
  ORDER BY addressee_number, history_no DESC, revision DESC`;
const PUBLIC_SERVANTS = `
  SELECT number FROM (SELECT DISTINCT ON (addressee_number, starts_on) addressee_number AS number, starts_on, ends_on, voided FROM allowance.status_period
    WHERE kind = 'publicServant' AND addressee_number = ANY($1::bigint[]) ORDER BY addressee_number, starts_on, revision DESC) s
  WHERE NOT voided AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)`;
const EARLIER = `
  SELECT DISTINCT recipient_id AS id FROM allowance.annual_report_current
  WHERE recipient_id = ANY($1::bigint[]) AND fiscal_year < $2 AND reception = 'notSubmitted'`;
const CALLS =
  "SELECT recipient_id AS id FROM allowance.review_call WHERE recipient_id = ANY($1::bigint[]) AND fiscal_year = $2";
/** Reports of the review itself don't stand in its way. */
const OPEN_CLAIMS = `
  SELECT DISTINCT c.claimant_number AS number FROM allowance.claim c
  WHERE c.claimant_number = ANY($1::bigint[]) AND NOT EXISTS (SELECT FROM allowance.approval a WHERE a.claim_id = c.claim_id)
    AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)`;

const key = (left: number, right: number): string => `${left}/${right}`;
const byNumber = <T extends { readonly number: number }>(rows: readonly T[]): ReadonlyMap<number, T> =>
  new Map(rows.map((row) => [row.number, row]));
const ids = (rows: readonly { readonly id: number }[]): ReadonlySet<number> => new Set(rows.map(({ id }) => id));

function incomeOf(
  number: number,
  year: number,
  rows: ReadonlyMap<number, IncomeRow>,
  residents: ReadonlySet<number>,
): ReviewIncome {
  const row = rows.get(number);
  if (row !== undefined) {
    const record: IncomeRecord = {
      year,
      employment: row.employment,
      pension: row.pension,
      other: row.other,
      deductions: row.deductions,
    };
    return { kind: "known", judged: judgedIncome(record) };
  }
  return { kind: residents.has(number) ? "undeclared" : "elsewhere" };
}

export type ReviewQuestion = {
  readonly year: number;
  /** The day whose state is looked at: the base day for the facts, but never before today's knowledge */
  readonly day: CivilDate;
  readonly calendar: Calendar;
};

/** Everything about the given recipients, in about a dozen statements however many they are. */
export async function loadReviews(
  client: Queryable,
  recipients: readonly number[],
  { year, day, calendar }: ReviewQuestion,
): Promise<readonly LoadedReview[]> {
  const standings = await standingOf(client, recipients);
  const owners = standings.map(({ number }) => number);
  const rows = async <T extends object>(sql: string, ...values: unknown[]): Promise<readonly T[]> =>
    (await client.query<T>(sql, values)).rows;
  const others = byNumber(await rows<OtherRow>(OTHERS, owners, day));
  const present = monthOf(day);
  const familyOf = new Map(
    standings.map(
      (
        standing,
      ): [number, readonly { readonly number: number; readonly payable: boolean; readonly young: boolean }[]] => {
        const from =
          month(standing.firstMonth.slice(0, 7)) > present ? month(standing.firstMonth.slice(0, 7)) : present;
        const [picture] = monthsOf(standing, calendar, from, from) ?? [];
        return [
          standing.recipientId,
          (picture?.children ?? [])
            .filter(({ amount, counted }) => amount !== null || counted)
            .map(({ id, amount, band }) => ({ number: Number(id), payable: amount !== null, young: band === "U3" })),
        ];
      },
    ),
  );
  const everyone = [
    ...new Set([
      ...owners,
      ...[...others.values()].map(({ related }) => related),
      ...[...familyOf.values()].flat().map(({ number }) => number),
    ]),
  ];
  const persons = byNumber(await rows<PersonRow>(PERSONS, everyone));
  const circumstances = await rows<ChildRow>(CHILDREN, owners, day);
  const separate = await rows<{ recipient: number; child: number; reason: string }>(SEPARATE, recipients, day);
  const siblings = await rows<SiblingRow>(SIBLINGS, owners, day);
  const claimed = await rows<{ number: number; sibling: number; student: boolean }>(CLAIMED_SIBLINGS, owners);
  const coverage = byNumber(await rows<CoverageRow>(COVERAGE, owners, day));
  const hidden = byNumber(await rows<{ entry: number; revision: number; number: number }>(HIDDEN, owners, day));
  const taxed = [...owners, ...[...others.values()].map(({ related }) => related)];
  const incomes = byNumber(await rows<IncomeRow>(INCOMES, taxed, year - 1));
  const residents = new Set(
    (await rows<{ number: number }>(RESIDENT_ON, taxed, `${year}-01-01`)).map(({ number }) => number),
  );
  const servants = new Set((await rows<{ number: number }>(PUBLIC_SERVANTS, owners, day)).map(({ number }) => number));
  const earlier = ids(await rows<{ id: number }>(EARLIER, recipients, year));
  const called = ids(await rows<{ id: number }>(CALLS, recipients, year));
  const open = new Set((await rows<{ number: number }>(OPEN_CLAIMS, owners)).map(({ number }) => number));
  const circumstanceOf = new Map(circumstances.map((row) => [key(row.number, row.child), row]));
  const separateOf = new Map(separate.map((row) => [key(row.recipient, row.child), row.reason]));
  const siblingOf = new Map(siblings.map((row) => [key(row.number, row.sibling), row]));
  const claimedOf = new Map(claimed.map((row) => [key(row.number, row.sibling), row.student]));

  return standings.map((standing): LoadedReview => {
    const { recipientId, number, kind } = standing;
    const own = persons.get(number);
    const other = others.get(number);
    const entries: (readonly [number, number])[] = [];
    const family = familyOf.get(recipientId) ?? [];
    const children = family.map((child): ReviewChild => {
      const person = persons.get(child.number);
      const circumstance = circumstanceOf.get(key(number, child.number));
      const apart = separateOf.get(key(recipientId, child.number));
      const sibling = siblingOf.get(key(number, child.number));
      if (circumstance !== undefined) entries.push([circumstance.entry, circumstance.revision]);
      if (sibling !== undefined) entries.push([sibling.entry, sibling.revision]);
      const statement = claimedOf.get(key(number, child.number)) === true ? "student" : "other";
      return {
        number: child.number,
        payable: child.payable,
        underThree: child.young,
        // 消除 (9): taken out of the register ex officio, so there is no 住民票
        registered: person !== undefined && person.state !== 9,
        resident: person?.state === 1,
        dead: person?.state === 3,
        sameHousehold: kind !== "individual" || (person !== undefined && person.household === own?.household),
        living: circumstance?.living ?? (apart === undefined ? null : "apart"),
        apartReason: circumstance?.reason ?? apart ?? null,
        situation: child.payable ? null : (sibling?.situation ?? statement),
      };
    });
    const insured = coverage.get(number);
    if (insured !== undefined) entries.push([insured.entry, insured.revision]);
    const safe = hidden.get(number);
    if (safe !== undefined) entries.push([safe.entry, safe.revision]);
    if (other !== undefined) entries.push([other.entry, other.revision]);
    const compared = kind === "individual" && other !== undefined ? other.related : undefined;
    const employeeClass = insured?.employeeClass ?? standing.claimClass;
    const looked = [number, ...(compared === undefined ? [] : [compared]), ...family.map((child) => child.number)];
    const taxRows = [number, ...(compared === undefined ? [] : [compared])].flatMap((each) => {
      const row = incomes.get(each);
      return row === undefined ? [] : [[each, year - 1, row.history, row.revision] as const];
    });
    return {
      standing,
      employeeClass,
      coverage: insured,
      facts: {
        kind,
        claimedOn: standing.claimedOn,
        resident: kind !== "individual" || own?.state === 1,
        hidden: safe !== undefined,
        publicServant: servants.has(number),
        coverageKnown: employeeClass !== null,
        children,
        own: incomeOf(number, year - 1, incomes, residents),
        other: compared === undefined ? null : incomeOf(compared, year - 1, incomes, residents),
        earlierMissing: earlier.has(recipientId),
        called: called.has(recipientId),
        claimOpen: open.has(number),
      },
      evidence: {
        decision: standing.decisionSeq,
        facts: standing.factsDigest,
        persons: looked.flatMap((each) => {
          const person = persons.get(each);
          return person === undefined ? [] : [[each, person.history, person.revision] as const];
        }),
        entries: entries.toSorted(([left], [right]) => left - right),
        incomes: taxRows,
      },
    };
  });
}
