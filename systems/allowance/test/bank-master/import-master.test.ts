import { buildSnapshot, installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import type { BankSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { branchesOn } from "../../src/bank-master/branches.ts";
import { importBankMaster } from "../../src/bank-master/import-master.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, resident, writeDelivery } from "../support/feeds.ts";
import { approveLaw } from "../support/parameters.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");

/** A made-up list: bank 0182 with the given branches (code → name). */
function list(day: string, branches: Readonly<Record<string, string>>): BankSnapshot {
  const entries = Object.entries(branches).map(([code, name]) => [code, { code, name, kana: "テスト" }]);
  return buildSnapshot(
    { "0182": { code: "0182", name: "架空", kana: "カクウ", branches: Object.fromEntries(entries) } },
    day,
  ).snapshot;
}

const TWELVE = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [String(101 + index), `支店${index}`]));
const FIRST = list("2026-08-24", TWELVE);

describe("the master of banks", () => {
  beforeAll(async () => {
    await approveLaw(database.pool);
    await importBankMaster(ito, FIRST, "test");
  });

  it("refuses an empty list, one that is not newer, and one in which a tenth of the branches are gone", async () => {
    await expect(importBankMaster(ito, list("2026-09-24", {}), "test")).rejects.toMatchObject({
      code: "snapshotInvalid",
    });
    await expect(importBankMaster(ito, list("2026-08-24", { ...TWELVE, 101: "別の名" }), "test")).rejects.toMatchObject(
      { code: "snapshotInvalid" },
    );
    // 2 of 12 gone is more than a tenth
    const { 101: _one, 102: _two, ...rest } = TWELVE;
    await expect(importBankMaster(ito, list("2026-09-24", rest), "test")).rejects.toMatchObject({
      code: "snapshotInvalid",
    });
    expect((await branchesOn(database.pool, "0182", civilDate("2026-12-01"))).size).toBe(12);
  });

  it("changes nothing when the same list comes again", async () => {
    expect(await importBankMaster(ito, FIRST, "test")).toMatchObject({ loaded: false, added: 0, ended: 0 });
  });

  it("writes only the differences of a later list, ends branches on the day before, and names the accounts hit", async () => {
    await importFeeds(
      ito,
      await writeDelivery(join(dir, "city"), {
        residents: [resident(1, "1990-01-01"), resident(2, "2026-05-10")],
        claims: [claim(1, 1, "2026-05-20", { 支店コード: "101" })],
        claimChildren: [claimChild(1, 2, 1)],
      }),
    );
    await examineClaims(ito, ["1"]);
    await approveClaims(sato, ["1"]);
    // 101 is gone, 102 has another name, 200 is new
    const { 101: _gone, ...rest } = TWELVE;
    const result = await importBankMaster(ito, list("2026-10-24", { ...rest, 102: "新しい名", 200: "新支店" }), "test");
    expect(result).toMatchObject({ loaded: true, added: 2, ended: 2, accounts: [{ bank: "0182", branch: "101" }] });
    const on = async (day: string): Promise<string[]> =>
      [...(await branchesOn(database.pool, "0182", civilDate(day)))].toSorted();
    expect(await on("2026-10-23")).toEqual(Object.keys(TWELVE));
    expect(await on("2026-10-24")).toEqual([...Object.keys(rest), "200"]);
    const { rows } = await database.pool.query(
      "SELECT branch_name, valid_from, last_day FROM allowance.branch_period WHERE branch = '102' ORDER BY valid_from",
    );
    expect(rows).toEqual([
      { branch_name: "支店1", valid_from: "1900-01-01", last_day: "2026-10-23" },
      { branch_name: "新しい名", valid_from: "2026-10-24", last_day: null },
    ]);
  });

  it("takes the whole installed list", async () => {
    const { snapshot } = installedSnapshot();
    const branches = [...snapshot.banks.values()].reduce((sum, bank) => sum + bank.branches.size, 0);
    expect(branches).toBeGreaterThan(28_000);
  });
});
