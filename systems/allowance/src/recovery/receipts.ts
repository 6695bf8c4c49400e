/**
 * 収納 (納付): what was paid back reduces the oldest months first; what is more than is owed is 過納 and waits for its refund. Every
 * receipt has the number under which the money came in, and that number works once.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { openJournal } from "../ledger/journal.ts";
import { refuse } from "../refusal.ts";
import { addEvent, auditOf, getRecovery, partsOf, type Recovery, recoveryCommand, settleState } from "./record.ts";

export type Shares = {
  /** What each month is reduced by, yen > 0 */
  readonly parts: readonly { readonly receivableId: number; readonly amount: number }[];
  /** 過納: what is left over */
  readonly excess: number;
};

/** Divides `amount` over what is outstanding, in the given order. Pure. @throws RangeError for no whole yen above zero */
export function shareOut(
  amount: number,
  outstanding: readonly { readonly receivableId: number; readonly outstanding: number }[],
): Shares {
  if (!Number.isSafeInteger(amount) || amount <= 0) throw new RangeError(`amount ${amount}`);
  let rest = amount;
  const parts: { receivableId: number; amount: number }[] = [];
  for (const each of outstanding) {
    const taken = Math.min(rest, Math.max(each.outstanding, 0));
    if (taken > 0) parts.push({ receivableId: each.receivableId, amount: taken });
    rest -= taken;
  }
  return { parts, excess: rest };
}

export type ReceiptEntry = {
  /** 収納の番号 (領収番号・納付番号) */
  readonly reference: string;
  readonly paidOn: CivilDate;
  /** Yen */
  readonly amount: number;
  readonly line?: { readonly fileId: number; readonly lineNo: number };
};

/** Books one receipt in the open transaction. @returns the claim after it, and the 過納 */
export async function bookReceipt(
  client: PoolClient,
  context: Context,
  commandKey: string,
  recovery: Recovery,
  entry: ReceiptEntry,
): Promise<{ readonly recovery: Recovery; readonly excess: number }> {
  const months = await partsOf(client, recovery.recoveryId);
  const { parts, excess } = shareOut(entry.amount, months);
  const journal = await openJournal(client, {
    kind: "collect",
    runNo: null,
    commandKey,
    occurredOn: context.today,
    count: parts.length + (excess > 0 ? 1 : 0),
    total: entry.amount,
  });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, amount)
     SELECT $1::bigint, 'collected', 'receivable', v.recipient_id, v.child_number, v.benefit_month, x.amount
     FROM unnest($2::bigint[], $3::int[]) x(id, amount) JOIN allowance.receivable v ON v.receivable_id = x.id
     UNION ALL SELECT $1, 'collected', 'overReceipt', $4, NULL, NULL, $5 WHERE $5 > 0`,
    [
      journal,
      parts.map(({ receivableId }) => receivableId),
      parts.map(({ amount }) => amount),
      recovery.recipientId,
      excess,
    ],
  );
  crashPoint("recovery.receipt.ledger");
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO allowance.recovery_receipt (recovery_id, reference, paid_on, amount, excess, file_id, line_no, journal_id, entered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING receipt_id AS id`,
    [
      recovery.recoveryId,
      entry.reference,
      entry.paidOn,
      entry.amount,
      excess,
      entry.line?.fileId ?? null,
      entry.line?.lineNo ?? null,
      journal,
      context.operator,
    ],
  );
  await client.query(
    `INSERT INTO allowance.recovery_movement (receivable_id, journal_id, kind, amount, receipt_id)
     SELECT x.id, $1, 'receipt', x.amount, $4 FROM unnest($2::bigint[], $3::int[]) x(id, amount)`,
    [journal, parts.map(({ receivableId }) => receivableId), parts.map(({ amount }) => amount), rows[0]?.id],
  );
  crashPoint("recovery.receipt.months");
  const event = { kind: "received", on: entry.paidOn, amount: entry.amount } as const;
  const received = await addEvent(client, recovery, event, context.operator);
  const settled = await settleState(client, context, received);
  crashPoint("recovery.receipt.state");
  return { recovery: settled, excess };
}

function invalid(message: string): never {
  throw refuse("recoveryInvalid", `収納を登録できません。${message}何も変えていません。`);
}

export function checkReceipt(context: Context, { reference, paidOn, amount }: ReceiptEntry): void {
  if (!/^[0-9A-Za-z-]{1,40}$/.test(reference)) invalid("収納の番号は、英数字とハイフンの40文字までです。");
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > 99_999_999)
    invalid("額は1円以上、99,999,999円までの整数です。");
  if (paidOn > context.today) invalid("納付の日が今日より後です。");
}

export type Received = { readonly outstanding: number; readonly excess: number };

/**
 * Records a receipt shown at the counter. @returns what is left, and the 過納, in yen
 *
 * @throws Refusal `recoveryUnknown`, `recoveryInvalid`, `receiptRepeated`, `recoveryChanged`
 */
export async function recordReceipt(
  context: Context,
  request: { readonly recoveryId: number; readonly key?: string } & ReceiptEntry,
): Promise<Received> {
  checkReceipt(context, request);
  return await recoveryCommand<Received>(context, "recovery.receipt", request, async (client, key) => {
    const recovery = await getRecovery(client, request.recoveryId);
    const { reference, paidOn, amount } = request;
    const { recovery: left, excess } = await bookReceipt(client, context, key, recovery, { reference, paidOn, amount });
    return {
      response: { outstanding: left.outstanding, excess },
      audit: [auditOf("recovery.receipt", recovery, { reference, amount, excess })],
    };
  });
}
