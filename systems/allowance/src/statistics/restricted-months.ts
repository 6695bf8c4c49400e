/**
 * 支給制限 (10条) in the annual return: months that are not granted and what the law would have given for them. They are never due, so no
 * ledger knows them; the amount is what the last decision's facts give.
 */
import { assess, parseCase } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import type { KnownAt } from "./known.ts";

type Restricted = {
  readonly recipientId: number;
  readonly child: number | null;
  readonly from: string;
  readonly until: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

const RESTRICTED = `
  SELECT x.* FROM (
    SELECT b.recipient_id AS "recipientId", b.child_number::bigint AS child, to_char(greatest(b.from_month::date, $1::date), 'YYYY-MM') AS "from",
           to_char(least($2::date, coalesce((e.payable_from::date - interval '1 month')::date, $2::date)), 'YYYY-MM') AS until, f.facts
    FROM allowance.benefit_restriction b
    LEFT JOIN allowance.benefit_restriction_end e ON e.restriction_id = b.restriction_id AND e.recorded_at <= $3
    JOIN LATERAL (SELECT d.facts_digest FROM allowance.decision d WHERE d.recipient_id = b.recipient_id AND d.kind <> 'refuse' AND d.recorded_at <= $3
                  ORDER BY d.seq DESC LIMIT 1) d ON true
    JOIN allowance.facts f USING (facts_digest)
    WHERE b.recorded_at <= $3
      AND NOT EXISTS (SELECT FROM allowance.benefit_restriction_cancellation c WHERE c.restriction_id = b.restriction_id AND c.recorded_at <= $3)
  ) x WHERE x."from" <= x.until`;

function amountsOf({ recipientId, child, from, until, facts }: Restricted): readonly number[] {
  const parsed = parseCase({ ...facts, from, until });
  const assessed = parsed.ok ? assess(parsed.value, { calendar: japaneseCalendar, explain: false }) : parsed;
  if (!assessed.ok) {
    throw refuse(
      "statisticsInvalid",
      `支給制限のある認定番号 ${recipientId} の額を計算できないため、年報を作れません（${assessed.problem.message}）。事案を開いて、決定を確かめてください。`,
    );
  }
  return assessed.value.months.map(({ total, children }) =>
    child === null ? total : (children.find(({ id }) => Number(id) === child)?.amount ?? 0),
  );
}

/**
 * Months (受給者×月分) between the two, both included, in which something was not granted, and its yen.
 *
 * @throws Refusal `statisticsInvalid`
 */
export async function restrictedMonths(
  connection: Queryable,
  months: readonly [first: string, last: string],
  knownAt: KnownAt,
): Promise<{ readonly count: number; readonly amount: number }> {
  const bounds = months.map((of) => `${of}-01`);
  const { rows } = await connection.query<Restricted>(RESTRICTED, [...bounds, knownAt]);
  const amounts = rows.flatMap(amountsOf).filter((amount) => amount > 0);
  return { count: amounts.length, amount: amounts.reduce((sum, amount) => sum + amount, 0) };
}
