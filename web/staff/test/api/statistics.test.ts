/** 統計 over HTTP: totals for whoever may see them, the cases behind them by right and purpose, nobody protected in any of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { advance, create, settleAndClose } from "../../../../systems/allowance/test/support/runs.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, Sent, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let desk: ServedDesk | undefined;
const actors = new Map<string, Actor>();

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  // The family with three children is of another ward.
  await database.pool.query("UPDATE allowance.recipient SET ward_code = '431028' WHERE recipient_id = $1", [
    desk.tsuji,
  ]);
  const { runNo } = await create(database.pool);
  await advance(database.pool, runNo, "handedOver");
  await settleAndClose(database.pool, runNo);
  actors.set("auditor", await makeActor(database.pool, "k.kansa", "auditor"));
  actors.set("examiner", await makeActor(database.pool, "s.shinsa", "examiner"));
  actors.set("central", await makeActor(database.pool, "s.chuo", "examiner", { wards: ["431010"] }));
  const roles = ["examiner", "protectionOfficer"] as const;
  actors.set("protection", await makeActor(database.pool, "s.hogo", "examiner", { roles }));
});
afterAll(async () => await desk?.end());

async function ask(who: string, id: string, sent: Sent): Promise<Answer> {
  const operation = operations.find((each) => each.id === id);
  if (desk === undefined || operation === undefined) throw new Error(`no ${id}`);
  return await call(desk.server, actors.get(who), operation, sent);
}

type Cases = {
  readonly rows: readonly { readonly recipientId: number }[];
  readonly recipients: number;
  readonly others: number;
  readonly children: number;
  readonly amount: number;
};
const whole = { basis: "due", month: "2026-10", filter: {} } as const;
const cases = async (who: string, ref: unknown = whole): Promise<Cases> => {
  const { status, json } = await ask(who, "listFigureCases", { body: { ref, purpose: "checkFigures" } });
  expect(status).toBe(200);
  return json as unknown as Cases;
};

const idsOf = ({ rows }: Cases): readonly number[] => rows.map(({ recipientId }) => recipientId);

describe("統計の画面の元", () => {
  it("[A133] the cases behind a figure: not without the right to look for people, not without a purpose, none outside one's wards, never a protected person; the look is in the log", async () => {
    const body = { ref: whole, purpose: "checkFigures" };
    expect(await ask("auditor", "listFigureCases", { body })).toMatchObject({ status: 403, code: "notPermitted" });
    expect((await ask("examiner", "listFigureCases", { body: { ref: whole } })).status).toBe(400);
    expect((await ask("examiner", "listFigureCases", { body: { ...body, purpose: "見たい" } })).status).toBe(400);
    const hostile = { ...whole, filter: { ward: "431010' OR true --" } };
    expect(await cases("examiner", hostile)).toMatchObject({ recipients: 0, rows: [] });
    // Six families; 15,000 + 50,000 + 10,000 + 10,000 + 10,000 + 10,000 yen; 8 children. One of them is protected.
    const total = { recipients: 6, children: 8, amount: 105_000 };

    const all = await cases("examiner");
    expect(all).toMatchObject({ ...total, others: 1 });
    expect(idsOf(all)).toEqual([desk?.hanako, desk?.tsuji, desk?.yoshida, desk?.noAccount, desk?.hostile]);
    const central = await cases("central");
    expect(central).toMatchObject({ ...total, others: 2 });
    expect(idsOf(central)).not.toContain(desk?.tsuji);
    // Also who may see protected people is not told by a list in which ward they are counted.
    expect(idsOf(await cases("protection", { ...whole, filter: { ward: "431010" } }))).not.toContain(
      desk?.protectedPerson,
    );
    const { rows: log } = await database.pool.query(
      `SELECT action, purpose_code AS purpose, case_ref AS case, row_count AS rows FROM access.log
       WHERE staff_id = 's.chuo' AND operation = 'listFigureCases' ORDER BY seq`,
    );
    expect(log).toEqual([{ action: "list", purpose: "checkFigures", case: "statistics", rows: 4 }]);
  });

  it("the row of every table leads to cases that add up to it; the account names its run", async () => {
    const answers = [
      await ask("examiner", "readMonthlyStatistics", { path: { month: "2026-10" } }),
      await ask("examiner", "readYearlyStatistics", { path: { year: "2026", kind: "grant" } }),
    ];
    type Table = {
      key: string;
      columns: { head: string }[];
      rows: { cells: (string | number | null)[]; ref?: unknown }[];
    };
    let followed = 0;
    for (const { json } of answers) {
      for (const { columns, rows } of json["tables"] as Table[]) {
        const yen = columns.findIndex(({ head }) => head === "額" || head === "支払額");
        for (const { cells, ref } of rows) {
          if (ref === undefined) continue;
          followed += 1;
          expect((await cases("examiner", ref)).amount).toBe(cells[yen]);
        }
      }
    }
    expect(followed).toBeGreaterThan(15);
    expect(JSON.stringify(answers[1]?.json)).toContain("支払処理 1");
  });

  it("files for whoever may see the totals: a spreadsheet and a CSV of each table, whole, and in the log", async () => {
    const path = { kind: "month", at: "2026-10" } as const;
    expect((await ask("auditor", "takeStatistics", { path: { ...path, format: "pdf" } })).status).toBe(400);
    expect(await ask("auditor", "takeStatistics", { path: { ...path, format: "nothing.csv" } })).toMatchObject({
      status: 404,
      code: "notFound",
    });
    const sheet = await ask("auditor", "takeStatistics", { path: { ...path, format: "xlsx" } });
    expect(sheet.headers.get("content-type")).toContain("spreadsheetml");
    expect(sheet.text.startsWith("PK")).toBe(true);
    const csv = await ask("auditor", "takeStatistics", { path: { ...path, format: "by-band.csv" } });
    // 3歳未満 15,000 + 30,000; EL 10,000 × 5 (2014 is 12 until March); HS 10,000
    expect(csv.text.replace("\uFEFF", "").trimEnd().split("\r\n")).toEqual([
      "年齢区分,児童数（人）,額（円）",
      "3歳未満,2,45000",
      "3歳以上小学校修了前,5,50000",
      "高校生年代,1,10000",
      "合計,8,105000",
    ]);
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM access.log WHERE staff_id = 'k.kansa' AND action = 'export'",
    );
    expect(rows[0]?.n).toBeGreaterThanOrEqual(2);
  });
});
