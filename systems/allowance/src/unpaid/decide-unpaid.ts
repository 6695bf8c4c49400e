/**
 * 未払児童手当の決定: one decision a child. The money stays where it is in the ledger – due (未払) of the recipient – and is marked as
 * the child's: nothing is booked twice, and the payment run no longer takes it for the recipient's account.
 */
import type { CivilDate, Month } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { CheckedAccount } from "../accounts/check-account.ts";
import type { Context } from "../context.ts";
import type { Deciders } from "../filings/procedure.ts";
import { refuse } from "../refusal.ts";
import { settleRecipient } from "./settle.ts";
import { sumOf, type UnpaidMonth } from "./unpaid-months.ts";

/** What one child gets; no months: refused for the reason. */
export type UnpaidGrant = { readonly child: number; readonly months: readonly UnpaidMonth[]; readonly reason: string };

export type UnpaidRequest = {
  readonly filingId: number;
  readonly kind: "recipientDeath" | "leftInstitution";
  readonly recipientId: number;
  readonly claimant: number;
  readonly claimedOn: CivilDate;
  /** Where it is paid; null only where everything is refused */
  readonly account: CheckedAccount | null;
  readonly holderIs: "child" | "guardianForChild";
  readonly grants: readonly UnpaidGrant[];
  readonly deciders: Deciders;
};

export type UnpaidDecision = {
  readonly unpaidId: number;
  readonly child: number;
  /** Yen; 0: refused */
  readonly total: number;
  readonly fromMonth: Month | null;
  readonly toMonth: Month | null;
  readonly reason: string;
};

type Free = {
  readonly benefit_month: string;
  readonly generation: number;
  readonly tranche: number;
  readonly amount: number;
};

/** Due items of the months that no run holds and no decision has given away. */
const FREE = `
  SELECT d.benefit_month, d.generation, d.tranche, d.amount FROM allowance.due_item d
  LEFT JOIN allowance.due_reversal r USING (child_number, benefit_month, generation, tranche)
  LEFT JOIN allowance.unpaid_standing u USING (child_number, benefit_month, generation, tranche)
  WHERE d.recipient_id = $1 AND d.child_number = $2 AND to_char(d.benefit_month, 'YYYY-MM') = ANY($3) AND r.tranche IS NULL AND u.unpaid_id IS NULL
    AND NOT EXISTS (SELECT FROM allowance.run_item i LEFT JOIN allowance.item_release x USING (child_number, benefit_month, generation, tranche, attempt)
      WHERE (i.child_number, i.benefit_month, i.generation, i.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche) AND x.attempt IS NULL)
  ORDER BY d.benefit_month, d.generation, d.tranche`;

async function decideOne(client: PoolClient, request: UnpaidRequest, grant: UnpaidGrant): Promise<UnpaidDecision> {
  const { child, months, reason } = grant;
  const total = sumOf(months);
  const granted = months.length > 0 && request.account !== null;
  const { rows: free } = granted
    ? await client.query<Free>(FREE, [request.recipientId, child, months.map(({ month }) => month)])
    : { rows: [] };
  const standing = free.reduce((sum, { amount }) => sum + amount, 0);
  if (granted && standing !== total) {
    throw refuse(
      "factsChanged",
      `未払の決定ができません。元帳の未払（${standing}円）と審査した額（${total}円）が合いません。もう一度審査してください。何も決めていません。`,
      { standing, total },
    );
  }
  const fromMonth = granted ? (months[0]?.month ?? null) : null;
  const toMonth = granted ? (months.at(-1)?.month ?? null) : null;
  const account = granted ? request.account : null;
  const { rows } = await client.query<{ unpaid_id: number }>(
    `INSERT INTO allowance.unpaid_decision (filing_id, kind, recipient_id, child_number, claimant_number, claimed_on, outcome, reason, from_month,
       to_month, item_count, total, bank, branch, account_type, account_number, holder, holder_is, decided_on, examined_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) RETURNING unpaid_id`,
    [
      request.filingId,
      request.kind,
      request.recipientId,
      child,
      request.claimant,
      request.claimedOn,
      granted ? "grant" : "refuse",
      reason,
      fromMonth === null ? null : `${fromMonth}-01`,
      toMonth === null ? null : `${toMonth}-01`,
      free.length,
      granted ? total : 0,
      account?.bank ?? null,
      account?.branch ?? null,
      account?.accountType ?? null,
      account?.accountNumber ?? null,
      account?.holder ?? null,
      account === null ? null : request.holderIs,
      request.deciders.decidedOn,
      request.deciders.examinedBy,
      request.deciders.approvedBy,
    ],
  );
  const unpaidId = rows[0]?.unpaid_id ?? 0;
  for (const item of free) {
    await client.query(
      `INSERT INTO allowance.unpaid_item (child_number, benefit_month, generation, tranche, unpaid_attempt, unpaid_id, recipient_id, amount)
       SELECT $1::bigint, $2::date, $3::smallint, $4::smallint, coalesce(max(unpaid_attempt), 0) + 1, $5::bigint, $6::bigint, $7::int FROM allowance.unpaid_item
       WHERE (child_number, benefit_month, generation, tranche) = ($1::bigint, $2::date, $3::smallint, $4::smallint)`,
      [child, item.benefit_month, item.generation, item.tranche, unpaidId, request.recipientId, item.amount],
    );
  }
  return { unpaidId, child, total: granted ? total : 0, fromMonth, toMonth, reason };
}

/**
 * Decides in the open transaction. The recipient is settled first, so that every month that is due stands in the ledger.
 *
 * @throws Refusal `factsChanged` where the ledger says another sum than the examination
 */
export async function decideUnpaid(
  client: PoolClient,
  context: Context,
  request: UnpaidRequest,
): Promise<readonly UnpaidDecision[]> {
  const { filingId, recipientId, deciders } = request;
  if (request.grants.some(({ months }) => months.length > 0)) {
    await settleRecipient(client, context, filingId, recipientId, deciders.approvedBy);
  }
  const decided: UnpaidDecision[] = [];
  for (const grant of request.grants) decided.push(await decideOne(client, request, grant));
  return decided;
}
