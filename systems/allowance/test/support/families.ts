/** Certified families for tests of procedures, made through the workflow itself; everything is 架空. */
import { civilDate } from "@hagukumi/law/contract.ts";
import type { Pool } from "pg";

import type { Context } from "../../src/context.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { resident } from "./feeds.ts";
import { birthClaim, bring, decided, form } from "./filings.ts";

/** The same person at work on another day. */
export const onDay = (context: Context, today: string): Context => ({
  ...context,
  get pool() {
    return context.pool;
  },
  today: civilDate(today),
});

export type Clerks = { readonly clerk: Context; readonly approver: Context };

/**
 * A parent `base` with children `base + 1`, `base + 2` … of one household, certified from 2026-06 by a claim of 2026-05-20.
 * @returns the 認定番号
 */
export async function certifiedFamily(
  { clerk, approver }: Clerks,
  base: number,
  born: readonly string[],
  counted: readonly { readonly born: string }[] = [],
): Promise<number> {
  const household = { 世帯番号: String(base).padStart(15, "0") };
  const everyone = [...born, ...counted.map((each) => each.born)];
  await bring(clerk, {
    residents: [
      resident(base, "1990-01-01", household),
      ...everyone.map((birth, index) => resident(base + 1 + index, birth, household)),
    ],
  });
  const claim: FilingForm = form("certificationIndividual", "2026-05-20", {
    ...birthClaim(base, base + 1, "2026-05-20", "2026-05-20").content,
    cause: "other",
    children: everyone.map((_, index) => ({
      number: base + 1 + index,
      role: index < born.length ? "child" : "counted",
    })),
  });
  await decided(onDay(clerk, "2026-05-25"), onDay(approver, "2026-05-26"), claim);
  return await recipientIdOf(clerk.pool, base);
}

export async function recipientIdOf(pool: Pool, number: number): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    "SELECT max(recipient_id) AS id FROM allowance.recipient WHERE addressee_number = $1",
    [number],
  );
  return rows[0]?.id ?? 0;
}

/** Decisions of a recipient: kind, month, yen a month after it, cause. */
export async function decisionsOf(pool: Pool, recipientId: number): Promise<readonly unknown[]> {
  const { rows } = await pool.query(
    `SELECT kind, to_char(effective_month, 'YYYY-MM') AS month, monthly_total AS total, cause FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq`,
    [recipientId],
  );
  return rows;
}

/** Notices to one addressee (宛名番号) or office, oldest first. */
export async function noticesTo(
  pool: Pool,
  to: number | string,
): Promise<readonly { kind: string; facts: Record<string, unknown> }[]> {
  const { rows } = await pool.query<{ kind: string; facts: Record<string, unknown> }>(
    `SELECT kind, facts FROM allowance.case_notice WHERE ${typeof to === "number" ? "addressee_number" : "outside_party"} = $1 ORDER BY notice_id`,
    [to],
  );
  return rows;
}

/** A filing that the office opens itself. */
export const exOfficio = (
  procedure: FilingForm["procedure"],
  receivedOn: string,
  content: Record<string, unknown>,
): FilingForm => {
  const { identity: _, ...rest } = form(procedure, receivedOn, content);
  return { ...rest, channel: "exOfficio" };
};

/** Rows of a table, counted. */
export async function countOf(pool: Pool, table: string, where = "true"): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM allowance.${table} WHERE ${where}`);
  return rows[0]?.n ?? 0;
}
