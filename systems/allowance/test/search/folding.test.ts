import { array, assert as check, constantFrom, asyncProperty, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";

const database = useDatabase();

type Fold = "fold_kana" | "fold_name" | "fold_address";

async function fold(by: Fold, texts: readonly string[]): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ f: string }>(
    `SELECT lookup.${by}(t) AS f FROM unnest($1::text[]) WITH ORDINALITY AS x(t, n) ORDER BY n`,
    [texts],
  );
  return rows.map(({ f }) => f);
}

/** Any text that PostgreSQL can hold: no NUL, no half of a pair. */
const anyText = string({ unit: "binary", maxLength: 30 }).map((text) => text.replaceAll("\0", ""));
/** What names are made of, with what is hard about them. */
const nameText = array(
  constantFrom(
    ...Array.from("カガパャッーヴヂヅヰヱヲあがぱゃっーｶﾞﾊﾟｬｯｰ 　・-−ーA々髙﨑齋邉葛辻𠮷神ＡⅣ"),
    "葛\u{E0100}",
    "辻\u{FE00}",
    "\u{3099}",
    "々々",
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

describe("たたむ: what must not be taken for the same", () => {
  it("short and long vowels, different sounds and different people stay apart", async () => {
    for (const [left, right] of [
      ["オノ", "オオノ"],
      ["ユコ", "ユウコ"],
      ["カトウ", "サトウ"],
      ["ナカムラ", "ナガシマ"],
      ["ハル", "ハルン"],
    ] as const) {
      const [a, b] = await fold("fold_kana", [left, right]);
      expect(a, `${left} ${right}`).not.toBe(b);
    }
    for (const [left, right] of [
      ["田中", "田仲"],
      ["山田", "川田"],
      ["一郎", "二郎"],
      ["坂本", "阪本"],
    ] as const) {
      const [a, b] = await fold("fold_name", [left, right]);
      expect(a, `${left} ${right}`).not.toBe(b);
    }
  });
});

describe("たたむ", () => {
  it("folding what is folded changes nothing, whatever the text", async () => {
    for (const by of ["fold_kana", "fold_name", "fold_address"] as const) {
      for (const text of [anyText, nameText]) {
        await check(
          asyncProperty(array(text, { minLength: 20, maxLength: 40 }), async (texts) => {
            const once = await fold(by, texts);
            expect(await fold(by, once)).toStrictEqual(once);
          }),
          { numRuns: 60 },
        );
      }
    }
  });

  it("清濁・拗促音・長音・全角半角・ひらがな・旧かな: every writing of a kana folds to one", async () => {
    const same: readonly (readonly string[])[] = [
      ["カ", "か", "ｶ", "ガ", "が", "ｶﾞ", "カ\u{3099}"],
      ["ハ", "バ", "パ", "ぱ", "ﾊﾟ", "ハ\u{309A}"],
      ["シヤ", "シャ", "ジャ", "ヂャ", "ｼﾞｬ", "じゃ"],
      ["ツ", "ッ", "っ", "ｯ"],
      ["ズ", "ヅ", "ス", "づ", "ﾂﾞ"],
      ["ジ", "ヂ", "シ", "ぢ"],
      ["ユウ", "ユー", "ゆう", "ﾕｰ", "ュー", "ユ−"],
      ["コウ", "コー", "コオ", "ごう", "ｺﾞｰ"],
      ["ケイ", "ケー", "ケエ", "げい"],
      ["イ", "ヰ", "ィ", "ゐ"],
      ["エ", "ヱ", "ェ"],
      ["オ", "ヲ", "ォ", "を"],
      ["ウ", "ヴ", "ゔ", "ｳﾞ"],
    ];
    await check(
      asyncProperty(
        array(constantFrom(...same), { minLength: 1, maxLength: 8 }),
        array(constantFrom(0, 1, 2, 3, 4, 5, 6), { minLength: 8, maxLength: 8 }),
        async (parts, picks) => {
          // 'ン' between them: what stands before a long mark decides which vowel it is.
          const plain = parts.map((part) => part[0]).join("ン");
          const other = parts.map((part, index) => part[(picks[index] ?? 0) % part.length]).join("ん");
          const [a, b] = await fold("fold_kana", [plain, other]);
          expect(b).toBe(a);
        },
      ),
      { numRuns: 300 },
    );
    const [jun, jun2] = await fold("fold_kana", ["ジュンイチロウ", "シュンイチロー"]);
    expect(jun).toBe(jun2);
  });

  it("every pair of the table of variants folds to one character, and no base is itself a variant", async () => {
    const { rows } = await database.pool.query<{ variant: string; base: string; source: string }>(
      "SELECT variant, base, source FROM lookup.variant",
    );
    expect(rows.length).toBeGreaterThan(400);
    expect(new Set(rows.map(({ variant }) => variant)).size).toBe(rows.length);
    const bases = new Set(rows.map(({ base }) => base));
    for (const { variant } of rows) expect(bases.has(variant), variant).toBe(false);
    const folded = await fold(
      "fold_name",
      rows.flatMap(({ variant, base }) => [`${variant}田`, `${base}田`]),
    );
    for (const [index, { variant, base }] of rows.entries()) {
      expect(folded[2 * index], `${variant} ${base}`).toBe(folded[2 * index + 1]);
    }
  });

  it("selectors, compatibility characters, 々, spaces and widths make no difference to a name", async () => {
    for (const [left, right] of [
      ["葛\u{E0100}西", "葛西"],
      ["辻\u{FE01}", "辻"],
      ["\u{FA19}", "神"],
      ["佐々木", "佐佐木"],
      ["髙﨑", "高崎"],
      ["齋藤", "斉藤"],
      ["斎藤", "齊藤"],
      ["渡邉", "渡邊"],
      ["渡辺", "渡邉"],
      ["澤田", "沢田"],
      ["濵田", "濱田"],
      ["𠮷田", "吉田"],
      ["さくら", "サクラ"],
      ["ＡＮＮＡ", "anna"],
      ["架空　花子", " 架空 花子 "],
      ["竜ヶ崎", "龍ケ﨑"],
    ] as const) {
      const [a, b] = await fold("fold_name", [left, right]);
      expect(b, `${left} ${right}`).toBe(a);
    }
  });

  it("an address is the same with numbers in kanji, full width, with 丁目・番・号 or with lines", async () => {
    const folded = await fold("fold_address", [
      "架空町一丁目２番３号",
      "架空町1-2-3",
      "架空町１丁目２−３",
      "架空町 1 丁目 2番 3",
    ]);
    expect(new Set(folded)).toStrictEqual(new Set(["架空町1-2-3"]));
  });
});
