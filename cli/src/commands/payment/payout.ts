/** `hagukumi payment late-return | budget-order`: a transfer that came back after the closing, and the orders for the accounting system. */
import {
  approveBudgetOrder,
  findBudgetOrder,
  getRun,
  makeBudgetOrder,
  readBudgetOrderFile,
  recordLateReturn,
} from "@hagukumi/allowance/contract.ts";
import type { BudgetOrder } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";

import { perform, withActor } from "../../context.ts";

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

function whole(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("1以上の整数を指定してください。");
  return Number(text);
}

const RUN = ["<run>", "支払処理の番号 / run number"] as const;

const describeOrder = (order: BudgetOrder): string =>
  [
    `支払処理 ${order.runNo} の支出命令: 科目 ${order.items}件 ${yen(order.gross)} − 控除 ${yen(order.withheld)} = ${yen(order.net)}`,
    `作成 ${order.madeBy}、承認 ${order.approvedBy ?? "まだ"}`,
    `SHA-256: ${order.sha256}`,
  ].join("\n");

type LateReturn = { amount: number; on: string; reason: string; evidence: string; key?: string };

function registerLateReturn(payment: Command): void {
  withActor(
    payment
      .command("late-return")
      .description("締めたあとに銀行から戻った振込を登録する / a transfer that came back after the closing"),
  )
    .argument(...RUN, whole)
    .argument("<line>", "明細の番号 / line", whole)
    .requiredOption("--amount <yen>", "戻った額（明細の全額）/ yen", whole)
    .requiredOption("--on <day>", "市の口座に戻った日 / day")
    .requiredOption("--reason <text>", "銀行の挙げた理由（40文字まで）/ the bank's reason")
    .requiredOption("--evidence <text>", "銀行の書類 / the bank's paper")
    .option("--key <key>", "冪等の鍵 / idempotency key")
    .action(async (runNo: number, lineNo: number, options: LateReturn, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const { amount, on, reason, evidence, key = randomUUID() } = options;
          const returnedOn = parseCivilDate(on);
          if (returnedOn === undefined) {
            throw new Refusal(
              "invalidValue",
              "戻った日が存在しない日付です。YYYY-MM-DD で指定してください。何も変えていません。",
            );
          }
          const { response } = await recordLateReturn(context, {
            key,
            runNo,
            lineNo,
            amount,
            reason,
            returnedOn,
            evidence,
          });
          return { runNo, lineNo, amount, rowNo: response.rowNo };
        },
        ({ rowNo, amount }) =>
          `結果の行 ${rowNo} として ${yen(amount)} の返戻を登録しました。hagukumi payment resolve で二人が始末を決めると、未払に戻ります。`,
      );
    });
}

function registerBudgetOrder(payment: Command): void {
  const order = payment
    .command("budget-order")
    .description("財務会計への支出負担行為・支出命令 / orders for the accounting system");
  withActor(order.command("make").description("作る（確定した支払処理に一つ）/ make, one a run"))
    .argument(...RUN, whole)
    .action(async (runNo: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => (await makeBudgetOrder(context, { key: randomUUID(), runNo })).response,
        describeOrder,
      );
    });
  withActor(
    order
      .command("approve")
      .description("見て確かめたファイルを承認する（作った人と別の人）/ approve, by another person"),
  )
    .argument(...RUN, whole)
    .requiredOption("--sha256 <hash>", "確かめたファイルの SHA-256 / of the file that was looked at")
    .action(async (runNo: number, { sha256 }: { sha256: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => (await approveBudgetOrder(context, { key: randomUUID(), runNo, sha256 })).response,
        describeOrder,
      );
    });
  withActor(order.command("show").description("いまの状態 / where it stands"))
    .argument(...RUN, whole)
    .action(async (runNo: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context: { pool } }) => {
          await getRun(pool, runNo);
          return (await findBudgetOrder(pool, runNo)) ?? null;
        },
        (found) => (found === null ? `支払処理 ${runNo} の支出命令は、まだ作っていません。` : describeOrder(found)),
      );
    });
  withActor(order.command("file").description("承認されたファイルを書き出す / the approved file"))
    .argument(...RUN, whole)
    .requiredOption("--out <file>", "書き出すファイル / file")
    .action(async (runNo: number, { out }: { out: string }, command: Command) => {
      await perform(
        command,
        async ({ context: { pool } }) => {
          await writeFileAtomic(out, (await readBudgetOrderFile(pool, runNo)).bytes);
          return { file: out };
        },
        ({ file }) => `支出命令のファイルを ${file} に書きました。`,
      );
    });
}

/** Adds the commands to `hagukumi payment`. */
export function registerPaymentPayout(payment: Command): void {
  registerLateReturn(payment);
  registerBudgetOrder(payment);
}
