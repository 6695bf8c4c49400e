import { describe, expect, it } from "vitest";

import { relationText } from "../../src/text/relation.ts";

describe("続柄コード in words", () => {
  it("what is no code of the list stays as it was written", () => {
    for (const written of ["", "子", "入所児童", "2", "201", "40", "2040", "2020202020", "未成年後見人"]) {
      expect(relationText(written)).toBe(written);
    }
  });

  it("one code is its word, several are joined with の, the old codes of sons and daughters are 子", () => {
    expect(["02", "11", "12", "20", "21", "52"].map(relationText)).toEqual(["世帯主", "夫", "妻", "子", "子", "母"]);
    // 20 + 12, and 20 + 20 (孫)
    expect(["2012", "2020", "20202012"].map(relationText)).toEqual(["子の妻", "子の子", "子の子の子の妻"]);
  });
});
