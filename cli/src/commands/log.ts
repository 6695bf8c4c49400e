/** `hagukumi log …`: seals of the logs, the head that is kept elsewhere, the witness who keeps it, the review, and the retention. */
import { monthStates, reviewMonth } from "@hagukumi/allowance/contract.ts";
import { type Month, parseMonth } from "@hagukumi/law/contract.ts";
import { extendHead, headOf, readHead } from "@hagukumi/platform/access/seal/head.ts";
import type { SealHead } from "@hagukumi/platform/access/seal/head.ts";
import { type Judgement, judgeToday } from "@hagukumi/platform/access/retention/judge.ts";
import { carryOutRemovals } from "@hagukumi/platform/access/retention/remove.ts";
import { ACCESS_LOG, blocksFrom, JOURNAL, lastBlock } from "@hagukumi/platform/access/seal/rows.ts";
import { asSealer, sealLog } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { sealVaultLog } from "@hagukumi/vault/contract.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { type OpenContext, perform, withActor } from "../context.ts";
import { openVaultRecords } from "../installation-vault.ts";
import { registerLogDatabase } from "./log/database.ts";

const BLOCKS_AT_ONCE = 2_000;

function headText(head: SealHead | undefined): string {
  return head === undefined ? "封はまだありません。" : `封 ${head.blockNo}（${head.sealedAt}）${head.blockHash}`;
}

/** Goes from the head in the file along the chain of the database, and writes the new head into the file. */
async function witness({ context, dataDir }: OpenContext, file: string): Promise<SealHead | undefined> {
  const key = await readSealKey(dataDir);
  let known = await readHead(file);
  await asSealer(context.pool, async (client) => {
    if (known !== undefined) {
      const [block] = await blocksFrom(client, known.blockNo, 1);
      if (block === undefined || headOf(block).blockHash !== known.blockHash || block.blockNo !== known.blockNo) {
        throw new Refusal(
          "historyForked",
          `控えの封 ${known.blockNo} が、このデータベースにありません。控えは変えていません。証拠を残したまま、監査の責任者に知らせてください。`,
          { blockNo: known.blockNo },
        );
      }
    }
    for (;;) {
      const links = await blocksFrom(client, (known?.blockNo ?? 0) + 1, BLOCKS_AT_ONCE);
      if (links.length === 0) return;
      known = extendHead(known, links, key.publicKey);
    }
  });
  if (known !== undefined) await writeFileAtomic(file, `${JSON.stringify(known)}\n`, { mode: 0o644 });
  return known;
}

function judgementText({ group, years, rows, held }: Judgement): string {
  const name = group === "accessLog" ? ACCESS_LOG.label : JOURNAL.label;
  if (years === null) return `× ${name}: 保存期間が決まっていません。消さずに残しています。`;
  return `${rows === 0 ? "○" : "×"} ${name}: 保存期間 ${years} 年、過ぎた記録 ${rows} 行${held ? "（停止あり）" : ""}`;
}

/** Adds `hagukumi log …`. */
export function registerLog(program: Command): void {
  const log = program.command("log").description("アクセスログの封と点検 / seals and review of the access log");
  registerLogDatabase(log);
  withActor(
    log.command("seal").description("確定した行に封をする（画面のサーバーは1秒ごとに行う） / seal what is committed"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context, dataDir, database }) => {
        const key = await readSealKey(dataDir);
        const sealed = await sealLog(context.pool, key, dataDir);
        const journal = await sealLog(context.pool, key, dataDir, undefined, JOURNAL);
        const records = await openVaultRecords(database.url, dataDir);
        const vault = records === undefined ? undefined : await sealVaultLog(records, dataDir);
        await records?.end();
        return { ...sealed, journal, ...(vault === undefined ? {} : { vault }) };
      },
      ({ rows, blocks, journal, vault }) =>
        `アクセスログ ${rows} 行を ${blocks} 個の封に、システムの記録 ${journal.rows} 行を ${journal.blocks} 個の封に${vault === undefined ? "" : `、金庫の記録 ${vault.rows} 行を ${vault.blocks} 個の封に`}しました。`,
    );
  });
  withActor(
    log.command("head").description("最新の封（別の場所に控えるもの） / the newest seal, to be kept elsewhere"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const block = await asSealer(context.pool, lastBlock);
        return block === undefined ? undefined : headOf(block);
      },
      headText,
    );
  });
  withActor(
    log
      .command("witness")
      .description("控えから最新の封まで、つながりと署名を確かめて控えを進める / the witness's step")
      .argument("<file>", "控えのファイル（初めはなくてよい） / the kept head"),
  ).action(async (file: string, _options: unknown, command: Command) => {
    await perform(command, async (opened) => await witness(opened, file), headText);
  });
  withActor(
    log
      .command("review")
      .description("月のアクセスログを解析し、指摘を挙げる / run the rules of the review over a month")
      .argument("<month>", "YYYY-MM", (text) => {
        const month = parseMonth(text);
        if (month === undefined) throw new InvalidArgumentError("YYYY-MM の年月を指定してください。");
        return month;
      }),
  ).action(async (month: Month, _options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => await reviewMonth(context, month),
      ({ total, whole }) =>
        `新しい指摘 ${total} 件。${whole ? "" : "月が終わっていないので、終わってからもう一度行ってください。"}`,
    );
  });
  withActor(
    log
      .command("retention")
      .description("保存期間の過ぎた記録を判定する（画面のサーバーは毎日行う） / judge what has outlived its term"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => await judgeToday(context.pool),
      (judged) => judged.map(judgementText).join("\n"),
    );
  });
  withActor(
    log
      .command("remove")
      .description(
        "二人が承認した消去を行い、署名した記録を残す（画面のサーバーも行う） / carry out approved removals",
      ),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context, dataDir }) => ({ rows: await carryOutRemovals(context.pool, await readSealKey(dataDir)) }),
      ({ rows }) =>
        rows === 0 ? "承認された消去はありません。何も消していません。" : `${rows} 行を消し、記録を残しました。`,
    );
  });
  log
    .command("overdue")
    .description("点検の期限（翌月10日）を過ぎた月。あれば終了状態 1 / months whose review is overdue")
    .action(async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const late = (await monthStates(context.pool, context.today)).filter(({ overdue }) => overdue);
          if (late.length > 0) process.exitCode = 1;
          return late;
        },
        (late) =>
          late.length === 0
            ? "期限を過ぎた点検はありません。"
            : late.map(({ month, open }) => `× ${month}（未確認の指摘 ${open} 件）`).join("\n"),
      );
    });
}
