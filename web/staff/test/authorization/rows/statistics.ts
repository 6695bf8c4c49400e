/** 統計: totals for whoever may see statistics; who is behind a figure only for whoever may look for people as well. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";

import type { MatrixRow } from "../row.ts";

const viewers: readonly Role[] = ["examiner", "approver", "auditor"];
const everywhere = (roles: readonly Role[]) => ({ ownWard: roles, otherSection: roles });
const one = { numerator: 1, denominator: 1 };

export const statisticsRows: readonly MatrixRow[] = [
  { operation: "readStatisticsOverview", allow: everywhere(viewers) },
  { operation: "readMonthlyStatistics", allow: everywhere(viewers), input: () => ({ path: { month: "2026-10" } }) },
  {
    operation: "readYearlyStatistics",
    allow: everywhere(viewers),
    input: () => ({ path: { year: "2026", kind: "grant" } }),
  },
  {
    operation: "listFigureCases",
    allow: { ownWard: ["examiner", "approver"] },
    input: () => ({
      body: { ref: { basis: "due", month: "2026-10", filter: {} }, purpose: "checkFigures" },
    }),
  },
  {
    operation: "takeStatistics",
    allow: everywhere(viewers),
    input: () => ({ path: { kind: "month", at: "2026-10", format: "xlsx" } }),
  },
  {
    operation: "makeStatisticsReport",
    allow: everywhere(["examiner"]),
    input: () => ({ body: { kind: "grant", fiscalYear: 2026, note: "架空の理由を書いておく" } }),
  },
  {
    operation: "approveStatisticsReport",
    allow: everywhere(["approver"]),
    input: () => ({ path: { reportNo: "999999" }, body: { figuresDigest: "0".repeat(64) } }),
  },
  { operation: "readCostShares", allow: everywhere(viewers), input: () => ({ path: { year: "2026" } }) },
  {
    operation: "enterCostShares",
    allow: everywhere(["examiner"]),
    input: () => ({
      path: { year: "2026" },
      body: {
        lines: [{ part: "threeAndOver", employeeClass: null, shares: { treasury: one } }],
        source: "架空の理由を書いておく",
      },
    }),
  },
  {
    operation: "approveCostShares",
    allow: everywhere(["approver"]),
    input: () => ({ path: { entryId: "999999" }, body: { contentDigest: "0".repeat(64) } }),
  },
];
