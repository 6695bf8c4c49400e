/**
 * 個人番号の消去 (番号法ガイドライン E-d, 評価書 III-7②): asked for by one person, carried out by another. In the vault the data key goes,
 * so that no copy opens any more; here the links end and the record for the 消去証明書 stays.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";

import { type AddresseeContext, askVault, command, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

export const erasureRuleLabels = {
  retentionOver: "保存期間の経過",
  wrongEntry: "誤って入力された番号",
  order: "消去の命令・本人の求め",
} as const;

export type ErasureRule = keyof typeof erasureRuleLabels;

/** Most numbers in one request or one erasure: what one person can look at. */
export const ERASURE_LIMIT = 100;

export type NumberErasure = {
  readonly requestId: number;
  readonly addresseeNumber: number;
  readonly rule: ErasureRule;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** Null while it waits for the second person */
  readonly erased: {
    /** 番号 that were in the vault, those of before included */
    readonly records: number;
    readonly backupsExpireOn: string;
    readonly by: string;
    readonly at: Date;
  } | null;
};

type Subject = {
  readonly unified_number: number;
  readonly person_ref: string;
  readonly alone: boolean;
  readonly waiting: boolean;
};

/**
 * 消去の申出 for people whose number is used by nobody else any more.
 *
 * @throws Refusal `numberMissing`, `numberElsewhere` (another office uses it), `duplicate` (asked for already); nothing is asked for then
 */
export async function requestErasures(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly systemCode: string;
    readonly addresseeNumbers: readonly number[];
    readonly rule: ErasureRule;
    readonly reason: string;
  },
): Promise<{ readonly requestIds: readonly number[] }> {
  const { key, systemCode, rule, reason } = request;
  const addresseeNumbers = [...new Set(request.addresseeNumbers)].toSorted((a, b) => a - b);
  const content = { systemCode, addresseeNumbers, rule, reason };
  return await command(context, "erasure.request", key, content, async (client) => {
    const subjects: { readonly number: number; readonly of: Subject }[] = [];
    // Everybody is looked at before the vault is asked about anybody.
    for (const number of addresseeNumbers) {
      const { rows } = await client.query<Subject>("SELECT * FROM unified.erasure_subject($1, $2)", [
        number,
        systemCode,
      ]);
      const [of] = rows;
      const whom = `宛名番号 ${String(number).padStart(15, "0")}`;
      if (of === undefined)
        throw refuse(
          "numberMissing",
          `${whom} には個人番号がありません。一覧を読み直してください。何も申し出ていません。`,
        );
      if (!of.alone)
        throw refuse("numberElsewhere", `${whom} の個人番号は、ほかの業務で使われています。何も申し出ていません。`);
      if (of.waiting) throw refuse("duplicate", `${whom} の消去は、すでに申し出られています。何も申し出ていません。`);
      subjects.push({ number, of });
    }
    const requestIds: number[] = [];
    for (const { number, of } of subjects) {
      const { requestId } = await askVault(context, "requestErasure", "erasure", `addressee:${String(number)}`, {
        personRef: of.person_ref,
        rule,
        reason,
      });
      await client.query(
        `INSERT INTO unified.erasure_request (request_id, addressee_number, system_code, unified_number, rule, reason, requested_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [requestId, number, systemCode, of.unified_number, rule, reason, context.operator],
      );
      requestIds.push(requestId);
    }
    return {
      response: { requestIds },
      audit: subjects.map(({ number }) => ({
        action: "erasure.request",
        objectKind: "addressee",
        objectId: String(number),
        detail: { rule },
      })),
    };
  });
}

/**
 * The second person: the numbers are gone for good. Broken off between the vault and here, the same person does it again and gets the
 * vault's first answer.
 *
 * @throws Refusal `erasureUnknown`, `samePerson`
 */
export async function eraseNumbers(
  context: AddresseeContext,
  request: { readonly key: string; readonly requestIds: readonly number[] },
): Promise<{ readonly erased: number; readonly records: number }> {
  const requestIds = [...new Set(request.requestIds)].toSorted((a, b) => a - b);
  return await command(context, "erasure.erase", request.key, { requestIds }, async (client) => {
    const { rows } = await client.query<{ id: number; by: string; addressee: number; unified: number; done: boolean }>(
      `SELECT q.request_id AS id, q.requested_by AS by, q.addressee_number AS addressee, q.unified_number AS unified,
         EXISTS (SELECT FROM unified.erasure e WHERE e.request_id = q.request_id) AS done
       FROM unified.erasure_request q WHERE q.request_id = ANY ($1::bigint[]) ORDER BY 1`,
      [requestIds],
    );
    if (rows.length !== requestIds.length || rows.some(({ done }) => done)) {
      throw refuse(
        "erasureUnknown",
        "消去を待つ申出が見つからないか、すでに消されています。一覧を読み直してください。何も消していません。",
      );
    }
    if (rows.some(({ by }) => by === context.operator))
      throw refuse(
        "samePerson",
        "消去を申し出た人は、自分で消せません。別の職員が確かめて消します。何も消していません。",
      );
    let records = 0;
    for (const { id, unified } of rows) {
      const gone = await askVault(context, "erase", "erasure", `erasure:${String(id)}`, { requestId: id });
      await client.query(
        "INSERT INTO unified.erasure (request_id, records, backups_expire_on, erased_by) VALUES ($1, $2, $3, $4)",
        [id, gone.records, gone.backupsExpireOn, context.operator],
      );
      await client.query("SELECT unified.end_erased_link($1, $2)", [unified, context.operator]);
      records += gone.records;
    }
    return {
      response: { erased: rows.length, records },
      audit: rows.map(({ id, addressee }) => ({
        action: "erasure.erase",
        objectKind: "addressee",
        objectId: String(addressee),
        detail: { requestId: id },
      })),
    };
  });
}

async function query(connection: Queryable, requestId: number | null): Promise<readonly NumberErasure[]> {
  const { rows } = await connection.query<NumberErasure>(
    `SELECT q.request_id AS "requestId", q.addressee_number AS "addresseeNumber", q.rule, q.reason, q.requested_by AS "requestedBy",
       q.requested_at AS "requestedAt", e.records, e.backups_expire_on::text AS "backupsExpireOn", e.erased_by AS "erasedBy", e.erased_at AS "erasedAt"
     FROM unified.erasure_request q LEFT JOIN unified.erasure e USING (request_id) WHERE $1::bigint IS NULL OR q.request_id = $1
     ORDER BY e.request_id IS NOT NULL, q.request_id DESC LIMIT 500`,
    [requestId],
  );
  return (rows as unknown as (NumberErasure & Flat)[]).map(
    ({ records, backupsExpireOn, erasedBy, erasedAt, ...rest }) => ({
      ...rest,
      erased:
        erasedBy === null || erasedAt === null
          ? null
          : { records: records ?? 0, backupsExpireOn: backupsExpireOn ?? "", by: erasedBy, at: erasedAt },
    }),
  );
}

type Flat = {
  readonly records: number | null;
  readonly backupsExpireOn: string | null;
  readonly erasedBy: string | null;
  readonly erasedAt: Date | null;
};

/** Requests and erasures, those that wait first; people by 宛名番号 alone. */
export async function listErasures(context: Pick<AddresseeContext, "pool">): Promise<readonly NumberErasure[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return await query(client, null);
  });
}

/** One erasure with what the 消去証明書 says. @throws Refusal `erasureUnknown` where it is not done yet */
export async function getErasure(context: Pick<AddresseeContext, "pool">, requestId: number): Promise<NumberErasure> {
  const found = await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    return (await query(client, requestId))[0];
  });
  if (found?.erased !== null && found !== undefined) return found;
  throw refuse("erasureUnknown", "この消去は見つからないか、まだ行われていません。証明書は消去の後に出せます。");
}

/** Of these people, those whose number this system still holds. */
export async function numbersHeld(
  context: Pick<AddresseeContext, "pool">,
  systemCode: string,
  addresseeNumbers: readonly number[],
): Promise<readonly number[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<{ held: number[] }>("SELECT unified.linked_numbers($1::bigint[], $2) AS held", [
      addresseeNumbers,
      systemCode,
    ]);
    return rows[0]?.held ?? [];
  });
}
