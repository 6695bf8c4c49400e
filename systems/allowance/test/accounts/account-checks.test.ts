/** 口座の確認: what was found out about each account stays beside it, with its history. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { recordAccountCheck } from "../../src/accounts/account-checks.ts";
import { takePublicAccount } from "../../src/accounts/public-account.ts";
import { openRecipient } from "../../src/inquiry/recipient-page.ts";
import type { AccountView } from "../../src/inquiry/recipient-page.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf } from "../support/families.ts";
import { decided, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

const bank = (accountNumber: string, holder = "カクウ　タロウ") => ({
  bank: "0182",
  branch: "101",
  accountType: "1" as const,
  accountNumber,
  holder,
});

const change = async (claimant: number, recipientId: number, account: object, more: object = {}) =>
  await decided(clerk, approver, form("accountChange", "2026-11-20", { claimant, recipientId, account, ...more }));

async function accountsOf(recipientId: number): Promise<readonly AccountView[]> {
  const reader = { pool: database.pool, operator: "staff.ito", purpose: "試験" };
  const { accounts } = await openRecipient(reader, { recipientId, calendar: clerk.calendar, today: clerk.today });
  return accounts;
}

const short = ({ checks }: AccountView): readonly string[] =>
  checks.map(({ kind, method, result, checkedOn }) => `${kind} ${method} ${result} ${checkedOn}`);

describe("checks of an account", () => {
  it("what can't be: a later day, an unexplained mismatch, the bank master for a holder, an exception for a branch, another's account", async () => {
    const recipientId = await certifiedFamily(clerks, 61_000, ["2020-05-10"]);
    const other = await certifiedFamily(clerks, 61_010, ["2020-05-10"]);
    const accountId = (await accountsOf(recipientId))[0]?.accountId ?? 0;
    const before = await countOf(database.pool, "account_check");
    const right = {
      recipientId,
      accountId,
      kind: "preCheck",
      method: "bankInquiry",
      result: "match",
      checkedOn: "2026-11-20",
      note: "",
    } as const;
    const wrong = [
      { ...right, checkedOn: "2026-11-24" },
      { ...right, checkedOn: "2026-02-30" },
      { ...right, result: "mismatch" },
      { ...right, kind: "holder", method: "bankMaster" },
      { ...right, result: "exception", note: "架空" },
    ] as const;
    for (const each of wrong) {
      await expect(recordAccountCheck(clerk, each)).rejects.toMatchObject({ code: "accountCheckInvalid" });
    }
    await expect(recordAccountCheck(clerk, { ...right, recipientId: other })).rejects.toMatchObject({
      code: "accountUnknown",
    });
    expect(await countOf(database.pool, "account_check")).toBe(before);
    // Nobody changes or removes one, not even the program.
    const client = await database.pool.connect();
    await client.query("SET ROLE hagukumi_allowance");
    for (const sql of ["UPDATE allowance.account_check SET result = 'match'", "DELETE FROM allowance.account_check"]) {
      await expect(client.query(sql)).rejects.toMatchObject({ code: "42501" });
    }
    client.release(true);
  });

  it("[A8] every account of a recipient with its period, holder in kana, source, and the result, day and method of each check", async () => {
    const recipientId = await certifiedFamily(clerks, 61_100, ["2020-05-10"]);
    await change(61_100, recipientId, bank("7200001"));
    await change(61_100, recipientId, bank("7200002", "ベツ　ジン"), { exception: "成年後見人の口座" });
    const choice = { claimant: 61_100, recipientId, choice: "publicAccount", signedOn: "2026-11-18" };
    const answer = { answeredOn: "2026-11-19", account: bank("7200003") };
    await decided(clerk, approver, form("publicAccountChoice", "2026-11-20", { ...choice, answer }));
    await takePublicAccount(clerk, {
      recipientId,
      account: bank("7200004"),
      answeredOn: clerk.today,
      approvedBy: "staff.sato",
    });
    const accounts = await accountsOf(recipientId);
    // Newest first: the present one has no end; each earlier one ends where the next begins.
    expect(accounts.map(({ source, holder, maskedNumber }) => `${source} ${holder} ${maskedNumber}`)).toEqual([
      "publicAccount ｶｸｳ ﾀﾛｳ ••••004",
      "publicAccount ｶｸｳ ﾀﾛｳ ••••003",
      "change ﾍﾞﾂ ｼﾞﾝ ••••002",
      "change ｶｸｳ ﾀﾛｳ ••••001",
      "claim ｶｸｳ ﾀﾛｳ ••••100",
    ]);
    expect(accounts.map(({ until }) => until?.toISOString() ?? null)).toEqual([
      null,
      ...accounts.slice(0, -1).map(({ since }) => since.toISOString()),
    ]);
    expect(accounts.map(short)).toEqual([
      ["holder publicAccountInquiry match 2026-11-23", "preCheck publicAccountInquiry match 2026-11-23"],
      ["holder publicAccountInquiry match 2026-11-23", "preCheck publicAccountInquiry match 2026-11-23"],
      ["holder passbook exception 2026-11-23", "preCheck bankMaster match 2026-11-23"],
      ["holder passbook match 2026-11-23", "preCheck bankMaster match 2026-11-23"],
      // The claim was examined on 2026-05-25.
      ["holder registerKana match 2026-05-25", "preCheck bankMaster match 2026-05-25"],
    ]);
    expect(accounts[2]?.checks[0]?.note).toBe("例外の理由: 成年後見人の口座");

    // The bank answers later that nobody of this name has it: a further row, and the earlier ones stay.
    const accountId = accounts[0]?.accountId ?? 0;
    await recordAccountCheck(clerk, {
      recipientId,
      accountId,
      kind: "preCheck",
      method: "bankInquiry",
      result: "mismatch",
      checkedOn: "2026-11-22",
      note: "架空銀行の回答: 該当する口座がない",
    });
    const [present] = await accountsOf(recipientId);
    expect(present?.checks).toHaveLength(3);
    expect(present?.checks[0]).toMatchObject({
      kind: "preCheck",
      method: "bankInquiry",
      result: "mismatch",
      checkedOn: "2026-11-22",
      recordedBy: "staff.ito",
    });
  });
});
