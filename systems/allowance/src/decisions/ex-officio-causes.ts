/** 職権で増額できる事由: the dated list of causes for which an amount may rise without a claim, changed by two people. */
import { randomUUID } from "node:crypto";

import { parseMonth } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { codesOn } from "../case-file/codes.ts";
import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** A cause with the benefit months (`YYYY-MM`) from which such an increase may take effect. */
export type ExOfficioCauseRow = {
  readonly cause: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly source: string;
};

/** The list in its last revision. */
export async function listExOfficioCauses(connection: Queryable): Promise<readonly ExOfficioCauseRow[]> {
  const { rows } = await connection.query<ExOfficioCauseRow>(
    `SELECT DISTINCT ON (cause, valid_from) cause, to_char(valid_from, 'YYYY-MM') AS "validFrom", to_char(valid_to, 'YYYY-MM') AS "validTo", source
     FROM allowance.ex_officio_increase_cause ORDER BY cause, valid_from, revision DESC`,
  );
  return rows;
}

/**
 * Adds a cause, or the next revision of one (another end). The operator enters, another person approves.
 *
 * @throws Refusal `codeUnknown` where the cause is not in the code table, `codeInvalid`, `samePerson`
 */
export async function changeExOfficioCause(
  context: Context,
  change: ExOfficioCauseRow & { readonly approvedBy: string; readonly key?: string },
): Promise<void> {
  const { cause, validFrom, validTo, source, approvedBy, key } = change;
  const months = [validFrom, ...(validTo === null ? [] : [validTo])];
  if (months.some((month) => parseMonth(month) === undefined) || source.trim() === "" || source.length > 200) {
    throw refuse(
      "codeInvalid",
      "職権で増額できる事由は、月分（YYYY-MM）の期間と根拠（200文字まで）を書いてください。何も変えていません。",
    );
  }
  const command = {
    role: ROLE,
    key: key ?? `exOfficioCause/${randomUUID()}`,
    name: "exOfficioCause.change",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { cause, validFrom, validTo, source, approvedBy },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const known = await codesOn(client, "cause", context.today);
      if (!known.some(({ identifier }) => identifier === cause)) {
        throw refuse("codeUnknown", `事由「${cause}」はコード表（cause）にありません。先にコード表に足してください。`, {
          cause,
        });
      }
      await client.query(
        `INSERT INTO allowance.ex_officio_increase_cause (cause, valid_from, valid_to, revision, source, entered_by, approved_by)
         SELECT $1, $2::date, $3::date, coalesce(max(revision), 0) + 1, $4, $5, $6 FROM allowance.ex_officio_increase_cause
         WHERE cause = $1 AND valid_from = $2::date`,
        [cause, `${validFrom}-01`, validTo === null ? null : `${validTo}-01`, source, context.operator, approvedBy],
      );
      return {
        response: null,
        audit: [
          {
            action: "exOfficioCause.change",
            objectKind: "exOfficioCause",
            objectId: cause,
            detail: { validFrom, validTo },
          },
        ],
      };
    }),
  );
}
