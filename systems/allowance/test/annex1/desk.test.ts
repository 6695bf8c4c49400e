/** Who sees which lines of the annex1 views, and the dates that come from filings. */
import type { PoolClient } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import { addEntry } from "../../src/case-file/write-entry.ts";
import { openCase } from "../../src/openings/open-case.ts";
import { contextOf } from "../support/cases.ts";
import { decided, form, prepare } from "../support/filings.ts";
import { seedSmallCity, type SmallCity } from "../support/small-city.ts";

const database = useDatabase();
const HANAKO = 900000000001101;
const TSUJI = 900000000001102;
const VIEWS = [
  "新児童手当資格情報",
  "新児童手当児童情報",
  "新児童手当関係者情報",
  "新児童手当改定情報",
  "新児童手当年度別審査情報",
  "宛名管理",
] as const;
let city: SmallCity;

beforeAll(async () => {
  city = await seedSmallCity(database.pool);
  await prepare(database.pool);
  // Opening a person opens the household; this one lives elsewhere.
  await database.pool.query(
    "UPDATE allowance.person_history SET household_number = 8000000 WHERE addressee_number = $1",
    [TSUJI],
  );
  const context = contextOf(database.pool, "staff.ito");
  for (const [number, recipientId] of [
    [HANAKO, city.hanako],
    [TSUJI, city.tsuji],
  ] as const) {
    await addEntry(context, "relatedPerson", {
      addresseeNumber: number,
      validFrom: "2026-01-01",
      content: { role: "agent", name: "架空　代理" },
    });
    await addEntry(context, "yearlyReview", {
      addresseeNumber: number,
      validFrom: "2026-06-01",
      content: { recipientId, fiscalYear: 2026, employeeClass: "employee", incomeClass: "notJudged" },
    });
  }
});

async function underSession<T>(session: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE hagukumi_desk");
    await client.query("SELECT set_config('hagukumi.session', $1, true)", [session]);
    return await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

/** 福祉台帳番号 that each view shows */
async function shown(session: string): Promise<Record<string, readonly number[]>> {
  return await underSession(session, async (client) => {
    const found: Record<string, readonly number[]> = {};
    for (const view of VIEWS) {
      const { rows } = await client.query<{ n: number }>(
        `SELECT DISTINCT "福祉台帳番号" AS n FROM annex1."${view}" ORDER BY 1`,
      );
      found[view] = rows.map(({ n }) => n);
    }
    return found;
  });
}

describe("the views under the desk's role", () => {
  it("without an open purpose no view has a line; with one, lines of that case alone; nothing can be written", async () => {
    const session = await signIn(database.pool, { staffId: "staff.annex", roles: ["clerk"] });
    expect(await shown(session)).toEqual(Object.fromEntries(VIEWS.map((view) => [view, []])));
    const desk = { pool: database.pool, call: callOf(session) };
    await openCase(desk, { recipientId: city.hanako }, { code: "enquiry", origin: "search" });
    const opened = await shown(session);
    for (const view of VIEWS) {
      expect(opened[view], view).toContain(HANAKO);
      expect(opened[view], view).not.toContain(TSUJI);
    }
    for (const view of VIEWS)
      await expect(
        underSession(session, async (client) => await client.query(`DELETE FROM annex1."${view}"`)),
      ).rejects.toMatchObject({ code: expect.stringMatching(/42501|55000/) as string });
  });

  it("what the desk reads of an open case is what the system has: the same lines with the same numbers", async () => {
    const session = await signIn(database.pool, { staffId: "staff.annex2", roles: ["clerk"] });
    await openCase(
      { pool: database.pool, call: callOf(session) },
      { recipientId: city.hanako },
      { code: "enquiry", origin: "search" },
    );
    for (const view of VIEWS) {
      const question = `SELECT * FROM annex1."${view}" x WHERE "福祉台帳番号" = ${HANAKO} ORDER BY x::text`;
      const whole = (await database.pool.query(question)).rows;
      const seen = await underSession(session, async (client) => (await client.query(question)).rows);
      expect(whole.length).toBeGreaterThan(0);
      expect(seen).toEqual(whole);
    }
  });
});

it("a change report shows the day of its receipt", async () => {
  const clerk = contextOf(database.pool, "staff.ito");
  const approver = contextOf(database.pool, "staff.sato");
  await decided(
    clerk,
    approver,
    form("accountChange", "2026-11-20", {
      recipientId: city.yoshida,
      claimant: 900000000001103,
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7654321", holder: "ヨシダ　タカサキ" },
    }),
  );
  const { rows } = await database.pool.query(
    `SELECT "変更届受理年月日" AS received, "最新フラグ" AS latest FROM annex1."新児童手当資格情報" WHERE "福祉台帳番号" = 900000000001103 ORDER BY "履歴番号"`,
  );
  expect(rows.at(-1)).toEqual({ received: "2026-11-20", latest: "1" });
  expect(rows[0]).toEqual({ received: null, latest: "0" });
});
