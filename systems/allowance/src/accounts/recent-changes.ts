/** 支払の直前の口座変更 (THR81): what the approver of a run must see, line by line. Reads only. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { readSetting } from "../settings.ts";

export type RecentAccountChange = {
  readonly lineNo: number;
  readonly recipientId: number;
  /** Yen that this run would pay to the new account */
  readonly amount: number;
  readonly changedOn: CivilDate;
  readonly enteredBy: string;
  readonly approvedBy: string;
  readonly source: "claim" | "change" | "publicAccount";
  /** False where the recipient had no account before */
  readonly hadAnother: boolean;
};

/**
 * Lines of a run whose account was entered within the cooling period before its pay day (setting `accountCooling`), largest amount
 * first. A first account that came with the claim is none.
 *
 * @throws Refusal `settingMissing`
 */
export async function recentAccountChanges(
  connection: Queryable,
  runNo: number,
): Promise<readonly RecentAccountChange[]> {
  const { rows: runs } = await connection.query<{ pay_on: CivilDate }>(
    "SELECT pay_on FROM allowance.payment_run WHERE run_no = $1",
    [runNo],
  );
  const payOn = runs[0]?.pay_on;
  if (payOn === undefined) return [];
  const { days } = await readSetting(connection, "accountCooling", payOn);
  const { rows } = await connection.query<RecentAccountChange>(
    `SELECT l.line_no AS "lineNo", l.recipient_id AS "recipientId", l.amount, (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date AS "changedOn",
            a.entered_by AS "enteredBy", a.approved_by AS "approvedBy", a.source, b.account_id IS NOT NULL AS "hadAnother"
     FROM allowance.run_line l JOIN allowance.account a USING (account_id)
     LEFT JOIN LATERAL (SELECT account_id FROM allowance.account x WHERE x.recipient_id = l.recipient_id AND x.account_id < l.account_id
                        ORDER BY account_id DESC LIMIT 1) b ON true
     WHERE l.run_no = $1 AND (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date >= $2::date - $3::integer AND (a.source <> 'claim' OR b.account_id IS NOT NULL)
     ORDER BY l.amount DESC, l.line_no`,
    [runNo, payOn, days],
  );
  return rows;
}

export type WaitingAccountChange = {
  readonly recipientId: number;
  readonly changedOn: CivilDate;
  readonly enteredBy: string;
  readonly approvedBy: string;
  /** The last pay day for which the account before is used */
  readonly afterPayOn: CivilDate;
};

/** 次回からの口座: changes that came after the cut-off of the run; its lines still go to the account before (A104). */
export async function waitingAccountChanges(
  connection: Queryable,
  runNo: number,
): Promise<readonly WaitingAccountChange[]> {
  const { rows } = await connection.query<WaitingAccountChange>(
    `SELECT a.recipient_id AS "recipientId", (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date AS "changedOn", a.entered_by AS "enteredBy",
            a.approved_by AS "approvedBy", s.after_pay_on AS "afterPayOn"
     FROM allowance.account a JOIN allowance.account_start s USING (account_id) JOIN allowance.payment_run r ON r.run_no = $1
     JOIN (SELECT DISTINCT recipient_id FROM allowance.run_line WHERE run_no = $1) l USING (recipient_id)
     WHERE s.after_pay_on >= r.pay_on ORDER BY a.account_id`,
    [runNo],
  );
  return rows;
}

export type AccountMismatch = {
  readonly recipientId: number;
  readonly before: string | null;
  readonly after: string | null;
};

/**
 * 移行・更新の前後の照合 (A107, I-18): compares what was the account in use of every recipient (認定番号 → digest of the account) with
 * what it is now. @returns every recipient for whom the two differ, none left out
 */
export async function compareAccounts(
  connection: Queryable,
  before: ReadonlyMap<number, string>,
): Promise<readonly AccountMismatch[]> {
  const now = await accountDigests(connection);
  const everyone = [...new Set([...before.keys(), ...now.keys()])].toSorted((left, right) => left - right);
  return everyone.flatMap((recipientId) => {
    const sides = { before: before.get(recipientId) ?? null, after: now.get(recipientId) ?? null };
    return sides.before === sides.after ? [] : [{ recipientId, ...sides }];
  });
}

/** The account in use of every recipient as a digest (認定番号 → SHA-256): to be taken before a migration or an update. */
export async function accountDigests(connection: Queryable): Promise<ReadonlyMap<number, string>> {
  const { rows } = await connection.query<{ recipient_id: number; digest: string }>(
    `SELECT DISTINCT ON (recipient_id) recipient_id,
            encode(sha256(convert_to(concat_ws('|', bank, branch, account_type, account_number, holder), 'UTF8')), 'hex') AS digest
     FROM allowance.account ORDER BY recipient_id, account_id DESC`,
  );
  return new Map(rows.map(({ recipient_id, digest }) => [recipient_id, digest]));
}
