/** incomes.csv 個人住民税 → income_history. Whole yen, 1 January to 31 December; empty counts as 0 (なし). */
import { type Feed, stageColumns } from "../feed.ts";

// 12 digits of yen are more than any person's income; a longer number is a shifted column.
const MOST = 999_999_999_999;

export const incomesFeed: Feed = {
  file: "incomes.csv",
  header: [
    "宛名番号",
    "所得年",
    "履歴番号",
    "給与所得",
    "公的年金等雑所得",
    "その他所得",
    "控除額計",
    "扶養親族等の数",
    "うち老人",
    "更正通知年月日",
  ],
  columns: stageColumns(
    ["addressee_number", "bigint"],
    ["income_year", "smallint"],
    ["history_no", "smallint"],
    ["employment", "bigint"],
    ["pension", "bigint"],
    ["other", "bigint"],
    ["deductions", "bigint"],
    ["dependants", "smallint"],
    ["elderly_dependants", "smallint"],
    ["known_on", "date"],
  ),
  key: ["addressee_number", "income_year", "history_no"],
  keyLabel: "宛名番号+所得年+履歴番号",
  references: [{ column: "addressee_number", label: "宛名番号" }],
  parse: (row) => {
    const dependants = row.integer(7, 0, 99, false);
    const elderly = row.integer(8, 0, 99, false);
    if (elderly > dependants) row.refuse(8, "numberInvalid");
    return [
      row.number15(0),
      row.integer(1, 2008, 2100),
      row.integer(2, 1, 32_767),
      row.integer(3, 0, MOST, false),
      row.integer(4, 0, MOST, false),
      row.integer(5, 0, MOST, false),
      row.integer(6, 0, MOST, false),
      dependants,
      elderly,
      row.date(9),
    ];
  },
};
