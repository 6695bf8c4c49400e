/** 口座の変更: a new account of a recipient, checked as the bank would check it and decided by two people. */
import { randomUUID } from "node:crypto";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { isHolder } from "../claims/holder.ts";
import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { findingsOf } from "./account-checks.ts";
import { type CheckedAccount, checkNewAccount, type NewAccount } from "./check-account.ts";
import { accountTiming, writeAccount } from "./write-account.ts";

export type { NewAccount };

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

function invalid(problem: { readonly code: string; readonly message: string }): never {
  throw refuse(
    "accountInvalid",
    `口座を登録できません。${problem.message}通帳を確認してください。何も変えていません。`,
    { problem: problem.code },
  );
}

async function checkNew(client: PoolClient, context: Context, account: NewAccount): Promise<CheckedAccount> {
  const checked = await checkNewAccount(client, account, context.today);
  return checked.ok ? checked.account : invalid(checked.problem);
}

/** A city without a cut-off in its settings takes every change at once. */
async function waitsUntil(client: PoolClient, context: Context, recipientId: number): Promise<CivilDate | null> {
  try {
    return (await accountTiming(client, context, recipientId, context.today)).afterPayOn;
  } catch (error) {
    if (error instanceof Refusal && error.code === "settingMissing") return null;
    throw error;
  }
}

/** @returns whether it is another's account, accepted as an exception. @throws Refusal `recipientUnknown`, `holderMismatch` */
async function checkHolder(client: PoolClient, request: ChangeAccountRequest, holder: string): Promise<boolean> {
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
  if (recipient.kind !== "individual") return false;
  if (recipient.kana !== null && isHolder(holder, recipient.kana)) return false;
  if (request.approvedException === true) return true;
  throw refuse(
    "holderMismatch",
    `認定番号 ${request.recipientId} の口座を変更できません。口座名義が受給者のカナ氏名と一致しません。受給者本人の口座を届け出てもらうか、例外として承認を受けてください。`,
    { recipientId: request.recipientId },
  );
}

/**
 * Adds the account; it is the recipient's from now on, or, after the cut-off, from the day after the next pay day
 * (`afterPayOn`). The earlier account stays in the history, and a run that was made with it keeps its lines until it is
 * cancelled.
 *
 * @throws Refusal `accountInvalid`, `holderMismatch`, `recipientUnknown`, `samePerson`; nothing is changed then
 */
export async function changeAccount(
  context: Context,
  request: ChangeAccountRequest,
): Promise<CommandResult<{ readonly accountId: number; readonly afterPayOn: CivilDate | null }>> {
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
      const exception = await checkHolder(client, request, checked.holder);
      const afterPayOn = await waitsUntil(client, context, request.recipientId);
      const accountId = await writeAccount(client, {
        recipientId: request.recipientId,
        account: checked,
        source: "change",
        afterPayOn,
        enteredBy: context.operator,
        approvedBy: request.approvedBy,
        checks: findingsOf(
          context.today,
          { preCheck: "bankMaster", holder: "registerKana" },
          exception ? "変更の承認で認めた" : undefined,
        ),
      });
      const detail = { approvedBy: request.approvedBy, exception: request.approvedException === true };
      return {
        response: { accountId, afterPayOn },
        audit: [{ action: "account.change", objectKind: "recipient", objectId: String(request.recipientId), detail }],
      };
    }),
  );
}
