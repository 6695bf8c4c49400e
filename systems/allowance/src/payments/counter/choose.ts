/**
 * 窓口払の相手と資金: who is paid at the counter because an account cannot be had, and to which account of the city (資金前渡職員の口座)
 * the money of those people goes. Both are put by one person and approved by another (see decision-requests).
 */
import { type CivilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { checkNewAccount } from "../../accounts/check-account.ts";
import type { CheckedAccount } from "../../accounts/check-account.ts";
import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";

/** 資金前渡の口座. `validFrom`: for pay days from this one on, `YYYY-MM-DD`. */
export type CounterFundContent = {
  readonly kind: "counterFund";
  /** 職と氏名, 1–60 characters */
  readonly keeper: string;
  readonly bank: string;
  readonly branch: string;
  readonly accountType: "1" | "2" | "4";
  readonly accountNumber: string;
  /** Kana of any width */
  readonly holder: string;
  readonly validFrom: string;
};

/** 窓口払にする, or back to the account, for pay days from `fromPayOn` on. */
export type CounterPaymentContent = {
  readonly kind: "counterPayment";
  readonly recipientId: number;
  readonly atCounter: boolean;
  readonly fromPayOn: string;
  /** 1–200 characters */
  readonly reason: string;
};

export type TwoPeople = { readonly enteredBy: string; readonly approvedBy: string };

/** @throws Refusal `counterInvalid` */
export function invalidCounter(message: string): never {
  throw refuse("counterInvalid", `${message}何も変えていません。`);
}

/** A day as it was typed. @throws Refusal `counterInvalid` */
export function dayOf(text: string): CivilDate {
  return parseCivilDate(text) ?? invalidCounter("存在しない日付です。");
}

/** Words of 1 to `most` characters, trimmed. @throws Refusal `counterInvalid` */
export function wordsOf(text: string, most: number, what: string): string {
  const words = text.trim();
  if (words === "" || words.length > most) invalidCounter(`${what}を1文字から${String(most)}文字で書いてください。`);
  return words;
}

async function checkedFund(client: PoolClient, content: CounterFundContent): Promise<CheckedAccount> {
  wordsOf(content.keeper, 60, "資金前渡職員の職と氏名");
  const day = dayOf(content.validFrom);
  const checked = await checkNewAccount(client, content, day);
  return checked.ok ? checked.account : invalidCounter(`資金前渡の口座: ${checked.problem.message}`);
}

/** @throws Refusal `counterInvalid` for a day, keeper or account that cannot be */
export async function checkCounterFund(client: PoolClient, content: CounterFundContent): Promise<void> {
  await checkedFund(client, content);
}

/** Writes the account of the fund in the open transaction. */
export async function writeCounterFund(
  client: PoolClient,
  content: CounterFundContent,
  people: TwoPeople,
): Promise<void> {
  const { bank, branch, accountType, accountNumber, holder } = await checkedFund(client, content);
  await client.query(
    `INSERT INTO allowance.counter_fund (keeper, bank, branch, account_type, account_number, holder, valid_from, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      content.keeper.trim(),
      bank,
      branch,
      accountType,
      accountNumber,
      holder,
      content.validFrom,
      people.enteredBy,
      people.approvedBy,
    ],
  );
}

/**
 * @returns 宛名番号 of the recipient
 *
 * @throws Refusal `counterInvalid` (no reason, a past day, nothing would change, a home), `recipientUnknown`
 */
export async function checkCounterPayment(
  client: PoolClient,
  context: Context,
  content: CounterPaymentContent,
): Promise<number> {
  wordsOf(content.reason, 200, "理由");
  if (dayOf(content.fromPayOn) < context.today) invalidCounter("過ぎた支払日からは変えられません。");
  const { rows } = await client.query<{ number: number; kind: string; now: boolean }>(
    `SELECT r.addressee_number AS number, r.kind, coalesce((SELECT c.at_counter FROM allowance.counter_payee c
            WHERE c.recipient_id = r.recipient_id ORDER BY c.counter_payee_id DESC LIMIT 1), false) AS now
     FROM allowance.recipient r WHERE r.recipient_id = $1`,
    [content.recipientId],
  );
  const found = rows[0];
  if (found === undefined) {
    const { recipientId } = content;
    throw refuse("recipientUnknown", `認定番号 ${recipientId} の受給者はいません。番号を確認してください。`, {
      recipientId,
    });
  }
  if (found.kind === "institution") invalidCounter("施設等の受給者には、窓口で払えません。");
  if (found.now === content.atCounter) {
    invalidCounter(content.atCounter ? "もう窓口払になっています。" : "窓口払ではありません。");
  }
  return found.number;
}

/** Writes the choice in the open transaction. */
export async function writeCounterPayment(
  client: PoolClient,
  content: CounterPaymentContent,
  people: TwoPeople,
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.counter_payee (recipient_id, at_counter, from_pay_on, reason, entered_by, approved_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      content.recipientId,
      content.atCounter,
      content.fromPayOn,
      content.reason.trim(),
      people.enteredBy,
      people.approvedBy,
    ],
  );
}

/** 窓口払 of a recipient: what was decided last. */
export type CounterChoice = {
  readonly atCounter: boolean;
  readonly fromPayOn: string;
  readonly reason: string;
  readonly enteredBy: string;
  readonly approvedBy: string;
};

/** The last decision about a recipient, or undefined where there is none. */
export async function findCounterChoice(
  connection: Queryable,
  recipientId: number,
): Promise<CounterChoice | undefined> {
  const { rows } = await connection.query<CounterChoice>(
    `SELECT at_counter AS "atCounter", from_pay_on AS "fromPayOn", reason, entered_by AS "enteredBy", approved_by AS "approvedBy"
     FROM allowance.counter_payee WHERE recipient_id = $1 ORDER BY counter_payee_id DESC LIMIT 1`,
    [recipientId],
  );
  return rows[0];
}

/** 資金前渡の口座 as it is kept, the account number but for its last three digits hidden. */
export type CounterFund = {
  readonly fundId: number;
  readonly keeper: string;
  readonly bank: string;
  readonly branch: string;
  readonly maskedNumber: string;
  readonly holder: string;
  readonly validFrom: string;
};

/** The accounts of the fund, the newest first. */
export async function listCounterFunds(connection: Queryable): Promise<readonly CounterFund[]> {
  const { rows } = await connection.query<CounterFund>(
    `SELECT fund_id AS "fundId", keeper, bank, branch, '****' || right(account_number, 3) AS "maskedNumber", holder, valid_from AS "validFrom"
     FROM allowance.counter_fund ORDER BY valid_from DESC, fund_id DESC LIMIT 50`,
  );
  return rows;
}
