/** `hagukumi payment review` and `clear`: the 点検 of a run, and an offset plan (内払) for what was paid too much. */
import {
  changeCauseLabels,
  clearReviewItems,
  getRun,
  listReviewItems,
  planAdvanceOffset,
  readReview,
  reviewLabels,
} from "@hagukumi/allowance/contract.ts";
import type { Review, ReviewItem } from "@hagukumi/allowance/contract.ts";
import { parseMonth } from "@hagukumi/law/contract.ts";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";

import { perform, withActor } from "../../context.ts";

const yen = (amount: number | null): string => (amount === null ? "—" : `${amount.toLocaleString("ja-JP")}円`);

function runNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("支払処理の番号（1〜9999）を指定してください。");
  return Number(text);
}

function itemNumbers(text: string): readonly number[] {
  if (!/^[1-9]\d{0,6}(?:,[1-9]\d{0,6}){0,499}$/.test(text)) {
    throw new InvalidArgumentError("点検の番号をコンマで区切って指定してください（500件まで）。");
  }
  return text.split(",").map(Number);
}

function wholeYen(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("0円以上の整数を指定してください。");
  return Number(text);
}

function describe({ review, items }: { readonly review: Review; readonly items: readonly ReviewItem[] }): string {
  const { comparison, recalculated } = review;
  const lines = [
    comparison === null
      ? "比べる前回の定時の支払処理はありません。"
      : `前回（支払処理 ${comparison.previousRunNo}） ${yen(comparison.totalBefore)} → 今回 ${yen(comparison.totalAfter)}`,
    ...(comparison?.byCause ?? []).map(
      ({ cause, parts, amount }) => `  ${changeCauseLabels[cause]} ${parts}件 ${yen(amount)}`,
    ),
    recalculated === null
      ? "検算はまだです（確認のときに行います）。"
      : `検算 ${recalculated.recipients}人 ${recalculated.months}か月分、食い違い ${recalculated.differing}人`,
    `確かめていない件 ${review.open}件`,
    ...items.map((item) => {
      const who = item.recipientId === null ? "全体" : `認定番号 ${item.recipientId}`;
      return `  ${item.itemNo} ${reviewLabels[item.kind]} ${who} ${yen(item.amountBefore)} → ${yen(item.amountAfter)} ${item.detail}`;
    }),
  ];
  return lines.join("\n");
}

/** Adds the commands to `hagukumi payment`. */
export function registerPaymentReview(payment: Command): void {
  withActor(payment.command("review").description("点検: 前回との比較、検算、確かめる件 / what must be looked at"))
    .argument("<run>", "支払処理の番号 / run number", runNumber)
    .action(async (runNo: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await getRun(context.pool, runNo);
          const items = await listReviewItems(context.pool, { runNo, openOnly: true, limit: 500 });
          return { review: await readReview(context.pool, runNo), items };
        },
        describe,
      );
    });
  withActor(payment.command("clear").description("点検の件を、確かめて済みにする / clear items of the review"))
    .argument("<run>", "支払処理の番号 / run number", runNumber)
    .requiredOption("--items <numbers>", "点検の番号（コンマ区切り）/ item numbers", itemNumbers)
    .requiredOption("--reason <text>", "確かめたこと / what was looked at")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(
      async (runNo: number, options: { items: readonly number[]; reason: string; key?: string }, command: Command) => {
        await perform(
          command,
          async ({ context }) => {
            const key = options.key ?? `clear/${randomUUID()}`;
            return (await clearReviewItems(context, { key, runNo, itemNos: options.items, reason: options.reason }))
              .response;
          },
          ({ cleared, open }) => `${cleared}件を済みにしました。残りは${open}件です。`,
        );
      },
    );
  withActor(
    payment.command("plan-offset").description("内払調整の計画を二人で登録する / offset of what was paid too much"),
  )
    .argument("<recipient>", "認定番号 / certification number", wholeYen)
    .requiredOption("--per-payment <yen>", "1回に差し引く上限 / at most per payment", wholeYen)
    .requiredOption("--keep <yen>", "1回に必ず残す額 / to be left at least", wholeYen)
    .requiredOption("--from <YYYY-MM>", "はじめの支払期月 / first payment month")
    .requiredOption("--consent <text>", "同意の記録、または同意によらない理由 / consent")
    .requiredOption("--approved-by <operator>", "承認した人 / the second person")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(
      async (
        recipientId: number,
        options: { perPayment: number; keep: number; from: string; consent: string; approvedBy: string; key?: string },
        command: Command,
      ) => {
        const fromPayment = parseMonth(options.from);
        if (fromPayment === undefined) throw new InvalidArgumentError("YYYY-MM の正しい年月を指定してください。");
        const { perPayment, keep, consent, approvedBy, key } = options;
        const plan = { recipientId, perPayment, keep, fromPayment, consent, approvedBy };
        await perform(
          command,
          async ({ context }) => ({
            offsetId: await planAdvanceOffset(context, key === undefined ? plan : { ...plan, key }),
          }),
          ({ offsetId }) => `内払調整の計画 ${offsetId} を登録しました。`,
        );
      },
    );
}
