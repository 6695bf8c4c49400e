/** `hagukumi register`: what the record items of 別添1 need beside the feeds – the parts of decisions and of addresses. */
import {
  filePlaces,
  itemDictionary,
  itemKinds,
  PERSONAL_FILE,
  recordDecisionParts,
  structureAddresses,
} from "@hagukumi/allowance/contract.ts";
import type { AddressCount, PartsCount } from "@hagukumi/allowance/contract.ts";
import type { Command } from "commander";

import { perform, withActor } from "../context.ts";

export function registerRegister(program: Command): void {
  const register = program.command("register").description("台帳の記録項目（別添1） / record items of the register");
  withActor(register.command("parts"))
    .description(
      "決定ごとの内訳（児童数・手当月額・児童別）を、その決定の事実から記録する / record the parts of each decision from its own facts",
    )
    .action(async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await recordDecisionParts(context),
        ({ recorded, differing }: PartsCount) =>
          `決定の内訳を ${recorded.toLocaleString("ja-JP")} 件記録しました。決定の月額と合わないもの ${differing} 件`,
      );
    });
  withActor(register.command("items"))
    .description(
      "記録される項目の種類（評価書 II2④）と、別添1の項目がどの種類かを示す / the kinds of recorded items and which item is of which kind",
    )
    .action(async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => ({
          file: PERSONAL_FILE,
          places: await filePlaces(context.pool),
          kinds: itemKinds,
          items: await itemDictionary(context.pool),
        }),
        ({ file, places, items }) =>
          [
            `特定個人情報ファイルの名称: ${file}（下の${items.length}項目は、すべてこのファイルに属する）`,
            ...places.map(({ schema, tables, meaning }) => `  ${schema}（人の行を持つ表 ${tables}）: ${meaning}`),
            ...Object.entries(itemKinds).map(([kind, { label, reason }]) => {
              const own = items.filter((each) => each.kind === kind);
              const lines = own.map(
                ({ place, item, meaning }) => `  ${place}${item === null ? "" : ` ${item}`}: ${meaning}`,
              );
              return [`${label}（${own.length}項目）: ${reason}`, ...lines].join("\n");
            }),
          ].join("\n"),
      );
    });
  withActor(register.command("addresses"))
    .description("住所を区・町丁目・番・号などに分ける / split addresses into their parts")
    .action(async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await structureAddresses(context),
        ({ structured, verbatim }: AddressCount) =>
          `住所を ${structured.toLocaleString("ja-JP")} 件分けました。分けられず、そのまま持つもの ${verbatim} 件`,
      );
    });
}
