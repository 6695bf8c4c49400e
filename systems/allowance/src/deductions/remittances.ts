/** 納付・送金の一覧: what a run took out of the payments, for whom, by creditor. Reads only. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { addresseeNumberText, certificationNumberText } from "../inquiry/names.ts";
import { declareList } from "../outputs/declared-list.ts";
import { type FeeKind, feeKindLabels } from "./creditors.ts";
import { type DeductionKind, deductionLabels } from "./planned.ts";

/** One deduction for a creditor: who, for which child and fee, how much. Amounts in yen. */
export type Remittance = {
  readonly creditorId: number;
  readonly creditorName: string;
  readonly creditorKind: "city" | "thirdParty";
  readonly kind: DeductionKind;
  readonly feeKind: FeeKind;
  readonly recipientId: number;
  readonly feeChild: number;
  readonly amount: number;
  readonly short: number;
  /** 支援措置 of the recipient or of the child */
  readonly protected: boolean;
};

/**
 * The list as a file. The creditor (a school, a nursery) needs its sum; which child it is for says at which place that child is every
 * day, so that here the numbers of the people are what a protected family keeps to itself.
 */
export const remittanceList = declareList<Remittance>({
  code: "remittanceList",
  protectedOf: (row) => row.protected,
  columns: [
    { name: "債権者番号", kind: "plain", cell: (row) => String(row.creditorId) },
    { name: "債権者", kind: "plain", cell: (row) => row.creditorName },
    { name: "種類", kind: "plain", cell: (row) => deductionLabels[row.kind] },
    { name: "費目", kind: "plain", cell: (row) => feeKindLabels[row.feeKind] },
    { name: "認定番号", kind: "whereabouts", cell: (row) => certificationNumberText(row.recipientId) },
    { name: "児童の宛名番号", kind: "whereabouts", cell: (row) => addresseeNumberText(row.feeChild) },
    { name: "徴収した額", kind: "amount", cell: (row) => row.amount },
    { name: "不足した額", kind: "amount", cell: (row) => row.short },
  ],
});

/**
 * 債権者ごとの一覧 of a run (A96, A218): each deduction for a creditor, in the order of the creditors. The creditor is named as it stood
 * on the pay day. A cancelled run remits nothing.
 */
export async function readRemittances(connection: Queryable, runNo: number): Promise<readonly Remittance[]> {
  const { rows } = await connection.query<Remittance>(
    `SELECT d.creditor_id AS "creditorId", c.name AS "creditorName", c.kind AS "creditorKind", d.kind, d.fee_kind AS "feeKind",
            d.recipient_id AS "recipientId", d.fee_child AS "feeChild", d.amount, d.short,
            (allowance.is_protected(d.fee_child) OR allowance.is_protected(p.addressee_number)) AS protected
     FROM allowance.run_deduction d JOIN allowance.payment_run r USING (run_no) JOIN allowance.recipient p USING (recipient_id)
     JOIN LATERAL (SELECT name, kind FROM allowance.creditor x WHERE x.creditor_id = d.creditor_id ORDER BY revision DESC LIMIT 1) c ON true
     LEFT JOIN allowance.run_end e ON e.run_no = d.run_no AND e.outcome IN ('cancelled', 'voided')
     WHERE d.run_no = $1 AND e.run_no IS NULL ORDER BY d.creditor_id, d.recipient_id, d.deduction_no`,
    [runNo],
  );
  return rows;
}

export type DeductionTotal = {
  readonly kind: DeductionKind;
  readonly creditorId: number | null;
  readonly creditorName: string | null;
  readonly recipients: number;
  readonly amount: number;
  /** What could not be taken because nothing was left */
  readonly short: number;
};

/** Totals of a run by kind and creditor: gross = transferred + their sum. */
export async function deductionTotals(connection: Queryable, runNo: number): Promise<readonly DeductionTotal[]> {
  const { rows } = await connection.query<DeductionTotal>(
    `SELECT d.kind, d.creditor_id AS "creditorId", (SELECT name FROM allowance.creditor x WHERE x.creditor_id = d.creditor_id ORDER BY revision DESC LIMIT 1) AS "creditorName",
            count(DISTINCT d.recipient_id)::int AS recipients, sum(d.amount)::bigint AS amount, sum(d.short)::bigint AS short
     FROM allowance.run_deduction d WHERE d.run_no = $1 GROUP BY d.kind, d.creditor_id
     ORDER BY array_position(ARRAY['advanceOffset', 'specialDeduction', 'requestedDeduction', 'requestedToThirdParty', 'donation'], d.kind), d.creditor_id`,
    [runNo],
  );
  return rows;
}

/** 支払の内訳 of one recipient in a run (R20): gross, each deduction by kind, and what was transferred. Amounts in yen. */
export type PaymentSlip = {
  readonly gross: number;
  readonly deductions: readonly {
    readonly kind: DeductionKind;
    readonly creditorName: string | null;
    readonly amount: number;
  }[];
  readonly net: number;
};

export async function paymentSlip(connection: Queryable, runNo: number, recipientId: number): Promise<PaymentSlip> {
  const { rows: deductions } = await connection.query<PaymentSlip["deductions"][number]>(
    `SELECT d.kind, (SELECT name FROM allowance.creditor x WHERE x.creditor_id = d.creditor_id ORDER BY revision DESC LIMIT 1) AS "creditorName", d.amount
     FROM allowance.run_deduction d WHERE d.run_no = $1 AND d.recipient_id = $2 ORDER BY d.deduction_no`,
    [runNo, recipientId],
  );
  const { rows } = await connection.query<{ net: number }>(
    "SELECT coalesce(sum(amount), 0)::bigint AS net FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2",
    [runNo, recipientId],
  );
  const net = rows[0]?.net ?? 0;
  return { gross: deductions.reduce((sum, { amount }) => sum + amount, net), deductions, net };
}
