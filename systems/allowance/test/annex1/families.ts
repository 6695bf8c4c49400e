/** Four families that came in, were decided on and changed, and the lines that the annex1 views have of them. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { join } from "node:path";
import { beforeAll } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { withdrawClaim } from "../../src/claims/file-claim.ts";
import type { Context } from "../../src/context.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { approveLaw } from "../support/parameters.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, furtherClaim, number15, resident, writeDelivery } from "../support/feeds.ts";

export type Line = Readonly<Record<string, unknown>>;

export type Families = {
  readonly database: ReturnType<typeof useDatabase>;
  readonly ito: Context;
  readonly sato: Context;
  /** Lines of one 福祉台帳番号 in the order of their numbers */
  readonly view: (name: string, number: number) => Promise<Line[]>;
  /** 認定番号 */
  readonly recipientOf: (number: number) => Promise<number>;
  /** Takes in the end of care, examines and decides the parent's case ex officio */
  readonly reportCareEnd: (folder: string, child: number, parent: number, day: string) => Promise<void>;
};

export const pick = (line: Line | undefined, ...items: readonly string[]): unknown[] =>
  items.map((item) => line?.[item]);

const ORDER: Readonly<Record<string, string>> = {
  新児童手当資格情報: '"申請番号"::bigint, "履歴番号"',
  新児童手当児童情報: '"申請番号"::bigint, "履歴番号", "児童連番"',
  新児童手当関係者情報: '"申請番号"::bigint, "履歴番号", "関係者連番"',
  新児童手当改定情報: '"申請番号"::bigint, "履歴番号"',
  新児童手当年度別審査情報: '"申請番号"::bigint, "履歴番号"',
  宛名管理: '"宛名履歴番号"',
};

/**
 * Parents 1 … 4; children 11 and 12 of parent 1, 21 of 2 (and 22, withdrawn), 31 of 3 (withdrawn), 41 of 4, who claimed before the
 * reform (and 42, too old: refused). Call at the top of a test file.
 */
export function useFamilies(): Families {
  const database = useDatabase();
  beforeAll(async () => await approveLaw(database.pool));
  const dir = testFolder();
  const ito = testContext(database, dir, "staff.ito");
  const sato = testContext(database, dir, "staff.sato");

  const view: Families["view"] = async (name, number) => {
    const { rows } = await database.pool.query<Line>(
      `SELECT * FROM annex1."${name}" WHERE "福祉台帳番号" = $1 ORDER BY ${ORDER[name] ?? "1"}`,
      [number],
    );
    return rows;
  };
  const recipientOf: Families["recipientOf"] = async (number) => {
    const { rows } = await database.pool.query<{ id: number }>(
      "SELECT recipient_id AS id FROM allowance.recipient WHERE addressee_number = $1 ORDER BY ordinal DESC LIMIT 1",
      [number],
    );
    return rows[0]?.id ?? 0;
  };
  const reportCareEnd: Families["reportCareEnd"] = async (folder, child, parent, day) => {
    const ended = { 区分: "careEnd", 宛名番号: number15(child), 相手宛名番号: number15(parent), 開始年月日: day };
    const rows = [{ ...ended, 短期: "0", 留学: "0" }];
    await importFeeds(ito, await writeDelivery(join(dir, folder), { statusPeriods: rows }));
    const scope = { recipients: [await recipientOf(parent)] };
    await reexamine(ito, scope);
    await approveReexamined(sato, scope);
    await recordDecisionParts(sato);
  };

  beforeAll(async () => {
    const income = { 公的年金等雑所得: "0", その他所得: "0", 控除額計: "0", 扶養親族等の数: "1", うち老人: "0" };
    const delivery = await writeDelivery(join(dir, "city"), {
      residents: [
        resident(1, "1990-01-01"),
        resident(2, "1989-01-08"),
        resident(3, "1985-05-05"),
        resident(4, "1984-04-04"),
        resident(5, "1991-01-01"),
        resident(11, "2025-10-10"),
        resident(12, "2026-05-10"),
        resident(21, "2018-06-01"),
        resident(31, "2026-01-15"),
        resident(22, "2026-07-01"),
        resident(41, "2015-04-02"),
        resident(42, "2004-01-01"),
      ],
      incomes: [
        { 宛名番号: number15(4), 所得年: "2022", 履歴番号: "1", 給与所得: "3000000", ...income },
        { 宛名番号: number15(4), 所得年: "2022", 履歴番号: "2", 給与所得: "3100000", ...income },
        { 宛名番号: number15(4), 所得年: "2023", 履歴番号: "1", 給与所得: "3200000", ...income },
      ],
      claims: [
        claim(1, 1, "2025-10-15", { 請求事由: "birth", 事由発生年月日: "2025-10-10" }),
        furtherClaim(2, 1, "2026-05-20", { 請求事由: "birth", 事由発生年月日: "2026-05-10", 受付経路: "post" }),
        claim(3, 2, "2026-02-02", { 被用区分: "nonEmployee", 受付経路: "online" }),
        claim(4, 3, "2026-02-03"),
        claim(5, 4, "2023-05-10"),
        furtherClaim(6, 2, "2026-07-10", { 請求事由: "birth", 事由発生年月日: "2026-07-01" }),
        furtherClaim(7, 4, "2026-05-11", { 請求事由: "other" }),
      ],
      claimChildren: [
        claimChild(1, 11, 1),
        claimChild(2, 12, 2),
        claimChild(3, 21, 1, { 同居別居区分: "apart" }),
        claimChild(4, 31, 1),
        claimChild(5, 41, 1),
        claimChild(6, 22, 2),
        claimChild(7, 42, 2),
      ],
    });
    await importFeeds(ito, delivery);
    await withdrawClaim(ito, "4", civilDate("2026-02-10"));
    await withdrawClaim(ito, "6", civilDate("2026-07-31"));
    for (const claims of [["1", "3", "5"], ["2"], ["7"]]) {
      await examineClaims(ito, claims);
      await approveClaims(sato, claims);
    }
    await recordDecisionParts(sato);
  });

  return { database, ito, sato, view, recipientOf, reportCareEnd };
}
