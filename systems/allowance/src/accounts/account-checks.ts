/** 口座の確認: what was found out about an account, how and when (事前照合, 名義の確認). Each check is a row; the last one counts. */
import { randomUUID } from "node:crypto";

import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";

/** `preCheck` 事前照合: can money be sent there. `holder` 名義の確認: is it the recipient's own. */
export const ACCOUNT_CHECK_KINDS = ["preCheck", "holder"] as const;
export type AccountCheckKind = (typeof ACCOUNT_CHECK_KINDS)[number];

export const ACCOUNT_CHECK_METHODS = [
  "bankMaster",
  "bankInquiry",
  "registerKana",
  "passbook",
  "publicAccountInquiry",
] as const;
export type AccountCheckMethod = (typeof ACCOUNT_CHECK_METHODS)[number];

export const ACCOUNT_CHECK_RESULTS = ["match", "mismatch", "exception", "unknown"] as const;
export type AccountCheckResult = (typeof ACCOUNT_CHECK_RESULTS)[number];

export const accountCheckLabels = {
  kind: { preCheck: "事前照合", holder: "名義の確認" },
  method: {
    bankMaster: "金融機関マスタ",
    bankInquiry: "金融機関への照会",
    registerKana: "台帳のカナとの照合",
    passbook: "通帳の写し",
    publicAccountInquiry: "公金受取口座の照会",
  },
  result: { match: "一致", mismatch: "不一致", exception: "例外として承認", unknown: "不明" },
} as const satisfies {
  readonly kind: Readonly<Record<AccountCheckKind, string>>;
  readonly method: Readonly<Record<AccountCheckMethod, string>>;
  readonly result: Readonly<Record<AccountCheckResult, string>>;
};

export type AccountCheckFinding = {
  readonly kind: AccountCheckKind;
  readonly method: AccountCheckMethod;
  readonly result: AccountCheckResult;
  /** Day of the check, `YYYY-MM-DD` */
  readonly checkedOn: string;
  /** At most 200 characters; needed unless the result is a match */
  readonly note: string;
};

/** A check as it is kept. */
export type AccountCheckRow = AccountCheckFinding & { readonly recordedBy: string; readonly recordedAt: Date };

/** Adds a check inside an open transaction. */
export async function insertAccountCheck(
  client: PoolClient,
  accountId: number,
  { kind, method, result, checkedOn, note }: AccountCheckFinding,
  recordedBy: string,
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.account_check (account_id, kind, method, result, checked_on, note, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [accountId, kind, method, result, checkedOn, note, recordedBy],
  );
}

/**
 * What an approved filing says about its account: the branch is in the bank master of the day, and the holder is the
 * recipient, or was accepted as an exception with its reason.
 */
export function findingsOf(
  checkedOn: string,
  how: { readonly preCheck: AccountCheckMethod; readonly holder: AccountCheckMethod },
  exception: string | undefined,
): readonly AccountCheckFinding[] {
  const note = exception === undefined ? "" : `例外の理由: ${exception}`.slice(0, 200);
  return [
    { kind: "preCheck", method: how.preCheck, result: "match", checkedOn, note: "" },
    { kind: "holder", method: how.holder, result: exception === undefined ? "match" : "exception", checkedOn, note },
  ];
}

export type NewAccountCheck = AccountCheckFinding & {
  /** 認定番号 whose account it is */
  readonly recipientId: number;
  readonly accountId: number;
  /** Idempotency key */
  readonly key?: string;
};

/**
 * Records what a check found, beside the account; nothing recorded before is changed.
 *
 * @throws Refusal `accountCheckInvalid`, `accountUnknown`
 */
export async function recordAccountCheck(context: Context, check: NewAccountCheck): Promise<void> {
  const { key, recipientId, accountId, ...finding } = check;
  if (parseCivilDate(finding.checkedOn) === undefined || finding.checkedOn > context.today) {
    throw refuse(
      "accountCheckInvalid",
      "口座の確認を記録できません。確かめた日は、今日までの日付で入力してください。何も変えていません。",
    );
  }
  await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: key ?? `account.check/${randomUUID()}`,
        name: "account.check",
        actor: context.operator,
        purpose: context.purpose,
        guard: context.guard,
        request: { recipientId, accountId, ...finding },
      },
      async (client) => {
        const { rowCount } = await client.query(
          "SELECT FROM allowance.account WHERE account_id = $1 AND recipient_id = $2",
          [accountId, recipientId],
        );
        if (rowCount !== 1) {
          throw refuse(
            "accountUnknown",
            "この受給者に、その口座はありません。画面を読み直してください。何も変えていません。",
          );
        }
        await insertAccountCheck(client, accountId, finding, context.operator);
        const { kind, method, result } = finding;
        return {
          response: null,
          audit: [
            {
              action: "account.check",
              objectKind: "recipient",
              objectId: String(recipientId),
              detail: { accountId, kind, method, result },
            },
          ],
        };
      },
    ),
  );
}

/** Checks of the accounts of one recipient, newest first, by account. */
export async function accountChecksOf(
  connection: Queryable,
  recipientId: number,
): Promise<ReadonlyMap<number, readonly AccountCheckRow[]>> {
  const { rows } = await connection.query<AccountCheckRow & { readonly accountId: number }>(
    `SELECT c.account_id AS "accountId", c.kind, c.method, c.result, c.checked_on AS "checkedOn", c.note,
            c.recorded_by AS "recordedBy", c.recorded_at AS "recordedAt"
     FROM allowance.account_check c JOIN allowance.account a USING (account_id) WHERE a.recipient_id = $1 ORDER BY c.check_id DESC`,
    [recipientId],
  );
  return Map.groupBy(rows, ({ accountId }) => accountId);
}
