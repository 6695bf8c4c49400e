/** organizations.csv 法人・施設等受給者 → organization_history. */
import { type Feed, stageColumns } from "../feed.ts";

export const organizationsFeed: Feed = {
  file: "organizations.csv",
  header: ["宛名番号", "名称", "名称フリガナ", "区分", "市区町村コード", "郵便番号", "住所", "設置者区分"],
  columns: stageColumns(
    ["addressee_number", "bigint"],
    ["name", "text"],
    ["kana", "text"],
    ["kind", "text"],
    ["ward_code", "text"],
    ["postal_code", "text"],
    ["address", "text"],
    ["founder", "text"],
  ),
  key: ["addressee_number"],
  keyLabel: "宛名番号",
  references: [],
  parse: (row) => [
    row.number15(0),
    row.text(1, 100, true),
    row.text(2, 100),
    row.oneOf(3, ["institution", "corporateGuardian"], true),
    row.code(4, 6, 6),
    row.code(5, 7, 7, false) ?? "",
    row.text(6, 200),
    row.oneOf(7, ["private", "public"], true),
  ],
};
