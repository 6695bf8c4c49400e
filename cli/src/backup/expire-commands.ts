/** `hagukumi backup expire` and `hagukumi backup order-expire`. */
import { hasRight, putOrder, type UpkeepContext, type UpkeepRight } from "@hagukumi/platform/upkeep/orders.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { type Command, InvalidArgumentError } from "commander";

import { perform, withActor } from "../context.ts";
import { noteAccess } from "./access.ts";
import { expiredCopies, removeExpired } from "./expire.ts";
import { openBackupPlace } from "./place.ts";
import { orderText, upkeepOf, wholeNumber, windowOf, type WindowOptions, withWindow } from "./upkeep.ts";

async function needRight(upkeep: UpkeepContext, right: UpkeepRight): Promise<void> {
  if (await hasRight(upkeep, right)) return;
  await noteAccess(upkeep, "", "expire", "refused", { code: "upkeepRight" });
  throw new Refusal(
    "upkeepRight",
    "控えを消す権限（backup.expire）が、いまありません。何も消していません。権限は、別の二人が決めます（hagukumi upkeep right）。",
  );
}

function orderNumber(text: string): number {
  const number = wholeNumber(text);
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError("指示の番号を指定してください。");
  return number;
}

/** Adds the two commands to `hagukumi backup`. */
export function registerExpire(backup: Command): void {
  withActor(
    backup
      .command("expire")
      .description(
        "保存期限を過ぎた控えの一覧（番号なし。何も変えない）、または承認された指示の控えの消去 / list copies past their term, or remove those of an approved order",
      )
      .argument("[order]", "指示の番号 / number of the order", orderNumber),
  ).action(async (orderId: number | undefined, _options: unknown, command: Command) => {
    if (orderId === undefined)
      return await perform(
        command,
        async (opened) => {
          const upkeep = upkeepOf(opened);
          await needRight(upkeep, "backup.expire");
          const copies = await expiredCopies(upkeep);
          await noteAccess(upkeep, "", "list", "done", { expired: copies.length });
          return copies;
        },
        (copies) =>
          copies.length === 0
            ? "保存期限を過ぎて残っている控えはありません。"
            : copies
                .map(
                  ({ copyId, place, bytes, expiresOn, removable, lockedUntil }) =>
                    `${copyId} ${(bytes / 1_048_576).toFixed(1)} MiB ${place} 保存期限 ${expiresOn} ${removable ? "消せる" : `まだ消せない（${lockedUntil?.toISOString() ?? ""} まで）`}`,
                )
                .join("\n"),
      );
    await perform(
      command,
      async (opened) => {
        const upkeep = upkeepOf(opened);
        await needRight(upkeep, "backup.expire");
        try {
          const place = await openBackupPlace(opened.dataDir, process.env, "remove");
          return await removeExpired(upkeep, orderId, place, opened.dataDir);
        } catch (error) {
          const code = error instanceof Refusal ? error.code : "defect";
          await noteAccess(upkeep, "", "expire", "failed", { orderId, code });
          throw error;
        }
      },
      ({ copies, keyId, signature }) =>
        `${copies.map(({ copyId, objects }) => `${copyId} ${objects}個を消し、ないことを確かめました`).join("\n")}\n証明の署名 ${signature}（鍵 ${keyId}）。全文は --json で出せます。`,
    );
  });
  withActor(
    withWindow(
      backup
        .command("order-expire")
        .description(
          "保存期限を過ぎた控えの消去を指示する。別の人が hagukumi upkeep approve で承認する / order the removal of copies past their term",
        )
        .argument("<copy...>"),
    ),
  ).action(async (copyIds: readonly string[], options: WindowOptions, command: Command) => {
    await perform(
      command,
      async (opened) =>
        await putOrder(
          upkeepOf(opened),
          { kind: "expire", copyIds: [...new Set(copyIds)] },
          windowOf(options),
          options.reason,
        ),
      orderText,
    );
  });
}
