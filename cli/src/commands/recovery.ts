/** `hagukumi recovery`: 債権 – overpayments found by the ledger, receipts from a file, what is unknown. Reminders are a mass run (`batch`). */
import {
  findOverpayments,
  importCollectionReceipts,
  importReceipts,
  makeCollectionFile,
  unknownReceipts,
} from "@hagukumi/allowance/contract.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import type { Command } from "commander";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import { perform, withActor } from "../context.ts";

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

export function registerRecovery(program: Command): void {
  const recovery = program.command("recovery").description("債権（過払の返納） / recovery of overpayments");
  withActor(recovery.command("find").description("過払を洗い出し、債権を立てる / find overpayments"))
    .option("--dry-run", "何も変えずに、見つかる数だけを示す / change nothing")
    .action(async ({ dryRun = false }: { dryRun?: boolean }, command: Command) => {
      await perform(
        command,
        async ({ context }) => await findOverpayments(context, { dryRun }),
        (found) =>
          `${found.dryRun ? "（試し。何も変えていません）" : ""}${found.looked}人の台帳を最後の決定と比べ、債権 ${found.recoveries}件 ${yen(found.overpaid)} ${found.dryRun ? "が見つかります" : "を立てました"}。未払の追加 ${yen(found.accrued)}、取消し ${yen(found.reversed)}。`,
      );
    });
  withActor(recovery.command("import").description("収納データを取り込む / import receipts"))
    .argument("<file>", "収納データ（CSV） / file of receipts")
    .option("--collection", "統合収滞納からのもの（引渡しの番号・件数・合計を照合する）/ from the collection system")
    .action(async (file: string, { collection = false }: { collection?: boolean }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const take = collection ? importCollectionReceipts : importReceipts;
          return await take(context, { name: basename(file), bytes: await readFile(file) });
        },
        (done) =>
          `${done.lines}件のうち ${done.applied}件 ${yen(done.appliedAmount)} を収納しました。不明 ${done.unknown}件、収納済みの番号 ${done.repeated}件、過納 ${yen(done.excess)}。`,
      );
    });
  withActor(
    recovery.command("hand-over").description("統合収滞納へ引き渡すファイルを作る / claims for the collection system"),
  )
    .requiredOption("--approved-by <operator>", "認める人（別の人）/ the other person")
    .requiredOption("--out <file>", "ファイルを置く場所 / where to write")
    .action(async ({ approvedBy, out }: { approvedBy: string; out: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const { text, ...made } = await makeCollectionFile(context, { approvedBy });
          await writeFileAtomic(out, Buffer.from(text));
          return made;
        },
        ({ fileNo, count, total, sha256 }) => `引渡し ${fileNo}: ${count}件 ${yen(total)}\n${out}\nSHA-256: ${sha256}`,
      );
    });
  withActor(recovery.command("unknown").description("債権に当たらない収納の一覧 / unknown receipts")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await unknownReceipts(context.pool),
        (lines) =>
          lines.length === 0
            ? "不明の収納はありません。"
            : lines
                .map(
                  ({ fileId, lineNo, reference, claimText, paidOn, amount }) =>
                    `ファイル ${fileId} ${lineNo}行目: ${reference} 債権番号「${claimText}」 ${paidOn} ${yen(amount)}`,
                )
                .join("\n"),
      );
    },
  );
}
