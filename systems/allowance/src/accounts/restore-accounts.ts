/** 口座の変更の取消: nothing is edited, the account rows that were in use before are written again, with the same start. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Deciders } from "../filings/procedure.ts";
import type { CheckedAccount } from "./check-account.ts";
import { writeAccount } from "./write-account.ts";

type Row = CheckedAccount & {
  readonly accountId: number;
  readonly source: "claim" | "change" | "publicAccount";
  readonly afterPayOn: CivilDate | null;
};

export type RestoreAccounts = {
  readonly recipientId: number;
  /** The account that is taken back */
  readonly accountId: number;
  readonly today: CivilDate;
  readonly deciders: Deciders;
};

/**
 * Writes again what was in use before `accountId`: the account that counted at once, and each that was still waiting for a pay day.
 *
 * @returns the last of them; `changedSince` where a later account stands, `noneBefore` where there was none
 */
export async function restoreAccounts(
  client: PoolClient,
  { recipientId, accountId, today, deciders }: RestoreAccounts,
): Promise<CheckedAccount | "changedSince" | "noneBefore"> {
  // A later change that was itself cancelled has written this account again: then it is the last one all the same.
  const { rows: same } = await client.query(
    `SELECT 1 FROM allowance.account o JOIN allowance.account l USING (recipient_id, bank, branch, account_type, account_number, holder)
     WHERE o.account_id = $2 AND l.account_id = (SELECT max(x.account_id) FROM allowance.account x WHERE x.recipient_id = $1)`,
    [recipientId, accountId],
  );
  if (same.length === 0) return "changedSince";
  const { rows } = await client.query<Row>(
    `SELECT account_id AS "accountId", bank, branch, account_type AS "accountType", account_number AS "accountNumber", holder, source, after_pay_on AS "afterPayOn"
     FROM allowance.account_in_force WHERE recipient_id = $1 AND account_id < $2 ORDER BY account_id DESC`,
    [recipientId, accountId],
  );
  // Back to the first one that counts by now: what came before it is not in use any more.
  const inUse = rows.findIndex(({ afterPayOn }) => afterPayOn === null || afterPayOn < today);
  const chain = rows.slice(0, inUse < 0 ? rows.length : inUse + 1).toReversed();
  for (const { accountId: before, source, afterPayOn, ...account } of chain) {
    const again = await writeAccount(client, {
      recipientId,
      account,
      source: source === "publicAccount" ? "publicAccount" : "change",
      afterPayOn: afterPayOn !== null && afterPayOn < today ? null : afterPayOn,
      enteredBy: deciders.typedBy,
      approvedBy: deciders.approvedBy,
      checks: [],
    });
    // What was found out about the account then is what is known about it now.
    await client.query(
      `INSERT INTO allowance.account_check (account_id, kind, method, result, checked_on, note, recorded_by)
       SELECT $2::bigint, kind, method, result, checked_on, note, recorded_by
       FROM (SELECT DISTINCT ON (kind) * FROM allowance.account_check WHERE account_id = $1 ORDER BY kind, check_id DESC) c ORDER BY kind`,
      [before, again],
    );
  }
  return chain.at(-1) ?? "noneBefore";
}

/** The choice of the recipient before a filing; null where the filing had not changed it. */
export async function choiceBefore(
  connection: Queryable,
  recipientId: number,
  filingId: number,
): Promise<"typed" | "publicAccount" | null> {
  const { rows } = await connection.query<{ choice: "typed" | "publicAccount"; filing_id: number }>(
    "SELECT choice, filing_id FROM allowance.account_choice WHERE recipient_id = $1 ORDER BY choice_id DESC",
    [recipientId],
  );
  const written = rows.findIndex((row) => row.filing_id === filingId);
  return written < 0 ? null : (rows[written + 1]?.choice ?? "typed");
}
