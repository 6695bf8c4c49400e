/** A CSV parser and writer written apart from the product's: character by character, whole text in memory, no cleverness. */

/** Records of a text, RFC 4180. @throws Error naming the place of what is no CSV */
export function parsePlain(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let quoted = false;
  let closed = false;
  const endCell = (): void => {
    record.push(cell);
    cell = "";
    closed = false;
  };
  const characters = Array.from(text.startsWith("\uFEFF") ? text.slice(1) : text);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (quoted) {
      if (character !== '"') cell += character;
      else if (characters[at + 1] === '"') {
        cell += '"';
        at++;
      } else {
        quoted = false;
        closed = true;
      }
    } else if (character === ",") endCell();
    else if (character === "\r" && characters[at + 1] === "\n") continue;
    else if (character === "\n") {
      endCell();
      records.push(record);
      record = [];
    } else if (closed) throw new Error(`record ${records.length + 1}: something after a closing quote`);
    else if (character === '"') {
      if (cell !== "") throw new Error(`record ${records.length + 1}: a quote inside a cell`);
      quoted = true;
    } else cell += character;
  }
  if (quoted) throw new Error("a quote is never closed");
  if (cell !== "" || record.length > 0) {
    endCell();
    records.push(record);
  }
  return records;
}

const written = (text: string): string => (/[",\r\n\u3000]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The text of records, CRLF, quoted where a comma, quote, line break or full-width space stands in a cell. */
export function writePlain(records: readonly (readonly string[])[]): string {
  return records.map((record) => `${record.map(written).join(",")}\r\n`).join("");
}
