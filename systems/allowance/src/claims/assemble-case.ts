/** Turns the rows of a case into the facts that the law asks for: exactly its `AssessmentCase`. Pure. */
import { createHash } from "node:crypto";

import {
  type AssessmentCase,
  type ChildFacts,
  type Claim,
  type CivilDate,
  type Month,
  monthOf,
  type Period,
} from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";

import { caseId, type CaseRows, type ClaimRow, type StatusRow } from "./case-rows.ts";
import { carePeriods, joined, lifeOf, type Mention, statusPeriods, supportPeriods } from "./periods.ts";

/** Facts that can't be assembled: something needed isn't in the register. */
export type MissingFact = { readonly missing: string };

export type Facts = { readonly json: AssessmentCase; readonly text: string; readonly digest: string };

/** Facts in their one form, with the digest that a decision is bound to (M4). */
export function sealFacts(json: AssessmentCase): Facts {
  const text = canonicalJson(json);
  return { json, text, digest: createHash("sha256").update(text).digest("hex") };
}

const shown = (number: number): string => String(number).padStart(15, "0");

function childFacts(rows: CaseRows, child: number, mentions: readonly Mention[]): ChildFacts | MissingFact {
  const persons = rows.persons.get(child) ?? [];
  const person = persons.at(-1);
  if (person === undefined) return { missing: `児童（宛名番号 ${shown(child)}）が住民基本台帳の連携にありません` };
  if (person.birth_date_unknown) return { missing: `児童（宛名番号 ${shown(child)}）の生年月日が不詳です` };
  const birthDate = person.birth_date;
  const statuses = rows.statuses.get(child) ?? [];
  const endsOf = (kind: StatusRow["kind"]): CivilDate[] =>
    statuses
      .filter((row) => row.kind === kind && row.counterparty_number === rows.key.claimant)
      .map((row) => row.starts_on);
  const cared = mentions.filter(({ row }) => row.role === "child");
  const placements = statuses.filter((row) => row.kind === "institution");
  const own = placements.filter((row) => row.counterparty_number === rows.key.claimant && !row.short_stay);
  const institutional = rows.key.kind === "institution";
  // An institution has the child exactly while the child is placed there; a parent while the claims and reports say so.
  const care: readonly Period[] =
    institutional && own.length > 0
      ? own.map((row) => ({ from: row.starts_on, to: row.ends_on }))
      : carePeriods(birthDate, cared, endsOf("careEnd"));
  const supported = supportPeriods(birthDate, mentions, endsOf("supportEnd"));
  const abroad = statuses
    .filter((row) => row.kind === "abroad")
    .map((row) => ({
      from: row.starts_on,
      to: row.ends_on,
      study: row.study,
      livedInJapanSince: row.lived_in_japan_since,
    }));
  const institution = (institutional ? own : placements).map((row) => ({
    from: row.starts_on,
    to: row.ends_on,
    shortStay: row.short_stay,
  }));
  const { deathDate } = lifeOf(persons);
  return {
    id: String(child),
    birthDate,
    serial: mentions.at(-1)?.row.serial ?? 1,
    ...(deathDate === null ? {} : { deathDate }),
    care,
    ...(supported.length === 0 ? {} : { supported }),
    ...(abroad.length === 0 ? {} : { abroad }),
    ...(institution.length === 0 ? {} : { institution }),
  };
}

function claimFacts(rows: CaseRows, claim: ClaimRow): Claim {
  return {
    kind: claim.kind,
    receivedOn: claim.received_on,
    children: (rows.children.get(claim.claim_id) ?? []).map(({ child_number }) => String(child_number)),
    cause: {
      kind: claim.cause,
      ...(claim.cause_on === null ? {} : { on: claim.cause_on }),
      ...(claim.obstacle_ended_on === null ? {} : { obstacleEndedOn: claim.obstacle_ended_on }),
    },
  };
}

export type AssembleOptions = {
  /** Reported months, both included */
  readonly from: Month;
  readonly until: Month;
  readonly closedDays: readonly CivilDate[];
};

/** The earliest month that any of the claims could concern. */
export function firstMonthOf(claims: readonly ClaimRow[]): Month {
  const days = claims.map(({ received_on, cause_on }) =>
    cause_on !== null && cause_on < received_on ? cause_on : received_on,
  );
  return monthOf(days.reduce((left, right) => (left < right ? left : right)));
}

/** Assembles the facts of a case for the given claims (a part of `rows.claims`, at least one). */
export function assembleCase(
  rows: CaseRows,
  claims: readonly ClaimRow[],
  options: AssembleOptions,
): AssessmentCase | MissingFact {
  const mentions = new Map<number, Mention[]>();
  for (const claim of claims) {
    const named = rows.children.get(claim.claim_id) ?? [];
    if (named.length === 0) return { missing: `受付番号 ${claim.reception_number} の請求に児童がありません` };
    for (const row of named)
      mentions.set(row.child_number, [...(mentions.get(row.child_number) ?? []), { claim, row }]);
  }
  const children: ChildFacts[] = [];
  for (const [child, each] of [...mentions].toSorted(([left], [right]) => left - right)) {
    const facts = childFacts(rows, child, each);
    if ("missing" in facts) return facts;
    children.push(facts);
  }
  const individual = rows.key.kind === "individual";
  const persons = rows.persons.get(rows.key.claimant) ?? [];
  if (individual && persons.length === 0) {
    return { missing: `請求者（宛名番号 ${shown(rows.key.claimant)}）が住民基本台帳の連携にありません` };
  }
  const { residence, deathDate } = lifeOf(persons);
  // 居住の特例: somebody who has fled, or lives in a home, lives here although the 住民票 is elsewhere; not after death.
  const exceptions = rows.residences.map(({ valid_from, valid_to }) => ({
    from: valid_from,
    to: deathDate !== null && (valid_to === null || valid_to > deathDate) ? deathDate : valid_to,
  }));
  const lived =
    exceptions.length === 0
      ? residence
      : joined([...residence.map(({ from, to }) => ({ from, to: to ?? null })), ...exceptions]);
  const statuses = rows.statuses.get(rows.key.claimant) ?? [];
  const publicServant = statusPeriods(statuses, "publicServant");
  const detained = statusPeriods(statuses, "detained");
  const birth = persons.at(-1);
  return {
    case: caseId(rows.key),
    from: options.from,
    until: options.until,
    mode: "full",
    ...(options.closedDays.length === 0 ? {} : { municipality: { closedDays: options.closedDays } }),
    recipient: {
      kind: rows.key.kind,
      ...(birth === undefined || birth.birth_date_unknown ? {} : { birthDate: birth.birth_date }),
      ...(deathDate === null ? {} : { deathDate }),
      ...(individual ? { residence: lived } : {}),
      ...(publicServant.length === 0 ? {} : { publicServant }),
      ...(detained.length === 0 ? {} : { detained }),
      ...(rows.incomes.length === 0
        ? {}
        : {
            incomes: rows.incomes.map((row) => ({
              year: row.income_year,
              employment: row.employment,
              pension: row.pension,
              other: row.other,
              deductions: row.deductions,
              dependants: row.dependants,
              elderlyDependants: row.elderly_dependants,
              knownOn: row.known_on,
            })),
          }),
    },
    children,
    claims: claims.map((claim) => claimFacts(rows, claim)),
  };
}
