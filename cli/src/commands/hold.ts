/** `hagukumi hold`: 差止（11条）and 保留: keeps a recipient's months out of the payments. */
import { holdLabels, listHolds, placeHold, releaseHold } from "@hagukumi/allowance/contract.ts";
import type { HoldKind, ListedHold } from "@hagukumi/allowance/contract.ts";
import { parseMonth } from "@hagukumi/law/contract.ts";
import type { Month } from "@hagukumi/law/contract.ts";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";

import { perform, withActor } from "../context.ts";

function id(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("番号（1〜9999999999）を指定してください。");
  return Number(text);
}

function benefitMonth(text: string): Month {
  const parsed = parseMonth(text);
  if (parsed === undefined) throw new InvalidArgumentError("YYYY-MM の正しい年月を指定してください。");
  return parsed;
}

const describe = ({ holdId, recipientId, kind, fromMonth, cause, placedBy }: ListedHold): string =>
  `${holdLabels[kind]} ${holdId}: 認定番号 ${recipientId} ${fromMonth}月分から（${cause}、${placedBy}）`;

type PlaceOptions = { readonly kind: HoldKind; readonly from: Month; readonly cause: string; readonly key?: string };

export function registerHold(program: Command): void {
  const hold = program.command("hold").description("差止・保留 / holds");
  withActor(hold.command("place").description("差止・保留にする / place a hold"))
    .argument("<recipient>", "認定番号 / recipient", id)
    .addOption(
      new Option("--kind <kind>", "hold 差止（11条）、pending 保留").choices(["hold", "pending"]).default("hold"),
    )
    .requiredOption("--from <YYYY-MM>", "この月分から / from this benefit month", benefitMonth)
    .requiredOption("--cause <text>", "理由 / why")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (recipientId: number, { kind, from, cause, key }: PlaceOptions, command: Command) => {
      const request = { recipientId, kind, fromMonth: from, cause, ...(key === undefined ? {} : { key }) };
      await perform(
        command,
        async ({ context }) => ({ holdId: await placeHold(context, request), recipientId }),
        ({ holdId }) => `認定番号 ${recipientId} を${holdLabels[kind]}にしました（番号 ${holdId}、${from}月分から）。`,
      );
    });
  withActor(hold.command("release").description("差止・保留を解く / release a hold"))
    .argument("<hold>", "差止・保留の番号 / hold", id)
    .requiredOption("--cause <text>", "理由 / why")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (holdId: number, { cause, key }: { cause: string; key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await releaseHold(context, holdId, cause, key);
          return { holdId };
        },
        () => `差止・保留 ${holdId} を解除しました。`,
      );
    });
  withActor(hold.command("list").description("いま効いている差止・保留 / holds in force")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listHolds(context.pool),
        (holds) => (holds.length === 0 ? "差止・保留はありません。" : holds.map(describe).join("\n")),
      );
    },
  );
}
