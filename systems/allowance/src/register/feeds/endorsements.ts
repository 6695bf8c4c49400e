/**
 * endorsements.csv 児童手当の付記のある異動 → move_endorsement: notifications under 住民基本台帳法 that carry the endorsement of the
 * allowance. Such a notification counts as the report to the allowance office (施行規則8条).
 */
import { type Feed, stageColumns } from "../feed.ts";

export const endorsementsFeed: Feed = {
  file: "endorsements.csv",
  header: ["宛名番号", "履歴番号", "異動届出年月日", "異動事由コード"],
  columns: stageColumns(
    ["addressee_number", "bigint"],
    ["history_no", "integer"],
    ["reported_on", "date"],
    ["event_code", "text"],
  ),
  key: ["addressee_number", "history_no"],
  keyLabel: "宛名番号+履歴番号",
  references: [{ column: "addressee_number", label: "宛名番号" }],
  parse: (row) => [row.number15(0), row.integer(1, 1, 99_999), row.date(2, true), row.code(3, 2, 2)],
};
