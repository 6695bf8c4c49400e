/** What went wrong in other cities with payments and the letters about them, replayed. Each test is named after its incident. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeEach, describe, expect, it } from "vitest";

import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { letterText } from "../../src/notices/content/letter.ts";
import { FORM_CODES } from "../../src/notices/forms/form-codes.ts";
import { sourceOf } from "../../src/notices/sources/list.ts";
import { readSources } from "../../src/notices/sources/source.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { changeSetting, demoSettings } from "../../src/settings.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { composeSample, sampleSource } from "../notices/samples.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create } from "../support/runs.ts";

let database: TestDatabase;
let ids: readonly number[];

beforeEach(async () => {
  database = await freshDatabase();
  ids = await seedCases(database.pool, [
    ...threeFamilies.map((family, place) => ({
      ...family,
      account: { bank: "0182", branch: "101", number: `771234${String(place)}`, holder: "ｶｸｳ ﾊﾅｺ" },
    })),
    // Moved out on 2026-09-30: nothing for October and November. A young man past the school year of 18. Two months in 2026-10 alone.
    { recipient: 900000000000104, children: [{ id: 900000000000206, birthDate: "2018-06-01" }], endedFrom: "2026-10" },
    { recipient: 900000000000105, children: [{ id: 900000000000207, birthDate: "2008-04-01" }] },
  ]);
  return async () => {
    const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
    await database.drop();
    expect(broken).toEqual([]);
  };
});

const question = { from: "2026-01-01", documentOn: "2027-12-31", paymentRunNo: 1 };
const letters = async () => await readSources(database.pool, sourceOf("payment"), question, 10);

describe("伊賀市 2017", () => {
  it("[I-26] the day in the letter is that of the confirmed run: no letter before the file is fixed, another announced day makes no run, and a later change of the city's rule changes no letter", async () => {
    const announced = {
      key: "wrong",
      paymentMonth: "2026-12",
      kind: "regular",
      payOn: civilDate("2026-12-01"),
    } as const;
    await expect(createRun(contextOf(database.pool, MAKER), announced)).rejects.toMatchObject({
      code: "payDayDiffers",
    });
    await create(database.pool);
    await advance(database.pool, 1, "approved");
    expect(await letters()).toEqual([]);
    await freezeRun(contextOf(database.pool, "shonin.taro"), { key: "freeze", runNo: 1 });
    // 2026-12-15 is a Tuesday: the rule's own day.
    const told = await letters();
    expect(told.map(({ facts }) => facts["payOn"])).toEqual(["2026-12-15", "2026-12-15", "2026-12-15"]);
    const rule = async (payDay: number): Promise<boolean> =>
      await changeSetting(contextOf(database.pool, "settei.ichiro"), {
        name: "payDay",
        validFrom: "2026-10-01",
        value: { ...demoSettings.payDay, payDay },
        approvedBy: "settei.niro",
      });
    await rule(1);
    expect((await letters()).map(({ facts }) => facts["payOn"])).toEqual(["2026-12-15", "2026-12-15", "2026-12-15"]);
    await rule(demoSettings.payDay.payDay);
    const { content } = composeSample({
      ...sampleSource("payment", "general"),
      facts: { ...sampleSource("payment", "general").facts, payOn: told[0]?.facts["payOn"] },
    });
    const words = letterText(content).join("\n");
    expect(words).toContain("令和8年12月15日");
    expect(words).not.toContain("12月1日");
  });
});

describe("釜石市 2017", () => {
  it("[I-29] no letter of any form can carry an account number: what a letter is made of has its last three digits at most", async () => {
    await create(database.pool);
    await advance(database.pool, 1, "frozen");
    const { rows } = await database.pool.query<{ number: string }>(
      "SELECT account_number AS number FROM allowance.account WHERE account_number LIKE '771%'",
    );
    expect(rows).toHaveLength(3);
    const told = await letters();
    expect(told).toHaveLength(3);
    for (const form of FORM_CODES) {
      const sources = await readSources(database.pool, sourceOf(form), { ...question, paymentRunNo: null }, 100);
      const made = JSON.stringify(sources.map(({ facts, lawFacts }) => ({ facts, lawFacts })));
      for (const { number } of rows) expect(made.includes(number), `${form}: ${number}`).toBe(false);
    }
    for (const { facts } of told) expect(facts["account"]).toMatch(/ \*{4}\d{3}$/);
  });
});

describe("上越市 2020", () => {
  it("[I-35] who must not be paid is not in the run, and cannot be put into it: moved out, past the age, held; everybody else to the yen", async () => {
    await database.pool.query(
      "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'pending', '2026-10-01', '架空の確認中', 'staff.ito')",
      [ids[2]],
    );
    const { lines } = await create(database.pool);
    // Family 1: 15,000 × 2; family 2: 50,000 × 2 → 130,000 in two lines. Family 3 is held: 10,000 × 2 stay out, named.
    expect(lines).toMatchObject({ lineCount: 2, total: 130_000 });
    expect(lines.exclusions).toEqual([{ recipientId: ids[2], reason: "held", items: 2, amount: 20_000 }]);
    const client = await database.pool.connect();
    const tried = async (sql: string): Promise<unknown> => {
      try {
        await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
        await client.query(sql);
        await client.query("COMMIT");
        return "let in";
      } catch (error) {
        return (error as { constraint?: string }).constraint;
      } finally {
        await client.query("ROLLBACK");
      }
    };
    try {
      // The family that moved away, for October, by hand.
      expect(
        await tried(
          `INSERT INTO allowance.run_line (run_no, line_no, recipient_id, account_id, bank, branch, account_type, account_number, holder, amount, child_months, new_code, ward_code)
           SELECT 1, 99, recipient_id, account_id, bank, branch, account_type, account_number, holder, 10000, 1, '1', '431010' FROM allowance.account WHERE recipient_id = ${String(ids[3])}`,
        ),
      ).toBe("run_line_sealed");
      expect(
        await tried(
          `INSERT INTO allowance.due_item (child_number, benefit_month, generation, tranche, recipient_id, amount, decision_id, facts_digest, rule_version, band, birth_order)
           SELECT 900000000000206, '2026-10-01', 1, 1, d.recipient_id, 10000, d.decision_id, d.facts_digest, 'x', 'P', 1
           FROM allowance.decision d WHERE d.recipient_id = ${String(ids[3])} AND d.kind = 'certify'`,
        ),
      ).not.toBe("let in");
    } finally {
      client.release();
    }
  });
});
