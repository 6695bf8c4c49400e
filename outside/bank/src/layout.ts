import { BankError } from "./bank-error.ts";

/**
 * 総合振込・給与振込の 120-byte layout as the receiving bank reads it. Written from the published layout alone and sharing
 * nothing with the sender's code: two readings of one page must agree, or one of them is wrong.
 */
export interface TransferFile {
  readonly kind: "21" | "11";
  /** 振込指定日 `MMDD`: the layout has no year. */
  readonly monthDay: string;
  readonly transfers: readonly Transfer[];
  readonly amount: number;
}

export interface Transfer {
  /** Where the record begins in the file. */
  readonly offset: number;
  readonly bank: string;
  readonly branch: string;
  readonly accountType: string;
  readonly account: string;
  readonly payee: string;
  readonly amount: number;
  readonly customer1: string;
  readonly customer2: string;
}

const LENGTH = 120;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Where each record begins: blocks of 120 bytes, or 122 with CR LF after every one of them, the last included. */
function recordOffsets(bytes: Uint8Array): number[] {
  const stride = bytes[LENGTH] === CARRIAGE_RETURN && bytes[LENGTH + 1] === LINE_FEED ? LENGTH + 2 : LENGTH;
  if (bytes.length === 0 || bytes.length % stride !== 0) {
    throw new BankError(
      "lengthInvalid",
      `ファイルの長さ ${bytes.length} バイトが 120 バイトのレコードの倍数ではないため、受け付けられません。`,
    );
  }
  const offsets: number[] = [];
  for (let offset = 0; offset < bytes.length; offset += stride) {
    if (stride > LENGTH && (bytes[offset + LENGTH] !== CARRIAGE_RETURN || bytes[offset + LENGTH + 1] !== LINE_FEED)) {
      throw new BankError(
        "lengthInvalid",
        "レコードの区切り（CR LF）がそろっていないため、受け付けられません。",
        offsets.length + 1,
      );
    }
    offsets.push(offset);
  }
  return offsets;
}

/** JIS X 0201 as text: half-width kana sit 0xFEC0 above their byte. */
function textAt(bytes: Uint8Array, offset: number, length: number): string {
  let text = "";
  for (const byte of bytes.subarray(offset, offset + length)) {
    text += String.fromCharCode(byte >= 0xa1 && byte <= 0xdf ? byte + 0xfec0 : byte);
  }
  return text;
}

const isPayeeByte = (byte: number): boolean =>
  byte === 0x20 || byte === 0x28 || byte === 0x29 || byte === 0x2d || byte === 0x2e ||
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0xa6 || (byte >= 0xb1 && byte <= 0xdf); // prettier-ignore

function digitsAt(bytes: Uint8Array, offset: number, length: number, record: number, item: string): string {
  const text = textAt(bytes, offset, length);
  if (!/^[0-9]+$/.test(text))
    throw new BankError(
      "recordInvalid",
      `${record} 番目のレコードの${item}が数字ではないため、受け付けられません。`,
      record,
    );
  return text;
}

function readHeader(bytes: Uint8Array, offset: number): Pick<TransferFile, "kind" | "monthDay"> {
  const kind = textAt(bytes, offset + 1, 2);
  if ((kind !== "21" && kind !== "11") || bytes[offset + 3] !== 0x30) {
    throw new BankError(
      "headerInvalid",
      "ヘッダーの種別コードまたはコード区分が、受付の約束（21・11、JIS）と違うため、受け付けられません。",
      1,
    );
  }
  digitsAt(bytes, offset + 4, 10, 1, "委託者コード");
  digitsAt(bytes, offset + 58, 4, 1, "仕向銀行番号");
  digitsAt(bytes, offset + 77, 3, 1, "仕向支店番号");
  return { kind, monthDay: digitsAt(bytes, offset + 54, 4, 1, "振込指定日") };
}

function readTransfer(bytes: Uint8Array, offset: number, kind: "21" | "11", record: number): Transfer {
  const digits = (from: number, length: number, item: string): string =>
    digitsAt(bytes, offset + from, length, record, item);
  const bank = digits(1, 4, "銀行番号");
  const branch = digits(20, 3, "支店番号");
  const accountType = textAt(bytes, offset + 42, 1);
  const account = digits(43, 7, "口座番号");
  if (bank === "0000" || !(kind === "21" ? "1249" : "12").includes(accountType) || /^0+$/.test(account)) {
    throw new BankError(
      "recordInvalid",
      `${record} 番目のレコードの銀行番号・預金種目・口座番号が正しくないため、受け付けられません。`,
      record,
    );
  }
  const name = bytes.subarray(offset + 50, offset + 80);
  const payee = textAt(bytes, offset + 50, 30).trimEnd();
  if (payee === "" || !name.every((byte) => isPayeeByte(byte))) {
    throw new BankError(
      "characterInvalid",
      `${record} 番目のレコードの受取人名が空か、使えない文字を含むため、受け付けられません。`,
      record,
    );
  }
  const amount = Number(digits(80, 10, "振込金額"));
  if (amount === 0)
    throw new BankError(
      "amountInvalid",
      `${record} 番目のレコードの振込金額が 0 円のため、受け付けられません。`,
      record,
    );
  return {
    offset,
    bank,
    branch,
    accountType,
    account,
    payee,
    amount,
    customer1: textAt(bytes, offset + 91, 10),
    customer2: textAt(bytes, offset + 101, 10),
  };
}

/**
 * Reads one file: a header (1), data records (2), a trailer (8) and an end record (9), and nothing else.
 * @throws BankError on the first thing that the bank would refuse
 */
export function readTransferFile(bytes: Uint8Array): TransferFile {
  const offsets = recordOffsets(bytes);
  const kinds = offsets.map((offset) => String.fromCharCode(bytes[offset] ?? 0)).join("");
  if (!/^12*89$/.test(kinds)) {
    throw new BankError(
      "recordOrderInvalid",
      "レコードの並びがヘッダー・データ・トレーラー・エンドの順ではないため、受け付けられません。",
    );
  }
  const [first = 0] = offsets;
  const header = readHeader(bytes, first);
  const transfers = offsets.slice(1, -2).map((offset, index) => readTransfer(bytes, offset, header.kind, index + 2));
  if (transfers.length === 0) throw new BankError("fileEmpty", "データレコードが 1 件もないため、受け付けられません。");
  const amount = transfers.reduce((sum, transfer) => sum + transfer.amount, 0);
  const trailerNumber = offsets.length - 1;
  const trailer = offsets.at(-2) ?? 0;
  const count = Number(digitsAt(bytes, trailer + 1, 6, trailerNumber, "合計件数"));
  const total = Number(digitsAt(bytes, trailer + 7, 12, trailerNumber, "合計金額"));
  if (count !== transfers.length || total !== amount) {
    throw new BankError(
      "trailerMismatch",
      `トレーラーの ${count} 件 ${total} 円が、明細の ${transfers.length} 件 ${amount} 円と合わないため、受け付けられません。`,
      trailerNumber,
    );
  }
  return { ...header, transfers, amount };
}
