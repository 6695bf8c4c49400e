import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countGraphemes, cutGraphemes, cutUtf8, fromCp932, graphemes, toCp932 } from "../../src/text/characters.ts";

/** 葛 with the selector of its second form. */
const KATSURA = "\u845B\u{E0100}";

function cp932(text: string): string {
  const result = toCp932(text);
  return result.ok
    ? result.bytes.toString("hex")
    : result.characters.map((each) => `${each.position}:${each.character}`).join(" ");
}

describe("characters as a reader counts them", () => {
  it("T68 a variant is one character of seven UTF-8 bytes", () => {
    expect(countGraphemes(`${KATSURA}城`)).toBe(2);
    expect(graphemes(`${KATSURA}城`)).toEqual([KATSURA, "城"]);
    expect(Buffer.from(graphemes(`${KATSURA}城`)[0] ?? "").toString("hex")).toBe("e8919bf3a08480");
    expect(`${KATSURA}城`).toHaveLength(4);
  });

  it("T69 神 U+FA19 stays the character it is through every function", () => {
    expect(cutGraphemes("\uFA19谷", 1)).toEqual({ text: "\uFA19", cut: true });
    expect(graphemes("\uFA19")).toEqual(["\uFA19"]);
    const sent = toCp932("\uFA19");
    expect(sent.ok ? fromCp932(sent.bytes) : "refused").toBe("\uFA19");
  });

  it("a cut never leaves a base without its selector or half a code point", () => {
    expect(cutGraphemes(`${KATSURA}城`, 1)).toEqual({ text: KATSURA, cut: true });
    expect(cutGraphemes(`${KATSURA}城`, 2)).toEqual({ text: `${KATSURA}城`, cut: false });
    expect(cutUtf8(`${KATSURA}城`, 6)).toEqual({ text: "", cut: true });
    expect(cutUtf8(`${KATSURA}城`, 7)).toEqual({ text: KATSURA, cut: true });
    expect(cutUtf8(`${KATSURA}城`, 10)).toEqual({ text: `${KATSURA}城`, cut: false });
    expect(cutGraphemes("か\u3099き", 1).text).toBe("か\u3099");
  });

  it("for every text a cut is a beginning of it, within the limit", () => {
    const names = fc.string({ unit: fc.constantFrom(KATSURA, "城", "𠮷", "か\u3099", "A", "😀"), maxLength: 12 });
    fc.assert(
      fc.property(names, fc.nat(12), (name, limit) => {
        const { text, cut } = cutGraphemes(name, limit);
        expect(name.startsWith(text)).toBe(true);
        expect(cut).toBe(text !== name);
        expect(countGraphemes(text)).toBe(Math.min(limit, countGraphemes(name)));
        const bytes = cutUtf8(name, limit * 3);
        expect(name.startsWith(bytes.text)).toBe(true);
        expect(Buffer.byteLength(bytes.text)).toBeLessThanOrEqual(limit * 3);
      }),
    );
  });
});

describe("CP932", () => {
  it("T76 what cannot be sent is reported with its place, never written as ?", () => {
    expect(cp932("𠮷野")).toBe("1:𠮷");
    expect(cp932(`森鷗外${KATSURA}城`)).toBe(`2:鷗 4:${KATSURA}`);
    expect(cp932("¥100")).toBe("1:¥");
    expect(cp932("A😀")).toBe("2:😀");
    expect(toCp932("𠮷野")).toMatchObject({
      ok: false,
      code: "unsendable",
      message: expect.stringContaining("1文字目「𠮷」") as string,
    });
  });

  it("T76 髙橋〜１", () => {
    // 髙 fbfc, 橋 8bb4, 〜 mapped to ～ 8160, １ 8250
    expect(cp932("髙橋\u301C１")).toBe("fbfc8bb481608250");
  });

  it("the other characters with two code points", () => {
    expect(cp932("\u2212")).toBe("817c");
    expect(cp932("\u2016")).toBe("8161");
    expect(cp932("\u2014")).toBe("815c");
    expect(cp932("﨑")).toBe("fab1");
    expect(cp932("?")).toBe("3f");
    expect(cp932("")).toBe("");
  });

  it("second bytes 0x5C are letters, not path separators", () => {
    expect(fromCp932(Buffer.from("905c90bf2e637376", "hex"))).toBe("申請.csv");
  });

  it("bytes that are no CP932 are refused", () => {
    expect(fromCp932(Buffer.from("81", "hex"))).toBeNull();
    expect(fromCp932(Buffer.from("fdfe", "hex"))).toBeNull();
  });

  it("what is sent comes back as it was, up to the four mapped characters", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.integer({ min: 0x20, max: 0xffdc }).map((code) => String.fromCharCode(code)),
          maxLength: 6,
        }),
        (text) => {
          const sent = toCp932(text);
          if (!sent.ok) {
            expect(sent.characters.length).toBeGreaterThan(0);
            return;
          }
          const mapped = text
            .replaceAll("\u301C", "\uFF5E")
            .replaceAll("\u2212", "\uFF0D")
            .replaceAll("\u2016", "\u2225");
          expect(fromCp932(sent.bytes)).toBe(mapped.replaceAll("\u2014", "\u2015"));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
