/**
 * linked_periods.csv 他業務の期間 → linked_period: health insurance, pension, welfare, 児童扶養手当, residence status. What another
 * office says of a person for a time, as it says it; no amount depends on it by itself, it raises work.
 */
import { type Feed, stageColumns } from "../feed.ts";

/** 区分: whose fact it is. */
export const LINKED_KINDS = [
  "healthInsurance",
  "pension",
  "welfare",
  "childRearingAllowance",
  "residenceStatus",
] as const;

export type LinkedKind = (typeof LINKED_KINDS)[number];

export const linkedPeriodsFeed: Feed = {
  file: "linked_periods.csv",
  header: [
    "区分",
    "宛名番号",
    "履歴番号",
    "開始年月日",
    "終了年月日",
    "資格区分",
    "取得事由",
    "喪失事由",
    "相手宛名番号",
    "削除フラグ",
  ],
  columns: stageColumns(
    ["kind", "text"],
    ["addressee_number", "bigint"],
    ["history_no", "integer"],
    ["starts_on", "date"],
    ["ends_on", "date"],
    ["status_code", "text"],
    ["start_code", "text"],
    ["end_code", "text"],
    ["counterparty_number", "bigint"],
    ["deleted", "boolean"],
  ),
  key: ["kind", "addressee_number", "history_no"],
  keyLabel: "区分+宛名番号+履歴番号",
  references: [
    { column: "addressee_number", label: "宛名番号" },
    { column: "counterparty_number", label: "相手宛名番号" },
  ],
  parse: (row) => {
    const startsOn = row.date(3, true);
    const endsOn = row.date(4);
    row.period(startsOn, endsOn, 4);
    return [
      row.oneOf(0, LINKED_KINDS, true),
      row.number15(1),
      row.integer(2, 1, 99_999),
      startsOn,
      endsOn,
      row.text(5, 40, true),
      row.text(6, 10),
      row.text(7, 10),
      row.number15(8, false),
      row.flag(9),
    ];
  },
};
