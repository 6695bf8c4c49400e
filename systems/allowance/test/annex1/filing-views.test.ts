/** What filings (受付→審査→決裁) bring into the annex1 views: by report and ex officio alike. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { examineFiling, overrideProposal } from "../../src/filings/examine.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { withdrawFiling } from "../../src/filings/withdraw.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, exOfficio } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";
import { type Line, pick } from "./families.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

async function lines(number: number): Promise<Line[]> {
  const { rows } = await database.pool.query<Line>(
    `SELECT * FROM annex1."新児童手当資格情報" WHERE "福祉台帳番号" = $1 ORDER BY "申請番号"::bigint, "履歴番号"`,
    [number],
  );
  return rows;
}
const last = async (number: number): Promise<Line | undefined> => (await lines(number)).at(-1);

const careEnded = (child: number) => ({ events: [{ cause: "careEnded", child, on: "2026-10-15" }] });

const changeOf = (claimant: number, recipientId: number) => ({
  claimant,
  recipientId,
  on: "2026-11-10",
  coverage: { employeeClass: "nonEmployee", evidence: "insuranceCard", healthInsurance: "national" },
});

describe("資格情報 from filings", () => {
  it("[D153] a claim ends in one of three ways: withdrawn, refused with its cause, or certified; each leaves the date of its own", async () => {
    await bring(clerk, {
      residents: [
        resident(70_001, "1990-01-01"),
        resident(70_002, "2026-10-31"),
        resident(70_011, "1990-01-01"),
        resident(70_012, "2026-10-31"),
        resident(70_021, "1990-01-01"),
        resident(70_022, "2026-10-31"),
      ],
    });
    const items = ["状態コード", "認定請求受理年月日", "取下年月日", "却下年月日", "却下事由コード", "認定年月日"];
    const first = await submitFiling(clerk, { form: birthClaim(70_001, 70_002, "2026-10-31", "2026-11-13") });
    expect(pick(await last(70_001), ...items)).toEqual(["01", "2026-11-13", null, null, null, null]);
    await withdrawFiling(clerk, { filingId: first.filingId, reason: "本人の申出" });
    expect(pick(await last(70_001), ...items)).toEqual(["04", "2026-11-13", "2026-11-23", null, null, null]);

    const second = await examined(clerk, birthClaim(70_011, 70_012, "2026-10-31", "2026-11-13"));
    const before = await lines(70_011);
    const overridden = await overrideProposal(clerk, {
      filingId: second.filingId,
      outcome: "refuse",
      reasonCode: "notMainEarner",
      reason: "配偶者の所得が高い",
    });
    await approveFiling(approver, { filingId: second.filingId, digest: overridden.digest });
    expect(pick(await last(70_011), ...items)).toEqual(["03", "2026-11-13", null, "2026-11-23", "02", null]);
    // The line of the reception is the same before and after the decision.
    expect((await lines(70_011))[0]).toEqual({ ...before[0], 最新フラグ: "0" });

    await decided(clerk, approver, birthClaim(70_021, 70_022, "2026-10-31", "2026-11-13"));
    expect(pick(await last(70_021), ...items)).toEqual(["02", "2026-11-13", null, null, null, "2026-11-23"]);
  });

  it("the children of a claim that waits are there with it", async () => {
    const { rows } = await database.pool.query<Line>(
      `SELECT * FROM annex1."新児童手当児童情報" WHERE "福祉台帳番号" = 70001 ORDER BY "履歴番号"`,
    );
    expect(
      rows.map((line) => pick(line, "履歴番号", "児童連番", "児童福祉台帳番号", "請求事由コード", "削除フラグ")),
    ).toEqual([
      [1, 1, 70_002, "01", "0"],
      [2, 1, 70_002, "01", "1"],
    ]);
  });

  it("[D158] a decrease by report has the day of its receipt, one ex officio the mark and no receipt", async () => {
    const born = ["2016-05-10", "2018-05-10"];
    const reported = await certifiedFamily(clerks, 71_000, born);
    const office = await certifiedFamily(clerks, 71_010, born);
    await decided(
      clerk,
      approver,
      form("decrease", "2026-11-20", { claimant: 71_000, recipientId: reported, ...careEnded(71_001) }),
    );
    await decided(
      clerk,
      approver,
      exOfficio("decrease", "2026-11-20", {
        claimant: 71_010,
        recipientId: office,
        evidence: "住民票",
        ...careEnded(71_011),
      }),
    );
    const items = ["消滅減額届受理年月日", "消滅減額職権フラグ", "額改定年月日"];
    expect(pick(await last(71_000), ...items)).toEqual(["2026-11-20", "0", "2026-11-23"]);
    expect(pick(await last(71_010), ...items)).toEqual([null, "1", "2026-11-23"]);
  });

  it("[D154] an end by report has the day of its receipt, one ex officio the mark and no receipt", async () => {
    const reported = await certifiedFamily(clerks, 72_000, ["2016-05-10"]);
    const office = await certifiedFamily(clerks, 72_010, ["2016-05-10"]);
    await decided(
      clerk,
      approver,
      form("extinction", "2026-11-20", { claimant: 72_000, recipientId: reported, ...careEnded(72_001) }),
    );
    await decided(
      clerk,
      approver,
      exOfficio("extinction", "2026-11-20", {
        claimant: 72_010,
        recipientId: office,
        evidence: "住民票",
        ...careEnded(72_011),
      }),
    );
    const items = ["状態コード", "消滅届受理年月日", "消滅年月日", "消滅年月", "消滅事由コード", "消滅職権フラグ"];
    expect(pick(await last(72_000), ...items)).toEqual(["05", "2026-11-20", "2026-11-23", "2026-10", "22", "0"]);
    expect(pick(await last(72_010), ...items)).toEqual(["05", null, "2026-11-23", "2026-10", "22", "1"]);
  });

  it("[D159] a change by report or ex officio has the day of the change, and the report its receipt", async () => {
    const reported = await certifiedFamily(clerks, 73_000, ["2016-05-10"]);
    const office = await certifiedFamily(clerks, 73_010, ["2016-05-10"]);
    await decided(clerk, approver, form("change", "2026-11-18", changeOf(73_000, reported)));
    await decided(clerk, approver, exOfficio("change", "2026-11-18", changeOf(73_010, office)));
    const items = ["変更届受理年月日", "変更年月日", "変更職権フラグ", "被用区分コード"];
    expect(pick(await last(73_000), ...items)).toEqual(["2026-11-18", "2026-11-10", "0", "2"]);
    expect(pick(await last(73_010), ...items)).toEqual([null, "2026-11-10", "1", "2"]);
  });

  it("[D160] an unpaid claim shows its receipt in the case of the recipient, and how the recipient was paid", async () => {
    const recipientId = await certifiedFamily(clerks, 74_000, ["2016-05-10"]);
    await bring(clerk, {
      residents: [
        resident(74_000, "1990-01-01", {
          世帯番号: String(74_000).padStart(15, "0"),
          履歴番号: "2",
          住民状態: "3",
          異動年月日: "2026-11-10",
          異動事由コード: "21",
        }),
      ],
    });
    await decided(
      clerk,
      approver,
      exOfficio("death", "2026-11-20", { claimant: 74_000, diedOn: "2026-11-10", evidence: "住民票" }),
    );
    const filed = await submitFiling(clerk, {
      form: form("unpaid", "2026-11-20", {
        claimant: 74_001,
        recipientId,
        children: [74_001],
        account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7000001", holder: "カクウ　タロウ" },
      }),
    });
    expect(filed.filingId).toBeGreaterThan(0);
    expect(pick(await last(74_000), "未支払請求受理年月日", "支払方法区分")).toEqual(["2026-11-20", "1"]);
  });
});

it("examination alone changes nothing that the views show", async () => {
  await bring(clerk, { residents: [resident(75_001, "1990-01-01"), resident(75_002, "2026-10-31")] });
  const { filingId } = await submitFiling(clerk, { form: birthClaim(75_001, 75_002, "2026-10-31", "2026-11-13") });
  const before = await lines(75_001);
  await examineFiling(clerk, { filingId });
  expect(await lines(75_001)).toEqual(before);
});
