/** What the case file adds to the annex1 views: holds, insurance, related persons, children, reviews, papers, names. */
import { month, paymentMonthOf } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";

import { listLimitations } from "../../src/case-file/limitations.ts";
import { addEntry, reviseEntry, withdrawEntry } from "../../src/case-file/write-entry.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { pick, useFamilies } from "./families.ts";

const { database, ito, sato, view, recipientOf } = useFamilies();

const dueDay = async (number: number): Promise<unknown> =>
  (await view("新児童手当資格情報", number)).at(-1)?.["最終提出期限年月日"];

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
    // 2029-01-01 − 2028-12-02 = 30 days
    const warned = { holdId, recipientId, fromMonth: "2026-10", lostOn: "2029-01-01" };
    expect(await listLimitations(database.pool, { today: "2028-12-01", withinDays: 30 })).toEqual([]);
    expect(await listLimitations(database.pool, { today: "2028-12-02", withinDays: 30 })).toMatchObject([
      { ...warned, daysLeft: 30 },
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
    expect(await listLimitations(database.pool, { today: "2028-12-02", withinDays: 30 })).toEqual([]);
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

  it("[D164] [D165] [D167] living apart shows its reason, study abroad its first month", async () => {
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
    const line = (await view("新児童手当児童情報", 2)).findLast((each) => each["児童福祉台帳番号"] === 21);
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

  it("[A6] [D175] one review a year and claim, with the tax version it used; a second one for the year is refused", async () => {
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
    expect((await view("新児童手当改定情報", 4))[0]?.["税履歴管理履歴番号"]).toBe("2022-2-1");
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

describe("links between the groups", () => {
  it("[D162] the five links point at lines that exist in the other groups", async () => {
    await addEntry(ito, "annualReport", {
      addresseeNumber: 4,
      validFrom: "2024-06-01",
      content: {
        recipientId: await recipientOf(4),
        fiscalYear: 2024,
        reception: "submitted",
        receivedOn: "2024-06-10",
      },
    });
    expect((await view("新児童手当資格情報", 4)).at(-1)?.["現況情報履歴番号"]).toBe(1);
    const { rows } = await database.pool.query<{ missing: number }>(
      `SELECT count(*)::int AS missing FROM annex1."新児童手当資格情報" q
       WHERE ("児童情報履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当児童情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."児童情報履歴番号"))
          OR ("関係者情報履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当関係者情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."関係者情報履歴番号"))
          OR ("改定履歴履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当改定情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."改定履歴履歴番号"))
          OR ("現況情報履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM allowance.annual_report x WHERE x.addressee_number = q."福祉台帳番号" OFFSET q."現況情報履歴番号" - 1))
          OR ("年度別審査情報履歴番号" IS NOT NULL AND NOT EXISTS (SELECT FROM annex1."新児童手当年度別審査情報" x WHERE x."福祉台帳番号" = q."福祉台帳番号" AND x."申請番号" = q."申請番号" AND x."履歴番号" = q."年度別審査情報履歴番号"))`,
    );
    expect(rows[0]?.missing).toBe(0);
  });

  it("[D163] every child is a person with a number and a line of its own", async () => {
    const { rows } = await database.pool.query<{ children: number; persons: number }>(
      `SELECT count(DISTINCT "児童福祉台帳番号")::int AS children,
              count(DISTINCT "児童福祉台帳番号") FILTER (WHERE EXISTS (SELECT FROM annex1."宛名管理" a WHERE a."福祉台帳番号" = c."児童福祉台帳番号"))::int AS persons
       FROM annex1."新児童手当児童情報" c`,
    );
    // 11, 12, 21, 22, 31, 41, 42
    expect(rows).toEqual([{ children: 7, persons: 7 }]);
  });
});
