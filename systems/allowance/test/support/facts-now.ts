/** What is valid now about a family, out of every table that a procedure writes: two families can be compared whatever happened to them before. */
import type { Pool } from "pg";

import { accountChoiceOf } from "../../src/accounts/check-account.ts";
import { donationIn, feeRequestsIn } from "../../src/deductions/register.ts";
import { dueChecks } from "../../src/procedures/alerts.ts";
import { designationsFor } from "../../src/procedures/designations.ts";
import { personOf, recipientOf } from "../../src/procedures/people.ts";
import { pictureOf } from "../../src/procedures/recipient-history.ts";
import { civilDate, month } from "@hagukumi/law/contract.ts";

const ENTRY_TABLES = ["related_person", "coverage", "child_circumstance", "annual_report"] as const;

/** Columns that say when and by whom, or carry a number that differs from family to family without meaning. */
const APART = ["entry_id", "revision", "recorded_at", "entered_by", "reason", "evidence", "recipient_id"];

const relative = (column: string): string => `(${column} - $1::bigint) AS ${column}`;

/** Facts about the addressees `base` … `base + 9`; their numbers are given relative to `base`, the 認定番号 is left out. */
export async function factsNow(pool: Pool, base: number, recipientId: number): Promise<unknown> {
  const rows = async (sql: string, values: readonly unknown[] = []): Promise<unknown> => {
    const found = await pool.query<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(x) AS row FROM (${sql}) x ORDER BY to_jsonb(x)::text`,
      [base, ...values],
    );
    return found.rows.map(({ row }) => row);
  };
  const entries: Record<string, unknown> = {};
  for (const table of ENTRY_TABLES) {
    const { rows: found } = await pool.query<Record<string, unknown>>(
      `SELECT to_jsonb(c) - $2::text[] AS row FROM allowance.${table}_current c WHERE addressee_number BETWEEN $1 AND $1 + 9 ORDER BY 1::text`,
      [base, APART],
    );
    entries[table] = found.map(({ row }) =>
      Object.fromEntries(
        Object.entries(row as Record<string, unknown>).map(([name, value]) => [
          name,
          typeof value === "number" && value >= base && value <= base + 9 ? value - base : value,
        ]),
      ),
    );
  }
  const recipient = await recipientOf(pool, recipientId);
  const children = [1, 2, 3, 4].map((each) => base + each);
  const paymentMonths = ["2026-12", "2027-02", "2027-04"].map((each) => month(each));
  const picture = recipient === undefined ? undefined : await pictureOf(pool, recipient);
  const donations = [];
  const fees = [];
  for (const paymentMonth of paymentMonths) {
    const donation = await donationIn(pool, recipientId, paymentMonth);
    donations.push(donation === null ? null : [donation.scope, donation.amount]);
    fees.push(
      (await feeRequestsIn(pool, recipientId, paymentMonth)).map(({ child, feeKind, cap }) => [
        child - base,
        feeKind,
        cap,
      ]),
    );
  }
  const checks = await dueChecks(pool, civilDate("2020-01-01"), civilDate("2050-12-31"));
  return {
    picture: [
      picture?.name,
      picture?.kana,
      picture?.postalCode,
      picture?.address,
      picture?.wardCode,
      picture?.employeeClass,
    ].map((each) => each?.replace(String(base), "base")),
    entries,
    donations,
    fees,
    choice: await accountChoiceOf(pool, recipientId),
    window: { first: recipient?.firstMonth, ended: recipient?.endedFrom },
    states: await Promise.all([0, 1, 2, 3].map(async (each) => (await personOf(pool, base + each))?.state)),
    designations: (await designationsFor(pool, children)).map(({ designee, child, validFrom, expiresOn, endedOn }) => [
      designee - base,
      child - base,
      validFrom,
      expiresOn,
      endedOn,
    ]),
    checks: checks
      .filter(({ child }) => children.includes(child))
      .map(({ kind, child, on }) => [kind, child - base, on]),
    // The account of each pay day; `own` is the one of the claim.
    accounts: await rows(
      `SELECT d.on, (SELECT CASE a.account_number::int WHEN $1::int % 10000000 THEN 'own' ELSE a.account_number END FROM allowance.account_in_force a WHERE a.recipient_id = $2
         AND (a.after_pay_on IS NULL OR a.after_pay_on < d.on) ORDER BY a.account_id DESC LIMIT 1) AS number
       FROM (VALUES ('2026-12-10'::date), ('2027-02-10'), ('2027-04-10')) AS d("on")`,
      [recipientId],
    ),
    statuses: await rows(
      `SELECT kind, ${relative("addressee_number")}, ${relative("counterparty_number")}, starts_on, ends_on, short_stay, study FROM (
         SELECT DISTINCT ON (kind, addressee_number, starts_on) * FROM allowance.status_period WHERE addressee_number BETWEEN $1 AND $1 + 9
         ORDER BY kind, addressee_number, starts_on, revision DESC) s WHERE NOT voided`,
    ),
    holds: await rows(
      `SELECT kind, from_month FROM allowance.hold h WHERE recipient_id = $2 AND $1::bigint > 0
         AND NOT EXISTS (SELECT FROM allowance.hold_release r WHERE r.hold_id = h.hold_id)`,
      [recipientId],
    ),
    unpaid: await rows(
      `SELECT ${relative("child_number")}, benefit_month, amount FROM allowance.unpaid_standing WHERE recipient_id = $2`,
      [recipientId],
    ),
    // Yen a month that is due, as the last decision before or in the month gives it.
    decided: await rows(
      `SELECT m.month, (SELECT d.monthly_total FROM allowance.decision d WHERE d.recipient_id = $2 AND $1::bigint > 0 AND d.kind <> 'refuse' AND d.effective_month <= m.month
         ORDER BY d.seq DESC LIMIT 1) AS total FROM generate_series('2026-10-01'::date, '2027-06-01', interval '1 month') m(month)`,
      [recipientId],
    ),
  };
}

/** Yen in the ledger of a recipient by account, child (relative to `base`) and month. */
export async function ledgerNow(
  pool: Pool,
  base: number,
  recipientId: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT account, (child_number - $1::bigint)::int AS child, to_char(benefit_month, 'YYYY-MM') AS month, sum(amount)::int AS yen FROM allowance.ledger_leg
     WHERE recipient_id = $2 GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 ORDER BY 1, 2, 3`,
    [base, recipientId],
  );
  return rows;
}
