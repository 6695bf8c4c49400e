/** Accounts from the filing to the payment: whose name, which branch, from which run, by whose choice. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { publicAccountRecipients, takePublicAccount } from "../../src/accounts/public-account.ts";
import { accountDigests, compareAccounts, recentAccountChanges } from "../../src/accounts/recent-changes.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, countOf, onDay } from "../support/families.ts";
import { decided, examined, form, prepare } from "../support/filings.ts";
import { create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => {
  await prepare(database.pool);
  // 102 closes before the December pay day (2026-12-15) and goes over into 101.
  await database.pool.query(`
    INSERT INTO allowance.branch SELECT '0182', '102', '2010-04-01', '肥後', 'ﾋｺﾞ', '架空', 'ｶｸｳ', snapshot_id FROM allowance.bank_snapshot;
    INSERT INTO allowance.branch_end SELECT '0182', '102', '2010-04-01', '2026-12-11', '0182', '101', snapshot_id FROM allowance.bank_snapshot;
    INSERT INTO allowance.branch SELECT '9900', '718', '2010-04-01', 'ゆうちょ', 'ﾕｳﾁﾖ', '七一八', 'ﾅﾅｲﾁﾊﾁ', snapshot_id FROM allowance.bank_snapshot;`);
});

const bank = (accountNumber: string, branch = "101", holder = "カクウ　タロウ") => ({
  bank: "0182",
  branch,
  accountType: "1" as const,
  accountNumber,
  holder,
});

const changeOf = (
  claimant: number,
  recipientId: number,
  account: Record<string, unknown>,
  receivedOn = "2026-11-20",
  more: Record<string, unknown> = {},
) => form("accountChange", receivedOn, { claimant, recipientId, account, ...more });

async function lineOf(runNo: number, recipientId: number): Promise<string | undefined> {
  const { rows } = await database.pool.query<{ account: string }>(
    "SELECT concat_ws('-', bank, branch, account_number) AS account FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2",
    [runNo, recipientId],
  );
  return rows[0]?.account;
}

const itemsOf = (examination: {
  readonly proposal: { readonly differences: readonly { readonly item: string; readonly weight: string }[] };
}) => examination.proposal.differences.map(({ item, weight }) => `${weight}:${item}`);

describe("a change of account", () => {
  it("[A102] [I-16] is stopped for another holder, another's 認定番号, a wrong branch; an exception is decided by another person", async () => {
    const recipient = await certifiedFamily(clerks, 51_000, ["2020-05-10"]);
    const other = await certifiedFamily(clerks, 51_010, ["2020-05-10"]);
    const before = await countOf(database.pool, "account");

    const stranger = await examined(clerk, changeOf(51_000, recipient, bank("7100001", "101", "ベツ　ジン")));
    expect(itemsOf(stranger)).toContain("stop:account.holder");
    await expect(
      approveFiling(approver, { filingId: stranger.filingId, digest: stranger.digest }),
    ).rejects.toMatchObject({ code: "filingStopped" });

    // The number of somebody else's case: the form names the person, so the slip is found.
    const slip = await examined(clerk, changeOf(51_000, other, bank("7100001")));
    expect(slip.proposal.outcome).toBe("impossible");
    expect(itemsOf(slip)).toContain("stop:recipient");

    for (const wrong of [
      bank("7100001", "999"),
      bank("0000000"),
      { yuchoSymbol: "27180", yuchoNumber: "11", holder: "カクウ　タロウ" },
    ]) {
      expect(itemsOf(await examined(clerk, changeOf(51_000, recipient, wrong)))).toContain("stop:account.invalid");
    }
    expect(await countOf(database.pool, "account")).toBe(before);

    const exception = changeOf(51_000, recipient, bank("7100002", "101", "ベツ　ジン"), "2026-11-20", {
      exception: "成年後見人の口座",
    });
    const seen = await examined(clerk, exception);
    expect(itemsOf(seen)).toContain("look:account.holder");
    await expect(approveFiling(clerk, { filingId: seen.filingId, digest: seen.digest })).rejects.toMatchObject({
      code: "samePerson",
    });
    await approveFiling(approver, { filingId: seen.filingId, digest: seen.digest });
    expect(
      await countOf(
        database.pool,
        "account",
        `recipient_id = ${recipient} AND holder = 'ﾍﾞﾂ ｼﾞﾝ' AND entered_by = 'staff.ito' AND approved_by = 'staff.sato'`,
      ),
    ).toBe(1);
  });

  it("a branch that is gone by the pay day is stopped, with its successor; ゆうちょ記号番号 becomes 店番・口座番号", async () => {
    const recipient = await certifiedFamily(clerks, 51_100, ["2020-05-10"]);
    const closing = await examined(clerk, changeOf(51_100, recipient, bank("7100101", "102")));
    expect(itemsOf(closing)).toContain("stop:account.branchOnPayDay");
    expect(closing.proposal.reasons.join()).toContain("0182-101");
    await decided(
      clerk,
      approver,
      changeOf(51_100, recipient, { yuchoSymbol: "17180", yuchoNumber: "11", holder: "カクウ　タロウ" }),
    );
    expect(
      await countOf(
        database.pool,
        "account",
        `recipient_id = ${recipient} AND bank = '9900' AND branch = '718' AND account_number = '0000001'`,
      ),
    ).toBe(1);
  });

  it("[A106] the same account with another recipient is shown to who decides", async () => {
    const recipient = await certifiedFamily(clerks, 51_200, ["2020-05-10"]);
    const other = await certifiedFamily(clerks, 51_210, ["2020-05-10"]);
    await decided(clerk, approver, changeOf(51_210, other, bank("7100299")));
    const seen = await examined(clerk, changeOf(51_200, recipient, bank("7100299")));
    const alert = seen.proposal.differences.find(({ item }) => item === "account.shared");
    expect(alert).toMatchObject({ weight: "look", text: expect.stringContaining(String(other)) });
    // Not for an account of one's own, and not for one that the other has given up.
    await decided(clerk, approver, changeOf(51_210, other, bank("7100298")));
    expect(itemsOf(await examined(clerk, changeOf(51_200, recipient, bank("7100299"))))).not.toContain(
      "look:account.shared",
    );
  });

  it("[A104] [THR81] after the cut-off the December payment keeps the old account and the answer says so; who approves the run sees each change that it pays to", async () => {
    const late = await certifiedFamily(clerks, 51_300, ["2020-05-10"]);
    const inTime = await certifiedFamily(clerks, 51_310, ["2020-05-10"]);
    const day = { clerk: onDay(clerk, "2026-11-27"), approver: onDay(approver, "2026-11-27") };
    // The cut-off for December is 2026-11-25 (setting: the 25th of the month before).
    const after = await examined(day.clerk, changeOf(51_300, late, bank("7100301"), "2026-11-26"));
    expect(after.proposal.reasons).toEqual([
      expect.stringContaining("2026-12-15 の支払までは前の口座に、2027-02 の支払期から新しい口座に"),
    ]);
    await approveFiling(day.approver, { filingId: after.filingId, digest: after.digest });
    await decided(day.clerk, day.approver, changeOf(51_310, inTime, bank("7100311"), "2026-11-25"));
    const december = await create(database.pool);
    expect(await lineOf(december.runNo, late)).toBe("0182-101-0051300");
    expect(await lineOf(december.runNo, inTime)).toBe("0182-101-7100311");

    // Both were changed within 30 days before the pay day: only the one that this run pays is on its list.
    const listed = await recentAccountChanges(database.pool, december.runNo);
    expect(listed.map(({ recipientId }) => recipientId)).not.toContain(late);
    expect(listed).toContainEqual(
      expect.objectContaining({
        recipientId: inTime,
        amount: 20_000,
        enteredBy: "staff.ito",
        approvedBy: "staff.sato",
        hadAnother: true,
      }),
    );
  });

  it("a late change counts at once where the old account can't be paid to any more", async () => {
    const recipient = await certifiedFamily(clerks, 51_400, ["2020-05-10"]);
    await database.pool.query(
      `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
       VALUES ($1, '0182', '102', '1', '7100400', 'ｶｸｳ ﾀﾛｳ', 'change', 'staff.ito', 'staff.sato')`,
      [recipient],
    );
    const day = onDay(clerk, "2026-11-27");
    const seen = await examined(day, changeOf(51_400, recipient, bank("7100401"), "2026-11-26"));
    expect(seen.proposal.reasons).toEqual([expect.stringContaining("すぐに新しい口座を使います")]);
  });
});

const answer = (accountNumber: string) => ({ answeredOn: "2026-11-19", account: bank(accountNumber) });
const choose = (claimant: number, recipientId: number, content: Record<string, unknown>) =>
  form("publicAccountChoice", "2026-11-20", { claimant, recipientId, signedOn: "2026-11-18", ...content });

describe("公金受取口座", () => {
  it("[A105] [I-44] never replaces an account handed in: not by an answer, not by anybody's INSERT", async () => {
    const recipient = await certifiedFamily(clerks, 51_500, ["2020-05-10"]);
    await expect(
      takePublicAccount(clerk, {
        recipientId: recipient,
        account: bank("7100501"),
        answeredOn: clerk.today,
        approvedBy: "staff.sato",
      }),
    ).rejects.toMatchObject({ code: "accountInvalid", details: { problem: "notChosen" } });
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
      await expect(
        client.query(
          `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
           VALUES ($1, '0182', '101', '1', '7100501', 'ｶｸｳ ﾀﾛｳ', 'publicAccount', 'batch.a', 'batch.b')`,
          [recipient],
        ),
      ).rejects.toMatchObject({ constraint: "account_public_choice" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    expect(await countOf(database.pool, "account", `recipient_id = ${recipient}`)).toBe(1);
  });

  it("[A105] is used by the recipient's choice, asked for again before each payment, and left by another choice", async () => {
    const recipient = await certifiedFamily(clerks, 51_600, ["2020-05-10"]);
    await decided(clerk, approver, choose(51_600, recipient, { choice: "publicAccount", answer: answer("7100601") }));
    expect(await publicAccountRecipients(database.pool)).toContain(recipient);
    const again = { recipientId: recipient, answeredOn: clerk.today, approvedBy: "staff.sato" };
    // The same answer changes nothing; a new one is taken over by two people.
    expect(await takePublicAccount(clerk, { ...again, account: bank("7100601") })).toBeNull();
    await expect(
      takePublicAccount(clerk, { ...again, account: bank("7100602", "101", "ベツ　ジン") }),
    ).rejects.toMatchObject({ code: "holderMismatch" });
    await expect(
      takePublicAccount(clerk, { ...again, approvedBy: "staff.ito", account: bank("7100602") }),
    ).rejects.toMatchObject({ code: "samePerson" });
    expect(await takePublicAccount(clerk, { ...again, account: bank("7100602") })).toBeTypeOf("number");
    // An account handed in takes its place, and later answers stay outside.
    await decided(clerk, approver, changeOf(51_600, recipient, bank("7100603")));
    expect(await publicAccountRecipients(database.pool)).not.toContain(recipient);
    await expect(takePublicAccount(clerk, { ...again, account: bank("7100604") })).rejects.toMatchObject({
      code: "accountInvalid",
    });
    const { rows } = await database.pool.query(
      "SELECT account_number AS number, source FROM allowance.account WHERE recipient_id = $1 ORDER BY account_id",
      [recipient],
    );
    expect(rows).toEqual([
      { number: "0051600", source: "claim" },
      { number: "7100601", source: "publicAccount" },
      { number: "7100602", source: "publicAccount" },
      { number: "7100603", source: "change" },
    ]);
  });
});

describe("before and after a migration or an update", () => {
  it("[A107] [I-18] the account in use of every recipient is compared, and each difference is named", async () => {
    const before = await accountDigests(database.pool);
    expect(before.size).toBeGreaterThan(5);
    expect(await compareAccounts(database.pool, before)).toEqual([]);
    // An old account comes back by mistake: exactly that recipient is named.
    const [victim = 0] = before.keys();
    await database.pool.query(
      `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
       VALUES ($1, '0182', '101', '1', '7199999', 'ﾌﾙｲ ｺｳｻﾞ', 'change', 'vendor.a', 'vendor.b')`,
      [victim],
    );
    expect((await compareAccounts(database.pool, before)).map(({ recipientId }) => recipientId)).toEqual([victim]);
  });
});
