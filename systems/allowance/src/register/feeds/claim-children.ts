/** claim_children.csv 請求の児童・算定対象者 → claim_child. */
import { type Feed, stageColumns } from "../feed.ts";

export const claimChildrenFeed: Feed = {
  file: "claim_children.csv",
  header: [
    "受付番号",
    "児童宛名番号",
    "区分",
    "続柄",
    "児童連番",
    "監護開始年月日",
    "監護終了年月日",
    "負担開始年月日",
    "負担終了年月日",
    "卒業予定年月",
    "同居別居区分",
    "生計関係",
  ],
  columns: stageColumns(
    ["reception_number", "text"],
    ["child_number", "bigint"],
    ["role", "text"],
    ["relation", "text"],
    ["serial", "smallint"],
    ["care_from", "date"],
    ["care_to", "date"],
    ["support_from", "date"],
    ["support_to", "date"],
    ["graduation_month", "date"],
    ["living", "text"],
    ["livelihood", "text"],
  ),
  key: ["reception_number", "child_number"],
  keyLabel: "受付番号+児童宛名番号",
  references: [{ column: "child_number", label: "児童宛名番号" }],
  parse: (row) => {
    const careFrom = row.date(5);
    const careTo = row.date(6);
    const supportFrom = row.date(7);
    const supportTo = row.date(8);
    row.period(careFrom, careTo, 6);
    row.period(supportFrom, supportTo, 8);
    return [
      row.code(0, 1, 10),
      row.number15(1),
      row.oneOf(2, ["child", "counted"], true),
      row.text(3, 20),
      row.integer(4, 1, 99),
      careFrom,
      careTo,
      supportFrom,
      supportTo,
      row.month(9),
      row.oneOf(10, ["together", "apart"], false),
      row.oneOf(11, ["common", "maintained"], false),
    ];
  },
};
