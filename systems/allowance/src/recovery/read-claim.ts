/** 債権の1件: balance, months, plan, limitation with its events, receipts and proposals, as one reading. No name is read. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import { type Instalment, instalmentsOf, type ListedRecovery, withClocks } from "./overview.ts";
import { type WaitingProposal, waitingProposals } from "./proposals.ts";
import { eventsOf, getRecovery, partsOf, type RecoveryEvent, type RecoveryPart, recoverySetting } from "./record.ts";
import { collectionRule, type CollectionRule } from "./settings.ts";

export type ClaimReceipt = {
  readonly receiptId: number;
  readonly reference: string;
  readonly paidOn: string;
  readonly amount: number;
  /** 過納, yen, and whether it went back */
  readonly excess: number;
  readonly refundedOn: string | null;
  readonly enteredBy: string;
};

/** The plan in force. */
export type ClaimPlan = {
  readonly method: "lumpSum" | "instalments" | "offset";
  readonly total: number;
  readonly pledgedOn: string | null;
  readonly offset: {
    readonly perPayment: number;
    readonly keep: number;
    readonly fromPayment: string;
    readonly toPayment: string | null;
  } | null;
};

export type Claim = {
  readonly claim: ListedRecovery;
  readonly parts: readonly RecoveryPart[];
  readonly events: readonly RecoveryEvent[];
  readonly plan: ClaimPlan | null;
  readonly instalments: readonly Instalment[];
  readonly receipts: readonly ClaimReceipt[];
  readonly waiting: readonly WaitingProposal[];
  /** How it may be collected; null while the cause is open */
  readonly rule: CollectionRule | null;
};

async function planOf(connection: Queryable, recoveryId: number): Promise<ClaimPlan | null> {
  const { rows } = await connection.query<ClaimPlan>(
    `SELECT p.method, p.total, p.pledged_on AS "pledgedOn",
            CASE WHEN o.offset_id IS NOT NULL THEN jsonb_build_object('perPayment', o.per_payment, 'keep', o.keep,
              'fromPayment', to_char(o.from_payment, 'YYYY-MM'), 'toPayment', to_char(o.to_payment, 'YYYY-MM')) END AS offset
     FROM allowance.recovery_plan p
     LEFT JOIN LATERAL (SELECT * FROM allowance.advance_offset x WHERE x.offset_id = p.offset_id ORDER BY x.revision DESC LIMIT 1) o ON true
     WHERE p.recovery_id = $1 ORDER BY p.proposal_id DESC LIMIT 1`,
    [recoveryId],
  );
  return rows[0] ?? null;
}

/** @throws Refusal `recoveryUnknown`, `settingMissing` */
export async function readClaim(connection: Queryable, context: Context, recoveryId: number): Promise<Claim> {
  const recovery = await getRecovery(connection, recoveryId);
  const [claim] = await withClocks(connection, context, [recovery]);
  if (claim === undefined) throw new Error("a claim was lost on the way");
  const { rows: receipts } = await connection.query<ClaimReceipt>(
    `SELECT r.receipt_id AS "receiptId", r.reference, r.paid_on AS "paidOn", r.amount, r.excess, f.refunded_on AS "refundedOn", r.entered_by AS "enteredBy"
     FROM allowance.recovery_receipt r LEFT JOIN allowance.recovery_refund f USING (receipt_id) WHERE r.recovery_id = $1 ORDER BY r.receipt_id`,
    [recoveryId],
  );
  const setting = await recoverySetting(connection, context);
  return {
    claim,
    parts: await partsOf(connection, recoveryId),
    events: await eventsOf(connection, [recoveryId]),
    plan: await planOf(connection, recoveryId),
    instalments: await instalmentsOf(connection, [recoveryId]),
    receipts,
    waiting: await waitingProposals(connection, recoveryId),
    rule: recovery.cause === null ? null : collectionRule(recovery.cause, setting),
  };
}
