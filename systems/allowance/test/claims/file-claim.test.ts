import { join } from "node:path";

import { installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { importBankMaster } from "../../src/bank-master/import-master.ts";
import { fileClaim } from "../../src/claims/file-claim.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { testContext, testFolder } from "../support/context.ts";
import { resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");

beforeAll(async () => {
  await importBankMaster(ito, installedSnapshot().snapshot, "zengin-code");
  await importFeeds(
    ito,
    await writeDelivery(join(dir, "city"), { residents: [resident(1, "1990-01-01"), resident(2, "2026-05-10")] }),
  );
});

const account = { bank: "0182", branch: "101", accountType: "1", accountNumber: "123", holder: "カクウ　タロウ" };

function form(receptionNumber: string, changes: object = {}): object {
  return {
    receptionNumber,
    kind: "certification",
    receivedOn: "2026-05-20",
    channel: "counter",
    claimant: "1",
    recipientKind: "individual",
    cause: "birth",
    causeOn: "2026-05-10",
    employeeClass: "employee",
    ward: "431010",
    account,
    children: [{ number: "2", role: "child", relation: "子", serial: 1 }],
    ...changes,
  };
}

async function stored(receptionNumber: string): Promise<unknown> {
  const { rows } = await database.pool.query(
    `SELECT c.account, count(k.*)::int AS children FROM allowance.claim c LEFT JOIN allowance.claim_child k USING (claim_id)
     WHERE reception_number = $1 GROUP BY c.claim_id`,
    [receptionNumber],
  );
  return rows[0];
}

describe("a claim filed by hand is refused, and leaves nothing behind,", () => {
  const wrong: readonly (readonly [string, object, string])[] = [
    ["with a key that the form does not have", { surprise: 1 }, "claimInvalid"],
    ["without children", { children: [] }, "claimInvalid"],
    ["with a day that does not exist", { receivedOn: "2026-02-29" }, "claimInvalid"],
    ["with an unknown cause", { cause: "luck" }, "claimInvalid"],
    ["without the day of its cause", { causeOn: "" }, "claimInvalid"],
    ["without an account", { account: undefined }, "claimInvalid"],
    ["for a claimant nobody knows", { claimant: "99" }, "claimInvalid"],
    ["for a child nobody knows", { children: [{ number: "98", role: "child", serial: 1 }] }, "claimInvalid"],
    [
      "with one child twice",
      {
        children: [
          { number: "2", role: "child", serial: 1 },
          { number: "2", role: "child", serial: 2 },
        ],
      },
      "claimInvalid",
    ],
    ["of an institution by a resident", { recipientKind: "institution" }, "claimInvalid"],
    ["[A103] with a branch that the bank does not have", { account: { ...account, branch: "998" } }, "accountInvalid"],
    [
      "with a ゆうちょ symbol that is none",
      { account: { yuchoSymbol: "12", yuchoNumber: "1", holder: account.holder } },
      "accountInvalid",
    ],
    ["[A102] with an account in another name", { account: { ...account, holder: "カクウ　ハナコ" } }, "holderMismatch"],
  ];

  it.each(wrong)("%s", async (_title, changes, code) => {
    await expect(fileClaim(ito, form("700", changes))).rejects.toMatchObject({ code });
    expect(await stored("700")).toBeUndefined();
  });

  it("when its 受付番号 is used by another claim", async () => {
    await fileClaim(ito, form("701"));
    await expect(fileClaim(ito, form("701", { receivedOn: "2026-05-21" }))).rejects.toMatchObject({
      code: "receptionNumberReused",
    });
  });
});

describe("a claim filed by hand", () => {
  it("is received once, however often it is sent", async () => {
    expect(await fileClaim(ito, form("710"))).toEqual({ receptionNumber: "710", added: true, warnings: [] });
    expect(await fileClaim(ito, form("710"))).toMatchObject({ added: false });
    expect(await stored("710")).toEqual({
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "0000123", holder: "ｶｸｳ ﾀﾛｳ" },
      children: 1,
    });
  });

  it("[A103] takes ゆうちょ 記号番号 and keeps 店番 and 口座番号", async () => {
    // 記号 1AB?? → 店番 AB8: 17180 → 718; the last digit of the 番号 is dropped: 12345671 → 1234567
    await fileClaim(
      ito,
      form("711", { account: { yuchoSymbol: "17180", yuchoNumber: "12345671", holder: account.holder } }),
    );
    expect(await stored("711")).toMatchObject({
      account: { bank: "9900", branch: "718", accountType: "1", accountNumber: "1234567" },
    });
  });

  it("[A102] compares the holder with kana folded: small kana, spaces and width make no difference", async () => {
    await fileClaim(ito, form("712", { account: { ...account, holder: "ｶｸｳﾀﾛｳ" } }));
    await fileClaim(ito, form("713", { account: { ...account, holder: "かくう たろう" } }));
  });

  it("[A102] may name another holder where that was approved, and says so in the audit trail", async () => {
    const other = form("714", { account: { ...account, holder: "カクウ　ハナコ" } });
    const filed = await fileClaim(ito, other, { approvedException: true });
    expect(filed.warnings).toHaveLength(1);
    const { rows } = await database.pool.query(
      "SELECT detail->>'approvedException' AS exception FROM audit.event WHERE object_id = '714'",
    );
    expect(rows).toEqual([{ exception: "true" }]);
  });
});
