/**
 * 支援措置の先読み (A185, THR47): a mark that lies in a delivery which can't be taken in yet (a number before it is missing), or in a row that is refused
 * for another reason, stands at once. It only strengthens: what it says of everything else is not read, and it takes nothing away.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { noteProtectionNotices } from "../register-changes/note-changes.ts";
import { markReplicas } from "../replica/mark.ts";

/** One mark as a row of a delivery has it. */
export type ProtectionMark = {
  /** 宛名番号 */
  readonly number: number;
  /** 0 where it can't be read */
  readonly historyNo: number;
  readonly provisional: boolean;
  readonly startsOn: CivilDate | null;
  readonly termOn: CivilDate | null;
};

export type MarksOfDelivery = {
  /** Idempotency key of the delivery */
  readonly key: string;
  readonly interfaceCode: string;
  readonly sequence: number;
  readonly marks: readonly ProtectionMark[];
};

/**
 * Adds marks that the register does not have yet, and raises the work where somebody is newly protected. Within a transaction.
 *
 * @returns how many people are protected by it who were not before
 */
export async function addNotices(
  client: PoolClient,
  { operator, today }: Pick<Context, "operator" | "today">,
  { interfaceCode, sequence, marks }: Omit<MarksOfDelivery, "key">,
): Promise<number> {
  const { rows } = await client.query<{ id: number; fresh: boolean }>(
    `WITH sent AS (
       SELECT DISTINCT ON (number, "historyNo") * FROM jsonb_to_recordset($1::jsonb)
         AS n(number bigint, "historyNo" integer, provisional boolean, "startsOn" date, "termOn" date) ORDER BY number, "historyNo", provisional),
     before AS MATERIALIZED (SELECT s.number, allowance.is_protected(s.number) AS yes FROM sent s),
     added AS (
       INSERT INTO allowance.protection_notice (addressee_number, interface_code, sequence, history_no, provisional, starts_on, term_on, noted_by)
       SELECT s.number, $2, $3, s."historyNo", s.provisional, s."startsOn", s."termOn", $4 FROM sent s
       -- What the register has said already is not said anew: an end that two people confirmed since stays.
       WHERE NOT EXISTS (SELECT FROM allowance.person_history h WHERE h.addressee_number = s.number AND h.history_no = s."historyNo"
                           AND h.protected AND h.sent_protected IS NOT FALSE)
       ON CONFLICT DO NOTHING RETURNING notice_id, addressee_number)
     SELECT a.notice_id AS id, NOT b.yes AS fresh FROM added a JOIN before b ON b.number = a.addressee_number`,
    [JSON.stringify(marks), interfaceCode, sequence, operator],
  );
  const fresh = rows.filter((row) => row.fresh).map(({ id }) => id);
  if (fresh.length > 0) {
    await noteProtectionNotices(client, fresh, today);
    await markReplicas(client, { numbers: marks.map(({ number }) => number) }, operator);
  }
  return fresh.length;
}

/** Adds the marks of a delivery once. @returns how many people are protected by it who were not before */
export async function noticeProtections(context: Context, delivery: MarksOfDelivery): Promise<number> {
  const { key, interfaceCode, sequence, marks } = delivery;
  if (marks.length === 0) return 0;
  const command = {
    role: ROLE,
    key,
    name: "protection.notice",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { interfaceCode, sequence, marks },
    signal: context.signal,
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const fresh = await addNotices(client, context, delivery);
      const detail = { sequence, marks: marks.length, fresh };
      const audit = [{ action: "protection.notice", objectKind: "feed", objectId: interfaceCode, detail }];
      return { response: fresh, audit };
    }),
  );
  return response;
}
