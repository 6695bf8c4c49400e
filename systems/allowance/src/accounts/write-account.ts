/** Writing an account: always a new row; a change that came after the cut-off waits until the pay day has passed (A104). */
import { addMonths, type CivilDate, type Month, monthOf } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { branchesOn } from "../bank-master/branches.ts";
import type { Context } from "../context.ts";
import { cutOffRule, firstPaymentMonth, payDayOf } from "../deductions/cut-off.ts";
import { type AccountCheckFinding, insertAccountCheck } from "./account-checks.ts";
import type { CheckedAccount } from "./check-account.ts";

/** From which payment a change counts. */
export type AccountTiming = {
  /** 支払期月 that is the first one paid to the new account */
  readonly firstPayment: Month;
  /** The last pay day for which the account before is still used; null: the new account counts at once */
  readonly afterPayOn: CivilDate | null;
  /** For people, Japanese */
  readonly text: string;
};

const isPaymentMonth = (of: Month): boolean => Number(of.slice(5)) % 2 === 0;

type Present = { readonly bank: string; readonly branch: string };

/** The account in use before the change, if it can still be paid to on the day. */
async function usableBefore(connection: Queryable, recipientId: number, day: CivilDate): Promise<boolean> {
  const { rows } = await connection.query<Present>(
    `SELECT bank, branch FROM allowance.account_in_force WHERE recipient_id = $1 AND (after_pay_on IS NULL OR after_pay_on < $2)
     ORDER BY account_id DESC LIMIT 1`,
    [recipientId, day],
  );
  const present = rows[0];
  return present !== undefined && (await branchesOn(connection, present.bank, day)).has(present.branch);
}

/**
 * When a change received on `receivedOn` begins to count. Where there is no usable account before it, it counts at once: nobody is
 * paid to a closed branch for the sake of a cut-off.
 *
 * @throws Refusal `settingMissing`
 */
export async function accountTiming(
  connection: Queryable,
  context: Context,
  recipientId: number,
  receivedOn: CivilDate,
): Promise<AccountTiming> {
  const rule = await cutOffRule(connection, "account", receivedOn);
  const firstPayment = firstPaymentMonth(receivedOn, rule);
  let afterPayOn: CivilDate | null = null;
  const start = monthOf(receivedOn);
  for (let of = isPaymentMonth(start) ? start : addMonths(start, 1); of < firstPayment; of = addMonths(of, 2)) {
    const payOn = await payDayOf(connection, context, of);
    if (payOn >= receivedOn) afterPayOn = payOn;
  }
  if (afterPayOn === null) {
    return { firstPayment, afterPayOn, text: `次の支払（${firstPayment} の支払期）から新しい口座に振り込みます。` };
  }
  if (!(await usableBefore(connection, recipientId, afterPayOn))) {
    const text = "締切日を過ぎていますが、前の口座に振り込めないため、すぐに新しい口座を使います。";
    return { firstPayment: monthOf(afterPayOn), afterPayOn: null, text };
  }
  const text = `締切日を過ぎたため、${afterPayOn} の支払までは前の口座に、${firstPayment} の支払期から新しい口座に振り込みます。`;
  return { firstPayment, afterPayOn, text };
}

export type AccountToWrite = {
  readonly recipientId: number;
  readonly account: CheckedAccount;
  readonly source: "change" | "publicAccount";
  readonly afterPayOn: CivilDate | null;
  readonly enteredBy: string;
  readonly approvedBy: string;
  /** What was checked about it before it was approved */
  readonly checks: readonly AccountCheckFinding[];
};

/** Adds the account. @returns its number */
export async function writeAccount(client: PoolClient, row: AccountToWrite): Promise<number> {
  const { bank, branch, accountType, accountNumber, holder } = row.account;
  const { rows } = await client.query<{ account_id: number }>(
    `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING account_id`,
    [row.recipientId, bank, branch, accountType, accountNumber, holder, row.source, row.enteredBy, row.approvedBy],
  );
  const accountId = rows[0]?.account_id ?? 0;
  if (row.afterPayOn !== null) {
    await client.query("INSERT INTO allowance.account_start (account_id, after_pay_on) VALUES ($1, $2)", [
      accountId,
      row.afterPayOn,
    ]);
  }
  for (const check of row.checks) await insertAccountCheck(client, accountId, check, row.enteredBy);
  return accountId;
}
