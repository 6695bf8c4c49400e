/**
 * 子ども手当: what the benefit was called until 2012-03 (平成22年法律第19号・平成23年法律第107号). A letter about such months names that
 * benefit and that law; one that reaches from them into 児童手当 says where the one ends. Pure.
 */
import { addMonths, type Month, parseMonth, regimeOf } from "@hagukumi/law/contract.ts";

import type { Block } from "./letter.ts";
import { listOf, type SourceFacts, textOf } from "./source-row.ts";

/** Laws by regime of the months, as a letter cites them. */
const LAWS = {
  R1: "平成22年度等における子ども手当の支給に関する法律",
  R2: "平成23年度における子ども手当の支給等に関する特別措置法",
} as const;

const LAST_MONTH_TEXT = "平成24年3月分までは子ども手当（児童手当法の改正前）です。";

/** Benefit months that the facts of a letter speak of. An end names the month after the last one that it speaks of. */
function monthsIn(facts: SourceFacts): readonly Month[] {
  const named = [facts, ...listOf(facts, "items"), ...listOf(facts, "months")].flatMap((each) =>
    ["month", "fromMonth", "toMonth", "from", "to"].map((key) => textOf(each, key).slice(0, 7)),
  );
  const months = named.map((each) => parseMonth(each)).filter((each) => each !== undefined);
  return textOf(facts, "kind") === "extinguish" ? months.map((each) => addMonths(each, -1)) : months;
}

const lawOf = (month: Month): string | null => {
  const regime = regimeOf(month);
  return regime.ok && (regime.value === "R1" || regime.value === "R2") ? LAWS[regime.value] : null;
};

function renamed(block: Block, of: (text: string) => string): Block {
  switch (block.kind) {
    case "text":
      return { ...block, text: of(block.text) };
    case "facts":
      return { ...block, rows: block.rows.map(([label, value]) => [of(label), of(value)] as const) };
    case "write":
      return {
        ...block,
        title: of(block.title),
        rows: block.rows.map(([label, value]) => [of(label), of(value)] as const),
      };
    case "table":
      return {
        ...block,
        title: of(block.title),
        rows: block.rows.map((row) => row.map(of)),
        foot: block.foot === null ? null : block.foot.map(of),
      };
    case "list":
      return { ...block, title: of(block.title), items: block.items.map(of) };
    case "box":
      return { ...block, title: of(block.title), lines: block.lines.map(of) };
    case "code":
      return { ...block, caption: of(block.caption) };
    default:
      return block satisfies never;
  }
}

/** Title and blocks of a letter in the words of the benefit that its months had. */
export function inNameOfBenefit(
  facts: SourceFacts,
  title: string,
  blocks: readonly Block[],
): { readonly title: string; readonly blocks: readonly Block[] } {
  const laws = monthsIn(facts).map(lawOf);
  const law = laws.findLast((each) => each !== null);
  if (law === undefined || law === null) return { title, blocks };
  if (laws.includes(null)) return { title, blocks: [...blocks, { kind: "text", text: LAST_MONTH_TEXT }] };
  const of = (text: string): string =>
    // The articles of 児童手当法 are not those of the other law: the sentence stays, its citation goes.
    text
      .replaceAll(/（児童手当法[0-9第条項号のただし書、・]*）/g, "")
      .replaceAll(/児童手当法[0-9]+条(?:[0-9]+項)?/g, law)
      .replaceAll(/児童手当(?!法)/g, "子ども手当");
  return { title: of(title), blocks: blocks.map((block) => renamed(block, of)) };
}
