/**
 * 特別徴収 (児童手当法22条): nursery fees that the city takes without consent – after notice of the fact, the amount and the payer's name
 * and address (施行規則12条の11), and only from months of the fee's own fiscal year (令3条).
 */
import { randomUUID } from "node:crypto";

import { benefitMonthsOf, type CivilDate, type Month } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { childrenOfRecipient, recipientOf } from "../procedures/people.ts";
import { refuse } from "../refusal.ts";
import { creditorOn } from "./creditors.ts";
import { payDayOf } from "./cut-off.ts";
import { feeYearOf } from "./planned.ts";

export type NewSpecialCollection = {
  readonly recipientId: number;
  readonly child: number;
  readonly creditorId: number;
  readonly feeKind: "nursery" | "nurseryLunch";
  /** 費用の年度 */
  readonly feeYear: number;
  /** Yen */
  readonly amount: number;
  readonly paymentMonth: Month;
  /** Number in the fee system: the same one can't be entered twice */
  readonly reference: string;
  readonly approvedBy: string;
  readonly key?: string;
};

function invalid(message: string): never {
  throw refuse("deductionInvalid", `特別徴収を登録できません。${message}何も変えていません。`);
}

const command = (context: Context, name: string, request: unknown, key: string | undefined) => ({
  role: ROLE,
  key: key ?? `${name}/${randomUUID()}`,
  name,
  actor: context.operator,
  purpose: context.purpose,
  request,
  guard: context.guard,
});

async function checkNew(client: PoolClient, entry: NewSpecialCollection): Promise<void> {
  const recipient = await recipientOf(client, entry.recipientId);
  if (recipient === undefined) {
    throw refuse("recipientUnknown", `認定番号 ${entry.recipientId} の受給者はいません。番号を確認してください。`, {
      recipientId: entry.recipientId,
    });
  }
  const children = await childrenOfRecipient(client, recipient);
  if (!children.some(({ child, role }) => child === entry.child && role === "child")) {
    invalid("この児童は、この受給者の支給対象の児童ではありません。");
  }
  const creditor = await creditorOn(client, entry.creditorId, `${entry.paymentMonth}-01`);
  if (creditor === undefined || creditor.kind !== "city") invalid("特別徴収ができるのは、市に納める費用だけです。");
  if (!creditor.feeKinds.includes(entry.feeKind)) invalid(`${creditor.name}は、この費目を扱っていません。`);
  const months = benefitMonthsOf(entry.paymentMonth);
  if (months.length === 0) invalid(`${entry.paymentMonth} は支払期月ではありません。`);
  if (!months.some((month) => feeYearOf(month) === entry.feeYear)) {
    invalid(
      `${entry.paymentMonth} に支払う月分（${months.join("・")}）は、${entry.feeYear} 年度の費用に充てられません（児童手当法施行令3条）。`,
    );
  }
}

/**
 * Enters one collection. It is taken only once its notice is recorded. @returns its number
 *
 * @throws Refusal `recipientUnknown`, `deductionInvalid`, `samePerson`, `duplicate` (the reference was entered before)
 */
export async function addSpecialCollection(context: Context, entry: NewSpecialCollection): Promise<number> {
  const { key, ...request } = entry;
  if (!Number.isSafeInteger(entry.amount) || entry.amount <= 0) invalid("額は1円以上の整数です。");
  if (!/^[0-9A-Za-z-]{1,40}$/.test(entry.reference)) invalid("整理番号は英数字とハイフンの40文字までです。");
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command(context, "special.add", request, key), async (client) => {
      await checkNew(client, entry);
      const { rows } = await client.query<{ special_id: number }>(
        `INSERT INTO allowance.special_collection (recipient_id, child_number, creditor_id, fee_kind, fee_year, amount, payment_month, reference,
           entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING special_id`,
        [
          entry.recipientId,
          entry.child,
          entry.creditorId,
          entry.feeKind,
          entry.feeYear,
          entry.amount,
          `${entry.paymentMonth}-01`,
          entry.reference,
          context.operator,
          entry.approvedBy,
        ],
      );
      const specialId = rows[0]?.special_id ?? 0;
      const detail = { specialId, amount: entry.amount, paymentMonth: entry.paymentMonth };
      const objectId = String(entry.recipientId);
      return { response: specialId, audit: [{ action: "special.add", objectKind: "recipient", objectId, detail }] };
    }),
  );
  return response;
}

export type SpecialCollectionRow = Omit<NewSpecialCollection, "approvedBy" | "key">;

export type SpecialCollectionList = {
  /** Numbers of what was entered, in the order of the list */
  readonly added: readonly number[];
  /** Rows that were not, each with the reason */
  readonly refused: readonly { readonly reference: string; readonly code: string; readonly message: string }[];
};

/**
 * Takes a list from the fee system: each row is entered or refused by itself. A list taken twice adds nothing the second time.
 *
 * @param approvedBy the other of the two people, for the whole list
 */
export async function addSpecialCollections(
  context: Context,
  rows: readonly SpecialCollectionRow[],
  approvedBy: string,
): Promise<SpecialCollectionList> {
  const added: number[] = [];
  const refused: { reference: string; code: string; message: string }[] = [];
  for (const row of rows) {
    try {
      added.push(await addSpecialCollection(context, { ...row, approvedBy }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push({ reference: row.reference, code: error.code, message: error.message });
    }
  }
  return { added, refused };
}

/**
 * Records the notice: to whom, how much, when. It must go out before the pay day of the payment it announces.
 *
 * @throws Refusal `deductionInvalid` (unknown, late, or without name or address)
 */
export async function notifySpecialCollection(
  context: Context,
  specialId: number,
  notice: {
    readonly notifiedOn: CivilDate;
    readonly payerName: string;
    readonly payerAddress: string;
    readonly key?: string;
  },
): Promise<void> {
  const { key, ...request } = notice;
  await refusing(() =>
    runCommand(context.pool, command(context, "special.notify", { specialId, ...request }, key), async (client) => {
      const { rows } = await client.query<{ recipient_id: number; amount: number; month: string }>(
        `SELECT recipient_id, amount, to_char(payment_month, 'YYYY-MM') AS month FROM allowance.special_collection WHERE special_id = $1`,
        [specialId],
      );
      const found = rows[0];
      if (found === undefined) invalid(`番号 ${specialId} の特別徴収がありません。`);
      if (notice.payerName.trim() === "" || notice.payerAddress.trim() === "") {
        invalid("通知には、支払う人の氏名と住所が要ります（施行規則12条の11）。");
      }
      const payOn = await payDayOf(client, context, found.month as Month);
      if (notice.notifiedOn >= payOn) {
        invalid(`通知の日 ${notice.notifiedOn} が支払日 ${payOn} より前ではありません。次の支払期で登録してください。`);
      }
      await client.query(
        `INSERT INTO allowance.special_collection_notice (special_id, notified_on, payer_name, payer_address, amount, notified_by)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [specialId, notice.notifiedOn, notice.payerName, notice.payerAddress, found.amount, context.operator],
      );
      const detail = { specialId, notifiedOn: notice.notifiedOn };
      const objectId = String(found.recipient_id);
      return { response: null, audit: [{ action: "special.notify", objectKind: "recipient", objectId, detail }] };
    }),
  );
}

/** Cancels a collection (paid by other means, entered by mistake). @throws Refusal `deductionInvalid`, `samePerson`, `duplicate` */
export async function cancelSpecialCollection(
  context: Context,
  specialId: number,
  cancel: { readonly cause: string; readonly approvedBy: string; readonly key?: string },
): Promise<void> {
  const { key, ...request } = cancel;
  await refusing(() =>
    runCommand(context.pool, command(context, "special.cancel", { specialId, ...request }, key), async (client) => {
      const { rows } = await client.query<{ recipient_id: number }>(
        "SELECT recipient_id FROM allowance.special_collection WHERE special_id = $1",
        [specialId],
      );
      const found = rows[0];
      if (found === undefined) invalid(`番号 ${specialId} の特別徴収がありません。`);
      if (cancel.cause.trim() === "") invalid("取消しの理由を書いてください。");
      await client.query(
        "INSERT INTO allowance.special_collection_cancel (special_id, cause, entered_by, approved_by) VALUES ($1, $2, $3, $4)",
        [specialId, cancel.cause.trim(), context.operator, cancel.approvedBy],
      );
      const objectId = String(found.recipient_id);
      return {
        response: null,
        audit: [{ action: "special.cancel", objectKind: "recipient", objectId, detail: { specialId } }],
      };
    }),
  );
}
