/**
 * 閲覧の制限と職員との関係: people whom a member of staff must not open (himself, family, a party to a dispute), and relations for the
 * review of the log. Dated, by two people. Whether such a person exists is neither asked nor told: a restriction is about a number.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { openProposals, type TwoPersonProposal, propose } from "./proposals.ts";

/** Kinds of proposals on this page. */
export const RESTRICTION_KINDS = ["denyPerson", "endDenial", "relatePerson", "endRelation"] as const;

/** 関係: 本人・親族・近隣・だれが見ても点検する人 */
export const RELATIONS = ["self", "family", "neighbour", "watched"] as const;
export type StaffRelation = (typeof RELATIONS)[number];

export const relationLabels: Readonly<Record<StaffRelation, string>> = {
  self: "本人",
  family: "親族",
  neighbour: "近隣",
  watched: "だれが見ても点検する人",
};

type Term = {
  readonly from: CivilDate;
  /** Absent: no end is known */
  readonly to?: CivilDate;
  readonly reason: string;
  readonly key?: string;
};

/** @throws Refusal `proposalInvalid` */
function checkTerm({ from, to }: Pick<Term, "from" | "to">): void {
  if (to === undefined || to >= from) return;
  throw refuse("proposalInvalid", "終わりの日は、始まりの日より前にできません。何も変えていません。");
}

function checkNumber(addresseeNumber: number): void {
  if (Number.isSafeInteger(addresseeNumber) && addresseeNumber >= 1 && addresseeNumber <= 999_999_999_999_999) return;
  throw refuse("proposalInvalid", "宛名番号は15桁までの数字です。何も変えていません。");
}

/** @throws Refusal `proposalInvalid` for a number of staff that is not registered */
async function requireStaff(connection: Queryable, staffId: string): Promise<void> {
  const { rows } = await connection.query<{ known: boolean }>("SELECT access.staff_known($1) AS known", [staffId]);
  if (rows[0]?.known === true) return;
  throw refuse("proposalInvalid", `職員番号「${staffId.slice(0, 32)}」は登録されていません。何も変えていません。`);
}

/** Proposes that a member of staff may not open a person. @throws Refusal `proposalInvalid` */
export async function proposeDenial(
  context: Context,
  asked: Term & { readonly staffId: string; readonly addresseeNumber: number },
): Promise<number> {
  checkTerm(asked);
  checkNumber(asked.addresseeNumber);
  const { staffId, addresseeNumber, from, to = null, reason, key } = asked;
  return await propose(context, {
    kind: "denyPerson",
    content: { staffId, addresseeNumber, from, to },
    reason,
    ...(key === undefined ? {} : { key }),
    check: async (connection) => await requireStaff(connection, staffId),
  });
}

/** Proposes a relation for the review of the log; `watched` concerns everybody who looks. @throws Refusal `proposalInvalid` */
export async function proposeRelation(
  context: Context,
  asked: Term & { readonly staffId?: string; readonly addresseeNumber: number; readonly relation: StaffRelation },
): Promise<number> {
  checkTerm(asked);
  checkNumber(asked.addresseeNumber);
  const { staffId = null, addresseeNumber, relation, from, to = null, reason, key } = asked;
  if ((relation === "watched") !== (staffId === null)) {
    throw refuse(
      "proposalInvalid",
      "「だれが見ても点検する人」には職員番号を書かず、ほかの関係には書いてください。何も変えていません。",
    );
  }
  return await propose(context, {
    kind: "relatePerson",
    content: { staffId, addresseeNumber, relation, from, to },
    reason,
    ...(key === undefined ? {} : { key }),
    check: async (connection) => {
      if (staffId !== null) await requireStaff(connection, staffId);
    },
  });
}

/** Proposes the last day of a restriction or of a relation. @throws Refusal `proposalInvalid` */
export async function proposeEnd(
  context: Context,
  asked: {
    readonly kind: "endDenial" | "endRelation";
    readonly restrictionId: number;
    readonly to: CivilDate;
    readonly reason: string;
    readonly key?: string;
  },
): Promise<number> {
  const { kind, restrictionId, to, reason, key } = asked;
  return await propose(context, {
    kind,
    content: { restrictionId, to },
    reason,
    ...(key === undefined ? {} : { key }),
    check: async (connection) => {
      const all = kind === "endDenial" ? await listDenials(connection) : await listRelations(connection);
      const found = all.find((one) => one.restrictionId === restrictionId);
      if (found !== undefined && to >= found.validFrom && (found.validTo === null || to < found.validTo)) return;
      throw refuse(
        "proposalInvalid",
        "終わらせる行がないか、終わりの日が始まりより前か、もう決まっている終わりより後です。一覧を読み直してください。何も変えていません。",
      );
    },
  });
}

type Row = {
  readonly restrictionId: number;
  readonly staffId: string | null;
  readonly addresseeNumber: number;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly enteredBy: string;
  readonly approvedBy: string;
};
export type Denial = Row & { readonly staffId: string; readonly reason: string };
export type Relation = Row & { readonly relation: StaffRelation };

/** Every restriction that was ever made, the newest first. */
export async function listDenials(connection: Queryable): Promise<readonly Denial[]> {
  const { rows } = await connection.query<Denial>(
    `SELECT denied_id AS "restrictionId", staff_id AS "staffId", addressee_number AS "addresseeNumber", valid_from::text AS "validFrom",
       valid_to::text AS "validTo", entered_by AS "enteredBy", approved_by AS "approvedBy", reason
     FROM access.denied_person ORDER BY denied_id DESC`,
  );
  return rows;
}

/** Every relation that was ever recorded, the newest first. */
export async function listRelations(connection: Queryable): Promise<readonly Relation[]> {
  const { rows } = await connection.query<Relation>(
    `SELECT relation_id AS "restrictionId", staff_id AS "staffId", addressee_number AS "addresseeNumber", valid_from::text AS "validFrom",
       valid_to::text AS "validTo", entered_by AS "enteredBy", approved_by AS "approvedBy", relation
     FROM access.staff_relation ORDER BY relation_id DESC`,
  );
  return rows;
}

export type Restrictions = {
  readonly denials: readonly Denial[];
  readonly relations: readonly Relation[];
  readonly proposals: readonly TwoPersonProposal[];
};

/** What stands, and what waits for a second person. */
export async function readRestrictions(connection: Queryable): Promise<Restrictions> {
  return {
    denials: await listDenials(connection),
    relations: await listRelations(connection),
    proposals: await openProposals(connection, RESTRICTION_KINDS),
  };
}
