/** `hagukumi payment slip | seal-key | check | hand-over-by-hand | receipt`: the way of the file to 会計課, and back as a receipt. */
import {
  checkTransferSlip,
  getRun,
  handOverByHand,
  readFrozenFile,
  readSlipKey,
  readTransferReceipt,
  recordReceipt,
  slipNameOf,
  transferFileName,
  type TransferSlip,
  writeTransferReceipt,
  writeTransferSlip,
} from "@hagukumi/allowance/contract.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { dataFolder, type OpenContext, perform, withActor } from "../../context.ts";

const SEAL = "transfer-seal-key.pem";
const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

function runNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("支払処理の番号（1〜9999）を指定してください。");
  return Number(text);
}

const describeSlip = (slip: TransferSlip): string =>
  `${slip.fileName}: 支払処理 ${slip.runNo}、支払日 ${slip.payOn}、${slip.count}件 ${yen(slip.amount)}、${slip.length}バイト\nSHA-256: ${slip.sha256}\n鍵: ${slip.keyId}`;

/** Writes the file as it was frozen and its slip into `files` of the data folder. @returns where they are */
export async function writeFileAndSlip(
  { context, dataDir }: OpenContext,
  runNo: number,
): Promise<{ readonly file: string; readonly slip: string }> {
  const run = await getRun(context.pool, runNo);
  const { bytes, count, amount } = await readFrozenFile(context.pool, runNo);
  const fileName = transferFileName(runNo, run.payOn);
  const folder = join(dataDir, "files");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, fileName);
  const slip = join(folder, slipNameOf(fileName));
  await writeFileAtomic(file, bytes);
  const key = await readSealKey(dataDir, SEAL);
  const text = writeTransferSlip({ fileName, runNo, payOn: run.payOn, count, amount, bytes }, key);
  await writeFileAtomic(slip, Buffer.from(text));
  return { file, slip };
}

async function needed(path: string, what: string): Promise<Buffer> {
  return await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "EISDIR") throw error;
    throw new Refusal("fileMissing", `${what}「${path}」がありません。場所を確かめてください。何もしていません。`);
  });
}

/** No database: whoever receives needs this program, the file, the slip and the public key. */
async function noDatabase(work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}（${error.code}）\n`);
    process.exitCode = 1;
  }
}

function registerWithoutDatabase(payment: Command): void {
  payment
    .command("seal-key")
    .description("送付票を確かめる公開鍵を出す（会計課に一度渡す）/ the public key of the slips")
    .action(async () => {
      await noDatabase(async () => {
        const { id, publicKey } = await readSealKey(dataFolder(), SEAL);
        process.stderr.write(`鍵: ${id}（電話などで読み合わせてください）\n`);
        return publicKey.export({ type: "spki", format: "pem" }).toString().trimEnd();
      });
    });
  payment
    .command("check")
    .description(
      "受け取る側: 振込ファイルと送付票を確かめる（データベースは要らない）/ check a file before it is received",
    )
    .argument("<file>", "振込ファイル / transfer file")
    .requiredOption("--key <pem>", "公開鍵（seal-key で出したもの）/ public key")
    .option("--slip <file>", "送付票。既定はファイルの横の .slip.json / slip")
    .option("--allow-test-banks", "訓練用の金融機関を認める / banks of a training installation")
    .option("--received-by <name>", "受け取る人。受領の記録を書くとき / who receives")
    .option("--receipt <file>", "受領の記録を書く（payment receipt が読む）/ write a receipt")
    .action(
      async (
        file: string,
        options: { key: string; slip?: string; allowTestBanks?: true; receivedBy?: string; receipt?: string },
      ) => {
        await noDatabase(async () => {
          const key = readSlipKey((await needed(options.key, "公開鍵")).toString("utf8"));
          const bytes = await needed(file, "振込ファイル");
          const slip = await needed(options.slip ?? slipNameOf(file), "送付票");
          const content = checkTransferSlip(bytes, slip, key, options.allowTestBanks === true);
          if (options.receipt !== undefined) {
            const receipt = writeTransferReceipt(content, options.receivedBy ?? "");
            await writeFileAtomic(options.receipt, Buffer.from(receipt));
          }
          return `確かめました。1バイトも変わっていません。\n${describeSlip(content)}`;
        });
      },
    );
}

export function registerPaymentSlip(payment: Command): void {
  registerWithoutDatabase(payment);
  withActor(payment.command("slip").description("確定した振込ファイルと送付票を書き出す / the file and its slip"))
    .argument("<run>", "支払処理の番号 / run number", runNumber)
    .action(async (runNo: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) => await writeFileAndSlip(opened, runNo),
        ({ file, slip }) => `ファイル: ${file}\n送付票: ${slip}`,
      );
    });
  withActor(payment.command("hand-over-by-hand").description("会計課へ手渡した / handed to the accounts office"))
    .argument("<run>", "支払処理の番号 / run number", runNumber)
    .requiredOption("--receiver <name>", "渡した相手 / to whom")
    .requiredOption("--medium <text>", "媒体 / medium")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (runNo: number, options: { receiver: string; medium: string; key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const key = options.key ?? `handOverByHand/${randomUUID()}`;
          const { receiver, medium } = options;
          return (await handOverByHand(context, { key, runNo, receiver, medium })).response;
        },
        ({ count, amount, sha256 }) => `手渡しを記録しました: ${count}件 ${yen(amount)}\nSHA-256: ${sha256}`,
      );
    });
  withActor(payment.command("receipt").description("会計課の受領の記録を登録する / the receipt of the accounts office"))
    .argument("<run>", "支払処理の番号 / run number", runNumber)
    .requiredOption("--file <file>", "payment check --receipt が書いた記録 / what the check has written")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (runNo: number, options: { file: string; key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const bytes = await needed(options.file, "受領の記録");
          const { receivedBy, count, amount, sha256 } = readTransferReceipt(bytes, runNo);
          const key = options.key ?? `receipt/${randomUUID()}`;
          return (await recordReceipt(context, { key, runNo, receipt: receivedBy, count, amount, sha256 })).response;
        },
        ({ state }) =>
          state === "handedOver"
            ? "受領を登録しました。件数・合計・ハッシュがファイルと合っています。"
            : "受領の内容がファイルと違います。送付は不明になりました。銀行と会計課に確かめてください。",
      );
    });
}
