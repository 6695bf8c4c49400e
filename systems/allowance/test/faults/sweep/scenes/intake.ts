/** 取込・審査・決定: a delivery of six files, examined and approved. */
import { join } from "node:path";

import { approveAll } from "../../../../src/decisions/decide.ts";
import { examineAll } from "../../../../src/claims/examine.ts";
import { importFeeds } from "../../../../src/register/import-feeds.ts";
import { claim, claimChild, number15, resident, writeDelivery } from "../../../support/feeds.ts";
import { prepare } from "../../../support/filings.ts";
import { contextIn, countsOf, rowsOf, type Scene } from "../scene.ts";

export const intake: Scene = {
  name: "intake",
  prepare: async (pool, folder) => {
    await prepare(pool);
    await writeDelivery(join(folder, "delivery"), {
      organizations: [
        {
          宛名番号: number15(59_001),
          名称: "架空園",
          区分: "institution",
          市区町村コード: "431010",
          設置者区分: "private",
        },
      ],
      residents: [
        resident(50_001, "1990-01-01"),
        resident(50_002, "2024-11-05"),
        resident(50_011, "1990-01-01"),
        resident(50_012, "2020-06-06"),
      ],
      statusPeriods: [
        { 区分: "publicServant", 宛名番号: number15(50_011), 開始年月日: "2020-04-01", 短期: "0", 留学: "0" },
      ],
      incomes: [{ 宛名番号: number15(50_001), 所得年: "2022", 履歴番号: "1", 給与所得: "5000000" }],
      claims: [claim(501, 50_001, "2024-11-10"), claim(502, 50_011, "2025-06-10")],
      claimChildren: [claimChild(501, 50_002, 1), claimChild(502, 50_012, 1)],
    });
  },
  work: async (pool, folder) => {
    const as = (operator: string) => contextIn(pool, folder, operator, "2026-11-23");
    await importFeeds(as("staff.ito"), join(folder, "delivery"));
    await examineAll(as("staff.ito"));
    await approveAll(as("staff.sato"));
  },
  end: async (pool) => ({
    decisions: await rowsOf(
      pool,
      "SELECT addressee_number, seq, d.kind, effective_month, monthly_total, facts_digest FROM allowance.decision d LEFT JOIN allowance.recipient USING (recipient_id) ORDER BY 1, 2, 3",
    ),
    ...(await countsOf(pool, [
      "allowance.person_history",
      "allowance.organization_history",
      "allowance.status_period",
      "allowance.income_history",
      "allowance.claim_child",
      "allowance.examination",
      "allowance.approval",
      "allowance.account",
    ])),
  }),
};
