/** 検算 at the end of a month: ledger and decisions beside the second calculator, from the files of the registers. */
import { firstDayOfMonth, type Month } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { accruedUntil, cutsOf, openingMonthOf } from "../months.ts";
import { compareWithPlain } from "../second-reading/compare.ts";
import type { Figures, YearWork } from "../work.ts";

/** @throws Refusal `secondReadingDiffers`: the year stops where the two calculators part */
export async function readAgain(work: YearWork, start: Month, at: Month): Promise<Figures> {
  const cuts = cutsOf(start).filter((cut) => cut < firstDayOfMonth(at));
  const months = { from: openingMonthOf(start), until: accruedUntil(at), decided: at };
  const found = await compareWithPlain({ pool: work.context.pool, feeds: work.feeds, cuts, ...months });
  const { differences, cases, months: compared } = found;
  if (differences.length === 0) return { comparedCases: cases, comparedMonths: compared };
  const words = differences.slice(0, 5).map(({ kind, claimant, month: of, what, product, plain }) => {
    const where = what === "ledger" ? "元帳" : "決定";
    return `${kind} ${claimant} ${of}月分 ${where} ${product}円・検算 ${plain}円`;
  });
  throw new Refusal(
    "secondReadingDiffers",
    `${at}: 二つ目の計算と ${differences.length}件 違います（${words.join("、")}）。演習を止めました。事案を開いて確かめてください。`,
    { differences: differences.length },
  );
}
