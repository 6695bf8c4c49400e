/**
 * 変更届の期限と省略 (施行規則5条・6条・11条): changes of a recipient's name or address that the residents' register shows. Each is
 * reported within 14 days, or the office confirms it from the register and records that no report was asked for.
 */
import { randomUUID } from "node:crypto";

import { type CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** A change that nobody has reported and that no omission covers. */
export type UnreportedChange = {
  readonly recipientId: number;
  readonly item: "name" | "address";
  readonly historyNo: number;
  readonly changedOn: CivilDate;
  /** The last day of the 14 (first day not counted) */
  readonly dueOn: CivilDate;
  readonly late: boolean;
};

const UNREPORTED = `
  SELECT recipient_id AS "recipientId", item, history_no AS "historyNo", changed_on AS "changedOn", due_on AS "dueOn", due_on < $1 AS late
  FROM allowance.unreported_change WHERE changed_on <= $1`;

/** Changes without report or omission up to `day`, the oldest first. */
export async function unreportedChanges(connection: Queryable, day: CivilDate): Promise<readonly UnreportedChange[]> {
  const { rows } = await connection.query<UnreportedChange>(`${UNREPORTED} ORDER BY changed_on, recipient_id, item`, [
    day,
  ]);
  return rows;
}

/**
 * 届出の省略: the office has seen the change in the register and asks for no report.
 *
 * @throws Refusal `reportOmissionInvalid` where the register shows no such change, or it is reported or recorded already
 */
export async function omitReport(
  context: Context,
  change: Pick<UnreportedChange, "recipientId" | "item" | "historyNo"> & { readonly key?: string },
): Promise<void> {
  const { recipientId, item, historyNo, key } = change;
  const command = {
    role: ROLE,
    key: key ?? `change.omit/${randomUUID()}`,
    name: "change.omit",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { recipientId, item, historyNo },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.report_omission (recipient_id, item, addressee_number, history_no, revision, changed_on, due_on, confirmed_on, confirmed_by)
         SELECT c.recipient_id, c.item, c.addressee_number, c.history_no, c.revision, c.changed_on, c.due_on, $1, $5
         FROM allowance.recipient_change c JOIN (${UNREPORTED}) u ON (u."recipientId", u.item, u."historyNo") = (c.recipient_id, c.item, c.history_no)
         WHERE c.recipient_id = $2 AND c.item = $3 AND c.history_no = $4`,
        [context.today, recipientId, item, historyNo, context.operator],
      );
      if (rowCount !== 1) {
        throw refuse(
          "reportOmissionInvalid",
          "届出の省略を記録できません。住民基本台帳にこの変更がないか、届出または省略がもう記録されています。一覧を読み直してください。何も変えていません。",
          { recipientId, historyNo },
        );
      }
      const detail = { item, historyNo };
      return {
        response: null,
        audit: [{ action: "change.omit", objectKind: "recipient", objectId: String(recipientId), detail }],
      };
    }),
  );
}
