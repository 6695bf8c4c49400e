import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { printable } from "../../src/print/glyphs.ts";
import { countGraphemes, graphemes, toCp932 } from "../../src/text/characters.ts";
import { isJisKanji, mjCharacter } from "../../src/text/mj/mj-list.ts";
import { CP932, JIS_X_0213, reduceText } from "../../src/text/mj/reduce.ts";

/** `from→to cause` of each replacement */
const told = (text: string, set = JIS_X_0213, identified?: ReadonlyMap<string, string>): readonly string[] =>
  reduceText(text, set, identified).replacements.map(({ from, to, cause }) => `${from}→${to} ${cause}`);

describe("what nobody knows", () => {
  it("is 〓 with its place and code point, never a silent ? or blank, and marks the whole text", () => {
    // U+E000: private use, where MJ+ and old 外字 live; 🙂 and ễ: no Japanese set has them
    const reduced = reduceText("架\uE000空ễ🙂", JIS_X_0213);
    expect(reduced).toMatchObject({ text: "架〓空〓〓", unknown: true });
    expect(reduced.replacements.map(({ position, codePoints, cause }) => [position, codePoints, cause])).toEqual([
      [2, "U+E000", "unknown"],
      [4, "U+1EC5", "unknown"],
      [5, "U+1F642", "unknown"],
    ]);
  });

  it("a selector that stands alone, and one that no list has, do not slip through", () => {
    expect(reduceText("\u{E0100}", JIS_X_0213).unknown).toBe(true);
    expect(told("葛\u{E01EF}")).toEqual(["葛\u{E01EF}→葛 selector"]);
  });

  it("a character outside the map that the city has identified takes the identified form, and further by the map", () => {
    const identified = new Map([
      ["\uE000", "邉\u{E010F}"],
      ["\uE001", "髙"],
    ]);
    expect(told("\uE000\uE001", JIS_X_0213, identified)).toEqual(["\uE000→邉 identified", "\uE001→高 identified"]);
    expect(told("\uE001", CP932, identified)).toEqual(["\uE001→髙 identified"]);
  });
});

describe("縮退", () => {
  it("the list has the 58,862 characters of its edition, the tables their letters", () => {
    expect(mjCharacter("髙")).toEqual({ name: "MJ028902", reductions: [{ to: "高", table: "J" }] });
    expect(mjCharacter("邉\u{E010F}")?.name).toBe("MJ026190");
    expect(mjCharacter("\uE000")).toBeUndefined();
    expect(["葛", "辻", "﨑", "鷗", "俱"].map((each) => isJisKanji(each))).toEqual([true, true, true, true, true]);
    expect(["髙", "𠮷", "𰻞"].map((each) => isJisKanji(each))).toEqual([false, false, false]);
  });

  it("names: variants lose their selector alone, the rest goes by the map", () => {
    expect(told("葛\u{E0100}城 辻\u{E0100}")).toEqual(["葛\u{E0100}→葛 selector", "辻\u{E0100}→辻 selector"]);
    expect(told("髙橋𠮷")).toEqual(["髙→高 map", "𠮷→吉 map"]);
    // CP932 has 髙 and 﨑, not 𠮷; for 鷗 it has 鴎, which the map reduces to 鷗
    expect(told("髙﨑𠮷鷗", CP932)).toEqual(["𠮷→吉 map", "鷗→鴎 map"]);
  });

  it("never normalises: 神 U+FA19 and 神 U+795E are two entries of the family register", () => {
    expect(reduceText("神神", JIS_X_0213)).toEqual({ text: "神神", replacements: [], unknown: false });
  });

  it("printing: what the font lacks is printed in the form of the map, and said", () => {
    // 㐀 by 告示582号別表第四 一 alone is 丘; 㐄 by its 二 is 牛 or 井: a person chooses
    expect(printable("㐀")).toMatchObject({ text: "丘", reductions: [{ source: "法務省告示582号別表第四 一" }] });
    expect(printable("㐄").text).toBe("〓");
    expect(reduceText("㐄", JIS_X_0213).replacements).toMatchObject([{ cause: "unknown", others: ["牛", "井"] }]);
    expect(printable("\uE000", new Map([["\uE000", "辻\u{E0100}"]])).reductions).toMatchObject([
      { character: "\uE000", source: "同定" },
    ]);
    expect(printable("𰻞")).toMatchObject({ text: "〓", reductions: [{ source: "形が分かりません" }] });
  });

  it("any text: as many characters as before, all of them in the set or 〓, listed exactly where they differ; twice is once", () => {
    const character = fc.oneof(
      fc.constantFrom(...graphemes("架空葛髙𠮷鷗神辻ワン・ー1ＡáễЖ")),
      fc.constantFrom("葛\u{E0100}", "邉\u{E010F}", "辻\u{E0103}", "\uE000", "か\u3099", "🙂"),
      fc.integer({ min: 0x4e00, max: 0x9fff }).map((point) => String.fromCodePoint(point)),
      fc.integer({ min: 0x20000, max: 0x2a6df }).map((point) => String.fromCodePoint(point)),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), fc.constantFrom(JIS_X_0213, CP932), (parts, set) => {
        const text = parts.join("");
        const reduced = reduceText(text, set);
        expect(countGraphemes(reduced.text)).toBe(countGraphemes(text));
        const before = graphemes(text);
        const after = graphemes(reduced.text);
        const differs = before.flatMap((each, index) => (each === after[index] ? [] : [index + 1]));
        expect(reduced.replacements.map(({ position }) => position)).toEqual(differs);
        expect(after.every((each) => each === "〓" || set.has(each))).toBe(true);
        expect(reduced.unknown).toBe(after.includes("〓"));
        expect(reduceText(reduced.text, set).replacements.filter(({ from }) => from !== "〓")).toEqual([]);
        if (set === CP932) expect(toCp932(reduced.text).ok).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
