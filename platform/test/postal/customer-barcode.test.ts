import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { addressNumber, barRuns, barsOf, customerBarcode } from "../../src/postal/customer-barcode.ts";

/** The examples of 日本郵便「郵便番号・バーコードマニュアル」: post code, address, 住所表示番号, check digit. */
const EXAMPLES = [
  ["263-0023", "千葉市稲毛区緑町3丁目30-8　郵便ビル403号", "3-30-8-403", "5"],
  ["014-0113", "秋田県大仙市堀見内　南田茂木　添60-1", "60-1", "CC8"],
  ["110-0016", "東京都台東区台東5-6-3　ABCビル10F", "5-6-3-10", "9"],
  ["060-0906", "北海道札幌市東区北六条東4丁目　郵便センター6号館", "4-6", "9"],
  ["065-0006", "北海道札幌市東区北六条東8丁目　郵便センター10号館", "8-10", "9"],
  ["407-0033", "山梨県韮崎市龍岡町下條南割　韮崎400", "400", "-"],
  ["273-0102", "千葉県鎌ケ谷市右京塚　東3丁目-20-5　郵便・A&bコーポB604号", "3-20-5B604", "0"],
  ["198-0036", "東京都青梅市河辺町十一丁目六番地一号　郵便タワー601", "11-6-1-601", "CC8"],
  ["027-0203", "岩手県宮古市大字津軽石第二十一地割大淵川480", "21-480", "CC5"],
  ["590-0016", "大阪府堺市堺区中田出井町四丁六番十九号", "4-6-19", "CC2"],
  ["080-0831", "北海道帯広市稲田町南七線　西28", "7-28", "CC7"],
  ["317-0055", "茨城県日立市宮田町6丁目7-14　ABCビル2F", "6-7-14-2", "CC1"],
  ["650-0046", "神戸市中央区港島中町9丁目7-6　郵便シティA棟1F1号", "9-7-6A1-1", "5"],
  ["623-0011", "京都府綾部市青野町綾部6-7　LプラザB106", "6-7LB106", "4"],
  ["064-0804", "札幌市中央区南四条西29丁目1524-23　第2郵便ハウス501", "29-1524-23-2-501", "3"],
  ["910-0067", "福井県福井市新田塚3丁目80-25　J1ビル2-B", "3-80-25J1-2B", "9"],
] as const;

describe("カスタマバーコード", () => {
  it("a post code that has not seven digits gives no barcode", () => {
    for (const post of ["", "860", "860-860", "860-86011", "あいう"])
      expect(customerBarcode(post, "1-1")).toBeUndefined();
  });

  it.each(EXAMPLES)("%s %s as in the manual", (post, address, number, check) => {
    expect(addressNumber(address)).toBe(number);
    const codes = customerBarcode(post, address) ?? [];
    expect(codes.slice(0, 7).join("")).toBe(post.replace("-", ""));
    expect(codes.at(-1)).toBe(check);
    expect(codes).toHaveLength(21);
  });

  it("letters become two codes, a short number is filled with CC4, a long one is cut after thirteen", () => {
    expect(customerBarcode("273-0102", EXAMPLES[6][1])?.slice(7)).toStrictEqual([
      "3",
      "-",
      "2",
      "0",
      "-",
      "5",
      "CC1",
      "1",
      "6",
      "0",
      "4",
      "CC4",
      "CC4",
      "0",
    ]);
    expect(customerBarcode("0640804", EXAMPLES[14][1])?.slice(7, 20).join("")).toBe("29-1524-23-2-");
  });

  it("full width is read as half width, and a town called 番町 is no number", () => {
    expect(addressNumber("架空市中央区架空町１丁目２番３号　架空ハイツ４０５")).toBe("1-2-3-405");
    expect(addressNumber("架空市三番町5-6")).toBe("5-6");
  });

  it("the sum of all codes is a multiple of 19, and there are 67 bars of the four kinds, whatever the address", () => {
    const values = [...Array.from("0123456789-"), "CC1", "CC2", "CC3", "CC4", "CC5", "CC6", "CC7", "CC8"];
    const text = fc.string({
      unit: fc.constantFrom(...Array.from("0123456789-ABFZ丁目番地号のノ第二十一条ビル　・&／a")),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{7}$/), text, (post, address) => {
        const codes = customerBarcode(post, address) ?? [];
        expect(codes.reduce((sum, code) => sum + values.indexOf(code), 0) % 19).toBe(0);
        expect(codes.every((code) => values.includes(code))).toBe(true);
        expect(barsOf(codes)).toHaveLength(67);
        expect(barRuns(codes).every(([, top, width, height]) => width === 1 && top + height <= 6)).toBe(true);
      }),
    );
  });

  it("start and stop stand at the ends: long and lower half, lower half and long", () => {
    const bars = barsOf(customerBarcode("860-8601", "1-1") ?? []);
    expect([bars.slice(0, 2), bars.slice(-2)]).toStrictEqual([
      [1, 3],
      [3, 1],
    ]);
    // 8 → 2 3 1: upper half, lower half, full
    expect(bars.slice(2, 5)).toStrictEqual([2, 3, 1]);
  });
});
