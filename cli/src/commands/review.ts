/** `hagukumi review`: 現況・差止・所得 for a scheduler and for whoever looks without a browser. The mass work itself is `hagukumi batch`. */
import {
  expectedButUnpaid,
  holdsWithoutCause,
  limitationStageLabels,
  limitationWarnings,
  listDifferences,
  listLeftovers,
  listTaxCorrections,
  openReviewYear,
  readDifferences,
  readReviewCounts,
  reasonLabel,
  reconcileIncomes,
  rehearseTurn,
  requestIncomes,
  resolveCorrection,
  reviewStates,
  turnReasons,
} from "@hagukumi/allowance/contract.ts";
import type { Rehearsal, ReviewState, TurnReason } from "@hagukumi/allowance/contract.ts";
import { type Month, parseMonth } from "@hagukumi/law/contract.ts";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";

import { perform, withActor } from "../context.ts";
import { registerLapses } from "./review/lapses.ts";

function year(text: string): number {
  if (!/^20\d{2}$/.test(text)) throw new InvalidArgumentError("西暦4桁の年度を指定してください。");
  return Number(text);
}

function number(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("番号を指定してください。");
  return Number(text);
}

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;
const lines = (rows: readonly string[], none: string): string => (rows.length === 0 ? none : rows.join("\n"));

function registerYear(review: Command): void {
  withActor(review.command("open").description("現況の年度を始める / open a year"))
    .argument("<year>", "現況年度（西暦） / fiscal year", year)
    .action(async (of: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await openReviewYear(context, of),
        ({ baseOn, dueOn, holdFrom }) =>
          `${of} 年度の現況を始めました（基準日 ${baseOn}、提出期限 ${dueOn}、差止め ${holdFrom}月分から）。`,
      );
    });
  withActor(review.command("status").description("状態ごとの人数 / counts by state"))
    .argument("<year>", "現況年度（西暦） / fiscal year", year)
    .action(async (of: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await readReviewCounts(context.pool, of),
        ({ population, states, leftovers }) =>
          [
            `8月分の資格がある受給者 ${population}人、残り ${leftovers}人`,
            ...(Object.keys(states) as ReviewState[]).map((state) => `  ${reviewStates[state]} ${states[state]}人`),
          ].join("\n"),
      );
    });
  withActor(review.command("leftovers").description("残っている受給者 / who is left"))
    .argument("<year>", "現況年度（西暦） / fiscal year", year)
    .action(async (of: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listLeftovers(context.pool, { year: of, limit: 100_000 }),
        (rows) =>
          lines(
            rows.map(
              ({ recipientId, state, reasons }) =>
                `認定番号 ${recipientId}: ${reviewStates[state]} ${reasons.map(reasonLabel).join("、")}`,
            ),
            "残っている受給者はいません。",
          ),
      );
    });
  withActor(
    review.command("unpaid").description("支払処理に入っていない、予定のある受給者 / expected but not in a run"),
  )
    .argument("<year>", "現況年度（西暦） / fiscal year", year)
    .action(async (of: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await expectedButUnpaid(context.pool, of),
        (rows) =>
          lines(
            rows.map(
              ({ recipientId, expected, inRun, state }) =>
                `認定番号 ${recipientId}: 予定 ${expected === null ? "なし" : yen(expected)}、支払処理 ${yen(inRun)}（${reviewStates[state]}）`,
            ),
            "全員が支払処理に入っています。",
          ),
      );
    });
  withActor(review.command("differences").description("7月分と8月分の違いの一覧を作る / list July against August"))
    .argument("<year>", "現況年度（西暦） / fiscal year", year)
    .action(async (of: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => ({
          ...(await listDifferences(context, of)),
          open: (await readDifferences(context.pool, of)).filter(({ cleared }) => !cleared).length,
        }),
        ({ recipients, noted, open }) =>
          `${recipients}人を比べ、新しい違いは ${noted}件です。確かめていない違いは ${open}件あります。`,
      );
    });
}

function firstMonth(text: string): Month {
  const found = parseMonth(text);
  if (found === undefined) throw new InvalidArgumentError("YYYY-MM で指定してください。例: 2027-04");
  return found;
}

/** How many differences without a reason are shown one by one. */
const SHOWN = 20;

function rehearsalText({ before, after, differences, reasons, ...found }: Rehearsal): string {
  const known = Object.entries(reasons) as [TurnReason, number][];
  const without = differences.filter(({ reason }) => reason === "unexplained");
  return [
    `${before} と ${after} を比べました。受給者 ${found.recipients}人、月額の合計 ${yen(found.yenBefore)} → ${yen(found.yenAfter)}`,
    ...known.map(([reason, count]) => `  ${turnReasons[reason]} ${count}件`),
    ...without
      .slice(0, SHOWN)
      .map(({ recipientId, person }) => `  × 認定番号 ${recipientId}（宛名番号 ${person}）: 理由が見つからない`),
    ...found.notComputed.slice(0, SHOWN).map((id) => `  × 認定番号 ${id}: 額を計算できない`),
    `支払日: ${found.payDays.map(({ payOn }) => payOn).join("、")}`,
    (reasons.unexplained ?? 0) + found.notComputed.length === 0
      ? "理由の見つからない違いはありません。"
      : "理由の見つからない違いがあります。年度が替わる前に確かめてください。",
  ].join("\n");
}

function registerRehearsal(review: Command): void {
  withActor(
    review
      .command("rehearse")
      .description(
        "年度切替の予行: 前の月との違いとその理由（何も書かない）/ rehearsal of the turn of the year, reads only",
      ),
  )
    .argument("<month>", "新しい年度の最初の月 YYYY-MM（4月・8月） / first month after the turn", firstMonth)
    .action(async (after: Month, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const found = await rehearseTurn(context, after);
          if ((found.reasons.unexplained ?? 0) + found.notComputed.length > 0) process.exitCode = 1;
          return found;
        },
        rehearsalText,
      );
    });
}

function registerLists(review: Command): void {
  withActor(review.command("holds").description("事由のなくなった差止 / holds whose cause has gone")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await holdsWithoutCause(context.pool),
        (rows) =>
          lines(
            rows.map(
              ({ holdId, recipientId, gone, goneOn, amount }) =>
                `差止 ${holdId}（認定番号 ${recipientId}）: ${goneOn} ${gone}、待っている額 ${yen(amount)}`,
            ),
            "事由のなくなった差止はありません。",
          ),
      );
    },
  );
  const limitations = withActor(
    review.command("limitations").description("時効の近い月分 / the two-year clock"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => await limitationWarnings(context.pool, context.today),
      (rows) =>
        lines(
          rows.map(
            ({ recipientId, stage, fromMonth, months, amount, lostOn }) =>
              `認定番号 ${recipientId}: ${limitationStageLabels[stage]} ${fromMonth}月分から${months}か月 ${yen(amount)}（${lostOn} に失う）`,
          ),
          "時効の近い月分はありません。",
        ),
    );
  });
  registerLapses(limitations);
}

type Resolve = {
  readonly outcome: "mainEarnerKept" | "recipientChanges";
  readonly reason: string;
  readonly judgedBy: string;
};

function registerTaxes(review: Command): void {
  const tax = review.command("tax").description("所得の更正・照会・突合 / income");
  withActor(tax.command("corrections").description("判定し直していない更正 / corrections not judged again")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listTaxCorrections(context.pool, context.today),
        (rows) =>
          lines(
            rows.map(
              ({ number: of, year: income, historyNo, revision, before, after, decides, compared }) =>
                `宛名番号 ${of} ${income}年（履歴 ${historyNo} 版 ${revision}）: ${yen(before)} → ${yen(after)}、判定 ${decides.length}件、生計中心者 ${compared.length}件`,
            ),
            "判定し直していない更正はありません。",
          ),
      );
    },
  );
  withActor(tax.command("resolve").description("生計中心者を確かめた結果を記録する / record who keeps the children up"))
    .argument("<addressee>", "宛名番号 / addressee number", number)
    .argument("<year>", "所得の年 / income year", year)
    .argument("<history>", "税履歴の番号 / history number", number)
    .argument("<revision>", "版 / revision", number)
    .addOption(
      new Option("--outcome <outcome>", "mainEarnerKept 変わらない、recipientChanges 受給者が変わる")
        .choices(["mainEarnerKept", "recipientChanges"])
        .makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "確かめたこと / why")
    .requiredOption("--judged-by <operator>", "判定した職員（実行する人とは別） / who judged")
    .action(
      async (of: number, income: number, historyNo: number, revision: number, options: Resolve, command: Command) => {
        await perform(
          command,
          async ({ context }) => {
            await resolveCorrection(context, { number: of, year: income, historyNo, revision, ...options });
            return { resolved: true };
          },
          () => "更正の処理を記録しました。",
        );
      },
    );
  withActor(tax.command("inquire").description("1月1日の住所が別の市区町村にある人の所得を照会する / ask elsewhere"))
    .argument("<year>", "所得の年 / income year", year)
    .action(async (of: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await requestIncomes(context, { year: of }),
        ({ asked, unknownOffice }) =>
          `${asked}人の所得を照会しました。照会先の分からない人 ${unknownOffice.length}人。`,
      );
    });
  withActor(tax.command("reconcile").description("税の項目の明細と合計を突き合わせる / items against sums")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await reconcileIncomes(context.pool),
        (rows) =>
          lines(
            rows.map(
              ({ number: of, year: income, historyNo, differences, unknown }) =>
                `宛名番号 ${of} ${income}年（履歴 ${historyNo}）: ${[
                  ...differences.map(({ figure, sent, folded }) => `${figure} ${sent} / 明細から ${folded}`),
                  ...unknown.map((code) => `表にない項目 ${code}`),
                ].join("、")}`,
            ),
            "明細と合計は一致しています。",
          ),
      );
    },
  );
}

export function registerReview(program: Command): void {
  const review = program.command("review").description("現況・差止・所得の一覧と年度 / annual review, holds, income");
  registerYear(review);
  registerRehearsal(review);
  registerLists(review);
  registerTaxes(review);
}
