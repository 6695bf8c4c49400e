/** 絞り込み: the rows of a table that have all the words. */

/** Full width, half width and small letters are the same when something is looked for. */
const plain = (text: string): string => text.normalize("NFKC").toLowerCase();

/** Rows whose text has every one of the words (with spaces between them); no words: all. */
export function narrowed<Row>(rows: readonly Row[], textOf: (row: Row) => string, wanted: string): readonly Row[] {
  const words = plain(wanted)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = plain(textOf(row));
    return words.every((word) => text.includes(word));
  });
}
