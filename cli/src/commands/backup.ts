/** `hagukumi backup …`: 控え of the databases and files: taken, listed, checked, brought to a medium; each touch under a right and recorded. */
import { resolve } from "node:path";

import {
  asUpkeep,
  hasRight,
  putOrder,
  type UpkeepContext,
  type UpkeepRight,
} from "@hagukumi/platform/upkeep/orders.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { type Command, InvalidArgumentError } from "commander";

import { type CopyAction, copyAccesses, noteAccess } from "../backup/access.ts";
import { catalogKey } from "@hagukumi/platform/backup/catalog.ts";
import { registerExpire } from "../backup/expire-commands.ts";
import { makeBackupKeys } from "../backup/keys.ts";
import { openBackupPlace } from "../backup/place.ts";
import { catalogOf, toMedium, verifyCopy } from "../backup/restore.ts";
import { takeBackup } from "../backup/take.ts";
import { orderText, upkeepOf, windowOf, type WindowOptions, withWindow } from "../backup/upkeep.ts";
import { dataFolder, type OpenContext, perform, withActor } from "../context.ts";
import { openVaultRecords } from "../installation-vault.ts";

type Listed = {
  readonly copyId: string;
  readonly takenAt: Date;
  readonly takenBy: string;
  readonly place: string;
  readonly medium: string;
  readonly bytes: number;
  readonly lockedUntil: Date | null;
  readonly expiresOn: string;
  readonly expired: boolean;
  /** 消去の後の日までにとった控えには、消去したデータが暗号化されたまま残る */
  readonly erasedSince: number;
};

const LIST = `
SELECT c.copy_id AS "copyId", c.taken_at AS "takenAt", c.taken_by AS "takenBy", c.place, c.medium, c.bytes, c.locked_until AS "lockedUntil", c.expires_on AS "expiresOn",
  c.expires_on < (identity.clock() AT TIME ZONE 'Asia/Tokyo')::date AS expired,
  (SELECT count(*)::int FROM audit.event e WHERE e.recorded_at >= c.begun_at AND e.action IN ('retention.erase', 'retention.removed', 'erasure.erase')) AS "erasedSince"
FROM upkeep.copy c WHERE NOT EXISTS (SELECT FROM upkeep.copy_removal r WHERE r.copy_id = c.copy_id) ORDER BY c.taken_at DESC`;

function days(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 3_650) return Number(text);
  throw new InvalidArgumentError("1〜3650 の整数を指定してください。");
}

/** Does something with copies under a right; whoever lacks it is refused, and both are recorded. */
async function touching<T>(
  opened: OpenContext,
  right: UpkeepRight,
  copyId: string,
  action: CopyAction,
  work: (upkeep: UpkeepContext) => Promise<T>,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const upkeep = upkeepOf(opened);
  if (!(await hasRight(upkeep, right))) {
    await noteAccess(upkeep, copyId, action, "refused", { code: "upkeepRight" });
    throw new Refusal(
      "upkeepRight",
      "控えに触れる権限が、いまありません。何もしていません。権限は、別の二人が決めます（hagukumi upkeep right）。",
    );
  }
  try {
    const result = await work(upkeep);
    await noteAccess(upkeep, copyId, action, "done", detail);
    return result;
  } catch (error) {
    await noteAccess(upkeep, copyId, action, "failed", {
      ...detail,
      code: error instanceof Refusal ? error.code : "defect",
    });
    throw error;
  }
}

/** Adds `hagukumi backup …`. */
export function registerBackup(program: Command): void {
  const backup = program
    .command("backup")
    .description("控え（バックアップ）をとる・一覧・確かめる・媒体に写す / copies of the databases");
  backup
    .command("keys")
    .description("控えの鍵を作り、開く鍵を二人以上の札に分ける（一度だけ） / make the keys, split for two people")
    .requiredOption("--holder <id...>", "札を持つ人 / holders of the shares")
    .requiredOption("--out <dir>", "札を書くフォルダ / folder for the shares")
    .action(async (options: { readonly holder: readonly string[]; readonly out: string }, command: Command) => {
      const written = await makeBackupKeys(dataFolder(), options.holder, resolve(options.out));
      const { json } = command.optsWithGlobals<{ readonly json?: boolean }>();
      process.stdout.write(
        json === true
          ? `${JSON.stringify({ written })}\n`
          : `${written.join("\n")}\n札をそれぞれの人に渡し、この機械から消してください。違う二人の札がなければ、控えは開けません。\n`,
      );
    });
  withActor(
    backup
      .command("take")
      .description("控えをとる（暗号化し、この機械の外に置く） / take a copy")
      .option(
        "--days <n>",
        "保存する日数。オブジェクトストレージでは、その間だれも消せない / days of keeping",
        days,
        35,
      ),
  ).action(async (options: { readonly days: number }, command: Command) => {
    await perform(
      command,
      async (opened) => {
        const { context, database, dataDir } = opened;
        const { operator } = upkeepOf(opened);
        const vault = await openVaultRecords(database.url, dataDir);
        try {
          return await takeBackup({
            pool: context.pool,
            vault,
            url: database.url,
            dataDir,
            operator,
            place: await openBackupPlace(dataDir),
            days: options.days,
            now: new Date(),
            onProgress: (bytes) =>
              context.onProgress?.("控えをとる（MiB）", Math.round(bytes / 1_048_576), Math.round(bytes / 1_048_576)),
          });
        } finally {
          await vault?.end();
        }
      },
      ({ copyId, bytes, pieces, lockedUntil, expiresOn }) =>
        `控え ${copyId}（${pieces} 個、${(bytes / 1_048_576).toFixed(1)} MiB）をとりました。保存期限 ${expiresOn}。${lockedUntil === null ? "この置き場所は、消せなくすることを保証しません。" : `${lockedUntil} まで、だれも消せません。`}`,
    );
  });
  withActor(
    backup.command("list").description("控えの一覧（場所・媒体・保存期限・中に残る消去済みのデータ） / list"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async (opened) =>
        await touching(
          opened,
          "backup.read",
          "",
          "list",
          async ({ pool }) => await asUpkeep(pool, async (client) => (await client.query<Listed>(LIST)).rows),
        ),
      (rows) =>
        rows.length === 0
          ? "控えはありません。"
          : rows
              .map(
                (row) =>
                  `${row.copyId} ${(row.bytes / 1_048_576).toFixed(1)} MiB ${row.place}（${row.medium}） とった人 ${row.takenBy} 保存期限 ${row.expiresOn}${row.expired ? "【過ぎた】" : ""}${
                    row.erasedSince === 0
                      ? ""
                      : ` この後の消去 ${row.erasedSince} 回（消去したデータは、期限まで暗号化されたまま残る）`
                  }`,
              )
              .join("\n"),
    );
  });
  withActor(backup.command("accesses").description("控えに触れた記録（断ったものも） / who touched copies")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async (opened) => await touching(opened, "backup.read", "", "list", copyAccesses),
        (rows) =>
          rows
            .map(
              (row) =>
                `${row.recordedAt.toISOString()} ${row.actor} ${row.action} ${row.outcome} ${row.copyId} ${JSON.stringify(row.detail)}`,
            )
            .join("\n"),
      );
    },
  );
  withActor(
    backup
      .command("verify")
      .description("控えのすべての部分を、目録と比べる（開かない） / compare with the catalogue")
      .argument("<copy>"),
  ).action(async (copyId: string, _options: unknown, command: Command) => {
    await perform(
      command,
      async (opened) =>
        await touching(opened, "backup.read", copyId, "verify", async () => ({
          copyId,
          pieces: await verifyCopy((await openBackupPlace(opened.dataDir)).store, opened.dataDir, copyId),
        })),
      ({ pieces }) => `○ ${pieces} 個すべてが目録のとおりです。`,
    );
  });
  withActor(
    backup
      .command("medium")
      .description("控えを、遠隔地に置く媒体に写す（一つずつ比べ、記録する） / copy to a medium for a remote place")
      .argument("<copy>")
      .requiredOption("--to <dir>", "媒体のフォルダ / folder of the medium")
      .requiredOption("--number <text>", "媒体の番号 / number of the medium")
      .requiredOption("--keeper <text>", "保管先 / where it is kept"),
  ).action(
    async (
      copyId: string,
      options: { readonly to: string; readonly number: string; readonly keeper: string },
      command: Command,
    ) => {
      await perform(
        command,
        async (opened) =>
          await touching(
            opened,
            "backup.take",
            copyId,
            "medium",
            async () => {
              const { store } = await openBackupPlace(opened.dataDir);
              const catalog = await catalogOf(store, opened.dataDir, copyId);
              const parts: Uint8Array[] = [];
              for await (const part of store.read(catalogKey(copyId))) parts.push(part);
              return { copyId, bytes: await toMedium(store, catalog, resolve(options.to), Buffer.concat(parts)) };
            },
            { number: options.number.slice(0, 60), keeper: options.keeper.slice(0, 100) },
          ),
        ({ bytes }) =>
          `○ 媒体 ${options.number} に ${(bytes / 1_048_576).toFixed(1)} MiB を写し、一つずつ読み返して比べました。`,
      );
    },
  );
  withActor(
    withWindow(
      backup
        .command("order-restore")
        .description(
          "控えからの復元（訓練を含む）を指示する。別の人が hagukumi upkeep approve で承認する / order a restore",
        )
        .argument("<copy>"),
    ),
  ).action(async (copyId: string, options: WindowOptions, command: Command) => {
    await perform(
      command,
      async (opened) =>
        await putOrder(upkeepOf(opened), { kind: "restore", copyId }, windowOf(options), options.reason),
      orderText,
    );
  });
  registerExpire(backup);
}
