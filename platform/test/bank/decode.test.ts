import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTransferFile } from "../../src/bank/decode.ts";
import { encodeTransferFile } from "../../src/bank/encode.ts";
import { formatTransferJson, parseTransferJson } from "../../src/bank/transfer-json.ts";
import { transferFile } from "./support/arbitraries.ts";
import { codeOf, FILE, recordOf, sha256, TEST, valueOf } from "./support/fixtures.ts";

const T25 = valueOf(encodeTransferFile(FILE, TEST)).bytes;
const T26 = valueOf(encodeTransferFile(FILE, { ...TEST, lineEnd: "crlf" })).bytes;

/** The records of `bytes` (no line ends) in another order or number. */
function arrange(order: readonly number[]): Buffer {
  return Buffer.concat(order.map((index) => recordOf(T25, index)));
}

function withLineEnd(ending: string): Buffer {
  return Buffer.concat([0, 1, 2, 3, 4, 5].flatMap((index) => [recordOf(T25, index), Buffer.from(ending, "latin1")]));
}

/** T25 with `text` (latin1) written at byte `at`. */
function patched(at: number, text: string): Buffer {
  const bytes = Buffer.from(T25);
  bytes.write(text, at, "latin1");
  return bytes;
}

function refusal(bytes: Uint8Array): string {
  return codeOf(decodeTransferFile(bytes, TEST));
}

describe("a file with anything wrong in it gives no line at all", () => {
  it("T31 a trailer amount that is one yen less", () => {
    const result = decodeTransferFile(patched(4 * 120 + 7, "001234597890"), TEST);
    expect(result).toMatchObject({
      ok: false,
      problem: { code: "trailer-amount", record: 5, field: "trailer.amount" },
    });
    expect(result).not.toHaveProperty("value");
    expect(result.ok ? "" : result.problem.message).toContain("合計金額");
  });

  it("a trailer count that differs", () => {
    expect(refusal(patched(4 * 120 + 1, "000004"))).toBe("trailer-count");
  });

  it("T32 a byte order mark, EBCDIC by コード区分 or by its bytes", () => {
    expect(refusal(Buffer.concat([Buffer.from("efbbbf", "hex"), T25]))).toBe("bom");
    expect(refusal(Buffer.concat([Buffer.from("feff", "hex"), T25]))).toBe("bom");
    expect(refusal(Buffer.concat([Buffer.from("fffe", "hex"), T25]))).toBe("bom");
    expect(refusal(patched(3, "1"))).toBe("ebcdic");
    expect(refusal(patched(0, "\u00F1"))).toBe("ebcdic");
  });

  it.each([
    ["nothing", Buffer.alloc(0), "length"],
    ["one byte", Buffer.from("1"), "length"],
    ["0x1A alone", Buffer.from([0x1a]), "length"],
    ["a byte less", T25.subarray(0, 719), "length"],
    ["a byte more", Buffer.concat([T25, Buffer.from(" ")]), "length"],
    ["two 0x1A", Buffer.concat([T25, Buffer.from([0x1a, 0x1a])]), "length"],
    ["no header", arrange([1, 2, 3, 4, 5]), "record-order"],
    ["no trailer", arrange([0, 1, 2, 3, 5]), "record-order"],
    ["no end", arrange([0, 1, 2, 3, 4]), "record-order"],
    ["no line", Buffer.from(arrange([0, 4, 5])), "no-items"],
    ["header alone", arrange([0]), "record-order"],
    ["two headers", arrange([0, 1, 4, 0, 2, 3, 4, 5]), "record-order"],
    ["trailer before the last line", arrange([0, 1, 2, 4, 3, 5]), "record-order"],
    ["two ends", arrange([0, 1, 2, 3, 4, 5, 5]), "record-order"],
    ["a line twice", arrange([0, 1, 1, 2, 3, 4, 5]), "trailer-count"],
    ["a line dropped", arrange([0, 1, 3, 4, 5]), "trailer-count"],
    ["a line for another", arrange([0, 1, 1, 3, 4, 5]), "trailer-amount"],
    ["CR LF missing once", Buffer.concat([T26.subarray(0, 242), T26.subarray(244)]), "line-end"],
    ["LF for CR LF once", Buffer.concat([T26.subarray(0, 242), T26.subarray(243)]), "line-end"],
    ["種別 91", patched(1, "91"), "record-kind"],
    ["コード区分 2", patched(3, "2"), "record-kind"],
    ["header ダミー", patched(119, "X"), "reserved"],
    ["line ダミー", patched(239, "X"), "reserved"],
    ["trailer ダミー", patched(4 * 120 + 119, "X"), "reserved"],
    ["end ダミー", patched(5 * 120 + 60, "X"), "reserved"],
    ["手形交換所番号", patched(120 + 38, "0001"), "reserved"],
    ["識別表示 X", patched(120 + 112, "X"), "reserved"],
    ["a letter in the amount", patched(120 + 80, "A"), "numeric"],
    ["a space in the account", patched(120 + 43, " "), "numeric"],
    ["small kana in a name", patched(120 + 50, "\u00A7"), "character"],
    ["a control character in a name", patched(120 + 50, "\u0000"), "character"],
    ["ｦ in a name", patched(120 + 50, "\u00A6"), "character"],
    ["a mark at the beginning", patched(120 + 50, "\u00DE"), "mark"],
    ["a leading space in a name", patched(120 + 50, " "), "spacing"],
    ["a blank name", patched(120 + 50, " ".repeat(30)), "blank"],
    ["date 0230", patched(54, "0230"), "date"],
    ["amount 0", patched(120 + 80, "0000000000"), "amount-zero"],
    ["account of zeros", patched(120 + 43, "0000000"), "account"],
    ["bank 0000", patched(120 + 1, "0000"), "bank-code"],
    ["account type 5", patched(120 + 42, "5"), "account-type"],
    ["new code 7", patched(120 + 90, "7"), "new-code"],
    ["transfer code 1", patched(120 + 111, "1"), "transfer-code"],
  ])("%s", (_name, bytes, code) => {
    expect(refusal(bytes)).toBe(code);
  });

  it("test banks in production", () => {
    expect(codeOf(decodeTransferFile(T25))).toBe("test-bank");
  });

  it("any bytes at all: an answer, never an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 800 }), (bytes) => {
        expect(decodeTransferFile(bytes, TEST).ok).toBe(false);
      }),
    );
  });
});

describe("a good file", () => {
  const expected = valueOf(decodeTransferFile(T25, TEST));

  it("codes are padded as in the file, names in half width", () => {
    expect(expected.items[0]).toEqual({
      bank: "0182",
      bankName: "ﾋｺﾞ",
      branch: "101",
      branchName: "ﾎﾝﾃﾝ",
      accountType: "1",
      account: "0000123",
      holder: "ｸﾏﾓﾄ ﾀﾛｳ",
      amount: 30_000,
      newCode: "1",
      customer1: "0000000001",
      customer2: "0000202612",
      transferCode: "7",
    });
    expect(expected.trailer).toEqual({ count: 3, amount: 1_234_597_891 });
  });

  it.each([
    ["T30 CR LF and 0x1A", Buffer.concat([T26, Buffer.from([0x1a])]), "crlf"],
    ["T30 LF", withLineEnd("\n"), "lf"],
    ["CR", withLineEnd("\r"), "cr"],
    ["no line end and 0x1A", Buffer.concat([T25, Buffer.from([0x1a])]), "none"],
    ["LF, the last one missing", withLineEnd("\n").subarray(0, -1), "lf"],
  ])("%s gives the same records", (_name, bytes, lineEnd) => {
    expect(valueOf(decodeTransferFile(bytes, TEST))).toEqual({ ...expected, lineEnd });
  });

  it("T37 write(parse(T26)) = T26", () => {
    const again = valueOf(encodeTransferFile(valueOf(decodeTransferFile(T26, TEST)), { ...TEST, lineEnd: "crlf" }));
    expect(again.bytes.equals(T26)).toBe(true);
  });

  it("T37 parse(write(x)) = x and write(parse(f)) = f for every file of either kind", () => {
    fc.assert(
      fc.property(transferFile, fc.constantFrom("none" as const, "crlf" as const), (file, lineEnd) => {
        const written = valueOf(encodeTransferFile(file, { ...TEST, lineEnd }));
        const read = valueOf(decodeTransferFile(written.bytes, TEST));
        const amount = file.items.reduce((sum, item) => sum + item.amount, 0);
        expect(read).toEqual({ ...file, trailer: { count: file.items.length, amount }, lineEnd });
        expect(valueOf(encodeTransferFile(read, { ...TEST, lineEnd })).bytes.equals(written.bytes)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("transfer.json carries every file there and back", () => {
    fc.assert(
      fc.property(transferFile, (file) => {
        const read = valueOf(decodeTransferFile(valueOf(encodeTransferFile(file, TEST)).bytes, TEST));
        expect(valueOf(parseTransferJson(formatTransferJson(read)))).toEqual(file);
      }),
    );
  });

  it("the digest that was recorded for a file lets it in, any other does not", () => {
    expect(codeOf(decodeTransferFile(T25, { ...TEST, sha256: sha256(T26) }))).toBe("digest");
    expect(codeOf(decodeTransferFile(T25, { ...TEST, sha256: "" }))).toBe("digest");
    expect(codeOf(decodeTransferFile(T25, { ...TEST, sha256: sha256(T25).toUpperCase() }))).toBe("accepted");
  });
});
