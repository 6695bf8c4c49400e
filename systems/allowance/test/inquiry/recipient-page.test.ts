import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { snapshotRead } from "../../src/inquiry/audited-read.ts";
import { openRecipient } from "../../src/inquiry/recipient-page.ts";
import type { RecipientPage } from "../../src/inquiry/recipient-page.ts";
import { readRunSummary } from "../../src/inquiry/run-summary.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { closeRun, confirmReturn } from "../../src/payments/close-run.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { calendar, contextOf, MAKER, RELEASER } from "../support/cases.ts";
import { advance, create, resultCsv } from "../support/runs.ts";
import { SECRET_ADDRESS, seedSmallCity, smallCityTotal } from "../support/small-city.ts";
import type { SmallCity } from "../support/small-city.ts";

const database = useDatabase();
let city: SmallCity = { hanako: 0, tsuji: 0, yoshida: 0, protectedPerson: 0, noAccount: 0, hostile: 0 };
beforeAll(async () => {
  city = await seedSmallCity(database.pool);
});

async function open(recipientId: number, today = "2026-12-16"): Promise<RecipientPage> {
  const context = contextOf(database.pool, "tanto", today);
  return await openRecipient({ ...context, purpose: "試験" }, { recipientId, calendar, today: context.today });
}

/** `2026-10 paid 10000` per part, oldest first. */
function money(page: RecipientPage): readonly string[] {
  return page.months
    .toReversed()
    .flatMap((month) => month.parts.map((part) => `${month.month} ${part.state} ${part.amount}`));
}

describe("opening one recipient", () => {
  it("is refused for a number that nobody has", async () => {
    await expect(open(9_999_999)).rejects.toMatchObject({ code: "recipientUnknown" });
  });

  it("shows nothing when the record of the opening cannot be written", async () => {
    const context = contextOf(database.pool, "", "2026-12-16");
    await expect(
      openRecipient({ ...context, purpose: "" }, { recipientId: city.hanako, calendar, today: context.today }),
    ).rejects.toThrow();
  });

  it("has no address, masks the account, and knows family and decision", async () => {
    const page = await open(city.tsuji);
    expect(JSON.stringify(page)).not.toContain(SECRET_ADDRESS);
    expect(JSON.stringify(page)).not.toContain("0123456");
    expect(page.accounts).toMatchObject([{ maskedNumber: "••••456", bankName: "ゆうちょ" }]);
    expect(page.children.map(({ addresseeNumber }) => addresseeNumber)).toStrictEqual([
      900000000001202, 900000000001203, 900000000001204,
    ]);
    expect(page.decisions).toMatchObject([
      { kind: "certify", effectiveMonth: "2024-10-01", approvedBy: "kessai.hanako" },
    ]);
  });

  it("[A21] explains each month by article, facts and rule version, and the sum is that of the law", async () => {
    const page = await open(city.tsuji);
    const november = page.months.find((month) => month.month === "2026-11");
    // 10,000 (2014) + 10,000 (2017) + 30,000 (third child, 2024) = 50,000
    expect(november?.children.map((child) => child.amount)).toStrictEqual([10_000, 10_000, 30_000]);
    expect(november?.lawTotal).toBe(50_000);
    expect(november?.factsDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(november?.ruleVersion).not.toBe("");
    for (const child of november?.children ?? []) {
      expect(child.because.length).toBeGreaterThan(0);
      for (const reason of child.because) {
        expect(reason.article).toMatch(/児童手当法/);
        expect(reason.text).not.toBe("");
      }
    }
    // The reason names the fact it stands on: the birth date.
    expect(november?.children[2]?.because.map((reason) => reason.text).join("")).toContain("2024年6月2日");
    // Before the first month that this system pays, nothing is claimed about the ledger.
    expect(page.months.find((month) => month.month === "2026-09")).toMatchObject({ beforeOpening: true, due: 0 });
  });
});

describe("month × child: due, reserved, scheduled, paid, returned, held, due again", () => {
  it("follows the money through a cancelled run, a run with a returned transfer, and a hold", async () => {
    const { yoshida, hostile, noAccount } = city;
    expect(money(await open(yoshida))).toStrictEqual([]);

    const first = await create(database.pool);
    expect(money(await open(yoshida))).toStrictEqual(["2026-10 reserved 10000", "2026-11 reserved 10000"]);
    expect(money(await open(noAccount))).toStrictEqual(["2026-10 unpaid 10000", "2026-11 unpaid 10000"]);
    await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/1", runNo: first.runNo, reason: "試験" });
    expect(money(await open(yoshida))).toStrictEqual(["2026-10 unpaid 10000", "2026-11 unpaid 10000"]);

    await database.pool.query(
      "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'hold', '2026-11-01', '試験', 'tanto')",
      [hostile],
    );
    const second = await create(database.pool, "2026-12", "regular", "create/second");
    await advance(database.pool, second.runNo, "handedOver");
    expect(money(await open(hostile))).toStrictEqual(["2026-10 paid 10000", "2026-11 held 10000"]);
    // The pay day is 15 December: on the day before, the same money is on its way.
    expect(money(await open(yoshida, "2026-12-14"))).toStrictEqual([
      "2026-10 scheduled 10000",
      "2026-11 scheduled 10000",
    ]);
    expect(money(await open(yoshida, "2026-12-15"))).toStrictEqual(["2026-10 paid 10000", "2026-11 paid 10000"]);

    const bytes = resultCsv({ count: second.lines.lineCount, amount: second.lines.total }, [
      { customer1: String(yoshida).padStart(10, "0"), customer2: "0002202612", amount: 20_000, account: "0000103" },
    ]);
    await importResults(contextOf(database.pool, RELEASER), { key: "results/2", runNo: second.runNo, bytes });
    expect(money(await open(yoshida))).toStrictEqual(["2026-10 returned 10000", "2026-11 returned 10000"]);

    const summary = await snapshotRead(database.pool, async (client) => await readRunSummary(client, second.runNo));
    expect(summary.returned).toMatchObject([{ recipientId: yoshida, amount: 20_000, confirmed: false }]);
    expect(summary.totals.amount).toBe(smallCityTotal.amount - 10_000);
    expect(summary.exclusions.map(({ reason, recipients, amount }) => [reason, recipients, amount])).toStrictEqual([
      ["noAccount", 1, 20_000],
      ["held", 1, 10_000],
    ]);

    const lineNo = summary.returned[0]?.lineNo ?? 0;
    await confirmReturn(contextOf(database.pool, MAKER), {
      key: "confirm/2",
      runNo: second.runNo,
      lineNo,
      approvedBy: "betsu.hito",
    });
    expect(money(await open(yoshida))).toStrictEqual(["2026-10 reinstated 10000", "2026-11 reinstated 10000"]);
    await closeRun(contextOf(database.pool, MAKER), { key: "close/2", runNo: second.runNo });
    expect(money(await open(city.hanako))).toStrictEqual(["2026-10 paid 15000", "2026-11 paid 15000"]);
  });

  it("a decision that takes money away: first said as a difference, after the next run as 過払", async () => {
    const facts = await database.pool.query<{ facts: Record<string, unknown> & { children: unknown[] } }>(
      "SELECT f.facts FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) WHERE d.recipient_id = $1",
      [city.tsuji],
    );
    const before = facts.rows[0]?.facts ?? { children: [] };
    // The third child (30,000) was never in this family's care: 50,000 becomes 20,000.
    const digest = "e".repeat(64);
    const claims = [
      {
        kind: "certification",
        receivedOn: "2024-09-01",
        children: ["900000000001202", "900000000001203"],
        cause: { kind: "other" },
      },
    ];
    const after = { ...before, children: before.children.slice(0, 2), claims };
    await database.pool.query("INSERT INTO allowance.facts VALUES ($1, $2)", [digest, JSON.stringify(after)]);
    await database.pool.query(
      `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
       VALUES ($1, 2, 'decrease', '2024-10-01', 'careEnded', true, 'exOfficio', $2, 'test', '2026-12-20', 'shinsa', 'kessai')`,
      [city.tsuji, digest],
    );
    const october = async () =>
      (await open(city.tsuji, "2026-12-21")).months.find((month) => month.month === "2026-10");
    expect(await october()).toMatchObject({ due: 50_000, receivable: 0, lawTotal: 50_000, currentTotal: 20_000 });
    await create(database.pool, "2027-02");
    // 50,000 paid − 30,000 to be paid back = 20,000
    expect(await october()).toMatchObject({ due: 50_000, receivable: 30_000, lawTotal: 20_000, currentTotal: 20_000 });
  });
});
