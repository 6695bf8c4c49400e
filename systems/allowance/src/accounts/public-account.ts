/**
 * 公金受取口座の再照会: before each payment the account of those who chose it is asked for again. The answer reaches nobody who has
 * not chosen it: an account handed in is never replaced in silence (A105, I-44). The database refuses it as well.
 */
import { randomUUID } from "node:crypto";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { isHolder } from "../claims/holder.ts";
import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { findingsOf } from "./account-checks.ts";
import { accountChoiceOf, checkNewAccount, type NewAccount } from "./check-account.ts";
import { accountTiming, writeAccount } from "./write-account.ts";

/** Recipients whose account must be asked for again before a payment: those whose last choice is 公金受取口座. */
export async function publicAccountRecipients(connection: Queryable): Promise<readonly number[]> {
  const { rows } = await connection.query<{ recipient_id: number }>(
    `SELECT recipient_id FROM (SELECT DISTINCT ON (recipient_id) recipient_id, choice FROM allowance.account_choice ORDER BY recipient_id, choice_id DESC) c
     WHERE choice = 'publicAccount' ORDER BY recipient_id`,
  );
  return rows.map(({ recipient_id }) => recipient_id);
}

export type PublicAccountAnswer = {
  readonly recipientId: number;
  readonly account: NewAccount;
  readonly answeredOn: CivilDate;
  /** The other of the two people */
  readonly approvedBy: string;
  readonly key?: string;
};

/**
 * Takes over the answer of a re-inquiry.
 *
 * @returns the new account's number, or null where it is the account in use
 * @throws Refusal `accountInvalid`, `holderMismatch`, `recipientUnknown`, `samePerson`; `accountInvalid` with problem
 *   `notChosen` for a recipient who has not chosen 公金受取口座
 */
export async function takePublicAccount(context: Context, answer: PublicAccountAnswer): Promise<number | null> {
  const { key = `account.public/${randomUUID()}`, ...request } = answer;
  const { recipientId } = request;
  const command = {
    role: ROLE,
    key,
    name: "account.public",
    actor: context.operator,
    purpose: context.purpose,
    request,
    guard: context.guard,
  };
  const { response } = await refusing(() =>
    runCommand<number | null>(context.pool, command, async (client) => {
      if ((await accountChoiceOf(client, recipientId)) !== "publicAccount") {
        throw refuse(
          "accountInvalid",
          `認定番号 ${recipientId} の受給者は、公金受取口座を選んでいません。届け出た口座はそのままです。何も変えていません。`,
          { recipientId, problem: "notChosen" },
        );
      }
      const checked = await checkNewAccount(client, request.account, context.today);
      if (!checked.ok) {
        throw refuse(
          "accountInvalid",
          `認定番号 ${recipientId} の公金受取口座には振り込めません。${checked.problem.message}受給者に口座の届出を求めてください。何も変えていません。`,
          { recipientId, problem: checked.problem.code },
        );
      }
      const { rows } = await client.query<{ kana: string; same: boolean }>(
        `SELECT p.kana, (a.bank, a.branch, a.account_type, a.account_number, a.holder) IS NOT DISTINCT FROM ($2, $3, $4, $5, $6) AS same
         FROM allowance.recipient r JOIN allowance.person_current p USING (addressee_number)
         LEFT JOIN LATERAL (SELECT * FROM allowance.account x WHERE x.recipient_id = r.recipient_id ORDER BY account_id DESC LIMIT 1) a ON true
         WHERE r.recipient_id = $1`,
        [
          recipientId,
          checked.account.bank,
          checked.account.branch,
          checked.account.accountType,
          checked.account.accountNumber,
          checked.account.holder,
        ],
      );
      const row = rows[0];
      if (row === undefined || !isHolder(checked.account.holder, row.kana)) {
        throw refuse(
          "holderMismatch",
          `認定番号 ${recipientId} の公金受取口座の名義が、受給者のカナ氏名と一致しません。照会の相手を確かめてください。何も変えていません。`,
          { recipientId },
        );
      }
      const detail = { approvedBy: request.approvedBy, answeredOn: request.answeredOn, same: row.same };
      const audit = [{ action: "account.public", objectKind: "recipient", objectId: String(recipientId), detail }];
      if (row.same) return { response: null, audit };
      const { afterPayOn } = await accountTiming(client, context, recipientId, context.today);
      const accountId = await writeAccount(client, {
        recipientId,
        account: checked.account,
        source: "publicAccount",
        afterPayOn,
        enteredBy: context.operator,
        approvedBy: request.approvedBy,
        checks: findingsOf(
          request.answeredOn,
          { preCheck: "publicAccountInquiry", holder: "publicAccountInquiry" },
          undefined,
        ),
      });
      return { response: accountId, audit };
    }),
  );
  return response;
}
