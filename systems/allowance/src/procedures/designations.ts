/** 父母指定者の台帳: who is designated for which child, and until when (児童手当法4条1項2号, 施行規則1条の3; A44, D7). Reads only. */
import { type CivilDate, fiscalYearEnd } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Difference } from "../filings/procedure.ts";
import { stands } from "../filings/stands.ts";
import { shownNumber, stop } from "./answers.ts";

export type Designation = {
  readonly designationId: number;
  readonly designee: number;
  readonly child: number;
  readonly validFrom: CivilDate;
  readonly expiresOn: CivilDate;
  /** Last day, where it was ended before it expired */
  readonly endedOn: CivilDate | null;
  readonly cause: string | null;
};

const ROWS = `
  SELECT d.designation_id AS "designationId", d.designee_number AS designee, d.child_number AS child, d.valid_from AS "validFrom",
         d.expires_on AS "expiresOn", e.ended_on AS "endedOn", e.cause
  FROM allowance.parent_designation d LEFT JOIN allowance.parent_designation_end e ON e.designation_id = d.designation_id AND ${stands("e")}
  WHERE ${stands("d")}`;

const lastDay = ({ expiresOn, endedOn }: Designation): CivilDate =>
  endedOn !== null && endedOn < expiresOn ? endedOn : expiresOn;

/** All designations of the children, oldest first. */
export async function designationsFor(
  connection: Queryable,
  children: readonly number[],
): Promise<readonly Designation[]> {
  const { rows } = await connection.query<Designation>(
    `${ROWS} AND d.child_number = ANY($1::bigint[]) ORDER BY d.designation_id`,
    [children],
  );
  return rows;
}

/** The designation in force for a child on a day. */
export async function designationOn(
  connection: Queryable,
  child: number,
  day: CivilDate,
): Promise<Designation | undefined> {
  const all = await designationsFor(connection, [child]);
  return all.findLast((each) => each.validFrom <= day && day <= lastDay(each));
}

/** Designations that end within a period, soonest first: for the list of what to look at. */
export async function expiringDesignations(
  connection: Queryable,
  from: CivilDate,
  until: CivilDate,
): Promise<readonly Designation[]> {
  const { rows } = await connection.query<Designation>(
    `${ROWS} AND e.designation_id IS NULL AND d.expires_on BETWEEN $1 AND $2 ORDER BY d.expires_on, d.designation_id`,
    [from, until],
  );
  return rows;
}

/** A designation lasts at most to the end of the school year in which the child is 18. */
export const latestExpiry = (birthDate: CivilDate): CivilDate => fiscalYearEnd(birthDate, 18);

/**
 * 父母指定者の認定請求と台帳の照合: what stands against a claim of a designated person, child by child; empty when every child is
 * designated to the claimant on the day.
 */
export async function checkDesignation(
  connection: Queryable,
  claim: { readonly claimant: number; readonly children: readonly number[]; readonly on: CivilDate },
): Promise<readonly Difference[]> {
  const all = await designationsFor(connection, claim.children);
  return claim.children.flatMap((child): Difference[] => {
    const own = all.filter((each) => each.child === child);
    const live = own.filter((each) => each.validFrom <= claim.on && claim.on <= lastDay(each));
    if (live.some(({ designee }) => designee === claim.claimant)) return [];
    const shown = `児童（宛名番号 ${shownNumber(child)}）`;
    const other = live[0];
    if (other !== undefined) {
      const text = `${shown}の父母指定者は、別の人です。父母の指定届を確かめてください（児童手当法4条1項2号）。`;
      return [stop("designation.other", text, { child, registered: shownNumber(other.designee) })];
    }
    const past = own.findLast(({ designee }) => designee === claim.claimant);
    if (past !== undefined) {
      const ended = `${past.validFrom} から ${lastDay(past)}`;
      const text = `${shown}の父母指定は、${claim.on} には効いていません（${ended}）。新しい指定届を求めてください。`;
      return [stop("designation.expired", text, { child, registered: ended })];
    }
    const text = `${shown}について、父母指定者指定届がありません。先に指定届（様式第1号）を受け付けてください（施行規則1条の3）。`;
    return [stop("designation.missing", text, { child })];
  });
}
