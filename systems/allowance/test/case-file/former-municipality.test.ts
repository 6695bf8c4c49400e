import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { listOpenRequests } from "../../src/case-file/read-entries.ts";
import { addEntry, reviseEntry } from "../../src/case-file/write-entry.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { approveLaw } from "../support/parameters.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
beforeAll(async () => await approveLaw(database.pool));
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
const inquiry = {
  municipalityCode: "131121",
  municipalityName: "架空区",
  method: "letter",
  askedOn: "2026-10-26",
  dueOn: "2026-11-09",
} as const;

async function decisions(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ m: string }>(
    "SELECT to_char(effective_month, 'YYYY-MM') AS m FROM allowance.decision ORDER BY decision_id",
  );
  return rows.map(({ m }) => m);
}

/** Moved in on 2026-10-20, claimed on 10-26: from November. */
beforeAll(async () => {
  const delivery = await writeDelivery(join(dir, "city"), {
    residents: [resident(1, "1990-01-01"), resident(11, "2020-01-01")],
    claims: [claim(1, 1, "2026-10-26", { 請求事由: "moveIn", 事由発生年月日: "2026-10-20" })],
    claimChildren: [claimChild(1, 11, 1)],
  });
  await importFeeds(ito, delivery);
  await examineClaims(ito, ["1"]);
});

describe("[A43] the end month of the former municipality", () => {
  it("stops a certification that would begin in a month paid there, and lets it pass once the answer is put right", async () => {
    const asked = await addEntry(ito, "formerInquiry", {
      addresseeNumber: 1,
      validFrom: "2026-10-26",
      content: inquiry,
    });
    expect(await listOpenRequests(database.pool, "2026-11-23", { onlyOverdue: true })).toMatchObject([
      { kind: "formerInquiry", entryId: asked.entryId, of: "架空区", daysLate: 14 },
    ]);
    const answered = await reviseEntry(ito, "formerInquiry", {
      ...asked,
      reason: "回答が届いた",
      content: { answeredOn: "2026-11-23", paid: true, lastPaidMonth: "2026-11" },
    });
    expect(await listOpenRequests(database.pool, "2026-11-23")).toEqual([]);
    await expect(approveClaims(sato, ["1"])).rejects.toMatchObject({ code: "formerMunicipalityPaid" });
    expect(await decisions()).toEqual([]);
    // By the office's word on the telephone: October was the last month there.
    await reviseEntry(sato, "formerInquiry", {
      ...answered,
      reason: "電話で訂正の連絡",
      content: { lastPaidMonth: "2026-10" },
    });
    await approveClaims(sato, ["1"]);
    expect(await decisions()).toEqual(["2026-11"]);
  });
});
