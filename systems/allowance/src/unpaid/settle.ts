/**
 * 清算: brings the ledger of single recipients to what their last decision gives, without waiting for the next payment run. Months that
 * are due and unpaid stand as 未払 (the 随時払 takes them), months that were paid and are not due stand as 過払 (A62, A118). The
 * same step as in a run (`accrueDue`), for one recipient at a time.
 */
import { createHash } from "node:crypto";

import { addMonths, assess, type Month, month, monthOf, parseCase, ruleVersion } from "@hagukumi/law/contract.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import type { Deciders } from "../filings/procedure.ts";
import { accrueDue } from "../ledger/accrue.ts";
import { leaveOutRestricted } from "../ledger/leave-out-restricted.ts";
import { readSetting } from "../settings.ts";
import { streamOf } from "../stream.ts";

/** Yen */
export type Settlement = {
  readonly recipientId: number;
  /** New 未払 */
  readonly accrued: number;
  /** 未払 taken back */
  readonly reversed: number;
  /** New 過払 (債権) */
  readonly overpaid: number;
};

type Last = {
  readonly decision_id: number;
  readonly facts_digest: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly ended_from: string | null;
  readonly last_due: string | null;
  /** Last benefit month that a regular run has taken, which still stands */
  readonly covered: string | null;
};

const LAST = `
  SELECT d.decision_id, d.facts_digest, f.facts, w.ended_from, (SELECT max(benefit_month) FROM allowance.due_item i WHERE i.recipient_id = $1) AS last_due,
    (SELECT max(r.months_to) FROM allowance.payment_run r LEFT JOIN allowance.run_end e USING (run_no)
     WHERE r.kind = 'regular' AND e.outcome IS DISTINCT FROM 'cancelled' AND e.outcome IS DISTINCT FROM 'voided') AS covered
  FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) JOIN allowance.recipient_window w USING (recipient_id)
  WHERE d.recipient_id = $1 AND d.kind <> 'refuse' ORDER BY d.seq DESC LIMIT 1`;

const TEMPORARY = ["computed", "computed_case", "standing", "difference", "conflict", "reversal"] as const;

/** What a settlement needs of its context. */
export type Settling = Pick<Context, "calendar" | "today">;

/** The opening month, or null before the city has set one: then nothing was ever paid here. */
async function openingMonth(client: PoolClient, context: Settling): Promise<Month | null> {
  try {
    return month(await readSetting(client, "openingMonth", context.today));
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return null;
    throw error;
  }
}

/** Fills `computed` and `computed_case` as a run does. @returns the children whose months are looked at */
async function compute(
  client: PoolClient,
  context: Settling,
  recipientId: number,
  last: Last,
  from: Month,
  to: Month,
): Promise<readonly number[]> {
  await client.query(`DROP TABLE IF EXISTS ${TEMPORARY.map((name) => `pg_temp.${name}`).join(", ")}`);
  await client.query(`
    CREATE TEMP TABLE computed (recipient_id bigint, child_number bigint, benefit_month date, amount integer, band text,
      birth_order smallint, decision_id bigint) ON COMMIT DROP;
    CREATE TEMP TABLE computed_case (recipient_id bigint PRIMARY KEY, facts_digest text) ON COMMIT DROP`);
  const parsed = parseCase({ ...last.facts, from, until: to });
  const assessed = parsed.ok ? assess(parsed.value, { calendar: context.calendar, explain: false }) : parsed;
  // Facts that were decided on have been assessed before; if they can't be any more, the program is broken, not the data.
  if (!assessed.ok) throw new Error(`recorded facts ${last.facts_digest}: ${assessed.problem.message}`);
  await client.query("INSERT INTO computed_case VALUES ($1, $2)", [recipientId, last.facts_digest]);
  const rows = assessed.value.months
    .filter(({ entitled }) => entitled)
    .flatMap((of) =>
      of.children.flatMap(({ id, amount, band, position }) =>
        amount === null || amount === 0
          ? []
          : [[recipientId, Number(id), `${of.month}-01`, amount, band, position, last.decision_id]],
      ),
    );
  const columns = ["recipient_id", "child_number", "benefit_month", "amount", "band", "birth_order", "decision_id"];
  await copyRows(client, "computed", columns, streamOf(rows));
  await leaveOutRestricted(client);
  const { rows: concerned } = await client.query<{ child_number: number }>(
    "SELECT child_number FROM computed UNION SELECT child_number FROM allowance.due_item WHERE recipient_id = $1 ORDER BY 1",
    [recipientId],
  );
  return concerned.map(({ child_number }) => child_number);
}

/** How far a settlement goes: to what is due by now, or only over the months that the ledger or a regular run has already seen. */
type Reach = "present" | "standing";

/**
 * Settles one recipient in the open transaction: from the opening month to the last month that the right covers or that stands
 * in the ledger, at the latest the month of `context.today`.
 */
export async function settleRecipient(
  client: PoolClient,
  context: Settling,
  /** Number of the filing, or another name of what is settled for: part of the key of the journal's command */
  settledFor: number | string,
  recipientId: number,
  approvedBy: string,
  reach: Reach = "present",
): Promise<Settlement> {
  const nothing = { recipientId, accrued: 0, reversed: 0, overpaid: 0 };
  const from = await openingMonth(client, context);
  const { rows } = await client.query<Last>(LAST, [recipientId]);
  const last = rows[0];
  if (from === null || last === undefined) return nothing;
  if (reach === "standing" && last.last_due === null && last.covered === null) return nothing;
  const present = monthOf(context.today);
  const lastRight = last.ended_from === null ? present : addMonths(month(last.ended_from.slice(0, 7)), -1);
  const lastDue = last.last_due === null ? from : month(last.last_due.slice(0, 7));
  const wanted = lastRight < present ? lastRight : present;
  const covered = last.covered === null ? from : month(last.covered.slice(0, 7));
  const reached = reach === "present" || wanted < covered ? wanted : covered;
  const to = reached > lastDue ? reached : lastDue;
  if (to < from) return nothing;
  const only = await compute(client, context, recipientId, last, from, to);
  // Every journal belongs to a command. A filing's approval is one, but its key is not known in here, so this step has its own.
  const commandKey = `settle/${settledFor}/${recipientId}/${last.decision_id}${reach === "standing" ? "/standing" : ""}`;
  const { accrued, reversed, overpaid } = await accrueDue(client, {
    commandKey,
    occurredOn: context.today,
    from: `${from}-01`,
    to: `${to}-01`,
    ruleVersion,
    runNo: null,
    only,
  });
  const settlement = { recipientId, accrued, reversed, overpaid };
  const digest = createHash("sha256").update(canonicalJson({ settledFor, recipientId })).digest("hex");
  await client.query(
    `INSERT INTO audit.command (command_key, name, request_digest, actor, response) VALUES ($1, 'ledger.settle', $2, $3, $4)
     ON CONFLICT (command_key) DO NOTHING`,
    [commandKey, digest, approvedBy, JSON.stringify(settlement)],
  );
  return settlement;
}

/** Settles those of the recipients whose right has ended (支給事由の消滅): the final account. */
export async function settleEnded(
  client: PoolClient,
  context: Context,
  filingId: number,
  recipients: readonly number[],
  deciders: Deciders,
): Promise<readonly Settlement[]> {
  const { rows } = await client.query<{ recipient_id: number }>(
    "SELECT recipient_id FROM allowance.recipient_window WHERE recipient_id = ANY($1) AND ended_from IS NOT NULL ORDER BY 1",
    [recipients],
  );
  const settlements: Settlement[] = [];
  for (const { recipient_id } of rows) {
    settlements.push(await settleRecipient(client, context, filingId, recipient_id, deciders.approvedBy));
  }
  return settlements;
}

/**
 * Settles the months that the ledger or a regular run has already seen, of recipients whose decisions were changed after the fact (取消・再決定): what was
 * taken back is due again, what is due no more is taken back or becomes a claim for repayment. Months that no run has seen yet wait
 * for theirs.
 */
export async function settleStanding(
  client: PoolClient,
  context: Context,
  filingId: number,
  recipients: readonly number[],
  approvedBy: string,
): Promise<readonly Settlement[]> {
  const settlements: Settlement[] = [];
  for (const recipientId of recipients) {
    settlements.push(await settleRecipient(client, context, filingId, recipientId, approvedBy, "standing"));
  }
  return settlements;
}

/** As `settleStanding`, of one recipient, for a decision that is no filing. @param settledFor its name, once only */
export async function settleStandingMonths(
  client: PoolClient,
  context: Context,
  settledFor: string,
  recipientId: number,
  approvedBy: string,
): Promise<Settlement> {
  return await settleRecipient(client, context, settledFor, recipientId, approvedBy, "standing");
}
