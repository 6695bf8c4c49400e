/** Dealing with changes: who is in charge, what came of it. Nothing leaves the list without a filing or a reason. */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { AuditEntry } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { checkReason } from "../filings/command.ts";
import { readComplete } from "../filings/store-form.ts";
import { submitIn } from "../filings/receive.ts";
import { refuse, stopIfCancelled } from "../refusal.ts";
import { type ChangeRow, draftFor } from "./draft-for.ts";

const CHANGE = `
  SELECT c.change_id AS "changeId", c.kind, c.addressee_number AS number, c.recipient_id AS "recipientId", r.addressee_number AS "recipientNumber",
         c.happened_on AS "happenedOn", c.ward_code AS "wardCode", EXISTS (SELECT FROM allowance.register_change_handling h WHERE h.change_id = c.change_id) AS done
  FROM allowance.register_change c LEFT JOIN allowance.recipient r USING (recipient_id) WHERE c.change_id = $1`;

async function openChange(client: PoolClient, changeId: number): Promise<ChangeRow> {
  const { rows } = await client.query<ChangeRow & { done: boolean }>(CHANGE, [changeId]);
  const [row] = rows;
  if (row !== undefined && !row.done) return row;
  throw refuse(
    "changeUnknown",
    row === undefined
      ? `変更 ${changeId} はありません。一覧を読み直してください。何も変えていません。`
      : `変更 ${changeId} は、ほかの職員がもう扱いました。一覧を読み直してください。何も変えていません。`,
    { changeId },
  );
}

type Work<T> = {
  readonly name: string;
  readonly key: string | undefined;
  readonly request: unknown;
  readonly changeId: number;
  readonly work: (client: PoolClient) => Promise<{ response: T; detail: NonNullable<AuditEntry["detail"]> }>;
};

async function onChange<T>(context: Context, { name, key, request, changeId, work }: Work<T>): Promise<T> {
  const command = {
    role: ROLE,
    key: key ?? `${name}/${randomUUID()}`,
    name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request,
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { response: answer, detail } = await work(client);
      return {
        response: answer,
        audit: [{ action: name, objectKind: "registerChange", objectId: String(changeId), detail }],
      };
    }),
  );
  return response;
}

/**
 * Puts somebody in charge of a change (担当).
 *
 * @throws Refusal `changeUnknown` (no such change, or dealt with), `operatorInvalid`
 */
export async function assignChange(
  context: Context,
  assign: { readonly changeId: number; readonly owner: string; readonly key?: string },
): Promise<void> {
  const { changeId, owner, key } = assign;
  await onChange(context, {
    name: "change.assign",
    key,
    request: { changeId, owner },
    changeId,
    work: async (client) => {
      await openChange(client, changeId);
      await client.query(
        `INSERT INTO allowance.register_change_owner (change_id, seq, owner, assigned_by)
         SELECT $1, coalesce(max(seq), 0) + 1, $2, $3 FROM allowance.register_change_owner WHERE change_id = $1`,
        [changeId, owner, context.operator],
      );
      return { response: null, detail: { owner } };
    },
  });
}

/**
 * することがない: closes a change without a filing, with the reason.
 *
 * @param close `reason` 1–400 characters, without a 個人番号
 * @throws Refusal `changeUnknown`, `filingInvalid`
 */
export async function closeChange(
  context: Context,
  close: { readonly changeId: number; readonly reason: string; readonly key?: string },
): Promise<void> {
  const { changeId, key } = close;
  const reason = checkReason(close.reason, "扱わないこと");
  await onChange(context, {
    name: "change.close",
    key,
    request: { changeId, reason },
    changeId,
    work: async (client) => {
      await openChange(client, changeId);
      await client.query(
        "INSERT INTO allowance.register_change_handling (change_id, outcome, reason, handled_by) VALUES ($1, 'noEffect', $2, $3)",
        [changeId, reason, context.operator],
      );
      return { response: null, detail: { outcome: "noEffect" } };
    },
  });
}

/**
 * Opens the filing that answers a change, prefilled from the register (職権), or ties the change to a filing that is there
 * (`filingId`): from then on the filing's own flow keeps it.
 *
 * @throws Refusal `changeUnknown`, `filingUnknown` (no such filing about this person), `changeNeedsPerson` (no form can be
 *   filled from the register: somebody has to file, or to look), and what `submitFiling` throws
 */
export async function fileChange(
  context: Context,
  file: { readonly changeId: number; readonly filingId?: number; readonly key?: string },
): Promise<{ readonly filingId: number; readonly receptionNumber: string }> {
  const { changeId, key } = file;
  return await onChange(context, {
    name: "change.file",
    key,
    request: { changeId, filingId: file.filingId ?? null },
    changeId,
    work: async (client) => {
      const change = await openChange(client, changeId);
      const filed =
        file.filingId === undefined
          ? await fileFromRegister(client, context, change)
          : await existingFiling(client, change, file.filingId);
      await client.query(
        "INSERT INTO allowance.register_change_handling (change_id, outcome, filing_id, handled_by) VALUES ($1, 'filing', $2, $3)",
        [changeId, filed.filingId, context.operator],
      );
      return { response: filed, detail: { outcome: "filing", filingId: filed.filingId } };
    },
  });
}

type Filed = { readonly filingId: number; readonly receptionNumber: string };

async function fileFromRegister(client: PoolClient, context: Context, change: ChangeRow): Promise<Filed> {
  // 出生: the increase is a claim of the recipient; the office can only invite it.
  const draft = change.kind === "birth" ? undefined : await draftFor(client, change, context.today);
  if (draft === undefined) {
    throw refuse(
      "changeNeedsPerson",
      "この変更は、台帳だけからは受付にできません。届出・請求を受け付けるか、確かめて理由を書いて閉じてください。何も変えていません。",
      { changeId: change.changeId },
    );
  }
  const { filingId, receptionNumber } = await submitIn(client, context, {}, readComplete(context, draft));
  return { filingId, receptionNumber };
}

async function existingFiling(client: PoolClient, change: ChangeRow, filingId: number): Promise<Filed> {
  const { rows } = await client.query<Filed>(
    `SELECT filing_id AS "filingId", reception_number AS "receptionNumber" FROM allowance.filing_current
     WHERE filing_id = $1 AND state NOT IN ('draft', 'withdrawn', 'discarded', 'cancelled') AND claimant_number = ANY ($2::bigint[])`,
    [filingId, [change.number, change.recipientNumber ?? change.number]],
  );
  if (rows[0] !== undefined) return rows[0];
  throw refuse(
    "filingUnknown",
    "この人についての、生きている受付ではありません。受付番号を確かめてください。何も変えていません。",
    { filingId },
  );
}

/**
 * 付記のある異動から変更届を作る (A211, 施行規則8条): a notification under 住民基本台帳法 that carries the allowance's endorsement is the
 * report. Each becomes a filing by itself, received on the day of the notification, and goes to examination and approval.
 *
 * @returns how many reports were made, and how many endorsed changes a person has to look at
 */
export async function makeEndorsedReports(context: Context): Promise<{ readonly made: number; readonly left: number }> {
  const { rows } = await context.pool.query<{ changeId: number; reportedOn: string }>(
    `SELECT DISTINCT ON (c.change_id) c.change_id AS "changeId", m.reported_on AS "reportedOn" FROM allowance.register_change c
     JOIN allowance.move_endorsement m ON m.addressee_number = c.addressee_number AND c.source_key LIKE m.history_no || '/%'
     JOIN allowance.recipient r ON r.recipient_id = c.recipient_id AND r.addressee_number = c.addressee_number
     WHERE c.kind IN ('moveWithin', 'nameChange', 'moveOut')
       AND NOT EXISTS (SELECT FROM allowance.register_change_handling h WHERE h.change_id = c.change_id)
     ORDER BY c.change_id, m.revision DESC`,
  );
  let made = 0;
  for (const { changeId, reportedOn } of rows) {
    stopIfCancelled(context.signal, "付記からの変更届の作成");
    // The key is the change: a report is made once, however often this runs.
    made += await onChange(context, {
      name: "change.report",
      key: `change.report/${changeId}`,
      request: { changeId },
      changeId,
      work: async (client) => {
        const change = await openChange(client, changeId);
        const received = reportedOn <= context.today ? reportedOn : context.today;
        const draft = await draftFor(client, change, received as ChangeRow["happenedOn"]);
        if (draft === undefined) return { response: 0, detail: { outcome: "left" } };
        const { filingId } = await submitIn(client, context, {}, readComplete(context, draft));
        await client.query(
          "INSERT INTO allowance.register_change_handling (change_id, outcome, filing_id, handled_by) VALUES ($1, 'report', $2, $3)",
          [changeId, filingId, context.operator],
        );
        return { response: 1, detail: { outcome: "report", filingId } };
      },
    });
  }
  return { made, left: rows.length - made };
}
