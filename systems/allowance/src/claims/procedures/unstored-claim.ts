/** The rows that a typed claim will have, before they are stored: what it is judged by, and what is then written. */
import { type CivilDate, civilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { CheckedAccount } from "../../accounts/check-account.ts";
import type { UnstoredClaim } from "../../decisions/foresee.ts";
import type { FilingOf } from "../../filings/procedure.ts";
import type { ClaimAccount } from "../../register/feeds/claims.ts";
import type { ClaimChildRow, ClaimRow } from "../case-rows.ts";
import type { ClaimContent } from "./content.ts";

/** Stands for the number that the claim gets when it is stored. */
export const UNSTORED = -1;

/** The days of the cause as they are judged: typed, adjusted by a person, or carried over from a refused claim. */
export type CauseDays = { readonly causeOn: CivilDate | null; readonly obstacleEndedOn: CivilDate | null };

function asClaimAccount(account: CheckedAccount | null): ClaimAccount | null {
  if (account === null) return null;
  const { bank, branch, accountType, accountNumber, holder } = account;
  if (accountType !== "1" && accountType !== "2" && accountType !== "4") return null;
  return { bank, branch, accountType, accountNumber, holder };
}

const monthStart = (month: string | undefined): CivilDate | null =>
  month === undefined ? null : civilDate(`${month}-01`);

/** The claim as rows. `rootClaimId`: where it takes the place of a cancelled one, the first of that chain. */
export function unstoredClaim(
  content: ClaimContent,
  filing: FilingOf<unknown>,
  days: CauseDays,
  account: CheckedAccount | null,
  rootClaimId: number = UNSTORED,
): UnstoredClaim {
  const claim: ClaimRow = {
    claim_id: UNSTORED,
    root_claim_id: rootClaimId,
    reception_number: filing.receptionNumber ?? "（未受付）",
    kind: content.kind,
    received_on: filing.receivedOn,
    claimant_number: content.subject.claimant,
    recipient_kind: content.subject.recipientKind,
    cause: content.cause,
    cause_on: days.causeOn,
    obstacle_ended_on: days.obstacleEndedOn,
    ward_code: filing.wardCode,
    account: asClaimAccount(account),
    approved: false,
    seq: null,
    outcome: null,
    facts_digest: null,
    rule_version: null,
    examined_by: null,
  };
  const children = content.children.map((child, index): ClaimChildRow => ({
    claim_id: UNSTORED,
    child_number: child.number,
    role: child.role,
    serial: child.serial ?? index + 1,
    care_from: child.careFrom ?? null,
    care_to: child.careTo ?? null,
    support_from: child.supportFrom ?? null,
    support_to: child.supportTo ?? null,
    cost_from: child.costFrom ?? null,
    cost_to: child.costTo ?? null,
    exclusion: child.exclusion ?? null,
    graduation_month: monthStart(child.graduationMonth),
  }));
  return { claim, children };
}

/** Stores the claim with its children as one that came through a filing. @returns its number */
export async function storeClaim(
  client: PoolClient,
  content: ClaimContent,
  filing: FilingOf<unknown>,
  { claim, children }: UnstoredClaim,
  typedBy: string,
): Promise<number> {
  const { rows } = await client.query<{ claim_id: number }>(
    `INSERT INTO allowance.claim (reception_number, kind, received_on, channel, claimant_number, recipient_kind, cause, cause_on, obstacle_ended_on,
       employee_class, ward_code, account, content_digest, recorded_by, filing_id)
     SELECT $1, $2, $3, CASE c.channel WHEN 'exOfficio' THEN 'counter' ELSE c.channel END, $4, $5, $6, $7, $8, $9, $10, $11, c.content_digest, $12, $13
     FROM allowance.filing_content c WHERE c.filing_id = $13 ORDER BY c.revision DESC LIMIT 1 RETURNING claim_id`,
    [
      claim.reception_number,
      claim.kind,
      claim.received_on,
      claim.claimant_number,
      claim.recipient_kind,
      claim.cause,
      claim.cause_on,
      claim.obstacle_ended_on,
      content.employeeClass,
      claim.ward_code,
      claim.account === null ? null : JSON.stringify(claim.account),
      typedBy,
      filing.filingId,
    ],
  );
  const claimId = rows[0]?.claim_id;
  if (claimId === undefined) throw new Error("the claim got no number");
  for (const [index, row] of children.entries()) {
    const child = content.children[index];
    await client.query(
      `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial, care_from, care_to, support_from, support_to,
         graduation_month, living, livelihood, cost_from, cost_to, exclusion)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        claimId,
        row.child_number,
        row.role,
        child?.relation ?? "",
        row.serial,
        row.care_from,
        row.care_to,
        row.support_from,
        row.support_to,
        row.graduation_month,
        child?.living ?? null,
        child?.livelihood ?? null,
        row.cost_from,
        row.cost_to,
        row.exclusion,
      ],
    );
  }
  return claimId;
}
