/** residents.csv 住民基本台帳（全件・履歴つき） → person_history. Layout: docs/連携ファイル仕様.md, after the standard's 住民基本台帳→児童手当. */
import { type Feed, stageColumns } from "../feed.ts";

const EVENTS = ["10", "11", "12", "20", "21", "22", "30", "31"] as const;

export const residentsFeed: Feed = {
  file: "residents.csv",
  header: [
    "宛名番号",
    "履歴番号",
    "最新フラグ",
    "削除フラグ",
    "世帯番号",
    "住民種別",
    "住民状態",
    "異動年月日",
    "異動年月日不詳フラグ",
    "異動届出年月日",
    "異動事由コード",
    "氏名",
    "氏名フリガナ",
    "性別コード",
    "生年月日",
    "生年月日不詳フラグ",
    "続柄コード",
    "市区町村コード",
    "郵便番号",
    "住所",
    "転出予定年月日",
    "前住所市区町村コード",
    "転出先市区町村コード",
    "支援措置区分",
    "支援措置開始年月日",
    "支援措置終了年月日",
  ],
  columns: stageColumns(
    ["addressee_number", "bigint"],
    ["history_no", "integer"],
    ["valid_from", "date"],
    ["valid_from_unknown", "boolean"],
    ["reported_on", "date"],
    ["event_code", "text"],
    ["household_number", "bigint"],
    ["resident_kind", "smallint"],
    ["resident_state", "smallint"],
    ["name", "text"],
    ["kana", "text"],
    ["sex", "smallint"],
    ["birth_date", "date"],
    ["birth_date_unknown", "boolean"],
    ["relation_code", "text"],
    ["ward_code", "text"],
    ["postal_code", "text"],
    ["address", "text"],
    ["planned_move_out_on", "date"],
    ["previous_municipality", "text"],
    ["next_municipality", "text"],
    ["protected", "boolean"],
    ["protected_from", "date"],
    ["protected_to", "date"],
    ["deleted", "boolean"],
    ["protection_provisional", "boolean"],
  ),
  key: ["addressee_number", "history_no"],
  keyLabel: "宛名番号+履歴番号",
  references: [],
  digested: (values) => (values.at(-1) === true ? values : values.slice(0, -1)),
  parse: (row) => {
    // 最新フラグ is only checked for its form: which row is the last follows from the numbers, so it cannot contradict them.
    row.flag(2);
    const validFrom = row.date(7, true);
    const validFromUnknown = row.flag(8);
    const birthDate = row.date(14, true);
    const birthDateUnknown = row.flag(15);
    // A known event before a known birth is certainly wrong; with an unknown date either may be a substitute.
    if (!validFromUnknown && !birthDateUnknown) row.period(birthDate, validFrom, 7);
    const protectedFrom = row.date(24);
    const protectedTo = row.date(25);
    row.period(protectedFrom, protectedTo, 25);
    // 2 is 仮支援措置: it protects as fully as 1.
    const protection = row.oneOf(23, ["0", "1", "2"], false) ?? "0";
    return [
      row.number15(0),
      row.integer(1, 1, 99_999),
      validFrom,
      validFromUnknown,
      row.date(9),
      row.oneOf(10, EVENTS, true),
      row.number15(4),
      row.oneOf(5, ["1", "2"], true),
      row.oneOf(6, ["1", "2", "3", "9"], true),
      row.text(11, 100, true),
      row.text(12, 100),
      row.oneOf(13, ["1", "2"], true),
      birthDate,
      birthDateUnknown,
      row.code(16, 2, 8, false) ?? "",
      row.code(17, 6, 6),
      row.code(18, 7, 7, false) ?? "",
      row.text(19, 200),
      row.date(20),
      // 99999 (国外・不明) is one digit shorter than a municipality's code.
      row.code(21, 5, 6, false),
      row.code(22, 5, 6, false),
      protection !== "0",
      protectedFrom,
      protectedTo,
      row.flag(3),
      protection === "2",
    ];
  },
};
