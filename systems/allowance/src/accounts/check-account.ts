/** 口座の確認: an account as the recipient wrote it, checked as the bank would check it. Reads only. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { checkAccount, checkAccountType } from "@hagukumi/platform/bank/checks.ts";
import { toZenginKana } from "@hagukumi/platform/bank/kana.ts";
import { convertYucho, YUCHO_BANK } from "@hagukumi/platform/bank/yucho.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { branchesOn } from "../bank-master/branches.ts";

/** An account as the recipient wrote it: at a bank, or 記号・番号 of ゆうちょ銀行. Holder in kana of any width. */
export type NewAccount = { readonly holder: string } & (
  | {
      readonly bank: string;
      readonly branch: string;
      readonly accountType: "1" | "2" | "4";
      readonly accountNumber: string;
    }
  | { readonly yuchoSymbol: string; readonly yuchoNumber: string; readonly savings?: boolean }
);

/** An account as a transfer file carries it. */
export type CheckedAccount = {
  readonly bank: string;
  readonly branch: string;
  readonly accountType: string;
  readonly accountNumber: string;
  /** 半角カナ, at most 30 */
  readonly holder: string;
};

export type AccountProblem = { readonly code: string; readonly message: string };

export type AccountCheck =
  | { readonly ok: true; readonly account: CheckedAccount; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problem: AccountProblem };

const refused = (problem: AccountProblem): AccountCheck => ({ ok: false, problem });

/** Checks the account against the bank master of the day. */
export async function checkNewAccount(
  connection: Queryable,
  account: NewAccount,
  day: CivilDate,
): Promise<AccountCheck> {
  const holder = toZenginKana(account.holder, { kind: "21" });
  if (!holder.ok) return refused(holder.problem);
  if (holder.value.warnings.length > 0) {
    return refused({ code: "holderTooLong", message: "口座名義が30文字を超えています。" });
  }
  const { shown } = holder.value;
  if ("yuchoSymbol" in account) {
    const branches = await branchesOn(connection, YUCHO_BANK, day);
    const options = account.savings === undefined ? {} : { savings: account.savings };
    const converted = convertYucho(account.yuchoSymbol, account.yuchoNumber, branches, options);
    if (!converted.ok) return refused(converted.problem);
    const { branch, accountType, account: accountNumber, warnings } = converted.value;
    return { ok: true, account: { bank: YUCHO_BANK, branch, accountType, accountNumber, holder: shown }, warnings };
  }
  const fault = checkAccount(account.accountNumber) ?? checkAccountType(account.accountType, "21");
  if (fault !== null) return refused(fault);
  const { bank, branch, accountType } = account;
  if (!(await branchesOn(connection, bank, day)).has(branch)) {
    return refused({
      code: "branchUnknown",
      message: `金融機関 ${bank} の支店 ${branch} は ${day} の金融機関マスタにありません。`,
    });
  }
  const accountNumber = account.accountNumber.replaceAll("-", "").padStart(7, "0");
  return { ok: true, account: { bank, branch, accountType, accountNumber, holder: shown }, warnings: [] };
}

/** Whether the branch is open on the day; where it has closed by then, its successor if the master names one. */
export async function branchOn(
  connection: Queryable,
  { bank, branch }: Pick<CheckedAccount, "bank" | "branch">,
  day: CivilDate,
): Promise<{ readonly open: boolean; readonly successor: string | null }> {
  if ((await branchesOn(connection, bank, day)).has(branch)) return { open: true, successor: null };
  const { rows } = await connection.query<{ bank: string | null; branch: string | null }>(
    `SELECT successor_bank AS bank, successor_branch AS branch FROM allowance.branch_end WHERE bank = $1 AND branch = $2 AND last_day < $3
     ORDER BY last_day DESC LIMIT 1`,
    [bank, branch, day],
  );
  const next = rows[0];
  const named = next !== undefined && next.bank !== null && next.branch !== null;
  return { open: false, successor: named ? `${next.bank}-${next.branch}` : null };
}

/** Recipients (認定番号) of other people whose present account is the same one (A106, I-16). */
export async function sharedWith(
  connection: Queryable,
  recipientId: number,
  account: CheckedAccount,
): Promise<readonly number[]> {
  const { rows } = await connection.query<{ recipient_id: number }>(
    `SELECT DISTINCT a.recipient_id FROM allowance.account a
     JOIN allowance.recipient r USING (recipient_id) JOIN allowance.recipient own ON own.recipient_id = $1
     WHERE (a.bank, a.branch, a.account_type, a.account_number) = ($2, $3, $4, $5) AND r.addressee_number <> own.addressee_number
       AND a.account_id = (SELECT max(x.account_id) FROM allowance.account x WHERE x.recipient_id = a.recipient_id)
     ORDER BY a.recipient_id`,
    [recipientId, account.bank, account.branch, account.accountType, account.accountNumber],
  );
  return rows.map(({ recipient_id }) => recipient_id);
}

/** What the recipient has chosen: the account handed in, or 公金受取口座. Without a choice it is the one handed in. */
export async function accountChoiceOf(connection: Queryable, recipientId: number): Promise<"typed" | "publicAccount"> {
  const { rows } = await connection.query<{ choice: "typed" | "publicAccount" }>(
    "SELECT choice FROM allowance.account_choice WHERE recipient_id = $1 ORDER BY choice_id DESC LIMIT 1",
    [recipientId],
  );
  return rows[0]?.choice ?? "typed";
}
