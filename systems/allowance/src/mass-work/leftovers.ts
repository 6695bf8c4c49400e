/** 毎晩の一覧: lists that must reach zero. What a mass run left to a person, and rights that have ended and would be paid all the same. */
import type { Month } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

/** A line of the newest run of its kind and period that changed nothing although something was to be done. */
export type MassLeftover = {
  readonly runNo: number;
  readonly jobCode: string;
  readonly period: string;
  readonly subject: number;
  readonly recipientId: number | null;
  /** cannot できない, changed 一覧のあとで変わった, refused 断られた */
  readonly state: "cannot" | "changed" | "refused";
  readonly reason: string;
};

/**
 * 残っている件, oldest run first: of each kind and period only the newest complete list counts, so a case that was put right
 * disappears with the next run of the period, and zero means that nothing waits for a person.
 */
export async function massLeftovers(connection: Queryable, jobCode?: string): Promise<readonly MassLeftover[]> {
  const { rows } = await connection.query<MassLeftover>(
    `WITH newest AS (
       SELECT DISTINCT ON (r.job_code, r.period, r.parameters) r.mass_run_no, r.job_code, r.period
       FROM allowance.mass_run r JOIN allowance.mass_list l USING (mass_run_no) JOIN allowance.mass_state s USING (mass_run_no)
       WHERE s.state <> 'cancelled' AND ($1::text IS NULL OR r.job_code = $1)
         AND NOT EXISTS (SELECT FROM allowance.mass_undo u WHERE u.mass_run_no = r.mass_run_no)
       ORDER BY r.job_code, r.period, r.parameters, r.mass_run_no DESC)
     SELECT n.mass_run_no AS "runNo", n.job_code AS "jobCode", n.period, i.subject, i.recipient_id AS "recipientId",
            coalesce(x.result, 'cannot') AS state, coalesce(nullif(x.reason, ''), i.reason) AS reason
     FROM newest n JOIN allowance.mass_item i USING (mass_run_no) LEFT JOIN allowance.mass_result x USING (mass_run_no, subject, part)
     WHERE i.outcome = 'cannot' OR x.result IN ('changed', 'refused') ORDER BY 1, i.subject, i.part`,
    [jobCode ?? null],
  );
  return rows;
}

/** 終わった資格の支払: months from the end of the right on that stand in the ledger as due. */
export type EndedThatPays = {
  readonly recipientId: number;
  /** First month without the right */
  readonly endedFrom: Month;
  readonly firstMonth: Month;
  readonly months: number;
  /** Yen */
  readonly amount: number;
  /** Of these already taken into a payment that was not taken back */
  readonly inPayments: number;
};

/** 終わったのに支払うことになっている受給者 (A53): must be empty; until the next 支払処理 or 清算 it says what these have to take back. */
export async function endedThatPay(connection: Queryable): Promise<readonly EndedThatPays[]> {
  const { rows } = await connection.query<EndedThatPays>(
    `SELECT d.recipient_id AS "recipientId", to_char(w.ended_from, 'YYYY-MM') AS "endedFrom", to_char(min(d.benefit_month), 'YYYY-MM') AS "firstMonth",
            count(DISTINCT d.benefit_month)::int AS months, sum(d.amount)::bigint AS amount, count(i.run_no)::int AS "inPayments"
     FROM allowance.due_item d JOIN allowance.recipient_window w USING (recipient_id)
     LEFT JOIN allowance.due_reversal v USING (child_number, benefit_month, generation, tranche)
     LEFT JOIN LATERAL (
       SELECT x.run_no FROM allowance.run_item x LEFT JOIN allowance.item_release y USING (child_number, benefit_month, generation, tranche, attempt)
       WHERE (x.child_number, x.benefit_month, x.generation, x.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche) AND y.attempt IS NULL
       ORDER BY x.attempt DESC LIMIT 1) i ON true
     WHERE v.tranche IS NULL AND d.benefit_month >= w.ended_from GROUP BY 1, w.ended_from ORDER BY 1`,
  );
  return rows;
}
