/** 職権増額: an amount rises without a claim for the listed causes of law alone. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { changeExOfficioCause, listExOfficioCauses } from "../../src/decisions/ex-officio-causes.ts";
import { testContext, testFolder } from "../support/context.ts";
import { decisionsOf, recipientIdOf } from "../support/families.ts";
import { claim, claimChild, number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

const tax = (number: number, year: string, employment: string) => ({
  宛名番号: number15(number),
  所得年: year,
  履歴番号: "1",
  給与所得: employment,
  公的年金等雑所得: "0",
  その他所得: "0",
  控除額計: "0",
  扶養親族等の数: "0",
  うち老人: "0",
});

/** Claimed in 2023 above the limit: 特例給付, until the income of 2023 is below it and until the reform of 2024-10. */
async function claimedIn2023(number: number): Promise<void> {
  await bring(clerk, {
    residents: [resident(number, "1985-01-01"), resident(number + 1, "2015-05-10")],
    incomes: [tax(number, "2021", "8500000"), tax(number, "2022", "8500000"), tax(number, "2023", "3200000")],
    claims: [claim(number, number, "2023-07-10")],
    claimChildren: [claimChild(number, number + 1, 1)],
  });
  await examineClaims(clerk, [String(number)]);
}

beforeAll(async () => await prepare(database.pool));

it("[A56] the database refuses an increase without a claim whose cause or month is not listed, whoever writes it", async () => {
  await claimedIn2023(75_000);
  await approveClaims(approver, ["75000"]);
  const recipientId = await recipientIdOf(database.pool, 75_000);
  // 8,500,000 − 180,000 = 8,320,000 ≥ 6,220,000: 5,000; income of 2023, 3,020,000: 10,000 from 2024-06, ex officio
  expect(await decisionsOf(database.pool, recipientId)).toEqual([
    { kind: "certify", month: "2023-08", total: 5000, cause: "other" },
    { kind: "increase", month: "2024-06", total: 10_000, cause: "income" },
  ]);
  const write = async (cause: string, month: string, exOfficio: boolean): Promise<unknown> => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
      return await client.query(
        `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, monthly_total, facts_digest, rule_version,
           decided_on, examined_by, approved_by)
         SELECT recipient_id, seq + 1, 'increase', $2, $3, $4, 'batch', 30000, facts_digest, rule_version, decided_on, 'a.ichiro', 'b.niro'
         FROM allowance.decision WHERE recipient_id = $1 ORDER BY seq DESC LIMIT 1`,
        [recipientId, `${month}-01`, cause, exOfficio],
      );
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  };
  const refused = { constraint: "decision_ex_officio_increase" };
  for (const cause of ["birth", "careEnded", "other", "turnedThree"])
    await expect(write(cause, "2026-11", true), cause).rejects.toMatchObject(refused);
  // The income test ended with 2024-09.
  await expect(write("income", "2026-11", true)).rejects.toMatchObject(refused);
  await expect(write("taxCorrection", "2024-10", true)).rejects.toMatchObject(refused);
  expect(await write("taxCorrection", "2024-09", true)).toMatchObject({ rowCount: 1 });
  expect(await write("reform", "2026-11", true)).toMatchObject({ rowCount: 1 });
  // With a claim it is no decision ex officio.
  expect(await write("birth", "2026-11", false)).toMatchObject({ rowCount: 1 });
});

it("the list is dated and changed by two people; where a cause is taken off, the program decides nothing and says what to do", async () => {
  await claimedIn2023(75_100);
  const income = { cause: "income", validFrom: "2012-06", validTo: "2023-05", source: "試験の一覧" };
  await expect(changeExOfficioCause(clerk, { ...income, approvedBy: clerk.operator })).rejects.toMatchObject({
    code: "samePerson",
  });
  await expect(
    changeExOfficioCause(clerk, { ...income, cause: "generosity", approvedBy: "staff.sato" }),
  ).rejects.toMatchObject({ code: "codeUnknown" });
  for (const wrong of [{ validFrom: "2012-13" }, { source: " " }])
    await expect(changeExOfficioCause(clerk, { ...income, ...wrong, approvedBy: "staff.sato" })).rejects.toMatchObject({
      code: "codeInvalid",
    });
  await changeExOfficioCause(clerk, { ...income, approvedBy: "staff.sato" });
  await expect(approveClaims(approver, ["75100"])).rejects.toMatchObject({ code: "increaseNotListed" });
  expect(await recipientIdOf(database.pool, 75_100)).toBe(0);
  await changeExOfficioCause(clerk, { ...income, validTo: "2024-09", approvedBy: "staff.sato" });
  expect((await listExOfficioCauses(database.pool)).find(({ cause }) => cause === "income")).toMatchObject({
    validTo: "2024-09",
  });
  expect(await approveClaims(approver, ["75100"])).toMatchObject({ granted: 1 });
});
