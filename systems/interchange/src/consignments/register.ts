/**
 * 委託の台帳: who works for the city on what, whose accounts they are, under which order; decided by two people. The writers
 * here run inside the transaction of an approval (`changes/wishes.ts`).
 *
 * Source: 熊本市 特定個人情報保護評価書 II-4 (委託の有無), III-4 (委託 規定①–⑫).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { type ChangeBy, type Described, recordChange } from "../changes/history.ts";
import { refuse } from "../refusal.ts";
import type {
  ConsignmentForm,
  ContractorAccountForm,
  ErasureForm,
  SubConsignmentForm,
  WorkOrderForm,
  WorkOrderKind,
} from "./shapes.ts";

export type Consignment = ConsignmentForm & { readonly revision: number };

const COLUMNS = `consignment_code AS "consignmentCode", revision, name, scope, contractor, handlers_from AS "handlersFrom", handlers_to AS "handlersTo",
  sub_consignment AS "subConsignment", core_access AS "coreAccess", valid_from AS "validFrom", valid_to AS "validTo"`;

/** Every consignment as it is now, also those whose contract has ended. */
export async function listConsignments(connection: Queryable): Promise<readonly Consignment[]> {
  const { rows } = await connection.query<Consignment>(
    `SELECT ${COLUMNS} FROM interchange.consignment_now ORDER BY consignment_code`,
  );
  return rows;
}

export function describeConsignment(form: ConsignmentForm): Described {
  return {
    名前: form.name,
    範囲: form.scope,
    委託先: form.contractor,
    取り扱う人数: `${String(form.handlersFrom)}〜${String(form.handlersTo)}人`,
    再委託: form.subConsignment ? "承認のうえで認める" : "認めない",
    児童手当システムの権限: form.coreAccess ? "持ちうる" : "持たない",
    期間: `${form.validFrom}〜${form.validTo ?? ""}`,
  };
}

/** @throws Refusal `samePerson`, `consignmentInvalid` */
export async function writeConsignment(client: PoolClient, form: ConsignmentForm, by: ChangeBy): Promise<void> {
  const before = (await listConsignments(client)).find((each) => each.consignmentCode === form.consignmentCode);
  await client.query(
    `INSERT INTO interchange.consignment (consignment_code, revision, name, scope, contractor, handlers_from, handlers_to, sub_consignment, core_access,
       valid_from, valid_to, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      form.consignmentCode,
      (before?.revision ?? 0) + 1,
      form.name,
      form.scope,
      form.contractor,
      form.handlersFrom,
      form.handlersTo,
      form.subConsignment,
      form.coreAccess,
      form.validFrom,
      form.validTo,
      by.enteredBy,
      by.approvedBy,
    ],
  );
  await recordChange(client, {
    ...by,
    changedOn: by.today,
    item: `委託 ${form.consignmentCode}（${form.name}）`,
    before: before === undefined ? undefined : describeConsignment(before),
    after: describeConsignment(form),
  });
}

/** 再委託の承認. @throws Refusal `consignmentInvalid` where the contract allows none, or is not there */
export async function writeSubConsignment(client: PoolClient, form: SubConsignmentForm, by: ChangeBy): Promise<void> {
  const consignment = (await listConsignments(client)).find((each) => each.consignmentCode === form.consignmentCode);
  if (consignment?.subConsignment !== true) {
    throw refuse(
      "consignmentInvalid",
      "この委託はないか、再委託を認めない契約です。再委託を承認していません。契約を確かめてください。",
      { consignment: form.consignmentCode },
    );
  }
  await client.query(
    `INSERT INTO interchange.sub_consignment (approval_number, consignment_code, company, scope, measures, applied_on, valid_from, valid_to, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      form.approvalNumber,
      form.consignmentCode,
      form.company,
      form.scope,
      form.measures,
      form.appliedOn,
      form.validFrom,
      form.validTo,
      by.enteredBy,
      by.approvedBy,
    ],
  );
  await recordChange(client, {
    ...by,
    changedOn: by.today,
    item: `再委託 ${form.approvalNumber}（${consignment.name}）`,
    before: undefined,
    after: {
      再委託先: form.company,
      範囲: form.scope,
      措置: form.measures,
      期間: `${form.validFrom}〜${form.validTo}`,
    },
  });
}

/** Ties an account to a consignment. @throws Refusal `contractorAccountRefused` with what does not fit */
export async function writeContractorAccount(
  client: PoolClient,
  form: ContractorAccountForm,
  by: ChangeBy,
): Promise<void> {
  await client.query(
    `INSERT INTO interchange.contractor_account (staff_id, consignment_code, sub_consignment_number, valid_from, valid_to, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      form.staffId,
      form.consignmentCode,
      form.subConsignmentNumber,
      form.validFrom,
      form.validTo,
      by.enteredBy,
      by.approvedBy,
    ],
  );
}

/** 作業指示: gets the next number of the year. @throws Refusal `consignmentInvalid` */
export async function writeWorkOrder(client: PoolClient, form: WorkOrderForm, by: ChangeBy): Promise<string> {
  const consignment = (await listConsignments(client)).find((each) => each.consignmentCode === form.consignmentCode);
  if (consignment === undefined || (consignment.validTo !== null && form.validTo > consignment.validTo)) {
    throw refuse(
      "consignmentInvalid",
      "この委託はないか、作業指示の期間が契約の終わりを過ぎています。作業指示を出していません。",
      { consignment: form.consignmentCode },
    );
  }
  const { rows } = await client.query<{ number: string }>(
    `INSERT INTO interchange.work_order (order_number, consignment_code, kind, work, valid_from, valid_to, entered_by, approved_by)
     SELECT 'W-' || $1::text || '-' || lpad((count(*) + 1)::text, 4, '0'), $2, $3, $4, $5, $6, $7, $8 FROM interchange.work_order
     WHERE order_number LIKE 'W-' || $1::text || '-%' RETURNING order_number AS number`,
    [
      by.today.slice(0, 4),
      form.consignmentCode,
      form.kind,
      form.work,
      form.validFrom,
      form.validTo,
      by.enteredBy,
      by.approvedBy,
    ],
  );
  return rows[0]?.number ?? "";
}

/** 消去の承認 (before anything is erased). @throws Refusal `samePerson`, `handOverUnknown` */
export async function writeErasure(client: PoolClient, form: ErasureForm, by: ChangeBy): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO interchange.erasure (consignment_code, hand_over_id, items, medium, quantity, method, planned_on, witness_wanted, approved_on, entered_by, approved_by)
     SELECT $1::text, $2::bigint, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE $2::bigint IS NULL
       OR EXISTS (SELECT FROM interchange.hand_over h WHERE h.hand_over_id = $2::bigint AND h.consignment_code = $1::text)`,
    [
      form.consignmentCode,
      form.handOverId,
      form.items,
      form.medium,
      form.quantity,
      form.method,
      form.plannedOn,
      form.witnessWanted,
      by.today,
      by.enteredBy,
      by.approvedBy,
    ],
  );
  if (rowCount === 1) return;
  throw refuse(
    "handOverUnknown",
    "この委託に、その引渡しの記録はありません。消去を承認していません。一覧を読み直してください。",
    {},
  );
}

export type ListedSubConsignment = SubConsignmentForm & { readonly approvedBy: string };

export async function listSubConsignments(connection: Queryable): Promise<readonly ListedSubConsignment[]> {
  const { rows } = await connection.query<ListedSubConsignment>(
    `SELECT approval_number AS "approvalNumber", consignment_code AS "consignmentCode", company, scope, measures, applied_on AS "appliedOn",
       valid_from AS "validFrom", valid_to AS "validTo", approved_by AS "approvedBy" FROM interchange.sub_consignment ORDER BY recorded_at DESC`,
  );
  return rows;
}

export type ListedWorkOrder = {
  readonly orderNumber: string;
  readonly consignmentCode: string;
  readonly kind: WorkOrderKind;
  readonly work: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly enteredBy: string;
  readonly approvedBy: string;
  /** How often somebody worked under it, and what came of it last */
  readonly uses: number;
  readonly lastResult: string;
};

export async function listWorkOrders(connection: Queryable): Promise<readonly ListedWorkOrder[]> {
  const { rows } = await connection.query<ListedWorkOrder>(
    `SELECT order_number AS "orderNumber", consignment_code AS "consignmentCode", kind, work, valid_from AS "validFrom", valid_to AS "validTo",
       entered_by AS "enteredBy", approved_by AS "approvedBy",
       (SELECT count(*)::int FROM interchange.order_use u WHERE u.order_number = w.order_number) AS uses,
       coalesce((SELECT u.result FROM interchange.order_use u WHERE u.order_number = w.order_number ORDER BY u.use_id DESC LIMIT 1), '') AS "lastResult"
     FROM interchange.work_order w ORDER BY order_number DESC LIMIT 200`,
  );
  return rows;
}
