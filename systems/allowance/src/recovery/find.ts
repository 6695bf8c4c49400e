/**
 * 過払の洗い出し: brings the ledger of everybody whose last decision came after what was accrued to that decision, without waiting for
 * the next payment run. What was paid and is due no more becomes a claim (過払 → 債権) – by the ledger, month by month, never typed.
 * A second run finds nothing; an interrupted one goes on where it stood.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";

import type { Context } from "../context.ts";
import { stopIfCancelled } from "../refusal.ts";
import { settleRecipient } from "../unpaid/settle.ts";
import { recoveryCommand } from "./record.ts";

/** The origin in the ledger's keys for what no filing caused. */
const NO_FILING = 0;
const SLICE = 100;

export type FoundOverpayments = {
  /** Recipients whose ledger was compared with their last decision */
  readonly looked: number;
  /** Claims that came about, and their yen */
  readonly recoveries: number;
  readonly overpaid: number;
  /** 未払 that was added and taken back, yen */
  readonly accrued: number;
  readonly reversed: number;
  readonly dryRun: boolean;
};

const CANDIDATES = `
  SELECT l.recipient_id AS id FROM (SELECT DISTINCT ON (recipient_id) recipient_id, decision_id FROM allowance.decision
    WHERE kind <> 'refuse' AND recipient_id > $1 ORDER BY recipient_id, seq DESC) l
  WHERE EXISTS (SELECT FROM allowance.due_item d WHERE d.recipient_id = l.recipient_id AND d.decision_id < l.decision_id)
    AND NOT EXISTS (SELECT FROM audit.command c WHERE c.command_key = 'settle/${NO_FILING}/' || l.recipient_id || '/' || l.decision_id || '/standing')
  ORDER BY 1 LIMIT $2`;

async function candidates(connection: Queryable, after: number, limit: number): Promise<readonly number[]> {
  return (await connection.query<{ id: number }>(CANDIDATES, [after, limit])).rows.map(({ id }) => id);
}

/** The end of a dry run: everything is taken back. */
class DryRunEnd extends Error {
  readonly counted: Omit<FoundOverpayments, "looked" | "dryRun">;
  constructor(counted: Omit<FoundOverpayments, "looked" | "dryRun">) {
    super("dry run");
    this.counted = counted;
  }
}

/**
 * Looks through everybody in slices of 100, each a transaction. With `dryRun` every slice is rolled back: the figures are what would be.
 *
 * @throws Refusal `cancelled` between two slices when the context's signal says so
 */
export async function findOverpayments(
  context: Context,
  options: { readonly dryRun?: boolean } = {},
): Promise<FoundOverpayments> {
  const dryRun = options.dryRun ?? false;
  const sum = { looked: 0, recoveries: 0, overpaid: 0, accrued: 0, reversed: 0 };
  for (let after = 0; ;) {
    stopIfCancelled(context.signal, "過払の洗い出し");
    const slice = await candidates(context.pool, after, SLICE);
    if (slice.length === 0) return { ...sum, dryRun };
    const counted = await recoveryCommand<Omit<FoundOverpayments, "looked" | "dryRun">>(
      context,
      "recovery.find",
      { slice },
      async (client) => {
        const of = { recoveries: 0, overpaid: 0, accrued: 0, reversed: 0 };
        for (const recipientId of slice) {
          const done = await settleRecipient(client, context, NO_FILING, recipientId, context.operator, "standing");
          of.recoveries += done.overpaid > 0 ? 1 : 0;
          of.overpaid += done.overpaid;
          of.accrued += done.accrued;
          of.reversed += done.reversed;
          crashPoint("recovery.find.recipient");
        }
        if (dryRun) throw new DryRunEnd(of);
        const detail = { recipients: slice.length, ...of };
        return {
          response: of,
          audit: [{ action: "recovery.find", objectKind: "ledger", objectId: "standing", detail }],
        };
      },
    ).catch((error: unknown) => {
      if (error instanceof DryRunEnd) return error.counted;
      throw error;
    });
    sum.looked += slice.length;
    for (const key of ["recoveries", "overpaid", "accrued", "reversed"] as const) sum[key] += counted[key];
    after = slice.at(-1) ?? after;
    context.onProgress?.("過払の洗い出し", sum.looked, sum.looked);
  }
}
