/** 利用と保有の開始日: since when a business system uses and holds 個人番号. Set by two people; the last row counts. */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";

import { type AddresseeContext, command, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export type NumberPeriod = {
  readonly systemCode: string;
  /** 利用の開始日, YYYY-MM-DD, from 2016-01-01 (評価書 II3⑥) */
  readonly usedFrom: string;
  /** 保有の開始日, YYYY-MM-DD, from 2016-01-01 (評価書 II2⑤) */
  readonly heldFrom: string;
};

/**
 * Sets both days. From then on a number whose papers were checked before the earlier of them is refused.
 *
 * @throws Refusal `systemUnknown`, `samePerson` where one person does both, `invalidValue` before 2016-01-01 or after an entry that
 *   there is already
 */
export async function setNumberPeriod(
  context: AddresseeContext,
  asked: NumberPeriod & { readonly key: string; readonly reason: string; readonly approvedBy: string },
): Promise<{ readonly periodId: number }> {
  const { key, systemCode, usedFrom, heldFrom, reason, approvedBy } = asked;
  return await command(
    context,
    "number.period",
    key,
    { systemCode, usedFrom, heldFrom, reason, approvedBy },
    async (client) => {
      const known = await client.query("SELECT FROM unified.system WHERE system_code = $1", [systemCode]);
      if (known.rows.length === 0)
        throw refuse(
          "systemUnknown",
          `業務システム「${systemCode.slice(0, 40)}」は登録されていません。何も変えていません。`,
        );
      const { rows } = await client.query<{ periodId: number }>(
        `INSERT INTO unified.number_period (system_code, used_from, held_from, reason, entered_by, approved_by)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING period_id AS "periodId"`,
        [systemCode, usedFrom, heldFrom, reason, context.operator, approvedBy],
      );
      const periodId = rows[0]?.periodId ?? 0;
      const detail = { systemCode, usedFrom, heldFrom, approvedBy };
      return {
        response: { periodId },
        audit: [{ action: "number.period", objectKind: "numberPeriod", objectId: String(periodId), detail }],
      };
    },
  );
}

/** What is set, one row for each system that has one. */
export async function numberPeriods(context: Pick<AddresseeContext, "pool">): Promise<readonly NumberPeriod[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<NumberPeriod>(
      `SELECT DISTINCT ON (system_code) system_code AS "systemCode", used_from::text AS "usedFrom", held_from::text AS "heldFrom"
       FROM unified.number_period ORDER BY system_code, period_id DESC`,
    );
    return rows;
  });
}
