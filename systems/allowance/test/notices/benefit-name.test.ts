import { expect, it } from "vitest";

import { inNameOfBenefit } from "../../src/notices/content/benefit-name.ts";
import type { Block } from "../../src/notices/content/letter.ts";

const blocks: readonly Block[] = [
  { kind: "text", text: "あなたの児童手当の認定の請求について通知します（児童手当法8条4項ただし書）。" },
  { kind: "list", title: "却下の理由", items: ["児童手当法4条に定める支給要件に当たりません。"] },
];
const words = (facts: Readonly<Record<string, unknown>>): readonly string[] => {
  const named = inNameOfBenefit(facts, "児童手当認定通知書", blocks);
  return [
    named.title,
    ...named.blocks.flatMap((block) =>
      block.kind === "text" ? [block.text] : block.kind === "list" ? block.items : [],
    ),
  ];
};

it("names 児童手当 for months from 2012-04, and where a letter says no month", () => {
  for (const facts of [{}, { month: "2012-04" }, { kind: "extinguish", month: "2026-10" }]) {
    expect(words(facts), JSON.stringify(facts)).toEqual([
      "児童手当認定通知書",
      "あなたの児童手当の認定の請求について通知します（児童手当法8条4項ただし書）。",
      "児童手当法4条に定める支給要件に当たりません。",
    ]);
  }
});

it("names 子ども手当 and its law for months before, an end by its last month; a letter over both says which is which", () => {
  const special = "平成23年度における子ども手当の支給等に関する特別措置法";
  // The end takes effect with 2012-04: its last month is 2012-03.
  for (const facts of [
    { kind: "certify", month: "2011-10" },
    { kind: "extinguish", month: "2012-04" },
  ]) {
    expect(words(facts), JSON.stringify(facts)).toEqual([
      "子ども手当認定通知書",
      "あなたの子ども手当の認定の請求について通知します。",
      `${special}に定める支給要件に当たりません。`,
    ]);
  }
  expect(words({ month: "2010-04" })[2]).toBe(
    "平成22年度等における子ども手当の支給に関する法律に定める支給要件に当たりません。",
  );
  const both = words({ items: [{ month: "2012-03" }, { month: "2012-04" }] });
  expect(both[0]).toBe("児童手当認定通知書");
  expect(both.at(-1)).toBe("平成24年3月分までは子ども手当（児童手当法の改正前）です。");
});
