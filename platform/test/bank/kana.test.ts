import * as fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { type KanaOptions, toZenginKana } from "../../src/bank/kana.ts";

function hex(text: string, options: Partial<KanaOptions> = {}): string {
  const result = toZenginKana(text, { kind: "21", ...options });
  return result.ok ? Buffer.from(result.value.bytes).toString("hex") : result.problem.code;
}

function shown(text: string, options: Partial<KanaOptions> = {}): string {
  const result = toZenginKana(text, { kind: "21", ...options });
  return result.ok ? result.value.shown : result.problem.code;
}

describe("what a bank file cannot carry is refused by name and place", () => {
  it.each([
    ["山田", "山", 1],
    ["ア、イ", "、", 2],
    ["ア。", "。", 2],
    ["ア,イ", ",", 2],
    ["ｱ\\ｲ", "\\", 2],
    ["Ｏ’Ｂｒｉｅｎ", "’", 2],
    ["タロウ\u0000", "\u0000", 4],
    ["タ\tロウ", "\t", 2],
    ["ｱ😀", "😀", 2],
    ["É", "É", 1],
    ["ゞ", "ゞ", 1],
  ])("T14 %j: %j at %i", (text, character, position) => {
    const result = toZenginKana(text, { kind: "21" });
    expect(result).toMatchObject({ ok: false, problem: { code: "character", character, position } });
  });

  it("counts places as a reader does: か + U+3099 is one character", () => {
    expect(toZenginKana("か\u3099亜", { kind: "21" })).toMatchObject({ problem: { character: "亜", position: 2 } });
  });

  it("T15 a mark after a kana that cannot carry it", () => {
    expect(hex("イ゛")).toBe("mark");
    expect(hex("カ゜")).toBe("mark");
    expect(hex("゛ア")).toBe("mark");
    expect(hex("カ ゛")).toBe("mark");
    expect(hex("ガ゛")).toBe("mark");
    expect(hex("ヷ")).toBe("mark");
  });

  it("T12 ヲ is refused unless the contract with the bank opens it", () => {
    expect(hex("ヲガワ")).toBe("character");
    expect(hex("ヲガワ", { wo: "reject" })).toBe("character");
    expect(hex("ヲガワ", { wo: "o" })).toBe("b5b6dedc");
    expect(hex("ヲガワ", { wo: "keep" })).toBe("a6b6dedc");
    expect(hex("ヲ", { field: "bank", wo: "keep" })).toBe("character");
  });

  it("T18 種別 11 takes neither a hyphen nor letters nor symbols in names", () => {
    for (const text of ["ジョーンズ", "ABC", "ア.イ", "(ア)", "ア-イ"])
      expect(hex(text, { kind: "11" })).toBe("character");
    expect(shown("ヤマダ　タロウ2", { kind: "11" })).toBe("ﾔﾏﾀﾞ ﾀﾛｳ2");
  });

  it("bank names take no space and no dot; EDI signs stay out of names; a name needs a character", () => {
    expect(toZenginKana("ヒゴ　ギンコウ", { kind: "21", field: "bank" })).toMatchObject({
      problem: { character: "　", position: 3 },
    });
    expect(hex("ジ.モルガン", { field: "bank" })).toBe("character");
    expect(hex("ア/イ")).toBe("character");
    expect(hex("「ア」")).toBe("character");
    expect(hex(" 　 ")).toBe("blank");
  });
});

describe("names become the bytes of the file", () => {
  it.each([
    ["T01", "ヤマダ　タロウ", "d4cfc0de20c0dbb3", "ﾔﾏﾀﾞ ﾀﾛｳ"],
    ["T02", "ｷｬｼｰ", "b7d4bc2d", "ｷﾔｼ-"],
    ["T03", "ジョン・スミス", "bcded6dd2ebdd0bd", "ｼﾞﾖﾝ.ｽﾐｽ"],
    ["T04", "ジョーンズ", "bcded62dddbdde", "ｼﾞﾖ-ﾝｽﾞ"],
    ["T05", "ガッキュウ", "b6dec2b7d5b3", "ｶﾞﾂｷﾕｳ"],
    ["T06", "ヴァイオレット", "b3deb1b2b5dac2c4", "ｳﾞｱｲｵﾚﾂﾄ"],
    ["T07", "パク　チョルス", "cadfb820c1d6d9bd", "ﾊﾟｸ ﾁﾖﾙｽ"],
    ["T08", "ヮヵヶ", "dcb6b9", "ﾜｶｹ"],
    ["T09", "やまだ はなこ", "d4cfc0de20cac5ba", "ﾔﾏﾀﾞ ﾊﾅｺ"],
    ["T10 spacing mark", "か゛", "b6de", "ｶﾞ"],
    ["T10 combining mark", "か\u3099", "b6de", "ｶﾞ"],
    ["T11", "ア\u30FC\uFF0D\u2212\u2010", "b12d2d2d2d", "ｱ----"],
  ])("%s %s", (_id, text, bytes, half) => {
    expect(hex(text)).toBe(bytes);
    expect(shown(text)).toBe(half);
  });

  it("T13 EDI has its own signs, 15 bytes", () => {
    expect(hex("「ジドウテアテ」10/12", { field: "edi" })).toBe("a2bcdec4deb3c3b1c3a331302f3132");
    expect(hex("ヲ\\", { field: "edi" })).toBe("a65c");
    expect(hex("ア,イ", { field: "edi" })).toBe("character");
  });

  it("T16 a mark that does not fit takes its kana along, and the cut is a warning", () => {
    const result = toZenginKana(`${"ア".repeat(29)}ガ`, { kind: "21" });
    if (!result.ok) throw new Error(result.problem.message);
    expect(Buffer.from(result.value.bytes).toString("hex")).toBe(`${"b1".repeat(29)}20`);
    expect(result.value.shown).toBe("ｱ".repeat(29));
    expect(result.value.warnings.map((warning) => warning.code)).toEqual(["truncated"]);
  });

  it("T17 thirty bytes fit without a warning", () => {
    const result = toZenginKana(`${"ア".repeat(28)}ガ`, { kind: "21" });
    if (!result.ok) throw new Error(result.problem.message);
    expect(Buffer.from(result.value.bytes).toString("hex")).toBe(`${"b1".repeat(28)}b6de`);
    expect(result.value.warnings).toEqual([]);
  });

  it("old kana, runs of spaces, full-width letters and digits", () => {
    expect(shown("ヰヱ")).toBe("ｲｴ");
    expect(shown("　 ヤマダ　 　タロウ ")).toBe("ﾔﾏﾀﾞ ﾀﾛｳ");
    expect(shown("ｓｍｉｔｈ　９")).toBe("SMITH 9");
  });
});

describe("for every text", () => {
  const kana = fc.string({
    unit: fc.constantFrom(...Array.from("アイウガギパピャュョッーヴヰん が゛ﾀﾞ・A1(ﾊﾟ　ヲ")),
    maxLength: 45,
  });

  it("nothing is thrown, and an accepted text has at most 30 bytes", () => {
    fc.assert(
      fc.property(fc.oneof(kana, fc.string({ unit: "binary", maxLength: 40 })), (text) => {
        const result = toZenginKana(text, { kind: "21" });
        if (result.ok) expect(result.value.bytes.length).toBeLessThanOrEqual(30);
        else expect(result.problem.message).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  it("an accepted text is its own normal form, and another encoder writes the same bytes", () => {
    fc.assert(
      fc.property(kana, (text) => {
        const once = toZenginKana(text, { kind: "21", wo: "keep" });
        if (!once.ok || once.value.warnings.length > 0) return;
        const twice = toZenginKana(once.value.shown, { kind: "21", wo: "keep" });
        expect(twice).toEqual(once);
        expect(iconv.encode(once.value.shown, "cp932").equals(once.value.bytes)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
