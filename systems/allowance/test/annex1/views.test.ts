/** The annex1 views on families that came in, were decided on and changed. Sums stand above the expected amounts. */
import { civilDate, month, paymentMonthOf } from "@hagukumi/law/contract.ts";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { addEntry, reviseEntry, withdrawEntry } from "../../src/case-file/write-entry.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { withdrawClaim } from "../../src/claims/file-claim.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, furtherClaim, number15, resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");

type Line = Readonly<Record<string, unknown>>;

const ORDER: Readonly<Record<string, string>> = {
  新児童手当資格情報: '"申請番号"::bigint, "履歴番号"',
  新児童手当児童情報: '"申請番号"::bigint, "履歴番号", "児童連番"',
  新児童手当関係者情報: '"申請番号"::bigint, "履歴番号", "関係者連番"',
  新児童手当改定情報: '"申請番号"::bigint, "履歴番号"',
  新児童手当年度別審査情報: '"申請番号"::bigint, "履歴番号"',
  宛名管理: '"宛名履歴番号"',
};

async function view(name: string, number: number): Promise<Line[]> {
  const { rows } = await database.pool.query<Line>(
    `SELECT * FROM annex1."${name}" WHERE "福祉台帳番号" = $1 ORDER BY ${ORDER[name] ?? "1"}`,
    [number],
  );
  return rows;
}

const pick = (line: Line | undefined, ...items: readonly string[]): unknown[] => items.map((item) => line?.[item]);

async function recipientOf(number: number): Promise<number> {
  const { rows } = await database.pool.query<{ id: number }>(
    "SELECT recipient_id AS id FROM allowance.recipient WHERE addressee_number = $1 ORDER BY ordinal DESC LIMIT 1",
    [number],
  );
  return rows[0]?.id ?? 0;
}

const withoutLatest = (line: Line): Line => ({ ...line, 最新フラグ: "" });

/** The four slots added up, as SQL */
const sum = (what: string): string => [1, 2, 3, 4].map((slot) => `"${what}内訳${slot}"`).join(" + ");

const dueDay = async (number: number): Promise<unknown> =>
  (await view("新児童手当資格情報", number)).at(-1)?.["最終提出期限年月日"];

const breakdownOf = (amount: number, base: number): string =>
  `INSERT INTO allowance.decision_breakdown (decision_id, base_children, counted_siblings, count_1, amount_1, count_2, amount_2, count_3, amount_3, count_4, amount_4, income_class, rule_version)
   SELECT decision_id, ${base}, 0, 2, ${amount}, 0, 0, 0, 0, 0, 0, 'notJudged', 'test' FROM allowance.decision WHERE monthly_total = 30000 LIMIT 1`;

const careEnd = (child: number, parent: number, day: string): Readonly<Record<string, string>> => ({
  区分: "careEnd",
  宛名番号: number15(child),
  相手宛名番号: number15(parent),
  開始年月日: day,
  短期: "0",
  留学: "0",
});

/** Takes in a fact, examines and decides one recipient ex officio. */
async function reportCareEnd(folder: string, child: number, parent: number, day: string): Promise<void> {
  await importFeeds(ito, await writeDelivery(join(dir, folder), { statusPeriods: [careEnd(child, parent, day)] }));
  const scope = { recipients: [await recipientOf(parent)] };
  await reexamine(ito, scope);
  await approveReexamined(sato, scope);
  await recordDecisionParts(sato);
}

/** Parents 1 … 4; children 11 and 12 of parent 1, 21 of 2, 31 of 3 (withdrawn), 41 of 4 (before the reform). */
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
      resident(41, "2015-04-02"),
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
    ],
    claimChildren: [
      claimChild(1, 11, 1),
      claimChild(2, 12, 2),
      claimChild(3, 21, 1, { 同居別居区分: "apart" }),
      claimChild(4, 31, 1),
      claimChild(5, 41, 1),
    ],
  });
  await importFeeds(ito, delivery);
  await withdrawClaim(ito, "4", civilDate("2026-02-10"));
  for (const claims of [["1", "3", "5"], ["2"]]) {
    await examineClaims(ito, claims);
    await approveClaims(sato, claims);
  }
  await recordDecisionParts(sato);
});

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
  });
});

describe("改定情報 and 児童情報", () => {
  it("[D172] four slots: counts and amounts add up to 算定基礎児童数 and 手当月額, for every decision", async () => {
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

  it("[D166] [D167] each child has its own first month, cause, last month and cause, and the line where it joined or left", async () => {
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

  it("[D154] the end has its decision day, last month, cause and whether it was ex officio; the history before it stays", async () => {
    const before = await view("新児童手当資格情報", 1);
    await reportCareEnd("end-12", 12, 1, "2026-10-10");
    const lines = await view("新児童手当資格情報", 1);
    expect(
      pick(lines.at(-1), "状態コード", "消滅年月日", "消滅年月", "支給終了年月", "消滅事由コード", "消滅職権フラグ"),
    ).toEqual(["05", "2026-11-23", "2026-10", "2026-10", "22", "1"]);
    expect(lines.slice(0, before.length).map(withoutLatest)).toEqual(before.map(withoutLatest));
  });
});

describe("holds, entries and reviews", () => {
  it("[D156] [D155] a hold shows its day, cause, first month and the day of limitation; a release clears it and erases no month", async () => {
    const recipientId = await recipientOf(2);
    const months = (await view("新児童手当改定情報", 2)).length;
    const holdId = await placeHold(ito, {
      recipientId,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "現況届が未提出",
    });
    const held = (await view("新児童手当資格情報", 2)).at(-1);
    // October 2026 is paid in December 2026; two years from 2027-01-01 → 2029-01-01
    expect(pick(held, "状態コード", "差止年月日", "差止事由コード", "差止開始年月", "現況資格時効年月日")).toEqual([
      "06",
      held?.["処理年月日"],
      "01",
      "2026-10",
      "2029-01-01",
    ]);
    await releaseHold(sato, holdId, "届いた");
    expect(
      pick(
        (await view("新児童手当資格情報", 2)).at(-1),
        "状態コード",
        "差止年月日",
        "差止開始年月",
        "現況資格時効年月日",
        "支給開始年月",
      ),
    ).toEqual(["02", null, null, null, "2026-03"]);
    expect(await view("新児童手当改定情報", 2)).toHaveLength(months);
  });

  it("the limitation day agrees with the law's payment month for every month from 2012 to 2030", async () => {
    const months: string[] = [];
    for (let year = 2012; year <= 2030; year += 1)
      for (let number = 1; number <= 12; number += 1) months.push(`${year}-${String(number).padStart(2, "0")}`);
    const { rows } = await database.pool.query<{ month: string; day: string }>(
      "SELECT m AS month, allowance.limitation_day((m || '-01')::date) AS day FROM unnest($1::text[]) m",
      [months],
    );
    const expected = months.map((text) => {
      const [year = 0, number = 0] = paymentMonthOf(month(text)).split("-").map(Number);
      return { month: text, day: new Date(Date.UTC(year + 2, number, 1)).toISOString().slice(0, 10) };
    });
    expect(rows).toEqual(expected);
  });

  it("[D161] insurance, pension and class with their dates come into the line of the day on which they were entered", async () => {
    await addEntry(ito, "coverage", {
      addresseeNumber: 2,
      validFrom: "2026-08-01",
      content: {
        healthInsurance: "association",
        insuredOn: "2026-07-15",
        pensionKind: "employees",
        pensionOn: "2026-07-16",
        employeeClass: "employee",
        evidence: "insuranceCard",
      },
    });
    const lines = await view("新児童手当資格情報", 2);
    const items = [
      "処理選択コード",
      "健康保険種別コード",
      "資格取得年月日",
      "年金加入種別コード",
      "年金加入年月日",
      "被用区分コード",
    ];
    expect(pick(lines.at(-1), ...items)).toEqual(["13", "2", "2026-07-15", "2", "2026-07-16", "1"]);
    expect(pick(lines.at(-2), ...items).slice(1)).toEqual([null, null, null, null, "2"]);
  });

  it("[D170] the decision keeps the class of its own day, whatever is entered later", async () => {
    expect(
      pick((await view("新児童手当改定情報", 2))[0], "被用区分コード", "年金種別コード", "年金加入年月日"),
    ).toEqual(["2", null, null]);
  });

  it("[D168] related persons with number, relation, role and period; a mistake stays as a deleted line", async () => {
    const spouse = await addEntry(ito, "relatedPerson", {
      addresseeNumber: 2,
      validFrom: "2020-04-01",
      content: { relatedNumber: 5, role: "spouse", relation: "12" },
    });
    const agent = await addEntry(ito, "relatedPerson", {
      addresseeNumber: 2,
      validFrom: "2026-11-01",
      content: { role: "agent", name: "架空　代理", evidence: "委任状" },
    });
    await reviseEntry(sato, "relatedPerson", { ...spouse, reason: "離婚の届", validTo: "2026-10-31" });
    await withdrawEntry(sato, "relatedPerson", { ...agent, reason: "別の人の代理人だった" });
    const items = [
      "履歴番号",
      "関係者連番",
      "削除フラグ",
      "関係者福祉台帳番号",
      "続柄コード",
      "関係区分コード",
      "対象開始年月日",
      "対象終了年月日",
    ];
    const married = [1, "0", 5, "12", "01", "2020-04-01"];
    const represented = [2, "0", null, null, "06", "2026-11-01", null];
    expect((await view("新児童手当関係者情報", 2)).map((line) => pick(line, ...items))).toEqual([
      [1, ...married, null],
      [2, ...married, null],
      [2, ...represented],
      [3, ...married, "2026-10-31"],
      [3, ...represented],
      [4, ...married, "2026-10-31"],
      [4, 2, "1", null, null, "06", "2026-11-01", null],
    ]);
    expect((await view("新児童手当資格情報", 2)).at(-1)?.["関係者情報履歴番号"]).toBe(4);
  });

  it("[D164] [D165] living apart shows its reason, study abroad its first month", async () => {
    await addEntry(ito, "childCircumstance", {
      addresseeNumber: 2,
      validFrom: "2026-04-01",
      content: {
        childNumber: 21,
        relation: "20",
        living: "apart",
        apartReason: "studyAbroad",
        care: "custody",
        livelihood: "common",
        studyAbroadFrom: "2026-04",
        placeCode: "131121",
      },
    });
    const line = (await view("新児童手当児童情報", 2)).at(-1);
    expect(
      pick(
        line,
        "続柄コード",
        "同居別居区分コード",
        "別居理由コード",
        "海外留学開始年月",
        "監護区分コード",
        "生計関係コード",
        "設置場所コード",
      ),
    ).toEqual(["20", "2", "06", "2026-04", "1", "1", "131121"]);
  });

  it("[D175] one review a year and claim, with the tax version it used; a second one for the year is refused", async () => {
    const recipient = await recipientOf(4);
    const content = {
      recipientId: recipient,
      fiscalYear: 2023,
      healthInsurance: "national",
      employeeClass: "nonEmployee",
      otherDependants: 0,
      incomeClass: "normal",
    } as const;
    const entry = { addresseeNumber: 4, validFrom: "2023-06-01" };
    await expect(addEntry(ito, "yearlyReview", { ...entry, content })).rejects.toMatchObject({ code: "entryInvalid" });
    const judged = { incomeNumber: 4, incomeYear: 2022, incomeHistoryNo: 9, incomeRevision: 1 };
    await expect(addEntry(ito, "yearlyReview", { ...entry, content: { ...content, ...judged } })).rejects.toMatchObject(
      {
        code: "entryInvalid",
      },
    );
    await addEntry(ito, "yearlyReview", { ...entry, content: { ...content, ...judged, incomeHistoryNo: 2 } });
    await expect(
      addEntry(ito, "yearlyReview", { ...entry, content: { ...content, ...judged, incomeHistoryNo: 1 } }),
    ).rejects.toMatchObject({ code: "entryOverlaps" });
    const items = [
      "履歴番号",
      "対象年度",
      "健康保険種別コード",
      "被用区分コード",
      "扶養親族等以外児童数",
      "所得判定区分コード",
      "税履歴管理履歴番号",
    ];
    expect((await view("新児童手当年度別審査情報", 4)).map((line) => pick(line, ...items))).toEqual([
      [1, 2023, "1", "2", 0, "1", "2022-2-1"],
    ]);
  });

  it("[D152] the due day of a paper that is awaited shows until the paper has come", async () => {
    const asked = await addEntry(ito, "document", {
      addresseeNumber: 2,
      validFrom: "2026-11-02",
      content: { kind: "insurance", medium: "paper", state: "awaited", requestedOn: "2026-11-02", dueOn: "2026-11-20" },
    });
    expect(await dueDay(2)).toBe("2026-11-20");
    await reviseEntry(ito, "document", {
      ...asked,
      reason: "届いた",
      content: { state: "received", receivedOn: "2026-11-10" },
    });
    expect(await dueDay(2)).toBeNull();
  });
});

describe("宛名管理", () => {
  it("[D176] [D177] every version of a name is a line, a welfare name is one of its own with its flag; the era stands beside the western date", async () => {
    await addEntry(ito, "welfareName", {
      addresseeNumber: 2,
      validFrom: "2026-11-01",
      content: { kind: "alias", name: "架空　通称", kana: "カクウ　ツウショウ" },
    });
    const items = [
      "宛名履歴番号",
      "福祉名フラグ",
      "事業最新フラグ",
      "削除フラグ",
      "氏名区分",
      "氏名漢字",
      "氏名カナ",
      "生年月日元号区分",
      "生年月日",
    ];
    // 1989-01-08 is the first day of 平成
    expect((await view("宛名管理", 2)).map((line) => pick(line, ...items))).toEqual([
      [1, "0", "1", "0", "1", "架空　2子", "カクウ　タロウ", "4", "1989-01-08"],
      [2, "1", "0", "0", "2", "架空　通称", "カクウ　ツウショウ", "4", "1989-01-08"],
    ]);
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

  it("[D162] the five links point at lines that exist in the other groups", async () => {
    const { rows } = await database.pool.query<{ missing: number }>(
      `SELECT count(*)::int AS missing FROM annex1."新児童手当資格情報" q
       WHERE ("児童情報履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当児童情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."児童情報履歴番号"))
          OR ("関係者情報履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当関係者情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."関係者情報履歴番号"))
          OR ("改定履歴履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当改定情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."改定履歴履歴番号"))
          OR ("年度別審査情報履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当年度別審査情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."年度別審査情報履歴番号"))`,
    );
    expect(rows[0]?.missing).toBe(0);
  });
});
