/**
 * 事由がなくなったのに残っている差止: the report has come, the missing papers are there, the address or the account is new – and the hold
 * still stands. It once left families unpaid for years (I-5, I-43, I-53). The list is done at zero.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type HoldWithoutCause = {
  readonly holdId: number;
  readonly recipientId: number;
  readonly wardCode: string;
  readonly fromMonth: string;
  readonly cause: string;
  readonly causeCode: string;
  /** What has happened since, Japanese */
  readonly gone: string;
  /** Day on which it happened */
  readonly goneOn: string;
  /** Yen that is due and waits because of the hold */
  readonly amount: number;
};

// Holds that were placed before their causes had codes tell by their words what they are about.
const CODED = `
  SELECT h.hold_id, h.recipient_id, h.from_month, h.cause, h.recorded_at, g.fiscal_year,
         coalesce(g.cause_code, CASE WHEN h.cause ~ '現況届' THEN 'annualReportMissing' WHEN h.cause ~ '書類' THEN 'documentMissing'
           WHEN h.cause ~ '居所|住所' THEN 'whereaboutsUnknown' WHEN h.cause ~ '振込不能|口座' THEN 'returnedTransfer'
           WHEN h.cause ~ '未申告' THEN 'incomeUndeclared' ELSE 'other' END) AS code
  FROM allowance.hold h LEFT JOIN allowance.hold_ground g USING (hold_id)
  WHERE NOT EXISTS (SELECT FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)`;

const GONE = `
  SELECT c.*, x.gone, x.gone_on
  FROM (${CODED}) c JOIN allowance.recipient r USING (recipient_id)
  CROSS JOIN LATERAL (
    SELECT '現況を確かめた（' || CASE a.reception WHEN 'submitted' THEN '届出' ELSE '公簿' END || '）' AS gone,
           coalesce(a.received_on, (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date) AS gone_on
    FROM allowance.annual_report_current a
    WHERE c.code = 'annualReportMissing' AND a.recipient_id = c.recipient_id AND a.reception IN ('submitted', 'publicRecords', 'exempt')
      AND a.fiscal_year = coalesce(c.fiscal_year, extract(year FROM c.from_month)::int)
    UNION ALL
    SELECT '現況届を受け付けている（決裁前）', f.received_on
    FROM allowance.filing_current f JOIN allowance.filing_content k ON k.filing_id = f.filing_id AND k.revision = f.revision
    WHERE c.code = 'annualReportMissing' AND f.recipient_id = c.recipient_id AND f.procedure_code IN ('annualReview', 'institutionAnnualReview')
      AND f.state IN ('submitted', 'examined') AND (k.content ->> 'year')::int = coalesce(c.fiscal_year, extract(year FROM c.from_month)::int)
    UNION ALL
    SELECT '求めた書類が届いている', max(d.noted_on)
    FROM allowance.filing_current f JOIN allowance.filing_document d USING (filing_id)
    WHERE c.code IN ('documentMissing', 'reportMissing') AND f.recipient_id = c.recipient_id AND d.state = 'received'
      AND f.state IN ('submitted', 'examined', 'decided')
    HAVING max(d.recorded_at) > c.recorded_at
    UNION ALL
    SELECT '新しい住所が住民基本台帳にある', max(p.valid_from)
    FROM allowance.person_history p WHERE c.code = 'whereaboutsUnknown' AND p.addressee_number = r.addressee_number AND NOT p.deleted
      AND p.resident_state = 1 AND p.address <> ''
    HAVING max(p.recorded_at) > c.recorded_at
    UNION ALL
    SELECT '新しい送付先が登録されている', max(m.valid_from)
    FROM allowance.mailing_address_current m WHERE c.code = 'whereaboutsUnknown' AND m.addressee_number = r.addressee_number
    HAVING max(m.recorded_at) > c.recorded_at
    UNION ALL
    SELECT '口座が変わっている', (max(k.recorded_at) AT TIME ZONE 'Asia/Tokyo')::date
    FROM allowance.account k WHERE c.code = 'returnedTransfer' AND k.recipient_id = c.recipient_id
    HAVING max(k.recorded_at) > c.recorded_at
    UNION ALL
    SELECT '所得が届いている', (max(i.recorded_at) AT TIME ZONE 'Asia/Tokyo')::date
    FROM allowance.income_history i WHERE c.code = 'incomeUndeclared' AND i.addressee_number = r.addressee_number
    HAVING max(i.recorded_at) > c.recorded_at) x
  WHERE x.gone_on IS NOT NULL`;

/** Holds in force whose cause has gone, the longest waiting first. */
export async function holdsWithoutCause(connection: Queryable): Promise<readonly HoldWithoutCause[]> {
  const { rows } = await connection.query<HoldWithoutCause>(
    `SELECT DISTINCT ON (g.gone_on, g.hold_id) g.hold_id AS "holdId", g.recipient_id AS "recipientId", r.ward_code AS "wardCode",
            to_char(g.from_month, 'YYYY-MM') AS "fromMonth", g.cause, g.code AS "causeCode", g.gone, g.gone_on AS "goneOn",
            coalesce((SELECT sum(d.amount) FROM allowance.due_open d WHERE d.recipient_id = g.recipient_id AND d.benefit_month >= g.from_month), 0)::int AS amount
     FROM (SELECT DISTINCT ON (hold_id) * FROM (${GONE}) y ORDER BY hold_id, gone_on) g JOIN allowance.recipient r USING (recipient_id)
     ORDER BY g.gone_on, g.hold_id`,
  );
  return rows;
}

export type ExpiredDespiteReport = {
  readonly lapseId: number;
  readonly recipientId: number;
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly amount: number;
  /** 受付番号 of the report that had come before the last of the months was lost, and its day */
  readonly receptionNumber: string;
  readonly receivedOn: string;
};

/** 届いていたのに時効とした月分: months decided as lost although the report of their year had been received in time. */
export async function expiredDespiteReport(connection: Queryable): Promise<readonly ExpiredDespiteReport[]> {
  const { rows } = await connection.query<ExpiredDespiteReport>(
    `SELECT DISTINCT ON (l.lapse_id) l.lapse_id AS "lapseId", l.recipient_id AS "recipientId", to_char(l.from_month, 'YYYY-MM') AS "fromMonth",
            to_char(l.to_month, 'YYYY-MM') AS "toMonth", l.total::int AS amount, f.reception_number AS "receptionNumber", f.received_on AS "receivedOn"
     FROM allowance.lapse l JOIN allowance.filing_current f ON f.recipient_id = l.recipient_id
       AND f.procedure_code IN ('annualReview', 'institutionAnnualReview') AND f.state NOT IN ('withdrawn', 'discarded', 'cancelled', 'draft')
     WHERE f.received_on < allowance.limitation_day_of(l.recipient_id, l.to_month::date)
       AND NOT EXISTS (SELECT FROM allowance.lapse_cancellation c WHERE c.lapse_id = l.lapse_id) ORDER BY l.lapse_id, f.received_on`,
  );
  return rows;
}
