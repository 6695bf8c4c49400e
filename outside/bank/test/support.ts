/** One transfer of a test file; synthetic payee. */
export interface Line {
  readonly bank?: string;
  readonly account?: string;
  readonly payee?: string;
  readonly amount: number;
  readonly customer1?: string;
}

const left = (text: string, length: number): string => text.padEnd(length, " ");
const right = (value: number | string, length: number): string => String(value).padStart(length, "0");

export interface FileWish {
  readonly lines: readonly Line[];
  readonly monthDay?: string;
  readonly kind?: string;
  readonly count?: number;
  readonly total?: number;
  readonly crlf?: boolean;
}

/** A 総合振込 file laid out by hand from the published table (offsets in the comments), independent of any writer. */
export function transferFile(wish: FileWish): Uint8Array {
  const header = `1${wish.kind ?? "21"}0${right("43100", 10)}${left("KAKUU SHI", 40)}${wish.monthDay ?? "1215"}${right("182", 4)}${left("", 15)}${right("101", 3)}${left("", 15)}1${right("1234567", 7)}${left("", 17)}`;
  const data = wish.lines.map(
    // 0 kind, 1 bank, 5 name, 20 branch, 23 name, 38 clearing, 42 type, 43 account, 50 payee, 80 yen, 90 new, 91, 101, 111, 112, 113
    (line, index) =>
      `2${line.bank ?? "0182"}${left("", 15)}101${left("", 15)}00001${right(line.account ?? index + 1, 7)}${left(line.payee ?? "KAKUU TAROU", 30)}${right(line.amount, 10)}1${right(line.customer1 ?? index + 1, 10)}${right("202612", 10)}7 ${left("", 7)}`,
  );
  const sum = wish.lines.reduce((total, line) => total + line.amount, 0);
  const trailer = `8${right(wish.count ?? wish.lines.length, 6)}${right(wish.total ?? sum, 12)}${left("", 101)}`;
  const records = [header, ...data, trailer, `9${left("", 119)}`];
  return Uint8Array.from(
    Buffer.from(records.map((record) => record + (wish.crlf === true ? "\r\n" : "")).join(""), "latin1"),
  );
}
