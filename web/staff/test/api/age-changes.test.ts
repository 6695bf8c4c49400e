/** 変更と年齢到達: one queue for what time changes and for what other offices told; each row stays until it is dealt with. */
import { afterAll, beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { claimedFamily } from "../../../../systems/allowance/test/support/claimed-families.ts";
import { resident } from "../../../../systems/allowance/test/support/feeds.ts";
import { bring } from "../../../../systems/allowance/test/support/filings.ts";
import { listOf, write } from "../../../../systems/allowance/test/support/mass-runs.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
const crew = () => ({
  maker: contextOf(database.pool, "staff.ito", "2026-11-10"),
  approver: contextOf(database.pool, "staff.sato", "2026-11-10"),
});
let desk: ServedDesk;
const actors = new Map<string, Actor>();
/** 認定番号: amount changes, no amount changes, right ends by a move, protected */
const cases = { three: 0, third: 0, gone: 0, hidden: 0 };

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  const { maker } = crew();
  // 3歳の誕生日 2026-11-20, attained on the eve (年齢計算ニ関スル法律): 15,000 yen until November, 10,000 from December.
  cases.three = await claimedFamily(crew(), 740_100, [["2023-11-20"]]);
  // The third child is paid 30,000 at any age.
  cases.third = await claimedFamily(crew(), 740_200, [["2012-05-05"], ["2014-05-05"], ["2023-11-20"]]);
  cases.gone = await claimedFamily(crew(), 740_300, [["2018-05-05"]]);
  cases.hidden = await claimedFamily(crew(), 740_400, [["2023-11-20"]]);
  const moved = { 履歴番号: "2", 異動年月日: "2026-10-15" };
  await bring(maker, {
    residents: [
      resident(740_300, "1985-01-01", { ...moved, 住民状態: "2", 異動事由コード: "20" }),
      resident(740_400, "1985-01-01", {
        ...moved,
        支援措置区分: "1",
        支援措置開始年月日: "2026-10-15",
        支援措置終了年月日: "2027-10-14",
      }),
    ],
  });
  actors.set("clerk", await makeActor(database.pool, "n.tanto", "clerk"));
  actors.set("officer", await makeActor(database.pool, "n.shien", "protectionOfficer"));
  actors.set("east", await makeActor(database.pool, "n.higashi", "wardClerk", { wards: ["431028"] }));
  actors.set("treasurer", await makeActor(database.pool, "n.shiharai", "treasurer"));
}, 120_000);
afterAll(async () => await desk.end());

type Row = {
  readonly changeId: number | null;
  readonly massRunNo: number | null;
  readonly kindName: string;
  readonly happenedOn: string;
  readonly recipientId: number | null;
  readonly action: string;
};

const reads = operations.find(({ id }) => id === "readRegisterChanges");

async function queue(who: string): Promise<{ readonly rows: readonly Row[]; readonly byAge: number }> {
  if (reads === undefined) throw new Error("no operation");
  const { status, json } = await call(desk.server, actors.get(who), reads, {});
  expect(status).toBe(200);
  return { rows: json["changes"] as Row[], byAge: json["byAge"] as number };
}

const about = (rows: readonly Row[], recipientId: number): readonly Row[] =>
  rows.filter((row) => row.recipientId === recipientId);

it("who opens no cases is refused; another ward sees none of it; a protected family is there for those alone who may know of it", async () => {
  if (reads === undefined) throw new Error("no operation");
  expect((await call(desk.server, actors.get("treasurer"), reads, {})).status).toBe(403);
  expect(
    (await queue("east")).rows.filter(({ recipientId }) => Object.values(cases).includes(recipientId ?? 0)),
  ).toEqual([]);
  expect(about((await queue("clerk")).rows, cases.hidden)).toEqual([]);
  expect(about((await queue("officer")).rows, cases.hidden).map(({ kindName }) => kindName)).toContain("3歳到達");
});

it("[D107] a change by age and the end of a right that another office told stand in one queue by their day, each until it is dealt with", async () => {
  const before = await queue("clerk");
  expect(about(before.rows, cases.gone)).toMatchObject([
    { kindName: "転出", happenedOn: "2026-10-15", massRunNo: null, changeId: expect.any(Number) },
  ]);
  for (const recipientId of [cases.three, cases.third]) {
    expect(about(before.rows, recipientId)).toMatchObject([
      { kindName: "3歳到達", happenedOn: "2026-11-19", massRunNo: null, changeId: null },
    ]);
  }
  expect(about(before.rows, cases.three)[0]?.action).toContain("届は要りません");
  const days = before.rows.map(({ happenedOn }) => happenedOn);
  expect(days).toEqual(days.toSorted());

  // The month's mass run is made: the row says which; nothing leaves before it is decided.
  const { run, items } = await listOf(crew(), "ageMilestones", { month: "2026-11" });
  expect(items.filter(({ recipientId }) => recipientId === cases.three)).toMatchObject([
    { outcome: "change", yenBefore: 15_000, yenAfter: 10_000 },
  ]);
  const listed = await queue("clerk");
  expect(listed.byAge).toBe(before.byAge);
  expect(about(listed.rows, cases.three)).toMatchObject([{ massRunNo: run.runNo }]);
  expect((await write(crew(), run)).state).toBe("done");

  // Decided, and looked at without a change: both are gone. What the other office told waits for the office.
  const after = await queue("clerk");
  expect(about(after.rows, cases.three)).toEqual([]);
  expect(about(after.rows, cases.third)).toEqual([]);
  expect(about(after.rows, cases.gone)).toHaveLength(1);
});
