/** status_periods.csv 期間のある事実 → status_period (公務員・身柄拘束・国外・施設入所・監護の終了・負担の終了). */
import { type Feed, stageColumns } from "../feed.ts";

const KINDS = ["publicServant", "detained", "abroad", "institution", "careEnd", "supportEnd"] as const;

export const statusPeriodsFeed: Feed = {
  file: "status_periods.csv",
  header: ["区分", "宛名番号", "相手宛名番号", "開始年月日", "終了年月日", "短期", "留学", "国内居住開始年月日"],
  columns: stageColumns(
    ["kind", "text"],
    ["addressee_number", "bigint"],
    ["counterparty_number", "bigint"],
    ["starts_on", "date"],
    ["ends_on", "date"],
    ["short_stay", "boolean"],
    ["study", "boolean"],
    ["lived_in_japan_since", "date"],
  ),
  key: ["kind", "addressee_number", "starts_on"],
  keyLabel: "区分+宛名番号+開始年月日",
  references: [
    { column: "addressee_number", label: "宛名番号" },
    { column: "counterparty_number", label: "相手宛名番号" },
  ],
  parse: (row) => {
    const kind = row.oneOf(0, KINDS, true);
    // 監護・負担の終了 says who stopped caring for whom: without the other side it could end the wrong family's right.
    const counterparty = row.number15(2, kind === "careEnd" || kind === "supportEnd");
    const from = row.date(3, true);
    const to = row.date(4);
    row.period(from, to, 4);
    return [kind, row.number15(1), counterparty, from, to, row.flag(5), row.flag(6), row.date(7)];
  },
};
