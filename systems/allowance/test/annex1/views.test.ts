/** The annex1 views on families that came in, were decided on and changed. Sums stand above the expected amounts. */
import { describe, expect, it } from "vitest";

import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { type Line, pick, useFamilies } from "./families.ts";

const { database, ito, sato, view, recipientOf, reportCareEnd } = useFamilies();

const withoutLatest = (line: Line): Line => ({ ...line, 最新フラグ: "" });

/** The four slots added up, as SQL */
const sum = (what: string): string => [1, 2, 3, 4].map((slot) => `"${what}内訳${slot}"`).join(" + ");

const breakdownOf = (amount: number, base: number): string =>
  `INSERT INTO allowance.decision_breakdown (decision_id, base_children, counted_siblings, count_1, amount_1, count_2, amount_2, count_3, amount_3, count_4, amount_4, income_class, rule_version)
   SELECT decision_id, ${base}, 0, 2, ${amount}, 0, 0, 0, 0, 0, 0, 'notJudged', 'test' FROM allowance.decision WHERE monthly_total = 30000 LIMIT 1`;

describe("資格情報", () => {
  it("a claim that is only received, withdrawn, or decided has the dates of its own stage and no other", async () => {
    const withdrawn = await view("新児童手当資格情報", 3);
    expect(
      withdrawn.map((line) => pick(line, "履歴番号", "状態コード", "取下年月日", "認定年月日", "最新フラグ")),
    ).toEqual([
      [1, "01", null, null, "0"],
      [2, "04", "2026-02-10", null, "1"],
    ]);
    const lines = await view("新児童手当資格情報", 2);
    // A claim that came online, received 2026-02-02 for an older child → from 2026-03
    expect(
      lines.map((line) =>
        pick(
          line,
          "処理選択コード",
          "状態コード",
          "認定請求受理年月日",
          "受理区分コード",
          "被用区分コード",
          "支給開始年月",
          "支払方法区分",
        ),
      ),
    ).toEqual([
      ["01", "01", "2026-02-02", "3", "2", null, null],
      ["11", "01", "2026-02-02", "3", "2", null, null],
      ["08", "01", "2026-02-02", "3", "2", null, null],
      ["02", "02", "2026-02-02", "3", "2", "2026-03", "1"],
    ]);
  });

  it("[D150] received is not decided: both dates stand beside each other with the cause", async () => {
    const line = (await view("新児童手当資格情報", 1)).at(-1);
    // Birth is the first cause of the code table.
    expect(pick(line, "認定請求受理年月日", "認定年月日", "請求事由コード", "支給開始年月", "認定番号")).toEqual([
      "2025-10-15",
      "2026-11-23",
      "01",
      "2025-11",
      await recipientOf(1),
    ]);
  });

  it("[D157] the increase claim has its own dates; the latest line says where children, decisions and relations stand", async () => {
    const lines = await view("新児童手当資格情報", 1);
    expect(
      lines.map((line) =>
        pick(
          line,
          "履歴番号",
          "処理選択コード",
          "異動コード",
          "額改定請求受理年月日",
          "額改定年月日",
          "額改定事由コード",
          "児童情報履歴番号",
          "改定履歴履歴番号",
        ),
      ),
    ).toEqual([
      [1, "01", "1", null, null, null, 1, null],
      [2, "11", "2", "2026-05-20", null, null, 2, null],
      [3, "02", "1", "2026-05-20", null, null, 3, 1],
      [4, "04", "2", "2026-05-20", "2026-11-23", "01", 4, 2],
    ]);
    // An increase claim that was withdrawn, and one that was refused (the child is 22 years old)
    const ends = [
      "額改定請求受理年月日",
      "額改定請求取下年月日",
      "額改定請求却下年月日",
      "額改定年月日",
      "支給開始年月",
    ];
    expect(pick((await view("新児童手当資格情報", 2)).at(-1), ...ends)).toEqual([
      "2026-07-10",
      "2026-07-31",
      null,
      null,
      "2026-03",
    ]);
    expect(pick((await view("新児童手当資格情報", 4)).at(-1), ...ends)).toEqual([
      "2026-05-11",
      null,
      "2026-11-23",
      null,
      "2023-06",
    ]);
    const children = await view("新児童手当児童情報", 2);
    expect(children.slice(-2).map((line) => pick(line, "児童福祉台帳番号", "削除フラグ"))).toEqual([
      [21, "0"],
      [22, "1"],
    ]);
  });
});

describe("改定情報 and 児童情報", () => {
  it("[A5] [D172] four slots: counts and amounts add up to 算定基礎児童数 and 手当月額, for every decision", async () => {
    // Child 11, born 2025-10: 15,000. With child 12, born 2026-05: 15,000 + 15,000 = 30,000, both under 3
    expect(
      (await view("新児童手当改定情報", 1)).map((line) =>
        pick(line, "改定年月", "手当月額", "算定基礎児童数", "算定基礎児童数内訳1", "手当月額内訳1"),
      ),
    ).toEqual([
      ["2025-11", 15_000, 1, 1, 15_000],
      ["2026-06", 30_000, 2, 2, 30_000],
    ]);
    const { rows } = await database.pool.query<{ all: number; wrong: number }>(
      `SELECT count(*)::int AS all, (count(*) FILTER (WHERE (${sum("手当月額")} = "手当月額" AND ${sum("算定基礎児童数")} = "算定基礎児童数") IS NOT TRUE))::int AS wrong
       FROM annex1."新児童手当改定情報" WHERE "手当月額" IS NOT NULL`,
    );
    expect(rows[0]?.all).toBeGreaterThanOrEqual(4);
    expect(rows[0]?.wrong).toBe(0);
  });

  it("parts that do not add up to the decision are refused by the database", async () => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("DELETE FROM allowance.decision_child");
      await client.query("DELETE FROM allowance.decision_breakdown");
      await client.query("SAVEPOINT s");
      await expect(client.query(breakdownOf(29_999, 2))).rejects.toMatchObject({
        constraint: "decision_breakdown_total",
      });
      await client.query("ROLLBACK TO s");
      await expect(client.query(breakdownOf(30_000, 3))).rejects.toMatchObject({
        constraint: "decision_breakdown_count",
      });
      await client.query("ROLLBACK TO s");
      await client.query(breakdownOf(30_000, 2));
      await expect(
        client.query(
          `INSERT INTO allowance.decision_child SELECT decision_id, 11, true, true, 1, 'U3', 15000 FROM allowance.decision_breakdown`,
        ),
      ).rejects.toMatchObject({ constraint: "decision_child_total" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("[D173] a decision before the reform points to the very version of the tax record it used", async () => {
    const lines = await view("新児童手当改定情報", 4);
    // Claimed 2023-05-10 → from 2023-06; June 2023 goes by the income of 2022, in its last history row. 10,000 for a pupil.
    expect(
      pick(lines[0], "改定年月", "税履歴管理履歴番号", "所得判定区分コード", "手当月額", "算定基礎児童数内訳2"),
    ).toEqual(["2023-06", "2022-2-1", "1", 10_000, 1]);
    // A month that knows no income test has no tax record.
    expect(pick((await view("新児童手当改定情報", 2))[0], "税履歴管理履歴番号", "所得判定区分コード")).toEqual([
      null,
      "0",
    ]);
  });

  it("[D166] each child has its own first month, cause, last month and cause, and the line where it joined or left", async () => {
    const before = await view("新児童手当児童情報", 1);
    expect(
      before.map((line) =>
        pick(line, "履歴番号", "児童福祉台帳番号", "支給開始年月", "請求事由コード", "児童増減区分", "消滅年月"),
      ),
    ).toEqual([
      [1, 11, null, "01", "0", null],
      [2, 11, null, "01", "0", null],
      [2, 12, null, "01", "0", null],
      [3, 11, "2025-11", "01", "1", null],
      [3, 12, null, "01", "0", null],
      [4, 11, "2025-11", "01", "0", null],
      [4, 12, "2026-06", "01", "1", null],
    ]);
    // 22 監護・生計同一の終わり. Care of child 11 ends on 2026-08-15: August is the last month (減額 from September). 30,000 − 15,000 = 15,000
    await reportCareEnd("end-11", 11, 1, "2026-08-15");
    expect(
      pick((await view("新児童手当改定情報", 1)).at(-1), "改定年月", "手当月額", "算定基礎児童数", "職権フラグ"),
    ).toEqual(["2026-09", 15_000, 1, "1"]);
    const after = (await view("新児童手当児童情報", 1)).filter((line) => line["履歴番号"] === 5);
    expect(
      after.map((line) => pick(line, "児童福祉台帳番号", "消滅年月", "消滅事由コード", "児童増減区分", "児童生年月日")),
    ).toEqual([
      [11, "2026-08", "22", "2", "2025-10-10"],
      [12, null, null, "0", "2026-05-10"],
    ]);
    expect((await view("新児童手当児童情報", 1)).slice(0, before.length)).toEqual(before);
  });

  it("the end has its decision day, last month, cause and whether it was ex officio; the history before it stays", async () => {
    const before = await view("新児童手当資格情報", 1);
    await reportCareEnd("end-12", 12, 1, "2026-10-10");
    const lines = await view("新児童手当資格情報", 1);
    expect(
      pick(lines.at(-1), "状態コード", "消滅年月日", "消滅年月", "支給終了年月", "消滅事由コード", "消滅職権フラグ"),
    ).toEqual(["05", "2026-11-23", "2026-10", "2026-10", "22", "1"]);
    expect(lines.slice(0, before.length).map(withoutLatest)).toEqual(before.map(withoutLatest));
  });
});

describe("keys over everything", () => {
  it("[D147] 福祉台帳番号, 事業コード, 申請番号 and 履歴番号 name one line", async () => {
    const { rows } = await database.pool.query<{ lines: number; keys: number }>(
      `SELECT count(*)::int AS lines, count(DISTINCT ("福祉台帳番号", "事業コード", "申請番号", "履歴番号"))::int AS keys FROM annex1."新児童手当資格情報"`,
    );
    expect(rows[0]?.keys).toBe(rows[0]?.lines);
    expect(rows[0]?.lines).toBeGreaterThan(15);
  });

  it("[D148] each claim has exactly one latest line; what is deleted is still there, marked", async () => {
    const { rows } = await database.pool.query<{ n: number }>(
      `SELECT count(*) FILTER (WHERE "最新フラグ" = '1')::int AS n FROM annex1."新児童手当資格情報" GROUP BY "福祉台帳番号", "事業コード", "申請番号"`,
    );
    expect(rows.length).toBe(4);
    expect(rows.every(({ n }) => n === 1)).toBe(true);
    // The end of care of child 12 turns out to be a mistake: the fact is voided, the decision that ended the case is taken back.
    await database.pool.query(
      `INSERT INTO allowance.status_period (kind, addressee_number, counterparty_number, starts_on, revision, short_stay, study, row_digest, batch_id, voided)
       SELECT kind, addressee_number, counterparty_number, starts_on, revision + 1, short_stay, study, repeat('f', 64), batch_id, true
       FROM allowance.status_period WHERE kind = 'careEnd' AND addressee_number = 12`,
    );
    const scope = { recipients: [await recipientOf(1)] };
    await reexamine(ito, scope);
    await approveReexamined(sato, scope);
    await recordDecisionParts(sato);
    const revised = await view("新児童手当改定情報", 1);
    expect(revised.map((line) => pick(line, "改定年月", "処理選択コード", "削除フラグ"))).toEqual([
      ["2025-11", "02", "0"],
      ["2026-06", "04", "0"],
      ["2026-09", "05", "0"],
      ["2026-11", "06", "1"],
      ["2026-11", "07", "0"],
    ]);
    expect(
      pick((await view("新児童手当資格情報", 1)).at(-1), "状態コード", "取消年月日", "消滅年月", "支給終了年月"),
    ).toEqual(["02", "2026-11-23", null, null]);
  });
});
