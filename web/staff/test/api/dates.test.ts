/** Days: typed and read in both calendars, kept as western ISO dates, and 不詳 with what the paper says. */
import { createElement, type FunctionComponent } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, expect, it } from "vitest";

import { previewFiling } from "@hagukumi/allowance/contract.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../../systems/allowance/test/support/context.ts";
import { certifiedFamily } from "../../../../systems/allowance/test/support/families.ts";
import { number15, resident } from "../../../../systems/allowance/test/support/feeds.ts";
import { bring, decided, form, prepare } from "../../../../systems/allowance/test/support/filings.ts";
import { birthDateInLetter } from "../../../../systems/allowance/test/support/letter-words.ts";
import { entryLines } from "../../app/pages/case/entry-fields.ts";
import { chooseDateStyle, loadDateStyle } from "../../app/ui/date-style.ts";
import { wareki } from "../../app/ui/format.ts";
import { readDate } from "../../app/ui/read-date.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const FAMILY = 700_900;

beforeAll(async () => await prepare(database.pool));

/** The parts of the application: loaded at run time, because the tests are compiled without its JSX. */
type Dates = {
  readonly DateText: FunctionComponent<{ readonly date: string | null; readonly said?: string }>;
  readonly MonthText: FunctionComponent<{ readonly month: string }>;
};
const PARTS: string = "../../app/ui/Dates.tsx";
const { DateText, MonthText } = (await import(PARTS)) as Dates;

const shown = (date: string | null, said?: string): string =>
  renderToStaticMarkup(createElement(DateText, { date, ...(said === undefined ? {} : { said }) }));

it("[A13] days in both calendars by each person's choice, kept as ISO dates; an unknown day is a flag with the words of the paper", async () => {
  const recipientId = await certifiedFamily({ clerk, approver }, FAMILY, ["2016-05-10"]);
  // Typed in either calendar it is one ISO date; what is no day is none.
  expect(["平成30年4月1日", "H30.4.1", "2018-04-01", "2018/4/1"].map(readDate)).toEqual(Array(4).fill("2018-04-01"));
  expect(["平成31年5月1日", "2018-02-29", "平成30年ごろ"].map(readDate)).toEqual([undefined, undefined, undefined]);
  const change = (coverage: Record<string, unknown>) =>
    form("change", "2026-11-18", {
      claimant: FAMILY,
      recipientId,
      on: "2026-11-10",
      coverage: { employeeClass: "employee", evidence: "insuranceCard", ...coverage },
    });
  for (const wrong of [{ insuredOn: "H30.4.1" }, { insuredOn: "2018-04-01", insuredOnText: "不詳" }])
    expect((await previewFiling(clerk, change(wrong))).problems, JSON.stringify(wrong)).toHaveLength(1);
  const known = { pensionOn: readDate("H30.4.1"), pensionKind: "employees" };
  await decided(clerk, approver, change({ ...known, healthInsurance: "society", insuredOnText: "平成30年ごろ" }));
  const { rows } = await database.pool.query(
    `SELECT pg_typeof(pension_on)::text AS type, pension_on::text AS pension, insured_on AS insured, insured_on_text AS said
     FROM allowance.coverage WHERE addressee_number = $1`,
    [FAMILY],
  );
  expect(rows).toEqual([{ type: "date", pension: "2018-04-01", insured: null, said: "平成30年ごろ" }]);
  // No column of a day is a text.
  const texts = await database.pool.query(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'allowance' AND column_name ~ '_on$' AND data_type NOT IN ('date') ORDER BY 1, 2`,
  );
  expect(texts.rows).toEqual([]);

  // On the screen each person's calendar, with the other one at hand; the choice of one is not that of another.
  loadDateStyle("staff.ito");
  const days = (): string[] => [
    shown("2026-12-10"),
    renderToStaticMarkup(createElement(MonthText, { month: "2026-12" })),
  ];
  expect(days()).toEqual([
    '<time dateTime="2026-12-10" title="2026年12月10日" class="whitespace-nowrap">令和8年12月10日</time>',
    '<time dateTime="2026-12" title="2026年12月" class="whitespace-nowrap">令和8年12月</time>',
  ]);
  chooseDateStyle("staff.ito", "western");
  expect(days()).toEqual([
    '<time dateTime="2026-12-10" title="令和8年12月10日" class="whitespace-nowrap">2026年12月10日</time>',
    '<time dateTime="2026-12" title="令和8年12月" class="whitespace-nowrap">2026年12月</time>',
  ]);
  expect(wareki("2026-12-10")).toBe("2026年12月10日");
  loadDateStyle("staff.sato");
  expect(wareki("2026-12-10")).toBe("令和8年12月10日");
  const lines = entryLines({ pensionOn: "2018-04-01", insuredOn: null, insuredOnText: "平成30年ごろ" });
  expect(lines.map(({ value }) => value)).toEqual(["平成30年4月1日", "平成30年ごろ"]);
  expect([shown(null), shown(null, "昭和のはじめ")]).toEqual([
    "<span>不詳</span>",
    "<span>不詳（昭和のはじめ）</span>",
  ]);

  // 生年月日不詳 of the register: no date on the screens, 不詳 in a letter.
  const unknown = { 世帯番号: number15(FAMILY), 生年月日不詳フラグ: "1" };
  await bring(clerk, { residents: [resident(FAMILY + 9, "1950-01-01", unknown)] });
  const printed = async (number: number): Promise<string> =>
    await birthDateInLetter(database.pool, FAMILY, number, clerk.today);
  expect(await printed(FAMILY + 9)).toBe("不詳");
  expect(await printed(FAMILY)).toBe("平成2年1月1日");
});
