/** `hagukumi log …`: seals of the access log, the head that is kept elsewhere, and the witness who keeps it. */
import { extendHead, headOf, readHead } from "@hagukumi/platform/access/seal/head.ts";
import type { SealHead } from "@hagukumi/platform/access/seal/head.ts";
import { blocksFrom, lastBlock } from "@hagukumi/platform/access/seal/rows.ts";
import { asSealer, sealLog } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";

import { type OpenContext, perform, withActor } from "../context.ts";

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

/** Adds `hagukumi log …`. */
export function registerLog(program: Command): void {
  const log = program.command("log").description("アクセスログの封 / seals of the access log");
  withActor(
    log.command("seal").description("確定した行に封をする（画面のサーバーは1秒ごとに行う） / seal what is committed"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context, dataDir }) => await sealLog(context.pool, await readSealKey(dataDir), dataDir),
      ({ rows, blocks }) => `${rows} 行を ${blocks} 個の封にしました。`,
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
}
