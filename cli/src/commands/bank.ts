/** `hagukumi bank`: the master of banks and branches (金融機関マスタ). */
import { importBankMaster } from "@hagukumi/allowance/contract.ts";
import type { MasterResult } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { perform, withActor } from "../context.ts";

function day(text: string): string {
  const parsed = parseCivilDate(text);
  if (parsed === undefined) throw new InvalidArgumentError("YYYY-MM-DD の正しい日付を指定してください。");
  return parsed;
}

function describe({ snapshotDate, loaded, added, ended, accounts }: MasterResult): string {
  if (!loaded) return `${snapshotDate} 現在の金融機関マスタは、もう取り込まれています。何も変えていません。`;
  const lines = [
    `${snapshotDate} 現在の金融機関マスタを取り込みました: 追加 ${added.toLocaleString("ja-JP")}支店、廃止・名称変更 ${ended.toLocaleString("ja-JP")}支店`,
  ];
  for (const { recipientId, bank, branch } of accounts) {
    lines.push(`  口座の支店がなくなりました: 認定番号 ${recipientId}（${bank}-${branch}）`);
  }
  return lines.join("\n");
}

export function registerBank(program: Command): void {
  const bank = program.command("bank").description("金融機関マスタ / banks and branches");
  withActor(bank.command("import").description("一覧（zengin-code）を取り込む。2回目からは差分だけ / load the list"))
    .option("--snapshot-date <date>", "一覧の日付。省略すると一覧の版の日付 / day of the list", day)
    .action(async (options: { snapshotDate?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const { snapshot } = installedSnapshot();
          const { snapshotDate = snapshot.snapshotDate } = options;
          return await importBankMaster(context, { ...snapshot, snapshotDate }, "zengin-code");
        },
        describe,
      );
    });
}
