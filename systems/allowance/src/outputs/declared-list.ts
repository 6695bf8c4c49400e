/**
 * 一覧の関門: every list that leaves as a file declares its columns here, each with what it is. A column that says, or lets guess, where
 * somebody is (居場所: address, 方書, post code, ward, bank, branch, telephone, school, employer, office …) is blanked of protected people
 * (支援措置) by the gate and not by whoever writes the list. What is not declared cannot be written: a house rule forbids writing CSV
 * past this file.
 */
import type { CsvCell } from "@hagukumi/platform/csv/write.ts";

/** What stands in place of something that would say where a protected person is. */
export const WITHHELD = "（表示しません）";

/**
 * What a column is. `plain`: about the run or the case, of no person; `amount`: yen; `person`: who it is (name, number, birth date);
 * `account`: the account that money goes to, without bank and branch; `whereabouts`: where somebody is or lets it be guessed.
 */
export type ColumnKind = "plain" | "amount" | "person" | "account" | "whereabouts";

export type DeclaredColumn<Row> = {
  /** Heading */
  readonly name: string;
  readonly kind: ColumnKind;
  readonly cell: (row: Row) => CsvCell;
};

export type DeclaredList<Row> = {
  readonly code: string;
  readonly columns: readonly DeclaredColumn<Row>[];
  readonly header: readonly string[];
  /** The cells of a row as they may leave */
  readonly cells: (row: Row) => readonly CsvCell[];
};

/** Headings that can only be of a column of whereabouts. */
const WHEREABOUTS =
  /住所|居所|所在|方書|郵便|町名|番地|市区町村|区$|区コード|行政区|支店|店番|金融機関|銀行|電話|ファックス|FAX|メール|学校|勤務|施設|窓口|受取場所|出張所|世帯番号|送付先|宛先|転入|転出|前住/;

const lists = new Map<string, DeclaredList<never>>();

/** Every list that was declared so far, for the test that looks at all of them. */
export function declaredLists(): ReadonlyMap<string, DeclaredList<never>> {
  return lists;
}

/**
 * Declares a list.
 *
 * @param spec.protectedOf whether the row is about somebody under 支援措置, as the same reading of the database said
 * @throws TypeError for a list without columns, a heading twice, a code twice, or a heading that says a place and is not declared as one
 */
export function declareList<Row>(spec: {
  readonly code: string;
  readonly columns: readonly DeclaredColumn<Row>[];
  readonly protectedOf: (row: Row) => boolean;
}): DeclaredList<Row> {
  const { code, columns, protectedOf } = spec;
  if (columns.length === 0) throw new TypeError(`list ${code} declares no columns`);
  if (lists.has(code)) throw new TypeError(`list ${code} is declared twice`);
  const header = columns.map(({ name }) => name);
  if (new Set(header).size !== header.length) throw new TypeError(`list ${code} has a heading twice`);
  for (const { name, kind } of columns) {
    if (WHEREABOUTS.test(name) && kind !== "whereabouts") {
      throw new TypeError(`list ${code}: 「${name}」 says where somebody is and is declared as ${kind}`);
    }
  }
  const list: DeclaredList<Row> = {
    code,
    columns,
    header,
    cells: (row) => {
      const hidden = protectedOf(row);
      return columns.map(({ kind, cell }) => {
        const value = cell(row);
        if (!hidden || kind !== "whereabouts" || value === "" || value === null) return value;
        return WITHHELD;
      });
    },
  };
  lists.set(code, list);
  return list;
}
