/** 受託者の作業: begun under an order, ended with its result; hand-over of data against a receipt, its return, its erasure. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { z } from "zod";

import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import { type ErasureMethod, erasureReportShape, handOverShape } from "./shapes.ts";

type Keyed<T> = T & { readonly key: string };

async function record<T extends Readonly<Record<string, unknown>>>(
  context: Context,
  command: { readonly name: string; readonly key: string; readonly request: unknown; readonly object: string },
  statement: readonly [string, readonly unknown[]],
  missing: string,
): Promise<T> {
  const [sql, values] = statement;
  const { response } = await refusing(
    async () =>
      await runCommand(
        context.pool,
        {
          role: ROLE,
          key: command.key,
          name: command.name,
          actor: context.operator,
          guard: context.guard,
          purpose: context.purpose,
          request: command.request,
        },
        async (client) => {
          const { rows } = await client.query<T>(sql, [...values]);
          const [row] = rows;
          if (row === undefined) throw refuse("consignmentInvalid", missing);
          const [objectKind = "", objectId = ""] = command.object.split(":");
          return { response: row, audit: [{ action: command.name, objectKind, objectId }] };
        },
      ),
  );
  return response;
}

function parsed<S extends z.ZodType>(shape: S, form: unknown): z.output<S> {
  const result = shape.safeParse(form);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `「${path.join(".")}」${message}`);
  throw refuse("consignmentInvalid", `記録できません。${faults.join("、")}。何も変えていません。`);
}

/**
 * Whether the account is a contractor's, and under which order it works now. A contractor's account is one however it was made: without a
 * tie to a consignment it can begin no order, and so do nothing.
 */
export async function orderInHand(
  connection: Queryable,
  staffId: string,
): Promise<{ readonly tied: boolean; readonly orderNumber: string | null }> {
  const { rows } = await connection.query<{ tied: boolean; orderNumber: string | null }>(
    `SELECT tied, order_number AS "orderNumber" FROM interchange.order_in_hand($1)`,
    [staffId],
  );
  return rows[0] ?? { tied: false, orderNumber: null };
}

/** The contractor begins to work under an order. @throws Refusal `orderNotUsable`, where it is another's, has ended, or one is in hand */
export async function beginOrder(
  context: Context,
  { key, orderNumber }: Keyed<{ readonly orderNumber: string }>,
): Promise<void> {
  await record(
    context,
    { name: "order.begin", key, request: { orderNumber }, object: `workOrder:${orderNumber}` },
    [
      "INSERT INTO interchange.order_use (staff_id, order_number) VALUES ($1, $2) RETURNING use_id",
      [context.operator, orderNumber],
    ],
    "作業を始められません。",
  );
}

/** Ends the work with its result. @throws Refusal `consignmentInvalid` where nothing was begun */
export async function endOrder(context: Context, { key, result }: Keyed<{ readonly result: string }>): Promise<void> {
  await record(
    context,
    { name: "order.end", key, request: { result }, object: `staff:${context.operator}` },
    [
      "UPDATE interchange.order_use SET ended_at = identity.clock(), result = $2 WHERE staff_id = $1 AND ended_at IS NULL RETURNING use_id",
      [context.operator, result.trim()],
    ],
    "始めた作業がありません。一覧を読み直してください。何も変えていません。",
  );
}

/** Ends the tie of an account before its period does. @throws Refusal `consignmentInvalid` */
export async function endContractorAccount(
  context: Context,
  { key, accountId, reason }: Keyed<{ readonly accountId: number; readonly reason: string }>,
): Promise<void> {
  await record(
    context,
    { name: "contractorAccount.end", key, request: { accountId, reason }, object: `contractorAccount:${accountId}` },
    [
      `INSERT INTO interchange.contractor_account_end (account_id, ended_on, reason, ended_by)
       SELECT account_id, $2::date, $3, $4 FROM interchange.contractor_account WHERE account_id = $1 RETURNING account_id`,
      [accountId, context.today, reason, context.operator],
    ],
    "この結び付けはありません。一覧を読み直してください。何も変えていません。",
  );
}

/** 引渡し against a receipt, only under an order in force. @throws Refusal `consignmentInvalid` */
export async function recordHandOver(
  context: Context,
  { key, ...form }: Keyed<z.input<typeof handOverShape>>,
): Promise<{ readonly handOverId: number }> {
  const given = parsed(handOverShape, form);
  return await record(
    context,
    { name: "handOver.record", key, request: given, object: `workOrder:${given.orderNumber}` },
    [
      `INSERT INTO interchange.hand_over (consignment_code, order_number, what, medium, quantity, means, place, handed_at, due_on, receipt_number, received_by, recorded_by)
       SELECT consignment_code, order_number, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM interchange.work_order
       WHERE order_number = $1 AND ($7::timestamptz AT TIME ZONE 'Asia/Tokyo')::date BETWEEN valid_from AND valid_to AND $8::date > ($7::timestamptz AT TIME ZONE 'Asia/Tokyo')::date
       RETURNING hand_over_id AS "handOverId"`,
      [
        given.orderNumber,
        given.what,
        given.medium,
        given.quantity,
        given.means,
        given.place,
        given.handedAt,
        given.dueOn,
        given.receiptNumber,
        given.receivedBy,
        context.operator,
      ],
    ],
    "引渡しの日に効いている作業指示がないか、期限が引渡しより後になっていません。何も記録していません。",
  );
}

/** The data came back. @throws Refusal `consignmentInvalid` */
export async function recordHandOverReturn(
  context: Context,
  { key, handOverId, returnedOn }: Keyed<{ readonly handOverId: number; readonly returnedOn: string }>,
): Promise<void> {
  await record(
    context,
    { name: "handOver.return", key, request: { handOverId, returnedOn }, object: `handOver:${handOverId}` },
    [
      `INSERT INTO interchange.hand_over_return (hand_over_id, returned_on, received_by, recorded_by)
       SELECT hand_over_id, $2::date, $3::text, $3::text FROM interchange.hand_over WHERE hand_over_id = $1 RETURNING hand_over_id`,
      [handOverId, returnedOn, context.operator],
    ],
    "この引渡しはありません。一覧を読み直してください。何も変えていません。",
  );
}

/** 消去の報告. @throws Refusal `consignmentInvalid`: not approved, before the approval, without the witness who was asked for */
export async function reportErasure(
  context: Context,
  { key, ...form }: Keyed<z.input<typeof erasureReportShape>>,
): Promise<void> {
  const given = parsed(erasureReportShape, form);
  await record(
    context,
    { name: "erasure.report", key, request: given, object: `erasure:${given.erasureId}` },
    [
      `INSERT INTO interchange.erasure_report (erasure_id, done_at, done_by, witness, content, reported_on, recorded_by)
       SELECT erasure_id, $2, $3, $4, $5, $6, $7 FROM interchange.erasure WHERE erasure_id = $1 RETURNING erasure_id`,
      [given.erasureId, given.doneAt, given.doneBy, given.witness, given.content, given.reportedOn, context.operator],
    ],
    "承認された消去の申請がありません。先に申請し、承認を受けてください。何も記録していません。",
  );
}

export type ListedHandOver = {
  readonly handOverId: number;
  readonly consignmentCode: string;
  readonly orderNumber: string;
  readonly what: string;
  readonly medium: string;
  readonly quantity: number;
  readonly means: string;
  readonly place: string;
  readonly handedAt: Date;
  readonly dueOn: string;
  readonly receiptNumber: string;
  readonly receivedBy: string;
  /** How it ended; null: still with the contractor */
  readonly ended: "returned" | "erased" | null;
  readonly overdue: boolean;
};

/** 引渡し, those still with a contractor first. */
export async function listHandOvers(connection: Queryable, today: string): Promise<readonly ListedHandOver[]> {
  const { rows } = await connection.query<ListedHandOver>(
    `SELECT h.hand_over_id AS "handOverId", h.consignment_code AS "consignmentCode", h.order_number AS "orderNumber", h.what, h.medium, h.quantity, h.means,
       h.place, h.handed_at AS "handedAt", h.due_on AS "dueOn", h.receipt_number AS "receiptNumber", h.received_by AS "receivedBy", x.ended,
       x.ended IS NULL AND h.due_on < $1::date AS overdue
     FROM interchange.hand_over h CROSS JOIN LATERAL (SELECT CASE
       WHEN EXISTS (SELECT FROM interchange.hand_over_return r WHERE r.hand_over_id = h.hand_over_id) THEN 'returned'
       WHEN EXISTS (SELECT FROM interchange.erasure e JOIN interchange.erasure_report p USING (erasure_id) WHERE e.hand_over_id = h.hand_over_id) THEN 'erased' END AS ended) x
     ORDER BY x.ended IS NOT NULL, h.due_on, h.hand_over_id LIMIT 200`,
    [today],
  );
  return rows;
}

export type ListedErasure = {
  readonly erasureId: number;
  readonly consignmentCode: string | null;
  readonly contractor: string | null;
  readonly handOverId: number | null;
  readonly items: string;
  readonly medium: string;
  readonly quantity: number;
  readonly method: ErasureMethod;
  readonly plannedOn: string;
  readonly witnessWanted: boolean;
  readonly approvedOn: string;
  readonly enteredBy: string;
  readonly approvedBy: string;
  /** The report; null: not done or not reported yet */
  readonly report: {
    readonly doneAt: string;
    readonly doneBy: string;
    readonly witness: string;
    readonly content: string;
    readonly reportedOn: string;
    readonly recordedBy: string;
  } | null;
};

/** 消去, those without a report first. */
export async function listErasures(connection: Queryable): Promise<readonly ListedErasure[]> {
  const { rows } = await connection.query<ListedErasure>(
    `SELECT e.erasure_id AS "erasureId", e.consignment_code AS "consignmentCode", c.contractor, e.hand_over_id AS "handOverId", e.items, e.medium, e.quantity,
       e.method, e.planned_on AS "plannedOn", e.witness_wanted AS "witnessWanted", e.approved_on AS "approvedOn", e.entered_by AS "enteredBy",
       e.approved_by AS "approvedBy", CASE WHEN p.erasure_id IS NOT NULL THEN jsonb_build_object('doneAt', p.done_at, 'doneBy', p.done_by, 'witness', p.witness,
         'content', p.content, 'reportedOn', p.reported_on, 'recordedBy', p.recorded_by) END AS report
     FROM interchange.erasure e LEFT JOIN interchange.erasure_report p USING (erasure_id) LEFT JOIN interchange.consignment_now c USING (consignment_code)
     ORDER BY p.erasure_id IS NOT NULL, e.erasure_id DESC LIMIT 200`,
  );
  return rows;
}
