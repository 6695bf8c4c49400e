import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { changeAccount } from "../../src/accounts/change-account.ts";
import { closeRun, confirmReturn } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { APPROVER, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, resultCsv } from "../support/runs.ts";

const database = useDatabase();
const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });

/** Names the three recipients in the register; `seedCases` writes cases alone. */
async function nameRecipients(): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number, resident_kind,
       resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected, deleted, row_digest, batch_id)
     SELECT addressee_number, 1, 1, '2020-01-01', false, '10', 1, 1, 1, '架空　花子', 'カクウ　ハナコ', 2, '1990-01-01', false, '02', '431010', '8600000', '架空町1',
            false, false, repeat('0', 64), 1 FROM allowance.recipient`,
  );
}

describe("changing an account", () => {
  it("refuses what a bank would refuse, another holder, and a single person; then pays to the new account", async () => {
    const [first = 0] = await seedCases(database.pool, threeFamilies);
    await nameRecipients();
    const good = {
      bank: "9900",
      branch: "718",
      accountType: "1",
      accountNumber: "1234567",
      holder: "かくう　はなこ",
    } as const;
    const change = async (
      account: Parameters<typeof changeAccount>[1]["account"],
      approvedBy = APPROVER,
    ): Promise<number> =>
      (await changeAccount(contextOf(database.pool, MAKER), { recipientId: first, account, approvedBy })).response
        .accountId;
    await expect(change({ ...good, branch: "999" })).rejects.toEqual(refusal("accountInvalid"));
    await expect(change({ ...good, accountNumber: "0000000" })).rejects.toEqual(refusal("accountInvalid"));
    await expect(change({ ...good, holder: "架空花子" })).rejects.toEqual(refusal("accountInvalid"));
    await expect(change({ ...good, holder: "ア".repeat(31) })).rejects.toEqual(refusal("accountInvalid"));
    await expect(change({ holder: good.holder, yuchoSymbol: "27180", yuchoNumber: "11" })).rejects.toEqual(
      refusal("accountInvalid"),
    );
    await expect(
      changeAccount(contextOf(database.pool, MAKER), { recipientId: 4711, account: good, approvedBy: APPROVER }),
    ).rejects.toEqual(refusal("recipientUnknown"));
    await expect(change(good, MAKER)).rejects.toEqual(refusal("samePerson"));
    expect((await database.pool.query("SELECT 1 FROM allowance.account WHERE source = 'change'")).rowCount).toBe(0);

    // Paid to the old account, returned, confirmed after the change: the re-transfer goes to the new one with 新規コード 2.
    const run = await create(database.pool);
    await advance(database.pool, 1, "handedOver");
    const { rows } = await database.pool.query<{ line_no: number; amount: number; account_number: string }>(
      "SELECT line_no, amount, account_number FROM allowance.run_line WHERE recipient_id = $1",
      [first],
    );
    const line = rows[0];
    const returned = [
      {
        customer1: String(first).padStart(10, "0"),
        customer2: "0001202612",
        amount: line?.amount ?? 0,
        account: line?.account_number ?? "",
      },
    ];
    const bytes = resultCsv({ count: run.lines.lineCount, amount: run.lines.total }, returned);
    await importResults(contextOf(database.pool, MAKER), { key: "s", runNo: 1, bytes });
    await closeRun(contextOf(database.pool, MAKER), { key: "c", runNo: 1 });
    // 記号 17180 番号 11 → 店番 718, 口座 0000001
    await change({ holder: good.holder, yuchoSymbol: "17180", yuchoNumber: "11" });
    await confirmReturn(contextOf(database.pool, MAKER), {
      key: "k",
      runNo: 1,
      lineNo: line?.line_no ?? 0,
      approvedBy: APPROVER,
    });
    await create(database.pool, "2026-12", "retransfer");
    const again = await database.pool.query(
      "SELECT bank, branch, account_number, holder, new_code, amount FROM allowance.run_line WHERE run_no = 2",
    );
    // Family 1: 15,000 × 2
    expect(again.rows).toEqual([
      { bank: "9900", branch: "718", account_number: "0000001", holder: "ｶｸｳ ﾊﾅｺ", new_code: "2", amount: 30_000 },
    ]);
  });

  it("[A102] another holder than the recipient needs an approved exception", async () => {
    const { rows } = await database.pool.query<{ recipient_id: number }>(
      "SELECT min(recipient_id) AS recipient_id FROM allowance.recipient",
    );
    const recipientId = rows[0]?.recipient_id ?? 0;
    const account = {
      bank: "0182",
      branch: "101",
      accountType: "1",
      accountNumber: "7654321",
      holder: "ベツ　ジン",
    } as const;
    const request = { recipientId, account, approvedBy: APPROVER };
    await expect(changeAccount(contextOf(database.pool, MAKER), request)).rejects.toEqual(refusal("holderMismatch"));
    await changeAccount(contextOf(database.pool, MAKER), { ...request, approvedException: true });
    const audit = await database.pool.query(
      "SELECT detail FROM audit.event WHERE action = 'account.change' ORDER BY event_id DESC LIMIT 1",
    );
    expect(audit.rows[0]).toEqual({ detail: { approvedBy: APPROVER, exception: true } });
  });
});
