/** 児童の口座の届 (22条の2, 12条): from the counter to the payment of a home that the city runs, and back. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { seedDemoChildAccounts } from "../../src/accounts/demo-child-accounts.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { cancelAndDecideAgain } from "../../src/filings/correct.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, recipientIdOf } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, examined, form, prepare } from "../support/filings.ts";
import { create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

const HOME = 57_009;
const [ELDER, YOUNGER, STRANGER] = [57_001, 57_002, 57_003];
let home = 0;
let parent = 0;

beforeAll(async () => {
  await prepare(database.pool);
  parent = await certifiedFamily({ clerk, approver }, 57_100, ["2020-05-10"]);
  await bring(clerk, {
    organizations: [
      {
        宛名番号: number15(HOME),
        名称: "架空市立学園",
        名称フリガナ: "カクウシリツガクエン",
        区分: "institution",
        市区町村コード: "431010",
        設置者区分: "public",
      },
    ],
    residents: [resident(ELDER, "2016-04-05"), resident(YOUNGER, "2018-04-05"), resident(STRANGER, "2018-04-06")],
    statusPeriods: [ELDER, YOUNGER].map((child) => ({
      区分: "institution",
      宛名番号: number15(child),
      相手宛名番号: number15(HOME),
      開始年月日: "2026-09-05",
      短期: "0",
      留学: "0",
    })),
  });
  const claim = form("certificationInstitution", "2026-09-15", {
    claimant: HOME,
    cause: "enteredInstitution",
    causeOn: "2026-09-05",
    account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "57009", holder: "カクウガクエン" },
    children: [ELDER, YOUNGER].map((number) => ({ number, role: "child", relation: "入所児童" })),
  });
  await decided(clerk, approver, claim);
  home = await recipientIdOf(database.pool, HOME);
});

const accountOf = (number: string, holder = "カクウ　タロウ") => ({
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber: number,
  holder,
});

const filed = (child: number, number: string, more: Readonly<Record<string, unknown>> = {}) =>
  form("childAccount", "2026-11-20", {
    claimant: HOME,
    recipientKind: "institution",
    recipientId: home,
    ground: "publicInstitution",
    child,
    account: accountOf(number),
    ...more,
  });

/** What stops the filing. */
async function stops(filing: ReturnType<typeof filed>): Promise<readonly string[]> {
  const { filingId, digest, proposal } = await examined(clerk, filing);
  expect(proposal.outcome).toBe("impossible");
  await expect(approveFiling(approver, { filingId, digest })).rejects.toMatchObject({ code: "filingStopped" });
  return proposal.differences.filter(({ weight }) => weight === "stop").map(({ item }) => item);
}

/** The lines of an occasional run for the home, which is given up again: child, last digits of the account, yen. */
async function paidTo(): Promise<readonly unknown[]> {
  const run = await create(database.pool);
  const { rows } = await database.pool.query<{ child: number; account: string; amount: number }>(
    "SELECT payee_child AS child, account_number AS account, amount FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2 ORDER BY 1",
    [run.runNo, home],
  );
  await cancelRun(clerk, { key: `x/${run.runNo}`, runNo: run.runNo, reason: "試験" });
  return rows.map(({ child, account, amount }) => [child, account, amount]);
}

describe("児童の口座の届", () => {
  it("is stopped for a child of another, for a recipient who is no such home, for another's account, and for 未支払 without a decision", async () => {
    expect(await stops(filed(STRANGER, "7000001"))).toEqual(["child"]);
    expect(await stops(filed(ELDER, "7000001", { claimant: 57_100 }))).toContain("recipient");
    const parents = { claimant: 57_100, recipientKind: "individual", recipientId: parent };
    expect(await stops(filed(57_101, "7000001", parents))).toEqual(["childAccount.notPublic"]);
    expect(await stops(filed(ELDER, "7000001", { account: accountOf("7000001", "ベツ　ジン") }))).toEqual([
      "account.holder",
    ]);
    expect(await stops(filed(57_101, "7000001", { ...parents, ground: "unpaid" }))).toEqual(["childAccount.noGrant"]);
    expect((await database.pool.query("SELECT FROM allowance.child_account")).rowCount).toBe(0);
    expect(await paidTo()).toEqual([]);
  });

  it("[A215] once decided by two people the home's run goes to the child; the head of the home keeps another's with a reason; a cancelled report gives the account before", async () => {
    await decided(clerk, approver, filed(ELDER, "7000001"));
    const kept = await examined(
      clerk,
      filed(YOUNGER, "7000002", {
        account: accountOf("7000002", "カクウガクエンチヨウ"),
        keptBy: "園長が児童のために預かる（施行規則12条の12）",
      }),
    );
    expect(kept.proposal.differences).toContainEqual(
      expect.objectContaining({ item: "account.holder", weight: "look" }),
    );
    // Nobody approves what he or she has typed.
    await expect(approveFiling(clerk, { filingId: kept.filingId, digest: kept.digest })).rejects.toMatchObject({
      code: "samePerson",
    });
    await approveFiling(approver, { filingId: kept.filingId, digest: kept.digest });
    // Both of school age: 10,000 a month each, October and November
    expect(await paidTo()).toEqual([
      [ELDER, "7000001", 20_000],
      [YOUNGER, "7000002", 20_000],
    ]);
    const { filingId } = await decided(clerk, approver, filed(ELDER, "7000009"));
    expect(await paidTo()).toContainEqual([ELDER, "7000009", 20_000]);
    const cancelling = await cancelAndDecideAgain(clerk, { filingId, reason: "口座番号の誤り", withoutNew: true });
    await approveFiling(approver, { filingId: cancelling.filingId, digest: cancelling.digest });
    expect(await paidTo()).toContainEqual([ELDER, "7000001", 20_000]);
    expect((await verifyMoney(clerk)).filter(({ violations }) => violations > 0)).toEqual([]);
  });
});

it("a demonstration gives the children of such homes accounts in their own names, each once", async () => {
  const [other, child] = [57_019, 57_011];
  await bring(clerk, {
    organizations: [
      {
        宛名番号: number15(other),
        名称: "架空県立学園",
        名称フリガナ: "カクウケンリツガクエン",
        区分: "institution",
        市区町村コード: "431010",
        設置者区分: "public",
      },
    ],
    residents: [resident(child, "2017-04-05")],
    statusPeriods: [
      {
        区分: "institution",
        宛名番号: number15(child),
        相手宛名番号: number15(other),
        開始年月日: "2026-09-05",
        短期: "0",
        留学: "0",
      },
    ],
  });
  const claim = form("certificationInstitution", "2026-09-15", {
    claimant: other,
    cause: "enteredInstitution",
    causeOn: "2026-09-05",
    account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "57019", holder: "カクウガクエン" },
    children: [{ number: child, role: "child", relation: "入所児童" }],
  });
  await decided(clerk, approver, claim);
  expect(await seedDemoChildAccounts(database.pool, "staff.ito", "staff.sato")).toBe(1);
  expect(await seedDemoChildAccounts(database.pool, "staff.ito", "staff.sato")).toBe(0);
  const { rows } = await database.pool.query(
    "SELECT bank, account_number AS number, holder FROM allowance.child_account WHERE child_number = $1",
    [child],
  );
  expect(rows).toEqual([{ bank: "0182", number: "8057011", holder: "ｶｸｳ ﾀﾛｳ" }]);
});
