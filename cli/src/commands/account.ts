/** `hagukumi account`: a recipient's bank account (口座). */
import { changeAccount } from "@hagukumi/allowance/contract.ts";
import type { NewAccount } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";

import { perform, withActor } from "../context.ts";

type ChangeOptions = {
  readonly bank?: string;
  readonly branch?: string;
  readonly type: "1" | "2" | "4";
  readonly number?: string;
  readonly yucho?: string;
  readonly holder: string;
  readonly approvedBy: string;
  readonly approvedException?: boolean;
  readonly key?: string;
};

function id(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("認定番号（1〜9999999999）を指定してください。");
  return Number(text);
}

function readAccount(options: ChangeOptions): NewAccount {
  const { holder, bank, branch, type, number, yucho } = options;
  if (yucho !== undefined) {
    const [yuchoSymbol = "", yuchoNumber = ""] = yucho.trim().split(/[\s　]+/);
    return { holder, yuchoSymbol, yuchoNumber };
  }
  if (bank !== undefined && branch !== undefined && number !== undefined)
    return { holder, bank, branch, accountType: type, accountNumber: number };
  throw new Refusal(
    "invalidValue",
    '口座を指定してください。--bank・--branch・--number の三つ、または --yucho "記号 番号" です。',
  );
}

/** Adds `hagukumi account …`. */
export function registerAccount(program: Command): void {
  const account = program.command("account").description("振込先口座 / bank accounts");
  withActor(account.command("change").description("口座を変更する（二人で）/ change an account, by two people"))
    .argument("<recipient>", "認定番号 / recipient", id)
    .option("--bank <code>", "金融機関コード4桁")
    .option("--branch <code>", "支店コード3桁")
    .addOption(new Option("--type <kind>", "1 普通、2 当座、4 貯蓄").choices(["1", "2", "4"]).default("1"))
    .option("--number <digits>", "口座番号")
    .option("--yucho <symbol and number>", "ゆうちょの「記号 番号」")
    .requiredOption("--holder <kana>", "口座名義（カナ）")
    .requiredOption("--approved-by <id>", "もう一人の確認者 / the second person")
    .option("--approved-exception", "名義が受給者と違うことを承認済み")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (recipientId: number, options: ChangeOptions, command: Command) => {
      const { approvedBy, approvedException = false, key } = options;
      const request = {
        recipientId,
        account: readAccount(options),
        approvedBy,
        approvedException,
        ...(key === undefined ? {} : { key }),
      };
      await perform(
        command,
        async ({ context }) => (await changeAccount(context, request)).response,
        () => `認定番号 ${recipientId} の口座を変更しました。`,
      );
    });
}
