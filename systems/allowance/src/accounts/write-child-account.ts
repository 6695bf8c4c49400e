/** 児童の口座 (22条の2, 12条): always a new row, entered by one person and approved by another; the last row is the child's account. */
import type { PoolClient } from "pg";

import type { Deciders } from "../filings/procedure.ts";
import type { CheckedAccount } from "./check-account.ts";

export type ChildAccountToWrite = {
  /** 認定番号 of the home, or of the recipient who died */
  readonly recipientId: number;
  /** 宛名番号 */
  readonly child: number;
  /** The decision of 未支払 whose account is put right; null: the child of a home of the state or a local government */
  readonly unpaidId: number | null;
  readonly account: CheckedAccount;
  /** What was looked at, 1–200 characters */
  readonly evidence: string;
  readonly filingId: number;
  readonly deciders: Deciders;
};

/** Adds the account. @returns its number */
export async function writeChildAccount(client: PoolClient, row: ChildAccountToWrite): Promise<number> {
  const { bank, branch, accountType, accountNumber, holder } = row.account;
  const { rows } = await client.query<{ child_account_id: number }>(
    `INSERT INTO allowance.child_account (recipient_id, child_number, unpaid_id, bank, branch, account_type, account_number, holder, evidence, filing_id, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING child_account_id`,
    [
      row.recipientId,
      row.child,
      row.unpaidId,
      bank,
      branch,
      accountType,
      accountNumber,
      holder,
      row.evidence.slice(0, 200),
      row.filingId,
      row.deciders.typedBy,
      row.deciders.approvedBy,
    ],
  );
  return rows[0]?.child_account_id ?? 0;
}

/** What stands where the account `childAccountId` was written: it and the one before it. */
type Beside = {
  readonly last: boolean;
  readonly before: (CheckedAccount & { readonly evidence: string }) | null;
};

/** The account before, and whether nothing was written after. @throws Error where there is no such account */
export async function besideChildAccount(client: PoolClient, childAccountId: number): Promise<Beside> {
  const { rows } = await client.query<Beside>(
    `SELECT NOT EXISTS (SELECT FROM allowance.child_account x WHERE x.recipient_id = a.recipient_id AND x.child_number = a.child_number
              AND x.unpaid_id IS NOT DISTINCT FROM a.unpaid_id AND x.child_account_id > a.child_account_id) AS last,
            (SELECT json_build_object('bank', x.bank, 'branch', x.branch, 'accountType', x.account_type, 'accountNumber', x.account_number,
                      'holder', x.holder, 'evidence', x.evidence) FROM allowance.child_account x
             WHERE x.recipient_id = a.recipient_id AND x.child_number = a.child_number AND x.unpaid_id IS NOT DISTINCT FROM a.unpaid_id
               AND x.child_account_id < a.child_account_id ORDER BY x.child_account_id DESC LIMIT 1) AS before
     FROM allowance.child_account a WHERE a.child_account_id = $1`,
    [childAccountId],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`no account ${childAccountId} of a child`);
  return row;
}
