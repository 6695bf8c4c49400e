/** `hagukumi import`: takes a delivery of the city's other systems into the register (連携ファイルの取り込み). */
import { importFeeds } from "@hagukumi/allowance/contract.ts";
import type { ImportResult } from "@hagukumi/allowance/contract.ts";
import type { Command } from "commander";
import { resolve } from "node:path";

import { perform, withActor } from "../context.ts";

const rows = (count: number): string => `${count.toLocaleString("ja-JP")}行`;

function describe(result: ImportResult): string {
  const lines = [`団体 ${result.municipality}、${result.asOf} 現在の連携ファイルを取り込みました。`];
  for (const { file, rows: read, added, unchanged, refused, refusedList } of result.files) {
    lines.push(
      `  ${file}: 読んだ ${rows(read)} = 追加 ${rows(added)} + 変更なし ${rows(unchanged)} + 不受理 ${rows(refused)}`,
    );
    if (refusedList !== null) lines.push(`    不受理の一覧: ${refusedList}`);
  }
  return lines.join("\n");
}

export function registerImport(program: Command): void {
  withActor(
    program
      .command("import")
      .description("連携ファイル（住民基本台帳・税・請求など）を取り込む / import a folder of feeds")
      .argument("<dir>", "manifest.json のあるフォルダ / folder of the delivery"),
  ).action(async (dir: string, _options: unknown, command: Command) => {
    await perform(command, async ({ context }) => await importFeeds(context, resolve(dir)), describe);
  });
}
