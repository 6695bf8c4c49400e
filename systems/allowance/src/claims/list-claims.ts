/** 受付簿 as a list: where each claim stands, derived from what was done to it. */
import type { CivilDate, ClaimKind } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type ClaimState =
  | "received"
  | "granted"
  | "refused"
  | "impossible"
  | "approvedGrant"
  | "approvedRefusal"
  | "withdrawn"
  | "cancelled";

/** State → what a clerk reads. */
export const claimStateLabels: Readonly<Record<ClaimState, string>> = {
  received: "受付（未審査）",
  granted: "審査済み・認める案",
  refused: "審査済み・却下の案",
  impossible: "審査できない（書類・連携の確認待ち）",
  approvedGrant: "決裁済み・認定または改定",
  approvedRefusal: "決裁済み・却下",
  withdrawn: "取下げ",
  cancelled: "取消（再決定済み）",
};

export type ListedClaim = {
  readonly receptionNumber: string;
  readonly kind: ClaimKind;
  readonly receivedOn: CivilDate;
  readonly claimantNumber: number;
  readonly wardCode: string;
  readonly state: ClaimState;
  /** 認定番号 that the claim opened or changed */
  readonly recipientId: number | null;
  /** Reasons of the last examination, in Japanese */
  readonly reasons: readonly string[];
};

export type ListClaimsOptions = { readonly state?: ClaimState; readonly limit: number };

/** The last claims received, newest first. */
export async function listClaims(
  connection: Queryable,
  { state, limit }: ListClaimsOptions,
): Promise<readonly ListedClaim[]> {
  const { rows } = await connection.query<ListedClaim>(
    `SELECT * FROM (
       SELECT c.reception_number AS "receptionNumber", c.kind, c.received_on AS "receivedOn", c.claimant_number AS "claimantNumber",
              c.ward_code AS "wardCode", coalesce(r.recipient_id, d.recipient_id) AS "recipientId", coalesce(x.proposal->'reasons', '[]') AS reasons,
              CASE WHEN w.claim_id IS NOT NULL THEN 'withdrawn' WHEN z.claim_id IS NOT NULL THEN 'cancelled'
                   WHEN a.outcome = 'grant' THEN 'approvedGrant' WHEN a.outcome = 'refuse' THEN 'approvedRefusal'
                   WHEN x.outcome = 'grant' THEN 'granted' WHEN x.outcome = 'refuse' THEN 'refused'
                   WHEN x.outcome = 'impossible' THEN 'impossible' ELSE 'received' END AS state
       FROM allowance.claim c
       LEFT JOIN allowance.claim_withdrawal w USING (claim_id)
       LEFT JOIN allowance.claim_cancellation z USING (claim_id)
       LEFT JOIN allowance.approval a USING (claim_id)
       LEFT JOIN allowance.recipient r ON r.opened_by_claim = c.claim_id
       LEFT JOIN LATERAL (SELECT d.recipient_id FROM allowance.decision d WHERE d.claim_id = c.claim_id AND d.recipient_id IS NOT NULL
                          LIMIT 1) d ON true
       LEFT JOIN LATERAL (SELECT e.outcome, e.proposal FROM allowance.examination e WHERE e.claim_id = c.claim_id
                          ORDER BY e.seq DESC LIMIT 1) x ON true
     ) l WHERE $1::text IS NULL OR state = $1
     ORDER BY "receivedOn" DESC, "receptionNumber" DESC LIMIT $2`,
    [state ?? null, limit],
  );
  return rows;
}
