import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeTransferFile } from "../../src/bank/encode.ts";
import { DATA_11, DATA_21, END, type FieldLayout, HEADER, TRAILER } from "../../src/bank/zengin-fields.ts";
import { transferFile } from "./support/arbitraries.ts";
import { FILE, longFile, TEST, valueOf } from "./support/fixtures.ts";
import { parseIndependently } from "./support/independent-parser.ts";

describe("the layout tables", () => {
  it.each([
    ["header", Object.values(HEADER)],
    ["総合振込 with customer codes", Object.entries(DATA_21).flatMap(([key, each]) => (key === "edi" ? [] : [each]))],
    ["総合振込 with EDI", Object.entries(DATA_21).flatMap(([key, each]) => (key.startsWith("customer") ? [] : [each]))],
    ["給与振込", Object.values(DATA_11)],
    ["trailer", Object.values(TRAILER)],
    ["end", Object.values(END)],
  ])("%s: fields follow each other without gap or overlap up to 120 bytes", (_name, fields: readonly FieldLayout[]) => {
    let at = 0;
    for (const field of fields.toSorted((a, b) => a.offset - b.offset)) {
      expect(field.offset).toBe(at);
      at += field.length;
    }
    expect(at).toBe(120);
  });
});

describe("read by a second parser that shares nothing with the writer", () => {
  it("refuses what is not the format, so that its consent means something", () => {
    const { bytes } = valueOf(encodeTransferFile(FILE, TEST));
    expect(() => parseIndependently(bytes.subarray(1))).toThrow("whole records");
    expect(() => parseIndependently(Buffer.concat([Buffer.from("3"), bytes.subarray(1)]))).toThrow("unknown record");
  });

  it("[D26] the bank transfer file passes a format check by an independent parser, item by item", () => {
    const file = longFile(500);
    const { bytes, count, amount } = valueOf(encodeTransferFile(file, TEST));
    const records = parseIndependently(bytes);
    expect(records.map((record) => record["データ区分"]).join("")).toBe(`1${"2".repeat(500)}89`);
    expect(records[0]).toEqual({
      データ区分: "1",
      種別コード: "21",
      コード区分: "0",
      振込依頼人コード: "0000043100",
      振込依頼人名: "ｸﾏﾓﾄｼｶｲｹｲｶﾝﾘｼﾔ".padEnd(40),
      取組日: "1210",
      仕向銀行番号: "9999",
      仕向銀行名: "ﾃｽﾄｷﾞﾝｺｳ".padEnd(15),
      仕向支店番号: "999",
      仕向支店名: "ﾃｽﾄｼﾃﾝ".padEnd(15),
      預金種目: "1",
      口座番号: "1234567",
      ダミー: " ".repeat(17),
    });
    let sum = 0;
    for (const [index, item] of file.items.entries()) {
      const record = records[index + 1] ?? {};
      expect(record).toMatchObject({
        被仕向銀行番号: item.bank,
        被仕向支店番号: item.branch,
        手形交換所番号: "0000",
        預金種目: item.accountType,
        口座番号: item.account.padStart(7, "0"),
        振込金額: String(item.amount).padStart(10, "0"),
        新規コード: item.newCode,
        顧客コード1: (item.customer1 ?? "").padStart(10, "0"),
        顧客コード2: (item.customer2 ?? "").padStart(10, "0"),
        振込指定区分: "7",
        識別表示: " ",
        ダミー: " ".repeat(7),
      });
      // The platform's NFKC folds half width back to full width; here ジョーンズ was written with large ﾖ and a hyphen.
      const holder = (record["受取人名"] ?? "").trimEnd().normalize("NFKC");
      expect(holder).toBe(item.holder.replace("ョ", "ヨ").replace("ー", "-").replace("　", " "));
      sum += Number(record["振込金額"]);
    }
    // 500 × 10,000 + 5,000 × (0 + 1 + … + 499) = 5,000,000 + 5,000 × 124,750 = 628,750,000
    expect(sum).toBe(628_750_000);
    expect(records.at(-2)).toEqual({
      データ区分: "8",
      合計件数: "000500",
      合計金額: "000628750000",
      ダミー: " ".repeat(101),
    });
    expect(records.at(-1)).toEqual({ データ区分: "9", ダミー: " ".repeat(119) });
    expect({ count, amount }).toEqual({ count: 500, amount: 628_750_000 });
  });

  it("agrees on the trailer of every 総合振込 file", () => {
    fc.assert(
      fc.property(transferFile, (file) => {
        if (file.kind !== "21") return;
        const records = parseIndependently(valueOf(encodeTransferFile(file, TEST)).bytes);
        const lines = records.filter((record) => record["データ区分"] === "2");
        const sum = lines.reduce((total, line) => total + Number(line["振込金額"]), 0);
        expect(Number(records.at(-2)?.["合計件数"])).toBe(lines.length);
        expect(Number(records.at(-2)?.["合計金額"])).toBe(sum);
      }),
    );
  });
});
