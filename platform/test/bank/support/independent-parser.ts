/**
 * A second reader of the 総合振込 file, written from the record tables alone. It shares nothing with the product's writer
 * and reader: fields are cut by a width list, and characters come from the platform's own Shift_JIS decoder.
 */

const shiftJis = new TextDecoder("shift_jis", { fatal: true });

type Widths = readonly (readonly [string, number])[];

const HEADER: Widths = [
  ["データ区分", 1],
  ["種別コード", 2],
  ["コード区分", 1],
  ["振込依頼人コード", 10],
  ["振込依頼人名", 40],
  ["取組日", 4],
  ["仕向銀行番号", 4],
  ["仕向銀行名", 15],
  ["仕向支店番号", 3],
  ["仕向支店名", 15],
  ["預金種目", 1],
  ["口座番号", 7],
  ["ダミー", 17],
];
const DATA: Widths = [
  ["データ区分", 1],
  ["被仕向銀行番号", 4],
  ["被仕向銀行名", 15],
  ["被仕向支店番号", 3],
  ["被仕向支店名", 15],
  ["手形交換所番号", 4],
  ["預金種目", 1],
  ["口座番号", 7],
  ["受取人名", 30],
  ["振込金額", 10],
  ["新規コード", 1],
  ["顧客コード1", 10],
  ["顧客コード2", 10],
  ["振込指定区分", 1],
  ["識別表示", 1],
  ["ダミー", 7],
];
const TRAILER: Widths = [
  ["データ区分", 1],
  ["合計件数", 6],
  ["合計金額", 12],
  ["ダミー", 101],
];
const END: Widths = [
  ["データ区分", 1],
  ["ダミー", 119],
];
const TABLES: Readonly<Record<string, Widths>> = { "1": HEADER, "2": DATA, "8": TRAILER, "9": END };

/** Every record as item name → text with its padding. Throws on anything that is not a record of the tables. */
export function parseIndependently(file: Uint8Array): readonly Readonly<Record<string, string>>[] {
  if (file.length === 0 || file.length % 120 !== 0) throw new Error(`${file.length} bytes are not whole records`);
  const records: Record<string, string>[] = [];
  for (let start = 0; start < file.length; start += 120) {
    const table = TABLES[String.fromCharCode(file[start] ?? 0)];
    if (table === undefined) throw new Error(`unknown record at byte ${start}`);
    const record: Record<string, string> = {};
    let at = start;
    for (const [name, width] of table) {
      record[name] = shiftJis.decode(file.subarray(at, at + width));
      at += width;
    }
    if (at !== start + 120) throw new Error(`the table of record ${start / 120} has ${at - start} bytes`);
    records.push(record);
  }
  return records;
}
