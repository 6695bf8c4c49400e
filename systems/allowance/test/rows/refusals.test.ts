/** 改定情報 of refusals: one line a decision, with the reason code whether the rules refuse or a person does. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { changeCode } from "../../src/case-file/codes.ts";
import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { overrideProposal } from "../../src/filings/examine.ts";
import { type Line, pick } from "../annex1/families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { claim, claimChild, number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

beforeAll(async () => await prepare(database.pool));

async function lines(number: number): Promise<Line[]> {
  const { rows } = await database.pool.query<Line>(
    `SELECT * FROM annex1."新児童手当改定情報" WHERE "福祉台帳番号" = $1 ORDER BY "申請番号"::bigint, "履歴番号"`,
    [number],
  );
  return rows;
}

const ITEMS = [
  "改定年月",
  "処理選択コード",
  "処理年月日",
  "判定年月日",
  "判定区分コード",
  "改定事由コード",
  "却下事由コード",
  "消滅事由コード",
  "職権フラグ",
];

/** 処理年月日 is the day on which the machine recorded it; 判定年月日 the day of work. */
const RECORDED = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }).format(new Date());

// 03 却下; verdict 2; refusalCause 05 public servant, 04 no address, 03 already paid, 07 child not eligible, 02 not the main earner
const refused = (refusal: string) => ["2026-12", "03", RECORDED, "2026-11-23", "2", null, refusal, null, "0"];

it("[D169] each decision has one line with month, kind, days, verdict, the code of its cause – change, refusal or end – and the mark of 職権", async () => {
  // Refused by the rules: a public servant, nobody with an address here, a child of somebody else, a child that is too old
  const recipientId = await certifiedFamily({ clerk, approver }, 76_900, ["2020-05-10"]);
  const moved = { 履歴番号: "2", 住民状態: "2", 異動年月日: "2026-10-31", 異動事由コード: "20" };
  await bring(clerk, {
    residents: [
      resident(76_000, "1990-01-01"),
      resident(76_001, "2025-05-10"),
      resident(76_010, "1990-01-01"),
      resident(76_010, "1990-01-01", moved),
      resident(76_011, "2025-05-10"),
      resident(76_020, "1990-01-01"),
      resident(76_030, "1970-01-01"),
      resident(76_031, "2000-05-10"),
    ],
    statusPeriods: [
      { 区分: "publicServant", 宛名番号: number15(76_000), 開始年月日: "2020-04-01", 短期: "0", 留学: "0" },
    ],
    claims: [76_000, 76_010, 76_020, 76_030].map((number) => claim(number, number, "2026-11-10")),
    claimChildren: [
      claimChild(76_000, 76_001, 1),
      claimChild(76_010, 76_011, 1),
      claimChild(76_020, 76_901, 1),
      claimChild(76_030, 76_031, 1),
    ],
  });
  const numbers = ["76000", "76010", "76020", "76030"];
  await examineClaims(clerk, numbers);
  // A code that may no longer be used stops the decision; nothing of it stays.
  const code = { domain: "refusalCause", code: "05", identifier: "publicServant", label: "公務員（所属庁から支給）" };
  const use = { ...code, validFrom: "2010-04-01", approvedBy: "staff.sato" };
  await changeCode(clerk, { ...use, validTo: "2026-10-31" });
  await expect(approveClaims(approver, ["76000"])).rejects.toMatchObject({ code: "codeUnknown" });
  expect((await lines(76_000)).filter((line) => line["処理選択コード"] === "03")).toEqual([]);
  await changeCode(clerk, { ...use, validTo: null });
  await approveClaims(approver, numbers);

  // Refused by a person, with a code of the same list and words
  await bring(clerk, { residents: [resident(76_040, "1990-01-01"), resident(76_041, "2026-10-20")] });
  const seen = await examined(clerk, birthClaim(76_040, 76_041, "2026-10-20", "2026-11-02"));
  const other = await overrideProposal(clerk, {
    filingId: seen.filingId,
    outcome: "refuse",
    reasonCode: "notMainEarner",
    reason: "配偶者の所得が高い",
  });
  await approveFiling(approver, { filingId: other.filingId, digest: other.digest });
  await recordDecisionParts(approver);

  for (const [number, refusal] of [
    [76_000, "05"],
    [76_010, "04"],
    [76_020, "03"],
    [76_030, "07"],
    [76_040, "02"],
  ] as const) {
    const decidedLines = (await lines(number)).map((line) => pick(line, ...ITEMS));
    expect(decidedLines, String(number)).toEqual([refused(refusal)]);
  }

  // Granted, lowered and ended: the cause of each kind in its own item. 01 is no cause of these: 99 other, 22 end of care.
  await decided(
    clerk,
    approver,
    form("extinction", "2026-11-20", {
      claimant: 76_900,
      recipientId,
      events: [{ cause: "careEnded", child: 76_901, on: "2026-10-15" }],
    }),
  );
  const items = ["改定年月", "処理選択コード", "判定区分コード", "改定事由コード", "却下事由コード", "消滅事由コード"];
  expect((await lines(76_900)).map((line) => pick(line, ...items))).toEqual([
    ["2026-06", "02", "1", "99", null, null],
    ["2026-11", "06", "5", null, null, "22"],
  ]);
  const { rows } = await database.pool.query<{ text: string }>(
    "SELECT reason_text AS text FROM allowance.refusal_reason ORDER BY decision_id",
  );
  // The sentence with its article stands beside the code; one for each refusal by the rules.
  expect(rows).toHaveLength(4);
  for (const { text } of rows) expect(text).toMatch(/児童手当法/u);
});
