/** Reads from the register everything that the law may ask about a claimant and the children of the claims. */
import type { CivilDate, ClaimCauseKind, ClaimKind, RecipientKind } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

/** A case (事案): one claimant in one capacity, with all claims ever filed. */
export type CaseKey = { readonly claimant: number; readonly kind: RecipientKind };

export const caseId = (key: CaseKey): string => `${key.kind}/${key.claimant}`;

/** One row of the residents' register, last version, not deleted. */
export type PersonRow = {
  readonly addressee_number: number;
  readonly valid_from: CivilDate;
  readonly event_code: string;
  readonly resident_state: number;
  readonly birth_date: CivilDate;
  readonly birth_date_unknown: boolean;
  readonly kana: string;
};

/** A dated fact (status_period), last version. */
export type StatusRow = {
  readonly kind: "publicServant" | "detained" | "abroad" | "institution" | "careEnd" | "supportEnd";
  readonly addressee_number: number;
  readonly counterparty_number: number | null;
  readonly starts_on: CivilDate;
  readonly ends_on: CivilDate | null;
  readonly short_stay: boolean;
  readonly study: boolean;
  readonly lived_in_japan_since: CivilDate | null;
};

/** 居住の特例: days on which a person without 住民票 here lived here all the same, confirmed by two people. */
export type ResidenceRow = {
  readonly addressee_number: number;
  readonly valid_from: CivilDate;
  readonly valid_to: CivilDate | null;
};

/** The income of one year, last history row in its last version, whole yen. */
export type IncomeRow = {
  readonly addressee_number: number;
  readonly income_year: number;
  readonly employment: number;
  readonly pension: number;
  readonly other: number;
  readonly deductions: number;
  readonly dependants: number;
  readonly elderly_dependants: number;
  readonly known_on: CivilDate | null;
};

export type ClaimChildRow = {
  readonly claim_id: number;
  readonly child_number: number;
  readonly role: "child" | "counted";
  readonly serial: number;
  readonly care_from: CivilDate | null;
  readonly care_to: CivilDate | null;
  readonly support_from: CivilDate | null;
  readonly support_to: CivilDate | null;
  /** 生計費の負担; null: the same days as the care */
  readonly cost_from: CivilDate | null;
  readonly cost_to: CivilDate | null;
  /** What excludes from being counted (コード表 siblingExclusion) */
  readonly exclusion: string | null;
  readonly graduation_month: CivilDate | null;
};

export type ClaimRow = {
  readonly claim_id: number;
  /** The first claim of a chain of 取消・再決定: the one that opened the 認定番号. Without a cancellation the claim itself. */
  readonly root_claim_id: number;
  readonly reception_number: string;
  readonly kind: ClaimKind;
  readonly received_on: CivilDate;
  readonly claimant_number: number;
  readonly recipient_kind: RecipientKind;
  readonly cause: ClaimCauseKind;
  readonly cause_on: CivilDate | null;
  readonly obstacle_ended_on: CivilDate | null;
  readonly ward_code: string;
  readonly account: Readonly<Record<"bank" | "branch" | "accountType" | "accountNumber" | "holder", string>> | null;
  /** Whether the claim has been approved (決裁済み) */
  readonly approved: boolean;
  /** The last examination, if any */
  readonly seq: number | null;
  readonly outcome: "grant" | "refuse" | "impossible" | null;
  readonly facts_digest: string | null;
  readonly rule_version: string | null;
  readonly examined_by: string | null;
};

/** Everything about one case. Claims in order of receipt; withdrawn, refused and cancelled ones are not there. */
export type CaseRows = {
  readonly key: CaseKey;
  readonly claims: readonly ClaimRow[];
  readonly children: ReadonlyMap<number, readonly ClaimChildRow[]>;
  /** Register rows of the claimant and of all children, by 宛名番号 */
  readonly persons: ReadonlyMap<number, readonly PersonRow[]>;
  readonly statuses: ReadonlyMap<number, readonly StatusRow[]>;
  readonly incomes: readonly IncomeRow[];
  /** 居住の特例 of the claimant */
  readonly residences: readonly ResidenceRow[];
};

const CLAIMS = `
  SELECT c.claim_id, coalesce(z.root_claim, c.claim_id) AS root_claim_id, c.reception_number, c.kind, c.received_on, c.claimant_number, c.recipient_kind, c.cause, c.cause_on,
         c.obstacle_ended_on, c.ward_code, c.account, a.claim_id IS NOT NULL AS approved,
         x.seq, x.outcome, x.facts_digest, x.rule_version, x.examined_by
  FROM unnest($1::bigint[], $2::text[]) k(claimant, kind)
  JOIN allowance.claim c ON c.claimant_number = k.claimant AND c.recipient_kind = k.kind
  LEFT JOIN allowance.approval a ON a.claim_id = c.claim_id
  LEFT JOIN allowance.claim_cancellation z ON z.replaced_by = c.claim_id
  LEFT JOIN LATERAL (SELECT e.seq, e.outcome, e.facts_digest, e.rule_version, e.examined_by FROM allowance.examination e
                     WHERE e.claim_id = c.claim_id ORDER BY e.seq DESC LIMIT 1) x ON true
  WHERE NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)
    AND NOT EXISTS (SELECT FROM allowance.claim_cancellation y WHERE y.claim_id = c.claim_id)
    AND a.outcome IS DISTINCT FROM 'refuse'
  ORDER BY c.received_on, c.claim_id`;

const CHILDREN = `
  SELECT claim_id, child_number, role, serial, care_from, care_to, support_from, support_to, cost_from, cost_to, exclusion, graduation_month
  FROM allowance.claim_child WHERE claim_id = ANY($1::bigint[]) ORDER BY claim_id, serial, child_number`;

const PERSONS = `
  SELECT addressee_number, valid_from, event_code, resident_state, birth_date, birth_date_unknown, kana FROM (
    SELECT DISTINCT ON (addressee_number, history_no) * FROM allowance.person_history
    WHERE addressee_number = ANY($1::bigint[]) ORDER BY addressee_number, history_no, revision DESC) p
  WHERE NOT deleted ORDER BY addressee_number, history_no`;

const STATUSES = `
  SELECT kind, addressee_number, counterparty_number, starts_on, ends_on, short_stay, study, lived_in_japan_since FROM (
    SELECT DISTINCT ON (addressee_number, kind, starts_on) * FROM allowance.status_period
    WHERE addressee_number = ANY($1::bigint[]) ORDER BY addressee_number, kind, starts_on, revision DESC) s
  WHERE NOT voided ORDER BY addressee_number, kind, starts_on`;

const INCOMES = `
  SELECT DISTINCT ON (addressee_number, income_year) addressee_number, income_year, employment, pension, other, deductions,
         dependants, elderly_dependants, known_on
  FROM allowance.income_history WHERE addressee_number = ANY($1::bigint[])
  ORDER BY addressee_number, income_year, history_no DESC, revision DESC`;

const RESIDENCES = `
  SELECT addressee_number, valid_from, valid_to FROM allowance.residence_exception_confirmed
  WHERE addressee_number = ANY($1::bigint[]) ORDER BY addressee_number, valid_from`;

function groupBy<T>(rows: readonly T[], key: (row: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

/**
 * Loads the cases in six statements, however many there are. Cases without a live claim are left out.
 *
 * @param alsoPersons 宛名番号 of further persons whose rows are wanted (children whom no stored claim names yet)
 */
export async function loadCases(
  connection: Queryable,
  keys: readonly CaseKey[],
  alsoPersons: readonly number[] = [],
): Promise<CaseRows[]> {
  const claims = await connection.query<ClaimRow>(CLAIMS, [
    keys.map(({ claimant }) => claimant),
    keys.map(({ kind }) => kind),
  ]);
  const children = await connection.query<ClaimChildRow>(CHILDREN, [claims.rows.map(({ claim_id }) => claim_id)]);
  const claimants = keys.map(({ claimant }) => claimant);
  const everyone = [
    ...new Set([...claimants, ...alsoPersons, ...children.rows.map(({ child_number }) => child_number)]),
  ];
  const persons = await connection.query<PersonRow>(PERSONS, [everyone]);
  const statuses = await connection.query<StatusRow>(STATUSES, [everyone]);
  const incomes = await connection.query<IncomeRow>(INCOMES, [claimants]);
  const residences = await connection.query<ResidenceRow>(RESIDENCES, [claimants]);

  const childrenByClaim = groupBy(children.rows, (row) => row.claim_id);
  const personsByNumber = groupBy(persons.rows, (row) => row.addressee_number);
  const statusesByNumber = groupBy(statuses.rows, (row) => row.addressee_number);
  const residencesByNumber = groupBy(residences.rows, (row) => row.addressee_number);
  const incomesByNumber = groupBy(incomes.rows, (row) => row.addressee_number);
  const claimsByCase = new Map<string, ClaimRow[]>();
  for (const claim of claims.rows) {
    const id = caseId({ claimant: claim.claimant_number, kind: claim.recipient_kind });
    claimsByCase.set(id, [...(claimsByCase.get(id) ?? []), claim]);
  }
  return keys.flatMap((key) => {
    const own = claimsByCase.get(caseId(key)) ?? [];
    if (own.length === 0 && alsoPersons.length === 0) return [];
    return [
      {
        key,
        claims: own,
        children: childrenByClaim,
        persons: personsByNumber,
        statuses: statusesByNumber,
        incomes: incomesByNumber.get(key.claimant) ?? [],
        residences: residencesByNumber.get(key.claimant) ?? [],
      },
    ];
  });
}
