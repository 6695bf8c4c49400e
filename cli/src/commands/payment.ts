/** `hagukumi payment`: a payment run from its creation to its closing (支払管理). */
import {
  approveRun,
  cancelRun,
  closeRun,
  confirmReturn,
  createRun,
  exclusionLabels,
  freezeRun,
  getRun,
  handOverRun,
  importResults,
  inspectRun,
  listRuns,
  resolveHandOver,
  resolveResult,
  runKindLabels,
  stateLabels,
  writePayeeList,
} from "@hagukumi/allowance/contract.ts";
import type { CreatedRun, RunKind, RunRecord } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import { createBankSimulator } from "@hagukumi/outside-bank/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { perform, withActor } from "../context.ts";
import { registerPaymentCounter } from "./payment/counter.ts";
import { registerPaymentPayout } from "./payment/payout.ts";
import { registerPaymentReview } from "./payment/review.ts";
import { registerPaymentSlip, writeFileAndSlip } from "./payment/slip.ts";
import type { OpenContext } from "../context.ts";
import { leaveByCommand, type ApprovalOption, withApproval } from "../leaving.ts";

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

function runNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("支払処理の番号（1〜9999）を指定してください。");
  return Number(text);
}

/** Number of a line or of a row of results. */
function rowNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("番号（1〜9999999）を指定してください。");
  return Number(text);
}

function payMonth(text: string): string {
  const parsed = parseMonth(text);
  if (parsed === undefined) throw new InvalidArgumentError("YYYY-MM の正しい年月を指定してください。");
  return parsed;
}

function describeRun(run: RunRecord): string {
  const months = `${run.monthsFrom.slice(0, 7)}〜${run.monthsTo.slice(0, 7)}月分`;
  return `支払処理 ${run.runNo}: ${run.paymentMonth.slice(0, 7)} ${runKindLabels[run.kind]}（${months}、支払日 ${run.payOn}） ${run.lineCount}件 ${yen(run.total)} 「${stateLabels[run.state]}」`;
}

function describeCreated(run: CreatedRun): string {
  const lines = [
    `支払処理 ${run.runNo} を作りました: ${run.lines.lineCount}件 ${yen(run.lines.total)}（支払日 ${run.payOn}）`,
  ];
  for (const one of run.lines.exclusions) {
    lines.push(
      `  入っていない: 認定番号 ${one.recipientId} ${one.items}か月分 ${yen(one.amount)} ${exclusionLabels[one.reason]}`,
    );
  }
  for (const one of run.accrual.conflicts) {
    lines.push(
      `  二重支給の疑い: 児童 ${one.childNumber} ${one.benefitMonth.slice(0, 7)}月分 認定番号 ${one.recipientId} と ${one.otherRecipientId}`,
    );
  }
  for (const one of run.uncomputed) lines.push(`  計算できない: 認定番号 ${one.recipientId} ${one.message}`);
  return lines.join("\n");
}

/** Every changing command: actor, idempotency key, run number. */
function stage(payment: Command, name: string, description: string): Command {
  return withActor(payment.command(name).description(description))
    .argument("<run>", "支払処理の番号 / run number", runNumber)
    .option("--key <key>", "処理の鍵（同じ鍵の再送は最初の答えを返す）/ idempotency key");
}

/** The designated bank's channel. Without a contract with a real bank the simulator stands behind the same interface. */
async function bankChannel(opened: OpenContext): Promise<ReturnType<typeof createBankSimulator>> {
  return createBankSimulator({ dir: join(opened.dataDir, "outside-bank") });
}

function registerCreate(payment: Command): void {
  withActor(payment.command("create").description("支払処理を作る（計算・元帳・明細）/ create a run"))
    .requiredOption("--month <YYYY-MM>", "支払期月 / payment month", payMonth)
    .addOption(new Option("--kind <kind>", "種別 / kind").choices(Object.keys(runKindLabels)).default("regular"))
    .option(
      "--pay-on <date>",
      "随時・再振込などの支払日。定時では、お知らせした支払日（決まりと違えば作らない）/ pay day",
    )
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (options: { month: string; kind: RunKind; payOn?: string; key?: string }, command: Command) => {
      const payOn = options.payOn === undefined ? undefined : parseCivilDate(options.payOn);
      if (options.payOn !== undefined && payOn === undefined) {
        throw new Refusal(
          "invalidValue",
          `支払日「${options.payOn}」は存在しない日付です。YYYY-MM-DD で指定してください。`,
        );
      }
      const request = {
        key: options.key ?? `payment.create/${randomUUID()}`,
        paymentMonth: options.month,
        kind: options.kind,
      };
      await perform(
        command,
        async ({ context }) =>
          (await createRun(context, payOn === undefined ? request : { ...request, payOn })).response,
        describeCreated,
      );
    });
}

function registerStages(payment: Command): void {
  stage(payment, "inspect", "確認: 件数と合計を確かめたことを記録する").action(
    async (runNo: number, options: { key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const { response } = await inspectRun(context, { key: options.key ?? `inspect/${randomUUID()}`, runNo });
          return { ...response, run: await getRun(context.pool, runNo) };
        },
        ({ run, lineDigest }) => `${describeRun(run)}\n明細のハッシュ: ${lineDigest}`,
      );
    },
  );
  stage(payment, "approve", "承認: 確かめた明細（ハッシュ）を、作った人と別の人が承認する")
    .requiredOption("--digest <sha256>", "確かめた明細のハッシュ / digest of the lines seen")
    .action(async (runNo: number, options: { key?: string; digest: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await approveRun(context, {
            key: options.key ?? `approve/${randomUUID()}`,
            runNo,
            lineDigest: options.digest,
          });
          return await getRun(context.pool, runNo);
        },
        describeRun,
      );
    });
  stage(payment, "freeze", "ファイル確定: 振込ファイルを作り、支払済として記録する").action(
    async (runNo: number, options: { key?: string }, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const { context } = opened;
          const { response } = await freezeRun(context, { key: options.key ?? `freeze/${randomUUID()}`, runNo });
          const written = await writeFileAndSlip(opened, runNo);
          return { ...response, ...written, run: await getRun(context.pool, runNo) };
        },
        ({ run, sha256, file, slip }) => `${describeRun(run)}\nファイル: ${file}\n送付票: ${slip}\nSHA-256: ${sha256}`,
      );
    },
  );
  stage(payment, "hand-over", "送付: 銀行に一度だけ送る（作成・承認した人と別の人）").action(
    async (runNo: number, options: { key?: string }, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await handOverRun(
            opened.context,
            { key: options.key ?? `handOver/${randomUUID()}`, runNo },
            await bankChannel(opened),
          ),
        (result) => `${result.message}${result.receiptNumber === null ? "" : ` 受付番号 ${result.receiptNumber}`}`,
      );
    },
  );
  stage(payment, "resolve", "送付の結果不明を、銀行の回答で解く")
    .addOption(new Option("--received <answer>", "銀行は受け付けたか").choices(["yes", "no"]).makeOptionMandatory())
    .requiredOption("--evidence <text>", "銀行の回答の記録（だれが・いつ・何で）")
    .action(async (runNo: number, options: { key?: string; received: string; evidence: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const received = options.received === "yes";
          await resolveHandOver(context, {
            key: options.key ?? `resolve/${randomUUID()}`,
            runNo,
            received,
            evidence: options.evidence,
          });
          return await getRun(context.pool, runNo);
        },
        describeRun,
      );
    });
  stage(payment, "cancel", "取消: 送付の前なら取り消せる（月分は未払に戻る）")
    .requiredOption("--reason <text>", "理由")
    .action(async (runNo: number, options: { key?: string; reason: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await cancelRun(context, { key: options.key ?? `cancel/${randomUUID()}`, runNo, reason: options.reason });
          return await getRun(context.pool, runNo);
        },
        describeRun,
      );
    });
}

function registerResults(payment: Command): void {
  stage(payment, "results", "結果反映: 銀行の振込結果（CSV）を取り込む")
    .requiredOption("--file <csv>", "結果ファイル")
    .action(async (runNo: number, options: { key?: string; file: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const bytes = await readFile(options.file);
          return (await importResults(context, { key: options.key ?? `results/${randomUUID()}`, runNo, bytes }))
            .response;
        },
        (result) =>
          `振込済 ${result.accepted}件、振込不能 ${result.returned}件 ${yen(result.returnedAmount)}、明細に当たらない結果 ${result.unmatched}件`,
      );
    });
  stage(payment, "confirm-return", "振込不能の額を未払に戻す（二人で確認）")
    .requiredOption("--line <no>", "明細の番号", rowNumber)
    .requiredOption("--approved-by <id>", "もう一人の確認者")
    .action(async (runNo: number, options: { key?: string; line: number; approvedBy: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const key = options.key ?? `confirmReturn/${randomUUID()}`;
          return (await confirmReturn(context, { key, runNo, lineNo: options.line, approvedBy: options.approvedBy }))
            .response;
        },
        ({ amount }) => `${yen(amount)} を未払に戻しました。次の支払処理で払えます。`,
      );
    });
  stage(payment, "resolve-result", "明細に当たらない結果の始末を二人で登録する")
    .requiredOption("--row <no>", "結果の行番号", rowNumber)
    .requiredOption("--resolution <text>", "始末")
    .requiredOption("--approved-by <id>", "もう一人の確認者")
    .action(
      async (
        runNo: number,
        options: { key?: string; row: number; resolution: string; approvedBy: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) => {
            const key = options.key ?? `resolveResult/${randomUUID()}`;
            await resolveResult(context, {
              key,
              runNo,
              rowNo: options.row,
              resolution: options.resolution,
              approvedBy: options.approvedBy,
            });
            return { runNo };
          },
          () => "登録しました。",
        );
      },
    );
  stage(payment, "close", "締め: 次の支払処理を作れるようになる").action(
    async (runNo: number, options: { key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await closeRun(context, { key: options.key ?? `close/${randomUUID()}`, runNo });
          return await getRun(context.pool, runNo);
        },
        describeRun,
      );
    },
  );
}

/** Adds `hagukumi payment …`. */
export function registerPayment(program: Command): void {
  const payment = program.command("payment").description("支払処理（作成から締めまで）/ payment runs");
  registerCreate(payment);
  registerStages(payment);
  registerResults(payment);
  registerPaymentReview(payment);
  registerPaymentCounter(payment);
  registerPaymentPayout(payment);
  registerPaymentSlip(payment);
  withApproval(withActor(payment.command("payee-list").description("支払対象者一覧（CSV と PDF）を作る / payee list")))
    .argument("<run>", "番号", runNumber)
    .action(async (runNo: number, { approval }: ApprovalOption, command: Command) => {
      await perform(
        command,
        async ({ context, dataDir }) =>
          await leaveByCommand(
            context,
            { route: "paymentPayeeList", object: { kind: "paymentRun", no: runNo }, approval },
            async () => {
              const { lineCount, lineDigest } = await getRun(context.pool, runNo);
              return { rows: lineCount, content: lineDigest };
            },
            async () => await writePayeeList(context, { runNo, outDir: join(dataDir, "files") }),
          ),
        (list) => [list.csv, ...list.pdf].join("\n"),
      );
    });
  withActor(payment.command("list").description("支払処理の一覧")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listRuns(context.pool),
        (runs) => runs.map(describeRun).join("\n") || "支払処理はまだありません。",
      );
    },
  );
  withActor(payment.command("show").description("支払処理ひとつの状態").argument("<run>", "番号", runNumber)).action(
    async (runNo: number, _options: unknown, command: Command) => {
      await perform(command, async ({ context }) => await getRun(context.pool, runNo), describeRun);
    },
  );
}
