/** 口座の変更: a new account of a recipient, checked as the bank would check it and decided by two people. */
import { randomUUID } from "node:crypto";

import { checkAccount, checkAccountType } from "@hagukumi/platform/bank/checks.ts";
import { toZenginKana } from "@hagukumi/platform/bank/kana.ts";
import { convertYucho, YUCHO_BANK } from "@hagukumi/platform/bank/yucho.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { refusing } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { branchesOn } from "../bank-master/branches.ts";
import { isHolder } from "../claims/holder.ts";
import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";

/** An account as the recipient wrote it: at a bank, or 記号・番号 of ゆうちょ銀行. Holder in kana of any width. */
export type NewAccount = { readonly holder: string } & (
  | {
      readonly bank: string;
      readonly branch: string;
      readonly accountType: "1" | "2" | "4";
      readonly accountNumber: string;
    }
  | { readonly yuchoSymbol: string; readonly yuchoNumber: string }
);

export type ChangeAccountRequest = {
  readonly key?: string;
  /** 認定番号 */
  readonly recipientId: number;
  readonly account: NewAccount;
  /** The other of the two people; the context's operator enters it */
  readonly approvedBy: string;
  /** A holder other than the recipient, as approved by the responsible person (A102); recorded in the audit trail */
  readonly approvedException?: boolean;
};

type Checked = {
  readonly bank: string;
  readonly branch: string;
  readonly accountType: string;
  readonly accountNumber: string;
  readonly holder: string;
};

function invalid(problem: { readonly code: string; readonly message: string }): never {
  throw refuse(
    "accountInvalid",
    `口座を登録できません。${problem.message}通帳を確認してください。何も変えていません。`,
    { problem: problem.code },
  );
}

async function checkNew(client: PoolClient, context: Context, account: NewAccount): Promise<Checked> {
  const holder = toZenginKana(account.holder, { kind: "21" });
  if (!holder.ok) invalid(holder.problem);
  if (holder.value.warnings.length > 0) invalid({ code: "holderTooLong", message: "口座名義が30文字を超えています。" });
  const { shown } = holder.value;
  if ("yuchoSymbol" in account) {
    const converted = convertYucho(
      account.yuchoSymbol,
      account.yuchoNumber,
      await branchesOn(client, YUCHO_BANK, context.today),
    );
    if (!converted.ok) invalid(converted.problem);
    const { branch, accountType, account: accountNumber } = converted.value;
    return { bank: YUCHO_BANK, branch, accountType, accountNumber, holder: shown };
  }
  const fault = checkAccount(account.accountNumber) ?? checkAccountType(account.accountType, "21");
  if (fault !== null) invalid(fault);
  const { bank, branch, accountType } = account;
  if (!(await branchesOn(client, bank, context.today)).has(branch)) {
    invalid({
      code: "branchUnknown",
      message: `金融機関 ${bank} の支店 ${branch} は ${context.today} の金融機関マスタにありません。`,
    });
  }
  return {
    bank,
    branch,
    accountType,
    accountNumber: account.accountNumber.replaceAll("-", "").padStart(7, "0"),
    holder: shown,
  };
}

/** @throws Refusal `recipientUnknown`, `holderMismatch` */
async function checkHolder(client: PoolClient, request: ChangeAccountRequest, holder: string): Promise<void> {
  const { rows } = await client.query<{ kind: string; kana: string | null }>(
    `SELECT r.kind, p.kana FROM allowance.recipient r LEFT JOIN allowance.person_current p USING (addressee_number) WHERE r.recipient_id = $1`,
    [request.recipientId],
  );
  const recipient = rows[0];
  if (recipient === undefined) {
    throw refuse("recipientUnknown", `認定番号 ${request.recipientId} の受給者はいません。番号を確かめてください。`, {
      recipientId: request.recipientId,
    });
  }
  if (recipient.kind !== "individual" || request.approvedException === true) return;
  if (recipient.kana !== null && isHolder(holder, recipient.kana)) return;
  throw refuse(
    "holderMismatch",
    `認定番号 ${request.recipientId} の口座を変更できません。口座名義が受給者のカナ氏名と一致しません。受給者本人の口座を届け出てもらうか、例外として承認を受けてください。`,
    { recipientId: request.recipientId },
  );
}

/**
 * Adds the account; it is the recipient's from now on. The earlier account stays in the history, and a run that was made
 * with it keeps its lines until it is cancelled.
 *
 * @throws Refusal `accountInvalid`, `holderMismatch`, `recipientUnknown`, `samePerson`; nothing is changed then
 */
export async function changeAccount(
  context: Context,
  request: ChangeAccountRequest,
): Promise<CommandResult<{ readonly accountId: number }>> {
  const { key = `account/${randomUUID()}`, ...content } = request;
  const command = {
    role: ROLE,
    key,
    name: "account.change",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: content,
    signal: context.signal,
  };
  const samePerson = {
    code: "samePerson",
    message: "口座の変更は、入力した人と別の人が確認します。何も変えていません。",
  };
  return await refusing({ account_two_people: samePerson }, async () =>
    runCommand(context.pool, command, async (client) => {
      const checked = await checkNew(client, context, request.account);
      await checkHolder(client, request, checked.holder);
      const { rows } = await client.query<{ account_id: number }>(
        `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
         VALUES ($1, $2, $3, $4, $5, $6, 'change', $7, $8) RETURNING account_id`,
        [
          request.recipientId,
          checked.bank,
          checked.branch,
          checked.accountType,
          checked.accountNumber,
          checked.holder,
          context.operator,
          request.approvedBy,
        ],
      );
      const detail = { approvedBy: request.approvedBy, exception: request.approvedException === true };
      return {
        response: { accountId: rows[0]?.account_id ?? 0 },
        audit: [{ action: "account.change", objectKind: "recipient", objectId: String(request.recipientId), detail }],
      };
    }),
  );
}
