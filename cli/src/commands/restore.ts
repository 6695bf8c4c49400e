/** `hagukumi restore`: opens a copy under an approved order with the shares of two people; `--check` is the drill, in a folder that is removed. */
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { orderOn, refusingUpkeep, UPKEEP_ROLE, useOrder } from "@hagukumi/platform/upkeep/orders.ts";
import { serializable, withRole } from "@hagukumi/platform/database/transaction.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";

import { noteAccess } from "../backup/access.ts";
import { openShares } from "../backup/keys.ts";
import { openBackupPlace } from "../backup/place.ts";
import { catalogOf, drill, type DrillResult, restoreInto } from "../backup/restore.ts";
import { upkeepOf, wholeNumber } from "../backup/upkeep.ts";
import { type OpenContext, perform, withActor } from "../context.ts";

type Options = { readonly share: readonly string[]; readonly into?: string; readonly check?: boolean };

async function restore(
  opened: OpenContext,
  orderId: number,
  { share, into, check }: Options,
): Promise<{ readonly copyId: string; readonly into: string | null; readonly drill: DrillResult }> {
  const { dataDir } = opened;
  const upkeep = upkeepOf(opened);
  if ((into === undefined) === (check !== true))
    throw new Refusal(
      "invalidValue",
      "--check（訓練）か --into（空のフォルダ）の、どちらか一つを指定してください。何もしていません。",
    );
  const keys = await openShares(share.map((path) => resolve(path)));
  let copyId = "";
  try {
    copyId = await refusingUpkeep(
      async () =>
        await serializable(upkeep.pool, async (client) => {
          await withRole(client, UPKEEP_ROLE);
          const { content } = await orderOn(client, orderId);
          if (content.kind !== "restore")
            throw new Refusal("upkeepContent", "この指示は復元の指示ではありません。何もしていません。");
          ({ copyId } = content);
          await useOrder(client, orderId, upkeep.operator, { holders: keys.holders, drill: check === true });
          return copyId;
        }),
    );
  } catch (error) {
    await noteAccess(upkeep, copyId, "restore", "refused", {
      orderId,
      code: error instanceof Refusal ? error.code : "defect",
    });
    throw error;
  }
  await noteAccess(upkeep, copyId, "restore", "begun", { orderId, holders: keys.holders });
  const folder = into === undefined ? await mkdtemp(join(dataDir, "restore-drill-")) : resolve(into);
  try {
    const { store } = await openBackupPlace(dataDir);
    const catalog = await catalogOf(store, dataDir, copyId);
    await restoreInto(store, catalog, keys, folder);
    const result = await drill(catalog, folder, dataDir);
    const right = result.differing.length + result.brokenInvariants.length + result.logFindings === 0;
    if (!right) process.exitCode = 1;
    await noteAccess(upkeep, copyId, "restore", right ? "done" : "failed", {
      orderId,
      rows: result.rows,
      seconds: result.seconds,
      findings: result.logFindings,
    });
    return { copyId, into: into === undefined ? null : folder, drill: result };
  } catch (error) {
    await noteAccess(upkeep, copyId, "restore", "failed", {
      orderId,
      code: error instanceof Refusal ? error.code : "defect",
    });
    throw error;
  } finally {
    for (const key of [keys.main, keys.vault]) key.fill(0);
    if (into === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Adds `hagukumi restore`. */
export function registerRestore(program: Command): void {
  withActor(
    program
      .command("restore")
      .description("承認された指示と二人の札で、控えから復元する / restore from a copy")
      .argument("<order>", "復元の指示の番号 / order", wholeNumber)
      .requiredOption("--share <file...>", "二人の札（業務の分と金庫の分） / shares of two people")
      .option("--check", "訓練: 別の所に復元して、行数・お金の不変条件・記録の封を確かめ、消す / drill")
      .option("--into <dir>", "復元する空のフォルダ / empty folder"),
  ).action(async (orderId: number, options: Options, command: Command) => {
    await perform(
      command,
      async (opened) => await restore(opened, orderId, options),
      ({ copyId, into, drill: { tables, rows, differing, brokenInvariants, logFindings, files, seconds } }) =>
        [
          `控え ${copyId} を復元しました（表 ${tables}、行 ${rows}、ファイル ${files}、起動と検査 ${seconds} 秒）。`,
          differing.length === 0 ? "○ 行数は、とったときのとおりです。" : `× 行数が違う表: ${differing.join("、")}`,
          brokenInvariants.length === 0
            ? "○ お金の不変条件は、すべて正常です。"
            : `× 不変条件: ${brokenInvariants.join("、")}`,
          logFindings === 0 ? "○ 記録は、すべて封のとおりです。" : `× 記録の封に ${logFindings} 件の違い`,
          into === null
            ? "訓練なので、復元したものは消しました。"
            : `${into} にあります。鍵（data/secrets）は控えに入っていません。別に保管したものを置いてください。`,
        ].join("\n"),
    );
  });
}
