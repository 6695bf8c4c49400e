/** Parts that several forms share: months and days in 和暦, the amounts of a month with the reason of each, months of a payment. */
import { addMonths, lastDayOfMonth, parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import type { Month } from "@hagukumi/law/contract.ts";
import { parseCase } from "@hagukumi/law/contract.ts";
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";

import { amountsIn, type MonthAmounts } from "../../decisions/effects.ts";
import { bandName } from "../../inquiry/names.ts";
import { type ExplainedAmount, WITHHELD } from "../content/fields.ts";
import type { Block } from "../content/letter.ts";
import type { SourceRow } from "../content/source-row.ts";
import type { ComposeAbout } from "./form.ts";

/** `2026-12-15` → 令和8年12月15日; what is no date stays as it is. */
export function dayOf(text: string): string {
  const day = parseCivilDate(text.slice(0, 10));
  return day === undefined ? text : formatWareki(day);
}

/** `2026-10` → 令和8年10月. The era is that of the month's last day. */
export function monthOfText(text: string): string {
  const found = parseMonth(text.slice(0, 7));
  return found === undefined ? text : formatWareki(lastDayOfMonth(found)).replace(/[0-9]+日$/, "");
}

/** `2027` → 令和9年度: the era is that of the first day (1 April). */
export const fiscalYearText = (year: string): string =>
  /^\d{4}$/.test(year) ? `${dayOf(`${year}-04-01`).replace(/年[0-9]+月[0-9]+日$/, "年")}度` : `${year}年度`;

const two = (value: string): string => value.padStart(2, "0");

/** Days and months inside a sentence of the law, in 和暦: `2014年6月1日` → 平成26年6月1日. */
export function inWareki(sentence: string): string {
  return sentence
    .replaceAll(/(\d{4})年(\d{1,2})月(\d{1,2})日/g, (_, y: string, m: string, d: string) =>
      dayOf(`${y}-${two(m)}-${two(d)}`),
    )
    .replaceAll(/(?<![0-9成和])(\d{4})年(\d{1,2})月/g, (_, y: string, m: string) => monthOfText(`${y}-${two(m)}`))
    .replaceAll(/(\d{4})-(\d{2})-(\d{2})/g, (found) => dayOf(found))
    .replaceAll(/(?<![0-9-])(\d{4})-(\d{2})(?![0-9-])/g, (found) => monthOfText(found));
}

/** What the gate keeps back is left free where the recipient writes it. */
export const toWrite = (shown: string): string => (shown === WITHHELD ? "" : shown);

export const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

export const previousMonth = (text: string): string => addMonths(text.slice(0, 7) as Month, -1);

export const text = (value: string): Block => ({ kind: "text", text: value });

/** One child in a table of amounts. */
export type ChildAmount = { readonly child: number; readonly amount: number; readonly because: string };

/** What the facts of a decision give in a month; children without an amount are left out. null: the law can't say. */
export function amountsOf(source: SourceRow, about: ComposeAbout, month: string): MonthAmounts | null {
  if (source.lawFacts === null) return null;
  const parsed = parseCase(source.lawFacts);
  const asked = parseMonth(month.slice(0, 7));
  return parsed.ok && asked !== undefined ? amountsIn(parsed.value, asked, about.calendar, true) : null;
}

export function childAmounts(amounts: MonthAmounts | null): readonly ChildAmount[] {
  return (amounts?.children ?? []).flatMap(({ id, amount, because, band, position }) => {
    if (amount === null) return [];
    const reason = because?.[0];
    const plain = `${bandName(band)}${position === null ? "" : ` 第${position}子`}`;
    return [
      {
        child: Number(id),
        amount,
        because: reason === undefined ? plain : `${inWareki(reason.text)}（${reason.article}）`,
      },
    ];
  });
}

/** A table of children: name, birth date, yen a month, why. The sum stands under it. */
export function childrenTable(
  title: string,
  rows: readonly (readonly [name: string, birthDate: string, amount: ExplainedAmount])[],
  total: string,
): Block {
  return {
    kind: "table",
    title,
    columns: [
      { title: "児童の氏名", width: 36, align: "left" },
      { title: "生年月日", width: 30, align: "left" },
      { title: "月額", width: 20, align: "right" },
      { title: "金額のわけ", width: 84, align: "left" },
    ],
    rows: rows.map(([name, birthDate, { text: amount, because }]) => [name, birthDate, amount, because]),
    foot: ["合計", "", total, ""],
  };
}
