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

/** One row of {@link reformStarts}. */
export type ReformStart = {
  readonly receptionNumber: string;
  readonly receivedOn: CivilDate;
  readonly claimantNumber: number;
  readonly recipientId: number;
  /** 請求の事由 as typed */
  readonly cause: string;
  /** First month paid by this claim, `YYYY-MM` */
  readonly firstMonth: string;
  /** 理由 of the approved examination */
  readonly reasons: readonly string[];
};

/**
 * 制度改正の開始月の一覧: claims in the window of the reform of 2024 (令6法47 附則13条: received 2024-06-12 to 2025-03-31) that were the
 * first for a child then of high-school age, granted, and not from 2024-10. Elsewhere they started a month late because a clerk chose
 * the wrong 事由 (I-7, I-23, I-25); here the start follows from the facts, and whatever departs from it stands on this list.
 */
export async function reformStarts(connection: Queryable): Promise<readonly ReformStart[]> {
  const { rows } = await connection.query<ReformStart>(
    `SELECT c.reception_number AS "receptionNumber", c.received_on AS "receivedOn", c.claimant_number AS "claimantNumber",
            d.recipient_id AS "recipientId", c.cause, to_char(d.effective_month, 'YYYY-MM') AS "firstMonth",
            coalesce((SELECT e.proposal->'reasons' FROM allowance.filing f JOIN allowance.filing_examination e USING (filing_id)
                      WHERE f.reception_number = c.reception_number ORDER BY e.seq DESC LIMIT 1),
                     (SELECT e.proposal->'reasons' FROM allowance.examination e WHERE e.claim_id = c.claim_id ORDER BY e.seq DESC LIMIT 1),
                     '[]') AS reasons
     FROM allowance.claim c
     JOIN allowance.decision d ON d.claim_id = c.claim_id AND d.kind = 'certify'
     WHERE c.kind = 'certification' AND c.received_on BETWEEN '2024-06-12' AND '2025-03-31' AND d.effective_month <> '2024-10-01'
       AND NOT EXISTS (SELECT FROM allowance.claim_cancellation z WHERE z.claim_id = c.claim_id)
       AND EXISTS (SELECT FROM allowance.claim_child k JOIN allowance.person_current p ON p.addressee_number = k.child_number
                   WHERE k.claim_id = c.claim_id AND k.role = 'child' AND p.birth_date BETWEEN '2006-04-02' AND '2009-04-01')
     ORDER BY c.received_on, c.claim_id`,
  );
  return rows;
}
