/**
 * 紐付けの確認 (特定個人情報ガイドライン別添1 B): another person takes the paper and types the number again; the vault says whether it is
 * the same. Nobody needs to see what was typed first.
 */
import type { IndividualNumber } from "@hagukumi/vault/contract.ts";

import { type AddresseeContext, askVault, command } from "../context.ts";
import { subjectOf } from "../numbers.ts";
import { refuse } from "../refusal.ts";

const WRONG_ENTRY = "誤って入力された個人番号";

type Waiting = {
  readonly systemCode: string;
  readonly addresseeNumber: number;
  readonly unifiedNumber: number;
  readonly personRef: string;
  readonly enteredBy: string;
  readonly entryKey: string;
  readonly kind: "first" | "change";
};

async function waitingEntry(context: AddresseeContext, key: string, entryId: number): Promise<Waiting> {
  return await command(context, "number.toConfirm", `${key}/look`, { entryId }, async (client) => {
    const { rows } = await client.query<Waiting & { readonly decided: boolean }>(
      `SELECT e.system_code AS "systemCode", e.addressee_number AS "addresseeNumber", r.unified_number AS "unifiedNumber", p.person_ref AS "personRef",
              e.entered_by AS "enteredBy", e.entry_key AS "entryKey", e.kind, EXISTS (SELECT FROM unified.confirmation c WHERE c.entry_id = e.entry_id) AS decided
       FROM unified.entry e JOIN unified.entry_result r USING (entry_id) JOIN unified.person p ON p.unified_number = r.unified_number WHERE e.entry_id = $1`,
      [entryId],
    );
    const [row] = rows;
    if (row === undefined)
      throw refuse("entryUnknown", "確認する入力が見つからないか、付番を待っています。画面を読み直してください。");
    if (row.decided) throw refuse("entrySettled", "この入力は、すでに確認されています。画面を読み直してください。");
    if (row.enteredBy === context.operator) {
      throw refuse(
        "samePerson",
        "個人番号を入力した人は、自分で確認できません。別の職員が書類から確かめてください。何も変えていません。",
      );
    }
    const { decided: _decided, ...waiting } = row;
    return {
      response: waiting,
      audit: [{ action: "number.toConfirm", objectKind: "entry", objectId: String(entryId) }],
    };
  });
}

/**
 * Confirms an entry with the number typed again.
 *
 * @throws Refusal `samePerson`, `entryUnknown`, `entrySettled`; `numberDiffers` where the second number is another: nothing is confirmed
 */
export async function confirmEntry(
  context: AddresseeContext,
  request: { readonly key: string; readonly entryId: number; readonly number: IndividualNumber },
): Promise<void> {
  const { key, entryId, number } = request;
  const waiting = await waitingEntry(context, key, entryId);
  const subject = subjectOf(waiting.systemCode, waiting.addresseeNumber);
  const [compared] = await askVault(context, "match", "numberConfirmation", subject, {
    checks: [{ personRef: waiting.personRef, number }],
  });
  if (compared?.result !== "same") {
    throw refuse(
      "numberDiffers",
      "打ち直した番号が、入力された番号と違います。確認していません。書類を見直し、入力が誤っていたときは「誤り」として戻してください。",
    );
  }
  await command(context, "number.confirm", `${key}/confirm`, { entryId }, async (client) => {
    await client.query("INSERT INTO unified.confirmation (entry_id, confirmed, confirmed_by) VALUES ($1, true, $2)", [
      entryId,
      context.operator,
    ]);
    return { response: {}, audit: [{ action: "number.confirm", objectKind: "entry", objectId: String(entryId) }] };
  });
}

/**
 * Sends an entry back as wrong. A change is undone. A first entry: the link ends, its number is never used again, and the erasure of the wrong number is asked for in the
 * vault where nobody else uses it (a third person, or the one who entered it, carries it out).
 *
 * @returns number of the erasure request, null where the number belongs to somebody by another entry
 * @throws Refusal `samePerson`, `entryUnknown`, `entrySettled`, `invalidValue` (no reason)
 */
export async function rejectEntry(
  context: AddresseeContext,
  request: { readonly key: string; readonly entryId: number; readonly reason: string },
): Promise<{ readonly erasureRequest: number | null }> {
  const { key, entryId, reason } = request;
  const waiting = await waitingEntry(context, key, entryId);
  const { alone } = await command(context, "number.reject", `${key}/reject`, { entryId, reason }, async (client) => {
    await client.query(
      "INSERT INTO unified.confirmation (entry_id, confirmed, reason, confirmed_by) VALUES ($1, false, $2, $3)",
      [entryId, reason, context.operator],
    );
    await client.query(
      "UPDATE unified.link SET ended_at = clock_timestamp(), ended_by = $2, end_reason = 'wrongNumber' WHERE entry_id = $1 AND ended_at IS NULL",
      [entryId, context.operator],
    );
    const { rows } = await client.query<{ alone: boolean }>(
      "SELECT NOT EXISTS (SELECT FROM unified.link WHERE unified_number = $1 AND ended_at IS NULL) AS alone",
      [waiting.unifiedNumber],
    );
    return {
      response: { alone: rows[0]?.alone === true },
      audit: [{ action: "number.reject", objectKind: "entry", objectId: String(entryId) }],
    };
  });
  if (waiting.kind === "change") {
    await askVault(context, "undoChange", "numberRejection", `entry:${entryId}`, { entryKey: waiting.entryKey });
    return { erasureRequest: null };
  }
  if (!alone) return { erasureRequest: null };
  const { requestId } = await askVault(context, "requestErasure", "numberRejection", `entry:${entryId}`, {
    personRef: waiting.personRef,
    rule: "wrongEntry",
    reason: WRONG_ENTRY,
  });
  await command(context, "erasure.request", `${key}/erasure`, { requestId }, async (client) => {
    await client.query(
      `INSERT INTO unified.erasure_request (request_id, addressee_number, system_code, unified_number, rule, reason, requested_by)
       VALUES ($1, $2, $3, $4, 'wrongEntry', $5, $6)`,
      [requestId, waiting.addresseeNumber, waiting.systemCode, waiting.unifiedNumber, WRONG_ENTRY, context.operator],
    );
    return {
      response: {},
      audit: [{ action: "erasure.request", objectKind: "entry", objectId: String(entryId) }],
    };
  });
  return { erasureRequest: requestId };
}
