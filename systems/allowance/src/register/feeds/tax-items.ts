/** tax_items.csv 個人住民税の項目ごとの明細 → tax_item. Optional beside incomes.csv; whole yen, or people for the items that count people. */
import { taxItemRules } from "../../income/tax-item-map.ts";
import { type Feed, stageColumns } from "../feed.ts";

const MOST = 999_999_999_999;
const CODES = [...new Set(taxItemRules.map(({ code }) => code))];

export const taxItemsFeed: Feed = {
  file: "tax_items.csv",
  header: ["宛名番号", "所得年", "履歴番号", "項目", "金額"],
  columns: stageColumns(
    ["addressee_number", "bigint"],
    ["income_year", "smallint"],
    ["history_no", "smallint"],
    ["item_code", "text"],
    ["amount", "bigint"],
  ),
  key: ["addressee_number", "income_year", "history_no", "item_code"],
  keyLabel: "宛名番号+所得年+履歴番号+項目",
  references: [{ column: "addressee_number", label: "宛名番号" }],
  parse: (row) => [
    row.number15(0),
    row.integer(1, 2008, 2100),
    row.integer(2, 1, 32_767),
    row.oneOf(3, CODES, true),
    row.integer(4, -MOST, MOST),
  ],
};
